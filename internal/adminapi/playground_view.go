package adminapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// The answers come from package evaluation, the same that frontend SDKs and providers are answered by;
// here they are put into Unleash's form (docs/playground.md, "The answer"). Names of types are those of
// its schemas.

// PlaygroundAnswer is a flag's answer to a context, with its reasons.
//
// It is exported for huma passes over embedded types that are not. Variant is never null: disabled
// stands for none.
type PlaygroundAnswer struct {
	Name       flag.Name            `json:"name"`
	ProjectID  flag.ProjectID       `json:"projectId"`
	IsEnabled  bool                 `json:"isEnabled" doc:"What SDKs are told, unless a strategy decides that only they know."`
	SwitchedOn bool                 `json:"isEnabledInCurrentEnvironment" doc:"Whether the flag is switched on in the environment."`
	Unmet      bool                 `json:"hasUnsatisfiedDependency" doc:"Whether a flag on which this one depends is not as it should be."`
	Variant    playgroundVariant    `json:"variant"`
	Variants   []variant            `json:"variants" doc:"Those of which the variant is one."`
	Reasons    playgroundStrategies `json:"strategies"`
}

// playgroundFeature is a flag's answer in an environment.
type playgroundFeature struct {
	PlaygroundAnswer
}

// advancedPlaygroundEnvironmentFeature is a flag's answer to one combination of the context's values.
type advancedPlaygroundEnvironmentFeature struct {
	PlaygroundAnswer
	Environment flag.EnvironmentName `json:"environment"`
	Context     map[string]string    `json:"context" doc:"The combination, with its properties beside the other fields."`
}

// playgroundVariant is the variant that is answered.
//
// Enabled says whether there is a variant; FeatureEnabled whether the flag is on.
type playgroundVariant struct {
	Name           string   `json:"name" doc:"\"disabled\" for none."`
	Enabled        bool     `json:"enabled"`
	Payload        *payload `json:"payload,omitempty"`
	FeatureEnabled bool     `json:"feature_enabled"`
}

// playgroundStrategies are the flag's strategies, and what they come to.
type playgroundStrategies struct {
	Result verdict              `json:"result" doc:"Whether one of them holds. Disabled ones do not count; if no others are left, the answer is true, as SDKs see it."`
	Data   []playgroundStrategy `json:"data"`
}

// playgroundStrategy is a strategy, and what it makes of the context.
type playgroundStrategy struct {
	ID          flag.StrategyID          `json:"id"`
	Name        string                   `json:"name"`
	Title       *string                  `json:"title,omitempty"`
	Disabled    bool                     `json:"disabled"`
	Parameters  map[string]string        `json:"parameters"`
	Result      playgroundStrategyResult `json:"result"`
	Constraints []playgroundConstraint   `json:"constraints"`
	Segments    []playgroundSegment      `json:"segments"`
	Links       playgroundLinks          `json:"links"`
}

// playgroundStrategyResult is what a strategy makes of the context.
//
// Variant is of a strategy that holds and has variants of its own; Variants are those then.
type playgroundStrategyResult struct {
	Status   string                     `json:"evaluationStatus" enum:"complete,incomplete,unevaluated" doc:"unevaluated: it is disabled. incomplete: only SDKs know its rule."`
	Enabled  verdict                    `json:"enabled"`
	Variant  *playgroundStrategyVariant `json:"variant,omitempty"`
	Variants []StrategyVariant          `json:"variants,omitempty"`
}

// playgroundStrategyVariant is the variant that a strategy gives.
type playgroundStrategyVariant struct {
	Name    string   `json:"name"`
	Enabled bool     `json:"enabled"`
	Payload *payload `json:"payload,omitempty"`
}

// playgroundConstraint is a constraint, and whether it holds.
//
// Result is told of disabled strategies as well.
type playgroundConstraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator"`
	Values          []string      `json:"values"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted"`
	CaseInsensitive bool          `json:"caseInsensitive"`
	Result          bool          `json:"result"`
}

// playgroundSegment is a segment, and whether it holds.
type playgroundSegment struct {
	ID          flag.SegmentID         `json:"id"`
	Name        string                 `json:"name"`
	Result      bool                   `json:"result"`
	Constraints []playgroundConstraint `json:"constraints"`
}

// playgroundLinks are where a strategy can be changed.
type playgroundLinks struct {
	Edit string `json:"edit" doc:"A path of the web app."`
}

// verdict is true, false or "unknown".
//
// Unknown is for what only the SDK knows: strategies of its own, and the host on which it runs.
type verdict evaluation.Verdict

// MarshalJSON writes the verdict.
func (v verdict) MarshalJSON() ([]byte, error) {
	if evaluation.Verdict(v) == evaluation.Unknown {
		return []byte(`"unknown"`), nil
	}
	return json.Marshal(evaluation.Verdict(v) == evaluation.Holds)
}

// Schema returns that of a boolean or "unknown".
func (verdict) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{{Type: huma.TypeBoolean}, {Type: huma.TypeString, Enum: []any{"unknown"}}}}
}

// panel is the flags of an environment, ready to be asked. They are compiled when they are asked first.
//
// One panel serves all askers in its environment: compiling a flag is what takes the time. It is used
// by one goroutine.
type panel struct {
	state    *state.State
	env      flag.EnvironmentName
	flags    map[flag.Name]*evaluation.Explainer
	segments map[flag.SegmentID]*evaluation.Segment
}

func newPanel(s *state.State, env flag.EnvironmentName) *panel {
	return &panel{s, env, map[flag.Name]*evaluation.Explainer{}, map[flag.SegmentID]*evaluation.Segment{}}
}

// flag returns a flag in use, nil if there is none of the name.
//
// Archived flags are none here, as SDKs are not sent them.
func (p *panel) flag(name flag.Name) *evaluation.Explainer {
	if e, ok := p.flags[name]; ok {
		return e
	}
	f := p.state.Flag(name)
	if f == nil || f.Archived() {
		return nil
	}
	p.flags[name] = evaluation.NewExplainer(f, p.env, p.segment)
	return p.flags[name]
}

// segment returns a compiled segment, nil for one that does not exist, which does not hold. A
// constraint that cannot be read does not hold, so what is wrong with it is not told here.
func (p *panel) segment(id flag.SegmentID) *evaluation.Segment {
	if s, ok := p.segments[id]; ok {
		return s
	}
	if s := p.state.Segment(id); s != nil {
		p.segments[id], _ = evaluation.CompileSegment(s)
	}
	return p.segments[id]
}

// lookup is an evaluation.Lookup.
//
// Dependencies are looked up through it, in the same environment.
func (p *panel) lookup(name flag.Name) *evaluation.Flag {
	if e := p.flag(name); e != nil {
		return e.Flag()
	}
	return nil
}

// askAll returns what flags answer in environments to everyone who asks.
//
// Flags, environments and askers stay in their order.
func askAll(s *state.State, flags []*flag.Flag, environments []flag.EnvironmentName, askers []asker, now time.Time) []advancedPlaygroundFeature {
	features := make([]advancedPlaygroundFeature, len(flags))
	for i, f := range flags {
		features[i] = advancedPlaygroundFeature{f.Name, f.Project, map[flag.EnvironmentName][]advancedPlaygroundEnvironmentFeature{}}
	}
	for _, env := range environments {
		panel := newPanel(s, env)
		contexts := make([]*evaluation.Context, len(askers))
		for i, who := range askers {
			contexts[i] = who.context(env, now)
		}
		for i, f := range flags {
			answers := make([]advancedPlaygroundEnvironmentFeature, len(askers))
			for j, who := range askers {
				answers[j] = advancedPlaygroundEnvironmentFeature{panel.ask(f, contexts[j]), env, who.fields}
			}
			features[i].Environments[env] = answers
		}
	}
	return features
}

// ask returns what a flag in use answers.
//
// The flag has to be one of the panel's state that is not archived.
func (p *panel) ask(f *flag.Flag, ctx *evaluation.Context) PlaygroundAnswer {
	x := p.flag(f.Name).Explain(p.lookup, ctx)
	answer := PlaygroundAnswer{
		Name: f.Name, ProjectID: f.Project, IsEnabled: x.Result.Enabled, SwitchedOn: x.Enabled, Unmet: !x.ParentsAgree,
		Variant:  playgroundVariant{Name: evaluation.NoVariant, FeatureEnabled: x.Result.Enabled},
		Variants: viewVariants(x.Variants),
		Reasons:  playgroundStrategies{Result: verdict(x.Outcome), Data: make([]playgroundStrategy, len(x.Strategies))},
	}
	if v := x.Result.Variant; v != nil {
		answer.Variant = playgroundVariant{v.Name, true, (*payload)(v.Payload), true}
	}
	for i, s := range x.Strategies {
		answer.Reasons.Data[i] = p.viewReasons(f, s)
	}
	return answer
}

// viewReasons returns what is shown of what a strategy makes of a context.
func (p *panel) viewReasons(f *flag.Flag, x evaluation.StrategyExplanation) playgroundStrategy {
	s := x.Source
	view := playgroundStrategy{
		ID: s.ID, Name: s.Name, Title: s.Title, Disabled: s.Disabled, Parameters: viewParameters(s.Parameters),
		Result:      playgroundStrategyResult{Status: "complete", Enabled: verdict(x.Verdict)},
		Constraints: viewResults(s.Constraints, x.Constraints),
		Segments:    []playgroundSegment{},
		Links: playgroundLinks{fmt.Sprintf("/projects/%s/features/%s/strategies/edit?environmentId=%s&strategyId=%s",
			url.PathEscape(string(f.Project)), url.PathEscape(string(f.Name)), url.QueryEscape(string(p.env)), url.QueryEscape(string(s.ID)))},
	}
	switch {
	case s.Disabled:
		view.Result.Status = "unevaluated"
	case !x.Told:
		view.Result.Status = "incomplete"
	}
	if v := x.Variant; v != nil {
		view.Result.Variant = &playgroundStrategyVariant{v.Name, true, (*payload)(v.Payload)}
		view.Result.Variants = viewStrategyVariants(s.Variants)
	}
	for _, found := range x.Segments {
		// One that is gone cannot be shown by name; the strategy's verdict counts it as not holding.
		if segment := p.state.Segment(found.ID); segment != nil {
			view.Segments = append(view.Segments, playgroundSegment{found.ID, segment.Name, found.Holds, viewResults(segment.Constraints, found.Constraints)})
		}
	}
	return view
}

// viewResults returns what is shown of constraints and of whether they hold.
func viewResults(constraints []flag.Constraint, holds []bool) []playgroundConstraint {
	views := make([]playgroundConstraint, len(constraints))
	for i, c := range constraints {
		views[i] = playgroundConstraint{c.ContextName, c.Operator, append([]string{}, c.Values...), c.Value, c.Inverted, c.CaseInsensitive, holds[i]}
	}
	return views
}
