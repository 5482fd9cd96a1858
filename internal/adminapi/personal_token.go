package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// Personal tokens and those of service accounts are one noun: a secret that may do what its account may
// (docs/people.md, "Tokens"). The ledger has their digests and ends; when they were last used stands in
// a plain table, which is written now and then, and to the second.

// personalTokens registers what callers can do with their own tokens.
func (a *api) personalTokens() {
	const tag = "Personal access tokens"
	register(a, operation{
		ID: "getPats", Method: http.MethodGet, Path: "/user/tokens", Tag: tag,
		Summary: "List one's own tokens",
	}, a.getPATs)
	register(a, operation{
		ID: "createPat", Method: http.MethodPost, Path: "/user/tokens", Tag: tag,
		Summary: "Create a token that may do what oneself may", Description: "`secret` is shown this once. For people only.",
		Status: http.StatusCreated,
	}, a.createPAT)
	register(a, operation{
		ID: "deletePat", Method: http.MethodDelete, Path: "/user/tokens/{id}", Tag: tag,
		Summary: "Delete one's own token",
	}, a.deletePAT)
}

// createPat is a token to be.
//
// A personal token ends at some time; the use case refuses one that has ended already.
type createPat struct {
	Description string    `json:"description" minLength:"1"`
	ExpiresAt   time.Time `json:"expiresAt"`
}

// pat is a token of a person or service account.
//
// SeenAt is nil for a token that was never used.
type pat struct {
	ID            int64    `json:"id"`
	Secret        string   `json:"secret,omitempty" doc:"Only in the answer that creates the token."`
	Description   string   `json:"description"`
	UserID        int64    `json:"userId"`
	CreatedAt     instant  `json:"createdAt"`
	ExpiresAt     *instant `json:"expiresAt" nullable:"true"`
	SeenAt        *instant `json:"seenAt" nullable:"true"`
	ExpiryWarning string   `json:"expiryWarning,omitempty" enum:"expires-soon,expired"`
}

// pats is the tokens of an account.
type pats struct {
	PATs []pat `json:"pats"`
}

// expiresSoon is when a token's end is near.
//
// From then on lists mark it.
const expiresSoon = 30 * 24 * time.Hour

// viewPAT returns what is shown of a token, without its secret. uses are those of PersonalTokenUses;
// nil where the token is new.
func (a *api) viewPAT(t *access.PersonalToken, uses map[int64]time.Time) pat {
	seen := pat{ID: t.ID, Description: t.Description, UserID: t.Account, CreatedAt: instant(t.CreatedAt), ExpiresAt: instantOf(t.ExpiresAt)}
	if at, ok := uses[t.ID]; ok {
		seen.SeenAt = instantOf(&at)
	}
	switch now := a.App.Now(); {
	case t.Expired(now):
		seen.ExpiryWarning = "expired"
	case t.Expired(now.Add(expiresSoon)):
		seen.ExpiryWarning = "expires-soon"
	}
	return seen
}

// viewPATs returns an account's tokens.
func (a *api) viewPATs(s *state.State, account int64, uses map[int64]time.Time) []pat {
	list := []pat{}
	for t := range s.PersonalTokens(account) {
		list = append(list, a.viewPAT(t, uses))
	}
	return list
}

func (a *api) getPATs(ctx context.Context, r request, _ *struct{}) (pats, error) {
	// A service account's tokens are listed and made by administrators (service_account.go).
	if r.Caller.Actor.Ref.Kind() != access.KindUser {
		return pats{}, fault.New(fault.Forbidden, "PATs require an authenticated user.")
	}
	uses, err := a.People.PersonalTokenUses(ctx)
	return pats{a.viewPATs(r.State, r.Caller.Actor.Ref.ID(), uses)}, err
}

func (a *api) createPAT(ctx context.Context, r request, in *struct{ Body createPat }) (pat, error) {
	t, secret, err := a.App.CreatePersonalToken(ctx, r.Caller, app.NewPersonalToken{Description: in.Body.Description, ExpiresAt: &in.Body.ExpiresAt})
	return a.newPAT(t, secret, err)
}

// newPAT shows a token that was just created, with its secret.
//
// It takes the error along so that two operations can hand on what their use case returned.
func (a *api) newPAT(t *access.PersonalToken, secret string, err error) (pat, error) {
	if err != nil {
		return pat{}, err
	}
	seen := a.viewPAT(t, nil)
	seen.Secret = secret
	return seen, nil
}

func (a *api) deletePAT(ctx context.Context, r request, in *PersonAt) (empty, error) {
	return empty{}, a.App.DeletePersonalToken(ctx, r.Caller, in.ID)
}
