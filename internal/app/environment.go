package app

import (
	"context"
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Environments of the instance. Only administrators come here, since an environment is every project's. Which projects have it is in
// project_environment.go.

// NewEnvironment is an environment to be created.
type NewEnvironment struct {
	Name              flag.EnvironmentName
	Type              string
	Disabled          bool
	SortOrder         *int // nil: behind the others
	RequiredApprovals *int // nil: projects are protected there only if they choose to be
	ApprovalsEnforced bool // projects cannot ask for less
}

// CreateEnvironment makes an environment. Projects that exist do not get it by this.
//
// Faults: BadData, NameExists, ExceedsLimit.
func (a *App) CreateEnvironment(ctx context.Context, c Caller, in NewEnvironment) (*flag.Environment, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		return createEnvironment(d, in)
	})
	if err != nil {
		return nil, err
	}
	return s.Environment(in.Name), nil
}

// createEnvironment decides that there is an environment.
func createEnvironment(d *decide.Decision, in NewEnvironment) error {
	env := flag.Environment{Name: in.Name, Type: in.Type, Enabled: !in.Disabled, RequiredApprovals: in.RequiredApprovals, ApprovalsEnforced: in.ApprovalsEnforced}
	if err := fault.Invalid(flag.ValidateEnvironment("/body", env)...); err != nil {
		return err
	}
	if err := ValidateEnvironmentName(d.State, in.Name); err != nil {
		return err
	}
	all := d.Environments()
	if decide.Reached(len(all), d.Limits.Environments) {
		return flag.ExceedsLimit("environment", d.Limits.Environments)
	}
	if in.SortOrder != nil {
		env.SortOrder = *in.SortOrder
	} else if len(all) > 0 {
		env.SortOrder = all[len(all)-1].SortOrder + 1
	}
	d.Add(state.Scope{Environment: env.Name}, state.EnvironmentCreated{Environment: env})
	return nil
}

// ValidateEnvironmentName says whether an environment of this name could be created.
//
// Faults: BadData, NameExists.
func ValidateEnvironmentName(s *state.State, name flag.EnvironmentName) error {
	if err := fault.Invalid(flag.ValidateEnvironmentName("/body/name", string(name))...); err != nil {
		return err
	}
	if s.Environment(name) != nil {
		return fault.New(fault.NameExists, "An environment with that name already exists")
	}
	return nil
}

// UpdateEnvironment changes an environment's type, place, availability or predefined
// approvals. edit is handed the environment as it is, and returns it as it shall be; it must be
// pure.
//
// Faults: NotFound, BadData.
func (a *App) UpdateEnvironment(ctx context.Context, c Caller, name flag.EnvironmentName, edit func(flag.Environment) flag.Environment) (*flag.Environment, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		return updateEnvironment(d, name, edit)
	})
	if err != nil {
		return nil, err
	}
	return s.Environment(name), nil
}

// updateEnvironment decides a change of an environment, if edit makes one.
func updateEnvironment(d *decide.Decision, name flag.EnvironmentName, edit func(flag.Environment) flag.Environment) error {
	before, err := Environment(d.State, name)
	if err != nil {
		return err
	}
	after := edit(*before)
	if err := fault.Invalid(flag.ValidateEnvironment("/body", after)...); err != nil {
		return err
	}
	if !decide.Same(*before, after) {
		d.Add(state.Scope{Environment: name}, state.EnvironmentUpdated{Before: *before, After: after})
	}
	return nil
}

// SortEnvironments gives environments other places in the list.
//
// Faults: NotFound.
func (a *App) SortEnvironments(ctx context.Context, c Caller, places map[flag.EnvironmentName]int) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(places)) {
			err := updateEnvironment(d, name, func(env flag.Environment) flag.Environment {
				env.SortOrder = places[name]
				return env
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// CloneEnvironment makes an environment like another one: with its predefined approvals,
// and in the named projects with what their flags are there. Projects that do not have the
// other one get nothing. With permissions, what roles allow in the other one they allow in it
// as well: only an administrator gets here, who may give everything.
// Protection comes with the predefined approvals; rules that projects have chosen for the other one are not copied.
//
// Faults: NotFound for the environment, and those of CreateEnvironment.
func (a *App) CloneEnvironment(ctx context.Context, c Caller, from flag.EnvironmentName, in NewEnvironment, projects []flag.ProjectID, permissions bool) (*flag.Environment, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		source, err := Environment(d.State, from)
		if err != nil {
			return err
		}
		in := in
		in.RequiredApprovals, in.ApprovalsEnforced = source.RequiredApprovals, source.ApprovalsEnforced
		if err := createEnvironment(d, in); err != nil {
			return err
		}
		if permissions {
			bindRoles(d, from, in.Name)
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(projects))) {
			p := d.Project(id)
			if p == nil || p.Archived() {
				return fault.Field("/body/projects", "There is no project %q.", id)
			}
			if row := p.In(from); row != nil {
				at := state.Scope{Project: id, Environment: in.Name}
				d.Add(at, state.ProjectEnvironmentAdded{DefaultStrategy: row.DefaultStrategy})
				cloneFlags(d, at, from)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Environment(in.Name), nil
}

// cloneFlags gives the flags of a project, in a new environment, what they are in another.
// Strategies get ids of their own.
func cloneFlags(d *decide.Decision, to state.Scope, from flag.EnvironmentName) {
	for f := range d.FlagsOf(to.Project) {
		row := f.In(from)
		if row == nil {
			continue
		}
		at := state.Scope{Project: to.Project, Environment: to.Environment, Feature: f.Name}
		for _, strategy := range row.Strategies {
			strategy.ID = flag.StrategyID(d.NewID())
			d.Add(at, state.FeatureStrategyAdded{Strategy: strategy})
		}
		if len(row.Variants) > 0 {
			d.Add(at, state.FeatureEnvironmentVariantsUpdated{After: row.Variants})
		}
		if row.Enabled {
			d.Add(at, state.FeatureEnvironmentEnabled{})
		}
	}
}

// DeleteEnvironment removes an environment, from each project that has it first, with the
// tokens that open it, with what roles allow there, and with its windows.
// The order matters for who reads the events: what depends on the environment goes before it. Open requests there are cancelled by that.
//
// Faults: NotFound.
func (a *App) DeleteEnvironment(ctx context.Context, c Caller, name flag.EnvironmentName) error {
	var gone []access.APIToken
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		env, err := Environment(d.State, name)
		if err != nil {
			return err
		}
		for p := range d.Projects() {
			if p.In(name) != nil {
				d.Add(state.Scope{Project: p.ID, Environment: name}, state.ProjectEnvironmentRemoved{})
			}
		}
		gone = deleteTokens(d, func(t *access.APIToken) bool { return t.Environment == name })
		unbindRoles(d, name)
		for w := range d.WindowsOf(name) {
			d.Add(state.Scope{Environment: name}, state.EnvironmentWindowDeleted{Before: *w})
		}
		d.Add(state.Scope{Environment: name}, state.EnvironmentDeleted{Before: *env})
		return nil
	}, func(tx *store.Tx) error { return forgetSecrets(tx, gone) })
	return err
}

// Environment returns an environment.
//
// Faults: NotFound.
func Environment(s *state.State, name flag.EnvironmentName) (*flag.Environment, error) {
	if env := s.Environment(name); env != nil {
		return env, nil
	}
	return nil, noEnvironment(name)
}

func noEnvironment(name flag.EnvironmentName) error {
	return fault.New(fault.NotFound, "Could not find environment with name: %s", name)
}

// unknownEnvironment is noEnvironment about a field of a request.
func unknownEnvironment(at string, name flag.EnvironmentName) error {
	return fault.Field(at, "Could not find environment with name: %s", name)
}
