package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"
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

// OpenAt opens a database as a release left it whose newest migration was version.
func OpenAt(ctx context.Context, url string, version int64) (*DB, error) {
	open := openSQLite
	if strings.HasPrefix(url, "postgres") {
		open = openPostgres
	}
	db, err := open(ctx, url)
	if err != nil {
		return nil, err
	}
	provider, err := db.provider()
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	return db, err
}

// Migrations returns the names of all migrations, in their order.
func Migrations() ([]string, error) { return fs.Glob(migrations, "migrations/*.sql") }
