package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// behindProxy opens a database through a proxy, and once more directly.
func behindProxy(t *testing.T) (*storetest.Proxy, *store.DB, *store.DB) {
	t.Helper()
	url := storetest.Postgres(t)
	proxy := storetest.NewProxy(t, url)
	return proxy, storetest.Open(t, proxy.URL()), storetest.Open(t, url)
}

// startAppend appends in the background and returns where the error will be.
func startAppend(t *testing.T, db *store.DB, head ledger.Head, batch ledger.Batch, also func(*store.Tx) error) <-chan error {
	t.Helper()
	entries, _ := ledger.Seal(head, batch)
	outcome := make(chan error, 1)
	go func() { outcome <- db.Append(t.Context(), head, entries, also) }()
	return outcome
}

// TestLostAnswer loses the server's answer to a commit that took place.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		batch ledger.Batch
		also  bool
	}{
		{"one statement", newBatch("a", "b"), false},
		{"a transaction", newBatch("a", "b"), true},
		{"several statements", newBatch(slices.Repeat([]string{"many"}, 200)...), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proxy, db, direct := behindProxy(t)
			first := newBatch()
			head := mustAppend(t, db, ledger.Head{}, first)
			calls := 0
			var also func(*store.Tx) error
			if test.also {
				also = func(tx *store.Tx) error {
					calls++
					return tx.PutOrigin(test.batch.ID, store.Origin{At: noon})
				}
			}
			cut := proxy.CutCommit()
			outcome := startAppend(t, db, head, test.batch, also)
			<-cut
			if got := mustHead(t, direct); got.Revision != 1+int64(len(test.batch.Events)) {
				t.Errorf("stored before the answer was lost: got revision %d", got.Revision)
			}
			proxy.Heal()
			if err := <-outcome; err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if test.also && calls != 1 {
				t.Errorf("also was called %d times, want once", calls)
			}
			wantBatches(t, db, first, test.batch)
		})
	}
}

// TestLostRequest loses what the server should have stored.
func TestLostRequest(t *testing.T) {
	t.Parallel()
	t.Run("and nobody else writes", func(t *testing.T) {
		t.Parallel()
		proxy, db, _ := behindProxy(t)
		batch := newBatch("lost-request")
		calls := 0
		cut := proxy.CutRequest("lost-request")
		outcome := startAppend(t, db, ledger.Head{}, batch, func(tx *store.Tx) error {
			calls++
			return tx.PutOrigin(batch.ID, store.Origin{At: noon})
		})
		<-cut
		proxy.Heal()
		if err := <-outcome; err != nil {
			t.Errorf("got %v, want no error", err)
		}
		if calls != 1 {
			t.Errorf("also was called %d times, want once", calls)
		}
		wantBatches(t, db, batch)
	})
	t.Run("and somebody else writes", func(t *testing.T) {
		t.Parallel()
		proxy, db, direct := behindProxy(t)
		mine, theirs := newBatch("lost-request"), newBatch("theirs")
		cut := proxy.CutRequest("lost-request")
		outcome := startAppend(t, db, ledger.Head{}, mine, nil)
		<-cut
		mustAppend(t, direct, ledger.Head{}, theirs)
		proxy.Heal()
		if err := <-outcome; !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("got %v, want %v", err, store.ErrHeadMoved)
		}
		wantBatches(t, db, theirs)
	})
}

// TestLostForLong holds that a caller learns when the outcome stays unknown, and can
// see it in the tail later.
func TestLostForLong(t *testing.T) {
	t.Parallel()
	proxy, db, _ := behindProxy(t)
	batch := newBatch()
	cut := proxy.CutCommit()
	outcome := startAppend(t, db, ledger.Head{}, batch, nil)
	<-cut
	if err := <-outcome; !errors.Is(err, store.ErrOutcomeUnknown) || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, store.ErrOutcomeUnknown)
	}
	proxy.Heal()
	wantBatches(t, db, batch)
}

// TestUnavailable holds that a database that is away is told from one whose answer was
// lost, and is used again as soon as it is back.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	proxy, db, _ := behindProxy(t)
	first := newBatch()
	head := mustAppend(t, db, ledger.Head{}, first)

	proxy.Cut()
	// A first attempt may find out that the pool's connections are broken.
	err := <-startAppend(t, db, head, newBatch(), nil)
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, store.ErrUnavailable)
	}
	err = <-startAppend(t, db, head, newBatch(), nil)
	if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrOutcomeUnknown) {
		t.Errorf("got %v, want only %v", err, store.ErrUnavailable)
	}
	for name, read := range map[string]func() error{
		"Head":   func() error { _, err := db.Head(t.Context()); return err },
		"Tail":   func() error { _, err := db.Tail(t.Context(), 0, 1); return err },
		"Now":    func() error { _, err := db.Now(t.Context()); return err },
		"Listen": func() error { return db.Listen(t.Context(), func(int64) {}) },
		"WithLock": func() error {
			return db.WithLock(t.Context(), func(context.Context) error { return nil })
		},
		"Update": func() error { return db.Update(t.Context(), func(*store.Tx) error { return nil }) },
	} {
		if err := read(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got %v, want %v", name, err, store.ErrUnavailable)
		}
	}

	proxy.Heal()
	second := newBatch()
	mustAppend(t, db, head, second)
	wantBatches(t, db, first, second)
}

// TestBrokenConnections holds that connections that broke while nobody used them do no
// harm.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	proxy, db, _ := behindProxy(t)
	var batches []ledger.Batch
	var head ledger.Head
	for range 3 {
		proxy.Cut()
		proxy.Heal()
		batches = append(batches, newBatch())
		head = mustAppend(t, db, head, batches[len(batches)-1])
	}
	wantBatches(t, db, batches...)
}

// TestLostAnswerOnSQLite stands for a disk that fails while it confirms a commit.
func TestLostAnswerOnSQLite(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	batch := newBatch("a", "b")
	entries, head := ledger.Seal(ledger.Head{}, batch)
	store.LoseOutcome(db)
	calls := 0
	err := db.Append(t.Context(), ledger.Head{}, entries, func(tx *store.Tx) error {
		calls++
		return tx.PutOrigin(batch.ID, store.Origin{At: noon})
	})
	if err != nil || calls != 1 {
		t.Errorf("got %v and %d calls of also, want no error and one", err, calls)
	}
	if got := mustHead(t, db); got != head {
		t.Errorf("head: got %v, want %v", got, head)
	}
	wantBatches(t, db, batch)
}

// TestFullDisk holds that a database that cannot grow is unavailable, keeps what it has
// and goes on when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	first := newBatch()
	head := mustAppend(t, db, ledger.Head{}, first)

	pages := func(query string) {
		t.Helper()
		if _, err := store.Writer(db).ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	pages(`pragma max_page_count = 1`) // as few as there are
	large := newBatch()
	large.Events[0].Payload = make([]byte, 1<<20)
	entries, _ := ledger.Seal(head, large)
	err := db.Append(t.Context(), head, entries, nil)
	if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrOutcomeUnknown) {
		t.Errorf("got %v, want %v", err, store.ErrUnavailable)
	}
	wantBatches(t, db, first)

	pages(`pragma max_page_count = 1000000`)
	mustAppend(t, db, head, large)
	wantBatches(t, db, first, large)
}
