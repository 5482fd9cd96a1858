package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// Use cases of change requests. What a request may do next is decided in changerequest, by its own values; what its changes lead to,
// in decide. What is here is what takes a state and an actor: who may propose where, which changes are in place of others, and that
// applying is the one step that also writes what the request says.

// ProposeChanges adds changes to the caller's pending request in a protected environment, or
// to a new draft: all or none. What would change nothing is left out, and takes an earlier
// change of the same thing back.
//
// Faults: NotFound for the project, the environment or a target, Permission in a project in which
// the caller may not propose, BadData when the environment is not protected, when nothing
// would change, and those of the writes.
func (a *App) ProposeChanges(ctx context.Context, c Caller, at changerequest.Place, proposals []decide.Proposal) (*changerequest.Request, error) {
	var result *changerequest.Request
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		var err error
		result, err = propose(d, at, proposals)
		return err
	})
	return result, err
}

// propose decides that changes are added to the actor's pending request, and returns it.
// A caller has one pending request in a place, so there is never a question to which one it goes.
func propose(d *decide.Decision, at changerequest.Place, proposals []decide.Proposal) (*changerequest.Request, error) {
	rule, err := proposable(d, at)
	if err != nil {
		return nil, err
	}
	r := d.PendingRequest(d.Actor.Ref, at)
	var earlier []change.Change
	if r != nil {
		earlier = r.Changes
	}
	added, taken, err := drafted(d, at, earlier, proposals)
	if err != nil {
		return nil, err
	}
	if r == nil {
		r = &changerequest.Request{ID: d.NextChangeRequestID(), Project: at.Project, Environment: at.Environment}
		d.AddEvent(decide.RequestEvent(r, changerequest.Open(at, rule)))
		r = d.ChangeRequest(r.ID)
	}
	commands := []changerequest.Command{}
	if len(added) > 0 {
		commands = append(commands, changerequest.Add{Changes: added})
	}
	for _, old := range taken {
		commands = append(commands, changerequest.Remove{ID: old.ID})
	}
	for _, command := range commands {
		if r, err = step(d, r, command); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// proposable returns the rule of a place in which the actor may propose changes, or a fault.
// The project is not found for who may not see it; who may see it and not propose is told who can change that.
func proposable(d *decide.Decision, at changerequest.Place) (changerequest.Rule, error) {
	if err := requestsOn(d.State); err != nil {
		return changerequest.Rule{}, err
	}
	p, err := decide.ActiveProject(d.State, at.Project)
	if err != nil {
		return changerequest.Rule{}, err
	}
	if !d.MaySee(d.Actor, at.Project) {
		return changerequest.Rule{}, fault.New(fault.NotFound, "Could not find project with id=%s", at.Project)
	}
	if p.In(at.Environment) == nil {
		return changerequest.Rule{}, fault.New(fault.NotFound, "Could not find environment with name: %s", at.Environment)
	}
	if !d.MayPropose(d.Actor, at.Project) {
		return changerequest.Rule{}, fault.New(fault.Forbidden, "Only members of the project %q can propose changes in it. An owner of the project, or an admin, can make you one.", at.Project)
	}
	rule, protected := d.Protection(at.Project, at.Environment)
	if !protected {
		return rule, fault.New(fault.BadData, "Change requests are not enabled in the environment %q of the project %q: changes to it are made directly.", at.Environment, at.Project)
	}
	return rule, nil
}

// drafted returns proposals as changes, and the earlier changes that are taken back because
// what was proposed in their place is how it is.
// earlier are the changes that the request has. Several proposals of one call build on each other, in their order.
func drafted(d *decide.Decision, at changerequest.Place, earlier []change.Change, proposals []decide.Proposal) (added, taken []change.Change, err error) {
	next := d.NextChangeID()
	// What is proposed is tried on what the request leads to without what it replaces.
	trial := d.On(decide.Try(d.State, at, earlier).After)
	for i, p := range proposals {
		if err := ownSegment(d, at, p.Payload); err != nil {
			return nil, nil, err
		}
		replaced := func(c change.Change) bool {
			return change.Change{Feature: p.Feature, Payload: p.Payload}.Replaces(c)
		}
		if now := slices.Concat(earlier, added); slices.ContainsFunc(now, replaced) {
			trial = d.On(decide.Try(d.State, at, slices.DeleteFunc(now, replaced)).After)
		}
		known := len(trial.Events())
		c, err := decide.Drafted(trial, at, next, p.Feature, p.Payload, d.Now)
		if err != nil {
			return nil, nil, inPayload(err, i, len(proposals))
		}
		// What it replaces is that of the real state, not of the trial: drift is measured against what is served.
		c.Base = change.BaseOf(d.State, at.Environment, p.Feature, p.Payload)
		// Of several proposals for the same thing, the last one says what becomes of it.
		added = slices.DeleteFunc(added, replaced)
		taken = slices.DeleteFunc(taken, replaced)
		if len(trial.Events()) > known {
			added = append(added, c)
			next++
			continue
		}
		for _, old := range earlier {
			if replaced(old) {
				taken = append(taken, old)
			}
		}
	}
	if len(added) == 0 && len(taken) == 0 {
		return nil, nil, fault.New(fault.BadData, "Nothing would change: everything is as proposed already, in the environment %q or in your draft.", at.Environment)
	}
	return added, taken, nil
}

// inPayload returns a fault about the body of a write as one about the payload of a change, which is
// the i-th of a list or stands alone.
func inPayload(err error, i, of int) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	at := "/body"
	if of > 1 {
		at = fmt.Sprintf("/body/%d", i)
	}
	moved := *f
	moved.Details = slices.Clone(f.Details)
	for n, detail := range moved.Details {
		if below, ok := strings.CutPrefix(detail.Path, "/body"); ok {
			moved.Details[n].Path = at + "/payload" + below
		}
	}
	return &moved
}

// ownSegment returns a fault about a segment about which nobody decides there.
// Whether the segment exists is not asked here: the trial finds that.
func ownSegment(d *decide.Decision, at changerequest.Place, p change.Payload) error {
	id := change.Change{Payload: p}.Segment()
	if segment := d.Segment(id); segment != nil && segment.Project != nil && !d.MaySee(d.Actor, *segment.Project) {
		return fault.New(fault.NotFound, "No segment exists with ID \"%d\"", id)
	}
	if why := decide.ForeignSegment(d.State, at, p); why != "" {
		return fault.New(fault.BadData, "This cannot be proposed in the environment %q of the project %q. %s.", at.Environment, at.Project, why)
	}
	return nil
}

// step decides one command about a request, and returns the request after it.
// Facts are events about the request. Applying first adds the events of its changes, which carry the request as their group: by that
// the gate knows them for what was agreed.
func step(d *decide.Decision, r *changerequest.Request, command changerequest.Command) (*changerequest.Request, error) {
	facts, err := changerequest.Decide(r, command, gate.World(d.State), d.Actor, d.Now)
	if err != nil {
		return nil, err
	}
	for _, fact := range facts {
		if _, applied := fact.(changerequest.AppliedEvent); applied {
			d.SetGroup(state.RequestGroup(r.ID))
			for _, e := range decide.Try(d.State, r.Place(), r.Changes).Events {
				d.Add(e.Scope, e.Payload)
			}
		}
		d.AddEvent(decide.RequestEvent(r, fact))
		if r, err = r.After(fact, d.Now, d.Actor.Ref); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// OpenRequest returns an open change request that an actor may see.
// It is not asked what the actor may do with it: changerequest.Decide says that for each command.
//
// Faults: NotFound, also for others' drafts, for requests of another project, and while change
// requests are turned off.
func OpenRequest(s *state.State, actor access.Actor, project flag.ProjectID, id changerequest.ID) (*changerequest.Request, error) {
	if err := requestsOn(s); err != nil {
		return nil, err
	}
	r := s.ChangeRequest(id)
	if r == nil || r.Project != project || !s.MaySee(actor, project) || (r.State == changerequest.Draft && r.Author != actor.Ref) {
		return nil, NoRequest(id)
	}
	return r, nil
}

// NoRequest returns the fault about a change request that is not there.
func NoRequest(id changerequest.ID) error {
	return fault.New(fault.NotFound, "Could not find change request with id %d", id)
}

// requestsOn returns a fault while change requests are turned off.
// It is NotFound, as if the instance had no such thing.
func requestsOn(s *state.State) error {
	if s.ChangeRequests().Disabled {
		return fault.New(fault.NotFound, "Change requests are turned off in this instance. An admin can turn them on.")
	}
	return nil
}

// CommandRequest decides commands about an open change request, all or none, and returns it
// as it is after them, closed or not.
// Later commands meet the request as the earlier ones leave it.
//
// Faults: those of OpenRequest and of changerequest.Decide.
func (a *App) CommandRequest(ctx context.Context, c Caller, project flag.ProjectID, id changerequest.ID, commands ...changerequest.Command) (*changerequest.Request, error) {
	var result *changerequest.Request
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		r, err := OpenRequest(d.State, d.Actor, project, id)
		if err != nil {
			return err
		}
		for _, command := range commands {
			if err := acceptable(d, r, command); err != nil {
				return err
			}
			if r, err = step(d, r, command); err != nil {
				return err
			}
		}
		result = r
		return nil
	})
	return result, err
}

// acceptable returns a fault about a command that has to do with more than the request: that
// names people, groups or a time zone that do not exist, or updates a request in a project in which the
// actor may no longer propose.
func acceptable(d *decide.Decision, r *changerequest.Request, command changerequest.Command) error {
	switch c := command.(type) {
	case changerequest.AskReviewers:
		for _, id := range c.Reviewers {
			if a := d.Account(id); a == nil || a.Kind != access.KindUser {
				return fault.Field("/body/reviewers", "There is no user with the id %d.", id)
			}
		}
		for _, id := range c.ReviewerGroups {
			if d.Group(id) == nil {
				return fault.Field("/body/reviewerGroups", "There is no group with the id %d.", id)
			}
		}
	case changerequest.ScheduleAt:
		return knownZone(c.Zone)
	case changerequest.Submit, changerequest.Remove:
		return mayUpdate(d, r.Project)
	}
	return nil
}

// mayUpdate returns a fault if the actor may not update requests in a project.
func mayUpdate(d *decide.Decision, project flag.ProjectID) error {
	if d.MayPropose(d.Actor, project) {
		return nil
	}
	return fault.New(fault.Forbidden, "Only members of the project %q can update change requests in it. You can cancel your own.", project)
}

// EditChange puts another change in the place of one in a request. It gets a new id.
//
// Faults: those of OpenRequest, ProposeChanges and changerequest.Decide.
func (a *App) EditChange(ctx context.Context, c Caller, project flag.ProjectID, id changerequest.ID, old change.ID, p decide.Proposal) (*changerequest.Request, error) {
	var result *changerequest.Request
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		r, err := OpenRequest(d.State, d.Actor, project, id)
		if err != nil {
			return err
		}
		if err := mayUpdate(d, project); err != nil {
			return err
		}
		// Whether this may be edited at all is asked first: by putting it in its own place.
		itself := changerequest.Replace{Old: old}
		if before := r.Change(old); before != nil {
			itself.Change = *before
		}
		if _, err := changerequest.Decide(r, itself, gate.World(d.State), d.Actor, d.Now); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(r.Changes), func(c change.Change) bool { return c.ID == old })
		if added, ok := p.Payload.(change.AddStrategy); ok {
			if was, ok := itself.Change.Payload.(change.AddStrategy); ok {
				added.Minted = was.Minted // it is the same strategy
				p.Payload = added
			}
		}
		changes, _, err := drafted(d, r.Place(), others, []decide.Proposal{p})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return fault.New(fault.BadData, "Nothing would change any more. Discard the change instead.")
		}
		result, err = step(d, r, changerequest.Replace{Old: old, Change: changes[0]})
		return err
	})
	return result, err
}

// CommentClosed adds a comment to a change request that is closed. The caller has read it.
// The state has no closed requests, so step is given what the caller has read; comments change nothing but the list of comments.
//
// Faults: NotFound, BadData.
func (a *App) CommentClosed(ctx context.Context, c Caller, closed *changerequest.Request, text string) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := requestsOn(d.State); err != nil {
			return err
		}
		if !d.MaySee(d.Actor, closed.Project) || d.ChangeRequest(closed.ID) != nil || !d.HadChangeRequest(closed.ID) {
			return NoRequest(closed.ID)
		}
		_, err := step(d, closed, changerequest.Say{Text: text})
		return err
	})
	return err
}
