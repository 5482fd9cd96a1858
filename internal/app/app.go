// Package app is what can be done: one exported function for each use case, one file
// for each noun.
//
// A use case takes a caller and typed input, and hands the engine one command. What
// it decides, it decides on the state that the engine gives it: first that the caller
// may, then that the values are good, then which events they lead to. Reads are not
// use cases; they go straight to State.
//
// To add one, write a method on App in the file of its noun:
//
//	func (a *App) RenameThing(ctx context.Context, c Caller, id flag.ThingID, name string) (*flag.Thing, error) {
//		s, err := a.do(ctx, c, func(d *decide.Decision) error {
//			if err := d.Require(project, "", access.UpdateThing); err != nil {
//				return err
//			}
//			t := d.Thing(id)
//			…refuse with a fault, or…
//			if t.Name != name { // an event only if something really changes
//				d.Add(state.Scope{Project: project}, state.ThingRenamed{…})
//			}
//			return nil
//		})
//		if err != nil {
//			return nil, err
//		}
//		return s.Thing(id), nil
//	}
//
// What a change request can do as well is not decided here: the use case asks for the
// permission and calls decide.
//
// HTTP and the shapes that an API shows do not belong here but in adminapi; who may
// write to a protected environment is asked by the engine, not here; what the events
// mean belongs in state.
package app

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Options are what an App works with. All of them are required, except Limits.
type Options struct {
	Engine *engine.Engine
	Now    func() time.Time // the node's clock
	NewID  func() string    // a fresh id for a strategy or a link: a UUID, version 7
	Keys   Keys             // for the secrets of API tokens
	People People           // for names and passwords; may be nil where nobody uses them
	// Limits bound how much there may be; nil: decide.DefaultLimits.
	Limits *decide.Limits
	// ScheduleGrace is how late a scheduled request may be applied, if no node could at its time.
	ScheduleGrace time.Duration
}

// App does what callers ask for. Its methods may be called from several goroutines
// at once.
type App struct {
	engine *engine.Engine
	now    func() time.Time
	newID  func() string
	keys   Keys
	people People
	limits decide.Limits
	grace  time.Duration
}

// New returns an App.
func New(o Options) *App {
	limits := decide.DefaultLimits()
	if o.Limits != nil {
		limits = *o.Limits
	}
	return &App{engine: o.Engine, now: o.Now, newID: o.NewID, keys: o.Keys, people: o.People, limits: limits, grace: o.ScheduleGrace}
}

// Limits returns how much there may be.
func (a *App) Limits() decide.Limits { return a.limits }

// State returns the newest state that this node knows.
func (a *App) State() *state.State { return a.engine.State() }

// Now returns the time of the node's clock.
func (a *App) Now() time.Time { return a.now() }

// Await waits until this node knows a revision. It fails with an Unavailable fault
// when ctx is done before.
func (a *App) Await(ctx context.Context, revision int64) error { return a.engine.Await(ctx, revision) }

// Origin is where a command came from.
type Origin = store.Origin

// Caller is who asks for something, from where, and with which reason to bypass a
// protection, if any.
type Caller struct {
	Actor   access.Actor
	Origin  Origin
	Reason  string
	Propose Proposal
	// Broken, which may be nil, gets the change requests that were broken by what the caller did.
	Broken *Broken
}

// do decides and writes, and returns the state right after.
func (a *App) do(ctx context.Context, c Caller, decision func(*decide.Decision) error) (*state.State, error) {
	return a.doAlso(ctx, c, decision, nil)
}

// doAlso is do with something to write to plain tables in the same transaction. The error is
// a *Proposed if the caller wanted a proposal and the write would touch a protected environment.
func (a *App) doAlso(ctx context.Context, c Caller, decision func(*decide.Decision) error, also func(*store.Tx) error) (*state.State, error) {
	now := a.now()
	if c.Origin != (Origin{}) {
		c.Origin.At = now
	}
	var ids []string
	mint := func(i int) string {
		for len(ids) <= i {
			ids = append(ids, a.newID())
		}
		return ids[i]
	}
	var request *changerequest.Request
	write := also
	if also != nil {
		write = func(tx *store.Tx) error {
			if request != nil {
				return nil // nothing is written but the proposal
			}
			return also(tx)
		}
	}
	s, err := a.engine.Do(ctx, engine.Command{
		Actor:  c.Actor,
		Reason: c.Reason,
		Origin: c.Origin,
		Decide: func(s *state.State) ([]state.Event, error) {
			actor, err := gate.Current(s, c.Actor)
			if err != nil {
				return nil, err
			}
			var events []state.Event
			events, request, err = decided(decide.New(s, actor, now, a.limits, mint), c, decision)
			return events, err
		},
		Also: write,
		Done: func(change engine.Change) {
			if c.Broken != nil {
				c.Broken.hear(change.Events)
			}
		},
	})
	if err == nil && request != nil {
		err = &Proposed{request}
	}
	return s, err
}
