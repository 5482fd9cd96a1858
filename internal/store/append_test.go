package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := newBatch("first")
		first.Events[0] = ledger.Event{
			Type: "first", Project: "default", Environment: "production", Feature: "näme",
			Group: ledger.Group{Kind: "change-request", ID: 41}, Payload: []byte{0, 1, 0xff},
		}
		second := newBatch("second", "third")
		second.Actor = ""
		entries, head := ledger.Seal(ledger.Head{}, first)
		more, next := ledger.Seal(head, second)
		if err := db.Append(t.Context(), ledger.Head{}, entries, nil); err != nil {
			t.Fatal(err)
		}
		if err := db.Append(t.Context(), head, more, nil); err != nil {
			t.Fatal(err)
		}
		got, err := db.Tail(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append(entries, more...), got); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
		if got := mustHead(t, db); got != next {
			t.Errorf("head: got %v, want %v", got, next)
		}
		wantBatches(t, db, first, second)
	})
}

// TestAppendLarge stores a batch that takes several statements.
func TestAppendLarge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		large := newBatch(strings.Split(strings.Repeat("x", 333), "")...)
		head := mustAppend(t, db, ledger.Head{}, large)
		small := newBatch()
		mustAppend(t, db, head, small)
		wantBatches(t, db, large, small)
	})
}

func TestAppendRefusesWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		whole, head := ledger.Seal(ledger.Head{}, newBatch("a", "b"))
		follow, _ := ledger.Seal(head, newBatch())
		unreadable, _ := ledger.Seal(ledger.Head{}, newBatch(""))
		other, _ := ledger.Seal(ledger.Head{Revision: 7}, newBatch())
		for name, batch := range map[string][]ledger.Entry{
			"nothing":                      nil,
			"half a batch":                 whole[:1],
			"two batches":                  append(whole, follow...),
			"an event that Decode refuses": unreadable,
			"a batch for another head":     other,
		} {
			if err := db.Append(t.Context(), ledger.Head{}, batch, nil); err == nil {
				t.Errorf("%s: got no error", name)
			}
		}
		wantBatches(t, db)
	})
}

func TestAppendAtOldHead(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		first, second := newBatch(), newBatch()
		head := mustAppend(t, nodes[0], ledger.Head{}, first)
		mustAppend(t, nodes[1], head, second)
		for _, old := range []ledger.Head{{}, head} {
			late, _ := ledger.Seal(old, newBatch())
			if err := nodes[0].Append(t.Context(), old, late, nil); !errors.Is(err, store.ErrHeadMoved) {
				t.Errorf("behind revision %d: got %v, want %v", old.Revision, err, store.ErrHeadMoved)
			}
		}
		wantBatches(t, nodes[0], first, second)
	})
}

// TestAppendSameBatchElsewhere holds that a batch is stored once, even if a caller makes a
// second attempt at another head.
func TestAppendSameBatchElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		batch := newBatch("a", "b")
		head := mustAppend(t, db, ledger.Head{}, batch)
		again, _ := ledger.Seal(head, batch)
		err := db.Append(t.Context(), head, again, nil)
		if err == nil || errors.Is(err, store.ErrHeadMoved) || !strings.Contains(err.Error(), "stored already") {
			t.Errorf("got %v, want that the batch is stored already", err)
		}
		wantBatches(t, db, batch)
	})
}

// TestAppendAfterRestore holds that nothing is written behind a head that a restored
// database does not have, whether its history has gone on since or not.
func TestAppendAfterRestore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		kept := newBatch("kept")
		head := mustAppend(t, db, ledger.Head{}, kept)
		ours := mustAppend(t, db, head, newBatch("lost"))
		storetest.Restore(t, storetest.URL(t, db), head.Revision)
		next, _ := ledger.Seal(ours, newBatch())

		wantUnknown := func(when string) {
			t.Helper()
			if err := db.Append(t.Context(), ours, next, nil); !errors.Is(err, store.ErrHeadUnknown) {
				t.Errorf("%s: got %v, want %v", when, err, store.ErrHeadUnknown)
			}
			if holds, err := db.Holds(t.Context(), ours); holds || err != nil {
				t.Errorf("%s: got holds %t, %v, want false", when, holds, err)
			}
		}
		wantUnknown("restored")
		fork := []ledger.Batch{newBatch("fork"), newBatch("fork"), newBatch("fork")}
		for _, batch := range fork {
			head = mustAppend(t, db, head, batch)
			wantUnknown(fmt.Sprintf("restored, and at revision %d since", head.Revision))
		}
		wantBatches(t, db, append(fork, kept)...)

		storetest.Restore(t, storetest.URL(t, db), 0)
		wantUnknown("emptied")
	})
}

// TestRace lets writers append as fast as they can: each one's batches are all there,
// once, in an unbroken chain.
func TestRace(t *testing.T) {
	t.Parallel()
	for _, writers := range []int{2, 8} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) {
			t.Parallel()
			storetest.EachNodes(t, writers, func(t *testing.T, nodes []*store.DB) {
				const each = 15
				batches := make([]ledger.Batch, 0, writers*each)
				for range cap(batches) {
					batches = append(batches, newBatch("a", "b", "c"))
				}
				var writing sync.WaitGroup
				for i, node := range nodes {
					writing.Go(func() {
						for _, batch := range batches[i*each : (i+1)*each] {
							if err := appendUntilWon(t.Context(), node, batch); err != nil {
								t.Errorf("writer %d: %v", i, err)
								return
							}
						}
					})
				}
				writing.Wait()
				wantBatches(t, nodes[0], batches...)
			})
		})
	}
}

// appendUntilWon appends a batch behind whatever the head is.
func appendUntilWon(ctx context.Context, db *store.DB, batch ledger.Batch) error {
	for {
		head, err := db.Head(ctx)
		if err != nil {
			return err
		}
		entries, _ := ledger.Seal(head, batch)
		if err := db.Append(ctx, head, entries, nil); !errors.Is(err, store.ErrHeadMoved) {
			return err
		}
	}
}

func TestAlso(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		db, other := nodes[0], nodes[1]
		batch := newBatch("a", "b")
		entries, head := ledger.Seal(ledger.Head{}, batch)
		origin := store.Origin{IP: "192.0.2.1", UserAgent: "test", At: noon}

		refusal := errors.New("not today")
		err := db.Append(t.Context(), ledger.Head{}, entries, func(tx *store.Tx) error {
			if err := tx.PutOrigin(batch.ID, origin); err != nil {
				return err
			}
			return refusal
		})
		if err != refusal { //nolint:errorlint // it must be the very error
			t.Errorf("also fails: got %v, want %v", err, refusal)
		}
		wantBatches(t, db)
		wantOrigins(t, db, map[ledger.BatchID]store.Origin{}, batch.ID)

		err = db.Append(t.Context(), ledger.Head{}, entries, func(tx *store.Tx) error {
			if got := mustHead(t, other); got != (ledger.Head{}) {
				t.Errorf("head before the commit: got %v, want none", got)
			}
			return tx.PutOrigin(batch.ID, origin)
		})
		if err != nil {
			t.Fatal(err)
		}
		wantBatches(t, other, batch)
		wantOrigins(t, other, map[ledger.BatchID]store.Origin{batch.ID: origin}, batch.ID)

		// What also writes goes when the append is refused.
		late := newBatch()
		sealed, _ := ledger.Seal(ledger.Head{}, late)
		err = db.Append(t.Context(), ledger.Head{}, sealed, func(tx *store.Tx) error { return tx.PutOrigin(late.ID, origin) })
		if !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("got %v, want %v", err, store.ErrHeadMoved)
		}
		wantOrigins(t, db, map[ledger.BatchID]store.Origin{}, late.ID)
		if got := mustHead(t, db); got != head {
			t.Errorf("head: got %v, want %v", got, head)
		}
	})
}

func wantOrigins(t *testing.T, db *store.DB, want map[ledger.BatchID]store.Origin, of ...ledger.BatchID) {
	t.Helper()
	got, err := db.Origins(t.Context(), of...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
}

// TestCallerGivesUp holds that an append that has begun is not given up by its caller.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		batch := newBatch()
		entries, head := ledger.Seal(ledger.Head{}, batch)
		err := db.Append(ctx, ledger.Head{}, entries, func(*store.Tx) error {
			cancel()
			return nil
		})
		if err != nil {
			t.Errorf("given up inside: got %v, want no error", err)
		}
		more, _ := ledger.Seal(head, newBatch())
		if err := db.Append(ctx, head, more, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("given up before: got %v, want %v", err, context.Canceled)
		}
		wantBatches(t, db, batch)
	})
}

// TestGuard writes to the ledger's table by hand, as an administrator might with a
// shell: what does not belong there is refused by the database itself.
func TestGuard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		batches := []ledger.Batch{newBatch(), newBatch(), newBatch()}
		var heads []ledger.Head
		var head ledger.Head
		for _, batch := range batches {
			head = mustAppend(t, db, head, batch)
			heads = append(heads, head)
		}
		shell := storetest.Raw(t, storetest.URL(t, db))
		insert := func(name string, revision int64, previous []byte) {
			t.Helper()
			id := newBatch().ID
			_, err := shell.ExecContext(t.Context(), `insert into events (revision, previous, hash, batch, batch_index, at, type, body)
				values ($1, $2, $3, $4, 0, '2026-03-01 13:00:00', 'by hand', $3)`, revision, previous, make([]byte, 32), id[:])
			if err == nil {
				t.Errorf("%s: got no error", name)
			}
		}
		insert("a gap", 5, heads[2].Hash[:])
		insert("a gap that follows nothing", 5, nil)
		insert("a fork at the end", 3, heads[1].Hash[:])
		insert("a fork at the beginning", 1, nil)
		insert("an entry behind another's hash", 4, heads[1].Hash[:])
		insert("an entry behind no hash", 4, nil)
		insert("a second beginning", 1, heads[2].Hash[:])
		insert("revision 0", 0, nil)
		insert("revision -1", -1, heads[2].Hash[:])

		for _, statement := range []string{
			`update events set body = hash where revision = 2`,
			`update events set type = 'x'`,
			`delete from events where revision = 3`,
			`delete from events`,
			`insert into events select * from events on conflict (revision) do update set type = 'x'`,
		} {
			if _, err := shell.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: got no error", statement)
			}
		}
		if db.Engine() == store.PostgreSQL {
			if _, err := shell.ExecContext(t.Context(), `truncate events`); err == nil {
				t.Error("truncate: got no error")
			}
		}
		wantBatches(t, db, batches...)

		// The same statement with what does belong there is accepted, so the others
		// were not refused for its form.
		next, _ := ledger.Seal(head, newBatch())
		e := next[0]
		_, err := shell.ExecContext(t.Context(), `insert into events (revision, previous, hash, batch, batch_index, at, actor, type, body)
			values ($1, $2, $3, $4, 0, '2026-03-01 12:00:00.123456+00:00', 'user:1', 'tested', $5)`,
			e.Revision, e.Previous[:], e.Hash[:], e.Batch[:], e.Body)
		if err != nil {
			t.Errorf("what belongs there: %v", err)
		}
		if got, _ := mustVerify(t, db); got.Revision != 4 {
			t.Errorf("head: got revision %d, want 4", got.Revision)
		}
	})
}
