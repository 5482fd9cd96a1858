package engine_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// mustFill stores an instance of so many flags and so many changes behind it. It does not wait
// for the disk after each batch, as Append would. It returns the state after the instance, and after all.
func mustFill(b *testing.B, url string, flags, changes int) (instance, all *state.State) {
	b.Helper()
	conn := storetest.Raw(b, url)
	tx, err := conn.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.PrepareContext(b.Context(), `insert into events (revision, previous, hash, batch, batch_index, at,
		actor, type, project, environment, feature, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`)
	if err != nil {
		b.Fatal(err)
	}
	some := func(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
	s := &state.State{}
	add := func(batch []ledger.Entry) {
		for _, e := range batch {
			var previous []byte
			if e.Revision > 1 {
				previous = e.Previous[:]
			}
			_, err := insert.ExecContext(b.Context(), e.Revision, previous, e.Hash[:], e.Batch[:], e.Index, e.At,
				some(e.Actor), e.Type, some(e.Project), some(e.Environment), some(e.Feature), e.Body)
			if err != nil {
				b.Fatal(err)
			}
		}
		if s, _, err = state.Fold(s, batch); err != nil {
			b.Fatal(err)
		}
	}
	for batch := range flagtest.Batches(1, flags) {
		add(batch)
	}
	instance = s
	changer := flagtest.NewChanger(1, s)
	for range changes {
		add(flagtest.Seal(s, changer.Next(s)...))
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return instance, s
}

// BenchmarkDo switches one flag of 10,000 over and over: decide, ask the gate, append to SQLite with a
// full sync, fold, publish.
func BenchmarkDo(b *testing.B) {
	url := storetest.SQLite(b)
	db := storetest.Open(b, url)
	_, s := mustFill(b, url, 10_000, 0)
	e := mustOpen(b, db)
	mustRun(b, e)
	for !e.Status().CanWrite || e.Status().Checked < s.Revision() {
		time.Sleep(time.Millisecond)
	}
	changer := flagtest.NewChanger(1, s)
	b.ReportAllocs()
	for b.Loop() {
		mustDo(b, e, engine.Command{Actor: writing().Actor, Decide: func(s *state.State) ([]state.Event, error) {
			return changer.Next(s), nil
		}})
	}
}

// BenchmarkStart opens an engine on a snapshot of 10,000 flags and 1,000 events behind it.
func BenchmarkStart(b *testing.B) {
	url := storetest.SQLite(b)
	db := storetest.Open(b, url)
	instance, all := mustFill(b, url, 10_000, 1000)
	if err := db.SaveSnapshot(b.Context(), store.Snapshot{
		Revision: instance.Revision(), Hash: instance.Head().Hash, Format: state.SnapshotFormat, At: time.Now(),
		Body: mustForge(b, instance, instance.Head()),
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e := mustOpen(b, db)
		if e.Status().Snapshot != instance.Revision() || e.State().Head() != all.Head() {
			b.Fatalf("got revision %d from a snapshot at %d, want %d from %d", e.State().Revision(), e.Status().Snapshot, all.Revision(), instance.Revision())
		}
	}
}

// BenchmarkCheck checks the chain and the fold of 1,000 flags with 100,000 changes, as an engine does
// in the background after each start. It is shown for each event.
func BenchmarkCheck(b *testing.B) {
	url := storetest.SQLite(b)
	db := storetest.Open(b, url)
	_, s := mustFill(b, url, 1000, 100_000)
	if err := db.SaveSnapshot(b.Context(), store.Snapshot{
		Revision: s.Revision(), Hash: s.Head().Hash, Format: state.SnapshotFormat, At: time.Now(), Body: mustForge(b, s, s.Head()),
	}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		e := mustOpen(b, db)
		stop := mustRun(b, e)
		for e.Status().Checked < s.Revision() {
			time.Sleep(time.Millisecond)
		}
		stop()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(s.Revision()), "µs/event")
}
