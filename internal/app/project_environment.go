package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// NewProjectEnvironment is an environment that a project shall have.
type NewProjectEnvironment struct {
	Environment flag.EnvironmentName
	// DefaultStrategy is added when a flag without a strategy is switched on; nil: everyone.
	DefaultStrategy *change.StrategySettings
	// Protected says that changes there need approval.
	Protected bool
}

// AddProjectEnvironment gives a project an environment, in which each of its flags is off.
//
// Faults: NotFound for the project, BadData, NameExists when the project has it.
func (a *App) AddProjectEnvironment(ctx context.Context, c Caller, id flag.ProjectID, in NewProjectEnvironment) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.UpdateProject); err != nil {
			return err
		}
		p, err := decide.ActiveProject(d.State, id)
		if err != nil {
			return err
		}
		env := d.Environment(in.Environment)
		if env == nil {
			return unknownEnvironment("/body/environment", in.Environment)
		}
		if p.In(in.Environment) != nil {
			return fault.New(fault.NameExists, "The project %q has the environment %q already.", id, in.Environment)
		}
		at := state.Scope{Project: id, Environment: in.Environment}
		added := state.ProjectEnvironmentAdded{}
		if in.DefaultStrategy != nil {
			if added.DefaultStrategy, err = decide.NewDefaultStrategy(d, at, *in.DefaultStrategy); err != nil {
				return err
			}
		}
		d.Add(at, added)
		if in.Protected && env.RequiredApprovals == nil { // what is predefined holds anyway
			requireApprovals(d, at, changerequest.MinApprovals)
		}
		return nil
	})
	return err
}

// RemoveProjectEnvironment takes an environment from a project, with what its flags are
// there.
//
// Faults: NotFound for the project, or when it does not have the environment.
func (a *App) RemoveProjectEnvironment(ctx context.Context, c Caller, id flag.ProjectID, env flag.EnvironmentName) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.UpdateProject); err != nil {
			return err
		}
		if err := hasEnvironment(d.State, id, env); err != nil {
			return err
		}
		d.Add(state.Scope{Project: id, Environment: env}, state.ProjectEnvironmentRemoved{})
		return nil
	})
	return err
}

// SetDefaultStrategy says what is added when a flag of the project without a strategy
// is switched on in the environment. It must be a gradual rollout.
//
// Faults: NotFound for the project, or when it does not have the environment, BadData,
// ExceedsLimit.
func (a *App) SetDefaultStrategy(ctx context.Context, c Caller, id flag.ProjectID, env flag.EnvironmentName, in change.StrategySettings) (*flag.Strategy, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.UpdateProject, access.WriteDefaultStrategy); err != nil {
			return err
		}
		if err := hasEnvironment(d.State, id, env); err != nil {
			return err
		}
		at := state.Scope{Project: id, Environment: env}
		after, err := decide.NewDefaultStrategy(d, at, in)
		if err != nil {
			return err
		}
		before := d.Project(id).In(env).DefaultStrategy
		if !decide.Same(before, after) {
			d.Add(at, state.DefaultStrategyUpdated{Before: before, After: after})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Project(id).In(env).DefaultStrategy, nil
}

// hasEnvironment returns a NotFound fault if there is no such project in use, or if it
// does not have the environment.
func hasEnvironment(s *state.State, id flag.ProjectID, env flag.EnvironmentName) error {
	p, err := decide.ActiveProject(s, id)
	if err != nil {
		return err
	}
	if p.In(env) == nil {
		return noEnvironment(env)
	}
	return nil
}
