package requests_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestInsight tells what happened to a few requests, hour by hour, and asks how they fared.
func TestInsight(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		begin := time.Now().UTC().Truncate(time.Second)
		now := begin
		i := newInstanceAt(t, db, func() time.Time { return now })
		at := func(hours float64) time.Time { return begin.Add(time.Duration(hours * float64(time.Hour))) }
		vote := func(by access.Ref) changerequest.Vote {
			return changerequest.Vote{By: by, Round: 1, ContentID: (&changerequest.Request{Project: "shop", Environment: "production"}).ContentID()}
		}
		shop := changerequest.Place{Project: "shop", Environment: "production"}
		staging := changerequest.Place{Project: "shop", Environment: "staging"}
		other := changerequest.Place{Project: "other", Environment: "staging"}
		hush := changerequest.Place{Project: "hush", Environment: "production"}
		ask := changerequest.ReviewersUpdated{Reviewers: []int64{1, 3}}
		for _, step := range []struct {
			hour  float64
			by    access.Ref
			id    changerequest.ID
			in    changerequest.Place
			facts []changerequest.Event
		}{
			{1, "user:2", 1, shop, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}}}, // before the period
			{3, "user:2", 1, shop, []changerequest.Event{changerequest.CancelledEvent{}}},
			{4, "user:2", 2, shop, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}}},
			{5, "user:2", 2, shop, []changerequest.Event{changerequest.Commented{Text: "Look, please"}}}, // its author's: no review
			{6, "user:1", 2, shop, []changerequest.Event{changerequest.ApprovalAdded{Vote: vote("user:1")}}},
			{8, "user:3", 2, shop, []changerequest.Event{changerequest.ApprovedEvent{Vote: vote("user:3")}}},
			{9, "user:1", 2, shop, []changerequest.Event{changerequest.AppliedEvent{}}},
			{10, "user:3", 3, other, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}}},
			{11, "user:3", 4, hush, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}}},
			{34, access.SystemRef, 3, other, []changerequest.Event{changerequest.CancelledEvent{Reason: "It expired."}}},
			{35, "user:2", 5, staging, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}}},
			{35.5, "user:1", 5, staging, []changerequest.Event{changerequest.RejectedEvent{Vote: vote("user:1")}}},
			{36, "user:2", 6, shop, []changerequest.Event{changerequest.Created{}, ask, changerequest.SentToReview{}}},
			{37, "user:1", 6, shop, []changerequest.Event{changerequest.ApprovalAdded{Vote: vote("user:1")}}},
			{38, "user:3", 7, shop, []changerequest.Event{changerequest.Created{}, changerequest.SentToReview{}, changerequest.ApprovedEvent{Vote: vote("user:1")}}},
			{39, "user:1", 8, shop, []changerequest.Event{changerequest.Created{}}}, // a draft
			{99, "user:1", 8, shop, []changerequest.Event{changerequest.SentToReview{}}},
		} {
			now = at(step.hour)
			i.tell(step.by, step.id, step.in, step.facts...)
			if step.id == 5 {
				i.happen("user:2", state.Event{Scope: state.Scope{Project: "shop", Environment: "production"}, Payload: state.ChangeRequestsBypassed{Environments: []flag.EnvironmentName{"production"}}})
			}
		}

		query := requests.InsightQuery{Actor: viewer, From: at(2), To: at(72)}
		found, err := i.finder.Insight(t.Context(), i.engine.State(), query)
		if err != nil {
			t.Fatal(err)
		}
		want := []requests.Course{
			{ID: 2, Project: "shop", Environment: "production", Author: "user:2", State: changerequest.Applied, Submitted: at(4), Reviewed: at(6), Approved: at(8), ClosedAt: at(9)},
			{ID: 3, Project: "other", Environment: "staging", Author: "user:3", State: requests.Expired, Submitted: at(10), ClosedAt: at(34)},
			{ID: 5, Project: "shop", Environment: "staging", Author: "user:2", State: changerequest.Rejected, Submitted: at(35), Reviewed: at(35.5), ClosedAt: at(35.5)},
			{ID: 6, Project: "shop", Environment: "production", Author: "user:2", State: changerequest.InReview, Submitted: at(36), Reviewed: at(37)},
			{ID: 7, Project: "shop", Environment: "production", Author: "user:3", State: changerequest.Approved, Submitted: at(38), Approved: at(38)},
		}
		if diff := gocmp.Diff(want, found.Courses); diff != "" {
			t.Errorf("courses (-want +got):\n%s", diff)
		}
		if len(found.Bypasses) != 2 || found.Bypasses[0].By != "user:2" || found.Bypasses[0].Environment != "production" {
			t.Errorf("got bypasses %+v, want those of user:2 in production", found.Bypasses)
		}
		if diff := gocmp.Diff([]requests.Waiting{{Reviewer: 3, Requests: []changerequest.ID{6}, Since: at(36)}}, found.Waiting); diff != "" {
			t.Errorf("waiting (-want +got):\n%s", diff)
		}
		if found.WaitingForAnyone != 1 || found.WaitingToApply != 1 {
			t.Errorf("got %d waiting for anyone and %d to be applied, want 1 and 1", found.WaitingForAnyone, found.WaitingToApply)
		}

		tally := requests.TallyOf(found.Courses, found.Bypasses)
		if diff := gocmp.Diff(requests.Tally{
			Submitted: 5, Open: 2, Applied: 1, Rejected: 1, Expired: 1, Bypasses: 2,
			Review:      requests.Spans{2 * time.Hour, 30 * time.Minute, time.Hour},
			Approval:    requests.Spans{4 * time.Hour, 0},
			Application: requests.Spans{5 * time.Hour},
		}, tally); diff != "" {
			t.Errorf("tally (-want +got):\n%s", diff)
		}
		if got := tally.Review.Quantile(0.5); got != time.Hour {
			t.Errorf("got a median of %s, want 1h", got)
		}
		periods := found.Periods(query.From, query.To)
		sum := 0
		for n, p := range periods {
			sum += p.Submitted
			if n > 0 && !p.From.Equal(periods[n-1].To) {
				t.Errorf("the period of %s does not begin where the one before ends", p.From)
			}
		}
		if sum != 5 {
			t.Errorf("the periods have %d requests, want 5", sum)
		}

		// Who may see the private project sees its requests as well; a place can be asked for.
		for _, c := range []struct {
			query requests.InsightQuery
			want  int
		}{
			{requests.InsightQuery{Actor: member, From: at(2), To: at(72)}, 6},
			{requests.InsightQuery{Actor: admin, From: at(0), To: at(200)}, 8},
			{requests.InsightQuery{Actor: viewer, Project: "hush", From: at(2), To: at(72)}, 0},
			{requests.InsightQuery{Actor: viewer, Project: "shop", Environment: "production", From: at(2), To: at(72)}, 3},
		} {
			found, err := i.finder.Insight(t.Context(), i.engine.State(), c.query)
			if err != nil || len(found.Courses) != c.want {
				t.Errorf("%+v: got %d requests, %v; want %d", c.query, len(found.Courses), err, c.want)
			}
		}
	})
}

// TestPeriods holds that a year is told in months, a quarter in weeks from Monday and a month in days.
func TestPeriods(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC) // a Wednesday
	for _, c := range []struct {
		days, want int
		first      time.Time
	}{
		{1, 2, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)},
		{30, 31, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)},
		{90, 14, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)},
		{365, 13, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
	} {
		got := (&requests.Insight{}).Periods(from, from.AddDate(0, 0, c.days))
		if len(got) != c.want || !got[0].From.Equal(c.first) {
			t.Errorf("%d days: got %d periods from %s, want %d from %s", c.days, len(got), got[0].From, c.want, c.first)
		}
	}
}
