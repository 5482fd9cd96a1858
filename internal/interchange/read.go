package interchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Parse reads a document from JSON. What it does not know is ignored.
//
// Faults: BadData.
func Parse(data []byte) (ExportResult, error) {
	var doc ExportResult
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&doc); err != nil {
		return doc, fault.New(fault.BadData, "This is no export of flags: %s.", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return doc, fault.New(fault.BadData, "This is no export of flags: something follows it.")
	}
	if doc.Features == nil {
		return doc, fault.New(fault.BadData, "This is no export of flags: it has no list of features.")
	}
	return doc, nil
}

// unnamed is how a segment goes whose name the document does not tell: no segment is called so.
const unnamed = "the segment with the id %d, whose name the document does not tell"

// Read returns what a document asks for in an environment of a project. Archived flags are left
// out: there is nothing to be configured about them.
func Read(doc ExportResult, project flag.ProjectID, env flag.EnvironmentName) app.Import {
	in := app.Import{Project: project, Environment: env}
	for _, f := range doc.ContextFields {
		field := flag.ContextField{Name: f.Name, Description: f.Description, Stickiness: f.Stickiness, SortOrder: f.SortOrder, Project: f.Project}
		for _, v := range f.LegalValues {
			field.LegalValues = append(field.LegalValues, flag.LegalValue(v))
		}
		in.ContextFields = append(in.ContextFields, field)
	}
	for _, t := range doc.TagTypes {
		in.TagTypes = append(in.TagTypes, flag.TagType(t))
	}
	of := index(doc)
	for i, f := range doc.Features {
		if f.Archived {
			continue
		}
		flags := of[f.Name]
		in.Flags = append(in.Flags, app.ImportedFlag{
			At:           fmt.Sprintf("/body/data/features/%d", i),
			Name:         f.Name,
			Metadata:     state.Metadata{Type: f.Type, Description: f.Description, ImpressionData: f.ImpressionData},
			Stale:        f.Stale,
			Tags:         given(doc.FeatureTags != nil, flags.tags),
			Links:        given(doc.Links != nil, flags.links),
			Dependencies: flags.dependencies,
			Row:          flags.configuration(),
		})
	}
	return in
}

// given returns a list that the document has, or nil if it says nothing about it.
func given[T any](said bool, list []T) *[]T {
	if !said {
		return nil
	}
	return &list
}

// parts are what the document's lists have for one flag.
type parts struct {
	row          *ExportedRow
	strategies   []placed
	tags         []flag.Tag
	links        []flag.Link
	dependencies []flag.Dependency
}

// placed is a strategy with its place among those of the flag.
type placed struct {
	order int
	app.ImportedStrategy
}

// index puts together what belongs to each flag.
func index(doc ExportResult) map[flag.Name]*parts {
	of := make(map[flag.Name]*parts, len(doc.Features))
	for _, f := range doc.Features {
		of[f.Name] = &parts{}
	}
	ignored := &parts{} // of flags that are not in the document
	at := func(name flag.Name) *parts {
		if p := of[name]; p != nil {
			return p
		}
		return ignored
	}
	names := map[flag.SegmentID]string{}
	for _, s := range doc.Segments {
		names[s.ID] = s.Name
	}
	for i, s := range doc.FeatureStrategies {
		p := at(s.FeatureName)
		p.strategies = append(p.strategies, placed{s.SortOrder, imported(s, fmt.Sprintf("/body/data/featureStrategies/%d", i), names)})
	}
	for i, row := range doc.FeatureEnvironments {
		at(row.feature()).row = &doc.FeatureEnvironments[i]
	}
	for _, t := range doc.FeatureTags {
		p := at(t.FeatureName)
		p.tags = append(p.tags, flag.Tag{Type: cmp.Or(t.TagType, "simple"), Value: t.TagValue})
	}
	for _, l := range doc.Links {
		p := at(l.Feature)
		for _, link := range l.Links {
			p.links = append(p.links, flag.Link{URL: link.URL, Title: link.Title})
		}
	}
	for _, d := range doc.Dependencies {
		p := at(d.Feature)
		for _, on := range d.Dependencies {
			p.dependencies = append(p.dependencies, flag.Dependency{Feature: on.Feature, Enabled: on.Enabled == nil || *on.Enabled, Variants: on.Variants})
		}
	}
	return of
}

// configuration returns the flag's configuration; nil if the document has none.
func (p *parts) configuration() *app.ImportedRow {
	if p.row == nil && len(p.strategies) == 0 {
		return nil
	}
	row := &app.ImportedRow{}
	if p.row != nil {
		own := variants(p.row.Variants)
		row.Enabled, row.Variants = &p.row.Enabled, &own
	}
	slices.SortStableFunc(p.strategies, func(a, b placed) int { return cmp.Compare(a.order, b.order) })
	for _, s := range p.strategies {
		row.Strategies = append(row.Strategies, s.ImportedStrategy)
	}
	return row
}

func imported(s ExportedStrategy, at string, names map[flag.SegmentID]string) app.ImportedStrategy {
	in := app.ImportedStrategy{At: at, StrategySettings: change.StrategySettings{
		Name: s.Name, Title: s.Title, Disabled: s.Disabled, Parameters: s.Parameters, Variants: variants(s.Variants),
	}}
	for _, c := range s.Constraints {
		in.Constraints = append(in.Constraints, flag.Constraint(c))
	}
	for _, id := range s.Segments {
		in.Segments = append(in.Segments, cmp.Or(names[id], fmt.Sprintf(unnamed, id)))
	}
	return in
}

func variants(exported []ExportedVariant) []flag.Variant {
	var list []flag.Variant
	for _, v := range exported {
		variant := flag.Variant{
			Name: v.Name, Weight: v.Weight, WeightType: flag.WeightType(v.WeightType), Stickiness: v.Stickiness, Payload: (*flag.Payload)(v.Payload),
		}
		for _, o := range v.Overrides {
			variant.Overrides = append(variant.Overrides, flag.Override(o))
		}
		list = append(list, variant)
	}
	return list
}
