// Package storetest runs tests on every database engine that Quorate supports.
//
// SQLite is always there. PostgreSQL is the server that the environment variable
// QUORATE_TEST_POSTGRES names: the postgres:// URL of a superuser's database on a
// throw-away server (scripts/with-postgres starts one). Without it tests on PostgreSQL
// are skipped; if CI is set, they fail.
//
// Tests of the store's own promises do not belong here but beside the store.
package storetest

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/quorate/quorate/internal/store"
)

// Each runs a test on a fresh, empty database of each engine, as parallel subtests.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachNodes(t, 1, func(t *testing.T, nodes []*store.DB) { test(t, nodes[0]) })
}

// EachNodes runs a test on a fresh, empty database of each engine as n nodes see it, as
// parallel subtests. On PostgreSQL each node has a DB of its own. On SQLite, where
// there is only one process, all of them are the same.
func EachNodes(t *testing.T, n int, test func(t *testing.T, nodes []*store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) {
		nodes := make([]*store.DB, n)
		for i := range nodes {
			if i > 0 && nodes[0].Engine() == store.SQLite {
				nodes[i] = nodes[0]
				continue
			}
			nodes[i] = Open(t, url)
		}
		test(t, nodes)
	})
}

// EachURL runs a test on the URL of a fresh database of each engine, as parallel subtests.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite returns the URL of a fresh SQLite database in a temporary folder. Its tables
// are made when it is opened.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "quorate.db")
}

// urls remembers which database a DB has open.
var urls sync.Map

// Open opens a database and closes it after the test.
func Open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	urls.Store(db, url)
	t.Cleanup(func() {
		urls.Delete(db)
		if err := db.Close(); err != nil {
			t.Errorf("close %s: %v", url, err)
		}
	})
	return db
}

// URL returns the URL of a database that was opened by this package.
func URL(t testing.TB, db *store.DB) string {
	t.Helper()
	url, ok := urls.Load(db)
	if !ok {
		t.Fatal("the database was not opened by storetest")
	}
	return url.(string)
}
