package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Who holds which roles in a project. All five changes go through changeAccess, which looks at the outcome instead of at the request:
// so the two rules hold whichever way a role is given or taken.

// RoleHolders are accounts and groups that hold a role in a project, or are to.
type RoleHolders struct {
	Role          access.RoleID
	Users, Groups []int64
}

// AddProjectAccess gives accounts and groups each of the roles in a project, beside those
// that they hold.
// If all of them hold all of the roles, nothing is written.
//
// Faults: NotFound, BadData, and those of giving roles, see changeAccess.
func (a *App) AddProjectAccess(ctx context.Context, c Caller, project flag.ProjectID, roles []access.RoleID, users, groups []int64) error {
	return a.changeAccess(ctx, c, project, func(d *decide.Decision, at state.Scope) error {
		if err := fault.Invalid(slices.Concat(
			unknownRoles(d.State, "/body/roles", roles),
			unknownHolders(d.State, "/body", users, groups),
		)...); err != nil {
			return err
		}
		subjects := subjectsOf(users, groups)
		news := slices.ContainsFunc(subjects, func(s state.Subject) bool {
			return slices.ContainsFunc(roles, func(id access.RoleID) bool { return !slices.Contains(rolesHeld(d.State, project, s), id) })
		})
		if news {
			d.Add(at, state.ProjectAccessAdded{Subjects: subjects, Roles: roles})
		}
		return nil
	})
}

// SetProjectAccess replaces all that anyone holds in a project.
// Who is not named loses everything there. Lists are sorted, so that the same in another order is no change.
//
// Faults: NotFound, BadData, and those of giving roles, see changeAccess.
func (a *App) SetProjectAccess(ctx context.Context, c Caller, project flag.ProjectID, all []RoleHolders) error {
	return a.changeAccess(ctx, c, project, func(d *decide.Decision, at state.Scope) error {
		var details []fault.Detail
		after := map[state.Subject][]access.RoleID{}
		for i, h := range all {
			path := fmt.Sprintf("/body/roles/%d", i)
			if !projectRole(d.State, h.Role) {
				details = append(details, unknownRole(path+"/id", h.Role))
			}
			details = append(details, unknownHolders(d.State, path, h.Users, h.Groups)...)
			for _, s := range subjectsOf(h.Users, h.Groups) {
				after[s] = append(after[s], h.Role)
			}
		}
		if err := fault.Invalid(details...); err != nil {
			return err
		}
		event := state.ProjectAccessUpdated{Before: []state.Holding{}, After: []state.Holding{}}
		for held := range d.Assignments(project) {
			event.Before = append(event.Before, state.Holding{Subject: held.Subject, Roles: held.Roles})
		}
		for s, roles := range after {
			event.After = append(event.After, state.Holding{Subject: s, Roles: slices.Compact(slices.Sorted(slices.Values(roles)))})
		}
		slices.SortFunc(event.After, func(a, b state.Holding) int { return a.Subject.Compare(b.Subject) })
		if !decide.Same(event.Before, event.After) {
			d.Add(at, event)
		}
		return nil
	})
}

// SetProjectRoles sets what an account or a group holds in a project, at least one role.
// The roles that the subject held before and are not named are taken.
//
// Faults: NotFound, BadData, and those of giving roles, see changeAccess.
func (a *App) SetProjectRoles(ctx context.Context, c Caller, project flag.ProjectID, subject state.Subject, roles []access.RoleID) error {
	return a.changeAccess(ctx, c, project, func(d *decide.Decision, at state.Scope) error {
		if err := knownSubject(d.State, subject); err != nil {
			return err
		}
		if err := fault.Invalid(unknownRoles(d.State, "/body/roles", roles)...); err != nil {
			return err
		}
		before := rolesHeld(d.State, project, subject)
		after := slices.Compact(slices.Sorted(slices.Values(roles)))
		switch {
		case slices.Equal(before, after):
		case subject.Group != 0:
			d.Add(at, state.ProjectAccessGroupRolesUpdated{Group: subject.Group, Before: before, After: after})
		default:
			d.Add(at, state.ProjectAccessUserRolesUpdated{Account: subject.Account, Before: before, After: after})
		}
		return nil
	})
}

// RemoveProjectAccess takes all roles in a project from an account or a group, if it has any.
//
// Faults: NotFound, and ProjectWithoutOwner.
func (a *App) RemoveProjectAccess(ctx context.Context, c Caller, project flag.ProjectID, subject state.Subject) error {
	return a.changeAccess(ctx, c, project, func(d *decide.Decision, at state.Scope) error {
		if err := knownSubject(d.State, subject); err != nil {
			return err
		}
		before := rolesHeld(d.State, project, subject)
		switch {
		case len(before) == 0:
		case subject.Group != 0:
			d.Add(at, state.ProjectAccessGroupRolesDeleted{Group: subject.Group, Before: before})
		default:
			d.Add(at, state.ProjectAccessUserRolesDeleted{Account: subject.Account, Before: before})
		}
		return nil
	})
}

// changeAccess decides who may do what in a project, and holds the outcome to two rules: who
// gives a role holds all that it allows, and an owner is left if there was one.
//
// Faults: InvalidOperation, ProjectWithoutOwner.
func (a *App) changeAccess(ctx context.Context, c Caller, project flag.ProjectID, change func(*decide.Decision, state.Scope) error) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateProject, access.WriteProjectAccess); err != nil {
			return err
		}
		if _, err := decide.ActiveProject(d.State, project); err != nil {
			return err
		}
		before := d.State
		if err := change(d, state.Scope{Project: project}); err != nil {
			return err
		}
		for held := range d.Assignments(project) {
			for _, id := range held.Roles {
				if slices.Contains(rolesHeld(before, project, held.Subject), id) {
					continue
				}
				if err := d.Actor.MayGive(d.Role(id), project); err != nil {
					return err
				}
			}
		}
		if hasOwner(before, project) && !hasOwner(d.State, project) {
			return fault.New(fault.ProjectWithoutOwner, "A project must have at least one owner. Give somebody else the role Owner first.")
		}
		return nil
	})
	return err
}

// hasOwner reports whether an account or a group is Owner of a project. A group without members counts.
func hasOwner(s *state.State, project flag.ProjectID) bool {
	for held := range s.Assignments(project) {
		if held.Has(access.RoleOwner) {
			return true
		}
	}
	return false
}

// rolesHeld returns the roles that a subject holds in a project, sorted.
func rolesHeld(s *state.State, project flag.ProjectID, subject state.Subject) []access.RoleID {
	if held := s.Assignment(project, subject); held != nil {
		return held.Roles
	}
	return nil
}

// subjectsOf returns accounts and groups as subjects, each once, in the order of the state.
func subjectsOf(users, groups []int64) []state.Subject {
	var subjects []state.Subject
	for _, id := range users {
		subjects = append(subjects, state.AccountSubject(id))
	}
	for _, id := range groups {
		subjects = append(subjects, state.GroupSubject(id))
	}
	slices.SortFunc(subjects, state.Subject.Compare)
	return slices.Compact(subjects)
}

// knownSubject returns a NotFound fault if there is no such account or group.
func knownSubject(s *state.State, subject state.Subject) error {
	if subject.Group != 0 {
		_, err := Group(s, subject.Group)
		return err
	}
	if s.Account(subject.Account) == nil {
		return fault.New(fault.NotFound, "Could not find user with id %d", subject.Account)
	}
	return nil
}

// unknownRoles returns what is wrong with a list of roles to give in a project.
func unknownRoles(s *state.State, path string, roles []access.RoleID) []fault.Detail {
	if len(roles) == 0 {
		return []fault.Detail{{Path: path, Message: "At least one role is needed."}}
	}
	var details []fault.Detail
	for i, id := range roles {
		if !projectRole(s, id) {
			details = append(details, unknownRole(fmt.Sprintf("%s/%d", path, i), id))
		}
	}
	return details
}

// projectRole reports whether a role can be given in a project.
// Roles of the whole instance are given to accounts and groups as such.
func projectRole(s *state.State, id access.RoleID) bool {
	role := s.Role(id)
	return role != nil && !role.Type.Root()
}

// unknownRole is what is wrong with a role that cannot be given in a project.
func unknownRole(path string, id access.RoleID) fault.Detail {
	return fault.Detail{Path: path, Message: fmt.Sprintf("Could not find a project role with id %d.", id)}
}

// unknownHolders returns which accounts and groups there are not.
func unknownHolders(s *state.State, path string, users, groups []int64) []fault.Detail {
	var details []fault.Detail
	for i, id := range users {
		if s.Account(id) == nil {
			details = append(details, fault.Detail{Path: fmt.Sprintf("%s/users/%d", path, i), Message: fmt.Sprintf("Could not find user with id %d.", id)})
		}
	}
	for i, id := range groups {
		if s.Group(id) == nil {
			details = append(details, fault.Detail{Path: fmt.Sprintf("%s/groups/%d", path, i), Message: fmt.Sprintf("Could not find group with id %d.", id)})
		}
	}
	return details
}
