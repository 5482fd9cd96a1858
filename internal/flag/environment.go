package flag

// Environment is a place where flags have a configuration of their own.
type Environment struct {
	Name EnvironmentName `json:"name"`
	// Type is free text; "production" is the only one that has a meaning.
	Type      string `json:"type"`
	SortOrder int    `json:"sortOrder"`
	// Enabled decides whether new projects get the environment. It does not change evaluation.
	Enabled bool `json:"enabled"`
	// RequiredApprovals predefines change requests for projects in this environment; nil: no predefinition.
	RequiredApprovals *int `json:"requiredApprovals,omitempty"`
	// ApprovalsEnforced keeps projects from asking for less than RequiredApprovals.
	ApprovalsEnforced bool `json:"approvalsEnforced,omitempty"`
}

// Production is the environment type of environments that customers depend on.
const Production = "production"
