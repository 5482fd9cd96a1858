package evaluation

import (
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/flag"
)

// constraint is a constraint ready to be evaluated.
type constraint struct {
	field  field
	test   test
	negate bool // inverted, or NOT_IN; not both
}

// holds reports whether the value in the constraint's field passes the test, or, if
// the constraint is negated, does not.
func (c *constraint) holds(ctx *Context) bool {
	value, present := ctx.resolve(c.field)
	return c.test.passes(ctx, value, present) != c.negate
}

// allHold reports whether all constraints hold; of none, all do.
func allHold(constraints []constraint, ctx *Context) bool {
	for i := range constraints {
		if !constraints[i].holds(ctx) {
			return false
		}
	}
	return true
}

// compileConstraints prepares the constraints in their order.
func compileConstraints(list []flag.Constraint) ([]constraint, []Problem) {
	var problems []Problem
	compiled := make([]constraint, len(list))
	for i := range list {
		c, complaints := compileConstraint(&list[i])
		compiled[i] = c
		for _, message := range complaints {
			problems = append(problems, Problem{fmt.Sprintf("/constraints/%d", i), message})
		}
	}
	return compiled, problems
}

// compileConstraint prepares a constraint. An operand that cannot be read makes the
// test false, so that the inverted constraint holds; an unknown operator makes the
// constraint itself false, whether inverted or not.
func compileConstraint(c *flag.Constraint) (constraint, []string) {
	compiled := constraint{
		field:  fieldNamed(c.ContextName),
		negate: c.Inverted != (c.Operator == flag.NotIn),
	}
	var complaints []string
	malformed := func(kind string) {
		compiled.test = never{}
		complaints = append(complaints, fmt.Sprintf("The value %q of %s is not %s.", c.Value, c.Operator, kind))
	}
	switch c.Operator.Operands() {
	case flag.OperandStrings:
		compiled.test = newTextTest(c)
	case flag.OperandCIDRs:
		compiled.test, complaints = newNetworks(clean(c.Values))
	case flag.OperandNumber:
		if n, ok := parseNumber(c.Value); ok && c.Value != "" {
			compiled.test = number{ordering(c.Operator), n}
		} else {
			malformed("a number")
		}
	case flag.OperandDate:
		if t, ok := parseTime(c.Value); ok {
			compiled.test = date{ordering(c.Operator), t}
		} else {
			malformed("a date")
		}
	case flag.OperandSemver:
		if v, ok := parseVersion(c.Value); ok {
			compiled.test = version{ordering(c.Operator), v}
		} else {
			malformed("a semantic version")
		}
	case flag.OperandRegex:
		if p, ok := parsePattern(c.Value, c.CaseInsensitive); ok {
			compiled.test = pattern{p}
		} else {
			malformed("a regular expression (RE2)")
		}
	case flag.OperandUnknown:
		compiled.test, compiled.negate = never{}, false
		complaints = append(complaints, fmt.Sprintf("The operator %q is unknown.", c.Operator))
	}
	return compiled, complaints
}

// clean returns the values without the empty ones and without white space around them.
func clean(values []string) []string {
	cleaned := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" {
			cleaned = append(cleaned, strings.TrimSpace(v))
		}
	}
	return cleaned
}
