package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quorate/quorate/internal/store"
)

// Postgres returns the URL of a fresh PostgreSQL database with all tables, which is
// removed after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	requirePostgres(t)
	from, err := template()
	if err != nil {
		t.Fatalf("make the template of the PostgreSQL databases: %v", err)
	}
	return create(t, " template "+from)
}

// BarePostgres is like Postgres, but the database has no tables yet.
func BarePostgres(t testing.TB) string {
	t.Helper()
	requirePostgres(t)
	return create(t, "")
}

// requirePostgres skips the test if there is no server, or fails it in CI.
func requirePostgres(t testing.TB) {
	t.Helper()
	if os.Getenv("QUORATE_TEST_POSTGRES") != "" {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("QUORATE_TEST_POSTGRES is not set; run the tests by scripts/with-postgres")
	}
	t.Skip("QUORATE_TEST_POSTGRES is not set")
}

// server is a pool of connections to the database that QUORATE_TEST_POSTGRES names.
var server = sync.OnceValues(func() (*sql.DB, error) {
	return sql.Open("pgx", os.Getenv("QUORATE_TEST_POSTGRES"))
})

func administer(ctx context.Context, statement string) error {
	pool, err := server()
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, statement)
	return err
}

// template is a database with all tables, of which each test gets a copy: that is
// faster than making the tables each time. Test binaries of several packages share the
// server, so its name is this process's.
var template = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	name := fmt.Sprintf("quorate_template_%d", os.Getpid())
	if err := administer(ctx, `drop database if exists `+name); err != nil {
		return "", err
	}
	if err := administer(ctx, `create database `+name); err != nil {
		return "", err
	}
	db, err := store.Open(ctx, store.Options{URL: databaseURL(name)})
	if err != nil {
		return "", err
	}
	return name, db.Close()
})

var databases atomic.Int64

func create(t testing.TB, options string) string {
	t.Helper()
	name := fmt.Sprintf("quorate_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := administer(t.Context(), `create database `+name+options); err != nil {
		t.Fatalf("create database %s: %v", name, err)
	}
	t.Cleanup(func() {
		// The test's own context is done by now.
		if err := administer(context.Background(), `drop database `+name+` with (force)`); err != nil {
			t.Errorf("drop database %s: %v", name, err)
		}
	})
	return databaseURL(name)
}

// databaseURL returns the URL of another database on the server.
func databaseURL(name string) string {
	u, err := url.Parse(os.Getenv("QUORATE_TEST_POSTGRES"))
	if err != nil {
		panic(err) // the server was reached with this URL before
	}
	u.Path = "/" + name
	return u.String()
}
