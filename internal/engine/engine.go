// Package engine is the one write path: it decides on the newest state, asks the
// gate, appends to the ledger, folds and publishes; and it keeps this node in step
// with the others.
//
// Whatever changes what an SDK is served, or the rules that protect it, comes
// through Do. Readers take State, which is always there and never changes under
// them, also when the database is away.
//
//	engine.go    opening, reading, being told of changes
//	command.go   Do: from a command to a published state
//	follow.go    Run: what other nodes append, and what the poll finds
//	replay.go    reading the ledger: the tail at a start, behind other nodes, and all of it
//	status.go    what keeps this node from writing or from being ready, and why
//	restore.go   a database that was restored from a backup
//	snapshot.go  states written down
//	past.go      states of the past
//
// What a command means does not belong here but in app, what an event means in
// state, who may write where in gate, and SQL in store. This room carries every
// decision and knows none of them.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Options say what an engine works with.
type Options struct {
	DB    *store.DB
	Now   func() time.Time      // this node's clock
	NewID func() ledger.BatchID // a fresh id for a batch
	Log   *slog.Logger
	// HeadFile is where the last head of the ledger is kept outside the database: HEAD in
	// the data folder. Empty: it is kept in memory only.
	HeadFile string
	// PollEvery is how often the database is asked for its head and its time; 0: each second.
	PollEvery time.Duration
	// SnapshotEvery is the number of events between two snapshots; 0: 10,000.
	SnapshotEvery int64
	// Project, which may be nil, writes to plain tables what follows from a change, in the
	// transaction that stores it, whichever command it came from.
	Project func(*store.Tx, Change) error
}

// Engine holds the newest state that this node knows and appends to the ledger. Its
// methods may be called from several goroutines at once.
type Engine struct {
	Options
	status status
	head   headFile
	opened *state.State // what Open began with, until it is checked

	newest atomic.Pointer[state.State]
	// publishing puts the changes in order, for newest and for subscribers.
	publishing  sync.Mutex
	subscribers []func(Change)
	moved       chan struct{} // closed, and replaced, whenever newest has moved
	back        chan struct{} // closed, and replaced, whenever unable comes to be false
	unable      bool          // the follower found last that this node cannot write

	// turn is held by the one command of this node that is being decided.
	turn chan struct{}
	// hint asks Run to catch up, and due to write a snapshot of a state.
	hint chan struct{}
	due  chan *state.State

	appended, refused, locked, reconnected atomic.Int64
}

// Open reads the newest snapshot and the tail after it, which it verifies. It fails
// with a *ledger.Break, which names the revision, if the tail is damaged.
//
// An engine also opens when it must not write: if the ledger holds an event that this
// release cannot read, or if the database was restored from a backup. Status says so.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.PollEvery == 0 {
		o.PollEvery = time.Second
	}
	if o.SnapshotEvery == 0 {
		o.SnapshotEvery = 10_000
	}
	e := &Engine{
		Options: o,
		moved:   make(chan struct{}),
		back:    make(chan struct{}),
		turn:    make(chan struct{}, 1),
		hint:    make(chan struct{}, 1),
		due:     make(chan *state.State, 1),
	}
	e.status.log = o.Log
	e.head.path = o.HeadFile
	if err := e.start(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// State returns the newest state that this node knows. It is never nil.
func (e *Engine) State() *state.State { return e.newest.Load() }

// Change is one step from a state to the next: one batch.
type Change struct {
	Before, After *state.State
	Events        []state.Applied
}

// Subscribe makes the engine call fn for every change from now on, whichever node
// it came from: in the order of the ledger, one at a time, after State returns the
// new state. fn must be fast, and must not call Do. Subscribe before Run and Do.
func (e *Engine) Subscribe(fn func(Change)) {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	e.subscribers = append(e.subscribers, fn)
}

// publish makes a state the newest, unless this node has folded its batch already:
// a writer and the follower may have read the same one.
func (e *Engine) publish(c Change) {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	if e.State().Revision() >= c.After.Revision() {
		return
	}
	e.newest.Store(c.After)
	for _, fn := range e.subscribers {
		fn(c)
	}
	close(e.moved)
	e.moved = make(chan struct{})
	if c.Before.Revision()/e.SnapshotEvery != c.After.Revision()/e.SnapshotEvery {
		e.wantSnapshot(c.After)
	}
}

// Moved returns a channel that is closed when State no longer returns what it returned last before.
func (e *Engine) Moved() <-chan struct{} {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	return e.moved
}

// Back returns a channel that is closed when Run finds that this node can write again after it could not: the database
// answers, or the clock is right again. A database that answers and takes no writes is not back.
func (e *Engine) Back() <-chan struct{} {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	return e.back
}

// Await waits until this node has reached a revision. It fails with an Unavailable
// fault when ctx is done before.
func (e *Engine) Await(ctx context.Context, revision int64) error {
	for {
		moved := e.Moved()
		have := e.State().Revision()
		if have >= revision {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return unavailable(soon, "This node has not seen revision %d yet; it is at %d.", revision, have)
		}
	}
}

// How long callers should wait before they try again: a moment, or until somebody
// has looked after this node.
const (
	soon  = 2 * time.Second
	later = 30 * time.Second
)

func unavailable(retry time.Duration, format string, args ...any) *fault.Error {
	f := fault.New(fault.Unavailable, format, args...)
	f.RetryAfter = retry
	return f
}
