package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// mustFill appends batches of 1, 2, 3, 4, 1, 2, … events and returns all entries.
func mustFill(t testing.TB, db *store.DB, batches int) []ledger.Entry {
	t.Helper()
	var all []ledger.Entry
	head := mustHead(t, db)
	for i := range batches {
		batch := newBatch("a", "b", "c", "d")
		batch.Events = batch.Events[:1+i%4]
		entries, next := ledger.Seal(head, batch)
		if err := db.Append(t.Context(), head, entries, nil); err != nil {
			t.Fatal(err)
		}
		all, head = append(all, entries...), next
	}
	return all
}

func TestHead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if got := mustHead(t, db); got != (ledger.Head{}) {
			t.Errorf("of an empty ledger: got %v, want none", got)
		}
		all := mustFill(t, db, 5)
		last := all[len(all)-1]
		want := ledger.Head{Revision: last.Revision, Hash: last.Hash}
		if got := mustHead(t, db); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		for _, test := range []struct {
			name string
			head ledger.Head
			want bool
		}{
			{"none", ledger.Head{}, true},
			{"the end", want, true},
			{"the beginning", ledger.Head{Revision: 1, Hash: all[0].Hash}, true},
			{"another hash", ledger.Head{Revision: 2, Hash: all[0].Hash}, false},
			{"the future", ledger.Head{Revision: last.Revision + 1, Hash: last.Hash}, false},
			{"a hash without revision", ledger.Head{Hash: last.Hash}, false},
		} {
			if got, err := db.Holds(t.Context(), test.head); got != test.want || err != nil {
				t.Errorf("holds %s: got %t, %v, want %t", test.name, got, err, test.want)
			}
		}
	})
}

// TestTail reads the ledger by pages of every size, and finds each page ending with a
// batch.
func TestTail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if got, err := db.Tail(t.Context(), 0, 10); len(got) != 0 || err != nil {
			t.Errorf("of an empty ledger: got %v, %v", got, err)
		}
		want := mustFill(t, db, 9)
		for limit := 1; limit <= len(want)+1; limit++ {
			var got []ledger.Entry
			for {
				page, err := db.Tail(t.Context(), int64(len(got)), limit)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				if last := page[len(page)-1]; !last.Last() {
					t.Fatalf("limit %d: a page ends with event %d of %d", limit, last.Index, last.Size)
				}
				got = append(got, page...)
				if len(page) < limit && len(got) < len(want) || len(page) > limit+3 {
					t.Errorf("limit %d: got a page of %d", limit, len(page))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("limit %d (-want +got):\n%s", limit, diff)
			}
		}
		if got, err := db.Tail(t.Context(), 1000, 10); len(got) != 0 || err != nil {
			t.Errorf("behind the end: got %v, %v", got, err)
		}
		storetest.Exec(t, storetest.URL(t, db), `update events set body = hash where revision = 4`)
		_, err := db.Tail(t.Context(), 0, 10)
		var broken *ledger.Break
		if !errors.As(err, &broken) || broken.Revision != 4 {
			t.Errorf("an entry that cannot be read: got %v, want a break at revision 4", err)
		}
	})
}

// TestVerifyInParts reads more events than are read at once, from several heads on.
func TestVerifyInParts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var want []ledger.Entry
		var head ledger.Head
		for range 21 {
			entries, next := ledger.Seal(head, newBatch(slices.Repeat([]string{"x"}, 500)...))
			if err := db.Append(t.Context(), head, entries, nil); err != nil {
				t.Fatal(err)
			}
			want, head = append(want, entries...), next
		}
		for _, after := range []int{0, 500, 10_000, 10_500} {
			from, rest := ledger.Head{}, want[after:]
			if after > 0 {
				from = ledger.Head{Revision: int64(after), Hash: want[after-1].Hash}
			}
			got, err := db.Verify(t.Context(), from, func(e ledger.Entry) error {
				if string(e.Body) != string(rest[0].Body) || e.Hash != rest[0].Hash {
					return fmt.Errorf("got %v, want revision %d", e.Hash, rest[0].Revision)
				}
				rest = rest[1:]
				return nil
			})
			if got != head || err != nil || len(rest) != 0 {
				t.Errorf("after %d: got %v, %v and %d entries too few, want %v", after, got, err, len(rest), head)
			}
		}
		enough, calls := errors.New("enough"), 0
		_, err := db.Verify(t.Context(), ledger.Head{}, func(ledger.Entry) error { calls++; return enough })
		if err != enough || calls != 1 { //nolint:errorlint // it must be the very error
			t.Errorf("stopped: got %v after %d calls, want %v after one", err, calls, enough)
		}
	})
}

func TestVerify(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if got, err := db.Verify(t.Context(), ledger.Head{}, nil); got != (ledger.Head{}) || err != nil {
			t.Errorf("an empty ledger: got %v, %v", got, err)
		}
		want := mustFill(t, db, 6)
		var got []ledger.Entry
		_, err := db.Verify(t.Context(), ledger.Head{Revision: 3, Hash: want[2].Hash}, func(e ledger.Entry) error {
			got = append(got, e)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want[3:], got); diff != "" {
			t.Errorf("after revision 3 (-want +got):\n%s", diff)
		}
		enough := errors.New("enough")
		reached, err := db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
			if e.Revision == 4 {
				return enough
			}
			return nil
		})
		if err != enough || reached.Revision != 4 { //nolint:errorlint // it must be the very error
			t.Errorf("stopped: got %v at revision %d, want %v at 4", err, reached.Revision, enough)
		}
	})
}

// TestVerifyFindsDamage changes the stored ledger in one place at a time, and finds where.
func TestVerifyFindsDamage(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		var head ledger.Head
		for range 4 {
			batch := newBatch("a", "b")
			for i := range batch.Events {
				e := &batch.Events[i]
				e.Project, e.Environment, e.Feature = "p", "e", "f"
				e.Group = ledger.Group{Kind: "change-request", ID: 1}
			}
			head = mustAppend(t, db, head, batch)
		}
		storetest.Exec(t, url, `create table kept as select * from events`)
		wantBreak := func(change, want string) {
			t.Helper()
			reached, err := db.Verify(t.Context(), ledger.Head{}, nil)
			var broken *ledger.Break
			if !errors.As(err, &broken) || !strings.Contains(broken.Error(), want) {
				t.Errorf("%s: got %v, want %s", change, err, want)
			}
			if reached.Revision > 4 {
				t.Errorf("%s: got as far as revision %d", change, reached.Revision)
			}
			storetest.Exec(t, url, `delete from events`)
			storetest.Exec(t, url, `insert into events select * from kept`)
		}
		for _, test := range []struct {
			change string // of revision 4
			want   string // of the break
		}{
			{`body = hash`, "revision 4: its hash is"},
			{`hash = previous`, "revision 4: its hash is"},
			{`revision = 100`, "revision 4: the entry in its place has revision 5"},
			{`previous = hash`, "revision 4: its column previous"},
			{`batch = substr(hash, 1, 16)`, "revision 4: its column batch "},
			{`batch_index = 2`, "revision 4: its column batch_index"},
			{`at = '2026-03-01 12:00:00.123457+00:00'`, "revision 4: its column at"},
			{`actor = null`, "revision 4: its column actor"},
			{`type = 'B'`, "revision 4: its column type"},
			{`project = 'q'`, "revision 4: its column project"},
			{`environment = ''`, "revision 4: its column environment"},
			{`feature = 'F'`, "revision 4: its column feature"},
			{`group_kind = null`, "revision 4: its column group_kind"},
			{`group_id = null`, "revision 4: its column group_id"},
		} {
			storetest.Exec(t, url, `update events set `+test.change+` where revision = 4`)
			wantBreak(test.change, test.want)
		}
		storetest.Damage(t, url, 4)
		wantBreak("a flipped bit", "revision 4: its hash is")
		storetest.Exec(t, url, `delete from events where revision = 4`)
		wantBreak("a missing event", "revision 4: the entry in its place has revision 5")
		storetest.Restore(t, url, 3)
		wantBreak("a torn batch", "revision 4: batch")

		if got, _ := mustVerify(t, db); got != head {
			t.Errorf("undamaged: got %v, want %v", got, head)
		}
	})
}
