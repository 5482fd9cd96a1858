package state

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
)

// ChangeRequestsSetting is the id of the setting with the value ChangeRequests.
const ChangeRequestsSetting = "change-requests"

// ChangeRequests is what is set about change requests in the whole instance.
type ChangeRequests struct {
	// Disabled turns them off: nothing is protected, and no request can be seen.
	Disabled bool `json:"disabled"`
}

// ChangeRequests returns what is set about change requests in the whole instance.
func (s *State) ChangeRequests() ChangeRequests {
	var value ChangeRequests
	if json.Unmarshal([]byte(s.Setting(ChangeRequestsSetting)), &value) != nil {
		return ChangeRequests{} // nobody has set anything
	}
	return value
}

// ProjectRule returns the rule that a project has set for an environment itself, and
// whether it has.
func (s *State) ProjectRule(p flag.ProjectID, env flag.EnvironmentName) (changerequest.Rule, bool) {
	return s.rules.get(pair(p, env))
}

// PredefinedRule returns the rule that is predefined for an environment in all projects, whether
// there is one, and whether it is enforced: then only an admin can let a project be less strict.
func (s *State) PredefinedRule(env flag.EnvironmentName) (rule changerequest.Rule, predefined, enforced bool) {
	e := s.Environment(env)
	if e == nil || e.RequiredApprovals == nil || *e.RequiredApprovals == 0 {
		return changerequest.Rule{}, false, false
	}
	return changerequest.Rule{RequiredApprovals: *e.RequiredApprovals}.Clamped(), true, e.ApprovalsEnforced
}

// ConfiguredRule returns the rule for an environment of a project, whether or not change
// requests are turned on in the instance, and whether the environment is protected by it:
// what the project has set, else what is predefined; of an enforced one the stricter, unless
// an admin has made an exception.
func (s *State) ConfiguredRule(p flag.ProjectID, env flag.EnvironmentName) (changerequest.Rule, bool) {
	project := s.Project(p)
	if project == nil || project.In(env) == nil {
		return changerequest.Rule{}, false // a rule for another project's environment sleeps
	}
	rule, set := s.ProjectRule(p, env)
	predefined, is, enforced := s.PredefinedRule(env)
	switch {
	case !is:
		return rule, set && !rule.Off
	case !set:
		return predefined, true
	case enforced && !rule.Exempt:
		return changerequest.Stricter(rule, predefined), true
	default:
		return rule, !rule.Off
	}
}

// Protection returns the rule that protects an environment of a project, and whether there
// is one.
func (s *State) Protection(p flag.ProjectID, env flag.EnvironmentName) (changerequest.Rule, bool) {
	rule, protected := s.ConfiguredRule(p, env)
	if !protected || s.ChangeRequests().Disabled {
		return changerequest.Rule{}, false
	}
	return rule, true
}

// NextChangeRequestID returns the id that the next change request gets.
func (s *State) NextChangeRequestID() changerequest.ID {
	return changerequest.ID(s.counters.ChangeRequest + 1)
}

// NextChangeID returns the id that the next change of a request gets.
func (s *State) NextChangeID() change.ID { return change.ID(s.counters.Change + 1) }

// HadChangeRequest reports whether there is, or ever was, a change request with the id.
func (s *State) HadChangeRequest(id changerequest.ID) bool {
	return id >= 1 && int64(id) <= s.counters.ChangeRequest
}

// ChangeRequest returns an open change request, or nil. Closed ones are read from the ledger.
func (s *State) ChangeRequest(id changerequest.ID) *changerequest.Request {
	r, _ := s.requests.get(number(id))
	return r
}

// OpenRequests yields all change requests that are not closed, drafts included, by id.
func (s *State) OpenRequests() iter.Seq[*changerequest.Request] { return s.requests.values("") }

// OpenRequestsOf yields a project's open change requests by id.
func (s *State) OpenRequestsOf(p flag.ProjectID) iter.Seq[*changerequest.Request] {
	return s.requestsOf.values(pair(p, ""))
}

// OpenRequestsOn yields the open change requests that change a flag, by id.
func (s *State) OpenRequestsOn(name flag.Name) iter.Seq[*changerequest.Request] {
	return s.requestsByFlag.values(pair(name, ""))
}

// OpenRequestsUsing yields the open change requests that change a segment or give it to a
// strategy, by id.
func (s *State) OpenRequestsUsing(id flag.SegmentID) iter.Seq[*changerequest.Request] {
	return s.requestsBySegment.values(number(id))
}

// PendingRequest returns an author's pending change request in a place, or nil: there is at
// most one.
func (s *State) PendingRequest(author access.Ref, at changerequest.Place) *changerequest.Request {
	r, _ := s.pendingRequests.get(pendingKey(author, at))
	return r
}

func pendingKey(author access.Ref, at changerequest.Place) string {
	return pair(pair(at.Project, at.Environment), author)
}

// Scheduled yields all scheduled change requests by time, those that failed or are suspended included.
func (s *State) Scheduled() iter.Seq[*changerequest.Request] { return s.scheduled.values("") }

// Due yields the change requests that will be applied when their time comes, by time.
func (s *State) Due() iter.Seq[*changerequest.Request] { return s.due.values("") }

// DueCount returns the number of change requests that Due yields.
func (s *State) DueCount() int { return s.due.len() }

// DueOn yields those of Due that change a flag, or make another one depend on it, by id.
func (s *State) DueOn(name flag.Name) iter.Seq[*changerequest.Request] {
	return s.dueOn.values(pair(name, ""))
}

// scheduleKey orders requests by the time that they are scheduled for.
func scheduleKey(r *changerequest.Request) string {
	return number(r.Schedule.At.UnixMicro()) + number(r.ID)
}

// named returns the flags that a request changes or makes others depend on, possibly twice.
func named(r *changerequest.Request) []flag.Name {
	names := r.Features()
	for _, c := range r.Changes {
		if p, ok := c.Payload.(change.AddDependency); ok {
			names = append(names, p.Feature)
		}
	}
	return names
}

// putRequest stores an open request and keeps the indexes in step.
func (s *State) putRequest(r *changerequest.Request) {
	s.dropRequest(r.ID)
	key := number(r.ID)
	s.requests = s.requests.with(key, r)
	s.requestsOf = s.requestsOf.with(pair(r.Project, key), r)
	if r.State.Pending() {
		s.pendingRequests = s.pendingRequests.with(pendingKey(r.Author, r.Place()), r)
	}
	if r.Schedule != nil {
		s.scheduled = s.scheduled.with(scheduleKey(r), r)
	}
	if !r.ScheduledFor().IsZero() {
		s.due = s.due.with(scheduleKey(r), r)
		for _, name := range named(r) {
			s.dueOn = s.dueOn.with(pair(name, key), r)
		}
	}
	for _, name := range r.Features() {
		s.requestsByFlag = s.requestsByFlag.with(pair(name, key), r)
	}
	for id := range segmentsIn(r) {
		s.requestsBySegment = s.requestsBySegment.with(number(id)+key, r)
	}
}

// dropRequest removes a request that is closed, or about to be stored anew.
func (s *State) dropRequest(id changerequest.ID) {
	old := s.ChangeRequest(id)
	if old == nil {
		return
	}
	key := number(id)
	s.requests = s.requests.without(key)
	s.requestsOf = s.requestsOf.without(pair(old.Project, key))
	if old.State.Pending() { // else the entry is another request's
		s.pendingRequests = s.pendingRequests.without(pendingKey(old.Author, old.Place()))
	}
	if old.Schedule != nil {
		s.scheduled = s.scheduled.without(scheduleKey(old))
	}
	if !old.ScheduledFor().IsZero() {
		s.due = s.due.without(scheduleKey(old))
		for _, name := range named(old) {
			s.dueOn = s.dueOn.without(pair(name, key))
		}
	}
	for _, name := range old.Features() {
		s.requestsByFlag = s.requestsByFlag.without(pair(name, key))
	}
	for id := range segmentsIn(old) {
		s.requestsBySegment = s.requestsBySegment.without(number(id) + key)
	}
}

// segmentsIn yields each segment that a request changes or uses, possibly twice.
func segmentsIn(r *changerequest.Request) iter.Seq[flag.SegmentID] {
	return func(yield func(flag.SegmentID) bool) {
		for _, c := range r.Changes {
			for _, id := range c.Segments() {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// granting is implemented by payloads that may let accounts do more than before.
type granting interface{ mayGrant() }

// grants is embedded by payloads that may let accounts do more than before, and that SDKs
// never notice.
type grants struct{ nothing }

func (grants) mayGrant() {}

// markGranted notes in each submitted request of an author whom the author has just let
// approve it: those approvals do not count.
func (s *State) markGranted(before *State, author access.Ref) {
	for _, r := range slices.Collect(s.OpenRequests()) {
		if r.Author != author || r.State == changerequest.Draft {
			continue
		}
		granted := slices.Clone(r.Granted)
		for a := range s.Accounts() {
			if !slices.Contains(granted, a.ID) && s.mayApprove(a.ID, r) && !before.mayApprove(a.ID, r) {
				granted = append(granted, a.ID)
			}
		}
		if len(granted) > len(r.Granted) {
			next := *r
			next.Granted = granted
			s.putRequest(&next)
		}
	}
}

// mayApprove reports whether an account may approve changes in one of a request's places.
func (s *State) mayApprove(account int64, r *changerequest.Request) bool {
	actor, ok := s.Actor(account)
	return ok && slices.ContainsFunc(r.Agreements, func(a changerequest.Agreement) bool {
		return actor.Can(a.Project, a.Environment, access.ApproveChangeRequest)
	})
}
