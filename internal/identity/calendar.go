package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// Calendar programs can send nothing but a link. So a person can have one with a secret in it: it opens the
// calendar as that person may see it, and nothing else.

// NewCalendarSecret makes the secret of a person's calendar link, in the place of the one before. Nobody keeps
// it, so this is its only showing.
//
// Faults: Forbidden for who is no person.
func (i *Identity) NewCalendarSecret(ctx context.Context, actor access.Actor) (secret string, err error) {
	if actor.Ref.Kind() != access.KindUser {
		return "", onlyPeople()
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	secret = hex.EncodeToString(random)
	err = i.db.Update(ctx, func(tx *store.Tx) error {
		return tx.PutCalendarFeed(store.CalendarFeed{Account: actor.Ref.ID(), Digest: store.DigestOf(secret), CreatedAt: i.now()})
	})
	return secret, away(err)
}

// RevokeCalendarSecret makes a person's calendar link worthless.
//
// Faults: Forbidden for who is no person.
func (i *Identity) RevokeCalendarSecret(ctx context.Context, actor access.Actor) error {
	if actor.Ref.Kind() != access.KindUser {
		return onlyPeople()
	}
	return away(i.db.Update(ctx, func(tx *store.Tx) error { return tx.DeleteCalendarFeed(actor.Ref.ID()) }))
}

// CalendarSecretMade returns when a person's calendar link was made; nil: there is none.
//
// Faults: Forbidden for who is no person.
func (i *Identity) CalendarSecretMade(ctx context.Context, actor access.Actor) (*time.Time, error) {
	if actor.Ref.Kind() != access.KindUser {
		return nil, onlyPeople()
	}
	feed, err := i.db.CalendarFeed(ctx, actor.Ref.ID())
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &feed.CreatedAt, away(err)
}

// CalendarReader returns whose calendar a link opens, with what that person may see now.
//
// Faults: NotFound for a link that is worthless.
func (i *Identity) CalendarReader(ctx context.Context, secret string) (access.Actor, error) {
	feed, err := i.db.CalendarFeedBy(ctx, store.DigestOf(secret))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return access.Actor{}, away(err)
	}
	actor, exists := i.state().Actor(feed.Account)
	if err != nil || !exists {
		return access.Actor{}, fault.New(fault.NotFound, "This calendar link is worthless. Whoever made it can make another.")
	}
	return actor, nil
}

func onlyPeople() error {
	return fault.New(fault.Forbidden, "Calendar links are for people, who make them for themselves.")
}
