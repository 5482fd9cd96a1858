package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// listen listens in the background. It returns the revisions that are heard, and where
// the error will be.
func listen(ctx context.Context, db *store.DB) (<-chan int64, <-chan error) {
	heard, outcome := make(chan int64, 100), make(chan error, 1)
	go func() { outcome <- db.Listen(ctx, func(revision int64) { heard <- revision }) }()
	return heard, outcome
}

// wantHeard waits for a revision, which must be the next that is heard.
func wantHeard(t *testing.T, heard <-chan int64, want int64) {
	t.Helper()
	select {
	case got := <-heard:
		if got != want {
			t.Errorf("heard of revision %d, want %d", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("heard nothing of revision %d", want)
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	proxy := storetest.NewProxy(t, url)
	near, far := storetest.Open(t, url), storetest.Open(t, proxy.URL())

	head := mustAppend(t, near, ledger.Head{}, newBatch("a", "b"))
	heard, outcome := listen(t.Context(), far)
	wantHeard(t, heard, 2) // what there was before
	head = mustAppend(t, near, head, newBatch("c", "d"))
	wantHeard(t, heard, 4)

	// What is not stored is not announced.
	refused, _ := ledger.Seal(head, newBatch())
	_ = near.Append(t.Context(), head, refused, func(*store.Tx) error { return errors.New("not today") })
	batch := newBatch()
	entries, next := ledger.Seal(head, batch)
	err := near.Append(t.Context(), head, entries, func(tx *store.Tx) error {
		return tx.PutOrigin(batch.ID, store.Origin{At: noon})
	})
	if err != nil {
		t.Fatal(err)
	}
	wantHeard(t, heard, 5)
	mustAppend(t, near, next, newBatch(slices.Repeat([]string{"many"}, 200)...)) // in several statements
	for revision := int64(0); revision < 205; {
		select {
		case revision = <-heard:
		case <-time.After(10 * time.Second):
			t.Fatalf("heard of revision %d, want 205 in the end", revision)
		}
	}

	proxy.Cut()
	if err := <-outcome; !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the connection is cut: got %v, want %v", err, store.ErrUnavailable)
	}
	proxy.Heal()
	ctx, cancel := context.WithCancel(t.Context())
	heard, outcome = listen(ctx, far)
	wantHeard(t, heard, 205)
	cancel()
	if err := <-outcome; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v, want %v", err, context.Canceled)
	}
}

func TestListenOnSQLite(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	heard, outcome := listen(ctx, db)
	mustAppend(t, db, ledger.Head{}, newBatch())
	cancel()
	if err := <-outcome; !errors.Is(err, context.Canceled) || len(heard) > 0 {
		t.Errorf("got %v and %d revisions, want %v and none", err, len(heard), context.Canceled)
	}
}

func TestWithLock(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 3, func(t *testing.T, nodes []*store.DB) {
		var inside, turns atomic.Int32
		var running sync.WaitGroup
		for _, db := range nodes {
			for range 3 {
				running.Go(func() {
					err := db.WithLock(t.Context(), func(context.Context) error {
						if n := inside.Add(1); n != 1 {
							t.Errorf("%d have the lock at once", n)
						}
						turns.Add(1)
						inside.Add(-1)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
		}
		running.Wait()
		if turns.Load() != 9 {
			t.Errorf("got %d turns, want 9", turns.Load())
		}

		refusal := errors.New("not today")
		err := nodes[0].WithLock(t.Context(), func(ctx context.Context) error {
			impatient, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			never := func(context.Context) error { t.Error("two have the lock at once"); return nil }
			if err := nodes[1].WithLock(impatient, never); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("waiting in vain: got %v, want %v", err, context.DeadlineExceeded)
			}
			return refusal
		})
		if err != refusal { //nolint:errorlint // it must be the very error
			t.Errorf("got %v, want %v", err, refusal)
		}
	})
}

// TestLockOfTheDead holds that the lock of a node whose connection is lost goes to the
// next.
func TestLockOfTheDead(t *testing.T) {
	t.Parallel()
	proxy, far, near := behindProxy(t)
	err := far.WithLock(t.Context(), func(ctx context.Context) error {
		proxy.Cut()
		return near.WithLock(ctx, func(context.Context) error { return nil })
	})
	if err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestNow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		before := time.Now().Truncate(time.Microsecond)
		got, err := db.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// The server of the tests runs on this machine.
		if got.Before(before) || got.After(time.Now()) || got.Location() != time.UTC {
			t.Errorf("got %v, want a time between %v and now, in UTC", got, before)
		}
	})
}
