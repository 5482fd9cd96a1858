package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
)

const tagFeatures = "Features"

// features registers what can be done with flags as such.
func (a *api) features() {
	register(a, operation{
		ID: "createFeature", Method: http.MethodPost, Path: "/projects/{projectId}/features", Tag: tagFeatures,
		Summary:     "Create a flag",
		Description: "The flag is off in every environment of its project. Archived flags keep their names.",
		Permissions: []access.Permission{access.CreateFeature},
		Status:      http.StatusCreated,
	}, a.createFeature)
}

// createFeature is the body of a new flag.
type createFeature struct {
	Name           string    `json:"name" doc:"Unique in the instance, also among archived flags."`
	Type           string    `json:"type,omitempty" enum:"experiment,kill-switch,release,operational,permission,sunset"`
	Description    *string   `json:"description,omitempty" nullable:"true"`
	ImpressionData bool      `json:"impressionData,omitempty"`
	Tags           []tagBody `json:"tags,omitempty"`
}

// tagBody names a tag.
type tagBody struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// feature is a flag without its environments.
type feature struct {
	Name           flag.Name      `json:"name"`
	Description    *string        `json:"description"`
	Type           string         `json:"type"`
	Project        flag.ProjectID `json:"project"`
	Stale          bool           `json:"stale"`
	CreatedAt      instant        `json:"createdAt"`
	ImpressionData bool           `json:"impressionData"`
	Archived       bool           `json:"archived"`
}

func (a *api) createFeature(ctx context.Context, r request, in *struct {
	Project flag.ProjectID `path:"projectId"`
	Body    createFeature
},
) (feature, error) {
	tags := make([]flag.Tag, len(in.Body.Tags))
	for i, t := range in.Body.Tags {
		tags[i] = flag.Tag(t)
	}
	f, err := a.App.CreateFeature(ctx, r.Caller, app.NewFeature{
		Project:        in.Project,
		Name:           flag.Name(in.Body.Name),
		Type:           in.Body.Type,
		Description:    in.Body.Description,
		ImpressionData: in.Body.ImpressionData,
		Tags:           tags,
	})
	if err != nil {
		return feature{}, err
	}
	return viewFeature(f), nil
}

func viewFeature(f *flag.Flag) feature {
	return feature{
		Name:           f.Name,
		Description:    f.Description,
		Type:           f.Type,
		Project:        f.Project,
		Stale:          f.Stale,
		CreatedAt:      instant(f.CreatedAt),
		ImpressionData: f.ImpressionData,
		Archived:       f.Archived(),
	}
}
