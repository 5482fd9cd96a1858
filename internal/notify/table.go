package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/state"
)

// row says who is told of the events of a type.
type row struct {
	event string
	// when says in words which of them, and is asks it; nil: all.
	when  string
	is    func(*happening) bool
	topic Topic
	told  []audience
}

// table says who is told of what. Of several rows that reach a person for one request in one
// batch, the first counts: nobody is told twice of one thing.
var table = []row{
	{changerequest.Commented{}.EventType(), "", nil, Mentioned, []audience{mentioned}},
	{changerequest.SentToReview{}.EventType(), "", nil, ReviewRequested, []audience{reviewers}},
	{changerequest.ReviewersUpdated{}.EventType(), "after it was sent to review", nil, ReviewRequested, []audience{newlyAsked}},
	{changerequest.ChangeAdded{}.EventType(), "after it was sent to review", nil, Changed, []audience{voters}},
	{changerequest.ChangeEdited{}.EventType(), "after it was sent to review", nil, Changed, []audience{voters}},
	{changerequest.ChangeDiscarded{}.EventType(), "after it was sent to review", nil, Changed, []audience{voters}},
	{changerequest.ApprovedEvent{}.EventType(), "", nil, Approved, []audience{author}},
	{changerequest.ApprovalWithdrawn{}.EventType(), "if approvals are missing now", reopened, Approved, []audience{author}},
	{changerequest.RejectedEvent{}.EventType(), "", nil, Rejected, []audience{author, reviewers, voters, followers}},
	{changerequest.CancelledEvent{}.EventType(), "", nil, Closed, []audience{author, reviewers, followers}},
	{changerequest.AppliedEvent{}.EventType(), "", nil, Applied, []audience{author, reviewers, followers}},
	{changerequest.Commented{}.EventType(), "", nil, Commented, []audience{author, reviewers, followers}},
	{state.ChangeRequestsBypassed{}.EventType(), "", nil, Bypassed, []audience{approvers}},
	{state.SettingUpdated{}.EventType(), "if it turns change requests off or on", turned, Switched, []audience{admins}},
}

func reopened(h *happening) bool {
	withdrawn, ok := h.fact().(changerequest.ApprovalWithdrawn)
	return ok && withdrawn.Reopened
}

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
type recipient struct {
	account   int64
	concerned bool
}

// recipients returns who is told of a happening by a row: people who may see the project, each
// once, and never who did it. Of a draft, and of a request that never was more, nobody is told.
func (r row) recipients(h *happening) []recipient {
	if r.event != h.payload.EventType() || r.is != nil && !r.is(h) || h.after != nil && !h.after.Submitted() {
		return nil
	}
	var all []recipient
	for _, to := range r.told {
		for _, account := range to.who(h) {
			known := slices.ContainsFunc(all, func(other recipient) bool { return other.account == account })
			if !known && account != h.actor.Account() && mayBeTold(h.state, account, h.project) {
				all = append(all, recipient{account, to.concerned})
			}
		}
	}
	return all
}

// told reports whether the table has a row for events of a type.
func told(event string) bool {
	return slices.ContainsFunc(table, func(r row) bool { return r.event == event })
}

// Table returns the table of docs/notifications.md, in Markdown.
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
	var nobody []string
	for _, event := range state.EventTypes() {
		if !told(event) {
			nobody = append(nobody, "`"+event+"`")
		}
	}
	fmt.Fprintf(&b, "\nNobody is told of: %s.\n", strings.Join(nobody, ", "))
	return b.String()
}
