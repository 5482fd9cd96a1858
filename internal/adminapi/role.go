package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// roles registers what can be done with roles, and which permissions they are made of.
//
// Roles in the instance and roles in projects are one noun with two types (docs/access.md, "Roles").
// Everyone may read which roles there are, since their names stand beside people; what a role allows,
// only who has READ_ROLE.
func (a *api) roles() {
	const (
		tag = "Users"
		all = "/roles"
		one = all + "/{roleId}"
		own = "Roles that are built in cannot be changed or deleted."
	)
	admin := []access.Permission{access.Admin}
	reader := []access.Permission{access.Admin, access.ReadRole}
	register(a, operation{
		ID: "getPermissions", Method: http.MethodGet, Path: "/permissions", Tag: tag,
		Summary: "List the permissions that roles can be made of",
	}, a.getPermissions)
	register(a, operation{
		ID: "getRoles", Method: http.MethodGet, Path: all, Tag: tag,
		Summary: "List the roles",
	}, a.getRoles)
	register(a, operation{
		ID: "createRole", Method: http.MethodPost, Path: all, Tag: tag,
		Summary:     "Create a role",
		Description: "For the whole instance (`root-custom`) or for projects (`custom`, also if left out). A permission of environments that names none holds in all of them.",
		Permissions: admin,
	}, a.createRole)
	register(a, operation{
		ID: "validateRole", Method: http.MethodPost, Path: all + "/validate", Tag: tag,
		Summary: "Check a role to be", Permissions: admin,
	}, a.validateRole)
	register(a, operation{
		ID: "getRoleById", Method: http.MethodGet, Path: one, Tag: tag,
		Summary: "Get a role, with its permissions", Permissions: reader,
	}, a.getRole)
	register(a, operation{
		ID: "updateRole", Method: http.MethodPut, Path: one, Tag: tag,
		Summary:     "Change a role, for everyone who has it",
		Description: "What is left out stays as it is; the type does in any case. " + own,
		Permissions: admin,
	}, a.updateRole)
	register(a, operation{
		ID: "deleteRole", Method: http.MethodDelete, Path: one, Tag: tag,
		Summary: "Delete a role", Description: "Refused while somebody has it. " + own,
		Permissions: admin,
	}, a.deleteRole)
	register(a, operation{
		ID: "getRoleProjectAccess", Method: http.MethodGet, Path: "/projects/roles/{roleId}/access", Tag: tagProjects,
		Summary: "In which projects a role is held, and by how many", Permissions: reader,
	}, a.getRoleProjectAccess)
}

// RoleAt names a role.
type RoleAt struct {
	ID access.RoleID `path:"roleId"`
}

// role is a role as lists show it.
type role struct {
	ID          access.RoleID   `json:"id"`
	Name        string          `json:"name"`
	Type        access.RoleType `json:"type"`
	Description string          `json:"description"`
	Project     *string         `json:"project" nullable:"true"`
}

// viewRole returns what lists show of a role. Project is null: a role belongs to none, and views of
// somebody's roles in a project set it.
func viewRole(r *access.Role) role {
	return role{ID: r.ID, Name: r.Name, Type: r.Type, Description: r.Description}
}

// roleOf returns the role in the whole instance that an account has.
//
// It is empty for an account that does not exist.
func roleOf(s *state.State, account int64) role {
	if a := s.Account(account); a != nil && s.Role(a.RootRole) != nil {
		return viewRole(s.Role(a.RootRole))
	}
	return role{}
}

// rootRoles returns the roles that can be given in the whole instance.
func rootRoles(s *state.State) []role {
	return rolesWhere(s, func(r *access.Role) bool { return r.Type.Root() })
}

// projectRoles returns the roles that can be given in projects.
func projectRoles(s *state.State) []role {
	return rolesWhere(s, func(r *access.Role) bool { return !r.Type.Root() })
}

// rolesWhere returns the roles that are wanted, by id.
func rolesWhere(s *state.State, wanted func(*access.Role) bool) []role {
	list := []role{}
	for r := range s.Roles() {
		if wanted(r) {
			list = append(list, viewRole(r))
		}
	}
	return list
}

// adminPermission is a permission that roles can be made of.
//
// ID is the place in the catalogue, counted from 1. Clients keep these numbers, so the catalogue grows
// at its end only (access.Catalogue).
type adminPermission struct {
	ID          int                   `json:"id"`
	Name        access.Permission     `json:"name"`
	DisplayName string                `json:"displayName"`
	Type        access.Scope          `json:"type"`
	Environment *flag.EnvironmentName `json:"environment,omitempty"`
}

// viewPermission returns a permission as the catalogue describes it.
//
// One that the catalogue does not know is shown by its name, with the id 0.
func viewPermission(p access.RolePermission) adminPermission {
	for i, entry := range access.Catalogue() {
		if entry.Permission == p.Permission {
			seen := adminPermission{ID: i + 1, Name: p.Permission, DisplayName: entry.DisplayName, Type: entry.Scope}
			if p.Environment != "" {
				seen.Environment = &p.Environment
			}
			return seen
		}
	}
	return adminPermission{Name: p.Permission, DisplayName: string(p.Permission)}
}

// adminPermissions is all that roles can be made of.
type adminPermissions struct {
	Version     int               `json:"version"`
	Permissions permissionsByKind `json:"permissions"`
}

// permissionsByKind are permissions by what they can be bound to.
//
// The permissions of environments are listed for each environment again: roles are made of pairs.
type permissionsByKind struct {
	Root         []adminPermission        `json:"root"`
	Project      []adminPermission        `json:"project"`
	Environments []environmentPermissions `json:"environments"`
}

// environmentPermissions are permissions in an environment.
type environmentPermissions struct {
	Name        flag.EnvironmentName `json:"name"`
	Permissions []adminPermission    `json:"permissions"`
}

func (a *api) getPermissions(_ context.Context, r request, _ *struct{}) (adminPermissions, error) {
	in := func(scope access.Scope, env flag.EnvironmentName) []adminPermission {
		list := []adminPermission{}
		for _, entry := range access.Catalogue() {
			if entry.Scope == scope {
				list = append(list, viewPermission(access.RolePermission{Permission: entry.Permission, Environment: env}))
			}
		}
		return list
	}
	all := adminPermissions{Version: 1, Permissions: permissionsByKind{
		Root: in(access.ScopeRoot, ""), Project: in(access.ScopeProject, ""), Environments: []environmentPermissions{},
	}}
	for _, env := range r.State.Environments() {
		all.Permissions.Environments = append(all.Permissions.Environments, environmentPermissions{env.Name, in(access.ScopeEnvironment, env.Name)})
	}
	return all, nil
}

// rolesWithVersion is all roles.
type rolesWithVersion struct {
	Version int    `json:"version"`
	Roles   []role `json:"roles"`
}

func (a *api) getRoles(_ context.Context, r request, _ *struct{}) (rolesWithVersion, error) {
	return rolesWithVersion{Version: 1, Roles: rolesWhere(r.State, func(*access.Role) bool { return true })}, nil
}

// roleWithVersion is a role by itself.
type roleWithVersion struct {
	Version int  `json:"version"`
	Role    role `json:"roles"` // Unleash's name for the one
}

// roleWithPermissions is a role with what it allows.
type roleWithPermissions struct {
	ID          access.RoleID     `json:"id"`
	Name        string            `json:"name"`
	Type        access.RoleType   `json:"type"`
	Description string            `json:"description"`
	Permissions []adminPermission `json:"permissions"`
}

func (a *api) getRole(_ context.Context, r request, in *RoleAt) (roleWithPermissions, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin, access.ReadRole); err != nil {
		return roleWithPermissions{}, err
	}
	found, err := app.Role(r.State, in.ID)
	if err != nil {
		return roleWithPermissions{}, err
	}
	seen := roleWithPermissions{ID: found.ID, Name: found.Name, Type: found.Type, Description: found.Description, Permissions: []adminPermission{}}
	for _, p := range found.Permissions {
		seen.Permissions = append(seen.Permissions, viewPermission(p))
	}
	return seen, nil
}

// createRoleWithPermissions is what a role is made of.
//
// The same body creates, checks and changes a role. Nil permissions are none for a new role, and those
// that it has for an old one.
type createRoleWithPermissions struct {
	Name        string            `json:"name"`
	Description *string           `json:"description,omitempty"`
	Type        access.RoleType   `json:"type,omitempty" enum:"root-custom,custom"`
	Permissions *[]rolePermission `json:"permissions,omitempty"`
}

// rolePermission is a permission that a role is to give, by its name or its number.
//
// Name goes before ID.
type rolePermission struct {
	ID          int                   `json:"id,omitempty"`
	Name        access.Permission     `json:"name,omitempty"`
	Environment *flag.EnvironmentName `json:"environment,omitempty" nullable:"true" doc:"For permissions of environments; left out, null or empty: all of them."`
}

// permissions returns those that the body means; nil if it says nothing of them. A number
// that is no permission's stands for itself, which is no name either.
//
// The use case refuses it by its place in the list, so a wrong number cannot quietly give less than was
// meant.
func (b createRoleWithPermissions) permissions() *[]access.RolePermission {
	if b.Permissions == nil {
		return nil
	}
	catalogue := access.Catalogue()
	list := make([]access.RolePermission, len(*b.Permissions))
	for i, p := range *b.Permissions {
		list[i].Permission = p.Name
		if p.Name == "" && p.ID > 0 && p.ID <= len(catalogue) {
			list[i].Permission = catalogue[p.ID-1].Permission
		}
		if p.Environment != nil {
			list[i].Environment = *p.Environment
		}
	}
	return &list
}

// role returns the role that the body describes.
func (b createRoleWithPermissions) role() access.Role {
	made := access.Role{Name: b.Name, Type: b.Type}
	if b.Type == "" {
		made.Type = access.CustomProjectRole
	}
	if b.Description != nil {
		made.Description = *b.Description
	}
	if given := b.permissions(); given != nil {
		made.Permissions = *given
	}
	return made
}

func (a *api) createRole(ctx context.Context, r request, in *struct{ Body createRoleWithPermissions }) (roleWithVersion, error) {
	made, err := a.App.CreateRole(ctx, r.Caller, in.Body.role())
	if err != nil {
		return roleWithVersion{}, err
	}
	return roleWithVersion{Version: 1, Role: viewRole(made)}, nil
}

func (a *api) validateRole(_ context.Context, r request, in *struct{ Body createRoleWithPermissions }) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return empty{}, err
	}
	return empty{}, app.ValidateRole(r.State, in.Body.role())
}

// updateRole changes a role. It has no state to start from, so it hands on what was left out as nil or
// empty.
func (a *api) updateRole(ctx context.Context, r request, in *struct {
	RoleAt
	Body createRoleWithPermissions
},
) (roleWithVersion, error) {
	changed, err := a.App.UpdateRole(ctx, r.Caller, in.ID, app.RoleChange{
		Name: in.Body.Name, Description: in.Body.Description, Type: in.Body.Type, Permissions: in.Body.permissions(),
	})
	if err != nil {
		return roleWithVersion{}, err
	}
	return roleWithVersion{Version: 1, Role: viewRole(changed)}, nil
}

func (a *api) deleteRole(ctx context.Context, r request, in *RoleAt) (empty, error) {
	return empty{}, a.App.DeleteRole(ctx, r.Caller, in.ID)
}

// projectRoleUsage is where a role is held.
//
// Projects that the caller does not see, and those in which nobody holds the role, are left out.
type projectRoleUsage struct {
	Projects []projectRole `json:"projects"`
}

// projectRole is how many hold a role in a project.
type projectRole struct {
	Project             flag.ProjectID `json:"project"`
	Role                access.RoleID  `json:"role"`
	UserCount           int            `json:"userCount"`
	ServiceAccountCount int            `json:"serviceAccountCount"`
	GroupCount          int            `json:"groupCount"`
}

func (a *api) getRoleProjectAccess(_ context.Context, r request, in *RoleAt) (projectRoleUsage, error) {
	usage := projectRoleUsage{Projects: []projectRole{}}
	if err := r.Caller.Actor.Require("", "", access.Admin, access.ReadRole); err != nil {
		return usage, err
	}
	if _, err := app.Role(r.State, in.ID); err != nil {
		return usage, err
	}
	for held := range r.State.AllAssignments() { // by project
		if !held.Has(in.ID) || !r.sees(held.Project) {
			continue
		}
		last := len(usage.Projects) - 1
		if last < 0 || usage.Projects[last].Project != held.Project {
			usage.Projects = append(usage.Projects, projectRole{Project: held.Project, Role: in.ID})
			last++
		}
		// A group's subject has no account.
		switch account := r.State.Account(held.Subject.Account); {
		case account == nil:
			usage.Projects[last].GroupCount++
		case account.Kind == access.KindServiceAccount:
			usage.Projects[last].ServiceAccountCount++
		default:
			usage.Projects[last].UserCount++
		}
	}
	return usage, nil
}
