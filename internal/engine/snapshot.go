package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// restoreSnapshot returns the state of the newest snapshot that can be used, up to a revision, or
// that of an empty ledger. Snapshots are a cache: one that cannot be read only costs time.
func (e *Engine) restoreSnapshot(ctx context.Context, notAfter int64) (*state.State, error) {
	for {
		snapshot, err := e.DB.NewestSnapshot(ctx, state.SnapshotFormat, notAfter)
		if errors.Is(err, store.ErrNotFound) {
			return &state.State{}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("engine: read a snapshot: %w", err)
		}
		s, err := unpack(snapshot)
		if err == nil {
			var held bool
			held, err = e.DB.Holds(ctx, s.Head())
			if err == nil && held {
				return s, nil
			}
			if err != nil {
				return nil, fmt.Errorf("engine: read a snapshot: %w", err)
			}
			err = errors.New("the ledger does not hold its head")
		}
		e.Log.Warn("a snapshot is passed over", "revision", snapshot.Revision, "error", err)
		notAfter = snapshot.Revision - 1
	}
}

// wantSnapshot asks for a snapshot of a state, in place of one that was asked for
// and is not begun.
func (e *Engine) wantSnapshot(s *state.State) {
	select {
	case <-e.due:
	default:
	}
	e.due <- s // there is room: only the holder of publishing sends
}

// saveSnapshot writes a state down, and removes snapshots that are no longer needed.
func (e *Engine) saveSnapshot(ctx context.Context, s *state.State) {
	err := e.pack(ctx, s)
	if err == nil {
		e.status.snapshot(s.Revision())
		_, err = e.DB.PruneSnapshots(ctx, state.SnapshotFormat, e.Now())
	}
	if err != nil && ctx.Err() == nil {
		e.Log.Warn("a snapshot could not be kept", "revision", s.Revision(), "error", err)
	}
}

// pack stores a snapshot.
func (e *Engine) pack(ctx context.Context, s *state.State) error {
	data, err := state.Snapshot(s)
	if err != nil {
		return err
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return e.DB.SaveSnapshot(ctx, store.Snapshot{
		Revision: s.Revision(),
		Hash:     s.Head().Hash,
		Format:   state.SnapshotFormat,
		At:       e.Now(),
		Body:     encoder.EncodeAll(data, nil),
	})
}

// unpack reads a snapshot, which must be of the revision that it is stored under.
func unpack(stored store.Snapshot) (*state.State, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	data, err := decoder.DecodeAll(stored.Body, nil)
	if err != nil {
		return nil, err
	}
	s, err := state.Restore(data)
	if err != nil {
		return nil, err
	}
	if head := s.Head(); head.Revision != stored.Revision || head.Hash != stored.Hash {
		return nil, fmt.Errorf("it is of revision %d", head.Revision)
	}
	return s, nil
}
