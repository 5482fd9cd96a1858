package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
)

// sessions registers how administrators see who is signed in, and end it; and how people
// see and end their own sessions.
func (a *api) sessions() {
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getUserSessions", Method: http.MethodGet, Path: "/user-sessions", Tag: tagUsers,
		Summary: "List who is signed in", Permissions: admin,
	}, a.getSessions)
	register(a, operation{
		ID: "deleteUserSession", Method: http.MethodDelete, Path: "/user-sessions/{id}", Tag: tagUsers,
		Summary: "End a session", Permissions: admin,
	}, a.deleteSession)
	register(a, operation{
		ID: "getMySessions", Method: http.MethodGet, Path: "/user/sessions", Tag: tagUsers,
		Summary: "List one's own sessions", Description: "A token has none.",
	}, a.getMySessions)
	register(a, operation{
		ID: "deleteMySession", Method: http.MethodDelete, Path: "/user/sessions/{id}", Tag: tagUsers,
		Summary: "End one of one's own sessions",
	}, a.deleteMySession)
}

// userSession is somebody's being signed in.
//
// ID names the session and opens nothing; what opens it, the cookie, is kept as a digest and never
// shown. IP and UserAgent are those of the request that signed in.
type userSession struct {
	ID        string  `json:"id"`
	UserID    int64   `json:"userId"`
	CreatedAt instant `json:"createdAt"`
	ExpiresAt instant `json:"expiresAt"`
	IP        string  `json:"ip"`
	UserAgent string  `json:"userAgent"`
}

// userSessions is who is signed in.
type userSessions struct {
	Sessions []userSession `json:"sessions"`
}

func (a *api) getSessions(ctx context.Context, r request, _ *struct{}) (userSessions, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return userSessions{}, err
	}
	return a.sessionsOf(ctx, func(access.Ref) bool { return true })
}

// getMySessions lists the caller's sessions. A personal token is its account's, so it sees them, too;
// other tokens have none.
func (a *api) getMySessions(ctx context.Context, r request, _ *struct{}) (userSessions, error) {
	return a.sessionsOf(ctx, func(account access.Ref) bool { return account == r.Caller.Actor.Ref })
}

// sessionsOf lists the sessions of those accounts that are asked for.
//
// They are read as a whole and picked here: there are few, since they last 48 hours and an account has
// 100 at most.
func (a *api) sessionsOf(ctx context.Context, asked func(account access.Ref) bool) (userSessions, error) {
	list := userSessions{[]userSession{}}
	sessions, err := a.People.Sessions(ctx)
	for _, s := range sessions {
		if asked(access.NewRef(access.KindUser, s.Account)) {
			list.Sessions = append(list.Sessions, userSession{s.ID, s.Account, instant(s.CreatedAt), instant(s.ExpiresAt), s.IP, s.UserAgent})
		}
	}
	return list, err
}

// sessionID is the session that a request names.
type sessionID struct {
	ID string `path:"id"`
}

func (a *api) deleteSession(ctx context.Context, r request, in *sessionID) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return empty{}, err
	}
	return a.endSession(ctx, r, in.ID, func(access.Ref) bool { return true })
}

func (a *api) deleteMySession(ctx context.Context, r request, in *sessionID) (empty, error) {
	return a.endSession(ctx, r, in.ID, func(account access.Ref) bool { return account == r.Caller.Actor.Ref })
}

// endSession ends a session if it is of an account that is asked for; others do not exist.
func (a *api) endSession(ctx context.Context, r request, id string, asked func(account access.Ref) bool) (empty, error) {
	sessions, err := a.People.Sessions(ctx)
	if err != nil {
		return empty{}, err
	}
	for _, s := range sessions {
		if s.ID == id && asked(access.NewRef(access.KindUser, s.Account)) {
			return empty{}, a.App.EndSession(ctx, r.Caller, s.Account, s.ID)
		}
	}
	return empty{}, fault.New(fault.NotFound, "Could not find a session with id %q", id)
}
