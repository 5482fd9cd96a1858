package decide

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// applyChange decides what one change of a request leads to, as the same write would, made
// directly.
//
// Faults: as those of the write.
func applyChange(d *Decision, in changerequest.Place, c change.Change) error {
	at := state.Scope{Project: in.Project, Environment: in.Environment, Feature: c.Feature}
	switch p := c.Payload.(type) {
	case change.UpdateEnabled:
		if !p.Enabled {
			return SwitchOff(d, at)
		}
		_, err := SwitchOn(d, at, Activation{ActivateDisabled: p.ActivateDisabled, StrategyID: p.Minted})
		return err
	case change.AddStrategy:
		_, err := AddStrategy(d, at, p.Minted, p.StrategySettings)
		return err
	case change.UpdateStrategy:
		return UpdateStrategy(d, at, p.ID, func(flag.Strategy) (change.StrategySettings, error) {
			return p.StrategySettings, nil
		})
	case change.DeleteStrategy:
		return RemoveStrategy(d, at, p.ID)
	case change.ReorderStrategy:
		order := make([]state.StrategyOrder, len(p.Order))
		for i, o := range p.Order {
			order[i] = state.StrategyOrder(o)
		}
		return SortStrategies(d, at, order)
	case change.PatchVariant:
		return SetVariants(d, at, "/body/variants", p.Variants)
	case change.ArchiveFeature:
		if _, err := d.ActiveFeature(in.Project, c.Feature); err != nil {
			return err
		}
		return Archive(d, in.Project, []flag.Name{c.Feature})
	case change.AddDependency:
		return AddDependency(d, in.Project, c.Feature, p.Dependency)
	case change.DeleteDependency:
		return RemoveDependencies(d, in.Project, c.Feature)
	case change.UpdateSegment:
		return UpdateSegment(d, p.ID, SegmentSettings{Name: p.Name, Description: p.Description, Project: p.Project, Constraints: p.Constraints})
	case change.DeleteSegment:
		return DeleteSegment(d, p.ID)
	default:
		return fmt.Errorf("decide: no change has the payload %T", p)
	}
}

// rank says when a change takes effect: segments first, since strategies may need them; a
// strategy is added before others go, so that a flag whose only strategy is replaced stays on;
// a flag is switched on when it has the strategies of the request, so that it gets the default
// one, which lets everyone in, only if it has none; flags are archived together, so that
// parents and children can go in one request; and a segment is deleted when nobody uses it
// any more.
func rank(c change.Change) int {
	switch c.Payload.(type) {
	case change.UpdateSegment:
		return 0
	case change.AddStrategy:
		return 1
	case change.DeleteStrategy:
		return 3
	case change.UpdateEnabled:
		return 4
	case change.ArchiveFeature:
		return 5
	case change.DeleteSegment:
		return 6
	default:
		return 2
	}
}

// Trial is what the changes of a request lead to: what cannot take effect is passed over,
// and said.
type Trial struct {
	After     *state.State
	Events    []state.Event
	Conflicts []change.Conflict
}

// Try returns what the changes of a request lead to on a state: in the order of their ranks,
// and of one rank as they were added. Applying, previewing and the gate all come here. Changes
// carry the ids that they mint, so nothing depends on who tries, and when.
func Try(s *state.State, in changerequest.Place, changes []change.Change) Trial {
	t := Trial{After: s, Conflicts: change.ConflictsOf(s, in.Project, in.Environment, changes)}
	for _, c := range changes {
		if why := ForeignSegment(s, in, c.Payload); why != "" {
			t.Conflicts = append(t.Conflicts, change.Conflict{Change: c.ID, Reason: why})
		}
	}
	possible := slices.DeleteFunc(slices.Clone(changes), func(c change.Change) bool {
		return slices.ContainsFunc(t.Conflicts, func(have change.Conflict) bool { return have.Change == c.ID })
	})
	slices.SortStableFunc(possible, func(a, b change.Change) int { return rank(a) - rank(b) })
	leaving := archivedBy(possible)
	for _, c := range possible {
		t.try(c, func(d *Decision) error {
			if _, ok := c.Payload.(change.ArchiveFeature); ok {
				return archiveWith(d, in.Project, c.Feature, leaving)
			}
			return applyChange(d, in, c)
		})
	}
	return t
}

// try decides about one change on what the ones before it lead to.
func (t *Trial) try(c change.Change, decide func(*Decision) error) {
	d := New(t.After, access.System(), t.After.At(), Limits{}, minted)
	if err := errors.Join(decide(d), d.Err()); err != nil {
		t.Conflicts = append(t.Conflicts, change.Conflict{Change: c.ID, Reason: reason(err)})
		return
	}
	t.After, t.Events = d.State, append(t.Events, d.Events()...)
}

func archivedBy(changes []change.Change) []flag.Name {
	var names []flag.Name
	for _, c := range changes {
		if _, ok := c.Payload.(change.ArchiveFeature); ok {
			names = append(names, c.Feature)
		}
	}
	return names
}

// archiveWith archives a flag before or after others that leave with it: children that go as
// well do not keep their parent.
func archiveWith(d *Decision, project flag.ProjectID, name flag.Name, leaving []flag.Name) error {
	if slices.Contains(ParentsLeftBehind(d.State, leaving), name) {
		return Archive(d, project, []flag.Name{name}) // which says why not
	}
	for child := range d.Children(name) {
		if err := RemoveDependencies(d, project, child); err != nil {
			return err
		}
	}
	return Archive(d, project, []flag.Name{name})
}

// minted is asked for an id only if a change was drafted without the one that it needs.
func minted(int) string { return "" }

// reason returns what a refusal says, without its full stop, as conflicts are shown.
func reason(err error) string {
	text := err.Error()
	if f := fault.As(err); f != nil && len(f.Details) > 0 {
		text = f.Details[0].Message
	}
	if n := len(text); n > 0 && text[n-1] == '.' {
		return text[:n-1]
	}
	return text
}

// Drafted returns a change as it is kept: with the ids that it mints, and with its payload as
// it would be written, so that the request says all that will be.
//
// Faults: as those of the write.
func Drafted(d *Decision, in changerequest.Place, id change.ID, feature flag.Name, p change.Payload, now time.Time) (change.Change, error) {
	base := change.BaseOf(d.State, in.Environment, feature, p)
	switch payload := p.(type) {
	case change.UpdateEnabled:
		if payload.Enabled {
			payload.Minted = d.strategyID(payload.Minted)
			p = payload
		}
	case change.AddStrategy:
		payload.Minted = d.strategyID(payload.Minted)
		p = payload
	}
	c := change.Change{ID: id, Feature: feature, Payload: p, Base: base, CreatedAt: now}
	before := len(d.events)
	if err := applyChange(d, in, c); err != nil {
		return c, err
	}
	c.Payload = written(p, d.events[before:])
	return c, d.err
}

// written returns a payload with the settings that the events give the strategy.
func written(p change.Payload, events []state.Event) change.Payload {
	for _, e := range events {
		switch added := e.Payload.(type) {
		case state.FeatureStrategyAdded:
			if payload, ok := p.(change.AddStrategy); ok && added.Strategy.ID == payload.Minted {
				payload.StrategySettings = change.SettingsOf(added.Strategy)
				return payload
			}
		case state.FeatureStrategyUpdated:
			if payload, ok := p.(change.UpdateStrategy); ok && added.After.ID == payload.ID {
				payload.StrategySettings = change.SettingsOf(added.After)
				if added.After.SortOrder == added.Before.SortOrder {
					payload.SortOrder = nil // its place is not what the change is about
				}
				return payload
			}
		case state.FeatureEnvironmentVariantsUpdated:
			if _, ok := p.(change.PatchVariant); ok {
				return change.PatchVariant{Variants: added.After}
			}
		}
	}
	return p
}

// RequestEvent returns a fact about a request as an event.
func RequestEvent(r *changerequest.Request, fact changerequest.Event) state.Event {
	at := state.Scope{Project: r.Project, Environment: r.Environment}
	switch f := fact.(type) {
	case changerequest.ChangeAdded:
		at.Feature = f.Change.Feature
	case changerequest.ChangeEdited:
		at.Feature = f.Change.Feature
	}
	return state.Event{Scope: at, Group: state.RequestGroup(r.ID), Payload: state.ChangeRequestEvent{ID: r.ID, Fact: fact}}
}
