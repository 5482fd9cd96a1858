// Package access answers one question: may this actor do this here?
//
// It holds the catalogue of permissions, what a grant is, and the check. It is
// pure: grants come in as values, the answer goes out. Who is calling (passwords,
// sessions, tokens) belongs in identity; which flags exist belongs in state.
package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// Any matches every project or every environment in a grant.
const Any = "*"

// Grant is one permission that an actor holds. An empty Project or Environment
// means that the grant is not bound to one.
type Grant struct {
	Permission  Permission           `json:"permission"`
	Project     flag.ProjectID       `json:"project,omitempty"`
	Environment flag.EnvironmentName `json:"environment,omitempty"`
}

// covers reports whether the grant gives the permission there.
func (g Grant) covers(p Permission, project flag.ProjectID, env flag.EnvironmentName) bool {
	return (g.Project == "" || g.Project == Any || g.Project == project) &&
		RolePermission{g.Permission, g.Environment}.covers(p, env)
}

// Actor is someone, or something, that does things: a person, a service account,
// an API token, or Quorate itself.
type Actor struct { //nolint:recvcheck // Give makes one; whoever has it only asks
	Ref Ref
	// Grants are permissions that the actor holds, each where it says. They are looked
	// through one by one, so they should be few.
	Grants []Grant
	// Projects are further permissions, by the one project in which they are held. There
	// may be many projects. The lists are shared with roles and must not be changed.
	Projects map[flag.ProjectID][]RolePermission
	// AsOf is the revision of the state that said all this; 0: no state did, and it holds at any.
	AsOf int64
}

// System is Quorate acting by itself: first start, clean-up, schedules.
func System() Actor {
	return Actor{Ref: SystemRef, Grants: []Grant{{Permission: Admin}}}
}

// Give adds what a role allows: in the project, or everywhere if that is empty.
func (a *Actor) Give(r *Role, project flag.ProjectID) {
	if project == "" {
		for _, p := range r.Permissions {
			a.Grants = append(a.Grants, Grant{Permission: p.Permission, Environment: p.Environment})
		}
		return
	}
	if a.Projects == nil {
		a.Projects = map[flag.ProjectID][]RolePermission{}
	}
	if held, more := a.Projects[project]; more {
		a.Projects[project] = slices.Concat(held, r.Permissions)
	} else {
		a.Projects[project] = r.Permissions
	}
}

// All returns everything that the actor holds: first Grants, then by project.
func (a Actor) All() []Grant {
	all := slices.Clone(a.Grants)
	for _, project := range slices.Sorted(maps.Keys(a.Projects)) {
		for _, p := range a.Projects[project] {
			all = append(all, Grant{Permission: p.Permission, Project: project, Environment: p.Environment})
		}
	}
	return all
}

// IsAdmin reports whether the actor may do everything. No role in a project makes an admin.
func (a Actor) IsAdmin() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Permission == Admin })
}

// Holds reports whether the actor holds exactly this permission there; being an admin
// does not count. The empty project is the instance, the empty environment all of them.
func (a Actor) Holds(p Permission, project flag.ProjectID, env flag.EnvironmentName) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.covers(p, project, env) }) ||
		slices.ContainsFunc(a.Projects[project], func(held RolePermission) bool { return held.covers(p, env) })
}

// Can reports whether the actor may use one of the permissions in the project and
// environment. Admins can; the permission None is everyone's.
func (a Actor) Can(project flag.ProjectID, env flag.EnvironmentName, anyOf ...Permission) bool {
	if a.IsAdmin() {
		return true
	}
	return slices.ContainsFunc(anyOf, func(p Permission) bool { return p == None || a.Holds(p, project, env) })
}

// MayGive returns nil if the actor holds all that a role allows in the project, in the same
// environments, or is an admin. UpdateProject counts for the permissions that are parts of it. Else it returns an InvalidOperation fault: nobody hands on
// what they do not have.
func (a Actor) MayGive(r *Role, project flag.ProjectID) error {
	if a.IsAdmin() {
		return nil
	}
	for _, p := range r.Permissions {
		if a.Holds(p.Permission, project, p.Environment) ||
			slices.Contains(partOfUpdateProject, p.Permission) && a.Holds(UpdateProject, project, "") {
			continue
		}
		where := "in every environment"
		if p.Environment != "" {
			where = fmt.Sprintf("in the environment %q", p.Environment)
		}
		if entry, ok := EntryOf(p.Permission); ok && entry.Scope != ScopeEnvironment {
			where = "in the project"
		}
		return fault.New(fault.InvalidOperation,
			"You cannot give the role %q: it has the permission %q %s, which you do not have yourself. An administrator, or somebody who has it, can give the role.",
			r.Name, p.Permission, where)
	}
	return nil
}

// Require returns nil if the actor may use one of the permissions there, else a
// fault that names them all.
func (a Actor) Require(project flag.ProjectID, env flag.EnvironmentName, anyOf ...Permission) error {
	if a.Can(project, env, anyOf...) {
		return nil
	}
	return Denied(env, anyOf...)
}

// Denied returns the fault for a missing permission. Its sentence is the one that
// tools of the field match on.
func Denied(env flag.EnvironmentName, anyOf ...Permission) error {
	quoted := make([]string, len(anyOf))
	names := make([]string, len(anyOf))
	for i, p := range anyOf {
		quoted[i] = fmt.Sprintf("%q", p)
		names[i] = string(p)
	}
	need := "the " + strings.Join(quoted, "") + " permission"
	if len(anyOf) > 1 {
		need = "one of the following permissions: " + strings.Join(quoted, ", ")
	}
	if env != "" {
		need += fmt.Sprintf(" in the %q environment", env)
	}
	f := fault.New(fault.Permission, "You don't have the required permissions to perform this operation. To perform this action, you need %s.", need)
	f.Permissions = names
	return f
}
