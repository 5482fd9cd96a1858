package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/window"
)

// testType is the type of the event that a test sends. No ledger has it.
const testType = "addon-test"

// occasion is what happened, as it is told outside. Its JSON is what webhooks are sent: the event as in
// the event log, and what we add.
//
// label, summary and said are for messages to people, and so not in the JSON. summary is the event log's, in which all that
// people chose is escaped; said is as somebody wrote it, and is escaped by whoever shows it.
type occasion struct {
	eventlog.Event
	Link    string       `json:"link"`
	Request *requestTold `json:"changeRequest,omitempty"`
	Head    string       `json:"ledgerHead"` // REVISION:HASH
	label   string       // the title of the event's type
	summary string       // one sentence in Markdown
	said    string       // a comment or reason that came with it
}

// requestTold is the change request that an event belongs to.
type requestTold struct {
	requestFacts
	Author string `json:"author"` // a name, in the place of a reference
}

// occasionOf looks up what a delivery is about.
// An event that cannot be found is an error that passes: the node that answers may be behind.
func (x *Integrations) occasionOf(ctx context.Context, carried cargo) (*occasion, error) {
	o := &occasion{Head: fmt.Sprintf("%d:%s", carried.Head.Revision, carried.Head.Hash)}
	if carried.Revision == 0 {
		by, err := x.Events.Creator(ctx, string(carried.Tested))
		if err != nil {
			return nil, err
		}
		o.Event = eventlog.Event{
			ID: carried.Head.Revision, Type: testType, CreatedBy: by.Name, CreatedByUserID: by.ID, CreatedAt: carried.At.UTC().Format(stampForm),
			Tags: []eventlog.EventTag{}, Label: "A test", Summary: "This is a test of an integration of Quorate. Nothing has happened.",
		}
	} else {
		// Only events that anybody may read who may read their project get here, so the reader is nobody.
		found, _, err := x.Events.Search(ctx, eventlog.Query{IDs: []int64{carried.Revision}, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("event %d cannot be found", carried.Revision)
		}
		o.Event = found[0]
	}
	o.label, o.summary = o.Label, o.Summary
	o.Label, o.Summary = "", "" // Unleash's bodies have neither
	if carried.Request != nil {
		by, err := x.Events.Creator(ctx, string(carried.Request.Author))
		if err != nil {
			return nil, err
		}
		o.Request = &requestTold{*carried.Request, by.Name}
	}
	o.Link = x.link(o)
	o.said = saidIn(o.Data)
	return o, nil
}

// stampForm is how the API writes times.
// In UTC, with three digits for milliseconds, as JavaScript's toISOString.
const stampForm = "2006-01-02T15:04:05.000Z"

// link returns where in the web app one reads more.
// It is absolute, with the base path, as x.URL has it. Names are chosen by people, and so escaped.
func (x *Integrations) link(o *occasion) string {
	project := ""
	if o.Project != nil {
		project = x.URL + "/projects/" + url.PathEscape(*o.Project)
	}
	switch {
	case o.Type == testType:
		return x.URL
	case o.Request != nil:
		return fmt.Sprintf("%s/change-requests/%d", project, o.Request.ID)
	case o.FeatureName != nil && project != "":
		return project + "/features/" + url.PathEscape(*o.FeatureName)
	case project != "":
		return project
	default:
		return x.URL + "/events"
	}
}

// saidIn returns the comment or reason in an event's data, or for when something is scheduled.
// The data is that of the public event log, so fields are found by its names, whatever the type of the event.
func saidIn(data any) string {
	text, err := json.Marshal(data)
	if err != nil {
		return ""
	}
	var found struct {
		Comment, Reason string
		ScheduledDate   time.Time
		ScheduledZone   string
	}
	switch {
	case json.Unmarshal(text, &found) != nil:
		return "" // the data of other types has other shapes
	case found.Comment != "":
		return found.Comment
	case !found.ScheduledDate.IsZero():
		return "It is applied at " + window.Clock(found.ScheduledDate, found.ScheduledZone) + "."
	default:
		return found.Reason
	}
}

// title returns what a message is about, in a few words without markup.
func (o *occasion) title() string {
	if o.Request != nil {
		return o.label + ": " + o.Request.Title
	}
	return o.label
}

// place says in a line where it happened, and which event it is: a message that comes twice is
// recognised by that.
func (o *occasion) place() string {
	var parts []string
	for _, part := range []*string{o.Project, o.Environment, o.FeatureName} {
		if part != nil {
			parts = append(parts, *part)
		}
	}
	parts = append(parts, fmt.Sprintf("event %d", o.ID))
	if o.Request != nil {
		parts = append(parts, fmt.Sprintf("change request %d by %s", o.Request.ID, o.Request.Author))
	}
	return strings.Join(parts, " · ")
}

// loadCargo reads what a delivery carries.
// What cannot be read is given up at once: another attempt would read the same.
func loadCargo(d notify.Delivery) (cargo, error) {
	var c cargo
	if err := json.Unmarshal(d.Payload, &c); err != nil {
		return c, &notify.PermanentError{Reason: fmt.Sprintf("The delivery cannot be read: %v", err)}
	}
	return c, nil
}
