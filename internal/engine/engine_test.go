package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
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

// counting is a command that puts one more setting "prefix-n" behind those that are there. So each
// run of it leaves one, exactly if it was decided on the state that it was appended to.
func counting(prefix string) engine.Command {
	return engine.Command{Actor: access.System(), Decide: func(s *state.State) ([]state.Event, error) {
		return []state.Event{setting(fmt.Sprintf("%s-%d", prefix, count(s, prefix)), "1")}, nil
	}}
}

func count(s *state.State, prefix string) int {
	n := 0
	for s.Setting(fmt.Sprintf("%s-%d", prefix, n)) != "" {
		n++
	}
	return n
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
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come about", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// mustRefuse checks that a write is answered with 503, a time to wait and a sentence that says why.
func mustRefuse(t testing.TB, e *engine.Engine, why string) {
	t.Helper()
	ran := false
	_, err := e.Do(t.Context(), engine.Command{Actor: access.System(), Decide: func(*state.State) ([]state.Event, error) {
		ran = true
		return []state.Event{setting("refused", "1")}, nil
	}})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Unavailable || f.RetryAfter <= 0 || !strings.Contains(f.Message, why) {
		t.Errorf("do: got %v (decided: %t), want an Unavailable fault with %q", err, ran, why)
	}
}

// mustAppend stores events behind the head of a database, as another release or an intruder
// might.
func mustAppend(t testing.TB, db *store.DB, events ...ledger.Event) {
	t.Helper()
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entries, _ := ledger.Seal(head, ledger.Batch{
		ID: ledger.BatchID(uuid.Must(uuid.NewV7())), At: time.Now(), Actor: "user:7", Events: events,
	})
	if err := db.Append(t.Context(), head, entries, nil); err != nil {
		t.Fatalf("append: %v", err)
	}
}

// logs remembers what was logged.
type logs struct {
	mu      sync.Mutex
	records []slog.Record
}

func (l *logs) Enabled(context.Context, slog.Level) bool { return true }
func (l *logs) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *logs) WithGroup(string) slog.Handler            { return l }

func (l *logs) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
	return nil
}

// count returns how often something was logged at a level with an attribute; nil: with any value.
func (l *logs) count(level slog.Level, key string, value any) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, r := range l.records {
		r.Attrs(func(a slog.Attr) bool {
			if r.Level == level && a.Key == key && (value == nil || a.Value.Any() == value) {
				n++
			}
			return true
		})
	}
	return n
}

// into makes an engine log there.
func (l *logs) into(o *engine.Options) { o.Log = slog.New(l) }

// mustForge returns the body of a snapshot that says it is of a head, and holds another state.
func mustForge(t testing.TB, s *state.State, head ledger.Head) []byte {
	t.Helper()
	data, err := state.Snapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	tree["head"] = head
	if data, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	return encoder.EncodeAll(data, nil)
}
