package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// UpdateVariants changes the environment variants of a flag that has such already: they
// are Unleash's legacy, and strategies have variants of their own. edit is handed the
// variants as they are, and returns them as they shall be, or a fault; it must be pure.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature, InvalidOperation for
// a flag without environment variants, BadData, and what edit returns.
func (a *App) UpdateVariants(ctx context.Context, c Caller, at state.Scope, edit func([]flag.Variant) ([]flag.Variant, error)) ([]flag.Variant, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, at.Environment, access.UpdateFeatureEnvironmentVariants); err != nil {
			return err
		}
		row, err := d.ActiveRow(at)
		if err != nil {
			return err
		}
		if !hasVariants(d.Flag(at.Feature)) {
			return fault.New(fault.InvalidOperation, "Environment variants deprecated for feature: %s. Use strategy variants instead.", at.Feature)
		}
		variants, err := edit(row.Variants)
		if err != nil {
			return err
		}
		return decide.SetVariants(d, at, "/body", variants)
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(at.Feature).In(at.Environment).Variants, nil
}

// SetVariants gives a flag the same environment variants in several environments.
//
// Faults: NotFound for the flag or an environment, ArchivedFeature, BadData.
func (a *App) SetVariants(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, envs []flag.EnvironmentName, variants []flag.Variant) ([]flag.Variant, error) {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		for _, env := range envs {
			if err := d.Require(project, env, access.UpdateFeatureEnvironmentVariants); err != nil {
				return err
			}
			at := state.Scope{Project: project, Environment: env, Feature: name}
			if err := decide.SetVariants(d, at, "/body/variants", variants); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return flag.NormalizeVariants(variants), nil
}

// hasVariants reports whether a flag has variants of its own in any environment.
func hasVariants(f *flag.Flag) bool {
	for i := range f.Environments {
		if len(f.Environments[i].Variants) > 0 {
			return true
		}
	}
	return false
}
