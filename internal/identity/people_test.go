package identity_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

const password = "Correct-horse-7"

// mustPerson adds a person with the password to the state and the database.
func (w *world) mustPerson(t testing.TB, db *store.DB, username string) int64 {
	t.Helper()
	if w.state.Role(access.RoleAdmin) == nil {
		for _, role := range access.BuiltInRoles() {
			w.mustFold(t, state.RoleCreated{Role: role})
		}
	}
	id := w.state.NextAccountID()
	w.mustFold(t, state.UserCreated{ID: id, RootRole: access.RoleEditor})
	hash, err := w.HashPassword(t.Context(), 0, password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddPerson(store.Person{ID: id, Kind: "user", Username: username, Email: username + "@example.com", PasswordHash: hash, CreatedAt: start})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// request is a request of a browser with cookies.
func request(t testing.TB, method string, cookies ...*http.Cookie) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "https://quorate.example.com/api/admin/user", http.NoBody)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func (w *world) mustSignIn(t testing.TB, name string) identity.SignedIn {
	t.Helper()
	signed, err := w.SignIn(request(t, http.MethodPost), "192.0.2.1", name, password)
	if err != nil {
		t.Fatalf("sign in as %s: %v", name, err)
	}
	return signed
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		signed := w.mustSignIn(t, "ANN@example.com")
		if signed.Person.ID != id || signed.Active != 1 || len(signed.Cookies) != 2 {
			t.Errorf("got %+v, want a first session and two cookies of account %d", signed, id)
		}
		c := signed.Cookies[0]
		if c.Name != identity.SessionCookie || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" ||
			!c.Expires.Equal(start.Add(48*time.Hour)) || len(c.Value) != 64 {
			t.Errorf("got the cookie %v", c)
		}
		actor, err := w.Authenticate(request(t, http.MethodPost, c))
		if actor.Ref != "user:1" || len(actor.Grants) == 0 || err != nil {
			t.Errorf("with the cookie: got %v %v, want user:1 with grants", actor, err)
		}
		for name, wrong := range map[string]string{"ann": "Wrong-horse-7", "nobody": password, "": ""} {
			if _, err := w.SignIn(request(t, http.MethodPost), "192.0.2.9", name, wrong); !fault.Is(err, fault.PasswordMismatch) {
				t.Errorf("sign in as %q: got %v, want a PasswordMismatch", name, err)
			}
		}
		logins, err := w.Logins(t.Context(), 10)
		if err != nil || len(logins) != 4 {
			t.Errorf("got the logins %v %v, want 4", logins, err)
		}
		p, err := w.Person(t.Context(), id)
		if p.LoginAttempts != 1 || !p.SeenAt.Equal(start) || err != nil {
			t.Errorf("got %+v %v, want one failed attempt", p, err)
		}
	})
}

func TestSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		cookie := w.mustSignIn(t, "ann").Cookies[0]
		is := func(what string, kind fault.Kind, r *http.Request) {
			t.Helper()
			_, err := w.Authenticate(r)
			if got := fault.As(err); (kind == "") != (err == nil) || kind != "" && (got == nil || got.Kind != kind) {
				t.Errorf("%s: got %v, want %q", what, err, kind)
			}
		}
		is("no cookie", fault.Unauthenticated, request(t, http.MethodGet))
		is("another's cookie", fault.Unauthenticated, request(t, http.MethodGet, &http.Cookie{Name: identity.SessionCookie, Value: strings.Repeat("0", 64)}))
		is("the cookie", "", request(t, http.MethodGet, cookie))
		foreign := request(t, http.MethodPost, cookie)
		foreign.Header.Set("Sec-Fetch-Site", "cross-site")
		is("a write by another site's page", fault.Forbidden, foreign)
		foreign.Method = http.MethodGet
		is("a read by another site's page", "", foreign)

		// The row goes, but this node knows the session still; news of the ending reach it.
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeleteSessions(id, nil) })
		is("kept in mind", "", request(t, http.MethodGet, cookie))
		w.Follow([]state.Applied{{Event: state.Event{Payload: state.SessionsRevoked{Account: id + 1}}}})
		is("another's sessions ended", "", request(t, http.MethodGet, cookie))
		w.Follow([]state.Applied{{Event: state.Event{Payload: state.SessionsRevoked{Account: id}}}})
		is("ended", fault.Unauthenticated, request(t, http.MethodGet, cookie))

		cookie = w.mustSignIn(t, "ann").Cookies[0]
		is("the next session", "", request(t, http.MethodGet, cookie))
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeleteSessions(id, nil) })
		w.now = w.now.Add(15 * time.Minute)
		is("no longer kept in mind", fault.Unauthenticated, request(t, http.MethodGet, cookie))

		cookie = w.mustSignIn(t, "ann").Cookies[0]
		w.now = w.now.Add(48 * time.Hour)
		is("expired", fault.Unauthenticated, request(t, http.MethodGet, cookie))
		cookie = w.mustSignIn(t, "ann").Cookies[0]
		w.mustFold(t, state.UserDeleted{ID: id})
		is("deleted", fault.Unauthenticated, request(t, http.MethodGet, cookie))

		_, err := w.Authenticate(request(t, http.MethodGet))
		if got := fault.As(err).SignIn; got == nil || got.Path != "/auth/simple/login" || got.Type != "password" {
			t.Errorf("got the way to sign in %v, want by password at /auth/simple/login", got)
		}
	})
}

func mustUpdate(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// TestSessionsSurviveTheDatabase holds that who is signed in can read while the database is away, and nobody
// else is mistaken for anonymous.
func TestSessionsSurviveTheDatabase(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, db)
	w.mustPerson(t, db, "ann")
	used, unused := w.mustSignIn(t, "ann").Cookies[0], w.mustSignIn(t, "ann").Cookies[0]
	if _, err := w.Authenticate(request(t, http.MethodGet, used)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Authenticate(request(t, http.MethodGet, used)); err != nil {
		t.Errorf("a session in use: got %v, want nil", err)
	}
	if _, err := w.Authenticate(request(t, http.MethodGet, unused)); err == nil || fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a session that this node has not seen: got %v, want that it cannot be looked up", err)
	}
}

// TestGuessing holds that who guesses is slowed down, and that nobody else is: not the person at another
// address, nor in a browser of hers, though the guesses come from there.
func TestGuessing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustPerson(t, db, "ann")
		w.mustPerson(t, db, "bob")
		device := w.mustSignIn(t, "ann").Cookies[1]
		try := func(ip, name, password string, cookies ...*http.Cookie) error {
			_, err := w.SignIn(request(t, http.MethodPost, cookies...), ip, name, password)
			return err
		}
		for n := range 5 {
			if err := try("192.0.2.66", "ann", fmt.Sprint("guess", n)); !fault.Is(err, fault.PasswordMismatch) {
				t.Fatalf("guess %d: got %v, want a PasswordMismatch", n, err)
			}
		}
		err := try("192.0.2.66", "ann", password)
		if !fault.Is(err, fault.RateLimit) || fault.As(err).RetryAfter != time.Second {
			t.Errorf("one guess too many: got %v, want a RateLimit for a second", err)
		}
		for what, err := range map[string]error{
			"ann from elsewhere":             try("192.0.2.1", "ann", password),
			"ann's browser, next to guesser": try("192.0.2.66", "ann", password, device),
			"bob, next to the guesser":       try("192.0.2.66", "bob", password),
		} {
			if err != nil {
				t.Errorf("%s: got %v, want nil", what, err)
			}
		}
		if err := try("192.0.2.66", "bob", "x", device); !fault.Is(err, fault.PasswordMismatch) {
			t.Errorf("ann's browser for bob: got %v, want a PasswordMismatch", err)
		}
		w.now = w.now.Add(time.Second)
		if err := try("192.0.2.66", "ann", "wrong"); !fault.Is(err, fault.PasswordMismatch) {
			t.Errorf("after a second: got %v, want that the guess is looked at", err)
		}
		if err := try("192.0.2.66", "ann", "wrong"); !fault.Is(err, fault.RateLimit) || fault.As(err).RetryAfter != 2*time.Second {
			t.Errorf("the next guess: got %v, want a RateLimit for two seconds", err)
		}
		w.now = w.now.Add(2 * time.Second)
		if err := try("192.0.2.66", "ann", password); err != nil {
			t.Errorf("the right password: got %v, want nil", err)
		}
		// One source tries many names: an IPv6 customer's network is one source.
		limited := 0
		for n := range 40 {
			if fault.Is(try(fmt.Sprintf("2001:db8::%x", n), fmt.Sprint("name", n), "x"), fault.RateLimit) {
				limited++
			}
		}
		if limited != 10 {
			t.Errorf("40 names from one network: got %d refused, want 10", limited)
		}
	})
}

func TestHashPassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		if _, err := w.HashPassword(t.Context(), id, password); !fault.Is(err, fault.PreviousPassword) {
			t.Errorf("the present password: got %v, want a PreviousPassword", err)
		}
		hash, err := w.HashPassword(t.Context(), id, "Another-horse-8")
		if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("got %q %v, want an argon2id hash of OWASP's cost", hash, err)
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.SetPassword(id, hash, start, 4) })
		if _, err := w.HashPassword(t.Context(), id, password); !fault.Is(err, fault.PreviousPassword) {
			t.Errorf("the password before: got %v, want a PreviousPassword", err)
		}
		if err := w.CheckPassword(t.Context(), id, "Another-horse-8"); err != nil {
			t.Errorf("got %v, want nil", err)
		}
		if err := w.CheckPassword(t.Context(), id, password); !fault.Is(err, fault.PasswordMismatch) {
			t.Errorf("got %v, want a PasswordMismatch", err)
		}
	})
}

func TestValidatePassword(t *testing.T) {
	t.Parallel()
	for candidate, want := range map[string]int{
		password: 0, "": 5, "Short-7": 1, "Correct-hoooorse-7": 1, "correct-horse-7": 1, "CORRECT-HORSE-7": 1,
		"Correct-horse": 1, "Correcthorse77": 1, "Äußerst-lang-9": 0, "nineteen characters": 2, "twenty characters ok": 0, "twenty characters ooo": 1, strings.Repeat("Ab-7", 33): 1,
	} {
		err := identity.ValidatePassword(candidate)
		got := 0
		if err != nil {
			got = len(fault.As(err).Details[0].ValidationErrors)
		}
		if got != want || want > 0 && !fault.Is(err, fault.WeakPassword) {
			t.Errorf("%q: got %d broken rules, want %d: %v", candidate, got, want, err)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		person, secret, err := w.RequestReset(t.Context(), "Ann@example.com")
		if person.ID != id || secret == "" || err != nil {
			t.Fatalf("got %v %q %v, want a link for %d", person, secret, err, id)
		}
		for _, email := range []string{"ann@example.com", "nobody@example.com", "nobody@example.com"} {
			if _, secret, err := w.RequestReset(t.Context(), email); secret != "" || err != nil && !fault.Is(err, fault.RateLimit) {
				t.Errorf("%s: got %q %v, want no link, and no word about why", email, secret, err)
			}
		}
		if token, err := w.ResetToken(t.Context(), secret); token.Account != id || err != nil {
			t.Errorf("got %v %v, want the account %d", token, err, id)
		}
		if _, err := w.ResetToken(t.Context(), "x"); !fault.Is(err, fault.InvalidToken) {
			t.Errorf("unknown: got %v, want an InvalidToken", err)
		}
		w.now = w.now.Add(24 * time.Hour)
		if _, err := w.ResetToken(t.Context(), secret); !fault.Is(err, fault.InvalidToken) {
			t.Errorf("expired: got %v, want an InvalidToken", err)
		}
		_, secret, err = w.RequestReset(t.Context(), "ann@example.com")
		mustUpdate(t, db, func(tx *store.Tx) error { return errors.Join(err, tx.UseResetToken(store.DigestOf(secret), w.now)) })
		if _, err := w.ResetToken(t.Context(), secret); !fault.Is(err, fault.UsedToken) {
			t.Errorf("used: got %v, want a UsedToken", err)
		}
	})
}

func TestInvite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx, admin := t.Context(), access.System()
		invite, err := w.CreateInvite(ctx, admin, " team ", start.Add(1000*time.Hour))
		if err != nil || invite.Name != "team" || !invite.ExpiresAt.Equal(start.Add(744*time.Hour)) {
			t.Fatalf("got %+v %v, want a link for a month", invite, err)
		}
		if _, err := w.CreateInvite(ctx, admin, strings.Repeat("x", 256), start); !fault.Is(err, fault.BadData) {
			t.Errorf("a long name: got %v, want BadData", err)
		}
		all, err := w.Invites(ctx, admin)
		if diff := cmp.Diff([]identity.Invite{invite}, all); diff != "" || err != nil {
			t.Errorf("invite links: %v (-want +got):\n%s", err, diff)
		}
		if _, err := w.InviteLink(ctx, invite.Secret); err != nil {
			t.Errorf("got %v, want nil", err)
		}
		if _, err := w.UpdateInvite(ctx, admin, invite.Secret, new(false), nil); err != nil {
			t.Errorf("disable: got %v, want nil", err)
		}
		for _, secret := range []string{invite.Secret, "x"} {
			if _, err := w.InviteLink(ctx, secret); !fault.Is(err, fault.BadData) {
				t.Errorf("%q: got %v, want a BadData", secret, err)
			}
		}
		if _, err := w.Invites(ctx, access.Actor{Ref: "user:1"}); !fault.Is(err, fault.Permission) {
			t.Errorf("as nobody: got %v, want a Permission", err)
		}
	})
}

func TestPersonalToken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		token := func(secret string, expires *time.Time) access.PersonalToken {
			made := access.PersonalToken{ID: w.state.NextPersonalTokenID(), Account: id, Description: secret, Digest: w.keyring.Digest(secret), CreatedAt: start, ExpiresAt: expires}
			w.mustFold(t, state.PATCreated{Token: made})
			return made
		}
		as := func(secret string) (access.Actor, error) {
			r := request(t, http.MethodGet)
			r.Header.Set("Authorization", secret)
			return w.Authenticate(r)
		}
		good := token("user:good", nil)
		token("user:old", new(start))
		if actor, err := as("Bearer user:good"); actor.Ref != "user:1" || len(actor.Grants) == 0 || err != nil {
			t.Errorf("got %v %v, want user:1", actor, err)
		}
		if _, err := w.Token("user:good"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("in place of an SDK's: got %v, want a Forbidden", err)
		}
		for _, secret := range []string{"user:old", "user:unheard"} {
			if _, err := as(secret); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("%s: got %v, want an Unauthorized", secret, err)
			}
		}
		if err := w.FlushUses(t.Context()); err != nil {
			t.Fatal(err)
		}
		uses, err := w.PersonalTokenUses(t.Context())
		if diff := cmp.Diff(map[int64]time.Time{good.ID: start}, uses); diff != "" || err != nil {
			t.Errorf("uses: %v (-want +got):\n%s", err, diff)
		}
		w.mustFold(t, state.PATDeleted{Before: good})
		if _, err := as("user:good"); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("deleted: got %v, want an Unauthorized", err)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.mustPerson(t, db, "ann")
		want := map[int64]string{id: "ann@example.com"}
		for range 2 {
			if got, err := w.Names(t.Context()); cmp.Diff(want, got) != "" || err != nil {
				t.Errorf("got %v %v, want %v", got, err, want)
			}
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.UpdatePerson(id, store.PersonChange{Email: new("")}) })
		}
		w.Follow([]state.Applied{{Event: state.Event{Payload: state.UserUpdated{AccountChange: state.AccountChange{ID: id}}}}})
		want[id] = "ann"
		if got, err := w.Names(t.Context()); cmp.Diff(want, got) != "" || err != nil {
			t.Errorf("after a change: got %v %v, want %v", got, err, want)
		}
	})
}
