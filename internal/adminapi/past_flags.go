package adminapi

import (
	"context"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// pastFlags are the flags that there were at some time, as far as statistics need to know them. They begin as those
// that there are, and become those of earlier times as events are undone, the newest first.
//
// The values are copies, since flags in a state are shared and must not be changed. Only the project,
// the type, whether it is stale or archived, and its creation are right for the past; nothing else of a
// flag is undone, nor asked for.
type pastFlags map[flag.Name]flag.Flag

// flagsNow returns the flags of a state, archived ones included, ready to be undone.
func flagsNow(s *state.State) pastFlags {
	flags := make(pastFlags, s.FlagCount())
	for f := range s.Flags() {
		flags[f.Name] = *f
	}
	return flags
}

// undone are the types of the events that undo knows.
//
// An event that changes what flagHealth counts has to be here and in undo. Reading only these makes a
// year of statistics cheap: switching and strategies are most of what happens.
var undone = []string{
	state.FeatureCreated{}.EventType(), state.FeatureDeleted{}.EventType(),
	state.FeatureArchived{}.EventType(), state.FeatureRevived{}.EventType(),
	state.FeatureStaleOn{}.EventType(), state.FeatureStaleOff{}.EventType(),
	state.FeatureProjectChange{}.EventType(), state.FeatureMetadataUpdated{}.EventType(),
}

// undo makes of the flags after an event those before it.
//
// It must be handed every event of the types of undone, the newest first, from the revision of the
// state on that the flags were taken from. An event that is left out, or comes too early, makes of them
// what never was.
func (f pastFlags) undo(e state.Event) {
	was := f[e.Feature]
	switch p := e.Payload.(type) {
	case state.FeatureCreated:
		delete(f, e.Feature)
		return
	case state.FeatureDeleted:
		was = p.Before
	case state.FeatureArchived:
		was.ArchivedAt = nil
	case state.FeatureRevived:
		was.ArchivedAt = &was.CreatedAt // some time before: nobody asks when
	case state.FeatureStaleOn:
		was.Stale = false
	case state.FeatureStaleOff:
		was.Stale = true
	case state.FeatureProjectChange:
		was.Project = p.OldProject
	case state.FeatureMetadataUpdated:
		was.Type = p.Before.Type
	}
	f[e.Feature] = was
}

// flagHealth is how many flags of a project are in use, and how many of them are due to be removed.
type flagHealth struct{ total, stale, potentiallyStale int }

func (h flagHealth) active() int { return h.total - h.stale - h.potentiallyStale }

// health is the percentage of flags that are not due to be removed.
func (h flagHealth) health() int {
	if h.total == 0 {
		return 100
	}
	return (200*h.active() + h.total) / (2 * h.total) // rounded
}

// at counts the flags of the projects that are wanted. How long flags of a type are meant to live is what the state says.
//
// The times of flags are compared with now as if it were then, so stalenessOf says what it would have
// said.
func (f pastFlags) at(s *state.State, now time.Time, wanted func(flag.ProjectID) bool) map[flag.ProjectID]flagHealth {
	all := map[flag.ProjectID]flagHealth{}
	for _, one := range f {
		if one.Archived() || !wanted(one.Project) {
			continue
		}
		h := all[one.Project]
		h.total++
		switch stalenessOf(s, &one, now) {
		case "stale":
			h.stale++
		case "potentially-stale":
			h.potentiallyStale++
		}
		all[one.Project] = h
	}
	return all
}

// flagsAt tells the health of the wanted projects at some times, from the oldest to the newest, by undoing what has
// happened since. fn is handed the events on the way, the newest first.
//
// times must be in order and not empty, and results are by the same index. A time counts as after the
// events that happened at it. If err is not nil, the maps are filled all the same, but may be wrong.
func (a *api) flagsAt(ctx context.Context, s *state.State, times []time.Time, wanted func(flag.ProjectID) bool, fn func(state.Event, time.Time)) ([]map[flag.ProjectID]flagHealth, error) {
	all := make([]map[flag.ProjectID]flagHealth, len(times))
	flags, next := flagsNow(s), len(times)-1
	err := a.Events.Backward(ctx, undone, times[0], s.Revision(), func(e state.Event, at time.Time) {
		// Before an event is undone, the flags are those of all times from it on that were not counted
		// yet.
		for ; next >= 0 && !times[next].Before(at); next-- {
			all[next] = flags.at(s, times[next], wanted)
		}
		flags.undo(e)
		fn(e, at)
	})
	// Nothing happened between the remaining times and the oldest event.
	for ; next >= 0; next-- {
		all[next] = flags.at(s, times[next], wanted)
	}
	return all, err
}

// weekly returns the ends of the weeks (Sundays, UTC) that end in a span of time, and the span's own end.
//
// They are in order, and there is at least one. The last is to itself even in the middle of a week, so
// that today is shown.
func weekly(from, to time.Time) []time.Time {
	times := []time.Time{to}
	end := endOfDay(to)
	for end = end.AddDate(0, 0, -(int(end.Weekday())+7)%7); !end.Before(from); end = end.AddDate(0, 0, -7) {
		if end.Before(to) {
			times = append(times, end)
		}
	}
	slices.Reverse(times)
	return times
}

// endOfDay returns the last millisecond of a day, UTC.
//
// Milliseconds are what the API writes (instant), so the times that are shown are those that were
// counted by.
func endOfDay(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 999_000_000, time.UTC)
}
