package store

import (
	"context"
	"time"
)

// PutSplash notes that a person has seen a splash screen, as they may have before.
func (tx *Tx) PutSplash(account int64, name string, at time.Time) error {
	_, err := tx.exec("put splash", `insert into splash_views (account, name, seen_at) values ($1, $2, $3)
		on conflict (account, name) do nothing`, account, name, stamp(at))
	return err
}

// Splashes returns the splash screens that a person has seen, by name.
func (db *DB) Splashes(ctx context.Context, account int64) ([]string, error) {
	return readAll(ctx, db, "read splashes", `select name from splash_views where account = $1 order by name`, []any{account},
		func(scan func(...any) error) (name string, err error) {
			err = scan(&name)
			return name, err
		})
}
