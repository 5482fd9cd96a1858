package store

import (
	"context"

	"github.com/quorate/quorate/internal/ledger"
)

// Append stores a sealed batch behind head, on disk when it returns nil.
//
// also, which may be nil, writes to plain tables in the same transaction; it runs
// after the entries are inserted. It may be called again if the connection is lost, and
// what it returns is returned as it is, with nothing stored.
//
// Once begun, Append does not stop for ctx: a caller who gives up must not leave an
// outcome unknown. It gives up by itself after ten seconds.
//
// Errors: ErrHeadMoved, ErrHeadUnknown, ErrUnavailable, ErrOutcomeUnknown.
func (db *DB) Append(ctx context.Context, head ledger.Head, batch []ledger.Entry, also func(*Tx) error) error {
	panic("being written")
}

// Head returns the end of the stored ledger; the zero Head if it is empty.
func (db *DB) Head(ctx context.Context) (ledger.Head, error) { panic("being written") }

// Holds reports whether the stored ledger contains the given head, at its end or
// anywhere before. It contains the zero Head always.
func (db *DB) Holds(ctx context.Context, head ledger.Head) (bool, error) { panic("being written") }

// Tail returns the entries after a revision, in order, at least limit of them if
// there are as many: it never ends inside a batch. The chain is not verified. The
// error is a *ledger.Break if an entry cannot be read.
func (db *DB) Tail(ctx context.Context, after int64, limit int) ([]ledger.Entry, error) {
	panic("being written")
}

// Scan calls fn with every stored entry after a revision, in order, as raw bytes, and
// stops at the first error, which it returns. fn may keep body.
func (db *DB) Scan(ctx context.Context, after int64, fn func(body []byte, hash ledger.Hash) error) error {
	panic("being written")
}

// Verify checks the chain from a trusted head to its end, and that the columns by which events are
// found say what the bodies say. It calls fn, which may be nil, with each verified event in order,
// and returns the head it reached. The error is a *ledger.Break if something does not hold.
func (db *DB) Verify(ctx context.Context, from ledger.Head, fn func(ledger.Event) error) (ledger.Head, error) {
	panic("being written")
}
