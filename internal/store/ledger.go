package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// rowsPerRead is how many events a long read takes at once: a single statement over all
// of them would hold back SQLite's checkpoints and PostgreSQL's vacuum.
const rowsPerRead = 10_000

// Head returns the end of the stored ledger; the zero Head if it is empty.
func (db *DB) Head(ctx context.Context) (ledger.Head, error) {
	var head ledger.Head
	var hash []byte
	err := db.reader.QueryRowContext(ctx, `select revision, hash from events order by revision desc limit 1`).
		Scan(&head.Revision, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Head{}, nil
	}
	if err != nil {
		return ledger.Head{}, db.failed("read head", err)
	}
	if head.Hash, err = toHash(hash); err != nil {
		return ledger.Head{}, &ledger.Break{Revision: head.Revision, Reason: err.Error()}
	}
	return head, nil
}

// RevisionAt returns the last revision at a time, 0 if there was none yet.
func (db *DB) RevisionAt(ctx context.Context, at time.Time) (int64, error) {
	var revision int64
	err := db.reader.QueryRowContext(ctx, `select revision from events where at <= $1 order by at desc, revision desc limit 1`, stamp(at)).
		Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return revision, db.failed("look up revision", err)
}

// Holds reports whether the stored ledger contains an entry with the given revision
// and hash, at its end or before. Every ledger holds the zero Head.
func (db *DB) Holds(ctx context.Context, head ledger.Head) (bool, error) {
	if head == (ledger.Head{}) {
		return true, nil
	}
	var n int
	err := db.reader.QueryRowContext(ctx, `select count(*) from events where revision = $1 and hash = $2`,
		head.Revision, head.Hash[:]).Scan(&n)
	return n == 1, db.failed("look up head", err)
}

// Tail returns the entries after a revision, in order: limit of them and the rest of
// the last one's batch, or all if there are fewer. The chain is not verified. The
// error is a *ledger.Break if an entry cannot be read.
func (db *DB) Tail(ctx context.Context, after int64, limit int) ([]ledger.Entry, error) {
	var entries []ledger.Entry
	read := func(limit int) error {
		return db.each(ctx, "read tail",
			`select revision, body, hash from events where revision > $1 order by revision limit $2`,
			[]any{after, limit}, func(scan func(...any) error) error {
				var body, hash []byte
				if err := scan(&after, &body, &hash); err != nil {
					return db.failed("read tail", err)
				}
				entry, err := toEntry(body, hash)
				if err != nil {
					return &ledger.Break{Revision: after, Reason: err.Error()}
				}
				entries = append(entries, entry)
				return nil
			})
	}
	if err := read(limit); err != nil || len(entries) == 0 {
		return nil, err
	}
	if last := &entries[len(entries)-1]; !last.Last() {
		if err := read(last.Size - 1 - last.Index); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// Verify checks the ledger from a trusted head to its end: the chain, and that the
// columns by which events are found say what the bodies say. It calls fn, which may be
// nil, with each entry in order once it is verified, and stops at the first error of
// fn, which it returns as it is. It returns the head it has reached; the error is a
// *ledger.Break if something does not hold.
func (db *DB) Verify(ctx context.Context, from ledger.Head, fn func(ledger.Entry) error) (ledger.Head, error) {
	v := ledger.NewVerifier(from)
	for {
		rows := 0
		err := db.each(ctx, "verify events", `select revision, previous, hash, batch, batch_index, at, actor, type,
				project, environment, feature, group_kind, group_id, body
			from events where revision > $1 order by revision limit $2`,
			[]any{v.Head().Revision, rowsPerRead}, func(scan func(...any) error) error {
				var row eventRow
				if err := scan(row.fields()...); err != nil {
					return db.failed("verify events", err)
				}
				rows++
				entry, err := row.verify(v)
				if err != nil || fn == nil {
					return err
				}
				return fn(entry)
			})
		if err != nil {
			return v.Head(), err
		}
		if rows < rowsPerRead {
			return v.Head(), v.Close()
		}
	}
}

// eventRow is a row of the table as it is, believed by nobody.
type eventRow struct {
	revision                   int64
	previous, hash, batch      []byte
	index                      int
	at                         time.Time
	actor                      sql.NullString
	kind                       string
	project, environment, flag sql.NullString
	groupKind                  sql.NullString
	groupID                    sql.NullInt64
	body                       []byte
}

func (r *eventRow) fields() []any {
	return []any{
		&r.revision, &r.previous, &r.hash, &r.batch, &r.index, &r.at, &r.actor, &r.kind,
		&r.project, &r.environment, &r.flag, &r.groupKind, &r.groupID, &r.body,
	}
}

// verify adds the body to the chain and compares the columns with it.
func (r *eventRow) verify(v *ledger.Verifier) (ledger.Entry, error) {
	before := v.Head()
	hash, err := toHash(r.hash)
	if err != nil {
		return ledger.Entry{}, &ledger.Break{Revision: before.Revision + 1, Reason: err.Error()}
	}
	e, err := v.Add(r.body, hash)
	if err != nil {
		return ledger.Entry{}, err
	}
	column := ""
	switch {
	case r.revision != e.Revision:
		column = "revision"
	case e.Revision == 1 && r.previous != nil, e.Revision > 1 && string(r.previous) != string(before.Hash[:]):
		column = "previous"
	case string(r.batch) != string(e.Batch[:]):
		column = "batch"
	case r.index != e.Index:
		column = "batch_index"
	case !r.at.Equal(e.At):
		column = "at"
	case r.actor != some(e.Actor):
		column = "actor"
	case r.kind != e.Type:
		column = "type"
	case r.project != some(e.Project):
		column = "project"
	case r.environment != some(e.Environment):
		column = "environment"
	case r.flag != some(e.Feature):
		column = "feature"
	case r.groupKind != some(e.Group.Kind):
		column = "group_kind"
	case r.groupID != (sql.NullInt64{Int64: e.Group.ID, Valid: e.Group.Kind != ""}):
		column = "group_id"
	}
	if column != "" {
		return ledger.Entry{}, &ledger.Break{Revision: e.Revision, Reason: "its column " + column + " does not say what its body says"}
	}
	return ledger.Entry{Event: e, Previous: before.Hash, Hash: hash, Body: r.body}, nil
}

func toHash(stored []byte) (ledger.Hash, error) {
	if len(stored) != len(ledger.Hash{}) {
		return ledger.Hash{}, fmt.Errorf("its hash has %d bytes", len(stored))
	}
	return ledger.Hash(stored), nil
}

func toEntry(body, stored []byte) (ledger.Entry, error) {
	hash, err := toHash(stored)
	if err != nil {
		return ledger.Entry{}, err
	}
	event, previous, err := ledger.Decode(body)
	if err != nil {
		return ledger.Entry{}, err
	}
	return ledger.Entry{Event: event, Previous: previous, Hash: hash, Body: body}, nil
}
