// Package eventlog is the event log that people read: a projection of the ledger's events into the form that Unleash's
// event log has (the operation searchEvents of its API document, and the page about event types of its documentation).
//
// What an event shows is computed from its typed payload when it is asked for, so what happened and what is logged cannot
// differ. The table in shows.go says for each type its title, its sentence and its data. Only what would take reading all
// events of a flag is stored, by Index: who has changed it, and when it was first on where.
//
//	eventlog.go        the public event, and counts of them
//	shows.go           the table: how each type is shown; access.go and change_request.go have parts of it
//	data.go            the JSON of what events are about
//	search.go          pages of events, and searching for text
//	export.go          all events of a period, as a file
//	draft.go           what others have in drafts is hidden
//	creator.go         who made events, by name
//	known.go, tally.go what is remembered of the ledger, so that counting does not read it anew
//	backward.go        events for statistics, from the newest back
//	flag_history.go    what is stored about flags, see above
//
// Why this is a room of its own is told in docs/adr/0008. A database that cannot be asked is an Unavailable fault
// everywhere here.
//
// Who may read which events belongs in adminapi; telling others about events belongs in notify; what an event means belongs
// in state.
package eventlog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Event is an event as people and tools read it. Fields that do not apply are null; those that not every event has are left
// out. Times are UTC with milliseconds.
type Event struct {
	ID              int64      `json:"id" doc:"The event's revision: its place in the ledger."`
	Type            string     `json:"type"`
	CreatedBy       string     `json:"createdBy"`
	CreatedByUserID int64      `json:"createdByUserId"`
	CreatedAt       string     `json:"createdAt" format:"date-time"`
	Data            any        `json:"data"`    // what the event's subject is like after it; nil if there is nothing to say
	PreData         any        `json:"preData"` // the same, before it
	Tags            []EventTag `json:"tags" doc:"Always empty: tags are not kept with events."`
	FeatureName     *string    `json:"featureName"`
	Project         *string    `json:"project"`
	Environment     *string    `json:"environment"`
	GroupType       string     `json:"groupType,omitempty" doc:"What the events of one groupId have in common: transaction (decided together) or change-request."`
	GroupID         string     `json:"groupId,omitempty"`
	IP              string     `json:"ip,omitempty" doc:"The address from which the change was made, until it is forgotten."`
	Label           string     `json:"label,omitempty" doc:"The type's title."`
	Summary         string     `json:"summary,omitempty" doc:"What happened, in one sentence of Markdown."`
}

// EventTag is a tag of an event. Unleash has them, and its clients expect the list.
type EventTag struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// transaction is the group type of events that were decided together. Their groupId is the id of the batch in the ledger.
// It is Unleash's word for it.
const transaction = "transaction"

// Options are what a Log works with.
type Options struct {
	DB *store.DB
	// State returns the newest state: the names of tokens come from it.
	State func() *state.State
	// Names returns what people and service accounts are called, by their ids; nil: they go by
	// their references.
	Names func(context.Context) (map[int64]string, error)
	// WebURL is where the web app is found, without a slash at its end; the links in
	// summaries start with it. Empty: they are relative to the host.
	WebURL string
}

// Log reads events. Its methods may be called from several goroutines at once.
type Log struct {
	db     *store.DB
	state  func() *state.State
	names  func(context.Context) (map[int64]string, error)
	webURL string
	known  known

	blockSize int64
}

// New returns a Log.
func New(o Options) *Log {
	return &Log{
		db: o.DB, state: o.State, names: o.Names, webURL: o.WebURL,
		known:     known{actors: map[string]bool{}, gone: map[int64]string{}},
		blockSize: blockSize,
	}
}

// Day is how many events a day had.
type Day struct {
	Date  time.Time // its beginning, UTC
	Count int
}

// Activity returns how many events a project had since a time, by day; days without
// events are left out. A day is one of UTC.
func (l *Log) Activity(ctx context.Context, project string, since time.Time) ([]Day, error) {
	counts, err := l.db.EventDays(ctx, project, since)
	if err != nil {
		return nil, away("activity", err)
	}
	var days []Day
	for _, date := range slices.Sorted(maps.Keys(counts)) {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return nil, fmt.Errorf("eventlog: activity: %w", err)
		}
		days = append(days, Day{day, counts[date]})
	}
	return days, nil
}

// Count returns how many events a project had from one time until before another.
func (l *Log) Count(ctx context.Context, project string, from, to time.Time) (int, error) {
	return l.count(ctx, l.pieces(store.EventFilter{Projects: []string{project}, From: from, To: to})...)
}

// Changes returns how many events some environments had since a time. Without any environments there are none.
func (l *Log) Changes(ctx context.Context, environments []string, since time.Time) (int, error) {
	if len(environments) == 0 {
		return 0, nil
	}
	return l.count(ctx, l.pieces(store.EventFilter{Environments: environments, From: since})...)
}

// OriginsKept is for how long it is known from where a change was made: a yearly audit can still ask. An address says where
// a person was, so it is not kept for ever as the events are (docs/where-things-live.md, event origin).
const OriginsKept = 400 * 24 * time.Hour

// Forget deletes what has been kept for long enough: from where changes were made. It is called now and then by the
// scheduler, and may be called at any time.
func Forget(ctx context.Context, db *store.DB, now time.Time) error {
	if _, err := db.ForgetOrigins(ctx, now.Add(-OriginsKept)); err != nil {
		return fmt.Errorf("eventlog: forget: %w", err)
	}
	return nil
}

// project returns the public form of a stored event. What is hidden from a reader, and the address, is for the caller to
// take away or to add (see present).
func (l *Log) project(stored ledger.Event, who creators) (Event, error) {
	how, seen, err := view(stored)
	if err != nil {
		return Event{}, err
	}
	by := who.of(stored.Actor)
	if seen.account != 0 {
		seen.subject = cmp.Or(who.people[seen.account], strconv.FormatInt(seen.account, 10))
	}
	event := Event{
		ID:              stored.Revision,
		Type:            stored.Type,
		CreatedBy:       by.Name,
		CreatedByUserID: by.ID,
		CreatedAt:       stamp(stored.At),
		Data:            seen.data,
		PreData:         seen.before,
		Tags:            []EventTag{},
		FeatureName:     optional(stored.Feature),
		Project:         optional(stored.Project),
		Environment:     optional(stored.Environment),
		GroupType:       transaction,
		GroupID:         stored.Batch.String(),
		Label:           how.label,
		Summary:         l.summary(how.sentence, seen.subject, by, &stored),
	}
	if stored.Group != (ledger.Group{}) {
		event.GroupType, event.GroupID = stored.Group.Kind, strconv.FormatInt(stored.Group.ID, 10)
	}
	return event, nil
}

// stamp writes a time as the API does: UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func stampOptional(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := stamp(*t)
	return &text
}

// optional returns nil for an empty text, which JSON writes as null.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
