package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// What an event leads to, decided by notify's goroutine behind the cursor, batch by batch. What is decided here is who is sent
// something; what it says, occasion.go looks up later. A delivery is written once, since it is written with the cursor.

// For how long something is tried: an event for longer than a weekend, a test once, while somebody
// waits for it.
const (
	eventLife = 3 * 24 * time.Hour
	testLife  = 20 * time.Second
)

// requestTypes are the types of events that say what becomes of a change request itself.
var requestTypes = changerequest.EventTypes()

// cargo is what a delivery carries. Names are looked up when it is sent.
// It is stored as JSON for days, so fields may be added, and must keep their meaning.
type cargo struct {
	Revision int64         `json:"revision,omitempty"` // of the event; 0: this is a test
	Request  *requestFacts `json:"changeRequest,omitempty"`
	Tested   access.Ref    `json:"testedBy,omitempty"`
	At       time.Time     `json:"at,omitzero"` // of a test
	Head     ledger.Head   `json:"head"`        // the end of the ledger when this was written
}

// requestFacts are a change request as it was after the batch of an event.
// Unlike names they are kept in the delivery: what the request is like when it is sent may be another story.
type requestFacts struct {
	ID        changerequest.ID    `json:"id"`
	Title     string              `json:"title"`
	State     changerequest.State `json:"state"`
	Author    access.Ref          `json:"author"`
	Round     int                 `json:"round"`
	ContentID string              `json:"contentId"`
}

// Deliveries returns what is to be sent of entries, which are whole batches.
// Who wants what is asked of s, the newest state, although the entries may be older: an integration that was changed
// meanwhile is sent what it asks for now. The cursor is rarely far behind.
func (x *Integrations) Deliveries(ctx context.Context, s *state.State, entries []ledger.Entry) ([]notify.Delivery, error) {
	if s.IntegrationCount() == 0 {
		return nil, nil
	}
	var all []notify.Delivery
	for len(entries) > 0 {
		size := entries[0].Size
		some, err := x.ofBatch(ctx, s, entries[:size])
		if err != nil {
			return nil, fmt.Errorf("integration: %w", err)
		}
		all = append(all, some...)
		entries = entries[size:]
	}
	return all, nil
}

// ofBatch returns what is to be sent of one batch, in the order of its events. Of a draft, nothing is; the batch that submits it
// first sends what it consists of (docs/integrations.md, "What is sent").
func (x *Integrations) ofBatch(ctx context.Context, s *state.State, batch []ledger.Entry) ([]notify.Delivery, error) {
	// Each request is read once per batch, since that takes a query; most batches have at most one.
	requests := map[changerequest.ID]*requestFacts{} // nil: a draft
	var all []notify.Delivery
	send := func(e *ledger.Event, r *requestFacts) error {
		for _, i := range wanting(s, e) {
			d, err := x.delivery(i.ID, cargo{Revision: e.Revision, Request: r, Head: s.Head()}, eventLife)
			if err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	}
	for _, entry := range batch {
		// A submission is looked at even if nobody wants it: somebody may want the events before it.
		if !submits(entry.Event) && len(wanting(s, &entry.Event)) == 0 {
			continue
		}
		var r *requestFacts
		if entry.Group.Kind == state.ChangeRequestGroup {
			id := changerequest.ID(entry.Group.ID)
			if _, known := requests[id]; !known {
				drafted, now, err := x.requestIn(ctx, id, batch)
				if err != nil {
					return nil, err
				}
				requests[id] = now
				for _, d := range drafted {
					if err := send(&d.event, d.request); err != nil {
						return nil, err
					}
				}
			}
			// What a draft led to is no draft any more: whoever bypasses may apply one's own.
			if r = requests[id]; r == nil && slices.Contains(requestTypes, entry.Type) {
				continue
			}
		}
		if err := send(&entry.Event, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// wanting returns the integrations that an event is to be sent to.
func wanting(s *state.State, e *ledger.Event) []*state.Integration {
	at := state.Scope{Project: flag.ProjectID(e.Project), Environment: flag.EnvironmentName(e.Environment)}
	var wanted []*state.Integration
	for i := range s.Integrations() {
		if i.Wants(e.Type, at) {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

// submits reports whether an event sends a change request to review: from then on it is not its author's alone.
func submits(e ledger.Event) bool { return e.Type == changerequest.SentToReview{}.EventType() }

// requestEvent is an event of a change request, with what the request was like after it.
type requestEvent struct {
	event   ledger.Event
	request *requestFacts
}

// requestIn returns what a change request is like after a batch; nil for a draft, which is its author's alone. If the batch
// submits it, what the draft consisted of comes with it: from now on the event log shows that as well.
func (x *Integrations) requestIn(ctx context.Context, id changerequest.ID, batch []ledger.Entry) ([]requestEvent, *requestFacts, error) {
	events, err := x.DB.Events(ctx, store.EventFilter{Group: state.RequestGroup(id), Types: requestTypes})
	if err != nil {
		return nil, nil, err
	}
	// The newest come first, and some may be of later batches, of which this one must not tell.
	events = slices.DeleteFunc(events, func(e ledger.Event) bool { return e.Revision > batch[len(batch)-1].Revision })
	slices.Reverse(events)
	submitted := slices.IndexFunc(events, submits)
	if submitted < 0 {
		return nil, nil, nil
	}
	var drafted []requestEvent
	for i, e := range events {
		// Only the batch of the submission brings the draft, and events of that batch itself are sent by ofBatch.
		if events[submitted].Revision < batch[0].Revision || e.Revision >= batch[0].Revision {
			break
		}
		then, err := factsOf(id, events[:i+1])
		if err != nil {
			return nil, nil, err
		}
		drafted = append(drafted, requestEvent{e, then})
	}
	now, err := factsOf(id, events)
	return drafted, now, err
}

// factsOf returns what the events of a change request, from its creation on, have made of it.
func factsOf(id changerequest.ID, events []ledger.Event) (*requestFacts, error) {
	r, err := state.Refold(id, events)
	if err != nil || r == nil {
		return nil, err
	}
	return &requestFacts{r.ID, r.ShownTitle(), r.State, r.Author, r.Round, r.ContentID()}, nil
}

// delivery returns a delivery that is due at once, and given up after life.
func (x *Integrations) delivery(integration int64, carried cargo, life time.Duration) (notify.Delivery, error) {
	payload, err := json.Marshal(carried)
	now := x.Now()
	return notify.Delivery{
		ID: x.NewID(), Kind: x.Kind(), Target: key(integration), Payload: payload,
		CreatedAt: now, DueAt: now, ExpiresAt: now.Add(life),
	}, err
}

// Test has something sent to an integration, and returns the id of the delivery. The integration's
// log says what became of it. It waits in the queue like all others, so that it shows what an event would meet, but its life is so
// short that it is tried once. It does not matter which events the integration wants.
//
// Faults: NotFound; BadData if the integration is disabled.
func (x *Integrations) Test(ctx context.Context, c app.Caller, id int64) (string, error) {
	if err := c.Actor.Require("", "", access.UpdateAddon); err != nil {
		return "", err
	}
	i, err := app.Integration(x.State(), id)
	if err != nil {
		return "", err
	}
	if !i.Enabled {
		return "", fault.New(fault.BadData, "The integration is disabled. Enable it first.")
	}
	d, err := x.delivery(id, cargo{Tested: c.Actor.Ref, At: x.Now(), Head: x.State().Head()}, testLife)
	if err != nil {
		return "", fmt.Errorf("integration: test: %w", err)
	}
	return d.ID, x.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddDelivery(d) })
}
