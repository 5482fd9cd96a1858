package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// Snapshot is a state written down, so that a start need not fold the whole ledger.
// It is a cache: deleting it loses nothing.
type Snapshot struct {
	Revision int64       // the last revision that is folded in; the end of a batch
	Hash     ledger.Hash // that revision's
	Format   int         // of Body; a node reads only the format that it writes
	At       time.Time   // when it was made
	Body     []byte      // not empty
}

// SaveSnapshot stores a snapshot. If there is one of its revision and format already,
// that one stays.
func (db *DB) SaveSnapshot(ctx context.Context, s Snapshot) error {
	_, err := db.exec(ctx, "save snapshot", `insert into snapshots (revision, format, hash, at, body)
		values ($1, $2, $3, $4, $5) on conflict (revision, format) do nothing`,
		s.Revision, s.Format, s.Hash[:], stamp(s.At), s.Body)
	return err
}

// NewestSnapshot returns the newest snapshot of a format whose revision is at most
// notAfter, or ErrNotFound.
func (db *DB) NewestSnapshot(ctx context.Context, format int, notAfter int64) (Snapshot, error) {
	s := Snapshot{Format: format}
	var hash []byte
	err := db.reader.QueryRowContext(ctx, `select revision, hash, at, body from snapshots
		where format = $1 and revision <= $2 order by revision desc limit 1`, format, notAfter).
		Scan(&s.Revision, &hash, &s.At, &s.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return Snapshot{}, ErrNotFound
	}
	if err != nil {
		return Snapshot{}, db.failed("read snapshot", err)
	}
	if s.Hash, err = toHash(hash); err != nil {
		return Snapshot{}, db.failed("read snapshot", err)
	}
	s.At = stamp(s.At)
	return s, nil
}

// DeleteSnapshot removes one snapshot, if it is there, such as one that cannot be read.
func (db *DB) DeleteSnapshot(ctx context.Context, format int, revision int64) error {
	_, err := db.exec(ctx, "delete snapshot", `delete from snapshots where format = $1 and revision = $2`, format, revision)
	return err
}

// PruneSnapshots deletes the snapshots that Unneeded names, and returns how many.
func (db *DB) PruneSnapshots(ctx context.Context, format int, now time.Time) (int, error) {
	stored, err := readAll(ctx, db, "list snapshots", `select revision, format, at from snapshots`, nil,
		func(scan func(...any) error) (s Snapshot, err error) {
			err = scan(&s.Revision, &s.Format, &s.At)
			return s, err
		})
	if err != nil {
		return 0, err
	}
	unneeded := Unneeded(stored, format, now)
	for i, s := range unneeded {
		if err := db.DeleteSnapshot(ctx, s.Format, s.Revision); err != nil {
			return i, err
		}
	}
	return len(unneeded), nil
}

// snapshotsKept is how long every snapshot is kept.
const snapshotsKept = 30 * 24 * time.Hour

// Unneeded returns which of the stored snapshots are no longer needed at the time now;
// Body and Hash are not looked at. Every snapshot is kept for 30 days. Of those in the
// given format, which is the one in use, the newest is kept always, and the first of
// each calendar month (UTC), so that going far back in time starts near.
func Unneeded(stored []Snapshot, format int, now time.Time) []Snapshot {
	newest := int64(0)
	first := map[string]int64{} // revision by month
	for _, s := range stored {
		if s.Format != format {
			continue
		}
		newest = max(newest, s.Revision)
		month := s.At.UTC().Format("2006-01")
		if revision, ok := first[month]; !ok || s.Revision < revision {
			first[month] = s.Revision
		}
	}
	var unneeded []Snapshot
	for _, s := range stored {
		recent := now.Sub(s.At) <= snapshotsKept
		needed := s.Format == format && (s.Revision == newest || s.Revision == first[s.At.UTC().Format("2006-01")])
		if !recent && !needed {
			unneeded = append(unneeded, s)
		}
	}
	return unneeded
}
