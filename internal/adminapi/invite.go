package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

// invites registers how people become users by themselves.
//
// An invite link lets people make accounts for themselves, as Viewers. Unleash calls it a public signup
// token. Administrators make and read it; the two paths below /invite are open to whoever has the link,
// which is all that they prove.
func (a *api) invites() {
	const (
		tag = "Public signup tokens"
		all = "/invite-link/tokens"
		one = all + "/{token}"
	)
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getAllPublicSignupTokens", Method: http.MethodGet, Path: all, Tag: tag,
		Summary: "List the invite links", Permissions: admin, NoStore: true,
	}, a.getInvites)
	register(a, operation{
		ID: "createPublicSignupToken", Method: http.MethodPost, Path: all, Tag: tag,
		Summary: "Create an invite link", Description: "Who comes by it gets the role Viewer. It expires within a month.",
		Permissions: admin, Status: http.StatusCreated,
	}, a.createInvite)
	register(a, operation{
		ID: "getPublicSignupToken", Method: http.MethodGet, Path: one, Tag: tag,
		Summary: "Get an invite link", Permissions: admin, NoStore: true,
	}, a.getInvite)
	register(a, operation{
		ID: "updatePublicSignupToken", Method: http.MethodPut, Path: one, Tag: tag,
		Summary: "Change whether an invite link is open, and until when", Permissions: admin,
	}, a.updateInvite)
	register(a, operation{
		ID: "validatePublicSignupToken", Method: http.MethodGet, Path: "/invite/{token}/validate", Tag: tag,
		Summary: "Check an invite link", Outside: true, Open: true, NoStore: true,
	}, a.validateInvite)
	register(a, operation{
		ID: "addPublicSignupTokenUser", Method: http.MethodPost, Path: "/invite/{token}/signup", Tag: tag,
		Summary: "Become a user by an invite link", Status: http.StatusCreated, Outside: true, Open: true,
	}, a.signUp)
}

// InviteAt names an invite link by its secret.
//
// Whoever reads paths, in a log for example, can use the link as long as it is open. Unleash has them
// so.
type InviteAt struct {
	Token string `path:"token"`
}

// publicSignupToken is an invite link.
//
// The secret is shown again and again: it is there to be passed on. It is kept sealed
// (docs/where-things-live.md). Role is always Viewer.
type publicSignupToken struct {
	Secret    string  `json:"secret"`
	URL       string  `json:"url"`
	Name      string  `json:"name"`
	Enabled   bool    `json:"enabled"`
	ExpiresAt instant `json:"expiresAt"`
	CreatedAt instant `json:"createdAt"`
	CreatedBy string  `json:"createdBy"`
	Role      role    `json:"role"`
	Users     []user  `json:"users" doc:"Who came by it."`
}

// publicSignupTokens is all invite links.
type publicSignupTokens struct {
	Tokens []publicSignupToken `json:"tokens"`
}

// viewInvite returns what is shown of an invite link. URL is a page of the web app, which signs up by
// the API.
func (a *api) viewInvite(ctx context.Context, s *state.State, i identity.Invite) publicSignupToken {
	seen := publicSignupToken{
		Secret: i.Secret, URL: a.URL + "/new-user?invite=" + i.Secret, Name: i.Name, Enabled: i.Enabled,
		ExpiresAt: instant(i.ExpiresAt), CreatedAt: instant(i.CreatedAt), CreatedBy: a.viewCreator(ctx, s, i.CreatedBy).Name, Users: []user{},
	}
	if viewer := s.Role(access.RoleViewer); viewer != nil {
		seen.Role = viewRole(viewer)
	}
	for _, p := range i.Users {
		seen.Users = append(seen.Users, viewPerson(p))
	}
	return seen
}

func (a *api) getInvites(ctx context.Context, r request, _ *struct{}) (publicSignupTokens, error) {
	invites, err := a.People.Invites(ctx, r.Caller.Actor)
	all := publicSignupTokens{[]publicSignupToken{}}
	for _, i := range invites {
		all.Tokens = append(all.Tokens, a.viewInvite(ctx, r.State, i))
	}
	return all, err
}

func (a *api) getInvite(ctx context.Context, r request, in *InviteAt) (publicSignupToken, error) {
	i, err := a.People.Invite(ctx, r.Caller.Actor, in.Token)
	return a.viewInvite(ctx, r.State, i), err
}

// publicSignupTokenCreate is an invite link to be.
//
// A time that is further away than a month is brought to a month.
type publicSignupTokenCreate struct {
	Name      string    `json:"name"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (a *api) createInvite(ctx context.Context, r request, in *struct{ Body publicSignupTokenCreate }) (publicSignupToken, error) {
	i, err := a.People.CreateInvite(ctx, r.Caller.Actor, in.Body.Name, in.Body.ExpiresAt)
	return a.viewInvite(ctx, r.State, i), err
}

// publicSignupTokenUpdate is what to change of an invite link.
//
// What is nil stays.
type publicSignupTokenUpdate struct {
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	Enabled   *bool      `json:"enabled,omitempty"`
}

func (a *api) updateInvite(ctx context.Context, r request, in *struct {
	InviteAt
	Body publicSignupTokenUpdate
},
) (publicSignupToken, error) {
	i, err := a.People.UpdateInvite(ctx, r.Caller.Actor, in.Token, in.Body.Enabled, in.Body.ExpiresAt)
	return a.viewInvite(ctx, r.State, i), err
}

// validateInvite answers 200 for a link by which somebody can come in, and 400 for every other, so that
// nobody can tell one that has expired from one that never was.
func (a *api) validateInvite(ctx context.Context, _ request, in *InviteAt) (empty, error) {
	_, err := a.People.InviteLink(ctx, in.Token)
	return empty{}, err
}

// createInvitedUser is a person who comes by an invite link.
type createInvitedUser struct {
	Username string `json:"username,omitempty"`
	Email    string `json:"email" minLength:"1"`
	Name     string `json:"name" minLength:"1"`
	Password string `json:"password"`
}

func (a *api) signUp(ctx context.Context, r request, in *struct {
	InviteAt
	Body createInvitedUser
},
) (user, error) {
	// There is no caller yet: the link is the permission, and app asks again in the transaction that it
	// is open.
	made, err := a.App.SignUp(ctx, r.Caller.Origin, in.Token, app.NewUser{
		Name: in.Body.Name, Username: in.Body.Username, Email: in.Body.Email, Password: in.Body.Password,
	})
	if err != nil {
		return user{}, err
	}
	return a.showPerson(ctx, a.App.State(), made.ID)
}
