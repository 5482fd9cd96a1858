package interchange

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// account is a person or a service account. RootRole is the id of its role in the instance, on the server that it is from
// or goes to.
type account struct {
	ID       int64  `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
	RootRole int64  `json:"rootRole"`
}

// called is what an account goes by.
func (a account) called() string { return cmp.Or(a.Username, a.Email, strconv.FormatInt(a.ID, 10)) }

// same reports whether another account has the same e-mail address or username. The case of letters does not matter, and an
// empty one is nobody's.
func (a account) same(o account) bool {
	return a.Email != "" && strings.EqualFold(a.Email, o.Email) || a.Username != "" && strings.EqualFold(a.Username, o.Username)
}

// users takes people over without passwords, which no server tells. Nobody is mailed by that. Who is here stays as
// they are, with the role that they have here.
func (t *takeover) users(ctx context.Context) error {
	type list struct {
		Users     []account
		RootRoles []role
	}
	theirs, ours, err := both[list](ctx, t, "user-admin")
	if err != nil {
		return err
	}
	t.knowRoles(theirs.RootRoles, ours.RootRoles)
	made := t.accounts(ctx, theirs.Users, ours.Users, "user", func(u account) any {
		return struct {
			account
			SendEmail bool `json:"sendEmail"`
		}{u, false}
	}, "user-admin")
	if made > 0 {
		t.note("passwords of users", "all", Left, "people sign in by single sign-on, or choose a password by a link: "+
			`they ask for one themselves ("Forgot your password?") if there is a mail server, and an admin makes one for them under /admin/users`)
	}
	return nil
}

// serviceAccounts takes service accounts over without their tokens, which no server tells.
func (t *takeover) serviceAccounts(ctx context.Context) error {
	type list struct {
		ServiceAccounts []account
		RootRoles       []role
	}
	theirs, err := read[list](ctx, t.from, "service-account")
	if enterprise(err) {
		t.note("service accounts", "all", Left, "that server has none")
		return nil
	}
	if err != nil {
		return err
	}
	ours, err := readOurs[list](ctx, t, "service-account")
	if err != nil {
		return err
	}
	t.knowRoles(theirs.RootRoles, ours.RootRoles)
	made := t.accounts(ctx, theirs.ServiceAccounts, ours.ServiceAccounts, "service account", func(a account) any {
		return map[string]any{"username": a.Username, "name": a.Name, "rootRole": a.RootRole}
	}, "service-account")
	if made > 0 {
		t.note("tokens of service accounts", "all", Left, "that server does not tell their secrets: make new ones, and give them to the scripts")
	}
	return nil
}

// accounts creates those that are not here, learns the ids of all, and returns how many were created. body makes what is
// sent of an account, whose role is one of here by then. Who is here is compared by same, and gets nothing new.
func (t *takeover) accounts(ctx context.Context, theirs, ours []account, kind string, body func(account) any, path string) int {
	made := 0
	for _, a := range theirs {
		if i := slices.IndexFunc(ours, a.same); i >= 0 {
			t.accountIDs[a.ID] = ours[i].ID
			t.note(kind, a.called(), Unchanged, "")
			continue
		}
		// To make the account with another role would be a decision about what somebody may do, which a takeover does not
		// make.
		role, known := t.roleIDs[a.RootRole]
		if !known {
			t.note(kind, a.called(), Failed, "the role in the instance was not taken over")
			continue
		}
		there := a.ID
		a.ID, a.RootRole = 0, role
		answer, err := t.write(ctx, post, body(a), path)
		var new account
		if err == nil {
			err = json.Unmarshal(answer, &new)
		}
		if err == nil {
			t.accountIDs[there] = new.ID
			made++
		}
		t.noteError(kind, a.called(), Created, err)
	}
	return made
}

// SCIMID is set for a group that a directory keeps.
type group struct {
	ID          int64    `json:"id,omitempty"`
	Name        string   `json:"name"`
	Description *string  `json:"description"`
	MappingsSSO []string `json:"mappingsSSO"`
	RootRole    *int64   `json:"rootRole"`
	Users       []member `json:"users"`
	SCIMID      *string  `json:"scimId,omitempty"`
}

// member is an account in a group.
type member struct {
	User struct {
		ID int64 `json:"id"`
	} `json:"user"`
}

// groups takes groups over with their members. A group that is here gets the members that it lacks, unless a directory keeps
// them by SCIM.
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
	ours, err := readOurs[list](ctx, t, "groups")
	if err != nil {
		return err
	}
	for _, g := range theirs.Groups {
		members, missing := t.members(g)
		i := slices.IndexFunc(ours.Groups, func(o group) bool { return o.Name == g.Name })
		if i >= 0 {
			t.fitGroup(ctx, ours.Groups[i], g.ID, members)
		} else {
			t.createGroup(ctx, g, members)
		}
		if missing > 0 {
			t.note("members of a group", g.Name, Failed, strconv.Itoa(missing)+" of them were not taken over")
		}
	}
	return nil
}

// members returns the members of a group by their ids here, and how many have none.
func (t *takeover) members(g group) (members []member, missing int) {
	members = []member{}
	for _, m := range g.Users {
		id, known := t.accountIDs[m.User.ID]
		if !known {
			missing++
			continue
		}
		m.User.ID = id
		members = append(members, m)
	}
	return members, missing
}

// createGroup creates a group with its members, mappings and role in the instance. Whether a directory keeps it there says
// nothing about here.
func (t *takeover) createGroup(ctx context.Context, g group, members []member) {
	there := g.ID
	if g.RootRole != nil {
		id, known := t.roleIDs[*g.RootRole]
		if !known {
			t.note("group", g.Name, Failed, "its role in the instance was not taken over")
			return
		}
		g.RootRole = &id
	}
	if g.MappingsSSO == nil {
		g.MappingsSSO = []string{}
	}
	g.ID, g.SCIMID, g.Users = 0, nil, members
	answer, err := t.write(ctx, post, g, "groups")
	var made group
	if err == nil {
		err = json.Unmarshal(answer, &made)
	}
	if err == nil {
		t.groupIDs[there] = made.ID
	}
	t.noteError("group", g.Name, Created, err)
}

// fitGroup gives a group that is here the members that it lacks.
func (t *takeover) fitGroup(ctx context.Context, have group, there int64, members []member) {
	t.groupIDs[there] = have.ID
	all := slices.Clone(have.Users)
	for _, m := range members {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	switch {
	case len(all) == len(have.Users):
		t.note("group", have.Name, Unchanged, "")
	// The API would refuse it: what a directory keeps is changed there (docs/scim.md).
	case have.SCIMID != nil:
		t.note("group", have.Name, Left, "its members are kept by SCIM")
	default:
		_, err := t.write(ctx, put, map[string]any{"name": have.Name, "users": all}, "groups", strconv.FormatInt(have.ID, 10))
		t.noteError("group", have.Name, Updated, err)
	}
}
