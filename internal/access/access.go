// Package access answers one question: may this actor do this here?
//
// It holds the catalogue of permissions, what a grant is, and the check. It is
// pure: grants come in as values, the answer goes out. Who is calling (passwords,
// sessions, tokens) belongs in identity; which flags exist belongs in state.
package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// Any matches every project or every environment in a grant.
const Any = "*"

// Grant is one permission that an actor holds. An empty Project or Environment
// means that the grant is not bound to one (reference/platform.md, section 3.1).
type Grant struct {
	Permission  Permission           `json:"permission"`
	Project     flag.ProjectID       `json:"project,omitempty"`
	Environment flag.EnvironmentName `json:"environment,omitempty"`
}

// covers reports whether the grant gives the permission there.
func (g Grant) covers(p Permission, project flag.ProjectID, env flag.EnvironmentName) bool {
	return g.Permission == p &&
		(g.Project == "" || g.Project == Any || g.Project == project) &&
		(g.Environment == "" || g.Environment == Any || g.Environment == env)
}

// Actor is someone, or something, that does things: a person, a service account,
// an API token, or Quorate itself.
type Actor struct {
	Ref    Ref
	Grants []Grant
}

// System is Quorate acting by itself: first start, clean-up, schedules.
func System() Actor {
	return Actor{Ref: SystemRef, Grants: []Grant{{Permission: Admin}}}
}

// IsAdmin reports whether the actor may do everything.
func (a Actor) IsAdmin() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Permission == Admin })
}

// Holds reports whether one of the actor's grants gives exactly this permission
// there; being an admin does not count.
func (a Actor) Holds(p Permission, project flag.ProjectID, env flag.EnvironmentName) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.covers(p, project, env) })
}

// Can reports whether the actor may use one of the permissions in the project and
// environment. Admins can; the permission None is everyone's.
func (a Actor) Can(project flag.ProjectID, env flag.EnvironmentName, anyOf ...Permission) bool {
	if a.IsAdmin() {
		return true
	}
	return slices.ContainsFunc(anyOf, func(p Permission) bool { return p == None || a.Holds(p, project, env) })
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
// tools of the field match on (reference/platform.md, section 5.1).
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
