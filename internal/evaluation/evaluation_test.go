package evaluation_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// flagWith returns a flag that is enabled with the given strategies.
func flagWith(name flag.Name, strategies ...flag.Strategy) *flag.Flag {
	return &flag.Flag{Name: name, Environments: []flag.FlagEnvironment{{Environment: env, Enabled: true, Strategies: strategies}}}
}

// constrainedBy returns a strategy that is on wherever the constraint holds.
func constrainedBy(c flag.Constraint) flag.Strategy {
	return flag.Strategy{Name: "default", Constraints: []flag.Constraint{c}}
}

// mustCompile compiles a flag that uses no segments and has no problems.
func mustCompile(tb testing.TB, f *flag.Flag) *evaluation.Flag {
	tb.Helper()
	compiled, problems := evaluation.Compile(f, env, nil)
	if len(problems) > 0 {
		tb.Fatalf("got problems %v, want none", problems)
	}
	return compiled
}

// enabledBy reports whether a flag with a single strategy is on for a context.
func enabledBy(s flag.Strategy, ctx *evaluation.Context) bool {
	f, _ := evaluation.Compile(flagWith("flag", s), env, func(flag.SegmentID) *evaluation.Segment { return nil })
	return f.Evaluate(nil, ctx).Enabled
}

func TestEnvironments(t *testing.T) {
	t.Parallel()
	never := flag.Strategy{Name: "userWithId"}
	tests := []struct {
		name string
		rows []flag.FlagEnvironment
		want bool
	}{
		{"no row for the environment", []flag.FlagEnvironment{{Environment: "other", Enabled: true}}, false},
		{"off", []flag.FlagEnvironment{{Environment: env}}, false},
		{"on without strategies", []flag.FlagEnvironment{{Environment: "other"}, {Environment: env, Enabled: true}}, true},
		{"on, no strategy holds", []flag.FlagEnvironment{{Environment: env, Enabled: true, Strategies: []flag.Strategy{never}}}, false},
		{"on, the only strategy is disabled", []flag.FlagEnvironment{{
			Environment: env, Enabled: true, Strategies: []flag.Strategy{{Name: "userWithId", Disabled: true}},
		}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := mustCompile(t, &flag.Flag{Name: "flag", Environments: tt.rows})
			if got := f.Evaluate(nil, &evaluation.Context{}).Enabled; got != tt.want {
				t.Errorf("got enabled %t, want %t", got, tt.want)
			}
		})
	}
}

func TestResultNamesTheStrategy(t *testing.T) {
	t.Parallel()
	source := flagWith("flag",
		flag.Strategy{ID: "a", Name: "default", Disabled: true},
		flag.Strategy{ID: "b", Name: "userWithId", Parameters: map[string]string{"userIds": "7"}},
		flag.Strategy{ID: "c", Name: "userWithId", Parameters: map[string]string{"userIds": "7,8"}},
	)
	f := mustCompile(t, source)
	if f.Source() != source {
		t.Errorf("got source %p, want the flag that was compiled, %p", f.Source(), source)
	}
	for user, want := range map[string]flag.StrategyID{"7": "b", "8": "c"} {
		if got := f.Evaluate(nil, &evaluation.Context{UserID: user}).Strategy; got == nil || got.ID != want {
			t.Errorf("user %s: got strategy %v, want %s", user, got, want)
		}
	}
	if got := f.Evaluate(nil, &evaluation.Context{UserID: "9"}).Strategy; got != nil {
		t.Errorf("user 9: got strategy %v, want none", got)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	f := flagWith("flag",
		flag.Strategy{Name: "custom", Segments: []flag.SegmentID{1, 2}},
		flag.Strategy{Name: "custom too", Disabled: true},
		flag.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "half"}},
		flag.Strategy{Name: "gradualRolloutUserId"},
		flag.Strategy{Name: "remoteAddress", Parameters: map[string]string{"IPs": "10.0.0.1, localhost"}, Constraints: []flag.Constraint{
			{ContextName: "a", Operator: flag.In},
			{ContextName: "a", Operator: "CLOSE_TO", Values: []string{"1"}},
			{ContextName: "a", Operator: flag.NumGt, Value: "1.2.3"},
			{ContextName: "a", Operator: flag.NumLt},
			{ContextName: "a", Operator: flag.DateAfter, Value: "tomorrow"},
			{ContextName: "a", Operator: flag.SemverEq, Value: "v1.2.3"},
			{ContextName: "a", Operator: flag.Regex, Value: "(?=a)"},
			{ContextName: "a", Operator: flag.Regex},
			{ContextName: "a", Operator: flag.InCIDR, Values: []string{"10.0.0.0/8", "10.0.0.0/33", "::1"}},
		}},
	)
	segment, problems := evaluation.CompileSegment(&flag.Segment{ID: 1, Constraints: []flag.Constraint{
		{ContextName: "a", Operator: flag.In}, {ContextName: "a", Operator: flag.NumEq, Value: "x"},
	}})
	want := []evaluation.Problem{{Path: "/constraints/1", Message: `The value "x" of NUM_EQ is not a number.`}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("the segment's problems differ (-want +got):\n%s", diff)
	}
	compiled, problems := evaluation.Compile(f, env, func(id flag.SegmentID) *evaluation.Segment {
		if id == 1 {
			return segment
		}
		return nil
	})
	want = []evaluation.Problem{
		{Path: "/strategies/0/name", Message: `The strategy "custom" is unknown here.`},
		{Path: "/strategies/0/segments/1", Message: `The segment 2 does not exist.`},
		{Path: "/strategies/2/parameters/rollout", Message: `"half" is not a percentage.`},
		{Path: "/strategies/3/parameters/percentage", Message: `"" is not a percentage.`},
		{Path: "/strategies/4/parameters/IPs", Message: `"localhost" is neither an IP address nor a network.`},
		{Path: "/strategies/4/constraints/1", Message: `The operator "CLOSE_TO" is unknown.`},
		{Path: "/strategies/4/constraints/2", Message: `The value "1.2.3" of NUM_GT is not a number.`},
		{Path: "/strategies/4/constraints/3", Message: `The value "" of NUM_LT is not a number.`},
		{Path: "/strategies/4/constraints/4", Message: `The value "tomorrow" of DATE_AFTER is not a date.`},
		{Path: "/strategies/4/constraints/5", Message: `The value "v1.2.3" of SEMVER_EQ is not a semantic version.`},
		{Path: "/strategies/4/constraints/6", Message: `The value "(?=a)" of REGEX is not a regular expression (RE2).`},
		{Path: "/strategies/4/constraints/7", Message: `The value "" of REGEX is not a regular expression (RE2).`},
		{Path: "/strategies/4/constraints/8", Message: `"10.0.0.0/33" is neither an IP address nor a network.`},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("the flag's problems differ (-want +got):\n%s", diff)
	}
	if compiled.Evaluate(nil, &evaluation.Context{UserID: "7", RemoteAddress: "10.0.0.1"}).Enabled {
		t.Error("got enabled, want a flag of nothing but problems to be off")
	}
}

// TestCompiledFlagsAreShared lets many goroutines ask the same flags; the race
// detector sees what they share.
func TestCompiledFlagsAreShared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		set := w.compile()
		var wg sync.WaitGroup
		answers := make([][]evaluation.Result, 4)
		for i := range answers {
			wg.Go(func() {
				for c := range w.Contexts {
					ctx := w.Contexts[c].context()
					for f := range w.Features {
						answers[i] = append(answers[i], set.evaluate(w.Features[f].Name, ctx))
					}
				}
			})
		}
		wg.Wait()
		for _, other := range answers[1:] {
			if diff := cmp.Diff(answers[0], other); diff != "" {
				t.Fatalf("two goroutines got different answers:\n%s", diff)
			}
		}
	})
}

// TestContextForgets asks one context again and again with other fields in it, and
// wants the answers that a new context gets: what it remembers is never stale.
func TestContextForgets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		set := w.compile()
		reused := w.Contexts[0].context()
		for i := range w.Contexts {
			fresh := w.Contexts[i].context()
			reused.UserID, reused.SessionID, reused.RemoteAddress = fresh.UserID, fresh.SessionID, fresh.RemoteAddress
			reused.Environment, reused.AppName, reused.CurrentTime = fresh.Environment, fresh.AppName, fresh.CurrentTime
			reused.Properties = fresh.Properties
			for j := range w.Features {
				name := w.Features[j].Name
				if diff := cmp.Diff(set.evaluate(name, fresh), set.evaluate(name, reused)); diff != "" {
					t.Fatalf("a new context and a used one differ (-new +used):\n%s", diff)
				}
			}
		}
	})
}
