package decide_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/state"
)

// wide is a project with two environments.
const wide = flag.ProjectID("wide")

// impactWorld has, beside those of world, the flag sold, which is on for half of those in the segment north, and
// for everyone by a strategy that is disabled; and the flag abroad, which is in the project wide.
func impactWorld() *state.State {
	s := undoable()
	add := func(at state.Scope, p state.Payload) { s = flagtest.After(s, state.Event{Scope: at, Payload: p}) }
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: "userWithId"}})
	add(state.Scope{}, state.SegmentCreated{Segment: flag.Segment{ID: 2, Name: "north"}})
	add(state.Scope{Project: wide}, state.ProjectCreated{Project: flag.Project{
		ID: wide, Name: "Wide", DefaultStickiness: "userId", Environments: []flag.ProjectEnvironment{{Environment: flagtest.Development}, {Environment: prod}},
	}})
	half, asleep := rollout("half", false), second(flag.Strategy{ID: "all", Name: "default", Disabled: true})
	half.Segments = []flag.SegmentID{2}
	half.Constraints = []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"NO", "SE"}}}
	add(state.Scope{Project: shop, Feature: "sold"}, state.FeatureCreated{Flag: flag.Flag{Name: "sold", Project: shop, Environments: []flag.FlagEnvironment{
		{Environment: prod, Enabled: true, Strategies: []flag.Strategy{half, asleep}},
	}}})
	add(state.Scope{Project: wide, Feature: "abroad"}, state.FeatureCreated{Flag: flag.Flag{Name: "abroad", Project: wide, Environments: []flag.FlagEnvironment{
		{Environment: flagtest.Development, Enabled: true}, {Environment: prod, Strategies: []flag.Strategy{half}},
	}}})
	return s
}

func TestImpact(t *testing.T) {
	t.Parallel()
	settings := func(name string, parameters map[string]string) change.StrategySettings {
		return change.StrategySettings{Name: name, Parameters: parameters}
	}
	quarter := settings(decide.FlexibleRollout, map[string]string{decide.Rollout: "25", decide.Stickiness: "default", decide.GroupID: "g"})
	const half = `half changed 50→25, now everyone`
	for _, test := range []struct {
		name    string
		feature flag.Name
		changes []change.Payload
		want    []string
	}{
		{"another share", "sold", []change.Payload{change.UpdateStrategy{ID: "half", StrategySettings: quarter}}, []string{"sold production on→on", half, "all same nil→nil, now everyone"}},
		{
			"off", "sold",
			[]change.Payload{change.UpdateEnabled{}},
			[]string{"sold production on→off", `half changed 50→0, now country is one of NO, SE; in the segment "north"`, "all same nil→nil, now everyone"},
		},
		{
			"removed and added", "sold",
			[]change.Payload{change.AddStrategy{Minted: "new", StrategySettings: settings("userWithId", map[string]string{"userIds": "7, 8"})}, change.DeleteStrategy{ID: "half"}},
			[]string{"sold production on→on", `half removed 50→nil, now country is one of NO, SE; in the segment "north"`, "all same nil→nil, now everyone", "new added nil→100, now userId is one of 7, 8"},
		},
		{"on, with what it lacks", "bare", []change.Payload{change.UpdateEnabled{Enabled: true, Minted: "default"}}, []string{"bare production off→on", "default added nil→100, now everyone"}},
		{
			"a parent", "live",
			[]change.Payload{change.AddDependency{Dependency: flag.Dependency{Feature: "sold", Enabled: true, Variants: []string{"a", "b"}}}},
			[]string{"live production on→on", `l1 changed 50→50, now the flag "sold" gives one of the variants a, b`, `l2 changed nil→nil, now the flag "sold" gives one of the variants a, b`},
		},
		{"no parent", "child", []change.Payload{change.DeleteDependency{}}, []string{"child production off→off"}},
		{
			"archived", "abroad",
			[]change.Payload{change.ArchiveFeature{}},
			[]string{"abroad development on→off", "abroad production off→off", `half same 0→0, now country is one of NO, SE; in the segment "north"`},
		},
		{
			"a segment", "",
			[]change.Payload{change.UpdateSegment{ID: 2, Name: "north", Constraints: []flag.Constraint{{ContextName: "eu", Operator: flag.In, Values: []string{"yes"}}}}},
			[]string{
				"abroad production off→off", `half changed 0→0, now country is one of NO, SE; in the segment "north"`,
				"sold production on→on", `half changed 50→50, now country is one of NO, SE; in the segment "north"`, "all same nil→nil, now everyone",
			},
		},
		{"what cannot be", "sold", []change.Payload{change.DeleteStrategy{ID: "none"}}, nil},
		{"nothing new", "sold", []change.Payload{change.UpdateEnabled{Enabled: true}}, nil},
	} {
		s := impactWorld()
		var changes []change.Change
		for i, p := range test.changes {
			changes = append(changes, change.Change{ID: change.ID(i + 1), Feature: test.feature, Payload: p})
		}
		place := host
		if test.feature == "abroad" {
			place.Project = wide
		}
		if diff := cmp.Diff(test.want, told(decide.ImpactOf(s, decide.Try(s, place, changes)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// told writes impacts down, a line for each flag and each strategy.
func told(impacts []decide.Impact) []string {
	var lines []string
	share := func(n *int) string {
		if n == nil {
			return "nil"
		}
		return fmt.Sprint(*n)
	}
	on := map[bool]string{true: "on", false: "off"}
	for _, i := range impacts {
		lines = append(lines, fmt.Sprintf("%s %s %s→%s", i.Feature, i.Environment, on[i.EnabledBefore], on[i.EnabledAfter]))
		for _, s := range i.Strategies {
			narrowed := "everyone"
			if len(s.NarrowedBy) > 0 {
				narrowed = strings.Join(s.NarrowedBy, "; ")
			}
			lines = append(lines, fmt.Sprintf("%s %s %s→%s, now %s", s.Strategy.ID, s.How, share(s.ShareBefore), share(s.ShareAfter), narrowed))
		}
	}
	return lines
}

// TestRulesInWords says of each type of strategy whom it takes in.
func TestRulesInWords(t *testing.T) {
	t.Parallel()
	s := undoable()
	for name, want := range map[string]string{
		"default":              "everyone",
		"gradualRolloutRandom": "everyone",
		"remoteAddress":        "remoteAddress is an address in one of 10.0.0.0/8",
		"applicationHostname":  "the application's host is one of web-1",
		"custom":               `the strategy "custom" agrees, which only SDKs can say`,
	} {
		s = flagtest.After(s, state.Event{Payload: state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: name}}})
		added := change.AddStrategy{Minted: "new", StrategySettings: change.StrategySettings{Name: name, Parameters: map[string]string{
			"IPs": "10.0.0.0/8", "hostNames": "web-1", "percentage": "7",
		}}}
		got := told(decide.ImpactOf(s, decide.Try(s, host, []change.Change{{ID: 1, Feature: "one", Payload: added}})))
		if len(got) != 2 || got[1] != "new added nil→0, now "+want {
			t.Errorf("%s: got %q, want that it takes in %s", name, got, want)
		}
	}
}

// TestImpactIsComplete applies random requests: a strategy that is not as it was is told, and one that is told as
// the same is the same.
func TestImpactIsComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := undoable()
		s = decide.Try(s, host, draft(s, []decide.Proposal{proposal(t, s), proposal(t, s)}, "old")).After
		trial := decide.Try(s, host, draft(s, []decide.Proposal{proposal(t, s), proposal(t, s), proposal(t, s)}, "new"))
		fates := map[flag.StrategyID]decide.Fate{}
		for _, i := range decide.ImpactOf(s, trial) {
			if i.EnabledBefore != s.Flag(i.Feature).In(prod).Enabled || i.EnabledAfter != trial.After.Flag(i.Feature).In(prod).Enabled {
				t.Fatalf("%s: got it on before %t, after %t", i.Feature, i.EnabledBefore, i.EnabledAfter)
			}
			for _, strategy := range i.Strategies {
				fates[strategy.Strategy.ID] = strategy.How
			}
		}
		for _, name := range []flag.Name{"one", "two", "three"} {
			before, after := s.Flag(name).In(prod), trial.After.Flag(name).In(prod)
			for _, was := range before.Strategies {
				is := after.Strategy(was.ID)
				fate := fates[was.ID]
				if is == nil && fate != decide.Removed || is != nil && !decide.Same(was, *is) && fate != decide.Changed {
					t.Fatalf("got %q for the strategy %+v, which is now %+v", fate, was, is)
				}
			}
			for _, is := range after.Strategies {
				if before.Strategy(is.ID) == nil && fates[is.ID] != decide.Added {
					t.Fatalf("got %q for the strategy %+v, which is new", fates[is.ID], is)
				}
			}
		}
	})
}
