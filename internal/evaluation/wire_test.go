package evaluation_test

import (
	"math/rand/v2"
	"time"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// env is the environment in which the tests evaluate.
const env flag.EnvironmentName = "test"

// wireFlag is a flag as SDKs are sent it, for one environment.
type wireFlag struct {
	Name         flag.Name        `json:"name"`
	Enabled      bool             `json:"enabled"`
	Strategies   []wireStrategy   `json:"strategies"`
	Variants     []flag.Variant   `json:"variants,omitempty"`
	Dependencies []wireDependency `json:"dependencies,omitempty"`
}

// wireStrategy differs from the model's strategy in that SDKs want lists that are there.
type wireStrategy struct {
	Name        string            `json:"name"`
	Constraints []wireConstraint  `json:"constraints"`
	Parameters  map[string]string `json:"parameters"`
	Segments    []flag.SegmentID  `json:"segments,omitempty"`
	Variants    []flag.Variant    `json:"variants,omitempty"`
}

// wireConstraint is a constraint as SDKs are sent it.
type wireConstraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator"`
	Values          []string      `json:"values"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted,omitempty"`
	CaseInsensitive bool          `json:"caseInsensitive,omitempty"`
}

// wireDependency is a dependency in which "enabled" may be left out.
type wireDependency struct {
	Feature  flag.Name `json:"feature"`
	Enabled  *bool     `json:"enabled,omitempty"`
	Variants []string  `json:"variants,omitempty"`
}

// model returns the flag as the server holds it.
func (w *wireFlag) model() *flag.Flag {
	row := flag.FlagEnvironment{Environment: env, Enabled: w.Enabled, Variants: w.Variants}
	for _, s := range w.Strategies {
		model := flag.Strategy{Name: s.Name, Parameters: s.Parameters, Segments: s.Segments, Variants: s.Variants}
		for _, c := range s.Constraints {
			model.Constraints = append(model.Constraints, flag.Constraint(c))
		}
		row.Strategies = append(row.Strategies, model)
	}
	f := &flag.Flag{Name: w.Name, Environments: []flag.FlagEnvironment{row}}
	for _, d := range w.Dependencies {
		enabled := d.Enabled == nil || *d.Enabled
		f.Dependencies = append(f.Dependencies, flag.Dependency{Feature: d.Feature, Enabled: enabled, Variants: d.Variants})
	}
	return f
}

// wireContext is a context as clients send it.
type wireContext struct {
	UserID        string             `json:"userId,omitempty"`
	SessionID     string             `json:"sessionId,omitempty"`
	RemoteAddress string             `json:"remoteAddress,omitempty"`
	Environment   string             `json:"environment,omitempty"`
	AppName       string             `json:"appName,omitempty"`
	CurrentTime   string             `json:"currentTime,omitempty"`
	Properties    map[string]*string `json:"properties,omitempty"`
}

func (w *wireContext) context() *evaluation.Context {
	ctx := &evaluation.Context{
		UserID:        w.UserID,
		SessionID:     w.SessionID,
		RemoteAddress: w.RemoteAddress,
		Environment:   w.Environment,
		AppName:       w.AppName,
		CurrentTime:   w.CurrentTime,
		Properties:    map[string]string{},
		Now:           now,
		Random:        rand.Uint32,
		Hostname:      hostname,
	}
	for name, value := range w.Properties {
		if value != nil {
			ctx.Properties[name] = *value
		}
	}
	return ctx
}

// now and hostname surround the evaluations of the tests.
var now = time.Date(2030, time.June, 1, 12, 0, 0, 0, time.UTC)

const hostname = "quorate-host"

// wireVariant is a variant as SDKs give it to their callers.
type wireVariant struct {
	Name           string        `json:"name"`
	Enabled        bool          `json:"enabled"`
	Payload        *flag.Payload `json:"payload"`
	FeatureEnabled bool          `json:"feature_enabled"`
}

func newWireVariant(r evaluation.Result) wireVariant {
	w := wireVariant{Name: evaluation.NoVariant, FeatureEnabled: r.Enabled}
	if v := r.Variant; v != nil {
		w.Name, w.Enabled, w.Payload = v.Name, true, v.Payload
	}
	return w
}

// flagSet is a set of compiled flags that may depend on each other.
type flagSet map[flag.Name]*evaluation.Flag

// compile compiles flags with their segments.
func compile(flags map[flag.Name]wireFlag, segments map[flag.SegmentID]flag.Segment) flagSet {
	compiled := map[flag.SegmentID]*evaluation.Segment{}
	for id, s := range segments {
		compiled[id], _ = evaluation.CompileSegment(&s)
	}
	set := flagSet{}
	for name, f := range flags {
		set[name], _ = evaluation.Compile(f.model(), env, func(id flag.SegmentID) *evaluation.Segment { return compiled[id] })
	}
	return set
}

// lookup is the set's evaluation.Lookup.
func (s flagSet) lookup(name flag.Name) *evaluation.Flag { return s[name] }

// evaluate asks a flag; one that is not in the set is off.
func (s flagSet) evaluate(name flag.Name, ctx *evaluation.Context) evaluation.Result {
	f := s[name]
	if f == nil {
		return evaluation.Result{}
	}
	return f.Evaluate(s.lookup, ctx)
}
