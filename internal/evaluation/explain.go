package evaluation

import "github.com/quorate/quorate/internal/flag"

// Verdict says whether something holds, as far as can be told here.
type Verdict int

// The verdicts.
const (
	Fails Verdict = iota
	Holds
	// Unknown is the verdict on what only SDKs can decide: a strategy that they have
	// registered, or one that asks for the host that they run on.
	Unknown
)

// Explainer is a compiled flag that can say why it answers what it answers. It holds
// the disabled strategies as well, which people want to see; evaluating has no use for them.
type Explainer struct {
	flag       *Flag
	row        *flag.FlagEnvironment // nil: the flag has no configuration in the environment
	strategies []strategy            // as in the row
}

// NewExplainer prepares a flag's configuration in an environment. Its parameters are those
// of Compile.
func NewExplainer(f *flag.Flag, env flag.EnvironmentName, segments func(flag.SegmentID) *Segment) *Explainer {
	compiled, _ := Compile(f, env, segments)
	e := &Explainer{flag: compiled, row: f.In(env)}
	if e.row == nil {
		return e
	}
	awake := compiled.strategies
	for i := range e.row.Strategies {
		if !e.row.Strategies[i].Disabled {
			e.strategies, awake = append(e.strategies, awake[0]), awake[1:]
			continue
		}
		s, _ := compileStrategy(f.Name, &e.row.Strategies[i], segments)
		e.strategies = append(e.strategies, s)
	}
	return e
}

// Flag returns the compiled flag, as a Lookup wants it.
func (e *Explainer) Flag() *Flag { return e.flag }

// Explanation is what a flag answers, and how that comes about. The flag is on if it is
// enabled, its parents agree and its strategies hold.
type Explanation struct {
	// Result is what Evaluate returns.
	Result Result
	// Enabled reports whether the flag is switched on in the environment.
	Enabled bool
	// ParentsAgree reports whether each flag that this one depends on is as it should be.
	ParentsAgree bool
	// Outcome is what the strategies come to, whether or not the flag is switched on. Where
	// none is asked, because there is none or all are disabled, it is Holds.
	Outcome Verdict
	// Strategies are all of the environment, in their order.
	Strategies []StrategyExplanation
	// Variants are those of which one is given to this context, or would be if the flag were on:
	// of the strategy that switched it on, or else of the environment.
	Variants []flag.Variant
}

// StrategyExplanation is what a strategy makes of a context.
type StrategyExplanation struct {
	Source *flag.Strategy
	// Verdict is that on the strategy alone; a disabled one is not asked, so it is Unknown.
	Verdict Verdict
	// Told reports whether the strategy's own rule is known here. If not, the verdict is Fails if
	// a constraint or segment fails, and Unknown if not.
	Told bool
	// Constraints says of each constraint whether it holds.
	Constraints []bool
	Segments    []SegmentExplanation
	// Variant is the one of the strategy's own that the context gets where the strategy holds.
	Variant *flag.Variant
}

// SegmentExplanation is what a segment makes of a context. One that does not exist does not
// hold and has no constraints.
type SegmentExplanation struct {
	ID          flag.SegmentID
	Holds       bool
	Constraints []bool
}

// Explain returns the flag's answer to a context with its reasons. The answer is Evaluate's,
// and the reasons ask the same constraints and rules. What chance decides, it decides once for
// all of them: ctx.Random is called once, and its number is taken for each draw.
func (e *Explainer) Explain(lookup Lookup, ctx *Context) Explanation {
	random, drawn := ctx.Random, ctx.Random()
	ctx.Random = func() uint32 { return drawn }
	defer func() { ctx.Random = random }()

	x := Explanation{
		Result:       e.flag.Evaluate(lookup, ctx),
		Enabled:      e.flag.enabled,
		ParentsAgree: e.flag.parentsAgree(lookup, ctx),
	}
	if e.row != nil {
		x.Variants = e.row.Variants
	}
	if len(e.flag.strategies) == 0 {
		x.Outcome = Holds
	}
	for i := range e.strategies {
		s := e.strategies[i].explain(ctx)
		x.Strategies = append(x.Strategies, s)
		if s.Source.Disabled || x.Outcome == Holds || s.Verdict == Fails {
			continue
		}
		x.Outcome = s.Verdict
		if s.Verdict == Holds && s.Variant != nil {
			x.Variants = s.Source.Variants
		}
	}
	return x
}

// explain says what the strategy makes of a context.
func (s *strategy) explain(ctx *Context) StrategyExplanation {
	x := StrategyExplanation{Source: s.source, Told: s.told(ctx), Constraints: results(s.constraints, ctx)}
	for i, segment := range s.segments {
		found := SegmentExplanation{ID: s.source.Segments[i]}
		if segment != nil {
			found.Holds, found.Constraints = segment.holds(ctx), results(segment.constraints, ctx)
		}
		x.Segments = append(x.Segments, found)
	}
	switch {
	case s.source.Disabled:
		x.Verdict = Unknown
	case !s.matches(ctx):
		x.Verdict = Fails
	case !x.Told:
		x.Verdict = Unknown
	case s.rule.activates(ctx):
		x.Verdict = Holds
		if s.variants != nil {
			x.Variant = s.variants.choose(ctx)
		}
	}
	return x
}

// told reports whether the strategy's rule can be asked here.
func (s *strategy) told(ctx *Context) bool {
	switch s.rule.(type) {
	case unknown:
		return false
	case hosts:
		return ctx.Hostname != ""
	default:
		return true
	}
}

// results says of each constraint whether it holds.
func results(constraints []constraint, ctx *Context) []bool {
	list := make([]bool, len(constraints))
	for i := range constraints {
		list[i] = constraints[i].holds(ctx)
	}
	return list
}
