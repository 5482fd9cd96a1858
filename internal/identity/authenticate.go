package identity

import (
	"net/http"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
)

// Authenticate returns who calls the admin API: who is signed in, whose personal token it
// is, or an admin token, which may do everything. A header goes before a cookie.
//
// Faults: Unauthenticated for somebody who is not signed in, Unauthorized for an unknown
// token, Forbidden for one of an SDK, and for a write that another site's page makes in the
// name of who is signed in here; Unavailable if the database is needed and away.
func (i *Identity) Authenticate(r *http.Request) (access.Actor, error) {
	secret := Secret(r.Header.Get("Authorization"))
	switch {
	case secret == "":
		return i.signedIn(r)
	case IsPersonal(secret):
		return i.personal(secret)
	}
	token, err := i.Token(secret)
	if err != nil {
		return access.Actor{}, err
	}
	if token.Type != access.TokenAdmin {
		return access.Actor{}, WrongType()
	}
	return access.Actor{
		Ref:    access.NewRef(access.KindAdminToken, token.ID),
		Grants: []access.Grant{{Permission: access.Admin}},
		AsOf:   i.state().Revision(),
	}, nil
}

// signedIn returns who is signed in.
func (i *Identity) signedIn(r *http.Request) (access.Actor, error) {
	session, err := i.session(r)
	if err != nil {
		return access.Actor{}, err
	}
	if err := SameOrigin(r); err != nil {
		return access.Actor{}, err
	}
	actor, known := i.state().Actor(session.Account)
	if !known {
		return access.Actor{}, i.anonymous()
	}
	return actor, nil
}

// sameOrigin tells, from what browsers say about a request, whether it is another site's.
var sameOrigin = http.NewCrossOriginProtection()

// SameOrigin returns a Forbidden fault for a write that a page of another site makes.
func SameOrigin(r *http.Request) error {
	if sameOrigin.Check(r) != nil {
		return fault.New(fault.Forbidden, "The request comes from a page of another site.")
	}
	return nil
}

// IsPersonal reports whether a secret has the form of a personal token's.
func IsPersonal(secret string) bool { return strings.HasPrefix(secret, "user:") }

// personal returns the account whose personal token has the secret, and notes that it was
// used. An unknown, deleted or expired one gives the same fault.
func (i *Identity) personal(secret string) (access.Actor, error) {
	s, now := i.state(), i.now()
	unknown := fault.New(fault.Unauthorized, "You must log in to use Quorate.")
	token := s.PersonalTokenByDigest(i.keyring.Digest(secret))
	if token == nil || token.Expired(now) {
		return access.Actor{}, unknown
	}
	actor, known := s.Actor(token.Account)
	if !known {
		return access.Actor{}, unknown
	}
	i.personalUses.of(token.ID).note(now)
	return actor, nil
}
