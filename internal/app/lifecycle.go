package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// CompleteFeature declares a flag's work done: what it switched is kept, as the variant that
// value names if it names one, or discarded.
//
// Faults: NotFound, ArchivedFeature, BadData.
func (a *App) CompleteFeature(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, status flag.Outcome, value string) error {
	if status != flag.Kept && status != flag.Discarded {
		return fault.Field("/body/status", "The `/body/status` property must be \"kept\" or \"discarded\". You sent %q.", status)
	}
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		f, err := d.ActiveFeature(project, name)
		if err != nil {
			return err
		}
		if f.Completed == nil || f.Completed.Status != status || f.Completed.Value != value {
			d.Add(decide.FeatureScope(f), state.FeatureCompleted{Status: status, Value: value})
		}
		return nil
	})
	return err
}

// UncompleteFeature takes back that a flag's work is done.
//
// Faults: NotFound, ArchivedFeature.
func (a *App) UncompleteFeature(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		f, err := d.ActiveFeature(project, name)
		if err != nil {
			return err
		}
		if f.Completed != nil {
			d.Add(decide.FeatureScope(f), state.FeatureUncompleted{})
		}
		return nil
	})
	return err
}
