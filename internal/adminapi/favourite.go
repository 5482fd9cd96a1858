package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
)

// favourites registers what people want to find first. A favourite is a row beside a person and no event: it
// changes nothing for anybody else, and goes with the person (docs/where-things-live.md). Paths say favorites,
// as Unleash does. To make one twice, or to take away what is none, is no mistake.
func (a *api) favourites() {
	const description = "For the caller alone. Tokens have no favourites."
	register(a, operation{
		ID: "addFavoriteFeature", Method: http.MethodPost, Path: featurePath + "/favorites", Tag: tagFeatures,
		Summary: "Make a flag a favourite", Description: description,
	}, func(ctx context.Context, r request, in *FeatureAt) (empty, error) {
		return a.favourFeature(ctx, r, in, true)
	})
	register(a, operation{
		ID: "removeFavoriteFeature", Method: http.MethodDelete, Path: featurePath + "/favorites", Tag: tagFeatures,
		Summary: "Make a flag no favourite any more", Description: description,
	}, func(ctx context.Context, r request, in *FeatureAt) (empty, error) {
		return a.favourFeature(ctx, r, in, false)
	})
	register(a, operation{
		ID: "addFavoriteProject", Method: http.MethodPost, Path: projectPath + "/favorites", Tag: tagFeatures,
		Summary: "Make a project a favourite", Description: description,
	}, func(ctx context.Context, r request, in *ProjectAt) (empty, error) {
		return a.favourProject(ctx, r, in, true)
	})
	register(a, operation{
		ID: "removeFavoriteProject", Method: http.MethodDelete, Path: projectPath + "/favorites", Tag: tagFeatures,
		Summary: "Make a project no favourite any more", Description: description,
	}, func(ctx context.Context, r request, in *ProjectAt) (empty, error) {
		return a.favourProject(ctx, r, in, false)
	})
}

// favourFeature makes a flag a favourite, or none.
//
// Faults: NotFound, Forbidden for a token, Unavailable while the database is away.
func (a *api) favourFeature(ctx context.Context, r request, in *FeatureAt, favourite bool) (empty, error) {
	if _, err := decide.Feature(r.State, in.Project, in.Feature); err != nil {
		return empty{}, err
	}
	account, err := r.person("Favourites")
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.People.FavourFeature(ctx, account, string(in.Feature), favourite)
}

// favourProject is favourFeature of a project; archived ones can be favourites.
func (a *api) favourProject(ctx context.Context, r request, in *ProjectAt, favourite bool) (empty, error) {
	if _, err := app.Project(r.State, in.Project); err != nil {
		return empty{}, err
	}
	account, err := r.person("Favourites")
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.People.FavourProject(ctx, account, string(in.Project), favourite)
}

// person returns the caller's account, or a fault for a token, which has none of what is a person's. A service
// account has one. What is how the sentence begins: in the plural, with a capital.
func (r request) person(what string) (int64, error) {
	if id := r.Caller.Actor.Ref.Account(); id != 0 {
		return id, nil
	}
	return 0, fault.New(fault.Forbidden, "%s require an authenticated user; a token has none.", what)
}

// favouritesOf returns the caller's favourites: none for a token, and none while the database is
// away, since flags are shown all the same.
func (a *api) favouritesOf(ctx context.Context, r request) (identity.Favourites, error) {
	account := r.Caller.Actor.Ref.Account()
	if account == 0 {
		return identity.Favourites{}, nil
	}
	return orAway(a.People.Favourites(ctx, account))
}

// orAway makes the zero value of what cannot be read because the database is away. It is for what adorns an
// answer and is not asked for by itself; any other error stays.
func orAway[T any](value T, err error) (T, error) {
	if fault.Is(err, fault.Unavailable) {
		var none T
		return none, nil
	}
	return value, err
}
