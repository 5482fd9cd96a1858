package decide_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/state"
)

const (
	shop  = flag.ProjectID("shop")
	other = flag.ProjectID("other")
	prod  = flagtest.Production
)

// rollout returns a gradual rollout.
func rollout(id flag.StrategyID, disabled bool) flag.Strategy {
	return flag.Strategy{
		ID: id, Name: decide.FlexibleRollout, Disabled: disabled,
		Parameters: map[string]string{decide.Rollout: "50", decide.Stickiness: "default", decide.GroupID: "g"},
	}
}

// second returns a strategy in the place behind the first.
func second(s flag.Strategy) flag.Strategy {
	s.SortOrder = 1
	return s
}

// world has two projects with one environment, and flags of shop that are named after what
// they are: bare (without strategies), paused (its two strategies are disabled), live (on, with
// one enabled strategy and one disabled), archived, and child, which depends on parent.
// Project other has the flag elsewhere.
func world() *state.State {
	s := &state.State{}
	for events := range flagtest.Decisions(1, 0) {
		s = flagtest.After(s, events...)
		break // the instance with its environments
	}
	add := func(at state.Scope, p state.Payload) { s = flagtest.After(s, state.Event{Scope: at, Payload: p}) }
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: decide.FlexibleRollout}})
	for _, p := range []flag.ProjectID{shop, other} {
		add(state.Scope{Project: p}, state.ProjectCreated{Project: flag.Project{
			ID: p, Name: string(p), DefaultStickiness: "userId", Environments: []flag.ProjectEnvironment{{Environment: prod}},
		}})
	}
	feature := func(p flag.ProjectID, name flag.Name, row flag.FlagEnvironment) {
		row.Environment = prod
		f := flag.Flag{Name: name, Project: p, Environments: []flag.FlagEnvironment{row}}
		add(state.Scope{Project: p, Feature: name}, state.FeatureCreated{Flag: f})
	}
	feature(shop, "bare", flag.FlagEnvironment{})
	feature(shop, "paused", flag.FlagEnvironment{Strategies: []flag.Strategy{rollout("p1", true), second(rollout("p2", true))}})
	feature(shop, "live", flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{rollout("l1", false), second(rollout("l2", true))}})
	feature(shop, "archived", flag.FlagEnvironment{})
	add(state.Scope{Project: shop, Feature: "archived"}, state.FeatureArchived{})
	feature(shop, "parent", flag.FlagEnvironment{})
	feature(shop, "child", flag.FlagEnvironment{})
	add(state.Scope{Project: shop, Feature: "child"}, state.FeatureDependencyAdded{Dependency: on("parent")})
	feature(other, "elsewhere", flag.FlagEnvironment{})
	return s
}

func on(parent flag.Name) flag.Dependency { return flag.Dependency{Feature: parent, Enabled: true} }

// in is where a flag of shop is configured.
func in(name flag.Name) state.Scope {
	return state.Scope{Project: shop, Environment: prod, Feature: name}
}

// begin returns a decision on the world, with the ids id-0, id-1, ….
func begin() *decide.Decision {
	mint := func(i int) string { return fmt.Sprintf("id-%d", i) }
	return decide.New(world(), access.Actor{Ref: "user:7"}, flagtest.Epoch, decide.DefaultLimits(), mint)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// mustRefuse fails the test unless err is a fault of a kind, and nothing was decided.
func mustRefuse(t testing.TB, d *decide.Decision, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) || len(d.Events()) > 0 {
		t.Errorf("got %v and %d events, want a %s and none", err, len(d.Events()), kind)
	}
}

// mustDecide fails the test unless just these events were decided.
func mustDecide(t testing.TB, d *decide.Decision, at state.Scope, want ...state.Payload) {
	t.Helper()
	must(t, d.Err())
	var events []state.Event
	for _, p := range want {
		events = append(events, state.Event{Scope: at, Payload: p})
	}
	if diff := cmp.Diff(mustEncode(t, events), mustEncode(t, d.Events())); diff != "" {
		t.Errorf("decided (-want +got):\n%s", diff)
	}
}

// mustEncode returns events as the ledger keeps them, one a line.
func mustEncode(t testing.TB, events []state.Event) []string {
	t.Helper()
	lines := make([]string, len(events))
	for i, event := range events {
		e, err := state.Encode(event)
		must(t, err)
		lines[i] = fmt.Sprintf("%s %s/%s/%s %s", e.Type, e.Project, e.Environment, e.Feature, e.Payload)
	}
	return lines
}
