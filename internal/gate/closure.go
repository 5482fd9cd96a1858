package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/window"
)

// reasonHeader is where the reason of a bypass is said.
const reasonHeader = "Quorate-Reason"

// closedAt returns why one of several places takes no changes at a time, and which; nil if all do. Of several it
// is the one that opens last, since only then everything can be applied.
func closedAt(s *state.State, places []changerequest.Place, t time.Time) (*window.Closure, changerequest.Place) {
	var found *window.Closure
	var at changerequest.Place
	for _, place := range places {
		c := s.WindowsIn(place.Project, place.Environment).Closed(t)
		if c == nil {
			continue
		}
		if found == nil || !found.Opens.IsZero() && (c.Opens.IsZero() || c.Opens.After(found.Opens)) {
			found, at = c, place
		}
	}
	return found, at
}

// ClosedTo returns why a change request could not be applied at a time for the windows of the environments in which
// its changes take effect, or nil.
func ClosedTo(s *state.State, r *changerequest.Request, w changerequest.World, t time.Time) *window.Closure {
	if s.WindowCount() == 0 {
		return nil
	}
	closed, _ := closedAt(s, append(w.Places(r), r.Place()), t)
	return closed
}

// shut is a refusal for a window. Whoever reads it learns when the place opens, and who can write at once.
func shut(c *window.Closure, what string) *fault.Error {
	return fault.New(fault.Conflict, "%s %s Somebody with the permission %s there, or an admin, can do it at once by saying why in the header %s.", c.Sentence(), what, access.SkipChangeRequest, reasonHeader)
}

// reasonless is a refusal of a write for which nothing is missing but a reason. The detail says so to programs, which
// can ask whoever writes for it; its sentence speaks of no header.
func reasonless(kind fault.Kind, sentence string) *fault.Error {
	f := fault.New(kind, "%s Say why in the header %s.", sentence, reasonHeader)
	f.Details = []fault.Detail{{Path: "/headers/" + reasonHeader, Message: sentence}}
	return f
}

// openWhenDue returns a fault if a change request is scheduled for a time at which a window forbids it.
func openWhenDue(s *state.State, events []state.Event) error {
	if s.WindowCount() == 0 {
		return nil
	}
	for _, e := range events {
		p, ok := e.Payload.(state.ChangeRequestEvent)
		if !ok {
			continue
		}
		scheduled, ok := p.Fact.(changerequest.ScheduledEvent)
		if !ok {
			continue
		}
		r := s.ChangeRequest(p.ID)
		if r == nil {
			return fmt.Errorf("gate: there is no change request %d to schedule", p.ID)
		}
		if c := ClosedTo(s, r, World(s), scheduled.At); c != nil {
			return fault.Field("/body/scheduledAt", "The change request could not be applied at %s. %s", scheduled.At.UTC().Format(time.RFC3339), c.Sentence())
		}
	}
	return nil
}

// Actions returns what can be done with a change request, as changerequest.Actions does: windows keep it from being
// applied, but for those who may bypass them, who are told to say why.
func Actions(s *state.State, w changerequest.World, r *changerequest.Request, actor access.Actor, now time.Time) []changerequest.Action {
	actions := changerequest.Actions(r, w, actor, now)
	c := ClosedTo(s, r, w, now)
	if c == nil {
		return actions
	}
	for i := range actions {
		if a := &actions[i]; a.Name == "apply" && a.Allowed {
			a.Allowed = false
			a.Reason = shut(c, "Until then the change request is not applied.").Message
			if Passes(s, append(w.Places(r), r.Place()), actor, now) {
				a.Allowed = true
				a.Reason = fmt.Sprintf("%s You can apply it at once by saying why, in the header %s.", c.Sentence(), reasonHeader)
			}
		}
	}
	return actions
}

// Passes reports whether no window keeps somebody from writing to places at a time, if they say why.
func Passes(s *state.State, places []changerequest.Place, actor access.Actor, now time.Time) bool {
	for _, at := range places {
		rule, _ := s.Protection(at.Project, at.Environment)
		if s.WindowsIn(at.Project, at.Environment).Closed(now) != nil && !maySkip(actor, at, rule, row{}) {
			return false
		}
	}
	return true
}

// pass returns nil if a write may go through to a place that is closed.
func pass(w Write, at changerequest.Place, rule changerequest.Rule, r row, c *window.Closure) error {
	if !maySkip(w.Actor, at, rule, r) {
		return shut(c, "Until then nothing is changed there.")
	}
	if strings.TrimSpace(w.Reason) == "" {
		return reasonless(fault.Conflict, c.Sentence()+" You can change it all the same.")
	}
	return nil
}
