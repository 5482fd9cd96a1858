package engine_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// never is longer than any test: it leaves a node to notifications alone.
func never(o *engine.Options) { o.PollEvery = time.Hour }

// TestFollow holds that another node is told of every change, in order and once.
func TestFollow(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 3, func(t *testing.T, dbs []*store.DB) {
		writer := mustOpen(t, dbs[0])
		var mu sync.Mutex
		seen := make([][]int64, len(dbs))
		for i, db := range dbs[1:] {
			e := mustOpen(t, db)
			e.Subscribe(func(c engine.Change) {
				mu.Lock()
				defer mu.Unlock()
				for _, applied := range c.Events {
					seen[i] = append(seen[i], applied.Stored.Revision)
				}
			})
			mustRun(t, e)
			defer func() {
				if err := e.Await(t.Context(), writer.State().Revision()); err != nil {
					t.Fatal(err)
				}
				if got, want := mustDigest(t, e.State()), mustDigest(t, writer.State()); got != want {
					t.Errorf("node %d: got digest %s, want %s", i, got, want)
				}
				mu.Lock()
				defer mu.Unlock()
				var want []int64
				for revision := range writer.State().Revision() {
					want = append(want, revision+1)
				}
				if !slices.Equal(seen[i], want) {
					t.Errorf("node %d was told of %v, want 1 to %d", i, seen[i], len(want))
				}
			}()
		}
		mustBegin(t, writer)
		for range 20 {
			mustDo(t, writer, counting("n"))
		}
	})
}

// TestPublishedOnce has changes folded a second time, as when the writer and the follower of a node read the same one:
// neither subscribers nor those who wait are told again, and the state stays the newest.
func TestPublishedOnce(t *testing.T) {
	t.Parallel()
	e := mustOpen(t, storetest.Open(t, storetest.SQLite(t)))
	mustBegin(t, e)
	var seen []engine.Change
	e.Subscribe(func(c engine.Change) { seen = append(seen, c) })
	mustDo(t, e, counting("n"))
	s := mustDo(t, e, counting("n"))
	moved := e.Moved()
	for _, c := range seen[:2:2] {
		e.Publish(c)
	}
	if len(seen) != 2 || e.State() != s {
		t.Errorf("told of %d changes and at revision %d, want 2 and %d", len(seen), e.State().Revision(), s.Revision())
	}
	select {
	case <-moved:
		t.Error("those who wait are told that the state has moved, and it has not")
	default:
	}
}

// TestNotified holds that a notification is enough: the poll of this node is an hour away.
func TestNotified(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	writer := mustOpen(t, storetest.Open(t, url), never)
	follower := mustOpen(t, storetest.Open(t, url), never)
	mustRun(t, follower)
	s := mustBegin(t, writer)
	if err := follower.Await(t.Context(), s.Revision()); err != nil {
		t.Fatal(err)
	}
	// The follower's own appends come back to it as notifications; there is nothing to read then.
	mustDo(t, follower, counting("n"))
	if err := follower.Await(t.Context(), mustDo(t, writer, counting("n")).Revision()); err != nil {
		t.Fatal(err)
	}
}

// TestLostNotifications holds that the poll heals what was not announced.
func TestLostNotifications(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url)
		other := db
		if db.Engine() == store.PostgreSQL {
			storetest.Exec(t, url, `alter table events disable trigger user`)
			other = storetest.Open(t, url)
		} // SQLite announces nothing
		follower := mustOpen(t, other)
		mustRun(t, follower)
		s := mustBegin(t, mustOpen(t, db))
		if err := follower.Await(t.Context(), s.Revision()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestReconnect holds that the tail is read after the connection for notifications was lost,
// without the help of the poll.
func TestReconnect(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	writer := mustOpen(t, storetest.Open(t, url), never)
	mustBegin(t, writer)
	proxy := storetest.NewProxy(t, url)
	follower := mustOpen(t, storetest.Open(t, proxy.URL()), never)
	mustRun(t, follower)
	if err := follower.Await(t.Context(), mustDo(t, writer, counting("n")).Revision()); err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	s := mustDo(t, writer, counting("n"))
	proxy.Heal()
	if err := follower.Await(t.Context(), s.Revision()); err != nil {
		t.Fatal(err)
	}
	if got := follower.Status().Reconnected; got == 0 {
		t.Error("got 0 reconnections, want some")
	}
}

// TestAwait waits for a revision that is there, that comes, and that does not come.
func TestAwait(t *testing.T) {
	t.Parallel()
	e := mustOpen(t, storetest.Open(t, storetest.SQLite(t)))
	s := mustBegin(t, e)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Await(ended, s.Revision()); err != nil {
		t.Errorf("there already: got %v, want nil", err)
	}
	if err := e.Await(ended, s.Revision()+1); !fault.Is(err, fault.Unavailable) || fault.As(err).RetryAfter <= 0 {
		t.Errorf("not there, no time: got %v, want Unavailable", err)
	}
	var waiting sync.WaitGroup
	for ahead := range int64(5) {
		waiting.Go(func() {
			if err := e.Await(t.Context(), s.Revision()+ahead); err != nil {
				t.Error(err)
			}
			if got := e.State().Revision(); got < s.Revision()+ahead {
				t.Errorf("got revision %d, want at least %d", got, s.Revision()+ahead)
			}
		})
	}
	for range 5 {
		mustDo(t, e, counting("n"))
	}
	waiting.Wait()
}

// TestPolling lets hours pass: the state is never older than the poll, unless nobody polls.
func TestPolling(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	synctest.Test(t, func(t *testing.T) {
		writer := mustOpen(t, db, func(o *engine.Options) { o.PollEvery = 0 })
		mustBegin(t, writer)
		ctx, stop := context.WithCancel(t.Context())
		follower := mustOpen(t, db, func(o *engine.Options) { o.PollEvery = 0 })
		var running sync.WaitGroup
		running.Go(func() {
			if err := follower.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		for range 3600 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		s := mustDo(t, writer, counting("n"))
		begin := time.Now()
		if err := follower.Await(ctx, s.Revision()); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("got the change after %s, want a second", took)
		}
		time.Sleep(10*time.Minute + time.Second/2)
		if age := follower.Status().Age; age > time.Second {
			t.Errorf("got a state of age %s, want a second at most", age)
		}
		stop()
		running.Wait()
		time.Sleep(time.Hour)
		if age := follower.Status().Age; age < time.Hour {
			t.Errorf("got a state of age %s after an hour without polls", age)
		}
	})
}

// TestUnknownEvent holds that an event of a newer release stops the fold: what came before is
// served, what comes after is not folded, nothing is written, and the reason is told.
func TestUnknownEvent(t *testing.T) {
	t.Parallel()
	for name, unknown := range map[string]ledger.Event{
		"type":   {Type: "flag-painted", Payload: []byte(`{"colour":"red"}`)},
		"format": {Type: "ledger-format-raised", Payload: []byte(`{"format":2}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
				s := mustBegin(t, mustOpen(t, dbs[0]))
				var logged logs
				running := mustOpen(t, dbs[1], logged.into)
				mustRun(t, running)
				behind := mustOpen(t, dbs[1]) // is not running, and hears of it when it writes
				mustAppend(t, dbs[0], unknown)
				mustAppend(t, dbs[0], ledger.Event{Type: "setting-updated", Payload: []byte(`{"id":"a","after":"1"}`)})

				eventually(t, "noticing", func() bool { return !running.Status().Ready })
				for what, e := range map[string]*engine.Engine{
					"running": running,
					"started": mustOpen(t, dbs[1]),
					"behind":  behind,
				} {
					mustRefuse(t, e, unknown.Type)
					mustRefuse(t, e, "Upgrade")
					status := e.Status()
					if status.Ready || status.CanWrite || status.Reason == "" || status.Reason != status.WriteReason || status.Damaged {
						t.Errorf("%s: got status %+v, want neither ready nor writing, with a reason, and no alarm", what, status)
					}
					if got, want := mustDigest(t, e.State()), mustDigest(t, s); got != want {
						t.Errorf("%s: got another state at revision %d, want the one before, at %d", what, e.State().Revision(), s.Revision())
					}
				}
				if got := logged.count(slog.LevelError, "revision", s.Revision()+1); got != 1 {
					t.Errorf("got %d errors in the log that name the revision, want 1", got)
				}
			})
		})
	}
}

// TestClockOff holds that a node whose clock differs from the database's does not write, and writes
// again when it is set.
func TestClockOff(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	mustBegin(t, mustOpen(t, storetest.Open(t, url)))
	for name, test := range map[string]struct {
		offset time.Duration
		says   string // empty: it writes
	}{
		"ahead":        {3 * time.Second, "ahead of the database's"},
		"behind":       {-3 * time.Second, "behind the database's"},
		"right":        {0, ""},
		"a bit ahead":  {time.Second, ""},
		"a bit behind": {-time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var offset atomic.Int64
			offset.Store(int64(test.offset))
			e := mustOpen(t, storetest.Open(t, url), func(o *engine.Options) {
				o.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
			})
			if test.says == "" {
				mustDo(t, e, counting(name))
				return
			}
			mustRefuse(t, e, test.says)
			if status := e.Status(); !status.Ready || status.CanWrite || status.ClockOffset.Abs() < 2*time.Second {
				t.Errorf("got status %+v, want ready, not writing, more than 2s off", status)
			}
			mustRun(t, e)
			offset.Store(0)
			eventually(t, "writing again", func() bool { return e.Status().CanWrite })
			mustDo(t, e, counting(name))
			offset.Store(int64(test.offset))
			eventually(t, "noticing", func() bool { return !e.Status().CanWrite })
		})
	}
}
