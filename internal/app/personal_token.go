package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// personalPrefix is how the secrets of personal tokens begin, and no others.
const personalPrefix = "user:"

// maxPersonalTokens is how many tokens an account can have.
const maxPersonalTokens = 10

// NewPersonalToken is a token for scripts that act as an account, to be created.
type NewPersonalToken struct {
	Description string
	ExpiresAt   *time.Time // nil: never
}

// CreatePersonalToken gives the caller, a person, a token, and returns it with its secret.
// Nobody keeps the secret, so this is its only showing.
//
// Faults: Forbidden for who is no person, OperationDenied for one too many, NameExists, BadData.
func (a *App) CreatePersonalToken(ctx context.Context, c Caller, in NewPersonalToken) (*access.PersonalToken, string, error) {
	if c.Actor.Ref.Kind() != access.KindUser {
		return nil, "", fault.New(fault.Forbidden, "PATs require an authenticated user.")
	}
	return a.addPersonalToken(ctx, c, access.KindUser, c.Actor.Ref.ID(), in)
}

// CreateServiceAccountToken gives a service account a token, and returns it with its secret,
// as CreatePersonalToken does.
//
// Faults: NotFound, OperationDenied for one too many, NameExists, BadData.
func (a *App) CreateServiceAccountToken(ctx context.Context, c Caller, id int64, in NewPersonalToken) (*access.PersonalToken, string, error) {
	return a.addPersonalToken(ctx, c, access.KindServiceAccount, id, in)
}

func (a *App) addPersonalToken(ctx context.Context, c Caller, kind access.Kind, id int64, in NewPersonalToken) (*access.PersonalToken, string, error) {
	random := make([]byte, 28)
	_, _ = rand.Read(random) // documented never to fail
	secret := personalPrefix + hex.EncodeToString(random)
	token := access.PersonalToken{
		Account: id, Description: strings.TrimSpace(in.Description), Digest: a.keys.Digest(secret), ExpiresAt: in.ExpiresAt,
	}
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if kind == access.KindServiceAccount {
			if err := d.Require("", "", access.Admin); err != nil {
				return err
			}
		}
		if _, err := account(d.State, kind, id); err != nil {
			return err
		}
		if err := validPersonalToken(d, &token); err != nil {
			return err
		}
		token.ID, token.CreatedAt = d.NextPersonalTokenID(), d.Now
		if kind == access.KindServiceAccount {
			d.Add(state.Scope{}, state.ServiceAccountTokenCreated{Token: token})
		} else {
			d.Add(state.Scope{}, state.PATCreated{Token: token})
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return s.PersonalToken(token.ID), secret, nil
}

func validPersonalToken(d *decide.Decision, token *access.PersonalToken) error {
	if token.Description == "" || len(token.Description) > maxPersonName {
		return fault.Field("/body/description", "The description has 1 to 255 bytes.")
	}
	if token.Expired(d.Now) {
		return fault.New(fault.BadData, "The expiry date should be in future.")
	}
	n := 0
	for other := range d.PersonalTokens(token.Account) {
		if other.Description == token.Description {
			return fault.New(fault.NameExists, "PAT with this description already exists")
		}
		n++
	}
	if n >= maxPersonalTokens {
		return fault.New(fault.OperationDenied, "Too many PATs (%d) already exist for this user.", n)
	}
	return nil
}

// DeletePersonalToken makes one of the caller's own tokens worthless.
//
// Faults: NotFound, also for another's.
func (a *App) DeletePersonalToken(ctx context.Context, c Caller, id int64) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		token := d.PersonalToken(id)
		if token == nil || c.Actor.Ref != access.NewRef(access.KindUser, token.Account) {
			return noPersonalToken(id)
		}
		d.Add(state.Scope{}, state.PATDeleted{Before: *token})
		return nil
	})
	return err
}

// DeleteServiceAccountToken makes a token of a service account worthless.
//
// Faults: NotFound.
func (a *App) DeleteServiceAccountToken(ctx context.Context, c Caller, account, id int64) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		token := d.PersonalToken(id)
		if token == nil || token.Account != account || d.Account(account).Kind != access.KindServiceAccount {
			return noPersonalToken(id)
		}
		d.Add(state.Scope{}, state.ServiceAccountTokenDeleted{Before: *token})
		return nil
	})
	return err
}

func noPersonalToken(id int64) error {
	return fault.New(fault.NotFound, "Could not find a personal token with id %d", id)
}
