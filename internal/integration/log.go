package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/store"
)

// What became of attempts: counted since this process began, for Prometheus, and kept in the database, for administrators.

// Result is what became of attempts: success, successWithErrors or failed, at a provider.
type Result struct{ State, Provider string }

// handled counts the attempts of this process.
type handled struct {
	mu     sync.Mutex
	counts map[Result]int
}

func (h *handled) count(r Result) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.counts == nil {
		h.counts = map[Result]int{}
	}
	h.counts[r]++
}

// Handled returns how many attempts this process has made, by what became of them.
func (h *handled) Handled() map[Result]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.counts)
}

// kept is how many attempts of an integration are remembered.
// The row is written in the transaction that drops what is too much.
const kept = 100

// Attempt is what became of an attempt, as administrators read it.
// Event is looked up when it is read, so that it names nobody who was deleted since; its id is 0 for a test.
type Attempt struct {
	ID          int64
	Integration int64
	At          time.Time
	State       string // success, successWithErrors or failed
	Said        string // a sentence
	Event       eventlog.Event
	Details     map[string]any
}

// keep stores what became of an attempt. target is the integration's id as a text, as the delivery has it.
func (x *Integrations) keep(ctx context.Context, target string, e store.IntegrationEvent, details map[string]any) error {
	var err error
	if e.Integration, err = strconv.ParseInt(target, 10, 64); err != nil {
		return err
	}
	if e.Details, err = json.Marshal(details); err != nil {
		return err
	}
	return x.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddIntegrationEvent(e, kept) })
}

// Attempts returns a page of what became of the attempts of an integration, the newest first.
// Who may ask, adminapi checks.
//
// Faults: NotFound.
func (x *Integrations) Attempts(ctx context.Context, id int64, offset, limit int) ([]Attempt, error) {
	if _, err := app.Integration(x.State(), id); err != nil {
		return nil, err
	}
	rows, err := x.DB.IntegrationEvents(ctx, id, offset, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	events := map[int64]eventlog.Event{}
	var revisions []int64
	for _, row := range rows {
		if row.Revision != 0 {
			revisions = append(revisions, row.Revision)
		}
	}
	// Without ids, Search would return any events.
	if len(revisions) > 0 {
		found, _, err := x.Events.Search(ctx, eventlog.Query{IDs: revisions, Limit: len(revisions)})
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			events[e.ID] = e
		}
	}
	list := make([]Attempt, len(rows))
	for i, row := range rows {
		a := Attempt{ID: row.ID, Integration: id, At: row.At, State: row.State, Said: row.Said, Event: events[row.Revision]}
		if row.Revision == 0 {
			a.Event = eventlog.Event{Type: testType, CreatedAt: row.At.UTC().Format(stampForm), Tags: []eventlog.EventTag{}, Label: "A test"}
		}
		if err := json.Unmarshal(row.Details, &a.Details); err != nil {
			return nil, fmt.Errorf("integration: attempt %d: %w", row.ID, err)
		}
		list[i] = a
	}
	return list, nil
}
