package evaluation_test

import (
	"testing"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// What flag.Validate lets through is understood: compiling it finds no problem.
func FuzzValidatedCompiles(f *testing.F) {
	for _, operator := range flag.Operators() {
		for _, operand := range []string{"1", "-1.5e3", "2026-01-31T12:00Z", "1.2.3-rc.1", "a+", " 10.0.0.0/8", "x"} {
			f.Add(string(operator), operand, "::1", false, true, "50")
		}
	}
	rollout := flag.StrategyType{
		Name:       "flexibleRollout",
		Parameters: []flag.StrategyParameter{{Name: "rollout", Type: "percentage"}},
	}
	anything := func(string) []flag.LegalValue { return nil }
	f.Fuzz(func(t *testing.T, operator, value, other string, inverted, fold bool, share string) {
		s := flag.Strategy{
			ID: "1", Name: rollout.Name,
			Parameters: map[string]string{"rollout": share},
			Constraints: []flag.Constraint{{
				ContextName: "field", Operator: flag.Operator(operator),
				Values: []string{value, other}, Value: value, Inverted: inverted, CaseInsensitive: fold,
			}},
		}
		if share == "" || len(flag.ValidateStrategy("", s, rollout, anything)) > 0 {
			t.Skip("not valid")
		}
		row := flag.FlagEnvironment{Environment: "production", Enabled: true, Strategies: []flag.Strategy{s}}
		_, problems := evaluation.Compile(
			&flag.Flag{Name: "f", Environments: []flag.FlagEnvironment{row}}, "production",
			func(flag.SegmentID) *evaluation.Segment { return nil },
		)
		if len(problems) > 0 {
			t.Errorf("%+v validates, but compiling it finds %v", s, problems)
		}
	})
}
