package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Roles of one's own. Built-in ones come with the ledger and cannot be changed (access.BuiltInRoles), so that what a release means by
// Owner or Editor is the same everywhere.

// CreateRole makes a role of one's own; its id is given to it.
//
// Faults: BadData, NameExists.
func (a *App) CreateRole(ctx context.Context, c Caller, in access.Role) (*access.Role, error) {
	var id access.RoleID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		role := tidied(in)
		role.ID = 0
		if err := ValidateRole(d.State, role); err != nil {
			return err
		}
		id = d.NextRoleID()
		role.ID = id
		d.Add(state.Scope{}, state.RoleCreated{Role: role})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Role(id), nil
}

// RoleChange is what to make of a role; nil: it stays.
type RoleChange struct {
	Name        string
	Description *string
	Type        access.RoleType // may be said, but not changed; empty: it stays
	Permissions *[]access.RolePermission
}

// UpdateRole changes a role of one's own, for everyone who has it.
// A name is always given; an empty one is refused.
//
// Faults: NotFound, BadData, NameExists; InvalidOperation for a role that is built in, and if
// nobody would be left who administers.
func (a *App) UpdateRole(ctx context.Context, c Caller, id access.RoleID, change RoleChange) (*access.Role, error) {
	var lost, left []int64
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		before, err := ownRole(d, id, "changed")
		if err != nil {
			return err
		}
		if change.Type != "" && change.Type != before.Type {
			return fault.Field("/body/type", "The type of a role cannot be changed. It is %q.", before.Type)
		}
		after := *before
		after.Name = change.Name
		if change.Description != nil {
			after.Description = *change.Description
		}
		if change.Permissions != nil {
			after.Permissions = *change.Permissions
		}
		after = tidied(after)
		if err := ValidateRole(d.State, after); err != nil {
			return err
		}
		if decide.Same(*before, after) {
			return nil
		}
		was := d.State
		d.Add(state.Scope{}, state.RoleUpdated{Before: *before, After: after})
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error { return keepAdmins(tx, lost, left) })
	if err != nil {
		return nil, err
	}
	return s.Role(id), nil
}

// DeleteRole removes a role of one's own.
//
// Faults: NotFound; RoleInUse while somebody has it; InvalidOperation for a role that is built in.
func (a *App) DeleteRole(ctx context.Context, c Caller, id access.RoleID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		role, err := ownRole(d, id, "deleted")
		if err != nil {
			return err
		}
		if users, groups := holders(d.State, id); users+groups > 0 {
			return fault.New(fault.RoleInUse, "Role is in use by users(%d) or groups(%d). You cannot delete a role that is in use without first removing the role from the users and groups.", users, groups)
		}
		d.Add(state.Scope{}, state.RoleDeleted{Before: *role})
		return nil
	})
	return err
}

// ownRole returns a role that the caller may change or delete, which verb says.
func ownRole(d *decide.Decision, id access.RoleID, verb string) (*access.Role, error) {
	if err := d.Require("", "", access.Admin); err != nil {
		return nil, err
	}
	role, err := Role(d.State, id)
	if err == nil && role.Type.BuiltIn() {
		err = fault.New(fault.InvalidOperation, "The role %q is built in and cannot be %s.", role.Name, verb)
	}
	return role, err
}

// Role returns a role.
//
// Faults: NotFound.
func Role(s *state.State, id access.RoleID) (*access.Role, error) {
	if role := s.Role(id); role != nil {
		return role, nil
	}
	return nil, fault.New(fault.NotFound, "Could not find role with id %d", id)
}

// ValidateRole says whether a custom role could be as it is given; without an id it is one to be.
// Names are unique whatever their case.
//
// Faults: BadData, NameExists.
func ValidateRole(s *state.State, role access.Role) error {
	details := access.ValidateRole("/body", role)
	for i, p := range role.Permissions {
		if p.Environment != "" && s.Environment(p.Environment) == nil {
			details = append(details, fault.Detail{
				Path: fmt.Sprintf("/body/permissions/%d/environment", i), Message: fmt.Sprintf("There is no environment %q.", p.Environment),
			})
		}
	}
	if err := fault.Invalid(details...); err != nil {
		return err
	}
	for other := range s.Roles() {
		if other.ID != role.ID && strings.EqualFold(other.Name, role.Name) {
			return fault.New(fault.NameExists, "There already exists a role with the name %s", role.Name)
		}
	}
	return nil
}

// tidied returns a role with a trimmed name, and each permission once.
func tidied(r access.Role) access.Role {
	r.Name = strings.TrimSpace(r.Name)
	r.Permissions = once(r.Permissions)
	return r
}

// bindRoles has roles allow in one environment what they allow in another by its name. What
// they allow everywhere they allow there already.
// Built-in roles name no environment, and so are not touched.
func bindRoles(d *decide.Decision, from, to flag.EnvironmentName) {
	for role := range d.Roles() {
		after := *role
		after.Permissions = slices.Clone(role.Permissions)
		for _, p := range role.Permissions {
			if p.Environment == from {
				after.Permissions = append(after.Permissions, access.RolePermission{Permission: p.Permission, Environment: to})
			}
		}
		if len(after.Permissions) > len(role.Permissions) {
			d.Add(state.Scope{}, state.RoleUpdated{Before: *role, After: after})
		}
	}
}

// unbindRoles takes from roles what they allow in an environment that goes, so that another one
// of that name, later, gives nobody anything.
func unbindRoles(d *decide.Decision, env flag.EnvironmentName) {
	for role := range d.Roles() {
		after := *role
		after.Permissions = slices.DeleteFunc(slices.Clone(role.Permissions), func(p access.RolePermission) bool { return p.Environment == env })
		if len(after.Permissions) < len(role.Permissions) {
			d.Add(state.Scope{}, state.RoleUpdated{Before: *role, After: after})
		}
	}
}

// holders returns how many accounts and groups have a role, wherever.
// An account that has it in several projects counts once for each.
func holders(s *state.State, id access.RoleID) (users, groups int) {
	for a := range s.Accounts() {
		if a.RootRole == id {
			users++
		}
	}
	for g := range s.Groups() {
		if g.RootRole != nil && *g.RootRole == id {
			groups++
		}
	}
	for held := range s.AllAssignments() {
		switch {
		case !held.Has(id):
		case held.Subject.Group != 0:
			groups++
		default:
			users++
		}
	}
	return users, groups
}
