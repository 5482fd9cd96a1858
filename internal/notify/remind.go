package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// remindAhead is how long before a deadline people are reminded of it, unless half of the
// time that the request has is less.
// Half, since a request that expires within a day would else be reminded of as soon as it is sent to review.
const remindAhead = 24 * time.Hour

// What the documentation says of reminders.
const (
	reminderWhen = "a request in review expires within a day (or half of its time, if that is less), once in each round"
	reminderTold = "the author; who is asked for a review and has not approved, or if nobody is asked, who may approve in the environment"
)

// Remind tells people of requests that are about to expire. Each is told once of a round.
// A job calls it every minute, on every node; that nobody is told twice is up to the inbox, where the same request and round can
// be told once to each (store.AddInboxItem). One request that fails does not keep others from being told of.
func (n *Notify) Remind(ctx context.Context) error {
	s, now := n.State(), n.Now()
	if s.ChangeRequests().Disabled {
		return nil // they do not expire, either
	}
	var failed error
	for r := range s.OpenRequests() {
		deadline := r.Deadline()
		// A request that is not in review, or never expires, has no deadline.
		if deadline.IsZero() || !now.Before(deadline) || now.Before(deadline.Add(-min(remindAhead, deadline.Sub(r.RoundAt)/2))) {
			continue
		}
		failed = errors.Join(failed, n.remind(ctx, s, r, deadline))
	}
	return failed
}

// remind tells everybody whom a request waits for. No event says it, so the state gives what an event would.
func (n *Notify) remind(ctx context.Context, s *state.State, r *changerequest.Request, deadline time.Time) error {
	told := Notification{
		Topic: Reminder, Request: r.ID, Project: r.Project, Environment: r.Environment, Title: r.ShownTitle(),
		Actor: access.SystemRef, At: n.Now(), Deadline: &deadline,
	}
	told.headOf(s)
	// A new round has a new deadline, of which people are told again.
	tells := fmt.Sprintf("deadline of %d, round %d", r.ID, r.Round)
	for _, account := range late(s, r) {
		to, err := n.reader(ctx, account)
		if err != nil {
			return fmt.Errorf("notify: remind: %w", err)
		}
		// One transaction for each, and not one for all: on SQLite, writes of requests wait for it.
		err = n.DB.Update(ctx, func(tx *store.Tx) error {
			return n.give(tx, recipient{account, true}, to, tells, told)
		})
		if err != nil {
			return fmt.Errorf("notify: remind: %w", err)
		}
	}
	hint(n.due)
	return nil
}

// late returns whom a request waits for, and its author.
func late(s *state.State, r *changerequest.Request) []int64 {
	// Without reviewers, anybody who may approve it is waited for.
	waits := asked(s, r)
	if len(waits) == 0 {
		places := make([]changerequest.Place, len(r.Agreements))
		for i, a := range r.Agreements {
			places[i] = a.Place
		}
		waits = mayApprove(s, places)
	}
	all := append(accounts(r.Author), waits...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(account int64) bool {
		return !mayBeTold(s, account, r.Project) || r.ApprovedBy(access.NewRef(access.KindUser, account))
	})
}
