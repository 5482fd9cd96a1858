package engine_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestPast holds that every state there was is come by again, with snapshots and without, and from a state
// that is near.
func TestPast(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		e := mustOpen(t, db, often)
		digests := map[int64]string{}
		var revisions []int64
		last := map[time.Time]int64{} // the last revision of a time
		e.Subscribe(func(c engine.Change) {
			digests[c.After.Revision()] = mustDigest(t, c.After)
			revisions = append(revisions, c.After.Revision())
			last[c.After.At()] = c.After.Revision()
		})
		stop := mustRun(t, e)
		mustBegin(t, e)
		for range 25 {
			mustDo(t, e, counting("past"))
		}
		eventually(t, "a snapshot", func() bool {
			snapshot, err := db.NewestSnapshot(t.Context(), state.SnapshotFormat, e.State().Revision())
			return err == nil && snapshot.Revision > 20
		})
		stop()

		offline := engine.Options{DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		for _, snapshots := range []bool{true, false} {
			if !snapshots {
				storetest.Exec(t, url, `delete from snapshots`)
			}
			before := int64(0)
			var near *state.State
			for _, end := range revisions {
				for revision := before + 1; revision <= end; revision++ { // inside the batch, too
					past, err := engine.PastOf(t.Context(), offline, engine.Moment{Revision: revision}, near)
					if err != nil {
						t.Fatal(err)
					}
					if got := mustDigest(t, past.State); got != digests[end] {
						t.Errorf("revision %d: got the state of revision %d with another digest, want that of %d", revision, past.State.Revision(), end)
					}
					if want := end - before; near != nil && past.Replayed > want {
						t.Errorf("revision %d: replayed %d events behind the state before, want at most %d", revision, past.Replayed, want)
					}
				}
				past, err := e.Past(t.Context(), engine.Moment{Revision: end}, nil)
				if err != nil {
					t.Fatal(err)
				}
				near, before = past.State, end
			}
		}
		for at, revision := range last {
			past, err := e.Past(t.Context(), engine.Moment{At: at}, nil)
			if err != nil || past.State.Revision() != revision {
				t.Errorf("at %s: got revision %d, %v; want %d", at, past.State.Revision(), err, revision)
			}
		}
		if past, err := e.Past(t.Context(), engine.Moment{At: time.Unix(0, 0)}, nil); err != nil || past.State.Revision() != 0 {
			t.Errorf("before the ledger: got %v, %v; want the empty state", past.State, err)
		}
		if past, err := engine.PastOf(t.Context(), offline, engine.Moment{}, nil); err != nil || past.State.Revision() != e.State().Revision() {
			t.Errorf("now: got %v, %v; want the newest state", past.State, err)
		}
		if _, err := e.Past(t.Context(), engine.Moment{Revision: e.State().Revision() + 1}, nil); !fault.Is(err, fault.BadData) {
			t.Errorf("a revision that is not there: got %v, want that it is not there", err)
		}
	})
}
