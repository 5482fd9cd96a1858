package store

import (
	"context"
	"database/sql"
	"errors"
)

// Cursor returns how far the cursor with a name has come, or ErrNotFound.
func (db *DB) Cursor(ctx context.Context, name string) (int64, error) {
	var position int64
	err := db.reader.QueryRowContext(ctx, `select position from cursors where name = $1`, name).Scan(&position)
	return position, db.one("read cursor", err)
}

// BeginCursor puts a cursor at a position, unless it is somewhere already.
func (tx *Tx) BeginCursor(name string, position int64) error {
	_, err := tx.exec("begin cursor", `insert into cursors (name, position) values ($1, $2) on conflict do nothing`, name, position)
	return err
}

// MoveCursor moves a cursor, and reports whether it was where the caller believed: if not,
// somebody else has moved it, and nothing has happened. Until the transaction ends, nobody else
// can move it.
func (tx *Tx) MoveCursor(name string, from, to int64) (bool, error) {
	result, err := tx.exec("move cursor", `update cursors set position = $3 where name = $1 and position = $2`, name, from, to)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, tx.db.failed("move cursor", err)
}

// next moves a counter on by n and returns the first of the n numbers that it passed. Until
// the transaction ends, nobody else can have numbers of it.
func (tx *Tx) next(counter string, n int) (int64, error) {
	var last int64
	move := func() error {
		return tx.tx.QueryRowContext(tx.ctx, `update cursors set position = position + $2 where name = $1 returning position`, counter, n).Scan(&last)
	}
	err := move()
	if errors.Is(err, sql.ErrNoRows) { // it has never counted
		if err := tx.BeginCursor(counter, 0); err != nil {
			return 0, err
		}
		err = move()
	}
	return last - int64(n) + 1, tx.db.failed("count on", err)
}
