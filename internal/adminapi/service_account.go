package adminapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// A service account is an account without a password: a script calls by one of its tokens, and has the
// roles that people give it. People and service accounts share ids, rows and most views (person.go);
// what differs is here. Their tokens are made and seen by administrators, since nobody signs in as a
// service account.

// serviceAccounts registers what can be done with accounts for scripts.
func (a *api) serviceAccounts() {
	const (
		tag    = "Service Accounts"
		all    = "/service-account"
		one    = all + "/{id}"
		tokens = one + "/token"
	)
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getServiceAccounts", Method: http.MethodGet, Path: all, Tag: tag,
		Summary: "List the service accounts", Permissions: admin,
	}, a.getServiceAccounts)
	register(a, operation{
		ID: "createServiceAccount", Method: http.MethodPost, Path: all, Tag: tag,
		Summary: "Create a service account", Permissions: admin, Status: http.StatusCreated,
	}, a.createServiceAccount)
	register(a, operation{
		ID: "updateServiceAccount", Method: http.MethodPut, Path: one, Tag: tag,
		Summary: "Change a service account", Description: "What is left out stays as it is.", Permissions: admin,
	}, a.updateServiceAccount)
	register(a, operation{
		ID: "deleteServiceAccount", Method: http.MethodDelete, Path: one, Tag: tag,
		Summary: "Delete a service account, with its tokens", Permissions: admin,
	}, a.deleteServiceAccount)
	register(a, operation{
		ID: "getServiceAccountTokens", Method: http.MethodGet, Path: tokens, Tag: tag,
		Summary: "List the tokens of a service account", Permissions: admin,
	}, a.getServiceAccountTokens)
	register(a, operation{
		ID: "createServiceAccountToken", Method: http.MethodPost, Path: tokens, Tag: tag,
		Summary: "Create a token of a service account", Description: "`secret` is shown this once.", Permissions: admin, Status: http.StatusCreated,
	}, a.createServiceAccountToken)
	register(a, operation{
		ID: "deleteServiceAccountToken", Method: http.MethodDelete, Path: tokens + "/{tokenId}", Tag: tag,
		Summary: "Delete a token of a service account", Permissions: admin,
	}, a.deleteServiceAccountToken)
}

// serviceAccount is an account for scripts, with its tokens.
//
// SeenAt is when one of the tokens was last used: a service account does not sign in.
type serviceAccount struct {
	ServiceAccountUser
	Tokens []pat `json:"tokens"`
}

// ServiceAccountUser is the account itself, exported for huma passes over embedded types that are not.
type ServiceAccountUser user

func (s serviceAccount) location() string { return fmt.Sprint(s.ID) }

// serviceAccountList is all service accounts, with the roles that they can have.
//
// Users of the web app choose among RootRoles, so it comes with the list.
type serviceAccountList struct {
	ServiceAccounts []serviceAccount `json:"serviceAccounts"`
	RootRoles       []role           `json:"rootRoles"`
}

func (a *api) getServiceAccounts(ctx context.Context, r request, _ *struct{}) (serviceAccountList, error) {
	list := serviceAccountList{ServiceAccounts: []serviceAccount{}, RootRoles: rootRoles(r.State)}
	people, uses, err := a.everybody(ctx, r)
	if err != nil {
		return list, err
	}
	for _, p := range people {
		if p.Kind != string(access.KindServiceAccount) {
			continue
		}
		seen := serviceAccount{ServiceAccountUser(withRole(r.State, p)), a.viewPATs(r.State, p.ID, uses)}
		for _, t := range seen.Tokens {
			if t.SeenAt != nil && (seen.SeenAt == nil || t.SeenAt.after(*seen.SeenAt)) {
				seen.SeenAt = t.SeenAt
			}
		}
		list.ServiceAccounts = append(list.ServiceAccounts, seen)
	}
	return list, nil
}

// createServiceAccount is a service account to be.
//
// The role is an id here, and not a name as for people: Unleash's body is so.
type createServiceAccount struct {
	Username string        `json:"username"`
	Name     string        `json:"name"`
	RootRole access.RoleID `json:"rootRole"`
}

func (a *api) createServiceAccount(ctx context.Context, r request, in *struct{ Body createServiceAccount }) (serviceAccount, error) {
	made, err := a.App.CreateServiceAccount(ctx, r.Caller, app.NewServiceAccount{Name: in.Body.Name, Username: in.Body.Username, RootRole: in.Body.RootRole})
	if err != nil {
		return serviceAccount{}, err
	}
	return a.showServiceAccount(ctx, a.App.State(), made.ID)
}

// updateServiceAccount is what to change of a service account.
//
// The username names the account in the event log and stays.
type updateServiceAccount struct {
	Name     *string        `json:"name,omitempty"`
	RootRole *access.RoleID `json:"rootRole,omitempty"`
}

func (a *api) updateServiceAccount(ctx context.Context, r request, in *struct {
	PersonAt
	Body updateServiceAccount
},
) (serviceAccount, error) {
	if _, err := a.App.UpdateServiceAccount(ctx, r.Caller, in.ID, app.ServiceAccountChange{Name: in.Body.Name, RootRole: in.Body.RootRole}); err != nil {
		return serviceAccount{}, err
	}
	return a.showServiceAccount(ctx, a.App.State(), in.ID)
}

// showServiceAccount returns a service account with its tokens, from the database: it is shown after
// writes.
func (a *api) showServiceAccount(ctx context.Context, s *state.State, id int64) (serviceAccount, error) {
	p, err := a.People.Person(ctx, id)
	if err != nil {
		return serviceAccount{}, err
	}
	uses, err := a.People.PersonalTokenUses(ctx)
	return serviceAccount{ServiceAccountUser(withRole(s, p)), a.viewPATs(s, id, uses)}, err
}

func (a *api) deleteServiceAccount(ctx context.Context, r request, in *PersonAt) (empty, error) {
	return empty{}, a.App.DeleteServiceAccount(ctx, r.Caller, in.ID)
}

func (a *api) getServiceAccountTokens(ctx context.Context, r request, in *PersonAt) (pats, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return pats{}, err
	}
	// A person's tokens are nobody else's to list, not even an administrator's.
	if account := r.State.Account(in.ID); account == nil || account.Kind != access.KindServiceAccount {
		return pats{}, fault.New(fault.NotFound, "Could not find a service account with id %d", in.ID)
	}
	uses, err := a.People.PersonalTokenUses(ctx)
	return pats{a.viewPATs(r.State, in.ID, uses)}, err
}

func (a *api) createServiceAccountToken(ctx context.Context, r request, in *struct {
	PersonAt
	Body createPat
},
) (pat, error) {
	t, secret, err := a.App.CreateServiceAccountToken(ctx, r.Caller, in.ID, app.NewPersonalToken{Description: in.Body.Description, ExpiresAt: &in.Body.ExpiresAt})
	return a.newPAT(t, secret, err)
}

func (a *api) deleteServiceAccountToken(ctx context.Context, r request, in *struct {
	PersonAt
	TokenID int64 `path:"tokenId"`
},
) (empty, error) {
	return empty{}, a.App.DeleteServiceAccountToken(ctx, r.Caller, in.ID, in.TokenID)
}
