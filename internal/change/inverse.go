package change

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// Inverse is what restores a part of what an applied request changed.
type Inverse struct {
	Feature flag.Name // empty for segments
	Payload Payload
}

// Undo is what restores all that an applied request changed, and what it cannot restore, in
// sentences.
type Undo struct {
	Changes []Inverse
	Notes   []string
}

// UndoOf returns what restores exactly what changes did that were applied with their bases: field
// by field, so that what was changed again since is left as it is, and said.
func UndoOf(live Live, env flag.EnvironmentName, changes []Change) Undo {
	var u undoing
	u.live, u.env, u.changes = live, env, changes
	for _, c := range slices.Backward(changes) {
		u.change(c)
	}
	return u.Undo
}

// undoing is an Undo being made.
type undoing struct {
	Undo
	live     Live
	env      flag.EnvironmentName
	changes  []Change
	depended []flag.Name // flags whose dependencies are restored
}

func (u *undoing) add(feature flag.Name, p Payload) {
	u.Changes = append(u.Changes, Inverse{feature, p})
}

func (u *undoing) note(format string, args ...any) {
	u.Notes = append(u.Notes, fmt.Sprintf(format, args...))
}

func (u *undoing) change(c Change) {
	switch p := c.Payload.(type) {
	case UpdateSegment:
		u.updateSegment(c, p)
		return
	case DeleteSegment:
		u.note("The segment %q was deleted. No change request can bring it back; create it again.", nameOf(c.Base.Segment))
		return
	}
	f := u.live.Flag(c.Feature)
	if f == nil || f.In(u.env) == nil {
		u.note("The flag %q is not there any more.", c.Feature)
		return
	}
	if f.Archived() {
		u.note("The flag %q is archived. Revive it first, which needs no change request.", c.Feature)
		return
	}
	row := f.In(u.env)
	switch p := c.Payload.(type) {
	case UpdateEnabled:
		u.updateEnabled(c, p, row)
	case AddStrategy:
		if row.Strategy(p.Minted) == nil {
			u.note("The strategy that was added to the flag %q has been removed since.", c.Feature)
			return
		}
		u.add(c.Feature, DeleteStrategy{ID: p.Minted})
	case UpdateStrategy:
		u.updateStrategy(c, p, row)
	case DeleteStrategy:
		if c.Base.Strategy != nil && row.Strategy(p.ID) == nil {
			u.add(c.Feature, AddStrategy{Minted: p.ID, StrategySettings: SettingsOf(*c.Base.Strategy)})
			u.enable(c, row)
		}
	case ReorderStrategy:
		order := slices.DeleteFunc(orderOf(c.Base.Strategies), func(o StrategyOrder) bool { return row.Strategy(o.ID) == nil })
		u.add(c.Feature, ReorderStrategy{Order: order})
	case PatchVariant:
		if !same(row.Variants, p.Variants) {
			u.note("The environment variants of the flag %q have been changed since, and stay as they are.", c.Feature)
			return
		}
		u.add(c.Feature, PatchVariant{Variants: c.Base.Variants})
	case ArchiveFeature:
		// It has been revived since, off everywhere.
		if slices.Contains(c.Base.EnabledIn, u.env) && !row.Enabled {
			u.add(c.Feature, UpdateEnabled{Enabled: true})
		}
		u.depend(c, f, nil)
	case AddDependency, DeleteDependency:
		u.dependencies(c, f)
	}
}

func (u *undoing) updateEnabled(c Change, p UpdateEnabled, row *flag.FlagEnvironment) {
	if row.Enabled == p.Enabled && c.Base.Enabled != p.Enabled {
		u.add(c.Feature, UpdateEnabled{Enabled: c.Base.Enabled})
	}
	if !p.Enabled {
		return
	}
	had := func(id flag.StrategyID) bool {
		return slices.ContainsFunc(c.Base.Strategies, func(s flag.Strategy) bool { return s.ID == id })
	}
	if p.Minted != "" && row.Strategy(p.Minted) != nil && !had(p.Minted) {
		u.add(c.Feature, DeleteStrategy{ID: p.Minted}) // the one that switching on had added
	}
	for _, before := range c.Base.Strategies {
		now := row.Strategy(before.ID)
		if u.updates(c.Feature, before.ID) {
			continue // undone with that change
		}
		if p.ActivateDisabled && before.Disabled && now != nil && !now.Disabled {
			settings := SettingsOf(*now)
			settings.Disabled, settings.SortOrder = true, nil
			u.add(c.Feature, UpdateStrategy{ID: before.ID, StrategySettings: settings})
		}
	}
}

// updates reports whether the request changes a strategy of a flag.
func (u *undoing) updates(feature flag.Name, id flag.StrategyID) bool {
	return slices.ContainsFunc(u.changes, func(c Change) bool {
		p, ok := c.Payload.(UpdateStrategy)
		return ok && c.Feature == feature && p.ID == id
	})
}

// activates reports whether the request enables the disabled strategies of a flag.
func (u *undoing) activates(feature flag.Name) bool {
	return slices.ContainsFunc(u.changes, func(c Change) bool {
		p, ok := c.Payload.(UpdateEnabled)
		return ok && c.Feature == feature && p.Enabled && p.ActivateDisabled
	})
}

// enable switches the flag on again if it was on before, and went off with its last strategy.
func (u *undoing) enable(c Change, row *flag.FlagEnvironment) {
	if c.Base.Enabled && !row.Enabled {
		u.add(c.Feature, UpdateEnabled{Enabled: true})
	}
}

func (u *undoing) updateStrategy(c Change, p UpdateStrategy, row *flag.FlagEnvironment) {
	now := row.Strategy(p.ID)
	if now == nil || c.Base.Strategy == nil {
		u.note("A strategy of the flag %q that was changed has been removed since.", c.Feature)
		return
	}
	settings := SettingsOf(*now)
	settings.SortOrder = nil // as it is
	was := SettingsOf(*c.Base.Strategy)
	left := p.StrategySettings
	left.Disabled = left.Disabled && !u.activates(c.Feature)
	restored := u.restore(
		strategyFields(was), strategyFields(left), strategyFields(settings), fmt.Sprintf("a strategy of the flag %q", c.Feature),
		func(field string) { settings.restore(field, was) },
	)
	if p.SortOrder != nil && *p.SortOrder == now.SortOrder && now.SortOrder != c.Base.Strategy.SortOrder {
		settings.SortOrder = was.SortOrder
		restored = true
	}
	if restored {
		u.add(c.Feature, UpdateStrategy{ID: p.ID, StrategySettings: settings})
		u.enable(c, row)
	}
}

// restore restores each field that the request changed, and reports whether there was one. What
// has been changed again since is left, and said. The three lists have the same fields.
func (u *undoing) restore(was, wanted, live []Field, of string, restore func(field string)) bool {
	restored := false
	for i, before := range was {
		switch {
		case same(before.Value, wanted[i].Value): // the request did not change it
		case same(live[i].Value, wanted[i].Value):
			restore(before.Name)
			restored = true
		case !same(live[i].Value, before.Value):
			u.note("%s of %s has been changed since, and stays as it is.", before.Name, of)
		}
	}
	return restored
}

// restore sets a field as other settings have it.
func (s *StrategySettings) restore(field string, from StrategySettings) {
	switch field {
	case "name":
		s.Name = from.Name
	case "title":
		s.Title = from.Title
	case "disabled":
		s.Disabled = from.Disabled
	case "constraints":
		s.Constraints = from.Constraints
	case "parameters":
		s.Parameters = from.Parameters
	case "segments":
		s.Segments = from.Segments
	case "variants":
		s.Variants = from.Variants
	}
}

// dependencies restores a flag's dependencies, once for all changes of them.
func (u *undoing) dependencies(c Change, f *flag.Flag) {
	if slices.Contains(u.depended, c.Feature) {
		return
	}
	u.depended = append(u.depended, c.Feature)
	after := slices.Clone(c.Base.Dependencies)
	for _, other := range u.changes {
		if other.Feature != c.Feature {
			continue
		}
		switch p := other.Payload.(type) {
		case AddDependency:
			after = slices.DeleteFunc(after, func(d flag.Dependency) bool { return d.Feature == p.Feature })
			after = append(after, p.Dependency)
		case DeleteDependency:
			after = nil
		}
	}
	slices.SortFunc(after, func(a, b flag.Dependency) int { return cmp.Compare(a.Feature, b.Feature) })
	u.depend(c, f, after)
}

// depend makes the dependencies again that the flag had, if it has what the request left it with.
func (u *undoing) depend(c Change, f *flag.Flag, after []flag.Dependency) {
	if same(f.Dependencies, c.Base.Dependencies) {
		return
	}
	if !same(f.Dependencies, after) {
		u.note("The dependencies of the flag %q have been changed since, and stay as they are.", c.Feature)
		return
	}
	if len(f.Dependencies) > 0 {
		u.add(c.Feature, DeleteDependency{})
	}
	for _, d := range c.Base.Dependencies {
		u.add(c.Feature, AddDependency{Dependency: d})
	}
}

func (u *undoing) updateSegment(c Change, p UpdateSegment) {
	now := u.live.Segment(p.ID)
	if now == nil || c.Base.Segment == nil {
		u.note("The segment %q is not there any more.", p.Name)
		return
	}
	was, next := c.Base.Segment, UpdateSegment{ID: p.ID, Name: now.Name, Description: now.Description, Project: now.Project, Constraints: now.Constraints}
	restored := u.restore(
		segmentFields(*was), wanted(p), segmentFields(*now), fmt.Sprintf("the segment %q", now.Name),
		func(field string) { restoreSegment(&next, field, was) },
	)
	if restored {
		u.add("", next)
	}
}

// restoreSegment sets a field as a segment has it.
func restoreSegment(p *UpdateSegment, field string, from *flag.Segment) {
	switch field {
	case "name":
		p.Name = from.Name
	case "description":
		p.Description = from.Description
	case "project":
		p.Project = from.Project
	case "constraints":
		p.Constraints = from.Constraints
	}
}

func nameOf(s *flag.Segment) string {
	if s == nil {
		return ""
	}
	return s.Name
}
