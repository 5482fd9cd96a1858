package adminapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// groups registers what can be done with groups.
//
// Everyone who is signed in sees all groups and who is in them, since roles in projects are given to
// them; the projects in which a group has roles are shown as far as the caller may see them
// (docs/access.md).
func (a *api) groups() {
	const (
		all = "/groups"
		one = all + "/{groupId}"
	)
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getGroups", Method: http.MethodGet, Path: all, Tag: tagUsers,
		Summary: "List the groups",
	}, a.getGroups)
	register(a, operation{
		ID: "createGroup", Method: http.MethodPost, Path: all, Tag: tagUsers,
		Summary: "Create a group", Permissions: admin, Status: http.StatusCreated,
	}, a.createGroup)
	register(a, operation{
		ID: "getGroup", Method: http.MethodGet, Path: one, Tag: tagUsers,
		Summary: "Get a group",
	}, a.getGroup)
	register(a, operation{
		ID: "updateGroup", Method: http.MethodPut, Path: one, Tag: tagUsers,
		Summary: "Change a group", Description: "What is left out stays as it is.", Permissions: admin,
	}, a.updateGroup)
	register(a, operation{
		ID: "deleteGroup", Method: http.MethodDelete, Path: one, Tag: tagUsers,
		Summary: "Delete a group, with what it gave its members", Permissions: admin,
	}, a.deleteGroup)
}

// GroupAt names a group.
type GroupAt struct {
	ID int64 `path:"groupId"`
}

// createGroup is what a group is made of.
//
// A pointer to a list tells left out, which stays, from empty, which takes all away. Groups with
// mappings get their members from the identity provider as people sign in (docs/single-sign-on.md,
// "Groups").
type createGroup struct {
	Name        string                  `json:"name"`
	Description optional[string]        `json:"description,omitzero"`
	MappingsSSO *[]string               `json:"mappingsSSO,omitempty" doc:"The names under which single sign-on providers know the group."`
	RootRole    optional[access.RoleID] `json:"rootRole,omitzero" doc:"Of the members in the whole instance, beside their own; null for none."`
	Users       *[]createGroupUser      `json:"users,omitempty"`
}

// createGroupUser is a member to be.
//
// Unleash's body wraps the id twice.
type createGroupUser struct {
	User userID `json:"user"`
}

// userID names a person or a service account.
type userID struct {
	ID int64 `json:"id"`
}

// settings returns what the body makes of a group.
//
// For a new group g is empty; for a change it is what the group is made of on the state on which is
// decided. A name has to be sent in both.
func (b createGroup) settings(g app.GroupSettings) app.GroupSettings {
	g.Name = b.Name
	g.Description = b.Description.Or(g.Description)
	g.RootRole = b.RootRole.Or(g.RootRole)
	if b.MappingsSSO != nil {
		g.MappingsSSO = *b.MappingsSSO
	}
	if b.Users != nil {
		g.Members = nil
		for _, u := range *b.Users {
			g.Members = append(g.Members, u.User.ID)
		}
	}
	return g
}

// Group is a group with its members.
//
// It is exported for huma passes over embedded types that are not. SCIMID is nil for a group that no
// directory keeps.
type Group struct {
	ID          int64            `json:"id"`
	Name        string           `json:"name"`
	Description *string          `json:"description" nullable:"true"`
	MappingsSSO []string         `json:"mappingsSSO"`
	RootRole    *access.RoleID   `json:"rootRole" nullable:"true"`
	CreatedBy   *string          `json:"createdBy" nullable:"true"`
	CreatedAt   *instant         `json:"createdAt" nullable:"true"`
	Users       []groupUserModel `json:"users"`
	SCIMID      *string          `json:"scimId" nullable:"true"`
}

// group is a group, and the projects in which it has roles.
type group struct {
	Group
	Projects  []flag.ProjectID `json:"projects" doc:"Those that the caller may see."`
	UserCount int              `json:"userCount"`
}

func (g group) location() string { return fmt.Sprint(g.ID) }

// groupUserModel is a member of a group.
type groupUserModel struct {
	JoinedAt  instant `json:"joinedAt"`
	CreatedBy *string `json:"createdBy" nullable:"true" doc:"Who made the member one."`
	User      user    `json:"user"`
}

// groups is all groups.
type groups struct {
	Groups []group `json:"groups"`
}

func (a *api) getGroups(ctx context.Context, r request, _ *struct{}) (groups, error) {
	all := groups{Groups: []group{}}
	for g := range r.State.Groups() {
		seen, err := a.showGroup(ctx, r, r.State, g)
		if err != nil {
			return all, err
		}
		all.Groups = append(all.Groups, seen)
	}
	return all, nil
}

func (a *api) getGroup(ctx context.Context, r request, in *GroupAt) (group, error) {
	g, err := app.Group(r.State, in.ID)
	if err != nil {
		return group{}, err
	}
	return a.showGroup(ctx, r, r.State, g)
}

// showGroup returns a group of a state as the caller may see it.
func (a *api) showGroup(ctx context.Context, r request, s *state.State, g *access.Group) (group, error) {
	shown, err := a.viewGroup(ctx, s, g)
	seen := group{Group: shown, Projects: []flag.ProjectID{}, UserCount: len(g.Members)}
	for held := range s.AssignmentsOf(state.GroupSubject(g.ID)) {
		if r.sees(held.Project) {
			seen.Projects = append(seen.Projects, held.Project)
		}
	}
	return seen, err
}

// viewGroup returns a group with its members' names.
//
// People are named from what is at hand, so that groups are shown while the database is away. CreatedBy
// is the person's e-mail address or username, as events name people; for who has no account any more,
// or never had one, it is what viewCreator calls them.
func (a *api) viewGroup(ctx context.Context, s *state.State, g *access.Group) (Group, error) {
	names, err := a.People.Names(ctx)
	if err != nil {
		return Group{}, err
	}
	called := func(by access.Ref) *string {
		if name, known := names[by.Account()]; known {
			return &name
		}
		return new(a.viewCreator(ctx, s, string(by)).Name)
	}
	seen := Group{
		ID: g.ID, Name: g.Name, Description: g.Description, MappingsSSO: append([]string{}, g.MappingsSSO...), RootRole: g.RootRole,
		CreatedBy: called(g.CreatedBy), CreatedAt: instantOf(&g.CreatedAt), Users: []groupUserModel{}, SCIMID: g.SCIMID,
	}
	for _, m := range g.Members {
		p, err := a.People.PersonAtHand(ctx, m.Account)
		if err != nil {
			return Group{}, err
		}
		seen.Users = append(seen.Users, groupUserModel{JoinedAt: instant(m.JoinedAt), CreatedBy: called(m.AddedBy), User: viewPerson(p)})
	}
	return seen, nil
}

func (a *api) createGroup(ctx context.Context, r request, in *struct{ Body createGroup }) (group, error) {
	made, err := a.App.CreateGroup(ctx, r.Caller, in.Body.settings(app.GroupSettings{}))
	if err != nil {
		return group{}, err
	}
	return a.showGroup(ctx, r, a.App.State(), made)
}

func (a *api) updateGroup(ctx context.Context, r request, in *struct {
	GroupAt
	Body createGroup
},
) (group, error) {
	changed, err := a.App.UpdateGroup(ctx, r.Caller, in.ID, in.Body.settings)
	if err != nil {
		return group{}, err
	}
	return a.showGroup(ctx, r, a.App.State(), changed)
}

func (a *api) deleteGroup(ctx context.Context, r request, in *GroupAt) (empty, error) {
	return empty{}, a.App.DeleteGroup(ctx, r.Caller, in.ID)
}
