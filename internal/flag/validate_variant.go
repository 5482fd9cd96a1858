package flag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/fault"
)

// TotalWeight is what the weights of a list of variants add up to.
const TotalWeight = 1000

// ValidateVariants checks a list of variants as somebody wants to write it, before
// NormalizeVariants.
func ValidateVariants(at string, variants []Variant) []fault.Detail {
	if len(variants) == 0 {
		return nil
	}
	var details []fault.Detail
	fixed, variable := 0, 0
	for i, v := range variants {
		at := fmt.Sprintf("%s/%d", at, i)
		details = append(details, validateVariant(at, v)...)
		if slices.ContainsFunc(variants[:i], func(other Variant) bool { return other.Name == v.Name }) {
			details = append(details, problem(at+"/name", "The names of variants must be unique. You provided %q twice.", v.Name)...)
		}
		if v.WeightType == WeightFix {
			fixed += min(max(v.Weight, 0), TotalWeight) // a weight out of range is a problem of its own
		} else {
			variable++
		}
	}
	if variable == 0 {
		details = append(details, problem(at, "There must be at least one variant of weightType variable, to which the rest of the weight goes.")...)
	}
	if fixed > TotalWeight {
		details = append(details, problem(at, "The fixed weights add up to %d, which is more than %d.", fixed, TotalWeight)...)
	}
	return details
}

func validateVariant(at string, v Variant) []fault.Detail {
	details := ValidateName(at+"/name", v.Name)
	if v.Weight < 0 || v.Weight > TotalWeight {
		details = append(details, problem(at+"/weight", "\"weight\" must be from 0 to %d. You provided %d.", TotalWeight, v.Weight)...)
	}
	if v.WeightType != "" {
		details = append(details, validateChoice(at+"/weightType", v.WeightType, WeightVariable, WeightFix)...)
	}
	if v.Payload != nil {
		details = append(details, validateChoice(at+"/payload/type", v.Payload.Type, "json", "csv", "string", "number")...)
	}
	for i, o := range v.Overrides {
		details = append(details, validateText(fmt.Sprintf("%s/overrides/%d/contextName", at, i), o.ContextName)...)
	}
	return details
}

// NormalizeVariants returns valid variants in the form in which they are kept: sorted
// by name, none without weight type and stickiness, with weights that add up to
// TotalWeight. Fixed weights stay; the variable variants share the rest evenly, and
// what is left of that goes to the first of them, one each. Normal variants stay as
// they are.
func NormalizeVariants(variants []Variant) []Variant {
	if len(variants) == 0 {
		return nil
	}
	normal := slices.Clone(variants)
	slices.SortStableFunc(normal, func(a, b Variant) int { return cmp.Compare(a.Name, b.Name) })
	rest, sharing := TotalWeight, 0
	for i := range normal {
		v := &normal[i]
		v.WeightType = cmp.Or(v.WeightType, WeightVariable)
		v.Stickiness = cmp.Or(v.Stickiness, DefaultStickiness)
		if v.WeightType == WeightFix {
			rest -= v.Weight
		} else {
			sharing++
		}
	}
	for i := range normal {
		if v := &normal[i]; v.WeightType == WeightVariable {
			v.Weight = (rest + sharing - 1) / sharing // rounded up: the first get what does not divide
			rest -= v.Weight
			sharing--
		}
	}
	return normal
}
