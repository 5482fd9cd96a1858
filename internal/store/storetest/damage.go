package storetest

import (
	"database/sql"
	"strings"
	"testing"
)

// Exec runs SQL behind the store's back, with the triggers and foreign keys that
// guard the ledger switched off, as an administrator of the database could.
func Exec(t testing.TB, url, query string, args ...any) {
	t.Helper()
	guard := []string{`set session_replication_role = replica`}
	if !strings.HasPrefix(url, "postgres") {
		guard = []string{
			`pragma foreign_keys = off`,
			`drop trigger if exists events_not_updated`,
			`drop trigger if exists events_not_deleted`,
			`drop trigger if exists events_follow`,
		}
	}
	conn := Raw(t, url)
	for _, statement := range guard {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Raw returns a connection to the database that knows nothing of the store. It is closed
// after the test.
func Raw(t testing.TB, url string) *sql.Conn {
	t.Helper()
	driver, source := "pgx", url
	if path, found := strings.CutPrefix(url, "sqlite:"); found {
		driver, source = "sqlite", "file:"+path+"?_time_format=sqlite&_pragma=busy_timeout(5000)"
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	t.Cleanup(func() { _ = pool.Close() }) // nothing hangs on it
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatalf("connect to %s: %v", url, err)
	}
	return conn
}

// Damage flips one bit in the middle of the stored body of one event, as a failing disk
// might.
func Damage(t testing.TB, url string, revision int64) {
	t.Helper()
	var body []byte
	err := Raw(t, url).QueryRowContext(t.Context(), `select body from events where revision = $1`, revision).Scan(&body)
	if err != nil {
		t.Fatalf("read the event to damage: %v", err)
	}
	body[len(body)/2] ^= 1
	Exec(t, url, `update events set body = $1 where revision = $2`, body, revision)
}

// Restore removes all events after a revision, as if a backup of that time had been
// put back.
func Restore(t testing.TB, url string, revision int64) {
	t.Helper()
	Exec(t, url, `delete from events where revision > $1`, revision)
}
