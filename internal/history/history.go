// Package history is what the configuration was, and how it differs between two states.
//
// A Configuration is the part of a state that says who gets which flag, in the form in which the
// ledger keeps it, so that it can be compared field by field whatever it was made of. It is pure.
//
// How a state of the past is come by does not belong here but in engine; who may see it, in
// adminapi.
package history

import (
	"slices"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Configuration is what a state says about flags and what they use. People, roles and tokens are
// no part of it. Lists are sorted, and never nil.
// The values are the state's own: they must not be changed.
type Configuration struct {
	Projects      []*flag.Project      `json:"projects"`
	Features      []*flag.Flag         `json:"features"`
	Segments      []*flag.Segment      `json:"segments"`
	Environments  []*flag.Environment  `json:"environments"`
	ContextFields []*flag.ContextField `json:"contextFields"`
	StrategyTypes []*flag.StrategyType `json:"strategyTypes"`
	TagTypes      []*flag.TagType      `json:"tagTypes"`
	FeatureTypes  []*flag.FeatureType  `json:"featureTypes"`
	Protections   []Protection         `json:"protections"`
}

// Protection is the rule that protects an environment of a project.
// Environments without a rule have none.
type Protection struct {
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
	Rule        changerequest.Rule   `json:"rule"`
}

// Part says which part of the configuration is wanted. The zero value is all of it.
type Part struct {
	// Project limits it to a project with its flags, and the segments and context fields that are
	// its own.
	Project flag.ProjectID
	// Feature limits it to a flag, and the segments that it uses.
	// Both may be given: a flag is then found only if it was in that project.
	Feature flag.Name
	// Sees reports whether the reader may know of a project as it is in the state; nil: of all.
	// It gets the project as it was, and is to judge by who may see it today (docs/time-travel.md, "Who sees what").
	Sees func(*flag.Project) bool
}

// Found returns a NotFound fault if the part is one flag or one project, and its configuration has none.
// Whether it never was there or cannot be seen by the reader is not told apart.
func (p Part) Found(c Configuration) error {
	switch {
	case p.Feature != "" && len(c.Features) == 0:
		return fault.New(fault.NotFound, "There was no flag %q then.", p.Feature)
	case p.Project != "" && p.Feature == "" && len(c.Projects) == 0:
		return fault.New(fault.NotFound, "There was no project %q then.", p.Project)
	default:
		return nil
	}
}

// Of returns a part of what a state says.
// Nothing is copied, so it costs little beside what it goes through: all flags and segments.
func Of(s *state.State, part Part) Configuration {
	sees := func(id flag.ProjectID) bool {
		p := s.Project(id)
		return p != nil && (part.Project == "" || part.Project == id) && (part.Sees == nil || part.Sees(p))
	}
	used := map[flag.SegmentID]bool{}
	c := Configuration{
		Projects: []*flag.Project{}, Features: []*flag.Flag{}, Segments: []*flag.Segment{}, Environments: []*flag.Environment{}, ContextFields: []*flag.ContextField{},
		StrategyTypes: []*flag.StrategyType{}, TagTypes: []*flag.TagType{}, FeatureTypes: []*flag.FeatureType{}, Protections: []Protection{},
	}
	for f := range s.Flags() {
		if sees(f.Project) && (part.Feature == "" || part.Feature == f.Name) {
			c.Features = append(c.Features, f)
			for id := range f.Segments() {
				used[id] = true
			}
		}
	}
	for segment := range s.Segments() {
		// A flag brings what it uses. A project brings its own segments, and the global ones that its flags use.
		switch own := segment.Project; {
		case part.Feature != "" && !used[segment.ID]:
		case own != nil && !sees(*own):
		case own == nil && part.Project != "" && part.Feature == "" && !used[segment.ID]:
		default:
			c.Segments = append(c.Segments, segment)
		}
	}
	if part.Feature != "" {
		return c
	}
	for p := range s.Projects() {
		if !sees(p.ID) {
			continue
		}
		c.Projects = append(c.Projects, p)
		for _, env := range p.Environments {
			if rule, protected := s.Protection(p.ID, env.Environment); protected {
				c.Protections = append(c.Protections, Protection{p.ID, env.Environment, rule})
			}
		}
	}
	// Global ones are no part of a project: who uses them in a constraint is not said by the field.
	for _, f := range s.ContextFields() {
		if (f.Project == nil && part.Project == "") || (f.Project != nil && sees(*f.Project)) {
			c.ContextFields = append(c.ContextFields, f)
		}
	}
	if part.Project != "" {
		return c
	}
	c.Environments = append(c.Environments, s.Environments()...)
	c.StrategyTypes = slices.AppendSeq(c.StrategyTypes, s.StrategyTypes())
	c.TagTypes = slices.AppendSeq(c.TagTypes, s.TagTypes())
	c.FeatureTypes = slices.AppendSeq(c.FeatureTypes, s.FeatureTypes())
	return c
}
