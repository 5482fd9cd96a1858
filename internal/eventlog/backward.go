package eventlog

import (
	"context"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Backward hands over the events of some types since a time, the newest first, so that what was can be
// told from what is. Those behind a revision are left out: what is does not have them yet. until is the revision of the
// state that is told from; the events come decoded, with the time of their batch.
func (l *Log) Backward(ctx context.Context, types []string, since time.Time, until int64, fn func(state.Event, time.Time)) error {
	return l.each(ctx, store.EventFilter{Types: types, From: since, Before: until + 1}, 0, func(stored []ledger.Event) error {
		for _, s := range stored {
			event, err := state.Decode(s)
			if err != nil {
				return fmt.Errorf("eventlog: backward: %w", err)
			}
			fn(event, s.At)
		}
		return ctx.Err()
	})
}

// Activity is how much somebody did where in a span of time; fields are empty if they do not apply. It is a count of
// events, made by the database without reading what they say.
type Activity = store.Activity

// Activities hands over what was done in each span between two of the times, up to a revision.
func (l *Log) Activities(ctx context.Context, times []time.Time, until int64, fn func(Activity)) error {
	if err := l.db.Activities(ctx, times, until, fn); err != nil {
		return away("activities", err)
	}
	return nil
}
