// Package identity says who is calling.
//
// It knows API tokens by a keyed digest of their secret, looked up in the state
// that the node serves, so that a token that was deleted on one node is unknown to
// all of them as soon as they have the event. It holds the keyring, whose master
// key lives outside the database, and it remembers when tokens were last used.
// People sign in by a password, or by the word of an identity provider, and are known by the cookie
// of a session from then on.
//
// What a caller may do belongs in access. Which tokens and people exist is decided in app.
// What an identity provider says is checked in sso. Answering somebody who may not call belongs to
// the rooms that speak HTTP.
package identity

import (
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Options are what an Identity needs; State, Keyring, DB and Now are required.
type Options struct {
	// State returns the state that the node serves.
	State func() *state.State
	// Keyring is the one by which the state's digests were made.
	Keyring *Keyring
	// DB keeps when tokens were last used.
	DB *store.DB
	// Now is the node's clock.
	Now func() time.Time
	// BasePath comes before every path of the server; it may be empty.
	BasePath string
	// Secure says that browsers reach the server by https only.
	Secure bool
}

// Identity finds out who is calling. Its methods may be called from several
// goroutines at once.
type Identity struct {
	state   func() *state.State
	keyring *Keyring
	db      *store.DB
	now     func() time.Time
	known   knownSecrets
	uses    uses

	basePath     string
	secure       bool
	hashing      hashing
	guesses      guesses
	resets       guesses
	sessions     sessions
	kept         kept
	personalUses uses
}

// New returns an Identity that has seen nobody yet.
func New(o Options) *Identity {
	return &Identity{
		state: o.State, keyring: o.Keyring, db: o.DB, now: o.Now,
		basePath: o.BasePath, secure: o.Secure, hashing: newHashing(),
	}
}

// Secret returns the secret in an Authorization header: what follows the scheme
// Bearer, in any case, or all of it if no scheme is named.
func Secret(header string) string {
	if scheme, rest, found := strings.Cut(header, " "); found && strings.EqualFold(scheme, "Bearer") {
		header = rest
	}
	return strings.TrimSpace(header)
}

// Unknown returns the fault for a caller without a token, or with one that is
// unknown, deleted or expired: nobody is told which. The sentence is what Unleash says,
// since SDKs print it.
func Unknown() error {
	return fault.New(fault.Unauthorized, "This endpoint requires an API token. Please add an authorization header to your request with a valid token")
}

// WrongType returns the fault for a token that opens another API than the one it
// was sent to.
func WrongType() error {
	return fault.New(fault.Forbidden, "invalid token: expected a different token type for this endpoint")
}
