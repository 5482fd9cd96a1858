// Package changerequest is the life of a change request and the rules of an
// environment's protection.
//
// It is pure. What a change does to a flag belongs in change; who is asked before
// a write belongs in gate.
package changerequest

// Rule says that an environment of a project is protected, and how.
type Rule struct {
	// RequiredApprovals is how many people must agree, 1 to 10.
	RequiredApprovals int `json:"requiredApprovals"`
}
