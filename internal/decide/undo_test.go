package decide_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/state"
)

var host = changerequest.Place{Project: shop, Environment: prod}

// proposal draws a change that may or may not be possible on a state.
func proposal(t *rapid.T, s *state.State) decide.Proposal {
	names := []flag.Name{"one", "two", "three"}
	name := rapid.SampledFrom(names).Draw(t, "flag")
	row := s.Flag(name).In(prod)
	var ids []flag.StrategyID
	for _, strategy := range row.Strategies {
		ids = append(ids, strategy.ID)
	}
	ids = append(ids, "none")
	settings := change.StrategySettings{
		Name: decide.FlexibleRollout, Disabled: rapid.Bool().Draw(t, "disabled"),
		Parameters: map[string]string{decide.Rollout: rapid.SampledFrom([]string{"10", "50"}).Draw(t, "rollout"), decide.Stickiness: "default", decide.GroupID: "g"},
	}
	if rapid.Bool().Draw(t, "titled") {
		settings.Title = new(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "title"))
	}
	id := rapid.SampledFrom(ids).Draw(t, "strategy")
	p := decide.Proposal{Feature: name}
	switch rapid.IntRange(0, 8).Draw(t, "action") {
	case 0:
		p.Payload = change.UpdateEnabled{Enabled: rapid.Bool().Draw(t, "on"), ActivateDisabled: rapid.Bool().Draw(t, "activate")}
	case 1:
		p.Payload = change.AddStrategy{StrategySettings: settings}
	case 2:
		p.Payload = change.UpdateStrategy{ID: id, StrategySettings: settings}
	case 3:
		p.Payload = change.DeleteStrategy{ID: id}
	case 4:
		var order []change.StrategyOrder
		for i, id := range rapid.Permutation(ids[:len(ids)-1]).Draw(t, "order") {
			order = append(order, change.StrategyOrder{ID: id, SortOrder: i})
		}
		p.Payload = change.ReorderStrategy{Order: order}
	case 5:
		p.Payload = change.PatchVariant{Variants: []flag.Variant{{Name: rapid.SampledFrom([]string{"blue", "red"}).Draw(t, "variant"), Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}}
	case 6:
		parent := rapid.SampledFrom(names).Draw(t, "parent")
		p.Payload = change.AddDependency{Dependency: flag.Dependency{Feature: parent, Enabled: rapid.Bool().Draw(t, "parent on")}}
	case 7:
		p.Payload = change.DeleteDependency{}
	case 8:
		p.Feature = ""
		p.Payload = change.UpdateSegment{ID: 1, Name: rapid.SampledFrom([]string{"eu", "europe"}).Draw(t, "name"), Project: new(shop)}
	}
	return p
}

// draft returns those of the proposals that are possible one after the other.
func draft(s *state.State, proposals []decide.Proposal, prefix string) []change.Change {
	minted := 0
	var changes []change.Change
	for i, p := range proposals {
		d := decide.New(decide.Try(s, host, changes).After, admin, noon, decide.Limits{}, func(int) string {
			minted++
			return fmt.Sprintf("%s-%d", prefix, minted)
		})
		c, err := decide.Drafted(d, host, change.ID(i+1), p.Feature, p.Payload, noon)
		c.Base = change.BaseOf(s, host.Environment, p.Feature, p.Payload)
		if err == nil && !c.Base.Missing && !slices.ContainsFunc(changes, c.Replaces) {
			changes = append(changes, c)
		}
	}
	return changes
}

// TestUndo applies random requests and then what undoes them: everything is as it was, except for
// the names of what was minted. What undoing does not restore, it says.
func TestUndo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := undoable()
		for range rapid.IntRange(0, 4).Draw(t, "before") { // something that is there already
			s = decide.Try(s, host, draft(s, []decide.Proposal{proposal(t, s)}, fmt.Sprintf("old-%d", s.Revision()+rapid.Int64Range(0, 1<<40).Draw(t, "id")))).After
		}
		var proposals []decide.Proposal
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			proposals = append(proposals, proposal(t, s))
		}
		changes := draft(s, proposals, "new")
		applied := decide.Try(s, host, changes)
		if len(applied.Conflicts) > 0 {
			t.Fatalf("what was drafted cannot be applied: %+v", applied.Conflicts)
		}
		undo := change.UndoOf(applied.After, host.Environment, changes)
		var back []decide.Proposal
		for _, c := range undo.Changes {
			back = append(back, decide.Proposal(c))
		}
		restored := decide.Try(applied.After, host, draft(applied.After, back, "back"))
		if len(restored.Conflicts) > 0 || len(undo.Notes) > 0 {
			t.Fatalf("undoing %+v says %v, and cannot be applied: %+v", changes, undo.Notes, restored.Conflicts)
		}
		for _, name := range []flag.Name{"one", "two", "three"} {
			want, got := s.Flag(name), restored.After.Flag(name)
			if !decide.Same(want, got) {
				t.Fatalf("undone by %+v, %s is not as it was (-want +got):\n%s", back, name, cmp.Diff(want, got))
			}
		}
		if want, got := s.Segment(1), restored.After.Segment(1); !decide.Same(want, got) {
			t.Fatalf("the segment is not as it was (-want +got):\n%s", cmp.Diff(want, got))
		}
	})
}

var (
	admin = access.System()
	noon  = flagtest.Epoch
)

// undoable has three plain flags and a segment.
func undoable() *state.State {
	s := world()
	add := func(at state.Scope, p state.Payload) { s = flagtest.After(s, state.Event{Scope: at, Payload: p}) }
	for _, name := range []flag.Name{"one", "two", "three"} {
		f := flag.Flag{Name: name, Project: shop, Environments: []flag.FlagEnvironment{{Environment: prod}}}
		add(state.Scope{Project: shop, Feature: name}, state.FeatureCreated{Flag: f})
	}
	add(state.Scope{Project: shop}, state.SegmentCreated{Segment: flag.Segment{ID: 1, Name: "eu", Project: new(shop)}})
	return s
}
