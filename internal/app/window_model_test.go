package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/window"
)

// TestWindowsAgreeWithModel makes, changes and ends windows at random, while requests are scheduled and applied, flags are
// switched and days go by. A model, which knows of windows nothing but the minutes that they cover, says what is
// refused and until when, which schedules are suspended, and which requests are applied.
func TestWindowsAgreeWithModel(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	synctest.Test(t, func(t *testing.T) {
		const steps, requests = 4000, 200
		m := &windowModel{
			node: mustStart(t, storetest.Open(t, storetest.SQLite(t)), new(atomic.Int64), nil), random: rand.New(rand.NewPCG(seed, 1)),
			windows: modelWindows{}, requests: map[changerequest.ID]*modelRequest{}, counts: map[string]int{},
		}
		due := mustPlan(t, m.engine, 300*24*time.Hour, requests)
		for id := changerequest.ID(1); id <= requests; id++ {
			m.requests[id] = &modelRequest{due: due, waits: true}
		}
		m.engine.Subscribe(func(c engine.Change) {
			for _, e := range c.Events {
				if p, ok := e.Payload.(state.ChangeRequestsBypassed); ok {
					m.bypass.Store(&p)
				}
			}
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { m.alarm().Run(ctx, slog.New(slog.DiscardHandler)); close(ended) }()
		for step := 0; step < steps && len(m.requests) > 0 && !t.Failed(); step++ {
			m.step(t)
			m.compare(t)
		}
		stop()
		<-ended
		t.Logf("seed %d: %d requests are left; %v", seed, len(m.requests), m.counts)
		for _, what := range []string{
			"window made", "window changed", "window ended", "suspended", "run", "scheduled", "schedule refused",
			"applied", "apply refused", "applied as a bypass", "switched", "switch refused", "switched as a bypass",
		} {
			if m.counts[what] < 5 {
				t.Errorf("%s: %d times, want 5 or more", what, m.counts[what])
			}
		}
	})
}

// modelWindow is a window as a model has it: it covers some minutes from a start on, once or each week.
type modelWindow struct {
	window window.Window
	start  time.Time
	length time.Duration
	weekly bool
}

// newWindow returns a window of a model, and modelOf the model of a window. The clocks of its zone are never moved.
func newWindow(kind window.Kind, name string, start time.Time, minutes int, weekly bool, projects ...flag.ProjectID) window.Window {
	wall := start.UTC().Add(kathmandu)
	w := window.Window{Kind: kind, Name: name, Start: window.Wall(wall.Format(modelWall)), Minutes: minutes, Zone: "Asia/Kathmandu", Projects: projects}
	if weekly {
		w.Recurrence = &window.Recurrence{Frequency: window.Weekly, Weekdays: []window.Weekday{window.Weekday(strings.ToLower(wall.Weekday().String()))}}
	}
	return w
}

func modelOf(w window.Window) modelWindow {
	wall, _ := time.Parse(modelWall, string(w.Start))
	return modelWindow{w, wall.Add(-kathmandu), time.Duration(w.Minutes) * time.Minute, w.Recurrence != nil}
}

const (
	kathmandu = 5*time.Hour + 45*time.Minute
	modelWall = "2006-01-02T15:04"
)

func (w modelWindow) covers(t time.Time) bool {
	since := t.Sub(w.start)
	if w.weekly {
		since %= 7 * 24 * time.Hour
	}
	return since >= 0 && since < w.length
}

// modelWindows are the windows that there are.
type modelWindows map[window.ID]modelWindow

// open tells whether a place takes changes at a time.
func (all modelWindows) open(at changerequest.Place, t time.Time) bool {
	bounded, within := false, false
	for _, w := range all {
		if w.window.Environment != at.Environment || len(w.window.Projects) > 0 && !slices.Contains(w.window.Projects, at.Project) {
			continue
		}
		freeze := w.window.Kind == window.Freeze
		if freeze && w.covers(t) {
			return false
		}
		bounded = bounded || !freeze
		within = within || !freeze && w.covers(t)
	}
	return within || !bounded
}

// modelRequest is an open request: approved, and to run at a time, if it waits for that.
type modelRequest struct {
	due   time.Time
	waits bool
}

type windowModel struct {
	node
	random   *rand.Rand
	windows  modelWindows
	requests map[changerequest.ID]*modelRequest
	bypass   atomic.Pointer[state.ChangeRequestsBypassed] // of a write, also when a schedule ran right after it
	named    int
	counts   map[string]int // what happened
}

// Who does things: one that may do all but go past a window, and an admin.
var (
	everyday = app.Caller{Actor: access.Actor{Ref: "user:1", Grants: []access.Grant{
		{Permission: access.UpdateFeatureEnvironment}, {Permission: access.CreateFeatureStrategy}, {Permission: access.ApplyChangeRequest},
	}}}
	inNeed = app.Caller{Actor: access.Actor{Ref: plannedBy, Grants: []access.Grant{{Permission: access.Admin}}}, Reason: "fire"}
)

func (m *windowModel) open(env flag.EnvironmentName, t time.Time) bool {
	return m.windows.open(changerequest.Place{Project: "default", Environment: env}, t)
}

// says returns what a refusal must say: the first minute at which the environment is open, if there is one.
func (m *windowModel) says(env flag.EnvironmentName, t time.Time) string {
	from := t.Truncate(time.Minute)
	for at := from; at.Sub(from) < 60*24*time.Hour; at = at.Add(time.Minute) {
		if m.open(env, at) {
			return at.UTC().Format("2006-01-02 15:04 UTC")
		}
	}
	return "opens"
}

// pick draws an open request.
func (m *windowModel) pick() changerequest.ID {
	ids := slices.Sorted(maps.Keys(m.requests))
	return ids[m.random.IntN(min(len(ids), 8))]
}

func (m *windowModel) step(t *testing.T) {
	t.Helper()
	switch m.random.IntN(12) {
	case 0:
		if len(m.windows) < 5 {
			m.put(t, 0)
		}
	case 1, 2:
		ids := slices.Sorted(maps.Keys(m.windows))
		if len(ids) == 0 {
			return
		}
		id := ids[m.random.IntN(len(ids))]
		if m.random.IntN(2) == 0 {
			m.put(t, id)
			return
		}
		must(t, m.DeleteWindow(t.Context(), admin, m.windows[id].window.Environment, id))
		delete(m.windows, id)
		m.count("window ended")
		m.close()
	case 3, 4, 5:
		id, at := m.pick(), time.Now().Add(time.Duration(1+m.random.IntN(3*24*60))*time.Minute)
		_, err := m.CommandRequest(t.Context(), app.Caller{Actor: inNeed.Actor}, "default", id, changerequest.ScheduleAt{At: at})
		if m.expect(t, "schedule", err, fault.BadData, m.open("production", at), m.says("production", at)) {
			*m.requests[id] = modelRequest{due: at, waits: true}
			m.count("scheduled")
		}
	case 6:
		id := m.pick()
		m.write(t, "production", "apply", "applied", func(c app.Caller) error {
			_, err := m.CommandRequest(t.Context(), c, "default", id, changerequest.Apply{})
			if err == nil {
				delete(m.requests, id)
			}
			return err
		})
	case 7, 8:
		m.write(t, "development", "switch", "switched", func(c app.Caller) error {
			if m.State().Flag(planned(0)).In("development").Enabled {
				return m.SwitchFeaturesOff(t.Context(), c, "default", "development", []flag.Name{planned(0)})
			}
			return m.SwitchFeaturesOn(t.Context(), c, "default", "development", []flag.Name{planned(0)}, decide.Activation{})
		})
	default:
		time.Sleep(time.Duration(m.random.IntN(24*60*60)) * time.Second)
		synctest.Wait()
		for id, r := range m.requests {
			if r.waits && !r.due.After(time.Now()) {
				delete(m.requests, id)
				m.count("run")
			}
		}
	}
}

// put makes a window, or puts another one in the place of id. One that says what another one says, or leaves nothing
// of it, is refused, which the model leaves to the tests of windows.
func (m *windowModel) put(t *testing.T, id window.ID) {
	t.Helper()
	m.named++
	start := time.Now().Truncate(time.Minute).Add(time.Duration(m.random.IntN(4*24*60)-24*60) * time.Minute)
	kind := []window.Kind{window.Freeze, window.Maintenance}[m.random.IntN(2)]
	var projects []flag.ProjectID
	if m.random.IntN(2) == 0 {
		projects = []flag.ProjectID{"default"}
	}
	w := newWindow(kind, fmt.Sprint("Window ", m.named), start, 1+m.random.IntN(2*24*60), m.random.IntN(2) == 0, projects...)
	env, what := m.windows[id].window.Environment, "window changed"
	if id == 0 {
		env, what = []flag.EnvironmentName{"production", "development"}[m.random.IntN(2)], "window made"
	}
	var made *window.Window
	var err error
	if id == 0 {
		made, err = m.CreateWindow(t.Context(), admin, env, w)
	} else {
		made, err = m.UpdateWindow(t.Context(), admin, env, id, w)
	}
	if fault.Is(err, fault.BadData) {
		return
	}
	must(t, err)
	m.count(what)
	m.windows[made.ID] = modelOf(*made)
	m.close()
}

// close suspends the schedules whose time is closed now.
func (m *windowModel) close() {
	for _, r := range m.requests {
		if r.waits && !m.open("production", r.due) {
			r.waits = false
			m.count("suspended")
		}
	}
}

// write does something now: as everybody does, and, if that is refused, by somebody in need, which is recorded as a bypass.
func (m *windowModel) write(t *testing.T, env flag.EnvironmentName, what, done string, do func(app.Caller) error) {
	t.Helper()
	open, says := m.open(env, time.Now()), m.says(env, time.Now())
	m.bypass.Store(nil)
	careless, powerless := inNeed, everyday
	careless.Reason, powerless.Reason = "", "fire"
	if !open {
		_ = m.expect(t, what, do(careless), fault.Conflict, false, says)
		_ = m.expect(t, what, do(powerless), fault.Conflict, false, says)
	}
	if m.expect(t, what, do(everyday), fault.Conflict, open, says) {
		m.count(done)
		if b := m.bypass.Load(); b != nil {
			t.Errorf("%s: got the bypass %+v, and %s is open", what, b, env)
		}
		return
	}
	must(t, do(inNeed))
	m.count(done + " as a bypass")
	if b := m.bypass.Load(); b == nil || b.Reason != "fire" || !slices.Equal(b.Closed, []flag.EnvironmentName{env}) {
		t.Errorf("%s: got the bypass %+v, want that of %s, with its reason", what, b, env)
	}
}

// expect reports whether something was done, which it must be exactly if the model says so; a refusal says when it can be.
func (m *windowModel) expect(t *testing.T, what string, err error, kind fault.Kind, want bool, says string) bool {
	t.Helper()
	if (err == nil) != want {
		t.Errorf("%s at %s: got %v, want it done: %t\n%v", what, time.Now().UTC(), err, want, m.windows)
	}
	if err == nil {
		return true
	}
	m.count(what + " refused")
	text := err.Error()
	if f := fault.As(err); f != nil && len(f.Details) > 0 {
		text = f.Details[0].Message
	}
	if !fault.Is(err, kind) || !strings.Contains(text, says) {
		t.Errorf("%s at %s: got %v, want a %s with %q\n%v", what, time.Now().UTC(), err, kind, says, m.windows)
	}
	return false
}

// compare holds the open requests and their schedules against the model.
func (m *windowModel) compare(t *testing.T) {
	t.Helper()
	open := 0
	for r := range m.State().OpenRequests() {
		open++
		want := m.requests[r.ID]
		if want == nil {
			t.Fatalf("request %d is open, want it applied: %+v", r.ID, r.Schedule)
		}
		status := changerequest.Pending
		if !want.waits {
			status = changerequest.Suspended
		}
		if s := r.Schedule; s.Status != status || !s.At.Equal(want.due) || status == changerequest.Suspended && s.Cause.Kind != changerequest.EnvironmentClosed {
			t.Fatalf("request %d has the schedule %+v, want it %s for %s\n%v", r.ID, s, status, want.due, m.windows)
		}
	}
	if open != len(m.requests) {
		t.Fatalf("%d requests are open, want %d", open, len(m.requests))
	}
}

func (m *windowModel) count(what string) { m.counts[what]++ }
