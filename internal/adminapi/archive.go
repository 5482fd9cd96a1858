package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// archive registers how flags are put away, taken back and deleted. They pass through three states: in use,
// archived (not served, and its name stays taken), gone. Only what is archived can be deleted.
//
// Archiving can be proposed, for it takes effect in every environment. Reviving cannot and need not: a flag
// comes back switched off everywhere (docs/change-requests.md, docs/gate.md).
func (a *api) archive() {
	const (
		tag      = "Archive"
		refusing = "Refused while a flag that stays depends on one that goes. Dependencies of what goes end."
	)
	register(a, operation{
		ID: "archiveFeature", Method: http.MethodDelete, Path: featurePath, Tag: tagFeatures, Proposable: true,
		Summary: "Archive a flag", Description: refusing,
		Permissions: []access.Permission{access.DeleteFeature},
		Status:      http.StatusAccepted,
	}, a.archiveFeature)
	register(a, operation{
		ID: "archiveFeatures", Method: http.MethodPost, Path: "/projects/{projectId}/archive", Tag: tagFeatures, Proposable: true,
		Summary: "Archive flags", Description: refusing,
		Permissions: []access.Permission{access.DeleteFeature},
		Status:      http.StatusAccepted, MaxBody: maxBulkBody,
	}, a.archiveFeatures)
	register(a, operation{
		ID: "validateArchiveFeatures", Method: http.MethodPost, Path: "/projects/{projectId}/archive/validate", Tag: tagFeatures,
		Summary:     "What archiving flags would mean for dependencies",
		Permissions: []access.Permission{access.DeleteFeature},
		MaxBody:     maxBulkBody,
	}, a.validateArchiveFeatures)
	register(a, operation{
		ID: "reviveFeatures", Method: http.MethodPost, Path: "/projects/{projectId}/revive", Tag: tag,
		Summary:     "Take archived flags back into use",
		Description: "They are off in every environment. Names that no archived flag of the project has are passed over. Refused in a project that is full.",
		Permissions: []access.Permission{access.UpdateFeature}, MaxBody: maxBulkBody,
	}, a.reviveFeatures)
	register(a, operation{
		ID: "deleteFeatures", Method: http.MethodPost, Path: "/projects/{projectId}/delete", Tag: tag,
		Summary:     "Delete archived flags for good",
		Description: "Names that no archived flag of the project has are passed over.",
		Permissions: []access.Permission{access.DeleteFeature}, MaxBody: maxBulkBody,
	}, a.deleteFeatures)
	register(a, operation{
		ID: "reviveFeature", Method: http.MethodPost, Path: "/archive/revive/{featureName}", Tag: tag,
		Summary:     "Take an archived flag back into use",
		Description: "It is off in every environment. Nothing changes if no archived flag has that name. Refused in a project that is full.",
		Permissions: []access.Permission{access.UpdateFeature},
	}, a.reviveFeature)
	register(a, operation{
		ID: "deleteFeature", Method: http.MethodDelete, Path: "/archive/{featureName}", Tag: tag,
		Summary:     "Delete an archived flag for good",
		Description: "Nothing changes if no archived flag has that name.",
		Permissions: []access.Permission{access.DeleteFeature},
	}, a.deleteFeature)
}

// BatchAt names flags of a project. All of them or none: one that is not there refuses the request, where the
// operation does not say that it is passed over.
type BatchAt struct {
	Project flag.ProjectID `path:"projectId"`
	Body    batchFeatures
}

// archivedAt names a flag, whichever project it is in.
type archivedAt struct {
	Feature flag.Name `path:"featureName"`
}

// project returns the flag's project, none for no flag. The permission is asked there. No flag has no project;
// then it is asked in the whole instance, so that who lacks it everywhere is told so and nothing else.
func (at archivedAt) project(r request) flag.ProjectID {
	if f := r.State.Flag(at.Feature); f != nil {
		return f.Project
	}
	return ""
}

// validateArchiveFeatures is what archiving would mean. It warns before somebody tries. Flags that depend on
// one another can go together.
type validateArchiveFeatures struct {
	ParentsWithChildFeatures []flag.Name `json:"parentsWithChildFeatures" doc:"Flags that cannot be archived, since flags that stay depend on them."`
	HasDeletedDependencies   bool        `json:"hasDeletedDependencies" doc:"Whether dependencies would end."`
}

// archiveFeature answers 202, though it is done when the answer comes: Unleash's clients expect that.
func (a *api) archiveFeature(ctx context.Context, r request, in *FeatureAt) (empty, error) {
	return empty{}, a.App.ArchiveFeatures(ctx, r.Caller, in.Project, []flag.Name{in.Feature})
}

func (a *api) archiveFeatures(ctx context.Context, r request, in *BatchAt) (empty, error) {
	return empty{}, a.App.ArchiveFeatures(ctx, r.Caller, in.Project, in.Body.Features)
}

func (a *api) validateArchiveFeatures(_ context.Context, r request, in *BatchAt) (validateArchiveFeatures, error) {
	if err := r.Caller.Actor.Require(in.Project, "", access.DeleteFeature); err != nil {
		return validateArchiveFeatures{}, err
	}
	var result validateArchiveFeatures
	var names []flag.Name // of other projects, nobody learns here what depends on what
	for _, name := range in.Body.Features {
		if f := r.State.Flag(name); f != nil && f.Project == in.Project {
			names = append(names, name)
			result.HasDeletedDependencies = result.HasDeletedDependencies || len(f.Dependencies) > 0
		}
	}
	result.ParentsWithChildFeatures = append([]flag.Name{}, decide.ParentsLeftBehind(r.State, names)...)
	return result, nil
}

func (a *api) reviveFeatures(ctx context.Context, r request, in *BatchAt) (empty, error) {
	return empty{}, a.App.ReviveFeatures(ctx, r.Caller, in.Project, in.Body.Features)
}

// deleteFeatures needs no approval, wherever a flag was protected: no SDK has been served it since it was
// archived.
func (a *api) deleteFeatures(ctx context.Context, r request, in *BatchAt) (empty, error) {
	return empty{}, a.App.DeleteFeatures(ctx, r.Caller, in.Project, in.Body.Features)
}

// reviveFeature refuses the name of a flag that there is not: the use case would speak of a project without a
// name, which is not what the caller has got wrong. deleteFeature passes such a name over, as the paths of a
// project do.
func (a *api) reviveFeature(ctx context.Context, r request, in *archivedAt) (empty, error) {
	project := in.project(r)
	err := a.App.ReviveFeatures(ctx, r.Caller, project, []flag.Name{in.Feature})
	if project == "" && fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "Could not find feature flag with name %s", in.Feature)
	}
	return empty{}, err
}

func (a *api) deleteFeature(ctx context.Context, r request, in *archivedAt) (empty, error) {
	return empty{}, a.App.DeleteFeatures(ctx, r.Caller, in.project(r), []flag.Name{in.Feature})
}
