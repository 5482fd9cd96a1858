package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
)

// featureLinks registers what can be done with the links of flags.
//
// Links describe a flag and change no evaluation, so they are free in protected environments. How many
// a flag may have is bounded by the settings.
func (a *api) featureLinks() {
	register(a, operation{
		ID: "createFeatureLink", Method: http.MethodPost, Path: featurePath + "/link", Tag: tagFeatures,
		Summary: "Link a flag to a page", Description: "`https://` is put in front of a URL without scheme.",
		Permissions: []access.Permission{access.UpdateFeature},
		Status:      http.StatusNoContent,
	}, a.createFeatureLink)
	register(a, operation{
		ID: "updateFeatureLink", Method: http.MethodPut, Path: featurePath + "/link/{linkId}", Tag: tagFeatures,
		Summary:     "Change a link of a flag",
		Permissions: []access.Permission{access.UpdateFeature},
		Status:      http.StatusNoContent,
	}, a.updateFeatureLink)
	register(a, operation{
		ID: "deleteFeatureLink", Method: http.MethodDelete, Path: featurePath + "/link/{linkId}", Tag: tagFeatures,
		Summary:     "Remove a link of a flag",
		Permissions: []access.Permission{access.UpdateFeature},
		Status:      http.StatusNoContent,
	}, a.deleteFeatureLink)
}

// link is the body of a link.
//
// A change replaces both.
type link struct {
	URL   string  `json:"url"`
	Title *string `json:"title,omitempty" nullable:"true"`
}

// LinkAt names a link of a flag.
type LinkAt struct {
	FeatureAt
	Link string `path:"linkId"`
}

func (a *api) createFeatureLink(ctx context.Context, r request, in *struct {
	FeatureAt
	Body link
},
) (empty, error) {
	return empty{}, a.App.AddLink(ctx, r.Caller, in.Project, in.Feature, in.Body.URL, in.Body.Title)
}

func (a *api) updateFeatureLink(ctx context.Context, r request, in *struct {
	LinkAt
	Body link
},
) (empty, error) {
	return empty{}, a.App.UpdateLink(ctx, r.Caller, in.Project, in.Feature, in.Link, in.Body.URL, in.Body.Title)
}

func (a *api) deleteFeatureLink(ctx context.Context, r request, in *LinkAt) (empty, error) {
	return empty{}, a.App.RemoveLink(ctx, r.Caller, in.Project, in.Feature, in.Link)
}
