package state

import (
	"iter"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// NextAccountID returns the id that the next person or service account gets.
func (s *State) NextAccountID() int64 { return s.counters.Account + 1 }

// NextPersonalTokenID returns the id that the next personal token gets.
func (s *State) NextPersonalTokenID() int64 { return s.counters.PersonalToken + 1 }

// NextGroupID returns the id that the next group gets.
func (s *State) NextGroupID() int64 { return s.counters.Group + 1 }

// NextRoleID returns the id that the next role gets.
func (s *State) NextRoleID() access.RoleID { return access.RoleID(s.counters.Role + 1) }

// Role returns a role or nil.
func (s *State) Role(id access.RoleID) *access.Role {
	r, _ := s.roles.get(number(id))
	return r
}

// Roles yields all roles by id.
func (s *State) Roles() iter.Seq[*access.Role] { return s.roles.values("") }

// Account returns a person or service account, or nil.
func (s *State) Account(id int64) *access.Account {
	a, _ := s.accounts.get(number(id))
	return a
}

// Accounts yields all people and service accounts by id.
func (s *State) Accounts() iter.Seq[*access.Account] { return s.accounts.values("") }

// PersonalToken returns a personal token or nil.
func (s *State) PersonalToken(id int64) *access.PersonalToken {
	t, _ := s.personalTokens.get(number(id))
	return t
}

// PersonalTokens yields an account's personal tokens by id.
func (s *State) PersonalTokens(account int64) iter.Seq[*access.PersonalToken] {
	return s.personalTokensOf.values(number(account))
}

// PersonalTokenByDigest returns the personal token with this digest of its secret, or nil.
func (s *State) PersonalTokenByDigest(digest string) *access.PersonalToken {
	t, _ := s.personalTokensByDigest.get(digest)
	return t
}

// Group returns a group or nil.
func (s *State) Group(id int64) *access.Group {
	g, _ := s.groups.get(number(id))
	return g
}

// Groups yields all groups by id.
func (s *State) Groups() iter.Seq[*access.Group] { return s.groups.values("") }

// GroupsOf yields the groups that an account belongs to, by id.
func (s *State) GroupsOf(account int64) iter.Seq[*access.Group] {
	return func(yield func(*access.Group) bool) {
		for id := range s.groupsOf.values(number(account)) {
			if !yield(s.Group(id)) {
				return
			}
		}
	}
}

// Assignment returns what a subject holds in a project, or nil.
func (s *State) Assignment(p flag.ProjectID, subject Subject) *Assignment {
	a, _ := s.assignments.get(pair(p, subject.key()))
	return a
}

// AllAssignments yields what everyone holds, by project.
func (s *State) AllAssignments() iter.Seq[*Assignment] { return s.assignments.values("") }

// Assignments yields what everyone holds in a project: accounts, then groups, by id.
func (s *State) Assignments(p flag.ProjectID) iter.Seq[*Assignment] {
	return s.assignments.values(pair(p, ""))
}

// AssignmentsOf yields what a subject holds, by project.
func (s *State) AssignmentsOf(subject Subject) iter.Seq[*Assignment] {
	return s.assignmentsOf.values(subject.key())
}

// Actor returns an account with all that it may do: by its root role, by its
// roles in projects, and by those of its groups. It returns false when there is
// no such account, or it is suspended.
func (s *State) Actor(account int64) (access.Actor, bool) {
	a := s.Account(account)
	if a == nil || a.Suspended {
		return access.Actor{}, false
	}
	actor := access.Actor{Ref: a.Ref(), AsOf: s.Revision()}
	grant := func(id access.RoleID, project flag.ProjectID) {
		if role := s.Role(id); role != nil {
			actor.Give(role, project)
		}
	}
	subjects := []Subject{AccountSubject(account)}
	grant(a.RootRole, "")
	for g := range s.GroupsOf(account) {
		subjects = append(subjects, GroupSubject(g.ID))
		if g.RootRole != nil {
			grant(*g.RootRole, "")
		}
	}
	for _, subject := range subjects {
		for held := range s.AssignmentsOf(subject) {
			for _, id := range held.Roles {
				grant(id, held.Project)
			}
		}
	}
	return actor, true
}

// MemberOf reports whether an account holds a role in a project, itself or by one
// of its groups.
func (s *State) MemberOf(account int64, p flag.ProjectID) bool {
	if s.Assignment(p, AccountSubject(account)) != nil {
		return true
	}
	for g := range s.GroupsOf(account) {
		if s.Assignment(p, GroupSubject(g.ID)) != nil {
			return true
		}
	}
	return false
}

// MaySee reports whether an actor may know that a project exists. Open and protected
// projects are everyone's to see. A private one is seen by its members and by everyone
// with a root role other than Viewer, their own or one of a group's.
//
// The empty project stands for what belongs to the whole instance, which everyone sees.
// One that does not exist, or not any more, counts as private: it may have been.
func (s *State) MaySee(actor access.Actor, project flag.ProjectID) bool {
	if project == "" || actor.IsAdmin() {
		return true
	}
	p := s.Project(project)
	if p != nil && p.Mode != flag.ModePrivate {
		return true
	}
	account := s.Account(actor.Ref.Account())
	return account != nil && (s.seesAll(account) || s.MemberOf(account.ID, project))
}

// seesAll reports whether an account sees private projects without being a member.
func (s *State) seesAll(a *access.Account) bool {
	if a.RootRole != access.RoleViewer {
		return true
	}
	for g := range s.GroupsOf(a.ID) {
		if g.RootRole != nil && *g.RootRole != access.RoleViewer {
			return true
		}
	}
	return false
}

// MayPropose reports whether an actor may propose changes in a project: everyone in an open
// one, and in others its members and admins.
func (s *State) MayPropose(actor access.Actor, project flag.ProjectID) bool {
	p := s.Project(project)
	if p == nil {
		return false
	}
	return p.Mode == flag.ModeOpen || actor.IsAdmin() || s.MemberOf(actor.Ref.Account(), project)
}
