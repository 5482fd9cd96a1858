package adminapi

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const tagEvents = "Events"

// events registers how the event log is read. What an event looks like to people is package eventlog's; here it
// is decided who is shown which.
//
// An administrator sees all events. Everybody else sees those of projects that they may know of, and no others:
// accounts, roles and settings are nobody else's business, and a project that is gone may have been private.
// Of somebody else's draft nobody is told more than that there is one.
func (a *api) events() {
	const mine = "Whoever is no admin sees the events of projects only."
	register(a, operation{
		ID: "searchEvents", Method: http.MethodGet, Path: "/search/events", Tag: tagEvents,
		Summary: "Search the event log",
		Description: "Newest first. Filters narrow the search together. Their values are an operator and a list: `IS:a`, `IS_ANY_OF:a,b`. " +
			"A page has 50 events unless `limit` (1 to 1000) says otherwise. " + mine,
	}, a.searchEvents)
	register(a, operation{
		ID: "exportEvents", Method: http.MethodGet, Path: "/events/export", Tag: tagEvents, Files: []string{"text/csv", "application/json"},
		Summary: "Export the event log",
		Description: "As a file, CSV or JSON, newest first, of a period of days; all events that pass the filters, which are those of the search. In CSV, cells that a spreadsheet would take for a formula begin with `'`. " +
			"If the answer ends early, the connection is broken off. " + mine,
	}, a.exportEvents)
	register(a, operation{
		ID: "getEventCreators", Method: http.MethodGet, Path: "/event-creators", Tag: tagEvents,
		Summary: "Who is behind the events",
	}, a.getEventCreators)
	register(a, operation{
		ID: "getEventTypes", Method: http.MethodGet, Path: "/event-types", Tag: tagEvents,
		Summary: "What types events have", Description: "Each with its title, whether or not there are any such events.",
	}, a.getEventTypes)
	register(a, operation{
		ID: "getEvents", Method: http.MethodGet, Path: "/events", Tag: tagEvents,
		Summary: "List the newest events", Deprecated: true,
		Permissions: []access.Permission{access.Admin},
	}, a.getEvents)
	register(a, operation{
		ID: "getEventsForToggle", Method: http.MethodGet, Path: "/events/{featureName}", Tag: tagEvents,
		Summary: "List the newest events of a flag", Description: mine, Deprecated: true,
	}, a.getEventsForToggle)
}

// EventFilters are what events are searched for by. The patterns are Unleash's, which error messages show. They
// let more through than they seem to, since the part before the commas is free; so a value may be empty, or be
// no number where one is meant. Each is then a value that no event has.
type EventFilters struct {
	ID          string `query:"id" pattern:"^(IS|IS_ANY_OF):(.*?)(,([0-9]+))*$" doc:"Revisions."`
	GroupID     string `query:"groupId" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	Feature     string `query:"feature" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	Project     string `query:"project" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	Type        string `query:"type" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	CreatedBy   string `query:"createdBy" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$" doc:"Ids of event creators."`
	Environment string `query:"environment" pattern:"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
}

// searchEventsQuery is what is searched for, and which page of it. Numbers of the page are texts here, so that
// what is no number falls back to the default instead of being refused (pageBounds).
type searchEventsQuery struct {
	Query string `query:"query" doc:"A text in the data before or after; the newest 100,000 events that pass the other filters are looked through."`
	EventFilters
	From   string `query:"from" pattern:"^(IS):\\d{4}-\\d{2}-\\d{2}$" doc:"The first day (UTC)."`
	To     string `query:"to" pattern:"^(IS):\\d{4}-\\d{2}-\\d{2}$" doc:"The last day (UTC)."`
	Offset string `query:"offset"`
	Limit  string `query:"limit"`
}

// exportEventsQuery is what is exported, and how. It has no page: it is all of a period.
type exportEventsQuery struct {
	Format eventlog.Format `query:"format" enum:"csv,json" doc:"csv if left out."`
	Query  string          `query:"query" doc:"A text in the data before or after."`
	EventFilters
	From string `query:"from" pattern:"^(IS:)?\\d{4}-\\d{2}-\\d{2}$" doc:"The first day (UTC)."`
	To   string `query:"to" pattern:"^(IS:)?\\d{4}-\\d{2}-\\d{2}$" doc:"The last day (UTC)."`
}

// query returns what is to be found, in a period of days. Days are UTC, and the last one is included; a query
// ends before the day after.
func (f EventFilters) query(text, from, to string) (eventlog.Query, error) {
	first, err := dayIn("/query/from", from)
	if err != nil {
		return eventlog.Query{}, err
	}
	last, err := dayIn("/query/to", to)
	if err != nil {
		return eventlog.Query{}, err
	}
	q := eventlog.Query{
		Text:         text,
		IDs:          numbersIn(f.ID),
		Types:        valuesIn(f.Type),
		Projects:     valuesIn(f.Project),
		Environments: valuesIn(f.Environment),
		Features:     valuesIn(f.Feature),
		CreatorIDs:   numbersIn(f.CreatedBy),
		GroupIDs:     valuesIn(f.GroupID),
		From:         first,
	}
	if !last.IsZero() {
		q.To = last.AddDate(0, 0, 1)
	}
	return q, nil
}

// eventSearchResponse is a page of events, and how many there are in all.
type eventSearchResponse struct {
	Events []event `json:"events"`
	Total  int     `json:"total"`
}

// event is an event as people read it. The two fields stand in the place of those of eventlog, which have no
// schema.
type event struct {
	eventlog.Event
	Data    object `json:"data" doc:"What the event's subject is like after it; null if there is nothing to say."`
	PreData object `json:"preData" doc:"What the event's subject was like before it; null if there is nothing to say."`
}

// object is an object whose properties depend on the type of the event, or null.
type object struct{ value any }

// MarshalJSON writes the object.
func (o object) MarshalJSON() ([]byte, error) { return json.Marshal(o.value) }

// Schema returns that of any object, with null.
func (object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Nullable: true, AdditionalProperties: true}
}

// eventList is the newest events. TotalEvents is how many there are in all, not how many are listed.
type eventList struct {
	Version     int     `json:"version"`
	Events      []event `json:"events"`
	TotalEvents int     `json:"totalEvents"`
}

// featureEvents is the newest events of a flag.
type featureEvents struct {
	Version     int       `json:"version"`
	ToggleName  flag.Name `json:"toggleName"`
	Events      []event   `json:"events"`
	TotalEvents int       `json:"totalEvents"`
}

// eventCreator is someone who made events.
type eventCreator struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// maxEvents is how many events an answer may have. Unleash has the same bound for pages.
const maxEvents = 1000

// searchEvents returns a page. Beyond the newest 100,000 that pass the other filters a text is not looked for,
// and Total is then of what was looked through.
//
// Faults: BadData, and Unavailable while the database is away.
func (a *api) searchEvents(ctx context.Context, r request, in *searchEventsQuery) (eventSearchResponse, error) {
	q, err := in.query(in.Query, in.From, in.To)
	if err != nil {
		return eventSearchResponse{}, err
	}
	q.Offset, q.Limit = pageBounds(in.Offset, in.Limit, 50, maxEvents)
	events, total, err := a.findEvents(ctx, r, q)
	return eventSearchResponse{Events: events, Total: total}, err
}

func (a *api) getEventTypes(context.Context, request, *struct{}) (map[string]string, error) {
	return eventlog.Types(), nil
}

// getEventCreators names everybody who ever made an event, in whichever project: it fills the choice of a
// filter, and everybody may read it, as in Unleash.
func (a *api) getEventCreators(ctx context.Context, _ request, _ *struct{}) ([]eventCreator, error) {
	all, err := a.Events.Creators(ctx)
	list := make([]eventCreator, len(all))
	for i, one := range all {
		list[i] = eventCreator(one)
	}
	return list, err
}

func (a *api) getEvents(ctx context.Context, r request, in *struct {
	Project string `query:"project"`
},
) (eventList, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return eventList{}, err
	}
	q := eventlog.Query{Limit: maxEvents}
	if in.Project != "" {
		q.Projects = []string{in.Project}
	}
	events, total, err := a.findEvents(ctx, r, q)
	return eventList{Version: 1, Events: events, TotalEvents: total}, err
}

// getEventsForToggle answers an empty list for a flag that there is not, and the same for one that the caller
// may not know of (visible lets both through, see unheeding): a deleted flag still has events.
func (a *api) getEventsForToggle(ctx context.Context, r request, in *struct {
	Feature flag.Name `path:"featureName"`
},
) (featureEvents, error) {
	events, total, err := a.findEvents(ctx, r, eventlog.Query{Features: []string{string(in.Feature)}, Limit: maxEvents})
	return featureEvents{Version: 1, ToggleName: in.Feature, Events: events, TotalEvents: total}, err
}

// findEvents returns the events that are wanted and that the caller may see.
func (a *api) findEvents(ctx context.Context, r request, q eventlog.Query) ([]event, int, error) {
	if !r.narrow(&q) {
		// A query without projects would mean all of them.
		return []event{}, 0, nil
	}
	found, total, err := a.Events.Search(ctx, q)
	events := make([]event, len(found))
	for i, e := range found {
		events[i] = event{e, object{e.Data}, object{e.PreData}}
	}
	return events, total, err
}

// narrow leaves of what is wanted what the caller may see, and reports whether that is anything. For whoever is
// no administrator the query names projects when it comes back, so that events of none are left out; a filter
// by the empty name finds none of these either, for what is in no project has no name in the table. Addresses
// from which somebody wrote are for administrators.
func (r request) narrow(q *eventlog.Query) bool {
	q.Reader = r.Caller.Actor.Ref
	if r.Caller.Actor.IsAdmin() {
		q.WithOrigin = true
		return true
	}
	if len(q.Projects) == 0 {
		// Those that there are: of one that was deleted nobody knows any more who might see it.
		q.Projects = projectIDs(r.State)
	}
	q.Projects = slices.DeleteFunc(q.Projects, func(id string) bool { return !r.sees(flag.ProjectID(id)) })
	return len(q.Projects) > 0
}

// eventExport is a file of events, which is written as it is read. Nothing of it has been read when the
// operation returns: faults of the database come in the middle of the answer, and break the connection off.
type eventExport struct {
	events *eventlog.Log
	query  eventlog.Query
	format eventlog.Format
}

// exportEvents returns a file that writes itself, so that an export of a million events takes no more memory
// than one of a thousand. There is no bound to its length but the filters.
//
// Faults: BadData.
func (a *api) exportEvents(_ context.Context, r request, in *exportEventsQuery) (streamed, error) {
	query, err := in.query(in.Query, in.From, in.To)
	if err != nil {
		return streamed{}, err
	}
	export := eventExport{a.Events, query, cmp.Or(in.Format, eventlog.CSV)}
	if !r.narrow(&export.query) {
		export.query.IDs = []int64{0} // which is no event's
	}
	r.header.Set("Content-Disposition", `attachment; filename="events.`+string(export.format)+`"`)
	return streamed{export}, nil
}

// contentType and stream are what a streamed answer needs.
func (e eventExport) contentType() string {
	if e.format == eventlog.JSON {
		return "application/json; charset=utf-8"
	}
	return "text/csv; charset=utf-8"
}

func (e eventExport) stream(ctx context.Context, to io.Writer) error {
	return e.events.Export(ctx, e.query, e.format, to)
}

func projectIDs(s *state.State) []string {
	var ids []string
	for p := range s.Projects() {
		ids = append(ids, string(p.ID))
	}
	return ids
}

// valuesIn returns the values of a filter such as IS_ANY_OF:a,b; none for none.
func valuesIn(filter string) []string {
	_, list, ok := strings.Cut(filter, ":")
	if !ok {
		return nil
	}
	return splitList(list)
}

// numbersIn returns the numbers of a filter such as IS_ANY_OF:1,2. What is no number is
// that of nothing.
func numbersIn(filter string) []int64 {
	var numbers []int64
	for _, value := range valuesIn(filter) {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			n = 0
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// dayIn returns the day of a filter such as IS:2026-01-31; the zero time for no filter.
//
// Faults: BadData for a day that no calendar has. That there are digits where a day has them, the pattern of the
// parameter says.
func dayIn(at, filter string) (time.Time, error) {
	if filter == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, filter[strings.LastIndexByte(filter, ':')+1:])
	if err != nil {
		return time.Time{}, fault.Field(at, "The `%s` property names a day that there is not. You sent %q.", at, filter)
	}
	return day, nil
}
