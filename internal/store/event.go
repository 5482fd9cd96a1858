package store

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// EventFilter says which events are wanted. Its fields narrow the choice together;
// the zero value of a field narrows nothing. An event matches a list when it has
// one of the values; the value "" stands for events that have none.
type EventFilter struct {
	Revisions    []int64
	Types        []string
	Projects     []string
	Environments []string
	Features     []string
	Actors       []string
	Group        ledger.Group
	From, To     time.Time // from inclusive, to exclusive

	// Offset and Limit choose a page; a Limit of 0 means all.
	Offset, Limit int
}

// Events returns a page of the events that match, newest first, and how many match
// in all.
func (db *DB) Events(ctx context.Context, filter EventFilter) ([]ledger.Event, int, error) {
	panic("being written")
}
