package requests

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// How requests fared, read from the ledger's events of a period in one pass. The store hands out moments, which are events without
// their data: who did what to which request, and when, is all that is needed, and years of events stay cheap to read.

// InsightQuery says of which requests an Insight is wanted.
type InsightQuery struct {
	Actor       access.Actor         // who asks: only projects that they may see count
	Project     flag.ProjectID       // empty: all
	Environment flag.EnvironmentName // empty: all
	From, To    time.Time            // when the requests were sent to review; From is included, To is not
}

// Insight says how requests fared that were sent to review in a period, and who is waited
// for now.
type Insight struct {
	// Courses are the requests, in the order in which they were sent to review.
	Courses []Course
	// Bypasses are the writes to protected environments without a request, oldest first.
	Bypasses []Bypass
	// Waiting is who was asked for a review that has not come, whoever has most first.
	Waiting []Waiting
	// WaitingForAnyone is how many requests are in review of which nobody in particular was asked.
	WaitingForAnyone int
	// WaitingToApply is how many approved requests nobody has applied or scheduled.
	WaitingToApply int
}

// Course is how one request fared. Times are zero where something has not happened.
// Reviewed is when somebody else than the author first answered, be it by a comment; Approved is when enough had approved for the
// first time. All times are of the first round that got so far.
type Course struct {
	ID          changerequest.ID
	Project     flag.ProjectID
	Environment flag.EnvironmentName
	Author      access.Ref
	// State is Expired for a request that was cancelled because its approvals did not come.
	State                                   changerequest.State
	Submitted, Reviewed, Approved, ClosedAt time.Time
}

// Expired is the state of a Course that ended because approvals did not come in time.
// It is no state that a request can have in the ledger: only insights tell it from other cancellations.
const Expired changerequest.State = "Expired"

// Bypass is one write to protected environments without a request.
type Bypass struct {
	At          time.Time
	By          access.Ref
	Project     flag.ProjectID       // empty: several
	Environment flag.EnvironmentName // empty: several
}

// Waiting is somebody who was asked for reviews.
type Waiting struct {
	Reviewer, Group int64 // one of them is 0
	Requests        []changerequest.ID
	Since           time.Time // when the oldest of them was sent to review
}

// courseEvents are the types of events that a course is made of.
// Approved is the one state that can be left again: whoever reads the state of an open request takes it from the state.
var courseEvents = map[string]func(c *Course, m store.Moment){
	changerequest.ApprovalAdded{}.EventType(): func(c *Course, m store.Moment) { c.reviewed(m) },
	changerequest.Commented{}.EventType():     func(c *Course, m store.Moment) { c.reviewed(m) },
	changerequest.ApprovedEvent{}.EventType(): func(c *Course, m store.Moment) {
		c.reviewed(m)
		if c.Approved.IsZero() {
			c.Approved = m.At
		}
		c.State = changerequest.Approved
	},
	changerequest.RejectedEvent{}.EventType(): func(c *Course, m store.Moment) {
		c.reviewed(m)
		c.closed(changerequest.Rejected, m)
	},
	changerequest.CancelledEvent{}.EventType(): func(c *Course, m store.Moment) {
		// Quorate itself cancels nothing but what has expired; what is cancelled by a consequence is so in the name of whoever caused it.
		if m.Actor == string(access.SystemRef) {
			c.closed(Expired, m)
			return
		}
		c.closed(changerequest.Cancelled, m)
	},
	changerequest.AppliedEvent{}.EventType(): func(c *Course, m store.Moment) { c.closed(changerequest.Applied, m) },
}

// reviewed notes the first answer of somebody else than the author.
func (c *Course) reviewed(m store.Moment) {
	if c.Reviewed.IsZero() && access.Ref(m.Actor) != c.Author {
		c.Reviewed = m.At
	}
}

// closed notes how and when a request ended.
func (c *Course) closed(s changerequest.State, m store.Moment) { c.State, c.ClosedAt = s, m.At }

// Insight returns how requests fared that were sent to review in a period. It reads the events
// of requests since the period began, without what they say.
//
// Events after the period are read too, since a request that was sent to review in it may have ended later.
func (q *Requests) Insight(ctx context.Context, s *state.State, query InsightQuery) (Insight, error) {
	var found Insight
	sees := seeing(s, query.Actor)
	wanted := func(project, environment string) bool {
		return (query.Project == "" || project == string(query.Project)) &&
			(query.Environment == "" || environment == string(query.Environment)) && sees(flag.ProjectID(project))
	}
	submitted := changerequest.SentToReview{}.EventType()
	bypassed := state.ChangeRequestsBypassed{}.EventType()
	filter := store.EventFilter{Types: append(slices.Sorted(maps.Keys(courseEvents)), submitted, bypassed), From: query.From}
	at := map[ledger.Group]int{}
	err := q.db.Moments(ctx, filter, func(m store.Moment) error {
		inPeriod := m.At.Before(query.To)
		switch m.Type {
		case bypassed:
			if inPeriod && wanted(m.Project, m.Environment) {
				found.Bypasses = append(found.Bypasses, Bypass{m.At, access.Ref(m.Actor), flag.ProjectID(m.Project), flag.EnvironmentName(m.Environment)})
			}
		case submitted:
			if inPeriod && wanted(m.Project, m.Environment) {
				at[m.Group] = len(found.Courses)
				found.Courses = append(found.Courses, Course{
					ID: changerequest.ID(m.Group.ID), Project: flag.ProjectID(m.Project), Environment: flag.EnvironmentName(m.Environment),
					Author: access.Ref(m.Actor), State: changerequest.InReview, Submitted: m.At,
				})
			}
		default:
			// Those of requests that were sent to review before the period, or are not wanted, are passed over.
			if i, ok := at[m.Group]; ok {
				courseEvents[m.Type](&found.Courses[i], m)
			}
		}
		return nil
	})
	if err != nil {
		return Insight{}, fmt.Errorf("requests: insight: %w", err)
	}
	for i, c := range found.Courses {
		if r := s.ChangeRequest(c.ID); r != nil {
			found.Courses[i].State = r.State // an edit may have sent it back to review
		}
	}
	found.await(s, wanted)
	return found, nil
}

// seeing returns whether an actor may see projects. Of those that are gone, and of what
// concerns several, only admins see anything.
// Each project is asked about once, as there are many events.
func seeing(s *state.State, actor access.Actor) func(flag.ProjectID) bool {
	known := map[flag.ProjectID]bool{"": actor.IsAdmin()}
	return func(p flag.ProjectID) bool {
		may, ok := known[p]
		if !ok {
			may = actor.IsAdmin() || s.MaySee(actor, p)
			known[p] = may
		}
		return may
	}
}

// await finds out who is waited for now, in open requests.
// The period does not matter here: who waits does so now, however long for.
func (found *Insight) await(s *state.State, wanted func(project, environment string) bool) {
	asked := map[[2]int64]*Waiting{} // reviewer and group
	for r := range s.OpenRequests() {
		if !wanted(string(r.Project), string(r.Environment)) {
			continue
		}
		if r.State == changerequest.Approved {
			found.WaitingToApply++
		}
		if r.State != changerequest.InReview {
			continue
		}
		if len(r.Reviewers) == 0 && len(r.ReviewerGroups) == 0 {
			found.WaitingForAnyone++
		}
		for _, who := range silent(s, r) {
			w := asked[who]
			if w == nil {
				w = &Waiting{Reviewer: who[0], Group: who[1], Since: r.RoundAt}
				asked[who] = w
			}
			w.Requests = append(w.Requests, r.ID)
			if r.RoundAt.Before(w.Since) {
				w.Since = r.RoundAt
			}
		}
	}
	for _, w := range asked {
		found.Waiting = append(found.Waiting, *w)
	}
	slices.SortFunc(found.Waiting, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(len(b.Requests), len(a.Requests)), a.Since.Compare(b.Since), cmp.Compare(a.Reviewer, b.Reviewer), cmp.Compare(a.Group, b.Group))
	})
}

// silent returns the reviewers, and the groups, that were asked about a request as it is now and have not
// approved it, each as a pair of which one is 0. A group has when one of its members has.
// A group that was deleted waits no more.
func silent(s *state.State, r *changerequest.Request) [][2]int64 {
	var voters []int64
	for _, v := range r.Current() {
		voters = append(voters, v.By.Account())
	}
	var missing [][2]int64
	for _, id := range r.Reviewers {
		if !slices.Contains(voters, id) {
			missing = append(missing, [2]int64{id, 0})
		}
	}
	for _, id := range r.ReviewerGroups {
		group := s.Group(id)
		if group != nil && !slices.ContainsFunc(voters, func(account int64) bool { return group.Has(account) }) {
			missing = append(missing, [2]int64{0, id})
		}
	}
	return missing
}
