package engine_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// often makes an engine write a snapshot for each ten events.
func often(o *engine.Options) { o.SnapshotEvery = 10 }

// mustSnapshot writes a ledger and a snapshot that does not cover all of it, and
// returns the newest state.
func mustSnapshot(t *testing.T, db *store.DB) *state.State {
	t.Helper()
	e := mustOpen(t, db)
	mustBegin(t, e)
	stop := mustRun(t, mustOpen(t, db, often))
	eventually(t, "a snapshot", func() bool {
		_, err := db.NewestSnapshot(t.Context(), state.SnapshotFormat, e.State().Revision())
		return err == nil
	})
	stop()
	for range 5 {
		mustDo(t, e, counting("tail"))
	}
	return e.State()
}

// TestStart holds that an engine begins where the ledger ends: with a snapshot and the
// tail, or with the tail alone, and that the whole check agrees.
func TestStart(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		empty := mustOpen(t, db)
		if got := empty.State().Revision(); got != 0 {
			t.Errorf("an empty ledger: got revision %d, want 0", got)
		}
		mustRun(t, empty)

		want := mustSnapshot(t, db)
		check := func(name string, snapshots bool) {
			e := mustOpen(t, db)
			if got, want := mustDigest(t, e.State()), mustDigest(t, want); got != want {
				t.Errorf("%s: got digest %s at revision %d, want %s", name, got, e.State().Revision(), want)
			}
			if status := e.Status(); (status.Snapshot > 0) != snapshots || !status.CanWrite || status.Checked != 0 {
				t.Errorf("%s: got status %+v, want one that writes; a snapshot: %t; nothing checked yet", name, status, snapshots)
			}
			mustRun(t, e)
			eventually(t, "the whole check", func() bool { return e.Status().Checked == want.Revision() })
		}
		check("with a snapshot", true)
		storetest.Exec(t, url, `delete from snapshots`)
		check("without a snapshot", false)
	})
}

// TestSnapshots holds that they are written as events come, and that old ones go.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		mustBegin(t, mustOpen(t, db))
		e := mustOpen(t, db, often)
		old := store.Snapshot{Format: state.SnapshotFormat, Body: []byte{0}}
		for i := range 3 { // the first of the month is kept
			old.Revision, old.At = int64(i+1), time.Now().AddDate(0, 0, -100)
			if err := db.SaveSnapshot(t.Context(), old); err != nil {
				t.Fatal(err)
			}
		}
		mustRun(t, e)
		var last int64
		for range 3 {
			for range 10 {
				mustDo(t, e, counting("n"))
			}
			// One may also have been written of what was there at the start, so it is the place of the newest
			// that counts.
			eventually(t, "the next snapshot", func() bool {
				newest := e.Status().Snapshot
				return newest > last && e.State().Revision()-newest < 10
			})
			last = e.Status().Snapshot
		}
		for revision, want := range map[int64]error{1: nil, 2: store.ErrNotFound, 3: store.ErrNotFound, last: nil} {
			snapshot, err := db.NewestSnapshot(t.Context(), state.SnapshotFormat, revision)
			if err == nil && snapshot.Revision != revision {
				err = store.ErrNotFound
			}
			if !errors.Is(err, want) {
				t.Errorf("snapshot %d: got %v, want %v", revision, err, want)
			}
		}
		if got := mustOpen(t, db).Status().Snapshot; got != last {
			t.Errorf("the next start used the snapshot of revision %d, want %d", got, last)
		}
	})
}

// TestUselessSnapshots holds that a snapshot which cannot be used only costs time. Each is damaged in one way alone.
func TestUselessSnapshots(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"cut short":         `update snapshots set body = substr(body, 1, length(body) - 10)`,
		"of another head":   `update snapshots set hash = (select hash from events where revision = 1)`,
		"of another place":  `update snapshots set revision = revision - 1`,
		"of another ledger": `delete from snapshots`, // and see below
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				db := storetest.Open(t, url)
				want := mustSnapshot(t, db)
				storetest.Exec(t, url, damage)
				if name == "of another ledger" {
					other := storetest.Open(t, storetest.SQLite(t))
					mustSnapshot(t, other)
					theirs, err := other.NewestSnapshot(t.Context(), state.SnapshotFormat, math.MaxInt64)
					if err != nil {
						t.Fatal(err)
					}
					if err := db.SaveSnapshot(t.Context(), theirs); err != nil {
						t.Fatal(err)
					}
				}
				e := mustOpen(t, db)
				if status := e.Status(); status.Snapshot != 0 || !status.Ready {
					t.Errorf("got status %+v, want ready without a snapshot", status)
				}
				if got, want := mustDigest(t, e.State()), mustDigest(t, want); got != want {
					t.Errorf("got digest %s, want %s", got, want)
				}
			})
		})
	}
}

// TestDamagedTail holds that an engine does not start on a tail that does not hold, and names the
// revision.
func TestDamagedTail(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, url string, revision int64){
		"a bit has flipped": func(t *testing.T, url string, revision int64) { storetest.Damage(t, url, revision) },
		"an entry is gone": func(t *testing.T, url string, revision int64) {
			storetest.Exec(t, url, `delete from events where revision = $1`, revision)
		},
		"a column lies": func(t *testing.T, url string, revision int64) {
			storetest.Exec(t, url, `update events set actor = 'user:99' where revision = $1`, revision)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				db := storetest.Open(t, url)
				revision := mustSnapshot(t, db).Revision() - 2
				damage(t, url, revision)
				_, err := open(t, db)
				broken := new(ledger.Break)
				if !errors.As(err, &broken) || broken.Revision != revision {
					t.Errorf("got %v, want a break at revision %d", err, revision)
				}
			})
		})
	}
}

// TestMisfitInTail holds the same for an entry whose bytes are whole, but which cannot have been decided.
func TestMisfitInTail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		running := mustOpen(t, db)
		s := mustBegin(t, running)
		mustRun(t, running)
		mustAppend(t, db, ledger.Event{Type: "feature-archived", Project: "default", Feature: "nobody", Payload: []byte(`{}`)})
		_, err := open(t, db)
		broken := new(ledger.Break)
		if !errors.As(err, &broken) || broken.Revision != s.Revision()+1 {
			t.Errorf("got %v, want a break at revision %d", err, s.Revision()+1)
		}
		eventually(t, "the alarm", func() bool { return running.Status().Damaged })
		mustRefuse(t, running, fmt.Sprintf("revision %d", s.Revision()+1))
		if running.State() != s {
			t.Errorf("got revision %d, want %d", running.State().Revision(), s.Revision())
		}
	})
}

// TestDamageBehindSnapshot holds that damage which the start could not see is found in the background:
// writes stop, the node is not ready, somebody is told, and flags are still served.
func TestDamageBehindSnapshot(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		s := mustSnapshot(t, db)
		storetest.Damage(t, url, 3)
		var logged logs
		e := mustOpen(t, db, logged.into)
		if !e.Status().Ready {
			t.Error("the start has looked behind the snapshot")
		}
		mustRun(t, e)
		eventually(t, "the alarm", func() bool { return e.Status().Damaged })
		mustRefuse(t, e, "revision 3")
		if status := e.Status(); status.Ready || status.CanWrite || status.Checked != 0 {
			t.Errorf("got status %+v, want neither ready nor writing", status)
		}
		if got := logged.count(slog.LevelError, "revision", int64(3)); got != 1 {
			t.Errorf("got %d errors in the log that name the revision, want 1", got)
		}
		if got, want := mustDigest(t, e.State()), mustDigest(t, s); got != want {
			t.Errorf("got digest %s, want %s", got, want)
		}
		// Whatever other nodes append is not built on.
		mustAppend(t, db, ledger.Event{Type: "setting-updated", Payload: []byte(`{"id":"a","after":"1"}`)})
		if err := e.Await(t.Context(), s.Revision()); err != nil || e.State().Setting("a") != "" {
			t.Errorf("got %v and the setting %q, want what was checked", err, e.State().Setting("a"))
		}
	})
}

// TestFalseSnapshot holds that the whole check compares the fold as well: a snapshot that is
// well formed and of the right head may still say something else.
func TestFalseSnapshot(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		s := mustSnapshot(t, db)
		forged := flagtest.After(flagtest.State(1, 0), setting("forged", "1"))
		body := mustForge(t, forged, s.Head())
		storetest.Exec(t, url, `delete from snapshots`)
		err := db.SaveSnapshot(t.Context(), store.Snapshot{Revision: s.Revision(), Hash: s.Head().Hash, Format: state.SnapshotFormat, At: time.Now(), Body: body})
		if err != nil {
			t.Fatal(err)
		}
		e := mustOpen(t, db)
		if e.State().Setting("forged") != "1" {
			t.Fatal("the forged snapshot was not used")
		}
		mustRun(t, e)
		eventually(t, "the alarm", func() bool { return e.Status().Damaged })
		mustRefuse(t, e, fmt.Sprintf("revision %d", s.Revision()))
	})
}

// TestDamageOnTheWay holds that a node which follows others verifies what it reads.
func TestDamageOnTheWay(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		writer := mustOpen(t, db)
		s := mustBegin(t, writer)
		follower := mustOpen(t, db)
		mustDo(t, writer, counting("n"))
		storetest.Damage(t, url, s.Revision()+1)
		mustRun(t, follower)
		eventually(t, "the alarm", func() bool { return follower.Status().Damaged })
		mustRefuse(t, follower, fmt.Sprintf("revision %d", s.Revision()+1))
		if got, want := mustDigest(t, follower.State()), mustDigest(t, s); got != want {
			t.Errorf("got digest %s, want %s", got, want)
		}
	})
}
