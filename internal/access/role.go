package access

import (
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// RoleID identifies a role: a counter of the ledger, never reused.
type RoleID int64

// The built-in roles; their ids are Unleash's.
const (
	RoleAdmin  RoleID = 1
	RoleEditor RoleID = 2
	RoleViewer RoleID = 3
	RoleOwner  RoleID = 4
	RoleMember RoleID = 5
	RoleReader RoleID = 6
)

// RoleType says where a role can be given, and whether it is built in.
type RoleType string

// The role types.
const (
	RootRole          RoleType = "root"
	CustomRootRole    RoleType = "root-custom"
	ProjectRole       RoleType = "project"
	CustomProjectRole RoleType = "custom"
)

// Root reports whether the role is given in the whole instance.
func (t RoleType) Root() bool { return t == RootRole || t == CustomRootRole }

// BuiltIn reports whether the role can be neither changed nor deleted.
func (t RoleType) BuiltIn() bool { return t == RootRole || t == ProjectRole }

// Role is a named set of permissions.
type Role struct {
	ID          RoleID           `json:"id"`
	Name        string           `json:"name"`
	Description string           `json:"description,omitempty"`
	Type        RoleType         `json:"type"`
	Permissions []RolePermission `json:"permissions,omitempty"`
}

// RolePermission is a permission that a role gives; an empty Environment means
// all of them.
type RolePermission struct {
	Permission  Permission           `json:"permission"`
	Environment flag.EnvironmentName `json:"environment,omitempty"`
}

// covers reports whether the permission is given in the environment; the empty one stands
// for all of them.
func (p RolePermission) covers(want Permission, env flag.EnvironmentName) bool {
	return p.Permission == want && (p.Environment == "" || p.Environment == Any || p.Environment == env)
}

// maxRoleName bounds the names of roles and groups, in bytes: what is longer is no name.
const maxRoleName = 255

// ValidateRole returns what is wrong with a custom role. Details name fields below path. In a
// role for the instance, permissions of projects hold in all of them; those of environments,
// to approve among them, are given by project.
func ValidateRole(path string, r Role) []fault.Detail {
	details := validateName(path+"/name", r.Name)
	if r.Type.BuiltIn() {
		details = append(details, fault.Detail{Path: path + "/type", Message: fmt.Sprintf("A role of one's own has the type %q or %q.", CustomRootRole, CustomProjectRole)})
	}
	for i, p := range r.Permissions {
		at := fmt.Sprintf("%s/permissions/%d", path, i)
		entry, known := EntryOf(p.Permission)
		switch {
		case !known:
			details = append(details, fault.Detail{Path: at + "/name", Message: fmt.Sprintf("There is no permission %q.", p.Permission)})
		case !r.Type.Root() && entry.Scope == ScopeRoot, r.Type.Root() && entry.Scope == ScopeEnvironment:
			details = append(details, fault.Detail{Path: at + "/name", Message: fmt.Sprintf("The permission %q cannot be part of a role of the type %q.", p.Permission, r.Type)})
		case p.Environment != "" && entry.Scope != ScopeEnvironment:
			details = append(details, fault.Detail{Path: at + "/environment", Message: fmt.Sprintf("The permission %q cannot be bound to an environment.", p.Permission)})
		}
	}
	return details
}

// validateName returns what is wrong with the name of a role or a group.
func validateName(path, name string) []fault.Detail {
	switch {
	case strings.TrimSpace(name) == "":
		return []fault.Detail{{Path: path, Message: "A name is needed."}}
	case len(name) > maxRoleName:
		return []fault.Detail{{Path: path, Message: fmt.Sprintf("It is longer than %d bytes.", maxRoleName)}}
	default:
		return nil
	}
}

// BuiltInRoles returns the roles that every instance has. The Editor's project
// permissions hold in every project: Unleash binds them to the project "default".
func BuiltInRoles() []Role {
	inProject := []Permission{
		CreateFeature, UpdateFeature, DeleteFeature, UpdateFeatureDependency, UpdateFeatureVariants,
		MoveFeature, UpdateProject, DeleteProject, ReadProjectToken, CreateProjectToken, DeleteProjectToken,
	}
	member := []Permission{
		CreateFeature, UpdateFeature, DeleteFeature, UpdateFeatureDependency, UpdateFeatureVariants,
		ReadProjectToken, CreateProjectToken, DeleteProjectToken,
	}
	inEnvironment := []Permission{
		CreateFeatureStrategy, UpdateFeatureStrategy, DeleteFeatureStrategy,
		UpdateFeatureEnvironment, UpdateFeatureEnvironmentVariants,
	}
	instance := []Permission{
		CreateAddon, UpdateAddon, DeleteAddon, ReadClientToken, ReadFrontendToken, UpdateApplication,
		CreateContextField, UpdateContextField, DeleteContextField, CreateProject,
		CreateSegment, UpdateSegment, DeleteSegment, CreateStrategy, UpdateStrategy, DeleteStrategy,
		CreateTagType, UpdateTagType, DeleteTagType, CreateReleaseTemplate, UpdateReleaseTemplate,
	}
	owner := []Permission{UpdateProjectContext, UpdateProjectSegment, UpdateProjectReleaseTemplate}
	return []Role{
		{ID: RoleAdmin, Name: "Admin", Type: RootRole, Description: "May do everything in the whole instance.", Permissions: permissions([]Permission{Admin})},
		{ID: RoleEditor, Name: "Editor", Type: RootRole, Description: "May change flags and what they are made of, in every project.", Permissions: permissions(instance, inProject, inEnvironment)},
		{ID: RoleViewer, Name: "Viewer", Type: RootRole, Description: "May look, and in open projects propose changes.", Permissions: nil},
		{ID: RoleOwner, Name: "Owner", Type: ProjectRole, Description: "May change everything in a project, its settings and its members.", Permissions: permissions(inProject, inEnvironment, owner)},
		{ID: RoleMember, Name: "Member", Type: ProjectRole, Description: "May change the flags of a project.", Permissions: permissions(member, inEnvironment)},
		{ID: RoleReader, Name: "Reader", Type: ProjectRole, Description: "May look into a private project.", Permissions: nil},
	}
}

// permissions joins lists of permissions that hold in every environment.
func permissions(lists ...[]Permission) []RolePermission {
	var all []RolePermission
	for _, list := range lists {
		for _, p := range list {
			all = append(all, RolePermission{Permission: p})
		}
	}
	return all
}
