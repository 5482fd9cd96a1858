package identity

import (
	"net/http"

	"github.com/quorate/quorate/internal/fault"
)

// freeClients is how many wrong SCIM tokens one source may send before it has to wait.
const freeClients = 30

// Provisioning returns nil for a client that may provision people and groups by SCIM. ip is the
// caller's address.
//
// Faults: NotFound if SCIM is not enabled, Unauthorized for a wrong token or none, RateLimit for
// who guesses.
func (i *Identity) Provisioning(r *http.Request, ip string) error {
	set := i.state().Provisioning()
	if !set.Enabled {
		return fault.New(fault.NotFound, "SCIM is not enabled here.")
	}
	guessed := guess{"scim from " + sourceOf(ip), freeClients, firstWait}
	right := set.TokenDigest != "" && equal(i.keyring.Digest(Secret(r.Header.Get("Authorization"))), set.TokenDigest)
	if right {
		return nil // also while somebody at the same address guesses
	}
	if wait := i.guesses.begin(i.now(), guessed); wait > 0 {
		return tooMany(wait)
	}
	return fault.New(fault.Unauthorized, "The token is not the one for SCIM. An administrator can make another.")
}
