package payload

import (
	"math/bits"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// clientToggle is a flag as frontend SDKs are sent it, evaluated.
type clientToggle struct {
	Name           flag.Name `json:"name"`
	Enabled        bool      `json:"enabled"`
	ImpressionData bool      `json:"impressionData"`
	Variant        any       `json:"variant"`
}

// clientChoice is the variant of a flag that is on.
type clientChoice struct {
	Name           string        `json:"name"`
	Enabled        bool          `json:"enabled"`
	Payload        *flag.Payload `json:"payload,omitempty"`
	FeatureEnabled bool          `json:"feature_enabled"`
	// The name that SDKs had before; both are sent.
	FeatureEnabledToo bool `json:"featureEnabled"`
}

// clientNoChoice is the variant of a flag that is off.
type clientNoChoice struct {
	Name           string `json:"name"`
	Enabled        bool   `json:"enabled"`
	FeatureEnabled bool   `json:"feature_enabled"`
}

// toggle is every answer that a flag can give to a frontend SDK.
type toggle struct {
	off piece
	on  piece // without a variant
	// with holds the answers with a variant; few enough to be searched in order.
	with []struct {
		variant *flag.Variant
		piece
	}
}

func newToggle(f *Flag) toggle {
	written := func(enabled bool, variant any) piece {
		return newPiece(marshal(clientToggle{f.source.Name, enabled, f.source.ImpressionData, variant}))
	}
	t := toggle{
		off: written(false, clientNoChoice{Name: evaluation.NoVariant}),
		on:  written(true, clientChoice{Name: evaluation.NoVariant, FeatureEnabled: true, FeatureEnabledToo: true}),
	}
	for _, v := range f.variants() {
		t.with = append(t.with, struct {
			variant *flag.Variant
			piece
		}{v, written(true, clientChoice{v.Name, true, v.Payload, true, true})})
	}
	return t
}

// answer returns what the flag answers to a result of its evaluation.
func (t *toggle) answer(r evaluation.Result) *piece {
	if !r.Enabled {
		return &t.off
	}
	for i := range t.with {
		if t.with[i].variant == r.Variant {
			return &t.with[i].piece
		}
	}
	return &t.on
}

// AppendToggles evaluates the flags that a query asks for and appends the answer for a
// frontend SDK to body: those that are on or, if all is set, the others too. The
// number differs if the answer does.
func (s *Set) AppendToggles(body []byte, q Query, ctx *evaluation.Context, all bool) ([]byte, uint64) {
	body = append(body, `{"toggles":[`...)
	empty := len(body)
	var sum uint64
	lookup := s.compiled
	for _, f := range s.Visible(q) {
		a := f.answers()
		r := a.compiled.Evaluate(lookup, ctx)
		if !r.Enabled && !all {
			continue
		}
		if len(body) > empty {
			body = append(body, ',')
		}
		p := a.toggle.answer(r)
		body = append(body, p.text...)
		sum = mix(sum, p.sum)
	}
	return append(body, "]}"...), sum
}

// mix adds the number of a piece to that of the pieces before it.
func mix(sum, next uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	return (bits.RotateLeft64(sum, 23) ^ next) * odd
}
