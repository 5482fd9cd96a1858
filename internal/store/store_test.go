package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// noon is a time for events: UTC, microseconds.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// newBatch decides n events of the given types; one of the type "tested" if there are none.
func newBatch(types ...string) ledger.Batch {
	if len(types) == 0 {
		types = []string{"tested"}
	}
	batch := ledger.Batch{ID: ledger.BatchID(uuid.Must(uuid.NewV7())), At: noon, Actor: "user:1"}
	for i, name := range types {
		batch.Events = append(batch.Events, ledger.Event{Type: name, Payload: fmt.Appendf(nil, `{"n":%d}`, i)})
	}
	return batch
}

func mustAppend(t testing.TB, db *store.DB, head ledger.Head, batch ledger.Batch) ledger.Head {
	t.Helper()
	entries, next := ledger.Seal(head, batch)
	if err := db.Append(t.Context(), head, entries, nil); err != nil {
		t.Fatalf("append behind revision %d: %v", head.Revision, err)
	}
	return next
}

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var head ledger.Head
		for i := range 10 {
			head = mustAppend(t, db, head, newBatch([]string{"a", "b", "c"}[:i%3+1]...))
		}
		got, err := db.Head(t.Context())
		if err != nil || got != head {
			t.Errorf("got %v, %v", got, err)
		}
		if v, err := db.Verify(t.Context(), ledger.Head{}, nil); err != nil || v != head {
			t.Errorf("got %v, %v", v, err)
		}
		evs, n, err := db.Events(t.Context(), store.EventFilter{Types: []string{"b"}, From: noon, To: noon.Add(1), Limit: 2})
		t.Log(evs, n, err)
	})
}
