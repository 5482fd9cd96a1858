package evaluation_test

import (
	"fmt"
	"testing"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// typicalFlag is a flag with a rollout and two constraints, all of which hold for
// typicalContext, so that everything is evaluated.
func typicalFlag(name flag.Name) *flag.Flag {
	return flagWith(name, flag.Strategy{
		Name:       "flexibleRollout",
		Parameters: map[string]string{"rollout": "100", "stickiness": "default", "groupId": string(name)},
		Constraints: []flag.Constraint{
			{ContextName: "country", Operator: flag.In, Values: []string{"de", "at", "ch", "li", "lu"}},
			{ContextName: "age", Operator: flag.NumGte, Value: "18"},
		},
	})
}

func typicalContext() *evaluation.Context {
	return &evaluation.Context{
		UserID:        "6f2c1d7e-3a54-4c1b-9d0e-5b8f0a7c2e11",
		SessionID:     "session-1",
		RemoteAddress: "10.20.30.40",
		AppName:       "shop",
		Properties: map[string]string{
			"country": "ch", "age": "42", "version": "2.4.1-rc.1", "email": "Anna.Example@example.com", "plan": "value-7",
		},
		Now:    now,
		Random: func() uint32 { return 0 },
	}
}

// constrained lists flags with a single strategy with one constraint, which holds for
// typicalContext.
func constrained() map[string]*flag.Flag {
	flags := map[string]*flag.Flag{}
	add := func(name string, c flag.Constraint) {
		flags[name] = flagWith(flag.Name(name), constrainedBy(c))
	}
	for _, n := range []int{1, 100, 1000} {
		values, networks := make([]string, n), make([]string, n)
		for i := range n {
			values[i] = fmt.Sprintf("value-%d", i+8-n)
			networks[i] = fmt.Sprintf("10.20.%d.%d", 30-(n-1-i)/250, 40+(n-1-i)%200)
		}
		add(fmt.Sprintf("IN/%d", n), flag.Constraint{ContextName: "plan", Operator: flag.In, Values: values})
		add(fmt.Sprintf("STR_ENDS_WITH/%d", n), flag.Constraint{ContextName: "plan", Operator: flag.StrEndsWith, Values: values, CaseInsensitive: true})
		add(fmt.Sprintf("IN_CIDR/%d", n), flag.Constraint{ContextName: "remoteAddress", Operator: flag.InCIDR, Values: networks})
	}
	add("NUM_GT", flag.Constraint{ContextName: "age", Operator: flag.NumGt, Value: "17.5"})
	add("DATE_AFTER", flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2020-01-01T00:00:00Z"})
	add("SEMVER_LT", flag.Constraint{ContextName: "version", Operator: flag.SemverLt, Value: "2.4.1"})
	add("REGEX", flag.Constraint{ContextName: "email", Operator: flag.Regex, Value: `@example\.(com|org)$`})
	add("STR_CONTAINS/folded", flag.Constraint{ContextName: "email", Operator: flag.StrContains, Values: []string{"@EXAMPLE.COM"}, CaseInsensitive: true})
	return flags
}

// TestAllocations wants evaluations that allocate nothing, once the context is parsed.
func TestAllocations(t *testing.T) {
	flags := constrained()
	flags["typical"] = typicalFlag("typical")
	flags["variants"] = flagWith("variants", flag.Strategy{
		Name:       "flexibleRollout",
		Parameters: map[string]string{"rollout": "100", "stickiness": "plan"},
		Variants:   []flag.Variant{{Name: "a", Weight: 500}, {Name: "b", Weight: 500}},
	})
	flags["child"] = typicalFlag("child")
	flags["child"].Dependencies = []flag.Dependency{{Feature: "variants", Enabled: true, Variants: []string{"a", "b"}}}
	parent := mustCompile(t, flags["variants"])
	lookup := func(flag.Name) *evaluation.Flag { return parent }
	for name, f := range flags {
		compiled, ctx := mustCompile(t, f), typicalContext()
		allocations := testing.AllocsPerRun(100, func() {
			if !compiled.Evaluate(lookup, ctx).Enabled {
				t.Errorf("%s: got disabled, want enabled", name)
			}
		})
		if allocations != 0 {
			t.Errorf("%s: got %v allocations per evaluation, want none", name, allocations)
		}
	}
}

// BenchmarkEvaluateFlag evaluates a rollout and two constraints. The bound is 100 ns
// and no allocation (docs/performance.md).
func BenchmarkEvaluateFlag(b *testing.B) {
	f, ctx := mustCompile(b, typicalFlag("checkout-redesign")), typicalContext()
	b.ReportAllocs()
	for b.Loop() {
		f.Evaluate(nil, ctx)
	}
}

// BenchmarkEvaluateConstraint evaluates a flag with one constraint, by operator and
// number of values.
func BenchmarkEvaluateConstraint(b *testing.B) {
	for name, f := range constrained() {
		compiled, ctx := mustCompile(b, f), typicalContext()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				compiled.Evaluate(nil, ctx)
			}
		})
	}
}

// BenchmarkEvaluateThousand evaluates a thousand flags for a new context, as the
// frontend API does. The bound there is 200 µs, body included.
func BenchmarkEvaluateThousand(b *testing.B) {
	flags := make([]*evaluation.Flag, 1000)
	for i := range flags {
		flags[i] = mustCompile(b, typicalFlag(flag.Name(fmt.Sprintf("flag-%d", i))))
	}
	b.ReportAllocs()
	for b.Loop() {
		ctx := typicalContext()
		for _, f := range flags {
			f.Evaluate(nil, ctx)
		}
	}
}

// BenchmarkCompileFlag compiles a flag with a rollout and two constraints.
func BenchmarkCompileFlag(b *testing.B) {
	f := typicalFlag("checkout-redesign")
	b.ReportAllocs()
	for b.Loop() {
		evaluation.Compile(f, env, nil)
	}
}
