package app

import (
	"fmt"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// Proposal says whether a write to a protected environment is put into a change request.
type Proposal string

// The ways of a write.
const (
	WriteDirectly Proposal = ""       // and be refused where that must not be
	IntoDraft     Proposal = "draft"  // of the caller
	IntoReview    Proposal = "submit" // the draft is sent to review at once
)

// Proposed is returned as an error by a use case that did not write, because the caller asked
// for it to be proposed: into this request.
type Proposed struct{ Request *changerequest.Request }

// Error names the request.
func (p *Proposed) Error() string {
	return fmt.Sprintf("The change was put into the change request %d.", p.Request.ID)
}

// instead decides that a write is proposed, if it would touch a protected environment. It
// returns nil if it would not, so that it is written directly.
//
// Who proposes needs no permission for the write, so it is decided a first time without
// asking for any, only to see what it leads to.
func instead(d *decide.Decision, c Caller, decision func(*decide.Decision) error) (*changerequest.Request, error) {
	wish := d.On(d.State)
	wish.Proposing = true
	if err := decision(wish); err != nil {
		return nil, err
	}
	var protected []changerequest.Place
	for _, at := range gate.PlacesOf(d.State, wish.Events()) {
		if _, ok := d.Protection(at.Project, at.Environment); ok {
			protected = append(protected, at)
		}
	}
	if len(protected) == 0 {
		return nil, nil
	}
	host, err := decide.HostOf(d.State, wish.Events(), protected)
	if err != nil {
		return nil, err
	}
	proposals, err := decide.ProposalsOf(d.State, wish.Events())
	if err != nil {
		return nil, err
	}
	r, err := propose(d, host, proposals)
	if err != nil || c.Propose != IntoReview || r.State != changerequest.Draft {
		return r, err
	}
	if r.Description == "" && c.Reason != "" {
		if r, err = step(d, r, changerequest.Describe{Description: &c.Reason}); err != nil {
			return nil, err
		}
	}
	return step(d, r, changerequest.Submit{})
}

// decided runs a decision, directly or as a proposal, and returns the request that it was put
// into, if it was.
func decided(d *decide.Decision, c Caller, decision func(*decide.Decision) error) ([]state.Event, *changerequest.Request, error) {
	if c.Propose != WriteDirectly {
		r, err := instead(d, c, decision)
		if err != nil || r != nil {
			return d.Events(), r, err
		}
	}
	if err := decision(d); err != nil {
		return nil, nil, err
	}
	return d.Events(), nil, d.Err()
}
