package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestLockHoldsAppendsBack holds that a slow writer gets its turn: who has the lock can
// append, and everyone else waits until it is free.
func TestLockHoldsAppendsBack(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		first := mustAppend(t, nodes[0], ledger.Head{}, newBatch("first"))
		fast, _ := ledger.Seal(first, newBatch("fast"))
		slow, _ := ledger.Seal(first, newBatch("slow"))
		outcome := make(chan error, 1)
		err := nodes[0].WithLock(t.Context(), func(ctx context.Context) error {
			go func() { outcome <- nodes[1].Append(t.Context(), first, fast, nil) }()
			select {
			case err := <-outcome:
				t.Fatalf("append without the lock: got %v while another had it, want it to wait", err)
			case <-time.After(100 * time.Millisecond): // long enough for one that does not wait
			}
			return nodes[0].Append(ctx, first, slow, nil)
		})
		if err != nil {
			t.Errorf("append with the lock: got %v, want nil", err)
		}
		if err := <-outcome; !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("append without the lock: got %v, want %v", err, store.ErrHeadMoved)
		}
	})
}
