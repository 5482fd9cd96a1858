package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// InboxItem is something that a person was told.
type InboxItem struct {
	ID      int64 // in the order in which people were told
	Account int64
	// Tells is what the item is about. Nobody is told the same twice.
	Tells  string
	Body   []byte // JSON
	At     time.Time
	ReadAt *time.Time
	// DigestAt is when the daily mail with the item is due; nil: it is in none.
	DigestAt *time.Time
}

// inboxCounter numbers the items.
const inboxCounter = "inbox-items"

// AddInboxItem stores an item, and reports whether it is new: whoever has been told the same is
// told nothing. The id is given here.
func (tx *Tx) AddInboxItem(i InboxItem) (bool, error) {
	id, err := tx.next(inboxCounter, 1)
	if err != nil {
		return false, err
	}
	result, err := tx.exec("add inbox item", `insert into inbox_items (id, account, tells, body, at, read_at, digest_at)
		values ($1, $2, $3, $4, $5, null, $6) on conflict (account, tells) do nothing`,
		id, i.Account, i.Tells, string(i.Body), stamp(i.At), stampOptional(i.DigestAt))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, tx.db.failed("add inbox item", err)
}

const inboxItemColumns = `id, account, tells, body, at, read_at, digest_at`

func scanInboxItem(scan func(...any) error) (InboxItem, error) {
	var i InboxItem
	var body string
	err := scan(&i.ID, &i.Account, &i.Tells, &body, &i.At, &i.ReadAt, &i.DigestAt)
	i.Body, i.At, i.ReadAt, i.DigestAt = []byte(body), stamp(i.At), stampOptional(i.ReadAt), stampOptional(i.DigestAt)
	return i, err
}

// InboxItems returns a page of what a person was told, the newest first.
func (db *DB) InboxItems(ctx context.Context, account int64, offset, limit int) ([]InboxItem, error) {
	return readAll(ctx, db, "read inbox", `select `+inboxItemColumns+` from inbox_items where account = $1
		order by id desc limit $2 offset $3`, []any{account, limit, offset}, scanInboxItem)
}

// CountInboxItems returns how many items a person has, and how many of them are not read.
func (db *DB) CountInboxItems(ctx context.Context, account int64) (total, unread int, err error) {
	err = db.reader.QueryRowContext(ctx, `select count(*), count(*) - count(read_at) from inbox_items where account = $1`, account).Scan(&total, &unread)
	return total, unread, db.failed("count inbox", err)
}

// ReadInboxItems notes that a person has read items of theirs: those with the ids, or all if
// ids is nil.
func (tx *Tx) ReadInboxItems(account int64, ids []int64, at time.Time) error {
	args := []any{account, stamp(at)}
	query := `update inbox_items set read_at = $2 where account = $1 and read_at is null`
	if ids != nil {
		if len(ids) == 0 {
			return nil
		}
		query += " and " + in("id", ids, &args)
	}
	_, err := tx.exec("read inbox items", query, args...)
	return err
}

// DigestsDue returns the accounts that have items whose daily mail is due.
func (db *DB) DigestsDue(ctx context.Context, now time.Time) ([]int64, error) {
	return readAll(ctx, db, "read due digests", `select distinct account from inbox_items where digest_at <= $1 order by account`,
		[]any{stamp(now)}, func(scan func(...any) error) (int64, error) {
			var account int64
			err := scan(&account)
			return account, err
		})
}

// TakeDigest returns the items of a person whose daily mail is due, the oldest first. They are
// due no more, so that of two nodes one gets them.
func (tx *Tx) TakeDigest(account int64, now time.Time) ([]InboxItem, error) {
	// Whoever is first holds the counter, so that the other sees what is left.
	if _, err := tx.next(inboxCounter, 0); err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(tx.ctx, `select `+inboxItemColumns+` from inbox_items
		where account = $1 and digest_at <= $2 order by id`, account, stamp(now))
	if err != nil {
		return nil, tx.db.failed("read digest", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err below reports what matters
	var items []InboxItem
	for rows.Next() {
		item, err := scanInboxItem(rows.Scan)
		if err != nil {
			return nil, tx.db.failed("read digest", err)
		}
		items = append(items, item)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.db.failed("read digest", err)
	}
	_, err = tx.exec("take digest", `update inbox_items set digest_at = null where account = $1 and digest_at <= $2`, account, stamp(now))
	return items, err
}

// ForgetInboxItems deletes the items from before a time, and returns how many.
func (db *DB) ForgetInboxItems(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget inbox items", `delete from inbox_items where at < $1`, stamp(before))
}

// NotificationSetting is how somebody wants to be told.
type NotificationSetting struct {
	Zone   string // IANA; empty: UTC
	Topics []byte // JSON
}

// PutNotificationSetting stores how somebody wants to be told.
func (tx *Tx) PutNotificationSetting(account int64, s NotificationSetting) error {
	return tx.upsert("put notification setting", "notification_settings (account, zone, topics)",
		`on conflict (account) do update set zone = excluded.zone, topics = excluded.topics`, [][]any{{account, s.Zone, string(s.Topics)}})
}

// LockNotificationSetting returns how somebody wants to be told, and keeps others from changing it until the
// transaction ends; who has chosen nothing has an empty setting from then on.
func (tx *Tx) LockNotificationSetting(account int64) (NotificationSetting, error) {
	var s NotificationSetting
	var topics string
	// An insert that changes nothing of what is there locks the row, also one that was not there, in both databases.
	err := tx.tx.QueryRowContext(tx.ctx, `insert into notification_settings (account, zone, topics) values ($1, '', '{}')
		on conflict (account) do update set zone = notification_settings.zone returning zone, topics`, account).Scan(&s.Zone, &topics)
	s.Topics = []byte(topics)
	return s, tx.db.failed("lock notification setting", err)
}

// NotificationSetting returns how somebody wants to be told, or ErrNotFound for who has chosen
// nothing.
func (db *DB) NotificationSetting(ctx context.Context, account int64) (NotificationSetting, error) {
	var s NotificationSetting
	var topics string
	err := db.reader.QueryRowContext(ctx, `select zone, topics from notification_settings where account = $1`, account).Scan(&s.Zone, &topics)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNotFound
	}
	s.Topics = []byte(topics)
	return s, db.failed("read notification setting", err)
}
