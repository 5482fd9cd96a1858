package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/notify"
)

// deliveries registers how administrators see what is brought to the outside. They name people and say why a
// mail did not arrive, so they are the administrators' alone. How often something is tried, and until when, is
// told in docs/notifications.md and docs/integrations.md.
func (a *api) deliveries() {
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getDeliveries", Method: http.MethodGet, Path: "/deliveries", Tag: tagNotifications,
		Summary: "List mails and other deliveries, and what became of them", Description: "The newest first. What is done with is kept for 30 days.", Permissions: admin,
	}, a.getDeliveries)
	register(a, operation{
		ID: "sendTestMail", Method: http.MethodPost, Path: "/deliveries/test-mail", Tag: tagNotifications,
		Summary: "Send yourself a test mail", Description: "It is sent soon; the list of deliveries says what became of it under the `id`.", Permissions: admin, Status: http.StatusAccepted,
	}, a.sendTestMail)
}

// delivery is something that is brought to somebody outside. DueAt and ExpiresAt are of one that waits; DoneAt
// is null until it has arrived or is given up (dead).
type delivery struct {
	ID        string   `json:"id" doc:"Of a mail: the part of its Message-ID before the @. Of what a webhook is sent: its webhook-id."`
	Kind      string   `json:"kind" doc:"mail or integration"`
	Target    string   `json:"target" doc:"The id of the person, or of the integration."`
	State     string   `json:"state" enum:"waiting,delivered,dead"`
	Attempts  int      `json:"attempts"`
	LastError string   `json:"lastError" doc:"Why the last attempt failed; empty: it did not."`
	CreatedAt instant  `json:"createdAt"`
	DueAt     instant  `json:"dueAt" doc:"When the next attempt is due, while it waits."`
	ExpiresAt instant  `json:"expiresAt" doc:"When it is given up."`
	DoneAt    *instant `json:"doneAt" nullable:"true"`
}

// deliveryPage is a part of the list of deliveries. Total is of all that the filters let through.
type deliveryPage struct {
	Deliveries []delivery `json:"deliveries"`
	Total      int        `json:"total"`
}

// The sizes of a page of deliveries.
const (
	deliveriesPage    = 50
	deliveriesLargest = 1000
)

// getDeliveries narrows by what is given: kind, state and target must all be as asked for; what is none of them
// finds nothing.
func (a *api) getDeliveries(ctx context.Context, r request, in *struct {
	Kind   string `query:"kind"`
	State  string `query:"state" doc:"waiting, delivered or dead."`
	Target string `query:"target"`
	Offset string `query:"offset"`
	Limit  string `query:"limit" doc:"1 to 1000; 50 unless set."`
},
) (deliveryPage, error) {
	page := deliveryPage{Deliveries: []delivery{}}
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return page, err
	}
	offset, limit := pageBounds(in.Offset, in.Limit, deliveriesPage, deliveriesLargest)
	list, total, err := a.Notify.Deliveries(ctx, notify.DeliveryFilter{Kind: in.Kind, State: in.State, Target: in.Target, Offset: offset, Limit: limit})
	page.Total = total
	for _, d := range list {
		page.Deliveries = append(page.Deliveries, delivery{
			ID: d.ID, Kind: d.Kind, Target: d.Target, State: d.State, Attempts: d.Attempts, LastError: d.LastError,
			CreatedAt: instant(d.CreatedAt), DueAt: instant(d.DueAt), ExpiresAt: instant(d.ExpiresAt), DoneAt: instantOf(d.DoneAt),
		})
	}
	return page, err
}

// testMail is a test mail that will be sent. It can be looked for in the list of deliveries.
type testMail struct {
	ID string `json:"id" doc:"Of the delivery."`
}

// sendTestMail sends to nobody but its caller: with an address of one's choice it would be a way to send mail
// to anybody.
//
// Faults: Permission, Forbidden for whoever is no person, BadData for somebody without an address and where
// there is no mail server.
func (a *api) sendTestMail(ctx context.Context, r request, _ *struct{}) (testMail, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return testMail{}, err
	}
	account, err := readerOf(r)
	if err != nil {
		return testMail{}, err
	}
	to, err := a.People.Person(ctx, account)
	if err != nil {
		return testMail{}, err
	}
	if to.Email == "" {
		return testMail{}, fault.New(fault.BadData, "A test mail goes to your own e-mail address, and you have none.")
	}
	id, err := a.Notify.SendTest(ctx, to)
	return testMail{id}, err
}
