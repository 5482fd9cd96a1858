package adminapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/consequence"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
)

// The headers that name the change requests whose schedules a write has suspended, and those that it has cancelled.
const (
	suspendedHeader = "Quorate-Suspended"
	cancelledHeader = "Quorate-Cancelled"
)

// schedules registers what can be read about scheduled change requests. Making, moving and ending one is a
// change of the request's state (updateChangeRequestState).
func (a *api) schedules() {
	register(a, operation{
		ID: "getScheduledChangeRequests", Method: http.MethodGet, Path: changeRequestsPath + "/scheduled", Tag: tagChangeRequests,
		Summary:     "List the scheduled change requests that change something",
		Description: "Those that match one of the parameters; without any, none. It answers also where change requests have been turned off, since what was scheduled before still runs.",
	}, a.getScheduledChangeRequests)
	register(a, operation{
		ID: "getUpcoming", Method: http.MethodGet, Path: "/upcoming", Tag: tagChangeRequests,
		Summary: "List what will happen when",
		Description: "Every scheduled change request of the projects that you may see, the earliest first: those that wait for their time, and those that failed or are suspended and wait for a decision. " +
			"Beside them, on each page, the freezes and maintenance windows of a period, the earliest first; 1,000 at most.",
	}, a.getUpcoming)
}

// changeRequestSchedule says when a request is applied, in Unleash's shape (changeRequestScheduleSchema);
// docs/change-requests.md tells how schedules run and break.
type changeRequestSchedule struct {
	Status        changerequest.ScheduleStatus `json:"status" enum:"pending,failed,suspended"`
	ScheduledAt   instant                      `json:"scheduledAt" doc:"When it runs, would have run, or was tried last."`
	Reason        string                       `json:"reason,omitempty" doc:"Why it failed or is suspended."`
	FailureReason string                       `json:"failureReason,omitempty" deprecated:"true" doc:"The same as reason, of a schedule that failed."`
}

// viewSchedule returns nil for a request that has none, which leaves the property out.
func viewSchedule(s *changerequest.Schedule) *changeRequestSchedule {
	if s == nil {
		return nil
	}
	view := changeRequestSchedule{Status: s.Status, ScheduledAt: instant(s.At), Reason: s.Reason}
	if s.Status == changerequest.Failed {
		view.FailureReason = s.Reason
	}
	return &view
}

// changeRequestScheduleDetails says what Unleash does not about a schedule. Cause and Remedy are there while it
// is suspended.
type changeRequestScheduleDetails struct {
	ScheduledBy requestUser          `json:"scheduledBy" doc:"In whose name the request is applied: who scheduled it last."`
	Zone        string               `json:"zone,omitempty" doc:"The time zone in which the time was entered, as the IANA calls it."`
	Cause       *changeRequestCause  `json:"cause,omitempty" doc:"What suspended the schedule."`
	Clashes     []changeRequestClash `json:"clashes" doc:"The fields in which what the request changes has moved since it was scheduled; a suspended schedule only. None: the two do not disagree."`
	Remedy      string               `json:"remedy,omitempty" doc:"What can be done about a suspended schedule."`
}

// changeRequestCause is what suspended a schedule. Kinds are told in docs/change-requests.md; feature, strategy
// and segment are there where the kind is about one.
type changeRequestCause struct {
	Kind          changerequest.CauseKind `json:"kind" enum:"flag-archived,flag-moved,strategy-deleted,strategy-updated,variants-updated,segment-updated,segment-deleted,target-changed,target-blocked,scheduler-deleted,scheduler-not-permitted,approvals-missing,environment-closed,too-late,database-restored"`
	Feature       flag.Name               `json:"feature,omitempty"`
	StrategyID    flag.StrategyID         `json:"strategyId,omitempty"`
	SegmentID     flag.SegmentID          `json:"segmentId,omitempty"`
	By            requestUser             `json:"by" doc:"Who did it."`
	ChangeRequest changerequest.ID        `json:"changeRequest,omitempty" doc:"The change request by whose application it was done."`
}

// changeRequestClash is a field that has moved under a schedule.
type changeRequestClash struct {
	ChangeRequestDrift
	Contested bool `json:"contested" doc:"Both change this field, to different values. Otherwise the request would only put back what it was."`
}

// viewScheduleDetails returns what Unleash does not say about a schedule; nil for a request that has none. What
// has moved since is only a clash once something has suspended the schedule: before that it is drift, and shown
// as such.
func (n names) viewScheduleDetails(cr *changerequest.Request, moved []change.Drift) *changeRequestScheduleDetails {
	s := cr.Schedule
	if s == nil {
		return nil
	}
	view := changeRequestScheduleDetails{ScheduledBy: n.of(s.By), Zone: s.Zone, Clashes: []changeRequestClash{}}
	if s.Cause == nil {
		return &view
	}
	view.Cause = &changeRequestCause{s.Cause.Kind, s.Cause.Feature, s.Cause.Strategy, s.Cause.Segment, n.of(s.Cause.By), s.Cause.Request}
	view.Remedy = s.Cause.Kind.Remedy()
	for _, d := range moved {
		// A change that does not set the field, or sets it to what it was when it was drafted, wants nothing
		// else than what was there.
		contested := len(d.Wanted) > 0 && !bytes.Equal(d.Wanted, d.Before)
		view.Clashes = append(view.Clashes, changeRequestClash{viewDrift(d), contested})
	}
	return &view
}

// scheduleConflicts are the scheduled requests that a change would suspend, if it was applied.
type scheduleConflicts struct {
	ChangeRequests []scheduledRequest `json:"changeRequests"`
}

// scheduledRequest points to a scheduled request.
type scheduledRequest struct {
	ID      changerequest.ID `json:"id"`
	Title   string           `json:"title,omitempty" doc:"Only if it was given one."`
	Project flag.ProjectID   `json:"project" doc:"Its project, which is another one at times: segments act in several."`
	Link    string           `json:"link" doc:"Where people look at it."`
}

// scheduleConflictsOf returns which scheduled requests each change of a request would suspend by itself. Each
// change is tried alone, as it would be applied now by the caller, so that people see which of them it is; what
// some of them do only together is not found. Requests of which the caller may not know are left out. The ids
// that are not in the map suspend nothing.
func (a *api) scheduleConflictsOf(r request, s *state.State, cr *changerequest.Request, now time.Time) map[change.ID]*scheduleConflicts {
	conflicts := map[change.ID]*scheduleConflicts{}
	// Most of the time nothing is scheduled, and trying each change costs something.
	if s.DueCount() == 0 {
		return conflicts
	}
	for _, c := range cr.Changes {
		events := decide.Try(s, cr.Place(), []change.Change{c}).Events
		broken, err := consequence.Suspensions(consequence.Write{Before: s, Events: events, By: r.Caller.Actor.Ref, At: now})
		if err != nil {
			continue // what cannot be tried suspends nothing
		}
		for _, b := range broken {
			if b.Request.ID == cr.ID || !r.knows(b.Request) {
				continue
			}
			if conflicts[c.ID] == nil {
				conflicts[c.ID] = &scheduleConflicts{}
			}
			conflicts[c.ID].ChangeRequests = append(conflicts[c.ID].ChangeRequests, scheduledRequest{b.Request.ID, b.Request.Title, b.Request.Project, a.page(b.Request)})
		}
	}
	return conflicts
}

// scheduledRequestIn is a scheduled request with where it is.
type scheduledRequestIn struct {
	ID          changerequest.ID     `json:"id"`
	Environment flag.EnvironmentName `json:"environment"`
	Title       string               `json:"title,omitempty" doc:"Only if it was given one."`
}

// getScheduledChangeRequests is for dialogs that warn of what a change would break. A request counts if any of
// the parameters matches any of its changes. It does not ask whether change requests are turned off, for what
// was scheduled before still runs.
//
// Faults: NotFound.
func (a *api) getScheduledChangeRequests(_ context.Context, r request, in *struct {
	Project        flag.ProjectID    `path:"projectId"`
	Feature        []flag.Name       `query:"feature,explode" doc:"A flag that they change."`
	StrategyID     []flag.StrategyID `query:"strategyId,explode" doc:"A strategy that they update or delete."`
	VariantForFlag []flag.Name       `query:"variantForFlag,explode" doc:"A flag of which they change the variants in the environment."`
	SegmentID      []flag.SegmentID  `query:"segmentId,explode" doc:"A segment that they update or delete."`
},
) ([]scheduledRequestIn, error) {
	if r.State.Project(in.Project) == nil {
		return nil, noProject(in.Project)
	}
	matches := func(c change.Change) bool {
		if c.Feature != "" && slices.Contains(in.Feature, c.Feature) {
			return true
		}
		if c.Segment() != 0 && slices.Contains(in.SegmentID, c.Segment()) {
			return true
		}
		switch p := c.Payload.(type) {
		case change.UpdateStrategy:
			return slices.Contains(in.StrategyID, p.ID)
		case change.DeleteStrategy:
			return slices.Contains(in.StrategyID, p.ID)
		case change.PatchVariant:
			return slices.Contains(in.VariantForFlag, c.Feature)
		default:
			return false
		}
	}
	list := []scheduledRequestIn{}
	if len(in.Feature)+len(in.StrategyID)+len(in.VariantForFlag)+len(in.SegmentID) == 0 {
		return list, nil
	}
	for cr := range r.State.OpenRequestsOf(in.Project) {
		if cr.State == changerequest.Scheduled && slices.ContainsFunc(cr.Changes, matches) {
			list = append(list, scheduledRequestIn{cr.ID, cr.Environment, cr.Title})
		}
	}
	return list, nil
}

// upcoming is a page of what will happen.
type upcoming struct {
	Upcoming []upcomingItem     `json:"upcoming"`
	Total    int                `json:"total" doc:"How many change requests there are."`
	Windows  []windowOccurrence `json:"windows" doc:"When environments are frozen, or take changes."`
}

// upcomingItem is something that will happen.
type upcomingItem struct {
	ChangeRequestSearchItem
	ScheduledBy requestUser `json:"scheduledBy" doc:"In whose name the request is applied."`
	Zone        string      `json:"zone,omitempty" doc:"The time zone in which the time was entered."`
}

// getUpcoming does not ask whether change requests are turned off either. Requests are paged; windows are the
// same on each page, since they have a period of their own.
//
// Faults: BadData for the period.
func (a *api) getUpcoming(ctx context.Context, r request, in *struct {
	calendarQuery
	period
	Offset string `query:"offset"`
	Limit  string `query:"limit" doc:"1 to 1000; 50 unless set."`
},
) (upcoming, error) {
	windows, err := a.viewOccurrences(r, in.calendarQuery, in.period)
	if err != nil {
		return upcoming{}, err
	}
	var found []*changerequest.Request
	for cr := range r.State.Scheduled() {
		if r.sees(cr.Project) && oneOf(in.Project, cr.Project) && oneOf(in.Environment, cr.Environment) {
			found = append(found, cr)
		}
	}
	n := a.names(ctx, r.State)
	page := upcoming{Upcoming: []upcomingItem{}, Total: len(found), Windows: windows}
	for _, cr := range pageOf(found, in.Offset, in.Limit, 50, 1000) {
		page.Upcoming = append(page.Upcoming, upcomingItem{n.searchItem(requests.Summarize(r.State, cr)), n.of(cr.Schedule.By), cr.Schedule.Zone})
	}
	return page, nil
}

// oneOf reports whether a value is one of those wanted, which may be none in particular.
func oneOf[T comparable](wanted []T, value T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// scheduleCommand returns the command that has a request applied later. Whether the time lies ahead, and the
// zone exists, is the command's to say.
//
// Faults: BadData.
func (b changeRequestState) scheduleCommand() (changerequest.Command, error) {
	if b.ScheduledAt == "" {
		return nil, fault.Field("/body/scheduledAt", "The `/body/scheduledAt` property is required: the time at which the change request is applied, such as 2026-12-01T08:00:00Z.")
	}
	at, err := time.Parse(time.RFC3339, b.ScheduledAt)
	if err != nil {
		return nil, fault.Field("/body/scheduledAt", "The `/body/scheduledAt` property must be a time with its offset, such as 2026-12-01T08:00:00Z. You sent %q.", b.ScheduledAt)
	}
	return changerequest.ScheduleAt{At: at, Zone: b.ScheduledZone, Overwrite: b.Overwrite, Comment: b.Comment}, nil
}

// tellBroken names in the headers of an answer the change requests that the write has suspended or cancelled
// besides what was asked for: those of which the caller may know. Their state is read as it was before the
// write: one that was cancelled is in no later one. The web app shows them to whoever has just written
// (docs/change-requests.md, looking ahead).
func (a *api) tellBroken(r request) {
	tell := func(header, title string, broken []changerequest.ID) {
		var ids []string
		for _, id := range broken {
			cr := r.State.ChangeRequest(id)
			if cr == nil || !r.knows(cr) {
				continue
			}
			ids = append(ids, strconv.FormatInt(int64(id), 10))
			r.header.Add("Link", fmt.Sprintf(`<%s>; rel="related"; title=%q`, a.page(cr), title))
		}
		if len(ids) > 0 {
			r.header.Set(header, strings.Join(ids, ", "))
		}
	}
	tell(suspendedHeader, "suspended", r.Caller.Broken.Suspended)
	tell(cancelledHeader, "cancelled", r.Caller.Broken.Cancelled)
}

// undoAction says whether the caller can undo an applied request. It stands among the allowed actions of an
// applied request, though it makes another one.
func (a *api) undoAction(actor access.Actor, cr *changerequest.Request) allowedAction {
	if err := a.App.MayUndo(actor, cr); err != nil {
		return allowedAction{"undo", false, err.Error()}
	}
	return allowedAction{"undo", true, ""}
}
