package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// everyone returns the strategy that a flag gets in a project without a default one.
func everyone(id flag.StrategyID, group flag.Name, place int) flag.Strategy {
	return flag.Strategy{ID: id, Name: decide.FlexibleRollout, SortOrder: place, Parameters: map[string]string{
		decide.Rollout: "100", decide.Stickiness: "default", decide.GroupID: string(group),
	}}
}

func enabled(s flag.Strategy) state.Payload {
	after := s
	after.Disabled = false
	return state.FeatureStrategyUpdated{Before: s, After: after}
}

func TestSwitchOn(t *testing.T) {
	t.Parallel()
	first, next := rollout("p1", true), second(rollout("p2", true))
	for name, test := range map[string]struct {
		flag flag.Name
		how  decide.Activation
		adds bool
		want []state.Payload
	}{
		"without strategies": {"bare", decide.Activation{}, true, []state.Payload{
			state.FeatureStrategyAdded{Strategy: everyone("id-0", "bare", 0)}, state.FeatureEnvironmentEnabled{},
		}},
		"without strategies, with an id": {"bare", decide.Activation{ActivateDisabled: true, StrategyID: "given"}, true, []state.Payload{
			state.FeatureStrategyAdded{Strategy: everyone("given", "bare", 0)}, state.FeatureEnvironmentEnabled{},
		}},
		"all disabled": {"paused", decide.Activation{}, true, []state.Payload{
			state.FeatureStrategyAdded{Strategy: everyone("id-0", "paused", 2)}, state.FeatureEnvironmentEnabled{},
		}},
		"all disabled, to be activated": {"paused", decide.Activation{ActivateDisabled: true}, false, []state.Payload{
			enabled(first), enabled(next), state.FeatureEnvironmentEnabled{},
		}},
		"on already": {"live", decide.Activation{}, false, nil},
		"on already, to be activated": {"live", decide.Activation{ActivateDisabled: true}, false, []state.Payload{
			enabled(second(rollout("l2", true))),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			adds, err := decide.SwitchOn(d, in(test.flag), test.how)
			must(t, err)
			if adds != test.adds {
				t.Errorf("adds a strategy: got %t, want %t", adds, test.adds)
			}
			mustDecide(t, d, in(test.flag), test.want...)
		})
	}
}

// TestSwitchOnWithDefault switches on where the project has a default strategy of its own.
func TestSwitchOnWithDefault(t *testing.T) {
	t.Parallel()
	d := begin()
	byDefault := everyone("", "", 0)
	byDefault.Parameters[decide.Rollout], byDefault.Disabled = "25", true
	d.Add(state.Scope{Project: shop, Environment: prod}, state.DefaultStrategyUpdated{After: &byDefault})
	_, err := decide.SwitchOn(d, in("bare"), decide.Activation{})
	must(t, err)
	got := d.Flag("bare").In(prod).Strategies[0]
	if got.Parameters[decide.Rollout] != "25" || got.Parameters[decide.GroupID] != "bare" || got.Disabled {
		t.Errorf("got %+v, want the project's 25 %%, the flag's group, enabled", got)
	}
	if d.Project(shop).In(prod).DefaultStrategy.Parameters[decide.GroupID] != "" {
		t.Error("the project's strategy has got a group")
	}
}

func TestSwitchOff(t *testing.T) {
	t.Parallel()
	d := begin()
	must(t, decide.SwitchOff(d, in("bare")))
	mustDecide(t, d, in("bare"))
	must(t, decide.SwitchOff(d, in("live")))
	mustDecide(t, d, in("live"), state.FeatureEnvironmentDisabled{})
}

func TestSwitchRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at   state.Scope
		want fault.Kind
	}{
		"no such flag":        {in("unheard-of"), fault.NotFound},
		"of another project":  {in("elsewhere"), fault.NotFound},
		"no such environment": {state.Scope{Project: shop, Environment: "moon", Feature: "live"}, fault.NotFound},
		"archived":            {in("archived"), fault.ArchivedFeature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			_, err := decide.SwitchOn(d, test.at, decide.Activation{})
			mustRefuse(t, d, err, test.want)
			mustRefuse(t, d, decide.SwitchOff(d, test.at), test.want)
		})
	}
}
