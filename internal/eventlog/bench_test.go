package eventlog_test

import (
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
