package flagtest

import (
	"math/rand/v2"
	"slices"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Toggle returns the event that switches a flag over in an environment.
func Toggle(f *flag.Flag, env flag.EnvironmentName) state.Event {
	scope := state.Scope{Project: f.Project, Environment: env, Feature: f.Name}
	if f.In(env).Enabled {
		return state.Event{Scope: scope, Payload: state.FeatureEnvironmentDisabled{}}
	}
	return state.Event{Scope: scope, Payload: state.FeatureEnvironmentEnabled{}}
}

// Changer makes the changes of everyday work: mostly a switch, sometimes a rollout that goes further or
// another strategy.
type Changer struct {
	maker maker
	names []flag.Name // of the flags that may be changed
}

// NewChanger starts changing the flags that are active in a state.
func NewChanger(seed uint64, s *state.State) *Changer {
	c := &Changer{maker: maker{rnd: rand.New(rand.NewPCG(seed, 0)), at: s.At(), segments: slices.Collect(s.Segments())}}
	for f := range s.Flags() {
		if !f.Archived() {
			c.names = append(c.names, f.Name)
		}
	}
	return c
}

// Next returns one more change of a state: the one of NewChanger, or one that came of it by
// changes of this Changer.
func (c *Changer) Next(s *state.State) []state.Event {
	f := s.Flag(pick(&c.maker, c.names))
	env := pick(&c.maker, environments())
	scope := state.Scope{Project: f.Project, Environment: env, Feature: f.Name}
	row := f.In(env)
	switch n := c.maker.rnd.IntN(100); {
	case n < 60 || len(row.Strategies) == 0:
		return []state.Event{Toggle(f, env)}
	case n < 90:
		before := pick(&c.maker, row.Strategies)
		after := c.maker.strategy(f.Project)
		after.ID, after.SortOrder = before.ID, before.SortOrder
		return []state.Event{{Scope: scope, Payload: state.FeatureStrategyUpdated{Before: before, After: after}}}
	default:
		// One goes and one comes, so that flags keep their size however long the work goes on.
		before := row.Strategies[0]
		after := c.maker.strategy(f.Project)
		after.SortOrder = before.SortOrder
		return []state.Event{
			{Scope: scope, Payload: state.FeatureStrategyRemoved{Before: before}},
			{Scope: scope, Payload: state.FeatureStrategyAdded{Strategy: after}},
		}
	}
}
