package adminapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// projectEnvironments registers what can be done with the environments of projects.
//
// An environment is the instance's; a project has some of them, and its flags are configured in those
// alone. Taking one away changes what SDKs get and cannot be said by a change request, so where the
// environment is protected it takes a bypass (docs/change-requests.md, "What is protected").
func (a *api) projectEnvironments() {
	register(a, operation{
		ID: "getProjectEnvironments", Method: http.MethodGet, Path: "/environments/project/{projectId}", Tag: tagEnvironments,
		Summary: "List the environments as a project sees them", Description: "All of them; `visible` says which are the project's.",
	}, a.getProjectEnvironments)
	register(a, operation{
		ID: "addEnvironmentToProject", Method: http.MethodPost, Path: projectPath + "/environments", Tag: tagProjects,
		Summary: "Give a project an environment", Description: "Each flag of the project is off there.",
		Permissions: []access.Permission{access.UpdateProject},
	}, a.addEnvironmentToProject)
	register(a, operation{
		ID: "removeEnvironmentFromProject", Method: http.MethodDelete, Path: projectPath + "/environments/{environment}", Tag: tagProjects,
		Summary: "Take an environment from a project", Description: "What the project's flags are there is lost.",
		Permissions: []access.Permission{access.UpdateProject},
	}, a.removeEnvironmentFromProject)
	register(a, operation{
		ID: "addDefaultStrategyToProjectEnvironment", Method: http.MethodPost, Path: projectPath + "/environments/{environment}/default-strategy", Tag: tagProjects,
		Summary: "Say which strategy a flag gets that is switched on without one", Description: "It must be of the type `flexibleRollout`.",
		Permissions: []access.Permission{access.UpdateProject, access.WriteDefaultStrategy},
	}, a.addDefaultStrategy)
}

// ProjectEnvironmentAt names an environment of a project.
type ProjectEnvironmentAt struct {
	ProjectAt
	Environment flag.EnvironmentName `path:"environment"`
}

// projectEnvironment is the body that gives a project an environment.
type projectEnvironment struct {
	Environment           flag.EnvironmentName   `json:"environment"`
	ChangeRequestsEnabled bool                   `json:"changeRequestsEnabled,omitempty" doc:"Whether changes there need approval."`
	DefaultStrategy       *createFeatureStrategy `json:"defaultStrategy,omitempty"`
}

// environmentsProject is the environments as a project sees them.
type environmentsProject struct {
	Version      int                  `json:"version"`
	Environments []environmentProject `json:"environments"`
}

// environmentProject is an environment as a project sees it.
//
// Visible false means that the project does not have the environment; Terraform's provider reads all of
// them (docs/admin-api.md, "Terraform").
type environmentProject struct {
	Environment
	ProjectAPITokenCount      int                    `json:"projectApiTokenCount"`
	ProjectEnabledToggleCount int                    `json:"projectEnabledToggleCount"`
	Visible                   bool                   `json:"visible"`
	DefaultStrategy           *createFeatureStrategy `json:"defaultStrategy,omitempty"`
}

func (a *api) getProjectEnvironments(_ context.Context, r request, in *ProjectAt) (environmentsProject, error) {
	p, err := app.Project(r.State, in.Project)
	if err != nil {
		return environmentsProject{}, err
	}
	enabled := countEnabled(r.State.FlagsOf(in.Project))
	list := environmentsProject{Version: 1, Environments: []environmentProject{}}
	for _, env := range r.State.Environments() {
		view := environmentProject{Environment: viewEnvironment(env), ProjectEnabledToggleCount: enabled[env.Name]}
		for t := range r.State.Tokens() {
			// Tokens that open all projects are not counted: they are nobody's own.
			if t.Environment == env.Name && slices.Contains(t.Projects, in.Project) {
				view.ProjectAPITokenCount++
			}
		}
		if row := p.In(env.Name); row != nil {
			view.Visible = true
			// Nil unless the project has chosen one.
			view.DefaultStrategy = viewProjectEnvironment(*row).DefaultStrategy
		}
		list.Environments = append(list.Environments, view)
	}
	return list, nil
}

func (a *api) addEnvironmentToProject(ctx context.Context, r request, in *struct {
	ProjectAt
	Body projectEnvironment
},
) (empty, error) {
	wanted := app.NewProjectEnvironment{Environment: in.Body.Environment, Protected: in.Body.ChangeRequestsEnabled}
	if in.Body.DefaultStrategy != nil {
		settings := in.Body.DefaultStrategy.settings()
		wanted.DefaultStrategy = &settings
	}
	return empty{}, a.App.AddProjectEnvironment(ctx, r.Caller, in.Project, wanted)
}

func (a *api) removeEnvironmentFromProject(ctx context.Context, r request, in *ProjectEnvironmentAt) (empty, error) {
	return empty{}, a.App.RemoveProjectEnvironment(ctx, r.Caller, in.Project, in.Environment)
}

// addDefaultStrategy replaces the strategy that flags get which are switched on without one. Flags that
// are on already keep theirs.
func (a *api) addDefaultStrategy(ctx context.Context, r request, in *struct {
	ProjectEnvironmentAt
	Body createFeatureStrategy
},
) (createFeatureStrategy, error) {
	s, err := a.App.SetDefaultStrategy(ctx, r.Caller, in.Project, in.Environment, in.Body.settings())
	if err != nil {
		return createFeatureStrategy{}, err
	}
	return *viewDefaultStrategy(*s), nil
}

// countEnabled returns how many of some flags are on, and not archived, in each environment.
func countEnabled(flags func(func(*flag.Flag) bool)) map[flag.EnvironmentName]int {
	counts := map[flag.EnvironmentName]int{}
	for f := range flags {
		for _, row := range f.Environments {
			if row.Enabled && !f.Archived() {
				counts[row.Environment]++
			}
		}
	}
	return counts
}

// countTokens returns how many API tokens open each environment.
func countTokens(s *state.State) map[flag.EnvironmentName]int {
	counts := map[flag.EnvironmentName]int{}
	for t := range s.Tokens() {
		counts[t.Environment]++
	}
	return counts
}
