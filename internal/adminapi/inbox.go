package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/notify"
)

const tagNotifications = "Notifications"

// inboxes registers what people are told.
func (a *api) inboxes() {
	register(a, operation{
		ID: "getInbox", Method: http.MethodGet, Path: "/inbox", Tag: tagNotifications,
		Summary:     "What waits for you, and what you were told",
		Description: "`waiting` is looked up now: change requests that you are asked to review, may approve or may apply, and schedules of yours that failed or are suspended. `items` are kept for half a year. For people only.",
		NoStore:     true,
	}, a.getInbox)
	register(a, operation{
		ID: "readInbox", Method: http.MethodPost, Path: "/inbox/read", Tag: tagNotifications,
		Summary: "Mark as read what you were told", Description: "Those with the ids, or all. Others' items stay as they are.", Status: http.StatusNoContent,
	}, a.readInbox)
	register(a, operation{
		ID: "getNotifications", Method: http.MethodGet, Path: "/notifications", Tag: tagNotifications,
		Summary: "What you were told, as Unleash has it", Description: "The newest 100 of the inbox.", NoStore: true,
	}, a.getNotifications)
	register(a, operation{
		ID: "markNotificationsAsRead", Method: http.MethodPost, Path: "/notifications/read", Tag: tagNotifications,
		Summary: "Mark as read what you were told, as Unleash has it",
	}, a.markNotificationsAsRead)
}

// readerOf returns the account of a caller who is a person.
//
// People have an inbox; a service account or a token acts for somebody, and is told nothing
// (docs/notifications.md).
//
// Faults: Forbidden.
func readerOf(r request) (int64, error) {
	if r.Caller.Actor.Ref.Kind() != access.KindUser {
		return 0, fault.New(fault.Forbidden, "Only people are told things. You call with a token, or as a service account.")
	}
	return r.Caller.Actor.Ref.ID(), nil
}

// The sizes of a page of the inbox, and of the lists that have no pages.
const (
	// unleashInbox is how many Unleash's list has. waitingMost bounds the work of a request: for each
	// that waits, it is tried whether the caller can move it on.
	inboxPage    = 50
	inboxLargest = 200
	unleashInbox = 100
	waitingMost  = 100
)

// inbox is what waits for somebody, and what they were told.
//
// Items can be empty while something waits, and the other way round: the one is what was told, the
// other what is.
type inbox struct {
	Waiting []waitingRequest `json:"waiting" doc:"At most 100, those first that you are asked to review."`
	Items   []inboxItem      `json:"items" doc:"The newest first."`
	Total   int              `json:"total"`
	Unread  int              `json:"unread"`
}

// waitingRequest is a change request that somebody can move on.
//
// Each request is listed once, for what comes next in its life.
type waitingRequest struct {
	For           string       `json:"for" enum:"requestedReview,schedule,apply,review" doc:"What you can do: the review that you are asked for, deciding anew about a schedule of yours that failed or is suspended, applying it, or a review."`
	ChangeRequest inboxRequest `json:"changeRequest"`
	CreatedBy     requestUser  `json:"createdBy"`
	Deadline      *instant     `json:"deadline" nullable:"true" doc:"When it expires."`
	Link          string       `json:"link"`
}

// inboxRequest names a change request.
type inboxRequest struct {
	ID          changerequest.ID     `json:"id"`
	Title       string               `json:"title"`
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
}

// inboxItem is something that somebody was told.
//
// What was told about a project that the person sees no more is shown without its contents, by a
// sentence of its own.
type inboxItem struct {
	ID            int64         `json:"id"`
	Topic         notify.Topic  `json:"topic"`
	Message       string        `json:"message"`
	Text          string        `json:"text,omitempty" doc:"The comment or the reason, in Markdown."`
	Link          string        `json:"link"`
	ChangeRequest *inboxRequest `json:"changeRequest,omitempty" doc:"Left out if it is about none."`
	CreatedBy     *requestUser  `json:"createdBy,omitempty"`
	CreatedAt     instant       `json:"createdAt"`
	ReadAt        *instant      `json:"readAt" nullable:"true"`
}

func (a *api) getInbox(ctx context.Context, r request, in *struct {
	Offset string `query:"offset"`
	Limit  string `query:"limit" doc:"1 to 200; 50 unless set."`
},
) (inbox, error) {
	account, err := readerOf(r)
	if err != nil {
		return inbox{}, err
	}
	offset, limit := pageBounds(in.Offset, in.Limit, inboxPage, inboxLargest)
	items, total, unread, err := a.Notify.Inbox(ctx, account, offset, limit)
	if err != nil {
		return inbox{}, err
	}
	n := a.names(ctx, r.State)
	view := inbox{Waiting: a.waiting(r, n, account), Items: []inboxItem{}, Total: total, Unread: unread}
	for _, i := range items {
		shown := inboxItem{
			ID: i.ID, Topic: i.Topic, Message: i.Message, Text: i.Text, Link: a.URL + i.Link(), CreatedAt: instant(i.At), ReadAt: instantOf(i.ReadAt),
		}
		if i.Request != 0 {
			shown.ChangeRequest = &inboxRequest{i.Request, i.Title, i.Project, i.Environment}
		}
		if i.Actor != "" {
			shown.CreatedBy = new(n.of(i.Actor))
		}
		view.Items = append(view.Items, shown)
	}
	return view, nil
}

// waiting returns the requests that the caller can move on. What can be done with one is asked
// only until there are enough, those first that matter most.
//
// All open requests are gone through in memory; whether the caller sees a project is asked once for each.
// Within one reason, the oldest come first, as the state has them.
func (a *api) waiting(r request, n names, account int64) []waitingRequest {
	list := []waitingRequest{}
	if r.State.ChangeRequests().Disabled {
		return list
	}
	reasons := []string{"requestedReview", "schedule", "apply", "review"}
	candidates := map[string][]*changerequest.Request{}
	sees := map[flag.ProjectID]bool{}
	for cr := range r.State.OpenRequests() {
		may, known := sees[cr.Project]
		if !known {
			may = r.State.MaySee(r.Caller.Actor, cr.Project)
			sees[cr.Project] = may
		}
		if may {
			why := reason(r, cr, account)
			candidates[why] = append(candidates[why], cr)
		}
	}
	m := a.moverOf(r)
	for _, why := range reasons {
		for _, cr := range candidates[why] {
			if len(list) == waitingMost {
				return list
			}
			// A broken schedule can be decided anew by whose it is, whatever may be applied now.
			if why != "schedule" && !m.moves(cr) {
				continue
			}
			w := waitingRequest{
				For: why, ChangeRequest: inboxRequest{cr.ID, cr.ShownTitle(), cr.Project, cr.Environment}, CreatedBy: n.of(cr.Author),
				Link: a.URL + (&notify.Notification{Request: cr.ID, Project: cr.Project}).Link(),
			}
			if deadline := cr.Deadline(); !deadline.IsZero() {
				w.Deadline = instantOf(&deadline)
			}
			list = append(list, w)
		}
	}
	return list
}

// reason returns for what a request would wait for somebody, if they may; empty: for nothing.
//
// It goes by the request's state alone. Whether the caller may is asked afterwards, since that takes
// longer.
func reason(r request, cr *changerequest.Request, account int64) string {
	switch {
	case brokenFor(r.Caller.Actor.Ref, cr):
		return "schedule"
	case cr.State == changerequest.InReview && notify.Asked(r.State, cr, account):
		return "requestedReview"
	case cr.State == changerequest.InReview:
		return "review"
	case cr.State == changerequest.Approved:
		return "apply"
	default:
		return ""
	}
}

// brokenFor reports whether a request's schedule failed or is suspended, and somebody made or
// scheduled it.
//
// It waits for both, until one of them has decided.
func brokenFor(ref access.Ref, cr *changerequest.Request) bool {
	return cr.State == changerequest.Scheduled && cr.Schedule.Status != changerequest.Pending && (cr.Author == ref || cr.Schedule.By == ref)
}

// inboxRead is what to mark as read.
//
// Exactly one of the two is asked for, so that a forgotten list does not mark all as read.
type inboxRead struct {
	IDs []int64 `json:"ids,omitempty"`
	All bool    `json:"all,omitempty"`
}

func (a *api) readInbox(ctx context.Context, r request, in *struct{ Body inboxRead }) (empty, error) {
	account, err := readerOf(r)
	if err != nil {
		return empty{}, err
	}
	if in.Body.All != (len(in.Body.IDs) == 0) {
		return empty{}, fault.Field("/body/ids", "Either `ids` names items, or `all` is true.")
	}
	ids := in.Body.IDs
	if in.Body.All {
		ids = nil // an empty list was perhaps sent along, which would be none of them
	}
	return empty{}, a.Notify.MarkRead(ctx, account, ids)
}

// notification is something that somebody was told, in Unleash's form.
//
// NotificationType is always change-request. Link is a path, where the inbox has the whole address.
type notification struct {
	ID               int64               `json:"id"`
	Message          string              `json:"message"`
	Link             string              `json:"link"`
	NotificationType string              `json:"notificationType" enum:"change-request,toggle"`
	CreatedBy        notificationCreator `json:"createdBy"`
	CreatedAt        instant             `json:"createdAt"`
	ReadAt           *instant            `json:"readAt" nullable:"true"`
}

// notificationCreator is who did what somebody was told.
type notificationCreator struct {
	Username *string `json:"username" nullable:"true"`
	ImageURL *string `json:"imageUrl" nullable:"true"`
}

func (a *api) getNotifications(ctx context.Context, r request, _ *struct{}) ([]notification, error) {
	account, err := readerOf(r)
	if err != nil {
		return nil, err
	}
	items, _, _, err := a.Notify.Inbox(ctx, account, 0, unleashInbox)
	if err != nil {
		return nil, err
	}
	n := a.names(ctx, r.State)
	list := []notification{}
	for _, i := range items {
		by := n.of(i.Actor)
		list = append(list, notification{
			ID: i.ID, Message: i.Message, Link: i.Link(), NotificationType: "change-request",
			CreatedBy: notificationCreator{by.Username, by.ImageURL}, CreatedAt: instant(i.At), ReadAt: instantOf(i.ReadAt),
		})
	}
	return list, nil
}

// markNotificationsAsRead is which items were read.
type markNotificationsAsRead struct {
	Notifications []int64 `json:"notifications"`
}

func (a *api) markNotificationsAsRead(ctx context.Context, r request, in *struct{ Body markNotificationsAsRead }) (empty, error) {
	account, err := readerOf(r)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Notify.MarkRead(ctx, account, in.Body.Notifications)
}
