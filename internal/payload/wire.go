package payload

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/quorate/quorate/internal/flag"
)

// The types in this file are what SDKs are sent, field by field in this order.

type clientFeature struct {
	Name           flag.Name          `json:"name"`
	Type           string             `json:"type"`
	Enabled        bool               `json:"enabled"`
	Project        flag.ProjectID     `json:"project"`
	Stale          bool               `json:"stale"`
	Strategies     []clientStrategy   `json:"strategies"`
	Variants       []clientVariant    `json:"variants"`
	Description    *string            `json:"description"`
	ImpressionData bool               `json:"impressionData"`
	Dependencies   []clientDependency `json:"dependencies,omitempty"`
}

type clientStrategy struct {
	Name        string             `json:"name"`
	Constraints []clientConstraint `json:"constraints"`
	Parameters  map[string]string  `json:"parameters"`
	Variants    []clientVariant    `json:"variants"`
	Segments    []flag.SegmentID   `json:"segments,omitempty"`
}

type clientConstraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator"`
	Values          []string      `json:"values"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted,omitempty"`
	CaseInsensitive bool          `json:"caseInsensitive,omitempty"`
}

type clientVariant struct {
	Name       string           `json:"name"`
	Weight     int              `json:"weight"`
	WeightType flag.WeightType  `json:"weightType"`
	Stickiness string           `json:"stickiness,omitempty"` // missing: the strategy's
	Payload    *flag.Payload    `json:"payload,omitempty"`
	Overrides  []clientOverride `json:"overrides,omitempty"`
}

type clientOverride struct {
	ContextName string   `json:"contextName"`
	Values      []string `json:"values"`
}

type clientDependency struct {
	Feature  flag.Name `json:"feature"`
	Enabled  bool      `json:"enabled"`
	Variants []string  `json:"variants,omitempty"`
}

type clientSegment struct {
	ID          flag.SegmentID     `json:"id"`
	Name        string             `json:"name"`
	Constraints []clientConstraint `json:"constraints"`
}

// newClientFeature returns a flag as SDKs are sent it in an environment. Disabled
// strategies are left out. If inline is not nil, it gives the constraints of a segment, which
// take the place of the segment's id: SDKs before specification 4.2.0 know no segments.
func newClientFeature(f *flag.Flag, row *flag.FlagEnvironment, inline func(flag.SegmentID) []flag.Constraint) clientFeature {
	feature := clientFeature{
		Name:           f.Name,
		Type:           f.Type,
		Enabled:        row.Enabled,
		Project:        f.Project,
		Stale:          f.Stale,
		Strategies:     []clientStrategy{},
		Variants:       clientVariants(row.Variants),
		Description:    f.Description,
		ImpressionData: f.ImpressionData,
	}
	for i := range row.Strategies {
		s := &row.Strategies[i]
		if s.Disabled {
			continue
		}
		strategy := clientStrategy{
			Name:        s.Name,
			Constraints: clientConstraints(s.Constraints),
			Parameters:  s.Parameters,
			Variants:    clientVariants(s.Variants),
		}
		if strategy.Parameters == nil {
			strategy.Parameters = map[string]string{}
		}
		if inline == nil {
			strategy.Segments = s.Segments
		} else {
			for _, id := range s.Segments {
				strategy.Constraints = append(strategy.Constraints, clientConstraints(inline(id))...)
			}
		}
		feature.Strategies = append(feature.Strategies, strategy)
	}
	for _, d := range f.Dependencies {
		dependency := clientDependency{Feature: d.Feature, Enabled: d.Enabled}
		if d.Enabled {
			dependency.Variants = d.Variants
		}
		feature.Dependencies = append(feature.Dependencies, dependency)
	}
	return feature
}

func clientConstraints(list []flag.Constraint) []clientConstraint {
	constraints := make([]clientConstraint, len(list))
	for i, c := range list {
		constraints[i] = clientConstraint(c)
		if c.Values == nil {
			constraints[i].Values = []string{}
		}
	}
	return constraints
}

func clientVariants(list []flag.Variant) []clientVariant {
	variants := make([]clientVariant, len(list))
	for i, v := range list {
		variants[i] = clientVariant{
			Name: v.Name, Weight: v.Weight, WeightType: v.WeightType, Stickiness: v.Stickiness, Payload: v.Payload,
		}
		if v.WeightType == "" {
			variants[i].WeightType = flag.WeightVariable
		}
		for _, o := range v.Overrides {
			variants[i].Overrides = append(variants[i].Overrides, clientOverride{o.ContextName, append([]string{}, o.Values...)})
		}
	}
	return variants
}

// marshal returns v as JSON in which <, > and & stand as they are. v is made of what
// always has a JSON form.
func marshal(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("payload: %T has no JSON form: %v", v, err))
	}
	return bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
