package storetest

import (
	"database/sql"
	"strings"
	"testing"
)

// Exec runs SQL behind the store's back, without the triggers that guard the ledger, as
// an administrator of the database could.
func Exec(t testing.TB, url, query string, args ...any) {
	t.Helper()
	tx, err := Raw(t, url).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if strings.HasPrefix(url, "postgres") {
		exec(`set local session_replication_role = replica`)
		exec(query, args...)
	} else {
		triggers := triggersOf(t, tx)
		for name := range triggers {
			exec(`drop trigger ` + name)
		}
		exec(query, args...)
		for _, create := range triggers {
			exec(create)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// triggersOf returns the statements that make the triggers of an SQLite database, by
// the triggers' names.
func triggersOf(t testing.TB, tx *sql.Tx) map[string]string {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), `select name, sql from sqlite_master where type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err reports what matters
	triggers := map[string]string{}
	for rows.Next() {
		var name, create string
		if err := rows.Scan(&name, &create); err != nil {
			t.Fatal(err)
		}
		triggers[name] = create
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return triggers
}

// Raw returns a connection to the database that knows nothing of the store, as a shell
// would have. It is closed after the test.
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
