package store

import (
	"context"
	"database/sql"
	"time"
)

// Login is an attempt to sign in.
type Login struct {
	ID         string
	Account    int64 // 0: nobody has the name
	At         time.Time
	Successful bool
	Failure    string // why it failed
	Provider   string // the kind of identity provider that vouched; empty: a password was tried
	IP         string
}

// AddLogin notes an attempt to sign in.
func (tx *Tx) AddLogin(l Login) error {
	_, err := tx.exec("add login", `insert into logins (id, account, at, successful, failure, ip, provider) values ($1, $2, $3, $4, $5, $6, $7)`,
		l.ID, sql.NullInt64{Int64: l.Account, Valid: l.Account != 0}, stamp(l.At), l.Successful, l.Failure, l.IP, l.Provider)
	return err
}

// Logins returns the newest attempts to sign in, the newest first.
func (db *DB) Logins(ctx context.Context, limit int) ([]Login, error) {
	return readAll(ctx, db, "read logins", `select id, coalesce(account, 0), at, successful, failure, ip, provider from logins
		order by at desc, id desc limit $1`, []any{limit},
		func(scan func(...any) error) (l Login, err error) {
			err = scan(&l.ID, &l.Account, &l.At, &l.Successful, &l.Failure, &l.IP, &l.Provider)
			l.At = stamp(l.At)
			return l, err
		})
}

// ForgetLogins deletes the attempts that are older than a time, and returns how many.
func (db *DB) ForgetLogins(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget logins", `delete from logins where at < $1`, stamp(before))
}
