package store

import (
	"context"
	"time"
)

// UnknownFlag is a name that an application asked for and that no flag has.
type UnknownFlag struct {
	Name, Environment, Application string
	At                             time.Time
}

// PutUnknownFlags notes names that no flag has.
func (tx *Tx) PutUnknownFlags(flags []UnknownFlag) error {
	var rows [][]any
	for _, f := range flags {
		rows = append(rows, []any{f.Name, f.Environment, f.Application, stamp(f.At)})
	}
	return tx.upsert("put unknown flags", "unknown_flags (name, environment, application, at)",
		`on conflict (name, environment, application) do update set at = excluded.at`, rows)
}

// UnknownFlags returns the names that were asked for and that no flag had, by name,
// environment and application.
func (db *DB) UnknownFlags(ctx context.Context) ([]UnknownFlag, error) {
	return readAll(ctx, db, "read unknown flags", `select name, environment, application, at from unknown_flags
		order by name, environment, application`, nil,
		func(scan func(...any) error) (f UnknownFlag, err error) {
			err = scan(&f.Name, &f.Environment, &f.Application, &f.At)
			f.At = stamp(f.At)
			return f, err
		})
}
