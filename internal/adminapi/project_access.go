package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/state"
)

// projectAccess registers how people say who may do what in a project.
//
// Who may give what is decided in app and told in docs/access.md, "Giving roles". The permissions here
// are only what it takes to ask.
func (a *api) projectAccess() {
	const (
		all     = projectPath + "/access"
		ofUser  = projectPath + "/users/{userId}/roles"
		ofGroup = projectPath + "/groups/{groupId}/roles"
		rule    = "Who gives a role must hold all that it allows, in the same environments. "
		owner   = "A project that has an owner keeps one."
	)
	reader := []access.Permission{access.UpdateProject, access.ReadProjectAccess}
	writer := []access.Permission{access.UpdateProject, access.WriteProjectAccess}
	op := func(id, method, path, summary, description string) operation {
		return operation{ID: id, Method: method, Path: path, Tag: tagProjects, Summary: summary, Description: description, Permissions: writer}
	}
	register(a, operation{
		ID: "getProjectAccess", Method: http.MethodGet, Path: all, Tag: tagProjects,
		Summary: "Who has which roles in a project", Description: "With the roles that can be given.", Permissions: reader,
	}, a.getProjectAccess)
	register(a, op("addAccessToProject", http.MethodPost, all, "Give people and groups roles in a project", rule+"What they hold already, they keep."), a.addAccessToProject)
	register(a, op("setProjectAccess", http.MethodPut, all, "Replace who has which roles in a project", rule+owner), a.setProjectAccess)
	register(a, op("setRolesForUser", http.MethodPut, ofUser, "Replace the roles of a person in a project", rule+owner), a.setRolesForUser)
	register(a, op("removeUserAccess", http.MethodDelete, ofUser, "Take all roles in a project from a person", owner), a.removeUserAccess)
	register(a, op("setRolesForGroup", http.MethodPut, ofGroup, "Replace the roles of a group in a project", rule+owner), a.setRolesForGroup)
	register(a, op("removeGroupAccess", http.MethodDelete, ofGroup, "Take all roles in a project from a group", owner), a.removeGroupAccess)
}

// ProjectUserAt names a person or a service account in a project.
type ProjectUserAt struct {
	ProjectAt
	User int64 `path:"userId"`
}

// ProjectGroupAt names a group in a project.
type ProjectGroupAt struct {
	ProjectAt
	Group int64 `path:"groupId"`
}

// projectAccess is who has which roles in a project, and the roles that can be given.
//
// Roles are those for projects, built in or of one's own; roles for the whole instance are given
// elsewhere.
type projectAccess struct {
	Roles  []role                 `json:"roles"`
	Users  []userWithProjectRole  `json:"users"`
	Groups []groupWithProjectRole `json:"groups"`
}

// ProjectRolesHeld are the roles that somebody has in a project.
//
// Unleash's older clients know one role, RoleID; Roles has all of them, sorted. There is always one.
type ProjectRolesHeld struct {
	AddedAt instant         `json:"addedAt"`
	RoleID  access.RoleID   `json:"roleId" doc:"The first of the roles."`
	Roles   []access.RoleID `json:"roles"`
}

// userWithProjectRole is a person or a service account with roles in a project.
type userWithProjectRole struct {
	ID       int64  `json:"id"`
	IsAPI    bool   `json:"isAPI"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
	ImageURL string `json:"imageUrl"`
	ProjectRolesHeld
}

// groupWithProjectRole is a group with roles in a project.
type groupWithProjectRole struct {
	Group
	ProjectRolesHeld
}

func (a *api) getProjectAccess(ctx context.Context, r request, in *ProjectAt) (projectAccess, error) {
	all := projectAccess{Roles: projectRoles(r.State), Users: []userWithProjectRole{}, Groups: []groupWithProjectRole{}}
	if err := r.Caller.Actor.Require(in.Project, "", access.UpdateProject, access.ReadProjectAccess); err != nil {
		return all, err
	}
	// After the permission, as in use cases: who may not read access learns the same of every project.
	if _, err := app.Project(r.State, in.Project); err != nil {
		return all, err
	}
	for held := range r.State.Assignments(in.Project) {
		roles := ProjectRolesHeld{AddedAt: instant(held.AddedAt), RoleID: held.Roles[0], Roles: held.Roles}
		if g := r.State.Group(held.Subject.Group); g != nil {
			seen, err := a.viewGroup(ctx, r.State, g)
			if err != nil {
				return all, err
			}
			all.Groups = append(all.Groups, groupWithProjectRole{seen, roles})
			continue
		}
		// Service accounts are among them.
		p, err := a.People.PersonAtHand(ctx, held.Subject.Account)
		if err != nil {
			return all, err
		}
		u := viewPerson(p)
		all.Users = append(all.Users, userWithProjectRole{u.ID, u.IsAPI, u.Name, u.Username, u.Email, u.ImageURL, roles})
	}
	return all, nil
}

// projectAddAccess is who is to get which roles.
//
// Everyone named gets every role.
type projectAddAccess struct {
	Roles  []access.RoleID `json:"roles"`
	Users  []int64         `json:"users"`
	Groups []int64         `json:"groups"`
}

func (a *api) addAccessToProject(ctx context.Context, r request, in *struct {
	ProjectAt
	Body projectAddAccess
},
) (empty, error) {
	return empty{}, a.App.AddProjectAccess(ctx, r.Caller, in.Project, in.Body.Roles, in.Body.Users, in.Body.Groups)
}

// projectAccessConfiguration is all roles in a project, with who has them.
//
// Who is in none of its roles has none afterwards.
type projectAccessConfiguration struct {
	Roles []projectAccessRole `json:"roles"`
}

// projectAccessRole is a role with who has it.
type projectAccessRole struct {
	ID     access.RoleID `json:"id"`
	Users  []int64       `json:"users,omitempty"`
	Groups []int64       `json:"groups,omitempty"`
}

func (a *api) setProjectAccess(ctx context.Context, r request, in *struct {
	ProjectAt
	Body projectAccessConfiguration
},
) (empty, error) {
	all := make([]app.RoleHolders, len(in.Body.Roles))
	for i, one := range in.Body.Roles {
		all[i] = app.RoleHolders{Role: one.ID, Users: one.Users, Groups: one.Groups}
	}
	return empty{}, a.App.SetProjectAccess(ctx, r.Caller, in.Project, all)
}

// roleIDs names roles.
//
// To take all roles away, there is DELETE.
type roleIDs struct {
	Roles []access.RoleID `json:"roles" doc:"At least one."`
}

func (a *api) setRolesForUser(ctx context.Context, r request, in *struct {
	ProjectUserAt
	Body roleIDs
},
) (empty, error) {
	return empty{}, a.App.SetProjectRoles(ctx, r.Caller, in.Project, state.AccountSubject(in.User), in.Body.Roles)
}

func (a *api) removeUserAccess(ctx context.Context, r request, in *ProjectUserAt) (empty, error) {
	return empty{}, a.App.RemoveProjectAccess(ctx, r.Caller, in.Project, state.AccountSubject(in.User))
}

func (a *api) setRolesForGroup(ctx context.Context, r request, in *struct {
	ProjectGroupAt
	Body roleIDs
},
) (empty, error) {
	return empty{}, a.App.SetProjectRoles(ctx, r.Caller, in.Project, state.GroupSubject(in.Group), in.Body.Roles)
}

func (a *api) removeGroupAccess(ctx context.Context, r request, in *ProjectGroupAt) (empty, error) {
	return empty{}, a.App.RemoveProjectAccess(ctx, r.Caller, in.Project, state.GroupSubject(in.Group))
}
