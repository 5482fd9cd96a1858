// Package decide is what a write leads to: from a state and values to events, or to a
// fault that says why not.
//
// A write is decided here once, whoever hands it in: a person who writes directly, a
// change request that is applied, or a preview of one. So all three come to the same
// events, and are refused in the same words.
//
// Whether somebody may write does not belong here: permissions are asked by app, before
// the decision, and protected environments by the gate, about its events. What the
// events mean belongs in state.
package decide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// Decision is a write being decided: the events so far, and the state as it will be
// after them. So a rule can be asked about the outcome, and several flags can be
// treated one after the other. A decision that ends with a fault is dropped as a whole.
type Decision struct {
	*state.State
	Actor  access.Actor // who writes; hides State.Actor, which looks an account up
	Now    time.Time
	Limits Limits
	// Proposing means that the write is not made but proposed, which takes no permission:
	// Require asks for none.
	Proposing bool

	mint   func(i int) string
	minted int
	group  ledger.Group
	events []state.Event
	err    error
}

// New returns a decision without events. mint returns the i-th fresh id (0, 1, …), and
// the same one each time that it is asked for it: a decision may be made again.
func New(s *state.State, actor access.Actor, now time.Time, limits Limits, mint func(i int) string) *Decision {
	return &Decision{State: s, Actor: actor, Now: now, Limits: limits, mint: mint}
}

// SetGroup says to which group of events those belong that are added from now on. The
// zero Group, which a decision begins with, is none.
func (d *Decision) SetGroup(group ledger.Group) { d.group = group }

// Require returns a Permission fault unless the actor may use one of the permissions there.
func (d *Decision) Require(p flag.ProjectID, env flag.EnvironmentName, anyOf ...access.Permission) error {
	if d.Proposing {
		return nil
	}
	return d.Actor.Require(p, env, anyOf...)
}

// Add decides that something happens.
func (d *Decision) Add(at state.Scope, what state.Payload) {
	d.AddEvent(state.Event{Scope: at, Group: d.group, Payload: what})
}

// AddEvent is Add for an event that says itself to which group it belongs.
func (d *Decision) AddEvent(event state.Event) {
	next, err := state.Preview(d.State, []state.Event{event}, state.Place{At: d.Now, Actor: string(d.Actor.Ref)})
	if err != nil {
		d.err = fmt.Errorf("decide: %w", err) // a mistake of the program, not of who writes
		return
	}
	d.State, d.events = next, append(d.events, event)
}

// On returns a decision of the same write on another state, without events. The ids that
// it mints are none of d's.
func (d *Decision) On(s *state.State) *Decision {
	return New(s, d.Actor, d.Now, d.Limits, func(int) string { return d.NewID() })
}

// NewID returns a fresh id. When the write is decided again, it is the same one.
func (d *Decision) NewID() string {
	id := d.mint(d.minted)
	d.minted++
	return id
}

// Events returns what was decided so far, in order.
func (d *Decision) Events() []state.Event { return d.events }

// Err returns an error if an event was added that does not fit the state: then the
// decision is not to be written.
func (d *Decision) Err() error { return d.err }

// Same reports whether two values are written to the ledger alike, so that putting one
// in the place of the other would be no change.
func Same[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
