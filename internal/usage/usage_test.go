package usage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// noon is when the tests begin.
var noon = time.Date(2026, time.March, 1, 12, 20, 0, 0, time.UTC)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newUsage returns a usage that knows the flags a and b, and its clock.
func newUsage(db *store.DB) (*usage.Usage, *clock) {
	c := &clock{now: noon}
	return usage.New(usage.Options{
		DB: db, Now: c.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Known: func(feature string) bool { return feature == "a" || feature == "b" },
		Live:  func(_, environment string) bool { return environment == "production" },
	}), c
}

func mustFlush(t *testing.T, u *usage.Usage) {
	t.Helper()
	if err := u.Flush(t.Context()); err != nil {
		t.Fatalf("flush: %v", err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func report(application string, at time.Time, features map[string]usage.Counts) usage.Report {
	return usage.Report{Application: application, Environment: "development", At: at, Features: features}
}

func TestCountsAddUpByTheHour(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		hour := noon.Truncate(time.Hour)
		u.Count(report("shop", noon, map[string]usage.Counts{
			"a": {Yes: 3, No: 1, Variants: map[string]int64{"blue": 2, "disabled": 1}},
			"b": {No: 5},
		}))
		mustFlush(t, u)
		u.Count(report("shop", noon.Add(time.Minute), map[string]usage.Counts{"a": {Yes: 2, Variants: map[string]int64{"blue": 1, "red": 1}}}))
		u.Count(report("shop", noon.Add(-time.Hour), map[string]usage.Counts{"a": {Yes: 7}}))
		u.Count(report("mail", noon, map[string]usage.Counts{"a": {No: 1}}))
		u.Count(usage.Report{Application: "shop", Environment: "production", At: noon, Features: map[string]usage.Counts{"a": {Yes: 9}}})
		mustFlush(t, u)

		want := []usage.HourCount{
			{Feature: "a", Environment: "development", Application: "mail", Hour: hour, No: 1},
			{Feature: "a", Environment: "development", Application: "shop", Hour: hour.Add(-time.Hour), Yes: 7},
			{Feature: "a", Environment: "development", Application: "shop", Hour: hour, Yes: 5, No: 1, Variants: map[string]int64{"blue": 3, "disabled": 1, "red": 1}},
			{Feature: "a", Environment: "production", Application: "shop", Hour: hour, Yes: 9},
		}
		if diff := cmp.Diff(want, must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 2))); diff != "" {
			t.Errorf("two hours differ (-want +got):\n%s", diff)
		}
		if got := must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 1)); len(got) != 3 {
			t.Errorf("got %v for one hour, want the 3 counts of the present one", got)
		}
	})
}

func TestNothingFoundIsNotCounted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		u.Count(report("shop", noon, map[string]usage.Counts{"a": {Variants: map[string]int64{"blue": 4}}, "unheard": {}}))
		mustFlush(t, u)
		if got := must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 48)); len(got) != 0 {
			t.Errorf("got %v, want no counts", got)
		}
		if got := must[[]usage.UnknownFlag](t)(u.UnknownFlags(t.Context())); len(got) != 0 {
			t.Errorf("got %v, want no unknown flags", got)
		}
	})
}

// TestWrongClocksCountNow books what lies outside of what is kept in the present hour: the
// flag is used, whatever the client's clock says.
func TestWrongClocksCountNow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		for _, at := range []time.Time{noon.Add(-49 * time.Hour), noon.AddDate(1000, 0, 0), {}} {
			u.Count(report("shop", at, map[string]usage.Counts{"a": {Yes: 1}}))
		}
		mustFlush(t, u)
		want := []usage.HourCount{{Feature: "a", Environment: "development", Application: "shop", Hour: noon.Truncate(time.Hour), Yes: 3}}
		if diff := cmp.Diff(want, must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 48))); diff != "" {
			t.Errorf("the counts differ (-want +got):\n%s", diff)
		}
	})
}

func TestLastSeen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		use := func(feature string) {
			u.Count(report("shop", clock.Now(), map[string]usage.Counts{feature: {No: 1}}))
			mustFlush(t, u)
		}
		use("a")
		clock.move(90 * time.Minute)
		use("a")
		use("b")
		a := usage.Seen{Feature: "a", Environment: "development", First: noon, Last: noon.Add(90 * time.Minute)}
		b := usage.Seen{Feature: "b", Environment: "development", First: noon.Add(90 * time.Minute), Last: noon.Add(90 * time.Minute)}
		for name, want := range map[string]map[string]usage.Seen{"a": {"development": a}, "b": {"development": b}, "c": nil} {
			// As the one that counted knows it, and as another reads it.
			other, _ := newUsage(db)
			for _, asked := range []*usage.Usage{u, other} {
				use := must[func(string) usage.Use](t)(asked.Uses(t.Context()))(name)
				if diff := cmp.Diff(want, use.Seen); diff != "" {
					t.Errorf("%s was seen (-want +got):\n%s", name, diff)
				}
				if len(want) > 0 && !use.LastSeen().Equal(want["development"].Last) {
					t.Errorf("%s: got last seen at %v, want %v", name, use.LastSeen(), want["development"].Last)
				}
			}
		}
	})
}

// TestStages follows a flag through its life: its use decides about two stages, and when it is revived, it
// begins anew.
func TestStages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		must[func(string) usage.Use](t)(u.Uses(t.Context())) // from now on, it keeps in step
		happens := func(event string) {
			e := ledger.Event{Type: event, Feature: "a", At: clock.Now()}
			if err := db.Update(t.Context(), func(tx *store.Tx) error { return usage.Index(tx, e) }); err != nil {
				t.Fatal(err)
			}
			u.Follow(e)
		}
		use := func(environment string) {
			r := report("shop", clock.Now(), map[string]usage.Counts{"a": {Yes: 1}})
			r.Environment = environment
			u.Count(r)
			mustFlush(t, u)
		}
		entered := func(want map[string]time.Time) {
			t.Helper()
			other, _ := newUsage(db)
			for _, asked := range []*usage.Usage{u, other} {
				if diff := cmp.Diff(want, must[func(string) usage.Use](t)(asked.Uses(t.Context()))("a").Entered, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("entered (-want +got):\n%s", diff)
				}
			}
		}
		later := func(d time.Duration) time.Time { return noon.Add(d) }
		use("development")
		clock.move(time.Hour)
		use("production")
		clock.move(time.Hour)
		use("production")
		entered(map[string]time.Time{usage.StagePreLive: noon, usage.StageLive: later(time.Hour)})
		happens("feature-archived")
		entered(map[string]time.Time{usage.StagePreLive: noon, usage.StageLive: later(time.Hour)})
		clock.move(time.Hour)
		happens("feature-revived")
		entered(map[string]time.Time{usage.StageInitial: later(3 * time.Hour)})
		clock.move(time.Hour)
		use("development")
		entered(map[string]time.Time{usage.StageInitial: later(3 * time.Hour), usage.StagePreLive: later(4 * time.Hour)})
		happens("feature-deleted")
		entered(nil)
		if seen := must[func(string) usage.Use](t)(u.Uses(t.Context()))("a").LastSeen(); !seen.IsZero() {
			t.Errorf("a deleted flag was last seen at %v, want never", seen)
		}
	})
}

// TestUsesOfOtherNodes shows what another node was told, some seconds later.
func TestUsesOfOtherNodes(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		if nodes[0].Engine() == store.SQLite {
			return // it has no other nodes
		}
		here, clock := newUsage(nodes[0])
		there, _ := newUsage(nodes[1])
		must[func(string) usage.Use](t)(here.Uses(t.Context()))
		there.Count(report("shop", noon, map[string]usage.Counts{"a": {Yes: 1}}))
		mustFlush(t, there)
		clock.move(31 * time.Second)
		ctx, stop := context.WithCancel(t.Context())
		ticks := make(chan time.Time)
		var running sync.WaitGroup
		running.Go(func() { here.Run(ctx, ticks) })
		ticks <- clock.Now()
		ticks <- clock.Now() // the first one is done when the second is taken
		stop()
		running.Wait()
		if got := must[func(string) usage.Use](t)(here.Uses(t.Context()))("a").LastSeen(); !got.Equal(noon) {
			t.Errorf("got last seen at %v, want %v", got, noon)
		}
	})
}

func TestLastHour(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		for _, application := range []string{"shop", "mail"} {
			u.Count(report(application, clock.Now(), map[string]usage.Counts{"a": {Yes: 2, No: 1}, "b": {Yes: 1}}))
		}
		u.Count(report("shop", clock.Now().Add(-3*time.Hour), map[string]usage.Counts{"a": {Yes: 100}}))
		mustFlush(t, u)
		type counts = map[string]map[string]usage.Counts
		if diff := cmp.Diff(counts{"a": {"development": {Yes: 4, No: 2}}}, must[counts](t)(u.LastHour(t.Context(), "a", "c"))); diff != "" {
			t.Errorf("the last hour (-want +got):\n%s", diff)
		}
	})
}

func TestUnknownFlags(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		u.Count(report("shop", noon, map[string]usage.Counts{"old": {Yes: 1}}))
		mustFlush(t, u)
		clock.move(25 * time.Hour)
		u.Count(report("shop", noon, map[string]usage.Counts{"typo": {Yes: 1}, "a": {Yes: 1}}))
		mustFlush(t, u)
		want := []usage.UnknownFlag{{Name: "typo", Environment: "development", Application: "shop", At: noon.Add(25 * time.Hour)}}
		if diff := cmp.Diff(want, must[[]usage.UnknownFlag](t)(u.UnknownFlags(t.Context()))); diff != "" {
			t.Errorf("the unknown flags differ (-want +got):\n%s", diff)
		}
	})
}

func TestApplications(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		u.Register(usage.Presence{
			Application: "shop", Environment: "development", Instance: "one", Projects: []string{"default", "mail"},
			SDK: "unleash-node-sdk:6.12.1", SDKType: usage.Backend, Strategies: []string{"default", "flexibleRollout"}, ClientIP: "192.0.2.1",
		})
		mustFlush(t, u)
		clock.move(time.Minute)
		// Metrics say less than a registration, and take nothing away.
		u.Register(usage.Presence{Application: "shop", Environment: "development", Instance: "one", Projects: []string{"default"}})
		u.Register(usage.Presence{Application: "shop", Environment: "production"})
		mustFlush(t, u)

		later := noon.Add(time.Minute)
		got := must[*usage.Application](t)(u.Application(t.Context(), "shop"))
		want := &usage.Application{
			ApplicationDetails: usage.ApplicationDetails{Name: "shop", CreatedAt: noon, SeenAt: later, Strategies: []string{"default", "flexibleRollout"}},
			Projects: []usage.Place{
				{Application: "shop", Project: "default", Environment: "development", SeenAt: later},
				{Application: "shop", Project: "mail", Environment: "development", SeenAt: noon},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the application differs (-want +got):\n%s", diff)
		}
		wantInstances := []usage.Instance{
			{Application: "shop", Environment: "development", Instance: "one", SDK: "unleash-node-sdk:6.12.1", SDKType: "backend", ClientIP: "192.0.2.1", CreatedAt: noon, SeenAt: later},
			{Application: "shop", Environment: "production", Instance: "default", CreatedAt: later, SeenAt: later},
		}
		if diff := cmp.Diff(wantInstances, must[[]usage.Instance](t)(u.Instances(t.Context(), "shop"))); diff != "" {
			t.Errorf("the instances differ (-want +got):\n%s", diff)
		}

		if err := u.Describe(t.Context(), usage.ApplicationDetails{Name: "shop", URL: "https://shop.example", Icon: "cart"}); err != nil {
			t.Fatal(err)
		}
		if got := must[*usage.Application](t)(u.Application(t.Context(), "shop")); got.URL != "https://shop.example" || !got.CreatedAt.Equal(noon) {
			t.Errorf("got %+v, want the URL that was given and the first date", got)
		}
		if err := u.Forget(t.Context(), "shop"); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Application(t.Context(), "shop"); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v, want a fault of the kind NotFound", err)
		}
		if got := must[[]usage.Instance](t)(u.Instances(t.Context(), "")); len(got) != 0 {
			t.Errorf("got %v, want no instances", got)
		}
	})
}

func TestFeaturesUsedBy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		u.Count(report("shop", noon, map[string]usage.Counts{"b": {Yes: 1}, "a": {Yes: 1}}))
		u.Count(report("mail", noon, map[string]usage.Counts{"a": {Yes: 1}}))
		mustFlush(t, u)
		for application, want := range map[string][]string{"shop": {"a", "b"}, "mail": {"a"}, "none": nil} {
			if diff := cmp.Diff(want, must[[]string](t)(u.FeaturesUsedBy(t.Context(), application))); diff != "" {
				t.Errorf("%s: the flags differ (-want +got):\n%s", application, diff)
			}
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, clock := newUsage(db)
		use := func(application string) {
			u.Register(usage.Presence{Application: application, Environment: "development", Projects: []string{"*"}})
			u.Count(report(application, clock.Now(), map[string]usage.Counts{"a": {Yes: 1, Variants: map[string]int64{"blue": 1}}}))
			mustFlush(t, u)
		}
		use("first")
		clock.move(50 * time.Hour)
		use("second")
		if err := u.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string(nil), must[[]string](t)(u.FeaturesUsedBy(t.Context(), "first"))); diff != "" {
			t.Errorf("the old counts are there (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"a"}, must[[]string](t)(u.FeaturesUsedBy(t.Context(), "second"))); diff != "" {
			t.Errorf("the new counts are gone (-want +got):\n%s", diff)
		}
		clock.move(29 * 24 * time.Hour)
		use("third")
		if err := u.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range must[[]usage.Application](t)(u.Applications(t.Context())) {
			names = append(names, a.Name)
		}
		if diff := cmp.Diff([]string{"second", "third"}, names); diff != "" {
			t.Errorf("the applications differ (-want +got):\n%s", diff)
		}
	})
}

// TestRun flushes when it is told to and when it is stopped: nothing is lost.
func TestRun(t *testing.T) {
	t.Parallel()
	u, _ := newUsage(storetest.Open(t, storetest.SQLite(t)))
	ctx, stop := context.WithCancel(t.Context())
	ticks := make(chan time.Time)
	var running sync.WaitGroup
	running.Go(func() { u.Run(ctx, ticks) })

	u.Count(report("shop", noon, map[string]usage.Counts{"a": {Yes: 1}}))
	ticks <- noon
	ticks <- noon // the first one is done when the second is taken
	if got := must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 1)); len(got) != 1 || got[0].Yes != 1 {
		t.Errorf("after a tick got %v, want 1", got)
	}
	u.Count(report("shop", noon, map[string]usage.Counts{"a": {Yes: 1}}))
	stop()
	running.Wait()
	if got := must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 1)); len(got) != 1 || got[0].Yes != 2 {
		t.Errorf("after the end got %v, want 2", got)
	}
}

// TestDatabaseAway loses nothing while the database cannot be written to.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	u, _ := newUsage(storetest.Open(t, url))
	storetest.Exec(t, url, `alter table usage_hours rename to elsewhere`)
	count := func() {
		u.Count(report("shop", noon, map[string]usage.Counts{"a": {Yes: 1, Variants: map[string]int64{"blue": 1}}}))
		u.Register(usage.Presence{Application: "shop", Environment: "development"})
	}
	for range 3 {
		count()
		if err := u.Flush(t.Context()); err == nil {
			t.Fatal("got no error from a flush that cannot write")
		}
	}
	storetest.Exec(t, url, `alter table elsewhere rename to usage_hours`)
	count()
	mustFlush(t, u)
	want := []usage.HourCount{{
		Feature: "a", Environment: "development", Application: "shop", Hour: noon.Truncate(time.Hour),
		Yes: 4, Variants: map[string]int64{"blue": 4},
	}}
	if diff := cmp.Diff(want, must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 1))); diff != "" {
		t.Errorf("the counts differ (-want +got):\n%s", diff)
	}
}

// TestBounded sends more different names than are kept.
func TestBounded(t *testing.T) {
	t.Parallel()
	u, clock := newUsage(storetest.Open(t, storetest.SQLite(t)))
	features := map[string]usage.Counts{}
	for i := range 3_000 {
		features[fmt.Sprint("unknown-", i)] = usage.Counts{Yes: 1}
	}
	u.Count(report("shop", noon, features))
	for i := range 12_000 {
		u.Register(usage.Presence{Application: fmt.Sprint("app-", i), Environment: "development"})
	}
	mustFlush(t, u)
	if got := len(must[[]usage.UnknownFlag](t)(u.UnknownFlags(t.Context()))); got != 1_000 {
		t.Errorf("got %d unknown flags, want 1,000", got)
	}
	if got := len(must[[]usage.Application](t)(u.Applications(t.Context()))); got != 10_000 {
		t.Errorf("got %d applications, want 10,000", got)
	}
	if got := u.Dropped(); got != 4_000 {
		t.Errorf("got %d dropped reports, want 4,000", got)
	}
	// What is known goes on, and the next day others have their turn.
	u.Register(usage.Presence{Application: "app-0", Environment: "development"})
	clock.move(25 * time.Hour)
	u.Register(usage.Presence{Application: "app-11999", Environment: "development"})
	if got := u.Dropped(); got != 4_000 {
		t.Errorf("got %d dropped reports, want still 4,000", got)
	}
}

// TestOddNames stores whatever text clients send.
func TestOddNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		long := strings.Repeat("x", 10_000)
		for _, name := range []string{"", "\x00", "\xff\xfe", "a\x00b", "日本", long, "'; drop table applications; --"} {
			u.Register(usage.Presence{Application: name, Environment: name, Projects: []string{name}, Instance: name, SDK: name, Strategies: []string{name}, ClientIP: name})
			u.Count(report(name, noon, map[string]usage.Counts{"a": {Yes: 1, Variants: map[string]int64{name: 1}}, "no" + name: {Yes: 1}}))
		}
		mustFlush(t, u)
		var names []string
		for _, a := range must[[]usage.Application](t)(u.Applications(t.Context())) {
			names = append(names, a.Name)
		}
		if diff := cmp.Diff([]string{"", "'; drop table applications; --", "ab", strings.Repeat("x", 255), "日本"}, names); diff != "" {
			t.Errorf("the applications differ (-want +got):\n%s", diff)
		}
	})
}

// TestLargeCounts adds up to the most that is kept, in memory and in the database, and goes on from there.
func TestLargeCounts(t *testing.T) {
	t.Parallel()
	const most = 1 << 53 // that a report can say
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		u, _ := newUsage(db)
		for range 3 {
			for range 1_025 { // sums of which are no number of 64 bits
				u.Count(report("shop", noon, map[string]usage.Counts{"a": {Yes: most, No: most, Variants: map[string]int64{"blue": most}}}))
			}
			mustFlush(t, u)
		}
		want := []usage.HourCount{{
			Feature: "a", Environment: "development", Application: "shop", Hour: noon.Truncate(time.Hour),
			Yes: store.MostUsage, No: store.MostUsage, Variants: map[string]int64{"blue": store.MostUsage},
		}}
		if diff := cmp.Diff(want, must[[]usage.HourCount](t)(u.Hours(t.Context(), "a", 1))); diff != "" {
			t.Errorf("the counts differ (-want +got):\n%s", diff)
		}
	})
}

// TestNodesAddUp lets two nodes count the same at the same time.
func TestNodesAddUp(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		features := map[string]usage.Counts{"a": {Yes: 1}, "b": {No: 1}}
		var running sync.WaitGroup
		errs := make([]error, len(nodes))
		for i, db := range nodes {
			u, _ := newUsage(db)
			running.Go(func() {
				for range 20 {
					u.Count(report("shop", noon, features))
					u.Register(usage.Presence{Application: "shop", Environment: "development", Projects: []string{"x", "y"}})
					errs[i] = errors.Join(errs[i], u.Flush(t.Context()))
				}
			})
		}
		running.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		u, _ := newUsage(nodes[0])
		if got := must[[]usage.HourCount](t)(u.Hours(t.Context(), "b", 1)); len(got) != 1 || got[0].No != 40 {
			t.Errorf("got %v, want 40", got)
		}
	})
}

// BenchmarkFlush measures writing down what 10 applications counted of 1,000 flags: what
// a busy node does every five seconds.
func BenchmarkFlush(b *testing.B) {
	db := storetest.Open(b, storetest.SQLite(b))
	u := usage.New(usage.Options{
		DB: db, Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Known: func(string) bool { return true },
		Live:  func(string, string) bool { return false },
	})
	features := map[string]usage.Counts{}
	for i := range 1_000 {
		features[fmt.Sprint("flag-", i)] = usage.Counts{Yes: 3, No: 2}
	}
	for b.Loop() {
		for i := range 10 {
			u.Count(report(fmt.Sprint("app-", i), noon, features))
		}
		if err := u.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
