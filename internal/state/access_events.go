package state

import (
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
)

var (
	_ = register[RoleCreated]()
	_ = register[RoleUpdated]()
	_ = register[RoleDeleted]()
	_ = register[UserCreated]()
	_ = register[UserUpdated]()
	_ = register[UserDeleted]()
	_ = register[UserSuspended]()
	_ = register[UserReinstated]()
	_ = register[ServiceAccountCreated]()
	_ = register[ServiceAccountUpdated]()
	_ = register[ServiceAccountDeleted]()
	_ = register[SessionsRevoked]()
	_ = register[PATCreated]()
	_ = register[PATDeleted]()
	_ = register[ServiceAccountTokenCreated]()
	_ = register[ServiceAccountTokenDeleted]()
	_ = register[GroupCreated]()
	_ = register[GroupUpdated]()
	_ = register[GroupDeleted]()
)

// RoleCreated makes a role.
type RoleCreated struct {
	nothing
	Role access.Role `json:"role"`
}

// EventType returns "role-created".
func (RoleCreated) EventType() string { return "role-created" }

func (p RoleCreated) apply(s *State, _ Place) error {
	if want := s.NextRoleID(); p.Role.ID != want {
		return fmt.Errorf("the role's id is %d, the next one is %d", p.Role.ID, want)
	}
	s.counters.Role = int64(p.Role.ID)
	s.roles = s.roles.with(number(p.Role.ID), &p.Role)
	return nil
}

// RoleUpdated changes a custom role.
type RoleUpdated struct {
	grants
	Before access.Role `json:"before"`
	After  access.Role `json:"after"`
}

// EventType returns "role-updated".
func (RoleUpdated) EventType() string { return "role-updated" }

func (p RoleUpdated) apply(s *State, _ Place) error {
	if s.Role(p.After.ID) == nil {
		return fmt.Errorf("there is no role %d", p.After.ID)
	}
	s.roles = s.roles.with(number(p.After.ID), &p.After)
	return nil
}

// RoleDeleted removes a custom role that nobody holds.
type RoleDeleted struct {
	nothing
	Before access.Role `json:"before"`
}

// EventType returns "role-deleted".
func (RoleDeleted) EventType() string { return "role-deleted" }

func (p RoleDeleted) apply(s *State, _ Place) error {
	s.roles = s.roles.without(number(p.Before.ID))
	return nil
}

// UserCreated makes a person known by an id; who it is, is kept outside the ledger.
type UserCreated struct {
	grants
	ID       int64         `json:"id"`
	RootRole access.RoleID `json:"rootRole"`
}

// EventType returns "user-created".
func (UserCreated) EventType() string { return "user-created" }

func (p UserCreated) apply(s *State, at Place) error {
	return s.addAccount(access.Account{ID: p.ID, Kind: access.KindUser, RootRole: p.RootRole, CreatedAt: at.At})
}

// AccountChange is an account's role in the instance before and after. Equal
// roles say that what changed is kept outside the ledger.
type AccountChange struct {
	ID     int64         `json:"id"`
	Before access.RoleID `json:"before"`
	After  access.RoleID `json:"after"`
}

// UserUpdated changes a person.
type UserUpdated struct {
	grants
	AccountChange
}

// EventType returns "user-updated".
func (UserUpdated) EventType() string { return "user-updated" }

func (p UserUpdated) apply(s *State, _ Place) error { return s.changeAccount(p.AccountChange) }

// UserDeleted removes a person, with what the person may do. The id stays behind
// in the ledger and is not used again.
type UserDeleted struct {
	nothing
	ID       int64         `json:"id"`
	RootRole access.RoleID `json:"rootRole"`
}

// EventType returns "user-deleted".
func (UserDeleted) EventType() string { return "user-deleted" }

func (p UserDeleted) apply(s *State, _ Place) error { return s.dropAccount(p.ID) }

// UserSuspended keeps a person out, who keeps roles, groups and tokens for the day on which that ends.
type UserSuspended struct {
	nothing
	ID int64 `json:"id"`
}

// EventType returns "user-suspended".
func (UserSuspended) EventType() string { return "user-suspended" }

func (p UserSuspended) apply(s *State, _ Place) error { return s.suspendAccount(p.ID, true) }

// UserReinstated lets a person in again who was suspended.
type UserReinstated struct {
	grants
	ID int64 `json:"id"`
}

// EventType returns "user-reinstated".
func (UserReinstated) EventType() string { return "user-reinstated" }

func (p UserReinstated) apply(s *State, _ Place) error { return s.suspendAccount(p.ID, false) }

// ServiceAccountCreated makes an account for scripts.
type ServiceAccountCreated struct {
	grants
	ID       int64         `json:"id"`
	RootRole access.RoleID `json:"rootRole"`
}

// EventType returns "service-account-created".
func (ServiceAccountCreated) EventType() string { return "service-account-created" }

func (p ServiceAccountCreated) apply(s *State, at Place) error {
	return s.addAccount(access.Account{ID: p.ID, Kind: access.KindServiceAccount, RootRole: p.RootRole, CreatedAt: at.At})
}

// ServiceAccountUpdated changes an account for scripts.
type ServiceAccountUpdated struct {
	grants
	AccountChange
}

// EventType returns "service-account-updated".
func (ServiceAccountUpdated) EventType() string { return "service-account-updated" }

func (p ServiceAccountUpdated) apply(s *State, _ Place) error {
	return s.changeAccount(p.AccountChange)
}

// ServiceAccountDeleted removes an account for scripts.
type ServiceAccountDeleted struct {
	nothing
	ID       int64         `json:"id"`
	RootRole access.RoleID `json:"rootRole"`
}

// EventType returns "service-account-deleted".
func (ServiceAccountDeleted) EventType() string { return "service-account-deleted" }

func (p ServiceAccountDeleted) apply(s *State, _ Place) error { return s.dropAccount(p.ID) }

// SessionsRevoked ends an account's sessions on every node: what was cached of
// them counts no more.
type SessionsRevoked struct {
	nothing
	Account int64 `json:"account"`
}

// EventType returns "sessions-revoked".
func (SessionsRevoked) EventType() string { return "sessions-revoked" }

func (p SessionsRevoked) apply(s *State, _ Place) error {
	if s.Account(p.Account) == nil {
		return fmt.Errorf("there is no account %d", p.Account)
	}
	return nil
}

// PATCreated gives a person a token for scripts.
type PATCreated struct {
	nothing
	Token access.PersonalToken `json:"token"`
}

// EventType returns "pat-created".
func (PATCreated) EventType() string { return "pat-created" }

func (p PATCreated) apply(s *State, _ Place) error { return s.addPersonalToken(p.Token) }

// PATDeleted makes a person's token worthless.
type PATDeleted struct {
	nothing
	Before access.PersonalToken `json:"before"`
}

// EventType returns "pat-deleted".
func (PATDeleted) EventType() string { return "pat-deleted" }

func (p PATDeleted) apply(s *State, _ Place) error { return s.dropPersonalToken(p.Before.ID) }

// ServiceAccountTokenCreated gives a service account a token.
type ServiceAccountTokenCreated struct {
	nothing
	Token access.PersonalToken `json:"token"`
}

// EventType returns "service-account-token-created".
func (ServiceAccountTokenCreated) EventType() string { return "service-account-token-created" }

func (p ServiceAccountTokenCreated) apply(s *State, _ Place) error {
	return s.addPersonalToken(p.Token)
}

// ServiceAccountTokenDeleted makes a service account's token worthless.
type ServiceAccountTokenDeleted struct {
	nothing
	Before access.PersonalToken `json:"before"`
}

// EventType returns "service-account-token-deleted".
func (ServiceAccountTokenDeleted) EventType() string { return "service-account-token-deleted" }

func (p ServiceAccountTokenDeleted) apply(s *State, _ Place) error {
	return s.dropPersonalToken(p.Before.ID)
}

// GroupCreated makes a group.
type GroupCreated struct {
	grants
	Group access.Group `json:"group"`
}

// EventType returns "group-created".
func (GroupCreated) EventType() string { return "group-created" }

func (p GroupCreated) apply(s *State, _ Place) error {
	if want := s.NextGroupID(); p.Group.ID != want {
		return fmt.Errorf("the group's id is %d, the next one is %d", p.Group.ID, want)
	}
	s.counters.Group = p.Group.ID
	return s.putGroup(&p.Group)
}

// GroupUpdated changes a group or its members.
type GroupUpdated struct {
	grants
	Before access.Group `json:"before"`
	After  access.Group `json:"after"`
}

// EventType returns "group-updated".
func (GroupUpdated) EventType() string { return "group-updated" }

func (p GroupUpdated) apply(s *State, _ Place) error {
	if s.Group(p.After.ID) == nil {
		return fmt.Errorf("there is no group %d", p.After.ID)
	}
	return s.putGroup(&p.After)
}

// GroupDeleted removes a group, with what it gave its members.
type GroupDeleted struct {
	nothing
	Before access.Group `json:"before"`
}

// EventType returns "group-deleted".
func (GroupDeleted) EventType() string { return "group-deleted" }

func (p GroupDeleted) apply(s *State, _ Place) error {
	old := s.Group(p.Before.ID)
	if old == nil {
		return fmt.Errorf("there is no group %d", p.Before.ID)
	}
	s.unindexGroup(old)
	s.groups = s.groups.without(number(old.ID))
	s.dropAssignments(GroupSubject(old.ID))
	return nil
}

func (s *State) addAccount(a access.Account) error {
	if want := s.NextAccountID(); a.ID != want {
		return fmt.Errorf("the account's id is %d, the next one is %d", a.ID, want)
	}
	if s.Role(a.RootRole) == nil {
		return fmt.Errorf("there is no role %d", a.RootRole)
	}
	s.counters.Account = a.ID
	s.accounts = s.accounts.with(number(a.ID), &a)
	return nil
}

func (s *State) changeAccount(c AccountChange) error {
	old := s.Account(c.ID)
	if old == nil {
		return fmt.Errorf("there is no account %d", c.ID)
	}
	if s.Role(c.After) == nil {
		return fmt.Errorf("there is no role %d", c.After)
	}
	a := *old
	a.RootRole = c.After
	s.accounts = s.accounts.with(number(a.ID), &a)
	return nil
}

func (s *State) suspendAccount(id int64, suspended bool) error {
	old := s.Account(id)
	if old == nil {
		return fmt.Errorf("there is no account %d", id)
	}
	a := *old
	a.Suspended = suspended
	s.accounts = s.accounts.with(number(id), &a)
	return nil
}

// dropAccount removes an account with its tokens, memberships and project roles.
func (s *State) dropAccount(id int64) error {
	if s.Account(id) == nil {
		return fmt.Errorf("there is no account %d", id)
	}
	for t := range s.PersonalTokens(id) {
		if err := s.dropPersonalToken(t.ID); err != nil {
			return err
		}
	}
	for _, group := range slices.Collect(s.GroupsOf(id)) {
		g := *group
		g.Members = without(g.Members, func(m access.Member) bool { return m.Account == id })
		if err := s.putGroup(&g); err != nil {
			return err
		}
	}
	s.dropAssignments(AccountSubject(id))
	s.accounts = s.accounts.without(number(id))
	return nil
}

func (s *State) addPersonalToken(t access.PersonalToken) error {
	if want := s.NextPersonalTokenID(); t.ID != want {
		return fmt.Errorf("the token's id is %d, the next one is %d", t.ID, want)
	}
	if s.Account(t.Account) == nil {
		return fmt.Errorf("there is no account %d", t.Account)
	}
	s.counters.PersonalToken = t.ID
	s.putPersonalToken(&t)
	return nil
}

func (s *State) putPersonalToken(t *access.PersonalToken) {
	s.personalTokens = s.personalTokens.with(number(t.ID), t)
	s.personalTokensOf = s.personalTokensOf.with(number(t.Account)+number(t.ID), t)
	s.personalTokensByDigest = s.personalTokensByDigest.with(t.Digest, t)
}

func (s *State) dropPersonalToken(id int64) error {
	t := s.PersonalToken(id)
	if t == nil {
		return fmt.Errorf("there is no personal token %d", id)
	}
	s.personalTokens = s.personalTokens.without(number(t.ID))
	s.personalTokensOf = s.personalTokensOf.without(number(t.Account) + number(t.ID))
	s.personalTokensByDigest = s.personalTokensByDigest.without(t.Digest)
	return nil
}

// putGroup stores a group and keeps the index of memberships in step.
func (s *State) putGroup(given *access.Group) error {
	g := new(access.Group)
	*g = *given
	g.Members = slices.Clone(g.Members)
	if old := s.Group(g.ID); old != nil {
		s.unindexGroup(old)
	}
	for _, m := range g.Members {
		if s.Account(m.Account) == nil {
			return fmt.Errorf("there is no account %d", m.Account)
		}
		s.groupsOf = s.groupsOf.with(number(m.Account)+number(g.ID), g.ID)
	}
	s.groups = s.groups.with(number(g.ID), g)
	return nil
}

func (s *State) unindexGroup(g *access.Group) {
	for _, m := range g.Members {
		s.groupsOf = s.groupsOf.without(number(m.Account) + number(g.ID))
	}
}
