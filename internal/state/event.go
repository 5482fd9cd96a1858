package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
)

// Format is the newest ledger format that this release writes and understands.
const Format = 1

// Scope says where an event belongs; each part may be empty.
type Scope struct {
	Project     flag.ProjectID
	Environment flag.EnvironmentName
	Feature     flag.Name
}

// Event is a fact that was decided: its payload, and where it belongs.
type Event struct {
	Scope
	Group   ledger.Group
	Payload Payload
}

// Payload is what an event of one type says. Its JSON is what the ledger keeps;
// fields may be added to a type, never removed or given another meaning.
type Payload interface {
	// EventType returns the name of the type, which is Unleash's where it has one.
	EventType() string
	// Touch says what the event changes for SDKs.
	Touch(Scope) Touch
	// apply changes s, which is private to the caller, as the event says. An error
	// other than errNewer means that the event does not fit the state: the ledger is damaged.
	apply(s *State, at Place) error
}

// Place is where and when an event happened, as apply needs it.
type Place struct {
	Scope
	At    time.Time
	Actor string
}

// Touch says what an event changes in what SDKs are sent. The zero value is nothing.
type Touch struct {
	// Served reports whether anything that SDKs are sent may differ.
	Served bool
	// Environment limits the change to one environment; empty: all.
	Environment flag.EnvironmentName
	// Feature is the flag whose served form may differ; empty: none in particular.
	Feature flag.Name
	// RemovedFrom is the project from which the flag went, when it was archived,
	// deleted or moved; empty otherwise.
	RemovedFrom flag.ProjectID
	// Segment is the segment that may differ or be gone; 0: none.
	Segment flag.SegmentID
	// Project is the project of which every flag may differ; empty: none.
	Project flag.ProjectID
}

// nothing is embedded by payloads that SDKs never notice.
type nothing struct{}

// Touch returns the zero Touch.
func (nothing) Touch(Scope) Touch { return Touch{} }

// oneFlag is embedded by payloads that change the served form of the scope's flag,
// in the scope's environment or, when that is empty, in all.
type oneFlag struct{}

// Touch returns the scope's flag and environment.
func (oneFlag) Touch(at Scope) Touch {
	return Touch{Served: true, Environment: at.Environment, Feature: at.Feature}
}

// UnknownEventError says that the ledger holds an event that this release cannot
// read, because its type or the format that it asks for is a newer release's: the
// fold stops there and never skips.
type UnknownEventError struct {
	Type     string
	Revision int64
}

// Error names the type and the revision.
func (e *UnknownEventError) Error() string {
	return fmt.Sprintf("event %d (%s) was written by a newer release of Quorate than this one", e.Revision, e.Type)
}

// errNewer is returned by apply for an event that asks for a newer release; Fold
// makes it an UnknownEventError.
var errNewer = errors.New("a newer release of Quorate is needed")

// MisfitError says that an event contradicts the state before it: the ledger is damaged.
type MisfitError struct {
	Type     string
	Revision int64
	Reason   string
}

// Error names the type, the revision and the reason.
func (e *MisfitError) Error() string {
	return fmt.Sprintf("event %d (%s) does not fit the state before it: %s", e.Revision, e.Type, e.Reason)
}

// decoders makes a payload of each known type from its JSON.
var decoders = map[string]func([]byte) (Payload, error){}

// register makes a payload type known; called from this package's variables only.
func register[P Payload]() struct{} {
	var zero P
	decoders[zero.EventType()] = func(data []byte) (Payload, error) {
		var p P
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, err
		}
		return p, nil
	}
	return struct{}{}
}

// EventTypes returns the names of all event types, sorted.
func EventTypes() []string { return slices.Sorted(maps.Keys(decoders)) }

// Decode returns the typed form of a stored event. It returns an
// *UnknownEventError for a type of a newer release and a *MisfitError for a
// payload that is not of its type.
func Decode(e ledger.Event) (Event, error) {
	decode, ok := decoders[e.Type]
	if !ok {
		return Event{}, &UnknownEventError{Type: e.Type, Revision: e.Revision}
	}
	payload, err := decode(e.Payload)
	if err != nil {
		return Event{}, &MisfitError{Type: e.Type, Revision: e.Revision, Reason: err.Error()}
	}
	return Event{
		Scope: Scope{
			Project:     flag.ProjectID(e.Project),
			Environment: flag.EnvironmentName(e.Environment),
			Feature:     flag.Name(e.Feature),
		},
		Group:   e.Group,
		Payload: payload,
	}, nil
}

// Encode returns the stored form of a decided event; the ledger fills in its place.
func Encode(e Event) (ledger.Event, error) {
	data, err := json.Marshal(e.Payload)
	if err != nil {
		return ledger.Event{}, fmt.Errorf("state: encode %s: %w", e.Payload.EventType(), err)
	}
	return ledger.Event{
		Type:        e.Payload.EventType(),
		Project:     string(e.Project),
		Environment: string(e.Environment),
		Feature:     string(e.Feature),
		Group:       e.Group,
		Payload:     data,
	}, nil
}
