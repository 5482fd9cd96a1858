package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/window"
)

const windowsPath = environmentPath + "/windows"

// windows registers what can be done with freezes and maintenance windows.
//
// What a window means for writes and schedules is decided in core (docs/windows.md); here it is
// described and listed. Times that a person enters are those of a clock on a wall with its zone, which
// stay right when the clocks are moved (docs/adr/0027-windows-by-the-wall-clock.md); times that are
// shown are instants, in UTC.
func (a *api) windows() {
	const tag = "Windows"
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getWindows", Method: http.MethodGet, Path: windowsPath, Tag: tag,
		Summary:     "List the windows of an environment",
		Description: "Freezes, in which nothing is applied, and maintenance windows, outside of which nothing is: those that count in a project that you may see.",
	}, a.getWindows)
	register(a, operation{
		ID: "createWindow", Method: http.MethodPost, Path: windowsPath, Tag: tag,
		Summary: "Give an environment a window", Description: "Scheduled change requests whose time it closes are suspended, and named in the header Quorate-Suspended.",
		Permissions: admin, Status: http.StatusCreated,
	}, a.createWindow)
	register(a, operation{
		ID: "updateWindow", Method: http.MethodPut, Path: windowsPath + "/{id}", Tag: tag,
		Summary: "Put another window in the place of one", Description: "Scheduled change requests whose time it closes are suspended.",
		Permissions: admin,
	}, a.updateWindow)
	register(a, operation{
		ID: "deleteWindow", Method: http.MethodDelete, Path: windowsPath + "/{id}", Tag: tag,
		Summary: "Delete a window", Permissions: admin, Status: http.StatusNoContent,
	}, a.deleteWindow)
}

// windowAt names a window.
type windowAt struct {
	EnvironmentAt
	ID window.ID `path:"id"`
}

// WindowBody is a window to be.
type WindowBody struct {
	Name            string            `json:"name" minLength:"1"`
	Kind            window.Kind       `json:"kind" enum:"freeze,maintenance" doc:"freeze: nothing is applied within it. maintenance: where there are such, nothing is applied outside of them."`
	Projects        []flag.ProjectID  `json:"projects,omitempty" doc:"In which it counts; none: in all."`
	Start           window.Wall       `json:"start" doc:"When it begins first, by the clock on the wall, such as 2026-12-20T00:00."`
	DurationMinutes int               `json:"durationMinutes" doc:"How long it is, by the clock on the wall: one that begins at 22:00 and lasts 480 minutes ends at 06:00 also in a night in which the clocks are moved."`
	Zone            string            `json:"zone" doc:"Where that wall is: a time zone of the IANA, such as Europe/Oslo."`
	Recurrence      *windowRecurrence `json:"recurrence,omitempty" doc:"On which days it begins from then on; none: once."`
}

// windowRecurrence says on which days a window begins.
type windowRecurrence struct {
	Frequency  window.Frequency `json:"frequency" enum:"weekly,monthly,yearly" doc:"Yearly: on the day and month of its start."`
	Weekdays   []window.Weekday `json:"weekdays,omitempty" doc:"monday, tuesday and so on; weekly, or monthly with week."`
	Week       int              `json:"week,omitempty" doc:"Which of the month's days of that name: 1 to 4, or -1 for the last. Only monthly."`
	DayOfMonth int              `json:"dayOfMonth,omitempty" doc:"1 to 31, or -1 for the last; a month that has no such day is passed over. Only monthly."`
	Until      window.Day       `json:"until,omitempty" doc:"The last day on which it may begin, such as 2027-12-31."`
}

// window returns what the body describes, without the id and the environment. Whether it makes sense,
// the use case says.
func (b WindowBody) window() window.Window {
	w := window.Window{Projects: b.Projects, Kind: b.Kind, Name: b.Name, Start: b.Start, Minutes: b.DurationMinutes, Zone: b.Zone}
	if b.Recurrence != nil {
		w.Recurrence = new(window.Recurrence(*b.Recurrence))
	}
	return w
}

// windowView is a window as it is shown.
type windowView struct {
	ID          window.ID            `json:"id"`
	Environment flag.EnvironmentName `json:"environment"`
	WindowBody
	Next *WindowTime `json:"next,omitempty" doc:"When it happens now or next; absent when it is over."`
}

// WindowTime is a time at which a window happens.
type WindowTime struct {
	From instant `json:"from"`
	To   instant `json:"to" doc:"The first instant after it."`
}

// windowList is the windows of an environment.
type windowList struct {
	Windows []windowView `json:"windows"`
}

// seenWindow returns the projects of a window of which the caller may know, and whether the window counts in any.
//
// A window that counts in hidden projects alone is hidden; one that counts in others as well is shown
// without the hidden ones. A window without projects counts in all.
func (r request) seenWindow(w *window.Window) ([]flag.ProjectID, bool) {
	seen := slices.DeleteFunc(slices.Clone(w.Projects), func(p flag.ProjectID) bool { return !r.sees(p) })
	return seen, len(w.Projects) == 0 || len(seen) > 0
}

// viewWindow returns a window as the caller may see it.
func (a *api) viewWindow(r request, w *window.Window) windowView {
	projects, _ := r.seenWindow(w)
	view := windowView{ID: w.ID, Environment: w.Environment, WindowBody: WindowBody{
		Name: w.Name, Kind: w.Kind, Projects: projects, Start: w.Start, DurationMinutes: w.Minutes, Zone: w.Zone,
	}}
	if w.Recurrence != nil {
		view.Recurrence = new(windowRecurrence(*w.Recurrence))
	}
	if o, ok := w.Next(a.App.Now()); ok {
		view.Next = &WindowTime{instant(o.Begin), instant(o.End)}
	}
	return view
}

func (a *api) getWindows(_ context.Context, r request, in *EnvironmentAt) (windowList, error) {
	if _, err := app.Environment(r.State, in.Name); err != nil {
		return windowList{}, err
	}
	list := windowList{[]windowView{}}
	for w := range r.State.WindowsOf(in.Name) {
		if _, known := r.seenWindow(w); known {
			list.Windows = append(list.Windows, a.viewWindow(r, w))
		}
	}
	return list, nil
}

func (a *api) createWindow(ctx context.Context, r request, in *struct {
	EnvironmentAt
	Body WindowBody
},
) (windowView, error) {
	w, err := a.App.CreateWindow(ctx, r.Caller, in.Name, in.Body.window())
	if err != nil {
		return windowView{}, err
	}
	return a.viewWindow(r, w), nil
}

func (a *api) updateWindow(ctx context.Context, r request, in *struct {
	windowAt
	Body WindowBody
},
) (windowView, error) {
	w, err := a.App.UpdateWindow(ctx, r.Caller, in.Name, in.ID, in.Body.window())
	if err != nil {
		return windowView{}, err
	}
	return a.viewWindow(r, w), nil
}

func (a *api) deleteWindow(ctx context.Context, r request, in *windowAt) (empty, error) {
	return empty{}, a.App.DeleteWindow(ctx, r.Caller, in.Name, in.ID)
}

// windowOccurrence is one time at which a window happens.
//
// It is one entry of `GET /upcoming`, beside scheduled change requests (calendar.go has the same as
// iCalendar). State is as of now, by the server's clock.
type windowOccurrence struct {
	ID          window.ID            `json:"id"`
	Environment flag.EnvironmentName `json:"environment"`
	Name        string               `json:"name"`
	Kind        window.Kind          `json:"kind" enum:"freeze,maintenance"`
	Projects    []flag.ProjectID     `json:"projects,omitempty" doc:"In which it counts, of those that you may see; none: in all."`
	State       string               `json:"state" enum:"over,now,ahead"`
	WindowTime
}

// The bounds of a look ahead. A year shows each yearly window once. More occurrences than anybody reads
// are cut off at the end, so the earliest stay; a window every day has 366 in a year.
const (
	longestPeriod   = 366 * 24 * time.Hour
	usualPeriod     = 90 * 24 * time.Hour
	mostOccurrences = 1000
)

// viewOccurrences returns when windows happen in a period, as far as the caller may know.
func (a *api) viewOccurrences(r request, q calendarQuery, p period) ([]windowOccurrence, error) {
	now := a.App.Now()
	from, to, err := p.read(now)
	if err != nil {
		return nil, err
	}
	list := []windowOccurrence{}
	for _, o := range occurrencesFor(r, q.Project, q.Environment, from, to) {
		state := "ahead"
		switch {
		case o.Has(now):
			state = "now"
		case o.Begin.Before(now):
			state = "over"
		}
		projects, _ := r.seenWindow(o.Window)
		list = append(list, windowOccurrence{o.Window.ID, o.Window.Environment, o.Window.Name, o.Window.Kind, projects, state, WindowTime{instant(o.Begin), instant(o.End)}})
	}
	return list, nil
}

// occurrencesFor returns when windows happen of which the caller may know, the earliest first; only those of projects
// and environments, if any are named.
func occurrencesFor(r request, projects []flag.ProjectID, environments []flag.EnvironmentName, from, to time.Time) []window.Occurrence {
	var found []window.Occurrence
	for w := range r.State.Windows() {
		_, known := r.seenWindow(w)
		counts := len(projects) == 0 || slices.ContainsFunc(projects, w.In)
		if !known || !counts || !oneOf(environments, w.Environment) {
			continue
		}
		// A single window gives no more than the list can hold, so that many windows are not gone
		// through for nothing.
		n := 0
		for o := range w.Occurrences(from, to) {
			found = append(found, o)
			if n++; n == mostOccurrences {
				break
			}
		}
	}
	slices.SortStableFunc(found, func(a, b window.Occurrence) int {
		return cmp.Or(a.Begin.Compare(b.Begin), cmp.Compare(a.Window.ID, b.Window.ID))
	})
	return found[:min(len(found), mostOccurrences)]
}

// period is from when until when windows are looked for.
type period struct {
	From string `query:"from" doc:"A time (RFC 3339); now unless set. Of windows only."`
	To   string `query:"to" doc:"A time, at most 366 days after from; 90 days unless set. Of windows only."`
}

// read returns the period that was asked for, and bounds what has to be computed for it.
func (p period) read(now time.Time) (from, to time.Time, err error) {
	if from, err = timeIn("from", p.From, now); err != nil {
		return from, to, err
	}
	if to, err = timeIn("to", p.To, from.Add(usualPeriod)); err != nil {
		return from, to, err
	}
	if !from.Before(to) || to.Sub(from) > longestPeriod {
		err = fault.Field("/query/to", "The period ends after it begins, and is at most 366 days long.")
	}
	return from, to, err
}

// timeIn reads a time from the query; what is not set is usual.
//
// A year before 2000, or from 3000 on, is taken for a mistake, and keeps what is computed within
// bounds.
func timeIn(name, text string, usual time.Time) (time.Time, error) {
	if text == "" {
		return usual, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 2000 || at.Year() >= 3000 {
		return at, fault.Field("/query/"+name, "The `/query/%s` property must be a time with its offset, such as 2026-12-01T08:00:00Z. You sent %q.", name, text)
	}
	return at, nil
}
