package app

import (
	"context"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
)

// UndoRequest makes a new draft that restores exactly what an applied request changed, to be
// reviewed like any other. What was changed again since is left as it is, and what cannot be
// restored stays out; the draft's description says both. The caller has read the request.
// The request is closed, and so not in the state: it is handed in as it was read (requests.Get), and cannot change any more.
//
// Faults: NotFound, BadData when the request was not applied or nothing is left to restore, Conflict
// while the caller has another pending request there, and those of ProposeChanges.
func (a *App) UndoRequest(ctx context.Context, c Caller, applied *changerequest.Request) (*changerequest.Request, error) {
	var result *changerequest.Request
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		var err error
		result, err = undo(d, applied)
		return err
	})
	return result, err
}

// MayUndo returns the fault with which UndoRequest would refuse now, or nil.
func (a *App) MayUndo(actor access.Actor, applied *changerequest.Request) error {
	// A decision that nobody writes: it finds what UndoRequest would find.
	d := decide.New(a.State(), actor, a.now(), a.limits, func(int) string { return a.newID() })
	_, err := undo(d, applied)
	return err
}

// undo decides the draft, and returns it.
func undo(d *decide.Decision, applied *changerequest.Request) (*changerequest.Request, error) {
	if applied.State != changerequest.Applied {
		return nil, fault.New(fault.BadData, "The change request is %q. Only an applied one can be undone.", applied.State)
	}
	if pending := d.PendingRequest(d.Actor.Ref, applied.Place()); pending != nil {
		return nil, fault.New(fault.Conflict, "You have a pending change request in this environment, %d. Finish or discard it first.", pending.ID)
	}
	undone := change.UndoOf(d.State, applied.Environment, applied.Changes)
	if len(undone.Changes) == 0 {
		return nil, fault.New(fault.BadData, "There is nothing to restore. %s", strings.Join(undone.Notes, " "))
	}
	proposals := make([]decide.Proposal, len(undone.Changes))
	for i, c := range undone.Changes {
		proposals[i] = decide.Proposal(c)
	}
	r, err := propose(d, applied.Place(), proposals)
	if err != nil {
		return nil, err
	}
	title := "Undo: " + applied.ShownTitle()
	description := strings.Join(append([]string{"Restores what change request " + applied.Link() + " changed."}, undone.Notes...), "\n\n")
	return step(d, r, changerequest.Describe{Title: &title, Description: &description})
}
