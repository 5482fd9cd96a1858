package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/consequence"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// A database that does not hold a head that this node has seen went back: it was
// restored from a backup. What happened after the backup is lost, and only a person can
// say that this is meant. So the last head is kept where no backup of the database
// reaches: in memory, and in the file HEAD of the data folder.

// recallHead reads HEAD at a start, and looks whether the database still holds it.
func (e *Engine) recallHead(ctx context.Context) error {
	known, err := e.head.read()
	if err != nil {
		return err
	}
	if known.Revision > 0 {
		e.status.remember(known, false)
	}
	return e.lookBack(ctx)
}

// lookBack finds out whether the database holds what this node has seen.
func (e *Engine) lookBack(ctx context.Context) error {
	s := e.State()
	known, _ := e.status.wentBack()
	serves, err := e.DB.Holds(ctx, s.Head())
	if err != nil {
		return err
	}
	if serves && s.Lost(known) {
		known = s.Head()
	}
	holds, err := e.DB.Holds(ctx, known)
	if err != nil {
		return err
	}
	if holds && !serves {
		known = s.Head()
	}
	e.status.remember(known, !holds || !serves)
	return nil
}

// Lost are revisions that were in the ledger before its database was restored from a
// backup, and are not there any more. Other events may have taken their place since.
type Lost struct {
	From, To int64
	// Suspended are the change requests whose schedules were suspended by agreeing to it, by the time that they had.
	Suspended []*changerequest.Request
}

// AcceptRestore agrees to go on from a database that was restored from a backup, and
// returns what is lost for sure. It records that in the ledger, so that other nodes
// which have seen the same go on too when they are started again.
//
// Errors: an InvalidOperation fault if nothing was restored, or if this node has been
// running since before; a BadData fault without a reason; those of Do.
func (e *Engine) AcceptRestore(ctx context.Context, reason string) (Lost, error) {
	if strings.TrimSpace(reason) == "" {
		return Lost{}, fault.Field("/reason", "Say why the restored database is to be used; it is kept in the ledger.")
	}
	if err := e.takeTurn(ctx); err != nil {
		return Lost{}, err
	}
	defer e.endTurn()
	for {
		if err := e.catchUp(ctx); err != nil {
			return Lost{}, e.answer(ctx, err)
		}
		if e.status.stopped() {
			return Lost{}, e.status.refusal()
		}
		known, gone := e.status.wentBack()
		if !gone {
			return Lost{}, fault.New(fault.InvalidOperation, "The database holds everything that this node has seen up to revision %d; there is nothing to accept.", known.Revision)
		}
		s := e.State()
		lost := Lost{From: min(s.Revision()+1, known.Revision), To: known.Revision, Suspended: slices.Collect(s.Due())}
		head, err := e.recordRestore(ctx, s, known, reason)
		switch {
		case errors.Is(err, store.ErrHeadMoved):
			continue
		case errors.Is(err, store.ErrHeadUnknown):
			return Lost{}, fault.New(fault.InvalidOperation, "This node still serves what was lost at revision %d. Stop it before you accept the restore.", s.Revision())
		case err != nil:
			return Lost{}, e.answer(ctx, err)
		}
		e.status.remember(head, false)
		e.keepHead()
		e.Log.Warn("a restored database was accepted", "from", lost.From, "to", lost.To, "reason", reason)
		return lost, nil
	}
}

// recordRestore appends that the restored database was accepted, and returns the head
// from which the ledger goes on: what is scheduled waits for somebody to decide anew, since a decision about it
// may be lost. An empty database has no ledger to record it in.
func (e *Engine) recordRestore(ctx context.Context, s *state.State, lost ledger.Head, reason string) (ledger.Head, error) {
	if s.Revision() == 0 {
		return s.Head(), nil
	}
	at := e.timeOn(s)
	events := []state.Event{{Payload: state.LedgerRestoreAccepted{Lost: lost, Reason: reason}}}
	follow, err := consequence.Of(consequence.Write{Before: s, Events: events, By: access.SystemRef, At: at})
	if err != nil {
		return ledger.Head{}, err
	}
	next, err := e.append(ctx, s, Command{Actor: access.System()}, e.NewID(), at, append(events, follow...))
	if err != nil {
		return ledger.Head{}, err
	}
	return next.Head(), nil
}

// keepHead writes HEAD, unless the database went back.
func (e *Engine) keepHead() {
	known, gone := e.status.wentBack()
	if gone {
		return
	}
	if err := e.head.write(known); err != nil {
		e.Log.Error("the head of the ledger could not be written down", "file", e.head.path, "error", err)
	}
}

// headFile is the file HEAD, if there is a path.
type headFile struct {
	path    string
	mu      sync.Mutex
	written ledger.Head // what the file holds, as far as that is known
}

// read returns the zero Head if there is no file.
func (f *headFile) read() (ledger.Head, error) {
	if f.path == "" {
		return ledger.Head{}, nil
	}
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return ledger.Head{}, nil
	}
	if err != nil {
		return ledger.Head{}, err
	}
	var head ledger.Head
	if err := json.Unmarshal(data, &head); err != nil {
		return ledger.Head{}, fmt.Errorf("%s does not hold the head of a ledger; if you remove it, a restored database goes unnoticed: %w", f.path, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written = head
	return head, nil
}

// write replaces the file in one step, so that a crash leaves the old one or the new one.
func (f *headFile) write(head ledger.Head) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" || head == f.written {
		return nil
	}
	data, err := json.Marshal(head)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // there is nothing to remove after the rename
	_, err = file.Write(append(data, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), f.path); err != nil {
		return err
	}
	f.written = head
	return nil
}
