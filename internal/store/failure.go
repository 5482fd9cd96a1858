package store

import (
	"context"
	"errors"
	"fmt"
)

// Failures that callers tell apart, with errors.Is.
var (
	// ErrHeadMoved: another writer has appended behind the same head. Catch up and
	// decide again.
	ErrHeadMoved = errors.New("the ledger's head has moved")
	// ErrHeadUnknown: the database does not hold the head that was given. It was
	// restored from a backup, or replaced.
	ErrHeadUnknown = errors.New("the database does not hold this head of the ledger")
	// ErrUnavailable: the database cannot serve now: it is stopped, out of reach,
	// full or too busy. Nothing was written, unless the error is ErrOutcomeUnknown too.
	ErrUnavailable = errors.New("the database is unavailable")
	// ErrOutcomeUnknown: the connection was lost during a commit, and it is not known
	// what became of it; in the case of a batch, because the database did not come
	// back in time to be asked: the tail will show. The error is ErrUnavailable too.
	ErrOutcomeUnknown = errors.New("the database was lost during a commit")
	// ErrLocked: another process uses the data folder of this SQLite database.
	ErrLocked = errors.New("the data folder is in use by another process")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrTaken: somebody else has the name.
	ErrTaken = errors.New("taken")
)

// failure is what an error of a database means to a writer.
type failure int

const (
	internal    failure = iota // a mistake of ours, or damage
	refused                    // a constraint did not hold; nothing was written
	unavailable                // the database cannot serve now; nothing was written
	lost                       // the connection was lost; a write may have happened or not
)

// meaning classifies an error of a driver, or one that was marked before.
func (db *DB) meaning(err error) failure {
	if errors.Is(err, ErrUnavailable) {
		return unavailable
	}
	return db.classify(err)
}

// failed wraps what a driver returned, and marks it as ErrUnavailable where it is. It
// leaves a caller's own giving up unmarked. nil stays nil.
func (db *DB) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	meaning := db.meaning(err)
	if (meaning == unavailable || meaning == lost) &&
		!errors.Is(err, ErrUnavailable) && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("store: %s: %w: %w", what, ErrUnavailable, err)
	}
	return fmt.Errorf("store: %s: %w", what, err)
}
