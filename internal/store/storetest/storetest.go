// Package storetest runs tests on every database engine that Quorate supports.
//
// SQLite is always there. PostgreSQL is the server that the environment variable
// QUORATE_TEST_POSTGRES names, the postgres:// URL of a database on a throw-away server in which
// databases may be made (scripts/with-postgres starts one). Without it tests on PostgreSQL are
// skipped, but fail when CI is set.
//
// Tests of the store's own promises do not belong here but beside the store.
package storetest

import (
	"testing"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// Each runs a test on a fresh, empty database of each engine, as subtests.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) { panic("being written") }

// EachNodes runs a test on a fresh, empty database of each engine as n nodes see it. On PostgreSQL each
// node has a DB of its own. On SQLite, where only one process can be, all of them are the same.
func EachNodes(t *testing.T, n int, test func(t *testing.T, nodes []*store.DB)) {
	panic("being written")
}

// SQLite returns the URL of a fresh SQLite database in a temporary folder.
func SQLite(t testing.TB) string { panic("being written") }

// Postgres returns the URL of a fresh, migrated PostgreSQL database, which is dropped after the test.
func Postgres(t testing.TB) string { panic("being written") }

// Open opens a database and closes it after the test.
func Open(t testing.TB, url string) *store.DB { panic("being written") }

// Damage changes the stored body of one event, as a failing disk would: one bit, in the middle.
func Damage(t testing.TB, url string, revision int64) { panic("being written") }

// Restore removes all events after a revision, as if a backup of that time had been restored.
func Restore(t testing.TB, url string, revision int64) { panic("being written") }

// Exec runs SQL behind the store's back, with the triggers that guard the events switched off.
func Exec(t testing.TB, url, query string, args ...any) { panic("being written") }

// Proxy stands between nodes and a PostgreSQL server, and can cut them off.
type Proxy struct{}

// NewProxy starts a proxy in front of the server of a postgres:// URL. It is stopped after the test.
func NewProxy(t testing.TB, url string) *Proxy { panic("being written") }

// URL returns the URL of the same database through the proxy.
func (p *Proxy) URL() string { panic("being written") }

// Cut breaks all connections and refuses new ones until Heal.
func (p *Proxy) Cut() { panic("being written") }

// Heal lets connections through again.
func (p *Proxy) Heal() { panic("being written") }

// CutAfterCommit breaks the connection of the next write after the server has committed it,
// and before its client hears of it.
func (p *Proxy) CutAfterCommit() { panic("being written") }

// CutBeforeCommit breaks the connection of the next write before the server has heard of it.
func (p *Proxy) CutBeforeCommit() { panic("being written") }

var _ = ledger.Head{}
