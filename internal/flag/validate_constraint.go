package flag

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/quorate/quorate/internal/fault"
)

// maxValue is the length of the longest value in a constraint or of a context field.
const maxValue = 100

// Legal returns the values that constraints may name for a context field; none
// means any, as does a field that nobody has defined.
type Legal func(contextName string) []LegalValue

// validateConstraints checks the constraints of a strategy or a segment.
func validateConstraints(at string, constraints []Constraint, legal Legal) []fault.Detail {
	var details []fault.Detail
	for i, c := range constraints {
		details = append(details, ValidateConstraint(fmt.Sprintf("%s/%d", at, i), c, legal(c.ContextName))...)
	}
	return details
}

// ValidateConstraint checks a constraint, with the legal values of its context field.
func ValidateConstraint(at string, c Constraint, legal []LegalValue) []fault.Detail {
	details := validateText(at+"/contextName", c.ContextName)
	details = append(details, validateChoice(at+"/operator", c.Operator, Operators()...)...)
	switch c.Operator.Operands() {
	case OperandStrings, OperandCIDRs:
		details = append(details, validateValues(at+"/values", c)...)
	case OperandNumber, OperandDate, OperandSemver, OperandRegex:
		details = append(details, validateOperand(at+"/value", c)...)
	case OperandUnknown:
	}
	if c.Operator == Regex && c.Inverted {
		details = append(details, problem(at+"/inverted", "The operator REGEX cannot be inverted.")...)
	}
	if len(details) > 0 {
		return details
	}
	return validateLegal(at, c, legal)
}

// validateValues checks the operands of an operator with several of them.
func validateValues(at string, c Constraint) []fault.Detail {
	if len(c.Values) == 0 {
		return problem(at, "The operator %s needs at least one value.", c.Operator)
	}
	var details []fault.Detail
	for i, v := range c.Values {
		at := fmt.Sprintf("%s/%d", at, i)
		switch {
		case isBlank(v):
			details = append(details, problem(at, "A value is not allowed to be empty.")...)
		case c.Operator.Operands() == OperandCIDRs && !isNetwork(v):
			details = append(details, problem(at, "A value of %s must be an IP address or a network such as 10.0.0.0/8. You provided %q.", c.Operator, v)...)
		default:
			details = append(details, validateLength(at, v, 1, maxValue)...)
		}
	}
	return details
}

// validateOperand checks the operand of an operator with a single one.
func validateOperand(at string, c Constraint) []fault.Detail {
	if c.Value == "" {
		return problem(at, "The operator %s needs a value.", c.Operator)
	}
	valid, kind := true, ""
	switch c.Operator.Operands() {
	case OperandNumber:
		_, valid = parseNumber(c.Value)
		kind = "a number"
	case OperandDate:
		valid, kind = isDate(c.Value), "a date as in RFC 3339, such as 2026-01-31T12:00:00Z"
	case OperandSemver:
		valid, kind = isVersion(c.Value), "a semantic version such as 1.2.3, without a leading v"
	case OperandRegex:
		valid, kind = isPattern(c.Value, c.CaseInsensitive), "a regular expression that RE2 understands: it knows no look-around and no back-references"
	default:
	}
	if !valid {
		return problem(at, "The value of %s must be %s. You provided %q.", c.Operator, kind, c.Value)
	}
	return nil
}

// validateLegal checks that a constraint names legal values only. Patterns and
// networks are not values, so they are not asked.
func validateLegal(at string, c Constraint, legal []LegalValue) []fault.Detail {
	if len(legal) == 0 {
		return nil
	}
	check := func(at, value string) []fault.Detail {
		if slices.ContainsFunc(legal, func(l LegalValue) bool { return l.Value == value }) {
			return nil
		}
		return problem(at, "%q is not one of the legal values of the context field %q.", value, c.ContextName)
	}
	switch c.Operator.Operands() {
	case OperandStrings:
		var details []fault.Detail
		for i, v := range c.Values {
			details = append(details, check(fmt.Sprintf("%s/values/%d", at, i), v)...)
		}
		return details
	case OperandNumber, OperandDate, OperandSemver:
		return check(at+"/value", c.Value)
	default:
		return nil
	}
}

// parseNumber reads a finite decimal number. White space around it does not count.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// isDate reports whether a text is a time as RFC 3339 writes it; the zone, then the
// time of day, may be left out.
func isDate(text string) bool {
	for _, layout := range [...]string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly,
	} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

func isVersion(text string) bool {
	_, err := semver.StrictNewVersion(text)
	return err == nil
}

func isPattern(text string, caseInsensitive bool) bool {
	if caseInsensitive {
		text = "(?i)" + text
	}
	_, err := regexp.Compile(text)
	return err == nil
}

// isNetwork reports whether a text is an IP address or a network.
func isNetwork(text string) bool {
	text = strings.TrimSpace(text)
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	addr, err := netip.ParseAddr(text)
	return err == nil && addr.Zone() == ""
}
