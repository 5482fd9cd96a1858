package eventlog

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unique"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// blockSize is how many events are tallied together. What is in no block, or in one that a filter cuts
// through, is counted in the database, so smaller ones make counting faster and take more memory. What is counted for a
// block takes one grouping query, when it is full.
const blockSize = 1 << 16

// block is a stretch of the ledger, counted by what can be asked for. Nobody changes it.
type block struct {
	first, last int64     // revisions
	from, to    time.Time // when these two happened
	tallies     []tally
}

// tally is how many events of a block have these in common. The texts are handles because they repeat in each block:
// comparing them is comparing pointers, and each is in memory once.
type tally struct {
	typ, actor, project, environment unique.Handle[string]
	events                           int
}

// tally counts a block of events that begins with a revision, and keeps it. It reads by time as well as by revision, since
// the indexes begin with times. Times go to the microsecond, so To, which is not included, is one behind.
func (l *Log) tally(ctx context.Context, first int64) error {
	b := block{first: first, last: first + l.blockSize - 1}
	ends, err := l.db.Events(ctx, store.EventFilter{Revisions: []int64{b.last, b.first}})
	if err != nil {
		return away("tally", err)
	}
	if len(ends) != 2 {
		return fmt.Errorf("eventlog: tally: the database has gone back behind revision %d", b.last)
	}
	b.to, b.from = ends[0].At, ends[1].At
	counted, err := l.db.Tallies(ctx, store.EventFilter{
		After: b.first - 1, Before: b.last + 1, From: b.from, To: b.to.Add(time.Microsecond),
	})
	if err != nil {
		return away("tally", err)
	}
	b.tallies = make([]tally, len(counted))
	for i, t := range counted {
		b.tallies[i] = tally{unique.Make(t.Type), unique.Make(t.Actor), unique.Make(t.Project), unique.Make(t.Environment), t.Events}
	}
	l.known.mu.Lock()
	defer l.known.mu.Unlock()
	if n := len(l.known.blocks); n > 0 && l.known.blocks[n-1].last >= b.last {
		return nil // somebody else was faster
	}
	l.known.blocks = append(l.known.blocks, b)
	for _, t := range counted {
		if t.Actor != "" {
			l.known.actors[t.Actor] = true
		}
	}
	l.known.actorsAt = max(l.known.actorsAt, b.last)
	return nil
}

// piece is a stretch of the ledger in which a filter is looked for.
type piece struct {
	filter  store.EventFilter // bounded by the piece
	tallied bool              // else only the database knows how many match
	events  int
}

// pieces takes a filter apart, newest first: what is behind the blocks, each block, and what is before those
// that a time leaves whole. Blocks are counted by what their events have in common, so only filters by type, actor,
// project, environment and time are taken apart; any other is one piece, for the database.
func (l *Log) pieces(filter store.EventFilter) []piece {
	blocks := l.blocksIn(&filter)
	if len(blocks) == 0 {
		return []piece{{filter: filter}}
	}
	// Events of one moment may stand on both sides of a border, so the times of pieces overlap there, and the revisions
	// decide.
	within := func(after int64, from time.Time, before int64, to time.Time) store.EventFilter {
		f := filter
		f.After, f.From, f.Before, f.To = after, from, before, to
		return f
	}
	oldest, newest := blocks[0], blocks[len(blocks)-1]
	all := []piece{{filter: within(newest.last, newest.to, 0, filter.To)}}
	wanted := wants(&filter)
	for _, b := range slices.Backward(blocks) {
		all = append(all, piece{
			filter: within(b.first-1, b.from, b.last+1, b.to.Add(time.Microsecond)), tallied: true, events: wanted.count(b.tallies),
		})
	}
	if oldest.first > 1 {
		all = append(all, piece{filter: within(0, filter.From, oldest.first, oldest.from.Add(time.Microsecond))})
	}
	return all
}

// count returns how many events match, in some pieces together.
func (l *Log) count(ctx context.Context, pieces ...piece) (int, error) {
	total := 0
	for _, p := range pieces {
		if !p.tallied {
			var err error
			if p.events, err = l.db.CountEvents(ctx, p.filter); err != nil {
				return 0, away("count events", err)
			}
		}
		total += p.events
	}
	return total, nil
}

// page returns so many of the events that match, newest first, behind others. Blocks in which there are none, and
// those that are before the page as a whole, are passed over.
func (l *Log) page(ctx context.Context, pieces []piece, offset, limit int) ([]ledger.Event, error) {
	var page []ledger.Event
	for _, p := range pieces {
		if len(page) == limit {
			break
		}
		if p.tallied && p.events <= offset {
			offset -= p.events
			continue
		}
		p.filter.Offset, p.filter.Limit = offset, limit-len(page)
		some, err := l.db.Events(ctx, p.filter)
		if err != nil {
			return nil, away("search", err)
		}
		page = append(page, some...)
		if len(some) == 0 && offset > 0 && len(pieces) > 1 { // the page begins in another piece
			passed, err := l.count(ctx, p)
			if err != nil {
				return nil, err
			}
			offset = max(offset-passed, 0)
		} else {
			offset = 0
		}
	}
	return page, nil
}

// blocksIn returns the blocks that are whole within the time of a filter; none if it asks for something that
// is not tallied. A block is left out if the time asked for begins or ends within it. What is left is one stretch.
func (l *Log) blocksIn(f *store.EventFilter) []block {
	if len(f.Revisions)+len(f.Features)+len(f.Batches)+len(f.Without) > 0 || f.Before+f.After > 0 || f.Group.Kind != "" {
		return nil
	}
	l.known.mu.Lock()
	blocks := l.known.blocks
	l.known.mu.Unlock()
	for len(blocks) > 0 && blocks[0].from.Before(f.From) {
		blocks = blocks[1:]
	}
	for len(blocks) > 0 && !f.To.IsZero() && !blocks[len(blocks)-1].to.Before(f.To) {
		blocks = blocks[:len(blocks)-1]
	}
	return blocks
}

// wanted are the values that are asked for; nil: any.
type wanted struct{ types, actors, projects, environments values }

// values are those that one field may have.
type values map[unique.Handle[string]]bool

// wants returns the values that a filter asks for, of which an event must have one in each.
func wants(f *store.EventFilter) wanted {
	set := func(list []string) values {
		if len(list) == 0 {
			return nil
		}
		all := make(values, len(list))
		for _, value := range list {
			all[unique.Make(value)] = value != "" // nothing is not a value that can be asked for
		}
		return all
	}
	return wanted{types: set(f.Types), actors: set(f.Actors), projects: set(f.Projects), environments: set(f.Environments)}
}

func (w *wanted) count(tallies []tally) int {
	total := 0
	for i := range tallies {
		t := &tallies[i]
		if w.types.have(t.typ) && w.actors.have(t.actor) && w.projects.have(t.project) && w.environments.have(t.environment) {
			total += t.events
		}
	}
	return total
}

func (v values) have(value unique.Handle[string]) bool { return v == nil || v[value] }
