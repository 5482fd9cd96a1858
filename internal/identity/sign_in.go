package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// loginsKept is how long attempts to sign in are kept.
const loginsKept = 14 * 24 * time.Hour

// SignedIn is somebody who has just signed in.
type SignedIn struct {
	Person Person
	// Cookies are for the browser.
	Cookies []*http.Cookie
	// Active is how many sessions the person has now, and Deleted how many of the oldest
	// have ended to make room.
	Active, Deleted int
}

// SignIn begins a session for who knows a person's password. ip is the caller's address.
//
// Faults: PasswordMismatch, whether or not the person exists; RateLimit for who guesses;
// Disabled if nobody signs in by a password here.
func (i *Identity) SignIn(r *http.Request, ip, name, password string) (SignedIn, error) {
	ctx := r.Context()
	if i.state().PasswordSignIn().Disabled {
		return SignedIn{}, fault.New(fault.Disabled, "Signing in by a password is disabled.")
	}
	person, err := i.db.PersonNamed(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return SignedIn{}, away(err)
	}
	counts := i.countsFor(r, sourceOf(ip), person.ID, strings.ToLower(strings.TrimSpace(name)))
	if wait := i.guesses.begin(i.now(), counts...); wait > 0 {
		return SignedIn{}, tooMany(wait)
	}
	right, err := i.matches(ctx, password, person.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	attempt := store.Login{ID: uuid.Must(uuid.NewV7()).String(), Account: person.ID, At: i.now(), IP: ip}
	if !right || person.Kind != string(access.KindUser) {
		attempt.Failure = "wrong name or password"
		if err := i.db.Update(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.NoteFailure(person.ID), tx.AddLogin(attempt))
		}); err != nil {
			return SignedIn{}, away(err)
		}
		return SignedIn{}, fault.New(fault.PasswordMismatch, "The combination of password and username you provided is invalid.")
	}
	i.guesses.right(counts[0], counts[1:]...)
	attempt.Successful = true
	return i.begin(ctx, r, person, attempt, Vouched{})
}

// begin begins a session. by is the identity provider's word, if it was one.
//
// Faults: Forbidden for a suspended account.
func (i *Identity) begin(ctx context.Context, r *http.Request, person Person, attempt store.Login, by Vouched) (SignedIn, error) {
	if err := i.state().Account(person.ID).MaySignIn(); err != nil {
		return SignedIn{}, err
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	secret := hex.EncodeToString(random)
	now := attempt.At
	session := Session{
		ID: attempt.ID, Digest: store.DigestOf(secret), Account: person.ID,
		CreatedAt: now, ExpiresAt: now.Add(sessionLife), IP: attempt.IP, UserAgent: r.UserAgent(), Provider: by.Provider,
	}
	if by.Session != "" {
		session.ProviderSession = i.keyring.Seal(providerSession, session.ID, []byte(by.Session))
	}
	signed := SignedIn{Person: person}
	err := i.db.Update(ctx, func(tx *store.Tx) (err error) {
		if err = errors.Join(tx.NoteSignIn(person.ID, now), tx.AddLogin(attempt)); err != nil {
			return err
		}
		if by.Subject != "" {
			if err = tx.PutSignOnSubject(store.SignOnSubject{Issuer: by.Issuer, Subject: by.Subject, Account: person.ID}); err != nil {
				return err
			}
		}
		signed.Active, signed.Deleted, err = tx.AddSession(session, maxSessions)
		return err
	})
	if errors.Is(err, store.ErrTaken) {
		return SignedIn{}, somebodyElse()
	}
	if err != nil {
		return SignedIn{}, away(err)
	}
	signed.Person.SeenAt, signed.Person.LoginAttempts = &now, 0
	signed.Cookies = []*http.Cookie{i.cookie(SessionCookie, secret, session.ExpiresAt)}
	if i.deviceOf(r, person.ID) == "" {
		signed.Cookies = append(signed.Cookies, i.cookie(deviceCookie, i.newDevice(person.ID), now.Add(deviceLife)))
	}
	return signed, nil
}

// Login is an attempt to sign in.
type Login = store.Login

// Logins returns the newest attempts to sign in, the newest first.
func (i *Identity) Logins(ctx context.Context, limit int) ([]Login, error) {
	all, err := i.db.Logins(ctx, limit)
	return all, away(err)
}
