package gate

import (
	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/state"
)

// world is a state as change requests are judged against it.
type world struct{ *state.State }

// World returns a state as change requests are judged against it.
func World(s *state.State) changerequest.World { return world{s} }

// Rule returns what protects a place, and whether anything does.
func (w world) Rule(at changerequest.Place) (changerequest.Rule, bool) {
	return w.Protection(at.Project, at.Environment)
}

// Places returns every environment in which the request's changes take effect. Those that
// cannot take effect do so nowhere.
func (w world) Places(r *changerequest.Request) []changerequest.Place {
	return PlacesOf(w.State, decide.Try(w.State, r.Place(), r.Changes).Events)
}

// Actor returns who a reference names, with what they may do now.
func (w world) Actor(ref access.Ref) (access.Actor, bool) {
	switch ref.Kind() {
	case access.KindUser, access.KindServiceAccount:
		return w.State.Actor(ref.ID())
	case access.KindAdminToken:
		if w.Token(ref.ID()) == nil {
			return access.Actor{}, false
		}
		return access.Actor{Ref: ref, Grants: []access.Grant{{Permission: access.Admin}}}, true
	default:
		return access.Actor{}, false
	}
}

// Conflicts returns what keeps the request from being applied.
func (w world) Conflicts(r *changerequest.Request) []change.Conflict {
	return decide.Try(w.State, r.Place(), r.Changes).Conflicts
}
