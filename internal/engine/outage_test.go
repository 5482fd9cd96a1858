package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDatabaseAway holds that a node without its database serves, stays ready, refuses writes
// at once with a time to wait, and heals by itself.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	proxy := storetest.NewProxy(t, storetest.Postgres(t))
	var logged logs
	e := mustOpen(t, storetest.Open(t, proxy.URL()), logged.into)
	s := mustBegin(t, e)
	mustRun(t, e)

	back := e.Back()
	proxy.Cut()
	mustRefuse(t, e, "The database")
	eventually(t, "noticing", func() bool { return e.Status().Away })
	if status := e.Status(); !status.Ready || status.CanWrite || status.WriteReason == "" || status.Damaged {
		t.Errorf("got status %+v, want ready, not writing, with a reason", status)
	}
	if e.State() != s {
		t.Errorf("got revision %d, want %d", e.State().Revision(), s.Revision())
	}
	// A write that would only find out again is not tried.
	begin := time.Now()
	for range 100 {
		mustRefuse(t, e, "The database cannot be reached")
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("100 refusals took %s", took)
	}
	old := e.Status().Age
	eventually(t, "growing old", func() bool { return e.Status().Age > old+50*time.Millisecond })
	select {
	case <-back:
		t.Error("it is said to be back, and is away")
	default:
	}

	proxy.Heal()
	// Whoever waits for it need not ask again and again, and can write at once.
	select {
	case <-back:
	case <-time.After(time.Minute):
		t.Fatal("nobody is told that the database is back")
	}
	mustDo(t, e, counting("n"))
	if e.Back() == back {
		t.Error("of the next outage nobody would hear")
	}
	// The outage, and the connection for notifications once or twice: not one for every poll.
	if got := logged.count(slog.LevelWarn, "error", nil); got == 0 || got > 10 {
		t.Errorf("got %d warnings, want a few", got)
	}
}

// TestAwayWithoutRun holds that an engine which nobody runs, as in a command line tool, finds
// out by itself that the database is back.
func TestAwayWithoutRun(t *testing.T) {
	t.Parallel()
	proxy := storetest.NewProxy(t, storetest.Postgres(t))
	var now atomic.Int64
	e := mustOpen(t, storetest.Open(t, proxy.URL()), func(o *engine.Options) {
		begin := time.Now()
		o.Now = func() time.Time { return begin.Add(time.Duration(now.Load())) }
	})
	mustBegin(t, e)
	proxy.Cut()
	mustRefuse(t, e, "The database")
	proxy.Heal()
	mustRefuse(t, e, "The database cannot be reached") // just asked
	now.Store(int64(time.Second))
	mustDo(t, e, counting("n"))
	if status := e.Status(); status.Away || !status.CanWrite {
		t.Errorf("got status %+v, want all well", status)
	}
}

// TestUnknownOutcome holds that a write whose answer was lost happens once, whether the
// database had heard of it or not.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(*storetest.Proxy) <-chan struct{}{
		"before the commit": func(p *storetest.Proxy) <-chan struct{} { return p.CutRequest("marked") },
		"after the commit":  (*storetest.Proxy).CutCommit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.Postgres(t)
			proxy := storetest.NewProxy(t, url)
			e := mustOpen(t, storetest.Open(t, proxy.URL()))
			before := mustBegin(t, e)
			var seen []int64
			e.Subscribe(func(c engine.Change) { seen = append(seen, c.After.Revision()) })
			happened := cut(proxy)
			go func() {
				<-happened
				proxy.Heal()
			}()
			s := mustDo(t, e, writing(setting("marked", "1")))
			if s.Revision() != before.Revision()+1 || len(seen) != 1 {
				t.Errorf("got revision %d, seen as %v, want %d once", s.Revision(), seen, before.Revision()+1)
			}
			if got := mustOpen(t, storetest.Open(t, url)).State().Head(); got != s.Head() {
				t.Errorf("stored: got head %v, want %v", got, s.Head())
			}
		})
	}
}

// TestOutcomeStaysUnknown holds that a caller is told so when the database does not come back in
// time, and that the node finds out afterwards.
func TestOutcomeStaysUnknown(t *testing.T) {
	t.Parallel()
	proxy := storetest.NewProxy(t, storetest.Postgres(t))
	e := mustOpen(t, storetest.Open(t, proxy.URL()))
	mustBegin(t, e)
	mustRun(t, e)
	happened := proxy.CutCommit()
	_, err := e.Do(t.Context(), writing(setting("a", "1")))
	<-happened
	if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || f.RetryAfter <= 0 || !strings.Contains(f.Message, "may have been made") {
		t.Errorf("got %v, want an Unavailable fault that says so", err)
	}
	proxy.Heal()
	eventually(t, "finding out", func() bool { return e.State().Setting("a") == "1" })
}

// TestPostgresStops stops and starts PostgreSQL under two engines that run, the orderly way and the
// other. They serve throughout, refuse writes while it is gone, and heal without a restart.
func TestPostgresStops(t *testing.T) {
	t.Parallel()
	database := storetest.StartPostgres(t)
	engines := make([]*engine.Engine, 2)
	for i := range engines {
		engines[i] = mustOpen(t, storetest.Open(t, database.URL))
		mustRun(t, engines[i])
	}
	mustBegin(t, engines[0])
	eventually(t, "both nodes to know the instance", func() bool {
		return engines[1].State().Revision() == engines[0].State().Revision()
	})

	// All along, both nodes are read from and written to.
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	var written, refused atomic.Int64
	last := make([]atomic.Int64, len(engines))
	for i, e := range engines {
		load.Go(func() {
			for ctx.Err() == nil {
				s, err := e.Do(ctx, counting("n"))
				switch {
				case err == nil:
					written.Add(1)
					last[i].Store(s.Revision())
				case fault.Is(err, fault.Unavailable) && fault.As(err).RetryAfter > 0:
					refused.Add(1)
					time.Sleep(time.Millisecond) // as a client would, only less
				case !errors.Is(err, context.Canceled):
					t.Errorf("node %d: got %v, want nil or Unavailable", i, err)
				}
			}
		})
		load.Go(func() {
			var newest *state.State
			for ctx.Err() == nil {
				s := e.State()
				if s.Project("default") == nil && newest != nil {
					t.Errorf("node %d: got a state without its project at revision %d", i, s.Revision())
				}
				if newest != nil && s.Revision() < newest.Revision() {
					t.Errorf("node %d: got revision %d after %d", i, s.Revision(), newest.Revision())
				}
				if s.Project("default") != nil {
					newest = s
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	more := func(counter *atomic.Int64, what string) {
		from := counter.Load()
		eventually(t, what, func() bool { return counter.Load() > from+10 })
	}
	more(&written, "writing")
	for _, mode := range []string{"fast", "immediate"} {
		database.Control(t, "stop", "-m", mode)
		more(&refused, "refusing, after a stop that is "+mode)
		for i, e := range engines {
			eventually(t, "noticing", func() bool { return e.Status().Away })
			if status := e.Status(); !status.Ready || status.CanWrite {
				t.Errorf("node %d: got status %+v, want ready, not writing", i, status)
			}
		}
		database.Control(t, "start")
		for i, e := range engines {
			from := last[i].Load()
			eventually(t, "writing again", func() bool { return e.Status().CanWrite && last[i].Load() > from })
		}
	}
	more(&written, "writing")
	stop()
	load.Wait()

	// Both come to the same state, and no write that was confirmed is missing.
	s := mustDo(t, engines[0], counting("end"))
	if err := engines[1].Await(t.Context(), s.Revision()); err != nil {
		t.Fatal(err)
	}
	if got, want := mustDigest(t, engines[1].State()), mustDigest(t, s); got != want {
		t.Errorf("got digests %s and %s, want the same", got, want)
	}
	if got, want := count(s, "n"), int(written.Load()); got < want {
		t.Errorf("got %d writes in the ledger, want the %d that were confirmed", got, want)
	}
	t.Logf("%d writes, %d in the ledger, %d refusals", written.Load(), count(s, "n"), refused.Load())
}
