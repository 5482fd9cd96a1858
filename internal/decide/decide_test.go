package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

func TestDecision(t *testing.T) {
	t.Parallel()
	d := begin()
	before := d.State
	d.Add(in("bare"), state.FeatureStrategyAdded{Strategy: rollout("new", false)})
	group := ledger.Group{Kind: "change-request", ID: 41}
	d.SetGroup(group)
	d.Add(in("bare"), state.FeatureEnvironmentEnabled{})
	must(t, d.Err())
	if !d.Flag("bare").In(prod).Enabled || before.Flag("bare").In(prod).Enabled {
		t.Error("want the decision, and not the state that it began with, to see its own events")
	}
	var groups []ledger.Group
	for _, e := range d.Events() {
		groups = append(groups, e.Group)
	}
	if diff := cmp.Diff([]ledger.Group{{}, group}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if got := d.NewID() + d.NewID(); got != "id-0id-1" {
		t.Errorf("got the ids %s, want id-0 and id-1", got)
	}
}

// TestMisfit adds what the state cannot take: a mistake of the program that must not be written.
func TestMisfit(t *testing.T) {
	t.Parallel()
	d := begin()
	d.Add(in("unheard-of"), state.FeatureEnvironmentEnabled{})
	if d.Err() == nil || len(d.Events()) > 0 {
		t.Errorf("got %v and %d events, want an error and none", d.Err(), len(d.Events()))
	}
	if d.Flag(flag.Name("unheard-of")) != nil {
		t.Error("want the state as it was")
	}
}
