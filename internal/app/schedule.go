package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/window"
)

// Applying scheduled requests. Every node has a timer, and nothing chooses one of them: each tries what is due, and the ledger's head
// lets one through; the others decide again and find that it is done (docs/change-requests.md, "Scheduling"). The scheduler waits for
// three things: the time that NextDue says, a state that may have another one (Moved), and a database that is back (Back).

// NextDue returns when a scheduled change request is to be applied next, and whether there is one.
func (a *App) NextDue() (time.Time, bool) {
	for r := range a.State().Due() {
		return r.ScheduledFor(), true
	}
	return time.Time{}, false
}

// Moved returns a channel that is closed when the state is no longer what it is now.
func (a *App) Moved() <-chan struct{} { return a.engine.Moved() }

// Back returns a channel that is closed when this node can write again after it could not for a while.
func (a *App) Back() <-chan struct{} { return a.engine.Back() }

// RunDue applies the change requests whose time has come, each in the name of who scheduled it, or records
// what keeps it from being applied. One that another node was quicker with is left alone. Nodes that wake at
// the same instant go through them in different orders, so that they seldom try the same one.
// One request that cannot be applied does not keep the rest from it.
//
// Faults: Unavailable while this node cannot write; the requests are as they were, and are to be tried again.
func (a *App) RunDue(ctx context.Context) error {
	var due []changerequest.ID
	// One moment for the whole turn: a request that had to wait for others in it is not late by that.
	woke := a.now()
	for r := range a.State().Due() {
		if !r.Due(woke) {
			break // they come by time
		}
		due = append(due, r.ID)
	}
	rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] }) //nolint:gosec // an order, no secret
	var failed error
	for _, id := range due {
		err := a.runDue(ctx, id, woke)
		if passing(ctx, err) {
			return errors.Join(failed, err)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// runDue applies one request, if it is still due; woke is when the timer found that it is. An error that will not pass
// is recorded with the request, so that it is not tried again and again; one that only the server's log can explain is
// returned as well.
func (a *App) runDue(ctx context.Context, id changerequest.ID, woke time.Time) error {
	err := a.timer(ctx, id, woke, changerequest.Run{Woke: woke, Grace: a.grace})
	if err == nil || passing(ctx, err) {
		return err
	}
	reason, unexpected := fmt.Sprintf("It could not be applied. %s", err), error(nil)
	if fault.As(err) == nil {
		reason = "It could not be applied, because of an error in Quorate. The log of the server says which; whoever runs it can report that."
		unexpected = fmt.Errorf("app: apply the scheduled change request %d: %w", id, err)
	}
	if err := a.timer(ctx, id, woke, changerequest.Fail{Reason: reason}); err != nil {
		return errors.Join(unexpected, err)
	}
	return unexpected
}

// passing reports whether an error says nothing about what was to be done, only about now.
// Then the whole turn ends, and the scheduler comes again.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || fault.Is(err, fault.Unavailable)
}

// timer gives a command about a scheduled request in the name of who scheduled it, if it is due. Whether
// change requests are turned on does not matter: what was scheduled before is applied.
func (a *App) timer(ctx context.Context, id changerequest.ID, woke time.Time, command changerequest.Command) error {
	r := a.State().ChangeRequest(id)
	if r == nil || !r.Due(a.now()) {
		return nil
	}
	by := r.Schedule.By
	actor, exists := gate.World(a.State()).Actor(by)
	if !exists || woke.Sub(r.Schedule.At) > a.grace {
		actor = access.System() // which finds that there is nobody to apply it for, or that it is too late
	}
	// What was read before the decision may be old; only in here does it count.
	_, err := a.do(ctx, Caller{Actor: actor}, func(d *decide.Decision) error {
		r := d.ChangeRequest(id)
		if r == nil || !r.Due(d.Now) || r.Schedule.By != by {
			return nil
		}
		_, err := step(d, r, command)
		return err
	})
	return err
}

// Broken are the change requests that a write has broken besides what was asked for.
type Broken struct {
	Suspended []changerequest.ID // scheduled ones that wait for somebody to decide anew
	Cancelled []changerequest.ID // open ones of which something is gone for good
}

// hear notes what events break. Only a cancelling that nobody asked for has a reason.
// Cancelling by its author carries none.
func (b *Broken) hear(events []state.Applied) {
	for _, e := range events {
		p, ok := e.Payload.(state.ChangeRequestEvent)
		if !ok {
			continue
		}
		switch fact := p.Fact.(type) {
		case changerequest.ScheduleSuspended:
			b.Suspended = append(b.Suspended, p.ID)
		case changerequest.CancelledEvent:
			if fact.Reason != "" {
				b.Cancelled = append(b.Cancelled, p.ID)
			}
		}
	}
}

// knownZone returns a fault if there is no time zone of a name; the empty name is none.
func knownZone(name string) error {
	if name == "" {
		return nil
	}
	if _, err := window.LoadZone(name); err != nil {
		return fault.Field("/body/scheduledZone", "There is no time zone %q. Names are those of the IANA, such as Europe/Oslo.", name)
	}
	return nil
}
