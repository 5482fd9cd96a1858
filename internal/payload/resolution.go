package payload

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// What OpenFeature providers are answered (docs/ofrep.md). OpenFeature asks for a value of
// some type, and the request does not say which. So the flag says it: if a variant of it
// carries a payload, its values are the payloads; else it is a switch, true or false. Where
// a flag of values has none to give, the value is left out, and the provider takes the
// default in the code.

// reason is why a value is what it is.
type reason int

const (
	static         reason = iota // it is the same for everyone
	targetingMatch               // something in the context decided
	split                        // a share of the visitors gets it
	fallThrough                  // the flag is on, but none of its strategies holds
	disabled                     // the flag is switched off
)

// reasonTexts end an answer.
var reasonTexts = [...]string{
	static:         `,"reason":"STATIC"}`,
	targetingMatch: `,"reason":"TARGETING_MATCH"}`,
	split:          `,"reason":"SPLIT"}`,
	fallThrough:    `,"reason":"DEFAULT"}`,
	disabled:       `,"reason":"DISABLED"}`,
}

// resolved is every answer that a flag can give to an OpenFeature provider. The
// pieces lack the reason at their end.
type resolved struct {
	off  piece
	on   piece // without a variant
	with []resolvedVariant
	// keyMissing is the answer when chance would decide for want of a targeting key; its
	// text is empty if the flag never asks for one.
	keyMissing piece
	// split holds the strategies that a share of visitors passes, and targeted those that
	// ask for something in the context.
	split, targeted []*flag.Strategy
	// dependent reports whether the flag has parents, which look at the context.
	dependent bool
}

type resolvedVariant struct {
	variant *flag.Variant
	split   bool // it is one of several
	piece
}

type openFeatureValue struct {
	Key     flag.Name       `json:"key"`
	Value   json.RawMessage `json:"value,omitempty"`
	Variant string          `json:"variant,omitempty"`
}

type openFeatureError struct {
	Key     flag.Name `json:"key"`
	Code    string    `json:"errorCode"`
	Details string    `json:"errorDetails"`
}

// TargetingKeyMissing is OpenFeature's code for an answer that depends on who asks, who
// did not say.
const TargetingKeyMissing = "TARGETING_KEY_MISSING"

func newResolved(f *Flag) resolved {
	variants := f.variants()
	isSwitch := !slices.ContainsFunc(variants, func(v *flag.Variant) bool { return v.Payload != nil })
	written := func(value json.RawMessage, variant string) piece {
		text := marshal(openFeatureValue{f.source.Name, value, variant})
		return newPiece(text[:len(text)-1])
	}
	whenOn, whenOff := json.RawMessage(nil), json.RawMessage(nil)
	if isSwitch {
		whenOn, whenOff = json.RawMessage("true"), json.RawMessage("false")
	}
	r := resolved{off: written(whenOff, ""), on: written(whenOn, ""), dependent: len(f.source.Dependencies) > 0}
	byKey := false
	add := func(list []flag.Variant, stickiness string) {
		several := isSplit(list)
		for i := range list {
			v := &list[i]
			value := whenOn
			if v.Payload != nil {
				value = valueOf(v.Payload)
			}
			r.with = append(r.with, resolvedVariant{v, several, written(value, v.Name)})
		}
		if several {
			if own := list[0].Stickiness; own != "" {
				stickiness = own
			}
			byKey = byKey || sticksToKey(stickiness)
		}
	}
	add(f.row.Variants, "")
	for i := range f.row.Strategies {
		s := &f.row.Strategies[i]
		if s.Disabled {
			continue
		}
		add(s.Variants, s.Parameters["stickiness"])
		switch {
		case isShare(s):
			r.split = append(r.split, s)
			byKey = byKey || s.Name == "flexibleRollout" && sticksToKey(s.Parameters["stickiness"])
		case isTargeted(s):
			r.targeted = append(r.targeted, s)
		}
	}
	if byKey {
		r.keyMissing = newPiece(marshal(openFeatureError{
			f.source.Name, TargetingKeyMissing,
			"This flag gives different answers to different visitors, and the context does not say who asks. Send a targetingKey.",
		}))
	}
	return r
}

// valueOf returns a payload as a JSON value of its type. Text that is not of the type
// that it claims stays text.
func valueOf(p *flag.Payload) json.RawMessage {
	if p.Type == "json" || p.Type == "number" {
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(p.Value)) == nil && compact.Len() > 0 {
			first := compact.Bytes()[0]
			if isNumber := first == '-' || first >= '0' && first <= '9'; p.Type == "json" || isNumber {
				return compact.Bytes()
			}
		}
	}
	return marshal(p.Value)
}

// isSplit reports whether more than one of the variants can be chosen.
func isSplit(list []flag.Variant) bool {
	possible := 0
	for i := range list {
		if list[i].Weight > 0 {
			possible++
		}
	}
	return possible > 1
}

// sticksToKey reports whether the visitor's id, which OpenFeature calls targeting key,
// keeps an answer the same.
func sticksToKey(stickiness string) bool {
	return stickiness == "" || stickiness == "default" || stickiness == "userId"
}

// isShare reports whether a strategy takes in a share of visitors.
func isShare(s *flag.Strategy) bool {
	switch s.Name {
	case "flexibleRollout":
		return s.Parameters["rollout"] != "100"
	case "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom":
		return s.Parameters["percentage"] != "100"
	default:
		return false
	}
}

// isTargeted reports whether a strategy asks for something in the context.
func isTargeted(s *flag.Strategy) bool {
	return len(s.Constraints) > 0 || len(s.Segments) > 0 || s.Name != "default" && s.Name != "flexibleRollout"
}

// Resolution is a flag's answer to an OpenFeature provider.
type Resolution struct {
	Body []byte // as JSON
	// KeyMissing reports that the answer is the error TargetingKeyMissing.
	KeyMissing bool
	Result     evaluation.Result
}

// Resolve evaluates one of the flags that a query asks for, and reports whether it is
// among them.
func (s *Set) Resolve(name flag.Name, q Query, ctx *evaluation.Context) (Resolution, bool) {
	f := s.Find(name, q)
	if f == nil {
		return Resolution{}, false
	}
	r := s.resolver(ctx)
	result := r.evaluate(f)
	body, _ := r.append(nil, 0, f, result)
	return Resolution{Body: body, KeyMissing: r.keyMissing(f), Result: result}, true
}

// AppendResolutions evaluates all flags that a query asks for and appends the answer for
// an OpenFeature provider to body. The number differs if the answer does.
func (s *Set) AppendResolutions(body []byte, q Query, ctx *evaluation.Context) ([]byte, uint64) {
	body = append(body, `{"flags":[`...)
	var sum uint64
	r := s.resolver(ctx)
	for i, f := range s.Visible(q) {
		if i > 0 {
			body = append(body, ',')
		}
		body, sum = r.append(body, sum, f, r.evaluate(f))
	}
	return append(body, "]}"...), sum
}

// resolver evaluates flags for one context.
type resolver struct {
	lookup evaluation.Lookup
	ctx    *evaluation.Context
	// chance reports whether chance had a part in the last evaluation.
	chance bool
}

func (s *Set) resolver(ctx *evaluation.Context) *resolver {
	r := &resolver{lookup: s.compiled, ctx: ctx}
	random := ctx.Random
	ctx.Random = func() uint32 {
		r.chance = true
		return random()
	}
	return r
}

func (r *resolver) evaluate(f *Flag) evaluation.Result {
	r.chance = false
	return f.answers().compiled.Evaluate(r.lookup, r.ctx)
}

// keyMissing reports whether chance decided the last evaluation, which was the flag's,
// because the context does not say who asks.
func (r *resolver) keyMissing(f *Flag) bool {
	return r.chance && r.ctx.UserID == "" && r.ctx.SessionID == "" && len(f.answers().resolved.keyMissing.text) > 0
}

// append appends the flag's answer to a result, and mixes it into the sum.
func (r *resolver) append(body []byte, sum uint64, f *Flag, result evaluation.Result) ([]byte, uint64) {
	a := &f.answers().resolved
	if r.keyMissing(f) {
		return append(body, a.keyMissing.text...), mix(sum, a.keyMissing.sum)
	}
	p, why := a.answer(result, f.row.Enabled)
	body = append(body, p.text...)
	return append(body, reasonTexts[why]...), mix(sum, p.sum+uint64(why))
}

// answer returns what the flag answers to a result of its evaluation, and why.
func (a *resolved) answer(result evaluation.Result, enabled bool) (*piece, reason) {
	switch {
	case !enabled:
		return &a.off, disabled
	case !result.Enabled:
		return &a.off, fallThrough
	}
	why := static
	switch {
	case slices.Contains(a.split, result.Strategy):
		why = split
	case a.dependent || slices.Contains(a.targeted, result.Strategy):
		why = targetingMatch
	}
	for i := range a.with {
		if v := &a.with[i]; v.variant == result.Variant {
			if v.split {
				why = split
			}
			return &v.piece, why
		}
	}
	return &a.on, why
}
