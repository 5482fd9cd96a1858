package store

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// Origin is where a batch came from. It is about a person, so it is not in the
// ledger, and it is forgotten after a retention period.
type Origin struct {
	IP        string
	UserAgent string
	At        time.Time
}

// PutOrigin stores where a batch came from.
func (tx *Tx) PutOrigin(batch ledger.BatchID, o Origin) error { panic("being written") }

// Origins returns where the given batches came from, as far as it is known still.
func (db *DB) Origins(ctx context.Context, batches ...ledger.BatchID) (map[ledger.BatchID]Origin, error) {
	panic("being written")
}

// ForgetOrigins deletes the origins that are older than a time, and returns how many.
func (db *DB) ForgetOrigins(ctx context.Context, before time.Time) (int, error) {
	panic("being written")
}
