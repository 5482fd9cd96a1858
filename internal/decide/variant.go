package decide

import (
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// SetVariants replaces the environment variants of a flag in an environment. Faults
// name fields below body, a JSON pointer.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature, BadData.
func SetVariants(d *Decision, at state.Scope, body string, variants []flag.Variant) error {
	row, err := d.ActiveRow(at)
	if err != nil {
		return err
	}
	if err := fault.Invalid(flag.ValidateVariants(body, variants)...); err != nil {
		return err
	}
	variants = flag.NormalizeVariants(variants)
	if !Same(row.Variants, variants) {
		d.Add(at, state.FeatureEnvironmentVariantsUpdated{Before: row.Variants, After: variants})
	}
	return nil
}
