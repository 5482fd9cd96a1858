package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is the number of connections that read at once on SQLite.
const readers = 8

// busyTimeout is how many milliseconds a connection waits for another.
const busyTimeout = "5000"

func openSQLite(ctx context.Context, address string) (*DB, error) {
	path, err := filepath.Abs(strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		return nil, err
	}
	folder, err := lockFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, errors.Join(err, folder.release())
	}
	// Times are text that sorts as time does. FULL makes each commit reach the disk;
	// WAL lets readers go on meanwhile. What is deleted is overwritten: a person who was
	// erased must not be found in the file.
	settings := url.Values{
		"_time_format": {"sqlite"},
		"_txlock":      {"immediate"},
		"_pragma": {
			"busy_timeout(" + busyTimeout + ")", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)", "secure_delete(on)",
			"wal_autocheckpoint(4000)", "journal_size_limit(67108864)",
		},
	}
	db := &DB{engine: SQLite, classify: classifySQLite, folder: folder, turn: make(chan struct{}, 1)}
	connect := func(limit int) *sql.DB {
		file := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: settings.Encode()}
		// The driver cannot fail to be opened: it connects on first use.
		pool, _ := sql.Open("sqlite", file.String())
		pool.SetMaxOpenConns(limit)
		pool.SetMaxIdleConns(limit)
		return pool
	}
	db.writer = connect(1)
	settings.Add("_pragma", "query_only(on)")
	settings.Del("_txlock")
	db.reader = connect(readers)
	if err := db.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return db, nil
}

// makePrivate makes the file of a database that is not there yet, for the eyes of the server's user alone: it holds hashes of
// passwords. SQLite gives the files beside it the same mode.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// scrubPatience is how long erasing waits for readers, in which no other write can go on. It is an SQL text of milliseconds.
const scrubPatience = "200"

// scrub moves what is in SQLite's write-ahead log into the database and empties the log, which holds pages as they were before
// somebody was erased. While a reader is in the way, each write tries again, without waiting. PostgreSQL's vacuum does it by itself.
func (db *DB) scrub(ctx context.Context, erased bool) {
	if db.engine != SQLite || !erased && !db.unscrubbed.Load() {
		return
	}
	patience := "0"
	if erased {
		patience = scrubPatience
	}
	db.unscrubbed.Store(db.emptyLog(ctx, patience) != nil) // the person is erased in any case
}

// emptyLog returns an error if a reader is in the way for longer than some milliseconds.
func (db *DB) emptyLog(ctx context.Context, patience string) error {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `pragma busy_timeout = `+busyTimeout) // nobody else writes
		_ = conn.Close()
	}()
	if _, err := conn.ExecContext(ctx, `pragma busy_timeout = `+patience); err != nil {
		return err
	}
	var busy, pages, moved int
	if err := conn.QueryRowContext(ctx, `pragma wal_checkpoint(truncate)`).Scan(&busy, &pages, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("a reader is in the way")
	}
	return nil
}

func classifySQLite(err error) failure {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if errors.Is(err, context.DeadlineExceeded) {
			return lost
		}
		return internal
	}
	// The low byte is the primary code; the others say it more exactly.
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		return refused
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return unavailable
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_INTERRUPT:
		return lost
	default:
		return internal
	}
}

// folderLock keeps other processes away from the folder of a database. The lock
// is the operating system's, so it ends with the process, however that ends.
type folderLock struct{ file *os.File }

func lockFolder(folder string) (*folderLock, error) {
	path := filepath.Join(folder, "quorate.lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder must exist and be writable: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close() // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrLocked, folder)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &folderLock{file: file}, nil
}

// release leaves the file: removing it could take it from under another process that
// is about to lock it. Closing alone would not end the lock at once if this process was
// starting another one just then, which has the file open until it begins.
func (l *folderLock) release() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}
