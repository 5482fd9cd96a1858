package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

const (
	// resetLife is how long a link opens that a person has asked for.
	resetLife = 24 * time.Hour
	// resetPause is how long somebody waits between two such links.
	resetPause = time.Minute
)

// ResetToken returns what a link to choose a password is for.
//
// Faults: InvalidToken, also for one that has expired; UsedToken.
func (i *Identity) ResetToken(ctx context.Context, secret string) (store.ResetToken, error) {
	token, err := i.db.ResetToken(ctx, store.DigestOf(secret))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return token, fault.New(fault.InvalidToken, "Token was not valid")
	case err != nil:
		return token, away(err)
	case token.UsedAt != nil:
		return token, fault.New(fault.UsedToken, "The link was used already")
	case !token.ExpiresAt.After(i.now()):
		return token, fault.New(fault.InvalidToken, "Token was not valid")
	}
	return token, nil
}

// RequestReset makes a link to choose another password, for the person with the e-mail
// address to be sent. Nobody is told whether there is such a person: if not, the secret is
// empty.
//
// Faults: RateLimit for more than one a minute for the same address.
func (i *Identity) RequestReset(ctx context.Context, email string) (person Person, secret string, err error) {
	now := i.now()
	if wait := i.resets.begin(now, guess{key: i.keyring.Digest("reset " + strings.ToLower(strings.TrimSpace(email))), free: 1, wait: resetPause}); wait > 0 {
		return Person{}, "", tooMany(wait)
	}
	person, err = i.db.PersonNamed(ctx, email)
	if errors.Is(err, store.ErrNotFound) || err == nil && (person.Kind != string(access.KindUser) || person.Email == "") {
		return Person{}, "", nil
	}
	if err != nil {
		return Person{}, "", away(err)
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	secret = hex.EncodeToString(random)
	err = i.db.Update(ctx, func(tx *store.Tx) error {
		return tx.PutResetToken(store.ResetToken{
			Digest: store.DigestOf(secret), Account: person.ID, CreatedBy: string(access.NewRef(access.KindUser, person.ID)),
			CreatedAt: now, ExpiresAt: now.Add(resetLife),
		})
	})
	return person, secret, away(err)
}
