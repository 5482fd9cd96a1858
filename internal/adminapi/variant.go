package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
)

// featureVariants registers what can be done with the variants of environments, which
// Unleash calls legacy.
//
// They are kept for flags that were imported with them. Whoever wants variants gives them to
// strategies.
func (a *api) featureVariants() {
	const variantsPath = featureEnvironmentPath + "/variants"
	const legacy = "Only for flags that have environment variants already; strategies have variants of their own."
	register(a, operation{
		ID: "getEnvironmentFeatureVariants", Method: http.MethodGet, Path: variantsPath, Tag: tagFeatures,
		Summary: "List the variants of a flag in an environment", Deprecated: true,
	}, a.getVariants)
	register(a, operation{
		ID: "overwriteEnvironmentFeatureVariants", Method: http.MethodPut, Path: variantsPath, Tag: tagFeatures, Proposable: true,
		Summary: "Replace the variants of a flag in an environment", Description: legacy, Deprecated: true,
		Permissions: []access.Permission{access.UpdateFeatureEnvironmentVariants},
	}, a.putVariants)
	register(a, operation{
		ID: "patchEnvironmentsFeatureVariants", Method: http.MethodPatch, Path: variantsPath, Tag: tagFeatures, Proposable: true,
		Summary: "Change the variants of a flag in an environment by JSON Patch", Description: legacy, Deprecated: true,
		Permissions: []access.Permission{access.UpdateFeatureEnvironmentVariants},
	}, a.patchVariants)
	register(a, operation{
		ID: "overwriteFeatureVariantsOnEnvironments", Method: http.MethodPut, Path: featurePath + "/variants-batch", Tag: tagFeatures, Proposable: true,
		Summary: "Replace the variants of a flag in several environments", Deprecated: true,
		Permissions: []access.Permission{access.UpdateFeatureEnvironmentVariants},
	}, a.pushVariants)
}

// StrategyVariant is a variant of a strategy.
//
// Weights are brought to a sum of 1000 when they are written: those of the type fix stay, and the
// variable ones share the rest, whatever was sent for them. So an answer may show other weights than
// the body had.
type StrategyVariant struct {
	Name       string   `json:"name"`
	Weight     int      `json:"weight" minimum:"0" maximum:"1000" doc:"Per mille."`
	WeightType string   `json:"weightType,omitempty" enum:"variable,fix"`
	Stickiness string   `json:"stickiness,omitempty"`
	Payload    *payload `json:"payload,omitempty"`
}

// variant is a variant of an environment.
//
// Overrides are of environments' variants only.
type variant struct {
	StrategyVariant
	Overrides []override `json:"overrides,omitempty"`
}

// payload is what a variant carries.
type payload struct {
	Type  string `json:"type" enum:"json,csv,string,number"`
	Value string `json:"value" maxLength:"100000"`
}

// override gives a variant to some contexts, whatever the weights.
//
// A context whose field has one of the values gets the variant.
type override struct {
	ContextName string   `json:"contextName"`
	Values      []string `json:"values"`
}

// featureVariants is a list of variants.
type featureVariants struct {
	Version  int       `json:"version"`
	Variants []variant `json:"variants"`
}

// pushVariants is the body that gives several environments the same variants.
//
// Unlike the other writes, this one gives variants to flags that have none. With no environments it
// changes nothing.
type pushVariants struct {
	Variants     []variant              `json:"variants,omitempty"`
	Environments []flag.EnvironmentName `json:"environments,omitempty"`
}

func (a *api) getVariants(_ context.Context, r request, in *FeatureEnvironmentAt) (featureVariants, error) {
	row, err := decide.FeatureEnvironment(r.State, in.scope())
	if err != nil {
		return featureVariants{}, err
	}
	return featureVariants{Version: 1, Variants: viewVariants(row.Variants)}, nil
}

func (a *api) putVariants(ctx context.Context, r request, in *struct {
	FeatureEnvironmentAt
	Body []variant
},
) (featureVariants, error) {
	variants, err := a.App.UpdateVariants(ctx, r.Caller, in.scope(), func([]flag.Variant) ([]flag.Variant, error) {
		return variantsOf(in.Body), nil
	})
	return featureVariants{Version: 1, Variants: viewVariants(variants)}, err
}

func (a *api) patchVariants(ctx context.Context, r request, in *struct {
	FeatureEnvironmentAt
	Body []patch
},
) (featureVariants, error) {
	variants, err := a.App.UpdateVariants(ctx, r.Caller, in.scope(), func(old []flag.Variant) ([]flag.Variant, error) {
		bodies, err := patched[[]variant](a, viewVariants(old), in.Body)
		return variantsOf(bodies), err
	})
	return featureVariants{Version: 1, Variants: viewVariants(variants)}, err
}

func (a *api) pushVariants(ctx context.Context, r request, in *struct {
	FeatureAt
	Body pushVariants
},
) (featureVariants, error) {
	variants, err := a.App.SetVariants(ctx, r.Caller, in.Project, in.Feature, in.Body.Environments, variantsOf(in.Body.Variants))
	return featureVariants{Version: 1, Variants: viewVariants(variants)}, err
}

// viewVariants returns what is shown of an environment's variants: an empty list for none.
func viewVariants(variants []flag.Variant) []variant {
	views := make([]variant, len(variants))
	for i, v := range variants {
		views[i].StrategyVariant = viewStrategyVariant(v)
		for _, o := range v.Overrides {
			views[i].Overrides = append(views[i].Overrides, override{ContextName: o.ContextName, Values: append([]string{}, o.Values...)})
		}
	}
	return views
}

// viewStrategyVariants returns what is shown of a strategy's variants: an empty list for none.
func viewStrategyVariants(variants []flag.Variant) []StrategyVariant {
	views := make([]StrategyVariant, len(variants))
	for i, v := range variants {
		views[i] = viewStrategyVariant(v)
	}
	return views
}

// viewStrategyVariant returns what both sorts of variants have in common.
func viewStrategyVariant(v flag.Variant) StrategyVariant {
	return StrategyVariant{v.Name, v.Weight, string(v.WeightType), v.Stickiness, (*payload)(v.Payload)}
}

// variantsOf returns what a body says of an environment's variants; nil for none.
func variantsOf(bodies []variant) []flag.Variant {
	var variants []flag.Variant
	for _, b := range bodies {
		v := b.variant()
		for _, o := range b.Overrides {
			v.Overrides = append(v.Overrides, flag.Override(o))
		}
		variants = append(variants, v)
	}
	return variants
}

// strategyVariantsOf returns what a body says of a strategy's variants; nil for none.
func strategyVariantsOf(bodies []StrategyVariant) []flag.Variant {
	var variants []flag.Variant
	for _, b := range bodies {
		variants = append(variants, b.variant())
	}
	return variants
}

func (b StrategyVariant) variant() flag.Variant {
	return flag.Variant{
		Name:       b.Name,
		Weight:     b.Weight,
		WeightType: flag.WeightType(b.WeightType),
		Stickiness: b.Stickiness,
		Payload:    (*flag.Payload)(b.Payload),
	}
}
