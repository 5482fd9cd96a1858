package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/window"
)

var (
	eve    = time.Date(2026, time.December, 24, 12, 0, 0, 0, time.UTC)
	spring = time.Date(2027, time.April, 1, 12, 0, 0, 0, time.UTC)
)

// frozen returns a state with a freeze of an environment over Christmas, in some projects or in all.
func frozen(s *state.State, env flag.EnvironmentName, projects ...flag.ProjectID) *state.State {
	return flagtest.After(s, state.Event{Scope: state.Scope{Environment: env}, Payload: state.EnvironmentWindowCreated{Window: window.Window{
		ID: s.NextWindowID(), Environment: env, Kind: window.Freeze, Name: "Christmas", Start: "2026-12-20T00:00", Minutes: 14 * 24 * 60, Zone: "UTC", Projects: projects,
	}}})
}

// TestClosed says for each way of writing what a freeze does to it.
func TestClosed(t *testing.T) {
	t.Parallel()
	onIn := func(p flag.ProjectID, env flag.EnvironmentName) []state.Event {
		return []state.Event{{Scope: in(p, env), Payload: state.FeatureEnvironmentEnabled{}}}
	}
	archive := []state.Event{{Scope: in(shop, ""), Payload: state.FeatureArchived{}}}
	everywhere, ofShop := frozen(world(), staging), frozen(world(), staging, shop)
	narrow := holder(access.SkipChangeRequest, shop, staging)
	at := changerequest.Place{Project: shop, Environment: staging}
	for name, test := range map[string]struct {
		s      *state.State
		write  gate.Write
		want   gate.Decision
		refuse string // a part of the refusal; empty: written
	}{
		"nobody's bypass":                {everywhere, gate.Write{Actor: editor, Events: onIn(shop, staging), At: eve}, gate.Decision{}, `frozen by the window "Christmas" until 2027-01-03 00:00 UTC`},
		"nor with a reason":              {everywhere, gate.Write{Actor: editor, Events: onIn(shop, staging), At: eve, Reason: "fire"}, gate.Decision{}, "SKIP_CHANGE_REQUEST"},
		"switching off as well":          {everywhere, gate.Write{Actor: editor, Events: []state.Event{{Scope: in(shop, staging), Payload: state.FeatureEnvironmentDisabled{}}}, At: eve}, gate.Decision{}, "Christmas"},
		"a bypass without a reason":      {everywhere, gate.Write{Actor: bypassing, Events: onIn(shop, staging), At: eve, Reason: " "}, gate.Decision{}, "Quorate-Reason"},
		"an admin without a reason":      {everywhere, gate.Write{Actor: admin, Events: onIn(shop, staging), At: eve}, gate.Decision{}, "Quorate-Reason"},
		"a bypass":                       {everywhere, gate.Write{Actor: bypassing, Events: onIn(shop, staging), At: eve, Reason: "fire"}, gate.Decision{Verdict: gate.Bypass, Places: []changerequest.Place{at}, Closed: []changerequest.Place{at}}, ""},
		"a bypass by who may there":      {everywhere, gate.Write{Actor: narrow, Events: onIn(shop, staging), At: eve, Reason: "fire"}, gate.Decision{Verdict: gate.Bypass, Places: []changerequest.Place{at}, Closed: []changerequest.Place{at}}, ""},
		"by who may elsewhere":           {everywhere, gate.Write{Actor: holder(access.SkipChangeRequest, shop, prod), Events: onIn(shop, staging), At: eve, Reason: "fire"}, gate.Decision{}, "Christmas"},
		"everywhere, by who may there":   {frozen(world(), dev), gate.Write{Actor: holder(access.SkipChangeRequest, other, dev), Events: []state.Event{{Scope: in(other, ""), Payload: state.FeatureArchived{}}}, At: eve, Reason: "fire"}, gate.Decision{}, "Christmas"},
		"another environment":            {everywhere, gate.Write{Actor: editor, Events: onIn(shop, dev), At: eve}, gate.Decision{}, ""},
		"another project":                {everywhere, gate.Write{Actor: editor, Events: onIn(other, staging), At: eve}, gate.Decision{}, "Christmas"},
		"a project in which it is none":  {ofShop, gate.Write{Actor: editor, Events: onIn(other, staging), At: eve}, gate.Decision{}, ""},
		"before and after":               {everywhere, gate.Write{Actor: editor, Events: onIn(shop, staging), At: spring}, gate.Decision{}, ""},
		"what acts everywhere":           {ofShop, gate.Write{Actor: bypassing, Events: archive, At: eve}, gate.Decision{}, "Christmas"},
		"what acts everywhere, bypassed": {ofShop, gate.Write{Actor: bypassing, Events: archive, At: eve, Reason: "fire"}, gate.Decision{Verdict: gate.Bypass, Places: []changerequest.Place{{Project: shop, Environment: prod}, at}, Closed: []changerequest.Place{at}}, ""},
		"what changes no evaluation":     {everywhere, gate.Write{Actor: editor, Events: []state.Event{{Scope: in(shop, ""), Payload: state.FeatureStaleOn{}}}, At: eve}, gate.Decision{}, ""},
		"a protected environment":        {frozen(world(), prod), gate.Write{Actor: editor, Events: onIn(shop, prod), At: eve}, gate.Decision{}, "SKIP_CHANGE_REQUEST"},
	} {
		got, err := gate.Ask(test.s, test.write)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if (err != nil) != (test.refuse != "") || err != nil && !strings.Contains(err.Error(), test.refuse) {
			t.Errorf("%s: got %v, want a refusal with %q", name, err, test.refuse)
		}
	}
}

// TestClosedToApplied holds that what was agreed to does not open a window, and that a schedule is not made for a
// time at which one forbids it.
func TestClosedToApplied(t *testing.T) {
	t.Parallel()
	s := frozen(approved(t), prod)
	may := actor(t, s, applying)
	_, err := gate.Ask(s, gate.Write{Actor: may, Events: due(t, s), At: eve, Reason: "fire"})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "Christmas") {
		t.Errorf("in the freeze: got %v, want it refused", err)
	}
	if got, err := gate.Ask(s, gate.Write{Actor: may, Events: due(t, s), At: spring}); err != nil || got.Verdict != gate.Direct {
		t.Errorf("after the freeze: got %v, %v, want it applied", got, err)
	}
	got, err := gate.Ask(s, gate.Write{Actor: admin, Events: due(t, s), At: eve, Reason: "fire"})
	places := []changerequest.Place{{Project: shop, Environment: prod}}
	if diff := cmp.Diff(gate.Decision{Verdict: gate.Bypass, Places: places, Closed: places}, got); err != nil || diff != "" {
		t.Errorf("as a bypass: got %v (-want +got):\n%s", err, diff)
	}
	// A bypass of the freeze is none of the agreement.
	withdrawn := happen(t, s, voter, told(changerequest.ApprovalWithdrawn{Reopened: true})...)
	if _, err := gate.Ask(withdrawn, gate.Write{Actor: admin, Events: due(t, s), At: eve, Reason: "fire"}); err == nil {
		t.Error("without an approval: got it applied, want it refused")
	}

	scheduled := func(at time.Time) error {
		_, err := gate.Ask(s, gate.Write{Actor: may, Events: told(changerequest.ScheduledEvent{At: at, Moved: map[change.ID]change.Base{}}), At: spring.AddDate(-1, 0, 0), Reason: "fire"})
		return err
	}
	if err := scheduled(spring); err != nil {
		t.Errorf("scheduled for spring: got %v, want it written", err)
	}
	f := fault.As(scheduled(eve))
	if f == nil || f.Details[0].Path != "/body/scheduledAt" || !strings.Contains(f.Details[0].Message, "2027-01-03 00:00 UTC") {
		t.Errorf("scheduled for the freeze: got %v, want the field and the next opening", f)
	}
}

// TestReasonless says that a program can tell a write that only wants a reason from one that is refused to its writer.
func TestReasonless(t *testing.T) {
	t.Parallel()
	s := frozen(world(), staging)
	events := []state.Event{{Scope: in(shop, staging), Payload: state.FeatureEnvironmentEnabled{}}}
	for name, test := range map[string]struct {
		actor access.Actor
		want  []string // the paths of the details
	}{
		"who may bypass":     {bypassing, []string{"/headers/Quorate-Reason"}},
		"who may not bypass": {editor, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := gate.Ask(s, gate.Write{Actor: test.actor, Events: events, At: eve})
			var got []string
			for _, d := range fault.As(err).Details {
				got = append(got, d.Path)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
