package evaluation_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// TestConstraints covers what Quorate decides for itself, because SDKs differ or the
// specification is silent. The rest is in TestSpecification and TestDifferential.
func TestConstraints(t *testing.T) {
	t.Parallel()
	property := func(value string) evaluation.Context {
		return evaluation.Context{Properties: map[string]string{"field": value}}
	}
	at := func(text string) evaluation.Context { return evaluation.Context{CurrentTime: text} }
	tests := []struct {
		name       string
		constraint flag.Constraint
		ctx        evaluation.Context
		want       bool
	}{
		{"an empty root field is missing", flag.Constraint{ContextName: "userId", Operator: flag.Regex, Value: "^$"}, evaluation.Context{}, false},
		{"an empty property is not", flag.Constraint{ContextName: "field", Operator: flag.Regex, Value: "^$"}, property(""), true},
		{
			"a property stands in for a missing root field",
			flag.Constraint{ContextName: "userId", Operator: flag.In, Values: []string{"7"}},
			evaluation.Context{Properties: map[string]string{"userId": "7"}},
			true,
		},
		{
			"the root field comes first",
			flag.Constraint{ContextName: "userId", Operator: flag.In, Values: []string{"7"}},
			evaluation.Context{UserID: "8", Properties: map[string]string{"userId": "7"}},
			false,
		},
		{"IN minds the case", flag.Constraint{ContextName: "field", Operator: flag.In, Values: []string{"A"}, CaseInsensitive: true}, property("a"), false},
		{"a date in a property", flag.Constraint{ContextName: "field", Operator: flag.DateBefore, Value: "2020-01-01T00:00:00Z"}, property("2019-12-31T23:59:59.999999Z"), true},
		{"a malformed date in a property", flag.Constraint{ContextName: "field", Operator: flag.DateAfter, Value: "2020-01-01T00:00:00Z"}, property("soon"), false},
		{"the context's time without a property", flag.Constraint{ContextName: "field", Operator: flag.DateBefore, Value: "2020-01-01T00:00:00Z"}, at("2019-01-01T00:00:00Z"), true},
		{"now without any", flag.Constraint{ContextName: "field", Operator: flag.DateAfter, Value: "2030-06-01T11:59:59Z"}, at(""), true},
		{"now is not after itself", flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2030-06-01T12:00:00Z"}, at(""), false},
		{"milliseconds since 1970", flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2020-01-01T00:00:00Z"}, at("1577836800001"), true},
		{"a year is no such number", flag.Constraint{ContextName: "currentTime", Operator: flag.DateBefore, Value: "2020-01-01T00:00:00Z"}, at("2019"), false},
		{"white space makes a version malformed", flag.Constraint{ContextName: "field", Operator: flag.SemverEq, Value: "1.2.3"}, property(" 1.2.3"), false},
		{"an address with a prefix length is malformed", flag.Constraint{ContextName: "field", Operator: flag.InCIDR, Values: []string{"10.0.0.0/8"}}, property("10.0.0.1/8"), false},
		{"a zone is no part of an address", flag.Constraint{ContextName: "field", Operator: flag.InCIDR, Values: []string{"fe80::/10"}}, property("fe80::1%eth0"), true},
		{"an embedded IPv4 address is IPv6", flag.Constraint{ContextName: "field", Operator: flag.InCIDR, Values: []string{"10.0.0.0/8"}}, property("::ffff:10.0.0.1"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.ctx.Now = now
			if got := enabledBy(constrainedBy(tt.constraint), &tt.ctx); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// TestUnknownOperatorIsFalse wants a constraint that nobody understands to hold for
// nobody, inverted or not, while a malformed operand is inverted like any other.
func TestUnknownOperatorIsFalse(t *testing.T) {
	t.Parallel()
	for _, inverted := range []bool{false, true} {
		unknown := flag.Constraint{ContextName: "userId", Operator: "CLOSE_TO", Values: []string{"7"}, Value: "7", Inverted: inverted}
		if enabledBy(constrainedBy(unknown), &evaluation.Context{UserID: "7"}) {
			t.Errorf("inverted %t: got enabled for an unknown operator, want disabled", inverted)
		}
		malformed := flag.Constraint{ContextName: "userId", Operator: flag.NumEq, Value: "seven", Inverted: inverted}
		if got := enabledBy(constrainedBy(malformed), &evaluation.Context{UserID: "7"}); got != inverted {
			t.Errorf("inverted %t: got enabled %t for a malformed operand, want %t", inverted, got, inverted)
		}
	}
}

// TestNegations wants inverting a constraint, and NOT_IN in place of IN, to turn every
// answer round.
func TestNegations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := flag.Constraint(drawConstraint(t))
		if c.Operator.Operands() == flag.OperandUnknown {
			t.Skip("an unknown operator is false either way")
		}
		wire := drawContext(t, settled)
		holds := enabledBy(constrainedBy(c), wire.context())
		c.Inverted = !c.Inverted
		if enabledBy(constrainedBy(c), wire.context()) == holds {
			t.Fatalf("got %t for %+v inverted and not, want different answers", holds, c)
		}
		switch c.Operator {
		case flag.In:
			c.Operator = flag.NotIn
		case flag.NotIn:
			c.Operator = flag.In
		default:
			return
		}
		if got := enabledBy(constrainedBy(c), wire.context()); got != holds {
			t.Fatalf("got %t for %+v, want %t as for its inverted opposite", got, c, holds)
		}
	})
}

// TestInIsMembership holds IN against a plain search, over lists short and long.
func TestInIsMembership(t *testing.T) {
	t.Parallel()
	value := rapid.StringMatching(`[a-c]{1,2}`)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(value, 0, 20).Draw(t, "values")
		asked := value.Draw(t, "asked")
		var want bool
		for _, v := range values {
			want = want || v == asked
		}
		c := flag.Constraint{ContextName: "field", Operator: flag.In, Values: values}
		ctx := &evaluation.Context{Properties: map[string]string{"field": asked}}
		if got := enabledBy(constrainedBy(c), ctx); got != want {
			t.Fatalf("%q IN %q: got %t, want %t", asked, values, got, want)
		}
	})
}

// FuzzConstraint wants no constraint and no context to cause a panic, an answer that
// does not change when asked again, and its opposite from the inverted constraint.
func FuzzConstraint(f *testing.F) {
	for _, operator := range append(flag.Operators(), "CLOSE_TO") {
		f.Add(string(operator), "field", "a\n10.0.0.0/8\n", "1", "1", "", true)
	}
	f.Add("REGEX", "userId", "", "(?i)[a-", "a", "2020-01-01", false)
	f.Add("DATE_AFTER", "currentTime", "", "2020-01-01T00:00:00.5+23:59", "", "1577836800000", false)
	f.Add("SEMVER_GTE", "field", "", "1.2.3-rc.1+build", "1.2.3-rc.01", "", false)
	f.Add("IN_CIDR", "remoteAddress", "::ffff:0:0/96\nfe80::1%eth0/64\n1.2.3.4/", "", "fe80::1%eth0", "", true)
	f.Add("NUM_LT", "field", "", "0b1_0", "1e999", "", false)
	f.Fuzz(func(t *testing.T, operator, name, values, value, field, time string, fold bool) {
		c := flag.Constraint{
			ContextName: name, Operator: flag.Operator(operator),
			Values: strings.Split(values, "\n"), Value: value, CaseInsensitive: fold,
		}
		ctx := &evaluation.Context{
			UserID: field, RemoteAddress: field, CurrentTime: time, Now: now,
			Properties: map[string]string{"field": field},
		}
		holds := enabledBy(constrainedBy(c), ctx)
		if enabledBy(constrainedBy(c), ctx) != holds {
			t.Errorf("got %t and then another answer", holds)
		}
		c.Inverted = true
		inverted := enabledBy(constrainedBy(c), ctx)
		if want := !holds && c.Operator.Operands() != flag.OperandUnknown; inverted != want {
			t.Errorf("got %t inverted, want %t", inverted, want)
		}
	})
}
