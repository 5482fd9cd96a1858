package evaluation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// TestExplainAgrees draws flags, some of their strategies disabled, and contexts: the answer that is explained
// is the one that is given, and the reasons come to it.
func TestExplainAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		segments := map[flag.SegmentID]*evaluation.Segment{}
		constraints := map[flag.SegmentID]int{}
		for _, s := range w.Segments {
			model := flag.Segment{ID: s.ID}
			for _, c := range s.Constraints {
				model.Constraints = append(model.Constraints, flag.Constraint(c))
			}
			segments[s.ID], _ = evaluation.CompileSegment(&model)
			constraints[s.ID] = len(model.Constraints)
		}
		set, explainers := flagSet{}, []*evaluation.Explainer{}
		for i := range w.Features {
			f := w.Features[i].model()
			for j := range f.Environments[0].Strategies {
				s := &f.Environments[0].Strategies[j]
				s.ID, s.Disabled = flag.StrategyID(fmt.Sprint(j)), pick(t, "disabled", false, false, true)
			}
			find := func(id flag.SegmentID) *evaluation.Segment { return segments[id] }
			set[f.Name], _ = evaluation.Compile(f, env, find)
			explainers = append(explainers, evaluation.NewExplainer(f, env, find))
		}
		for i := range w.Contexts {
			ctx := w.Contexts[i].context()
			drawn := rapid.Uint32().Draw(t, "drawn")
			ctx.Random = func() uint32 { return drawn }
			ctx.Hostname = pick(t, "hostname", hostname, "")
			for _, e := range explainers {
				f := e.Flag().Source()
				x, answered := e.Explain(set.lookup, ctx), set[f.Name].Evaluate(set.lookup, ctx)
				if diff := cmp.Diff(answered, x.Result); diff != "" {
					t.Fatalf("%s: explains another answer than it gives (-given +explained):\n%s", f.Name, diff)
				}
				if diff := cmp.Diff(summed(x), x.Result); diff != "" {
					t.Fatalf("%s: the reasons come to another answer (-reasons +answer):\n%s", f.Name, diff)
				}
				for _, s := range x.Strategies {
					if len(s.Constraints) != len(s.Source.Constraints) || len(s.Segments) != len(s.Source.Segments) {
						t.Fatalf("%s: not every constraint and segment is explained", f.Name)
					}
					for _, segment := range s.Segments {
						if len(segment.Constraints) != constraints[segment.ID] || segment.Holds != (segments[segment.ID] != nil && all(segment.Constraints)) {
							t.Fatalf("%s: got %+v for a segment with %d constraints", f.Name, segment, constraints[segment.ID])
						}
					}
				}
			}
		}
	})
}

// summed returns the answer to which the reasons of an explanation come, or one that no flag gives if
// they contradict each other.
func summed(x evaluation.Explanation) evaluation.Result {
	contradiction := evaluation.Result{Variant: &flag.Variant{Name: "contradiction"}}
	outcome, asked := evaluation.Fails, false
	var r evaluation.Result
	for _, s := range x.Strategies {
		if s.Source.Disabled {
			continue
		}
		asked = true
		matched := all(s.Constraints)
		for _, segment := range s.Segments {
			matched = matched && segment.Holds
		}
		if !matched && s.Verdict != evaluation.Fails || matched && s.Told == (s.Verdict == evaluation.Unknown) {
			return contradiction
		}
		if outcome != evaluation.Holds && s.Verdict != evaluation.Fails {
			outcome = s.Verdict
			r.Strategy, r.Variant = s.Source, s.Variant
		}
	}
	if !asked {
		outcome = evaluation.Holds
	}
	if outcome != x.Outcome {
		return contradiction
	}
	if outcome != evaluation.Holds || !x.Enabled || !x.ParentsAgree {
		return evaluation.Result{}
	}
	r.Enabled = true
	if r.Variant == nil {
		r.Variant = x.Result.Variant // it is the environment's, if anybody's
	}
	return r
}

func all(results []bool) bool {
	for _, ok := range results {
		if !ok {
			return false
		}
	}
	return true
}

func TestExplain(t *testing.T) {
	t.Parallel()
	inNorway := flag.Constraint{ContextName: "country", Operator: flag.In, Values: []string{"NO"}}
	adult := flag.Constraint{ContextName: "age", Operator: flag.NumGte, Value: "18"}
	segment, _ := evaluation.CompileSegment(&flag.Segment{ID: 1, Constraints: []flag.Constraint{inNorway, adult}})
	find := func(id flag.SegmentID) *evaluation.Segment {
		if id == 1 {
			return segment
		}
		return nil
	}
	blue, green := flag.Variant{Name: "blue", Weight: 1000}, flag.Variant{Name: "green", Weight: 1000}
	f := flagWith("flag",
		flag.Strategy{ID: "asleep", Name: "default", Disabled: true, Constraints: []flag.Constraint{inNorway}, Variants: []flag.Variant{green}},
		flag.Strategy{ID: "segment", Name: "default", Segments: []flag.SegmentID{1, 2}},
		flag.Strategy{ID: "custom", Name: "custom", Constraints: []flag.Constraint{inNorway}},
		flag.Strategy{ID: "elsewhere", Name: "custom", Constraints: []flag.Constraint{adult}},
		flag.Strategy{ID: "host", Name: "applicationHostname", Parameters: map[string]string{"hostNames": "a,,b"}},
		flag.Strategy{ID: "user", Name: "userWithId", Parameters: map[string]string{"userIds": "7"}, Variants: []flag.Variant{blue}},
	)
	f.Environments[0].Variants = []flag.Variant{green}
	f.Dependencies = []flag.Dependency{{Feature: "parent", Enabled: true}}
	e := evaluation.NewExplainer(f, env, find)
	parent := mustCompile(t, flagWith("parent", flag.Strategy{Name: "userWithId", Parameters: map[string]string{"userIds": "7,8"}}))
	lookup := func(flag.Name) *evaluation.Flag { return parent }
	explain := func(user string) evaluation.Explanation {
		x := e.Explain(lookup, &evaluation.Context{UserID: user, Properties: map[string]string{"country": "NO", "age": "17"}, Random: func() uint32 { return 0 }})
		for i := range x.Strategies { // what was explained is known
			x.Strategies[i].Source = &flag.Strategy{ID: x.Strategies[i].Source.ID}
		}
		return x
	}
	source := func(id flag.StrategyID) *flag.Strategy { return &flag.Strategy{ID: id} }
	strategies := func(last evaluation.StrategyExplanation) []evaluation.StrategyExplanation {
		return []evaluation.StrategyExplanation{
			{Source: source("asleep"), Verdict: evaluation.Unknown, Told: true, Constraints: []bool{true}},
			{Source: source("segment"), Told: true, Segments: []evaluation.SegmentExplanation{{ID: 1, Constraints: []bool{true, false}}, {ID: 2}}},
			{Source: source("custom"), Verdict: evaluation.Unknown, Constraints: []bool{true}},
			{Source: source("elsewhere"), Constraints: []bool{false}},
			{Source: source("host"), Verdict: evaluation.Unknown},
			last,
		}
	}
	row := f.Environments[0]
	for user, want := range map[string]evaluation.Explanation{
		"7": {
			Result:  evaluation.Result{Enabled: true, Strategy: &row.Strategies[5], Variant: &blue},
			Enabled: true, ParentsAgree: true, Outcome: evaluation.Holds, Variants: []flag.Variant{blue},
			Strategies: strategies(evaluation.StrategyExplanation{Source: source("user"), Verdict: evaluation.Holds, Told: true, Variant: &blue}),
		},
		"8": {
			Enabled: true, ParentsAgree: true, Outcome: evaluation.Unknown, Variants: []flag.Variant{green},
			Strategies: strategies(evaluation.StrategyExplanation{Source: source("user"), Told: true}),
		},
		"9": {
			Enabled: true, Outcome: evaluation.Unknown, Variants: []flag.Variant{green},
			Strategies: strategies(evaluation.StrategyExplanation{Source: source("user"), Told: true}),
		},
	} {
		if diff := cmp.Diff(want, explain(user), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("user %s (-want +got):\n%s", user, diff)
		}
	}
}

// TestExplainWithoutStrategies holds that a flag whose strategies are all disabled is explained as it answers: on.
func TestExplainWithoutStrategies(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*flag.Flag{
		"none":         flagWith("flag"),
		"all disabled": flagWith("flag", flag.Strategy{Name: "default", Disabled: true}),
		"elsewhere":    {Name: "flag", Environments: []flag.FlagEnvironment{{Environment: "other", Enabled: true}}},
	} {
		x := evaluation.NewExplainer(f, env, nil).Explain(nil, &evaluation.Context{Random: func() uint32 { return 0 }})
		if on := name != "elsewhere"; x.Outcome != evaluation.Holds || x.Enabled != on || x.Result.Enabled != on {
			t.Errorf("%s: got %+v, want it on, but not elsewhere", name, x)
		}
	}
}

// TestExplainDrawsOnce holds that what chance decides is decided once for the answer and its reasons.
func TestExplainDrawsOnce(t *testing.T) {
	t.Parallel()
	byChance := flag.Strategy{Name: "gradualRolloutRandom", Parameters: map[string]string{"percentage": "50"}, Variants: []flag.Variant{
		{Name: "a", Weight: 500, Stickiness: "random"}, {Name: "b", Weight: 500},
	}}
	f := flagWith("flag", byChance, byChance)
	e := evaluation.NewExplainer(f, env, nil)
	draws := uint32(0)
	ctx := &evaluation.Context{Random: func() uint32 { draws++; return draws * 7919 }}
	on := 0
	for i := range uint32(100) {
		x := e.Explain(nil, ctx)
		if draws != i+1 {
			t.Fatalf("got %d draws for %d explanations, want one each", draws, i+1)
		}
		if x.Result.Enabled {
			on++
		}
		for _, s := range x.Strategies {
			if (s.Verdict == evaluation.Holds) != x.Result.Enabled || s.Variant != x.Result.Variant && s.Variant.Name != x.Result.Variant.Name {
				t.Fatalf("got the strategy's %v with %v, and the flag's %t with %v", s.Verdict, s.Variant, x.Result.Enabled, x.Result.Variant)
			}
		}
	}
	if on == 0 || on == 100 {
		t.Errorf("got it on %d times of 100, want that chance decides", on)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	var ctx evaluation.Context
	for _, name := range []string{"userId", "sessionId", "remoteAddress", "environment", "appName", "currentTime", "country"} {
		ctx.Set(name, name)
		s := constrainedBy(flag.Constraint{ContextName: name, Operator: flag.In, Values: []string{name}})
		if !enabledBy(s, &ctx) {
			t.Errorf("%s: the context does not have what it was given", name)
		}
	}
	if diff := cmp.Diff(map[string]string{"country": "country"}, ctx.Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, parameter, value string
		want                   int
	}{
		{"default", "", "", 100},
		{"userWithId", "userIds", "7", 100},
		{"custom", "rollout", "5", 100},
		{"flexibleRollout", "rollout", "25", 25},
		{"flexibleRollout", "rollout", "half", 0},
		{"flexibleRollout", "rollout", "1000", 100},
		{"gradualRolloutUserId", "percentage", "7", 7},
		{"gradualRolloutSessionId", "percentage", "8", 8},
		{"gradualRolloutRandom", "percentage", "9.9", 9},
	} {
		s := flag.Strategy{Name: test.name, Parameters: map[string]string{test.parameter: test.value}}
		if got := evaluation.Share(&s); got != test.want {
			t.Errorf("%s of %s: got %d, want %d", test.name, test.value, got, test.want)
		}
	}
}
