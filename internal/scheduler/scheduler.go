// Package scheduler is when due work is done: a Job again and again, such as forgetting what
// is kept no longer, and an Alarm at its time, such as applying scheduled change requests.
//
// Every node's timer may try. What is due is decided on the newest state like any other
// command, so of several nodes one does it, and the others see that it is done.
//
// What being due means, and what is done then, does not belong here but in changerequest and
// app; server brings them together.
package scheduler

import (
	"context"
	"log/slog"
	"time"
)

// Job is something that is done again and again.
type Job struct {
	Name  string // for the log: "what it does"
	Every time.Duration
	Do    func(context.Context) error
}

// Run does each job now, and then whenever its time has come, until ctx is done. A job that
// fails is logged and tried again the next time.
func Run(ctx context.Context, log *slog.Logger, jobs ...Job) {
	done := make(chan struct{})
	for _, job := range jobs {
		go func() {
			job.run(ctx, log)
			done <- struct{}{}
		}()
	}
	for range jobs {
		<-done
	}
}

func (j Job) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(j.Every)
	defer tick.Stop()
	for {
		if err := j.Do(ctx); err != nil && ctx.Err() == nil {
			log.Warn("a job failed; it is tried again", "job", j.Name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
