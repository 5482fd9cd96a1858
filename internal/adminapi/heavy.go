package adminapi

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// An import may hold a document of 50 MB and a look into the past a second state beside the newest. One
// of either is what a small machine has room for; a few at once would be taken from SDKs, which this
// node serves from the same memory.

// heavy lets one operation at a time through of those that take much memory or time, whichever
// they are, and a few wait.
type heavy struct {
	turn    chan struct{}
	waiting atomic.Int32
}

// maxWaiting is how many may wait, each with its body in memory: a handful of scripts that were started
// together get through, and whoever comes when four wait is told to come back.
const maxWaiting = 4

func newHeavy() *heavy { return &heavy{turn: make(chan struct{}, 1)} }

// enter waits for the turn. The caller ends it by calling leave.
//
// Faults: Unavailable when too many wait already.
//
// Who goes away while waiting gives the place back. Nobody is promised an order among those who wait.
func (h *heavy) enter(ctx context.Context) (leave func(), err error) {
	// The count has the one whose turn it is as well. It is raised before it is looked at, so that two
	// who come together cannot both take the last place.
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
