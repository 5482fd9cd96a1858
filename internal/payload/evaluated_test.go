package payload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

func TestToggles(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	inner := payload.NewQuery(token(development, "inner"))
	const (
		off  = `{"name":"off","enabled":false,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false}}`
		on   = `{"name":"on","enabled":true,"impressionData":true,"variant":{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}}`
		miss = `{"name":"targeted","enabled":false,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false}}`
		hit  = `{"name":"targeted","enabled":true,"impressionData":false,"variant":{"name":"red","enabled":true,"payload":{"type":"string","value":"#f00"},"feature_enabled":true,"featureEnabled":true}}`
		ann  = `{"name":"targeted","enabled":true,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}}`
	)
	adult := visitor()
	adult.Properties["age"] = "30"
	for name, c := range map[string]struct {
		ctx  *evaluation.Context
		all  bool
		want string
	}{
		"those that are on":      {visitor(), false, `{"toggles":[` + on + `]}`},
		"all":                    {visitor(), true, `{"toggles":[` + off + `,` + on + `,` + miss + `]}`},
		"with a variant":         {adult, false, `{"toggles":[` + on + `,` + hit + `]}`},
		"by the second strategy": {&evaluation.Context{UserID: "ann"}, false, `{"toggles":[` + on + `,` + ann + `]}`},
	} {
		got, _ := set.AppendToggles(nil, inner, c.ctx, c.all)
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s: the answer differs (-want +got):\n%s", name, diff)
		}
	}
}

// TestParentsNeedNotBeVisible: a flag may depend on one that its caller is not told of.
func TestParentsNeedNotBeVisible(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	got, _ := set.AppendToggles(nil, payload.NewQuery(token(development, "outer")), visitor(), false)
	const want = `{"toggles":[{"name":"varied","enabled":true,"impressionData":false,"variant":{"name":"control","enabled":true,"feature_enabled":true,"featureEnabled":true}}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the answer differs (-want +got):\n%s", diff)
	}
}

func TestSumTellsAnswersApart(t *testing.T) {
	t.Parallel()
	w := newWorld(flagtest.State(1, 300))
	sums := map[uint64]string{}
	for i := range 300 {
		ctx := visitor()
		ctx.UserID = string(rune('a'+i%26)) + string(rune('a'+i/26))
		for _, all := range []bool{false, true} {
			body, sum := w.Set(production).AppendToggles(nil, everything(production), ctx, all)
			if there, ok := sums[sum]; ok && there != string(body) {
				t.Fatalf("two answers have the sum %x", sum)
			}
			sums[sum] = string(body)
		}
	}
	if len(sums) < 100 {
		t.Errorf("got %d different answers, want a hundred at least", len(sums))
	}
}

func TestTogglesAllocateNothing(t *testing.T) {
	set := newWorld(flagtest.State(1, 200)).Set(production)
	q, ctx := everything(production), visitor()
	body, _ := set.AppendToggles(nil, q, ctx, true)
	if allocs := testing.AllocsPerRun(50, func() { body, _ = set.AppendToggles(body[:0], q, ctx, true) }); allocs != 0 {
		t.Errorf("got %v allocations, want none", allocs)
	}
}

// resolvable returns a set with one flag, which has the given row in development.
func resolvable(row flag.FlagEnvironment) *payload.Set {
	s := flagtest.After(fixture(), state.Event{Scope: state.Scope{Project: "inner", Feature: "f"}, Payload: state.FeatureCreated{
		Flag: flag.Flag{Name: "f", Project: "inner", Type: "release", Environments: rows(row)},
	}})
	return newWorld(s).Set(development)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	with := func(payloads ...*flag.Payload) []flag.Variant {
		var variants []flag.Variant
		for i, p := range payloads {
			variants = append(variants, flag.Variant{Name: string(rune('a' + i)), Weight: 1000 / len(payloads), Payload: p})
		}
		return variants
	}
	one := func(kind, value string) []flag.Variant { return with(&flag.Payload{Type: kind, Value: value}) }
	everyone := flag.Strategy{ID: "1", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "100", "stickiness": "default"}}
	half := flag.Strategy{ID: "2", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "50", "stickiness": "default", "groupId": "g2"}}
	byLot := flag.Strategy{ID: "3", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "50", "stickiness": "random"}}
	ann := flag.Strategy{ID: "4", Name: "default", Constraints: []flag.Constraint{{ContextName: "userId", Operator: flag.In, Values: []string{"ann"}}}}
	on := func(variants []flag.Variant, strategies ...flag.Strategy) flag.FlagEnvironment {
		return flag.FlagEnvironment{Enabled: true, Variants: variants, Strategies: strategies}
	}
	off := func(variants []flag.Variant) flag.FlagEnvironment { return flag.FlagEnvironment{Variants: variants} }

	const keyMissing = `{"key":"f","errorCode":"TARGETING_KEY_MISSING","errorDetails":"This flag gives different answers to different visitors, and the context does not say who asks. Send a targetingKey."}`
	for name, c := range map[string]struct {
		row  flag.FlagEnvironment
		user string
		want string
	}{
		"a switch that is off":            {off(nil), "ann", `{"key":"f","value":false,"reason":"DISABLED"}`},
		"a switch that is on":             {on(nil), "ann", `{"key":"f","value":true,"reason":"STATIC"}`},
		"for everyone":                    {on(nil, everyone), "", `{"key":"f","value":true,"reason":"STATIC"}`},
		"for this one":                    {on(nil, ann), "ann", `{"key":"f","value":true,"reason":"TARGETING_MATCH"}`},
		"for another":                     {on(nil, ann), "bob", `{"key":"f","value":false,"reason":"DEFAULT"}`},
		"for the half with this one":      {on(nil, half), "ann", `{"key":"f","value":true,"reason":"SPLIT"}`},
		"for the half without that one":   {on(nil, half), "bob", `{"key":"f","value":false,"reason":"DEFAULT"}`},
		"for half of those who hide":      {on(nil, half), "", keyMissing},
		"by lot":                          {on(nil, byLot), "", `{"key":"f","value":true,"reason":"SPLIT"}`},
		"hidden, and not asked":           {on(nil, ann, half), "ann", `{"key":"f","value":true,"reason":"TARGETING_MATCH"}`},
		"a variant without payload":       {on(with(nil)), "ann", `{"key":"f","value":true,"variant":"a","reason":"STATIC"}`},
		"one of two variants":             {on(with(nil, nil)), "ann", `{"key":"f","value":true,"variant":"b","reason":"SPLIT"}`},
		"one of two, for those who hide":  {on(with(nil, nil)), "", keyMissing},
		"a text":                          {on(one("string", `<b>"x"`)), "ann", `{"key":"f","value":"<b>\"x\"","variant":"a","reason":"STATIC"}`},
		"a list":                          {on(one("csv", "a,b")), "ann", `{"key":"f","value":"a,b","variant":"a","reason":"STATIC"}`},
		"a number":                        {on(one("number", " 1.50 ")), "ann", `{"key":"f","value":1.50,"variant":"a","reason":"STATIC"}`},
		"no number":                       {on(one("number", "0x10")), "ann", `{"key":"f","value":"0x10","variant":"a","reason":"STATIC"}`},
		"no number but JSON":              {on(one("number", "true")), "ann", `{"key":"f","value":"true","variant":"a","reason":"STATIC"}`},
		"an object":                       {on(one("json", "{ \"a\": [1,\n 2] }")), "ann", `{"key":"f","value":{"a":[1,2]},"variant":"a","reason":"STATIC"}`},
		"broken JSON":                     {on(one("json", "{a}")), "ann", `{"key":"f","value":"{a}","variant":"a","reason":"STATIC"}`},
		"no JSON at all":                  {on(one("json", "")), "ann", `{"key":"f","value":"","variant":"a","reason":"STATIC"}`},
		"values, switched off":            {off(one("string", "x")), "ann", `{"key":"f","reason":"DISABLED"}`},
		"values, for another":             {on(one("string", "x"), ann), "bob", `{"key":"f","reason":"DEFAULT"}`},
		"values, and a variant with none": {on(with(&flag.Payload{Type: "string", Value: "x"}, nil)), "ann", `{"key":"f","variant":"b","reason":"SPLIT"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := resolvable(c.row)
			ctx := &evaluation.Context{UserID: c.user, Random: func() uint32 { return 0 }}
			got, found := set.Resolve("f", everything(development), ctx)
			if !found || string(got.Body) != c.want {
				t.Errorf("got %s (found %t), want %s", got.Body, found, c.want)
			}
			if got.KeyMissing != (c.want == keyMissing) {
				t.Errorf("got KeyMissing %t for %s", got.KeyMissing, got.Body)
			}
			all, _ := set.AppendResolutions(nil, everything(development), ctx)
			if want := `{"flags":[` + c.want + `,`; string(all[:min(len(all), len(want))]) != want {
				t.Errorf("in bulk got %s, want it to begin with %s", all, want)
			}
		})
	}
}

func TestResolveInScope(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	for name, c := range map[string]struct {
		flag  flag.Name
		token *access.APIToken
		want  bool
	}{
		"seen":               {"on", token(development, access.Any), true},
		"of another project": {"varied", token(development, "inner"), false},
		"archived":           {"gone", token(development, access.Any), false},
		"not there":          {"nothing", token(development, access.Any), false},
	} {
		if _, got := set.Resolve(c.flag, payload.NewQuery(c.token), visitor()); got != c.want {
			t.Errorf("%s: got found %t, want %t", name, got, c.want)
		}
	}
}
