package decide

import (
	"maps"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// defaultStrategy returns what is added when a flag without a strategy is switched on:
// the project's own default there, or everyone. It has no id and no place yet.
func defaultStrategy(s *state.State, at state.Scope) flag.Strategy {
	strategy := flag.Strategy{
		Name:       FlexibleRollout,
		Parameters: map[string]string{Rollout: "100", Stickiness: flag.DefaultStickiness},
	}
	if env := s.Project(at.Project).In(at.Environment); env != nil && env.DefaultStrategy != nil {
		strategy = *env.DefaultStrategy
		strategy.Disabled = false
		strategy.Parameters = maps.Clone(strategy.Parameters)
	}
	if strategy.Parameters[GroupID] == "" {
		strategy.Parameters[GroupID] = string(at.Feature)
	}
	return strategy
}

// NewDefaultStrategy returns a project's own default strategy in the form in which it is
// kept: without an id, and without a group, for each flag has its own. The project of the
// place must exist; its flag is not read.
//
// Faults: BadData, also when the strategy is no gradual rollout, ExceedsLimit.
func NewDefaultStrategy(d *Decision, at state.Scope, in change.StrategySettings) (*flag.Strategy, error) {
	if in.Name != FlexibleRollout {
		return nil, fault.Field("/body/name", "The default strategy of a project must be %q. You provided %q.", FlexibleRollout, in.Name)
	}
	if in.SortOrder == nil {
		in.SortOrder = new(0)
	}
	in.Parameters = WithDefaults(d.State, at, in.Name, in.Parameters)
	strategy, err := strategyOf(d, at, "", in)
	return &strategy, err
}
