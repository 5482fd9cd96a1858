package app_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/window"
)

// weeks is a node in a bubble, some weeks around the night in which the clocks in Oslo are put forward, with a change request for
// each day: the flag of a day is switched on by the request with the day's number and one.
type weeks struct {
	node
	oslo    *time.Location
	applied map[flag.Name]time.Time // when each flag was switched on
}

// mustPlanWeeks begins at noon of 15 March 2000, in Oslo, with requests that are due in an hour. What goes wrong with a write
// says project, which may be nil.
func mustPlanWeeks(t *testing.T, days int, project func(*store.Tx, engine.Change) error) *weeks {
	t.Helper()
	oslo, err := window.LoadZone("Europe/Oslo")
	must(t, err)
	w := &weeks{oslo: oslo, applied: map[flag.Name]time.Time{}}
	w.node = mustStart(t, storetest.Open(t, storetest.SQLite(t)), new(atomic.Int64), project)
	time.Sleep(time.Until(w.at(-1, 12))) // bubbles begin in 2000
	mustPlan(t, w.engine, time.Hour, days)
	w.engine.Subscribe(func(c engine.Change) {
		for _, e := range c.Events {
			if _, on := e.Payload.(state.FeatureEnvironmentEnabled); on {
				w.applied[e.Feature] = e.Stored.At
			}
		}
	})
	if winter, summer := w.at(0, 12), w.at(20, 12); winter.UTC().Hour() != 11 || summer.UTC().Hour() != 10 {
		t.Fatalf("noon in Oslo is at %s and %s, want 11 and then 10: the clocks were not put forward", winter.UTC(), summer.UTC())
	}
	return w
}

// at is an hour of a day by the clocks in Oslo.
func (w *weeks) at(day, hour int) time.Time { return time.Date(2000, 3, 16+day, hour, 0, 0, 0, w.oslo) }

// schedule has the request of a day applied at a time.
func (w *weeks) schedule(t *testing.T, day int, at time.Time) error {
	actor, _ := w.State().Actor(plannedBy.ID())
	_, err := w.CommandRequest(t.Context(), app.Caller{Actor: actor}, "default", w.request(day), changerequest.ScheduleAt{At: at, Zone: "Europe/Oslo"})
	return err
}

func (w *weeks) request(day int) changerequest.ID { return changerequest.ID(day + 1) }

// status returns what has become of the schedule of a day's request, which is open.
func (w *weeks) status(day int) changerequest.ScheduleStatus {
	return w.State().ChangeRequest(w.request(day)).Schedule.Status
}

// watch runs the node's alarm until somebody stops it.
func (w *weeks) watch(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.alarm().Run(ctx, slog.New(slog.DiscardHandler)); close(ended) }()
	return func() { cancel(); <-ended }
}

// check says what was switched on: on the days for which want returns a time, then, and on no other.
func (w *weeks) check(t *testing.T, days int, want func(day int) time.Time) {
	t.Helper()
	for day := range days {
		if at, want := w.applied[planned(day)], want(day); !at.Equal(want) {
			t.Errorf("day %d: applied at %s, want %s", day, at, want)
		}
	}
}
