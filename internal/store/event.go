package store

import (
	"context"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// EventFilter says which events are wanted. An event must satisfy every field that is
// set; it satisfies a list by having one of its values.
type EventFilter struct {
	Revisions    []int64
	Types        []string
	Projects     []string
	Environments []string
	Features     []string
	Actors       []string
	Batches      []ledger.BatchID
	Group        ledger.Group
	From, To     time.Time // From is included, To is not
	Without      []int64   // revisions of events that are not wanted
	// Before and After, if they are set, are revisions: only events before or after them are wanted. Whoever
	// reads on from an event sets To as well, so that the indexes are entered there.
	Before, After int64

	// Offset and Limit choose a page; a Limit of 0 means all.
	Offset, Limit int
}

// CountEvents counts the events that match, whatever page is wanted. It may cost more than the page.
func (db *DB) CountEvents(ctx context.Context, filter EventFilter) (int, error) {
	where, args := filter.where()
	count := `select count(*) from events` + where
	if where == "" {
		count = `select coalesce(max(revision), 0) from events` // there are no gaps
	}
	var total int
	err := db.reader.QueryRowContext(ctx, count, args...).Scan(&total)
	return total, db.failed("count events", err)
}

// Tally is how many events have these in common; what they do not have is empty.
type Tally struct {
	Type, Actor, Project, Environment string
	Events                            int
}

// Tallies counts the events that match by what they have in common, in no order.
func (db *DB) Tallies(ctx context.Context, filter EventFilter) ([]Tally, error) {
	where, args := filter.where()
	query := `select type, coalesce(actor, ''), coalesce(project, ''), coalesce(environment, ''), count(*) from events` + where + ` group by 1, 2, 3, 4`
	return readAll(ctx, db, "tally events", query, args, func(scan func(...any) error) (t Tally, err error) {
		err = scan(&t.Type, &t.Actor, &t.Project, &t.Environment, &t.Events)
		return t, err
	})
}

// Events returns a page of the events that match, newest first. The error is a *ledger.Break if an
// event cannot be read.
func (db *DB) Events(ctx context.Context, filter EventFilter) ([]ledger.Event, error) {
	where, args := filter.where()
	// The page is chosen by the indexes alone, before any body is read; see their
	// migration for the order.
	page := `select revision from events` + where + ` order by at desc, revision desc`
	if filter.Limit > 0 {
		page += ` limit ` + placeholder(filter.Limit, &args) + ` offset ` + placeholder(filter.Offset, &args)
	}
	query := `select revision, body from events where revision in (` + page + `) order by revision desc`
	var events []ledger.Event
	err := db.each(ctx, "read events", query, args, func(scan func(...any) error) error {
		var revision int64
		var body []byte
		if err := scan(&revision, &body); err != nil {
			return db.failed("read events", err)
		}
		event, _, err := ledger.Decode(body)
		if err != nil {
			return &ledger.Break{Revision: revision, Reason: err.Error()}
		}
		events = append(events, event)
		return nil
	})
	return events, err
}

// Actors returns everyone who did something after a revision, sorted, and the newest revision of what
// they did; that given, if they did nothing. From the beginning, it looks at every event, in the index
// that is small.
func (db *DB) Actors(ctx context.Context, after int64) (actors []string, newest int64, err error) {
	filter := EventFilter{After: after}
	where, args := filter.where()
	newest = after
	err = db.each(ctx, "read actors", `select actor, max(revision) from events`+where+` group by actor having actor is not null order by actor`, args,
		func(scan func(...any) error) error {
			var actor string
			var last int64
			if err := scan(&actor, &last); err != nil {
				return err
			}
			actors, newest = append(actors, actor), max(newest, last)
			return nil
		})
	return actors, newest, err
}

// EventDays returns how many events a project had since a time, by day (2026-01-31, UTC).
func (db *DB) EventDays(ctx context.Context, project string, since time.Time) (map[string]int, error) {
	filter := EventFilter{Projects: []string{project}, From: since}
	where, args := filter.where()
	days := map[string]int{}
	err := db.each(ctx, "count events by day", `select at from events`+where, args, func(scan func(...any) error) error {
		var at time.Time
		if err := scan(&at); err != nil {
			return err
		}
		days[at.UTC().Format(time.DateOnly)]++
		return nil
	})
	return days, err
}

// Activity is how many events somebody did somewhere in a span of time; fields are empty if the events have none.
type Activity struct {
	Until                       time.Time // the end of the span
	Actor, Project, Environment string
	Events                      int
}

// Activities counts events by actor, project and environment, in each span between two of the times, which are in order: after
// the one, up to the other. Those behind a revision are left out. It reads no body.
func (db *DB) Activities(ctx context.Context, times []time.Time, until int64, fn func(Activity)) error {
	for i := 1; i < len(times); i++ { // one by one, each sorts little
		err := db.each(ctx, "read activities", `select coalesce(actor, ''), coalesce(project, ''), coalesce(environment, ''), count(*) from events
			where at > $1 and at <= $2 and revision <= $3 group by actor, project, environment`,
			[]any{stamp(times[i-1]), stamp(times[i]), until}, func(scan func(...any) error) error {
				a := Activity{Until: times[i]}
				if err := scan(&a.Actor, &a.Project, &a.Environment, &a.Events); err != nil {
					return err
				}
				fn(a)
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// where returns the condition, with a leading space, and its arguments.
func (f *EventFilter) where() (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string) { conditions = append(conditions, condition) }
	if len(f.Revisions) > 0 {
		add(in("revision", f.Revisions, &args))
	}
	if len(f.Without) > 0 {
		add("not (" + in("revision", f.Without, &args) + ")")
	}
	for _, list := range []struct {
		column string
		values []string
	}{
		{"type", f.Types},
		{"project", f.Projects},
		{"environment", f.Environments},
		{"feature", f.Features},
		{"actor", f.Actors},
	} {
		if len(list.values) > 0 {
			add(in(list.column, list.values, &args))
		}
	}
	if len(f.Batches) > 0 {
		ids := make([][]byte, len(f.Batches))
		for i, id := range f.Batches {
			ids[i] = id[:]
		}
		add(in("batch", ids, &args))
	}
	if f.Group != (ledger.Group{}) {
		add("group_kind = " + placeholder(f.Group.Kind, &args) + " and group_id = " + placeholder(f.Group.ID, &args))
	}
	if !f.From.IsZero() {
		add("at >= " + placeholder(stamp(f.From), &args))
	}
	if !f.To.IsZero() {
		add("at < " + placeholder(stamp(f.To), &args))
	}
	if f.Before > 0 {
		add("revision < " + placeholder(f.Before, &args))
	}
	if f.After > 0 {
		add("revision > " + placeholder(f.After, &args))
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " where " + strings.Join(conditions, " and "), args
}
