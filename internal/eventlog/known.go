package eventlog

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// known is what was read of the whole ledger. Since the ledger only grows, each of them is asked
// again only about what was appended since, so a long ledger is gone through once.
type known struct {
	mu     sync.Mutex
	totals map[[sha256.Size]byte]store.EventCount // by digests of filters, which may be long

	actors   map[string]bool
	actorsAt int64 // the revision of the newest event whose actor is in actors

	gone   map[int64]string // names of deleted tokens, by their ids
	goneAt int64
}

// keptTotals bounds the filters whose totals are kept; beyond it, all are forgotten.
const keptTotals = 1_000

// count returns how many events match a filter, whatever page of them is wanted.
func (l *Log) count(ctx context.Context, filter store.EventFilter) (int, error) {
	filter.Offset, filter.Limit = 0, 0
	text, err := json.Marshal(filter)
	if err != nil {
		return 0, fmt.Errorf("eventlog: count events: %w", err)
	}
	key := sha256.Sum256(text)
	l.known.mu.Lock()
	sum := l.known.totals[key]
	l.known.mu.Unlock()
	if filter.After = sum.Revision; sum.At.After(filter.From) {
		filter.From = sum.At
	}
	more, err := l.db.CountEvents(ctx, filter)
	if err != nil {
		return 0, away("count events", err)
	}
	more.Total += sum.Total
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	if len(l.known.totals) >= keptTotals {
		clear(l.known.totals)
	}
	l.known.totals[key] = more
	return more.Total, nil
}

// actors returns the references of everyone who did something, sorted.
func (l *Log) actors(ctx context.Context) ([]string, error) {
	l.known.mu.Lock()
	at := l.known.actorsAt
	l.known.mu.Unlock()
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
		return nil, fmt.Errorf("eventlog: names of deleted tokens: %w", err)
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
