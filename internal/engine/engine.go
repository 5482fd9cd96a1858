// Package engine is the one write path: it decides on the newest state, asks the
// gate, appends to the ledger, folds and publishes, and it keeps this node in step
// with the others.
//
// Whatever changes what an SDK is served, or the rules that protect it, comes
// through Do. Readers take State, which is always there and never changes under
// them, also when the database is away.
//
// What a command means does not belong here but in app, what an event means in
// state, who may write where in gate, and SQL in store. This room carries every
// decision and knows none of them.
package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/quorate/quorate/internal/access"
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
}

// Engine holds the newest state that this node knows and appends to the ledger. Its
// methods may be called from several goroutines at once.
type Engine struct{}

// Open reads the newest snapshot and the tail after it, which it verifies. It fails
// with a *ledger.Break, which names the revision, if the tail is damaged.
//
// An engine also opens when it must not write: if the ledger holds an event type that
// this release does not know, or if the database was restored from a backup. Status
// says so.
func Open(ctx context.Context, o Options) (*Engine, error) { panic("being written") }

// Run keeps the engine in step with the ledger until ctx is done, and then returns
// nil: it hears of appends by other nodes, polls the head, checks the whole ledger
// once in the background, makes snapshots and keeps HEAD.
func (e *Engine) Run(ctx context.Context) error { panic("being written") }

// State returns the newest state that this node knows. It is never nil.
func (e *Engine) State() *state.State { panic("being written") }

// Command is a write: who wants it, and the decision.
type Command struct {
	Actor  access.Actor
	Reason string       // why a bypass is used; may be empty
	Origin store.Origin // where the command came from; zero: nothing is kept
	// Decide returns the events that the command leads to on a state, or why it is
	// refused. It is pure, for it may run several times; no events means that there is
	// nothing to do.
	Decide func(*state.State) ([]state.Event, error)
	// Also, which may be nil, writes to plain tables in the same transaction.
	Also func(*store.Tx) error
}

// Do decides a command on the newest state and appends its events. It returns the
// state right after them, or the state it decided on if there are none. When it
// returns, this node's subscribers have seen the change.
//
// Errors: what Decide or Also return, as it is; a Permission fault from the gate; an
// Unavailable fault with RetryAfter while this node cannot write.
func (e *Engine) Do(ctx context.Context, c Command) (*state.State, error) { panic("being written") }

// Change is one step from a state to the next: one batch.
type Change struct {
	Before, After *state.State
	Events        []state.Applied
}

// Subscribe makes the engine call fn for every change from now on, whichever node
// it came from: in the order of the ledger, one at a time, after State returns the
// new state. fn must be fast, and must not call Do. Subscribe before Run and Do.
func (e *Engine) Subscribe(fn func(Change)) { panic("being written") }

// Await waits until this node has reached a revision. It fails with an Unavailable
// fault when ctx is done before.
func (e *Engine) Await(ctx context.Context, revision int64) error { panic("being written") }

// Status says how this node is doing: for /ready, for answers to writes, for metrics.
type Status struct {
	// Ready is false when this node should get no requests; Reason says why, in a sentence.
	Ready  bool
	Reason string
	// CanWrite is false when Do would answer Unavailable; WriteReason says why, in a sentence.
	CanWrite    bool
	WriteReason string

	Head ledger.Head // the newest that this node has folded
	// Age is how long ago the state was known to be the newest there is.
	Age time.Duration
}

// Status returns how this node is doing now.
func (e *Engine) Status() Status { panic("being written") }

// Lost are the revisions that were in the ledger before a database was restored from a
// backup, and are not in it any more. Events of a new history may have taken their numbers.
type Lost struct{ From, To int64 }

// AcceptRestore agrees to go on from a database that was restored from a backup, and
// returns what is lost. It fails with an InvalidOperation fault if nothing was restored.
func (e *Engine) AcceptRestore(ctx context.Context, reason string) (Lost, error) {
	panic("being written")
}
