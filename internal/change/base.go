package change

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// Live is what changes are compared with: the flags and segments of a moment. A
// missing one is nil.
type Live interface {
	Flag(flag.Name) *flag.Flag
	Segment(flag.SegmentID) *flag.Segment
}

// Base is what the target of a change was like at some moment: the other side of every
// comparison. Only the fields that the action is about are set.
type Base struct {
	// Missing reports that the target did not exist.
	Missing bool `json:"missing,omitempty"`
	// Enabled tells whether the flag was on in the environment.
	Enabled bool `json:"enabled,omitempty"`
	// Strategies are all of the environment's; for UpdateEnabled and ReorderStrategy.
	Strategies []flag.Strategy `json:"strategies,omitempty"`
	// Strategy is the one that is updated or deleted.
	Strategy *flag.Strategy `json:"strategy,omitempty"`
	// Variants are the environment's own; for PatchVariant.
	Variants []flag.Variant `json:"variants,omitempty"`
	// EnabledIn are the environments in which the flag was on; for ArchiveFeature.
	EnabledIn []flag.EnvironmentName `json:"enabledIn,omitempty"`
	// Dependencies are the flag's parents.
	Dependencies []flag.Dependency `json:"dependencies,omitempty"`
	// Segment is the one that is updated or deleted.
	Segment *flag.Segment `json:"segment,omitempty"`
}

// BaseOf returns what the target of a change is like.
func BaseOf(live Live, env flag.EnvironmentName, feature flag.Name, p Payload) Base {
	if id := (Change{Payload: p}).Segment(); id != 0 {
		segment := live.Segment(id)
		return Base{Missing: segment == nil, Segment: segment}
	}
	f := live.Flag(feature)
	if f == nil {
		return Base{Missing: true}
	}
	switch p.(type) {
	case ArchiveFeature:
		return Base{EnabledIn: enabledIn(f), Dependencies: f.Dependencies}
	case AddDependency, DeleteDependency:
		return Base{Dependencies: f.Dependencies}
	}
	row := f.In(env)
	if row == nil {
		return Base{Missing: true}
	}
	base := Base{Enabled: row.Enabled}
	switch p := p.(type) {
	case UpdateEnabled, ReorderStrategy:
		base.Strategies = row.Strategies
	case UpdateStrategy:
		base.Strategy = row.Strategy(p.ID)
		base.Missing = base.Strategy == nil
	case DeleteStrategy:
		base.Strategy = row.Strategy(p.ID)
		base.Missing = base.Strategy == nil
	case PatchVariant:
		base.Variants = row.Variants
	}
	return base
}

func enabledIn(f *flag.Flag) []flag.EnvironmentName {
	var names []flag.EnvironmentName
	for i := range f.Environments {
		if f.Environments[i].Enabled {
			names = append(names, f.Environments[i].Environment)
		}
	}
	return names
}

// Field is one part of a target, by the name under which it is shown.
type Field struct {
	Name  string
	Value any
}

// fields returns the parts of the target that the change is about: when one of them
// moves, the change no longer does what it did.
func (b Base) fields(p Payload) []Field {
	if b.Missing {
		return []Field{{"missing", true}}
	}
	switch p := p.(type) {
	case UpdateEnabled:
		list := []Field{{"enabled", b.Enabled}}
		if p.Enabled {
			list = append(list, Field{"strategies", b.Strategies})
		}
		return list
	case AddStrategy:
		return []Field{{"enabled", b.Enabled}}
	case UpdateStrategy, DeleteStrategy:
		return strategyFields(SettingsOf(*b.Strategy))
	case ReorderStrategy:
		return []Field{{"order", orderOf(b.Strategies)}}
	case PatchVariant:
		return []Field{{"variants", b.Variants}}
	case ArchiveFeature:
		return []Field{{"enabledIn", b.EnabledIn}}
	case AddDependency, DeleteDependency:
		return []Field{{"dependencies", b.Dependencies}}
	case UpdateSegment, DeleteSegment:
		return segmentFields(*b.Segment)
	default:
		return nil
	}
}

// wanted returns the parts that the change sets, in the form of fields.
func wanted(p Payload) []Field {
	switch p := p.(type) {
	case UpdateEnabled:
		return []Field{{"enabled", p.Enabled}}
	case UpdateStrategy:
		return strategyFields(p.StrategySettings)
	case ReorderStrategy:
		return []Field{{"order", p.Order}}
	case PatchVariant:
		return []Field{{"variants", p.Variants}}
	case UpdateSegment:
		return segmentFields(flag.Segment{Name: p.Name, Description: p.Description, Project: p.Project, Constraints: p.Constraints})
	default:
		return nil
	}
}

// strategyFields returns the parts of a strategy that are compared one by one. Its place
// among the others is not one of them.
func strategyFields(s StrategySettings) []Field {
	return []Field{
		{"name", s.Name},
		{"title", text(s.Title)},
		{"disabled", s.Disabled},
		{"constraints", s.Constraints},
		{"parameters", s.Parameters},
		{"segments", slices.Sorted(slices.Values(s.Segments))},
		{"variants", s.Variants},
	}
}

// segmentFields returns the parts of a segment that are compared one by one.
func segmentFields(s flag.Segment) []Field {
	return []Field{
		{"name", s.Name},
		{"description", text(s.Description)},
		{"project", s.Project},
		{"constraints", s.Constraints},
	}
}

func orderOf(strategies []flag.Strategy) []StrategyOrder {
	order := make([]StrategyOrder, len(strategies))
	for i, s := range strategies {
		order[i] = StrategyOrder{s.ID, s.SortOrder}
	}
	return order
}

// text returns what a pointer points to; nothing and an empty text are the same here.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// same reports whether two values are written alike. Nothing and an empty list are the same.
func same(a, b any) bool { return bytes.Equal(canonical(a), canonical(b)) }

func canonical(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // values of the model: it cannot fail
	}
	if s := string(data); s == "[]" || s == "{}" {
		return json.RawMessage("null")
	}
	return data
}

// valueOf returns the value of a field in a list, nil if it has none.
func valueOf(list []Field, name string) (any, bool) {
	for _, f := range list {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}
