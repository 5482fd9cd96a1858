package identity

import (
	"context"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// Favourites are the flags and projects that a person wants to find first, by their names.
// The zero value is none.
type Favourites struct{ Features, Projects map[string]bool }

// Favourites returns an account's.
func (i *Identity) Favourites(ctx context.Context, account int64) (Favourites, error) {
	rows, err := i.db.Favourites(ctx, account)
	if err != nil {
		return Favourites{}, away(err)
	}
	all := Favourites{Features: map[string]bool{}, Projects: map[string]bool{}}
	for _, row := range rows {
		if row.Kind == store.FavouriteProject {
			all.Projects[row.Name] = true
		} else {
			all.Features[row.Name] = true
		}
	}
	return all, nil
}

// FavourFeature makes a flag a favourite of an account, or none any more.
func (i *Identity) FavourFeature(ctx context.Context, account int64, name string, favourite bool) error {
	return i.favour(ctx, store.Favourite{Account: account, Kind: store.FavouriteFeature, Name: name}, favourite)
}

// FavourProject makes a project a favourite of an account, or none any more.
func (i *Identity) FavourProject(ctx context.Context, account int64, id string, favourite bool) error {
	return i.favour(ctx, store.Favourite{Account: account, Kind: store.FavouriteProject, Name: id}, favourite)
}

func (i *Identity) favour(ctx context.Context, f store.Favourite, favourite bool) error {
	return away(i.db.Update(ctx, func(tx *store.Tx) error {
		if favourite {
			return tx.PutFavourite(f, i.now())
		}
		return tx.DeleteFavourite(f)
	}))
}

// Index forgets, in the transaction that stores an event, whose favourite it was what the event
// deletes: one day, something else may have its name.
func Index(tx *store.Tx, e ledger.Event) error {
	switch e.Type {
	case "feature-deleted":
		return tx.ForgetFavourites(store.FavouriteFeature, e.Feature)
	case "project-deleted":
		return tx.ForgetFavourites(store.FavouriteProject, e.Project)
	default:
		return nil
	}
}
