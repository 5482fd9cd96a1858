package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// Deliveries are rows that nodes take in turn: LeaseDelivery gives one to one node for a while, which tries, and notes the end. A
// node that dies in between notes nothing, so its lease runs out and another node tries again; that is why a delivery can come
// twice, and why each says by its id that it does. Nothing here knows what is brought.

// Delivery is something to be brought to somebody outside.
type Delivery = store.Delivery

// DeliveryFilter says which deliveries are wanted.
type DeliveryFilter = store.DeliveryFilter

// Sender brings deliveries of one kind.
type Sender interface {
	// Send makes one attempt, which ends with ctx. A delivery may come again although it has
	// arrived, if nobody could note that it has: its ID is the same then, and what is sent has
	// to let the other side see that. An error that is no PermanentError is passing: there will
	// be another attempt.
	Send(ctx context.Context, d Delivery) error
}

// LaterError is a passing failure of which the other side has said when to try again.
type LaterError struct {
	After time.Duration
	Err   error
}

// Error says what failed.
func (e *LaterError) Error() string { return e.Err.Error() }

// PermanentError says that another attempt would fail as well.
type PermanentError struct{ Reason string }

// Error returns the reason.
func (e *PermanentError) Error() string { return e.Reason }

// permanent is a PermanentError with a reason, which is a sentence: people read it in lists of deliveries.
func permanent(format string, args ...any) error {
	return &PermanentError{fmt.Sprintf(format, args...)}
}

// How deliveries are tried. A lease outlives an attempt, so that a delivery is tried twice at
// the same time only if a node has stood still.
const (
	// noteLimit bounds the writing of what became of an attempt, also after this node was told to stop.
	attemptLimit = time.Minute
	lease        = 3 * time.Minute
	noteLimit    = 5 * time.Second
	attempts     = 8 // of one kind at the same time, each at another target
	// rest is for how long a target is left alone that has failed in a way that passes, whichever delivery it was.
	rest = 15 * time.Second
)

// The pauses between attempts: each is twice the one before.
const (
	firstPause   = 30 * time.Second
	longestPause = 2 * time.Hour
)

// pauseAfter returns how long to wait after so many attempts.
// tried counts from 1.
func pauseAfter(tried int) time.Duration {
	pause := firstPause
	for range tried - 1 {
		if pause *= 2; pause >= longestPause {
			return longestPause
		}
	}
	return pause
}

// Next returns when a delivery is tried again whose newest attempt failed with an error; false: never, since
// another attempt would fail as well, or come when it has expired.
// d.Attempts has the one that failed in it already. What LaterError asks for counts if it is longer than the pause, up to the
// longest pause: a target cannot put a delivery off for good.
func Next(d Delivery, now time.Time, failed error) (time.Time, bool) {
	if _, lasting := errors.AsType[*PermanentError](failed); lasting {
		return time.Time{}, false
	}
	pause := pauseAfter(d.Attempts)
	if later, asked := errors.AsType[*LaterError](failed); asked {
		pause = max(pause, min(later.After, longestPause))
	}
	due := now.Add(pause)
	return due, due.Before(d.ExpiresAt)
}

// Deliver tries all deliveries that are due, and returns when each has had its attempt. What
// becomes of an attempt is noted on the delivery; errors are the database's.
// Run does not call it: it is for tests, and must not run beside Run, since resting belongs to one goroutine per kind.
func (n *Notify) Deliver(ctx context.Context) error {
	for kind := range n.senders {
		if err := n.deliver(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

// deliver tries the deliveries of one kind that are due. While a target is slow, those to others
// go on, also those that become due meanwhile. A target that has just failed is left alone for a while:
// otherwise those that never answer would take all attempts that are made at the same time, one
// delivery after the other.
//
// One target is tried by one attempt at a time here, so that a target gets events in their order while nothing fails. Other
// nodes may try another delivery to it meanwhile.
func (n *Notify) deliver(ctx context.Context, kind string) error {
	var work sync.WaitGroup
	defer work.Wait()
	tick := time.NewTicker(deliverEvery)
	defer tick.Stop()
	type end struct {
		target string
		failed bool
	}
	var busy []string
	resting := n.resting[kind] // which only the one goroutine knows that delivers this kind
	// An attempt ends once its goroutine has said so, and its target is busy until then: ended holds as many as there can be.
	ended := make(chan end, attempts)
	for ctx.Err() == nil {
		if len(busy) < attempts {
			now := n.Now()
			maps.DeleteFunc(resting, func(_ string, until time.Time) bool { return !now.Before(until) })
			d, err := n.DB.LeaseDelivery(ctx, []string{kind}, now, lease, slices.AppendSeq(slices.Clone(busy), maps.Keys(resting))...)
			if err == nil {
				busy = append(busy, d.Target)
				work.Go(func() { ended <- end{d.Target, n.attempt(ctx, d)} })
				continue
			}
			if !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("notify: deliver: %w", err)
			}
			if len(busy) == 0 {
				return nil
			}
		}
		select {
		case e := <-ended:
			busy = slices.DeleteFunc(busy, func(t string) bool { return t == e.target })
			if e.failed {
				resting[e.target] = n.Now().Add(rest)
			}
		// What has become due meanwhile is looked for.
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// attempt tries a delivery once, and notes what became of it. It reports whether it failed in a way that passes.
func (n *Notify) attempt(ctx context.Context, d Delivery) bool {
	err := n.send(ctx, d)
	now := n.Now()
	// If the attempt has succeeded, it means nothing.
	due, again := Next(d, now, err)
	var lasting *PermanentError
	switch {
	case err == nil:
		d.State, d.LastError, d.DoneAt = store.DeliveryDelivered, "", &now
	case errors.As(err, &lasting):
		d.State, d.LastError, d.DoneAt = store.DeliveryDead, lasting.Reason, &now
	case ctx.Err() != nil: // this node stops; the next one tries at once
		d.DueAt = now
	case !again:
		d.State, d.DoneAt = store.DeliveryDead, &now
		d.LastError = fmt.Sprintf("Given up after %d attempts. The last one failed: %v", d.Attempts, err)
	default:
		d.DueAt, d.LastError = due, err.Error()
	}
	if d.State == store.DeliveryDead {
		n.Log.Warn("a delivery was given up", "id", d.ID, "kind", d.Kind, "attempts", d.Attempts, "reason", d.LastError)
	}
	// This node may be stopping: what was sent has been sent, and is noted all the same.
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteLimit)
	defer cancel()
	if err := n.DB.EndAttempt(noting, d); err != nil {
		n.Log.Warn("what became of a delivery could not be noted; it may come twice", "id", d.ID, "kind", d.Kind, "error", err)
	}
	return err != nil && lasting == nil
}

// send makes the attempt, unless it has expired. LastError is of an attempt before; it is a sentence, or empty.
func (n *Notify) send(ctx context.Context, d Delivery) error {
	if !n.Now().Before(d.ExpiresAt) {
		return permanent("It expired before it could be delivered. %s", d.LastError)
	}
	ctx, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	return n.senders[d.Kind].Send(ctx, d)
}

// Backlogs returns how many deliveries wait and were given up, by their kind; also of kinds of which there are none.
func (n *Notify) Backlogs(ctx context.Context) (map[string]store.Backlog, error) {
	known, err := n.DB.Backlogs(ctx)
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	backlogs := map[string]store.Backlog{}
	for kind := range n.senders {
		backlogs[kind] = store.Backlog{}
	}
	maps.Copy(backlogs, known)
	return backlogs, nil
}

// Deliveries returns a page of the deliveries that match, the newest first, and how many match.
func (n *Notify) Deliveries(ctx context.Context, filter DeliveryFilter) ([]Delivery, int, error) {
	return n.DB.Deliveries(ctx, filter)
}
