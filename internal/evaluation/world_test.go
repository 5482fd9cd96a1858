package evaluation_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/flag"
)

// What follows draws the worlds of the differential test. Both sides must have the
// same answer to give, so some inputs are left out, each for a reason:
//
//   - Root fields of a context are never empty but missing: Quorate takes the empty
//     text for missing, as the Go SDK does; to the Node SDK it is a value.
//   - environment and appName are always present: the Node SDK fills them in.
//   - Ids, groups and flag names are ASCII: the Node SDK hashes the low bytes of
//     UTF-16, all others UTF-8.
//   - Strategies that use a group have one: without it Quorate takes the flag's name
//     for it; the Node SDK takes "" for rollouts and "undefined" for variants.
//   - The parameter stickiness is never empty but missing: the Node SDK takes an
//     empty one for "default" in rollouts and for "random" in variants.
//   - DATE operators have the field currentTime, or one that the context lacks: the
//     Node SDK never looks at the field. Instants have no more than
//     milliseconds, and none lies between this year and 2039, so that it does not
//     matter when the test runs.
//   - Texts that depend on more than simple case mapping, such as a final sigma, are
//     not compared case-insensitively: Go maps letter by letter.
//   - Versions have no white space around them and operands no leading v: Quorate
//     wants strict versions, the Node SDK trims.
//   - Addresses in contexts have no prefix length: it makes them invalid,
//     but not to the Node SDK.
//   - The strategy remoteAddress lists no IPv6 networks, which the Node SDK does not
//     know, and no text that is not an address but equals the context's.
//   - Overrides have values: the Node SDK throws where the list is left out.
//   - No field has the name of a member of JavaScript's objects.
//
// Where chance would decide, there is nothing to compare. So a world is settled
// (rollouts take in nobody or everyone, one variant has all the weight), or each
// context has the id that everything sticks to.

// chance says what keeps chance out of a world.
type chance string

const (
	settled   chance = "nothing is left to chance"
	byUser    chance = "every context has a userId"
	bySession chance = "every context has a sessionId"
	byAddress chance = "every context has a remoteAddress, and rollouts by nothing else are settled"
)

func drawWorld(t *rapid.T) world {
	mode := pick(t, "mode", settled, byUser, bySession, byAddress)
	var w world
	for i := range rapid.IntRange(1, 4).Draw(t, "flags") {
		w.Features = append(w.Features, drawFlag(t, flag.Name(fmt.Sprintf("flag%d", i)), mode))
	}
	w.Segments = []wireSegment{}
	for i := range rapid.IntRange(0, 2).Draw(t, "segments") {
		w.Segments = append(w.Segments, wireSegment{flag.SegmentID(i + 1), drawConstraints(t)})
	}
	for range rapid.IntRange(1, 6).Draw(t, "contexts") {
		w.Contexts = append(w.Contexts, drawContext(t, mode))
	}
	return w
}

func drawFlag(t *rapid.T, name flag.Name, mode chance) wireFlag {
	f := wireFlag{Name: name, Enabled: often(t, "enabled"), Strategies: []wireStrategy{}}
	for range rapid.IntRange(0, 3).Draw(t, "strategies") {
		f.Strategies = append(f.Strategies, drawStrategy(t, mode))
	}
	f.Variants = drawVariants(t, mode, true)
	for range pick(t, "dependencies", 0, 0, 0, 1, 2) {
		f.Dependencies = append(f.Dependencies, wireDependency{
			Feature:  pick[flag.Name](t, "parent", "flag0", "flag1", "flag2", "unknown"),
			Enabled:  pick(t, "parent enabled", nil, new(true), new(false)),
			Variants: pick(t, "parent variants", nil, []string{}, []string{"red", "blue"}, []string{"disabled"}),
		})
	}
	return f
}

func drawStrategy(t *rapid.T, mode chance) wireStrategy {
	s := wireStrategy{
		Name: pick(t, "strategy", "flexibleRollout", "flexibleRollout", "flexibleRollout", "default", "userWithId",
			"gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom", "remoteAddress", "applicationHostname", "custom"),
		Constraints: drawConstraints(t),
		Parameters:  map[string]string{"groupId": pick(t, "group", "a", "group-b", "a rather long name of a group: "+longText)},
		Variants:    drawVariants(t, mode, false),
	}
	for range pick(t, "segments", 0, 0, 0, 1, 2) {
		s.Segments = append(s.Segments, pick[flag.SegmentID](t, "segment", 1, 1, 2, 2, 3))
	}
	if often(t, "with stickiness") {
		names := []string{"default", "userId", "sessionId", "tenant", "remoteAddress", "missing", "empty"}
		switch {
		case mode == settled:
			names = append(names, "random")
		case len(s.Variants) > 0: // they inherit it, and draw a variant where it is missing
			names = []string{"default", sure(mode), "tenant"}
		}
		s.Parameters["stickiness"] = pick(t, "stickiness", names...)
	}
	free := mode != settled && s.Name != "gradualRolloutRandom" &&
		(mode != byAddress || s.Name != "flexibleRollout" || (s.Parameters["stickiness"] != "" && s.Parameters["stickiness"] != "default"))
	percentage := drawPercentage(t, free)
	switch s.Name {
	case "flexibleRollout":
		s.Parameters["rollout"] = percentage
	case "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom":
		s.Parameters["percentage"] = percentage
	case "userWithId":
		s.Parameters["userIds"] = pick(t, "userIds", "", "7", "7,anna", " 7", "anna\t ,\n7 ,, 123", "123,7 ", "7,8,9,10,11,12,13,14,15,123")
	case "remoteAddress":
		s.Parameters["IPs"] = pick(t, "IPs", "", "10.0.0.1", "10.0.0.0/8, 127.0.0.1", "rubbish,::1 , 2001:db8::7", "10.0.0.9/30,0.0.0.0/0")
	case "applicationHostname":
		s.Parameters["hostNames"] = pick(t, "hostNames", "", hostname, "other , Quorate-HOST", "other,host")
	}
	return s
}

// drawPercentage draws how many a rollout takes in; if it is not free, all or nobody.
func drawPercentage(t *rapid.T, free bool) string {
	if free {
		return pick(t, "percentage", "50", "1", "10", "33.3", "66", "90", "99", "0x20", " 7e1 ", "0.5")
	}
	return pick(t, "percentage", "100", "100", "100", "0", "", "abc", "1e9", "-5", "Infinity")
}

// drawVariants draws variants of an environment or a strategy.
func drawVariants(t *rapid.T, mode chance, ofEnvironment bool) []flag.Variant {
	weights := pick(t, "weights", nil, []int{0}, []int{1000}, []int{0, 0, 7})
	if mode != settled {
		weights = pick(t, "weights", nil, []int{0, 0}, []int{1000}, []int{500, 500}, []int{0, 300, 700}, []int{1, 1, 0, 1}, []int{90, 0, 5, 5})
	}
	stickiness := []string{"", "default", "tenant", sure(mode)}
	if mode == settled {
		stickiness = []string{"", "default", "userId", "missing", "empty", "random"}
	}
	var variants []flag.Variant
	for i, weight := range weights {
		v := flag.Variant{
			Name:       []string{"red", "blue", "green", "grey"}[i],
			Weight:     weight,
			Stickiness: pick(t, "variant stickiness", stickiness...),
			Payload:    pick(t, "payload", nil, &flag.Payload{Type: "string", Value: "ä"}, &flag.Payload{Type: "json", Value: `{"a":1}`}),
		}
		if ofEnvironment && pick(t, "override", false, false, false, true) {
			v.Overrides = []flag.Override{{
				ContextName: drawField(t),
				Values:      pick(t, "override values", []string{""}, []string{"7", "anna"}, []string{" 7 ", "10.0.0.1", "Ärger"}),
			}}
		}
		variants = append(variants, v)
	}
	return variants
}

func drawConstraints(t *rapid.T) []wireConstraint {
	constraints := []wireConstraint{}
	for range pick(t, "constraints", 0, 0, 0, 1, 1, 2) {
		constraints = append(constraints, drawConstraint(t))
	}
	return constraints
}

func drawConstraint(t *rapid.T) wireConstraint {
	operators := append(flag.Operators(), flag.Operator("FANCY"))
	c := wireConstraint{
		Operator:        pick(t, "operator", operators...),
		Values:          []string{},
		Inverted:        pick(t, "inverted", false, false, true),
		CaseInsensitive: rapid.Bool().Draw(t, "caseInsensitive"),
	}
	// fields are those that have values of the operator's kind.
	var fields []string
	switch c.Operator.Operands() {
	case flag.OperandStrings:
		fields = []string{"userId", "sessionId", "word"}
		c.Values = rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "values")
	case flag.OperandCIDRs:
		fields = []string{"remoteAddress", "address"}
		c.Values = rapid.SliceOfN(rapid.SampledFrom([]string{
			"10.0.0.0/8", "10.0.0.1", "10.0.0.7/24", " 127.0.0.1 ", "2001:db8::/32", "2001:DB8:0::7", "::1", "", "nonsense",
			"10.0.0.0/33", "0.0.0.0/0", "::/0", "::ffff:0:0/96",
		}), 0, 4).Draw(t, "values")
	case flag.OperandNumber:
		fields = []string{"number"}
		c.Value = pick(t, "value", numbers...)
	case flag.OperandDate:
		c.ContextName = pick(t, "contextName", "currentTime", "missing")
		c.Value = pick(t, "value", dates...)
		return c
	case flag.OperandSemver:
		fields = []string{"version"}
		c.Value = pick(t, "value", versions...)
	case flag.OperandRegex:
		fields = []string{"word", "version", "number"}
		c.Value = pick(t, "value", "", "^a", "na$", "ANNA", "(?i)anna", `\d+`, `^\d+$`, "[", "(?=a)", `\bger\b`, "^$", ".", "ä", "(?s)a.b|^7", `(a)\1`)
	case flag.OperandUnknown:
		fields = []string{"userId"}
		c.Values, c.Value = []string{"7"}, "7"
	}
	if often(t, "fitting field") {
		c.ContextName = pick(t, "contextName", fields...)
	} else {
		c.ContextName = drawField(t)
	}
	return c
}

func drawField(t *rapid.T) string {
	return pick(t, "field", "userId", "sessionId", "remoteAddress", "environment", "appName", "currentTime",
		"tenant", "word", "number", "version", "address", "missing", "empty")
}

func drawContext(t *rapid.T, mode chance) wireContext {
	c := wireContext{
		Environment: pick(t, "environment", "production", "anna"),
		AppName:     pick(t, "appName", "shop", "7"),
		CurrentTime: pick(t, "currentTime", append([]string{""}, dates...)...),
		Properties: map[string]*string{
			"tenant":  new(drawID(t)),
			"word":    new(pick(t, "word", words...)),
			"number":  new(pick(t, "number", numbers...)),
			"version": new(pick(t, "version", append([]string{"v1.2.3", ""}, versions...)...)),
			"address": new(pick(t, "address", append([]string{""}, addresses...)...)),
			"empty":   new(""),
		},
	}
	for _, name := range []string{"word", "number", "version", "address"} {
		if pick(t, name+" missing", false, false, false, true) {
			c.Properties[name] = nil
		}
	}
	if mode == byUser || rapid.Bool().Draw(t, "with userId") {
		c.UserID = drawID(t)
	}
	if mode == bySession || rapid.Bool().Draw(t, "with sessionId") {
		c.SessionID = drawID(t)
	}
	if mode == byAddress || rapid.Bool().Draw(t, "with remoteAddress") {
		c.RemoteAddress = pick(t, "remoteAddress", addresses...)
	}
	if rapid.Bool().Draw(t, "userId as property") {
		c.Properties["userId"] = new(drawID(t))
	}
	return c
}

// sure returns the field that every context has.
func sure(mode chance) string {
	switch mode {
	case byUser:
		return "userId"
	case bySession:
		return "sessionId"
	case byAddress:
		return "remoteAddress"
	default:
		return "tenant"
	}
}

// drawID draws an id: one that constraints and lists name, or any.
func drawID(t *rapid.T) string {
	if rapid.Bool().Draw(t, "any id") {
		return rapid.StringMatching(`[!-~]{1,40}`).Draw(t, "id")
	}
	return pick(t, "id", "7", "anna", "123", "10", longText)
}

// longText is longer than the room that is kept for hashing.
const longText = "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz"

var (
	words = []string{
		"7", "anna", "Anna", " anna", "ANNA@example.com", "Ärger", "ärger", "STRASSE", "日本", "a\nb", "", " ", "na", "@",
	}
	numbers = []string{
		"7", "7.0", "12", "-1", "1e1", "1E400", ".5", "5.", "abc", "", " ", " 7 ", "0x10", "0b11", "0o7", "-0", "Infinity", "-Infinity",
		"NaN", "inf", "1_000", "1,5", "0x", "1.2.3", "7f", "0123",
	}
	versions = []string{
		"1.2.3", "1.2.4", "2.0.0", "1.10.0", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-alpha.beta", "1.2.3-beta.2", "1.2.3-beta.11",
		"1.2.3-rc.1", "1.2.3+build.5", "1.2", "01.2.3", "1.2.3-01", "nonsense", "1.2.3-", "1.2.3.4",
	}
	dates = []string{
		"2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00.123Z", "2020-01-01", "2020-01-01T00:00", "2040-06-30T12:00:00-07:00",
		"2040-07-01T00:00:00", "nonsense",
	}
	addresses = []string{"10.0.0.1", "10.0.0.8", "127.0.0.1", "::1", "2001:db8::7", "::ffff:10.0.0.1", "nonsense", "10.0.0.256"}
)

// pick draws one of some values.
func pick[V any](t *rapid.T, label string, values ...V) V {
	return rapid.SampledFrom(values).Draw(t, label)
}

// often draws true in three of four cases.
func often(t *rapid.T, label string) bool { return pick(t, label, true, true, true, false) }
