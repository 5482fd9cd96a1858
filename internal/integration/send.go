package integration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// How one attempt goes. notify has leased the delivery, and asks Send; all that decides about it is looked up only then, since
// days can lie between the event and the attempt: whether the integration still is, and is on, its parameters, and names.

// attempt is one attempt to send something.
type attempt struct {
	id string // of the delivery: the same at every attempt
	// integration is that of the newest state, not that of the time of the event.
	integration *state.Integration
	// parameters are opened, secrets included: they must reach neither a log nor an error.
	parameters map[string]string
	*occasion
}

// outcome is what became of an attempt.
type outcome struct {
	err error // nil: it has arrived
	// with says what did not go well although it has arrived.
	with string
	// details are for the log of administrators, as JSON: the status code, or the channels.
	details map[string]any
}

// Send makes one attempt, and writes down what became of it.
// It is notify's Sender: an error is passing, and leads to another attempt, unless it is a notify.PermanentError. Attempts
// that end before there was anything to send, as the integration is gone or this node is behind, are not in the log.
func (x *Integrations) Send(ctx context.Context, d notify.Delivery) error {
	carried, err := loadCargo(d)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(d.Target, 10, 64)
	if err != nil {
		return &notify.PermanentError{Reason: "The delivery names no integration."}
	}
	s := x.State()
	// A node that is behind may not know the integration yet, and would take it for deleted.
	if s.Revision() < carried.Head.Revision {
		return errors.New("this node has not read yet what another one has written")
	}
	i := s.Integration(id)
	if i == nil {
		return &notify.PermanentError{Reason: "The integration is deleted."}
	}
	a := &attempt{id: d.ID, integration: i}
	if a.parameters, err = x.parameters(ctx, id); err != nil {
		return err
	}
	if a.occasion, err = x.occasionOf(ctx, carried); err != nil {
		return fmt.Errorf("look up what happened: %w", err)
	}
	p, _ := provider(i.Provider)
	sent := outcome{err: &notify.PermanentError{Reason: "The integration was disabled before this was sent."}}
	switch {
	case p.send == nil:
		sent.err = &notify.PermanentError{Reason: fmt.Sprintf("This release does not know the provider %q.", i.Provider)}
	case i.Enabled:
		sent = p.send(x, ctx, a)
	}
	// An attempt that ends because the node stops says nothing about the target. One that has arrived is noted all the same,
	// with a context of its own.
	if ctx.Err() == nil || sent.err == nil {
		x.note(context.WithoutCancel(ctx), d, carried, i.Provider, sent)
	}
	return sent.err
}

// note writes down and counts what became of an attempt.
// It is written after the fact, in a transaction of its own: if that fails, the log lacks an attempt, and nothing else is wrong.
func (x *Integrations) note(ctx context.Context, d notify.Delivery, carried cargo, provider string, sent outcome) {
	details := map[string]any{"deliveryId": d.ID, "attempt": d.Attempts}
	maps.Copy(details, sent.details)
	e := store.IntegrationEvent{Delivery: d.ID, Revision: carried.Revision, State: store.IntegrationSuccess, Said: cmp.Or(sent.with, "Sent."), At: x.Now()}
	if sent.with != "" {
		e.State = store.IntegrationSuccessWithErrors
	}
	if sent.err != nil {
		e.State, e.Said = store.IntegrationFailed, sent.err.Error()
		_, lasting := errors.AsType[*notify.PermanentError](sent.err)
		if _, again := notify.Next(d, x.Now(), sent.err); again {
			e.Said += " It will be tried again."
		} else if !lasting && carried.Revision != 0 { // of a test nobody expects another attempt
			e.Said += fmt.Sprintf(" It was given up after %d attempts.", d.Attempts)
		}
	}
	x.count(Result{e.State, provider})
	if err := x.keep(ctx, d.Target, e, details); err != nil {
		x.Log.WarnContext(ctx, "what became of an attempt to send something could not be noted", "integration", d.Target, "id", d.ID, "error", err)
	}
}
