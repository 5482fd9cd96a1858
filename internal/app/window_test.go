package app_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/window"
)

// TestWindowsOverWeeks schedules a request for each day at eleven at night in Oslo, over three weeks in which the clocks
// there are put forward. Production takes changes on Tuesdays and Thursdays from ten until two, and is frozen on the last
// Thursday, as is found out on the way. What is applied is what lies in a window, at its time, and nothing else.
func TestWindowsOverWeeks(t *testing.T) {
	t.Parallel()
	oslo, err := window.LoadZone("Europe/Oslo")
	must(t, err)
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		n := mustStart(t, storetest.Open(t, storetest.SQLite(t)), &ahead, nil)
		const days = 21
		time.Sleep(time.Until(time.Date(2000, 3, 15, 12, 0, 0, 0, oslo))) // bubbles begin in 2000
		mustPlan(t, n.engine, time.Hour, days)
		actor, _ := n.State().Actor(plannedBy.ID())
		root := app.Caller{Actor: access.Actor{Ref: plannedBy, Grants: []access.Grant{{Permission: access.Admin}}}}
		eleven := func(day int) time.Time { return time.Date(2000, 3, 16+day, 23, 0, 0, 0, oslo) }
		status := func(day int) changerequest.ScheduleStatus {
			return n.State().ChangeRequest(changerequest.ID(day + 1)).Schedule.Status
		}

		_, err := n.CreateWindow(t.Context(), root, "production", window.Window{
			Kind: window.Maintenance, Name: "Nights", Start: "2000-03-14T22:00", Minutes: 240, Zone: "Europe/Oslo",
			Recurrence: &window.Recurrence{Frequency: window.Weekly, Weekdays: []window.Weekday{"tuesday", "thursday"}},
		})
		must(t, err)
		open := map[int]bool{}
		for day := range days {
			if got := status(day); got != changerequest.Suspended {
				t.Errorf("day %d: got the schedule %q, want the new window to suspend what was due in an hour", day, got)
			}
			weekday := eleven(day).Weekday()
			open[day] = weekday == time.Tuesday || weekday == time.Thursday
			_, err := n.CommandRequest(t.Context(), app.Caller{Actor: actor}, "default", changerequest.ID(day+1), changerequest.ScheduleAt{At: eleven(day), Zone: "Europe/Oslo"})
			if f := fault.As(err); open[day] != (err == nil) || err != nil && (f == nil || f.Details[0].Path != "/body/scheduledAt" || !strings.Contains(f.Details[0].Message, "22:00 in Europe/Oslo")) {
				t.Errorf("%s: got %v, want it scheduled: %t, or the next opening", weekday, err, open[day])
			}
		}

		applied := map[flag.Name]time.Time{}
		n.engine.Subscribe(func(c engine.Change) {
			for _, e := range c.Events {
				if _, on := e.Payload.(state.FeatureEnvironmentEnabled); on {
					applied[e.Feature] = e.Stored.At
				}
			}
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { n.alarm().Run(ctx, slog.New(slog.DiscardHandler)); close(ended) }()
		const frozen = days - 7 // a Thursday
		time.Sleep(time.Until(eleven(frozen).Add(-time.Hour)))
		_, err = n.CreateWindow(t.Context(), root, "production", window.Window{
			Kind: window.Freeze, Name: "Audit", Start: "2000-03-30T00:00", Minutes: 24 * 60, Zone: "Europe/Oslo",
		})
		must(t, err)
		if got := status(frozen); got != changerequest.Suspended {
			t.Errorf("got the schedule %q, want the freeze to suspend it", got)
		}
		time.Sleep(time.Until(eleven(days)))
		stop()
		<-ended
		for day := range days {
			at, was := applied[planned(day)]
			if want := open[day] && day != frozen; was != want || was && !at.Equal(eleven(day)) {
				t.Errorf("day %d: applied %t at %s, want %t at %s", day, was, at, want, eleven(day))
			}
		}
		if first, last := eleven(0).UTC().Hour(), eleven(days-1).UTC().Hour(); first != 22 || last != 21 {
			t.Errorf("eleven in Oslo is %d and %d, want 22 and then 21: the clocks were not put forward", first, last)
		}
	})
}
