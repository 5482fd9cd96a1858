package adminapi

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// heavy lets one operation at a time through of those that take much memory or time, whichever
// they are, and a few wait.
type heavy struct {
	turn    chan struct{}
	waiting atomic.Int32
}

// maxWaiting is how many may wait, each with its body in memory.
const maxWaiting = 4

func newHeavy() *heavy { return &heavy{turn: make(chan struct{}, 1)} }

// enter waits for the turn. The caller ends it by calling leave.
//
// Faults: Unavailable when too many wait already.
func (h *heavy) enter(ctx context.Context) (leave func(), err error) {
	if h.waiting.Add(1) > maxWaiting+1 {
		h.waiting.Add(-1)
		busy := fault.New(fault.Unavailable, "Imports and looks into the past are done one at a time, and too many are waiting. Try again in a moment.")
		busy.RetryAfter = 5 * time.Second
		return nil, busy
	}
	select {
	case h.turn <- struct{}{}:
		return func() {
			<-h.turn
			h.waiting.Add(-1)
		}, nil
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, fault.New(fault.Unavailable, "Whoever asked for this has gone.")
	}
}
