package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestEvents draws events and filters, and compares each answer with a loop over all
// events.
func TestEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		// Values that differ only in case, accents or order are not the same.
		texts := []string{"", "a", "A", "á", "aa", "a b", "%", "_", "'"}
		text := func() string { return texts[rand.IntN(len(texts))] }
		var all []ledger.Event // newest first
		var head ledger.Head
		at := noon
		for range 60 {
			batch := newBatch("x", "x", "x")
			at = at.Add(time.Duration(rand.IntN(3)) * time.Microsecond)
			batch.At, batch.Actor = at, text()
			for i := range batch.Events {
				e := &batch.Events[i]
				e.Type, e.Project, e.Environment, e.Feature = "t"+text(), text(), text(), text()
				if kind := text(); kind != "" {
					e.Group = ledger.Group{Kind: kind, ID: rand.Int64N(3)}
				}
			}
			entries, next := ledger.Seal(head, batch)
			if err := db.Append(t.Context(), head, entries, nil); err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				all = slices.Insert(all, 0, entry.Event)
			}
			head = next
		}

		for _, when := range []time.Time{noon.Add(-time.Microsecond), noon, all[30].At, all[0].At, at.Add(time.Hour)} {
			want := int64(0)
			if i := slices.IndexFunc(all, func(e ledger.Event) bool { return !e.At.After(when) }); i >= 0 {
				want = all[i].Revision
			}
			if got, err := db.RevisionAt(t.Context(), when); err != nil || got != want {
				t.Errorf("the revision at %s: got %d, %v; want %d", when, got, err, want)
			}
		}

		times := []time.Time{noon, all[45].At, all[30].At, all[30].At, all[7].At, at.Add(time.Hour)}
		want, got := map[store.Activity]int{}, map[store.Activity]int{}
		for _, e := range all {
			if e.At.After(times[0]) && e.Revision <= all[2].Revision {
				until, _ := slices.BinarySearchFunc(times, e.At, time.Time.Compare)
				want[store.Activity{Until: times[until], Actor: e.Actor, Project: e.Project, Environment: e.Environment}]++
			}
		}
		if err := db.Activities(t.Context(), times, all[2].Revision, func(a store.Activity) {
			events := a.Events
			a.Events = 0
			got[a] += events
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("activities in the spans of %s (-want +got):\n%s", times, diff)
		}

		list := func() []string {
			if rand.IntN(4) > 0 {
				return nil
			}
			return []string{text() + "a", text(), text()}
		}
		for range 400 {
			filter := store.EventFilter{
				Projects: list(), Environments: list(), Features: list(), Actors: list(),
				Offset: rand.IntN(5), Limit: rand.IntN(20),
			}
			for _, name := range list() {
				filter.Types = append(filter.Types, "t"+name)
			}
			if rand.IntN(4) == 0 {
				e := all[rand.IntN(len(all))]
				filter.Group = e.Group
				filter.Batches = []ledger.BatchID{e.Batch, all[0].Batch}
			}
			if rand.IntN(4) == 0 {
				filter.Revisions = []int64{rand.Int64N(200), rand.Int64N(200), rand.Int64N(200), rand.Int64N(200)}
			}
			if rand.IntN(3) == 0 {
				filter.From = noon.Add(time.Duration(rand.IntN(80)-10) * time.Microsecond)
			}
			if rand.IntN(4) == 0 {
				filter.Before, filter.After = rand.Int64N(200), rand.Int64N(100)
			}
			if rand.IntN(3) == 0 {
				filter.To = noon.Add(time.Duration(rand.IntN(80)-10) * time.Microsecond)
			}
			wantTotal, want := pick(all, filter)
			got, err := db.Events(t.Context(), filter)
			if err != nil {
				t.Fatalf("%+v: %v", filter, err)
			}
			count, err := db.CountEvents(t.Context(), filter)
			if err != nil || count != wantTotal {
				t.Errorf("%+v: counted %d, %v, want %d", filter, count, err, wantTotal)
			}
			filter.Offset, filter.Limit = 0, 0
			if diff := cmp.Diff(tallies(pick(all, filter)), mustTally(t, db, filter)); diff != "" {
				t.Errorf("%+v: tallies (-want +got):\n%s", filter, diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%+v (-want +got):\n%s", filter, diff)
			}
		}
	})
}

// pick is what Events should do, in the simplest way.
func pick(all []ledger.Event, f store.EventFilter) (int, []ledger.Event) {
	// Nothing is not a value that can be asked for.
	has := func(list []string, value string) bool {
		return len(list) == 0 || value != "" && slices.Contains(list, value)
	}
	var found []ledger.Event
	for _, e := range all {
		if has(f.Types, e.Type) && has(f.Projects, e.Project) && has(f.Environments, e.Environment) &&
			has(f.Features, e.Feature) && has(f.Actors, e.Actor) &&
			(f.Group == ledger.Group{} || f.Group == e.Group) &&
			(len(f.Batches) == 0 || slices.Contains(f.Batches, e.Batch)) &&
			(len(f.Revisions) == 0 || slices.Contains(f.Revisions, e.Revision)) &&
			(f.Before == 0 || e.Revision < f.Before) && e.Revision > f.After &&
			(f.From.IsZero() || !e.At.Before(f.From)) && (f.To.IsZero() || e.At.Before(f.To)) {
			found = append(found, e)
		}
	}
	total := len(found)
	if f.Limit > 0 {
		found = found[min(f.Offset, total):min(f.Offset+f.Limit, total)]
	}
	return total, slices.Clip(append([]ledger.Event(nil), found...))
}

// tallies is what Tallies should do, in the simplest way.
func tallies(_ int, events []ledger.Event) map[store.Tally]int {
	all := map[store.Tally]int{}
	for _, e := range events {
		all[store.Tally{Type: e.Type, Actor: e.Actor, Project: e.Project, Environment: e.Environment}]++
	}
	return all
}

// mustTally returns the tallies by what their events have in common.
func mustTally(t *testing.T, db *store.DB, filter store.EventFilter) map[store.Tally]int {
	t.Helper()
	got, err := db.Tallies(t.Context(), filter)
	if err != nil {
		t.Fatal(err)
	}
	all := map[store.Tally]int{}
	for _, tally := range got {
		events := tally.Events
		tally.Events = 0
		all[tally] += events
	}
	return all
}

// TestTextOrder holds that both engines compare text by bytes, whatever language the
// database server speaks.
func TestTextOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		want := []string{"B", "a", "Z", "ä", "z", "-", "a-b", "ab", "a b", "É", "_", "日本", "\U0001F600", "\uFF5E"}
		var head ledger.Head
		for _, actor := range want {
			batch := newBatch()
			batch.Actor = actor
			head = mustAppend(t, db, head, batch)
		}
		slices.Sort(want)
		got, newest, err := db.Actors(t.Context(), 0)
		if err != nil || newest != head.Revision {
			t.Fatalf("got up to %d, %v, want %d", newest, err, head.Revision)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

// TestTimes holds that times keep their microseconds, come back in UTC and sort as they
// should.
func TestTimes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		zone := time.FixedZone("", -7*3600-1800)
		at := []time.Time{
			time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 23, 59, 59, 999_999_999, zone),
			noon.Truncate(time.Second), noon.Truncate(time.Second).Add(100 * time.Millisecond),
			time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		}
		for range 300 {
			at = append(at, noon.Add(time.Duration(rand.Int64N(int64(10*time.Second)))).In(zone))
		}
		slices.SortFunc(at, time.Time.Compare)

		var head ledger.Head
		for _, when := range at {
			batch := newBatch()
			batch.At = when
			entries, next := ledger.Seal(head, batch)
			err := db.Append(t.Context(), head, entries, func(tx *store.Tx) error {
				return tx.PutOrigin(batch.ID, store.Origin{At: when})
			})
			if err != nil {
				t.Fatal(err)
			}
			head = next
		}
		events, err := db.Events(t.Context(), store.EventFilter{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(events)
		for i, when := range at {
			want := when.UTC().Truncate(time.Microsecond)
			if got := events[i].At; got != want {
				t.Fatalf("event at %v: got %v, want %v", when, got, want)
			}
			origins, err := db.Origins(t.Context(), events[i].Batch)
			if err != nil {
				t.Fatal(err)
			}
			if got := origins[events[i].Batch].At; got != want {
				t.Fatalf("origin at %v: got %v, want %v", when, got, want)
			}
			before := slices.IndexFunc(events, func(e ledger.Event) bool { return !e.At.Before(want) })
			if count, err := db.CountEvents(t.Context(), store.EventFilter{To: when}); count != before || err != nil {
				t.Fatalf("before %v: got %d events, %v, want %d", when, count, err, before)
			}
		}
		mustVerify(t, db)

		if n, err := db.ForgetOrigins(t.Context(), noon); n != 4 || err != nil {
			t.Errorf("forget: got %d, %v, want 4", n, err)
		}
	})
}

// TestOriginsGoWithPeople holds that from where somebody made changes is not kept when they are deleted.
func TestOriginsGoWithPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var head ledger.Head
		batches := map[string]ledger.BatchID{}
		for _, actor := range []string{"user:7", "user:77", "system"} {
			batch := newBatch()
			batch.Actor, batches[actor] = actor, batch.ID
			entries, next := ledger.Seal(head, batch)
			err := db.Append(t.Context(), head, entries, func(tx *store.Tx) error { return tx.PutOrigin(batch.ID, store.Origin{IP: "192.0.2.7", At: noon}) })
			if err != nil {
				t.Fatal(err)
			}
			head = next
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(7) })
		for actor, batch := range batches {
			origins, err := db.Origins(t.Context(), batch)
			if kept := len(origins) == 1; err != nil || kept != (actor != "user:7") {
				t.Errorf("the origin of what %s did is kept: %t, %v", actor, kept, err)
			}
		}
	})
}

// TestLongText holds that fields as long as the ledger allows can be stored and found.
func TestLongText(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		batch := newBatch()
		long := func(s string) string { return strings.Repeat(s, ledger.MaxText/len(s)) }
		// Text that does not compress: an index entry has a limit too.
		noise := func() string {
			b := make([]byte, ledger.MaxText)
			for i := range b {
				b[i] = byte('!' + rand.IntN(90))
			}
			return string(b)
		}
		batch.Actor = noise()
		batch.Events[0] = ledger.Event{
			Type: noise(), Project: noise(), Environment: noise(), Feature: long("日"),
			Group: ledger.Group{Kind: noise(), ID: 1 << 62}, Payload: make([]byte, ledger.MaxPayload),
		}
		mustAppend(t, db, ledger.Head{}, batch)
		e := batch.Events[0]
		for i, filter := range []store.EventFilter{
			{Types: []string{e.Type}},
			{Projects: []string{e.Project}},
			{Environments: []string{e.Environment}},
			{Features: []string{e.Feature}},
			{Actors: []string{batch.Actor}},
			{Group: e.Group},
		} {
			if count, err := db.CountEvents(t.Context(), filter); count != 1 || err != nil {
				t.Errorf("%s: got %d events, %v, want one", fmt.Sprint("filter ", i), count, err)
			}
		}
		mustVerify(t, db)
	})
}
