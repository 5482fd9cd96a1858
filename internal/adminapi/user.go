package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/notify"
)

// user registers what a caller can ask about itself.
func (a *api) user() {
	register(a, operation{
		ID: "getMe", Method: http.MethodGet, Path: "/user", Tag: "Users",
		Summary: "Who the caller is, and what it may do",
		NoStore: true,
	}, a.getMe)
	register(a, operation{
		ID: "getProfile", Method: http.MethodGet, Path: "/user/profile", Tag: "Users",
		Summary: "The caller's role, projects and groups", Description: "For people and service accounts only.",
	}, a.getProfile)
	register(a, operation{
		ID: "getUserRoles", Method: http.MethodGet, Path: "/user/roles", Tag: "Users",
		Summary: "The caller's roles in a project", Description: "With those of the caller's groups.",
	}, a.getUserRoles)
}

// me is who calls, and what it may do.
//
// The web app asks for it first and decides by it what to show. It is no protection: every operation
// asks again.
type me struct {
	User        whoever         `json:"user"`
	Permissions []permission    `json:"permissions"`
	Feedback    []feedback      `json:"feedback"`
	Splash      map[string]bool `json:"splash"`
}

// tokenUser is an admin token in the place of a person.
//
// Its values are constants but for the id and the name: an admin token may do everything everywhere.
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

// viewGrant returns a grant in Unleash's form: where a permission can be bound to a project or an
// environment and is not, it says *. Clients test for that; an empty project is, to them, a permission
// of the instance.
func viewGrant(g access.Grant) permission {
	entry, _ := access.EntryOf(g.Permission)
	if g.Project == "" && entry.Scope != access.ScopeRoot {
		g.Project = access.Any
	}
	if g.Environment == "" && entry.Scope == access.ScopeEnvironment {
		g.Environment = access.Any
	}
	return permission(g)
}

func (a *api) getMe(ctx context.Context, r request, _ *struct{}) (me, error) {
	who := me{Permissions: []permission{}, Feedback: []feedback{}, Splash: map[string]bool{}}
	for _, g := range r.Caller.Actor.All() {
		who.Permissions = append(who.Permissions, viewGrant(g))
	}
	if id := r.Caller.Actor.Ref.Account(); id != 0 {
		p, err := a.People.PersonAtHand(ctx, id)
		if err != nil {
			return who, err
		}
		seen := withRole(r.State, p)
		who.User.account = &seen
		// The web app starts without it while the database is away.
		shown, err := orAway(a.People.Shown(ctx, id))
		for _, name := range shown.Splashes {
			who.Splash[name] = true
		}
		for _, f := range shown.Feedbacks {
			who.Feedback = append(who.Feedback, viewFeedback(f))
		}
		return who, err
	}
	// No account: an admin token. Its secret is not shown (docs/admin-api.md, "Where it differs from
	// Unleash").
	by := a.viewCreator(ctx, r.State, string(r.Caller.Actor.Ref))
	token := tokenUser{
		ID:                       by.ID,
		Username:                 by.Name,
		Permissions:              []access.Permission{},
		Type:                     access.TokenAdmin,
		Environment:              access.Any,
		Projects:                 []flag.ProjectID{access.Any},
		InternalAdminTokenUserID: by.ID,
	}
	for _, g := range r.Caller.Actor.All() {
		token.Permissions = append(token.Permissions, g.Permission)
	}
	who.User.token = &token
	return who, nil
}

// profile is what a person has to do with.
//
// Of Unleash's properties, Features has had no meaning for long; its clients want a list.
type profile struct {
	RootRole          role             `json:"rootRole"`
	Projects          []flag.ProjectID `json:"projects" doc:"Those in which the person or one of the person's groups has a role."`
	Groups            []groupItem      `json:"groups"`
	Subscriptions     []notify.Topic   `json:"subscriptions" doc:"The topics about which the person has chosen to get mails at once."`
	Features          []any            `json:"features" doc:"Always empty."`
	CanChangePassword bool             `json:"canChangePassword"`
}

// groupItem is a group that a person belongs to.
//
// Who else is in the group is not told here.
type groupItem struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description" nullable:"true"`
}

func (a *api) getProfile(ctx context.Context, r request, _ *struct{}) (profile, error) {
	id := r.Caller.Actor.Ref.Account()
	if id == 0 {
		return profile{}, fault.New(fault.Forbidden, "An admin token has no profile.")
	}
	seen := profile{
		RootRole: roleOf(r.State, id), Projects: []flag.ProjectID{}, Groups: []groupItem{}, Subscriptions: []notify.Topic{}, Features: []any{},
		CanChangePassword: r.Caller.Actor.Ref.Kind() == access.KindUser && !r.State.PasswordSignIn().Disabled,
	}
	for g := range r.State.GroupsOf(id) {
		seen.Groups = append(seen.Groups, groupItem{g.ID, g.Name, g.Description})
	}
	for p := range r.State.Projects() {
		if !p.Archived() && r.State.MemberOf(id, p.ID) {
			seen.Projects = append(seen.Projects, p.ID)
		}
	}
	setting, err := a.Notify.Setting(ctx, id)
	for _, t := range notify.Topics() {
		if setting.Topics[t.Topic] == notify.Immediately {
			seen.Subscriptions = append(seen.Subscriptions, t.Topic)
		}
	}
	return seen, err
}

// roles is a list of roles.
type roles struct {
	Version int    `json:"version"`
	Roles   []role `json:"roles"`
}

// getUserRoles lists the caller's roles in a project. For a project that is hidden or does not exist,
// there are none; nothing tells the two apart.
func (a *api) getUserRoles(_ context.Context, r request, in *struct {
	ProjectID flag.ProjectID `query:"projectId"`
},
) (roles, error) {
	if in.ProjectID == "" {
		return roles{}, fault.Field("/query/projectId", "The `/query/projectId` property is required. It was not present on the data you sent.")
	}
	held := roles{Version: 1, Roles: []role{}}
	for _, one := range rolesIn(r.State, r.Caller.Actor.Ref.Account(), in.ProjectID) {
		shown := viewRole(one)
		shown.Project = new(string(in.ProjectID))
		held.Roles = append(held.Roles, shown)
	}
	return held, nil
}
