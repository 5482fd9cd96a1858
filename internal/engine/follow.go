package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// reconnectEvery is the pause before another attempt to hear of appends.
const reconnectEvery = time.Second

// probeLimit is how long the poll waits for an answer before the database counts as away.
const probeLimit = 5 * time.Second

// Run keeps the engine in step with the ledger until ctx is done, and then returns
// nil: it hears of appends by other nodes, polls the head, checks the whole ledger once in
// the background, makes snapshots and keeps HEAD.
func (e *Engine) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { e.listen(ctx) })
	running.Go(func() { e.checkThenSnapshot(ctx) })
	e.follow(ctx)
	running.Wait()
	e.keepHead()
	return nil
}

// follow catches up whenever it is told to, and each time the poll is due: a
// notification is a hint, which may be lost.
func (e *Engine) follow(ctx context.Context) {
	poll := time.NewTicker(e.PollEvery)
	defer poll.Stop()
	e.poll(ctx)
	for {
		select {
		case <-e.hint:
			e.note(ctx, e.catchUp(ctx))
		case <-poll.C:
			e.poll(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (e *Engine) poll(ctx context.Context) {
	err := e.measureClock(ctx)
	if err == nil {
		err = e.catchUp(ctx)
	}
	e.note(ctx, err)
	e.keepHead()
}

// note remembers how a look at the database ended, unless it is this node that stops, and tells those who wait
// for it when this node can write again.
func (e *Engine) note(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		e.status.away(e.Now(), err)
	}
	unable := err != nil || e.status.refusal() != nil
	e.publishing.Lock()
	defer e.publishing.Unlock()
	if e.unable && !unable {
		close(e.back)
		e.back = make(chan struct{})
	}
	e.unable = unable
}

// listen asks for a look at the ledger when another node has appended. Reconnecting
// counts as hearing something.
func (e *Engine) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := e.DB.Listen(ctx, func(revision int64) {
			if revision > e.State().Revision() {
				e.wakeFollower()
			}
		})
		if ctx.Err() != nil {
			return
		}
		e.reconnected.Add(1)
		e.Log.Warn("lost the connection that hears of appends; polling goes on", "error", err)
		select {
		case <-time.After(reconnectEvery):
		case <-ctx.Done():
		}
	}
}

func (e *Engine) wakeFollower() {
	select {
	case e.hint <- struct{}{}:
	default: // it will look soon, and see everything
	}
}

// catchUp reads what the ledger holds behind the newest state, and publishes it. A reason
// not to go on (damage, an event of a newer release, a database that went back) is not an
// error but kept in the status; errors are the database's.
func (e *Engine) catchUp(ctx context.Context) error {
	if e.status.stopped() {
		return nil
	}
	probe, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	// The state is read first: the ledger may be ahead of it, but never behind.
	s := e.State()
	head, err := e.DB.Head(probe)
	var broken *ledger.Break
	if errors.As(err, &broken) {
		e.status.stopDamaged(broken)
		return nil
	}
	if err != nil {
		return err
	}
	if head.Revision < s.Revision() || head.Revision == s.Revision() && head != s.Head() {
		return e.lookBack(probe)
	}
	if head != s.Head() {
		s, err = e.replay(ctx, s, func(c Change) error {
			e.publish(c)
			return nil
		})
		var unknown *state.UnknownEventError
		switch {
		case errors.As(err, &unknown):
			e.status.stopUnknown(unknown)
			return nil
		case errors.As(err, &broken):
			return e.judge(ctx, broken)
		case err != nil:
			return err
		}
	}
	if _, gone := e.status.wentBack(); gone {
		return e.lookBack(probe)
	}
	e.status.inStep(e.Now(), s.Head())
	return nil
}

// judge decides what a ledger that does not follow the state means: that it is
// another history, or else damage.
func (e *Engine) judge(ctx context.Context, broken error) error {
	if err := e.lookBack(ctx); err != nil {
		return err
	}
	if _, gone := e.status.wentBack(); !gone {
		e.status.stopDamaged(broken)
	}
	return nil
}

// measureClock compares this node's clock with the database's.
func (e *Engine) measureClock(ctx context.Context) error {
	if e.DB.Engine() == store.SQLite {
		return nil // it is the same clock
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	before := e.Now()
	theirs, err := e.DB.Now(ctx)
	if err != nil {
		return err
	}
	after := e.Now()
	// The database looked at its clock somewhere between the two. What is sure is the offset.
	switch {
	case before.After(theirs):
		e.status.clock(before.Sub(theirs))
	case after.Before(theirs):
		e.status.clock(after.Sub(theirs))
	default:
		e.status.clock(0)
	}
	return nil
}

// checkThenSnapshot checks the whole ledger once, and then writes snapshots as they
// fall due: what was not checked should not be written down.
func (e *Engine) checkThenSnapshot(ctx context.Context) {
	for {
		err := e.checkAll(ctx)
		var unknown *state.UnknownEventError
		switch {
		case err == nil:
			e.writeSnapshots(ctx)
			return
		case ctx.Err() != nil:
			return
		case errors.As(err, &unknown):
			e.status.stopUnknown(unknown)
			return
		case !errors.Is(err, store.ErrUnavailable):
			if e.judge(ctx, err) == nil {
				return
			}
		}
		select {
		case <-time.After(e.PollEvery):
		case <-ctx.Done():
			return
		}
	}
}

// writeSnapshots writes snapshots as they fall due.
func (e *Engine) writeSnapshots(ctx context.Context) {
	for {
		select {
		case s := <-e.due:
			e.saveSnapshot(ctx, s)
		case <-ctx.Done():
			return
		}
	}
}
