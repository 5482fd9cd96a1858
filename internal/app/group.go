package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Members of a group have what the group is given: a role in the instance, roles in projects. So a group can make and unmake
// administrators, and each change is held to leaving one who can sign in (keepAdmins).

// GroupSettings are what people choose of a group.
type GroupSettings struct {
	Name        string
	Description *string
	// MappingsSSO are the names under which single sign-on providers know the group.
	MappingsSSO []string
	RootRole    *access.RoleID // of its members in the whole instance, beside their own
	Members     []int64        // accounts
}

// CreateGroup makes a group.
//
// Faults: BadData, NameExists.
func (a *App) CreateGroup(ctx context.Context, c Caller, in GroupSettings) (*access.Group, error) {
	var id int64
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		id = d.NextGroupID()
		group, err := madeOf(d, access.Group{ID: id, CreatedAt: d.Now, CreatedBy: d.Actor.Ref}, in)
		if err != nil {
			return err
		}
		d.Add(state.Scope{}, state.GroupCreated{Group: group})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Group(id), nil
}

// UpdateGroup changes a group. edit is handed the settings as they are, and returns them as
// they shall be; it must be pure.
//
// Faults: NotFound, BadData, NameExists; InvalidOperation if nobody would be left who administers.
func (a *App) UpdateGroup(ctx context.Context, c Caller, id int64, edit func(GroupSettings) GroupSettings) (*access.Group, error) {
	var lost, left []int64
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		before, err := changeableGroup(d, id)
		if err != nil {
			return err
		}
		after, err := madeOf(d, *before, edit(settingsOf(before)))
		if err != nil || decide.Same(*before, after) {
			return err
		}
		if keptByClient(d, before) && (after.Name != before.Name || !decide.Same(after.Members, before.Members)) {
			return fault.New(fault.BadData, "The name and the members of this group are kept by your SCIM client. Change them there.")
		}
		was := d.State
		d.Add(state.Scope{}, state.GroupUpdated{Before: *before, After: after})
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error { return keepAdmins(tx, lost, left) })
	if err != nil {
		return nil, err
	}
	return s.Group(id), nil
}

// DeleteGroup removes a group, with what it gave its members.
//
// Faults: NotFound; InvalidOperation if nobody would be left who administers.
func (a *App) DeleteGroup(ctx context.Context, c Caller, id int64) error {
	var lost, left []int64
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		group, err := changeableGroup(d, id)
		if err != nil {
			return err
		}
		if keptByClient(d, group) {
			return fault.New(fault.BadData, "This group is kept by your SCIM client. Delete it there.")
		}
		was := d.State
		d.Add(state.Scope{}, state.GroupDeleted{Before: *group})
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error { return keepAdmins(tx, lost, left) })
	return err
}

// changeableGroup returns a group if the caller may change it.
func changeableGroup(d *decide.Decision, id int64) (*access.Group, error) {
	if err := d.Require("", "", access.Admin); err != nil {
		return nil, err
	}
	return Group(d.State, id)
}

// Group returns a group.
//
// Faults: NotFound.
func Group(s *state.State, id int64) (*access.Group, error) {
	if group := s.Group(id); group != nil {
		return group, nil
	}
	return nil, fault.New(fault.NotFound, "Could not find group with id %d", id)
}

// settingsOf returns a group as it can be edited.
func settingsOf(g *access.Group) GroupSettings {
	in := GroupSettings{Name: g.Name, Description: g.Description, MappingsSSO: g.MappingsSSO, RootRole: g.RootRole}
	for _, m := range g.Members {
		in.Members = append(in.Members, m.Account)
	}
	return in
}

// madeOf returns a group with other settings. Who is a member already, stays so since then.
// Names are unique whatever their case. The faults name fields of Unleash's createGroup.
func madeOf(d *decide.Decision, g access.Group, in GroupSettings) (access.Group, error) {
	old := g.Members
	g.Name, g.Description, g.RootRole, g.Members = strings.TrimSpace(in.Name), in.Description, in.RootRole, nil
	g.MappingsSSO = once(in.MappingsSSO)
	details := access.ValidateGroup("/body", g)
	for i, account := range in.Members {
		if d.Account(account) == nil {
			details = append(details, fault.Detail{Path: fmt.Sprintf("/body/users/%d/user/id", i), Message: fmt.Sprintf("Could not find user with id %d.", account)})
		}
	}
	if err := fault.Invalid(details...); err != nil {
		return g, err
	}
	if in.RootRole != nil {
		if err := rootRole(d.State, *in.RootRole); err != nil {
			return g, err
		}
	}
	for other := range d.Groups() {
		if other.ID != g.ID && strings.EqualFold(other.Name, g.Name) {
			return g, fault.New(fault.NameExists, "Group name already exists")
		}
	}
	for _, account := range once(in.Members) {
		at := slices.IndexFunc(old, func(m access.Member) bool { return m.Account == account })
		if at >= 0 {
			g.Members = append(g.Members, old[at])
			continue
		}
		g.Members = append(g.Members, access.Member{Account: account, JoinedAt: d.Now, AddedBy: d.Actor.Ref})
	}
	return g, nil
}

// once returns a list without what has been in it before.
// The order is kept; the lists here are short.
func once[T comparable](list []T) []T {
	var kept []T
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}
