package decide

import (
	"slices"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Activation is what is done when a flag is switched on whose strategies would let
// nobody in.
type Activation struct {
	// ActivateDisabled enables the disabled strategies of a flag that has some. Otherwise
	// a flag without an enabled strategy gets the project's default one.
	ActivateDisabled bool
	// StrategyID is the id of the default strategy if it is needed; empty: a fresh one.
	StrategyID flag.StrategyID
}

// SwitchOn switches a flag on in an environment. A flag that has no strategy that is
// enabled gets one, so that being on is always something that was decided. It reports
// whether it did, because that takes the permission to create strategies, too.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature.
func SwitchOn(d *Decision, at state.Scope, how Activation) (addsStrategy bool, err error) {
	row, err := d.ActiveRow(at)
	if err != nil {
		return false, err
	}
	if how.ActivateDisabled {
		for _, before := range row.Strategies {
			if before.Disabled {
				after := before
				after.Disabled = false
				d.Add(at, state.FeatureStrategyUpdated{Before: before, After: after})
			}
		}
	}
	if addsStrategy = !LetsIn(d.Flag(at.Feature).In(at.Environment)); addsStrategy {
		strategy := defaultStrategy(d.State, at)
		strategy.ID = d.strategyID(how.StrategyID)
		strategy.SortOrder = nextSortOrder(row.Strategies)
		d.Add(at, state.FeatureStrategyAdded{Strategy: strategy})
	}
	if !row.Enabled {
		d.Add(at, state.FeatureEnvironmentEnabled{})
	}
	return addsStrategy, nil
}

// SwitchOff switches a flag off in an environment.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature.
func SwitchOff(d *Decision, at state.Scope) error {
	row, err := d.ActiveRow(at)
	if err != nil {
		return err
	}
	if row.Enabled {
		d.Add(at, state.FeatureEnvironmentDisabled{})
	}
	return nil
}

// switchOffIfBare switches a flag off where no enabled strategy is left: SDKs read a
// flag that is on without strategies as on for everyone.
func switchOffIfBare(d *Decision, at state.Scope) {
	if row := d.Flag(at.Feature).In(at.Environment); row.Enabled && !LetsIn(row) {
		d.Add(at, state.FeatureEnvironmentDisabled{})
	}
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

// ActiveRow is FeatureEnvironment for writing: an archived flag is refused.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature.
func (d *Decision) ActiveRow(at state.Scope) (*flag.FlagEnvironment, error) {
	if _, err := d.ActiveFeature(at.Project, at.Feature); err != nil {
		return nil, err
	}
	return FeatureEnvironment(d.State, at)
}

// LetsIn reports whether an environment has a strategy that is enabled.
func LetsIn(row *flag.FlagEnvironment) bool {
	return slices.ContainsFunc(row.Strategies, func(s flag.Strategy) bool { return !s.Disabled })
}
