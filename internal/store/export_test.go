package store

import "database/sql"

// Writer returns the pool that db writes with, to compare what it costs.
func Writer(db *DB) *sql.DB { return db.writer }

// LoseOutcome makes the next commit of Append report err, though it took place.
func LoseOutcome(db *DB, err error) {
	db.afterCommit = func() error {
		db.afterCommit = nil
		return err
	}
}
