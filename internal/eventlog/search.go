package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// Query says which events are wanted. An event must satisfy every field that is set;
// it satisfies a list by having one of its values. Whether the reader may know of the projects is for the caller to put
// into Projects: here, only drafts are hidden.
type Query struct {
	// Text must occur in the data or the data before, whatever its case. Only the
	// newest events that satisfy the other fields are looked through, see searched.
	Text         string
	IDs          []int64
	Types        []string
	Projects     []string
	Environments []string
	Features     []string
	CreatorIDs   []int64
	// GroupIDs are ids of transactions, or the number of one change request.
	GroupIDs []string
	From, To time.Time // From is included, To is not

	// Offset and Limit choose a page; Limit must be set.
	Offset, Limit int
	// Reader is who asks: what others have in drafts is not theirs to read.
	Reader access.Ref
	// WithOrigin adds the addresses from which the changes were made.
	WithOrigin bool
}

// searched is how many events a search for text looks through, and chunk how many of
// them it reads at once. A text cannot be found by an index, so it is looked for in what is read, and the bound is one on
// how long that takes. An export has no such bound, since it is read as it comes.
const (
	searched = 100_000
	chunk    = 1_000
)

// Search returns a page of the events that match, newest first, and how many match in
// all: with Text, in all that were looked through. The total is counted only if the page does not tell it by itself:
// counting may cost more than the page.
func (l *Log) Search(ctx context.Context, q Query) ([]Event, int, error) {
	filter, possible, err := l.filter(ctx, q)
	if err != nil || !possible {
		return []Event{}, 0, err
	}
	if q.Text != "" {
		return l.searchText(ctx, q, filter)
	}
	pieces := l.pieces(filter)
	stored, err := l.page(ctx, pieces, q.Offset, q.Limit)
	if err != nil {
		return nil, 0, err
	}
	total := q.Offset + len(stored)
	if len(stored) == q.Limit || len(stored) == 0 && q.Offset > 0 { // it is not the last page
		if total, err = l.count(ctx, pieces...); err != nil {
			return nil, 0, err
		}
	}
	events, err := l.present(ctx, q, stored)
	return events, total, err
}

// filter returns what the store is to look for, and whether anything can be found at all. Nothing can be found of creators
// who never did anything, and under group ids that are none. A number is a change request's, and counts only if it is the
// one group that is asked for, which is all that the store looks up.
func (l *Log) filter(ctx context.Context, q Query) (store.EventFilter, bool, error) {
	filter := store.EventFilter{
		Revisions: q.IDs, Types: q.Types, Projects: q.Projects, Environments: q.Environments,
		Features: q.Features, From: q.From, To: q.To,
	}
	// An id may stand for several references: all admin tokens have one.
	if len(q.CreatorIDs) > 0 {
		actors, err := l.actorsOf(ctx, q.CreatorIDs)
		if err != nil || len(actors) == 0 {
			return filter, false, err
		}
		filter.Actors = actors
	}
	for _, id := range q.GroupIDs {
		if batch, err := ledger.ParseBatchID(id); err == nil {
			filter.Batches = append(filter.Batches, batch)
		} else if number, err := strconv.ParseInt(id, 10, 64); err == nil && len(q.GroupIDs) == 1 {
			filter.Group = ledger.Group{Kind: "change-request", ID: number}
		}
	}
	var err error
	if filter.Without, err = l.draftedFor(ctx, q); err != nil {
		return filter, false, err
	}
	possible := len(q.GroupIDs) == 0 || len(filter.Batches) > 0 || filter.Group.ID != 0
	return filter, possible, nil
}

// searchText looks through the newest events that the filter lets through. All that is looked through is counted, also
// behind the page, so that the total does not depend on which page is asked for.
func (l *Log) searchText(ctx context.Context, q Query, filter store.EventFilter) ([]Event, int, error) {
	text := sought(q.Text)
	var page []ledger.Event
	total := 0
	drafts := l.drafts(q.Reader)
	err := l.each(ctx, filter, searched, func(stored []ledger.Event) error {
		found, err := matching(ctx, stored, text, drafts)
		for _, e := range found {
			if total >= q.Offset && len(page) < q.Limit {
				page = append(page, e)
			}
			total++
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	events, err := l.present(ctx, q, page)
	return events, total, err
}

// each reads the events that the filter lets through, newest first, a chunk at a time, and stops
// after so many; limit 0: never. Each chunk begins behind the one before, whatever is appended meanwhile. The time is given
// beside the revision so that an index by time can be entered there. fn may get an empty chunk, if nothing matches.
func (l *Log) each(ctx context.Context, filter store.EventFilter, limit int, fn func([]ledger.Event) error) error {
	filter.Limit, filter.Offset = chunk, 0
	for seen := 0; limit == 0 || seen < limit; seen += chunk {
		stored, err := l.db.Events(ctx, filter)
		if err != nil {
			return away("read events", err)
		}
		if err := fn(stored); err != nil || len(stored) < chunk {
			return err
		}
		last := stored[len(stored)-1]
		filter.Before, filter.To = last.Revision, last.At.Add(time.Microsecond) // of one time there may be more
	}
	return nil
}

// sought returns a text as it is looked for in data: in small letters, and as JSON has it. So a text with a quotation mark
// or a < is found, which JSON writes as an escape.
func sought(text string) string {
	written, err := json.Marshal(strings.ToLower(text))
	if err != nil {
		return strings.ToLower(text) // no text is that strange
	}
	return string(written[1 : len(written)-1])
}

// contains reports whether a text, as sought has it, occurs in the data that an event shows. What an event
// shows is made of what it says and where, so most are done with at a glance.
func contains(stored ledger.Event, text string) bool {
	if !strings.Contains(strings.ToLower(string(stored.Payload)), text) &&
		!strings.Contains(strings.ToLower(stored.Project+"\x00"+stored.Environment+"\x00"+stored.Feature), text) {
		return false
	}
	_, seen, err := view(stored)
	if err != nil {
		return false // present would say so
	}
	for _, data := range []any{seen.data, seen.before} {
		if written, err := json.Marshal(data); err == nil && data != nil && strings.Contains(strings.ToLower(string(written)), text) {
			return true
		}
	}
	return false
}

// present returns stored events in their public form. They stay in order, and each is there: what is hidden from the reader
// is taken out of the event, not out of the list.
func (l *Log) present(ctx context.Context, q Query, stored []ledger.Event) ([]Event, error) {
	who, err := l.creators(ctx, stored)
	if err != nil {
		return nil, err
	}
	var origins map[ledger.BatchID]store.Origin
	if q.WithOrigin {
		batches := make([]ledger.BatchID, len(stored))
		for i := range stored {
			batches[i] = stored[i].Batch
		}
		if origins, err = l.db.Origins(ctx, batches...); err != nil {
			return nil, away("origins", err)
		}
	}
	drafts := l.drafts(q.Reader)
	events := make([]Event, len(stored))
	for i := range stored {
		if events[i], err = l.project(stored[i], who); err != nil {
			return nil, fmt.Errorf("eventlog: event %d: %w", stored[i].Revision, err)
		}
		hidden, err := drafts.hides(ctx, &stored[i])
		if err != nil {
			return nil, err
		}
		if hidden {
			events[i].hide(stored[i].Group)
		}
		events[i].IP = origins[stored[i].Batch].IP
	}
	return events, nil
}
