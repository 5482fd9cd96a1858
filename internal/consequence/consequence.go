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
	Before *state.State
	Events []state.Event
	By     access.Ref
	At     time.Time
}

// Of returns the events that follow from a write, in its batch.
func Of(w Write) ([]state.Event, error) {
	follow := cancellations(w)
	w.Events = append(slices.Clip(w.Events), follow...) // what is cancelled cannot be suspended
	broken, err := Suspensions(w)
	for _, b := range broken {
		follow = append(follow, decide.RequestEvent(b.Request, changerequest.ScheduleSuspended{Reason: b.Reason, Cause: b.Cause}))
	}
	return follow, err
}

// cancellations returns that requests are closed whose project, environment or flag is gone
// (docs/change-requests.md).
func cancellations(w Write) []state.Event {
	var follow []state.Event
	cancelled := map[changerequest.ID]bool{}
	cancel := func(r *changerequest.Request, why string, args ...any) {
		if cancelled[r.ID] {
			return
		}
		cancelled[r.ID] = true
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
