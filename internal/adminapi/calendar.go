package adminapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/window"
)

// calendars registers what will happen as a calendar, and the links by which calendar programs read it. Both
// show what GET /upcoming does, in the form of RFC 5545 (icalendar.go); docs/windows.md tells how people use
// them.
func (a *api) calendars() {
	const tag = "Calendar"
	register(a, operation{
		ID: "getCalendar", Method: http.MethodGet, Path: "/calendar.ics", Tag: tag, Files: []string{calendarType},
		Summary:     "Read what will happen as a calendar",
		Description: "Windows and scheduled change requests that you may see, from 30 days ago until 11 months ahead, as iCalendar.",
	}, a.getCalendar)
	register(a, operation{
		ID: "getCalendarFeed", Method: http.MethodGet, Path: "/calendar/{link}", Tag: tag, Files: []string{calendarType},
		Summary: "Read a calendar by a secret link", Description: "The link's last part is its secret, with `.ics`. It opens nothing else.",
		Outside: true, Open: true, NoStore: true,
	}, a.getCalendarFeed)
	register(a, operation{
		ID: "getCalendarLink", Method: http.MethodGet, Path: "/user/calendar-link", Tag: tag,
		Summary: "Tell whether one has a calendar link", Description: "For people only.",
	}, a.getCalendarLink)
	register(a, operation{
		ID: "createCalendarLink", Method: http.MethodPost, Path: "/user/calendar-link", Tag: tag,
		Summary: "Make one's calendar link", Description: "`url` is shown this once. The link before it is worthless. For people only.",
		Status: http.StatusCreated, NoStore: true,
	}, a.createCalendarLink)
	register(a, operation{
		ID: "deleteCalendarLink", Method: http.MethodDelete, Path: "/user/calendar-link", Tag: tag,
		Summary: "Make one's calendar link worthless", Status: http.StatusNoContent,
	}, a.deleteCalendarLink)
}

// calendarQuery is of what it is asked what will happen. It is asked about one or more; without any, about all
// that the caller may know of.
type calendarQuery struct {
	Project     []flag.ProjectID       `query:"project,explode" doc:"Only what is in these projects."`
	Environment []flag.EnvironmentName `query:"environment,explode" doc:"Only what is in these environments."`
}

// calendarLink is a link by which a calendar program reads what its person may see. The secret in it is kept as
// a digest, so the URL cannot be shown again.
type calendarLink struct {
	URL       string   `json:"url,omitempty" doc:"Only in the answer that makes the link."`
	CreatedAt *instant `json:"createdAt" nullable:"true" doc:"null: there is none."`
}

// The time that a calendar shows: a year. What has been stays in it for a month, since a calendar program shows
// what is in a feed and keeps nothing else.
const (
	calendarBack  = 30 * 24 * time.Hour
	calendarAhead = 335 * 24 * time.Hour
)

func (a *api) getCalendar(_ context.Context, r request, in *calendarQuery) (streamed, error) {
	return streamed{a.calendarFor(r, *in)}, nil
}

// getCalendarFeed takes its caller from the link: the operation is open, so until then it is nobody. A link
// shows less as soon as its person may see less. Nothing is written with the actor that it stands for.
//
// Faults: NotFound for a link without its ending, and for one that is worthless.
func (a *api) getCalendarFeed(ctx context.Context, r request, in *struct {
	Link string `path:"link"`
	calendarQuery
},
) (streamed, error) {
	secret, named := strings.CutSuffix(in.Link, ".ics")
	if !named {
		return streamed{}, fault.New(fault.NotFound, "A calendar link ends with .ics.")
	}
	actor, err := a.People.CalendarReader(ctx, secret)
	if err != nil {
		return streamed{}, err
	}
	// r is this call's own, so nobody else comes to be this person.
	r.Caller.Actor = actor
	return streamed{a.calendarFor(r, in.calendarQuery)}, nil
}

func (a *api) getCalendarLink(ctx context.Context, r request, _ *struct{}) (calendarLink, error) {
	at, err := a.People.CalendarSecretMade(ctx, r.Caller.Actor)
	return calendarLink{CreatedAt: instantOf(at)}, err
}

func (a *api) createCalendarLink(ctx context.Context, r request, _ *struct{}) (calendarLink, error) {
	secret, err := a.People.NewCalendarSecret(ctx, r.Caller.Actor)
	if err != nil {
		return calendarLink{}, err
	}
	return calendarLink{URL: a.URL + "/calendar/" + secret + ".ics", CreatedAt: new(instant(a.App.Now()))}, nil
}

func (a *api) deleteCalendarLink(ctx context.Context, r request, _ *struct{}) (empty, error) {
	return empty{}, a.People.RevokeCalendarSecret(ctx, r.Caller.Actor)
}

// calendarFor returns what the caller may see of what will happen. Scheduled requests are left out while change
// requests are turned off.
func (a *api) calendarFor(r request, q calendarQuery) icalendar {
	now := a.App.Now()
	from, to := now.Add(-calendarBack), now.Add(calendarAhead)
	c := icalendar{stamp: r.State.At()}
	for _, o := range occurrencesFor(r, q.Project, q.Environment, from, to) {
		c.events = append(c.events, r.windowEvent(o))
	}
	for cr := range r.State.Scheduled() {
		if r.knows(cr) && oneOf(q.Project, cr.Project) && oneOf(q.Environment, cr.Environment) {
			c.events = append(c.events, a.scheduleEvent(r, cr))
		}
	}
	return c
}

// windowEvent returns one time at which a window happens. Each is an event of its own and no rule of repetition
// is sent: windows go by the clock on the wall of a zone, which calendar programs would each have to know
// (docs/adr/0027-windows-by-the-wall-clock.md). Its id is made of the window, its begin and the ledger, so that
// it is the same in every download and another one on every server; projects of which the caller may not know
// are not named.
func (r request) windowEvent(o window.Occurrence) calendarEvent {
	w := o.Window
	what, category := "Freeze", "FREEZE"
	description := "Nothing is applied in the environment."
	if w.Kind == window.Maintenance {
		what, category = "Maintenance window", "MAINTENANCE"
		description = "The environment takes changes."
	}
	if projects, _ := r.seenWindow(w); len(projects) > 0 {
		names := make([]string, len(projects))
		for i, p := range projects {
			names[i] = string(p)
		}
		description += "\nProjects: " + strings.Join(names, ", ")
	}
	return calendarEvent{
		uid: fmt.Sprintf("window-%d-%s@%s", w.ID, utcStamp(o.Begin), r.State.LedgerID()), begin: o.Begin, end: o.End,
		summary: fmt.Sprintf("%s of %s: %s", what, w.Environment, w.Name), description: description, category: category,
	}
}

// scheduleEvent returns when a change request is applied: a moment, which has no length. The id is the
// request's, so one that is put off moves in the calendar. What failed or is suspended will not happen by
// itself; it stays at its time, marked, with the reason, since somebody has to decide.
func (a *api) scheduleEvent(r request, cr *changerequest.Request) calendarEvent {
	e := calendarEvent{
		uid: fmt.Sprintf("change-request-%d@%s", cr.ID, r.State.LedgerID()), begin: cr.Schedule.At, end: cr.Schedule.At,
		summary:     fmt.Sprintf("%s: %s in %s", cr.Project, cr.ShownTitle(), cr.Environment),
		description: "The change request is applied.", category: "CHANGE REQUEST",
		url: a.page(cr),
	}
	if cr.Schedule.Status != changerequest.Pending {
		e.tentative = true
		e.summary = fmt.Sprintf("(%s) %s", cr.Schedule.Status, e.summary)
		e.description = cr.Schedule.Reason
	}
	return e
}
