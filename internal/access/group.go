package access

import (
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// Group is a number of accounts that get roles together.
type Group struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
	// MappingsSSO are the names under which single sign-on providers know the group, in the
	// order in which they were given.
	MappingsSSO []string `json:"mappingsSSO,omitempty"`
	// RootRole, when set, is the members' in the whole instance, beside their own.
	RootRole *RoleID `json:"rootRole,omitempty"`
	// SCIMID is the id by which a SCIM client knows the group; nil: none keeps it.
	SCIMID *string `json:"scimId,omitempty"`
	// ExternalID is what the SCIM client calls the group in its own house.
	ExternalID string    `json:"externalId,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	CreatedBy  Ref       `json:"createdBy"`
	// Members are in the order in which they were given: Terraform compares it.
	Members []Member `json:"members,omitempty"`
}

// Member says since when an account belongs to a group, and who put it there.
type Member struct {
	Account  int64     `json:"account"`
	JoinedAt time.Time `json:"joinedAt"`
	AddedBy  Ref       `json:"addedBy"`
}

// ValidateGroup returns what is wrong with a group. Details name fields below path.
func ValidateGroup(path string, g Group) []fault.Detail { return validateName(path+"/name", g.Name) }

// Has reports whether the account belongs to the group.
func (g *Group) Has(account int64) bool {
	for _, m := range g.Members {
		if m.Account == account {
			return true
		}
	}
	return false
}
