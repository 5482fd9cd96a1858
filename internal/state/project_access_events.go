package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[ProjectAccessAdded]()
	_ = register[ProjectAccessUpdated]()
	_ = register[ProjectAccessUserRolesUpdated]()
	_ = register[ProjectAccessUserRolesDeleted]()
	_ = register[ProjectAccessGroupRolesUpdated]()
	_ = register[ProjectAccessGroupRolesDeleted]()
)

// Subject is who holds roles in a project: an account or a group.
type Subject struct {
	Account int64 `json:"account,omitempty"`
	Group   int64 `json:"group,omitempty"`
}

// AccountSubject returns the subject that is an account.
func AccountSubject(id int64) Subject { return Subject{Account: id} }

// GroupSubject returns the subject that is a group.
func GroupSubject(id int64) Subject { return Subject{Group: id} }

// Compare orders accounts before groups, each by id.
func (s Subject) Compare(other Subject) int { return cmp.Compare(s.key(), other.key()) }

// key orders accounts before groups, each by id.
func (s Subject) key() string {
	if s.Group != 0 {
		return "g" + number(s.Group)
	}
	return "a" + number(s.Account)
}

// Assignment is the roles that a subject holds in a project.
type Assignment struct {
	Project flag.ProjectID `json:"project"`
	Subject Subject        `json:"subject"`
	// Roles are sorted, without duplicates, and never empty.
	Roles   []access.RoleID `json:"roles"`
	AddedAt time.Time       `json:"addedAt"`
}

// Has reports whether the role is one of the subject's.
func (a *Assignment) Has(id access.RoleID) bool { return slices.Contains(a.Roles, id) }

// ProjectAccessAdded gives each of the subjects each of the roles in the scope's
// project, beside those that they hold.
type ProjectAccessAdded struct {
	grants
	Subjects []Subject       `json:"subjects"`
	Roles    []access.RoleID `json:"roles"`
}

// EventType returns "project-access-added".
func (ProjectAccessAdded) EventType() string { return "project-access-added" }

func (p ProjectAccessAdded) apply(s *State, at Place) error {
	for _, subject := range p.Subjects {
		roles := p.Roles
		if have := s.Assignment(at.Project, subject); have != nil {
			roles = append(slices.Clone(have.Roles), roles...)
		}
		if err := s.assign(at, subject, roles); err != nil {
			return err
		}
	}
	return nil
}

// Holding is what a subject holds in a project, as an event says it.
type Holding struct {
	Subject Subject         `json:"subject"`
	Roles   []access.RoleID `json:"roles"`
}

// ProjectAccessUpdated replaces all that anyone holds in the scope's project.
type ProjectAccessUpdated struct {
	grants
	Before []Holding `json:"before"`
	After  []Holding `json:"after"`
}

// EventType returns "project-access-updated".
func (ProjectAccessUpdated) EventType() string { return "project-access-updated" }

func (p ProjectAccessUpdated) apply(s *State, at Place) error {
	kept := map[Subject]bool{}
	for _, h := range p.After {
		kept[h.Subject] = true
		if err := s.assign(at, h.Subject, h.Roles); err != nil {
			return err
		}
	}
	for _, a := range slices.Collect(s.Assignments(at.Project)) {
		if !kept[a.Subject] {
			s.unassign(a)
		}
	}
	return nil
}

// ProjectAccessUserRolesUpdated sets what an account holds in the scope's project.
type ProjectAccessUserRolesUpdated struct {
	grants
	Account int64           `json:"account"`
	Before  []access.RoleID `json:"before,omitempty"`
	After   []access.RoleID `json:"after"`
}

// EventType returns "project-access-user-roles-updated".
func (ProjectAccessUserRolesUpdated) EventType() string { return "project-access-user-roles-updated" }

func (p ProjectAccessUserRolesUpdated) apply(s *State, at Place) error {
	return s.assign(at, AccountSubject(p.Account), p.After)
}

// ProjectAccessUserRolesDeleted takes all of an account's roles in the scope's project.
type ProjectAccessUserRolesDeleted struct {
	nothing
	Account int64           `json:"account"`
	Before  []access.RoleID `json:"before"`
}

// EventType returns "project-access-user-roles-deleted".
func (ProjectAccessUserRolesDeleted) EventType() string { return "project-access-user-roles-deleted" }

func (p ProjectAccessUserRolesDeleted) apply(s *State, at Place) error {
	return s.unassignSubject(at.Project, AccountSubject(p.Account))
}

// ProjectAccessGroupRolesUpdated sets what a group holds in the scope's project.
type ProjectAccessGroupRolesUpdated struct {
	grants
	Group  int64           `json:"group"`
	Before []access.RoleID `json:"before,omitempty"`
	After  []access.RoleID `json:"after"`
}

// EventType returns "project-access-group-roles-updated".
func (ProjectAccessGroupRolesUpdated) EventType() string {
	return "project-access-group-roles-updated"
}

func (p ProjectAccessGroupRolesUpdated) apply(s *State, at Place) error {
	return s.assign(at, GroupSubject(p.Group), p.After)
}

// ProjectAccessGroupRolesDeleted takes all of a group's roles in the scope's project.
type ProjectAccessGroupRolesDeleted struct {
	nothing
	Group  int64           `json:"group"`
	Before []access.RoleID `json:"before"`
}

// EventType returns "project-access-group-roles-deleted".
func (ProjectAccessGroupRolesDeleted) EventType() string {
	return "project-access-group-roles-deleted"
}

func (p ProjectAccessGroupRolesDeleted) apply(s *State, at Place) error {
	return s.unassignSubject(at.Project, GroupSubject(p.Group))
}

// assign sets the roles of a subject in the scope's project.
func (s *State) assign(at Place, subject Subject, roles []access.RoleID) error {
	switch {
	case s.Project(at.Project) == nil:
		return fmt.Errorf("there is no project %q", at.Project)
	case subject.Group == 0 && s.Account(subject.Account) == nil:
		return fmt.Errorf("there is no account %d", subject.Account)
	case subject.Group != 0 && s.Group(subject.Group) == nil:
		return fmt.Errorf("there is no group %d", subject.Group)
	case len(roles) == 0:
		return errors.New("an assignment has roles")
	}
	for _, id := range roles {
		if s.Role(id) == nil {
			return fmt.Errorf("there is no role %d", id)
		}
	}
	a := &Assignment{Project: at.Project, Subject: subject, Roles: slices.Compact(slices.Sorted(slices.Values(roles))), AddedAt: at.At}
	if have := s.Assignment(at.Project, subject); have != nil {
		a.AddedAt = have.AddedAt
	}
	s.putAssignment(a)
	return nil
}

func (s *State) putAssignment(a *Assignment) {
	s.assignments = s.assignments.with(pair(a.Project, a.Subject.key()), a)
	s.assignmentsOf = s.assignmentsOf.with(a.Subject.key()+string(a.Project), a)
}

func (s *State) unassign(a *Assignment) {
	s.assignments = s.assignments.without(pair(a.Project, a.Subject.key()))
	s.assignmentsOf = s.assignmentsOf.without(a.Subject.key() + string(a.Project))
}

func (s *State) unassignSubject(p flag.ProjectID, subject Subject) error {
	a := s.Assignment(p, subject)
	if a == nil {
		return fmt.Errorf("project %q has no such member", p)
	}
	s.unassign(a)
	return nil
}

// dropAssignments removes a subject from every project.
func (s *State) dropAssignments(subject Subject) {
	for _, a := range slices.Collect(s.AssignmentsOf(subject)) {
		s.unassign(a)
	}
}

// dropProjectAccess removes everyone from a project.
func (s *State) dropProjectAccess(p flag.ProjectID) {
	for _, a := range slices.Collect(s.Assignments(p)) {
		s.unassign(a)
	}
}
