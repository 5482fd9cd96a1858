package store

import (
	"context"
	"time"
)

// IntegrationParameters is the kind of the boxes that hold the parameters of integrations, by the
// integrations' ids.
const IntegrationParameters = "integration"

// The outcomes of attempts, by Unleash's names.
const (
	IntegrationSuccess           = "success"
	IntegrationSuccessWithErrors = "successWithErrors"
	IntegrationFailed            = "failed"
)

// IntegrationEvent is what became of one attempt to send something to an integration.
type IntegrationEvent struct {
	ID          int64 // counts up
	Integration int64
	Delivery    string
	Revision    int64  // of the event that was sent; 0: a test
	State       string // one of the outcomes
	Said        string // a sentence
	Details     []byte // JSON
	At          time.Time
}

// AddIntegrationEvent stores what became of an attempt under a new id, and deletes all but the
// newest keep of its integration.
func (tx *Tx) AddIntegrationEvent(e IntegrationEvent, keep int) error {
	id, err := tx.next("integration-events", 1)
	if err != nil {
		return err
	}
	_, err = tx.exec("add integration event", `insert into integration_events (id, integration, delivery, revision, state, said, details, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, e.Integration, e.Delivery, e.Revision, e.State, storable(e.Said), storable(string(e.Details)), stamp(e.At))
	if err != nil {
		return err
	}
	_, err = tx.exec("forget integration events", `delete from integration_events where integration = $1 and id <=
		(select id from integration_events where integration = $1 order by id desc limit 1 offset $2)`, e.Integration, keep)
	return err
}

// DeleteIntegrationEvents deletes what became of all attempts of an integration.
func (tx *Tx) DeleteIntegrationEvents(integration int64) error {
	_, err := tx.exec("delete integration events", `delete from integration_events where integration = $1`, integration)
	return err
}

// IntegrationEvents returns a page of what became of the attempts of an integration, the newest first.
func (db *DB) IntegrationEvents(ctx context.Context, integration int64, offset, limit int) ([]IntegrationEvent, error) {
	return readAll(ctx, db, "read integration events", `select id, integration, delivery, revision, state, said, details, at
		from integration_events where integration = $1 order by id desc limit $2 offset $3`, []any{integration, limit, offset},
		func(scan func(...any) error) (IntegrationEvent, error) {
			var e IntegrationEvent
			var details string
			err := scan(&e.ID, &e.Integration, &e.Delivery, &e.Revision, &e.State, &e.Said, &details, &e.At)
			e.Details, e.At = []byte(details), stamp(e.At)
			return e, err
		})
}
