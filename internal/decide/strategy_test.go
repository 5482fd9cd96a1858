package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

func TestAddStrategy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ given, want flag.StrategyID }{
		"fresh id": {"", "id-0"},
		"given id": {"given", "given"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			id, err := decide.AddStrategy(d, in("live"), test.given, change.StrategySettings{
				Name: decide.FlexibleRollout, Parameters: map[string]string{decide.Rollout: "10"},
			})
			must(t, err)
			if id != test.want {
				t.Errorf("got the id %s, want %s", id, test.want)
			}
			want := everyone(test.want, "live", 2) // behind the others
			want.Parameters[decide.Rollout], want.Parameters[decide.Stickiness] = "10", "userId"
			mustDecide(t, d, in("live"), state.FeatureStrategyAdded{Strategy: want})
		})
	}
}

func TestAddStrategyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in   change.StrategySettings
		want fault.Kind
	}{
		"unknown type":    {change.StrategySettings{Name: "unheard-of"}, fault.BadData},
		"unknown segment": {change.StrategySettings{Name: decide.FlexibleRollout, Segments: []flag.SegmentID{9}}, fault.BadData},
		"too many":        {change.StrategySettings{Name: decide.FlexibleRollout}, fault.ExceedsLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			if test.want == fault.ExceedsLimit {
				d.Limits.FeatureEnvironmentStrategies = 2
			}
			_, err := decide.AddStrategy(d, in("live"), "", test.in)
			mustRefuse(t, d, err, test.want)
		})
	}
}

// TestLastStrategy takes the last enabled strategy away, in each way that there is: the flag is
// switched off with it, for SDKs read a flag that is on without strategies as on for everyone.
func TestLastStrategy(t *testing.T) {
	t.Parallel()
	last := rollout("l1", false)
	disabled := last
	disabled.Disabled = true
	disable := func(s flag.Strategy) (change.StrategySettings, error) {
		settings := change.SettingsOf(s)
		settings.Disabled = true
		return settings, nil
	}
	t.Run("remove", func(t *testing.T) {
		t.Parallel()
		d := begin()
		must(t, decide.RemoveStrategy(d, in("live"), "l1"))
		mustDecide(t, d, in("live"), state.FeatureStrategyRemoved{Before: last}, state.FeatureEnvironmentDisabled{})
	})
	t.Run("disable", func(t *testing.T) {
		t.Parallel()
		d := begin()
		must(t, decide.UpdateStrategy(d, in("live"), "l1", disable))
		mustDecide(t, d, in("live"), state.FeatureStrategyUpdated{Before: last, After: disabled}, state.FeatureEnvironmentDisabled{})
	})
	t.Run("not the last", func(t *testing.T) {
		t.Parallel()
		d := begin()
		must(t, decide.RemoveStrategy(d, in("live"), "l2"))
		mustDecide(t, d, in("live"), state.FeatureStrategyRemoved{Before: second(rollout("l2", true))})
	})
	t.Run("off already", func(t *testing.T) {
		t.Parallel()
		d := begin()
		must(t, decide.RemoveStrategy(d, in("paused"), "p1"))
		mustDecide(t, d, in("paused"), state.FeatureStrategyRemoved{Before: rollout("p1", true)})
	})
}

func TestUpdateStrategyChangesNothing(t *testing.T) {
	t.Parallel()
	d := begin()
	must(t, decide.UpdateStrategy(d, in("live"), "l1", func(s flag.Strategy) (change.StrategySettings, error) {
		return change.SettingsOf(s), nil
	}))
	mustDecide(t, d, in("live"))
	mustRefuse(t, d, decide.RemoveStrategy(d, in("live"), "unheard-of"), fault.NotFound)
}

func TestSortStrategies(t *testing.T) {
	t.Parallel()
	d := begin()
	mustRefuse(t, d, decide.SortStrategies(d, in("live"), []state.StrategyOrder{{ID: "p1", SortOrder: 5}}), fault.BadData)
	must(t, decide.SortStrategies(d, in("live"), []state.StrategyOrder{{ID: "l1", SortOrder: 0}}))
	mustDecide(t, d, in("live"))
	must(t, decide.SortStrategies(d, in("live"), []state.StrategyOrder{{ID: "l1", SortOrder: 5}}))
	mustDecide(t, d, in("live"), state.StrategyOrderChanged{
		Before: []state.StrategyOrder{{ID: "l1", SortOrder: 0}, {ID: "l2", SortOrder: 1}},
		After:  []state.StrategyOrder{{ID: "l1", SortOrder: 5}, {ID: "l2", SortOrder: 1}},
	})
}
