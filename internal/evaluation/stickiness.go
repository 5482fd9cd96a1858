package evaluation

import "github.com/twmb/murmur3"

// Positions of rollouts and of variants are drawn with different seeds, so that the
// first variant is not the one that everyone in a small rollout gets. The values are
// those of every SDK.
const (
	rolloutSeed uint32 = 0
	variantSeed uint32 = 86028157
)

// sticky says what keeps an answer the same for the same visitor: the first of some
// fields that has a value.
type sticky struct {
	fields   []field
	orRandom bool // without a value, draw a number
}

// rolloutID returns what a rollout with the given stickiness sticks to. A rollout by a
// named field takes in nobody who lacks it.
func rolloutID(stickiness string) sticky {
	switch stickiness {
	case "", "default":
		return sticky{[]field{{root: userID}, {root: sessionID}}, true}
	case "random":
		return sticky{orRandom: true}
	default:
		return sticky{fields: []field{fieldNamed(stickiness)}}
	}
}

// variantID returns what the choice of a variant with the given stickiness sticks to.
func variantID(stickiness string) sticky {
	switch stickiness {
	case "", "default":
		return sticky{[]field{{root: userID}, {root: sessionID}, {root: remoteAddress}}, true}
	case "random":
		return sticky{orRandom: true}
	default:
		return sticky{[]field{fieldNamed(stickiness)}, true}
	}
}

// position returns the visitor's place among 1..n in a group, and whether there is one.
func (s *sticky) position(ctx *Context, seed uint32, group string, n uint64) (uint64, bool) {
	for _, f := range s.fields {
		if id, _ := ctx.resolve(f); id != "" {
			return ctx.normalize(seed, group, id, n), true
		}
	}
	if s.orRandom {
		return ctx.draw(n), true
	}
	return 0, false
}

// normalize maps an id to 1..n, evenly and the same in every SDK. (The JavaScript
// SDKs differ for ids that are not ASCII: they hash no UTF-8.)
func (c *Context) normalize(seed uint32, group, id string, n uint64) uint64 {
	c.key = append(append(append(c.key[:0], group...), ':'), id...)
	return uint64(murmur3.SeedSum32(seed, c.key))%n + 1
}
