package store

import (
	"context"
	"time"
)

// CalendarFeed is a secret link by which a calendar program reads what its person may see of what will happen.
type CalendarFeed struct {
	Account   int64
	Digest    Digest // of its secret
	CreatedAt time.Time
}

// PutCalendarFeed stores a link, in the place of one that the account had.
func (tx *Tx) PutCalendarFeed(f CalendarFeed) error {
	_, err := tx.exec("put calendar feed", `insert into calendar_feeds (account, digest, created_at) values ($1, $2, $3)
		on conflict (account) do update set digest = excluded.digest, created_at = excluded.created_at`, f.Account, f.Digest[:], stamp(f.CreatedAt))
	return err
}

// DeleteCalendarFeed makes an account's link worthless, if it has one.
func (tx *Tx) DeleteCalendarFeed(account int64) error {
	_, err := tx.exec("delete calendar feed", `delete from calendar_feeds where account = $1`, account)
	return err
}

// CalendarFeed returns an account's link, or ErrNotFound.
func (db *DB) CalendarFeed(ctx context.Context, account int64) (CalendarFeed, error) {
	return db.calendarFeed(ctx, `account = $1`, account)
}

// CalendarFeedBy returns the link whose secret has a digest, or ErrNotFound.
func (db *DB) CalendarFeedBy(ctx context.Context, digest Digest) (CalendarFeed, error) {
	return db.calendarFeed(ctx, `digest = $1`, digest[:])
}

func (db *DB) calendarFeed(ctx context.Context, where string, arg any) (CalendarFeed, error) {
	var f CalendarFeed
	var digest []byte
	err := db.reader.QueryRowContext(ctx, `select account, digest, created_at from calendar_feeds where `+where, arg).Scan(&f.Account, &digest, &f.CreatedAt)
	copy(f.Digest[:], digest)
	f.CreatedAt = stamp(f.CreatedAt)
	return f, db.one("read calendar feed", err)
}
