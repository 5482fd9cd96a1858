package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestCursor holds that a cursor is moved from where it is, by one of those who try.
func TestCursor(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		if _, err := nodes[0].Cursor(t.Context(), "c"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v, want %v", err, store.ErrNotFound)
		}
		for _, position := range []int64{7, 9} { // the second one is too late
			mustUpdate(t, nodes[0], func(tx *store.Tx) error { return tx.BeginCursor("c", position) })
		}
		for from := int64(7); from < 20; from++ {
			var mu sync.Mutex
			moved := 0
			var work sync.WaitGroup
			for _, db := range nodes {
				work.Go(func() {
					err := db.Update(t.Context(), func(tx *store.Tx) error {
						ok, err := tx.MoveCursor("c", from, from+1)
						if ok {
							mu.Lock()
							moved++
							mu.Unlock()
						}
						return err
					})
					if err != nil {
						t.Errorf("from %d: %v", from, err)
					}
				})
			}
			work.Wait()
			if at, err := nodes[1].Cursor(t.Context(), "c"); moved != 1 || at != from+1 || err != nil {
				t.Fatalf("from %d: moved by %d, to %d, %v", from, moved, at, err)
			}
		}
	})
}

func TestInboxItems(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		db := nodes[0]
		digest := noon.Add(time.Hour)
		for n, i := range []store.InboxItem{
			{Account: 7, Tells: "a", Body: []byte(`{"n":1}`), At: noon},
			{Account: 7, Tells: "b", Body: []byte(`{"n":2}`), At: noon.Add(time.Minute), DigestAt: &digest},
			{Account: 8, Tells: "a", Body: []byte(`{"n":3}`), At: noon, DigestAt: &digest},
			{Account: 7, Tells: "a", Body: []byte(`{"n":4}`), At: noon}, // told already
		} {
			mustUpdate(t, nodes[n%2], func(tx *store.Tx) error {
				added, err := tx.AddInboxItem(i)
				if want := n < 3; added != want {
					t.Errorf("%d: got added %t, want %t", n, added, want)
				}
				return err
			})
		}
		items, err := db.InboxItems(t.Context(), 7, 0, 10)
		want := []store.InboxItem{
			{ID: 2, Account: 7, Tells: "b", Body: []byte(`{"n":2}`), At: noon.Add(time.Minute), DigestAt: &digest},
			{ID: 1, Account: 7, Tells: "a", Body: []byte(`{"n":1}`), At: noon},
		}
		if diff := cmp.Diff(want, items); diff != "" || err != nil {
			t.Errorf("items: %v (-want +got):\n%s", err, diff)
		}
		if items, err := db.InboxItems(t.Context(), 7, 1, 10); len(items) != 1 || items[0].ID != 1 || err != nil {
			t.Errorf("the second page: got %+v, %v", items, err)
		}

		count := func(account int64, wantTotal, wantUnread int) {
			t.Helper()
			if total, unread, err := db.CountInboxItems(t.Context(), account); total != wantTotal || unread != wantUnread || err != nil {
				t.Errorf("account %d: got %d, %d unread, %v; want %d, %d unread", account, total, unread, err, wantTotal, wantUnread)
			}
		}
		count(7, 2, 2)
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.ReadInboxItems(7, []int64{1, 3, 99}, noon), tx.ReadInboxItems(7, []int64{}, noon))
		})
		count(7, 2, 1)
		count(8, 1, 1) // 3 is another's
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.ReadInboxItems(7, nil, noon.Add(time.Hour)) })
		count(7, 2, 0)
		if items, _ := db.InboxItems(t.Context(), 7, 1, 1); items[0].ReadAt == nil || !items[0].ReadAt.Equal(noon) {
			t.Errorf("got %+v, want that it stays as it was read first", items)
		}

		if due, err := db.DigestsDue(t.Context(), digest.Add(-time.Second)); len(due) != 0 || err != nil {
			t.Errorf("got %v, %v, want nothing due", due, err)
		}
		if due, err := db.DigestsDue(t.Context(), digest); !cmp.Equal(due, []int64{7, 8}) || err != nil {
			t.Errorf("got %v, %v, want 7 and 8", due, err)
		}
		taken := make(chan int, 2)
		var work sync.WaitGroup
		for _, node := range nodes {
			work.Go(func() {
				err := node.Update(t.Context(), func(tx *store.Tx) error {
					items, err := tx.TakeDigest(7, digest)
					taken <- len(items)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		if a, b := <-taken, <-taken; a+b != 1 {
			t.Errorf("got %d and %d items, want one, once", a, b)
		}

		if n, err := db.ForgetInboxItems(t.Context(), noon.Add(time.Second)); n != 2 || err != nil {
			t.Errorf("forget: got %d, %v, want 2", n, err)
		}
		// Numbers are never given again.
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(7) })
		count(7, 0, 0)
		mustUpdate(t, db, func(tx *store.Tx) error {
			_, err := tx.AddInboxItem(store.InboxItem{Account: 7, Tells: "a", Body: []byte(`{}`), At: noon})
			return err
		})
		if items, _ := db.InboxItems(t.Context(), 7, 0, 1); len(items) != 1 || items[0].ID != 5 {
			t.Errorf("got %+v, want the number 5", items)
		}
	})
}

func TestNotificationSetting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if _, err := db.NotificationSetting(t.Context(), 7); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v, want %v", err, store.ErrNotFound)
		}
		for _, want := range []store.NotificationSetting{{Zone: "Europe/Oslo", Topics: []byte(`{}`)}, {Topics: []byte(`{"a":"daily"}`)}} {
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutNotificationSetting(7, want) })
			got, err := db.NotificationSetting(t.Context(), 7)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(7) })
		if _, err := db.NotificationSetting(t.Context(), 7); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after the person: got %v, want %v", err, store.ErrNotFound)
		}
	})
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		db := nodes[0]
		delivery := func(id, kind string, account int64, due time.Time) store.Delivery {
			return store.Delivery{
				ID: id, Kind: kind, Target: fmt.Sprint(account), Account: account, Payload: []byte(`{"to":"x"}`),
				State: store.DeliveryWaiting, CreatedAt: noon, DueAt: due, ExpiresAt: noon.AddDate(0, 0, 3),
			}
		}
		all := []store.Delivery{
			delivery("a", "mail", 7, noon), delivery("b", "mail", 0, noon.Add(time.Second)),
			delivery("c", "webhook", 0, noon.Add(-time.Hour)), delivery("d", "mail", 8, noon.Add(time.Hour)),
		}
		mustUpdate(t, db, func(tx *store.Tx) error {
			for _, d := range append(all, all[0]) { // the last one is there already
				if err := tx.AddDelivery(d); err != nil {
					return err
				}
			}
			return nil
		})
		got, total, err := db.Deliveries(t.Context(), store.DeliveryFilter{Kind: "mail", Limit: 2, Offset: 1})
		if diff := cmp.Diff([]store.Delivery{all[1], all[0]}, got); diff != "" || total != 3 || err != nil {
			t.Errorf("page of %d, %v (-want +got):\n%s", total, err, diff)
		}
		if got, total, err := db.Deliveries(t.Context(), store.DeliveryFilter{Target: "8", State: store.DeliveryDead, Limit: 2}); len(got)+total != 0 || err != nil {
			t.Errorf("got %+v, %d, %v, want none", got, total, err)
		}

		lease := func(node int, now time.Time, want string, kinds ...string) store.Delivery {
			t.Helper()
			d, err := nodes[node].LeaseDelivery(t.Context(), kinds, now, time.Minute)
			if want == "" {
				if !errors.Is(err, store.ErrNotFound) {
					t.Fatalf("got %+v, %v, want %v", d, err, store.ErrNotFound)
				}
				return d
			}
			if d.ID != want || err != nil {
				t.Fatalf("got %+v, %v, want %s", d, err, want)
			}
			return d
		}
		lease(0, noon, "")
		first := lease(0, noon.Add(time.Second), "a", "mail")
		lease(1, noon.Add(time.Second), "b", "mail")
		lease(1, noon.Add(time.Second), "", "mail")
		second := lease(1, noon.Add(2*time.Minute), "a", "mail", "other") // the lease has ended
		if first.Attempts != 1 || second.Attempts != 2 {
			t.Errorf("got the attempts %d and %d, want 1 and 2", first.Attempts, second.Attempts)
		}
		end := func(d store.Delivery) {
			t.Helper()
			if err := db.EndAttempt(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		done := noon.Add(3 * time.Minute)
		first.State, first.DoneAt = store.DeliveryDead, &done
		end(first) // somebody else tries by now
		second.DueAt, second.LastError = noon.Add(time.Hour), "busy\x00"
		end(second)
		lease(0, noon.Add(59*time.Minute+30*time.Second), "b", "mail")
		third := lease(0, noon.Add(time.Hour), "a", "mail")
		if third.LastError != "busy" || third.Attempts != 3 {
			t.Errorf("got %+v, want the third attempt after one that failed", third)
		}
		third.State, third.DoneAt, third.LastError = store.DeliveryDelivered, &done, ""
		end(third)
		lease(0, noon.Add(time.Hour), "d", "mail")
		lease(0, noon.Add(time.Hour), "", "mail")
		webhook := lease(0, noon.Add(time.Hour), "c", "webhook")
		webhook.State, webhook.DoneAt = store.DeliveryDead, new(done.Add(time.Hour))
		end(webhook)
		backlogs, err := db.Backlogs(t.Context())
		if diff := cmp.Diff(map[string]store.Backlog{"mail": {Waiting: 2}, "webhook": {Dead: 1}}, backlogs); diff != "" || err != nil {
			t.Errorf("the backlogs, %v (-want +got):\n%s", err, diff)
		}

		if n, err := db.ForgetDeliveries(t.Context(), done); n != 0 || err != nil {
			t.Errorf("forget: got %d, %v, want none", n, err)
		}
		if n, err := db.ForgetDeliveries(t.Context(), done.Add(time.Second)); n != 1 || err != nil {
			t.Errorf("forget: got %d, %v, want one", n, err)
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(8) })
		if _, total, _ := db.Deliveries(t.Context(), store.DeliveryFilter{Limit: 1}); total != 2 {
			t.Errorf("got %d deliveries after the person, want those of others", total)
		}
	})
}

// TestLeaseOnce holds that of several nodes one gets each delivery.
func TestLeaseOnce(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 3, func(t *testing.T, nodes []*store.DB) {
		const deliveries = 60
		mustUpdate(t, nodes[0], func(tx *store.Tx) error {
			for i := range deliveries {
				if err := tx.AddDelivery(store.Delivery{ID: fmt.Sprint(i), Kind: "mail", Payload: []byte(`{}`), CreatedAt: noon, DueAt: noon, ExpiresAt: noon.Add(time.Hour)}); err != nil {
					return err
				}
			}
			return nil
		})
		var mu sync.Mutex
		got := map[string]int{}
		var work sync.WaitGroup
		for _, db := range nodes {
			work.Go(func() {
				for range 10 * deliveries { // one that was first elsewhere is not found
					d, err := db.LeaseDelivery(t.Context(), []string{"mail"}, noon, time.Minute)
					if err != nil && !errors.Is(err, store.ErrNotFound) {
						t.Error(err)
						return
					}
					mu.Lock()
					if err == nil {
						got[d.ID]++
					}
					all := len(got) == deliveries
					mu.Unlock()
					if all {
						return
					}
				}
			})
		}
		work.Wait()
		for id, n := range got {
			if n != 1 {
				t.Errorf("%s was had by %d", id, n)
			}
		}
		if len(got) != deliveries {
			t.Errorf("got %d deliveries, want %d", len(got), deliveries)
		}
	})
}
