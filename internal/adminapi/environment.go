package adminapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
)

const (
	tagEnvironments = "Environments"
	environmentPath = "/environments/{name}"
)

// environments registers what can be done with environments. They are the instance's, so whatever changes them
// takes an administrator; which projects use one, and how it is protected there, is the projects'
// (project_environment.go, protection.go). Everybody may read them all.
func (a *api) environments() {
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getAllEnvironments", Method: http.MethodGet, Path: "/environments", Tag: tagEnvironments,
		Summary: "List the environments",
	}, a.getEnvironments)
	register(a, operation{
		ID: "getEnvironment", Method: http.MethodGet, Path: environmentPath, Tag: tagEnvironments,
		Summary: "Get an environment",
	}, a.getEnvironment)
	register(a, operation{
		ID: "createEnvironment", Method: http.MethodPost, Path: "/environments", Tag: tagEnvironments,
		Summary: "Create an environment", Description: "Projects that exist do not get it by this.",
		Permissions: admin, Status: http.StatusCreated,
	}, a.createEnvironment)
	register(a, operation{
		ID: "validateEnvironmentName", Method: http.MethodPost, Path: "/environments/validate", Tag: tagEnvironments,
		Summary:     "Check the name of an environment to be",
		Permissions: admin,
	}, a.validateEnvironmentName)
	register(a, operation{
		ID: "updateSortOrder", Method: http.MethodPut, Path: "/environments/sort-order", Tag: tagEnvironments,
		Summary: "Put environments in another order", Description: "A place for each name.",
		Permissions: admin,
	}, a.updateSortOrder)
	register(a, operation{
		ID: "updateEnvironment", Method: http.MethodPut, Path: "/environments/update/{name}", Tag: tagEnvironments,
		Summary: "Change an environment", Description: "What is left out stays as it is.",
		Permissions: admin,
	}, a.updateEnvironment)
	register(a, operation{
		ID: "toggleEnvironmentOn", Method: http.MethodPost, Path: environmentPath + "/on", Tag: tagEnvironments,
		Summary:     "Offer an environment to new projects",
		Permissions: admin, Status: http.StatusNoContent,
	}, a.environmentOn)
	register(a, operation{
		ID: "toggleEnvironmentOff", Method: http.MethodPost, Path: environmentPath + "/off", Tag: tagEnvironments,
		Summary: "Offer an environment to new projects no longer", Description: "Where it is used, nothing changes.",
		Permissions: admin, Status: http.StatusNoContent,
	}, a.environmentOff)
	register(a, operation{
		ID: "cloneEnvironment", Method: http.MethodPost, Path: environmentPath + "/clone", Tag: tagEnvironments,
		Summary: "Create an environment like another", Description: "In the named projects, with what their flags are in the other one.",
		Permissions: admin,
	}, a.cloneEnvironment)
	register(a, operation{
		ID: "removeEnvironment", Method: http.MethodDelete, Path: environmentPath, Tag: tagEnvironments,
		Summary: "Delete an environment for good", Description: "From all projects, with what their flags are there, and with its API tokens.",
		Permissions: admin,
	}, a.removeEnvironment)
}

// EnvironmentAt names an environment.
type EnvironmentAt struct {
	Name flag.EnvironmentName `path:"name"`
}

// Environment is an environment. RequiredApprovals and ApprovalsEnforced are the default for projects;
// protection.go tells what holds in one.
type Environment struct {
	Name              flag.EnvironmentName `json:"name"`
	Type              string               `json:"type"`
	SortOrder         int                  `json:"sortOrder"`
	Enabled           bool                 `json:"enabled" doc:"Whether new projects get it."`
	Protected         bool                 `json:"protected" doc:"Always false: what protects an environment is a rule of a project."`
	RequiredApprovals *int                 `json:"requiredApprovals" doc:"How many approvals changes need in projects that have not chosen themselves; null for none."`
	ApprovalsEnforced bool                 `json:"approvalsEnforced" doc:"Only an admin can ask for less than requiredApprovals in a project."`
}

// environmentCounted is an environment and how it is used. Archived projects and flags do not count. What the
// caller may not see does, as a number that names nothing.
type environmentCounted struct {
	Environment
	ProjectCount       int `json:"projectCount"`
	APITokenCount      int `json:"apiTokenCount"`
	EnabledToggleCount int `json:"enabledToggleCount"`
}

// environments is a list of environments.
type environments struct {
	Version      int                  `json:"version"`
	Environments []environmentCounted `json:"environments"`
}

// createEnvironment is the body of a new environment.
type createEnvironment struct {
	Name              flag.EnvironmentName `json:"name"`
	Type              string               `json:"type" minLength:"1" doc:"development, test, preproduction, production or anything else."`
	Enabled           *bool                `json:"enabled,omitempty"`
	SortOrder         *int                 `json:"sortOrder,omitempty"`
	RequiredApprovals *int                 `json:"requiredApprovals,omitempty" nullable:"true" minimum:"1" maximum:"10"`
	ApprovalsEnforced bool                 `json:"approvalsEnforced,omitempty"`
}

// updateEnvironment is the body that changes an environment. An empty type is one that is left out. For the
// approvals null has a meaning of its own: projects are not protected unless they choose to be.
type updateEnvironment struct {
	Type              string        `json:"type,omitempty"`
	SortOrder         *int          `json:"sortOrder,omitempty"`
	RequiredApprovals optional[int] `json:"requiredApprovals,omitzero" minimum:"1" maximum:"10"`
	ApprovalsEnforced *bool         `json:"approvalsEnforced,omitempty"`
}

// cloneEnvironment is the body of a clone. Projects that are not named do not get it, nor do those that do not
// have the other one.
type cloneEnvironment struct {
	Name             flag.EnvironmentName `json:"name"`
	Type             string               `json:"type"`
	Projects         []flag.ProjectID     `json:"projects,omitempty"`
	ClonePermissions *bool                `json:"clonePermissions,omitempty" doc:"Whether roles allow there what they allow in the other one; true if left out."`
}

// name is the body of a check of a name. Several nouns use it.
type name struct {
	Name string `json:"name"`
}

// getEnvironments counts in one pass over flags and tokens for all environments.
func (a *api) getEnvironments(_ context.Context, r request, _ *struct{}) (environments, error) {
	enabled, tokens := countEnabled(r.State.Flags()), countTokens(r.State)
	list := environments{Version: 1, Environments: []environmentCounted{}}
	for _, env := range r.State.Environments() {
		view := environmentCounted{Environment: viewEnvironment(env), APITokenCount: tokens[env.Name], EnabledToggleCount: enabled[env.Name]}
		// There are few environments, so asking each project anew is not slow.
		for p := range r.State.Projects() {
			if p.In(env.Name) != nil && !p.Archived() {
				view.ProjectCount++
			}
		}
		list.Environments = append(list.Environments, view)
	}
	return list, nil
}

// getEnvironment returns an environment. viewEnvironment takes nil, so that what is not found needs no case of
// its own here or below.
func (a *api) getEnvironment(_ context.Context, r request, in *EnvironmentAt) (Environment, error) {
	env, err := app.Environment(r.State, in.Name)
	return viewEnvironment(env), err
}

// createEnvironment makes one that new projects get unless the body says otherwise.
func (a *api) createEnvironment(ctx context.Context, r request, in *struct{ Body createEnvironment }) (Environment, error) {
	env, err := a.App.CreateEnvironment(ctx, r.Caller, app.NewEnvironment{
		Name: in.Body.Name, Type: in.Body.Type, Disabled: in.Body.Enabled != nil && !*in.Body.Enabled,
		SortOrder: in.Body.SortOrder, RequiredApprovals: in.Body.RequiredApprovals, ApprovalsEnforced: in.Body.ApprovalsEnforced,
	})
	return viewEnvironment(env), err
}

func (a *api) validateEnvironmentName(_ context.Context, r request, in *struct{ Body name }) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return empty{}, err
	}
	return empty{}, app.ValidateEnvironmentName(r.State, flag.EnvironmentName(in.Body.Name))
}

// updateSortOrder moves those that are named, all of them or, if one does not exist, none.
func (a *api) updateSortOrder(ctx context.Context, r request, in *struct{ Body map[string]int }) (empty, error) {
	places := map[flag.EnvironmentName]int{}
	for name, place := range in.Body {
		places[flag.EnvironmentName(name)] = place
	}
	return empty{}, a.App.SortEnvironments(ctx, r.Caller, places)
}

func (a *api) updateEnvironment(ctx context.Context, r request, in *struct {
	EnvironmentAt
	Body updateEnvironment
},
) (Environment, error) {
	env, err := a.App.UpdateEnvironment(ctx, r.Caller, in.Name, func(env flag.Environment) flag.Environment {
		env.Type = cmp.Or(in.Body.Type, env.Type)
		set(&env.SortOrder, in.Body.SortOrder)
		env.RequiredApprovals = in.Body.RequiredApprovals.Or(env.RequiredApprovals)
		set(&env.ApprovalsEnforced, in.Body.ApprovalsEnforced)
		return env
	})
	return viewEnvironment(env), err
}

func (a *api) environmentOn(ctx context.Context, r request, in *EnvironmentAt) (empty, error) {
	return empty{}, a.switchEnvironment(ctx, r, in.Name, true)
}

func (a *api) environmentOff(ctx context.Context, r request, in *EnvironmentAt) (empty, error) {
	return empty{}, a.switchEnvironment(ctx, r, in.Name, false)
}

// switchEnvironment says whether new projects get an environment. Those that have it are not touched, and so
// nothing that is served.
func (a *api) switchEnvironment(ctx context.Context, r request, name flag.EnvironmentName, on bool) error {
	_, err := a.App.UpdateEnvironment(ctx, r.Caller, name, func(env flag.Environment) flag.Environment {
		env.Enabled = on
		return env
	})
	return err
}

// cloneEnvironment copies permissions unless the body says otherwise: whoever may do something in production
// may do it in its twin.
func (a *api) cloneEnvironment(ctx context.Context, r request, in *struct {
	EnvironmentAt
	Body cloneEnvironment
},
) (Environment, error) {
	env, err := a.App.CloneEnvironment(ctx, r.Caller, in.Name, app.NewEnvironment{Name: in.Body.Name, Type: in.Body.Type}, in.Body.Projects, in.Body.ClonePermissions == nil || *in.Body.ClonePermissions)
	return viewEnvironment(env), err
}

// removeEnvironment takes the environment from each project, and with it what flags are there. Where it is
// protected that takes a bypass, which is recorded (docs/gate.md).
func (a *api) removeEnvironment(ctx context.Context, r request, in *EnvironmentAt) (empty, error) {
	return empty{}, a.App.DeleteEnvironment(ctx, r.Caller, in.Name)
}

// viewEnvironment returns what is shown of an environment; nothing for none.
func viewEnvironment(env *flag.Environment) Environment {
	if env == nil {
		return Environment{}
	}
	return Environment{
		Name: env.Name, Type: env.Type, SortOrder: env.SortOrder, Enabled: env.Enabled,
		RequiredApprovals: env.RequiredApprovals, ApprovalsEnforced: env.ApprovalsEnforced,
	}
}
