package integration

import "fmt"

// cloudEvent is an occasion as CloudEvents 1.0, in the structured mode of its JSON format.
type cloudEvent struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Subject     string `json:"subject,omitempty"`
	Time        string `json:"time"`
	ContentType string `json:"datacontenttype"`
	// Names of attributes have small letters and digits only.
	Head string    `json:"ledgerhead"` // an extension
	Data *occasion `json:"data"`
}

// cloudEventPrefix stands before our types of events.
const cloudEventPrefix = "com.github.quorate."

// cloudEvent returns what is sent. Source and id name the event, whichever integration it goes to.
// The two together have to be unique (CloudEvents 1.0, "id"): a receiver may drop the second of two. Source is this server's
// address and id the event's revision.
func (x *Integrations) cloudEvent(a *attempt) cloudEvent {
	e := cloudEvent{
		SpecVersion: "1.0", ID: fmt.Sprint(a.ID), Source: x.URL, Type: cloudEventPrefix + a.Type, Time: a.CreatedAt,
		ContentType: jsonType, Head: a.Head, Data: a.occasion,
	}
	switch {
	case a.Type == testType:
		e.ID = a.id // a test is no event of the ledger
	case a.Request != nil:
		e.Subject = fmt.Sprintf("change-requests/%d", a.Request.ID)
	case a.FeatureName != nil:
		e.Subject = "features/" + *a.FeatureName
	case a.Project != nil:
		e.Subject = "projects/" + *a.Project
	}
	return e
}
