package identity

import (
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
)

// Authenticate returns who calls the admin API. An admin token may do everything.
//
// Faults: Unauthenticated without an Authorization header, Unauthorized for an
// unknown token, Forbidden for one of an SDK.
func (i *Identity) Authenticate(r *http.Request) (access.Actor, error) {
	secret := Secret(r.Header.Get("Authorization"))
	if secret == "" {
		return access.Actor{}, fault.New(fault.Unauthenticated,
			"You must log in to use Quorate. Your request had no authorization header, so we could not authorize you. Send an admin token in it")
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
	}, nil
}
