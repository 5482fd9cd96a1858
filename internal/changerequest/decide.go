package changerequest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/fault"
)

// Command is what somebody wants done with a request.
type Command interface {
	decide(scene) ([]Event, error)
}

// Add adds changes to a request; one that sets the same thing as an earlier one takes its
// place. Their ids are new.
type Add struct{ Changes []change.Change }

// Replace puts a change in the place of another.
type Replace struct {
	Old    change.ID
	Change change.Change
}

// Remove discards a change. A draft without any is discarded itself.
type Remove struct{ ID change.ID }

// Discard removes a draft.
type Discard struct{}

// Submit sends a draft to review.
type Submit struct{ Comment string }

// Approve adds an approval.
type Approve struct {
	// ContentID is the content that the approver has seen; empty: what is current.
	ContentID string
	Comment   string
}

// Withdraw takes one's own approval back.
type Withdraw struct{}

// Reject closes a request for good.
type Reject struct {
	ContentID string
	Comment   string
}

// Cancel closes a request that its author no longer wants.
type Cancel struct{ Comment string }

// Expire closes a request whose approvals have not come in time.
type Expire struct{}

// Apply makes the changes take effect.
type Apply struct {
	// Overwrite is the drift id that the applier has seen; empty: none.
	Overwrite string
	Comment   string
}

// Describe sets title and description; what is nil stays.
type Describe struct{ Title, Description *string }

// AskReviewers says who is asked for a review: all of them, not more of them.
type AskReviewers struct{ Reviewers, ReviewerGroups []int64 }

// Say adds a comment.
type Say struct{ Text string }

// The sizes of texts, in characters.
const (
	maxTitle       = 500
	maxDescription = 20_000
	maxComment     = 10_000
)

// maxReviewers is how many people, and how many groups, can be asked for a review.
const maxReviewers = 10

// scene is a command's surroundings.
type scene struct {
	r     *Request
	w     World
	actor access.Actor
	now   time.Time
}

// Decide returns the events that a command leads to, or refuses it with what is missing
// and who can give it. The request is one that the actor may see.
//
// Faults: BadData when the state or the input does not allow it, Permission, Conflict
// when the content is not what the voter has seen and when the request cannot be applied.
func Decide(r *Request, c Command, w World, actor access.Actor, now time.Time) ([]Event, error) {
	return c.decide(scene{r, w, actor, now})
}

// Open returns the event that opens a draft in a place, whose rule is frozen.
func Open(at Place, rule Rule) Created {
	return Created{Agreements: []Agreement{{at, rule}}}
}

func (c Add) decide(s scene) ([]Event, error) {
	if err := s.mayEdit(); err != nil {
		return nil, err
	}
	changes := slices.Clone(s.r.Changes)
	var events []Event
	for _, added := range c.Changes {
		i := slices.IndexFunc(changes, added.Replaces)
		if i < 0 {
			changes = append(changes, added)
			events = append(events, ChangeAdded{added, s.refrozen(changes)})
			continue
		}
		old := changes[i].ID
		changes = slices.Clone(changes) // others may have remembered what the list leads to
		changes[i] = added
		events = append(events, ChangeEdited{old, added, s.refrozen(changes)})
	}
	return events, nil
}

func (c Replace) decide(s scene) ([]Event, error) {
	if err := s.mayEdit(); err != nil {
		return nil, err
	}
	i, err := s.index(c.Old)
	if err != nil {
		return nil, err
	}
	for at, other := range s.r.Changes {
		if at != i && c.Change.Replaces(other) {
			return nil, refuse("Another change of this request says the same thing of the same target. Edit or discard that one.")
		}
	}
	changes := slices.Clone(s.r.Changes)
	changes[i] = c.Change
	return []Event{ChangeEdited{c.Old, c.Change, s.refrozen(changes)}}, nil
}

func (c Remove) decide(s scene) ([]Event, error) {
	if err := s.mayEdit(); err != nil {
		return nil, err
	}
	i, err := s.index(c.ID)
	if err != nil {
		return nil, err
	}
	if len(s.r.Changes) == 1 {
		if s.r.State == Draft {
			return []Event{Discarded{}}, nil
		}
		return nil, refuse("This is the only change of the request. Cancel the request instead of discarding it.")
	}
	changes := slices.Delete(slices.Clone(s.r.Changes), i, i+1)
	return []Event{ChangeDiscarded{c.ID, s.refrozen(changes)}}, nil
}

func (s scene) index(id change.ID) (int, error) {
	i := slices.IndexFunc(s.r.Changes, func(c change.Change) bool { return c.ID == id })
	if i < 0 {
		return 0, fault.New(fault.NotFound, "Change request %d has no change with the id %d. Editing a change gives it a new id.", s.r.ID, id)
	}
	return i, nil
}

// mayEdit returns a fault unless the actor may change what the request says.
func (s scene) mayEdit() error {
	if s.actor.Ref != s.r.Author {
		return denied("Only its author can edit a change request.")
	}
	if !s.r.State.Pending() {
		return s.wrongState("edited")
	}
	return nil
}

// refrozen returns the rules of the places of some content, if the request was submitted.
func (s scene) refrozen(changes []change.Change) Refrozen {
	if s.r.State == Draft {
		return Refrozen{}
	}
	next := *s.r
	next.Changes = changes
	return Refrozen{needed(&next, s.w)}
}

func (Discard) decide(s scene) ([]Event, error) {
	if !s.own() {
		return nil, denied("Only its author can discard a draft.")
	}
	if s.r.State != Draft {
		return nil, s.wrongState("discarded")
	}
	return []Event{Discarded{}}, nil
}

func (c Submit) decide(s scene) ([]Event, error) {
	if s.actor.Ref != s.r.Author {
		return nil, denied("Only its author can send a change request to review.")
	}
	if s.r.State != Draft {
		return nil, s.wrongState("sent to review")
	}
	if len(s.r.Changes) == 0 {
		return nil, refuse("There is no change in this request yet.")
	}
	frozen := needed(s.r, s.w)
	for _, a := range frozen {
		if a.Rule.DescriptionRequired && strings.TrimSpace(s.r.Description) == "" {
			return nil, fault.Field("/body/description", "The environment %q asks for a description of the change request before it is reviewed.", a.Environment)
		}
	}
	return s.commented(c.Comment, SentToReview{frozen})
}

func (c Approve) decide(s scene) ([]Event, error) {
	if !s.r.State.reviewed() {
		return nil, s.wrongState("approved")
	}
	if deadline := s.r.Deadline(); !deadline.IsZero() && !s.now.Before(deadline) {
		return nil, refuse("The change request has expired: its approvals did not come in time. Its author can draft it again.")
	}
	if err := s.mayApprove(); err != nil {
		return nil, err
	}
	if err := s.seen(c.ContentID); err != nil {
		return nil, err
	}
	if s.r.ApprovedBy(s.actor.Ref) {
		return nil, refuse("You have approved this change request already.")
	}
	vote := s.vote(c.ContentID)
	next := *s.r
	next.Approvals = append(slices.Clip(next.Approvals), vote)
	var moved map[change.ID]change.Base
	if !StandingOf(s.r, s.w).Reached() {
		moved = s.moved()
	}
	if s.r.State == InReview && StandingOf(&next, s.w).Reached() {
		return s.commented(c.Comment, ApprovedEvent{vote, moved})
	}
	events, err := s.commented(c.Comment, ApprovalAdded{vote, moved})
	if err != nil {
		return nil, err
	}
	return s.suspendedBy(events) // a rule may forbid who approved to apply
}

// mayApprove returns nil if the actor's approval would count in some place, else why not.
func (s scene) mayApprove() error {
	var first error
	for _, a := range needed(s.r, s.w) {
		err := counts(s.r, a, s.actor)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// vote returns the actor's vote on what is current.
func (s scene) vote(stated string) Vote {
	return Vote{By: s.actor.Ref, At: s.now, Round: s.r.Round, ContentID: s.r.ContentID(), Stated: stated != ""}
}

// seen returns a Conflict fault if the content that a voter has seen is not the current one.
func (s scene) seen(contentID string) error {
	if contentID == "" || contentID == s.r.ContentID() {
		return nil
	}
	f := fault.New(fault.Conflict, "The change request is not what you have seen: it was edited. Look at it again before you decide.")
	round := slices.Index(s.r.Contents, contentID) + 1
	for _, e := range s.r.Edits {
		if round > 0 && e.Round > round {
			f.Details = append(f.Details, fault.Detail{Message: e.sentence()})
		}
	}
	return f
}

func (e Edit) sentence() string {
	if e.Feature == "" {
		return fmt.Sprintf("A change was %s: %s.", e.How, e.Action)
	}
	return fmt.Sprintf("A change was %s: %s of the flag %q.", e.How, e.Action, e.Feature)
}

func (Withdraw) decide(s scene) ([]Event, error) {
	if !s.r.State.reviewed() {
		return nil, s.wrongState("reviewed")
	}
	if !s.r.ApprovedBy(s.actor.Ref) {
		return nil, refuse("You have not approved this change request as it is now.")
	}
	withdrawn := ApprovalWithdrawn{}
	next, err := s.r.After(withdrawn, s.now, s.actor.Ref)
	if err != nil {
		return nil, err
	}
	withdrawn.Reopened = s.r.State == Approved && !StandingOf(next, s.w).Reached()
	return s.suspendedBy([]Event{withdrawn})
}

func (c Reject) decide(s scene) ([]Event, error) {
	if !s.r.State.reviewed() {
		return nil, s.wrongState("rejected")
	}
	author := s.actor.Ref == s.r.Author
	if author && !s.actor.IsAdmin() && s.r.State != Scheduled {
		return nil, denied("The author of a change request cannot reject it, but can cancel it.")
	}
	may := slices.ContainsFunc(needed(s.r, s.w), func(a Agreement) bool {
		return s.actor.Can(a.Project, a.Environment, access.ApproveChangeRequest) ||
			s.r.State != InReview && s.actor.Can(a.Project, a.Environment, access.ApplyChangeRequest)
	})
	if !may && !author {
		return nil, access.Denied(s.r.Environment, access.ApproveChangeRequest)
	}
	if err := s.seen(c.ContentID); err != nil {
		return nil, err
	}
	return s.commented(c.Comment, RejectedEvent{s.vote(c.ContentID), s.moved()})
}

func (c Cancel) decide(s scene) ([]Event, error) {
	if !s.own() {
		return nil, denied("Only its author, or an admin, can cancel a change request.")
	}
	if !s.r.State.Pending() {
		return nil, s.wrongState("cancelled")
	}
	return s.commented(c.Comment, CancelledEvent{Moved: s.moved()})
}

func (Expire) decide(s scene) ([]Event, error) {
	if deadline := s.r.Deadline(); deadline.IsZero() || s.now.Before(deadline) {
		return nil, refuse("The change request has not expired.")
	}
	return []Event{CancelledEvent{Reason: "It expired: its approvals did not come in time.", Moved: s.moved()}}, nil
}

func (c Apply) decide(s scene) ([]Event, error) {
	standing := StandingOf(s.r, s.w)
	if s.r.State != Approved && s.r.State != Scheduled {
		if s.r.State == InReview {
			return nil, refuse("The change request cannot be applied yet: %s", standing.Sentence())
		}
		return nil, s.wrongState("applied")
	}
	if err := s.actor.Require(s.r.Project, s.r.Environment, access.ApplyChangeRequest); err != nil {
		return nil, err
	}
	if err := s.mayApply(standing); err != nil {
		return nil, err
	}
	if err := Justified(s.r, s.w); err != nil {
		return nil, err
	}
	if err := s.unmoved(c.Overwrite); err != nil {
		return nil, err
	}
	return s.commented(c.Comment, AppliedEvent{standing.Counted(), s.moved()})
}

// unmoved returns a Conflict fault if more has moved under the request than the actor has seen.
func (s scene) unmoved(overwrite string) error {
	moved := change.DriftOf(s.w, s.r.Environment, s.r.Changes)
	if len(moved) == 0 {
		return nil
	}
	if id := change.DriftID(s.r.ContentID(), moved); id != overwrite {
		return drifted(id, moved)
	}
	return nil
}

// mayApply returns a fault if a rule keeps the actor from applying this request.
func (s scene) mayApply(standing Standing) error {
	for _, p := range standing {
		if p.Rule.AdminsBound && s.actor.Ref == s.r.Author && s.actor.IsAdmin() {
			return denied("In the environment %q, admins cannot apply their own change requests. Somebody else who has the permission %s can.", p.Environment, access.ApplyChangeRequest)
		}
		if p.Rule.SeparateApplier && slices.ContainsFunc(p.Counted, func(v Vote) bool { return v.By == s.actor.Ref }) {
			return denied("In the environment %q, whoever approved a change request cannot apply it. Somebody else who has the permission %s can.", p.Environment, access.ApplyChangeRequest)
		}
	}
	return nil
}

// Justified returns nil if the request is agreed to and can be applied as it is, whoever
// does it: it is approved or scheduled, every place agrees still, nobody has rejected it, and nothing
// is in the way. It is what the gate asks, too.
func Justified(r *Request, w World) error {
	if (r.State != Approved && r.State != Scheduled) || len(r.Rejections) > 0 {
		return refuse("The change request is %q, not approved.", r.State)
	}
	if standing := StandingOf(r, w); !standing.Reached() {
		return fault.New(fault.Conflict, "The change request is no longer agreed to: %s An approval counts only while whoever gave it may approve.", standing.Sentence())
	}
	if conflicts := w.Conflicts(r); len(conflicts) > 0 {
		remedy := "Edit or cancel it"
		if r.State == Scheduled {
			remedy = "Reject it, if that is for good"
		}
		f := fault.New(fault.Conflict, "The change request cannot be applied: what it changes is not there any more, or another change forbids it. %s.", remedy)
		for _, c := range conflicts {
			f.Details = append(f.Details, fault.Detail{Message: c.Reason + "."})
		}
		return f
	}
	return nil
}

// drifted says what has moved since the last needed approval.
func drifted(id string, moved []change.Drift) error {
	f := fault.New(fault.Conflict, "What this change request changes has moved since it was approved. Look at the differences; to apply it all the same, repeat the request with \"overwrite\": %q.", id)
	f.DriftID = id
	for _, d := range moved {
		what := "segment"
		if d.Feature != "" {
			what = fmt.Sprintf("flag %q", d.Feature)
		}
		f.Details = append(f.Details, fault.Detail{Path: d.Field, Message: fmt.Sprintf("%s: %s was %s, and is %s now.", what, d.Field, d.Before, d.Now)})
	}
	return f
}

func (c Describe) decide(s scene) ([]Event, error) {
	if !s.own() {
		return nil, denied("Only its author, or an admin, can change the title and description of a change request.")
	}
	if s.r.State.Closed() {
		return nil, s.wrongState("described")
	}
	var said Described
	if c.Title != nil {
		title := strings.TrimSpace(*c.Title)
		if utf8.RuneCountInString(title) > maxTitle {
			return nil, fault.Field("/body/title", "A title has at most %d characters.", maxTitle)
		}
		if title == DefaultTitle(s.r.ID) {
			title = ""
		}
		said.Title = &title
	}
	if c.Description != nil {
		description := strings.TrimSpace(*c.Description)
		if utf8.RuneCountInString(description) > maxDescription {
			return nil, fault.Field("/body/description", "A description has at most %d characters.", maxDescription)
		}
		said.Description = &description
	}
	if (said.Title == nil || *said.Title == s.r.Title) && (said.Description == nil || *said.Description == s.r.Description) {
		return nil, nil
	}
	return []Event{said}, nil
}

func (c AskReviewers) decide(s scene) ([]Event, error) {
	if !s.own() && !s.actor.Can(s.r.Project, s.r.Environment, access.ApproveChangeRequest) {
		return nil, denied("Only the author, an admin, or somebody who may approve can ask for reviewers.")
	}
	if s.r.State != Draft && s.r.State != InReview {
		return nil, s.wrongState("given other reviewers")
	}
	reviewers := slices.Compact(slices.Sorted(slices.Values(c.Reviewers)))
	groups := slices.Compact(slices.Sorted(slices.Values(c.ReviewerGroups)))
	if len(reviewers) > maxReviewers || len(groups) > maxReviewers {
		return nil, fault.Field("/body/reviewers", "At most %d reviewers can be asked.", maxReviewers)
	}
	if slices.Equal(reviewers, s.r.Reviewers) && slices.Equal(groups, s.r.ReviewerGroups) {
		return nil, nil
	}
	return []Event{ReviewersUpdated{reviewers, groups}}, nil
}

func (c Say) decide(s scene) ([]Event, error) {
	if strings.TrimSpace(c.Text) == "" {
		return nil, fault.Field("/body/text", "A comment needs a text.")
	}
	return s.commented(c.Text)
}

// commented returns events with a comment before them, if there is one.
func (s scene) commented(text string, events ...Event) ([]Event, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return events, nil
	}
	if utf8.RuneCountInString(text) > maxComment {
		return nil, fault.Field("/body/comment", "A comment has at most %d characters.", maxComment)
	}
	return append([]Event{Commented{text}}, events...), nil
}

// own reports whether the actor is the author or an admin.
func (s scene) own() bool { return s.actor.Ref == s.r.Author || s.actor.IsAdmin() }

// moved returns what targets are like now, where they have moved.
func (s scene) moved() map[change.ID]change.Base {
	return change.Bases(s.w, s.r.Environment, s.r.Changes)
}

func (s scene) wrongState(done string) error {
	return refuse("A change request that is %q cannot be %s.", s.r.State, done)
}

// refuse returns a fault about something that cannot be done.
func refuse(format string, args ...any) error { return fault.New(fault.BadData, format, args...) }

// denied returns a fault about somebody who may not do something.
func denied(format string, args ...any) error { return fault.New(fault.Forbidden, format, args...) }
