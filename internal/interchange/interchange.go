// Package interchange is how configuration comes and goes: Unleash's export format, read and
// written, and the takeover of a running Unleash server.
//
//	interchange.go  the document: Unleash's export format (its operations exportFeatures and importToggles)
//	write.go        a document from a state
//	read.go         an import from a document
//	takeover*.go    everything of an Unleash server, through the admin APIs of both
//
// What an import leads to, and who may do it, does not belong here but in app: an import is a
// command like any other. Paths and status codes belong in adminapi.
package interchange

import (
	"cmp"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// MaxDocument is how large an import may be, in bytes.
const MaxDocument = 50 << 20

// ExportResult is a document in Unleash's export format: flags as they are in one environment,
// and what they use. A list that is left out says nothing about what it would hold. The names of fields are Unleash's
// (schema exportResultSchema of its API document). What a flag has is not in the flag but in lists beside it, each entry with
// the flag's name.
type ExportResult struct {
	Features            []ExportedFeature      `json:"features"`
	FeatureStrategies   []ExportedStrategy     `json:"featureStrategies"`
	FeatureEnvironments []ExportedRow          `json:"featureEnvironments,omitzero"`
	ContextFields       []ExportedContextField `json:"contextFields,omitzero"`
	FeatureTags         []ExportedTag          `json:"featureTags,omitzero"`
	Segments            []ExportedSegment      `json:"segments,omitzero" doc:"The names of the segments whose ids the strategies have."`
	TagTypes            []ExportedTagType      `json:"tagTypes"`
	Dependencies        []ExportedDependencies `json:"dependencies,omitzero"`
	Links               []ExportedLinks        `json:"links,omitzero"`
}

// of returns what the document has about some of its flags, and what all of them need. A list that it does not have
// stays away. The document itself is not changed: parts of one are made again and again while a takeover halves them.
func (r ExportResult) of(names []flag.Name) ExportResult {
	wanted := make(map[flag.Name]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	r.Features = only(wanted, r.Features, func(f ExportedFeature) flag.Name { return f.Name })
	r.FeatureStrategies = only(wanted, r.FeatureStrategies, func(s ExportedStrategy) flag.Name { return s.FeatureName })
	r.FeatureEnvironments = only(wanted, r.FeatureEnvironments, ExportedRow.feature)
	r.FeatureTags = only(wanted, r.FeatureTags, func(t ExportedTag) flag.Name { return t.FeatureName })
	r.Dependencies = only(wanted, r.Dependencies, func(d ExportedDependencies) flag.Name { return d.Feature })
	r.Links = only(wanted, r.Links, func(l ExportedLinks) flag.Name { return l.Feature })
	return r
}

// only returns a new list of what belongs to wanted flags, in the same order; nil of nil.
func only[T any](wanted map[flag.Name]bool, list []T, of func(T) flag.Name) []T {
	return slices.DeleteFunc(slices.Clone(list), func(t T) bool { return !wanted[of(t)] })
}

// ExportedFeature describes a flag. Its project is where it was exported from, and not looked at by an import, which says
// itself into which project flags go.
type ExportedFeature struct {
	Name           flag.Name      `json:"name"`
	Description    *string        `json:"description" nullable:"true" required:"false"`
	Type           string         `json:"type" required:"false"`
	Project        flag.ProjectID `json:"project" required:"false"`
	Stale          bool           `json:"stale" required:"false"`
	ImpressionData bool           `json:"impressionData" required:"false"`
	Archived       bool           `json:"archived" required:"false"`
}

// ExportedStrategy is a strategy of a flag. Its id, and those of its segments, are those of the server that has exported
// it: an import looks at none of them, but for finding the segments' names.
type ExportedStrategy struct {
	ID          flag.StrategyID      `json:"id" required:"false"`
	Name        string               `json:"name"`
	FeatureName flag.Name            `json:"featureName" required:"false"`
	Title       *string              `json:"title" nullable:"true" required:"false"`
	Disabled    bool                 `json:"disabled" required:"false"`
	SortOrder   int                  `json:"sortOrder" required:"false"`
	Parameters  map[string]string    `json:"parameters" required:"false"`
	Constraints []ExportedConstraint `json:"constraints" required:"false"`
	Variants    []ExportedVariant    `json:"variants" required:"false"`
	Segments    []flag.SegmentID     `json:"segments" required:"false"`
}

// ExportedConstraint narrows a strategy. Value is for operators with one operand, Values for those with several. It has the
// fields of flag.Constraint in the same order, as several of these types have those of their noun: a conversion joins the
// two, and does not compile when one of them gets a field.
type ExportedConstraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator"`
	Values          []string      `json:"values" required:"false"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted" required:"false"`
	CaseInsensitive bool          `json:"caseInsensitive" required:"false"`
}

// ExportedVariant is a variant of a strategy or, then perhaps with overrides, of an environment. Weights are thousandths, 0 to 1000.
type ExportedVariant struct {
	Name       string             `json:"name"`
	Weight     int                `json:"weight"`
	WeightType string             `json:"weightType,omitempty"`
	Stickiness string             `json:"stickiness,omitempty"`
	Payload    *ExportedPayload   `json:"payload,omitempty"`
	Overrides  []ExportedOverride `json:"overrides,omitempty"`
}

// ExportedPayload is what a variant carries.
type ExportedPayload struct {
	Type  string `json:"type"`
	Value string `json:"value" maxLength:"100000"`
}

// ExportedOverride gives a variant to some contexts.
type ExportedOverride struct {
	ContextName string   `json:"contextName"`
	Values      []string `json:"values" required:"false"`
}

// ExportedRow is a flag in the environment. A flag without one may have strategies all the same, which then are all that is said of it.
type ExportedRow struct {
	Name        string               `json:"name" required:"false" doc:"The flag's name, as featureName."`
	FeatureName flag.Name            `json:"featureName" required:"false"`
	Environment flag.EnvironmentName `json:"environment" required:"false"`
	Enabled     bool                 `json:"enabled" required:"false"`
	Variants    []ExportedVariant    `json:"variants" required:"false"`
}

// feature returns the name of the row's flag. It may stand in either field.
func (r ExportedRow) feature() flag.Name { return cmp.Or(r.FeatureName, flag.Name(r.Name)) }

// ExportedContextField is a context field that constraints name.
type ExportedContextField struct {
	Name        string               `json:"name"`
	Description *string              `json:"description" nullable:"true" required:"false"`
	Stickiness  bool                 `json:"stickiness" required:"false"`
	SortOrder   int                  `json:"sortOrder" required:"false"`
	LegalValues []ExportedLegalValue `json:"legalValues" required:"false"`
	Project     *flag.ProjectID      `json:"project,omitempty"`
}

// ExportedLegalValue is a value that constraints may name for a context field.
type ExportedLegalValue struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitempty"`
}

// ExportedTag is a tag of a flag.
type ExportedTag struct {
	FeatureName flag.Name `json:"featureName"`
	TagType     string    `json:"tagType" required:"false"`
	TagValue    string    `json:"tagValue"`
}

// ExportedSegment names a segment.
type ExportedSegment struct {
	ID   flag.SegmentID `json:"id"`
	Name string         `json:"name"`
}

// ExportedTagType is a kind of tag.
type ExportedTagType struct {
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
	Icon        *string `json:"icon" nullable:"true" required:"false"`
	Color       *string `json:"color" nullable:"true" required:"false"`
}

// ExportedDependencies are the parents of a flag.
type ExportedDependencies struct {
	Feature      flag.Name            `json:"feature"`
	Dependencies []ExportedDependency `json:"dependencies"`
}

// ExportedDependency is one parent.
type ExportedDependency struct {
	Feature  flag.Name `json:"feature"`
	Enabled  *bool     `json:"enabled,omitempty" doc:"The state of the parent that is required; true if left out."`
	Variants []string  `json:"variants,omitempty"`
}

// ExportedLinks are the links of a flag.
type ExportedLinks struct {
	Feature flag.Name      `json:"feature"`
	Links   []ExportedLink `json:"links"`
}

// ExportedLink points to a page about a flag.
type ExportedLink struct {
	ID    string  `json:"id" required:"false"`
	URL   string  `json:"url"`
	Title *string `json:"title" nullable:"true" required:"false"`
}
