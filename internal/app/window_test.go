package app_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/window"
)

// TestWindowsOverWeeks schedules a request for each day at eleven at night in Oslo, over three weeks in which the clocks
// there are put forward. Production takes changes on Tuesdays and Thursdays from ten until two, and is frozen on the last
// Thursday, as is found out on the way. What is applied is what lies in a window, at its time, and nothing else.
func TestWindowsOverWeeks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const days, frozen = 21, 14 // a Thursday
		w := mustPlanWeeks(t, days, nil)
		_, err := w.CreateWindow(t.Context(), admin, "production", window.Window{
			Kind: window.Maintenance, Name: "Nights", Start: "2000-03-14T22:00", Minutes: 240, Zone: "Europe/Oslo",
			Recurrence: &window.Recurrence{Frequency: window.Weekly, Weekdays: []window.Weekday{"tuesday", "thursday"}},
		})
		must(t, err)
		open := map[int]bool{}
		for day := range days {
			if got := w.status(day); got != changerequest.Suspended {
				t.Errorf("day %d: got the schedule %q, want the new window to suspend what was due in an hour", day, got)
			}
			weekday := w.at(day, 23).Weekday()
			open[day] = weekday == time.Tuesday || weekday == time.Thursday
			err := w.schedule(t, day, w.at(day, 23))
			if f := fault.As(err); open[day] != (err == nil) || err != nil && (f == nil || f.Details[0].Path != "/body/scheduledAt" || !strings.Contains(f.Details[0].Message, "22:00 in Europe/Oslo")) {
				t.Errorf("%s: got %v, want it scheduled: %t, or the next opening", weekday, err, open[day])
			}
		}

		stop := w.watch(t)
		time.Sleep(time.Until(w.at(frozen, 22)))
		_, err = w.CreateWindow(t.Context(), admin, "production", window.Window{
			Kind: window.Freeze, Name: "Audit", Start: "2000-03-30T00:00", Minutes: 24 * 60, Zone: "Europe/Oslo",
		})
		must(t, err)
		if got := w.status(frozen); got != changerequest.Suspended {
			t.Errorf("got the schedule %q, want the freeze to suspend it", got)
		}
		time.Sleep(time.Until(w.at(days, 23)))
		stop()
		w.check(t, days, func(day int) time.Time {
			if !open[day] || day == frozen {
				return time.Time{}
			}
			return w.at(day, 23)
		})
	})
}
