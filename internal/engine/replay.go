package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// errEnough ends a replay early.
var errEnough = errors.New("enough")

// replay reads the ledger behind a state, verifies it and folds it batch by batch. It hands
// each step to fn and returns the state it has reached, also with an error.
//
// Errors: what fn returns, a *ledger.Break for damage, a *state.UnknownEventError, and what
// the store returns.
func (e *Engine) replay(ctx context.Context, from *state.State, fn func(Change) error) (*state.State, error) {
	ctx, stop := context.WithCancel(ctx)
	batches := make(chan state.Decoded, readAhead)
	var ended error
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(batches)
		ended = e.verified(ctx, from.Head(), batches)
	})
	defer reading.Wait()
	defer stop()
	s := from
	for batch := range batches {
		next, applied, err := state.FoldDecoded(s, batch)
		if err != nil {
			return s, misfit(err)
		}
		change := Change{Before: s, After: next, Events: applied}
		s = next
		if err := fn(change); err != nil {
			return s, err
		}
	}
	return s, ended
}

// readAhead is how many batches are read, verified and decoded while one is folded: a whole ledger
// is checked by two processors.
const readAhead = 256

// verified reads and verifies the ledger from a head on, and sends each whole batch, decoded.
func (e *Engine) verified(ctx context.Context, from ledger.Head, batches chan<- state.Decoded) error {
	var batch []ledger.Entry
	_, err := e.DB.Verify(ctx, from, func(entry ledger.Entry) error {
		batch = append(batch, entry)
		if !entry.Last() {
			return nil
		}
		select {
		case batches <- state.DecodeBatch(batch):
			batch = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return err
}

// misfit makes damage of an event that does not fit the state before it: its bytes are
// whole, but what they say cannot have been decided.
func misfit(err error) error {
	if m, ok := errors.AsType[*state.MisfitError](err); ok {
		return &ledger.Break{Revision: m.Revision, Reason: m.Error()}
	}
	return err
}

// start makes the state that Open begins with.
func (e *Engine) start(ctx context.Context) error {
	s, err := e.restoreSnapshot(ctx, math.MaxInt64)
	if err != nil {
		return fmt.Errorf("engine: open: %w", err)
	}
	snapshot := s.Revision()
	if snapshot > 0 {
		e.status.snapshot(snapshot)
	}
	s, err = e.replay(ctx, s, func(Change) error { return nil })
	var unknown *state.UnknownEventError
	if err != nil && !errors.As(err, &unknown) {
		return fmt.Errorf("engine: open: %w", err)
	}
	e.newest.Store(s)
	e.opened = s
	if s.Revision()-snapshot >= e.SnapshotEvery {
		e.wantSnapshot(s)
	}
	if unknown != nil {
		e.status.stopUnknown(unknown)
	} else {
		e.status.inStep(e.Now(), s.Head())
	}
	if err := e.recallHead(ctx); err != nil {
		return fmt.Errorf("engine: open: %w", err)
	}
	if err := e.measureClock(ctx); err != nil {
		return fmt.Errorf("engine: open: %w", err)
	}
	e.Log.Info("opened the ledger", "revision", s.Revision(), "hash", s.Head().Hash.String(), "snapshot", snapshot)
	return nil
}

// checkAll verifies and folds the whole ledger up to the state that Open began with, and
// compares the outcome. It is what vouches for the snapshot that the start relied on.
func (e *Engine) checkAll(ctx context.Context) error {
	begin, end := e.Now(), e.opened.Revision()
	folded := &state.State{}
	if end > 0 {
		var err error
		folded, err = e.replay(ctx, folded, func(c Change) error {
			if c.After.Revision() >= end {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
	}
	got, err := state.Digest(e.opened)
	if err != nil {
		return err
	}
	want, err := state.Digest(folded)
	if err != nil {
		return err
	}
	if got != want {
		return &ledger.Break{Revision: end, Reason: "the state that this node read there is not what the events up to it add up to"}
	}
	e.opened = nil // so that its memory can be used again
	e.status.checked(end)
	e.Log.Info("checked the whole ledger", "revision", end, "took", e.Now().Sub(begin))
	return nil
}
