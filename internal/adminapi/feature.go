package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const (
	tagFeatures = "Features"
	featurePath = "/projects/{projectId}/features/{featureName}"
)

// features registers what can be done with flags as such; what they are in an environment, and what belongs to
// them (strategies, variants, tags, links, dependencies), have files of their own. Unleash's API calls a flag a
// feature, and so do paths and shapes here.
//
// Names are unique in the whole instance, though each flag is in one project: SDKs ask by name alone.
func (a *api) features() {
	register(a, operation{
		ID: "getFeatures", Method: http.MethodGet, Path: "/projects/{projectId}/features", Tag: tagFeatures,
		Summary: "List the active flags of a project",
	}, a.getFeatures)
	register(a, operation{
		ID: "createFeature", Method: http.MethodPost, Path: "/projects/{projectId}/features", Tag: tagFeatures,
		Summary:     "Create a flag",
		Description: "The flag is off in every environment of its project. Archived flags keep their names. Tags that do not exist yet are created.",
		Permissions: []access.Permission{access.CreateFeature},
		Status:      http.StatusCreated,
	}, a.createFeature)
	register(a, operation{
		ID: "validateFeature", Method: http.MethodPost, Path: "/features/validate", Tag: tagFeatures,
		Summary:     "Check the name of a flag to be",
		Description: "Answers 200 if a flag of this name could be created, in the project if one is given.",
	}, a.validateFeature)
	register(a, operation{
		ID: "getFeature", Method: http.MethodGet, Path: featurePath, Tag: tagFeatures,
		Summary:     "Get a flag",
		Description: "With its configuration in each environment. Archived flags are found, too.",
	}, a.getFeature)
	register(a, operation{
		ID: "updateFeature", Method: http.MethodPut, Path: featurePath, Tag: tagFeatures,
		Summary:     "Replace the description of a flag",
		Description: "What is left out takes its default. `archived: true` archives the flag; `false` does not revive it.",
		Permissions: []access.Permission{access.UpdateFeature},
	}, a.updateFeature)
	register(a, operation{
		ID: "patchFeature", Method: http.MethodPatch, Path: featurePath, Tag: tagFeatures,
		Summary:     "Change the description of a flag by JSON Patch",
		Description: "What an update cannot change is passed over.",
		Permissions: []access.Permission{access.UpdateFeature},
	}, a.patchFeature)
	register(a, operation{
		ID: "cloneFeature", Method: http.MethodPost, Path: featurePath + "/clone", Tag: tagFeatures,
		Summary:     "Create a flag like another",
		Description: "With its strategies, variants and dependencies, off everywhere. Where it has strategies or variants, the permissions to create those are needed, too.",
		Permissions: []access.Permission{access.CreateFeature},
		Status:      http.StatusCreated,
	}, a.cloneFeature)
	register(a, operation{
		ID: "changeProject", Method: http.MethodPost, Path: featurePath + "/changeProject", Tag: tagFeatures,
		Summary:     "Move a flag to another project",
		Description: "The permission is needed in both. The projects must have the same environments, and the flag neither parents nor children.",
		Permissions: []access.Permission{access.MoveFeature},
	}, a.changeProject)
	register(a, operation{
		ID: "staleFeatures", Method: http.MethodPost, Path: "/projects/{projectId}/stale", Tag: tagFeatures,
		Summary:     "Mark flags as stale, or no longer",
		Permissions: []access.Permission{access.UpdateFeature},
		Status:      http.StatusAccepted, MaxBody: maxBulkBody,
	}, a.staleFeatures)
}

// FeatureAt names a flag.
type FeatureAt struct {
	Project flag.ProjectID `path:"projectId"`
	Feature flag.Name      `path:"featureName"`
}

// createFeature is the body of a new flag. An empty type is app.DefaultFeatureType.
type createFeature struct {
	Name           flag.Name `json:"name" doc:"Unique in the instance, also among archived flags."`
	Type           string    `json:"type,omitempty" enum:"experiment,kill-switch,release,operational,permission,sunset"`
	Description    *string   `json:"description,omitempty" nullable:"true"`
	ImpressionData bool      `json:"impressionData,omitempty"`
	Tags           []tag     `json:"tags,omitempty"`
}

// validateFeature is the body of a check of a name. The project adds its pattern of names.
type validateFeature struct {
	Name      flag.Name       `json:"name"`
	ProjectID *flag.ProjectID `json:"projectId,omitempty" nullable:"true"`
}

// updateFeature is the body that replaces a flag's description. It replaces, so a field that is left out is as
// good as one with its zero value: the flag is no longer stale, and its description is gone. Only archived is
// no switch (see app.FeatureSettings).
type updateFeature struct {
	Name           *flag.Name `json:"name,omitempty" doc:"The name that it has: a flag keeps it."`
	Description    *string    `json:"description,omitempty" nullable:"true"`
	Type           string     `json:"type,omitempty" enum:"experiment,kill-switch,release,operational,permission,sunset"`
	Stale          bool       `json:"stale,omitempty"`
	Archived       bool       `json:"archived,omitempty"`
	ImpressionData bool       `json:"impressionData,omitempty"`
}

// cloneFeature is the body of a clone. The group is what a rollout hashes users with; with the old name the
// same users would be let in by both flags.
type cloneFeature struct {
	Name           flag.Name `json:"name"`
	ReplaceGroupID *bool     `json:"replaceGroupId,omitempty" doc:"Whether strategies spread users by the new flag's name; true if left out."`
}

// changeProject is the body of a move.
type changeProject struct {
	NewProjectID flag.ProjectID `json:"newProjectId"`
}

// batchFeatures names flags of a project. What becomes of the request if one of them is not there, each
// operation says.
type batchFeatures struct {
	Features []flag.Name `json:"features"`
}

// batchStale is the body that marks flags.
type batchStale struct {
	Features []flag.Name `json:"features"`
	Stale    bool        `json:"stale"`
}

// Feature is a flag without its environments. Answers to writes are this much.
type Feature struct {
	Name           flag.Name      `json:"name"`
	Description    *string        `json:"description"`
	Type           string         `json:"type"`
	Project        flag.ProjectID `json:"project"`
	Stale          bool           `json:"stale"`
	CreatedAt      instant        `json:"createdAt"`
	ImpressionData bool           `json:"impressionData"`
	Archived       bool           `json:"archived"`
}

// featureDetail is a flag with all that belongs to it. Children are the flags that depend on it; what is not
// known while the database is away (usage, favourites, collaborators) is empty.
type featureDetail struct {
	Feature
	Favorite      bool                 `json:"favorite"`
	CreatedBy     person               `json:"createdBy"`
	ArchivedAt    *instant             `json:"archivedAt,omitempty"`
	Environments  []featureEnvironment `json:"environments"`
	Dependencies  []dependency         `json:"dependencies"`
	Children      []flag.Name          `json:"children"`
	Links         []featureLink        `json:"links"`
	Lifecycle     stage                `json:"lifecycle"`
	Collaborators collaborators        `json:"collaborators"`
}

// person is somebody, or a token, as others see them. Ids below zero are no accounts: all admin tokens
// together, and the system (package eventlog).
type person struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	ImageURL string `json:"imageUrl"`
}

// collaborators are the people who have changed a flag, the first of them first.
type collaborators struct {
	Users []person `json:"users" doc:"The people who have changed the flag."`
}

// featureLink points from a flag to a page. The title is null if there is none.
type featureLink struct {
	ID    string  `json:"id"`
	URL   string  `json:"url"`
	Title *string `json:"title"`
}

// projectFeatures are the flags of a project.
type projectFeatures struct {
	Version  int              `json:"version"`
	Features []projectFeature `json:"features"`
}

// projectFeature is a flag in the list of its project. The search tells more of each, and has pages
// (search.go).
type projectFeature struct {
	Name           flag.Name                   `json:"name"`
	Type           string                      `json:"type"`
	Description    *string                     `json:"description"`
	Project        flag.ProjectID              `json:"project"`
	Stale          bool                        `json:"stale"`
	Favorite       bool                        `json:"favorite"`
	ImpressionData bool                        `json:"impressionData"`
	CreatedAt      instant                     `json:"createdAt"`
	LastSeenAt     *instant                    `json:"lastSeenAt" nullable:"true"`
	Environments   []FeatureEnvironmentSummary `json:"environments"`
	Tags           []tag                       `json:"tags,omitempty"`
}

// getFeatures is not paged and has all active flags of a project. How they are used comes from memory
// (usage.Uses), and favourites from one query, so thousands of flags need no more of the database than one.
//
// Faults: NotFound.
func (a *api) getFeatures(ctx context.Context, r request, in *struct {
	Project flag.ProjectID `path:"projectId"`
},
) (projectFeatures, error) {
	if r.State.Project(in.Project) == nil {
		return projectFeatures{}, noProject(in.Project)
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return projectFeatures{}, err
	}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return projectFeatures{}, err
	}
	list := projectFeatures{Version: 2, Features: []projectFeature{}}
	for f := range r.State.FlagsOf(in.Project) {
		if f.Archived() {
			continue
		}
		of := usageOf{Use: use(string(f.Name))}
		list.Features = append(list.Features, projectFeature{
			Name:           f.Name,
			Type:           f.Type,
			Description:    f.Description,
			Project:        f.Project,
			Stale:          f.Stale,
			Favorite:       favourites.Features[string(f.Name)],
			ImpressionData: f.ImpressionData,
			CreatedAt:      instant(f.CreatedAt),
			LastSeenAt:     of.seen(),
			Environments:   viewEnvironmentSummaries(r.State, f, of),
			Tags:           viewTags(r.State, f.Tags),
		})
	}
	return list, nil
}

// createFeature needs no approval where an environment is protected: a flag that is off everywhere changes no
// evaluation.
func (a *api) createFeature(ctx context.Context, r request, in *struct {
	Project flag.ProjectID `path:"projectId"`
	Body    createFeature
},
) (Feature, error) {
	f, err := a.App.CreateFeature(ctx, r.Caller, app.NewFeature{
		Project:        in.Project,
		Name:           in.Body.Name,
		Type:           in.Body.Type,
		Description:    in.Body.Description,
		ImpressionData: in.Body.ImpressionData,
		Tags:           tagsOf(in.Body.Tags),
	})
	return viewFeature(f), err
}

// validateFeature answers for whoever is about to make a flag. A name is taken also by a flag of which the
// caller may not know: that much has to be told, or creating it would fail without a reason.
//
// Faults: BadData, Pattern, NameExists.
func (a *api) validateFeature(_ context.Context, r request, in *struct{ Body validateFeature }) (empty, error) {
	var project flag.ProjectID
	if in.Body.ProjectID != nil {
		project = *in.Body.ProjectID
		if p := r.State.Project(project); p == nil || p.Archived() || !r.sees(project) {
			return empty{}, fault.Field("/body/projectId", "There is no project %q.", project)
		}
	}
	return empty{}, app.ValidateFeatureName(r.State, in.Body.Name, project)
}

// getFeature finds archived flags, too. That the fault names the project in which a flag is by that name is no
// leak: one of a project that the caller may not know of has been refused by visible.
//
// Faults: NotFound.
func (a *api) getFeature(ctx context.Context, r request, in *struct {
	FeatureAt
	Variants bool `query:"variantEnvironments" doc:"Whether to show the environments' own variants."`
},
) (featureDetail, error) {
	f, err := decide.Feature(r.State, in.Project, in.Feature)
	if err != nil {
		return featureDetail{}, err
	}
	return a.viewFeatureDetail(ctx, r, f, in.Variants)
}

// updateFeature looks at nothing of the old settings, since the body replaces all of them.
func (a *api) updateFeature(ctx context.Context, r request, in *struct {
	FeatureAt
	Body updateFeature
},
) (Feature, error) {
	if name := in.Body.Name; name != nil && *name != in.Feature {
		return Feature{}, fault.Field("/body/name", "The `/body/name` property must be %q: a flag keeps its name. You sent %q.", in.Feature, *name)
	}
	f, err := a.App.UpdateFeature(ctx, r.Caller, in.Project, in.Feature, func(app.FeatureSettings) (app.FeatureSettings, error) {
		return in.Body.settings(), nil
	})
	return viewFeature(f), err
}

// patchFeature changes some of what updateFeature replaces: the patch is applied to the settings as they are
// when the write is decided, and the outcome is read like the body of an update. What an update cannot change
// is passed over, but for variants, which are refused with the way to go.
//
// Faults: OperationDenied, and those of an update.
func (a *api) patchFeature(ctx context.Context, r request, in *struct {
	FeatureAt
	Body []patch
},
) (Feature, error) {
	for _, p := range in.Body {
		if p.Path == "/variants" || strings.HasPrefix(p.Path, "/variants/") {
			return Feature{}, fault.New(fault.OperationDenied,
				"Changing variants is done via PATCH operation to /api/admin/projects/%s/features/%s/environments/:environment/variants", in.Project, in.Feature)
		}
	}
	f, err := a.App.UpdateFeature(ctx, r.Caller, in.Project, in.Feature, func(old app.FeatureSettings) (app.FeatureSettings, error) {
		body, err := patched[updateFeature](a, updateFeature{
			Description:    old.Description,
			Type:           old.Type,
			Stale:          old.Stale,
			Archived:       old.Archived,
			ImpressionData: old.ImpressionData,
		}, in.Body)
		return body.settings(), err
	})
	return viewFeature(f), err
}

// settings returns what the body makes of a flag. A type that is left out is the default one, as when a flag is
// created.
func (b updateFeature) settings() app.FeatureSettings {
	if b.Type == "" {
		b.Type = app.DefaultFeatureType
	}
	return app.FeatureSettings{
		Metadata: state.Metadata{Type: b.Type, Description: b.Description, ImpressionData: b.ImpressionData},
		Stale:    b.Stale,
		Archived: b.Archived,
	}
}

func (a *api) cloneFeature(ctx context.Context, r request, in *struct {
	FeatureAt
	Body cloneFeature
},
) (Feature, error) {
	replace := in.Body.ReplaceGroupID == nil || *in.Body.ReplaceGroupID
	f, err := a.App.CloneFeature(ctx, r.Caller, in.Project, in.Feature, in.Body.Name, replace)
	return viewFeature(f), err
}

// changeProject asks for the new project itself: it stands in the body, where visible does not look.
func (a *api) changeProject(ctx context.Context, r request, in *struct {
	FeatureAt
	Body changeProject
},
) (empty, error) {
	if !r.sees(in.Body.NewProjectID) {
		return empty{}, noProject(in.Body.NewProjectID)
	}
	return empty{}, a.App.MoveFeature(ctx, r.Caller, in.Project, in.Feature, in.Body.NewProjectID)
}

// staleFeatures marks for people: what is stale is served as before.
func (a *api) staleFeatures(ctx context.Context, r request, in *struct {
	Project flag.ProjectID `path:"projectId"`
	Body    batchStale
},
) (empty, error) {
	return empty{}, a.App.MarkFeaturesStale(ctx, r.Caller, in.Project, in.Body.Features, in.Body.Stale)
}

// viewFeature returns what is shown of a flag; nothing for none.
func viewFeature(f *flag.Flag) Feature {
	if f == nil {
		return Feature{}
	}
	return Feature{
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

// viewFeatureDetail returns a flag with all that belongs to it; variants says whether to show the environments'
// own.
func (a *api) viewFeatureDetail(ctx context.Context, r request, f *flag.Flag, variants bool) (featureDetail, error) {
	s := r.State
	known, err := a.usagesOf(ctx, f)
	if err != nil {
		return featureDetail{}, err
	}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return featureDetail{}, err
	}
	changedBy, err := orAway(a.Events.Collaborators(ctx, f.Name))
	if err != nil {
		return featureDetail{}, err
	}
	of := known(f)
	stages := stagesOf(f, of.Use)
	detail := featureDetail{
		Feature:       viewFeature(f),
		Favorite:      favourites.Features[string(f.Name)],
		CreatedBy:     a.viewCreator(ctx, s, f.CreatedBy),
		ArchivedAt:    instantOf(f.ArchivedAt),
		Environments:  []featureEnvironment{},
		Dependencies:  viewDependencies(f.Dependencies),
		Children:      append([]flag.Name{}, slices.Collect(s.Children(f.Name))...),
		Links:         []featureLink{},
		Lifecycle:     stages[len(stages)-1],
		Collaborators: collaborators{Users: []person{}},
	}
	for _, row := range environmentsInOrder(s, f) {
		detail.Environments = append(detail.Environments, viewFeatureEnvironment(s, row, of, variants))
	}
	for _, ref := range changedBy {
		detail.Collaborators.Users = append(detail.Collaborators.Users, a.viewCreator(ctx, s, string(ref)))
	}
	for _, l := range f.Links {
		detail.Links = append(detail.Links, featureLink(l))
	}
	return detail, nil
}

// viewCreator returns who stands behind an actor's reference. People whose names cannot be
// looked up, since they are deleted or the database is away, go by the reference.
func (a *api) viewCreator(ctx context.Context, s *state.State, ref string) person {
	by := eventlog.CreatorOf(s, ref)
	shown := person{ID: by.ID, Name: by.Name}
	if account := access.Ref(ref).Account(); account != 0 {
		if p, err := a.People.PersonAtHand(ctx, account); err == nil {
			shown.Name, shown.ImageURL = cmp.Or(p.Name, p.Username, p.Email), imageOf(p)
		}
	}
	return shown
}

// tag is a tag of a flag; answers show the colour of its type. In a body the colour is not looked at.
type tag struct {
	Type  string  `json:"type"`
	Value string  `json:"value"`
	Color *string `json:"color,omitempty" nullable:"true"`
}

func tagsOf(bodies []tag) []flag.Tag {
	var tags []flag.Tag
	for _, b := range bodies {
		tags = append(tags, flag.Tag{Type: b.Type, Value: b.Value})
	}
	return tags
}

// viewTags adds the colours, which are the types'.
func viewTags(s *state.State, tags []flag.Tag) []tag {
	views := make([]tag, len(tags))
	for i, t := range tags {
		views[i] = tag{Type: t.Type, Value: t.Value}
		if kind := s.TagType(t.Type); kind != nil {
			views[i].Color = kind.Color
		}
	}
	return views
}

// noProject is also what is said of a project of which the caller may not know, to the letter (visibility.go).
func noProject(id flag.ProjectID) error {
	return fault.New(fault.NotFound, "Could not find project with id=%s", id)
}
