package store

import (
	"context"
	"time"
)

// SignOnSubject is whom an identity provider knows as which account.
type SignOnSubject struct {
	Issuer, Subject string
	Account         int64
}

// PutSignOnSubject stores whom a provider knows as which account. It fails with ErrTaken if the
// provider knows somebody else as that account.
func (tx *Tx) PutSignOnSubject(s SignOnSubject) error {
	var others int
	if err := tx.tx.QueryRowContext(tx.ctx, `select count(*) from sign_on_subjects where issuer = $1 and account = $2 and subject <> $3`,
		s.Issuer, s.Account, s.Subject).Scan(&others); err != nil {
		return tx.db.failed("look up subjects", err)
	}
	if others > 0 {
		return ErrTaken
	}
	_, err := tx.exec("put subject", `insert into sign_on_subjects (issuer, subject, account) values ($1, $2, $3)
		on conflict (issuer, subject) do update set account = excluded.account`, s.Issuer, s.Subject, s.Account)
	return err
}

// SignOnSubjectOf returns the subject by which an issuer knows an account, or ErrNotFound.
func (db *DB) SignOnSubjectOf(ctx context.Context, issuer string, account int64) (string, error) {
	var subject string
	err := db.reader.QueryRowContext(ctx, `select subject from sign_on_subjects where issuer = $1 and account = $2`, issuer, account).Scan(&subject)
	return subject, db.one("read subject", err)
}

// SignOnAccount returns the account that a provider knows as a subject, or ErrNotFound.
func (db *DB) SignOnAccount(ctx context.Context, issuer, subject string) (int64, error) {
	var account int64
	err := db.reader.QueryRowContext(ctx, `select account from sign_on_subjects where issuer = $1 and subject = $2`, issuer, subject).Scan(&account)
	return account, db.one("read subject", err)
}

// UseAssertion notes that an assertion was used, and reports whether it was for the first time.
func (tx *Tx) UseAssertion(id Digest, until time.Time) (fresh bool, err error) {
	result, err := tx.exec("use assertion", `insert into used_assertions (digest, until) values ($1, $2) on conflict (digest) do nothing`, id[:], stamp(until))
	if err != nil {
		return false, err
	}
	added, err := result.RowsAffected()
	return added == 1, tx.db.failed("use assertion", err)
}

// ForgetAssertions forgets the assertions that were good until a time, and returns how many.
func (db *DB) ForgetAssertions(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget assertions", `delete from used_assertions where until < $1`, stamp(before))
}
