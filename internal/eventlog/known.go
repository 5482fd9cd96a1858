package eventlog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// known is what was read of the whole ledger. Since the ledger only grows, each of them is asked
// again only about what was appended since, so a long ledger is gone through once. It is in memory alone, and empty at a
// start. mu guards all of it, and is not held while the database is asked: two that ask at once may read the same twice,
// and note it once.
type known struct {
	mu     sync.Mutex
	blocks []block // each behind the one before, from the ledger's beginning

	actors   map[string]bool
	actorsAt int64 // the revision of the newest event whose actor is in actors

	gone   map[int64]string // names of deleted tokens, by their ids
	goneAt int64
}

// Remember goes through what was appended since it was last called, so that nobody who asks waits for it. It
// is to be called now and then; until it was, all answers are the same, only slower.
func (l *Log) Remember(ctx context.Context) error {
	head, err := l.db.CountEvents(ctx, store.EventFilter{}) // there are no gaps
	if err != nil {
		return away("remember", err)
	}
	// A block is counted when it is full, one after the other; what is behind the last stays with the database.
	for {
		l.known.mu.Lock()
		first := int64(len(l.known.blocks))*l.blockSize + 1
		l.known.mu.Unlock()
		if int64(head) < first+l.blockSize-1 {
			break
		}
		if err := l.tally(ctx, first); err != nil {
			return err
		}
	}
	if _, err := l.actors(ctx); err != nil {
		return err
	}
	_, err = l.deletedTokens(ctx)
	return err
}

// actors returns the references of everyone who did something, sorted.
func (l *Log) actors(ctx context.Context) ([]string, error) {
	l.known.mu.Lock()
	at := l.known.actorsAt
	l.known.mu.Unlock()
	// at is the newest revision that has been looked at, from here on.
	more, at, err := l.db.Actors(ctx, at)
	if err != nil {
		return nil, away("read actors", err)
	}
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	for _, actor := range more {
		l.known.actors[actor] = true
	}
	l.known.actorsAt = max(l.known.actorsAt, at)
	return slices.Sorted(maps.Keys(l.known.actors)), nil
}

// deletedTokens returns the names of the API tokens that are deleted, by their ids.
func (l *Log) deletedTokens(ctx context.Context) (map[int64]string, error) {
	l.known.mu.Lock()
	filter := store.EventFilter{Types: []string{state.APITokenDeleted{}.EventType()}, After: l.known.goneAt}
	l.known.mu.Unlock()
	at := l.state().Revision() // all events up to here can be read
	deletions, err := l.db.Events(ctx, filter)
	if err != nil {
		return nil, away("names of deleted tokens", err)
	}
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	for _, stored := range deletions {
		event, err := state.Decode(stored)
		if err != nil {
			return nil, fmt.Errorf("eventlog: names of deleted tokens: %w", err)
		}
		if deletion, ok := event.Payload.(state.APITokenDeleted); ok {
			l.known.gone[deletion.Before.ID] = deletion.Before.Name
		}
	}
	l.known.goneAt = max(l.known.goneAt, at)
	return maps.Clone(l.known.gone), nil
}
