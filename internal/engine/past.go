package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// Moment is a point in the ledger: a revision, or else a time. The zero Moment is its end.
type Moment struct {
	Revision int64
	At       time.Time
}

// Past is a state of the past, and how it was come by.
type Past struct {
	State *state.State
	// Replayed is how many events were read and folded for it, behind the nearest snapshot.
	Replayed int64
}

// PastOf is Engine.Past without a node that runs: nothing is written, and nothing is known of the
// state before. Of the options, DB and Log are looked at.
func PastOf(ctx context.Context, o Options, m Moment, near *state.State) (Past, error) {
	return (&Engine{Options: o}).Past(ctx, m, near)
}

// Past returns the state at a moment: at the end of the batch that the revision is in, or of the last
// batch until then. It restores the nearest snapshot before, or takes near (which may be nil) if that
// is nearer, and folds what lies behind it, verified. So it takes as long as a start, or as long as the whole
// ledger is, where snapshots were deleted.
//
// Faults: BadData for a revision that does not exist yet. The error is a *ledger.Break for damage.
func (e *Engine) Past(ctx context.Context, m Moment, near *state.State) (Past, error) {
	target := m.Revision
	head, err := e.DB.Head(ctx)
	switch {
	case err != nil:
		return Past{}, fmt.Errorf("engine: past: %w", err)
	case m == Moment{}:
		target = head.Revision
	case target > head.Revision || target < 0:
		return Past{}, fault.New(fault.BadData, "There is no revision %d yet. The newest is %d.", target, head.Revision)
	case target == 0:
		if target, err = e.DB.RevisionAt(ctx, m.At); err != nil {
			return Past{}, fmt.Errorf("engine: past: %w", err)
		}
	}
	from, err := e.restoreSnapshot(ctx, target)
	if err != nil {
		return Past{}, fmt.Errorf("engine: past: %w", err)
	}
	for _, known := range []*state.State{near, e.State()} {
		if known != nil && known.Revision() <= target && known.Revision() > from.Revision() {
			from = known
		}
	}
	reached := from
	if from.Revision() < target {
		reached, err = e.replay(ctx, from, func(c Change) error {
			if c.After.Revision() >= target {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return Past{}, fmt.Errorf("engine: past: %w", err)
		}
	}
	return Past{State: reached, Replayed: reached.Revision() - from.Revision()}, nil
}
