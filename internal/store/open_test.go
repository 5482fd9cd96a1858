package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestOpenTwice holds that a database that is up to date is left as it is.
func TestOpenTwice(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, url string) {
		batch := newBatch()
		schema := make([][]string, 2)
		for i := range schema {
			db, err := store.Open(t.Context(), store.Options{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				mustAppend(t, db, ledger.Head{}, batch)
			}
			wantBatches(t, db, batch)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			schema[i] = describe(t, url)
		}
		if len(schema[0]) < 10 {
			t.Errorf("got only %d lines of schema", len(schema[0]))
		}
		if diff := cmp.Diff(schema[0], schema[1]); diff != "" {
			t.Errorf("opening again changed the schema (-before +after):\n%s", diff)
		}
	}
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(t, storetest.SQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); test(t, storetest.BarePostgres(t)) })
}

// describe lists the columns, indexes and migrations of a database.
func describe(t *testing.T, url string) []string {
	t.Helper()
	query := `select sql from sqlite_master where sql is not null
		union all select 'migration ' || version_id || ' ' || tstamp from goose_db_version order by 1`
	if strings.HasPrefix(url, "postgres") {
		query = `select table_name || '.' || column_name || ' ' || data_type from information_schema.columns
				where table_schema = 'public'
			union all select indexdef from pg_indexes where schemaname = 'public'
			union all select 'migration ' || version_id || ' ' || tstamp from goose_db_version order by 1`
	}
	rows, err := storetest.Raw(t, url).QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err reports what matters
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestOpenTogether starts several nodes at once on a database without tables.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	url := storetest.BarePostgres(t)
	var opening sync.WaitGroup
	for range 5 {
		opening.Go(func() {
			db, err := store.Open(t.Context(), store.Options{URL: url})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
	batch := newBatch()
	db := storetest.Open(t, url)
	mustAppend(t, db, ledger.Head{}, batch)
	wantBatches(t, db, batch)
}

// TestOpenPaths opens SQLite files whose names mean something in a URL, and finds them
// again.
func TestOpenPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "with space.db", "100%25.db", "a?b=c&d.db", "a#b.db", "ä'\"`.db", "file:x.db", "+.db"} {
		for _, prefix := range []string{"sqlite:", ""} {
			path := filepath.Join(t.TempDir(), name)
			db := storetest.Open(t, prefix+path)
			mustAppend(t, db, ledger.Head{}, newBatch())
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("%s%s: %v", prefix, name, err)
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if got := entry.Name(); !strings.HasPrefix(got, name) && got != "quorate.lock" {
					t.Errorf("%s%s: made a file %s", prefix, name, got)
				}
			}
		}
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	noDatabase := filepath.Join(t.TempDir(), "quorate.db")
	if err := os.WriteFile(noDatabase, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ url, want string }{
		"no folder":       {"sqlite:" + filepath.Join(t.TempDir(), "none", "quorate.db"), "the data folder must exist"},
		"no database":     {noDatabase, "file is not a database"},
		"no URL":          {"postgres://%", "cannot parse"},
		"nobody listens":  {"postgres://u:secret@127.0.0.1:1/db", "the database is unavailable"},
		"no such setting": {"postgres://127.0.0.1:1/db?sslmode=perhaps", "sslmode is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), store.Options{URL: test.url})
			if err == nil {
				t.Fatal(errors.Join(errors.New("got no error"), db.Close()))
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q, want it to contain %q", err, test.want)
			}
		})
	}
	// What fails to open does not keep the folder locked.
	if err := os.Remove(noDatabase); err != nil {
		t.Fatal(err)
	}
	storetest.Open(t, noDatabase)
}

// TestSettings holds what durability and the other nodes' patience depend on.
func TestSettings(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, pool *sql.DB, queries map[string]string) {
		t.Helper()
		for query, want := range queries {
			var got string
			if err := pool.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", query, got, err, want)
			}
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		db := storetest.Open(t, storetest.SQLite(t))
		if db.Engine() != store.SQLite {
			t.Errorf("engine: got %s", db.Engine())
		}
		both := map[string]string{
			`pragma journal_mode`: "wal", `pragma synchronous`: "2", `pragma foreign_keys`: "1", `pragma busy_timeout`: "5000",
		}
		check(t, store.Writer(db), both)
		check(t, store.Reader(db), both)
		check(t, store.Writer(db), map[string]string{`pragma query_only`: "0"})
		check(t, store.Reader(db), map[string]string{`pragma query_only`: "1"})
		if n := store.Writer(db).Stats().MaxOpenConnections; n != 1 {
			t.Errorf("writing connections: got %d, want 1", n)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		url := storetest.Postgres(t)
		db := storetest.Open(t, url)
		if db.Engine() != store.PostgreSQL {
			t.Errorf("engine: got %s", db.Engine())
		}
		check(t, store.Writer(db), map[string]string{
			`show idle_in_transaction_session_timeout`: "2s", `show lock_timeout`: "2s", `show statement_timeout`: "30s",
			`show timezone`: "UTC", `show transaction_isolation`: "read committed", `show synchronous_commit`: "on",
		})
		own := storetest.Open(t, url+"&statement_timeout=7s")
		check(t, store.Writer(own), map[string]string{`show statement_timeout`: "7s", `show lock_timeout`: "2s"})
	})
}
