package store

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// Snapshot is a state written down, so that a start need not fold the whole ledger.
// It is a cache: deleting it loses nothing.
type Snapshot struct {
	Revision int64       // the last revision that is folded in; the end of a batch
	Hash     ledger.Hash // that revision's
	Format   int         // of Body; a node reads only the format that it writes
	At       time.Time   // when it was made
	Body     []byte
}

// SaveSnapshot stores a snapshot. If there is one of its revision and format already, that one stays.
func (db *DB) SaveSnapshot(ctx context.Context, s Snapshot) error { panic("being written") }

// NewestSnapshot returns the newest snapshot of a format whose revision is at most
// notAfter, or ErrNotFound.
func (db *DB) NewestSnapshot(ctx context.Context, format int, notAfter int64) (Snapshot, error) {
	panic("being written")
}

// PruneSnapshots deletes the snapshots that are no longer kept at the time now, and returns
// how many: see expired in this file for the rule.
func (db *DB) PruneSnapshots(ctx context.Context, format int, now time.Time) (int, error) {
	panic("being written")
}
