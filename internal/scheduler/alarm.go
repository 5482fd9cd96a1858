package scheduler

import (
	"context"
	"log/slog"
	"time"
)

// Alarm is something that is done when it is due, and not before.
type Alarm struct {
	Name string // for the log: "what it does"
	Now  func() time.Time
	// Next returns when something is due next, and whether anything is.
	Next func() (time.Time, bool)
	// Moved returns a channel that is closed when Next may say something else.
	Moved func() <-chan struct{}
	// Back returns a channel that is closed when what failed may succeed now.
	Back func() <-chan struct{}
	// Do does all that is due.
	Do func(context.Context) error
}

// The waits of an alarm.
const (
	// longestWait bounds how late an alarm can be that waited while the clock was put forward.
	longestWait = 5 * time.Second
	// After an attempt that failed, the next one waits this long, each time twice as long.
	firstRetry, lastRetry = time.Second, 30 * time.Second
)

// Run does what is due as soon as it is, until ctx is done. An attempt that fails is logged and made again: after a
// while, or at once when Back says so.
func (a Alarm) Run(ctx context.Context, log *slog.Logger) {
	retry, tried := firstRetry, time.Time{}
	back := a.Back() // kept until it is closed, so that no return is missed, whatever else happens meanwhile
	for {
		moved := a.Moved() // asked first, so that nothing is missed that moves from here on
		now := a.Now()
		at, due := a.Next()
		if due && at.Before(tried) {
			at = tried
		}
		if due && !now.Before(at) {
			err := a.Do(ctx)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				retry, tried = firstRetry, time.Time{}
				continue
			}
			log.Warn("what is due was not done; it is tried again", "alarm", a.Name, "in", retry, "error", err)
			tried = a.Now().Add(retry)
			retry = min(2*retry, lastRetry)
			continue
		}
		wait := longestWait
		if due {
			wait = min(wait, at.Sub(now))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-moved:
			timer.Stop()
		case <-back:
			timer.Stop()
			back, tried = a.Back(), time.Time{}
		case <-timer.C:
		}
	}
}
