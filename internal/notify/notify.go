// Package notify tells people what concerns them: in their inbox, and by mail.
//
// It follows the ledger behind a cursor of its own. For each batch, the table says who is told
// of which event; their inbox items, the mails that are due, and the cursor are written in one
// transaction. So a request never waits for it, of several nodes one tells, and a restart loses
// nothing and repeats nothing.
//
//	topic.go       about what people are told, and how each wants it
//	table.go       event → who is told; printed as docs/notifications.md
//	audience.go    who that is: author, reviewers, approvers, mentioned, …
//	follow.go      behind the ledger: from batches to rows
//	remind.go      what no event tells: a deadline comes nearer
//	notification.go, inbox.go   what one person was told, and the list of it
//	digest.go      one mail a day for who wants that
//	queue.go       deliveries: attempts, back-off, giving up; whoever brings them
//	mail.go        bringing them by SMTP
//	letter.go, link.go, markdown.go   what mails say
//
// What goes to machines and chats, the room integration says and brings (see Outside): its deliveries are
// written in the same transaction, and wait in the same queue.
//
// What happens to a request does not belong here but in changerequest; who may see it in state;
// HTTP for the inbox in adminapi. Nobody asks this room to tell anything, but for links that
// people have asked for themselves.
package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Options are what the room works with. All are required, but for Mail and Outside.
type Options struct {
	DB    *store.DB
	State func() *state.State // the newest that this node knows
	Now   func() time.Time
	NewID func() string // a fresh id for a delivery
	Keys  Keys
	Log   *slog.Logger
	// URL is where people reach the server, without a slash at its end.
	URL string
	// Mail says how mails are sent; nil: there are none, and the inbox has everything.
	Mail *SMTP
	// Outside, which may be nil, is told as well.
	Outside Outside
}

// Outside is a room that brings what happens to others than people.
type Outside interface {
	Sender
	// Kind is the kind of its deliveries.
	Kind() string
	// Deliveries returns what is to be brought of entries, which are whole batches, the newest of
	// them no newer than the state.
	Deliveries(ctx context.Context, s *state.State, entries []ledger.Entry) ([]Delivery, error)
}

// Keys seal the links that wait in the queue: whoever has one could choose the password of
// the person whom it is for.
type Keys interface {
	Seal(kind, id string, secret []byte) []byte
	Open(kind, id string, box []byte) ([]byte, error)
}

// Notify tells people. Its methods may be called from several goroutines at once.
type Notify struct {
	Options
	senders map[string]Sender // by the kind of delivery
	// resting says until when targets are left alone that have failed, by the kind of delivery.
	resting map[string]map[string]time.Time
	// moved says that there may be something to tell; due and away, that there may be mails or
	// something else to deliver.
	// Each holds one hint: a second one would say nothing new.
	moved, due, away chan struct{}
}

// New returns a Notify. Run makes it work.
// A kind of delivery without a sender (mails, where there is no mail server) is not in senders, and what there is of it waits
// in the queue until a start has one.
func New(o Options) *Notify {
	n := &Notify{Options: o, senders: map[string]Sender{}, resting: map[string]map[string]time.Time{}, moved: make(chan struct{}, 1), due: make(chan struct{}, 1), away: make(chan struct{}, 1)}
	if o.Mail != nil {
		n.senders[kindMail] = &postman{n}
	}
	if o.Outside != nil {
		n.senders[o.Outside.Kind()] = o.Outside
	}
	for kind := range n.senders {
		n.resting[kind] = map[string]time.Time{}
	}
	return n
}

// Mails reports whether mails are sent.
func (n *Notify) Mails() bool { return n.Mail != nil }

// How often is looked without a hint: for what other nodes have written, and for attempts that
// have become due.
const (
	followEvery  = time.Second
	deliverEvery = 2 * time.Second
)

// Run follows the ledger and delivers, until ctx is done. What fails is logged, and tried again.
// Each kind of delivery has a goroutine, so that a mail server that hangs holds up no webhook.
func (n *Notify) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { n.again(ctx, "follow the ledger", followEvery, n.moved, n.Follow) })
	for kind := range n.senders {
		// There is one kind besides mails at most (Outside), so the two hints are enough.
		hinted := n.away
		if kind == kindMail {
			hinted = n.due
		}
		work.Go(func() {
			n.again(ctx, "deliver: "+kind, deliverEvery, hinted, func(ctx context.Context) error { return n.deliver(ctx, kind) })
		})
	}
	work.Wait()
}

// Moved says that the ledger has moved. It never waits.
func (n *Notify) Moved() { hint(n.moved) }

// Hurry says that something was put into the queue that is no mail. It never waits.
func (n *Notify) Hurry() { hint(n.away) }

// hint leaves a hint in a channel that holds one, without waiting.
func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it will look soon, and see everything
	}
}

// again does something at once, then whenever it is hinted at, and every while without a hint, until ctx is done. Of failures that
// follow each other the first is logged: while a database is away, there would be one each second.
func (n *Notify) again(ctx context.Context, what string, every time.Duration, hinted <-chan struct{}, do func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		err := do(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			n.Log.Warn("telling people is held up; it goes on by itself", "what", what, "error", err)
		}
		failing = err != nil
		select {
		case <-tick.C:
		case <-hinted:
		case <-ctx.Done():
			return
		}
	}
}

// How long what was told, and what was delivered or given up, is kept.
const (
	inboxKept      = 180 * 24 * time.Hour
	deliveriesKept = 30 * 24 * time.Hour
)

// Forget deletes what has been kept for long enough.
// The periods are those of docs/notifications.md. What waits still is not deleted, however old it is.
func (n *Notify) Forget(ctx context.Context) error {
	if _, err := n.DB.ForgetInboxItems(ctx, n.Now().Add(-inboxKept)); err != nil {
		return err
	}
	_, err := n.DB.ForgetDeliveries(ctx, n.Now().Add(-deliveriesKept))
	return err
}
