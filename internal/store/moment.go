package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// Moment is an event without what it says: when, who, of which kind and where. What does not
// apply is empty.
type Moment struct {
	At                                time.Time
	Actor, Type, Project, Environment string
	Group                             ledger.Group
}

// Moments calls fn with the moment of each event that matches, oldest first, and returns the first
// error of fn. No event is read for it, only the columns by which they are found.
func (db *DB) Moments(ctx context.Context, filter EventFilter, fn func(Moment) error) error {
	where, args := filter.where()
	query := `select at, actor, type, project, environment, group_kind, group_id from events` + where + ` order by at, revision`
	return db.each(ctx, "read moments", query, args, func(scan func(...any) error) error {
		var m Moment
		var actor, project, environment, kind sql.NullString
		var id sql.NullInt64
		if err := scan(&m.At, &actor, &m.Type, &project, &environment, &kind, &id); err != nil {
			return db.failed("read moments", err)
		}
		m.At = m.At.UTC()
		m.Actor, m.Project, m.Environment = actor.String, project.String, environment.String
		m.Group = ledger.Group{Kind: kind.String, ID: id.Int64}
		return fn(m)
	})
}
