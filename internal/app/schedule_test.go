package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/scheduler"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// The flags of planned, and who schedules their requests.
const plannedBy = access.Ref("user:2")

func planned(i int) flag.Name { return flag.Name(fmt.Sprintf("flag-%d", i)) }

// mustPlan writes that so many flags of the project default are to be switched on in production, each by a request of its own
// that is due in a while, and returns when.
func mustPlan(t testing.TB, e *engine.Engine, in time.Duration, n int) time.Time {
	t.Helper()
	place := changerequest.Place{Project: "default", Environment: "production"}
	agreements := []changerequest.Agreement{{Place: place, Rule: changerequest.Rule{RequiredApprovals: 1}}}
	write := func(by access.Ref, decide func(*state.State) []state.Event) {
		t.Helper()
		_, err := e.Do(t.Context(), engine.Command{
			Actor:  access.Actor{Ref: by, Grants: []access.Grant{{Permission: access.Admin}}},
			Decide: func(s *state.State) ([]state.Event, error) { return decide(s), nil },
		})
		must(t, err)
	}
	write(access.SystemRef, func(*state.State) []state.Event {
		events := []state.Event{
			{Payload: state.UserCreated{ID: 1, RootRole: access.RoleViewer}},
			{Payload: state.UserCreated{ID: 2, RootRole: access.RoleAdmin}},
			{Payload: state.UserCreated{ID: 3, RootRole: access.RoleAdmin}},
		}
		for i := range n {
			events = append(events, state.Event{Scope: state.Scope{Project: "default", Feature: planned(i)}, Payload: state.FeatureCreated{Flag: flag.Flag{
				Name: planned(i), Project: "default", Environments: []flag.FlagEnvironment{{Environment: "development"}, {Environment: "production"}},
			}}})
		}
		return events
	})
	tell := func(by access.Ref, facts func(*state.State, changerequest.ID) []changerequest.Event) {
		t.Helper()
		write(by, func(s *state.State) []state.Event {
			var events []state.Event
			for i := range n {
				r := &changerequest.Request{ID: changerequest.ID(i + 1), Project: place.Project, Environment: place.Environment}
				for _, fact := range facts(s, r.ID) {
					events = append(events, decide.RequestEvent(r, fact))
				}
			}
			return events
		})
	}
	// Each is somebody else's, since an author has one pending request in a place.
	for i := range n {
		write(access.NewRef(access.KindServiceAccount, int64(1000+i)), func(s *state.State) []state.Event {
			r := &changerequest.Request{ID: s.NextChangeRequestID(), Project: place.Project, Environment: place.Environment}
			p := change.UpdateEnabled{Enabled: true, Minted: flag.StrategyID(fmt.Sprintf("s%d", i))}
			c := change.Change{ID: s.NextChangeID(), Feature: planned(i), Payload: p, Base: change.BaseOf(s, place.Environment, planned(i), p)}
			return []state.Event{
				decide.RequestEvent(r, changerequest.Created{Agreements: agreements}),
				decide.RequestEvent(r, changerequest.ChangeAdded{Change: c}),
				decide.RequestEvent(r, changerequest.SentToReview{Agreements: agreements}),
			}
		})
	}
	tell("user:3", func(s *state.State, id changerequest.ID) []changerequest.Event {
		return []changerequest.Event{changerequest.ApprovedEvent{Vote: changerequest.Vote{By: "user:3", Round: 1, ContentID: s.ChangeRequest(id).ContentID()}}}
	})
	at := e.Now().Add(in)
	tell(plannedBy, func(*state.State, changerequest.ID) []changerequest.Event {
		return []changerequest.Event{changerequest.ScheduledEvent{At: at}}
	})
	return at
}

// node is a node of a test, whose clock the test may put forward.
type node struct {
	*app.App
	engine *engine.Engine
	ahead  *atomic.Int64
}

func mustStart(t testing.TB, db *store.DB, ahead *atomic.Int64, project func(*store.Tx, engine.Change) error) node {
	t.Helper()
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	e, err := engine.Open(t.Context(), engine.Options{
		DB: db, Now: now, Log: slog.New(slog.DiscardHandler), Project: project,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	must(t, err)
	a := app.New(app.Options{
		Engine: e, Now: now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Keys: keys{}, ScheduleGrace: time.Hour,
	})
	must(t, a.Bootstrap(t.Context()))
	return node{a, e, ahead}
}

func (n node) alarm() scheduler.Alarm {
	return scheduler.Alarm{Name: "schedules", Now: n.Now, Next: n.NextDue, Moved: n.Moved, Back: n.Back, Do: n.RunDue}
}

// applications says how often each request was applied, according to the ledger.
func applications(t testing.TB, db *store.DB, due time.Time) map[changerequest.ID]int {
	t.Helper()
	times := map[changerequest.ID]int{}
	var first, last time.Time
	_, err := db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		event, err := state.Decode(e.Event)
		if p, ok := event.Payload.(state.ChangeRequestEvent); ok {
			if _, applied := p.Fact.(changerequest.AppliedEvent); applied {
				times[p.ID]++
				if last = e.At; first.IsZero() {
					first = e.At
				}
				if access.Ref(e.Actor) != plannedBy {
					t.Errorf("request %d was applied by %s, want by who scheduled it", p.ID, e.Actor)
				}
			}
		}
		return err
	})
	must(t, err)
	t.Logf("%d requests were applied, the first %s and the last %s after their time", len(times), first.Sub(due), last.Sub(due))
	return times
}

// TestRace lets two nodes wake at the same instant, at which many requests are due: each is applied exactly once.
func TestRace(t *testing.T) {
	t.Parallel()
	const n = 100
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		var ahead atomic.Int64
		first, second := mustStart(t, dbs[0], &ahead, nil), mustStart(t, dbs[1], &ahead, nil)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for _, node := range []node{first, second} {
			running.Go(func() { _ = node.engine.Run(ctx) })
			running.Go(func() { node.alarm().Run(ctx, slog.New(slog.DiscardHandler)) })
		}
		due := mustPlan(t, first.engine, time.Second, n)
		for first.State().DueCount() > 0 {
			select {
			case <-first.Moved():
			case <-time.After(30 * time.Second):
				t.Fatalf("%d requests are still waiting", first.State().DueCount())
			}
		}
		stop()
		running.Wait()
		times := applications(t, dbs[0], due)
		for id := changerequest.ID(1); id <= n; id++ {
			if times[id] != 1 {
				t.Errorf("request %d was applied %d times", id, times[id])
			}
		}
		for i := range n {
			if !first.State().Flag(planned(i)).In("production").Enabled {
				t.Errorf("the flag %s is off", planned(i))
			}
		}
	})
}

// TestSlowIsNotLate lets each application take as long as the grace: what was due while a node was there is applied,
// however many others it had to apply first.
func TestSlowIsNotLate(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	n := mustStart(t, storetest.Open(t, storetest.SQLite(t)), &ahead, func(_ *store.Tx, c engine.Change) error {
		if c.After.DueCount() < c.Before.DueCount() {
			ahead.Add(int64(time.Hour))
		}
		return nil
	})
	mustPlan(t, n.engine, time.Hour, 4)
	ahead.Store(int64(time.Hour))
	must(t, n.RunDue(t.Context()))
	for r := range n.State().OpenRequests() {
		t.Errorf("request %d is still open, want it applied: %+v", r.ID, r.Schedule)
	}
}

// TestPassingFault takes the database away when something is due, and gives it back: nothing is recorded, and it is tried again.
func TestPassingFault(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	away := false
	n := mustStart(t, storetest.Open(t, storetest.SQLite(t)), &ahead, func(*store.Tx, engine.Change) error {
		if away {
			return fmt.Errorf("write: %w", store.ErrUnavailable)
		}
		return nil
	})
	mustPlan(t, n.engine, time.Hour, 3)
	ahead.Store(int64(time.Hour))
	away = true
	before := n.State().Revision()
	if err := n.RunDue(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want Unavailable", err)
	}
	if n.State().Revision() != before || n.State().DueCount() != 3 {
		t.Errorf("got revision %d and %d schedules, want %d and 3: nothing has happened", n.State().Revision(), n.State().DueCount(), before)
	}
	away = false
	ahead.Add(int64(time.Minute)) // the engine does not ask again at once
	must(t, n.RunDue(t.Context()))
	for r := range n.State().OpenRequests() {
		t.Errorf("request %d is still open, want it applied: %+v", r.ID, r.Schedule)
	}
	if got := n.State().DueCount(); got > 0 {
		t.Errorf("%d schedules are left, want none", got)
	}
}

// TestLastingFault has an error in the way that no waiting ends: it is recorded with the request, once, and told to the log.
func TestLastingFault(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	broken := errors.New("a table is missing")
	tried := 0
	n := mustStart(t, storetest.Open(t, storetest.SQLite(t)), &ahead, func(_ *store.Tx, c engine.Change) error {
		for _, e := range c.Events {
			if e.Stored.Type == (changerequest.AppliedEvent{}).EventType() {
				tried++
				return broken
			}
		}
		return nil
	})
	mustPlan(t, n.engine, time.Hour, 2)
	ahead.Store(int64(time.Hour))
	if err := n.RunDue(t.Context()); !errors.Is(err, broken) {
		t.Errorf("got %v, want what the log should have", err)
	}
	must(t, n.RunDue(t.Context()))
	for id := changerequest.ID(1); id <= 2; id++ {
		r := n.State().ChangeRequest(id)
		if r == nil || r.Schedule.Status != changerequest.Failed || !strings.Contains(r.Schedule.Reason, "log of the server") || strings.Contains(r.Schedule.Reason, "table") {
			t.Errorf("got the request %+v, want a schedule that failed, and a reason without what only the log should have", r)
		}
	}
	if tried != 2 || n.State().DueCount() > 0 || n.State().Flag(planned(0)).In("production").Enabled {
		t.Errorf("tried %d times, %d are still due; want each tried once, and no effect", tried, n.State().DueCount())
	}
}

// TestWeeksAhead applies a request each day at nine in Oslo, over three weeks in which the clocks there are put
// forward; but for the day on which nobody was there at nine, nor within the grace.
func TestWeeksAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const days, missed = 21, 19
		w := mustPlanWeeks(t, days, nil)
		for day := range days {
			must(t, w.schedule(t, day, w.at(day, 9)))
		}
		stop := w.watch(t)
		time.Sleep(time.Until(w.at(missed, 8)))
		stop()
		time.Sleep(2*time.Hour + 30*time.Minute) // nobody is there at nine, and an hour after
		stop = w.watch(t)
		time.Sleep(time.Until(w.at(days, 9)))
		stop()
		w.check(t, days, func(day int) time.Time {
			if day == missed {
				return time.Time{}
			}
			return w.at(day, 9)
		})
		r := w.State().ChangeRequest(w.request(missed))
		if r == nil || r.Schedule.Status != changerequest.Suspended || r.Schedule.Cause.Kind != changerequest.TooLate || r.Schedule.Zone != "Europe/Oslo" {
			t.Errorf("got %+v, want it suspended because it was too late", r)
		}
	})
}

// TestWeeksOfChanges puts requests off and brings them forward, across the night in which the clocks are put forward, has one
// fail that is scheduled again when what failed is mended, and others wait for a database that is away for a while.
func TestWeeksOfChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const days, putOff, broughtForward, failed, away = 21, 3, 16, 5, 12
		broken, unavailable := true, false
		w := mustPlanWeeks(t, days, func(_ *store.Tx, c engine.Change) error {
			switch {
			case unavailable:
				return fmt.Errorf("write: %w", store.ErrUnavailable)
			case broken && slices.ContainsFunc(c.Events, func(e state.Applied) bool {
				return e.Feature == planned(failed) && e.Payload.EventType() == state.FeatureEnvironmentEnabled{}.EventType()
			}):
				return errors.New("a table is missing")
			default:
				return nil
			}
		})
		for day := range days {
			must(t, w.schedule(t, day, w.at(day, 9)))
		}
		stop := w.watch(t)
		must(t, w.schedule(t, putOff, w.at(18, 7))) // in summer time
		time.Sleep(time.Until(w.at(1, 9)))
		must(t, w.schedule(t, broughtForward, w.at(2, 23))) // in winter time
		time.Sleep(time.Until(w.at(failed, 10)))
		if got := w.status(failed); got != changerequest.Failed {
			t.Errorf("got the schedule %q, want it failed", got)
		}
		time.Sleep(time.Until(w.at(failed+4, 9)))
		if got := w.status(failed); got != changerequest.Failed {
			t.Errorf("four days later: got the schedule %q, want it failed and not tried again", got)
		}
		broken = false
		must(t, w.schedule(t, failed, w.at(15, 4)))
		time.Sleep(time.Until(w.at(away, 8)))
		unavailable = true
		time.Sleep(time.Until(w.at(away, 9).Add(20 * time.Minute)))
		unavailable = false
		time.Sleep(time.Until(w.at(days, 9)))
		stop()
		late := w.applied[planned(away)]
		if since := late.Sub(w.at(away, 9)); since < 20*time.Minute || since > 20*time.Minute+30*time.Second {
			t.Errorf("applied %s late, want 20 minutes and as long as the next attempt takes to come", since)
		}
		w.check(t, days, func(day int) time.Time {
			if at, other := map[int]time.Time{putOff: w.at(18, 7), broughtForward: w.at(2, 23), failed: w.at(15, 4), away: late}[day]; other {
				return at
			}
			return w.at(day, 9)
		})
	})
}
