package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const strategiesPath = featureEnvironmentPath + "/strategies"

// featureStrategies registers what can be done with the strategies of flags.
//
// Strategies decide who gets a flag, so each of these writes is held back where the environment is
// protected, and can be proposed instead (Proposable). Adding and changing have different bodies,
// because what is left out means a default in the one and what was there in the other.
func (a *api) featureStrategies() {
	const off = "If no enabled strategy is left, the flag is switched off in the environment: SDKs read a flag that is on without strategies as on for everyone."
	register(a, operation{
		ID: "getFeatureStrategies", Method: http.MethodGet, Path: strategiesPath, Tag: tagFeatures,
		Summary: "List the strategies of a flag in an environment",
	}, a.getFeatureStrategies)
	register(a, operation{
		ID: "addFeatureStrategy", Method: http.MethodPost, Path: strategiesPath, Tag: tagFeatures, Proposable: true,
		Summary:     "Add a strategy",
		Description: "Left-out parameters of `flexibleRollout` are 100 %, the stickiness of the project, and the flag's own group.",
		Permissions: []access.Permission{access.CreateFeatureStrategy},
	}, a.addFeatureStrategy)
	register(a, operation{
		ID: "setStrategySortOrder", Method: http.MethodPost, Path: strategiesPath + "/set-sort-order", Tag: tagFeatures, Proposable: true,
		Summary:     "Put strategies in another order",
		Permissions: []access.Permission{access.UpdateFeatureStrategy},
	}, a.setStrategySortOrder)
	register(a, operation{
		ID: "getFeatureStrategy", Method: http.MethodGet, Path: strategiesPath + "/{strategyId}", Tag: tagFeatures,
		Summary: "Get a strategy",
	}, a.getFeatureStrategy)
	register(a, operation{
		ID: "updateFeatureStrategy", Method: http.MethodPut, Path: strategiesPath + "/{strategyId}", Tag: tagFeatures, Proposable: true,
		Summary: "Replace a strategy",
		Description: "Left-out title, disabled, sortOrder and segments stay as they are; left-out constraints, variants and parameters take their defaults. " +
			"Without a name, the type stays, and left-out parameters are none. " + off,
		Permissions: []access.Permission{access.UpdateFeatureStrategy},
	}, a.updateFeatureStrategy)
	register(a, operation{
		ID: "patchFeatureStrategy", Method: http.MethodPatch, Path: strategiesPath + "/{strategyId}", Tag: tagFeatures, Proposable: true,
		Summary: "Change a strategy by JSON Patch", Description: off,
		Permissions: []access.Permission{access.UpdateFeatureStrategy},
	}, a.patchFeatureStrategy)
	register(a, operation{
		ID: "deleteFeatureStrategy", Method: http.MethodDelete, Path: strategiesPath + "/{strategyId}", Tag: tagFeatures, Proposable: true,
		Summary: "Remove a strategy", Description: off,
		Permissions: []access.Permission{access.DeleteFeatureStrategy},
	}, a.deleteFeatureStrategy)
	register(a, operation{
		ID: "updateFeatureStrategySegments", Method: http.MethodPost, Path: "/segments/strategies", Tag: "Strategies", Proposable: true,
		Summary:     "Replace the segments of a strategy",
		Permissions: []access.Permission{access.UpdateFeatureStrategy},
		Status:      http.StatusCreated,
	}, a.updateFeatureStrategySegments)
}

// StrategyAt names a strategy.
type StrategyAt struct {
	FeatureEnvironmentAt
	ID flag.StrategyID `path:"strategyId"`
}

// createFeatureStrategy is the body of a new strategy.
//
// It is also the form of a project's default strategy, in bodies and in answers. A title that is null
// or left out is none; of segments and variants, left out and empty are the same.
type createFeatureStrategy struct {
	Name        string            `json:"name" doc:"The strategy's type."`
	Title       *string           `json:"title,omitempty" nullable:"true"`
	Disabled    *bool             `json:"disabled,omitempty" nullable:"true"`
	SortOrder   *int              `json:"sortOrder,omitempty" doc:"Behind the others if left out."`
	Constraints []constraint      `json:"constraints,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Segments    []flag.SegmentID  `json:"segments,omitempty"`
	Variants    []StrategyVariant `json:"variants,omitempty"`
}

// updateFeatureStrategy is the body that replaces a strategy.
//
// Title, Disabled, SortOrder and Segments stay when they are left out; the rest is replaced. This is
// Unleash's mixture, and clients that send all of it notice nothing.
type updateFeatureStrategy struct {
	Name        string            `json:"name,omitempty"`
	Title       optional[string]  `json:"title,omitzero"`
	Disabled    *bool             `json:"disabled,omitempty" nullable:"true"`
	SortOrder   *int              `json:"sortOrder,omitempty"`
	Constraints []constraint      `json:"constraints,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Segments    *[]flag.SegmentID `json:"segments,omitempty"`
	Variants    []StrategyVariant `json:"variants,omitempty"`
}

// strategyOrder is a strategy's place.
//
// A strategy that the list leaves out keeps its number.
type strategyOrder struct {
	ID        flag.StrategyID `json:"id"`
	SortOrder int             `json:"sortOrder"`
}

// updateFeatureStrategySegments is the body, and the answer, that gives a strategy segments.
//
// Unleash's body names no flag; a strategy's id is enough within a project and an environment.
type updateFeatureStrategySegments struct {
	ProjectID     flag.ProjectID       `json:"projectId"`
	EnvironmentID flag.EnvironmentName `json:"environmentId"`
	StrategyID    flag.StrategyID      `json:"strategyId"`
	SegmentIDs    []flag.SegmentID     `json:"segmentIds"`
}

// featureStrategy is a strategy of a flag.
//
// FeatureName is left out here: the path has it. Lists are empty and not null.
type featureStrategy struct {
	ID          flag.StrategyID   `json:"id"`
	Name        string            `json:"name"`
	Title       *string           `json:"title"`
	Disabled    bool              `json:"disabled"`
	FeatureName flag.Name         `json:"featureName,omitempty"`
	SortOrder   int               `json:"sortOrder"`
	Constraints []constraint      `json:"constraints"`
	Parameters  map[string]string `json:"parameters"`
	Segments    []flag.SegmentID  `json:"segments"`
	Variants    []StrategyVariant `json:"variants"`
}

// constraint narrows a strategy or a segment.
//
// Which operators take Values and which Value is in flag; SDKs get both as they are. IN_CIDR is not in
// Unleash's list, and its SDKs understand it (docs/admin-api.md, "Where it differs from Unleash").
type constraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator" enum:"NOT_IN,IN,STR_ENDS_WITH,STR_STARTS_WITH,STR_CONTAINS,NUM_EQ,NUM_GT,NUM_GTE,NUM_LT,NUM_LTE,DATE_AFTER,DATE_BEFORE,SEMVER_EQ,SEMVER_GT,SEMVER_LT,SEMVER_GTE,SEMVER_LTE,REGEX,IN_CIDR"`
	Values          []string      `json:"values" required:"false"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted" required:"false"`
	CaseInsensitive bool          `json:"caseInsensitive" required:"false"`
}

func (a *api) getFeatureStrategies(_ context.Context, r request, in *FeatureEnvironmentAt) ([]featureStrategy, error) {
	row, err := decide.FeatureEnvironment(r.State, in.scope())
	if err != nil {
		return nil, err
	}
	return viewStrategies(row.Strategies), nil
}

func (a *api) addFeatureStrategy(ctx context.Context, r request, in *struct {
	FeatureEnvironmentAt
	Body createFeatureStrategy
},
) (featureStrategy, error) {
	s, err := a.App.AddStrategy(ctx, r.Caller, in.scope(), in.Body.settings())
	return viewStrategy(s), err
}

// settings returns what the body says of a strategy.
func (b createFeatureStrategy) settings() change.StrategySettings {
	return change.StrategySettings{
		Name:        b.Name,
		Title:       b.Title,
		Disabled:    b.Disabled != nil && *b.Disabled,
		SortOrder:   b.SortOrder,
		Constraints: constraintsOf(b.Constraints),
		Parameters:  b.Parameters,
		Segments:    b.Segments,
		Variants:    strategyVariantsOf(b.Variants),
	}
}

func (a *api) setStrategySortOrder(ctx context.Context, r request, in *struct {
	FeatureEnvironmentAt
	Body []strategyOrder
},
) (empty, error) {
	order := make([]state.StrategyOrder, len(in.Body))
	for i, o := range in.Body {
		order[i] = state.StrategyOrder(o)
	}
	return empty{}, a.App.SortStrategies(ctx, r.Caller, in.scope(), order)
}

func (a *api) getFeatureStrategy(_ context.Context, r request, in *StrategyAt) (featureStrategy, error) {
	s, err := decide.Strategy(r.State, in.scope(), in.ID)
	return viewStrategy(s), err
}

func (a *api) updateFeatureStrategy(ctx context.Context, r request, in *struct {
	StrategyAt
	Body updateFeatureStrategy
},
) (featureStrategy, error) {
	s, err := a.App.UpdateStrategy(ctx, r.Caller, in.scope(), in.ID, func(old flag.Strategy) (change.StrategySettings, error) {
		return in.Body.settings(old), nil
	})
	return viewStrategy(s), err
}

func (a *api) patchFeatureStrategy(ctx context.Context, r request, in *struct {
	StrategyAt
	Body []patch
},
) (featureStrategy, error) {
	s, err := a.App.UpdateStrategy(ctx, r.Caller, in.scope(), in.ID, func(old flag.Strategy) (change.StrategySettings, error) {
		body, err := patched[updateFeatureStrategy](a, viewStrategy(&old), in.Body)
		return body.settings(old), err
	})
	return viewStrategy(s), err
}

// settings returns what the body makes of a strategy.
//
// old is the strategy on the state on which is decided. An empty name leaves the type; a nil sort order
// leaves the place.
func (b updateFeatureStrategy) settings(old flag.Strategy) change.StrategySettings {
	in := change.StrategySettings{
		Name:        b.Name,
		Title:       b.Title.Or(old.Title),
		Disabled:    old.Disabled,
		SortOrder:   b.SortOrder,
		Constraints: constraintsOf(b.Constraints),
		Parameters:  b.Parameters,
		Segments:    old.Segments,
		Variants:    strategyVariantsOf(b.Variants),
	}
	if b.Disabled != nil {
		in.Disabled = *b.Disabled
	}
	if b.Segments != nil {
		in.Segments = *b.Segments
	}
	return in
}

func (a *api) deleteFeatureStrategy(ctx context.Context, r request, in *StrategyAt) (empty, error) {
	return empty{}, a.App.RemoveStrategy(ctx, r.Caller, in.scope(), in.ID)
}

// updateFeatureStrategySegments replaces a strategy's segments, and answers with what it was sent.
func (a *api) updateFeatureStrategySegments(ctx context.Context, r request, in *struct {
	Body updateFeatureStrategySegments
},
) (updateFeatureStrategySegments, error) {
	b := in.Body
	return b, a.App.SetStrategySegments(ctx, r.Caller, b.ProjectID, b.EnvironmentID, b.StrategyID, b.SegmentIDs)
}

// viewStrategy returns what is shown of a strategy; nothing for none.
func viewStrategy(s *flag.Strategy) featureStrategy {
	if s == nil {
		return featureStrategy{}
	}
	return featureStrategy{
		ID:          s.ID,
		Name:        s.Name,
		Title:       s.Title,
		Disabled:    s.Disabled,
		SortOrder:   s.SortOrder,
		Constraints: viewConstraints(s.Constraints),
		Parameters:  viewParameters(s.Parameters),
		Segments:    append([]flag.SegmentID{}, s.Segments...),
		Variants:    viewStrategyVariants(s.Variants),
	}
}

// viewStrategies returns what is shown of strategies, in their order; an empty list for none.
func viewStrategies(strategies []flag.Strategy) []featureStrategy {
	views := make([]featureStrategy, len(strategies))
	for i := range strategies {
		views[i] = viewStrategy(&strategies[i])
	}
	return views
}

// viewDefaultStrategy returns what is shown of the strategy that switching on adds.
//
// It has no id and no place: each flag gets a copy with its own.
func viewDefaultStrategy(s flag.Strategy) *createFeatureStrategy {
	return &createFeatureStrategy{
		Name:        s.Name,
		Title:       s.Title,
		Disabled:    &s.Disabled,
		Constraints: viewConstraints(s.Constraints),
		Parameters:  viewParameters(s.Parameters),
		Segments:    s.Segments,
		Variants:    viewStrategyVariants(s.Variants),
	}
}

// viewParameters returns the parameters, which are never null in answers.
func viewParameters(parameters map[string]string) map[string]string {
	if parameters == nil {
		return map[string]string{}
	}
	return parameters
}

// viewConstraints returns what is shown of constraints; values are a copy, and never null.
func viewConstraints(constraints []flag.Constraint) []constraint {
	views := make([]constraint, len(constraints))
	for i, c := range constraints {
		views[i] = constraint(c)
		views[i].Values = append([]string{}, c.Values...)
	}
	return views
}

// constraintsOf returns what bodies say of constraints; nil for none.
func constraintsOf(bodies []constraint) []flag.Constraint {
	var constraints []flag.Constraint
	for _, b := range bodies {
		constraints = append(constraints, flag.Constraint(b))
	}
	return constraints
}
