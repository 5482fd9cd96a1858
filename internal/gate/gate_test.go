package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// TestTableIsComplete holds that the gate knows every event type, and no other: what has no row would
// pass unseen.
func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(state.EventTypes(), gate.EventTypes()); diff != "" {
		t.Errorf("the gate's rows are not the event types (-types +rows):\n%s", diff)
	}
	for _, name := range gate.EventTypes() {
		if gate.Why(name) == "" {
			t.Errorf("the row of %s gives no reason", name)
		}
	}
}

const (
	shop    = flag.ProjectID("shop")
	other   = flag.ProjectID("other")
	dev     = flagtest.Development
	prod    = flagtest.Production
	staging = flagtest.Staging
)

// world has two projects with three environments each. Production is protected in shop, and whatever
// else the caller says.
func world(protected ...changerequest.Place) *state.State {
	s := &state.State{}
	for events := range flagtest.Decisions(1, 0) {
		s = flagtest.After(s, events...)
		break // the instance with its environments
	}
	rows := []flag.FlagEnvironment{{Environment: dev}, {Environment: prod}, {Environment: staging}}
	add := func(at state.Scope, p state.Payload) { s = flagtest.After(s, state.Event{Scope: at, Payload: p}) }
	for _, p := range []flag.ProjectID{shop, other} {
		add(state.Scope{Project: p}, state.ProjectCreated{Project: flag.Project{ID: p, Environments: []flag.ProjectEnvironment{
			{Environment: dev}, {Environment: prod}, {Environment: staging},
		}}})
		name := flag.Name(p) + ".web"
		add(state.Scope{Project: p, Feature: name}, state.FeatureCreated{Flag: flag.Flag{Name: name, Project: p, Environments: rows}})
	}
	global := flag.Segment{ID: 1, Name: "global"}
	owned := flag.Segment{ID: 2, Name: "owned", Project: new(shop)}
	add(state.Scope{}, state.SegmentCreated{Segment: global})
	add(state.Scope{Project: shop}, state.SegmentCreated{Segment: owned})
	for _, place := range append(protected, changerequest.Place{Project: shop, Environment: prod}) {
		add(state.Scope{Project: place.Project, Environment: place.Environment},
			state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}})
	}
	return s
}

// holder returns a person who holds one permission.
func holder(p access.Permission, project flag.ProjectID, env flag.EnvironmentName) access.Actor {
	return access.Actor{Ref: "user:7", Grants: []access.Grant{{Permission: p, Project: project, Environment: env}}}
}

var (
	editor    = holder(access.UpdateFeatureEnvironment, "", "")
	bypassing = holder(access.SkipChangeRequest, "", "")
	admin     = holder(access.Admin, "", "")
)

func in(p flag.ProjectID, env flag.EnvironmentName) state.Scope {
	return state.Scope{Project: p, Environment: env, Feature: flag.Name(p) + ".web"}
}

// TestProtected asks about one event of every kind that is gated.
func TestProtected(t *testing.T) {
	t.Parallel()
	s := world()
	narrow := holder(access.SkipChangeRequest, shop, prod) // in the protected environment alone
	wide := holder(access.SkipChangeRequest, shop, "")
	configured := func(row flag.FlagEnvironment) state.Payload {
		return state.FeatureCreated{Flag: flag.Flag{Name: "clone", Project: shop, Environments: []flag.FlagEnvironment{{Environment: dev, Enabled: true}, row}}}
	}
	for name, test := range map[string]struct {
		event  state.Event
		narrow bool // whether the permission in the environment alone is enough
	}{
		"on":                        {state.Event{Scope: in(shop, prod), Payload: state.FeatureEnvironmentEnabled{}}, true},
		"off":                       {state.Event{Scope: in(shop, prod), Payload: state.FeatureEnvironmentDisabled{}}, true},
		"strategy added":            {state.Event{Scope: in(shop, prod), Payload: state.FeatureStrategyAdded{}}, true},
		"strategy updated":          {state.Event{Scope: in(shop, prod), Payload: state.FeatureStrategyUpdated{}}, true},
		"strategy removed":          {state.Event{Scope: in(shop, prod), Payload: state.FeatureStrategyRemoved{}}, true},
		"strategies in new order":   {state.Event{Scope: in(shop, prod), Payload: state.StrategyOrderChanged{}}, true},
		"variants":                  {state.Event{Scope: in(shop, prod), Payload: state.FeatureEnvironmentVariantsUpdated{}}, true},
		"default strategy":          {state.Event{Scope: in(shop, prod), Payload: state.DefaultStrategyUpdated{}}, true},
		"environment removed":       {state.Event{Scope: in(shop, prod), Payload: state.ProjectEnvironmentRemoved{}}, true},
		"archived":                  {state.Event{Scope: in(shop, ""), Payload: state.FeatureArchived{}}, false},
		"dependency added":          {state.Event{Scope: in(shop, ""), Payload: state.FeatureDependencyAdded{}}, false},
		"dependency removed":        {state.Event{Scope: in(shop, ""), Payload: state.FeatureDependencyRemoved{}}, false},
		"dependencies removed":      {state.Event{Scope: in(shop, ""), Payload: state.FeatureDependenciesRemoved{}}, false},
		"created switched on":       {state.Event{Scope: in(shop, ""), Payload: configured(flag.FlagEnvironment{Environment: prod, Enabled: true})}, false},
		"created with a strategy":   {state.Event{Scope: in(shop, ""), Payload: configured(flag.FlagEnvironment{Environment: prod, Strategies: make([]flag.Strategy, 1)})}, false},
		"created with variants":     {state.Event{Scope: in(shop, ""), Payload: configured(flag.FlagEnvironment{Environment: prod, Variants: make([]flag.Variant, 1)})}, false},
		"moved out":                 {state.Event{Scope: in(other, ""), Payload: state.FeatureProjectChange{OldProject: shop}}, false},
		"moved in":                  {state.Event{Scope: in(shop, ""), Payload: state.FeatureProjectChange{OldProject: other}}, false},
		"segment of the project":    {state.Event{Payload: state.SegmentUpdated{Before: *s.Segment(2), After: *s.Segment(2)}}, false},
		"segment deleted":           {state.Event{Payload: state.SegmentDeleted{Before: *s.Segment(2)}}, false},
		"segment made global":       {state.Event{Payload: state.SegmentUpdated{Before: *s.Segment(2), After: flag.Segment{ID: 2}}}, false},
		"segment out to another":    {state.Event{Payload: state.SegmentUpdated{Before: *s.Segment(2), After: flag.Segment{ID: 2, Project: new(other)}}}, false},
		"segment in from global":    {state.Event{Payload: state.SegmentUpdated{Before: *s.Segment(1), After: flag.Segment{ID: 1, Project: new(shop)}}}, false},
		"segment with a false past": {state.Event{Payload: state.SegmentUpdated{After: flag.Segment{ID: 2}}}, false},
		"segment deleted by its id": {state.Event{Payload: state.SegmentDeleted{Before: flag.Segment{ID: 2}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := []state.Event{test.event}
			mustDeny(t, s, editor, events)
			mustBypass(t, s, admin, events, changerequest.Place{Project: shop, Environment: prod})
			mustBypass(t, s, bypassing, events, changerequest.Place{Project: shop, Environment: prod})
			mustBypass(t, s, wide, events, changerequest.Place{Project: shop, Environment: prod})
			mustDeny(t, s, holder(access.SkipChangeRequest, shop, dev), events)
			mustDeny(t, s, holder(access.SkipChangeRequest, other, ""), events)
			if test.narrow {
				mustBypass(t, s, narrow, events, changerequest.Place{Project: shop, Environment: prod})
			} else {
				mustDeny(t, s, narrow, events)
			}
			// One protected event among others decides for all of them.
			harmless := state.Event{Scope: in(shop, dev), Payload: state.FeatureEnvironmentEnabled{}}
			mustDeny(t, s, editor, []state.Event{harmless, test.event, harmless})
		})
	}
}

// TestDirect asks about what protected environments do not notice.
func TestDirect(t *testing.T) {
	t.Parallel()
	s := world()
	for name, event := range map[string]state.Event{
		"another environment":      {Scope: in(shop, dev), Payload: state.FeatureEnvironmentEnabled{}},
		"another project":          {Scope: in(other, prod), Payload: state.FeatureEnvironmentEnabled{}},
		"archived elsewhere":       {Scope: in(other, ""), Payload: state.FeatureArchived{}},
		"a new flag":               {Scope: in(shop, ""), Payload: state.FeatureCreated{Flag: flag.Flag{Project: shop, Environments: []flag.FlagEnvironment{{Environment: prod}}}}},
		"a clone that is set up":   {Scope: in(shop, ""), Payload: state.FeatureCreated{Flag: flag.Flag{Project: shop, Environments: []flag.FlagEnvironment{{Environment: dev, Enabled: true}, {Environment: prod}}}}},
		"revived":                  {Scope: in(shop, ""), Payload: state.FeatureRevived{}},
		"stale":                    {Scope: in(shop, ""), Payload: state.FeatureStaleOn{}},
		"described":                {Scope: in(shop, ""), Payload: state.FeatureMetadataUpdated{}},
		"an unused global segment": {Payload: state.SegmentUpdated{Before: *s.Segment(1), After: *s.Segment(1)}},
		"a global segment deleted": {Payload: state.SegmentDeleted{Before: *s.Segment(1)}},
		"protection itself":        {Scope: in(shop, prod), Payload: state.ChangeRequestConfigurationUpdated{}},
	} {
		got, err := gate.Ask(s, gate.Write{Actor: editor, Events: []state.Event{event}})
		if err != nil || got.Verdict != gate.Direct || got.Places != nil {
			t.Errorf("%s: got %v, %v, want a direct write", name, got, err)
		}
	}
	if got, err := gate.Ask(s, gate.Write{Actor: editor, Events: nil}); err != nil || got.Verdict != gate.Direct {
		t.Errorf("nothing: got %v, %v, want a direct write", got, err)
	}
}

// TestSleepingRule holds that a rule for an environment that a project does not have protects nothing.
func TestSleepingRule(t *testing.T) {
	t.Parallel()
	s := flagtest.After(world(), state.Event{Scope: in(shop, prod), Payload: state.ProjectEnvironmentRemoved{}})
	got, err := gate.Ask(s, gate.Write{Actor: editor, Events: []state.Event{{Scope: in(shop, ""), Payload: state.FeatureArchived{}}}})
	if err != nil || got.Verdict != gate.Direct {
		t.Errorf("got %v, %v, want a direct write", got, err)
	}
}

// TestGlobalSegment holds that a segment is asked about wherever strategies of active flags use it.
func TestGlobalSegment(t *testing.T) {
	t.Parallel()
	uses := func(p flag.ProjectID, env flag.EnvironmentName) state.Event {
		return state.Event{Scope: in(p, env), Payload: state.FeatureStrategyAdded{Strategy: flag.Strategy{ID: "s", Segments: []flag.SegmentID{1}}}}
	}
	s := world(changerequest.Place{Project: other, Environment: staging})
	change := []state.Event{{Payload: state.SegmentUpdated{Before: *s.Segment(1), After: *s.Segment(1)}}}

	harmless := flagtest.After(s, uses(shop, dev), uses(other, prod))
	if got, err := gate.Ask(harmless, gate.Write{Actor: editor, Events: change}); err != nil || got.Verdict != gate.Direct {
		t.Errorf("used outside protection: got %v, %v, want a direct write", got, err)
	}
	inOne := flagtest.After(harmless, uses(shop, prod))
	mustDeny(t, inOne, editor, change)
	mustBypass(t, inOne, holder(access.SkipChangeRequest, shop, ""), change, changerequest.Place{Project: shop, Environment: prod})

	inTwo := flagtest.After(inOne, uses(other, staging))
	mustDeny(t, inTwo, holder(access.SkipChangeRequest, shop, ""), change)
	mustBypass(t, inTwo, bypassing, change, changerequest.Place{Project: other, Environment: staging}, changerequest.Place{Project: shop, Environment: prod})

	archived := flagtest.After(inOne, state.Event{Scope: in(shop, ""), Payload: state.FeatureArchived{}})
	if got, err := gate.Ask(archived, gate.Write{Actor: editor, Events: change}); err != nil || got.Verdict != gate.Direct {
		t.Errorf("used by an archived flag: got %v, %v, want a direct write", got, err)
	}
}

// TestEnvironments lists each environment of some places once.
func TestEnvironments(t *testing.T) {
	t.Parallel()
	places := []changerequest.Place{{Project: other, Environment: staging}, {Project: shop, Environment: prod}, {Project: shop, Environment: staging}}
	if got, want := gate.Environments(places), []flag.EnvironmentName{prod, staging}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func mustDeny(t *testing.T, s *state.State, actor access.Actor, events []state.Event) {
	t.Helper()
	_, err := gate.Ask(s, gate.Write{Actor: actor, Events: events})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Permission || !slices.Contains(f.Permissions, string(access.SkipChangeRequest)) || !strings.Contains(f.Message, `"SKIP_CHANGE_REQUEST"`) {
		t.Errorf("%s with %v: got %v, want a fault that names SKIP_CHANGE_REQUEST", events[0].Payload.EventType(), actor.Grants, err)
	}
}

func mustBypass(t *testing.T, s *state.State, actor access.Actor, events []state.Event, places ...changerequest.Place) {
	t.Helper()
	got, err := gate.Ask(s, gate.Write{Actor: actor, Events: events})
	if diff := cmp.Diff(gate.Decision{Verdict: gate.Bypass, Places: places}, got); err != nil || diff != "" {
		t.Errorf("%s with %v: got %v, want a bypass (-want +got):\n%s", events[0].Payload.EventType(), actor.Grants, err, diff)
	}
}
