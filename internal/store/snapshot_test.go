package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func TestSnapshots(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		db := nodes[0]
		if _, err := db.NewestSnapshot(t.Context(), 1, 100); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("none: got %v, want %v", err, store.ErrNotFound)
		}
		snapshot := func(revision int64, format int) store.Snapshot {
			return store.Snapshot{
				Revision: revision, Hash: ledger.Hash{byte(revision)}, Format: format,
				At: noon, Body: []byte{0, byte(revision), byte(format), 0xff},
			}
		}
		for _, s := range []store.Snapshot{snapshot(10, 1), snapshot(30, 1), snapshot(20, 1), snapshot(40, 2)} {
			if err := db.SaveSnapshot(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		second := snapshot(10, 1)
		second.Body = []byte("by another node")
		if err := nodes[1].SaveSnapshot(t.Context(), second); err != nil {
			t.Errorf("the same again: %v", err)
		}
		for _, test := range []struct {
			format   int
			notAfter int64
			want     store.Snapshot
		}{
			{1, 100, snapshot(30, 1)},
			{1, 30, snapshot(30, 1)},
			{1, 29, snapshot(20, 1)},
			{1, 10, snapshot(10, 1)},
			{2, 100, snapshot(40, 2)},
		} {
			got, err := nodes[1].NewestSnapshot(t.Context(), test.format, test.notAfter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("format %d, not after %d (-want +got):\n%s", test.format, test.notAfter, diff)
			}
		}
		if err := db.DeleteSnapshot(t.Context(), 1, 30); err != nil {
			t.Fatal(err)
		}
		if got, err := db.NewestSnapshot(t.Context(), 1, 100); got.Revision != 20 || err != nil {
			t.Errorf("after deleting: got revision %d, %v, want 20", got.Revision, err)
		}
		// Two months later, of format 1 the first of the month and the newest are left.
		if n, err := db.PruneSnapshots(t.Context(), 1, noon.AddDate(0, 2, 0)); n != 1 || err != nil {
			t.Errorf("prune: got %d, %v, want 1", n, err)
		}
		for _, want := range []int64{20, 10} {
			if got, err := db.NewestSnapshot(t.Context(), 1, want); got.Revision != want || err != nil {
				t.Errorf("kept: got revision %d, %v, want %d", got.Revision, err, want)
			}
		}
		if _, err := db.NewestSnapshot(t.Context(), 2, 100); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of a format no longer in use: got %v, want %v", err, store.ErrNotFound)
		}
	})
}

func TestUnneeded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	at := func(revision int64, month time.Month, day int) store.Snapshot {
		return store.Snapshot{Revision: revision, Format: 1, At: time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)}
	}
	old := at(0, 2, 1)
	old.Format = 0
	recent := at(99, 6, 14)
	recent.Format = 0
	stored := []store.Snapshot{
		at(1, 3, 5), at(2, 3, 6), at(3, 3, 31), at(4, 4, 1), at(5, 5, 15), at(6, 5, 16), at(7, 5, 17), at(8, 6, 1), old, recent,
	}
	want := []int64{2, 3, 0} // 5 is the first of May, 6 is exactly 30 days old
	var got []int64
	for _, s := range store.Unneeded(stored, 1, now) {
		got = append(got, s.Revision)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unneeded (-want +got):\n%s", diff)
	}
	if got := store.Unneeded([]store.Snapshot{at(1, 1, 1)}, 1, now); got != nil {
		t.Errorf("the only one: got %v, want to keep it", got)
	}
}

// TestRetention lets snapshots be made and pruned for a year: at any time everything of
// the last 30 days is there, and one of each earlier month.
func TestRetention(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := noon
		var stored []store.Snapshot
		months := map[string]bool{}
		for revision := int64(1); now.Before(noon.AddDate(1, 0, 0)); revision++ {
			now = now.Add(time.Duration(rapid.Int64Range(1, 20*24).Draw(t, "hours")) * time.Hour)
			stored = append(stored, store.Snapshot{Revision: revision, Format: 1, At: now})
			months[now.Format("2006-01")] = true
			recent := 0
			for _, s := range stored {
				if now.Sub(s.At) <= 30*24*time.Hour {
					recent++
				}
			}
			for _, s := range store.Unneeded(stored, 1, now) {
				stored = slices.DeleteFunc(stored, func(other store.Snapshot) bool { return other.Revision == s.Revision })
			}
			kept, old := map[string]bool{}, map[string]int{}
			for _, s := range stored {
				month := s.At.Format("2006-01")
				kept[month] = true
				if now.Sub(s.At) <= 30*24*time.Hour {
					recent--
				} else {
					old[month]++
				}
			}
			if recent != 0 {
				t.Fatalf("at %v: %d snapshots of the last 30 days are gone", now, recent)
			}
			if diff := cmp.Diff(months, kept); diff != "" {
				t.Fatalf("at %v: months (-want +got):\n%s", now, diff)
			}
			for month, n := range old {
				if n > 1 {
					t.Fatalf("at %v: %d old snapshots of %s are kept, want one", now, n, month)
				}
			}
		}
	})
}
