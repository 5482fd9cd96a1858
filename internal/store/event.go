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
	// Before, if it is set, is a revision: only events before it are wanted. Whoever reads on from an event
	// sets To as well, so that the indexes are entered there.
	Before int64

	// Offset and Limit choose a page; a Limit of 0 means all.
	Offset, Limit int
}

// Events returns a page of the events that match, newest first, and how many match
// in all. The error is a *ledger.Break if an event cannot be read.
func (db *DB) Events(ctx context.Context, filter EventFilter) ([]ledger.Event, int, error) {
	where, args := filter.where()
	count := `select count(*) from events` + where
	if where == "" {
		count = `select coalesce(max(revision), 0) from events` // there are no gaps
	}
	total := 0
	if err := db.reader.QueryRowContext(ctx, count, args...).Scan(&total); err != nil {
		return nil, 0, db.failed("count events", err)
	}
	events, err := db.EventPage(ctx, filter)
	return events, total, err
}

// EventPage is Events without the number of all that match, which may cost more than the page.
func (db *DB) EventPage(ctx context.Context, filter EventFilter) ([]ledger.Event, error) {
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

// Actors returns everyone who did something that is in the ledger, sorted. It looks at
// every event, in the index that is small.
func (db *DB) Actors(ctx context.Context) ([]string, error) {
	var actors []string
	err := db.each(ctx, "read actors", `select distinct actor from events where actor is not null order by actor`, nil,
		func(scan func(...any) error) error {
			var actor string
			if err := scan(&actor); err != nil {
				return err
			}
			actors = append(actors, actor)
			return nil
		})
	return actors, err
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

// where returns the condition, with a leading space, and its arguments.
func (f *EventFilter) where() (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string) { conditions = append(conditions, condition) }
	if len(f.Revisions) > 0 {
		add(in("revision", f.Revisions, &args))
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
	if len(conditions) == 0 {
		return "", nil
	}
	return " where " + strings.Join(conditions, " and "), args
}
