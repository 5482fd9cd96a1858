package evaluation

import (
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// split is a list of variants from which one can be chosen.
type split struct {
	variants  []flag.Variant
	total     uint64 // of the weights
	id        sticky
	group     string
	overrides []override // in the order of the variants
}

// override gives a variant to those who have one of the values in a field.
type override struct {
	variant int
	field   field
	values  []string
}

// compileEnvironmentVariants prepares the variants that a flag has in an environment.
func compileEnvironmentVariants(name flag.Name, variants []flag.Variant) *split {
	s := newSplit(variants, string(name), "")
	if s == nil {
		return nil
	}
	for i := range variants {
		for _, o := range variants[i].Overrides {
			s.overrides = append(s.overrides, override{i, fieldNamed(o.ContextName), o.Values})
		}
	}
	return s
}

// compileStrategyVariants prepares the strategy's own variants, which stick to what
// the strategy sticks to unless they say otherwise. If none of them can be chosen,
// there are none, and the environment's are asked, as the Node SDK does.
func compileStrategyVariants(name flag.Name, s *flag.Strategy) *split {
	return newSplit(s.Variants, groupID(name, s), s.Parameters["stickiness"])
}

// newSplit returns nil if no variant can be chosen, because there are none or none
// has a weight. The first variant's stickiness goes for all of them.
func newSplit(variants []flag.Variant, group, stickiness string) *split {
	s := &split{variants: variants, group: group}
	for i := range variants {
		s.total += uint64(max(variants[i].Weight, 0))
	}
	if s.total == 0 {
		return nil
	}
	if own := variants[0].Stickiness; own != "" {
		stickiness = own
	}
	s.id = variantID(stickiness)
	return s
}

// choose returns the visitor's variant: by the first override that has the visitor's
// value, whatever the variant's weight, else by the visitor's position.
func (s *split) choose(ctx *Context) *flag.Variant {
	for i := range s.overrides {
		o := &s.overrides[i]
		if value, ok := ctx.resolve(o.field); ok && slices.Contains(o.values, value) {
			return &s.variants[o.variant]
		}
	}
	position, _ := s.id.position(ctx, variantSeed, s.group, s.total)
	for i := range s.variants {
		weight := uint64(max(s.variants[i].Weight, 0))
		if position <= weight {
			return &s.variants[i]
		}
		position -= weight
	}
	return nil
}
