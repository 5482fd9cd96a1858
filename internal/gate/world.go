package gate

import (
	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// world is a state as change requests are judged against it.
type world struct {
	*state.State
	tried *trial
}

// trial is what the changes of a request lead to: the same ones are asked about again and again
// while one command is decided.
type trial struct {
	place   changerequest.Place
	changes []change.Change
	decide.Trial
}

// World returns a state as change requests are judged against it. It is for one goroutine.
func World(s *state.State) changerequest.World { return &world{State: s} }

// try returns what the changes of a request lead to.
func (w *world) try(r *changerequest.Request) decide.Trial {
	if t := w.tried; t != nil && t.place == r.Place() && same(t.changes, r.Changes) {
		return t.Trial
	}
	w.tried = &trial{r.Place(), r.Changes, decide.Try(w.State, r.Place(), r.Changes)}
	return w.tried.Trial
}

// same reports whether two lists are one: the changes of a request are never changed in place.
func same(a, b []change.Change) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// Rule returns what protects a place, and whether anything does.
func (w *world) Rule(at changerequest.Place) (changerequest.Rule, bool) {
	return w.Protection(at.Project, at.Environment)
}

// Places returns every environment in which the request's changes take effect. Those that
// cannot take effect do so nowhere.
func (w *world) Places(r *changerequest.Request) []changerequest.Place {
	return PlacesOf(w.State, w.try(r).Events)
}

// Actor returns who a reference names, with what they may do now.
func (w *world) Actor(ref access.Ref) (access.Actor, bool) {
	switch ref.Kind() {
	case access.KindUser, access.KindServiceAccount:
		return w.State.Actor(ref.ID())
	case access.KindAdminToken:
		if w.Token(ref.ID()) == nil {
			return access.Actor{}, false
		}
		return access.Actor{Ref: ref, Grants: []access.Grant{{Permission: access.Admin}}, AsOf: w.Revision()}, true
	default:
		return access.Actor{}, false
	}
}

// Current returns an actor with what they may do in a state: between the moment at which somebody was known and
// the one at which a write is decided, what they hold may have been taken from them.
//
// Faults: Unauthorized for somebody who is not there any more.
func Current(s *state.State, a access.Actor) (access.Actor, error) {
	if a.AsOf == 0 || a.AsOf == s.Revision() {
		return a, nil
	}
	now, exists := World(s).Actor(a.Ref)
	if !exists {
		return access.Actor{}, fault.New(fault.Unauthorized, "Whoever asks for this has been deleted meanwhile.")
	}
	return now, nil
}

// Conflicts returns what keeps the request from being applied.
func (w *world) Conflicts(r *changerequest.Request) []change.Conflict {
	return w.try(r).Conflicts
}
