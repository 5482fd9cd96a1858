package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// TestHolds asks actors made of roles, and compares with looking through all that they hold.
func TestHolds(t *testing.T) {
	t.Parallel()
	permission := rapid.SampledFrom([]access.Permission{access.Admin, access.CreateFeature, access.UpdateFeatureEnvironment, access.None})
	project := rapid.SampledFrom([]flag.ProjectID{"", "a", "b", access.Any})
	environment := rapid.SampledFrom([]flag.EnvironmentName{"", "dev", "prod", access.Any})
	covers := func(bound, asked string) bool { return bound == "" || bound == access.Any || bound == asked }
	rapid.Check(t, func(t *rapid.T) {
		var actor access.Actor
		for range rapid.IntRange(0, 4).Draw(t, "roles") {
			var role access.Role
			for range rapid.IntRange(0, 3).Draw(t, "permissions") {
				role.Permissions = append(role.Permissions, access.RolePermission{Permission: permission.Draw(t, "gives"), Environment: environment.Draw(t, "there")})
			}
			in := project.Filter(func(p flag.ProjectID) bool { return p != access.Any }).Draw(t, "in")
			actor.Give(&role, in)
		}
		if rapid.Bool().Draw(t, "everywhere") {
			actor.Grants = append(actor.Grants, access.Grant{Permission: access.CreateFeature, Project: access.Any, Environment: environment.Draw(t, "env")})
		}
		asked, where, env := permission.Draw(t, "asked"), project.Draw(t, "where"), environment.Draw(t, "env")
		holds, admin := false, false
		for _, g := range actor.All() {
			holds = holds || g.Permission == asked && covers(string(g.Project), string(where)) && covers(string(g.Environment), string(env))
			admin = admin || g.Permission == access.Admin && g.Project == ""
		}
		if got := actor.Holds(asked, where, env); got != holds {
			t.Errorf("Holds(%s, %q, %q): got %v, want %v, of %v", asked, where, env, got, holds, actor.All())
		}
		if got, want := actor.Can(where, env, asked), holds || admin || asked == access.None; got != want {
			t.Errorf("Can(%q, %q, %s): got %v, want %v, of %v", where, env, asked, got, want, actor.All())
		}
	})
}

// TestGiveChangesNoRole holds that a second role in a project leaves the first as it is.
func TestGiveChangesNoRole(t *testing.T) {
	t.Parallel()
	first := access.Role{Permissions: make([]access.RolePermission, 1, 2)}
	second := access.Role{Permissions: []access.RolePermission{{Permission: access.CreateFeature}}}
	var actor access.Actor
	actor.Give(&first, "a")
	actor.Give(&second, "a")
	if !actor.Holds(access.CreateFeature, "a", "") {
		t.Errorf("got %v, want what the second role gives", actor.All())
	}
	if behind := first.Permissions[:2][1]; behind != (access.RolePermission{}) {
		t.Errorf("got %v behind the first role's permissions, want nothing", behind)
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	member := access.Actor{Ref: "user:7", Grants: []access.Grant{{Permission: access.CreateFeature, Project: "a"}}}
	if err := member.Require("a", "", access.UpdateFeature, access.CreateFeature); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	err := fault.As(member.Require("a", "prod", access.UpdateFeature, access.Admin))
	const want = `You don't have the required permissions to perform this operation. To perform this action, you need one of the following permissions: "UPDATE_FEATURE", "ADMIN" in the "prod" environment.`
	if err == nil || err.Kind != fault.Permission || err.Message != want || !slices.Equal(err.Permissions, []string{"UPDATE_FEATURE", "ADMIN"}) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestMayGive(t *testing.T) {
	t.Parallel()
	role := func(list ...access.RolePermission) *access.Role {
		return &access.Role{Name: "Helper", Permissions: list}
	}
	inProd := access.RolePermission{Permission: access.ApproveChangeRequest, Environment: "prod"}
	everywhere := access.RolePermission{Permission: access.ApproveChangeRequest}
	inProject := access.RolePermission{Permission: access.UpdateProject}
	actor := func(list ...access.RolePermission) (a access.Actor) {
		a.Give(role(list...), "a")
		return a
	}
	for _, c := range []struct {
		name  string
		actor access.Actor
		role  *access.Role
		lacks string // part of the sentence; empty: the role may be given
	}{
		{"an admin", access.System(), role(everywhere, inProject), ""},
		{"a role that gives nothing", actor(), role(), ""},
		{"all that the role gives", actor(everywhere, inProject), role(inProd, inProject), ""},
		{"what the role gives a part of", actor(inProject), role(access.RolePermission{Permission: access.WriteChangeRequestSettings}), ""},
		{"a part of what the role gives", actor(access.RolePermission{Permission: access.WriteProjectSettings}), role(inProject), `"UPDATE_PROJECT" in the project`},
		{"the same environment", actor(inProd), role(inProd), ""},
		{"one environment only", actor(inProd), role(everywhere), `"APPROVE_CHANGE_REQUEST" in every environment`},
		{"no environment", actor(inProject), role(inProd), `"APPROVE_CHANGE_REQUEST" in the environment "prod"`},
		{"not the project", actor(inProd), role(inProd, inProject), `"UPDATE_PROJECT" in the project`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.actor.MayGive(c.role, "a")
			switch {
			case c.lacks == "" && err != nil:
				t.Errorf("got %v, want nil", err)
			case c.lacks != "" && (!fault.Is(err, fault.InvalidOperation) || !strings.Contains(err.Error(), c.lacks)):
				t.Errorf("got %v, want that it names %s", err, c.lacks)
			}
		})
	}
	if err := actor(inProject).MayGive(role(inProject), "b"); err == nil {
		t.Error("got nil for another project, want a fault")
	}
}

func TestValidateRole(t *testing.T) {
	t.Parallel()
	bound := func(p access.Permission, env flag.EnvironmentName) access.RolePermission {
		return access.RolePermission{Permission: p, Environment: env}
	}
	for _, c := range []struct {
		name  string
		role  access.Role
		wrong []string // the fields
	}{
		{"for a project", access.Role{Name: "x", Type: access.CustomProjectRole, Permissions: []access.RolePermission{bound(access.UpdateFeature, ""), bound(access.ApplyChangeRequest, "prod"), bound(access.ApplyChangeRequest, "")}}, nil},
		{"for the instance", access.Role{Name: "x", Type: access.CustomRootRole, Permissions: []access.RolePermission{bound(access.ReadLogs, "")}}, nil},
		{"without a name", access.Role{Name: " ", Type: access.CustomRootRole}, []string{"/body/name"}},
		{"with a very long name", access.Role{Name: strings.Repeat("x", 256), Type: access.CustomRootRole}, []string{"/body/name"}},
		{"built in", access.Role{Name: "x", Type: access.ProjectRole}, []string{"/body/type"}},
		{"with what there is not", access.Role{Name: "x", Type: access.CustomProjectRole, Permissions: []access.RolePermission{bound("FLY", ""), bound(access.None, "")}}, []string{"/body/permissions/0/name", "/body/permissions/1/name"}},
		{"for a project, with a permission of the instance", access.Role{Name: "x", Type: access.CustomProjectRole, Permissions: []access.RolePermission{bound(access.Admin, "")}}, []string{"/body/permissions/0/name"}},
		{"for the instance, with permissions of projects", access.Role{Name: "x", Type: access.CustomRootRole, Permissions: []access.RolePermission{bound(access.ReadLogs, ""), bound(access.UpdateFeature, "")}}, nil},
		{"for the instance, with permissions of environments", access.Role{Name: "x", Type: access.CustomRootRole, Permissions: []access.RolePermission{bound(access.UpdateFeature, ""), bound(access.SkipChangeRequest, "")}}, []string{"/body/permissions/1/name"}},
		{"with a bound permission of a project", access.Role{Name: "x", Type: access.CustomProjectRole, Permissions: []access.RolePermission{bound(access.UpdateFeature, "prod")}}, []string{"/body/permissions/0/environment"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var wrong []string
			for _, detail := range access.ValidateRole("/body", c.role) {
				wrong = append(wrong, detail.Path)
			}
			if diff := cmp.Diff(c.wrong, wrong); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBuiltInRoles holds that they are made of what the catalogue has.
func TestBuiltInRoles(t *testing.T) {
	t.Parallel()
	for i, role := range access.BuiltInRoles() {
		if role.ID != access.RoleID(i+1) || !role.Type.BuiltIn() {
			t.Errorf("got the role %d of the type %q in place %d", role.ID, role.Type, i+1)
		}
		for _, p := range role.Permissions {
			entry, known := access.EntryOf(p.Permission)
			if !known || entry.Scope == access.ScopeRoot && !role.Type.Root() {
				t.Errorf("the role %q gives %s, of the scope %q", role.Name, p.Permission, entry.Scope)
			}
		}
	}
}
