package decide

import (
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// The strategy of most flags, and its parameters.
const (
	FlexibleRollout = "flexibleRollout"
	Rollout         = "rollout"
	Stickiness      = "stickiness"
	GroupID         = "groupId"
)

// AddStrategy gives a flag a strategy in an environment, and returns its id. Parameters of
// flexibleRollout that are left out are everyone, the project's stickiness and the flag's own group. An id that
// is given must be new; empty: a fresh one.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature, BadData,
// ExceedsLimit.
func AddStrategy(d *Decision, at state.Scope, id flag.StrategyID, in change.StrategySettings) (flag.StrategyID, error) {
	row, err := d.ActiveRow(at)
	if err != nil {
		return "", err
	}
	if limit := d.Limits.FeatureEnvironmentStrategies; Reached(len(row.Strategies), limit) {
		return "", flag.ExceedsLimit("strategy", limit)
	}
	if in.SortOrder == nil {
		next := nextSortOrder(row.Strategies)
		in.SortOrder = &next
	}
	in.Parameters = WithDefaults(d.State, at, in.Name, in.Parameters)
	strategy, err := strategyOf(d, at, d.strategyID(id), in)
	if err != nil {
		return "", err
	}
	d.Add(at, state.FeatureStrategyAdded{Strategy: strategy})
	return strategy.ID, nil
}

// UpdateStrategy changes a strategy. edit is handed the strategy as it is, and returns
// what it shall be made of, or a fault; it must be pure. If no enabled strategy is left,
// the flag is switched off there.
//
// Faults: NotFound for the flag, the environment or the strategy, ArchivedFeature,
// BadData, ExceedsLimit, and what edit returns.
func UpdateStrategy(d *Decision, at state.Scope, id flag.StrategyID, edit func(flag.Strategy) (change.StrategySettings, error)) error {
	before, err := d.activeStrategy(at, id)
	if err != nil {
		return err
	}
	in, err := edit(*before)
	if err != nil {
		return err
	}
	if in.SortOrder == nil {
		in.SortOrder = &before.SortOrder
	}
	if in.Name == "" {
		in.Name = before.Name
	} else {
		in.Parameters = WithDefaults(d.State, at, in.Name, in.Parameters)
	}
	after, err := strategyOf(d, at, id, in)
	if err != nil {
		return err
	}
	if !Same(*before, after) {
		d.Add(at, state.FeatureStrategyUpdated{Before: *before, After: after})
		switchOffIfBare(d, at)
	}
	return nil
}

// RemoveStrategy takes a strategy from a flag. If no enabled one is left, the flag is
// switched off there.
//
// Faults: NotFound for the flag, the environment or the strategy, ArchivedFeature.
func RemoveStrategy(d *Decision, at state.Scope, id flag.StrategyID) error {
	before, err := d.activeStrategy(at, id)
	if err != nil {
		return err
	}
	d.Add(at, state.FeatureStrategyRemoved{Before: *before})
	switchOffIfBare(d, at)
	return nil
}

// SortStrategies gives strategies of a flag other places among them.
//
// Faults: NotFound for the flag or the environment, ArchivedFeature, BadData for a
// strategy that the flag does not have there.
func SortStrategies(d *Decision, at state.Scope, order []state.StrategyOrder) error {
	row, err := d.ActiveRow(at)
	if err != nil {
		return err
	}
	for _, o := range order {
		if row.Strategy(o.ID) == nil {
			return fault.Field("/body", "The flag %q has no strategy with the id %q in the environment %q.", at.Feature, o.ID, at.Environment)
		}
	}
	before := orderOf(row.Strategies)
	after := slices.Clone(before)
	for i := range after {
		for _, o := range order {
			if o.ID == after[i].ID {
				after[i].SortOrder = o.SortOrder
			}
		}
	}
	if !slices.Equal(before, after) {
		d.Add(at, state.StrategyOrderChanged{Before: before, After: after})
	}
	return nil
}

func orderOf(strategies []flag.Strategy) []state.StrategyOrder {
	order := make([]state.StrategyOrder, len(strategies))
	for i, s := range strategies {
		order[i] = state.StrategyOrder{ID: s.ID, SortOrder: s.SortOrder}
	}
	return order
}

// Strategy returns a strategy of a flag in an environment.
//
// Faults: NotFound for the flag, the environment or the strategy.
func Strategy(s *state.State, at state.Scope, id flag.StrategyID) (*flag.Strategy, error) {
	row, err := FeatureEnvironment(s, at)
	if err != nil {
		return nil, err
	}
	if strategy := row.Strategy(id); strategy != nil {
		return strategy, nil
	}
	return nil, noStrategy(id)
}

// activeStrategy is Strategy for writing: an archived flag is refused.
func (d *Decision) activeStrategy(at state.Scope, id flag.StrategyID) (*flag.Strategy, error) {
	if _, err := d.ActiveFeature(at.Project, at.Feature); err != nil {
		return nil, err
	}
	return Strategy(d.State, at, id)
}

// StrategyScope returns where the strategy with an id is, whichever flag of the project
// it belongs to.
//
// Faults: NotFound.
func StrategyScope(s *state.State, project flag.ProjectID, env flag.EnvironmentName, id flag.StrategyID) (state.Scope, error) {
	for f := range s.FlagsOf(project) {
		if row := f.In(env); row != nil && row.Strategy(id) != nil {
			return state.Scope{Project: project, Environment: env, Feature: f.Name}, nil
		}
	}
	return state.Scope{}, noStrategy(id)
}

func noStrategy(id flag.StrategyID) error {
	return fault.New(fault.NotFound, "Could not find strategy with id %q", id)
}

// strategyOf returns a strategy in the form in which it is kept, or a fault about what
// it is made of.
func strategyOf(d *Decision, at state.Scope, id flag.StrategyID, in change.StrategySettings) (flag.Strategy, error) {
	const body = "/body"
	kind := d.StrategyType(in.Name)
	if kind == nil {
		return flag.Strategy{}, fault.Field(body+"/name", "Could not find strategy type with name %s", in.Name)
	}
	strategy := flag.Strategy{
		ID:          id,
		Name:        in.Name,
		Title:       in.Title,
		Disabled:    in.Disabled,
		SortOrder:   *in.SortOrder,
		Constraints: in.Constraints,
		Parameters:  in.Parameters,
		Segments:    slices.Compact(slices.Sorted(slices.Values(in.Segments))),
		Variants:    in.Variants,
	}
	if err := fault.Invalid(flag.ValidateStrategy(body, strategy, *kind, legalValues(d.State))...); err != nil {
		return flag.Strategy{}, err
	}
	if err := d.Limits.CheckStrategy(body, strategy); err != nil {
		return flag.Strategy{}, err
	}
	if err := d.usableSegments(at.Project, body+"/segments", strategy.Segments); err != nil {
		return flag.Strategy{}, err
	}
	strategy.Variants = flag.NormalizeVariants(in.Variants)
	return strategy, nil
}

// WithDefaults returns the parameters of a strategy type with those filled in that were
// left out. The project of the place must exist.
func WithDefaults(s *state.State, at state.Scope, kind string, given map[string]string) map[string]string {
	if kind != FlexibleRollout {
		return given
	}
	parameters := map[string]string{
		Rollout:    "100",
		Stickiness: s.Project(at.Project).DefaultStickiness,
		GroupID:    string(at.Feature),
	}
	maps.Copy(parameters, given)
	return parameters
}

// usableSegments returns a fault if a strategy of a project cannot use the segments. Where a
// segment is of which the actor may not know, there is none.
func (d *Decision) usableSegments(project flag.ProjectID, body string, ids []flag.SegmentID) error {
	for _, id := range ids {
		segment := d.Segment(id)
		foreign := segment != nil && !segment.Global() && *segment.Project != project
		switch {
		case segment == nil || foreign && !d.MaySee(d.Actor, *segment.Project):
			return fault.Field(body, "No segment exists with ID %d.", id)
		case foreign:
			return fault.Field(body, "The segment %q belongs to another project than %q.", segment.Name, project)
		}
	}
	return nil
}

// legalValues returns the values that constraints may name, by context field.
func legalValues(s *state.State) flag.Legal {
	return func(contextName string) []flag.LegalValue {
		if f := s.ContextField(contextName); f != nil {
			return f.LegalValues
		}
		return nil
	}
}

// nextSortOrder returns the place behind the strategies.
func nextSortOrder(strategies []flag.Strategy) int {
	next := 0
	for _, s := range strategies {
		next = max(next, s.SortOrder+1)
	}
	return next
}

// strategyID returns the id of a strategy that is added: the given one, or a fresh one.
func (d *Decision) strategyID(given flag.StrategyID) flag.StrategyID {
	if given != "" {
		return given
	}
	return flag.StrategyID(d.NewID())
}
