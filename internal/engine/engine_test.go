package engine_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The pool by which storetest makes and drops databases lasts as long as the process.
		goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"),
	)
}

// mustOpen opens an engine that nobody runs.
func mustOpen(t testing.TB, db *store.DB, change ...func(*engine.Options)) *engine.Engine {
	t.Helper()
	e, err := open(t, db, change...)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return e
}

func open(t testing.TB, db *store.DB, change ...func(*engine.Options)) (*engine.Engine, error) {
	t.Helper()
	o := engine.Options{
		DB:    db,
		Now:   time.Now,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
		Log:   slog.New(slog.NewTextHandler(io.Discard, nil)),
		// Short enough for tests to wait for it.
		PollEvery: 20 * time.Millisecond,
	}
	for _, c := range change {
		c(&o)
	}
	return engine.Open(t.Context(), o)
}

// mustRun runs an engine until the test ends or stop is called.
func mustRun(t testing.TB, e *engine.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Errorf("run: got %v, want nil", err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// writing returns a command of Quorate itself that is always decided into the same events.
func writing(events ...state.Event) engine.Command {
	return engine.Command{Actor: access.System(), Decide: func(*state.State) ([]state.Event, error) { return events, nil }}
}

func mustDo(t testing.TB, e *engine.Engine, c engine.Command) *state.State {
	t.Helper()
	s, err := e.Do(t.Context(), c)
	if err != nil {
		t.Fatalf("do: %v", err)
	}
	return s
}

// mustBegin writes a small instance.
func mustBegin(t testing.TB, e *engine.Engine) *state.State {
	t.Helper()
	for events := range flagtest.Decisions(1, 20) {
		mustDo(t, e, writing(events...))
	}
	return e.State()
}

// counting is a command that puts the n-th setting, where n-1 are there. So it fits exactly
// one state, and each run leaves one more.
func counting(prefix string) engine.Command {
	return engine.Command{Actor: access.System(), Decide: func(s *state.State) ([]state.Event, error) {
		n := 0
		for s.Setting(settingID(prefix, n)) != "" {
			n++
		}
		return []state.Event{setting(settingID(prefix, n), "1")}, nil
	}}
}

func settingID(prefix string, n int) string {
	return prefix + "-" + string(rune('a'+n/26)) + string(rune('a'+n%26))
}

func setting(id, value string) state.Event {
	return state.Event{Payload: state.SettingUpdated{ID: id, After: value}}
}

func mustDigest(t testing.TB, s *state.State) string {
	t.Helper()
	digest, err := state.Digest(s)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// eventually polls until ok, for what another process or goroutine brings about.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come about", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestSmoke(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mustOpen(t, db)
		mustRun(t, e)
		s := mustBegin(t, e)
		again := mustOpen(t, db)
		if got, want := mustDigest(t, again.State()), mustDigest(t, s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
