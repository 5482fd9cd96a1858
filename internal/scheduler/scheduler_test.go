package scheduler_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/scheduler"
)

func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var log bytes.Buffer
		often, seldom := 0, 0
		ended := make(chan struct{})
		go func() {
			scheduler.Run(ctx, slog.New(slog.NewTextHandler(&log, nil)),
				scheduler.Job{Name: "often", Every: time.Second, Do: func(context.Context) error { often++; return nil }},
				scheduler.Job{Name: "seldom", Every: time.Minute, Do: func(context.Context) error { seldom++; return errors.New("away") }},
			)
			close(ended)
		}()
		time.Sleep(2*time.Minute + time.Millisecond)
		synctest.Wait()
		if often != 121 || seldom != 3 {
			t.Errorf("done %d and %d times, want 121 and 3: at once, and then in time, also after an error", often, seldom)
		}
		stop()
		<-ended
		if n := strings.Count(log.String(), "job=seldom"); n != 3 {
			t.Errorf("logged %d failures, want 3:\n%s", n, log.String())
		}
	})
}
