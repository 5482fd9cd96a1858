package flag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// anything is the Legal of an instance without context fields.
func anything(string) []flag.LegalValue { return nil }

// paths returns the paths of details, for tests that do not care for the words.
func paths(details []fault.Detail) []string {
	var list []string
	for _, d := range details {
		list = append(list, d.Path)
	}
	return list
}

func TestValidateName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a":                              "",
		"new-checkout_2.0~!*'()":         "",
		strings.Repeat("x", 100):         "",
		"bad name":                       `"name" must be URL friendly. You provided "bad name".`,
		"ä":                              `"name" must be URL friendly. You provided "ä".`,
		"a/b":                            `"name" must be URL friendly. You provided "a/b".`,
		"a\n":                            `"name" must be URL friendly. You provided "a\n".`,
		".":                              `"name" must be URL friendly. You provided ".".`,
		"..":                             `"name" must be URL friendly. You provided "..".`,
		"":                               `"name" is not allowed to be empty.`,
		strings.Repeat("x", 101):         `"name" must have at most 100 characters. You provided 101.`,
		"\x00" + strings.Repeat("x", 10): `"name" must be URL friendly. You provided "\x00xxxxxxxxxx".`,
	} {
		got := ""
		for _, d := range flag.ValidateName("/body/name", name) {
			got += d.Message
			if d.Path != "/body/name" {
				t.Errorf("ValidateName(%q): got path %q, want /body/name", name, d.Path)
			}
		}
		if got != want {
			t.Errorf("ValidateName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestValidateSegmentName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Beta users / Åland":     "",
		strings.Repeat("ä", 255): "",
		strings.Repeat("ä", 256): `"name" must have at most 255 characters. You provided 256.`,
		"":                       `"name" is not allowed to be empty.`,
		" \t":                    `"name" is not allowed to be empty.`,
	} {
		got := ""
		for _, d := range flag.ValidateSegmentName("/body/name", name) {
			got += d.Message
		}
		if got != want {
			t.Errorf("ValidateSegmentName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestValidateEnvironment(t *testing.T) {
	t.Parallel()
	got := flag.ValidateEnvironment("/body", flag.Environment{Name: "prod!", Type: " ", RequiredApprovals: new(0)})
	want := []fault.Detail{
		{Path: "/body/name", Message: "The `/body/name` property must match pattern \"^[a-zA-Z0-9~_.-]+$\". You sent \"prod!\"."},
		{Path: "/body/type", Message: `"type" is not allowed to be empty.`},
		{Path: "/body/requiredApprovals", Message: `"requiredApprovals" must be at least 1. You provided 0.`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if got := flag.ValidateEnvironment("/body", flag.Environment{Name: "pre-prod_1~", Type: "test", RequiredApprovals: new(2)}); got != nil {
		t.Errorf("a good environment: got %v, want no details", got)
	}
}

func TestValidateConstraint(t *testing.T) {
	t.Parallel()
	legal := []flag.LegalValue{{Value: "a"}, {Value: "1.0.0"}, {Value: "7"}}
	for _, test := range []struct {
		name  string
		c     flag.Constraint
		legal []flag.LegalValue
		want  []string // paths
	}{
		{name: "in", c: flag.Constraint{ContextName: "userId", Operator: flag.In, Values: []string{"a", "b"}}},
		{name: "no context name", c: flag.Constraint{ContextName: " ", Operator: flag.In, Values: []string{"a"}}, want: []string{"/contextName"}},
		{name: "unknown operator", c: flag.Constraint{ContextName: "x", Operator: "LIKE", Value: "a"}, want: []string{"/operator"}},
		{name: "no values", c: flag.Constraint{ContextName: "x", Operator: flag.NotIn}, want: []string{"/values"}},
		{name: "blank value", c: flag.Constraint{ContextName: "x", Operator: flag.StrContains, Values: []string{"a", " "}}, want: []string{"/values/1"}},
		{name: "long value", c: flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{strings.Repeat("ä", 101)}}, want: []string{"/values/0"}},
		{name: "value of 100 characters", c: flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{strings.Repeat("ä", 100)}}},
		{name: "number", c: flag.Constraint{ContextName: "x", Operator: flag.NumGt, Value: "-1.5e3"}},
		{name: "no number", c: flag.Constraint{ContextName: "x", Operator: flag.NumGt, Values: []string{"1"}}, want: []string{"/value"}},
		{name: "bad number", c: flag.Constraint{ContextName: "x", Operator: flag.NumEq, Value: "12a"}, want: []string{"/value"}},
		{name: "hexadecimal number", c: flag.Constraint{ContextName: "x", Operator: flag.NumEq, Value: "0x1f"}, want: []string{"/value"}},
		{name: "infinite number", c: flag.Constraint{ContextName: "x", Operator: flag.NumEq, Value: "1e999"}, want: []string{"/value"}},
		{name: "not a number", c: flag.Constraint{ContextName: "x", Operator: flag.NumEq, Value: "NaN"}, want: []string{"/value"}},
		{name: "date", c: flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2026-01-31T12:00:00.123+02:00"}},
		{name: "date alone", c: flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2026-01-31"}},
		{name: "bad date", c: flag.Constraint{ContextName: "currentTime", Operator: flag.DateBefore, Value: "2026-02-30"}, want: []string{"/value"}},
		{name: "semver", c: flag.Constraint{ContextName: "v", Operator: flag.SemverGte, Value: "1.2.3-beta.1+b"}},
		{name: "semver with v", c: flag.Constraint{ContextName: "v", Operator: flag.SemverGt, Value: "v1.2.3"}, want: []string{"/value"}},
		{name: "short semver", c: flag.Constraint{ContextName: "v", Operator: flag.SemverLt, Value: "1.2"}, want: []string{"/value"}},
		{name: "regex", c: flag.Constraint{ContextName: "x", Operator: flag.Regex, Value: `^a+\d$`, CaseInsensitive: true}},
		{name: "look-ahead", c: flag.Constraint{ContextName: "x", Operator: flag.Regex, Value: `a(?=b)`}, want: []string{"/value"}},
		{name: "inverted regex", c: flag.Constraint{ContextName: "x", Operator: flag.Regex, Value: `a`, Inverted: true}, want: []string{"/inverted"}},
		{name: "networks", c: flag.Constraint{ContextName: "ip", Operator: flag.InCIDR, Values: []string{"10.0.0.0/8", "::1", " 1.2.3.4 "}}},
		{name: "bad network", c: flag.Constraint{ContextName: "ip", Operator: flag.InCIDR, Values: []string{"10.0.0.0/33", "x"}}, want: []string{"/values/0", "/values/1"}},
		{name: "zone", c: flag.Constraint{ContextName: "ip", Operator: flag.InCIDR, Values: []string{"fe80::1%eth0"}}, want: []string{"/values/0"}},
		{name: "legal", c: flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{"a"}}, legal: legal},
		{name: "illegal", c: flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{"a", "z"}}, legal: legal, want: []string{"/values/1"}},
		{name: "legal number", c: flag.Constraint{ContextName: "x", Operator: flag.NumEq, Value: "7"}, legal: legal},
		{name: "illegal version", c: flag.Constraint{ContextName: "x", Operator: flag.SemverEq, Value: "2.0.0"}, legal: legal, want: []string{"/value"}},
		{name: "patterns are no values", c: flag.Constraint{ContextName: "x", Operator: flag.Regex, Value: "z"}, legal: legal},
	} {
		got := paths(flag.ValidateConstraint("", test.c, test.legal))
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got details at %v, want %v", test.name, got, test.want)
		}
	}
}

func TestUnknownOperatorListsTheKnown(t *testing.T) {
	t.Parallel()
	got := flag.ValidateConstraint("/body/constraints/0", flag.Constraint{ContextName: "x", Operator: "LIKE"}, nil)
	if len(got) != 1 {
		t.Fatalf("got %d details, want 1: %v", len(got), got)
	}
	for _, part := range []string{"The `operator` property must be equal to one of the allowed values: \"NOT_IN\", \"IN\", ", `"REGEX", "IN_CIDR". You provided "LIKE"`} {
		if !strings.Contains(got[0].Message, part) {
			t.Errorf("got %q, want it to contain %q", got[0].Message, part)
		}
	}
}

func TestValidateVariants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		variants []flag.Variant
		want     []string
	}{
		{name: "none"},
		{name: "one", variants: []flag.Variant{{Name: "a", Weight: 3}}},
		{name: "same name", variants: []flag.Variant{{Name: "a"}, {Name: "a"}}, want: []string{"/1/name"}},
		{name: "bad name", variants: []flag.Variant{{Name: "a b"}}, want: []string{"/0/name"}},
		{name: "weight", variants: []flag.Variant{{Name: "a", Weight: 1001}, {Name: "b", Weight: -1}}, want: []string{"/0/weight", "/1/weight"}},
		{name: "weight type", variants: []flag.Variant{{Name: "a", WeightType: "fixed"}}, want: []string{"/0/weightType"}},
		{name: "payload type", variants: []flag.Variant{{Name: "a", Payload: &flag.Payload{Type: "xml"}}}, want: []string{"/0/payload/type"}},
		{name: "override", variants: []flag.Variant{{Name: "a", Overrides: []flag.Override{{}}}}, want: []string{"/0/overrides/0/contextName"}},
		{name: "all fixed", variants: []flag.Variant{{Name: "a", Weight: 1000, WeightType: flag.WeightFix}}, want: []string{""}},
		{
			name: "too much fixed", want: []string{""},
			variants: []flag.Variant{{Name: "a", Weight: 600, WeightType: flag.WeightFix}, {Name: "b", Weight: 600, WeightType: flag.WeightFix}, {Name: "c"}},
		},
	} {
		got := paths(flag.ValidateVariants("", test.variants))
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got details at %v, want %v", test.name, got, test.want)
		}
	}
}

func TestNormalizeVariants(t *testing.T) {
	t.Parallel()
	variants := []flag.Variant{
		{Name: "d", Weight: 1, WeightType: flag.WeightVariable, Stickiness: "userId"},
		{Name: "b"},
		{Name: "c", Weight: 100, WeightType: flag.WeightFix},
		{Name: "a"},
		{Name: "e"},
		{Name: "f"},
		{Name: "g"},
		{Name: "h"},
	}
	want := []flag.Variant{
		{Name: "a", Weight: 129, WeightType: flag.WeightVariable, Stickiness: "default"},
		{Name: "b", Weight: 129, WeightType: flag.WeightVariable, Stickiness: "default"},
		{Name: "c", Weight: 100, WeightType: flag.WeightFix, Stickiness: "default"},
		{Name: "d", Weight: 129, WeightType: flag.WeightVariable, Stickiness: "userId"},
		{Name: "e", Weight: 129, WeightType: flag.WeightVariable, Stickiness: "default"},
		{Name: "f", Weight: 128, WeightType: flag.WeightVariable, Stickiness: "default"},
		{Name: "g", Weight: 128, WeightType: flag.WeightVariable, Stickiness: "default"},
		{Name: "h", Weight: 128, WeightType: flag.WeightVariable, Stickiness: "default"},
	}
	if diff := cmp.Diff(want, flag.NormalizeVariants(variants)); diff != "" {
		t.Errorf("normal form (-want +got):\n%s", diff)
	}
	if variants[0].Name != "d" || variants[1].Weight != 0 {
		t.Errorf("the argument was changed: %v", variants)
	}
}

// Whatever validates gets weights that add up to a thousand, keeps its fixed weights,
// and is not changed by normalising it once more.
func TestNormalizedVariantsAreStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		variants := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) flag.Variant {
			return flag.Variant{
				Name:       rapid.StringMatching(`[a-z]{1,4}`).Draw(t, "name"),
				Weight:     rapid.IntRange(0, 1000).Draw(t, "weight"),
				WeightType: rapid.SampledFrom([]flag.WeightType{"", flag.WeightVariable, flag.WeightFix}).Draw(t, "type"),
			}
		}), 1, 12, func(v flag.Variant) string { return v.Name }).Draw(t, "variants")
		if len(flag.ValidateVariants("", variants)) > 0 {
			t.Skip("not valid")
		}
		normal := flag.NormalizeVariants(variants)
		total := 0
		for _, v := range normal {
			total += v.Weight
			was := variants[slices.IndexFunc(variants, func(w flag.Variant) bool { return w.Name == v.Name })]
			if was.WeightType == flag.WeightFix && was.Weight != v.Weight {
				t.Errorf("fixed weight of %s: got %d, want %d", v.Name, v.Weight, was.Weight)
			}
		}
		if total != flag.TotalWeight {
			t.Errorf("total weight: got %d, want %d", total, flag.TotalWeight)
		}
		if diff := cmp.Diff(normal, flag.NormalizeVariants(normal)); diff != "" {
			t.Errorf("normalised once more (-first +second):\n%s", diff)
		}
		if got := flag.ValidateVariants("", normal); got != nil {
			t.Errorf("normal variants: got %v, want no details", got)
		}
	})
}

func TestValidateStrategyParameters(t *testing.T) {
	t.Parallel()
	rollout := flag.StrategyType{Name: "flexibleRollout", Parameters: []flag.StrategyParameter{
		{Name: "rollout", Type: "percentage"}, {Name: "seats", Type: "number"}, {Name: "groupId", Type: "string"},
	}}
	for _, test := range []struct {
		parameters map[string]string
		want       []string
	}{
		{parameters: nil},
		{parameters: map[string]string{"rollout": "0", "seats": "3.5", "groupId": "any thing", "other": "x"}},
		{parameters: map[string]string{"rollout": "", "seats": ""}},
		{parameters: map[string]string{"rollout": "100.5", "seats": "many"}, want: []string{"/parameters/rollout", "/parameters/seats"}},
		{parameters: map[string]string{"rollout": "-1"}, want: []string{"/parameters/rollout"}},
		{parameters: map[string]string{"rollout": "half"}, want: []string{"/parameters/rollout"}},
	} {
		got := paths(flag.ValidateStrategy("", flag.Strategy{Parameters: test.parameters}, rollout, anything))
		if !slices.Equal(got, test.want) {
			t.Errorf("parameters %v: got details at %v, want %v", test.parameters, got, test.want)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := flag.Limits{Constraints: 2, ConstraintValues: 3, StrategySegments: 1, SegmentValues: 4}
	three := flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{"a", "b", "c"}}
	four := flag.Constraint{ContextName: "x", Operator: flag.In, Values: []string{"a", "b", "c", "d"}}
	for _, test := range []struct {
		name string
		err  error
		kind fault.Kind
		want string
	}{
		{name: "strategy", err: limits.CheckStrategy("/body", flag.Strategy{Constraints: []flag.Constraint{three, three}, Segments: []flag.SegmentID{1}})},
		{name: "no limits", err: flag.Limits{}.CheckStrategy("/body", flag.Strategy{Constraints: []flag.Constraint{four}, Segments: []flag.SegmentID{1}})},
		{
			name: "constraints", err: limits.CheckStrategy("/body", flag.Strategy{Constraints: []flag.Constraint{three, three, three}}),
			kind: fault.ExceedsLimit, want: "Failed to create constraint. You can't create more than the established limit of 2.",
		},
		{
			name: "values", err: limits.CheckStrategy("/body", flag.Strategy{Constraints: []flag.Constraint{four}}),
			kind: fault.ExceedsLimit, want: "Failed to create constraint values. You can't create more than the established limit of 3.",
		},
		{
			name: "segments", err: limits.CheckStrategy("/body", flag.Strategy{Segments: []flag.SegmentID{1, 2}}),
			kind: fault.BadData, want: fault.InvalidRequest,
		},
		{name: "segment", err: limits.CheckSegment("/body", flag.Segment{Constraints: []flag.Constraint{four}})},
		{
			name: "segment's values", err: limits.CheckSegment("/body", flag.Segment{Constraints: []flag.Constraint{three, three}}),
			kind: fault.BadData, want: fault.InvalidRequest,
		},
	} {
		if test.kind == "" {
			if test.err != nil {
				t.Errorf("%s: got %v, want no error", test.name, test.err)
			}
			continue
		}
		if !fault.Is(test.err, test.kind) || test.err.Error() != test.want {
			t.Errorf("%s: got %v, want %s: %s", test.name, test.err, test.kind, test.want)
		}
	}
}

func TestValidateProject(t *testing.T) {
	t.Parallel()
	good := flag.Project{
		ID: "default", Name: "Default", Mode: flag.ModeOpen, DefaultStickiness: "default", FeatureLimit: new(0),
		Naming:        &flag.NamingRule{Pattern: `[a-z]+\.\d`, Example: new("a.1"), Description: new("x")},
		LinkTemplates: []flag.LinkTemplate{{URLTemplate: "tracker.example.com/{{project}}/{{feature}}"}},
	}
	if got := flag.ValidateProject("/body", good); got != nil {
		t.Errorf("a good project: got %v, want no details", got)
	}
	for path, spoil := range map[string]func(*flag.Project){
		"/id":                          func(p *flag.Project) { p.ID = "a b" },
		"/name":                        func(p *flag.Project) { p.Name = "\t " },
		"/mode":                        func(p *flag.Project) { p.Mode = "secret" },
		"/defaultStickiness":           func(p *flag.Project) { p.DefaultStickiness = "" },
		"/featureLimit":                func(p *flag.Project) { p.FeatureLimit = new(-1) },
		"/featureNaming":               func(p *flag.Project) { p.Naming = &flag.NamingRule{Example: new("x")} },
		"/featureNaming/pattern":       func(p *flag.Project) { p.Naming = &flag.NamingRule{Pattern: `a\sb`} },
		"/featureNaming/example":       func(p *flag.Project) { p.Naming = &flag.NamingRule{Pattern: `a`, Example: new("ba")} },
		"/linkTemplates/0/urlTemplate": func(p *flag.Project) { p.LinkTemplates = []flag.LinkTemplate{{URLTemplate: "javascript:alert(1)"}} },
	} {
		p := good
		spoil(&p)
		if got := paths(flag.ValidateProject("", p)); !slices.Equal(got, []string{path}) {
			t.Errorf("spoilt %s: got details at %v", path, got)
		}
	}
	for _, pattern := range []string{"a b", "a(", `(?=a)b`} {
		p := good
		p.Naming = &flag.NamingRule{Pattern: pattern}
		if got := paths(flag.ValidateProject("", p)); !slices.Equal(got, []string{"/featureNaming/pattern"}) {
			t.Errorf("pattern %q: got details at %v", pattern, got)
		}
	}
}

func TestNamingRule(t *testing.T) {
	t.Parallel()
	rule := &flag.NamingRule{Pattern: "a|team-.+"}
	for name, allowed := range map[flag.Name]bool{"a": true, "team-x": true, "ab": false, "xteam-x": false} {
		err := rule.Check(name)
		if allowed && err != nil {
			t.Errorf("Check(%q): got %v, want no error", name, err)
		}
		if !allowed && (!fault.Is(err, fault.Pattern) || fault.As(err).Details[0].Message != "The flag name does not match the pattern.") {
			t.Errorf("Check(%q): got %v, want a PatternError with its detail", name, err)
		}
	}
	var none *flag.NamingRule
	if err := none.Check("anything"); err != nil {
		t.Errorf("no rule: got %v, want no error", err)
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"My first project!":         "my-first-project",
		"  --  ":                    "project",
		"日本":                        "project",
		"A & B / C":                 "a-b-c",
		strings.Repeat("word ", 30): strings.TrimRight(strings.Repeat("word-", 18), "-"),
	} {
		if got := flag.Slug(name); got != want {
			t.Errorf("Slug(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestNormalizeLink(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://example.com/a?b=c#d": "https://example.com/a?b=c#d",
		"http://localhost:8080":       "http://localhost:8080",
		" example.com/x ":             "https://example.com/x",
		"":                            "",
		"javascript:alert(1)":         "",
		"ftp://example.com":           "",
		"https://me:secret@example.c": "",
		"https:///path":               "",
		"https://exa mple.com":        "",
	} {
		got, details := flag.NormalizeLink("/body/url", link)
		if got != want || (want == "") != (len(details) == 1) {
			t.Errorf("NormalizeLink(%q): got %q and %v, want %q", link, got, details, want)
		}
	}
}

func TestLinkTemplate(t *testing.T) {
	t.Parallel()
	got, err := flag.LinkTemplate{URLTemplate: "example.com/{{project}}?q={{feature}}"}.Link("shop", "new-checkout")
	if want := "https://example.com/shop?q=new-checkout"; got != want || err != nil {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
}

func TestValidateVocabulary(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		details []fault.Detail
		want    []string
	}{
		{name: "tag type", details: flag.ValidateTagType("", flag.TagType{Name: "simple", Color: new("#FFffFF")})},
		{name: "short tag type", details: flag.ValidateTagType("", flag.TagType{Name: "a", Color: new("red")}), want: []string{"/name", "/color"}},
		{name: "long tag type", details: flag.ValidateTagType("", flag.TagType{Name: strings.Repeat("a", 51)}), want: []string{"/name"}},
		{name: "tag", details: flag.ValidateTag("", flag.Tag{Type: " simple ", Value: " a b\t"}.Trim())},
		{name: "short tag", details: flag.ValidateTag("", flag.Tag{Type: "simple", Value: " a "}.Trim()), want: []string{"/value"}},
		{name: "long tag", details: flag.ValidateTag("", flag.Tag{Type: "simple", Value: strings.Repeat("a", 51)}), want: []string{"/value"}},
		{name: "field", details: flag.ValidateContextField("", flag.ContextField{Name: "tier", Description: new(""), LegalValues: []flag.LegalValue{{Value: "gold"}}})},
		{
			name: "bad field", want: []string{"/name", "/description", "/legalValues/0/value", "/legalValues/2/value"},
			details: flag.ValidateContextField("", flag.ContextField{
				Name: "a/b", Description: new(strings.Repeat("x", 251)), LegalValues: []flag.LegalValue{{Value: " "}, {Value: "b"}, {Value: "b"}},
			}),
		},
		{name: "long legal value", details: flag.ValidateLegalValue("", flag.LegalValue{Value: strings.Repeat("x", 101)}), want: []string{"/value"}},
		{name: "strategy type", details: flag.ValidateStrategyType("", flag.StrategyType{Name: "x", Parameters: []flag.StrategyParameter{{Name: "n", Type: "number"}}})},
		{
			name: "bad strategy type", want: []string{"/name", "/parameters/0/name", "/parameters/0/type", "/parameters/2/name"},
			details: flag.ValidateStrategyType("", flag.StrategyType{Parameters: []flag.StrategyParameter{{Type: "int"}, {Name: "n", Type: "list"}, {Name: "n", Type: "list"}}}),
		},
	} {
		if got := paths(test.details); !slices.Equal(got, test.want) {
			t.Errorf("%s: got details at %v, want %v", test.name, got, test.want)
		}
	}
}

// No text that somebody sends makes validation panic, and each problem names its field.
func FuzzValidateConstraint(f *testing.F) {
	for _, operator := range flag.Operators() {
		f.Add("userId", string(operator), "1.2.3", "10.0.0.0/8", true, false)
	}
	f.Add("", "", "", "", false, true)
	f.Fuzz(func(t *testing.T, contextName, operator, value, first string, inverted, fold bool) {
		c := flag.Constraint{
			ContextName: contextName, Operator: flag.Operator(operator), Value: value,
			Values: []string{first, value}, Inverted: inverted, CaseInsensitive: fold,
		}
		for _, legal := range [][]flag.LegalValue{nil, {{Value: first}}} {
			for _, d := range flag.ValidateConstraint("/body", c, legal) {
				if !strings.HasPrefix(d.Path, "/body/") || d.Message == "" {
					t.Errorf("got the detail %v, want a path below /body and a message", d)
				}
			}
		}
	})
}
