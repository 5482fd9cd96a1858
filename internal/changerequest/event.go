package changerequest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
)

// Event is a fact about one request. Names are Unleash's where it has one.
type Event interface {
	// EventType returns the name of the type.
	EventType() string
	// apply changes r, which is private to the caller, as the event says. An error means
	// that the event does not fit the request.
	apply(r *Request, at time.Time, by access.Ref) error
}

// Created opens a draft. The request's project and environment are the event's.
type Created struct {
	Agreements []Agreement `json:"agreements"`
}

// ChangeAdded adds a change.
type ChangeAdded struct {
	Change change.Change `json:"change"`
	Refrozen
}

// ChangeEdited puts a change in the place of another.
type ChangeEdited struct {
	Old    change.ID     `json:"old"`
	Change change.Change `json:"change"`
	Refrozen
}

// ChangeDiscarded removes a change.
type ChangeDiscarded struct {
	ID change.ID `json:"id"`
	Refrozen
}

// Refrozen has the rules of a submitted request's places after an edit, which may take
// effect in other places than before; nil in a draft.
type Refrozen struct {
	Agreements []Agreement `json:"agreements,omitempty"`
}

// Discarded removes a draft.
type Discarded struct{}

// SentToReview submits a draft, and freezes the rules.
type SentToReview struct {
	Agreements []Agreement `json:"agreements"`
}

// ApprovalAdded is an approval after which others are still missing, or which was given
// to an approved request.
type ApprovalAdded struct {
	Vote Vote `json:"vote"`
	// Moved is what targets are like now that have moved, if the approval was needed: the
	// approver has seen them so.
	Moved map[change.ID]change.Base `json:"moved,omitempty"`
}

// ApprovedEvent is the approval that was the last one missing.
type ApprovedEvent struct {
	Vote  Vote                      `json:"vote"`
	Moved map[change.ID]change.Base `json:"moved,omitempty"`
}

// ApprovalWithdrawn takes an approval back.
type ApprovalWithdrawn struct {
	// Reopened tells that approvals are missing now, so that the request is in review again.
	Reopened bool `json:"reopened,omitempty"`
}

// RejectedEvent closes a request that somebody refused.
type RejectedEvent struct {
	Vote  Vote                      `json:"vote"`
	Moved map[change.ID]change.Base `json:"moved,omitempty"`
}

// CancelledEvent closes a request that is no longer wanted, or no longer possible.
type CancelledEvent struct {
	Reason string                    `json:"reason,omitempty"`
	Moved  map[change.ID]change.Base `json:"moved,omitempty"`
}

// AppliedEvent closes a request whose changes took effect, in the same batch.
type AppliedEvent struct {
	// Approvals are those that counted.
	Approvals []Vote                    `json:"approvals"`
	Moved     map[change.ID]change.Base `json:"moved,omitempty"`
}

// Commented adds a comment.
type Commented struct {
	Text string `json:"text"`
}

// Described sets title and description; what is nil stays.
type Described struct {
	Title       *string `json:"title,omitempty"`
	Description *string `json:"description,omitempty"`
}

// ReviewersUpdated says who is asked for a review.
type ReviewersUpdated struct {
	Reviewers      []int64 `json:"reviewers"`
	ReviewerGroups []int64 `json:"reviewerGroups,omitempty"`
}

// EventType returns "change-request-created".
func (Created) EventType() string { return "change-request-created" }

// EventType returns "change-added".
func (ChangeAdded) EventType() string { return "change-added" }

// EventType returns "change-edited".
func (ChangeEdited) EventType() string { return "change-edited" }

// EventType returns "change-discarded".
func (ChangeDiscarded) EventType() string { return "change-discarded" }

// EventType returns "change-request-discarded".
func (Discarded) EventType() string { return "change-request-discarded" }

// EventType returns "change-request-sent-to-review".
func (SentToReview) EventType() string { return "change-request-sent-to-review" }

// EventType returns "change-request-approval-added".
func (ApprovalAdded) EventType() string { return "change-request-approval-added" }

// EventType returns "change-request-approved".
func (ApprovedEvent) EventType() string { return "change-request-approved" }

// EventType returns "change-request-approval-withdrawn".
func (ApprovalWithdrawn) EventType() string { return "change-request-approval-withdrawn" }

// EventType returns "change-request-rejected".
func (RejectedEvent) EventType() string { return "change-request-rejected" }

// EventType returns "change-request-cancelled".
func (CancelledEvent) EventType() string { return "change-request-cancelled" }

// EventType returns "change-request-applied".
func (AppliedEvent) EventType() string { return "change-request-applied" }

// EventType returns "change-request-commented".
func (Commented) EventType() string { return "change-request-commented" }

// EventType returns "change-request-described".
func (Described) EventType() string { return "change-request-described" }

// EventType returns "change-request-requested-approvers-updated".
func (ReviewersUpdated) EventType() string { return "change-request-requested-approvers-updated" }

// decoders makes an event of each type from its JSON.
var decoders = map[string]func([]byte) (Event, error){
	Created{}.EventType():           decode[Created],
	ChangeAdded{}.EventType():       decode[ChangeAdded],
	ChangeEdited{}.EventType():      decode[ChangeEdited],
	ChangeDiscarded{}.EventType():   decode[ChangeDiscarded],
	Discarded{}.EventType():         decode[Discarded],
	SentToReview{}.EventType():      decode[SentToReview],
	ApprovalAdded{}.EventType():     decode[ApprovalAdded],
	ApprovedEvent{}.EventType():     decode[ApprovedEvent],
	ApprovalWithdrawn{}.EventType(): decode[ApprovalWithdrawn],
	RejectedEvent{}.EventType():     decode[RejectedEvent],
	CancelledEvent{}.EventType():    decode[CancelledEvent],
	AppliedEvent{}.EventType():      decode[AppliedEvent],
	Commented{}.EventType():         decode[Commented],
	Described{}.EventType():         decode[Described],
	ReviewersUpdated{}.EventType():  decode[ReviewersUpdated],
	ScheduledEvent{}.EventType():    decode[ScheduledEvent],
	ScheduleSuspended{}.EventType(): decode[ScheduleSuspended],
	ScheduleFailed{}.EventType():    decode[ScheduleFailed],
	ScheduleSucceeded{}.EventType(): decode[ScheduleSucceeded],
}

func decode[E Event](data []byte) (Event, error) {
	var e E
	err := json.Unmarshal(data, &e)
	return e, err
}

// EventTypes returns the names of all types, sorted.
func EventTypes() []string { return slices.Sorted(maps.Keys(decoders)) }

// DecodeEvent reads the JSON of an event of a type that EventTypes lists.
func DecodeEvent(eventType string, data []byte) (Event, error) {
	decode, ok := decoders[eventType]
	if !ok {
		return nil, fmt.Errorf("changerequest: there is no event type %q", eventType)
	}
	return decode(data)
}

// After returns the request after an event. A nil request is one that does not exist yet,
// which only Created fits; New makes it.
func (r *Request) After(e Event, at time.Time, by access.Ref) (*Request, error) {
	if r.State.Closed() {
		if _, ok := e.(Commented); !ok {
			return nil, fmt.Errorf("change request %d is closed", r.ID)
		}
	}
	next := r.clone()
	if err := e.apply(next, at, by); err != nil {
		return nil, err
	}
	return next, nil
}

// New returns the request that Created opens.
func New(id ID, at Place, e Created, now time.Time, by access.Ref) *Request {
	return &Request{
		ID: id, Project: at.Project, Environment: at.Environment, Author: by, CreatedAt: now,
		State: Draft, Entered: map[State]time.Time{Draft: now}, Agreements: e.Agreements,
	}
}

func (Created) apply(r *Request, _ time.Time, _ access.Ref) error {
	return fmt.Errorf("change request %d exists", r.ID)
}

func (e ChangeAdded) apply(r *Request, at time.Time, _ access.Ref) error {
	r.Changes = append(r.Changes, e.Change)
	r.edited(at, e.Change, "added", e.Agreements)
	return nil
}

func (e ChangeEdited) apply(r *Request, at time.Time, _ access.Ref) error {
	old := r.Change(e.Old)
	if old == nil {
		return fmt.Errorf("change request %d has no change %d", r.ID, e.Old)
	}
	*old = e.Change
	r.edited(at, e.Change, "edited", e.Agreements)
	return nil
}

func (e ChangeDiscarded) apply(r *Request, at time.Time, _ access.Ref) error {
	i := slices.IndexFunc(r.Changes, func(c change.Change) bool { return c.ID == e.ID })
	if i < 0 {
		return fmt.Errorf("change request %d has no change %d", r.ID, e.ID)
	}
	gone := r.Changes[i]
	r.Changes = slices.Delete(r.Changes, i, i+1)
	r.edited(at, gone, "discarded", e.Agreements)
	return nil
}

// edited starts a new round, if the request was submitted.
func (r *Request) edited(at time.Time, c change.Change, how string, agreements []Agreement) {
	if r.State == Draft {
		return
	}
	r.Agreements = agreements
	r.begin(at)
	r.Edits = append(r.Edits, Edit{Round: r.Round, Action: c.Payload.Action(), Feature: c.Feature, How: how})
	if r.State != InReview {
		r.enter(InReview, at)
	}
}

// begin starts a round.
func (r *Request) begin(at time.Time) {
	r.Round++
	r.RoundAt = at
	r.Contents = append(r.Contents, r.ContentID())
}

func (r *Request) enter(s State, at time.Time) {
	r.State = s
	r.Entered[s] = at
}

func (Discarded) apply(r *Request, _ time.Time, _ access.Ref) error {
	r.Changes = nil
	return nil
}

func (e SentToReview) apply(r *Request, at time.Time, _ access.Ref) error {
	if r.State != Draft {
		return fmt.Errorf("change request %d is no draft", r.ID)
	}
	r.Agreements = e.Agreements
	r.begin(at)
	r.enter(InReview, at)
	return nil
}

func (e ApprovalAdded) apply(r *Request, _ time.Time, _ access.Ref) error {
	r.Approvals = append(r.Approvals, e.Vote)
	r.Changes = change.WithBases(r.Changes, e.Moved)
	return nil
}

func (e ApprovedEvent) apply(r *Request, at time.Time, _ access.Ref) error {
	r.Approvals = append(r.Approvals, e.Vote)
	r.Changes = change.WithBases(r.Changes, e.Moved)
	r.enter(Approved, at)
	return nil
}

func (e ApprovalWithdrawn) apply(r *Request, at time.Time, by access.Ref) error {
	content := r.ContentID()
	r.Approvals = slices.DeleteFunc(r.Approvals, func(v Vote) bool {
		return v.By == by && v.Round == r.Round && v.ContentID == content
	})
	if e.Reopened {
		r.enter(InReview, at)
	}
	return nil
}

func (e RejectedEvent) apply(r *Request, at time.Time, by access.Ref) error {
	r.Rejections = append(r.Rejections, e.Vote)
	r.close(Rejected, at, by, e.Moved)
	return nil
}

func (e CancelledEvent) apply(r *Request, at time.Time, by access.Ref) error {
	r.ClosedReason = e.Reason
	r.close(Cancelled, at, by, e.Moved)
	return nil
}

func (e AppliedEvent) apply(r *Request, at time.Time, by access.Ref) error {
	r.Counted = e.Approvals
	r.close(Applied, at, by, e.Moved)
	return nil
}

func (r *Request) close(s State, at time.Time, by access.Ref, moved map[change.ID]change.Base) {
	r.Changes = change.WithBases(r.Changes, moved)
	r.ClosedBy, r.ClosedAt, r.Schedule = by, &at, nil
	r.enter(s, at)
}

func (e Commented) apply(r *Request, at time.Time, by access.Ref) error {
	r.Comments = append(r.Comments, Comment{ID: int64(len(r.Comments)) + 1, By: by, At: at, Text: e.Text})
	return nil
}

func (e Described) apply(r *Request, _ time.Time, _ access.Ref) error {
	if e.Title != nil {
		r.Title = *e.Title
	}
	if e.Description != nil {
		r.Description = *e.Description
	}
	return nil
}

func (e ReviewersUpdated) apply(r *Request, _ time.Time, _ access.Ref) error {
	r.Reviewers, r.ReviewerGroups = e.Reviewers, e.ReviewerGroups
	return nil
}
