package store_test

import (
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestIntegrationEvents holds that the newest attempts are kept, of each integration, and go with it.
func TestIntegrationEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
		const keep = 100
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			for i := range int64(2*keep + 40) {
				e := store.IntegrationEvent{Integration: 1 + i%2, Delivery: "d", State: store.IntegrationSuccess, Said: "Sent.", Revision: i, Details: []byte("{}"), At: at}
				if err := tx.AddIntegrationEvent(e, keep); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		count := func(integration int64) []store.IntegrationEvent {
			t.Helper()
			rows, err := db.IntegrationEvents(t.Context(), integration, 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		for integration := range int64(2) {
			rows := count(integration + 1)
			if len(rows) != keep || rows[0].Revision != 238+integration || rows[keep-1].Revision != 40+integration || !rows[0].At.Equal(at) {
				t.Errorf("integration %d: got %d rows", integration+1, len(rows))
			}
		}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeleteIntegrationEvents(1) }); err != nil {
			t.Fatal(err)
		}
		if gone, left := len(count(1)), len(count(2)); gone != 0 || left != keep {
			t.Errorf("got %d and %d rows after deleting those of the first, want 0 and %d", gone, left, keep)
		}
	})
}
