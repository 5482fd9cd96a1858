package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// SessionCookie is the cookie that says who is signed in; its name is Unleash's.
const SessionCookie = "unleash-session"

const (
	// sessionLife is how long a session lasts, used or not.
	sessionLife = 48 * time.Hour
	// maxSessions is how many sessions an account can have at once.
	maxSessions = 100
	// sessionKept is how long a node believes what it has read of a session, so that who is
	// signed in can still read while the database is away.
	sessionKept = 15 * time.Minute
	// maxKept bounds how many sessions a node keeps in mind.
	maxKept = 10_000
)

// Session is somebody's being signed in.
type Session = store.Session

// sessions are those that this node has read not long ago.
type sessions struct {
	mu       sync.Mutex
	endings  int // so that what was read before an ending is not kept after it
	byDigest map[store.Digest]keptSession
}

type keptSession struct {
	Session
	read time.Time
}

func (s *sessions) get(d store.Digest, now time.Time) (kept Session, endings int, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, known := s.byDigest[d]
	return k.Session, s.endings, known && now.Sub(k.read) < sessionKept
}

// keep keeps a session in mind, unless sessions have ended since it was asked for.
func (s *sessions) keep(k Session, read time.Time, endings int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endings != endings {
		return
	}
	if s.byDigest == nil || len(s.byDigest) >= maxKept {
		s.byDigest = make(map[store.Digest]keptSession)
	}
	s.byDigest[k.Digest] = keptSession{k, read}
}

// end forgets the sessions of an account; 0: of all.
func (s *sessions) end(account int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endings++
	for digest, kept := range s.byDigest {
		if account == 0 || kept.Account == account {
			delete(s.byDigest, digest)
		}
	}
}

// Follow takes note of what has happened in the ledger: sessions that ended on one node
// end on all, and names that changed are read again. It is for engine.Subscribe.
func (i *Identity) Follow(events []state.Applied) {
	for _, e := range events {
		switch p := e.Payload.(type) {
		case state.SessionsRevoked:
			i.sessions.end(p.Account)
		case state.UserSuspended:
			i.sessions.end(p.ID)
		case state.UserDeleted:
			i.sessions.end(p.ID)
			i.kept.changed(p.ID)
		case state.ServiceAccountDeleted:
			i.kept.changed(p.ID)
		case state.UserUpdated:
			i.sessions.end(p.ID)
			i.kept.changed(0)
		case state.LedgerRestoreAccepted:
			i.sessions.end(0)
			i.kept.changed(0)
		case state.UserCreated, state.ServiceAccountCreated, state.ServiceAccountUpdated:
			i.kept.changed(0)
		}
	}
}

// session returns the session that a request's cookie opens, or an Unauthenticated fault.
func (i *Identity) session(r *http.Request) (Session, error) {
	digest := SessionDigest(r)
	if digest == nil {
		return Session{}, i.anonymous()
	}
	now := i.now()
	s, endings, known := i.sessions.get(*digest, now)
	if !known {
		var err error
		s, err = i.db.Session(r.Context(), *digest)
		if errors.Is(err, store.ErrNotFound) {
			return Session{}, i.anonymous()
		}
		if err != nil {
			return Session{}, away(err)
		}
		i.sessions.keep(s, now, endings)
	}
	if !s.ExpiresAt.After(now) {
		return Session{}, i.anonymous()
	}
	return s, nil
}

// SessionDigest returns the digest of the session that a request's cookie names; nil: none.
func SessionDigest(r *http.Request) *store.Digest {
	cookie, err := r.Cookie(SessionCookie)
	if err != nil || cookie.Value == "" {
		return nil
	}
	return new(store.DigestOf(cookie.Value))
}

// Sessions returns the sessions of all accounts that have not expired, the newest first.
func (i *Identity) Sessions(ctx context.Context) ([]Session, error) {
	all, err := i.db.Sessions(ctx, i.now())
	return all, away(err)
}

// cookie returns a cookie of ours; an empty value removes it.
func (i *Identity) cookie(name, value string, expires time.Time) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure is a setting: on a developer's machine there is no https
		Name: name, Value: value, Path: "/", Expires: expires.UTC(),
		HttpOnly: true, Secure: i.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge, c.Expires = -1, time.Time{}
	}
	return c
}

// SignedOut returns the cookie that removes the one of a session.
func (i *Identity) SignedOut() *http.Cookie { return i.cookie(SessionCookie, "", time.Time{}) }

// anonymous returns the fault for somebody who is not signed in; it says how to.
func (i *Identity) anonymous() error {
	path := i.basePath + "/auth/simple/login"
	f := fault.New(fault.Unauthenticated,
		"You must log in to use Quorate. Your request had no authorization header, so we could not authorize you. Try logging in at %s", path)
	current := i.state()
	f.SignIn = &fault.SignIn{Type: "password", Path: path, Hidden: current.PasswordSignIn().Disabled}
	if current.OIDC().Enabled {
		f.SignIn.Others = append(f.SignIn.Others, fault.SignInOption{Type: OIDC, Message: "Sign in with OpenID Connect", Path: i.basePath + "/auth/oidc/login"})
	}
	if current.SAML().Enabled {
		f.SignIn.Others = append(f.SignIn.Others, fault.SignInOption{Type: SAML, Message: "Sign in with SAML", Path: i.basePath + "/auth/saml/login"})
	}
	return f
}

// Forget removes what is kept no longer: sessions that have expired, answers of identity
// providers that are good no more, and attempts to sign in that are older than two weeks.
func (i *Identity) Forget(ctx context.Context) error {
	now := i.now()
	if _, err := i.db.ForgetSessions(ctx, now); err != nil {
		return fmt.Errorf("identity: forget: %w", err)
	}
	if _, err := i.db.ForgetAssertions(ctx, now); err != nil {
		return fmt.Errorf("identity: forget: %w", err)
	}
	if _, err := i.db.ForgetLogins(ctx, now.Add(-loginsKept)); err != nil {
		return fmt.Errorf("identity: forget: %w", err)
	}
	return nil
}

// equal compares in a time that tells nothing.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
