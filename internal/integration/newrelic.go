package integration

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/notify"
)

// newRelicType is the type under which New Relic keeps these events: Unleash's, so that queries go on.
const newRelicType = "UnleashServiceEvent"

// maxAttribute is how many characters of a text New Relic is sent: it takes 4,096 bytes.
const maxAttribute = 1_000

// newRelicEvent is an event as New Relic's Event API takes it: flat. The properties from eventType to createdAt
// are those that Unleash sends.
type newRelicEvent struct {
	EventType       string  `json:"eventType"`
	Type            string  `json:"unleashEventType"`
	Feature         *string `json:"featureName,omitempty"`
	Environment     *string `json:"environment,omitempty"`
	CreatedBy       string  `json:"createdBy"`
	CreatedByUserID int64   `json:"createdByUserId"`
	CreatedAt       int64   `json:"createdAt"` // in milliseconds
	Timestamp       int64   `json:"timestamp"` // when it happened, for New Relic; else it would be when it came
	Project         *string `json:"project,omitempty"`
	Title           string  `json:"title"`
	Text            string  `json:"text"`
	Link            string  `json:"link"`
	// Delivery is the same in a repetition.
	Delivery string `json:"deliveryId"`
}

// newRelicOf returns an occasion as an event of New Relic.
// The error is that of a time that cannot be read, which the event log does not write.
func newRelicOf(a *attempt, text string) (newRelicEvent, error) {
	at, err := time.Parse(stampForm, a.CreatedAt)
	return newRelicEvent{
		EventType: newRelicType, Type: a.Type, Feature: a.FeatureName, Environment: a.Environment,
		CreatedBy: a.CreatedBy, CreatedByUserID: a.CreatedByUserID, CreatedAt: at.UnixMilli(), Timestamp: at.UnixMilli(),
		Project: a.Project, Title: notify.Short(a.title(), maxAttribute), Text: notify.Short(text, maxAttribute), Link: a.Link, Delivery: a.id,
	}, err
}

// sendNewRelic puts an event into New Relic.
// A template replaces the text alone.
func (x *Integrations) sendNewRelic(ctx context.Context, a *attempt) outcome {
	text := a.summary
	if a.said != "" {
		text += "\n\n" + quote(a.said)
	}
	if template := a.parameters[paramTemplate]; template != "" {
		filled, err := a.fill(template, "text/markdown")
		if err != nil {
			return failed("The body could not be made: %v", err)
		}
		text = string(filled)
	}
	event, err := newRelicOf(a, text)
	if err != nil {
		return failed("The body could not be made: %v", err)
	}
	body, err := encode(event)
	if err != nil {
		return failed("The body could not be made: %v", err)
	}
	return x.deliver(ctx, a, a.parameters[paramURL], map[string]string{"Content-Type": jsonType, "Api-Key": a.parameters[paramLicenseKey]}, body)
}
