package interchange

import (
	"context"
	"encoding/json"
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

type rolePermission struct {
	Name        string  `json:"name"`
	Environment *string `json:"environment,omitempty"`
}

// roles takes the custom ones over; the built-in ones are there under the same names.
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
	ours, err := read[list](ctx, t.to, "roles")
	if err != nil {
		return err
	}
	for _, r := range theirs.Roles {
		i := slices.IndexFunc(ours.Roles, func(o role) bool { return o.Name == r.Name })
		if i >= 0 {
			t.roleIDs[r.ID] = ours.Roles[i].ID
		}
		if !strings.Contains(r.Type, "custom") {
			continue
		}
		if i >= 0 {
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

type group struct {
	Name        string   `json:"name"`
	Description *string  `json:"description"`
	MappingsSSO []string `json:"mappingsSSO"`
	RootRole    *int64   `json:"rootRole"`
	UserCount   int      `json:"userCount,omitempty"`
}

// groups takes groups over without their members, who have no account here yet.
func (t *takeover) groups(ctx context.Context) error {
	type list struct{ Groups []group }
	theirs, err := read[list](ctx, t.from, "groups")
	if enterprise(err) {
		t.note("groups", "all", Left, "that server has none")
		return nil
	}
	if err != nil {
		return err
	}
	ours, err := read[list](ctx, t.to, "groups")
	if err != nil {
		return err
	}
	for _, g := range theirs.Groups {
		if slices.ContainsFunc(ours.Groups, func(o group) bool { return o.Name == g.Name }) {
			t.note("group", g.Name, Unchanged, "")
			continue
		}
		if g.RootRole != nil {
			id, known := t.roleIDs[*g.RootRole]
			if !known {
				t.note("group", g.Name, Failed, "its role in the instance was not taken over")
				continue
			}
			g.RootRole = &id
		}
		if g.MappingsSSO == nil {
			g.MappingsSSO = []string{}
		}
		g.UserCount = 0
		_, err := t.write(ctx, post, g, "groups")
		t.noteError("group", g.Name, Created, err)
	}
	if len(theirs.Groups) > 0 {
		t.note("members of groups", "all", Left, "people and their access are not taken over: they sign in here with accounts of their own")
	}
	return nil
}

type token struct {
	Secret      *string  `json:"secret"`
	Name        string   `json:"tokenName"`
	Type        string   `json:"type"`
	Environment string   `json:"environment,omitempty"`
	Projects    []string `json:"projects"`
	ExpiresAt   *string  `json:"expiresAt,omitempty"`
}

// tokens takes the tokens of SDKs over with their secrets, so that no SDK needs another.
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
