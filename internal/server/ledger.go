package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// What the command line does with a ledger without serving it. Each function opens the storage, does one thing and closes it.

// LedgerReport is what a whole ledger adds up to.
type LedgerReport struct {
	LedgerID string
	Head     ledger.Head
	Batches  int
	Digest   string // of the state; equal states have equal digests
}

// NoAnchor is the anchor of whoever has noted no head.
var NoAnchor ledger.Head

// VerifyLedger reads a ledger from its first entry to its last, checks the chain, and
// folds it. The ledger must hold the anchor, too, unless it is NoAnchor, and at least one event.
// Nothing is changed. The error is a *ledger.Break, which names the revision, if the chain does not
// hold; a *state.MisfitError or *state.UnknownEventError if it cannot be folded.
// Batches are folded one by one, so memory holds one state, whatever the ledger's length.
func VerifyLedger(ctx context.Context, where Storage, anchor ledger.Head) (report LedgerReport, err error) {
	db, err := where.openExisting(ctx)
	if err != nil {
		return LedgerReport{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	folded, anchored := &state.State{}, anchor == NoAnchor
	var batch []ledger.Entry
	report.Head, err = db.Verify(ctx, ledger.Head{}, func(entry ledger.Entry) error {
		anchored = anchored || anchor == ledger.Head{Revision: entry.Revision, Hash: entry.Hash}
		// A batch is folded whole: the state exists at its ends only.
		batch = append(batch, entry)
		if !entry.Last() {
			return nil
		}
		next, _, err := state.Fold(folded, batch)
		if err != nil {
			return err
		}
		folded, batch = next, batch[:0]
		report.Batches++
		return nil
	})
	if err != nil {
		return LedgerReport{}, fmt.Errorf("server: verify the ledger: %w", err)
	}
	// Nothing that could be wrong is not the same as right.
	if report.Head == (ledger.Head{}) {
		return LedgerReport{}, errors.New("the ledger is empty: no server has started on this database yet")
	}
	if !anchored {
		return LedgerReport{}, fmt.Errorf("the ledger holds together up to revision %d, but it does not hold revision %d with the hash %s: "+
			"it was restored from an older backup, or rewritten", report.Head.Revision, anchor.Revision, anchor.Hash)
	}
	report.LedgerID = folded.LedgerID()
	if report.Digest, err = state.Digest(folded); err != nil {
		return LedgerReport{}, fmt.Errorf("server: verify the ledger: %w", err)
	}
	return report, nil
}

// AcceptRestore agrees to go on from a database that was restored from a backup; see
// engine.AcceptRestore.
func AcceptRestore(ctx context.Context, where Storage, reason string) (lost engine.Lost, err error) {
	db, err := where.openExisting(ctx)
	if err != nil {
		return engine.Lost{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	e, err := engine.Open(ctx, where.engineOptions(db))
	if err != nil {
		return engine.Lost{}, fmt.Errorf("server: open the ledger: %w", err)
	}
	return e.AcceptRestore(ctx, reason)
}

// LedgerPast returns the states of a ledger at moments, in the order given, each of which is the
// sooner come by the nearer it is behind the one before. Nothing is changed.
// What a moment is, docs/time-travel.md tells.
func LedgerPast(ctx context.Context, where Storage, moments ...app.Moment) (states []app.Past, err error) {
	db, err := where.openExisting(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	var near *state.State
	for _, m := range moments {
		past, err := engine.PastOf(ctx, where.engineOptions(db), m, near)
		if err != nil {
			return nil, err
		}
		states, near = append(states, past), past.State
	}
	return states, nil
}
