package eventlog

import (
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// requestData is the data of every event about a change request; each sets what it has to say. Unleash's have
// changeRequestId, and reason or scheduledDate where there is one: its web app and tools read these. The rest is Quorate's
// own.
type requestData struct {
	ChangeRequestID changerequest.ID          `json:"changeRequestId"`
	ChangeID        change.ID                 `json:"changeId,omitempty"`
	Feature         flag.Name                 `json:"feature,omitempty"`
	Action          string                    `json:"action,omitempty"`
	Payload         change.Payload            `json:"payload,omitempty"`
	ContentID       string                    `json:"contentId,omitempty"`
	Approvals       []voteData                `json:"approvals,omitempty"`
	Reviewers       *[]int64                  `json:"reviewers,omitempty"`
	ReviewerGroups  []int64                   `json:"reviewerGroups,omitempty"`
	Title           *string                   `json:"title,omitempty"`
	Description     *string                   `json:"description,omitempty"`
	Comment         string                    `json:"comment,omitempty"`
	Reason          string                    `json:"reason,omitempty"`
	ScheduledDate   string                    `json:"scheduledDate,omitempty"`
	ScheduledZone   string                    `json:"scheduledZone,omitempty"`
	Cause           *changerequest.Cause      `json:"cause,omitempty"`
	Agreements      []changerequest.Agreement `json:"agreements,omitempty"`
}

// voteData is an approval that counted.
type voteData struct {
	CreatedBy string `json:"createdBy"`
	CreatedAt string `json:"createdAt"`
	ContentID string `json:"contentId"`
}

// requestShows says how the events of change requests are shown, by their type. They have a table of their own since all of
// them decode to one Go type (docs/adr/0017), by which of could not tell them apart.
var requestShows = map[string]struct{ label, sentence string }{
	changerequest.Created{}.EventType():           {"Change request created", "{who} drafted the change request {subject} for {environment} of the project {project}."},
	changerequest.ChangeAdded{}.EventType():       {"Change added", "{who} added a change to the change request {subject} for {environment}."},
	changerequest.ChangeEdited{}.EventType():      {"Change edited", "{who} edited a change of the change request {subject} for {environment}."},
	changerequest.ChangeDiscarded{}.EventType():   {"Change discarded", "{who} discarded a change of the change request {subject} for {environment}."},
	changerequest.Discarded{}.EventType():         {"Change request discarded", "{who} discarded the draft {subject} for {environment} of the project {project}."},
	changerequest.SentToReview{}.EventType():      {"Change request sent to review", "{who} sent the change request {subject} for {environment} of the project {project} to review."},
	changerequest.ApprovalAdded{}.EventType():     {"Change request approval added", "{who} approved the change request {subject} for {environment} of the project {project}."},
	changerequest.ApprovedEvent{}.EventType():     {"Change request approved", "{who} gave the last missing approval to the change request {subject} for {environment} of the project {project}."},
	changerequest.ApprovalWithdrawn{}.EventType(): {"Change request approval withdrawn", "{who} withdrew the approval of the change request {subject} for {environment} of the project {project}."},
	changerequest.RejectedEvent{}.EventType():     {"Change request rejected", "{who} rejected the change request {subject} for {environment} of the project {project}."},
	changerequest.CancelledEvent{}.EventType():    {"Change request cancelled", "{who} cancelled the change request {subject} for {environment} of the project {project}."},
	changerequest.AppliedEvent{}.EventType():      {"Change request applied", "{who} applied the change request {subject} to {environment} of the project {project}."},
	changerequest.Commented{}.EventType():         {"Change request commented", "{who} commented on the change request {subject} for {environment} of the project {project}."},
	changerequest.Described{}.EventType():         {"Change request described", "{who} changed the title or description of the change request {subject} for {environment}."},
	changerequest.ScheduledEvent{}.EventType():    {"Change request scheduled", "{who} scheduled the change request {subject} for {environment} of the project {project}."},
	changerequest.ScheduleSuspended{}.EventType(): {"Change request schedule suspended", "The schedule of the change request {subject} for {environment} of the project {project} was suspended, by what {who} did."},
	changerequest.ScheduleFailed{}.EventType():    {"Scheduled change request failed", "The change request {subject}, which {who} had scheduled, could not be applied to {environment} of the project {project}."},
	changerequest.ScheduleSucceeded{}.EventType(): {"Scheduled change request applied", "The time of the change request {subject} for {environment} of the project {project} came, for which {who} had scheduled it."},
	changerequest.ReviewersUpdated{}.EventType():  {"Change request reviewers updated", "{who} chose who is asked to review the change request {subject} for {environment}."},
}

func init() {
	for name, how := range requestShows {
		shows[name] = show{how.label, how.sentence, func(e state.Event) sight {
			p, _ := e.Payload.(state.ChangeRequestEvent) // all of these types decode as one
			return sight{subject: changerequest.DefaultTitle(p.ID), data: requestDataOf(p)}
		}}
	}
}

// requestDataOf returns what an event of a change request says. A fact without a case has nothing to say but which request
// it is about.
func requestDataOf(p state.ChangeRequestEvent) requestData {
	data := requestData{ChangeRequestID: p.ID}
	switch fact := p.Fact.(type) {
	case changerequest.ChangeAdded:
		data.show(fact.Change)
	case changerequest.ChangeEdited:
		data.show(fact.Change)
	case changerequest.ChangeDiscarded:
		data.ChangeID = fact.ID
	case changerequest.SentToReview:
		data.Agreements = fact.Agreements
	case changerequest.ApprovalAdded:
		data.ContentID = fact.Vote.ContentID
	case changerequest.ApprovedEvent:
		data.ContentID = fact.Vote.ContentID
	case changerequest.RejectedEvent:
		data.ContentID = fact.Vote.ContentID
	case changerequest.CancelledEvent:
		data.Reason = fact.Reason
	case changerequest.AppliedEvent:
		for _, v := range fact.Approvals {
			data.Approvals = append(data.Approvals, voteData{string(v.By), stamp(v.At), v.ContentID})
		}
	case changerequest.ScheduledEvent:
		data.ScheduledDate, data.ScheduledZone = stamp(fact.At), fact.Zone
	case changerequest.ScheduleSuspended:
		data.Reason, data.Cause = fact.Reason, &fact.Cause
	case changerequest.ScheduleFailed:
		data.Reason = fact.Reason
	case changerequest.Commented:
		data.Comment = fact.Text
	case changerequest.Described:
		data.Title, data.Description = fact.Title, fact.Description
	case changerequest.ReviewersUpdated:
		reviewers := orEmpty(fact.Reviewers)
		data.Reviewers, data.ReviewerGroups = &reviewers, fact.ReviewerGroups
	}
	return data
}

// show puts what a change says into the data.
func (d *requestData) show(c change.Change) {
	d.ChangeID, d.Feature, d.Action, d.Payload = c.ID, c.Feature, c.Payload.Action(), c.Payload
}
