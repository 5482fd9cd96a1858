package access

import (
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// Account is a person or a service account as the ledger knows it: an id and what
// it may do. Names, addresses and passwords are kept outside the ledger, so that
// a person can be erased.
type Account struct {
	ID        int64     `json:"id"`
	Kind      Kind      `json:"kind"`     // KindUser or KindServiceAccount
	RootRole  RoleID    `json:"rootRole"` // the role in the whole instance
	CreatedAt time.Time `json:"createdAt"`
	// Suspended accounts keep what they hold, and may do nothing.
	Suspended bool `json:"suspended,omitempty"`
}

// Ref returns the account's reference.
func (a *Account) Ref() Ref { return NewRef(a.Kind, a.ID) }

// MaySignIn returns a Forbidden fault for an account that is suspended, or (nil) is gone.
func (a *Account) MaySignIn() error {
	if a == nil || a.Suspended {
		return fault.New(fault.Forbidden, "Your account is suspended. Ask an administrator.")
	}
	return nil
}

// PersonalToken lets scripts act as an account. The ledger keeps a keyed digest of
// the secret, and nobody keeps the secret.
type PersonalToken struct {
	ID          int64      `json:"id"`
	Account     int64      `json:"account"`
	Description string     `json:"description"`
	Digest      string     `json:"digest"` // hex HMAC-SHA-256 of the secret
	CreatedAt   time.Time  `json:"createdAt"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"`
}

// Expired reports whether the token has run out at the given time.
func (t *PersonalToken) Expired(now time.Time) bool {
	return t.ExpiresAt != nil && !t.ExpiresAt.After(now)
}
