package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// SwitchFeaturesOn switches flags of a project on in an environment. A flag that has no
// strategy that is enabled gets one, which takes the permission to create strategies, too.
//
// Faults: NotFound for a flag or the environment, ArchivedFeature.
func (a *App) SwitchFeaturesOn(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name, how decide.Activation) error {
	return a.switchFeatures(ctx, c, project, env, names, func(d *decide.Decision, at state.Scope) error {
		addsStrategy, err := decide.SwitchOn(d, at, how)
		if err != nil || !addsStrategy {
			return err
		}
		return d.Require(project, env, access.CreateFeatureStrategy)
	})
}

// SwitchFeaturesOff switches flags of a project off in an environment.
//
// Faults: NotFound for a flag or the environment, ArchivedFeature.
func (a *App) SwitchFeaturesOff(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name) error {
	return a.switchFeatures(ctx, c, project, env, names, decide.SwitchOff)
}

func (a *App) switchFeatures(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name, to func(*decide.Decision, state.Scope) error) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, env, access.UpdateFeatureEnvironment); err != nil {
			return err
		}
		for _, name := range names {
			if err := to(d, state.Scope{Project: project, Environment: env, Feature: name}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
