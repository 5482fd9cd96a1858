package flag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/fault"
)

// maxDescription is the length of the longest description of a context field.
const maxDescription = 250

// ValidateTagType checks a tag type as somebody wants to write it.
func ValidateTagType(at string, t TagType) []fault.Detail {
	details := validateName(at+"/name", t.Name, 2, 50)
	if t.Color != nil && !color.MatchString(*t.Color) {
		details = append(details, problem(at+"/color", "The `%s/color` property must match pattern %q. You sent %q.", at, color, *t.Color)...)
	}
	return details
}

// Trim returns the tag without white space around its type and value, as it is kept.
func (t Tag) Trim() Tag {
	return Tag{Type: strings.TrimSpace(t.Type), Value: strings.TrimSpace(t.Value)}
}

// ValidateTag checks a trimmed tag. Whether its type exists is for those to ask who
// have a state.
func ValidateTag(at string, t Tag) []fault.Detail {
	return slices.Concat(
		validateLength(at+"/type", t.Type, 2, 50),
		validateLength(at+"/value", t.Value, 2, 50),
	)
}

// ValidateContextField checks a context field as somebody wants to write it.
func ValidateContextField(at string, f ContextField) []fault.Detail {
	details := ValidateName(at+"/name", f.Name)
	if f.Description != nil {
		details = append(details, validateLength(at+"/description", *f.Description, 0, maxDescription)...)
	}
	for i, v := range f.LegalValues {
		at := fmt.Sprintf("%s/legalValues/%d", at, i)
		details = append(details, ValidateLegalValue(at, v)...)
		if slices.ContainsFunc(f.LegalValues[:i], func(other LegalValue) bool { return other.Value == v.Value }) {
			details = append(details, problem(at+"/value", "Legal values must be unique. You provided %q twice.", v.Value)...)
		}
	}
	return details
}

// ValidateLegalValue checks a legal value as somebody wants to write it.
func ValidateLegalValue(at string, v LegalValue) []fault.Detail {
	if isBlank(v.Value) {
		return problem(at+"/value", "\"value\" is not allowed to be empty.")
	}
	return validateLength(at+"/value", v.Value, 1, maxValue)
}

// ValidateStrategyType checks a strategy type as somebody wants to write it.
func ValidateStrategyType(at string, t StrategyType) []fault.Detail {
	details := ValidateName(at+"/name", t.Name)
	for i, p := range t.Parameters {
		at := fmt.Sprintf("%s/parameters/%d", at, i)
		details = append(details, validateText(at+"/name", p.Name)...)
		details = append(details, validateChoice(at+"/type", p.Type, "string", "percentage", "list", "number", "boolean")...)
		if slices.ContainsFunc(t.Parameters[:i], func(other StrategyParameter) bool { return other.Name == p.Name }) {
			details = append(details, problem(at+"/name", "The names of parameters must be unique. You provided %q twice.", p.Name)...)
		}
	}
	return details
}
