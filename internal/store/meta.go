package store

import (
	"context"
	"database/sql"
	"errors"
)

// Meta returns a fact about this instance, such as the value by which a wrong key is
// noticed, or ErrNotFound.
func (db *DB) Meta(ctx context.Context, name string) (string, error) {
	var value string
	err := db.reader.QueryRowContext(ctx, `select value from meta where name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNotFound
	}
	return value, db.failed("read meta", err)
}

// PutMeta sets a fact about this instance.
func (tx *Tx) PutMeta(name, value string) error {
	_, err := tx.exec("put meta", `insert into meta (name, value) values ($1, $2)
		on conflict (name) do update set value = excluded.value`, name, value)
	return err
}
