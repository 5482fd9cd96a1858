// Package flagtest makes instances that look like a company's: projects, segments and
// flags in three environments, with the constraints, variants, tags and dependencies
// that people give them. Tests and benchmarks of several rooms share them.
//
// It is pure: the same seed and size give the same events, byte for byte. It makes
// only what the fold accepts; bad input belongs in the test that wants it. Nor does it
// touch a database: whoever wants the events in one appends what Batches yields.
package flagtest

import (
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// The environments of every instance.
const (
	Development flag.EnvironmentName = "development"
	Staging     flag.EnvironmentName = "staging"
	Production  flag.EnvironmentName = "production"
)

// Epoch is the time of the first batch. Each batch comes a minute after the one before.
var Epoch = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

// Author is who decided everything.
var Author = access.NewRef(access.KindUser, 7)

// State returns an instance with so many flags.
func State(seed uint64, flags int) *state.State {
	s := &state.State{}
	for events := range Decisions(seed, flags) {
		s = After(s, events...)
	}
	return s
}

// Batches yields the instance of State as the ledger's batches, from the first one on.
func Batches(seed uint64, flags int) iter.Seq[[]ledger.Entry] {
	return func(yield func([]ledger.Entry) bool) {
		s := &state.State{}
		for events := range Decisions(seed, flags) {
			batch := Seal(s, events...)
			if !yield(batch) {
				return
			}
			s = fold(s, batch)
		}
	}
}

// Seal returns the batch that appends events to the ledger of a state.
func Seal(s *state.State, events ...state.Event) []ledger.Entry {
	at := Epoch
	if s.Revision() > 0 {
		at = s.At().Add(time.Minute)
	}
	batch := ledger.Batch{ID: batchID(s.Revision()), At: at, Actor: string(Author)}
	for _, event := range events {
		stored, err := state.Encode(event)
		if err != nil {
			panic(fmt.Sprintf("flagtest: %v", err)) // values of the model always have a JSON form
		}
		batch.Events = append(batch.Events, stored)
	}
	entries, _ := ledger.Seal(s.Head(), batch)
	return entries
}

// After returns the state after one more batch. It panics if the events do not fit the state.
func After(s *state.State, events ...state.Event) *state.State {
	return fold(s, Seal(s, events...))
}

func fold(s *state.State, batch []ledger.Entry) *state.State {
	next, _, err := state.Fold(s, batch)
	if err != nil {
		panic(fmt.Sprintf("flagtest: %v", err))
	}
	return next
}

// batchID returns an id that no other batch of the same ledger has.
func batchID(head int64) ledger.BatchID {
	id := ledger.BatchID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint32(id[12:], uint32(head+1))
	return id
}
