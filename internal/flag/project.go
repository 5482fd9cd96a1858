package flag

import "time"

// Mode says who may see a project and propose changes in it.
type Mode string

// The collaboration modes.
const (
	ModeOpen      Mode = "open"      // everyone sees it and may propose changes
	ModeProtected Mode = "protected" // everyone sees it, only members propose changes
	ModePrivate   Mode = "private"   // only members, Editors and Admins see it
)

// Project is a room for flags, with its own members and environments.
type Project struct {
	ID                ProjectID      `json:"id"`
	Name              string         `json:"name"`
	Description       *string        `json:"description,omitempty"`
	Mode              Mode           `json:"mode"`
	DefaultStickiness string         `json:"defaultStickiness"`
	FeatureLimit      *int           `json:"featureLimit,omitempty"` // nil: unlimited
	Naming            *NamingRule    `json:"naming,omitempty"`
	LinkTemplates     []LinkTemplate `json:"linkTemplates,omitempty"`
	CreatedAt         time.Time      `json:"createdAt"`
	UpdatedAt         time.Time      `json:"updatedAt"`
	ArchivedAt        *time.Time     `json:"archivedAt,omitempty"`

	// Environments are those in which the project's flags can be configured, sorted by name.
	Environments []ProjectEnvironment `json:"environments,omitempty"`
}

// Archived reports whether the project is put away.
func (p *Project) Archived() bool { return p.ArchivedAt != nil }

// In returns the project's settings for an environment, or nil if it is not one of the project's.
func (p *Project) In(env EnvironmentName) *ProjectEnvironment {
	for i := range p.Environments {
		if p.Environments[i].Environment == env {
			return &p.Environments[i]
		}
	}
	return nil
}

// ProjectEnvironment is an environment as a project uses it.
type ProjectEnvironment struct {
	Environment EnvironmentName `json:"environment"`
	// DefaultStrategy is added when a flag without a strategy is switched on; nil: 100 % of everyone.
	DefaultStrategy *Strategy `json:"defaultStrategy,omitempty"`
}

// NamingRule is a pattern that the names of a project's new flags must match.
type NamingRule struct {
	Pattern     string  `json:"pattern"` // RE2, anchored at both ends
	Example     *string `json:"example,omitempty"`
	Description *string `json:"description,omitempty"`
}

// LinkTemplate makes a link for each new flag; {{project}} and {{feature}} are filled in.
type LinkTemplate struct {
	Title       *string `json:"title,omitempty"`
	URLTemplate string  `json:"urlTemplate"`
}
