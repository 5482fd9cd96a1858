package consequence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// Which schedules a write breaks (docs/change-requests.md, "Scheduling"). Two questions are asked of each schedule that could be
// concerned: is the event itself a cause, since it changes what was approved (direct); and if not, can the request still be applied in
// the state after the write (changerequest.ObstacleOf)? The second is dear, as it tries the changes, so who is asked is narrowed by
// the indexes of the state first. An event type that is forgotten here breaks nothing in advance; the request then fails at its time.

// Suspension is a schedule that a write breaks.
// Reason is a sentence, which goes into the ledger.
type Suspension struct {
	Request *changerequest.Request
	Reason  string
	Cause   changerequest.Cause
}

// Suspensions returns the schedules that a write breaks, by the ids of their requests. What is
// not touched by the write is not looked at: other flags and segments are found by indexes.
// Only what changes permissions, protection, names of segments or what strategies and constraints
// may say is held against every schedule.
// It is also asked of writes that nobody makes, to warn of them. Nothing in w is changed.
func Suspensions(w Write) ([]Suspension, error) {
	// Most writes end here, without a preview.
	if w.Before.DueCount() == 0 || !slices.ContainsFunc(w.Events, mayBreak) {
		return nil, nil
	}
	after, err := state.Preview(w.Before, w.Events, state.Place{At: w.At, Actor: string(w.By)})
	if err != nil {
		return nil, fmt.Errorf("consequence: %w", err)
	}
	c := court{Write: w, after: after, world: gate.World(after), moved: map[access.Ref]bool{}, found: map[changerequest.ID]Suspension{}}
	for _, e := range w.Events {
		c.hear(e)
	}
	list := make([]Suspension, 0, len(c.found))
	for _, s := range c.found {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Suspension) int { return cmp.Compare(a.Request.ID, b.Request.ID) })
	return list, nil
}

// mayBreak reports whether an event can break a schedule at all.
// Whatever is about a flag may; hear then looks at the schedules of that flag.
func mayBreak(e state.Event) bool {
	switch e.Payload.(type) {
	case state.ChangeRequestEvent:
		return false // what votes break, changerequest says with the vote
	case state.SegmentUpdated, state.SegmentDeleted, state.LedgerRestoreAccepted:
		return true
	default:
		return e.Feature != "" || gate.Governs(e) || crosses(e) != nil
	}
}

// court judges the schedules that events touch.
// It is made for one write, and asked event by event; found has at most one suspension for each request.
type court struct {
	Write
	after *state.State
	// world is the state after, in which changes are tried. It remembers trials, so it is kept for the whole write.
	world changerequest.World
	moved map[access.Ref]bool // what is known about who may do something else than before
	found map[changerequest.ID]Suspension
}

// hear judges every schedule that an event touches.
// Requests are taken from the state after, so that one that the same write has closed is not suspended.
func (c *court) hear(e state.Event) {
	if !mayBreak(e) {
		return
	}
	for _, name := range flagsOf(e) {
		for r := range c.after.DueOn(name) {
			c.judge(r, e)
		}
	}
	for _, id := range segmentsOf(e) {
		for r := range c.after.OpenRequestsUsing(id) {
			// The index has all open requests; only those that will be applied by themselves can be suspended.
			if !r.ScheduledFor().IsZero() {
				c.judge(r, e)
			}
		}
	}
	if crossed := crosses(e); crossed != nil {
		for r := range c.after.Due() {
			if slices.ContainsFunc(r.Changes, crossed) {
				c.judge(r, e)
			}
		}
	}
	// What a window does is settled by the times of schedules, and by nothing that judge asks about.
	if closes(e) {
		c.hearWindow()
		return
	}
	// What was decided about schedules after the backup is lost, rejections too, so all stand still until somebody looks.
	_, restored := e.Payload.(state.LedgerRestoreAccepted)
	if !restored && !gate.Governs(e) {
		return
	}
	protects := protection(e)
	for r := range c.after.Due() {
		if restored || protects(r) || c.others(r) {
			c.judge(r, e)
		}
	}
}

// closes reports whether an event may close an environment at other times than before.
func closes(e state.Event) bool {
	switch e.Payload.(type) {
	case state.EnvironmentWindowCreated, state.EnvironmentWindowUpdated, state.EnvironmentWindowDeleted:
		return true
	default:
		return false
	}
}

// hearWindow suspends the schedules whose time a window has closed.
// The reason of a schedule that is suspended already in this write stays.
func (c *court) hearWindow() {
	for r := range c.after.Due() {
		closed := gate.ClosedTo(c.after, r, c.world, r.ScheduledFor())
		if _, done := c.found[r.ID]; done || closed == nil {
			continue
		}
		c.found[r.ID] = Suspension{Request: r, Reason: closed.Sentence(), Cause: changerequest.Cause{Kind: changerequest.EnvironmentClosed, By: c.By}}
	}
}

// flagsOf returns the flags that an event is about.
// A dependency is about two: the flag that has it, and the one that it depends on, which may be about to be archived.
func flagsOf(e state.Event) []flag.Name {
	var names []flag.Name
	if e.Feature != "" {
		names = append(names, e.Feature)
	}
	switch p := e.Payload.(type) {
	case state.FeatureDependencyAdded:
		names = append(names, p.Dependency.Feature)
	case state.FeatureDependencyRemoved:
		names = append(names, p.Before.Feature)
	case state.FeatureDependenciesRemoved:
		for _, parent := range p.Before {
			names = append(names, parent.Feature)
		}
	}
	return names
}

// segmentsOf returns the segments that an event is about, or that act somewhere else by it.
// Where a strategy gets or loses a segment, a scheduled change of the segment acts in other places, which may not have agreed.
func segmentsOf(e state.Event) []flag.SegmentID {
	switch p := e.Payload.(type) {
	case state.SegmentUpdated:
		return []flag.SegmentID{p.After.ID}
	case state.SegmentDeleted:
		return []flag.SegmentID{p.Before.ID}
	case state.FeatureStrategyAdded:
		return p.Strategy.Segments
	case state.FeatureStrategyUpdated:
		return slices.Concat(p.Before.Segments, p.After.Segments)
	case state.FeatureStrategyRemoved:
		return p.Before.Segments
	default:
		return nil
	}
}

// crosses returns which changes an event may stand in the way of although it is not about what they change: those that need the name
// that a segment has taken, or say something with a context field or a strategy type that is not what it was; nil: none.
func crosses(e state.Event) func(change.Change) bool {
	named := func(s flag.Segment) func(change.Change) bool {
		return func(c change.Change) bool {
			update, ok := c.Payload.(change.UpdateSegment)
			return ok && update.Name == s.Name && update.ID != s.ID
		}
	}
	// Legal values may be fewer than before, or the field may not have been known.
	constrains := func(field string) func(change.Change) bool {
		return func(c change.Change) bool {
			return flag.Constrain(c.Constraints(), field)
		}
	}
	// Parameters may be required or of another type than before.
	typed := func(name string) func(change.Change) bool {
		return func(c change.Change) bool {
			_, settings, ok := c.Strategy()
			return ok && settings.Name == name
		}
	}
	switch p := e.Payload.(type) {
	case state.SegmentCreated:
		return named(p.Segment)
	case state.SegmentUpdated:
		return named(p.After)
	case state.ContextFieldCreated:
		return constrains(p.Field.Name)
	case state.ContextFieldUpdated:
		return constrains(p.After.Name)
	case state.StrategyTypeUpdated:
		return typed(p.After.Name)
	case state.StrategyTypeDeleted:
		return typed(p.Before.Name)
	default:
		return nil
	}
}

// protection returns which requests an event may ask for more approvals than before: those that act where it changes what is
// protected. A segment can act in any project.
// It returns a condition that no request satisfies for events that protect nothing.
func protection(e state.Event) func(*changerequest.Request) bool {
	all := func(*changerequest.Request) bool { return true }
	switch p := e.Payload.(type) {
	case state.ChangeRequestConfigurationUpdated, state.ProjectEnvironmentAdded:
		return func(r *changerequest.Request) bool {
			return r.Project == e.Project || slices.ContainsFunc(r.Changes, func(c change.Change) bool { return c.Segment() != 0 })
		}
	case state.SettingUpdated:
		if p.ID == state.ChangeRequestsSetting {
			return all
		}
	case state.EnvironmentUpdated:
		if !decide.Same(p.Before.RequiredApprovals, p.After.RequiredApprovals) || p.Before.ApprovalsEnforced != p.After.ApprovalsEnforced {
			return all
		}
	}
	return func(*changerequest.Request) bool { return false }
}

// others reports whether one of those on whom a schedule rests may do something else than before.
// They are who scheduled it, in whose name it is applied, and whose approvals it has. Roles of others make no difference.
func (c *court) others(r *changerequest.Request) bool {
	if c.differs(r.Schedule.By) {
		return true
	}
	return slices.ContainsFunc(r.Approvals, func(v changerequest.Vote) bool { return c.differs(v.By) })
}

// differs reports whether an actor came, went, or has other grants after the write. It is asked for each schedule, and answered once
// per actor. That something differs is no verdict: judge finds out if it matters.
func (c *court) differs(ref access.Ref) bool {
	if moved, known := c.moved[ref]; known {
		return moved
	}
	before, was := gate.World(c.Before).Actor(ref)
	after, is := c.world.Actor(ref)
	moved := was != is || !slices.Equal(before.Grants, after.Grants) || !maps.EqualFunc(before.Projects, after.Projects, slices.Equal)
	c.moved[ref] = moved
	return moved
}

// judge finds out whether a schedule is broken, and by what. Of several causes, one that takes what the
// request changes away counts more than one that only changes it.
func (c *court) judge(r *changerequest.Request, e state.Event) {
	// Nothing counts more.
	if have, done := c.found[r.ID]; done && takesAway(have.Cause.Kind) {
		return
	}
	cause := changerequest.Cause{By: c.By, Request: appliedBy(e), Feature: e.Feature}
	s := Suspension{Request: r, Cause: cause}
	// The first change that is met is enough for the reason.
	for _, one := range r.Changes {
		if kind, what := direct(one, r.Environment, e); kind != "" {
			s.Cause.Kind, s.Cause.Strategy, s.Cause.Segment = kind, strategyIn(e), segmentIn(e)
			s.Reason = what
			break
		}
	}
	if _, restored := e.Payload.(state.LedgerRestoreAccepted); restored {
		s.Cause.Kind, s.Reason = changerequest.DatabaseRestored, "The database was restored from a backup: what was decided about it since is lost."
	}
	// The event changes nothing that the request does, but may be in its way.
	if s.Cause.Kind == "" {
		obstacle := changerequest.ObstacleOf(r, c.world)
		if obstacle == nil {
			return
		}
		s.Cause.Kind, s.Cause.Segment, s.Reason = obstacle.Kind, segmentIn(e), obstacle.Reason
	}
	if _, done := c.found[r.ID]; !done || takesAway(s.Cause.Kind) {
		c.found[r.ID] = s
	}
}

// takesAway reports whether by such a cause a request cannot be applied any more.
// By the other causes it can be scheduled anew once somebody has looked.
func takesAway(k changerequest.CauseKind) bool {
	switch k {
	case changerequest.FlagArchived, changerequest.FlagMoved, changerequest.StrategyDeleted, changerequest.SegmentDeleted:
		return true
	default:
		return false
	}
}

// appliedBy returns the request whose application an event is part of, 0 if it is part of none.
// So a suspension can say which request has caused it.
func appliedBy(e state.Event) changerequest.ID {
	if e.Group.Kind != state.ChangeRequestGroup {
		return 0
	}
	return changerequest.ID(e.Group.ID)
}

// direct returns the kind of cause that an event is for a change by itself, whatever follows from it, and
// a sentence (docs/change-requests.md, "Scheduling"); nothing if it is none.
func direct(c change.Change, env flag.EnvironmentName, e state.Event) (changerequest.CauseKind, string) {
	switch p := e.Payload.(type) {
	case state.SegmentUpdated:
		if c.Segment() == p.After.ID {
			return changerequest.SegmentUpdated, fmt.Sprintf("The segment %q (%d) was updated.", p.After.Name, p.After.ID)
		}
	case state.SegmentDeleted:
		if c.Segment() == p.Before.ID {
			return changerequest.SegmentDeleted, fmt.Sprintf("The segment %q (%d) was deleted.", p.Before.Name, p.Before.ID)
		}
	}
	// What follows is about flags. A change of a segment names none.
	if c.Feature == "" || c.Feature != e.Feature {
		return "", ""
	}
	// The flag's configuration in another environment is another one's; an event without an environment is about all of them.
	if e.Environment != "" && e.Environment != env {
		return "", ""
	}
	switch p := e.Payload.(type) {
	case state.FeatureArchived:
		return changerequest.FlagArchived, fmt.Sprintf("The flag %q was archived.", e.Feature)
	case state.FeatureProjectChange:
		return changerequest.FlagMoved, fmt.Sprintf("The flag %q was moved to the project %q.", e.Feature, e.Project)
	case state.FeatureStrategyRemoved:
		if about(c) == p.Before.ID {
			return changerequest.StrategyDeleted, fmt.Sprintf("The strategy %s of the flag %q was deleted.", called(p.Before), e.Feature)
		}
	case state.FeatureStrategyUpdated:
		if about(c) == p.After.ID {
			return changerequest.StrategyUpdated, fmt.Sprintf("The strategy %s of the flag %q was updated.", called(p.Before), e.Feature)
		}
	case state.FeatureEnvironmentVariantsUpdated:
		if _, ok := c.Payload.(change.PatchVariant); ok {
			return changerequest.VariantsUpdated, fmt.Sprintf("The variants of the flag %q in the environment were updated.", e.Feature)
		}
	}
	return "", ""
}

// about returns the strategy that a change updates or deletes; empty: none.
func about(c change.Change) flag.StrategyID {
	switch p := c.Payload.(type) {
	case change.UpdateStrategy:
		return p.ID
	case change.DeleteStrategy:
		return p.ID
	default:
		return ""
	}
}

// called returns how a sentence names a strategy.
func called(s flag.Strategy) string {
	if s.Title != nil && *s.Title != "" {
		return fmt.Sprintf("%q", *s.Title)
	}
	return fmt.Sprintf("%q (%s)", s.Name, s.ID)
}

// strategyIn returns the strategy that an event changes or takes away; empty: none.
func strategyIn(e state.Event) flag.StrategyID {
	switch p := e.Payload.(type) {
	case state.FeatureStrategyUpdated:
		return p.After.ID
	case state.FeatureStrategyRemoved:
		return p.Before.ID
	default:
		return ""
	}
}

// segmentIn returns the segment that an event is about; 0: none.
func segmentIn(e state.Event) flag.SegmentID {
	switch p := e.Payload.(type) {
	case state.SegmentCreated:
		return p.Segment.ID
	case state.SegmentUpdated:
		return p.After.ID
	case state.SegmentDeleted:
		return p.Before.ID
	default:
		return 0
	}
}
