// Package evaluation decides what a flag answers to a context.
//
// A flag is compiled once per environment: numbers, dates, versions, patterns and
// networks are parsed, lists become sets. The compiled [Flag] never changes and can
// be shared by many goroutines; it is good for as long as the flag and the segments
// that it uses are. Evaluating it parses nothing but the context, and that once.
//
// The rules are those of Unleash's SDKs; where SDKs differ, a comment says which way
// Quorate goes. Whatever cannot be understood, such as an unknown strategy or a
// malformed constraint, is false, and Compile returns it as a [Problem] so that it
// can be shown.
//
// An [Explainer] says of an answer how it comes about, for people who want to know; it asks
// the compiled flag.
//
// Which flags a caller may see, what an answer looks like on the wire and counting
// answers do not belong here but in payload, sdkapi, ofrep and usage. Neither does
// refusing bad input: by the time a flag is compiled, it has been accepted.
package evaluation

import (
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// Flag is a flag in one environment, ready to be evaluated.
type Flag struct {
	source     *flag.Flag
	enabled    bool
	strategies []strategy
	variants   *split // of the environment; nil: none that can be chosen
}

// Problem is a part of a flag or segment that cannot be evaluated as it is written.
type Problem struct {
	// Path names the part by its position in the flag's environment or the segment:
	// "/strategies/0/constraints/2". Disabled strategies count.
	Path    string
	Message string
}

// Compile prepares a flag's configuration in an environment. A flag that has none
// there is off. Disabled strategies are left out, as they are from what SDKs are
// sent, so a flag whose strategies are all disabled is on for everyone; keeping
// such a flag from being enabled is the business of those who write it.
//
// The segments function returns a compiled segment, nil if there is none with the id.
// The flag is kept, not copied: it must not change any more.
func Compile(f *flag.Flag, env flag.EnvironmentName, segments func(flag.SegmentID) *Segment) (*Flag, []Problem) {
	compiled := &Flag{source: f}
	row := f.In(env)
	if row == nil {
		return compiled, nil
	}
	var problems []Problem
	compiled.enabled = row.Enabled
	compiled.variants = compileEnvironmentVariants(f.Name, row.Variants)
	for i := range row.Strategies {
		if row.Strategies[i].Disabled {
			continue
		}
		s, found := compileStrategy(f.Name, &row.Strategies[i], segments)
		compiled.strategies = append(compiled.strategies, s)
		problems = append(problems, under(fmt.Sprintf("/strategies/%d", i), found)...)
	}
	return compiled, problems
}

// under returns the problems of a part with the part's own path put before theirs.
func under(path string, problems []Problem) []Problem {
	for i := range problems {
		problems[i].Path = path + problems[i].Path
	}
	return problems
}

// Source returns the flag as it was given to Compile.
func (f *Flag) Source() *flag.Flag { return f.source }

// Lookup returns the compiled flag of a name in the same environment, nil if there is none.
type Lookup func(flag.Name) *Flag

// Result is what a flag answers.
type Result struct {
	Enabled bool
	// Strategy is the strategy that switched the flag on; nil when it is off, and
	// when it is on because it has no strategies.
	Strategy *flag.Strategy
	// Variant is nil when the flag is off and when none was chosen. SDKs are then
	// told the variant [NoVariant].
	Variant *flag.Variant
}

// NoVariant is the name by which SDKs and dependencies know the absence of a variant.
const NoVariant = "disabled"

// Evaluate returns the flag's answer to a context. The lookup finds the flags that
// it depends on; it is not called for a flag without dependencies.
func (f *Flag) Evaluate(lookup Lookup, ctx *Context) Result {
	by, on := f.decide(lookup, ctx)
	if !on {
		return Result{}
	}
	r := Result{Enabled: true, Variant: f.chooseVariant(by, ctx)}
	if by != nil {
		r.Strategy = by.source
	}
	return r
}

// decide reports whether the flag is on, and which strategy made it so: the first
// that holds, or nil for a flag without strategies.
func (f *Flag) decide(lookup Lookup, ctx *Context) (*strategy, bool) {
	if !f.enabled || !f.parentsAgree(lookup, ctx) {
		return nil, false
	}
	for i := range f.strategies {
		if f.strategies[i].holds(ctx) {
			return &f.strategies[i], true
		}
	}
	return nil, len(f.strategies) == 0
}

// parentsAgree reports whether every flag that this one depends on is in the state
// that it asks for. A parent that is unknown, or that has parents itself, never
// agrees, so cycles end here.
func (f *Flag) parentsAgree(lookup Lookup, ctx *Context) bool {
	for i := range f.source.Dependencies {
		wanted := &f.source.Dependencies[i]
		parent := lookup(wanted.Feature)
		if parent == nil || len(parent.source.Dependencies) > 0 {
			return false
		}
		by, on := parent.decide(lookup, ctx)
		if on != wanted.Enabled {
			return false
		}
		if on && len(wanted.Variants) > 0 {
			name := NoVariant
			if v := parent.chooseVariant(by, ctx); v != nil {
				name = v.Name
			}
			if !slices.Contains(wanted.Variants, name) {
				return false
			}
		}
	}
	return true
}

// chooseVariant returns the variant of a flag that a strategy has switched on, nil
// for none. The strategy's own variants come before those of the environment.
func (f *Flag) chooseVariant(by *strategy, ctx *Context) *flag.Variant {
	if by != nil && by.variants != nil {
		return by.variants.choose(ctx)
	}
	if f.variants != nil {
		return f.variants.choose(ctx)
	}
	return nil
}
