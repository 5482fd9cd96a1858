package evaluation_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// withVariants returns a flag that is on for everyone, with variants of its environment.
func withVariants(name flag.Name, variants ...flag.Variant) *flag.Flag {
	f := flagWith(name)
	f.Environments[0].Variants = variants
	return f
}

// variantName returns the name of the variant that a flag answers with.
func variantName(f *evaluation.Flag, ctx *evaluation.Context) string {
	return newWireVariant(f.Evaluate(nil, ctx)).Name
}

// TestVariantPositions checks where ids stand among variants, as TestRolloutPositions
// does for rollouts.
func TestVariantPositions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		id    string
		group flag.Name
		want  int
	}{
		{"123", "gr1", 96}, {"999", "groupX", 60}, {"ünïcode", "gr1", 25}, {"用户", "gr1", 94}, {"Ærøskøbing", "gr1", 78},
	} {
		variants := make([]flag.Variant, 100)
		for i := range variants {
			variants[i] = flag.Variant{Name: strconv.Itoa(i + 1), Weight: 1}
		}
		ctx := &evaluation.Context{UserID: tt.id}
		ofEnvironment := mustCompile(t, withVariants(tt.group, variants...))
		if got := variantName(ofEnvironment, ctx); got != strconv.Itoa(tt.want) {
			t.Errorf("got position %s of %s in %s, want %d", got, tt.id, tt.group, tt.want)
		}
		ofStrategy := mustCompile(t, flagWith(tt.group, flag.Strategy{Name: "default", Variants: variants}))
		if got := variantName(ofStrategy, ctx); got != strconv.Itoa(tt.want) {
			t.Errorf("got position %s of %s in a strategy without group of %s, want %d", got, tt.id, tt.group, tt.want)
		}
	}
}

// TestVariantShares gives variants to many visitors and wants each variant's share to
// be its weight's. Six standard deviations are allowed: chance alone exceeds them
// once in a thousand million.
func TestVariantShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, 1000), 1, 5).Draw(t, "weights")
		var variants []flag.Variant
		var total int
		for i, weight := range weights {
			variants = append(variants, flag.Variant{Name: strconv.Itoa(i), Weight: weight})
			total += weight
		}
		name := flag.Name(rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "flag"))
		f, _ := evaluation.Compile(withVariants(name, variants...), env, nil)
		const visitors = 2000
		got := map[string]int{}
		for i := range visitors {
			got[variantName(f, &evaluation.Context{UserID: fmt.Sprintf("user-%d", i)})]++
		}
		if total == 0 {
			if got[evaluation.NoVariant] != visitors {
				t.Fatalf("got %v, want no variant where none has a weight", got)
			}
			return
		}
		for i, weight := range weights {
			share := float64(weight) / float64(total)
			want, slack := visitors*share, 6*math.Sqrt(visitors*share*(1-share))
			if n := float64(got[strconv.Itoa(i)]); math.Abs(n-want) > slack {
				t.Fatalf("got variant %d for %v of %d visitors, want %.0f ± %.0f for %d of %d", i, n, visitors, want, slack, weight, total)
			}
		}
	})
}

// TestVariantsStick wants the stickiness of the first variant, and what is taken where
// the field is missing.
func TestVariantsStick(t *testing.T) {
	t.Parallel()
	const a, b = "123", "7"
	halves := func(stickiness string) *evaluation.Flag {
		return mustCompile(t, withVariants("gr1",
			flag.Variant{Name: "1", Weight: 500, Stickiness: stickiness}, flag.Variant{Name: "2", Weight: 500, Stickiness: "ignored"}))
	}
	f := halves("")
	first, second := variantName(f, &evaluation.Context{UserID: a}), variantName(f, &evaluation.Context{UserID: b})
	if first == second {
		t.Fatalf("got variant %s for both ids, want ids that differ", first)
	}
	tenant := map[string]string{"tenant": a}
	tests := []struct {
		stickiness string
		ctx        evaluation.Context
		want       string
	}{
		{"default", evaluation.Context{UserID: a, SessionID: b, RemoteAddress: b}, first},
		{"default", evaluation.Context{SessionID: a, RemoteAddress: b}, first},
		{"default", evaluation.Context{RemoteAddress: a}, first},
		{"", evaluation.Context{RemoteAddress: b}, second},
		{"sessionId", evaluation.Context{UserID: b, SessionID: a}, first},
		{"tenant", evaluation.Context{UserID: b, Properties: tenant}, first},
		{"tenant", evaluation.Context{UserID: a, Random: func() uint32 { return 499 }}, "1"},
		{"tenant", evaluation.Context{UserID: a, Random: func() uint32 { return 500 }}, "2"},
		{"random", evaluation.Context{UserID: a, Random: func() uint32 { return 1499 }}, "1"},
		{"", evaluation.Context{Random: func() uint32 { return 999 }}, "2"},
		{"", evaluation.Context{Random: func() uint32 { return 0 }, Properties: map[string]string{"": a, "userId": a}}, "1"},
	}
	for _, tt := range tests {
		if got := variantName(halves(tt.stickiness), &tt.ctx); got != tt.want {
			t.Errorf("stickiness %q, user %q, session %q: got variant %s, want %s", tt.stickiness, tt.ctx.UserID, tt.ctx.SessionID, got, tt.want)
		}
	}
}

// TestStrategyVariantsWithoutWeight wants the environment's variants where none of the
// strategy's can be chosen.
func TestStrategyVariantsWithoutWeight(t *testing.T) {
	t.Parallel()
	f := withVariants("flag", flag.Variant{Name: "environment", Weight: 1})
	f.Environments[0].Strategies = []flag.Strategy{{Name: "default", Variants: []flag.Variant{{Name: "strategy"}}}}
	if got := variantName(mustCompile(t, f), &evaluation.Context{UserID: "7"}); got != "environment" {
		t.Errorf("got variant %s, want that of the environment", got)
	}
}
