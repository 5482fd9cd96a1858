package consequence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/consequence"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

const (
	shop = flag.ProjectID("shop")
	prod = flagtest.Production
	dev  = flagtest.Development
)

// The people of a world.
const (
	author    = access.Ref("user:1")
	voter     = access.Ref("user:2")
	scheduler = access.Ref("user:3")
	culprit   = access.Ref("user:4")
	bystander = access.Ref("user:5")
)

// Their roles, which are made after the built-in ones.
const (
	approves access.RoleID = 7 + iota
	applies
)

// begin is when everything is scheduled, and due is when it is to run.
var (
	begin = flagtest.Epoch.Add(24 * time.Hour)
	due   = begin.Add(time.Hour)
)

func happen(t testing.TB, s *state.State, by access.Ref, events ...state.Event) *state.State {
	t.Helper()
	next, err := state.Preview(s, events, state.Place{At: begin, Actor: string(by)})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// at is where a flag of the shop is configured.
func at(env flag.EnvironmentName, name flag.Name) state.Scope {
	return state.Scope{Project: shop, Environment: env, Feature: name}
}

func rollout(id flag.StrategyID, percent string) flag.Strategy {
	return flag.Strategy{ID: id, Name: decide.FlexibleRollout, Parameters: map[string]string{
		decide.Rollout: percent, decide.Stickiness: "default", decide.GroupID: "g",
	}}
}

// vips is a segment of the shop.
func vips(user string) flag.Segment {
	return flag.Segment{ID: 1, Name: "vips", Project: new(shop), Constraints: []flag.Constraint{{ContextName: "userId", Operator: flag.In, Values: []string{user}}}}
}

// world has a shop whose production asks for one approval, with the flags web (on, with two strategies and
// variants), cart and parent.
func world(t testing.TB) *state.State {
	t.Helper()
	s := &state.State{}
	for events := range flagtest.Decisions(1, 0) {
		s = flagtest.After(s, events...)
		break // the instance with its environments
	}
	add := func(at state.Scope, p state.Payload) {
		t.Helper()
		s = happen(t, s, access.SystemRef, state.Event{Scope: at, Payload: p})
	}
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: decide.FlexibleRollout}})
	for _, p := range []flag.ProjectID{shop, "other"} {
		add(state.Scope{Project: p}, state.ProjectCreated{Project: flag.Project{
			ID: p, Name: string(p), DefaultStickiness: "default", Environments: []flag.ProjectEnvironment{{Environment: dev}, {Environment: prod}},
		}})
	}
	for _, name := range []flag.Name{"web", "cart", "parent", "unrelated"} {
		rows := []flag.FlagEnvironment{{Environment: dev}, {Environment: prod}}
		if name == "web" {
			rows[1] = flag.FlagEnvironment{Environment: prod, Enabled: true, Strategies: []flag.Strategy{rollout("s1", "25"), rollout("s2", "25")}}
		}
		add(state.Scope{Project: shop, Feature: name}, state.FeatureCreated{Flag: flag.Flag{Name: name, Project: shop, Environments: rows}})
	}
	add(state.Scope{Project: shop}, state.SegmentCreated{Segment: vips("7")})
	for _, r := range access.BuiltInRoles() {
		add(state.Scope{}, state.RoleCreated{Role: r})
	}
	for id, p := range []access.Permission{access.ApproveChangeRequest, access.ApplyChangeRequest} {
		add(state.Scope{}, state.RoleCreated{Role: access.Role{
			ID: approves + access.RoleID(id), Name: string(p), Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: p}},
		}})
	}
	for id := int64(1); id <= 5; id++ {
		add(state.Scope{}, state.UserCreated{ID: id, RootRole: access.RoleViewer})
	}
	for who, role := range map[access.Ref]access.RoleID{voter: approves, scheduler: applies} {
		add(state.Scope{Project: shop}, state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(who.ID())}, Roles: []access.RoleID{role}})
	}
	add(state.Scope{Project: shop, Environment: prod}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}})
	return s
}

// scheduled adds a request of production that is to run when it is due, and returns its id.
func scheduled(t testing.TB, s *state.State, feature flag.Name, payloads ...change.Payload) (*state.State, changerequest.ID) {
	t.Helper()
	id := s.NextChangeRequestID()
	r := &changerequest.Request{ID: id, Project: shop, Environment: prod}
	tell := func(by access.Ref, facts ...changerequest.Event) {
		t.Helper()
		for _, fact := range facts {
			s = happen(t, s, by, decide.RequestEvent(r, fact))
		}
	}
	agreements := []changerequest.Agreement{{Place: r.Place(), Rule: changerequest.Rule{RequiredApprovals: 1}}}
	tell(author, changerequest.Created{Agreements: agreements})
	for _, p := range payloads {
		c := change.Change{ID: s.NextChangeID(), Feature: feature, Payload: p, CreatedAt: begin, Base: change.BaseOf(s, prod, feature, p)}
		tell(author, changerequest.ChangeAdded{Change: c})
	}
	tell(author, changerequest.SentToReview{Agreements: agreements})
	tell(voter, changerequest.ApprovedEvent{Vote: changerequest.Vote{By: voter, At: begin, Round: 1, ContentID: s.ChangeRequest(id).ContentID()}})
	tell(scheduler, changerequest.ScheduledEvent{At: due})
	return s, id
}

// one is an event of the culprit.
func one(at state.Scope, p state.Payload) []state.Event {
	return []state.Event{{Scope: at, Payload: p}}
}

// TestCauses does something after a request was scheduled, and says what becomes of it.
func TestCauses(t *testing.T) {
	t.Parallel()
	update := change.UpdateStrategy{ID: "s1", StrategySettings: change.SettingsOf(rollout("s1", "50"))}
	segment := change.UpdateSegment{ID: 1, Name: "vips", Project: new(shop), Constraints: vips("8").Constraints}
	updated := func(id flag.StrategyID, percent string) state.Payload {
		return state.FeatureStrategyUpdated{Before: rollout(id, "25"), After: rollout(id, percent)}
	}
	renamed := segment
	renamed.Name = "guests"
	crew, guests := flag.Segment{ID: 2, Name: "crew"}, flag.Segment{ID: 2, Name: "guests"}
	users := func(values ...string) flag.ContextField {
		field := flag.ContextField{Name: "userId"}
		for _, v := range values {
			field.LegalValues = append(field.LegalValues, flag.LegalValue{Value: v})
		}
		return field
	}
	demanding := flag.StrategyType{Name: decide.FlexibleRollout, Parameters: []flag.StrategyParameter{{Name: decide.GroupID, Type: "number"}}}
	variants := []flag.Variant{{Name: "blue", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}
	inShop := state.Scope{Project: shop}
	roles := func(account access.Ref, ids ...access.RoleID) []state.Event {
		return one(inShop, state.ProjectAccessUserRolesUpdated{Account: account.ID(), After: ids})
	}
	rule := func(r changerequest.Rule) []state.Event {
		return one(state.Scope{Project: shop, Environment: prod}, state.ChangeRequestConfigurationUpdated{After: &r})
	}
	grouped := one(at(prod, "web"), updated("s1", "75"))
	grouped[0].Group = state.RequestGroup(77)

	for name, test := range map[string]struct {
		feature flag.Name
		change  change.Payload
		events  []state.Event
		want    changerequest.Cause // without a kind: the schedule stays
		reason  string              // a part of it
	}{
		"the flag is archived":                     {"web", update, one(at("", "web"), state.FeatureArchived{}), changerequest.Cause{Kind: changerequest.FlagArchived, Feature: "web"}, `"web" was archived`},
		"another flag is archived":                 {"web", update, one(at("", "cart"), state.FeatureArchived{}), changerequest.Cause{}, ""},
		"the flag is moved":                        {"web", update, one(state.Scope{Project: "other", Feature: "web"}, state.FeatureProjectChange{OldProject: shop}), changerequest.Cause{Kind: changerequest.FlagMoved, Feature: "web"}, `"other"`},
		"the strategy is deleted":                  {"web", update, one(at(prod, "web"), state.FeatureStrategyRemoved{Before: rollout("s1", "25")}), changerequest.Cause{Kind: changerequest.StrategyDeleted, Feature: "web", Strategy: "s1"}, "s1"},
		"the strategy is updated":                  {"web", update, one(at(prod, "web"), updated("s1", "75")), changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "web", Strategy: "s1"}, "updated"},
		"the strategy is updated to what it would": {"web", update, one(at(prod, "web"), updated("s1", "50")), changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "web", Strategy: "s1"}, "updated"},
		"a strategy that goes is updated":          {"web", change.DeleteStrategy{ID: "s1"}, one(at(prod, "web"), updated("s1", "75")), changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "web", Strategy: "s1"}, "updated"},
		"by another request":                       {"web", update, grouped, changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "web", Strategy: "s1", Request: 77}, ""},
		"another strategy is updated":              {"web", update, one(at(prod, "web"), updated("s2", "75")), changerequest.Cause{}, ""},
		"updated, and then deleted": {
			"web", update, append(one(at(prod, "web"), updated("s1", "75")), one(at(prod, "web"), state.FeatureStrategyRemoved{Before: rollout("s1", "75")})...),
			changerequest.Cause{Kind: changerequest.StrategyDeleted, Feature: "web", Strategy: "s1"},
			"deleted",
		},
		"deleted, and then archived": {
			"web", update, append(one(at(prod, "web"), state.FeatureStrategyRemoved{Before: rollout("s1", "25")}), one(at("", "web"), state.FeatureArchived{})...),
			changerequest.Cause{Kind: changerequest.StrategyDeleted, Feature: "web", Strategy: "s1"},
			"deleted",
		},
		"one of an order is deleted": {
			"web",
			change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s1", SortOrder: 2}, {ID: "s2", SortOrder: 1}}},
			one(at(prod, "web"), state.FeatureStrategyRemoved{Before: rollout("s1", "25")}),
			changerequest.Cause{Kind: changerequest.TargetBlocked, Feature: "web"},
			"strategy has been deleted",
		},
		"the variants are updated":           {"web", change.PatchVariant{Variants: variants}, one(at(prod, "web"), state.FeatureEnvironmentVariantsUpdated{After: variants}), changerequest.Cause{Kind: changerequest.VariantsUpdated, Feature: "web"}, "variants"},
		"the variants elsewhere are updated": {"web", change.PatchVariant{Variants: variants}, one(at(dev, "web"), state.FeatureEnvironmentVariantsUpdated{After: variants}), changerequest.Cause{}, ""},
		"the segment is updated":             {"", segment, one(inShop, state.SegmentUpdated{Before: vips("7"), After: vips("9")}), changerequest.Cause{Kind: changerequest.SegmentUpdated, Segment: 1}, `"vips" (1)`},
		"the segment is deleted":             {"", segment, one(inShop, state.SegmentDeleted{Before: vips("7")}), changerequest.Cause{Kind: changerequest.SegmentDeleted, Segment: 1}, "deleted"},
		"a segment that goes is updated":     {"", change.DeleteSegment{ID: 1}, one(inShop, state.SegmentUpdated{Before: vips("7"), After: vips("9")}), changerequest.Cause{Kind: changerequest.SegmentUpdated, Segment: 1}, "updated"},
		"a new segment takes the name": {
			"",
			renamed,
			one(state.Scope{}, state.SegmentCreated{Segment: guests}),
			changerequest.Cause{Kind: changerequest.TargetBlocked, Segment: 2},
			`The segment 2 has the name "guests" already`,
		},
		"another segment is given the name": {
			"",
			renamed,
			append(one(state.Scope{}, state.SegmentCreated{Segment: crew}), one(state.Scope{}, state.SegmentUpdated{Before: crew, After: guests})...),
			changerequest.Cause{Kind: changerequest.TargetBlocked, Segment: 2},
			`The segment 2 has the name "guests" already`,
		},
		"another segment takes another name": {"", renamed, one(state.Scope{}, state.SegmentCreated{Segment: crew}), changerequest.Cause{}, ""},
		"a value is legal no more": {
			"",
			segment,
			append(one(state.Scope{}, state.ContextFieldCreated{Field: users("7", "8")}), one(state.Scope{}, state.ContextFieldUpdated{Before: users("7", "8"), After: users("7")})...),
			changerequest.Cause{Kind: changerequest.TargetBlocked},
			`"8" is not one of the legal values of the context field "userId"`,
		},
		"the value stays legal":          {"", segment, one(state.Scope{}, state.ContextFieldCreated{Field: users("8")}), changerequest.Cause{}, ""},
		"a context field takes the name": {"", segment, one(state.Scope{}, state.ContextFieldCreated{Field: users("7")}), changerequest.Cause{Kind: changerequest.TargetBlocked}, "legal values"},
		"the type of strategy is deleted": {
			"web",
			update,
			one(state.Scope{}, state.StrategyTypeDeleted{Before: flag.StrategyType{Name: decide.FlexibleRollout}}),
			changerequest.Cause{Kind: changerequest.TargetBlocked},
			"Could not find strategy type",
		},
		"the type of strategy asks for more": {
			"web",
			update,
			one(state.Scope{}, state.StrategyTypeUpdated{Before: flag.StrategyType{Name: decide.FlexibleRollout}, After: demanding}),
			changerequest.Cause{Kind: changerequest.TargetBlocked},
			"must be a number",
		},
		"what is switched on gets another strategy": {
			"cart",
			change.UpdateEnabled{Enabled: true, Minted: "s9"},
			one(at(prod, "cart"), state.FeatureStrategyAdded{Strategy: rollout("s8", "1")}),
			changerequest.Cause{Kind: changerequest.TargetChanged, Feature: "cart"},
			`strategies of the flag "cart"`,
		},
		"what is switched on is switched on": {"cart", change.UpdateEnabled{Enabled: true, Minted: "s9"}, one(at(prod, "cart"), state.FeatureEnvironmentEnabled{}), changerequest.Cause{}, ""},
		"a flag that goes is switched on elsewhere": {
			"cart",
			change.ArchiveFeature{},
			one(at(dev, "cart"), state.FeatureEnvironmentEnabled{}),
			changerequest.Cause{Kind: changerequest.TargetChanged, Feature: "cart"},
			`enabledIn of the flag "cart"`,
		},
		"a flag that goes gets a child": {
			"cart",
			change.ArchiveFeature{},
			one(at("", "web"), state.FeatureDependencyAdded{Dependency: flag.Dependency{Feature: "cart", Enabled: true}}),
			changerequest.Cause{Kind: changerequest.TargetBlocked, Feature: "web"},
			"",
		},
		"the parent-to-be is archived": {
			"cart",
			change.AddDependency{Dependency: flag.Dependency{Feature: "parent", Enabled: true}},
			one(at("", "parent"), state.FeatureArchived{}),
			changerequest.Cause{Kind: changerequest.TargetBlocked, Feature: "parent"},
			"",
		},
		"the flag is described":          {"web", update, one(at("", "web"), state.FeatureStaleOn{}), changerequest.Cause{}, ""},
		"the scheduler is deleted":       {"web", update, one(state.Scope{}, state.UserDeleted{ID: scheduler.ID(), RootRole: access.RoleViewer}), changerequest.Cause{Kind: changerequest.SchedulerDeleted}, "may not sign in"},
		"the scheduler loses the role":   {"web", update, roles(scheduler, access.RoleMember), changerequest.Cause{Kind: changerequest.SchedulerNotPermitted}, "APPLY_CHANGE_REQUEST"},
		"the scheduler gets a role more": {"web", update, roles(scheduler, applies, access.RoleMember), changerequest.Cause{}, ""},
		"the role loses the permission": {"web", update, one(state.Scope{}, state.RoleUpdated{
			Before: access.Role{ID: applies, Type: access.CustomProjectRole}, After: access.Role{ID: applies, Name: "x", Type: access.CustomProjectRole},
		}), changerequest.Cause{Kind: changerequest.SchedulerNotPermitted}, ""},
		"an approver is deleted":           {"web", update, one(state.Scope{}, state.UserDeleted{ID: voter.ID(), RootRole: access.RoleViewer}), changerequest.Cause{Kind: changerequest.ApprovalsMissing}, "1 approval is missing"},
		"an approver loses the role":       {"web", update, roles(voter, access.RoleMember), changerequest.Cause{Kind: changerequest.ApprovalsMissing}, ""},
		"somebody else loses a role":       {"web", update, roles(bystander, access.RoleMember), changerequest.Cause{}, ""},
		"the author is deleted":            {"web", update, one(state.Scope{}, state.UserDeleted{ID: author.ID(), RootRole: access.RoleViewer}), changerequest.Cause{}, ""},
		"the rule asks for more":           {"web", update, rule(changerequest.Rule{RequiredApprovals: 2}), changerequest.Cause{Kind: changerequest.ApprovalsMissing}, ""},
		"the environment asks for nothing": {"web", update, rule(changerequest.Rule{Off: true}), changerequest.Cause{}, ""},
		"change requests are turned off":   {"web", update, one(state.Scope{}, state.SettingUpdated{ID: state.ChangeRequestsSetting, After: `{"disabled":true}`}), changerequest.Cause{}, ""},
		"the environment asks for more, by itself": {"cart", change.ArchiveFeature{}, one(state.Scope{Environment: dev}, state.EnvironmentUpdated{
			Before: flag.Environment{Name: dev}, After: flag.Environment{Name: dev, RequiredApprovals: new(2)},
		}), changerequest.Cause{Kind: changerequest.ApprovalsMissing}, "development"},
		"another project is protected": {"cart", change.ArchiveFeature{}, one(state.Scope{Project: "other", Environment: prod}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 2}}), changerequest.Cause{}, ""},
		"the environment is described": {"web", update, one(state.Scope{Environment: dev}, state.EnvironmentUpdated{Before: flag.Environment{Name: dev}, After: flag.Environment{Name: dev, SortOrder: 7}}), changerequest.Cause{}, ""},
		"the other environment is protected": {
			"cart",
			change.ArchiveFeature{},
			one(state.Scope{Project: shop, Environment: dev}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 2}}),
			changerequest.Cause{Kind: changerequest.ApprovalsMissing},
			"development",
		},
		"the database was restored": {"web", update, one(state.Scope{}, state.LedgerRestoreAccepted{Reason: "x"}), changerequest.Cause{Kind: changerequest.DatabaseRestored}, "restored"},
		"the flag is deleted":       {"web", update, append(one(at("", "web"), state.FeatureArchived{}), one(at("", "web"), state.FeatureDeleted{Before: flag.Flag{Name: "web", Project: shop}})...), changerequest.Cause{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, id := scheduled(t, world(t), test.feature, test.change)
			if o := changerequest.ObstacleOf(s.ChangeRequest(id), gate.World(s)); o != nil {
				t.Fatalf("before anything has happened, there is %+v", o)
			}
			follow, err := consequence.Of(consequence.Write{Before: s, Events: test.events, By: culprit, At: begin})
			if err != nil {
				t.Fatal(err)
			}
			after := happen(t, s, culprit, slices.Concat(test.events, follow)...)
			r := after.ChangeRequest(id)
			if r == nil { // cancelled, and not suspended as well
				if len(follow) != 1 || name != "the flag is deleted" {
					t.Errorf("got %v, and the request is closed", follow)
				}
				return
			}
			if test.want.Kind == "" {
				if len(follow) > 0 || r.Schedule.Status != changerequest.Pending {
					t.Errorf("got %+v, want that the schedule stays", follow)
				}
				return
			}
			test.want.By = culprit
			if r.Schedule.Status != changerequest.Suspended {
				t.Fatalf("got the schedule %+v, want it suspended", r.Schedule)
			}
			if diff := cmp.Diff(&test.want, r.Schedule.Cause); diff != "" {
				t.Errorf("the cause (-want +got):\n%s", diff)
			}
			if !strings.Contains(r.Schedule.Reason, test.reason) || !strings.HasSuffix(r.Schedule.Reason, ".") {
				t.Errorf("got the reason %q, want a sentence with %q", r.Schedule.Reason, test.reason)
			}
			if r.Schedule.Cause.Kind.Remedy() == "" {
				t.Errorf("nothing is said about what can be done after %s", r.Schedule.Cause.Kind)
			}
			if !r.Schedule.At.Equal(due) || r.State != changerequest.Scheduled {
				t.Errorf("got %q at %s, want it scheduled still", r.State, r.Schedule.At)
			}
			// It happens once: who is suspended is not suspended again.
			again, err := consequence.Of(consequence.Write{Before: after, Events: one(state.Scope{}, state.LedgerRestoreAccepted{Reason: "y"}), By: culprit, At: begin})
			if err != nil || len(again) > 0 {
				t.Errorf("got %v, %v about a schedule that is suspended, want nothing", again, err)
			}
		})
	}
}

// TestSeveral suspends those that a write touches, by their ids, and nothing else.
func TestSeveral(t *testing.T) {
	t.Parallel()
	s := world(t)
	var ids []changerequest.ID
	for _, p := range []change.Payload{
		change.UpdateStrategy{ID: "s1", StrategySettings: change.SettingsOf(rollout("s1", "50"))},
		change.UpdateStrategy{ID: "s2", StrategySettings: change.SettingsOf(rollout("s2", "50"))},
		change.DeleteStrategy{ID: "s1"},
		change.ArchiveFeature{},
	} {
		var id changerequest.ID
		s, id = scheduled(t, s, "web", p)
		ids = append(ids, id)
	}
	got, err := consequence.Suspensions(consequence.Write{
		Before: s, By: culprit, At: begin,
		Events: one(at(prod, "web"), state.FeatureStrategyUpdated{Before: rollout("s1", "25"), After: rollout("s1", "75")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var broken []changerequest.ID
	for _, b := range got {
		broken = append(broken, b.Request.ID)
	}
	if diff := cmp.Diff([]changerequest.ID{ids[0], ids[2]}, broken, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("suspended (-want +got):\n%s", diff)
	}
}

// TestCostsWhatItTouches holds that a write that touches one flag does not look at the schedules of others: with a
// hundred times as many of them, it takes hardly more memory.
func TestCostsWhatItTouches(t *testing.T) { //nolint:paralleltest // it counts allocations
	cost := func(schedules int) float64 {
		s := world(t)
		for i := range schedules {
			name := flag.Name(fmt.Sprintf("flag-%d", i))
			s = happen(t, s, author, state.Event{Scope: state.Scope{Project: shop, Feature: name}, Payload: state.FeatureCreated{
				Flag: flag.Flag{Name: name, Project: shop, Environments: []flag.FlagEnvironment{{Environment: dev}, {Environment: prod}}},
			}})
			s, _ = scheduled(t, s, name, change.UpdateEnabled{Enabled: true, Minted: "s"})
		}
		w := consequence.Write{Before: s, Events: one(at(prod, "unrelated"), state.FeatureEnvironmentEnabled{}), By: culprit, At: begin}
		return testing.AllocsPerRun(10, func() {
			if got, err := consequence.Of(w); err != nil || len(got) > 0 {
				t.Fatalf("got %v, %v, want nothing", got, err)
			}
		})
	}
	few, many := cost(10), cost(1000)
	t.Logf("allocations with 10 schedules: %v; with 1000: %v", few, many)
	if many > 2*few+50 {
		t.Errorf("got %v allocations with 1000 schedules and %v with 10, want about as many", many, few)
	}
}
