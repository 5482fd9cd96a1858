package scheduler_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/scheduler"
)

// agenda is what an alarm does, told by a few values. In a bubble, a test and the alarm may wake at the same instant.
type agenda struct {
	mu    sync.Mutex
	due   []time.Time // sorted
	moved chan struct{}
	back  chan struct{}
	fail  int           // how many attempts will fail
	flaps bool          // what fails could succeed again before the attempt has ended
	tried []time.Time   // when Do was called
	late  time.Duration // how long after its time something was done, at most
}

func (a *agenda) alarm() scheduler.Alarm {
	return scheduler.Alarm{
		Name: "test", Now: time.Now,
		Next: func() (time.Time, bool) {
			a.mu.Lock()
			defer a.mu.Unlock()
			if len(a.due) == 0 {
				return time.Time{}, false
			}
			return a.due[0], true
		},
		Moved: func() <-chan struct{} { return a.channel(&a.moved) },
		Back:  func() <-chan struct{} { return a.channel(&a.back) },
		Do: func(context.Context) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.tried = append(a.tried, time.Now())
			if a.fail > 0 {
				a.fail--
				if a.flaps {
					tell(&a.moved)
					tell(&a.back)
				}
				return errors.New("away")
			}
			for len(a.due) > 0 && !a.due[0].After(time.Now()) {
				a.late = max(a.late, time.Since(a.due[0]))
				a.due = a.due[1:]
			}
			return nil
		},
	}
}

func (a *agenda) channel(c *chan struct{}) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return *c
}

// tell closes a channel, and replaces it.
func tell(c *chan struct{}) {
	close(*c)
	*c = make(chan struct{})
}

// add puts something on the agenda, of which the alarm is told.
func (a *agenda) add(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = append(a.due, at)
	slices.SortFunc(a.due, time.Time.Compare)
	tell(&a.moved)
}

// ring tells the alarm that what failed may succeed now.
func (a *agenda) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	tell(&a.back)
}

// run runs a test beside the alarm of an agenda, and returns the log.
func (a *agenda) run(t *testing.T, test func()) string {
	t.Helper()
	a.moved, a.back = make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	ended := make(chan struct{})
	go func() {
		a.alarm().Run(ctx, slog.New(slog.NewTextHandler(&log, nil)))
		close(ended)
	}()
	synctest.Wait()
	test()
	stop()
	<-ended
	return log.String()
}

// TestAlarmWakes does things at their time, weeks ahead and at once, also those that are added later and come sooner.
func TestAlarmWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var a agenda
		a.run(t, func() {
			a.add(began.Add(3*7*24*time.Hour + 123*time.Millisecond))
			time.Sleep(24 * time.Hour)
			a.add(began.Add(48 * time.Hour))
			a.add(began.Add(25 * time.Hour))
			a.add(began) // it is late already
			time.Sleep(4 * 7 * 24 * time.Hour)
		})
		var got []time.Duration
		for _, at := range a.tried {
			got = append(got, at.Sub(began))
		}
		want := []time.Duration{24 * time.Hour, 25 * time.Hour, 48 * time.Hour, 3*7*24*time.Hour + 123*time.Millisecond}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("done (-want +got):\n%s", diff)
		}
	})
}

// TestAlarmTriesAgain waits longer and longer after attempts that fail, and goes on as before after one that does not.
func TestAlarmTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		a := agenda{fail: 7}
		log := a.run(t, func() {
			a.add(began.Add(time.Minute))
			time.Sleep(2 * time.Minute)
			a.add(began.Add(time.Hour)) // being told of something else does not make it sooner
			time.Sleep(2 * time.Hour)
		})
		var waits []time.Duration
		for i := 1; i < len(a.tried); i++ {
			waits = append(waits, a.tried[i].Sub(a.tried[i-1]))
		}
		s := time.Second
		if diff := cmp.Diff([]time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s, time.Hour - time.Minute - 91*s}, waits); diff != "" {
			t.Errorf("the waits between attempts (-want +got):\n%s", diff)
		}
		if n := strings.Count(log, "alarm=test"); n != 7 || len(a.due) > 0 {
			t.Errorf("%d failures are in the log, and %d things are left to do; want 7 and none:\n%s", n, len(a.due), log)
		}
	})
}

// TestAlarmAfterOutage does what is due at once when an outage is over, however long it was and whatever else happens at
// that moment; and asks no more often for that.
func TestAlarmAfterOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := agenda{fail: 1000}
		a.run(t, func() {
			a.ring() // and nothing is due
			a.add(time.Now())
			time.Sleep(time.Hour + 7*time.Second)
			synctest.Wait()
			if n := len(a.tried); n > 5+120 {
				t.Errorf("tried %d times in an hour without the database, want no more than twice a minute", n)
			}
			a.fail = 0
			ended := time.Now()
			a.add(ended.Add(time.Hour))
			a.ring()
			synctest.Wait()
			if last := a.tried[len(a.tried)-1]; last != ended || len(a.due) != 1 {
				t.Errorf("tried last at %s, %d things are left; want it done at %s, but for what is due in an hour", last, len(a.due), ended)
			}
		})
	})
	for range 20 { // of what moved and what is back, either is heard first
		synctest.Test(t, func(t *testing.T) {
			a := agenda{fail: 1, flaps: true}
			a.run(t, func() {
				a.add(time.Now())
				synctest.Wait()
				if len(a.due) > 0 {
					t.Errorf("%d things wait for another attempt, and the outage is over since the last", len(a.due))
				}
			})
		})
	}
}

// TestAlarmMissesNothing moves the agenda at every moment around the alarm's own: nothing is done late.
func TestAlarmMissesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var a agenda
		a.run(t, func() {
			for i := range 2000 {
				a.add(time.Now().Add(time.Duration(i%97) * time.Millisecond))
				time.Sleep(time.Duration(i%13) * time.Millisecond)
			}
			time.Sleep(time.Second)
		})
		if len(a.due) > 0 || a.late > 0 {
			t.Errorf("%d things are left to do, and something was done %s late; want none, and nothing", len(a.due), a.late)
		}
	})
}
