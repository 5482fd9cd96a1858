package eventlog_test

import (
	"flag"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// searchLimit bounds a search for text on each database.
const searchLimit = 500 * time.Millisecond

// BenchmarkSearchText looks for a text that is in no event, through 100,000 of them, in an instance of 1,000
// flags. The bound is 500 ms on each database.
func BenchmarkSearchText(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, url(b))
			s := mustFill(b, db, 100_000)
			log := eventlog.New(eventlog.Options{DB: db, State: func() *state.State { return s }})
			for b.Loop() {
				if _, total, err := log.Search(b.Context(), eventlog.Query{Text: "in no event", Limit: 50}); err != nil || total != 0 {
					b.Fatalf("got %d, %v", total, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(searchLimit), "of-limit")
		})
	}
}

var events = flag.Int64("events", 100_000, "how many events BenchmarkSearch has in its ledger")

// pageLimit bounds the first page by any indexed filter, on each database.
const pageLimit = 100 * time.Millisecond

// BenchmarkSearch reads the first page of a ledger by each filter, with the total. Nothing is kept from one search
// to the next, so each is like the first on its node. What must be read for that when the node starts, and again
// for what is new, is Remember.
func BenchmarkSearch(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, url(b))
			s := mustFill(b, db, *events)
			open := func() *eventlog.Log {
				return eventlog.New(eventlog.Options{DB: db, State: func() *state.State { return s }})
			}
			b.Run("Remember", func(b *testing.B) {
				for b.Loop() {
					if err := open().Remember(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
			log := open()
			before := live()
			if err := log.Remember(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.Logf("what is remembered takes %d KiB", (live()-before)>>10)
			middle, err := db.Events(b.Context(), store.EventFilter{Revisions: []int64{s.Revision() / 3, s.Revision() / 3 * 2}})
			if err != nil {
				b.Fatal(err)
			}
			for _, page := range []struct {
				name  string
				query eventlog.Query
			}{
				{"all", eventlog.Query{}},
				{"type", eventlog.Query{Types: []string{"feature-environment-enabled"}}},
				{"rare type", eventlog.Query{Types: []string{"project-created"}}},
				{"project", eventlog.Query{Projects: []string{middle[0].Project}}},
				{"environment", eventlog.Query{Environments: []string{"production"}}},
				{"feature", eventlog.Query{Features: []string{middle[0].Feature}}},
				{"person", eventlog.Query{CreatorIDs: []int64{7}}},
				{"missing person", eventlog.Query{CreatorIDs: []int64{815}}},
				{"far offset", eventlog.Query{Environments: []string{"production"}, Offset: int(*events) / 4}},
				{"group", eventlog.Query{GroupIDs: []string{middle[0].Batch.String()}}},
				{"time", eventlog.Query{From: middle[1].At, To: middle[0].At}},
				{"everything", eventlog.Query{
					Types: []string{"feature-environment-enabled", "feature-strategy-update"}, Projects: []string{middle[0].Project, middle[1].Project},
					Environments: []string{"production"}, From: middle[1].At,
				}},
			} {
				b.Run(fmt.Sprint("page by ", page.name), func(b *testing.B) {
					page.query.Limit = 50
					for b.Loop() {
						if _, _, err := log.Search(b.Context(), page.query); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(pageLimit), "of-limit")
				})
			}
			runtime.KeepAlive(log)
		})
	}
}

// live returns how many bytes are in use.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// mustFill stores an instance and changes behind it, so many events in all, and returns the last state.
func mustFill(b *testing.B, db *store.DB, events int64) *state.State {
	b.Helper()
	s := &state.State{}
	put := func(batch []ledger.Entry) {
		if err := db.Append(b.Context(), s.Head(), batch, nil); err != nil {
			b.Fatal(err)
		}
		var err error
		if s, _, err = state.Fold(s, batch); err != nil {
			b.Fatal(err)
		}
	}
	for batch := range flagtest.Batches(1, 1_000) {
		put(batch)
	}
	changer := flagtest.NewChanger(1, s)
	for s.Revision() < events {
		var batch []state.Event
		next := s
		for range 200 { // each on what the one before leads to
			change := changer.Next(next)
			var err error
			if next, err = state.Preview(next, change, state.Place{At: s.At()}); err != nil {
				b.Fatal(err)
			}
			batch = append(batch, change...)
		}
		put(flagtest.Seal(s, batch...))
	}
	return s
}
