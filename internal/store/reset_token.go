package store

import (
	"context"
	"time"
)

// ResetToken is what a link to choose a password is recognised by.
type ResetToken struct {
	Digest               Digest
	Account              int64
	CreatedBy            string // the reference of an actor
	CreatedAt, ExpiresAt time.Time
	UsedAt               *time.Time
}

// PutResetToken stores a token. Older ones of the account are worthless from then on.
func (tx *Tx) PutResetToken(t ResetToken) error {
	if _, err := tx.exec("delete reset tokens", `delete from reset_tokens where account = $1`, t.Account); err != nil {
		return err
	}
	_, err := tx.exec("put reset token", `insert into reset_tokens (digest, account, created_by, created_at, expires_at, used_at)
		values ($1, $2, $3, $4, $5, null)`, t.Digest[:], t.Account, t.CreatedBy, stamp(t.CreatedAt), stamp(t.ExpiresAt))
	return err
}

// UseResetToken uses a token up. It fails with ErrNotFound unless the token is there,
// has not expired and was never used.
func (tx *Tx) UseResetToken(digest Digest, now time.Time) error {
	result, err := tx.exec("use reset token", `update reset_tokens set used_at = $2
		where digest = $1 and used_at is null and expires_at > $2`, digest[:], stamp(now))
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return tx.db.failed("use reset token", err)
}

// ResetToken returns the token with a digest, also one that has expired or was used, or
// ErrNotFound.
func (db *DB) ResetToken(ctx context.Context, digest Digest) (ResetToken, error) {
	t := ResetToken{Digest: digest}
	err := db.reader.QueryRowContext(ctx, `select account, created_by, created_at, expires_at, used_at from reset_tokens where digest = $1`, digest[:]).
		Scan(&t.Account, &t.CreatedBy, &t.CreatedAt, &t.ExpiresAt, &t.UsedAt)
	t.CreatedAt, t.ExpiresAt, t.UsedAt = stamp(t.CreatedAt), stamp(t.ExpiresAt), stampOptional(t.UsedAt)
	return t, db.one("read reset token", err)
}
