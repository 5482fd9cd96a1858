package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Writer returns the pool that db writes with.
func Writer(db *DB) *sql.DB { return db.writer }

// Reader returns the pool that db reads with.
func Reader(db *DB) *sql.DB { return db.reader }

// LoseOutcome makes the next commit of Append look as if its answer was lost, though it
// took place.
func LoseOutcome(db *DB) {
	db.afterCommit = func() error {
		db.afterCommit = nil
		return fmt.Errorf("the answer was lost: %w", context.DeadlineExceeded)
	}
}
