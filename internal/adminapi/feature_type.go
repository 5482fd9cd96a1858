package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// featureTypes registers what can be done with the types of flags. The list of types is given
// (flag.FeatureTypes); only how long flags of each usually live can be changed. From it follows when a flag is
// potentially stale, and so a project's health.
func (a *api) featureTypes() {
	const tag = "Feature Types"
	register(a, operation{
		ID: "getAllFeatureTypes", Method: http.MethodGet, Path: "/feature-types", Tag: tag,
		Summary: "List the types of flags",
	}, a.getAllFeatureTypes)
	register(a, operation{
		ID: "updateFeatureTypeLifetime", Method: http.MethodPut, Path: "/feature-types/{id}/lifetime", Tag: tag,
		Summary: "Say how long flags of a type usually live", Description: "`null` and `0` mean for ever.",
		Permissions: []access.Permission{access.Admin},
	}, a.updateFeatureTypeLifetime)
}

// featureType is what a flag is for. LifetimeDays is null for ever.
type featureType struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	LifetimeDays *int   `json:"lifetimeDays"`
}

// featureTypes are all types of flags.
type featureTypes struct {
	Version int           `json:"version"`
	Types   []featureType `json:"types"`
}

// updateFeatureTypeLifetime is the body of a new lifetime; the bounds are those of Unleash's document.
type updateFeatureTypeLifetime struct {
	LifetimeDays *int `json:"lifetimeDays" minimum:"0" maximum:"2147483647"`
}

func (a *api) getAllFeatureTypes(_ context.Context, r request, _ *struct{}) (featureTypes, error) {
	list := featureTypes{Version: 1, Types: []featureType{}}
	// In the order in which they are explained, not by id.
	for _, t := range flag.FeatureTypes() {
		if have := r.State.FeatureType(t.ID); have != nil {
			list.Types = append(list.Types, featureType(*have))
		}
	}
	return list, nil
}

func (a *api) updateFeatureTypeLifetime(ctx context.Context, r request, in *struct {
	ID   string `path:"id"`
	Body updateFeatureTypeLifetime
},
) (featureType, error) {
	t, err := a.App.SetFeatureTypeLifetime(ctx, r.Caller, in.ID, in.Body.LifetimeDays)
	if err != nil {
		return featureType{}, err
	}
	return featureType(*t), nil
}
