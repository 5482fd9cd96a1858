package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// Migrations are numbered. One whose name ends with an engine's name before .sql is
// for that engine only; there may be two with the same number then. New ones get the
// greatest number: a database that has a later one refuses an earlier one.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date, one node at a time.
func (db *DB) migrate(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	// The lock is taken only when there is work, since a start should not wait for one.
	pending, err := provider.HasPending(ctx)
	if err != nil || !pending {
		return err
	}
	return db.WithLock(ctx, func(ctx context.Context) error {
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		return nil
	})
}

// provider returns what applies the migrations that are for this engine.
func (db *DB) provider() (*goose.Provider, error) {
	dialect, others := goose.DialectSQLite3, ".postgres.sql"
	if db.engine == PostgreSQL {
		dialect, others = goose.DialectPostgres, ".sqlite.sql"
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	files, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var excluded []string
	for _, file := range files {
		if strings.HasSuffix(file.Name(), others) {
			excluded = append(excluded, file.Name())
		}
	}
	return goose.NewProvider(dialect, db.writer, folder, goose.WithExcludeNames(excluded), goose.WithDisableGlobalRegistry(true))
}
