package app

import (
	"context"
	"errors"
	"time"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// pastLimit is how long a look into the past may take.
const pastLimit = time.Minute

// Moment is a point in the ledger: a revision, or else a time. The zero Moment is its end.
type Moment = engine.Moment

// Past is a state of the past, and how it was come by.
type Past = engine.Past

// Past returns the state at a moment. near, which may be nil, is a state before it that is known.
//
// Faults: BadData for a revision that does not exist yet; Unavailable when it takes too long.
func (a *App) Past(ctx context.Context, m Moment, near *state.State) (Past, error) {
	limited, cancel := context.WithTimeout(ctx, pastLimit)
	defer cancel()
	past, err := a.engine.Past(limited, m, near)
	if err != nil && fault.As(err) == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		return past, fault.New(fault.Unavailable, "That is too far back for a server that has other things to do. Use quorate ledger show or diff on a copy of the database.")
	}
	return past, err
}
