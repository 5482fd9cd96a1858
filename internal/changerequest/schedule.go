package changerequest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// Schedule says when a request is to be applied, and for whom.
type Schedule struct {
	At time.Time `json:"at"`
	// Zone is the IANA name of the time zone in which the time was entered; empty: unknown.
	Zone string `json:"zone,omitempty"`
	// By is who scheduled the request last: the run is theirs.
	By     access.Ref     `json:"by"`
	Status ScheduleStatus `json:"status"`
	// Reason is a sentence about a schedule that failed or is suspended.
	Reason string `json:"reason,omitempty"`
	// Cause is what suspended the schedule; nil unless it is suspended.
	Cause *Cause `json:"cause,omitempty"`
}

// ScheduleStatus says what becomes of a schedule. The values are Unleash's.
type ScheduleStatus string

// The statuses.
const (
	Pending   ScheduleStatus = "pending"   // it runs when its time comes
	Failed    ScheduleStatus = "failed"    // it was tried, and will not be again
	Suspended ScheduleStatus = "suspended" // something happened that broke it
)

// Cause is what suspended a schedule.
type Cause struct {
	Kind CauseKind `json:"kind"`
	// What was changed, as far as it is one thing.
	Feature  flag.Name       `json:"feature,omitempty"`
	Strategy flag.StrategyID `json:"strategy,omitempty"`
	Segment  flag.SegmentID  `json:"segment,omitempty"`
	// By is who did it, and Request the change request that did it when it was applied; 0: none.
	By      access.Ref `json:"by"`
	Request ID         `json:"request,omitempty"`
}

// CauseKind is a kind of cause.
type CauseKind string

// The kinds of causes.
const (
	FlagArchived    CauseKind = "flag-archived"
	FlagMoved       CauseKind = "flag-moved" // to another project
	StrategyDeleted CauseKind = "strategy-deleted"
	StrategyUpdated CauseKind = "strategy-updated"
	VariantsUpdated CauseKind = "variants-updated"
	SegmentUpdated  CauseKind = "segment-updated"
	SegmentDeleted  CauseKind = "segment-deleted"
	// TargetChanged is any other change of what the request was approved for, such as a switch.
	TargetChanged CauseKind = "target-changed"
	// TargetBlocked means that the request cannot be applied any more, for another reason than the above.
	TargetBlocked CauseKind = "target-blocked"

	SchedulerDeleted      CauseKind = "scheduler-deleted"
	SchedulerNotPermitted CauseKind = "scheduler-not-permitted"
	ApprovalsMissing      CauseKind = "approvals-missing"

	EnvironmentClosed CauseKind = "environment-closed" // by a freeze or a maintenance window that was made or moved

	TooLate          CauseKind = "too-late" // no node was running when the time came
	DatabaseRestored CauseKind = "database-restored"
)

// Remedy says what can be done about a suspended schedule.
func (k CauseKind) Remedy() string {
	switch k {
	case FlagArchived:
		return "Revive the flag and schedule the request again, or reject it."
	case StrategyDeleted, SegmentDeleted:
		return "What it changes is gone for good. Reject the request, and propose again what is still wanted."
	case FlagMoved, TargetBlocked:
		return "Clear what is in the way and schedule the request again, or reject it."
	case StrategyUpdated, VariantsUpdated, SegmentUpdated, TargetChanged:
		return "Look at what has moved. Schedule the request again or apply it, which overwrites that, or reject it."
	case SchedulerDeleted, SchedulerNotPermitted:
		return "Somebody who may apply the request can schedule it again or apply it, which makes the run theirs."
	case ApprovalsMissing:
		return "When the missing approvals are given, schedule the request again or apply it."
	case EnvironmentClosed:
		return "Schedule the request again for a time at which the environment takes changes, or reject it."
	case TooLate, DatabaseRestored:
		return "If it is still wanted, schedule the request again or apply it."
	default:
		return ""
	}
}

// ScheduleAt has an approved request applied later, or a scheduled one at another time.
type ScheduleAt struct {
	At time.Time
	// Zone is the time zone in which the time was entered. Whether there is one of that name is not
	// asked here.
	Zone string
	// Overwrite is the drift id that the scheduler has seen; empty: none. Who reschedules needs none.
	Overwrite string
	Comment   string
}

// Run applies a scheduled request whose time has come. It is the timer's command, given in the
// name of who scheduled it.
type Run struct {
	// Woke is when the timer found the request due. What it did before this one makes this one no later.
	Woke time.Time
	// Grace is how late a request may still be applied, if nobody could at its time.
	Grace time.Duration
}

// Fail records that a scheduled request could not be applied, for a reason that will not pass.
type Fail struct{ Reason string }

// MaxAhead is how far ahead a request can be scheduled.
const MaxAhead = 366 * 24 * time.Hour

func (c ScheduleAt) decide(s scene) ([]Event, error) {
	if err := s.maySchedule(c.Overwrite); err != nil {
		return nil, err
	}
	switch {
	case !c.At.After(s.now):
		return nil, fault.Field("/body/scheduledAt", "A change request is scheduled for a time to come; %s is past.", c.At.UTC().Format(time.RFC3339))
	case c.At.Sub(s.now) > MaxAhead:
		return nil, fault.Field("/body/scheduledAt", "A change request can be scheduled at most a year ahead; %s is later.", c.At.UTC().Format(time.RFC3339))
	}
	return s.commented(c.Comment, ScheduledEvent{At: c.At.UTC(), Zone: c.Zone, Moved: s.moved()})
}

// maySchedule returns a fault unless the actor may schedule the request now.
func (s scene) maySchedule(overwrite string) error {
	standing := StandingOf(s.r, s.w)
	if s.r.State == InReview {
		return refuse("The change request cannot be scheduled yet: %s", standing.Sentence())
	}
	if s.r.State != Approved && s.r.State != Scheduled {
		return s.wrongState("scheduled")
	}
	if err := s.actor.Require(s.r.Project, s.r.Environment, access.ApplyChangeRequest); err != nil {
		return err
	}
	if err := s.mayApply(standing); err != nil {
		return err
	}
	if err := Justified(s.r, s.w); err != nil {
		return err
	}
	if s.r.State == Scheduled {
		return nil // who schedules it again acknowledges what has moved
	}
	return s.unmoved(overwrite)
}

func (c Run) decide(s scene) ([]Event, error) {
	if !s.r.Due(s.now) {
		return nil, refuse("The change request is not due.")
	}
	if late := c.Woke.Sub(s.r.Schedule.At); late > c.Grace {
		reason := fmt.Sprintf("It was due at %s and not applied then; %s later is too late.", s.r.Schedule.At.UTC().Format("2006-01-02 15:04 UTC"), late.Round(time.Second))
		return []Event{ScheduleSuspended{reason, Cause{Kind: TooLate, By: access.SystemRef}}}, nil
	}
	if o := ObstacleOf(s.r, s.w); o != nil {
		return []Event{ScheduleFailed{o.Reason}}, nil
	}
	return []Event{ScheduleSucceeded{}, AppliedEvent{StandingOf(s.r, s.w).Counted(), s.moved()}}, nil
}

func (c Fail) decide(s scene) ([]Event, error) {
	if !s.r.Due(s.now) {
		return nil, refuse("The change request is not due.")
	}
	return []Event{ScheduleFailed(c)}, nil
}

// ScheduledFor returns when the request is to be applied, if nothing has kept it from that: the zero
// time if it is not scheduled, or its schedule failed or is suspended.
func (r *Request) ScheduledFor() time.Time {
	if r.State != Scheduled || r.Schedule.Status != Pending {
		return time.Time{}
	}
	return r.Schedule.At
}

// Due reports whether the time has come to apply the request.
func (r *Request) Due(now time.Time) bool {
	at := r.ScheduledFor()
	return !at.IsZero() && !now.Before(at)
}

// Obstacle is what keeps a scheduled request from being applied by who scheduled it.
type Obstacle struct {
	Kind   CauseKind
	Reason string // sentences
}

// ObstacleOf returns what would keep a scheduled request from being applied if its time came now, or nil.
func ObstacleOf(r *Request, w World) *Obstacle {
	scheduler, exists := w.Actor(r.Schedule.By)
	if !exists {
		return &Obstacle{SchedulerDeleted, "Whoever scheduled it was deleted, or may not sign in any more."}
	}
	s := scene{r: r, w: w, actor: scheduler}
	standing := StandingOf(r, w)
	if err := scheduler.Require(r.Project, r.Environment, access.ApplyChangeRequest); err != nil {
		return &Obstacle{SchedulerNotPermitted, fmt.Sprintf("Whoever scheduled it has the permission %s in the environment %q no longer.", access.ApplyChangeRequest, r.Environment)}
	}
	if err := s.mayApply(standing); err != nil {
		return &Obstacle{SchedulerNotPermitted, fmt.Sprintf("Whoever scheduled it may not apply it any more. %s", err)}
	}
	if !standing.Reached() {
		return &Obstacle{ApprovalsMissing, "It is no longer agreed to: " + standing.Sentence()}
	}
	if conflicts := w.Conflicts(r); len(conflicts) > 0 {
		return &Obstacle{TargetBlocked, r.explain(conflicts)}
	}
	if moved := change.DriftOf(w, r.Environment, r.Changes); len(moved) > 0 {
		var fields []string
		for _, d := range moved {
			field := d.Field + " of the segment"
			if d.Feature != "" {
				field = fmt.Sprintf("%s of the flag %q", d.Field, d.Feature)
			}
			fields = append(fields, field)
		}
		return &Obstacle{TargetChanged, fmt.Sprintf("What it changes has moved since it was scheduled: %s.", strings.Join(fields, ", "))}
	}
	return nil
}

// explain says what conflicts keep a request from being applied, each with the flag that it is about.
func (r *Request) explain(conflicts []change.Conflict) string {
	var sentences []string
	for _, c := range conflicts {
		sentence := c.Reason + "."
		if of := r.Change(c.Change); of != nil && of.Feature != "" {
			sentence = fmt.Sprintf("Flag %q: %s", of.Feature, sentence)
		}
		if !slices.Contains(sentences, sentence) {
			sentences = append(sentences, sentence)
		}
	}
	return "It cannot be applied. " + strings.Join(sentences, " ")
}

// suspendedBy returns the events of a command about a scheduled request, and behind them its
// suspension if they make it one that could not be applied.
func (s scene) suspendedBy(events []Event) ([]Event, error) {
	if s.r.ScheduledFor().IsZero() {
		return events, nil
	}
	next := s.r
	for _, e := range events {
		var err error
		if next, err = next.After(e, s.now, s.actor.Ref); err != nil {
			return nil, err
		}
	}
	if o := ObstacleOf(next, s.w); o != nil {
		events = append(events, ScheduleSuspended{o.Reason, Cause{Kind: o.Kind, By: s.actor.Ref}})
	}
	return events, nil
}

// ScheduledEvent is the decision that a request is applied later, by who takes it.
type ScheduledEvent struct {
	At   time.Time `json:"scheduledDate"`
	Zone string    `json:"zone,omitempty"`
	// Moved is what targets are like now that have moved: the scheduler has seen them so.
	Moved map[change.ID]change.Base `json:"moved,omitempty"`
}

// ScheduleSuspended is a schedule that something has broken. It does not run until somebody decides anew.
type ScheduleSuspended struct {
	Reason string `json:"reason"`
	Cause  Cause  `json:"cause"`
}

// ScheduleFailed is a run at which the request could not be applied.
type ScheduleFailed struct {
	Reason string `json:"reason"`
}

// ScheduleSucceeded is a run at which the request is applied, in the same batch.
type ScheduleSucceeded struct{}

// EventType returns "change-request-scheduled".
func (ScheduledEvent) EventType() string { return "change-request-scheduled" }

// EventType returns "change-request-schedule-suspended".
func (ScheduleSuspended) EventType() string { return "change-request-schedule-suspended" }

// EventType returns "change-request-scheduled-application-failure".
func (ScheduleFailed) EventType() string { return "change-request-scheduled-application-failure" }

// EventType returns "change-request-scheduled-application-success".
func (ScheduleSucceeded) EventType() string { return "change-request-scheduled-application-success" }

func (e ScheduledEvent) apply(r *Request, at time.Time, by access.Ref) error {
	if r.State != Approved && r.State != Scheduled {
		return fmt.Errorf("change request %d is not approved", r.ID)
	}
	r.Changes = change.WithBases(r.Changes, e.Moved)
	r.Schedule = &Schedule{At: e.At, Zone: e.Zone, By: by, Status: Pending}
	r.enter(Scheduled, at)
	return nil
}

func (e ScheduleSuspended) apply(r *Request, _ time.Time, _ access.Ref) error {
	return r.reschedule(func(s *Schedule) { s.Status, s.Reason, s.Cause = Suspended, e.Reason, &e.Cause })
}

// The time of a failed schedule is that of the attempt.
func (e ScheduleFailed) apply(r *Request, at time.Time, _ access.Ref) error {
	return r.reschedule(func(s *Schedule) { s.Status, s.Reason, s.At = Failed, e.Reason, at })
}

func (ScheduleSucceeded) apply(r *Request, _ time.Time, _ access.Ref) error {
	return r.reschedule(func(*Schedule) {})
}

// reschedule edits a copy of a schedule that is pending.
func (r *Request) reschedule(edit func(*Schedule)) error {
	if r.ScheduledFor().IsZero() {
		return fmt.Errorf("change request %d is not waiting for its time", r.ID)
	}
	next := *r.Schedule
	edit(&next)
	r.Schedule = &next
	return nil
}
