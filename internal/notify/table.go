package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/state"
)

// The table below is the whole rule of who is told, and docs/notifications.md prints it: what is added here is told, and
// documented by make generate. Whoever did something is not told of it, and nobody of what they may not see; recipients holds
// both for every row.

// row says who is told of the events of a type.
type row struct {
	event string
	// when says in words which of them, and is asks it; nil: all.
	when string
	// The two go together.
	is    func(*happening) bool
	topic Topic
	// told are asked in this order: who is in several is told as the first says, which decides about the mail.
	told []audience
	// follows tells that the event is what something else has led to: who did that is told as well.
	follows bool
}

// table says who is told of what. Of several rows that reach a person for one request in one
// batch, the first counts: nobody is told twice of one thing.
var table = []row{
	{event: changerequest.Commented{}.EventType(), topic: Mentioned, told: []audience{mentioned}},
	{event: changerequest.SentToReview{}.EventType(), topic: ReviewRequested, told: []audience{reviewers}},
	{event: changerequest.ReviewersUpdated{}.EventType(), when: submitted, topic: ReviewRequested, told: []audience{newlyAsked}},
	{event: changerequest.ChangeAdded{}.EventType(), when: submitted, topic: Changed, told: []audience{voters}},
	{event: changerequest.ChangeEdited{}.EventType(), when: submitted, topic: Changed, told: []audience{voters}},
	{event: changerequest.ChangeDiscarded{}.EventType(), when: submitted, topic: Changed, told: []audience{voters}},
	{event: changerequest.ApprovedEvent{}.EventType(), topic: Approved, told: []audience{author}},
	{event: changerequest.ApprovalWithdrawn{}.EventType(), when: "if approvals are missing now", is: reopened, topic: Approved, told: []audience{author}},
	{event: changerequest.RejectedEvent{}.EventType(), topic: Rejected, told: []audience{author, scheduler, reviewers, voters, followers}},
	{event: changerequest.CancelledEvent{}.EventType(), topic: Closed, told: []audience{author, scheduler, reviewers, followers}},
	{event: changerequest.AppliedEvent{}.EventType(), topic: Applied, told: []audience{author, scheduler, reviewers, followers}},
	{event: changerequest.ScheduledEvent{}.EventType(), topic: Scheduled, told: []audience{author, scheduler, followers}},
	{event: changerequest.ScheduleSuspended{}.EventType(), topic: Suspended, told: []audience{author, scheduler, followers}, follows: true},
	{event: changerequest.ScheduleFailed{}.EventType(), topic: Failed, told: []audience{author, scheduler, followers}},
	{event: changerequest.Commented{}.EventType(), topic: Commented, told: []audience{author, scheduler, reviewers, followers}},
	{event: state.ChangeRequestsBypassed{}.EventType(), topic: Bypassed, told: []audience{approvers}},
	{event: state.SettingUpdated{}.EventType(), when: "if it turns change requests off or on", is: turned, topic: Switched, told: []audience{admins}},
}

// submitted is what the documentation says of events that also happen to drafts, of which nobody
// is told.
const submitted = "after it was sent to review"

// reopened reports whether approvals are missing again by an event, of a request that had them all.
func reopened(h *happening) bool {
	withdrawn, ok := h.fact().(changerequest.ApprovalWithdrawn)
	return ok && withdrawn.Reopened
}

// turned reports whether an event changes if there are change requests. Other fields of the setting concern nobody.
func turned(h *happening) bool {
	setting, ok := h.payload.(state.SettingUpdated)
	return ok && setting.ID == state.ChangeRequestsSetting && off(setting.Before) != off(setting.After)
}

// off reports whether a value of the setting turns change requests off.
func off(setting string) bool {
	var value state.ChangeRequests
	return json.Unmarshal([]byte(setting), &value) == nil && value.Disabled // no value: nobody has set anything
}

// recipient is somebody who is told.
// concerned is audience.concerned of the first audience in which they are.
type recipient struct {
	account   int64
	concerned bool
}

// recipients returns who is told of a happening by a row: people who may see the project, each
// once, and not who did it. Of a draft, and of a request that never was more, nobody is told.
func (r row) recipients(h *happening) []recipient {
	if r.event != h.payload.EventType() || r.is != nil && !r.is(h) || h.after != nil && !h.after.Submitted() {
		return nil
	}
	var all []recipient
	for _, to := range r.told {
		for _, account := range to.who(h) {
			known := slices.ContainsFunc(all, func(other recipient) bool { return other.account == account })
			if !known && (r.follows || account != h.actor.Account()) && mayBeTold(h.state, account, h.project) {
				all = append(all, recipient{account, to.concerned})
			}
		}
	}
	return all
}

// told reports whether the table has a row for events of a type.
// By it, events of which nobody is ever told are passed over without being decoded.
func told(event string) bool {
	return slices.ContainsFunc(table, func(r row) bool { return r.event == event })
}

// Table returns the table of docs/notifications.md, in Markdown.
// A test writes it there, and fails if the two differ.
func Table() string {
	var b strings.Builder
	b.WriteString("| event | who is told | topic | by default |\n| --- | --- | --- | --- |\n")
	for _, r := range table {
		event := "`" + r.event + "`"
		if r.when != "" {
			event += ", " + r.when
		}
		for _, to := range r.told {
			channel := "inbox"
			if to.concerned {
				channel = "inbox, and a mail at once"
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", event, to.name, r.topic, channel)
		}
	}
	fmt.Fprintf(&b, "| no event: %s | %s | `%s` | inbox, and a mail at once |\n", reminderWhen, reminderTold, Reminder)
	b.WriteString("\nNobody is told of any other event.\n")
	return b.String()
}
