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
)

// SwitchOn is what is done when flags are switched on whose strategies would let nobody in.
type SwitchOn struct {
	// ActivateDisabled enables the disabled strategies of a flag that has some. Otherwise
	// a flag without an enabled strategy gets the project's default one.
	ActivateDisabled bool
}

// SwitchFeaturesOn switches flags of a project on in an environment. A flag that has no
// strategy that is enabled gets one, so that being on is always something that was
// decided; that takes the permission to create strategies, too.
//
// Faults: NotFound for a flag or the environment, ArchivedFeature.
func (a *App) SwitchFeaturesOn(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name, how SwitchOn) error {
	return a.switchFeatures(ctx, c, project, env, names, func(d *decide.Decision, at state.Scope, row *flag.FlagEnvironment) error {
		if how.ActivateDisabled {
			for _, before := range row.Strategies {
				if before.Disabled {
					after := before
					after.Disabled = false
					d.Add(at, state.FeatureStrategyUpdated{Before: before, After: after})
				}
			}
		}
		if !letsIn(d.Flag(at.Feature).In(env)) {
			if err := d.Require(project, env, access.CreateFeatureStrategy); err != nil {
				return err
			}
			strategy := defaultStrategy(d.State, at)
			strategy.ID = flag.StrategyID(d.NewID())
			strategy.SortOrder = nextSortOrder(row.Strategies)
			d.Add(at, state.FeatureStrategyAdded{Strategy: strategy})
		}
		if !row.Enabled {
			d.Add(at, state.FeatureEnvironmentEnabled{})
		}
		return nil
	})
}

// SwitchFeaturesOff switches flags of a project off in an environment.
//
// Faults: NotFound for a flag or the environment, ArchivedFeature.
func (a *App) SwitchFeaturesOff(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name) error {
	return a.switchFeatures(ctx, c, project, env, names, func(d *decide.Decision, at state.Scope, row *flag.FlagEnvironment) error {
		if row.Enabled {
			d.Add(at, state.FeatureEnvironmentDisabled{})
		}
		return nil
	})
}

func (a *App) switchFeatures(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, names []flag.Name, to func(*decide.Decision, state.Scope, *flag.FlagEnvironment) error) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, env, access.UpdateFeatureEnvironment); err != nil {
			return err
		}
		return eachFeature(d, project, names, func(f *flag.Flag) error {
			at := state.Scope{Project: project, Environment: env, Feature: f.Name}
			row, err := activeRow(d.State, at)
			if err != nil {
				return err
			}
			return to(d, at, row)
		})
	})
	return err
}

// FeatureEnvironment returns a flag's configuration in an environment.
//
// Faults: NotFound for the flag or the environment.
func FeatureEnvironment(s *state.State, at state.Scope) (*flag.FlagEnvironment, error) {
	f, err := Feature(s, at.Project, at.Feature)
	if err != nil {
		return nil, err
	}
	row := f.In(at.Environment)
	if row == nil {
		return nil, fault.New(fault.NotFound, "Could not find environment with name: %s", at.Environment)
	}
	return row, nil
}

// activeRow is FeatureEnvironment for writing: an archived flag is refused.
func activeRow(s *state.State, at state.Scope) (*flag.FlagEnvironment, error) {
	if _, err := activeFeature(s, at.Project, at.Feature); err != nil {
		return nil, err
	}
	return FeatureEnvironment(s, at)
}

// letsIn reports whether an environment has a strategy that is enabled.
func letsIn(row *flag.FlagEnvironment) bool {
	return slices.ContainsFunc(row.Strategies, func(s flag.Strategy) bool { return !s.Disabled })
}

// defaultStrategy returns what is added when a flag without a strategy is switched on:
// the project's own default, or everyone.
func defaultStrategy(s *state.State, at state.Scope) flag.Strategy {
	strategy := flag.Strategy{
		Name:       flexibleRollout,
		Parameters: map[string]string{rollout: "100", stickiness: flag.DefaultStickiness},
	}
	if env := s.Project(at.Project).In(at.Environment); env != nil && env.DefaultStrategy != nil {
		strategy = *env.DefaultStrategy
		strategy.Disabled = false
		strategy.Parameters = maps.Clone(strategy.Parameters)
	}
	if strategy.Parameters[groupID] == "" {
		strategy.Parameters[groupID] = string(at.Feature)
	}
	return strategy
}
