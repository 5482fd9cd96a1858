package engine_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// copied is the revision of the backup that is put back: the end of a batch of mustBegin.
const copied = 16

// keepingHead gives an engine a file HEAD in a folder.
func keepingHead(folder string) func(*engine.Options) {
	return func(o *engine.Options) { o.HeadFile = filepath.Join(folder, "HEAD") }
}

func mustReadHead(t *testing.T, folder string) ledger.Head {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	var head ledger.Head
	if err := json.Unmarshal(data, &head); err != nil {
		t.Fatal(err)
	}
	return head
}

// mustKeepHead writes a ledger and leaves its head in a folder.
func mustKeepHead(t *testing.T, db *store.DB, folder string) *state.State {
	t.Helper()
	e := mustOpen(t, db, keepingHead(folder))
	stop := mustRun(t, e)
	s := mustBegin(t, e)
	stop()
	if got := mustReadHead(t, folder); got != s.Head() {
		t.Fatalf("HEAD: got %v, want %v", got, s.Head())
	}
	return s
}

// mustBeRestored checks that an engine has noticed, and that it tells the operator what to do.
func mustBeRestored(t *testing.T, e *engine.Engine, known ledger.Head) {
	t.Helper()
	mustRefuse(t, e, "accept-restore")
	status := e.Status()
	if status.Ready || status.CanWrite || !strings.Contains(status.Reason, "quorate ledger accept-restore --reason") ||
		!strings.Contains(status.Reason, known.Hash.String()) {
		t.Errorf("got status %+v, want neither ready nor writing, with the command and the head %s", status, known.Hash)
	}
}

// TestHeadIsKept holds that HEAD follows the ledger while an engine runs.
func TestHeadIsKept(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		folder := t.TempDir()
		mustKeepHead(t, dbs[0], folder)
		follower := mustOpen(t, dbs[0], keepingHead(folder))
		mustRun(t, follower)
		want := mustDo(t, mustOpen(t, dbs[1]), counting("n")).Head()
		eventually(t, "HEAD", func() bool { return mustReadHead(t, folder) == want })
		files, err := os.ReadDir(folder)
		if err != nil || len(files) != 1 {
			t.Errorf("got %v, %v, want HEAD alone", files, err)
		}
	})
}

// TestUnreadableHead holds that a start does not go on without what HEAD would have said.
func TestUnreadableHead(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "HEAD"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, db, keepingHead(folder)); err == nil || !strings.Contains(err.Error(), filepath.Join(folder, "HEAD")) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestRestoredUnderneath holds that a running node notices, by its poll or when it writes, that its
// database was put back to an older copy, and that all is well if that was a mistake.
func TestRestoredUnderneath(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		folder := t.TempDir()
		s := mustKeepHead(t, db, folder)
		var logged logs
		polling := mustOpen(t, db, keepingHead(folder), logged.into)
		mustRun(t, polling)
		writing := mustOpen(t, db)
		lost, err := db.Tail(t.Context(), copied, 1000)
		if err != nil {
			t.Fatal(err)
		}

		storetest.Restore(t, url, copied)
		mustBeRestored(t, writing, s.Head())
		eventually(t, "noticing", func() bool { return !polling.Status().Ready })
		mustBeRestored(t, polling, s.Head())
		if got, want := mustDigest(t, polling.State()), mustDigest(t, s); got != want {
			t.Errorf("got digest %s, want %s: flags are served as they were", got, want)
		}
		if got := mustReadHead(t, folder); got != s.Head() {
			t.Errorf("HEAD: got %v, want %v still", got, s.Head())
		}
		if got := logged.count(slog.LevelError, "revision", s.Revision()); got != 1 {
			t.Errorf("got %d errors in the log that name the revision, want 1", got)
		}

		// The operator puts the right copy back.
		for len(lost) > 0 {
			n := lost[0].Size
			head := ledger.Head{Revision: lost[0].Revision - 1, Hash: lost[0].Previous}
			if err := db.Append(t.Context(), head, lost[:n], nil); err != nil {
				t.Fatal(err)
			}
			lost = lost[n:]
		}
		eventually(t, "being ready again", func() bool { return polling.Status().CanWrite })
		mustDo(t, polling, counting("n"))
	})
}

// TestRestoredBefore holds that a start notices it too, that it goes on only when that
// is accepted, and that other nodes which have seen the same then go on as well.
func TestRestoredBefore(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		here, there, ahead := t.TempDir(), t.TempDir(), t.TempDir()
		s := mustKeepHead(t, db, here)
		mustCopyHead(t, here, there)
		// A third node has seen one event more.
		e := mustOpen(t, db, keepingHead(ahead))
		stop := mustRun(t, e)
		further := mustDo(t, e, counting("n")).Head()
		stop()
		storetest.Restore(t, url, copied)

		e = mustOpen(t, db, keepingHead(here))
		mustBeRestored(t, e, s.Head())
		stop = mustRun(t, e)
		mustBeRestored(t, e, s.Head())
		stop()
		if got := mustReadHead(t, here); got != s.Head() {
			t.Errorf("HEAD: got %v, want %v still", got, s.Head())
		}
		if _, err := e.AcceptRestore(t.Context(), " "); !fault.Is(err, fault.BadData) {
			t.Errorf("without a reason: got %v, want BadData", err)
		}
		waiting := mustOpen(t, db, keepingHead(there))
		mustRun(t, waiting)
		mustBeRestored(t, waiting, s.Head())

		lost, err := e.AcceptRestore(t.Context(), "The disk was lost.")
		if want := (engine.Lost{From: copied + 1, To: s.Revision()}); err != nil || !cmp.Equal(lost, want) {
			t.Errorf("got %v, %v, want %v", lost, err, want)
		}
		if got := e.State().Head(); got.Revision != copied+1 || got != mustReadHead(t, here) {
			t.Errorf("got head %v and HEAD %v, want them equal at revision %d", got, mustReadHead(t, here), copied+1)
		}
		entries, err := db.Tail(t.Context(), copied, 10)
		if err != nil || len(entries) != 1 || entries[0].Type != "ledger-restore-accepted" || !strings.Contains(string(entries[0].Payload), "The disk was lost.") {
			t.Errorf("got %v, %v, want the acceptance in the ledger", entries, err)
		}
		mustDo(t, e, counting("n"))
		if _, err := e.AcceptRestore(t.Context(), "Again."); !fault.Is(err, fault.InvalidOperation) {
			t.Errorf("once more: got %v, want InvalidOperation", err)
		}

		eventually(t, "the node that waits", func() bool { return waiting.Status().CanWrite })
		mustDo(t, waiting, counting("n"))
		mustDo(t, mustOpen(t, db, keepingHead(here)), counting("n"))
		mustDo(t, mustOpen(t, db, keepingHead(there)), counting("n"))
		// Nobody has accepted to lose what the third one has seen.
		mustBeRestored(t, mustOpen(t, db, keepingHead(ahead)), further)
	})
}

func mustCopyHead(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(from, "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "HEAD"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestForkedHistory holds that other events at the same revisions are noticed, however many
// there are, and that a node which still serves the old ones cannot accept them.
func TestForkedHistory(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]int64{"shorter": -3, "as long": 0, "longer": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				db := storetest.Open(t, url)
				folder := t.TempDir()
				s := mustKeepHead(t, db, folder)
				running := mustOpen(t, db, keepingHead(folder))
				mustRun(t, running)
				storetest.Restore(t, url, copied)
				other := mustOpen(t, db)
				for other.State().Revision() < s.Revision()+more {
					mustDo(t, other, counting("other"))
				}
				eventually(t, "noticing", func() bool { return !running.Status().Ready })
				mustBeRestored(t, running, s.Head())
				if status := running.Status(); status.Damaged {
					t.Errorf("got status %+v; another history is no damage", status)
				}
				if _, err := running.AcceptRestore(t.Context(), "Why not."); !fault.Is(err, fault.InvalidOperation) {
					t.Errorf("a node that serves what is lost: got %v, want InvalidOperation", err)
				}
				if got := running.State(); got.Setting("other-0") != "" || got.Revision() != s.Revision() {
					t.Errorf("got revision %d of the other history", got.Revision())
				}

				e := mustOpen(t, db, keepingHead(folder))
				mustBeRestored(t, e, s.Head())
				before := e.State().Revision()
				lost, err := e.AcceptRestore(t.Context(), "The other one is right.")
				if want := (engine.Lost{From: min(before+1, s.Revision()), To: s.Revision()}); err != nil || !cmp.Equal(lost, want) {
					t.Errorf("got %v, %v, want %v", lost, err, want)
				}
				mustDo(t, e, counting("other"))
			})
		})
	}
}

// TestEmptiedDatabase holds that a data folder with another, empty database is noticed, and can
// be used after that was accepted.
func TestEmptiedDatabase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		folder := t.TempDir()
		s := mustKeepHead(t, storetest.Open(t, storetest.SQLite(t)), folder)
		e := mustOpen(t, db, keepingHead(folder))
		mustBeRestored(t, e, s.Head())
		lost, err := e.AcceptRestore(t.Context(), "A new beginning.")
		if want := (engine.Lost{From: 1, To: s.Revision()}); err != nil || !cmp.Equal(lost, want) {
			t.Errorf("got %v, %v, want %v", lost, err, want)
		}
		mustBegin(t, e)
		if !mustOpen(t, db, keepingHead(folder)).Status().CanWrite {
			t.Error("the next start does not write")
		}
	})
}

// TestNothingRestored holds that nobody accepts by accident.
func TestNothingRestored(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mustOpen(t, db)
		s := mustBegin(t, e)
		if _, err := e.AcceptRestore(t.Context(), "To be sure."); !fault.Is(err, fault.InvalidOperation) {
			t.Errorf("got %v, want InvalidOperation", err)
		}
		if e.State() != s {
			t.Errorf("got revision %d, want %d", e.State().Revision(), s.Revision())
		}
	})
}

// TestRestoreSuspendsSchedules holds that what was scheduled waits for somebody to decide anew when a restored database is
// accepted, since what was decided about it since may be lost.
func TestRestoreSuspendsSchedules(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		folder := t.TempDir()
		e := mustOpen(t, db, keepingHead(folder))
		stop := mustRun(t, e)
		mustBegin(t, e)
		r := &changerequest.Request{ID: 1, Project: "default", Environment: "production"}
		var events []state.Event
		for _, fact := range []changerequest.Event{
			changerequest.Created{}, changerequest.SentToReview{}, changerequest.ApprovedEvent{}, changerequest.ScheduledEvent{At: time.Now().Add(time.Hour)},
		} {
			events = append(events, decide.RequestEvent(r, fact))
		}
		kept := mustDo(t, e, writing(events...)).Revision()
		if e.State().DueCount() != 1 {
			t.Fatalf("got %d schedules, want 1", e.State().DueCount())
		}
		mustDo(t, e, writing(state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: "lost"}}}))
		stop()

		storetest.Restore(t, url, kept)
		e = mustOpen(t, db, keepingHead(folder))
		lost, err := e.AcceptRestore(t.Context(), "The disk was lost.")
		if err != nil || len(lost.Suspended) != 1 || lost.Suspended[0].ID != 1 {
			t.Fatalf("got %+v, %v, want the schedule of 1 named as suspended", lost, err)
		}
		got := e.State().ChangeRequest(1).Schedule
		if got.Status != changerequest.Suspended || got.Cause.Kind != changerequest.DatabaseRestored || e.State().DueCount() != 0 {
			t.Errorf("got the schedule %+v, want it suspended by the restore", got)
		}
		tail, err := db.Tail(t.Context(), kept, 10)
		if err != nil || len(tail) != 2 || tail[0].Batch != tail[1].Batch {
			t.Errorf("got %d events, %v, want the acceptance and the suspension in one batch", len(tail), err)
		}
	})
}
