package state

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[FeatureEnvironmentEnabled]()
	_ = register[FeatureEnvironmentDisabled]()
	_ = register[FeatureStrategyAdded]()
	_ = register[FeatureStrategyUpdated]()
	_ = register[FeatureStrategyRemoved]()
	_ = register[StrategyOrderChanged]()
	_ = register[FeatureEnvironmentVariantsUpdated]()
)

// FeatureEnvironmentEnabled switches the scope's flag on in the scope's environment.
type FeatureEnvironmentEnabled struct{ oneFlag }

// EventType returns "feature-environment-enabled".
func (FeatureEnvironmentEnabled) EventType() string { return "feature-environment-enabled" }

func (FeatureEnvironmentEnabled) apply(s *State, at Place) error {
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error { e.Enabled = true; return nil })
}

// FeatureEnvironmentDisabled switches the scope's flag off in the scope's environment.
type FeatureEnvironmentDisabled struct{ oneFlag }

// EventType returns "feature-environment-disabled".
func (FeatureEnvironmentDisabled) EventType() string { return "feature-environment-disabled" }

func (FeatureEnvironmentDisabled) apply(s *State, at Place) error {
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error { e.Enabled = false; return nil })
}

// FeatureStrategyAdded gives the scope's flag a strategy in the scope's environment.
type FeatureStrategyAdded struct {
	oneFlag
	Strategy flag.Strategy `json:"strategy"`
}

// EventType returns "feature-strategy-add".
func (FeatureStrategyAdded) EventType() string { return "feature-strategy-add" }

func (p FeatureStrategyAdded) apply(s *State, at Place) error {
	if err := s.needSegments(p.Strategy); err != nil {
		return err
	}
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error {
		if e.Strategy(p.Strategy.ID) != nil {
			return fmt.Errorf("flag %q has the strategy %q", at.Feature, p.Strategy.ID)
		}
		e.Strategies = append(slices.Clone(e.Strategies), p.Strategy)
		sortStrategies(e.Strategies)
		return nil
	})
}

// FeatureStrategyUpdated replaces a strategy of the scope's flag.
type FeatureStrategyUpdated struct {
	oneFlag
	Before flag.Strategy `json:"before"`
	After  flag.Strategy `json:"after"`
}

// EventType returns "feature-strategy-update".
func (FeatureStrategyUpdated) EventType() string { return "feature-strategy-update" }

func (p FeatureStrategyUpdated) apply(s *State, at Place) error {
	if err := s.needSegments(p.After); err != nil {
		return err
	}
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error {
		e.Strategies = slices.Clone(e.Strategies)
		have := e.Strategy(p.After.ID)
		if have == nil {
			return fmt.Errorf("flag %q has no strategy %q", at.Feature, p.After.ID)
		}
		*have = p.After
		sortStrategies(e.Strategies)
		return nil
	})
}

// FeatureStrategyRemoved takes a strategy from the scope's flag.
type FeatureStrategyRemoved struct {
	oneFlag
	Before flag.Strategy `json:"before"`
}

// EventType returns "feature-strategy-remove".
func (FeatureStrategyRemoved) EventType() string { return "feature-strategy-remove" }

func (p FeatureStrategyRemoved) apply(s *State, at Place) error {
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error {
		if e.Strategy(p.Before.ID) == nil {
			return fmt.Errorf("flag %q has no strategy %q", at.Feature, p.Before.ID)
		}
		e.Strategies = without(e.Strategies, func(have flag.Strategy) bool { return have.ID == p.Before.ID })
		return nil
	})
}

// StrategyOrder is a strategy's place among the strategies of its environment.
type StrategyOrder struct {
	ID        flag.StrategyID `json:"id"`
	SortOrder int             `json:"sortOrder"`
}

// StrategyOrderChanged puts the strategies of the scope's flag in another order.
type StrategyOrderChanged struct {
	oneFlag
	Before []StrategyOrder `json:"before"`
	After  []StrategyOrder `json:"after"`
}

// EventType returns "strategy-order-changed".
func (StrategyOrderChanged) EventType() string { return "strategy-order-changed" }

func (p StrategyOrderChanged) apply(s *State, at Place) error {
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error {
		e.Strategies = slices.Clone(e.Strategies)
		for _, order := range p.After {
			have := e.Strategy(order.ID)
			if have == nil {
				return fmt.Errorf("flag %q has no strategy %q", at.Feature, order.ID)
			}
			have.SortOrder = order.SortOrder
		}
		sortStrategies(e.Strategies)
		return nil
	})
}

// FeatureEnvironmentVariantsUpdated replaces the environment variants of the scope's flag.
type FeatureEnvironmentVariantsUpdated struct {
	oneFlag
	Before []flag.Variant `json:"before"`
	After  []flag.Variant `json:"after"`
}

// EventType returns "feature-environment-variants-updated".
func (FeatureEnvironmentVariantsUpdated) EventType() string {
	return "feature-environment-variants-updated"
}

func (p FeatureEnvironmentVariantsUpdated) apply(s *State, at Place) error {
	return s.editFlagEnvironment(at, func(e *flag.FlagEnvironment) error { e.Variants = p.After; return nil })
}

// needSegments returns an error when the strategy names a segment that does not exist.
func (s *State) needSegments(strategy flag.Strategy) error {
	for _, id := range strategy.Segments {
		if s.Segment(id) == nil {
			return fmt.Errorf("there is no segment %d", id)
		}
	}
	return nil
}

func sortStrategies(list []flag.Strategy) {
	slices.SortStableFunc(list, func(a, b flag.Strategy) int {
		return cmp.Or(cmp.Compare(a.SortOrder, b.SortOrder), cmp.Compare(a.ID, b.ID))
	})
}
