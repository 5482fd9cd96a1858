package changerequest

import (
	"cmp"
	"slices"
)

// Rule says that an environment of a project is protected, and how. The stricter of two
// rules is asked for part by part; see Stricter.
type Rule struct {
	// RequiredApprovals is how many people must agree, 1 to 10.
	RequiredApprovals int `json:"requiredApprovals"`
	// Off says that the environment is not protected, whatever is predefined for it. The
	// rest of the rule then means nothing.
	Off bool `json:"off,omitempty"`
	// Exempt says that an admin has asked for less here than is enforced for the environment.
	Exempt bool `json:"exempt,omitempty"`
	// AuthorCounts lets the author's own approval count, if they may approve.
	AuthorCounts bool `json:"authorCounts,omitempty"`
	// AdminsBound forbids admins to approve or apply their own requests.
	AdminsBound bool `json:"adminsBound,omitempty"`
	// SeparateApplier forbids whoever approved to apply.
	SeparateApplier bool `json:"separateApplier,omitempty"`
	// ExpiresAfterHours closes a request whose approvals have not come in time; 0: never.
	ExpiresAfterHours int `json:"expiresAfterHours,omitempty"`
	// DescriptionRequired asks for a description before review.
	DescriptionRequired bool `json:"descriptionRequired,omitempty"`
	// ReasonRequired asks for a reason with every bypass.
	ReasonRequired bool `json:"reasonRequired,omitempty"`
	// AdminsMayNotBypass takes the bypass from those who have it as admins only.
	AdminsMayNotBypass bool `json:"adminsMayNotBypass,omitempty"`
	// AnyoneCounts lets approvals of service accounts and tokens count, not people's alone.
	AnyoneCounts bool `json:"anyoneCounts,omitempty"`
}

// The numbers of approvals that a rule can ask for.
const (
	MinApprovals = 1
	MaxApprovals = 10
)

// MaxExpiryHours is the longest time after which a request can expire: a year.
const MaxExpiryHours = 366 * 24

// Clamped returns the rule with a number of approvals between 1 and 10.
func (r Rule) Clamped() Rule {
	r.RequiredApprovals = min(max(r.RequiredApprovals, MinApprovals), MaxApprovals)
	return r
}

// Stricter returns the rule that asks for all that either of two rules asks for.
func Stricter(a, b Rule) Rule {
	switch {
	case a.Off:
		return b
	case b.Off:
		return a
	}
	return Rule{
		RequiredApprovals:   max(a.RequiredApprovals, b.RequiredApprovals),
		AuthorCounts:        a.AuthorCounts && b.AuthorCounts,
		AdminsBound:         a.AdminsBound || b.AdminsBound,
		SeparateApplier:     a.SeparateApplier || b.SeparateApplier,
		ExpiresAfterHours:   sooner(a.ExpiresAfterHours, b.ExpiresAfterHours),
		DescriptionRequired: a.DescriptionRequired || b.DescriptionRequired,
		ReasonRequired:      a.ReasonRequired || b.ReasonRequired,
		AdminsMayNotBypass:  a.AdminsMayNotBypass || b.AdminsMayNotBypass,
		AnyoneCounts:        a.AnyoneCounts && b.AnyoneCounts,
	}
}

// sooner returns the smaller of two spans of which 0 is for ever.
func sooner(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// Loosens reports whether a place would be less protected by the rule than by another.
func (r Rule) Loosens(other Rule) bool { return Stricter(r, other) != r }

// sortAgreements puts agreements in the order of their places.
func sortAgreements(list []Agreement) {
	slices.SortFunc(list, func(a, b Agreement) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Environment, b.Environment))
	})
}
