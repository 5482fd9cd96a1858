package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/requests"
)

// insightDays is the period of an insight when none is asked for; insightYears is the longest, for all events of
// requests in it are read.
const (
	insightDays  = 90
	insightYears = 5
)

// changeRequestInsight registers how change requests fare; Unleash has nothing like it. The figures are made
// when they are asked for, of the events of requests (requests.Insight), so they hold for the time before this
// was first asked as well.
func (a *api) changeRequestInsight() {
	register(a, operation{
		ID: "getChangeRequestInsight", Method: http.MethodGet, Path: "/insights/change-requests", Tag: tagChangeRequests,
		Summary: "See how change requests fare",
		Description: "Of those that were sent to review in a period, in the projects that you may see: how many, how long they took, " +
			"how they ended; bypasses in that period; and who is waited for now. Times are in seconds.",
	}, a.getChangeRequestInsight)
}

// insight says how change requests fare. Waiting and the two numbers below it are of now, whatever the period.
// In the other lists a request is in the period in which it was sent to review, even if it ended later.
type insight struct {
	From     instant         `json:"from"`
	To       instant         `json:"to"`
	Total    InsightTally    `json:"total"`
	Periods  []insightPeriod `json:"periods" doc:"Days, weeks or months, in UTC, by when requests were sent to review."`
	Places   []insightPlace  `json:"places" doc:"By project and environment."`
	Requests []insightCourse `json:"requests" doc:"What the figures are made of."`
	Bypasses []insightBypass `json:"bypasses"`
	Waiting  []insightWaiter `json:"waiting" doc:"Who was asked for a review that has not come, whoever has most first."`
	// WaitingForAnyone and WaitingToApply are about nobody in particular.
	WaitingForAnyone int `json:"waitingForAnyone" doc:"Requests in review of which nobody in particular was asked."`
	WaitingToApply   int `json:"waitingToApply" doc:"Approved requests that nobody has applied or scheduled."`
}

// InsightTally is a number of requests in figures. Submitted is the sum of the five below it; bypasses are no
// requests and do not count in it.
type InsightTally struct {
	Submitted int         `json:"submitted"`
	Open      int         `json:"open"`
	Applied   int         `json:"applied"`
	Rejected  int         `json:"rejected"`
	Cancelled int         `json:"cancelled"`
	Expired   int         `json:"expired"`
	Bypasses  int         `json:"bypasses"`
	Review    insightSpan `json:"review" doc:"From being sent to review until somebody else voted or commented."`
	Approval  insightSpan `json:"approval" doc:"Until enough had approved."`
	Apply     insightSpan `json:"application" doc:"Until it was applied."`
}

// insightSpan is how long something took. It is of the requests that have got so far, Count of them; both times
// are 0 if there are none.
type insightSpan struct {
	Count  int   `json:"count"`
	Median int64 `json:"median" doc:"In seconds."`
	P90    int64 `json:"p90" doc:"In seconds: nine of ten took no longer."`
}

// insightPeriod is a part of the time. To is not included.
type insightPeriod struct {
	From instant `json:"from"`
	To   instant `json:"to"`
	InsightTally
}

// insightPlace is an environment of a project.
type insightPlace struct {
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
	InsightTally
}

// insightCourse is how one request fared. Times are absent for what has not happened.
type insightCourse struct {
	ID          changerequest.ID     `json:"id"`
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
	CreatedBy   requestUser          `json:"createdBy"`
	State       changerequest.State  `json:"state" doc:"Expired, if its approvals did not come in time."`
	SubmittedAt instant              `json:"submittedAt"`
	ReviewedAt  *instant             `json:"reviewedAt,omitempty"`
	ApprovedAt  *instant             `json:"approvedAt,omitempty"`
	ClosedAt    *instant             `json:"closedAt,omitempty"`
}

// insightBypass is a write to a protected environment without a request.
type insightBypass struct {
	At          instant              `json:"at"`
	CreatedBy   requestUser          `json:"createdBy"`
	Project     flag.ProjectID       `json:"project" doc:"Empty: several."`
	Environment flag.EnvironmentName `json:"environment" doc:"Empty: several."`
}

// insightWaiter is somebody who was asked for reviews: a user or a group.
type insightWaiter struct {
	User     *requestUser       `json:"user,omitempty"`
	Group    *requestGroup      `json:"group,omitempty"`
	Requests []changerequest.ID `json:"requests"`
	Since    instant            `json:"since" doc:"When the round of the oldest began."`
}

// getChangeRequestInsight counts in the projects that the caller may see, or in the one that is asked for.
//
// Faults: NotFound for the project and while change requests are turned off, BadData for the period,
// Unavailable while the database is away.
func (a *api) getChangeRequestInsight(ctx context.Context, r request, in *struct {
	Project     flag.ProjectID       `query:"project"`
	Environment flag.EnvironmentName `query:"environment"`
	From        string               `query:"from" doc:"A day or a time; 90 days ago if it is not given."`
	To          string               `query:"to" doc:"A day or a time, not included; now if it is not given."`
},
) (insight, error) {
	if r.State.ChangeRequests().Disabled {
		return insight{}, app.NoRequest(0)
	}
	query := requests.InsightQuery{Actor: r.Caller.Actor, Project: in.Project, Environment: in.Environment}
	if in.Project != "" && (r.State.Project(in.Project) == nil || !r.sees(in.Project)) {
		return insight{}, noProject(in.Project)
	}
	var err error
	if query.To, err = day("/query/to", in.To); err != nil {
		return insight{}, err
	}
	if query.To.IsZero() {
		query.To = a.App.Now()
	}
	if query.From, err = day("/query/from", in.From); err != nil {
		return insight{}, err
	}
	if query.From.IsZero() {
		query.From = query.To.AddDate(0, 0, -insightDays)
	}
	if !query.From.Before(query.To) || query.From.Before(query.To.AddDate(-insightYears, 0, 0)) {
		return insight{}, fault.Field("/query/from", "The period must begin before it ends, and last %d years at most.", insightYears)
	}
	found, err := a.Requests.Insight(ctx, r.State, query)
	if err != nil {
		return insight{}, err
	}
	return a.viewInsight(ctx, r, query, found), nil
}

// viewInsight returns what was found, with names. Who waits is a group, or somebody by themselves.
func (a *api) viewInsight(ctx context.Context, r request, query requests.InsightQuery, found requests.Insight) insight {
	n := a.names(ctx, r.State)
	view := insight{
		From: instant(query.From), To: instant(query.To), Total: tallyOf(requests.TallyOf(found.Courses, found.Bypasses)),
		Periods: []insightPeriod{}, Places: []insightPlace{}, Requests: []insightCourse{}, Bypasses: []insightBypass{}, Waiting: []insightWaiter{},
		WaitingForAnyone: found.WaitingForAnyone, WaitingToApply: found.WaitingToApply,
	}
	for _, p := range found.Periods(query.From, query.To) {
		view.Periods = append(view.Periods, insightPeriod{instant(p.From), instant(p.To), tallyOf(p.Tally)})
	}
	for _, p := range found.Places() {
		view.Places = append(view.Places, insightPlace{p.Project, p.Environment, tallyOf(p.Tally)})
	}
	for _, c := range found.Courses {
		view.Requests = append(view.Requests, insightCourse{
			c.ID, c.Project, c.Environment, n.of(c.Author), c.State,
			instant(c.Submitted), happened(c.Reviewed), happened(c.Approved), happened(c.ClosedAt),
		})
	}
	for _, b := range found.Bypasses {
		view.Bypasses = append(view.Bypasses, insightBypass{instant(b.At), n.of(b.By), b.Project, b.Environment})
	}
	for _, w := range found.Waiting {
		waiter := insightWaiter{Requests: w.Requests, Since: instant(w.Since)}
		if group := r.State.Group(w.Group); group != nil {
			waiter.Group = &requestGroup{group.ID, group.Name}
		} else {
			waiter.User = new(n.account(w.Reviewer))
		}
		view.Waiting = append(view.Waiting, waiter)
	}
	return view
}

// tallyOf returns figures as they are shown: fractions of a second are left out.
func tallyOf(t requests.Tally) InsightTally {
	span := func(s requests.Spans) insightSpan {
		return insightSpan{len(s), int64(s.Quantile(0.5).Seconds()), int64(s.Quantile(0.9).Seconds())}
	}
	return InsightTally{
		t.Submitted, t.Open, t.Applied, t.Rejected, t.Cancelled, t.Expired, t.Bypasses,
		span(t.Review), span(t.Approval), span(t.Application),
	}
}

// happened returns a time, or nil if it has not come.
func happened(t time.Time) *instant {
	if t.IsZero() {
		return nil
	}
	return new(instant(t))
}
