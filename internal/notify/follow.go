package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// From the ledger to rows. The cursor, the inbox items and the deliveries are written in one transaction (docs/adr/0020), so every
// event is told once, whatever node does it and wherever it stops. What is told is worked out before, without a lock: if another node
// was faster, the cursor is not where it was, and the work is thrown away.

// cursor is how far people have been told what the ledger says.
// It is the name of a row, and must not change.
const cursor = "notify"

// atOnce is how many events are read at once: few, since what is told of them is written in one
// transaction, for which writes of requests wait on SQLite.
// A batch is never cut: Tail reads the rest of the last one's.
const atOnce = 25

// Begin puts the cursor at the end of the ledger, unless it is somewhere already: people are not
// told what happened before there was anybody to tell them.
// A start calls it before anything is followed.
func (n *Notify) Begin(ctx context.Context) error {
	return n.DB.Update(ctx, func(tx *store.Tx) error { return tx.BeginCursor(cursor, n.State().Revision()) })
}

// Follow tells people what the ledger says that they have not been told, up to the state that
// this node has.
// It returns when there is nothing more, or with the first error: then the cursor stands before what failed, and the next call
// begins there. So one event that cannot be told holds up all that come after it, which is logged.
func (n *Notify) Follow(ctx context.Context) error {
	for {
		s := n.State()
		from, err := n.DB.Cursor(ctx, cursor)
		if err != nil {
			return fmt.Errorf("notify: follow: %w", err)
		}
		if from >= s.Revision() {
			return nil
		}
		entries, err := n.DB.Tail(ctx, from, atOnce)
		if err != nil {
			return fmt.Errorf("notify: follow: %w", err)
		}
		// What this node has not folded yet may be what it cannot read.
		entries = slices.DeleteFunc(entries, func(e ledger.Entry) bool { return e.Revision > s.Revision() })
		if len(entries) == 0 {
			return nil
		}
		tidings, err := n.read(ctx, s, entries)
		if err != nil {
			return fmt.Errorf("notify: follow: %w", err)
		}
		var away []Delivery
		if n.Outside != nil {
			if away, err = n.Outside.Deliveries(ctx, s, entries); err != nil {
				return fmt.Errorf("notify: follow: %w", err)
			}
		}
		if err := n.tell(ctx, from, entries[len(entries)-1].Revision, tidings, away); err != nil {
			return fmt.Errorf("notify: follow: %w", err)
		}
	}
}

// tiding is what one person is to be told.
// tells names what is told, the same at every attempt: together with the account it makes the inbox item unique.
type tiding struct {
	to    recipient
	tells string
	Notification
}

// tell writes the rows and moves the cursor, in one transaction. If another node has moved it
// meanwhile, it has told, and nothing is written.
// Hints come after the transaction, when deliverers can see the rows.
func (n *Notify) tell(ctx context.Context, from, to int64, tidings []tiding, away []Delivery) error {
	// Each is looked up once, and outside of the transaction, which blocks writers on SQLite.
	readers := map[int64]reader{}
	for _, t := range tidings {
		if _, known := readers[t.to.account]; known {
			continue
		}
		r, err := n.reader(ctx, t.to.account)
		if err != nil {
			return err
		}
		readers[t.to.account] = r
	}
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.MoveCursor(cursor, from, to)
		if err != nil || !moved {
			return err
		}
		for _, t := range tidings {
			if err := n.give(tx, t.to, readers[t.to.account], t.tells, t.Notification); err != nil {
				return err
			}
		}
		for _, d := range away {
			if err := tx.AddDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(tidings) > 0 {
		hint(n.due)
	}
	if err == nil && len(away) > 0 {
		n.Hurry()
	}
	return err
}

// read returns what people are to be told of the entries, which are whole batches.
// stories are kept from batch to batch: several events of one request in a row are usual.
func (n *Notify) read(ctx context.Context, s *state.State, entries []ledger.Entry) ([]tiding, error) {
	stories := map[changerequest.ID]map[int64]step{}
	var tidings []tiding
	for len(entries) > 0 {
		size := entries[0].Size
		batch, err := n.happenings(ctx, s, entries[:size], stories)
		if err != nil {
			return nil, err
		}
		tidings = append(tidings, tidingsOf(s, batch)...)
		entries = entries[size:]
	}
	return tidings, nil
}

// toldEvent is an event of a batch of which somebody may be told.
type toldEvent struct {
	*happening
	stored ledger.Event
	event  state.Event
}

// happenings returns those events of a batch that the table has rows for.
// stories gets those of the requests that were not in it.
func (n *Notify) happenings(ctx context.Context, s *state.State, batch []ledger.Entry, stories map[changerequest.ID]map[int64]step) ([]toldEvent, error) {
	var all []toldEvent
	// What is known of the batch as a whole: comments that came beside something else, requests that the timer was about to apply, and
	// the projects in which something changed.
	said, ran := map[changerequest.ID]string{}, map[changerequest.ID]bool{}
	projects := map[flag.ProjectID]bool{}
	for _, entry := range batch {
		if entry.Project != "" {
			projects[flag.ProjectID(entry.Project)] = true
		}
		if entry.Type == (changerequest.ScheduleSucceeded{}).EventType() || entry.Type == (changerequest.ScheduleFailed{}).EventType() {
			ran[changerequest.ID(entry.Group.ID)] = true
		}
		if !told(entry.Type) {
			continue
		}
		event, err := state.Decode(entry.Event)
		if err != nil {
			return nil, err
		}
		h := &happening{state: s, project: event.Project, payload: event.Payload, actor: access.Ref(entry.Actor)}
		if p, ok := event.Payload.(state.ChangeRequestEvent); ok {
			if stories[p.ID] == nil {
				if stories[p.ID], err = n.story(ctx, s, p.ID, entry.Revision); err != nil {
					return nil, err
				}
			}
			if ran[p.ID] {
				h.actor = access.SystemRef // in the name of who scheduled it, who may be asleep
			}
			at := stories[p.ID][entry.Revision]
			h.before, h.after = at.before, at.after
			if c, ok := p.Fact.(changerequest.Commented); ok {
				said[p.ID] = c.Text
			}
		}
		all = append(all, toldEvent{h, entry.Event, event})
	}
	for i, t := range all {
		// What was said while a request was sent to review was said of a request in review.
		// A comment in the batch of the submission comes before it, so it has no step of its own: its request was a draft then.
		for _, later := range all[i+1:] {
			if t.fact() != nil && t.after == nil && later.event.Group == t.event.Group {
				t.before, t.after = later.before, later.after
			}
		}
		if err := n.complete(ctx, t, said, projects); err != nil {
			return nil, err
		}
	}
	// Drafts have no story.
	return slices.DeleteFunc(all, func(t toldEvent) bool { return t.fact() != nil && t.after == nil }), nil
}

// complete fills in what the rest of the batch says about an event: the comment beside it, and
// where a bypass has changed something; and who is mentioned.
// projects are those of the batch; said are its comments by request.
func (n *Notify) complete(ctx context.Context, t toldEvent, said map[changerequest.ID]string, projects map[flag.ProjectID]bool) error {
	switch p := t.payload.(type) {
	case state.ChangeRequestEvent:
		t.text = said[p.ID]
		switch fact := p.Fact.(type) {
		case changerequest.Commented:
			t.text = fact.Text
			var err error
			t.mentioned, err = n.named(ctx, fact.Text)
			return err
		case changerequest.CancelledEvent:
			if fact.Reason != "" {
				t.text = fact.Reason
			}
		case changerequest.ScheduleSuspended:
			t.text = fact.Reason + " " + fact.Cause.Kind.Remedy()
		case changerequest.ScheduleFailed:
			t.text = fact.Reason
		default: // has no reason of its own
		}
	case state.ChangeRequestsBypassed:
		t.text = p.Reason
		if t.project != "" {
			projects = map[flag.ProjectID]bool{t.project: true}
		}
		for project := range projects {
			// An event that names no project is about several, and a bypass says only which environments: who approves in one of them
			// is told.
			for _, env := range p.Environments {
				t.places = append(t.places, changerequest.Place{Project: project, Environment: env})
			}
		}
	default: // says all itself
	}
	return nil
}

// named returns the accounts whose usernames or e-mail addresses a text mentions.
// A name that nobody has is passed over: a text may hold any word behind an @.
func (n *Notify) named(ctx context.Context, text string) ([]int64, error) {
	var ids []int64
	for _, name := range mentions(text) {
		person, err := n.DB.PersonNamed(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, person.ID)
	}
	return ids, nil
}

// step is a request before and after an event.
type step struct{ before, after *changerequest.Request }

// story returns what a request was like before and after its events from a revision on, up to
// that of the state. It is read from the ledger: the state does not have closed requests, nor
// earlier versions of open ones.
// The result is by revision. It is read once for each request, from its creation on, as there is no other way to come by what it was.
func (n *Notify) story(ctx context.Context, s *state.State, id changerequest.ID, from int64) (map[int64]step, error) {
	events, err := n.DB.Events(ctx, store.EventFilter{Group: state.RequestGroup(id)})
	if err != nil {
		return nil, err
	}
	slices.Reverse(events)
	steps := map[int64]step{}
	var r *changerequest.Request
	for _, stored := range events {
		if stored.Revision > s.Revision() {
			break
		}
		event, err := state.Decode(stored)
		if err != nil {
			return nil, err
		}
		p, ok := event.Payload.(state.ChangeRequestEvent)
		if !ok || p.ID != id {
			continue // what its changes led to
		}
		// It is a request's first event, so r is set for all others.
		if created, ok := p.Fact.(changerequest.Created); ok {
			r = changerequest.New(id, changerequest.Place{Project: event.Project, Environment: event.Environment}, created, stored.At, access.Ref(stored.Actor))
			continue
		}
		next, err := r.After(p.Fact, stored.At, access.Ref(stored.Actor))
		if err != nil {
			return nil, fmt.Errorf("change request %d at revision %d: %w", id, stored.Revision, err)
		}
		// Drafts, which may be large and change often, are nobody's business.
		if stored.Revision >= from && next.Submitted() {
			steps[stored.Revision] = step{r, next}
		}
		r = next
	}
	return steps, nil
}

// tidingsOf returns who is to be told what of one batch. Rows that come first in the table go
// before others, for the same person and request.
// It goes by the table first and by the batch within a row, so that the order of the table decides, not that of events.
func tidingsOf(s *state.State, batch []toldEvent) []tiding {
	type about struct {
		account int64
		request changerequest.ID
	}
	// A request of 0 stands for all that is about none, bypasses for example: of those, too, each batch tells a person one.
	known := map[about]bool{}
	var all []tiding
	for _, r := range table {
		for _, t := range batch {
			told := t.notification(r.topic)
			for _, to := range r.recipients(t.happening) {
				if known[about{to.account, told.Request}] {
					continue
				}
				known[about{to.account, told.Request}] = true
				told.headOf(s)
				all = append(all, tiding{to, told.tells(t.stored.Revision), told})
			}
		}
	}
	return all
}

// notification returns what is told of an event.
// Names are left as ids; the ledger's end is set by the caller.
func (t *toldEvent) notification(topic Topic) Notification {
	told := Notification{
		Topic: topic, Project: t.event.Project, Environment: t.event.Environment,
		Actor: t.actor, Text: t.text, At: t.stored.At,
	}
	switch p := t.payload.(type) {
	case state.ChangeRequestEvent:
		told.Request, told.Title = p.ID, t.after.ShownTitle()
		told.Off = reopened(t.happening)
		switch fact := p.Fact.(type) {
		case changerequest.ScheduledEvent:
			told.Due = &fact.At
		case changerequest.ScheduleSuspended, changerequest.ScheduleFailed:
			told.Due = &t.before.Schedule.At
		default: // is about no time to come
		}
	case state.ChangeRequestsBypassed:
		if told.Environment == "" {
			told.More = p.Environments
		}
		told.Closed = len(p.Closed) > 0
	case state.SettingUpdated:
		told.Off = off(p.After)
	default: // the table has no other
	}
	return told
}

// tells names what a notification tells. A review of a request is asked for once of everyone.
// It is part of the stored inbox item, and must not change, or people are told again what they have been told.
func (n *Notification) tells(revision int64) string {
	if n.Topic == ReviewRequested {
		return fmt.Sprintf("review of %d", n.Request)
	}
	return fmt.Sprintf("event %d", revision)
}
