package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

const (
	// maxInviteLife is how far ahead an invite link can expire.
	maxInviteLife = 31 * 24 * time.Hour
	maxInviteName = 255 // bytes
)

// Invite is a link by which people become users, with its secret.
type Invite struct {
	store.InviteLink
	Secret string
	Users  []Person // who came by it
}

// InviteLink returns the invite link with a secret, or a BadData fault if nobody can come
// in by it any more.
func (i *Identity) InviteLink(ctx context.Context, secret string) (store.InviteLink, error) {
	link, err := i.db.InviteLink(ctx, store.DigestOf(secret))
	if errors.Is(err, store.ErrNotFound) || err == nil && !link.Open(i.now()) {
		return link, fault.New(fault.BadData, "The invite link is not open any more.")
	}
	return link, away(err)
}

// Invites returns all invite links, the newest first.
func (i *Identity) Invites(ctx context.Context, by access.Actor) ([]Invite, error) {
	if err := by.Require("", "", access.Admin); err != nil {
		return nil, err
	}
	links, err := i.db.InviteLinks(ctx)
	if err != nil {
		return nil, away(err)
	}
	boxes, err := i.db.Sealed(ctx, store.InviteLinks)
	if err != nil {
		return nil, away(err)
	}
	people, err := i.db.People(ctx)
	if err != nil {
		return nil, away(err)
	}
	invites := make([]Invite, len(links))
	for n, link := range links {
		secret, err := i.keyring.Open(store.InviteLinks, link.ID, boxes[link.ID])
		if err != nil {
			return nil, err
		}
		invites[n] = Invite{InviteLink: link, Secret: string(secret)}
		for _, p := range people {
			if p.InviteLink == link.ID {
				invites[n].Users = append(invites[n].Users, p)
			}
		}
	}
	return invites, nil
}

// Invite returns the invite link with a secret, or a NotFound fault.
func (i *Identity) Invite(ctx context.Context, by access.Actor, secret string) (Invite, error) {
	invites, err := i.Invites(ctx, by)
	for _, invite := range invites {
		if equal(invite.Secret, secret) {
			return invite, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "Could not find public signup token.")
	}
	return Invite{}, err
}

// CreateInvite makes an invite link. One that would expire later than in a month expires
// in a month.
//
// Faults: BadData.
func (i *Identity) CreateInvite(ctx context.Context, by access.Actor, name string, expires time.Time) (Invite, error) {
	if err := by.Require("", "", access.Admin); err != nil {
		return Invite{}, err
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random) // documented never to fail
	now := i.now()
	invite := Invite{Secret: hex.EncodeToString(random)}
	invite.InviteLink = store.InviteLink{
		ID: uuid.Must(uuid.NewV7()).String(), Digest: store.DigestOf(invite.Secret), Name: strings.TrimSpace(name), Enabled: true,
		CreatedBy: string(by.Ref), CreatedAt: now, ExpiresAt: soonest(expires, now.Add(maxInviteLife)),
	}
	switch {
	case invite.Name == "":
		return Invite{}, fault.Field("/body/name", "An invite link needs a name.")
	case len(invite.Name) > maxInviteName:
		return Invite{}, fault.Field("/body/name", "It is longer than %d bytes.", maxInviteName)
	}
	err := i.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutInviteLink(invite.InviteLink); err != nil {
			return err
		}
		return tx.PutSealed(store.InviteLinks, invite.ID, i.keyring.Seal(store.InviteLinks, invite.ID, []byte(invite.Secret)))
	})
	if err != nil {
		return Invite{}, away(fmt.Errorf("identity: create invite link: %w", err))
	}
	return invite, nil
}

// UpdateInvite changes whether an invite link is enabled, and when it expires; nil: it stays.
//
// Faults: NotFound.
func (i *Identity) UpdateInvite(ctx context.Context, by access.Actor, secret string, enabled *bool, expires *time.Time) (Invite, error) {
	invite, err := i.Invite(ctx, by, secret)
	if err != nil {
		return Invite{}, err
	}
	if enabled != nil {
		invite.Enabled = *enabled
	}
	if expires != nil {
		invite.ExpiresAt = soonest(*expires, i.now().Add(maxInviteLife))
	}
	if err := i.db.Update(ctx, func(tx *store.Tx) error { return tx.PutInviteLink(invite.InviteLink) }); err != nil {
		return Invite{}, away(fmt.Errorf("identity: update invite link: %w", err))
	}
	return invite, nil
}

func soonest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
