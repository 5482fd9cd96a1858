package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// The kinds of identity providers, as they stand in sessions.
const (
	OIDC = "oidc" // speaks OpenID Connect
	SAML = "saml" // speaks SAML 2.0
)

const (
	// signOnCookie holds, sealed, what a browser was sent to an identity provider with.
	signOnCookie = "quorate-sign-on"
	// signOnLife is how long somebody may take at the provider.
	signOnLife = 10 * time.Minute
	// freeSignOns is how many answers of providers may be wrong, from one source, before each
	// takes twice as long as the one before.
	freeSignOns = 30
)

// SignOn is a browser's being on its way to an identity provider and back.
type SignOn struct {
	Provider string    `json:"provider"`
	State    string    `json:"state"`              // comes back in the answer
	Nonce    string    `json:"nonce,omitempty"`    // comes back in what the provider signs
	Verifier string    `json:"verifier,omitempty"` // of PKCE (RFC 7636)
	Return   string    `json:"return"`             // the page of the app to go to
	At       time.Time `json:"at"`
}

// BeginSignOn returns the cookie by which a browser is known again that comes from a provider.
// If the provider's answer is sent by a form on its page, crossSite lets the cookie come along,
// which browsers do over https only.
func (i *Identity) BeginSignOn(s SignOn, crossSite bool) (*http.Cookie, error) {
	s.At = i.now()
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("identity: sign-on: %w", err)
	}
	box := base64.RawURLEncoding.EncodeToString(i.keyring.Seal(signOnCookie, s.Provider, text))
	cookie := i.cookie(signOnCookie, box, s.At.Add(signOnLife)) //nolint:gosec // it is secure where the instance is reached by https
	if crossSite && i.secure {
		cookie.SameSite = http.SameSiteNoneMode
	}
	return cookie, nil
}

// SignOnEnded returns the cookie that removes the one of BeginSignOn.
func (i *Identity) SignOnEnded() *http.Cookie { return i.cookie(signOnCookie, "", time.Time{}) }

// SignOnUnderWay returns what a browser was sent to a provider with, if the state in the answer is
// the one that it was sent with. ip is the caller's address.
//
// Faults: BadData if it was not sent from here, or not lately; RateLimit for whose answers are
// wrong again and again.
func (i *Identity) SignOnUnderWay(r *http.Request, ip, provider, state string) (SignOn, error) {
	if wait := i.guesses.begin(i.now(), signOnGuess(ip)); wait > 0 {
		return SignOn{}, tooMany(wait)
	}
	var s SignOn
	if cookie, err := r.Cookie(signOnCookie); err == nil {
		box, err := base64.RawURLEncoding.DecodeString(cookie.Value)
		if err != nil {
			box = nil
		}
		if text, err := i.keyring.Open(signOnCookie, provider, box); err == nil {
			if err := json.Unmarshal(text, &s); err != nil {
				return SignOn{}, fmt.Errorf("identity: sign-on: %w", err)
			}
		}
	}
	if s.State == "" || !equal(s.State, state) || i.now().Sub(s.At) > signOnLife {
		return SignOn{}, fault.New(fault.BadData, "This sign-in did not begin in this browser, or it took too long.")
	}
	return s, nil
}

func signOnGuess(ip string) guess {
	return guess{"sign-on from " + sourceOf(ip), freeSignOns, firstWait}
}

// Vouched is an identity provider's word about who somebody is.
type Vouched struct {
	Provider        string // its kind
	Issuer, Subject string // whom it means; no subject: the address alone says so
	Email           string
	// Session is what the provider must be told to end its session, in the provider's own terms; empty: nothing.
	Session string
}

// KnownAs returns the account that a provider means: the one that came by the subject before, or
// else the one with the address; 0: none.
//
// Faults: Forbidden if the provider knows the account with the address as somebody else, and if who
// came by an invite link has given the address as theirs: nobody has checked that, and whoever it
// was has a password for the account.
func (i *Identity) KnownAs(ctx context.Context, v Vouched) (int64, error) {
	if v.Subject != "" {
		account, err := i.db.SignOnAccount(ctx, v.Issuer, v.Subject)
		if !errors.Is(err, store.ErrNotFound) {
			return account, away(err)
		}
	}
	if v.Email == "" {
		return 0, nil
	}
	person, err := i.db.PersonNamed(ctx, v.Email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, away(err)
	case person.InviteLink != "":
		return 0, fault.New(fault.Forbidden, "Somebody has come by an invite link and given your address. Ask an administrator to delete that account, then sign in again.")
	}
	if v.Subject == "" {
		return person.ID, nil
	}
	switch _, err := i.db.SignOnSubjectOf(ctx, v.Issuer, person.ID); {
	case errors.Is(err, store.ErrNotFound):
		return person.ID, nil
	case err != nil:
		return 0, away(err)
	default:
		return 0, somebodyElse()
	}
}

// somebodyElse is the fault for who has the address of an account, and is not the one who came
// with it before.
func somebodyElse() error {
	return fault.New(fault.Forbidden, "The account with your address belongs to somebody else at the identity provider. "+
		"If it is yours, ask an administrator to change its address and to change it back.")
}

// SignInAs begins a session for an account that a provider vouches for. ip is the caller's address.
//
// Faults: Forbidden if the provider has vouched for the account as somebody else meanwhile.
func (i *Identity) SignInAs(r *http.Request, ip string, account int64, v Vouched) (SignedIn, error) {
	person, err := i.Person(r.Context(), account)
	if err != nil {
		return SignedIn{}, err
	}
	if person.Kind != string(access.KindUser) {
		return SignedIn{}, fault.New(fault.Forbidden, "Only people sign in.")
	}
	attempt := store.Login{ID: uuid.Must(uuid.NewV7()).String(), Account: account, At: i.now(), IP: ip, Successful: true, Provider: v.Provider}
	signed, err := i.begin(r.Context(), r, person, attempt, v)
	if err == nil {
		i.guesses.right(signOnGuess(ip))
	}
	return signed, err
}

// UseAssertion notes that what a provider has signed was used, and reports whether it was for the
// first time on any node. It is remembered until it is not good any more by itself.
func (i *Identity) UseAssertion(ctx context.Context, id string, until time.Time) (fresh bool, err error) {
	err = i.db.Update(ctx, func(tx *store.Tx) (err error) {
		fresh, err = tx.UseAssertion(store.DigestOf(id), until)
		return err
	})
	return fresh, away(err)
}

// providerSession is what boxes are sealed under that hold Vouched.Session, by the ids of sessions.
const providerSession = "provider session"

// SignedOn is a session that began by an identity provider.
type SignedOn struct {
	Account  int64
	Provider string // its kind; empty: it began by a password
	Session  string // as in Vouched
}

// SignedOn returns by which provider the session of a request began.
func (i *Identity) SignedOn(r *http.Request) SignedOn {
	session, err := i.session(r)
	if err != nil {
		return SignedOn{}
	}
	return i.signedOn(session)
}

// SignedOnBy returns the sessions that began by a kind of provider and have not expired.
func (i *Identity) SignedOnBy(ctx context.Context, provider string) ([]SignedOn, error) {
	sessions, err := i.Sessions(ctx)
	var all []SignedOn
	for _, s := range sessions {
		if s.Provider == provider {
			all = append(all, i.signedOn(s))
		}
	}
	return all, err
}

func (i *Identity) signedOn(s Session) SignedOn {
	on := SignedOn{Account: s.Account, Provider: s.Provider}
	if text, err := i.keyring.Open(providerSession, s.ID, s.ProviderSession); err == nil { // who cannot be signed out there is signed out here
		on.Session = string(text)
	}
	return on
}

// SignOnSecret returns the secret that is kept for the provider with a setting's id.
func (i *Identity) SignOnSecret(ctx context.Context, setting string) (string, error) {
	boxes, err := i.db.Sealed(ctx, store.SignOnSecrets)
	if err != nil {
		return "", away(err)
	}
	secret, err := i.keyring.Open(store.SignOnSecrets, setting, boxes[setting])
	return string(secret), err
}
