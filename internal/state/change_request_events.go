package state

import (
	"encoding/json"
	"fmt"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/ledger"
)

// ChangeRequestGroup is the kind of group of all events about a change request, and of those
// that its changes lead to when it is applied.
const ChangeRequestGroup = "change-request"

// RequestGroup returns the group of a change request's events.
func RequestGroup(id changerequest.ID) ledger.Group {
	return ledger.Group{Kind: ChangeRequestGroup, ID: int64(id)}
}

// ChangeRequestEvent is a fact about one change request of the scope's project and environment.
// One Go type carries all of their event types: what they mean is changerequest's.
type ChangeRequestEvent struct {
	nothing
	ID   changerequest.ID
	Fact changerequest.Event
}

// requestEvent is a ChangeRequestEvent as the ledger keeps it.
type requestEvent struct {
	ID   changerequest.ID `json:"changeRequestId"`
	Fact json.RawMessage  `json:"fact"`
}

// The event types of change requests are one payload; each is known by its own name.
func init() {
	for _, name := range changerequest.EventTypes() {
		decoders[name] = func(data []byte) (Payload, error) {
			var stored requestEvent
			if err := json.Unmarshal(data, &stored); err != nil {
				return nil, err
			}
			fact, err := changerequest.DecodeEvent(name, stored.Fact)
			if err != nil {
				return nil, err
			}
			return ChangeRequestEvent{ID: stored.ID, Fact: fact}, nil
		}
	}
}

// EventType returns the name of the fact's type.
func (p ChangeRequestEvent) EventType() string { return p.Fact.EventType() }

// MarshalJSON writes the request's id and the fact.
func (p ChangeRequestEvent) MarshalJSON() ([]byte, error) {
	fact, err := json.Marshal(p.Fact)
	if err != nil {
		return nil, fmt.Errorf("state: encode %s: %w", p.EventType(), err)
	}
	return json.Marshal(requestEvent{p.ID, fact})
}

func (p ChangeRequestEvent) apply(s *State, at Place) error {
	by := access.Ref(at.Actor)
	if created, ok := p.Fact.(changerequest.Created); ok {
		return s.createRequest(p.ID, created, at)
	}
	r := s.ChangeRequest(p.ID)
	if r == nil {
		if _, said := p.Fact.(changerequest.Commented); said && s.HadChangeRequest(p.ID) {
			return nil // closed requests are not kept here; their comments are read from the ledger
		}
		return fmt.Errorf("there is no open change request %d", p.ID)
	}
	if r.Project != at.Project || r.Environment != at.Environment {
		return fmt.Errorf("change request %d is in %q of project %q", p.ID, r.Environment, r.Project)
	}
	next, err := r.After(p.Fact, at.At, by)
	if err != nil {
		return err
	}
	for _, c := range next.Changes {
		s.counters.Change = max(s.counters.Change, int64(c.ID))
	}
	if _, discarded := p.Fact.(changerequest.Discarded); discarded || next.State.Closed() {
		s.dropRequest(p.ID)
		return nil
	}
	s.putRequest(next)
	return nil
}

func (s *State) createRequest(id changerequest.ID, e changerequest.Created, at Place) error {
	where := changerequest.Place{Project: at.Project, Environment: at.Environment}
	author := access.Ref(at.Actor)
	switch {
	case id != s.NextChangeRequestID():
		return fmt.Errorf("the next change request is %d, not %d", s.NextChangeRequestID(), id)
	case s.PendingRequest(author, where) != nil:
		return fmt.Errorf("%s has a pending change request in %q of project %q", author, where.Environment, where.Project)
	}
	s.counters.ChangeRequest = int64(id)
	s.putRequest(changerequest.New(id, where, e, at.At, author))
	return nil
}

// Refold returns a change request as the events of its group tell it, which must begin with
// its creation: so closed requests are read. Events of the group that its changes led to are
// passed over. It returns nil for a request that was discarded.
func Refold(id changerequest.ID, events []ledger.Event) (*changerequest.Request, error) {
	var r *changerequest.Request
	for _, stored := range events {
		event, err := Decode(stored)
		if err != nil {
			return nil, err
		}
		p, ok := event.Payload.(ChangeRequestEvent)
		if !ok || p.ID != id {
			continue
		}
		if created, ok := p.Fact.(changerequest.Created); ok {
			r = changerequest.New(id, changerequest.Place{Project: event.Project, Environment: event.Environment}, created, stored.At, access.Ref(stored.Actor))
			continue
		}
		if r == nil {
			return nil, fmt.Errorf("state: change request %d has no beginning", id)
		}
		if _, discarded := p.Fact.(changerequest.Discarded); discarded {
			return nil, nil
		}
		if r, err = r.After(p.Fact, stored.At, access.Ref(stored.Actor)); err != nil {
			return nil, fmt.Errorf("state: change request %d at revision %d: %w", id, stored.Revision, err)
		}
	}
	return r, nil
}
