package access_test

import (
	"fmt"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// BenchmarkCan asks somebody with 15 permissions in each of 200 projects.
func BenchmarkCan(b *testing.B) {
	actor := access.Actor{Ref: "user:7"}
	var role access.Role
	for _, entry := range access.Catalogue() {
		if entry.Scope != access.ScopeRoot && len(role.Permissions) < 15 {
			role.Permissions = append(role.Permissions, access.RolePermission{Permission: entry.Permission})
		}
	}
	for n := range 200 {
		actor.Give(&role, flag.ProjectID(fmt.Sprintf("project-%d", n)))
	}
	last := role.Permissions[14].Permission
	for name, project := range map[string]flag.ProjectID{"held": "project-199", "missing": "elsewhere"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := actor.Can(project, "production", last); got != (name == "held") {
					b.Fatalf("got %v", got)
				}
			}
		})
	}
}
