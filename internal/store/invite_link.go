package store

import (
	"context"
	"time"
)

// InviteLinks is the kind of the boxes that hold the secrets of invite links, by the links' ids.
const InviteLinks = "invite-link"

// InviteLink lets people become users by themselves.
type InviteLink struct {
	ID                   string
	Digest               Digest // of its secret
	Name                 string
	Enabled              bool
	CreatedBy            string // the reference of an actor
	CreatedAt, ExpiresAt time.Time
}

// Open reports whether people can come in by the link at the given time.
func (l *InviteLink) Open(now time.Time) bool { return l.Enabled && l.ExpiresAt.After(now) }

// PutInviteLink stores a link, or changes whether it is enabled and when it expires.
func (tx *Tx) PutInviteLink(l InviteLink) error {
	_, err := tx.exec("put invite link", `insert into invite_links (id, digest, name, enabled, created_by, created_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (id) do update set enabled = excluded.enabled, expires_at = excluded.expires_at`,
		l.ID, l.Digest[:], l.Name, l.Enabled, l.CreatedBy, stamp(l.CreatedAt), stamp(l.ExpiresAt))
	return err
}

const inviteLinkColumns = `id, digest, name, enabled, created_by, created_at, expires_at`

func scanInviteLink(scan func(...any) error) (InviteLink, error) {
	var l InviteLink
	var digest []byte
	err := scan(&l.ID, &digest, &l.Name, &l.Enabled, &l.CreatedBy, &l.CreatedAt, &l.ExpiresAt)
	copy(l.Digest[:], digest)
	l.CreatedAt, l.ExpiresAt = stamp(l.CreatedAt), stamp(l.ExpiresAt)
	return l, err
}

// InviteLink returns the link whose secret has a digest, or ErrNotFound.
func (tx *Tx) InviteLink(digest Digest) (InviteLink, error) {
	l, err := scanInviteLink(tx.tx.QueryRowContext(tx.ctx, `select `+inviteLinkColumns+` from invite_links where digest = $1`, digest[:]).Scan)
	return l, tx.db.one("read invite link", err)
}

// InviteLink returns the link whose secret has a digest, or ErrNotFound.
func (db *DB) InviteLink(ctx context.Context, digest Digest) (InviteLink, error) {
	l, err := scanInviteLink(db.reader.QueryRowContext(ctx, `select `+inviteLinkColumns+` from invite_links where digest = $1`, digest[:]).Scan)
	return l, db.one("read invite link", err)
}

// InviteLinks returns all links, the newest first.
func (db *DB) InviteLinks(ctx context.Context) ([]InviteLink, error) {
	return readAll(ctx, db, "read invite links", `select `+inviteLinkColumns+` from invite_links order by created_at desc, id`, nil, scanInviteLink)
}
