// Package changerequest is the life of a change request and the rules of an
// environment's protection: who must agree, who has, and what may happen next.
//
// It is a pure state machine. Decide says which events a command leads to, or refuses
// with what is missing and who can give it; Request.After folds one event:
//
//	(none) ─ open ─▶ Draft ─ submit ─▶ In review ─ enough approvals ─▶ Approved ─ apply ─▶ Applied
//	                   │                  │ ▲ │                          │ │ │                ▲
//	                   ▼                  │ └─┼──── any edit ────────────┘ │ └─ schedule ─▶ Scheduled
//	              (discarded)             │   └─ reject ─▶ Rejected ◀──────┤                │
//	                                      │                   ▲────────────┼────────────────┘
//	                                      └──── cancel ─▶ Cancelled ◀──────┘
//
// Applied, Rejected and Cancelled are final. A scheduled request is rescheduled, applied or
// rejected, by people or when its time comes, and nothing else; what breaks it suspends it
// (schedule.go). Every edit of a submitted request starts a new round, and a vote counts only
// in the round and for the content that it was cast on.
//
// What a change does to a flag belongs in change and decide; who is asked before a
// write belongs in gate; names of people belong in identity.
package changerequest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/flag"
)

// ID identifies a change request: a counter of the ledger, never reused.
type ID int64

// State says where a request is in its life. The values are Unleash's.
type State string

// The states.
const (
	Draft     State = "Draft"
	InReview  State = "In review"
	Approved  State = "Approved"
	Scheduled State = "Scheduled"
	Applied   State = "Applied"
	Cancelled State = "Cancelled"
	Rejected  State = "Rejected"
)

// Closed reports whether the state is final.
func (s State) Closed() bool { return s == Applied || s == Cancelled || s == Rejected }

// Pending reports whether the request is its author's only one in its project and environment.
func (s State) Pending() bool { return s == Draft || s == InReview || s == Approved }

// reviewed reports whether votes can be cast: submitted, and not closed.
func (s State) reviewed() bool { return s == InReview || s == Approved || s == Scheduled }

// Place is an environment of a project.
type Place struct {
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
}

// Agreement is a rule that was frozen for a request: of an environment in which its
// changes take effect.
type Agreement struct {
	Place
	Rule Rule `json:"rule"`
}

// Vote is somebody's approval or rejection.
type Vote struct {
	By        access.Ref `json:"by"`
	At        time.Time  `json:"at"`
	Round     int        `json:"round"`
	ContentID string     `json:"contentId"`
	// Stated tells that the voter named the content; otherwise it was bound to what was
	// current.
	Stated bool `json:"stated,omitempty"`
}

// Comment is what somebody said about a request, in Markdown.
type Comment struct {
	ID   int64      `json:"id"` // 1, 2, 3, … in each request
	By   access.Ref `json:"by"`
	At   time.Time  `json:"at"`
	Text string     `json:"text"`
}

// Edit is a change to a submitted request, kept so that a reviewer who comes with old
// content can be told what changed.
type Edit struct {
	Round   int       `json:"round"`  // the one that the edit began
	Action  string    `json:"action"` // of the change
	Feature flag.Name `json:"feature,omitempty"`
	How     string    `json:"how"` // added, edited or discarded
}

// Request is a change request. It is a value: After returns another one.
type Request struct {
	ID          ID                   `json:"id"`
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
	Author      access.Ref           `json:"author"`
	CreatedAt   time.Time            `json:"createdAt"`
	State       State                `json:"state"`
	// Entered is when each state was entered last.
	Entered     map[State]time.Time `json:"entered"`
	Title       string              `json:"title,omitempty"` // empty: DefaultTitle
	Description string              `json:"description,omitempty"`
	Changes     []change.Change     `json:"changes,omitempty"`
	// Round is 0 in a draft, 1 when it is submitted, and one more with each edit.
	Round int `json:"round,omitempty"`
	// RoundAt is when the round began.
	RoundAt time.Time `json:"roundAt,omitzero"`
	// Contents are the content ids of the rounds, the first round's first.
	Contents []string `json:"contents,omitempty"`
	Edits    []Edit   `json:"edits,omitempty"`
	// Agreements are the frozen rules, sorted by place.
	Agreements []Agreement `json:"agreements,omitempty"`
	// Approvals are all that were given and not withdrawn, those of earlier rounds included.
	Approvals  []Vote    `json:"approvals,omitempty"`
	Rejections []Vote    `json:"rejections,omitempty"`
	Comments   []Comment `json:"comments,omitempty"`
	// Reviewers and ReviewerGroups were asked for a review. That is advice: whoever may, approves.
	Reviewers      []int64 `json:"reviewers,omitempty"`
	ReviewerGroups []int64 `json:"reviewerGroups,omitempty"`
	// Granted are the accounts that the author let approve after submitting: their
	// approvals do not count.
	Granted []int64 `json:"granted,omitempty"`

	// Schedule says when the request is applied; nil unless it is scheduled.
	Schedule *Schedule `json:"schedule,omitempty"`

	// ClosedBy, ClosedAt and ClosedReason say how the request came to its end.
	ClosedBy     access.Ref `json:"closedBy,omitempty"`
	ClosedAt     *time.Time `json:"closedAt,omitempty"`
	ClosedReason string     `json:"closedReason,omitempty"`
	// Counted are the approvals on which the request was applied.
	Counted []Vote `json:"counted,omitempty"`
}

// DefaultTitle returns the title of a request that was given none.
func DefaultTitle(id ID) string { return fmt.Sprintf("Change request #%d", id) }

// ShownTitle returns the title, or the default one.
func (r *Request) ShownTitle() string {
	if r.Title == "" {
		return DefaultTitle(r.ID)
	}
	return r.Title
}

// Link returns how texts name the request: "#41".
func (r *Request) Link() string { return fmt.Sprintf("#%d", r.ID) }

// Place returns where the request is: its project and environment.
func (r *Request) Place() Place { return Place{r.Project, r.Environment} }

// ContentID identifies what the request's changes say.
func (r *Request) ContentID() string {
	return change.ContentID(r.Project, r.Environment, r.Changes)
}

// Change returns a change of the request, or nil.
func (r *Request) Change(id change.ID) *change.Change {
	for i := range r.Changes {
		if r.Changes[i].ID == id {
			return &r.Changes[i]
		}
	}
	return nil
}

// Features returns the flags that the request changes, in the order of its changes.
func (r *Request) Features() []flag.Name {
	var names []flag.Name
	for _, c := range r.Changes {
		if c.Feature != "" && !slices.Contains(names, c.Feature) {
			names = append(names, c.Feature)
		}
	}
	return names
}

// Submitted reports whether the request was ever sent to review. Until then it is its author's
// alone, even when it is closed.
func (r *Request) Submitted() bool { return r.Round > 0 }

// Current returns the approvals of this round and content.
func (r *Request) Current() []Vote {
	content := r.ContentID()
	var votes []Vote
	for _, v := range r.Approvals {
		if v.Round == r.Round && v.ContentID == content {
			votes = append(votes, v)
		}
	}
	return votes
}

// ApprovedBy reports whether somebody has approved this round and content.
func (r *Request) ApprovedBy(ref access.Ref) bool {
	return slices.ContainsFunc(r.Current(), func(v Vote) bool { return v.By == ref })
}

// MinApprovals returns the largest number of approvals that a place asks for.
func (r *Request) MinApprovals() int {
	most := 0
	for _, a := range r.Agreements {
		most = max(most, a.Rule.RequiredApprovals)
	}
	return most
}

// Deadline returns when the request expires if its approvals have not come by then; the
// zero time if it does not.
func (r *Request) Deadline() time.Time {
	var deadline time.Time
	if r.State != InReview {
		return deadline
	}
	for _, a := range r.Agreements {
		if a.Rule.ExpiresAfterHours == 0 {
			continue
		}
		at := r.RoundAt.Add(time.Duration(a.Rule.ExpiresAfterHours) * time.Hour)
		if deadline.IsZero() || at.Before(deadline) {
			deadline = at
		}
	}
	return deadline
}

// clone returns a copy whose lists and maps can be appended to and set.
func (r *Request) clone() *Request {
	next := *r
	next.Entered = maps.Clone(r.Entered)
	next.Changes = slices.Clone(r.Changes)
	next.Approvals = slices.Clone(r.Approvals)
	next.Rejections = slices.Clip(r.Rejections)
	next.Comments = slices.Clip(r.Comments)
	next.Contents = slices.Clip(r.Contents)
	next.Edits = slices.Clip(r.Edits)
	next.Granted = slices.Clip(r.Granted)
	return &next
}
