package payload

import (
	"cmp"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// The history of an environment is bounded: an SDK that has slept through more is sent
// everything.
const (
	maxSteps     = 1_000
	maxFlagSteps = 10_000 // in all steps together
)

// history is the last changes of an environment, by which an SDK that knows one of the
// revisions is brought up to date. Like the set that it belongs to, it never changes.
type history struct {
	// since is the revision before the first step, the oldest that is remembered.
	since     int64
	steps     []step // in the order of their revisions
	flagSteps int    // the number of flags in them
}

// step is what one batch changed.
type step struct {
	revision int64
	flags    []flagStep       // sorted by name
	segments []flag.SegmentID // changed or removed
}

// flagStep is a flag that changed, came or went.
type flagStep struct {
	name   flag.Name
	before *sight // nil: there was no such flag
}

// with returns the history with one more step, and without those that are too many.
func (h history) with(s step) history {
	steps := slices.Concat(h.steps, []step{s})
	longer := history{since: h.since, flagSteps: h.flagSteps + len(s.flags)}
	for len(steps) > maxSteps || longer.flagSteps > maxFlagSteps {
		longer.since = steps[0].revision
		longer.flagSteps -= len(steps[0].flags)
		steps = steps[1:]
	}
	longer.steps = steps
	return longer
}

// after returns the steps that follow a revision, and whether the revision is
// remembered. A revision of which an SDK says that it knows it, but at which this
// environment did not change, is not: it may be of a ledger that was since restored.
func (h history) after(revision int64) ([]step, bool) {
	if revision == h.since {
		return h.steps, true
	}
	at, found := slices.BinarySearchFunc(h.steps, revision, func(s step, revision int64) int {
		return cmp.Compare(s.revision, revision)
	})
	if !found {
		return nil, false
	}
	return h.steps[at+1:], true
}
