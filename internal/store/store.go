// Package store keeps Quorate's data in SQLite or PostgreSQL: the ledger's entries,
// and beside them the plain tables for what does not belong in a ledger (people,
// sessions, where events came from, snapshots, sealed secrets).
//
// One SQL text serves both engines; the few places where they differ are in
// sqlite.go and postgres.go, and in migrations whose names end with the engine's.
// Each noun has a file with its SQL in it, so no SQL is written outside this room.
//
// The promises of the ledger's table:
//
//   - Append writes the batch right behind the head that it was decided on, whole,
//     or not at all. Neither a gap nor a fork can be stored, not even by SQL that
//     is written by hand, and no row can be changed or removed.
//   - If the connection is lost in the middle of a commit, Append finds out what
//     became of it before it answers.
//   - What Append has confirmed is on disk.
//
// What a batch means, when to decide again after ErrHeadMoved, and what to do with
// a damaged ledger belong in engine, not here. Nor does the store encrypt: sealed
// boxes come and go as they are.
package store

import (
	"context"
	"errors"
	"time"
)

// Engine is the kind of database.
type Engine string

// The engines.
const (
	SQLite     Engine = "SQLite"
	PostgreSQL Engine = "PostgreSQL"
)

// Failures that callers tell apart, with errors.Is.
var (
	// ErrHeadMoved: another writer has appended behind the same head. Catch up and
	// decide again.
	ErrHeadMoved = errors.New("store: the ledger's head has moved")
	// ErrHeadUnknown: the database does not hold the head that was given. It was
	// restored from a backup, or replaced.
	ErrHeadUnknown = errors.New("store: the database does not hold this head")
	// ErrUnavailable: the database cannot serve now: it is stopped, out of
	// reach, full or too busy. Nothing was written, unless the error is also
	// ErrOutcomeUnknown.
	ErrUnavailable = errors.New("store: the database is unavailable")
	// ErrOutcomeUnknown: the connection was lost while the batch was being committed
	// and the database did not come back in time to say what became of it. The
	// error is ErrUnavailable too. The tail will show.
	ErrOutcomeUnknown = errors.New("store: the database was lost during a commit")
	// ErrLocked: another process uses the data folder of this SQLite database.
	ErrLocked = errors.New("store: the data folder is in use by another process")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("store: not found")
)

// Options say which database to open.
type Options struct {
	// URL is postgres://… or postgresql://…, sqlite:PATH, or a plain path of an
	// SQLite file, whose folder must exist.
	URL string
}

// DB is an open database. Its methods may be called from several goroutines at once.
type DB struct {
	engine Engine
}

// Open connects to the database and brings its tables up to date. With SQLite it
// locks the folder that the file is in until Close, and fails with ErrLocked if
// another process has done so.
func Open(ctx context.Context, options Options) (*DB, error) { panic("being written") }

// Close closes all connections, and unlocks the data folder.
func (db *DB) Close() error { panic("being written") }

// Engine returns the kind of database.
func (db *DB) Engine() Engine { return db.engine }

// Now returns the time of the database's clock, UTC in microseconds: on PostgreSQL
// the server's, so that a node can tell how far off its own clock is; on SQLite
// this machine's, since there is no other.
func (db *DB) Now(ctx context.Context) (time.Time, error) { panic("being written") }

// Tx is a transaction of the database.
type Tx struct{}

// Update runs fn in a transaction, which is committed if fn returns nil. It is for
// plain tables alone; what belongs with events is written by Append's also.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error { panic("being written") }

// WithLock runs fn while no other node runs one under this lock. It waits as long
// as ctx allows. On PostgreSQL it is an advisory lock on a connection of its own; if that is
// lost, so is the lock, while fn runs on: nothing may depend on the lock but fairness.
func (db *DB) WithLock(ctx context.Context, fn func(context.Context) error) error {
	panic("being written")
}

// Listen calls fn with the revision of the ledger's head: once as soon as it listens,
// then after every append by any node. Calls may come late, twice or, in rare
// cases, never; they are hints to read the tail. It returns when ctx is done or the
// connection breaks, then with ErrUnavailable.
//
// On SQLite there is no other node: it waits for ctx and never calls fn.
func (db *DB) Listen(ctx context.Context, fn func(revision int64)) error { panic("being written") }
