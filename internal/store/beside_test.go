package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// mustUpdate runs a transaction on plain tables.
func mustUpdate(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		refusal := errors.New("not today")
		err := nodes[0].Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.PutMeta("a", "1"); err != nil {
				return err
			}
			return refusal
		})
		if err != refusal { //nolint:errorlint // it must be the very error
			t.Errorf("got %v, want %v", err, refusal)
		}
		if got, err := nodes[1].Meta(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("rolled back: got %q, %v, want %v", got, err, store.ErrNotFound)
		}
		for _, value := range []string{"1", "", "zwei"} {
			mustUpdate(t, nodes[0], func(tx *store.Tx) error { return tx.PutMeta("a", value) })
			if got, err := nodes[1].Meta(t.Context(), "a"); got != value || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, value)
			}
		}
		if got, err := nodes[1].Meta(t.Context(), "A"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another name: got %q, %v, want %v", got, err, store.ErrNotFound)
		}
	})
}

func TestSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(
				tx.PutSealed("token", "1", []byte{1, 0, 0xff}),
				tx.PutSealed("token", "2", []byte{2}),
				tx.PutSealed("webhook", "1", []byte{3}),
			)
		})
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(
				tx.PutSealed("token", "1", []byte{4, 5}),
				tx.DeleteSealed("token", "2"),
				tx.DeleteSealed("token", "3"),
			)
		})
		for kind, want := range map[string]map[string][]byte{
			"token": {"1": {4, 5}}, "webhook": {"1": {3}}, "Token": {},
		} {
			got, err := db.Sealed(t.Context(), kind)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", kind, diff)
			}
		}
	})
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		want := map[ledger.BatchID]store.Origin{
			{1}: {IP: "2001:db8::1", UserAgent: "curl/8", At: noon},
			{2}: {IP: "", UserAgent: "", At: noon.AddDate(0, 0, 1)},
		}
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(
				tx.PutOrigin(ledger.BatchID{1}, want[ledger.BatchID{1}]),
				tx.PutOrigin(ledger.BatchID{2}, want[ledger.BatchID{2}]),
				tx.PutOrigin(ledger.BatchID{3}, store.Origin{At: noon.AddDate(0, 0, -1)}),
			)
		})
		wantOrigins(t, db, map[ledger.BatchID]store.Origin{})
		if n, err := db.ForgetOrigins(t.Context(), noon); n != 1 || err != nil {
			t.Errorf("forget: got %d, %v, want 1", n, err)
		}
		wantOrigins(t, db, want, ledger.BatchID{1}, ledger.BatchID{2}, ledger.BatchID{3}, ledger.BatchID{4})
	})
}
