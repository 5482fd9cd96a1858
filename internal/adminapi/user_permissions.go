package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// userPermissions registers how administrators see what somebody may do, and by which roles.
//
// This answers the question why somebody can or cannot do something, so it goes through the same
// functions as the use cases: State.Actor and Actor.Can (docs/access.md).
func (a *api) userPermissions() {
	const description = "In the project and the environment that the query names, if it does; by the role in the instance, those in the project, and those of the groups."
	register(a, operation{
		ID: "getUserPermissions", Method: http.MethodGet, Path: "/user-admin/{id}/permissions", Tag: tagUsers,
		Summary: "What a person may do", Description: description, Permissions: []access.Permission{access.Admin},
	}, func(ctx context.Context, r request, in *permissionsOf) (userAccessOverview, error) {
		return a.showPermissions(ctx, r, access.KindUser, in)
	})
	register(a, operation{
		ID: "getServiceAccountPermissions", Method: http.MethodGet, Path: "/service-account/{id}/permissions", Tag: "Service Accounts",
		Summary: "What a service account may do", Description: description, Permissions: []access.Permission{access.Admin},
	}, func(ctx context.Context, r request, in *permissionsOf) (userAccessOverview, error) {
		return a.showPermissions(ctx, r, access.KindServiceAccount, in)
	})
}

// permissionsOf asks what an account may do somewhere.
//
// Left out, Project and Environment are nowhere in particular: then only what holds everywhere is held.
type permissionsOf struct {
	PersonAt
	Project     flag.ProjectID       `query:"project"`
	Environment flag.EnvironmentName `query:"environment"`
}

// userAccessOverview is what an account may do, and by which roles.
type userAccessOverview struct {
	Overview     permissionOverview `json:"overview"`
	User         user               `json:"user"`
	RootRole     role               `json:"rootRole"`
	ProjectRoles []userProjectRole  `json:"projectRoles"`
}

// permissionOverview is all permissions by what they can be bound to.
type permissionOverview struct {
	Root        []permissionHeld `json:"root"`
	Project     []permissionHeld `json:"project"`
	Environment []permissionHeld `json:"environment"`
}

// permissionHeld is a permission, and whether an account has it.
type permissionHeld struct {
	PermissionShown
	HasPermission bool `json:"hasPermission"`
}

// PermissionShown is a permission as the catalogue describes it.
type PermissionShown adminPermission

// userProjectRole is a role that an account has in a project, itself or by a group.
//
// RoleShown and PermissionShown are role and adminPermission under exported names, for huma passes over
// embedded types that are not.
type userProjectRole struct {
	RoleShown
	Permissions []adminPermission `json:"permissions"`
}

// RoleShown is a role as lists show it.
type RoleShown role

func (a *api) showPermissions(ctx context.Context, r request, kind access.Kind, in *permissionsOf) (userAccessOverview, error) {
	var none userAccessOverview
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return none, err
	}
	account := r.State.Account(in.ID)
	if account == nil || account.Kind != kind {
		return none, fault.New(fault.NotFound, "Could not find user with id %d", in.ID)
	}
	person, err := a.People.PersonAtHand(ctx, in.ID)
	if err != nil {
		return none, err
	}
	// Somebody who is suspended holds nothing, and has the roles all the same.
	actor, _ := r.State.Actor(in.ID)
	seen := userAccessOverview{
		Overview: permissionOverview{Root: []permissionHeld{}, Project: []permissionHeld{}, Environment: []permissionHeld{}},
		User:     withRole(r.State, person), RootRole: roleOf(r.State, in.ID), ProjectRoles: []userProjectRole{},
	}
	for _, entry := range access.Catalogue() {
		at := access.RolePermission{Permission: entry.Permission}
		switch entry.Scope {
		case access.ScopeRoot:
			seen.Overview.Root = append(seen.Overview.Root, viewHeld(at, actor.Can("", "", entry.Permission)))
		case access.ScopeProject:
			seen.Overview.Project = append(seen.Overview.Project, viewHeld(at, actor.Can(in.Project, "", entry.Permission)))
		case access.ScopeEnvironment:
			at.Environment = in.Environment
			seen.Overview.Environment = append(seen.Overview.Environment, viewHeld(at, actor.Can(in.Project, in.Environment, entry.Permission)))
		}
	}
	for _, held := range rolesIn(r.State, in.ID, in.Project) {
		shown := userProjectRole{RoleShown: RoleShown(viewRole(held)), Permissions: []adminPermission{}}
		shown.Project = new(string(in.Project))
		for _, p := range held.Permissions {
			shown.Permissions = append(shown.Permissions, viewPermission(p))
		}
		seen.ProjectRoles = append(seen.ProjectRoles, shown)
	}
	return seen, nil
}

// viewHeld returns a permission with whether it is held.
func viewHeld(p access.RolePermission, held bool) permissionHeld {
	return permissionHeld{PermissionShown(viewPermission(p)), held}
}

// rolesIn returns the roles that an account has in a project, itself or by its groups, each once.
//
// Their own come first. The role in the instance is not among them.
func rolesIn(s *state.State, account int64, project flag.ProjectID) []*access.Role {
	subjects := []state.Subject{state.AccountSubject(account)}
	for g := range s.GroupsOf(account) {
		subjects = append(subjects, state.GroupSubject(g.ID))
	}
	var roles []*access.Role
	seen := map[access.RoleID]bool{}
	for _, subject := range subjects {
		held := s.Assignment(project, subject)
		if held == nil {
			continue
		}
		for _, id := range held.Roles {
			if one := s.Role(id); one != nil && !seen[id] {
				seen[id] = true
				roles = append(roles, one)
			}
		}
	}
	return roles
}
