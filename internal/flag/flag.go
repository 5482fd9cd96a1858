// Package flag is the model of what Quorate serves: projects, environments, flags
// with their strategies, constraints and variants, segments and context fields,
// and the rules that their values keep.
//
// The types are plain values. Whoever changes one copies it first: values in a
// State are shared by everyone and never change. Rules that need other objects
// (does this segment exist, is that name taken?) do not belong here but in decide
// and app; what a flag answers belongs in evaluation.
package flag

import (
	"iter"
	"slices"
	"time"
)

// Name identifies a flag. Unique in the instance, archived flags included.
type Name string

// ProjectID identifies a project.
type ProjectID string

// EnvironmentName identifies an environment.
type EnvironmentName string

// StrategyID identifies a strategy of a flag in an environment: opaque, minted as a UUID.
type StrategyID string

// SegmentID identifies a segment: a counter of the ledger, never reused.
type SegmentID int64

// Flag is what is switched (in the API: feature). It belongs to one project.
type Flag struct {
	Name           Name       `json:"name"`
	Project        ProjectID  `json:"project"`
	Type           string     `json:"type"`
	Description    *string    `json:"description,omitempty"`
	Stale          bool       `json:"stale,omitempty"`
	ImpressionData bool       `json:"impressionData,omitempty"`
	CreatedAt      time.Time  `json:"createdAt"`
	CreatedBy      string     `json:"createdBy,omitempty"` // actor reference, see access.Ref
	ArchivedAt     *time.Time `json:"archivedAt,omitempty"`
	// Completed says how the flag's work was ended; nil: it was not.
	Completed *Completion `json:"completed,omitempty"`

	// Environments holds a row for each environment of the project, sorted by name.
	Environments []FlagEnvironment `json:"environments,omitempty"`
	// Dependencies are the flag's parents, sorted by name.
	Dependencies []Dependency `json:"dependencies,omitempty"`
	// Tags are sorted by type and value.
	Tags  []Tag  `json:"tags,omitempty"`
	Links []Link `json:"links,omitempty"`
}

// Archived reports whether the flag is put away. An archived flag is not served.
func (f *Flag) Archived() bool { return f.ArchivedAt != nil }

// In returns the flag's row for an environment, or nil if it has none there.
func (f *Flag) In(env EnvironmentName) *FlagEnvironment {
	for i := range f.Environments {
		if f.Environments[i].Environment == env {
			return &f.Environments[i]
		}
	}
	return nil
}

// Strategies yields each strategy of the flag, environment by environment.
func (f *Flag) Strategies() iter.Seq[*Strategy] {
	return func(yield func(*Strategy) bool) {
		for _, row := range f.Environments {
			for i := range row.Strategies {
				if !yield(&row.Strategies[i]) {
					return
				}
			}
		}
	}
}

// Segments yields each segment that a strategy of the flag uses, in any environment, possibly
// twice.
func (f *Flag) Segments() iter.Seq[SegmentID] {
	return func(yield func(SegmentID) bool) {
		for s := range f.Strategies() {
			for _, id := range s.Segments {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// Completion says that somebody has declared a flag's work done: what it switched is kept or
// discarded, and the flag can leave the code.
type Completion struct {
	At     time.Time `json:"at"`
	Status Outcome   `json:"status"`
	// Value is the variant that is kept, if it is one.
	Value string `json:"value,omitempty"`
}

// Outcome is what becomes of what a flag switched.
type Outcome string

// The outcomes.
const (
	Kept      Outcome = "kept"
	Discarded Outcome = "discarded"
)

// FlagEnvironment is a flag's configuration in one environment.
type FlagEnvironment struct {
	Environment EnvironmentName `json:"environment"`
	Enabled     bool            `json:"enabled,omitempty"`
	// Strategies are sorted by SortOrder, then ID.
	Strategies []Strategy `json:"strategies,omitempty"`
	// Variants are the environment's own variants, which Unleash calls legacy.
	Variants []Variant `json:"variants,omitempty"`
}

// Strategy returns the strategy with the given id, or nil.
func (e *FlagEnvironment) Strategy(id StrategyID) *Strategy {
	for i := range e.Strategies {
		if e.Strategies[i].ID == id {
			return &e.Strategies[i]
		}
	}
	return nil
}

// Strategy is one rule by which a flag is on. Strategies of an environment are
// alternatives; the first that holds decides.
type Strategy struct {
	ID          StrategyID        `json:"id"`
	Name        string            `json:"name"`
	Title       *string           `json:"title,omitempty"`
	Disabled    bool              `json:"disabled,omitempty"`
	SortOrder   int               `json:"sortOrder"`
	Constraints []Constraint      `json:"constraints,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	// Segments are sorted ascending, without duplicates.
	Segments []SegmentID `json:"segments,omitempty"`
	Variants []Variant   `json:"variants,omitempty"`
}

// Constraint narrows a strategy or a segment to some contexts. Operators with one
// operand (NUM, DATE, SEMVER, REGEX) read Value, the others read Values.
type Constraint struct {
	ContextName     string   `json:"contextName"`
	Operator        Operator `json:"operator"`
	Values          []string `json:"values,omitempty"`
	Value           string   `json:"value,omitempty"`
	Inverted        bool     `json:"inverted,omitempty"`
	CaseInsensitive bool     `json:"caseInsensitive,omitempty"`
}

// Constrain reports whether some constraints ask for a context field.
func Constrain(constraints []Constraint, field string) bool {
	return slices.ContainsFunc(constraints, func(c Constraint) bool { return c.ContextName == field })
}

// Variant is one of several answers that an enabled flag gives.
type Variant struct {
	Name       string     `json:"name"`
	Weight     int        `json:"weight"` // per mille, 0..1000
	WeightType WeightType `json:"weightType,omitempty"`
	Stickiness string     `json:"stickiness,omitempty"`
	Payload    *Payload   `json:"payload,omitempty"`
	// Overrides exist for environment variants only.
	Overrides []Override `json:"overrides,omitempty"`
}

// WeightType says whether a variant's weight stays when the others are evened out.
type WeightType string

// The weight types.
const (
	WeightVariable WeightType = "variable"
	WeightFix      WeightType = "fix"
)

// Payload is what a variant carries; the value is always text, whatever its type.
type Payload struct {
	Type  string `json:"type"` // string, json, csv or number
	Value string `json:"value"`
}

// Override gives a variant to everyone whose context has one of the values.
type Override struct {
	ContextName string   `json:"contextName"`
	Values      []string `json:"values,omitempty"`
}

// Dependency makes a flag depend on another flag, its parent.
type Dependency struct {
	Feature Name `json:"feature"`
	// Enabled says which state of the parent is required.
	Enabled bool `json:"enabled"`
	// Variants, when not empty, are the parent's variants of which one is required.
	Variants []string `json:"variants,omitempty"`
}

// Link points from a flag to a page about it.
type Link struct {
	ID    string  `json:"id"`
	URL   string  `json:"url"`
	Title *string `json:"title,omitempty"`
}

// Tag labels a flag: a value of a tag type.
type Tag struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}
