package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestCalendarFeed keeps one link for each account, which goes with the person.
func TestCalendarFeed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		feed := func(account int64, secret string) store.CalendarFeed {
			return store.CalendarFeed{Account: account, Digest: store.DigestOf(secret), CreatedAt: noon}
		}
		for _, f := range []store.CalendarFeed{feed(1, "old"), feed(2, "other"), feed(1, "new")} {
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutCalendarFeed(f) })
		}
		got, err := db.CalendarFeedBy(t.Context(), store.DigestOf("new"))
		if diff := cmp.Diff(feed(1, "new"), got); err != nil || diff != "" {
			t.Errorf("got %v (-want +got):\n%s", err, diff)
		}
		if _, err := db.CalendarFeedBy(t.Context(), store.DigestOf("old")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("by the one before: got %v, want ErrNotFound", err)
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeleteCalendarFeed(2) })
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(1) })
		for _, account := range []int64{1, 2} {
			if _, err := db.CalendarFeed(t.Context(), account); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("of account %d: got %v, want ErrNotFound", account, err)
			}
		}
	})
}
