package interchange

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

type role struct {
	ID          int64            `json:"id,omitempty"`
	Type        string           `json:"type"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Permissions []rolePermission `json:"permissions,omitempty"`
}

// rolePermission is a permission, in one environment or, if that is nil, in all.
type rolePermission struct {
	Name        string  `json:"name"`
	Environment *string `json:"environment,omitempty"`
}

// roles takes the custom ones over; the built-in ones are there under the same names. The list does not have the
// permissions, so each is read by itself. One that is here under the same name stays as it is, whatever it allows.
func (t *takeover) roles(ctx context.Context) error {
	type list struct{ Roles []role }
	theirs, err := read[list](ctx, t.from, "roles")
	if enterprise(err) {
		t.note("roles", "all", Left, "that server has none but the built-in ones")
		return nil
	}
	if err != nil {
		return err
	}
	ours, err := readOurs[list](ctx, t, "roles")
	if err != nil {
		return err
	}
	t.knowRoles(theirs.Roles, ours.Roles)
	for _, r := range theirs.Roles {
		if !strings.Contains(r.Type, "custom") {
			continue
		}
		if _, known := t.roleIDs[r.ID]; known {
			t.note("role", r.Name, Unchanged, "")
			continue
		}
		full, err := read[role](ctx, t.from, "roles", strconv.FormatInt(r.ID, 10))
		if err != nil {
			return err
		}
		if full.Permissions == nil {
			full.Permissions = []rolePermission{}
		}
		answer, err := t.write(ctx, post, map[string]any{
			"name": full.Name, "description": full.Description, "type": full.Type, "permissions": full.Permissions,
		}, "roles")
		var made struct{ Roles role }
		if err == nil && json.Unmarshal(answer, &made) == nil {
			t.roleIDs[r.ID] = made.Roles.ID
		}
		t.noteError("role", r.Name, Created, err)
	}
	return nil
}

// knowRoles learns the ids of roles that are there under the same names. Lists of people, service accounts and projects
// name roles, too, also on servers that do not list roles; so it is called by each.
func (t *takeover) knowRoles(theirs, ours []role) {
	for _, r := range theirs {
		if i := slices.IndexFunc(ours, func(o role) bool { return o.Name == r.Name }); i >= 0 {
			t.roleIDs[r.ID] = ours[i].ID
		}
	}
}

// held are the roles that somebody has in a project.
type held struct {
	ID     int64   `json:"id"`
	RoleID int64   `json:"roleId"` // of older servers, which know one role only
	Roles  []int64 `json:"roles"`
}

// all returns the roles by their ids on the server that has told them.
func (h held) all() []int64 {
	if len(h.Roles) == 0 {
		return []int64{h.RoleID}
	}
	return h.Roles
}

// projectAccess is who has which roles in a project.
type projectAccess struct {
	Roles  []role `json:"roles"`
	Users  []held `json:"users"`
	Groups []held `json:"groups"`
}

// roleHolders are those who have a role in a project.
type roleHolders struct {
	ID     int64   `json:"id"`
	Users  []int64 `json:"users"`
	Groups []int64 `json:"groups"`
}

// access gives people and groups the roles in projects that they have there; those that they have here they
// keep. What changes in a project changes at once. The API replaces all of a project's access at once, so what is here is
// read first and sent along. A role or holder that was not taken over is counted and told, and keeps the others out of
// nothing.
func (t *takeover) access(ctx context.Context) error {
	for _, p := range t.known {
		theirs, err := read[projectAccess](ctx, t.from, "projects", p.ID, "access")
		if enterprise(err) {
			t.note("project access", "all", Left, "that server has none")
			return nil
		}
		if err != nil {
			return err
		}
		ours, err := readOurs[projectAccess](ctx, t, "projects", p.ID, "access")
		if err != nil {
			return err
		}
		t.knowRoles(theirs.Roles, ours.Roles)
		// By role, since that is how the API takes it: first what is here, then what comes to it.
		holders := map[int64]*roleHolders{}
		of := func(role int64) *roleHolders {
			if holders[role] == nil {
				holders[role] = &roleHolders{ID: role, Users: []int64{}, Groups: []int64{}}
			}
			return holders[role]
		}
		for _, h := range ours.Users {
			for _, role := range h.all() {
				of(role).Users = append(of(role).Users, h.ID)
			}
		}
		for _, h := range ours.Groups {
			for _, role := range h.all() {
				of(role).Groups = append(of(role).Groups, h.ID)
			}
		}
		before, unknown := countHolders(holders), 0
		add := func(list []held, ids map[int64]int64, to func(*roleHolders) *[]int64) {
			for _, h := range list {
				for _, role := range h.all() {
					id, knownHolder := ids[h.ID]
					roleID, knownRole := t.roleIDs[role]
					if !knownHolder || !knownRole {
						unknown++
					} else if list := to(of(roleID)); !slices.Contains(*list, id) {
						*list = append(*list, id)
					}
				}
			}
		}
		add(theirs.Users, t.accountIDs, func(r *roleHolders) *[]int64 { return &r.Users })
		add(theirs.Groups, t.groupIDs, func(r *roleHolders) *[]int64 { return &r.Groups })
		if unknown > 0 {
			t.note("project access", p.ID, Failed, fmt.Sprintf("of %d roles that are given there, the role or who has it was not taken over", unknown))
		}
		// The write would be an event each time that a takeover is repeated.
		if countHolders(holders) == before {
			t.note("project access", p.ID, Unchanged, "")
			continue
		}
		roles := make([]*roleHolders, 0, len(holders))
		for _, id := range slices.Sorted(maps.Keys(holders)) {
			roles = append(roles, holders[id])
		}
		_, err = t.write(ctx, put, map[string]any{"roles": roles}, "projects", p.ID, "access")
		t.noteError("project access", p.ID, Updated, err)
	}
	return nil
}

// countHolders counts who has which role. As nothing is taken away, an equal number means that nothing was added.
func countHolders(holders map[int64]*roleHolders) int {
	n := 0
	for _, r := range holders {
		n += len(r.Users) + len(r.Groups)
	}
	return n
}

// token is an API token with its secret, if the server tells that to admins.
type token struct {
	Secret      *string  `json:"secret"`
	Name        string   `json:"tokenName"`
	Type        string   `json:"type"`
	Environment string   `json:"environment,omitempty"`
	Projects    []string `json:"projects"`
	ExpiresAt   *string  `json:"expiresAt,omitempty"`
}

// tokens takes the tokens of SDKs over with their secrets, so that no SDK needs another. It is compared by the secret:
// names need not be unique.
func (t *takeover) tokens(ctx context.Context) error {
	type list struct{ Tokens []token }
	theirs, ours, err := both[list](ctx, t, "api-tokens")
	if err != nil {
		return err
	}
	for _, token := range theirs.Tokens {
		switch {
		case token.Type == "admin":
			t.note("API token", token.Name, Left, "admin tokens are not taken over: give scripts tokens of service accounts")
			continue
		case token.Secret == nil || *token.Secret == "":
			t.note("API token", token.Name, Left, "that server does not tell its secret any more: its SDKs need a new token")
			continue
		case slices.ContainsFunc(ours.Tokens, token.same):
			t.note("API token", token.Name, Unchanged, "")
			continue
		}
		_, err := t.write(ctx, post, token, "api-tokens")
		t.noteError("API token", token.Name, Created, err)
	}
	return nil
}

// same reports whether another token has the same secret.
func (t token) same(o token) bool { return o.Secret != nil && *o.Secret == *t.Secret }
