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
//		s, err := a.do(ctx, c, func(d *decision) error {
//			if err := d.require(project, "", access.UpdateThing); err != nil {
//				return err
//			}
//			t := d.Thing(id)
//			…refuse with a fault, or…
//			if t.Name != name { // an event only if something really changes
//				d.add(state.Scope{Project: project}, state.ThingRenamed{…})
//			}
//			return nil
//		})
//		if err != nil {
//			return nil, err
//		}
//		return s.Thing(id), nil
//	}
//
// HTTP and the shapes that an API shows do not belong here but in adminapi; who may
// write to a protected environment is asked by the engine, not here; what the events
// mean belongs in state.
package app

import (
	"context"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
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
	// Limits bound how much there may be; nil: DefaultLimits.
	Limits *Limits
}

// App does what callers ask for. Its methods may be called from several goroutines
// at once.
type App struct {
	engine *engine.Engine
	now    func() time.Time
	newID  func() string
	keys   Keys
	people People
	limits Limits
}

// New returns an App.
func New(o Options) *App {
	limits := DefaultLimits()
	if o.Limits != nil {
		limits = *o.Limits
	}
	return &App{engine: o.Engine, now: o.Now, newID: o.NewID, keys: o.Keys, people: o.People, limits: limits}
}

// Limits returns how much there may be.
func (a *App) Limits() Limits { return a.limits }

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
	Actor  access.Actor
	Origin Origin
	Reason string
}

// decision is a use case being decided: the events so far, and the state as it will be
// after them. So a rule can be asked about the outcome, and several flags can be
// treated one after the other.
type decision struct {
	*state.State
	actor  access.Actor
	now    time.Time
	mint   func(i int) string
	minted int
	events []state.Event
	err    error
}

// require returns a Permission fault unless the caller may use one of the permissions there.
func (d *decision) require(p flag.ProjectID, env flag.EnvironmentName, anyOf ...access.Permission) error {
	return d.actor.Require(p, env, anyOf...)
}

// add decides that something happens.
func (d *decision) add(at state.Scope, what state.Payload) {
	event := state.Event{Scope: at, Payload: what}
	next, err := state.Preview(d.State, []state.Event{event}, state.Place{At: d.now, Actor: string(d.actor.Ref)})
	if err != nil {
		d.err = fmt.Errorf("app: %w", err) // a mistake of the use case, not of its caller
		return
	}
	d.State, d.events = next, append(d.events, event)
}

// newID returns a fresh id. When the engine decides again, it is the same one.
func (d *decision) newID() string {
	id := d.mint(d.minted)
	d.minted++
	return id
}

// do decides and writes, and returns the state right after.
func (a *App) do(ctx context.Context, c Caller, decide func(*decision) error) (*state.State, error) {
	return a.doAlso(ctx, c, decide, nil)
}

// doAlso is do with something to write to plain tables in the same transaction.
func (a *App) doAlso(ctx context.Context, c Caller, decide func(*decision) error, also func(*store.Tx) error) (*state.State, error) {
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
	return a.engine.Do(ctx, engine.Command{
		Actor:  c.Actor,
		Reason: c.Reason,
		Origin: c.Origin,
		Decide: func(s *state.State) ([]state.Event, error) {
			d := &decision{State: s, actor: c.Actor, now: now, mint: mint}
			if err := decide(d); err != nil {
				return nil, err
			}
			return d.events, d.err
		},
		Also: also,
	})
}
