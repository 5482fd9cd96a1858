package decide

import (
	"slices"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Proposal is a change that somebody wants in a request, before it is drafted.
type Proposal struct {
	Feature flag.Name // empty for segments
	Payload change.Payload
}

// ProposalsOf returns the changes that lead to the events of a write: what could have been
// written directly can be proposed, whichever door it came in by.
//
// Faults: InvalidOperation for an event that no action expresses.
func ProposalsOf(s *state.State, events []state.Event) ([]Proposal, error) {
	var proposals []Proposal
	for _, e := range events {
		payloads, err := payloadsOf(s, e, events)
		if err != nil {
			return nil, err
		}
		for _, p := range payloads {
			proposals = append(proposals, Proposal{e.Feature, p})
		}
	}
	return proposals, nil
}

func payloadsOf(s *state.State, e state.Event, all []state.Event) ([]change.Payload, error) {
	one := func(p change.Payload) ([]change.Payload, error) { return []change.Payload{p}, nil }
	switch p := e.Payload.(type) {
	case state.FeatureEnvironmentEnabled:
		return one(change.UpdateEnabled{Enabled: true})
	case state.FeatureEnvironmentDisabled:
		return one(change.UpdateEnabled{Enabled: false})
	case state.FeatureStrategyAdded:
		return one(change.AddStrategy{Minted: p.Strategy.ID, StrategySettings: change.SettingsOf(p.Strategy)})
	case state.FeatureStrategyUpdated:
		return one(change.UpdateStrategy{ID: p.After.ID, StrategySettings: change.SettingsOf(p.After)})
	case state.FeatureStrategyRemoved:
		return one(change.DeleteStrategy{ID: p.Before.ID})
	case state.StrategyOrderChanged:
		order := make([]change.StrategyOrder, len(p.After))
		for i, o := range p.After {
			order[i] = change.StrategyOrder(o)
		}
		return one(change.ReorderStrategy{Order: order})
	case state.FeatureEnvironmentVariantsUpdated:
		return one(change.PatchVariant{Variants: p.After})
	case state.FeatureArchived:
		return one(change.ArchiveFeature{})
	case state.FeatureDependencyAdded:
		return one(change.AddDependency{Dependency: p.Dependency})
	case state.FeatureDependencyRemoved:
		return withoutParent(s.Flag(e.Feature), p.Before.Feature), nil
	case state.FeatureDependenciesRemoved:
		if archives(all, e.Feature) {
			return nil, nil // archiving ends them anyway
		}
		return one(change.DeleteDependency{})
	case state.SegmentUpdated:
		return one(change.UpdateSegment{
			ID: p.After.ID, Name: p.After.Name, Description: p.After.Description, Project: p.After.Project, Constraints: p.After.Constraints,
		})
	case state.SegmentDeleted:
		return one(change.DeleteSegment{ID: p.Before.ID})
	default:
		return nil, fault.New(fault.InvalidOperation, "A change request cannot express all of this (%s), so it cannot be proposed. Propose the rest of it alone.", e.Payload.EventType())
	}
}

// withoutParent ends all dependencies of a flag and makes the others again: no action ends
// a single one.
func withoutParent(f *flag.Flag, parent flag.Name) []change.Payload {
	payloads := []change.Payload{change.DeleteDependency{}}
	for _, d := range f.Dependencies {
		if d.Feature != parent {
			payloads = append(payloads, change.AddDependency{Dependency: d})
		}
	}
	return payloads
}

func archives(events []state.Event, feature flag.Name) bool {
	return slices.ContainsFunc(events, func(e state.Event) bool {
		_, ok := e.Payload.(state.FeatureArchived)
		return ok && e.Feature == feature
	})
}

// HostOf returns the place in which proposals are made that lead to events: the protected
// environment that the events name, or, if they act in several, the first one of type
// production, else the first one.
//
// Faults: InvalidOperation when the events name several environments.
func HostOf(s *state.State, events []state.Event, protected []changerequest.Place) (changerequest.Place, error) {
	var named []changerequest.Place
	for _, e := range events {
		if e.Environment != "" {
			named = append(named, changerequest.Place{Project: e.Project, Environment: e.Environment})
		}
	}
	if len(named) > 0 {
		if slices.ContainsFunc(named, func(p changerequest.Place) bool { return p != named[0] }) {
			return changerequest.Place{}, fault.New(fault.InvalidOperation, "A change request belongs to one environment. Propose the change for each environment by itself.")
		}
		return named[0], nil
	}
	host := protected[0]
	for _, p := range slices.Backward(protected) {
		if env := s.Environment(p.Environment); env != nil && env.Type == flag.Production {
			host = p
		}
	}
	return host, nil
}
