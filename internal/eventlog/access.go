package eventlog

import (
	"fmt"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/state"
)

// People, roles and groups. Names of people are not in the ledger: the data of these events
// are ids, and their sentences have the names that people have now.
var (
	_ = of("Role created", "{who} created the role {subject}.", func(p state.RoleCreated, _ state.Scope) sight {
		return sight{subject: p.Role.Name, data: roleOf(p.Role)}
	})
	_ = of("Role updated", "{who} changed the role {subject}.", func(p state.RoleUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: roleOf(p.After), before: roleOf(p.Before)}
	})
	_ = of("Role deleted", "{who} deleted the role {subject}.", func(p state.RoleDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: roleOf(p.Before)}
	})
	_ = of("User created", "{who} created the user {subject}.", func(p state.UserCreated, _ state.Scope) sight {
		return sight{account: p.ID, data: accountData{p.ID, p.RootRole}}
	})
	_ = of("User updated", "{who} changed the user {subject}.", func(p state.UserUpdated, _ state.Scope) sight {
		return changed(p.AccountChange)
	})
	_ = of("User deleted", "{who} deleted the user {subject}.", func(p state.UserDeleted, _ state.Scope) sight {
		return sight{account: p.ID, before: accountData{p.ID, p.RootRole}}
	})
	_ = of("User suspended", "{who} suspended the user {subject}.", func(p state.UserSuspended, _ state.Scope) sight {
		return sight{account: p.ID, data: accountID{p.ID}}
	})
	_ = of("User reinstated", "{who} reinstated the user {subject}.", func(p state.UserReinstated, _ state.Scope) sight {
		return sight{account: p.ID, data: accountID{p.ID}}
	})
	_ = of("Service account created", "{who} created the service account {subject}.", func(p state.ServiceAccountCreated, _ state.Scope) sight {
		return sight{account: p.ID, data: accountData{p.ID, p.RootRole}}
	})
	_ = of("Service account updated", "{who} changed the service account {subject}.", func(p state.ServiceAccountUpdated, _ state.Scope) sight {
		return changed(p.AccountChange)
	})
	_ = of("Service account deleted", "{who} deleted the service account {subject}.", func(p state.ServiceAccountDeleted, _ state.Scope) sight {
		return sight{account: p.ID, before: accountData{p.ID, p.RootRole}}
	})
	_ = of("Sessions ended", "{who} ended the sessions of the account {subject}.", func(p state.SessionsRevoked, _ state.Scope) sight {
		return sight{account: p.Account, data: accountID{p.Account}}
	})
	_ = of("Personal token created", "{who} created the personal token {subject}.", func(p state.PATCreated, _ state.Scope) sight {
		return sight{subject: p.Token.Description, data: personalTokenOf(p.Token)}
	})
	_ = of("Personal token deleted", "{who} deleted the personal token {subject}.", func(p state.PATDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Description, before: personalTokenOf(p.Before)}
	})
	_ = of("Service account token created", "{who} created the service account token {subject}.", func(p state.ServiceAccountTokenCreated, _ state.Scope) sight {
		return sight{subject: p.Token.Description, data: personalTokenOf(p.Token)}
	})
	_ = of("Service account token deleted", "{who} deleted the service account token {subject}.", func(p state.ServiceAccountTokenDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Description, before: personalTokenOf(p.Before)}
	})
	_ = of("Group created", "{who} created the group {subject}.", func(p state.GroupCreated, _ state.Scope) sight {
		return sight{subject: p.Group.Name, data: groupOf(p.Group)}
	})
	_ = of("Group updated", "{who} changed the group {subject}.", func(p state.GroupUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: groupOf(p.After), before: groupOf(p.Before)}
	})
	_ = of("Group deleted", "{who} deleted the group {subject}.", func(p state.GroupDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: groupOf(p.Before)}
	})
)

// Who may do what in a project.
var (
	_ = of("Project access added", "{who} gave people or groups access to the project {project}.", func(p state.ProjectAccessAdded, _ state.Scope) sight {
		seen := accessAdded{Roles: p.Roles, Users: []int64{}, Groups: []int64{}}
		for _, s := range p.Subjects {
			if s.Group != 0 {
				seen.Groups = append(seen.Groups, s.Group)
			} else {
				seen.Users = append(seen.Users, s.Account)
			}
		}
		return sight{data: seen}
	})
	_ = of("Project access replaced", "{who} replaced who has access to the project {project}.", func(p state.ProjectAccessUpdated, _ state.Scope) sight {
		return sight{data: holdings(p.After), before: holdings(p.Before)}
	})
	_ = of("User's project roles updated", "{who} changed the roles of the user {subject} in the project {project}.", func(p state.ProjectAccessUserRolesUpdated, _ state.Scope) sight {
		return sight{account: p.Account, data: userRoles{p.Account, orEmpty(p.After)}, before: userRoles{p.Account, orEmpty(p.Before)}}
	})
	_ = of("User removed from project", "{who} took the user {subject} from the project {project}.", func(p state.ProjectAccessUserRolesDeleted, _ state.Scope) sight {
		return sight{account: p.Account, before: userRoles{p.Account, orEmpty(p.Before)}}
	})
	_ = of("Group's project roles updated", "{who} changed the roles of the group {subject} in the project {project}.", func(p state.ProjectAccessGroupRolesUpdated, _ state.Scope) sight {
		return sight{subject: fmt.Sprint(p.Group), data: groupRoles{p.Group, orEmpty(p.After)}, before: groupRoles{p.Group, orEmpty(p.Before)}}
	})
	_ = of("Group removed from project", "{who} took the group {subject} from the project {project}.", func(p state.ProjectAccessGroupRolesDeleted, _ state.Scope) sight {
		return sight{subject: fmt.Sprint(p.Group), before: groupRoles{p.Group, orEmpty(p.Before)}}
	})
)

type roleData struct {
	ID          access.RoleID           `json:"id"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	Type        access.RoleType         `json:"type"`
	Permissions []access.RolePermission `json:"permissions"`
}

func roleOf(r access.Role) roleData {
	return roleData{r.ID, r.Name, r.Description, r.Type, orEmpty(r.Permissions)}
}

// accountData is an account and its role in the instance, by their ids.
type accountData struct {
	ID       int64         `json:"id"`
	RootRole access.RoleID `json:"rootRole"`
}

type accountID struct {
	ID int64 `json:"id"`
}

// changed shows a change of an account. Where the roles are equal, what changed is not
// in the ledger.
func changed(c state.AccountChange) sight {
	return sight{account: c.ID, data: accountData{c.ID, c.After}, before: accountData{c.ID, c.Before}}
}

// personalToken is a token of a person or service account, without its secret.
type personalToken struct {
	ID          int64  `json:"id"`
	UserID      int64  `json:"userId"`
	Description string `json:"description"`
	ExpiresAt   string `json:"expiresAt,omitempty"`
	Secure      bool   `json:"secure"`
}

func personalTokenOf(t access.PersonalToken) personalToken {
	seen := personalToken{ID: t.ID, UserID: t.Account, Description: t.Description, Secure: true}
	if t.ExpiresAt != nil {
		seen.ExpiresAt = stamp(*t.ExpiresAt)
	}
	return seen
}

// groupData is a group with the ids of its members.
type groupData struct {
	ID          int64          `json:"id"`
	Name        string         `json:"name"`
	Description *string        `json:"description"`
	MappingsSSO []string       `json:"mappingsSSO"`
	RootRole    *access.RoleID `json:"rootRole"`
	Users       []int64        `json:"users"`
}

func groupOf(g access.Group) groupData {
	users := make([]int64, len(g.Members))
	for i, m := range g.Members {
		users[i] = m.Account
	}
	return groupData{g.ID, g.Name, g.Description, orEmpty(g.MappingsSSO), g.RootRole, users}
}

// accessAdded says that each of these roles was given to each of these.
type accessAdded struct {
	Roles  []access.RoleID `json:"roles"`
	Users  []int64         `json:"users"`
	Groups []int64         `json:"groups"`
}

// userRoles and groupRoles are what one account, or one group, holds in a project.
type userRoles struct {
	UserID int64           `json:"userId"`
	Roles  []access.RoleID `json:"roles"`
}

type groupRoles struct {
	GroupID int64           `json:"groupId"`
	Roles   []access.RoleID `json:"roles"`
}

// accessConfiguration is all that anyone holds in a project.
type accessConfiguration struct {
	Users  []userRoles  `json:"users"`
	Groups []groupRoles `json:"groups"`
}

// holdings returns what is held in a project, accounts and groups apart.
func holdings(list []state.Holding) accessConfiguration {
	all := accessConfiguration{[]userRoles{}, []groupRoles{}}
	for _, h := range list {
		if h.Subject.Group != 0 {
			all.Groups = append(all.Groups, groupRoles{h.Subject.Group, h.Roles})
		} else {
			all.Users = append(all.Users, userRoles{h.Subject.Account, h.Roles})
		}
	}
	return all
}
