package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// SetFeatureTypeLifetime says how many days flags of a type usually live; nil or 0
// means for ever.
//
// Faults: NotFound.
func (a *App) SetFeatureTypeLifetime(ctx context.Context, c Caller, id string, days *int) (*flag.FeatureType, error) {
	if days != nil && *days == 0 {
		days = nil
	}
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		before := d.FeatureType(id)
		if before == nil {
			return fault.New(fault.NotFound, "The feature type you tried to update (%q) does not exist.", id)
		}
		after := *before
		after.LifetimeDays = days
		if !decide.Same(*before, after) {
			d.Add(state.Scope{}, state.FeatureTypeUpdated{Before: *before, After: after})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.FeatureType(id), nil
}
