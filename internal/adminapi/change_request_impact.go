package adminapi

import (
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// changeRequestImpact is what a request does to who gets a flag in an environment. Who these people are nobody
// knows: it is read off the rules, not off what SDKs have counted (decide.Impact).
type changeRequestImpact struct {
	Feature       flag.Name             `json:"feature"`
	Environment   flag.EnvironmentName  `json:"environment"`
	EnabledBefore bool                  `json:"enabledBefore"`
	EnabledAfter  bool                  `json:"enabledAfter"`
	Strategies    []changeRequestShares `json:"strategies"`
}

// changeRequestShares is what a request does to how many a strategy gives the flag to.
type changeRequestShares struct {
	ID          flag.StrategyID `json:"id"`
	Name        string          `json:"name"`
	Title       *string         `json:"title,omitempty"`
	ShareBefore *int            `json:"shareBefore" nullable:"true" doc:"Per cent, of those whom narrowedBy leaves; null where the strategy is not there or disabled."`
	ShareAfter  *int            `json:"shareAfter" nullable:"true" doc:"As shareBefore."`
	NarrowedBy  []string        `json:"narrowedBy" doc:"What must be the case besides, each in words."`
	How         decide.Fate     `json:"how" enum:"added,removed,changed,same"`
}

// viewImpact returns what a request does to the flags that the caller may see. The state is the one that the
// rest of the view is made of. nil, if it does nothing to any: the property is left out.
func viewImpact(r request, s *state.State, cr *changerequest.Request) []changeRequestImpact {
	var views []changeRequestImpact
	for _, i := range decide.ImpactOf(s, decide.Try(s, cr.Place(), cr.Changes)) {
		// A segment can be used in projects of which the caller may not know.
		if r.hidden(i.Feature) {
			continue
		}
		view := changeRequestImpact{i.Feature, i.Environment, i.EnabledBefore, i.EnabledAfter, make([]changeRequestShares, len(i.Strategies))}
		for j, of := range i.Strategies {
			view.Strategies[j] = changeRequestShares{
				of.Strategy.ID, of.Strategy.Name, of.Strategy.Title, of.ShareBefore, of.ShareAfter, append([]string{}, of.NarrowedBy...), of.How,
			}
		}
		views = append(views, view)
	}
	return views
}
