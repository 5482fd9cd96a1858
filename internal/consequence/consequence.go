// Package consequence is what a write does to open change requests besides its own events:
// those that have become impossible are cancelled, and the schedules that it breaks are
// suspended, in the same batch as what broke them.
//
// It is computed from the events of the write and from the states before and after it, so it
// does not matter which door the write came in by; and since it is pure, it can be asked
// about a write that nobody has made yet.
//
// What keeps a request from being applied does not belong here but in changerequest; which
// events a write leads to belongs in decide; who may write belongs in gate.
package consequence

import (
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/state"
)

// Write is a write that is decided on a state.
type Write struct {
	// Before is the state that the events were decided on; they are not written yet.
	Before *state.State
	Events []state.Event
	By     access.Ref
	At     time.Time
}

// Of returns the events that follow from a write, in its batch.
// Cancellations come first, in the order of the events that lead to them, and then suspensions by the ids of requests. What would
// follow from these events is not looked for: closing or suspending a request breaks no other. The error is that of a
// write that cannot be folded, which is a bug.
func Of(w Write) ([]state.Event, error) {
	follow := cancellations(w)
	// Clipped, so that the caller's events stay as they are.
	w.Events = append(slices.Clip(w.Events), follow...) // what is cancelled cannot be suspended
	broken, err := Suspensions(w)
	for _, b := range broken {
		follow = append(follow, decide.RequestEvent(b.Request, changerequest.ScheduleSuspended{Reason: b.Reason, Cause: b.Cause}))
	}
	return follow, err
}

// cancellations returns that requests are closed whose project, environment or flag is gone
// (docs/change-requests.md, "Applying"). They are looked up in the state before, where they are open.
func cancellations(w Write) []state.Event {
	var follow []state.Event
	// One write can give several reasons; the first is kept.
	cancelled := map[changerequest.ID]bool{}
	cancel := func(r *changerequest.Request, why string, args ...any) {
		if cancelled[r.ID] {
			return
		}
		cancelled[r.ID] = true
		// Moved keeps what the changes would have replaced: after this, nothing of it can be looked up.
		fact := changerequest.CancelledEvent{Reason: fmt.Sprintf(why, args...), Moved: change.Bases(w.Before, r.Environment, r.Changes)}
		follow = append(follow, decide.RequestEvent(r, fact))
	}
	for _, e := range w.Events {
		switch e.Payload.(type) {
		case state.FeatureDeleted:
			for r := range w.Before.OpenRequestsOn(e.Feature) {
				cancel(r, "The flag %q was deleted.", e.Feature)
			}
		case state.ProjectArchived, state.ProjectDeleted:
			for r := range w.Before.OpenRequestsOf(e.Project) {
				cancel(r, "The project %q was archived or deleted.", e.Project)
			}
		case state.ProjectEnvironmentRemoved:
			for r := range w.Before.OpenRequestsOf(e.Project) {
				if r.Environment == e.Environment {
					cancel(r, "The environment %q was removed from the project.", e.Environment)
				}
			}
		}
	}
	return follow
}
