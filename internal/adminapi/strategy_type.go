package adminapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
)

const tagStrategies = "Strategies"

// strategyTypes registers what can be done with strategy types, which the API calls
// strategies.
//
// A strategy type only describes which parameters a strategy has. What it does, SDKs know; one that
// they do not know is off for everybody. So deleting or deprecating a type changes no answer.
func (a *api) strategyTypes() {
	const builtIn = "Refused for those that are built in."
	register(a, operation{
		ID: "getAllStrategies", Method: http.MethodGet, Path: "/strategies", Tag: tagStrategies,
		Summary: "List the strategy types",
	}, a.getStrategyTypes)
	register(a, operation{
		ID: "createStrategy", Method: http.MethodPost, Path: "/strategies", Tag: tagStrategies,
		Summary: "Create a strategy type", Description: "SDKs that do not know it take it for one that is never on.",
		Permissions: []access.Permission{access.CreateStrategy},
		Status:      http.StatusCreated,
	}, a.createStrategyType)
	register(a, operation{
		ID: "getStrategy", Method: http.MethodGet, Path: "/strategies/{name}", Tag: tagStrategies,
		Summary: "Get a strategy type",
	}, a.getStrategyType)
	register(a, operation{
		ID: "updateStrategy", Method: http.MethodPut, Path: "/strategies/{name}", Tag: tagStrategies,
		Summary: "Replace the description and the parameters of a strategy type", Description: builtIn,
		Permissions: []access.Permission{access.UpdateStrategy},
	}, a.updateStrategyType)
	register(a, operation{
		ID: "removeStrategy", Method: http.MethodDelete, Path: "/strategies/{name}", Tag: tagStrategies,
		Summary: "Delete a strategy type", Description: "Strategies that use it stay as they are. " + builtIn,
		Permissions: []access.Permission{access.DeleteStrategy},
	}, a.removeStrategyType)
	register(a, operation{
		ID: "deprecateStrategy", Method: http.MethodPost, Path: "/strategies/{name}/deprecate", Tag: tagStrategies,
		Summary:     "Mark a strategy type as not to be used any more",
		Permissions: []access.Permission{access.UpdateStrategy},
	}, a.deprecateStrategyType)
	register(a, operation{
		ID: "reactivateStrategy", Method: http.MethodPost, Path: "/strategies/{name}/reactivate", Tag: tagStrategies,
		Summary:     "Take the mark of a deprecated strategy type away",
		Permissions: []access.Permission{access.UpdateStrategy},
	}, a.reactivateStrategyType)
}

// StrategyTypeAt names a strategy type.
type StrategyTypeAt struct {
	Name string `path:"name"`
}

// createStrategy is the body of a new strategy type.
//
// The name is its identity, by which strategies refer to it, and cannot be changed.
type createStrategy struct {
	Name        string              `json:"name"`
	Title       *string             `json:"title,omitempty" nullable:"true"`
	Description *string             `json:"description,omitempty" nullable:"true"`
	Deprecated  bool                `json:"deprecated,omitempty"`
	Parameters  []strategyParameter `json:"parameters"`
}

// updateStrategy is the body that replaces a strategy type.
//
// Both are replaced: a description that is left out is gone. The name and the title stay.
type updateStrategy struct {
	Description *string             `json:"description,omitempty" nullable:"true"`
	Parameters  []strategyParameter `json:"parameters"`
}

// strategyParameter is a parameter of a strategy type.
type strategyParameter struct {
	Name        string `json:"name"`
	Type        string `json:"type" enum:"string,percentage,list,number,boolean"`
	Description string `json:"description" required:"false"`
	Required    bool   `json:"required" required:"false"`
}

// strategies is a list of strategy types.
type strategies struct {
	Version    int        `json:"version"`
	Strategies []strategy `json:"strategies"`
}

// strategy is a strategy type.
//
// DisplayName is of built-in ones only; null otherwise.
type strategy struct {
	Name        string              `json:"name"`
	DisplayName *string             `json:"displayName"`
	Title       *string             `json:"title"`
	Description *string             `json:"description"`
	Editable    bool                `json:"editable" doc:"False for those that are built in."`
	Deprecated  bool                `json:"deprecated"`
	Parameters  []strategyParameter `json:"parameters"`
}

func (a *api) getStrategyTypes(_ context.Context, r request, _ *struct{}) (strategies, error) {
	list := strategies{Version: 1, Strategies: []strategy{}}
	for t := range r.State.StrategyTypes() {
		list.Strategies = append(list.Strategies, viewStrategyType(t))
	}
	// The built-in ones first, and of them the one that most flags use.
	slices.SortStableFunc(list.Strategies, func(a, b strategy) int { return rank(a) - rank(b) })
	return list, nil
}

// rank puts the strategy types of the list in three groups.
func rank(s strategy) int {
	switch {
	case s.Name == "flexibleRollout":
		return 0
	case !s.Editable:
		return 1
	default:
		return 2
	}
}

func (a *api) createStrategyType(ctx context.Context, r request, in *struct{ Body createStrategy }) (strategy, error) {
	t, err := a.App.CreateStrategyType(ctx, r.Caller, flag.StrategyType{
		Name: in.Body.Name, Title: in.Body.Title, Description: in.Body.Description, Deprecated: in.Body.Deprecated,
		Parameters: parametersOf(in.Body.Parameters),
	})
	if err != nil {
		return strategy{}, err
	}
	return viewStrategyType(t), nil
}

func (a *api) getStrategyType(_ context.Context, r request, in *StrategyTypeAt) (strategy, error) {
	t, err := app.StrategyType(r.State, in.Name)
	if err != nil {
		return strategy{}, err
	}
	return viewStrategyType(t), nil
}

func (a *api) updateStrategyType(ctx context.Context, r request, in *struct {
	StrategyTypeAt
	Body updateStrategy
},
) (empty, error) {
	return empty{}, a.App.UpdateStrategyType(ctx, r.Caller, in.Name, in.Body.Description, parametersOf(in.Body.Parameters))
}

func (a *api) removeStrategyType(ctx context.Context, r request, in *StrategyTypeAt) (empty, error) {
	return empty{}, a.App.DeleteStrategyType(ctx, r.Caller, in.Name)
}

func (a *api) deprecateStrategyType(ctx context.Context, r request, in *StrategyTypeAt) (empty, error) {
	return empty{}, a.App.DeprecateStrategyType(ctx, r.Caller, in.Name, true)
}

func (a *api) reactivateStrategyType(ctx context.Context, r request, in *StrategyTypeAt) (empty, error) {
	return empty{}, a.App.DeprecateStrategyType(ctx, r.Caller, in.Name, false)
}

// viewStrategyType returns what is shown of a strategy type; parameters are an empty list for none.
func viewStrategyType(t *flag.StrategyType) strategy {
	view := strategy{
		Name: t.Name, Title: t.Title, Description: t.Description, Editable: t.Editable, Deprecated: t.Deprecated,
		Parameters: []strategyParameter{},
	}
	if t.DisplayName != "" {
		view.DisplayName = &t.DisplayName
	}
	for _, p := range t.Parameters {
		view.Parameters = append(view.Parameters, strategyParameter(p))
	}
	return view
}

// parametersOf returns what a body says of parameters; nil for none.
func parametersOf(bodies []strategyParameter) []flag.StrategyParameter {
	var parameters []flag.StrategyParameter
	for _, b := range bodies {
		parameters = append(parameters, flag.StrategyParameter(b))
	}
	return parameters
}
