package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// Storage says where an instance keeps its data.
// HEAD is what this node has seen of the ledger, by which a restored database is recognised (docs/operations.md).
type Storage struct {
	// Data is the data folder: the secret key, HEAD, and the database unless another is
	// given. It is made if it does not exist.
	Data string
	// Database is the URL of a PostgreSQL database; empty: SQLite in the data folder.
	Database string
}

// DatabaseFile is the name of the SQLite database in the data folder.
const DatabaseFile = "quorate.db"

// open opens the database, after making the data folder.
// The folder is the owner's alone: the key is in it.
func (s Storage) open(ctx context.Context) (*store.DB, error) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return nil, fmt.Errorf("server: make the data folder: %w", err)
	}
	url := s.Database
	if url == "" {
		url = "sqlite:" + filepath.Join(s.Data, DatabaseFile)
	}
	db, err := store.Open(ctx, store.Options{URL: url})
	if errors.Is(err, store.ErrLocked) {
		return nil, fmt.Errorf("another process uses the data folder %s. A folder has one server; several servers need PostgreSQL (--database)", s.Data)
	}
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return db, nil
}

// openExisting opens a database that a server has started on. The tools use it: to them, a folder whose name is mistyped must
// not be an empty ledger that holds.
func (s Storage) openExisting(ctx context.Context) (*store.DB, error) {
	if err := s.exists(); err != nil {
		return nil, err
	}
	return s.open(ctx)
}

// exists refuses a data folder without a database, unless that is PostgreSQL.
func (s Storage) exists() error {
	file := filepath.Join(s.Data, DatabaseFile)
	if _, err := os.Stat(file); s.Database == "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s. Name the data folder of a server, or a copy of it, with --data, or its PostgreSQL database with --database", file)
	}
	return nil
}

// engineOptions are those of a node on this storage, with the machine's clock.
// Nothing is logged; a server sets its own log.
func (s Storage) engineOptions(db *store.DB) engine.Options {
	return engine.Options{
		DB:       db,
		Now:      time.Now,
		NewID:    func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
		Log:      slog.New(slog.DiscardHandler),
		HeadFile: filepath.Join(s.Data, "HEAD"),
	}
}
