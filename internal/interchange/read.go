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
// Faults: BadData. Other releases of Unleash may say more than is known here, so unknown fields are no mistake; a file that
// is no export at all mostly has no list of features, and is refused for that.
func Parse(data []byte) (ExportResult, error) {
	var doc ExportResult
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&doc); err != nil {
		return doc, fault.New(fault.BadData, "This is no export of flags: %s.", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return doc, fault.New(fault.BadData, "This is no export of flags: something follows it.")
	}
	// Any JSON object would decode, and an import of it would do nothing without a word.
	if doc.Features == nil {
		return doc, fault.New(fault.BadData, "This is no export of flags: it has no list of features.")
	}
	return doc, nil
}

// unnamed is how a segment goes whose name the document does not tell: no segment is called so. The import is then refused
// by app, which quotes it: a name that cannot be is simpler than a second kind of reference.
const unnamed = "the segment with the id %d, whose name the document does not tell"

// Read returns what a document asks for in an environment of a project. Archived flags are left
// out: there is nothing to be configured about them. It refuses nothing. Whether flags, segments and strategy types are as
// they must be is checked by app when the import is decided, which says by At where in the document it has found something
// wrong.
//
// Tags and links are nil where the document has no such list, and the row where it says nothing of the flag's
// configuration: the import then leaves those of the flag as they are. An empty list takes them away
// (docs/import-export.md).
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

// given returns a list that the document has, or nil if it says nothing about it. The difference is that between "none" and
// "not told".
func given[T any](said bool, list []T) *[]T {
	if !said {
		return nil
	}
	return &list
}

// parts are what the document's lists have for one flag. A slice that is empty may mean either; whether the document has
// such a list is looked up there (see given).
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

// index puts together what belongs to each flag. Each list is gone through once, so a document takes time by its length,
// not by its flags times its strategies. What names a flag that the document does not have is passed over.
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

// configuration returns the flag's configuration; nil if the document has none. Strategies without a row say nothing of
// whether the flag is on, nor of the environment's variants; these then stay.
func (p *parts) configuration() *app.ImportedRow {
	if p.row == nil && len(p.strategies) == 0 {
		return nil
	}
	row := &app.ImportedRow{}
	if p.row != nil {
		own := variants(p.row.Variants)
		row.Enabled, row.Variants = &p.row.Enabled, &own
	}
	// A document may list them in any order; which comes first decides which variant a user gets.
	slices.SortStableFunc(p.strategies, func(a, b placed) int { return cmp.Compare(a.order, b.order) })
	for _, s := range p.strategies {
		row.Strategies = append(row.Strategies, s.ImportedStrategy)
	}
	return row
}

// imported returns a strategy as app takes it, with the names of its segments. at is where it is in the document.
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

// variants returns variants as the model has them; none are nil.
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
