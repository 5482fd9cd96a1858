// Package gate says whether a write may go through: directly, as a bypass, or not
// at all.
//
// It is asked in one place, by the engine, about the events that a command was
// decided into. So it does not matter which door a command came in by, nor what
// it calls itself: what counts is what its events would change, and where. The
// table of all event types is in table.go and printed as docs/gate.md.
//
// Turning a refused command into a change request belongs in app; the life of a
// change request belongs in changerequest.
package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Verdict is the gate's answer.
type Verdict int

// The verdicts.
const (
	// Direct means that nothing protected is touched: write.
	Direct Verdict = iota
	// Bypass means that something protected is touched, or something that a window closes, by someone
	// who may: write, and record it as a bypass.
	Bypass
)

// Decision is a verdict with the places that are bypassed, sorted.
type Decision struct {
	Verdict Verdict
	Places  []changerequest.Place
	// Closed are those of the places that take no changes now, for a window.
	Closed []changerequest.Place
}

// Environments returns the names of the environments of places, sorted.
func Environments(places []changerequest.Place) []flag.EnvironmentName {
	var names []flag.EnvironmentName
	for _, p := range places {
		names = append(names, p.Environment)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Write is what somebody wants to write, as the gate sees it.
type Write struct {
	Actor  access.Actor
	Events []state.Event // decided on the state, but not yet written
	Reason string        // why a bypass is used; may be empty
	At     time.Time     // when it is written
}

// Ask decides about a write on a state.
//
// Faults: Permission, naming SKIP_CHANGE_REQUEST, when a protected environment is touched and the actor may
// not bypass; BadData when a rule asks for the reason of a bypass, and about /body/scheduledAt when a change
// request is scheduled for a time at which a window closes an environment; Conflict, saying when it opens,
// when something is to take effect in one that is closed now, and whoever wants that may not bypass it, or
// does not say why; and those of changerequest.Justified when a change request is applied that must not be.
func Ask(s *state.State, w Write) (Decision, error) {
	if err := openWhenDue(s, w.Events); err != nil {
		return Decision{}, err
	}
	id, agreed := applied(w.Events)
	if agreed {
		if err := justify(s, w, id); err != nil {
			return Decision{}, err
		}
	}
	var touched, closed []changerequest.Place
	for _, e := range w.Events {
		row, known := rows[e.Payload.EventType()]
		if !known {
			return Decision{}, fmt.Errorf("gate: no row says how to treat %s", e.Payload.EventType())
		}
		if row.places == nil {
			continue
		}
		for _, place := range row.places(s, e) {
			rule, protected := s.Protection(place.Project, place.Environment)
			if protected && !agreed {
				if err := mayBypass(w, place, rule, row); err != nil {
					return Decision{}, err
				}
				touched = append(touched, place)
			}
			if c := s.WindowsIn(place.Project, place.Environment).Closed(w.At); c != nil {
				if err := pass(w, place, rule, row, c); err != nil {
					return Decision{}, err
				}
				touched, closed = append(touched, place), append(closed, place)
			}
		}
	}
	if len(touched) == 0 {
		return Decision{Verdict: Direct}, nil
	}
	return Decision{Verdict: Bypass, Places: sorted(touched), Closed: sorted(closed)}, nil
}

// Governs reports whether an event may change who may do what, or what protects an environment: by
// such an event, what was agreed to and what may be applied are judged anew.
func Governs(e state.Event) bool { return rows[e.Payload.EventType()].governs }

// PlacesOf returns every environment in which events take effect, sorted, protected or not.
func PlacesOf(s *state.State, events []state.Event) []changerequest.Place {
	var touched []changerequest.Place
	for _, e := range events {
		if row := rows[e.Payload.EventType()]; row.places != nil {
			touched = append(touched, row.places(s, e)...)
		}
	}
	return sorted(touched)
}

func sorted(places []changerequest.Place) []changerequest.Place {
	slices.SortFunc(places, func(a, b changerequest.Place) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Environment, b.Environment))
	})
	return slices.Compact(places)
}

// maySkip reports whether somebody may write to a place that is protected or closed. What acts in several
// environments at once asks for the permission in the whole project, which a grant bound to an environment is not.
func maySkip(actor access.Actor, at changerequest.Place, rule changerequest.Rule, r row) bool {
	env := at.Environment
	if r.wide {
		env = ""
	}
	if rule.AdminsMayNotBypass {
		return actor.Holds(access.SkipChangeRequest, at.Project, env)
	}
	return actor.Can(at.Project, env, access.SkipChangeRequest)
}

// mayBypass returns nil if the actor may write to a protected place without a change request.
func mayBypass(w Write, at changerequest.Place, rule changerequest.Rule, r row) error {
	if !maySkip(w.Actor, at, rule, r) {
		return denied(at, r)
	}
	if rule.ReasonRequired && strings.TrimSpace(w.Reason) == "" {
		return reasonless(fault.BadData, fmt.Sprintf("Changing the environment %q without a change request needs a reason.", at.Environment))
	}
	return nil
}

// denied returns the fault that tools of the field expect, and says what else can be done.
func denied(at changerequest.Place, r row) error {
	f := fault.As(access.Denied(at.Environment, access.SkipChangeRequest))
	hint := "The environment %q is protected. Propose the change instead: in the web app, or by repeating the call with the header Quorate-Change-Request: draft."
	if r.inexpressible {
		hint = "The environment %q is protected, and a change request cannot express this. Somebody with the permission SKIP_CHANGE_REQUEST in the whole project, or an admin, can do it."
	}
	f.Details = []fault.Detail{{Message: f.Message}, {Message: fmt.Sprintf(hint, at.Environment)}}
	return f
}

// applied returns the change request that events say they apply.
func applied(events []state.Event) (changerequest.ID, bool) {
	for _, e := range events {
		if p, ok := e.Payload.(state.ChangeRequestEvent); ok {
			if _, ok := p.Fact.(changerequest.AppliedEvent); ok {
				return p.ID, true
			}
		}
	}
	return 0, false
}

// justify returns nil if a change request may be applied and the events are exactly what its
// changes lead to: nothing else comes in by that door.
func justify(s *state.State, w Write, id changerequest.ID) error {
	r := s.ChangeRequest(id)
	if r == nil {
		return fault.New(fault.NotFound, "There is no open change request %d.", id)
	}
	if err := w.Actor.Require(r.Project, r.Environment, access.ApplyChangeRequest); err != nil {
		return err
	}
	if err := changerequest.Justified(r, World(s)); err != nil {
		return err
	}
	var effect []state.Event
	for _, e := range w.Events {
		p, ok := e.Payload.(state.ChangeRequestEvent)
		if !ok {
			effect = append(effect, e)
			continue
		}
		if p.ID != id || !belongs(p.Fact) {
			return fmt.Errorf("gate: a %s of change request %d is in the batch that applies %d", p.EventType(), p.ID, id)
		}
	}
	due := decide.Try(s, r.Place(), r.Changes).Events
	if len(due) != len(effect) {
		return fmt.Errorf("gate: change request %d leads to %d events, not to %d", id, len(due), len(effect))
	}
	for i := range due {
		due[i].Group = state.RequestGroup(id)
		if !alike(due[i], effect[i]) {
			return fmt.Errorf("gate: change request %d does not lead to this %s", id, effect[i].Payload.EventType())
		}
	}
	return nil
}

// belongs reports whether a fact may stand beside the application of its request.
func belongs(fact changerequest.Event) bool {
	switch fact.(type) {
	case changerequest.AppliedEvent, changerequest.ScheduleSucceeded, changerequest.Commented:
		return true
	default:
		return false
	}
}

// alike reports whether two events are written to the ledger alike.
func alike(a, b state.Event) bool {
	x, errX := state.Encode(a)
	y, errY := state.Encode(b)
	return errX == nil && errY == nil && decide.Same(x, y)
}
