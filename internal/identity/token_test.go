package identity_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// mustFind fails the test unless the secret is the token's with the id; 0 means nobody's.
func (w *world) mustFind(t *testing.T, secret string, id int64) {
	t.Helper()
	token, err := w.Token(secret)
	switch {
	case id == 0 && !fault.Is(err, fault.Unauthorized):
		t.Fatalf("Token(%q) = %v, %v, want an Unauthorized fault", secret, token, err)
	case id != 0 && (err != nil || token.ID != id):
		t.Fatalf("Token(%q) = %v, %v, want token %d", secret, token, err, id)
	}
}

func TestTokensAreFoundInTheCurrentState(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.mustFind(t, "", 0)
	w.mustFind(t, "one", 0)

	one := w.mustCreate(t, "one", access.TokenBackend, nil)
	w.mustFind(t, "one", one.ID)
	w.mustFind(t, "two", 0)
	w.mustFind(t, one.Digest, 0)

	// Found again, after something else has moved the state.
	two := w.mustCreate(t, "two", access.TokenFrontend, nil)
	w.mustFind(t, "one", one.ID)
	w.mustFind(t, "two", two.ID)

	w.mustFold(t, state.APITokenDeleted{Before: one})
	w.mustFind(t, "one", 0)
	w.mustFind(t, "two", two.ID)

	// The same secret, seeded again, is another token.
	three := w.mustCreate(t, "one", access.TokenAdmin, nil)
	w.mustFind(t, "one", three.ID)
}

func TestExpiredTokensAreUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	expires := start.Add(time.Hour)
	token := w.mustCreate(t, "one", access.TokenBackend, &expires)
	w.mustFind(t, "one", token.ID)
	w.now = expires.Add(-time.Nanosecond)
	w.mustFind(t, "one", token.ID)
	w.now = expires
	w.mustFind(t, "one", 0)
	w.now = expires.Add(time.Hour)
	w.mustFind(t, "one", 0)

	w.mustFold(t, state.APITokenUpdated{ID: token.ID, Before: &expires})
	w.mustFind(t, "one", token.ID)
}

func TestManySecrets(t *testing.T) {
	t.Parallel()
	// More than are remembered at once.
	w := newWorld(t, nil)
	var created []state.Payload
	const tokens = 10_050
	for id := range int64(tokens) {
		created = append(created, state.APITokenCreated{Token: access.APIToken{
			ID: id + 1, Type: access.TokenBackend, Digest: w.keyring.Digest(fmt.Sprint("secret ", id+1)),
		}})
	}
	w.mustFold(t, created...)
	for range 2 {
		for id := range int64(tokens) {
			w.mustFind(t, fmt.Sprint("secret ", id+1), id+1)
		}
	}
}

func TestConcurrentLookups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	token := w.mustCreate(t, "one", access.TokenBackend, nil)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 200 {
				if got, err := w.Token("one"); err != nil || got.ID != token.ID {
					t.Errorf("Token = %v, %v, want token %d", got, err, token.ID)
				}
				if got, err := w.Token("two"); err == nil {
					t.Errorf("Token of an unknown secret = %v", got)
				}
			}
		})
	}
	callers.Wait()
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	past := start.Add(-time.Hour)
	w.mustCreate(t, "backend", access.TokenBackend, nil)
	w.mustCreate(t, "client", access.TokenClient, nil)
	w.mustCreate(t, "frontend", access.TokenFrontend, nil)
	admin := w.mustCreate(t, "admin", access.TokenAdmin, nil)
	w.mustCreate(t, "old admin", access.TokenAdmin, &past)
	tests := []struct {
		header string
		want   fault.Kind
	}{
		{"", fault.Unauthenticated},
		{"Bearer ", fault.Unauthenticated},
		{"unknown", fault.Unauthorized},
		{"user:unknown", fault.Unauthorized},
		{"old admin", fault.Unauthorized},
		{"backend", fault.Forbidden},
		{"Bearer client", fault.Forbidden},
		{"frontend", fault.Forbidden},
		{"admin", ""},
		{"Bearer admin", ""},
		{"bearer admin", ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/admin/projects", http.NoBody)
		r.Header.Set("Authorization", tt.header)
		actor, err := w.Authenticate(r)
		if tt.want != "" {
			if !fault.Is(err, tt.want) {
				t.Errorf("%q: got %v, %v, want %s", tt.header, actor, err, tt.want)
			}
			continue
		}
		if err != nil || actor.Ref != access.NewRef(access.KindAdminToken, admin.ID) || !actor.IsAdmin() {
			t.Errorf("%q: got %v, %v, want the admin token %d", tt.header, actor, err, admin.ID)
		}
	}
}

func TestTokenUses(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		a, b := newWorld(t, nodes[0]), newWorld(t, nodes[1])
		for _, w := range []*world{a, b} {
			w.mustCreate(t, "one", access.TokenBackend, nil)
			w.mustCreate(t, "two", access.TokenBackend, nil)
			w.mustCreate(t, "three", access.TokenBackend, nil)
		}
		use := func(w *world, secret string, after time.Duration) {
			w.now = start.Add(after)
			if _, err := w.Token(secret); err != nil {
				t.Fatal(err)
			}
		}
		want := func(w *world, uses map[int64]time.Time) {
			t.Helper()
			got, err := w.TokenUses(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(uses) {
				t.Errorf("got %d uses, want %d", len(got), len(uses))
			}
			for id, at := range uses {
				if !got[id].Equal(at) {
					t.Errorf("token %d was used at %v, want %v", id, got[id], at)
				}
			}
		}
		flush := func(w *world) {
			t.Helper()
			if err := w.FlushUses(t.Context()); err != nil {
				t.Fatal(err)
			}
		}

		want(a, nil)
		flush(a)
		use(a, "one", 5*time.Second)
		want(a, map[int64]time.Time{1: start.Add(5 * time.Second)})
		want(b, nil)
		flush(a)
		want(b, map[int64]time.Time{1: start.Add(5 * time.Second)})

		// The later use counts, whoever writes it down last.
		use(b, "one", 9*time.Second)
		use(a, "one", 7*time.Second+300*time.Millisecond)
		use(a, "two", 8*time.Second)
		flush(b)
		flush(a)
		all := map[int64]time.Time{1: start.Add(9 * time.Second), 2: start.Add(8 * time.Second)}
		want(a, all)
		want(b, all)
	})
}

func BenchmarkToken(b *testing.B) {
	w := newWorld(b, nil)
	w.mustCreate(b, "default:development.0123456789abcdef0123456789abcdef", access.TokenBackend, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Token("default:development.0123456789abcdef0123456789abcdef"); err != nil {
			b.Fatal(err)
		}
	}
}
