package store_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// BenchmarkAppend compares one writer's appends with the least that could be done: the
// same bytes inserted by the same driver into a table with nothing but a key, each in a
// transaction of its own. The two take turns, so that a busy machine slows both. On
// PostgreSQL it measures the disk only under scripts/with-postgres --fsync.
func BenchmarkAppend(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, db *store.DB) {
		pool := store.Writer(db)
		if _, err := pool.ExecContext(b.Context(),
			`create table bare (revision bigint not null primary key, body bytea not null)`); err != nil {
			b.Fatal(err)
		}
		bare, err := pool.PrepareContext(b.Context(), `insert into bare (revision, body) values ($1, $2)`)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = bare.Close() }() // the benchmark is over
		entries, heads := toggles(b.N)
		appends, bares := make([]time.Duration, b.N), make([]time.Duration, b.N)
		b.ResetTimer()
		for i := range entries {
			began := time.Now()
			if err := db.Append(b.Context(), heads[i], entries[i:i+1], nil); err != nil {
				b.Fatal(err)
			}
			appended := time.Now()
			if _, err := bare.ExecContext(b.Context(), entries[i].Revision, entries[i].Body); err != nil {
				b.Fatal(err)
			}
			appends[i], bares[i] = appended.Sub(began), time.Since(appended)
		}
		b.StopTimer()
		slices.Sort(appends)
		slices.Sort(bares)
		median := b.N / 2
		b.ReportMetric(0, "ns/op") // of both together, it says nothing
		b.ReportMetric(float64(appends[median].Microseconds()), "append-µs")
		b.ReportMetric(float64(bares[median].Microseconds()), "bare-µs")
		b.ReportMetric(float64(bares[median])/float64(appends[median]), "×bare")
	})
}

var events = flag.Int("events", 100_000, "how many events BenchmarkRead has in its ledger")

// BenchmarkRead reads a long ledger: all of it, the first page by each filter, and how many there are.
func BenchmarkRead(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, db *store.DB) {
		fill(b, db, *events)
		perEvent := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(*events), "ns/event")
		}
		b.Run("Verify", func(b *testing.B) {
			for b.Loop() {
				if _, err := db.Verify(b.Context(), ledger.Head{}, nil); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b)
		})
		for _, page := range []struct {
			name   string
			filter store.EventFilter
		}{
			{"all", store.EventFilter{}},
			{"type", store.EventFilter{Types: []string{"feature-environment-enabled"}}},
			{"rare type", store.EventFilter{Types: []string{"project-created"}}},
			{"project", store.EventFilter{Projects: []string{"project-3"}}},
			{"environment", store.EventFilter{Environments: []string{"production"}}},
			{"feature", store.EventFilter{Features: []string{"a-flag-with-a-name-7"}}},
			{"actor", store.EventFilter{Actors: []string{"user:7"}}},
			{"missing actor", store.EventFilter{Actors: []string{"user:0815"}}},
			{"group", store.EventFilter{Group: ledger.Group{Kind: "change-request", ID: 5}}},
			{"day", store.EventFilter{From: noon.Add(time.Minute), To: noon.Add(2 * time.Minute)}},
			{"everything", store.EventFilter{
				Types: []string{"feature-environment-enabled"}, Projects: []string{"project-3", "project-4"},
				Environments: []string{"production"}, Actors: []string{"user:3", "user:4"},
				From: noon.Add(time.Minute),
			}},
		} {
			b.Run("page by "+page.name, func(b *testing.B) {
				page.filter.Limit = 50
				for b.Loop() {
					if _, err := db.Events(b.Context(), page.filter); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

var closedRequests = flag.Int("closed-requests", 100_000, "how many closed requests BenchmarkClosedRequests has in its index")

// BenchmarkClosedRequests reads the first page of the index by each filter, with the
// total. The requests are spread over ten projects, 200 authors and 1,000 flags; each
// tenth has the text.
func BenchmarkClosedRequests(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, db *store.DB) {
		for i := 0; i < *closedRequests; i += 1000 {
			var some []store.ClosedRequest
			for id := i + 1; id <= min(i+1000, *closedRequests); id++ {
				r := closed(int64(id))
				r.Project = fmt.Sprintf("project-%d", id%10)
				r.Author = fmt.Sprintf("user:%d", id/10%200)
				r.Title = fmt.Sprintf("Raise the rollout to %d percent", id/10%100)
				r.State = []string{"Applied", "Applied", "Rejected", "Cancelled"}[id/10%4]
				r.Reviewers = []int64{int64(id % 50), int64(id%50 + 1)}
				r.Features = []string{fmt.Sprintf("a-flag-with-a-name-%d", id%1000), fmt.Sprintf("another-flag-%d", id%700)}
				some = append(some, r)
			}
			mustPutClosed(b, db, some...)
		}
		projects := []string{"project-1", "project-2", "project-3", "project-4", "project-5"}
		for _, page := range []struct {
			name   string
			filter store.ClosedRequestFilter
		}{
			{"all", store.ClosedRequestFilter{}},
			{"project", store.ClosedRequestFilter{Projects: projects[:1]}},
			{"several projects", store.ClosedRequestFilter{Projects: projects}},
			{"author", store.ClosedRequestFilter{Authors: []string{"user:7"}}},
			{"reviewer", store.ClosedRequestFilter{Reviewers: []int64{12}}},
			{"missing reviewer", store.ClosedRequestFilter{Reviewers: []int64{99}}},
			{"feature", store.ClosedRequestFilter{Feature: "a-flag-with-a-name-7"}},
			{"missing feature", store.ClosedRequestFilter{Feature: "a-flag"}},
			{"text", store.ClosedRequestFilter{Text: "to 7"}},
			{"missing text", store.ClosedRequestFilter{Text: "nowhere"}},
			{"text in a project", store.ClosedRequestFilter{Projects: projects[:1], Text: "name-1"}},
			{"title", store.ClosedRequestFilter{Projects: projects[:1], SortBy: store.SortByTitle}},
		} {
			b.Run("page by "+page.name, func(b *testing.B) {
				page.filter.Limit = 50
				for b.Loop() {
					if _, _, err := db.ClosedRequests(b.Context(), page.filter); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run("counts", func(b *testing.B) {
			for b.Loop() {
				if _, err := db.ClosedRequestCounts(b.Context(), projects[0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// fill stores n events in large batches: toggles, and now and then something rarer.
func fill(b *testing.B, db *store.DB, n int) {
	b.Helper()
	entries, _ := toggles(n)
	var head ledger.Head
	for i := 0; i < n; i += 1000 {
		batch := newBatch()
		batch.At = entries[i].At
		batch.Events = nil
		for _, entry := range entries[i:min(i+1000, n)] {
			batch.Events = append(batch.Events, entry.Event)
		}
		batch.Events[0].Type = "project-created"
		batch.Events[1].Group = ledger.Group{Kind: "change-request", ID: int64(i / 5000)}
		batch.Actor = fmt.Sprintf("user:%d", i/1000%20)
		head = mustAppend(b, db, head, batch)
	}
}

// benchmarkEach runs a benchmark on a fresh database of each engine.
func benchmarkEach(b *testing.B, benchmark func(b *testing.B, db *store.DB)) {
	b.Helper()
	b.Run("SQLite", func(b *testing.B) { benchmark(b, storetest.Open(b, storetest.SQLite(b))) })
	b.Run("PostgreSQL", func(b *testing.B) { benchmark(b, storetest.Open(b, storetest.Postgres(b))) })
}

// toggles seals n batches of one event each, like those of people who switch 1,000
// flags on and off, with the heads before each.
func toggles(n int) ([]ledger.Entry, []ledger.Head) {
	entries, heads := make([]ledger.Entry, n), make([]ledger.Head, n)
	var head ledger.Head
	for i := range n {
		batch := newBatch("feature-environment-enabled")
		batch.At = noon.Add(time.Duration(head.Revision) * time.Millisecond)
		batch.Actor = fmt.Sprintf("user:%d", i%20)
		event := &batch.Events[0]
		event.Project = fmt.Sprintf("project-%d", i%10)
		event.Environment = "production"
		event.Feature = fmt.Sprintf("a-flag-with-a-name-%d", i%1000)
		event.Payload = []byte(`{"enabled":true,"note":"` + strings.Repeat("x", 100) + `"}`)
		heads[i] = head
		var sealed []ledger.Entry
		sealed, head = ledger.Seal(head, batch)
		entries[i] = sealed[0]
	}
	return entries, heads
}
