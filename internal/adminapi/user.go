package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// user registers what a caller can ask about itself.
func (a *api) user() {
	register(a, operation{
		ID: "getMe", Method: http.MethodGet, Path: "/user", Tag: "Users",
		Summary: "Who the caller is, and what it may do",
		NoStore: true,
	}, a.getMe)
}

// me is who calls, and what it may do.
type me struct {
	User        tokenUser       `json:"user"`
	Permissions []permission    `json:"permissions"`
	Feedback    []feedback      `json:"feedback"`
	Splash      map[string]bool `json:"splash"`
}

// tokenUser is an admin token in the place of a person.
type tokenUser struct {
	ID                       int64                `json:"id"`
	Username                 string               `json:"username"`
	Permissions              []access.Permission  `json:"permissions"`
	Type                     access.TokenType     `json:"type"`
	Environment              flag.EnvironmentName `json:"environment"`
	Projects                 []flag.ProjectID     `json:"projects"`
	InternalAdminTokenUserID int64                `json:"internalAdminTokenUserId"`
}

// permission is a permission that the caller holds.
type permission access.Grant

// feedback is what a person has answered to a question of the web app.
type feedback struct {
	FeedbackID string `json:"feedbackId"`
}

func (a *api) getMe(_ context.Context, r request, _ *struct{}) (me, error) {
	by := viewCreator(r.State, string(r.Caller.Actor.Ref))
	who := me{
		User: tokenUser{
			ID:                       by.ID,
			Username:                 by.Name,
			Permissions:              []access.Permission{},
			Type:                     access.TokenAdmin,
			Environment:              access.Any,
			Projects:                 []flag.ProjectID{access.Any},
			InternalAdminTokenUserID: by.ID,
		},
		Permissions: []permission{},
		Feedback:    []feedback{},
		Splash:      map[string]bool{},
	}
	for _, g := range r.Caller.Actor.Grants {
		who.Permissions = append(who.Permissions, permission(g))
		who.User.Permissions = append(who.User.Permissions, g.Permission)
	}
	return who, nil
}
