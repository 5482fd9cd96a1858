package store

import (
	"context"
	"time"
)

// Session says that a person is signed in, until it expires or is deleted.
type Session struct {
	ID     string // what it is called; it opens nothing
	Digest Digest
	// Account is the person's.
	Account              int64
	CreatedAt, ExpiresAt time.Time
	IP, UserAgent        string
	// Provider is the identity provider by which it began, "oidc" or "saml"; empty: a password.
	Provider string
	// ProviderSession is, sealed, what the provider must be told to end its own session; empty: nothing.
	ProviderSession []byte
}

// AddSession stores a session. Of its account's, the newest are kept, keep in all; it
// returns how many are left, and how many were deleted.
func (tx *Tx) AddSession(s Session, keep int) (active, deleted int, err error) {
	if _, err := tx.exec("add session", `insert into sessions (id, digest, account, created_at, expires_at, ip, user_agent, provider, provider_session)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Digest[:], s.Account, stamp(s.CreatedAt), stamp(s.ExpiresAt), s.IP, readable(s.UserAgent), s.Provider, s.ProviderSession); err != nil {
		return 0, 0, err
	}
	if _, err := tx.exec("delete expired sessions", `delete from sessions where account = $1 and expires_at <= $2`, s.Account, stamp(s.CreatedAt)); err != nil {
		return 0, 0, err
	}
	result, err := tx.exec("delete oldest sessions", `delete from sessions where account = $1 and id not in
		(select id from sessions where account = $1 order by created_at desc, id desc limit $2)`, s.Account, keep)
	if err != nil {
		return 0, 0, err
	}
	gone, err := result.RowsAffected()
	if err != nil {
		return 0, 0, tx.db.failed("delete oldest sessions", err)
	}
	err = tx.tx.QueryRowContext(tx.ctx, `select count(*) from sessions where account = $1`, s.Account).Scan(&active)
	return active, int(gone), tx.db.failed("count sessions", err)
}

// DeleteSessions ends the sessions of an account, but for the one with the given
// digest; nil: all of them.
func (tx *Tx) DeleteSessions(account int64, except *Digest) error {
	kept := []byte{}
	if except != nil {
		kept = except[:]
	}
	_, err := tx.exec("delete sessions", `delete from sessions where account = $1 and digest <> $2`, account, kept)
	return err
}

// DeleteSession ends a session, if it is there.
func (tx *Tx) DeleteSession(id string) error {
	_, err := tx.exec("delete session", `delete from sessions where id = $1`, id)
	return err
}

const sessionColumns = `id, digest, account, created_at, expires_at, ip, user_agent, provider, provider_session`

func scanSession(scan func(...any) error) (Session, error) {
	var s Session
	var digest []byte
	err := scan(&s.ID, &digest, &s.Account, &s.CreatedAt, &s.ExpiresAt, &s.IP, &s.UserAgent, &s.Provider, &s.ProviderSession)
	copy(s.Digest[:], digest)
	s.CreatedAt, s.ExpiresAt = stamp(s.CreatedAt), stamp(s.ExpiresAt)
	return s, err
}

// Session returns the session with a digest, also one that has expired, or ErrNotFound.
func (db *DB) Session(ctx context.Context, digest Digest) (Session, error) {
	s, err := scanSession(db.reader.QueryRowContext(ctx, `select `+sessionColumns+` from sessions where digest = $1`, digest[:]).Scan)
	return s, db.one("read session", err)
}

// Sessions returns all sessions that have not expired, the newest first.
func (db *DB) Sessions(ctx context.Context, now time.Time) ([]Session, error) {
	return readAll(ctx, db, "read sessions", `select `+sessionColumns+` from sessions where expires_at > $1 order by created_at desc, id desc`,
		[]any{stamp(now)}, scanSession)
}

// ForgetSessions deletes the sessions that expired before a time, and returns how many.
func (db *DB) ForgetSessions(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget sessions", `delete from sessions where expires_at < $1`, stamp(before))
}
