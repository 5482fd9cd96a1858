package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/consequence"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Command is a write: who wants it, and the decision.
type Command struct {
	Actor  access.Actor
	Reason string       // why a bypass is used; may be empty
	Origin store.Origin // where the command came from; zero: nothing is kept
	// Decide returns the events that the command leads to on a state, or why it is
	// refused. It is pure, for it may run several times; no events means that there is
	// nothing to do.
	Decide func(*state.State) ([]state.Event, error)
	// Also, which may be nil, writes to plain tables in the same transaction.
	Also func(*store.Tx) error
	// Done, which may be nil, is told what was stored, before Do returns.
	Done func(Change)
}

// maxRefusals is how often a command is decided in the open before it takes the lock.
const maxRefusals = 3

// Do decides a command on the newest state and appends its events. It returns the
// state right after them, or the state it decided on if there are none. When it
// returns, this node's subscribers have seen the change.
//
// Errors: what Decide or Also return, as it is; a Permission fault from the gate; an
// Unavailable fault with RetryAfter while this node cannot write.
func (e *Engine) Do(ctx context.Context, c Command) (*state.State, error) {
	if err := e.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer e.endTurn()
	if e.status.justAway(e.Now()) {
		return nil, errAway()
	}
	s, err := e.do(ctx, c)
	if err != nil && fault.As(err) == nil {
		err = e.answer(ctx, err)
	}
	return s, err
}

// takeTurn lets the commands of one node go one after the other, so that only
// other nodes can be first.
func (e *Engine) takeTurn(ctx context.Context) error {
	select {
	case e.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) endTurn() { <-e.turn }

// do tries until the head stays where it was while the command was decided.
func (e *Engine) do(ctx context.Context, c Command) (*state.State, error) {
	id := e.NewID()
	for range maxRefusals {
		s, err := e.try(ctx, c, id)
		if !errors.Is(err, store.ErrHeadMoved) {
			return s, err
		}
		e.refused.Add(1)
		if err := e.catchUp(ctx); err != nil {
			return nil, err
		}
	}
	// The decision is slow, or the others are many. While this node has the lock, they wait.
	e.locked.Add(1)
	var s *state.State
	err := e.DB.WithLock(ctx, func(ctx context.Context) error {
		for {
			if err := e.catchUp(ctx); err != nil {
				return err
			}
			var err error
			if s, err = e.try(ctx, c, id); !errors.Is(err, store.ErrHeadMoved) {
				return err
			}
			e.refused.Add(1)
		}
	})
	return s, err
}

// try decides once, and appends to exactly the state that it decided on. The error
// is store.ErrHeadMoved if another node was first.
func (e *Engine) try(ctx context.Context, c Command, id ledger.BatchID) (*state.State, error) {
	if err := e.status.refusal(); err != nil {
		return nil, err
	}
	s := e.State()
	at := e.timeOn(s)
	events, err := e.decide(s, c, at)
	if err != nil || len(events) == 0 {
		// What refuses the command may be news that has not reached this node, so it looks once
		// more. If it cannot, what it knows has to do.
		if e.catchUp(ctx) == nil && e.State() != s {
			s = e.State()
			at = e.timeOn(s)
			events, err = e.decide(s, c, at)
		}
		if err != nil || len(events) == 0 {
			return s, err
		}
	}
	return e.append(ctx, s, c, id, at, events)
}

// timeOn returns the time of a batch on a state: time never runs backwards in the ledger.
func (e *Engine) timeOn(s *state.State) time.Time {
	at := e.Now().UTC().Truncate(time.Microsecond)
	if at.Before(s.At()) {
		return s.At()
	}
	return at
}

// decide asks the command, then the gate about what came out, and adds what follows from it. What is allowed at
// a time is thus stored with that time.
func (e *Engine) decide(s *state.State, c Command, at time.Time) ([]state.Event, error) {
	events, err := c.Decide(s)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	actor, err := gate.Current(s, c.Actor)
	if err != nil {
		return nil, err
	}
	decision, err := gate.Ask(s, gate.Write{Actor: actor, Events: events, Reason: c.Reason, At: at})
	if err != nil {
		return nil, err
	}
	if decision.Verdict == gate.Bypass {
		events = append(slices.Clip(events), bypassed(decision, c.Reason))
	}
	follow, err := consequence.Of(consequence.Write{Before: s, Events: events, By: c.Actor.Ref, At: at})
	return append(slices.Clip(events), follow...), err
}

// bypassed records a bypass, in the scope of what it touched if that is one place.
func bypassed(d gate.Decision, reason string) state.Event {
	environments := gate.Environments(d.Places)
	event := state.Event{Payload: state.ChangeRequestsBypassed{Environments: environments, Closed: gate.Environments(d.Closed), Reason: reason}}
	projects := map[flag.ProjectID]bool{}
	for _, place := range d.Places {
		projects[place.Project] = true
	}
	if len(projects) == 1 {
		event.Project = d.Places[0].Project
	}
	if len(environments) == 1 {
		event.Environment = environments[0]
	}
	return event
}

// append seals events behind the state that they were decided on, stores and
// publishes them.
func (e *Engine) append(ctx context.Context, s *state.State, c Command, id ledger.BatchID, at time.Time, events []state.Event) (*state.State, error) {
	batch := ledger.Batch{ID: id, At: at, Actor: string(c.Actor.Ref)}
	for _, event := range events {
		stored, err := state.Encode(event)
		if err != nil {
			return nil, fmt.Errorf("engine: %w", err)
		}
		batch.Events = append(batch.Events, stored)
	}
	entries, _ := ledger.Seal(s.Head(), batch)
	// Folding comes first: what does not fit must never be stored, for no node could go past it.
	next, applied, err := state.Fold(s, entries)
	if err != nil {
		return nil, fmt.Errorf("engine: a decision is not stored: %w", err)
	}
	change := Change{Before: s, After: next, Events: applied}
	if err := e.DB.Append(ctx, s.Head(), entries, e.also(c, id, change)); err != nil {
		return nil, err
	}
	e.appended.Add(1)
	e.publish(change)
	e.status.inStep(e.Now(), next.Head())
	if c.Done != nil {
		c.Done(change)
	}
	return next, nil
}

// also returns what is written beside the events of a command, or nil: where it came from,
// what it asks for itself, and what follows from its events.
func (e *Engine) also(c Command, id ledger.BatchID, change Change) func(*store.Tx) error {
	var writes []func(*store.Tx) error
	if c.Origin != (store.Origin{}) {
		writes = append(writes, func(tx *store.Tx) error { return tx.PutOrigin(id, c.Origin) })
	}
	if c.Also != nil {
		writes = append(writes, c.Also)
	}
	if e.Project != nil {
		writes = append(writes, func(tx *store.Tx) error { return e.Project(tx, change) })
	}
	if len(writes) == 0 {
		return nil
	}
	return func(tx *store.Tx) error {
		for _, write := range writes {
			if err := write(tx); err != nil {
				return err
			}
		}
		return nil
	}
}

// answer turns what the store says into an answer for the caller, and remembers it.
func (e *Engine) answer(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, store.ErrOutcomeUnknown):
		e.status.away(e.Now(), err)
		return unavailable(soon, "The database was lost while this change was being stored, so it may have been made or not. Look before you repeat it.")
	case errors.Is(err, store.ErrUnavailable):
		e.status.away(e.Now(), err)
		return errAway()
	case errors.Is(err, store.ErrHeadUnknown):
		if err := e.lookBack(ctx); err != nil {
			return e.answer(ctx, err)
		}
		if refusal := e.status.refusal(); refusal != nil {
			return refusal
		}
		return unavailable(soon, "The database did not hold the newest change for a moment. Nothing was changed.")
	default:
		return err
	}
}

func errAway() *fault.Error {
	return unavailable(soon, "The database cannot be reached, so nothing can be changed now. Flags are served as they were.")
}
