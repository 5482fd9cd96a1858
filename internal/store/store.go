// Package store keeps Quorate's data in SQLite or PostgreSQL: the ledger's entries,
// and beside them the plain tables for what does not belong in a ledger (snapshots,
// sealed secrets, where events came from).
//
// One SQL text serves both engines; the few places where they differ are in
// sqlite.go and postgres.go, and in migrations whose names end with the engine's.
// Each noun has a file with its SQL in it; no SQL is written outside this room.
//
// The promises of the ledger's table:
//
//   - Append writes a batch right behind the head that it was decided on, whole or
//     not at all. Neither a gap nor a fork can be stored, not even by SQL that is
//     written by hand, and no row can be changed or removed.
//   - If the connection is lost in the middle of a commit, Append finds out what
//     became of it before it answers.
//   - What Append has confirmed is on disk.
//
// PostgreSQL has to be reached directly: a pooler that hands a connection to another
// client after each transaction takes away LISTEN and advisory locks.
//
// What a batch means, when to decide again after ErrHeadMoved, and what to do about
// a damaged ledger belong in engine. Nor does this room encrypt: sealed boxes come
// and go as they are.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Engine is the kind of database.
type Engine string

// The engines.
const (
	SQLite     Engine = "SQLite"
	PostgreSQL Engine = "PostgreSQL"
)

// Options say which database to open.
type Options struct {
	// URL is postgres://… or postgresql://…, sqlite:PATH, or the plain path of an
	// SQLite file. The file's folder must exist.
	URL string
}

// DB is an open database. Its methods may be called from several goroutines at once.
type DB struct {
	engine Engine
	// writer and reader are the same pool on PostgreSQL. On SQLite the writer has a
	// single connection, and the reader's connections cannot write.
	writer, reader *sql.DB
	// classify says what an error of the driver means.
	classify func(error) failure
	inserts  inserts

	// own configures connections outside the pool; PostgreSQL only.
	own *pgx.ConnConfig
	// folder is locked by this process, and turn is held by who is in WithLock;
	// SQLite only.
	folder *folderLock
	turn   chan struct{}
	// unscrubbed says that the write-ahead log may still have somebody who was erased; SQLite only.
	unscrubbed atomic.Bool

	// afterCommit, if set, replaces the outcome of each commit of Append. Tests set it to
	// lose an outcome.
	afterCommit func() error
}

// Open connects to the database and brings its tables up to date. With SQLite it
// locks the folder that the file is in until Close, and fails with ErrLocked if
// another process has done so.
func Open(ctx context.Context, options Options) (*DB, error) {
	open := openSQLite
	if strings.HasPrefix(options.URL, "postgres://") || strings.HasPrefix(options.URL, "postgresql://") {
		open = openPostgres
	}
	db, err := open(ctx, options.URL)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(db.failed("migrate", err), db.Close())
	}
	return db, nil
}

// Close closes all connections, and unlocks the data folder.
func (db *DB) Close() error {
	var errs []error
	if db.reader != db.writer {
		errs = append(errs, db.reader.Close())
	}
	errs = append(errs, db.writer.Close())
	if db.folder != nil {
		errs = append(errs, db.folder.release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Engine returns the kind of database.
func (db *DB) Engine() Engine { return db.engine }

// Now returns the time of the database's clock, UTC in microseconds: on PostgreSQL
// the server's, so that a node can tell how far off its own clock is; on SQLite
// this machine's, since there is no other.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	if db.engine == SQLite {
		return stamp(time.Now()), nil
	}
	var now time.Time
	err := db.reader.QueryRowContext(ctx, `select clock_timestamp() at time zone 'UTC'`).Scan(&now)
	return stamp(now), db.failed("read clock", err)
}

// placeholder adds an argument of a query and returns what stands for it in the SQL.
func placeholder(value any, args *[]any) string {
	*args = append(*args, value)
	return "$" + strconv.Itoa(len(*args))
}

// in returns the condition that a column has one of the values, and adds them to args.
func in[T any](column string, values []T, args *[]any) string {
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = placeholder(value, args)
	}
	return column + " in (" + strings.Join(list, ", ") + ")"
}

// readable returns a header's value as text: its bytes may be anything, and PostgreSQL takes UTF-8 only.
func readable(value string) string { return strings.ToValidUTF8(value, "\uFFFD") }

// stamp gives a time the form in which both engines keep it: UTC, whole microseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Tx is a transaction of the database. It is valid only inside the function that it
// is handed to.
type Tx struct {
	ctx context.Context //nolint:containedctx // a transaction lives and dies with its context
	tx  *sql.Tx
	db  *DB
	// erased says that rows were deleted of which nothing may be left once they are.
	erased bool
}

// Update runs fn in a transaction, which is committed if fn returns nil. It is for
// plain tables alone; what belongs to events is written by Append's also. What fn
// returns is returned as it is.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return db.failed("begin", err)
	}
	own := &Tx{ctx: ctx, tx: tx, db: db}
	if err := fn(own); err != nil {
		_ = tx.Rollback() // fn's error says more than a failing rollback
		return err
	}
	err = tx.Commit()
	if err == nil {
		db.scrub(ctx, own.erased)
	}
	if err != nil && db.meaning(err) == lost {
		err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return db.failed("commit", err)
}

// exec runs a statement; what names it in errors: "put origin".
func (tx *Tx) exec(what, query string, args ...any) (sql.Result, error) {
	result, err := tx.tx.ExecContext(tx.ctx, query, args...)
	return result, tx.db.failed(what, err)
}

// exec runs a single statement outside a transaction and returns the number of rows it
// touched.
func (db *DB) exec(ctx context.Context, what, query string, args ...any) (int, error) {
	result, err := db.writer.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.failed(what, err)
	}
	n, err := result.RowsAffected()
	return int(n), db.failed(what, err)
}

// each runs a query and calls fn on every row, with the row's Scan.
func (db *DB) each(ctx context.Context, what, query string, args []any, fn func(scan func(...any) error) error) error {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return db.failed(what, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err below reports what matters
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return db.failed(what, rows.Err())
}

// readAll runs a query and returns what read makes of each row.
func readAll[T any](ctx context.Context, db *DB, what, query string, args []any, read func(scan func(...any) error) (T, error)) ([]T, error) {
	var all []T
	err := db.each(ctx, what, query, args, func(scan func(...any) error) error {
		row, err := read(scan)
		if err != nil {
			return db.failed(what, err)
		}
		all = append(all, row)
		return nil
	})
	return all, err
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 100

// upsert writes rows, whose key comes first and which no two share. Those that are there
// already are treated as the end of the statement says: "on conflict …". All nodes write in
// the order of the keys, so that no two wait for each other.
func (tx *Tx) upsert(what, into, onConflict string, rows [][]any) error {
	slices.SortFunc(rows, compareRows)
	for chunk := range slices.Chunk(rows, rowsAtOnce) {
		var args []any
		values := make([]string, len(chunk))
		for i, row := range chunk {
			list := make([]string, len(row))
			for j, value := range row {
				list[j] = placeholder(value, &args)
			}
			values[i] = "(" + strings.Join(list, ", ") + ")"
		}
		if _, err := tx.exec(what, "insert into "+into+" values "+strings.Join(values, ", ")+" "+onConflict, args...); err != nil {
			return err
		}
	}
	return nil
}

// compareRows orders rows by their keys, which are texts, numbers and times.
func compareRows(a, b []any) int {
	for i := range a {
		order := 0
		switch value := a[i].(type) {
		case string:
			order = cmp.Compare(value, b[i].(string))
		case int64:
			order = cmp.Compare(value, b[i].(int64))
		case time.Time:
			order = value.Compare(b[i].(time.Time))
		}
		if order != 0 {
			return order
		}
	}
	return 0
}
