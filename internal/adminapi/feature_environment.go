package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const featureEnvironmentPath = featurePath + "/environments/{environment}"

// featureEnvironments registers how flags are switched in environments. That a flag is on without an enabled
// strategy cannot come about, whichever way it is switched: SDKs would take it for on for everybody
// (decide.SwitchOn). Bulk operations take effect for all flags or for none.
func (a *api) featureEnvironments() {
	const bulk = "/projects/{projectId}/bulk_features/environments/{environment}"
	on := "A flag without an enabled strategy gets the default strategy of its project and environment, or 100 % of everyone; that needs CREATE_FEATURE_STRATEGY, too."
	register(a, operation{
		ID: "getFeatureEnvironment", Method: http.MethodGet, Path: featureEnvironmentPath, Tag: tagFeatures,
		Summary: "Get a flag's configuration in an environment",
	}, a.getFeatureEnvironment)
	register(a, operation{
		ID: "toggleFeatureEnvironmentOn", Method: http.MethodPost, Path: featureEnvironmentPath + "/on", Tag: tagFeatures, Proposable: true,
		Summary: "Switch a flag on", Description: on,
		Permissions: []access.Permission{access.UpdateFeatureEnvironment},
	}, a.switchOn)
	register(a, operation{
		ID: "toggleFeatureEnvironmentOff", Method: http.MethodPost, Path: featureEnvironmentPath + "/off", Tag: tagFeatures, Proposable: true,
		Summary:     "Switch a flag off",
		Permissions: []access.Permission{access.UpdateFeatureEnvironment},
	}, a.switchOff)
	register(a, operation{
		ID: "bulkToggleFeaturesEnvironmentOn", Method: http.MethodPost, Path: bulk + "/on", Tag: tagFeatures, Proposable: true,
		Summary: "Switch flags on", Description: on,
		Permissions: []access.Permission{access.UpdateFeatureEnvironment}, MaxBody: maxBulkBody,
	}, a.switchAllOn)
	register(a, operation{
		ID: "bulkToggleFeaturesEnvironmentOff", Method: http.MethodPost, Path: bulk + "/off", Tag: tagFeatures, Proposable: true,
		Summary:     "Switch flags off",
		Permissions: []access.Permission{access.UpdateFeatureEnvironment}, MaxBody: maxBulkBody,
	}, a.switchAllOff)
}

// FeatureEnvironmentAt names a flag in an environment.
type FeatureEnvironmentAt struct {
	FeatureAt
	Environment flag.EnvironmentName `path:"environment"`
}

// scope returns the same place as decide and the ledger name it.
func (at FeatureEnvironmentAt) scope() state.Scope {
	return state.Scope{Project: at.Project, Environment: at.Environment, Feature: at.Feature}
}

// Activation is how a flag with disabled strategies is switched on. With it and no strategy at all, one is
// added all the same.
type Activation struct {
	ActivateDisabled bool `query:"shouldActivateDisabledStrategies" doc:"Whether to enable the flag's disabled strategies instead of adding one."`
}

// BulkToggleFeatures names flags and an environment.
type BulkToggleFeatures struct {
	Project     flag.ProjectID       `path:"projectId"`
	Environment flag.EnvironmentName `path:"environment"`
	Body        batchFeatures
}

// featureEnvironment is an environment in what is shown of a flag. Its numbers are zero, and LastSeenAt null,
// where nothing is known, also while the database is away.
type featureEnvironment struct {
	Name       flag.EnvironmentName `json:"name"`
	Type       string               `json:"type"`
	SortOrder  int                  `json:"sortOrder"`
	Enabled    bool                 `json:"enabled"`
	LastSeenAt *instant             `json:"lastSeenAt" nullable:"true"`
	Yes        int64                `json:"yes" doc:"How often it was found on in the last hour."`
	No         int64                `json:"no" doc:"How often it was found off in the last hour."`
	Strategies []featureStrategy    `json:"strategies"`
	Variants   *[]variant           `json:"variants,omitempty" doc:"Only if asked for."`
}

// FeatureEnvironmentSummary is an environment in a list of flags. It counts what the other shape shows.
type FeatureEnvironmentSummary struct {
	Name                 flag.EnvironmentName `json:"name"`
	Type                 string               `json:"type"`
	Enabled              bool                 `json:"enabled"`
	SortOrder            int                  `json:"sortOrder"`
	VariantCount         int                  `json:"variantCount"`
	LastSeenAt           *instant             `json:"lastSeenAt" nullable:"true"`
	HasStrategies        bool                 `json:"hasStrategies"`
	HasEnabledStrategies bool                 `json:"hasEnabledStrategies"`
}

// featureInEnvironment is a flag's configuration in an environment. DefaultStrategy is what switching on would
// add, if the project has set one there; else it adds one for everybody.
type featureInEnvironment struct {
	Name            flag.Name              `json:"name"`
	Environment     flag.EnvironmentName   `json:"environment"`
	Enabled         bool                   `json:"enabled"`
	Strategies      []featureStrategy      `json:"strategies"`
	DefaultStrategy *createFeatureStrategy `json:"defaultStrategy,omitempty"`
}

// getFeatureEnvironment names the flag on each strategy, as Unleash does here and not in a whole flag.
//
// Faults: NotFound for the flag or the environment.
func (a *api) getFeatureEnvironment(_ context.Context, r request, in *FeatureEnvironmentAt) (featureInEnvironment, error) {
	row, err := decide.FeatureEnvironment(r.State, in.scope())
	if err != nil {
		return featureInEnvironment{}, err
	}
	view := featureInEnvironment{
		Name:        in.Feature,
		Environment: in.Environment,
		Enabled:     row.Enabled,
		Strategies:  viewStrategies(row.Strategies),
	}
	for i := range view.Strategies {
		view.Strategies[i].FeatureName = in.Feature
	}
	if env := r.State.Project(in.Project).In(in.Environment); env != nil && env.DefaultStrategy != nil {
		view.DefaultStrategy = viewDefaultStrategy(*env.DefaultStrategy)
	}
	return view, nil
}

// switchOn is the bulk operation on one flag, and so is switchOff: alone or with others, a flag is switched by
// the same rules.
func (a *api) switchOn(ctx context.Context, r request, in *struct {
	FeatureEnvironmentAt
	Activation
},
) (empty, error) {
	return empty{}, a.App.SwitchFeaturesOn(ctx, r.Caller, in.Project, in.Environment, []flag.Name{in.Feature}, decide.Activation{ActivateDisabled: in.ActivateDisabled})
}

func (a *api) switchOff(ctx context.Context, r request, in *FeatureEnvironmentAt) (empty, error) {
	return empty{}, a.App.SwitchFeaturesOff(ctx, r.Caller, in.Project, in.Environment, []flag.Name{in.Feature})
}

func (a *api) switchAllOn(ctx context.Context, r request, in *struct {
	BulkToggleFeatures
	Activation
},
) (empty, error) {
	return empty{}, a.App.SwitchFeaturesOn(ctx, r.Caller, in.Project, in.Environment, in.Body.Features, decide.Activation{ActivateDisabled: in.ActivateDisabled})
}

func (a *api) switchAllOff(ctx context.Context, r request, in *BulkToggleFeatures) (empty, error) {
	return empty{}, a.App.SwitchFeaturesOff(ctx, r.Caller, in.Project, in.Environment, in.Body.Features)
}

// environmentsInOrder returns a flag's rows in the order of their environments. That is the order in which
// people look at them, and a stable one where two have the same place. The flag is shared by all readers of the
// state, so its own list is left as it is.
func environmentsInOrder(s *state.State, f *flag.Flag) []flag.FlagEnvironment {
	rows := slices.Clone(f.Environments)
	slices.SortStableFunc(rows, func(a, b flag.FlagEnvironment) int {
		return cmp.Compare(s.Environment(a.Environment).SortOrder, s.Environment(b.Environment).SortOrder)
	})
	return rows
}

// viewFeatureEnvironment returns an environment with all that a flag is there. Its own variants (those of
// strategies are shown with these) are only for who asks: nil leaves the property out.
func viewFeatureEnvironment(s *state.State, row flag.FlagEnvironment, of usageOf, withVariants bool) featureEnvironment {
	env := s.Environment(row.Environment)
	counted := of.hour[string(row.Environment)]
	view := featureEnvironment{
		Name:       row.Environment,
		Type:       env.Type,
		SortOrder:  env.SortOrder,
		Enabled:    row.Enabled,
		LastSeenAt: of.seenIn(row.Environment),
		Yes:        counted.Yes,
		No:         counted.No,
		Strategies: viewStrategies(row.Strategies),
	}
	if withVariants {
		variants := viewVariants(row.Variants)
		view.Variants = &variants
	}
	return view
}

// viewEnvironmentSummaries returns the environments of a flag in a list, in their order.
func viewEnvironmentSummaries(s *state.State, f *flag.Flag, of usageOf) []FeatureEnvironmentSummary {
	list := []FeatureEnvironmentSummary{}
	for _, row := range environmentsInOrder(s, f) {
		env := s.Environment(row.Environment)
		list = append(list, FeatureEnvironmentSummary{
			Name:                 row.Environment,
			Type:                 env.Type,
			Enabled:              row.Enabled,
			SortOrder:            env.SortOrder,
			VariantCount:         len(row.Variants),
			LastSeenAt:           of.seenIn(row.Environment),
			HasStrategies:        len(row.Strategies) > 0,
			HasEnabledStrategies: slices.ContainsFunc(row.Strategies, func(s flag.Strategy) bool { return !s.Disabled }),
		})
	}
	return list
}
