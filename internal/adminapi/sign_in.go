package adminapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
)

const tagAuth = "Auth"

// signIn registers how people sign in and out.
//
// Signing in by an identity provider is package sso's; this room has its settings (sign_on.go).
func (a *api) signIn() {
	register(a, operation{
		ID: "login", Method: http.MethodPost, Path: "/auth/simple/login", Tag: tagAuth,
		Summary:     "Sign in by a password",
		Description: "The answer sets the cookie `" + identity.SessionCookie + "`, which lasts 48 hours.",
		Outside:     true, Open: true, Guessed: true, NoStore: true,
	}, a.login)
	register(a, operation{
		ID: "logout", Method: http.MethodPost, Path: "/logout", Tag: tagAuth,
		Summary: "Sign out, everywhere", Status: http.StatusFound,
		Outside: true,
	}, a.logout)
	register(a, operation{
		ID: "getSimpleSettings", Method: http.MethodGet, Path: "/auth/simple/settings", Tag: tagAuth,
		Summary:     "Read whether people can sign in by a password",
		Permissions: []access.Permission{access.Admin, access.UpdateAuth},
	}, a.getSimpleSettings)
}

// login is somebody's name and password.
type login struct {
	Username string `json:"username" doc:"The username or the e-mail address."`
	Password string `json:"password"`
}

// login begins a session. Guessing is slowed down by identity, which counts for the caller's address
// (docs/people.md, "Guessing").
func (a *api) login(_ context.Context, r request, in *struct{ Body login }) (user, error) {
	signed, err := a.People.SignIn(r.http, r.Caller.Origin.IP, in.Body.Username, in.Body.Password)
	if err != nil {
		return user{}, err
	}
	// The session's, and the one that makes this browser a source of its own when wrong passwords are
	// counted.
	for _, cookie := range signed.Cookies {
		r.header.Add("Set-Cookie", cookie.String())
	}
	seen := withRole(r.State, signed.Person)
	seen.ActiveSessions, seen.DeletedSessions = &signed.Active, &signed.Deleted
	return seen, nil
}

// logout ends all sessions of the caller, and leads the browser on. Unleash answers with a redirect as
// well; a script may ignore it.
func (a *api) logout(ctx context.Context, r request, _ *struct{}) (empty, error) {
	ref := r.Caller.Actor.Ref
	if ref.Kind() != access.KindUser {
		return empty{}, fault.New(fault.Forbidden, "Only people sign in and out.")
	}
	// Read first: once the session has ended, nobody knows how it began.
	began := a.People.SignedOn(r.http)
	if err := a.App.EndSessions(ctx, r.Caller, ref.ID()); err != nil {
		return empty{}, err
	}
	r.header.Add("Set-Cookie", a.People.SignedOut().String())
	// What the web app has kept in the browser goes, too, for whoever sits there next.
	r.header.Set("Clear-Site-Data", `"cookies", "storage"`)
	location := a.URL + "/signed-out"
	// A provider that is not to be told, or cannot be, gives no place to go.
	if began.Provider != "" {
		location = cmp.Or(a.SignedOut(ctx, began), location)
	}
	r.header.Set("Location", location)
	return empty{}, nil
}

// passwordAuth is what is set about signing in by a password.
type passwordAuth struct {
	Disabled bool `json:"disabled"`
}

func (a *api) getSimpleSettings(_ context.Context, r request, _ *struct{}) (passwordAuth, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin, access.UpdateAuth); err != nil {
		return passwordAuth{}, err
	}
	return passwordAuth(r.State.PasswordSignIn()), nil
}
