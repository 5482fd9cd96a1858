package identity_test

import (
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

func TestSecret(t *testing.T) {
	t.Parallel()
	tests := []struct{ header, want string }{
		{"", ""},
		{"*:*.abc", "*:*.abc"},
		{"Bearer *:*.abc", "*:*.abc"},
		{"bearer   *:*.abc ", "*:*.abc"},
		{"BEARER x", "x"},
		{"Bearer", "Bearer"},
		{"Bearer ", ""},
		{"Bearerx", "Bearerx"},
		{" x ", "x"},
		{"Basic abc", "Basic abc"},
	}
	for _, tt := range tests {
		if got := identity.Secret(tt.header); got != tt.want {
			t.Errorf("Secret(%q) = %q, want %q", tt.header, got, tt.want)
		}
	}
}

// start is the first moment of the ledgers and clocks in this package's tests.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is an instance without an engine: a state that tests move on by hand.
type world struct {
	*identity.Identity
	keyring *identity.Keyring
	state   *state.State
	now     time.Time
}

func mustKeyring(t testing.TB, first byte) *identity.Keyring {
	t.Helper()
	master := make([]byte, 32)
	master[0] = first
	keyring, err := identity.NewKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	return keyring
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{keyring: mustKeyring(t, 1), state: &state.State{}, now: start}
	w.Identity = identity.New(identity.Options{
		State:   func() *state.State { return w.state },
		Keyring: w.keyring,
		DB:      db,
		Now:     func() time.Time { return w.now },
	})
	w.mustFold(t, state.LedgerCreated{ID: "test", Format: state.Format})
	return w
}

// mustFold moves the state on by one batch.
func (w *world) mustFold(t testing.TB, payloads ...state.Payload) {
	t.Helper()
	batch := ledger.Batch{At: start, Actor: string(access.SystemRef)}
	for _, payload := range payloads {
		event, err := state.Encode(state.Event{Payload: payload})
		if err != nil {
			t.Fatal(err)
		}
		batch.Events = append(batch.Events, event)
	}
	entries, _ := ledger.Seal(w.state.Head(), batch)
	next, _, err := state.Fold(w.state, entries)
	if err != nil {
		t.Fatal(err)
	}
	w.state = next
}

// mustCreate creates a token with a secret and returns it.
func (w *world) mustCreate(t testing.TB, secret string, kind access.TokenType, expires *time.Time) access.APIToken {
	t.Helper()
	token := access.APIToken{
		ID: w.state.NextTokenID(), Name: "test", Type: kind, Environment: "development",
		Digest: w.keyring.Digest(secret), CreatedAt: start, ExpiresAt: expires,
	}
	w.mustFold(t, state.APITokenCreated{Token: token})
	return token
}
