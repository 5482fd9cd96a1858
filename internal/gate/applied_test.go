package gate_test

import (
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// The people around a change request in shop's production.
const (
	author   = access.Ref("user:2")
	voter    = access.Ref("user:3")
	applying = access.Ref("user:4")
)

// happen returns the state after somebody's events.
func happen(t testing.TB, s *state.State, by access.Ref, events ...state.Event) *state.State {
	t.Helper()
	next, err := state.Preview(s, events, state.Place{At: flagtest.Epoch, Actor: string(by)})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// told returns facts about request 1 as events.
func told(facts ...changerequest.Event) []state.Event {
	at := &changerequest.Request{ID: 1, Project: shop, Environment: prod}
	events := make([]state.Event, len(facts))
	for i, fact := range facts {
		events[i] = decide.RequestEvent(at, fact)
	}
	return events
}

// approved returns a world with the approved change request 1: shop.web is switched on, with a strategy, and gets
// variants. Accounts 3 and 4 may approve and apply.
func approved(t testing.TB) *state.State {
	t.Helper()
	s := world()
	add := func(p state.Payload) {
		s = happen(t, s, access.SystemRef, state.Event{Scope: state.Scope{Project: shop}, Payload: p})
	}
	for _, r := range access.BuiltInRoles() {
		add(state.RoleCreated{Role: r})
	}
	for id := s.NextAccountID(); id <= 5; id = s.NextAccountID() {
		add(state.UserCreated{ID: id, RootRole: access.RoleViewer})
	}
	role := func(p access.Permission, account int64) {
		id := s.NextRoleID()
		add(state.RoleCreated{Role: access.Role{ID: id, Name: string(p), Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: p}}}})
		add(state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(account)}, Roles: []access.RoleID{id}})
	}
	add(state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: "default"}})
	role(access.ApproveChangeRequest, voter.ID())
	role(access.ApplyChangeRequest, applying.ID())

	agreements := []changerequest.Agreement{{Place: changerequest.Place{Project: shop, Environment: prod}, Rule: changerequest.Rule{RequiredApprovals: 1}}}
	s = happen(t, s, author, told(
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: change.Change{ID: 1, Feature: "shop.web", Payload: change.AddStrategy{Minted: "s1", StrategySettings: change.StrategySettings{Name: "default"}}}},
		changerequest.ChangeAdded{Change: change.Change{ID: 2, Feature: "shop.web", Payload: change.UpdateEnabled{Enabled: true, Minted: "s2"}}},
		changerequest.ChangeAdded{Change: change.Change{ID: 3, Feature: "shop.web", Payload: change.PatchVariant{Variants: []flag.Variant{{Name: "blue", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}}}},
		changerequest.SentToReview{Agreements: agreements},
	)...)
	vote := changerequest.Vote{By: voter, At: flagtest.Epoch, Round: 1, ContentID: s.ChangeRequest(1).ContentID()}
	return happen(t, s, voter, told(changerequest.ApprovedEvent{Vote: vote})...)
}

// due returns the batch that applies the request, as it must be.
func due(t testing.TB, s *state.State) []state.Event {
	t.Helper()
	trial := decide.Try(s, changerequest.Place{Project: shop, Environment: prod}, s.ChangeRequest(1).Changes)
	if len(trial.Events) != 3 || len(trial.Conflicts) > 0 {
		t.Fatalf("got %d events and the conflicts %v, want 3 and none", len(trial.Events), trial.Conflicts)
	}
	events := trial.Events
	for i := range events {
		events[i].Group = state.RequestGroup(1)
	}
	return append(events, told(changerequest.AppliedEvent{})...)
}

// actor returns somebody as the state knows them.
func actor(t testing.TB, s *state.State, ref access.Ref) access.Actor {
	t.Helper()
	a, ok := s.Actor(ref.ID())
	if !ok {
		t.Fatalf("there is no %s", ref)
	}
	return a
}

// TestApplied lets exactly those events through that an approved request leads to.
func TestApplied(t *testing.T) {
	t.Parallel()
	s := approved(t)
	got, err := gate.Ask(s, gate.Write{Actor: actor(t, s, applying), Events: due(t, s)})
	if err != nil || got.Verdict != gate.Direct || got.Places != nil {
		t.Errorf("got %v, %v, want it written", got, err)
	}
	// A comment with it is about the same request.
	if _, err := gate.Ask(s, gate.Write{Actor: actor(t, s, applying), Events: append(told(changerequest.Commented{Text: "x"}), due(t, s)...)}); err != nil {
		t.Errorf("with a comment: got %v, want it written", err)
	}

	extra := state.Event{Scope: in(shop, prod), Group: state.RequestGroup(1), Payload: state.FeatureEnvironmentDisabled{}}
	harmless := state.Event{Scope: in(shop, dev), Group: state.RequestGroup(1), Payload: state.FeatureEnvironmentEnabled{}}
	other := state.Event{Scope: state.Scope{Project: shop, Environment: prod}, Group: state.RequestGroup(2), Payload: state.ChangeRequestEvent{ID: 2, Fact: changerequest.Created{}}}
	for name, tamper := range map[string]func([]state.Event) []state.Event{
		"one more":                        func(e []state.Event) []state.Event { return append(e, extra) },
		"one more, where nobody is asked": func(e []state.Event) []state.Event { return append(e, harmless) },
		"one of another request":          func(e []state.Event) []state.Event { return append(e, other) },
		"an edit of it":                   func(e []state.Event) []state.Event { return append(told(changerequest.ChangeDiscarded{ID: 3}), e...) },
		"one fewer":                       func(e []state.Event) []state.Event { return e[1:] },
		"none":                            func(e []state.Event) []state.Event { return e[3:] },
		"another in its place":            func(e []state.Event) []state.Event { e[1] = extra; return e },
		"another order":                   func(e []state.Event) []state.Event { e[0], e[1] = e[1], e[0]; return e },
		"another strategy": func(e []state.Event) []state.Event {
			p := e[0].Payload.(state.FeatureStrategyAdded)
			p.Strategy.Parameters = map[string]string{"rollout": "100"}
			e[0].Payload = p
			return e
		},
		"another place":                     func(e []state.Event) []state.Event { e[2].Environment = staging; return e },
		"another flag":                      func(e []state.Event) []state.Event { e[2].Feature = "other.web"; return e },
		"another group":                     func(e []state.Event) []state.Event { e[2].Group = state.RequestGroup(7); return e },
		"the first gone and another behind": func(e []state.Event) []state.Event { return append(e[1:], extra) },
	} {
		if got, err := gate.Ask(s, gate.Write{Actor: actor(t, s, applying), Events: tamper(due(t, s))}); err == nil {
			t.Errorf("%s: got %v, want it refused", name, got)
		}
		// Not even admins write under the name of a request what it does not say.
		if got, err := gate.Ask(s, gate.Write{Actor: admin, Events: tamper(due(t, s))}); err == nil {
			t.Errorf("%s, as an admin: got %v, want it refused", name, got)
		}
	}
}

// TestAppliedWithoutStanding refuses a request that is not, or no longer, agreed to.
func TestAppliedWithoutStanding(t *testing.T) {
	t.Parallel()
	at := state.Scope{Project: shop, Environment: prod}
	for name, test := range map[string]struct {
		meanwhile func(*state.State) []state.Event
		by        access.Ref
		kind      fault.Kind
		says      string
	}{
		"the voter may no longer": {
			func(s *state.State) []state.Event {
				held := s.Assignment(shop, state.AccountSubject(voter.ID()))
				return []state.Event{{Scope: state.Scope{Project: shop}, Payload: state.ProjectAccessUserRolesDeleted{Account: voter.ID(), Before: held.Roles}}}
			}, access.SystemRef, fault.Conflict, "no longer agreed to",
		},
		"the voter is gone": {
			func(*state.State) []state.Event {
				return []state.Event{{Payload: state.UserDeleted{ID: voter.ID(), RootRole: access.RoleViewer}}}
			}, access.SystemRef, fault.Conflict, "no longer agreed to",
		},
		"the rule is stricter": {
			func(*state.State) []state.Event {
				return []state.Event{{Scope: at, Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 2}}}}
			}, access.SystemRef, fault.Conflict, "1 approval is missing",
		},
		"the voter took it back": {
			func(*state.State) []state.Event { return told(changerequest.ApprovalWithdrawn{Reopened: true}) }, voter, fault.BadData, "not approved",
		},
		"it was edited": {
			func(*state.State) []state.Event {
				return told(changerequest.ChangeDiscarded{ID: 3, Refrozen: changerequest.Refrozen{Agreements: []changerequest.Agreement{{Place: changerequest.Place{Project: shop, Environment: prod}, Rule: changerequest.Rule{RequiredApprovals: 1}}}}})
			}, author, fault.BadData, "not approved",
		},
		"its flag is archived": {
			func(*state.State) []state.Event {
				return []state.Event{{Scope: in(shop, ""), Payload: state.FeatureArchived{}}}
			}, access.SystemRef, fault.Conflict, "cannot be applied",
		},
		"it was cancelled": {
			func(*state.State) []state.Event { return told(changerequest.CancelledEvent{}) }, author, fault.NotFound, "no open change request",
		},
	} {
		before := approved(t)
		events := due(t, before)
		s := happen(t, before, test.by, test.meanwhile(before)...)
		_, err := gate.Ask(s, gate.Write{Actor: admin, Events: events})
		if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want a %s that says %q", name, err, test.kind, test.says)
		}
	}

	s := approved(t)
	for _, ref := range []access.Ref{author, voter, "user:5"} {
		_, err := gate.Ask(s, gate.Write{Actor: actor(t, s, ref), Events: due(t, s)})
		if f := fault.As(err); f == nil || f.Kind != fault.Permission || f.Permissions[0] != string(access.ApplyChangeRequest) {
			t.Errorf("%s: got %v, want a fault that names APPLY_CHANGE_REQUEST", ref, err)
		}
	}
	// Without saying that it applies a request, the same batch is a direct write.
	mustDeny(t, s, actor(t, s, applying), due(t, s)[:3])
}
