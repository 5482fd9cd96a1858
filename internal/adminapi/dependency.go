package adminapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
)

// dependencies registers how flags depend on one another. There is one level: who has parents is nobody's
// parent, as SDKs follow no chain of them. A dependency is of the flag as a whole, so it acts in every
// environment, and each that is protected has to agree (docs/change-requests.md).
//
// A path calls a flag child or parent, and not featureName, by the side from which it is looked at; visible
// knows all three.
func (a *api) dependencies() {
	const (
		tag       = "Dependencies"
		childPath = "/projects/{projectId}/features/{child}"
	)
	register(a, operation{
		ID: "checkDependenciesExist", Method: http.MethodGet, Path: "/projects/{projectId}/dependencies", Tag: tag,
		Summary: "Whether any flag depends on another",
	}, a.checkDependenciesExist)
	register(a, operation{
		ID: "addFeatureDependency", Method: http.MethodPost, Path: childPath + "/dependencies", Tag: tag, Proposable: true,
		Summary:     "Make a flag depend on another",
		Description: "Or change how it does. The parent is an active flag of the same project without parents, and the child has no children.",
		Permissions: []access.Permission{access.UpdateFeatureDependency},
	}, a.addFeatureDependency)
	register(a, operation{
		ID: "deleteFeatureDependencies", Method: http.MethodDelete, Path: childPath + "/dependencies", Tag: tag, Proposable: true,
		Summary:     "End all dependencies of a flag",
		Permissions: []access.Permission{access.UpdateFeatureDependency},
	}, a.deleteFeatureDependencies)
	register(a, operation{
		ID: "deleteFeatureDependency", Method: http.MethodDelete, Path: childPath + "/dependencies/{parent}", Tag: tag, Proposable: true,
		Summary:     "End a dependency of a flag",
		Permissions: []access.Permission{access.UpdateFeatureDependency},
	}, a.deleteFeatureDependency)
	register(a, operation{
		ID: "listParentOptions", Method: http.MethodGet, Path: childPath + "/parents", Tag: tag,
		Summary: "List the flags that a flag can depend on",
	}, a.listParentOptions)
	register(a, operation{
		ID: "listParentVariantOptions", Method: http.MethodGet, Path: "/projects/{projectId}/features/{parent}/parent-variants", Tag: tag,
		Summary: "List the variants of a flag that others can depend on",
	}, a.listParentVariantOptions)
}

// ChildAt names a flag that depends on others.
type ChildAt struct {
	Project flag.ProjectID `path:"projectId"`
	Child   flag.Name      `path:"child"`
}

// createDependentFeature is the body of a dependency. Variants are dropped where the parent has to be off, for
// then it has none.
type createDependentFeature struct {
	Feature  flag.Name `json:"feature" doc:"The parent."`
	Enabled  *bool     `json:"enabled,omitempty" doc:"The state of the parent that is required; true if left out."`
	Variants []string  `json:"variants,omitempty" doc:"The variants of the parent of which one is required; none: any."`
}

// dependency is a dependency in what is shown of a flag. It says enabled, also where the body that made it did
// not.
type dependency struct {
	Feature  flag.Name `json:"feature"`
	Enabled  bool      `json:"enabled"`
	Variants []string  `json:"variants,omitempty"`
}

// checkDependenciesExist asks about all projects, whichever one the path names: clients ask whether to speak of
// dependencies at all.
func (a *api) checkDependenciesExist(_ context.Context, r request, _ *struct {
	Project flag.ProjectID `path:"projectId"`
},
) (bool, error) {
	for f := range r.State.Flags() {
		if len(f.Dependencies) > 0 {
			return true, nil
		}
	}
	return false, nil
}

func (a *api) addFeatureDependency(ctx context.Context, r request, in *struct {
	ChildAt
	Body createDependentFeature
},
) (empty, error) {
	return empty{}, a.App.AddDependency(ctx, r.Caller, in.Project, in.Child, flag.Dependency{
		Feature:  in.Body.Feature,
		Enabled:  in.Body.Enabled == nil || *in.Body.Enabled,
		Variants: in.Body.Variants,
	})
}

func (a *api) deleteFeatureDependencies(ctx context.Context, r request, in *ChildAt) (empty, error) {
	return empty{}, a.App.RemoveDependencies(ctx, r.Caller, in.Project, in.Child)
}

func (a *api) deleteFeatureDependency(ctx context.Context, r request, in *struct {
	ChildAt
	Parent flag.Name `path:"parent"`
},
) (empty, error) {
	return empty{}, a.App.RemoveDependency(ctx, r.Caller, in.Project, in.Child, in.Parent)
}

// listParentOptions leaves out whatever could not be a parent: archived flags, those that have parents
// themselves, and the flag itself. Whether the flag may have one is not asked; it may not while others depend
// on it.
func (a *api) listParentOptions(_ context.Context, r request, in *ChildAt) ([]flag.Name, error) {
	if _, err := decide.Feature(r.State, in.Project, in.Child); err != nil {
		return nil, err
	}
	names := []flag.Name{}
	for f := range r.State.FlagsOf(in.Project) {
		if !f.Archived() && len(f.Dependencies) == 0 && f.Name != in.Child {
			names = append(names, f.Name)
		}
	}
	return names, nil
}

// listParentVariantOptions gathers the names from all environments, of the environments' own variants and of
// those of strategies: a dependency holds in all of them. Sorted, each once.
func (a *api) listParentVariantOptions(_ context.Context, r request, in *struct {
	Project flag.ProjectID `path:"projectId"`
	Parent  flag.Name      `path:"parent"`
},
) ([]string, error) {
	f, err := decide.Feature(r.State, in.Project, in.Parent)
	if err != nil {
		return nil, err
	}
	// A variant of the same name in two environments is one: the dependency names it, and nothing else of it.
	names := []string{}
	add := func(variants []flag.Variant) {
		for _, v := range variants {
			names = append(names, v.Name)
		}
	}
	for _, row := range f.Environments {
		add(row.Variants)
		for _, s := range row.Strategies {
			add(s.Variants)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func viewDependencies(dependencies []flag.Dependency) []dependency {
	views := make([]dependency, len(dependencies))
	for i, d := range dependencies {
		views[i] = dependency(d)
	}
	return views
}
