package store_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestErasingWhileSomebodyReads holds that on SQLite, erasing a person does not keep writers waiting for a reader, and that
// the write-ahead log, which has their name, is emptied by a write after the reader has gone.
func TestErasingWhileSomebodyReads(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	db := storetest.Open(t, url)
	update := func(fn func(*store.Tx) error) {
		t.Helper()
		if err := db.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	log := func() int64 {
		t.Helper()
		file, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return file.Size()
	}
	update(func(tx *store.Tx) error {
		return tx.AddPerson(store.Person{ID: 7, Kind: "user", Name: "Ada", Username: "ada", CreatedAt: noon})
	})
	reading, err := store.Reader(db).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var people int
	if err := reading.QueryRowContext(t.Context(), `select count(*) from people`).Scan(&people); err != nil || people != 1 {
		t.Fatalf("got %d people and %v, want one", people, err)
	}
	began := time.Now()
	update(func(tx *store.Tx) error { return tx.DeletePerson(7) })
	took := time.Since(began)
	t.Logf("erased in %v", took)
	if took > 3*time.Second {
		t.Errorf("erasing took %v: it has waited for the reader", took)
	}
	if log() == 0 {
		t.Fatal("the log is empty: nobody was in the way")
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	update(func(tx *store.Tx) error { return tx.PutSplash(8, "news", noon) })
	if n := log(); n != 0 {
		t.Errorf("the log still has %d bytes", n)
	}
}
