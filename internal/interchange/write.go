package interchange

import (
	"cmp"
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Write returns flags as they are in an environment, in the order given, with all that they use. A flag
// that has no such environment is described alone. Every list is there, empty or not, so that an import of it takes away
// what the flags do not have. Which flags the caller may see is asked before.
func Write(s *state.State, env flag.EnvironmentName, flags []*flag.Flag) ExportResult {
	w := writer{state: s, fields: map[string]bool{}, segments: map[flag.SegmentID]bool{}, tagTypes: map[string]bool{}}
	result := ExportResult{
		Features: []ExportedFeature{}, FeatureStrategies: []ExportedStrategy{}, FeatureEnvironments: []ExportedRow{}, ContextFields: []ExportedContextField{},
		FeatureTags: []ExportedTag{}, Segments: []ExportedSegment{}, TagTypes: []ExportedTagType{}, Dependencies: []ExportedDependencies{}, Links: []ExportedLinks{},
	}
	for _, f := range flags {
		result.Features = append(result.Features, ExportedFeature{
			Name: f.Name, Description: f.Description, Type: f.Type, Project: f.Project,
			Stale: f.Stale, ImpressionData: f.ImpressionData, Archived: f.Archived(),
		})
		// The name stands in both fields, as Unleash writes it and reads it.
		if row := f.In(env); row != nil {
			result.FeatureEnvironments = append(result.FeatureEnvironments, ExportedRow{
				Name: string(f.Name), FeatureName: f.Name, Environment: env, Enabled: row.Enabled, Variants: exportedVariants(row.Variants),
			})
			for _, strategy := range row.Strategies {
				result.FeatureStrategies = append(result.FeatureStrategies, w.strategy(f.Name, strategy))
			}
			w.useVariants(row.Variants)
		}
		for _, t := range f.Tags {
			result.FeatureTags = append(result.FeatureTags, ExportedTag{f.Name, t.Type, t.Value})
			w.tagTypes[t.Type] = true
		}
		if parents := exportedDependencies(f); parents != nil {
			result.Dependencies = append(result.Dependencies, ExportedDependencies{f.Name, parents})
		}
		if len(f.Links) > 0 {
			of := ExportedLinks{Feature: f.Name}
			for _, l := range f.Links {
				of.Links = append(of.Links, ExportedLink(l))
			}
			result.Links = append(result.Links, of)
		}
	}
	w.finish(&result)
	return result
}

// writer notes what flags use. By names and ids: fields by name, segments by id, tag types by name.
type writer struct {
	state    *state.State
	fields   map[string]bool
	segments map[flag.SegmentID]bool
	tagTypes map[string]bool
}

// strategy returns a strategy in the document's form, and notes what it uses. Lists and maps are copied: the state shares
// its own with everyone.
func (w *writer) strategy(name flag.Name, s flag.Strategy) ExportedStrategy {
	for _, c := range s.Constraints {
		w.fields[c.ContextName] = true
	}
	for _, id := range s.Segments {
		w.segments[id] = true
	}
	w.useVariants(s.Variants)
	// A rollout by a context field needs the field where it is imported, like a constraint.
	w.fields[s.Parameters["stickiness"]] = true
	exported := ExportedStrategy{
		ID: s.ID, Name: s.Name, FeatureName: name, Title: s.Title, Disabled: s.Disabled, SortOrder: s.SortOrder,
		Parameters: maps.Clone(s.Parameters), Variants: exportedVariants(s.Variants),
		Segments: append([]flag.SegmentID{}, s.Segments...), Constraints: []ExportedConstraint{},
	}
	if exported.Parameters == nil {
		exported.Parameters = map[string]string{}
	}
	for _, c := range s.Constraints {
		narrowed := ExportedConstraint(c)
		narrowed.Values = append([]string{}, c.Values...)
		exported.Constraints = append(exported.Constraints, narrowed)
	}
	return exported
}

// useVariants notes the context fields that variants are chosen by. Words such as default and random get among them; they
// are no fields, so finish finds none.
func (w *writer) useVariants(variants []flag.Variant) {
	for _, v := range variants {
		w.fields[v.Stickiness] = true
		for _, o := range v.Overrides {
			w.fields[o.ContextName] = true
		}
	}
}

// finish adds what the flags use. What was deleted meanwhile is left out. The order is that of the state, and of segments
// that of their ids, so the same export is the same text.
func (w *writer) finish(result *ExportResult) {
	for _, f := range w.state.ContextFields() {
		if !w.fields[f.Name] {
			continue
		}
		field := ExportedContextField{
			Name: f.Name, Description: f.Description, Stickiness: f.Stickiness, SortOrder: f.SortOrder,
			LegalValues: []ExportedLegalValue{}, Project: f.Project,
		}
		for _, v := range f.LegalValues {
			field.LegalValues = append(field.LegalValues, ExportedLegalValue(v))
		}
		result.ContextFields = append(result.ContextFields, field)
	}
	for id := range w.segments {
		if segment := w.state.Segment(id); segment != nil {
			result.Segments = append(result.Segments, ExportedSegment{segment.ID, segment.Name})
		}
	}
	slices.SortFunc(result.Segments, func(a, b ExportedSegment) int { return cmp.Compare(a.ID, b.ID) })
	for t := range w.state.TagTypes() {
		if w.tagTypes[t.Name] {
			result.TagTypes = append(result.TagTypes, ExportedTagType(*t))
		}
	}
}

func exportedDependencies(f *flag.Flag) []ExportedDependency {
	var parents []ExportedDependency
	for _, d := range f.Dependencies {
		parents = append(parents, ExportedDependency{Feature: d.Feature, Enabled: &d.Enabled, Variants: d.Variants})
	}
	return parents
}

func exportedVariants(variants []flag.Variant) []ExportedVariant {
	exported := make([]ExportedVariant, len(variants))
	for i, v := range variants {
		exported[i] = ExportedVariant{
			Name: v.Name, Weight: v.Weight, WeightType: string(v.WeightType), Stickiness: v.Stickiness, Payload: (*ExportedPayload)(v.Payload),
		}
		for _, o := range v.Overrides {
			exported[i].Overrides = append(exported[i].Overrides, ExportedOverride{o.ContextName, append([]string{}, o.Values...)})
		}
	}
	return exported
}
