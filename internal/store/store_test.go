package store_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// TestMain lets the tests start this binary again as a process of its own: see child.
func TestMain(m *testing.M) {
	if role := os.Getenv("QUORATE_TEST_ROLE"); role != "" {
		os.Exit(child(role))
	}
	os.Exit(m.Run())
}

// noon is a time for events: UTC, microseconds.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// newBatch decides events of the given types; one of the type "tested" if there are none.
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

// mustAppend seals and stores a batch and returns the new head.
func mustAppend(t testing.TB, db *store.DB, head ledger.Head, batch ledger.Batch) ledger.Head {
	t.Helper()
	entries, next := ledger.Seal(head, batch)
	if err := db.Append(t.Context(), head, entries, nil); err != nil {
		t.Fatalf("append behind revision %d: %v", head.Revision, err)
	}
	return next
}

func mustHead(t testing.TB, db *store.DB) ledger.Head {
	t.Helper()
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatalf("read head: %v", err)
	}
	return head
}

// mustVerify verifies the whole ledger, and returns its head and how many events there
// are of each batch.
func mustVerify(t testing.TB, db *store.DB) (ledger.Head, map[ledger.BatchID]int) {
	t.Helper()
	batches := map[ledger.BatchID]int{}
	head, err := db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		batches[e.Batch]++
		return nil
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return head, batches
}

// wantBatches fails if the ledger is not whole or does not consist of the given
// batches, each once.
func wantBatches(t testing.TB, db *store.DB, want ...ledger.Batch) {
	t.Helper()
	sizes := map[ledger.BatchID]int{}
	for _, batch := range want {
		sizes[batch.ID] = len(batch.Events)
	}
	_, got := mustVerify(t, db)
	if diff := cmp.Diff(sizes, got); diff != "" {
		t.Errorf("events per batch (-want +got):\n%s", diff)
	}
}
