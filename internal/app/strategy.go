package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// AddStrategy gives a flag a strategy in an environment.
//
// Faults: those of decide.AddStrategy.
func (a *App) AddStrategy(ctx context.Context, c Caller, at state.Scope, in change.StrategySettings) (*flag.Strategy, error) {
	var id flag.StrategyID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, at.Environment, access.CreateFeatureStrategy); err != nil {
			return err
		}
		var err error
		id, err = decide.AddStrategy(d, at, "", in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(at.Feature).In(at.Environment).Strategy(id), nil
}

// UpdateStrategy changes a strategy. edit is handed the strategy as it is, and returns
// what it shall be made of, or a fault; it must be pure. If no enabled strategy is left,
// the flag is switched off there.
//
// Faults: those of decide.UpdateStrategy.
func (a *App) UpdateStrategy(ctx context.Context, c Caller, at state.Scope, id flag.StrategyID, edit func(flag.Strategy) (change.StrategySettings, error)) (*flag.Strategy, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, at.Environment, access.UpdateFeatureStrategy); err != nil {
			return err
		}
		return decide.UpdateStrategy(d, at, id, edit)
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(at.Feature).In(at.Environment).Strategy(id), nil
}

// SetStrategySegments replaces the segments of a strategy, whichever flag of the project
// it belongs to.
//
// Faults: as those of UpdateStrategy.
func (a *App) SetStrategySegments(ctx context.Context, c Caller, project flag.ProjectID, env flag.EnvironmentName, id flag.StrategyID, segments []flag.SegmentID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, env, access.UpdateFeatureStrategy); err != nil {
			return err
		}
		at, err := decide.StrategyScope(d.State, project, env, id)
		if err != nil {
			return err
		}
		return decide.UpdateStrategy(d, at, id, func(s flag.Strategy) (change.StrategySettings, error) {
			in := change.SettingsOf(s)
			in.Name, in.Segments = "", segments // nothing else is touched
			return in, nil
		})
	})
	return err
}

// RemoveStrategy takes a strategy from a flag. If no enabled one is left, the flag is
// switched off there.
//
// Faults: those of decide.RemoveStrategy.
func (a *App) RemoveStrategy(ctx context.Context, c Caller, at state.Scope, id flag.StrategyID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, at.Environment, access.DeleteFeatureStrategy); err != nil {
			return err
		}
		return decide.RemoveStrategy(d, at, id)
	})
	return err
}

// SortStrategies gives strategies of a flag other places among them.
//
// Faults: those of decide.SortStrategies.
func (a *App) SortStrategies(ctx context.Context, c Caller, at state.Scope, order []state.StrategyOrder) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, at.Environment, access.UpdateFeatureStrategy); err != nil {
			return err
		}
		return decide.SortStrategies(d, at, order)
	})
	return err
}
