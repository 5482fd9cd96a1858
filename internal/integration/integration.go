// Package integration brings what happens to machines and chats outside: to webhooks, Slack,
// Microsoft Teams, Datadog and New Relic, as Unleash's addons do (docs/integrations.md; why so: docs/adr/0028).
//
// Which events go where is in the ledger (state.Integration); the parameters of a provider,
// some of them secret, are sealed beside it. notify, which follows the ledger, asks this room what
// is to be brought, and writes that behind its cursor; its queue then hands each delivery here
// to be sent. What an event says is looked up only then, so that a person who was deleted
// meanwhile is not named any more.
//
//	provider.go    what there is to send to, and its parameters
//	configure.go   setting integrations up: parameters checked, secrets kept and never shown
//	follow.go      which deliveries an event leads to
//	occasion.go    what happened, looked up when it is sent
//	send.go        one attempt, and what became of it
//	target.go      the HTTP of an attempt: bounds, redirects, private addresses
//	webhook.go, signature.go, template.go, cloudevent.go   what webhooks are sent
//	slack.go, teams.go, datadog.go, newrelic.go            what the others are sent
//	markup.go      the sentences of the event log in the markup of chats
//	log.go         what became of attempts, for administrators
//
// When something is tried again belongs in notify's queue; who may set up what in app; the shapes
// of the API in adminapi.
package integration

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Options are what the room works with. All are required, but for those that say otherwise.
type Options struct {
	DB     *store.DB
	App    *app.App
	Events *eventlog.Log
	State  func() *state.State // the newest that this node knows
	Now    func() time.Time
	NewID  func() string // a fresh id for a delivery
	Keys   Keys
	Log    *slog.Logger
	// URL is where people reach the server, without a slash at its end.
	URL string
	// Private allows targets with private addresses: this machine, and those beside it.
	Private bool
	// SlackAPI is where Slack's API is; empty: at Slack.
	SlackAPI string
}

// Keys open the boxes with parameters.
type Keys interface {
	Open(kind, id string, box []byte) ([]byte, error)
}

// Integrations bring what happens to the outside. The methods may be called from several goroutines
// at once.
type Integrations struct {
	Options
	client *http.Client
	handled
}

// New returns Integrations.
// It starts nothing: deliveries come when notify, to which it is handed as notify.Outside, has leased them.
func New(o Options) *Integrations {
	if o.SlackAPI == "" {
		o.SlackAPI = "https://slack.com/api"
	}
	return &Integrations{Options: o, client: newClient(o.Private)}
}

// Kind returns the kind of this room's deliveries.
// It stands in stored deliveries, so it must not change.
func (x *Integrations) Kind() string { return "integration" }

// key is what an integration goes by as a target of deliveries, and as the owner of a box.
// It must not change: waiting deliveries and sealed boxes are found by it.
func key(id int64) string { return strconv.FormatInt(id, 10) }

// random returns n random bytes.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}
