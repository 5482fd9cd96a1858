package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
)

// sessions registers how administrators see who is signed in, and end it.
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
}

// userSession is somebody's being signed in.
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
	list := userSessions{[]userSession{}}
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return list, err
	}
	sessions, err := a.People.Sessions(ctx)
	for _, s := range sessions {
		list.Sessions = append(list.Sessions, userSession{s.ID, s.Account, instant(s.CreatedAt), instant(s.ExpiresAt), s.IP, s.UserAgent})
	}
	return list, err
}

func (a *api) deleteSession(ctx context.Context, r request, in *struct {
	ID string `path:"id"`
},
) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return empty{}, err
	}
	sessions, err := a.People.Sessions(ctx)
	if err != nil {
		return empty{}, err
	}
	for _, s := range sessions {
		if s.ID == in.ID {
			return empty{}, a.App.EndSession(ctx, r.Caller, s.Account, s.ID)
		}
	}
	return empty{}, fault.New(fault.NotFound, "Could not find a session with id %q", in.ID)
}
