package state_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// FuzzDecode reads anything as an event of any type. What can be read is written as what is read again, and either fits a state or is
// refused; neither changes the state before it.
func FuzzDecode(f *testing.F) {
	s := &state.State{}
	for _, event := range story() {
		payload, err := json.Marshal(event.Payload)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(event.Payload.EventType(), payload, string(event.Project), string(event.Environment), string(event.Feature), event.Group.Kind, event.Group.ID)
		s = mustFold(f, s, event)
	}
	for _, kind := range state.EventTypes() {
		f.Add(kind, []byte(`{}`), "default", "production", "shop.web", "", int64(0))
		f.Add(kind, []byte(`{"before":null,"after":{"id":1,"name":""},"id":-1}`), "", "", "", state.ChangeRequestGroup, int64(1))
	}
	before := mustDigest(f, s)
	f.Fuzz(func(t *testing.T, kind string, payload []byte, project, env, feature, group string, id int64) {
		began := time.Now()
		stored := ledger.Event{Type: kind, Payload: payload, Project: project, Environment: env, Feature: feature, Group: ledger.Group{Kind: group, ID: id}}
		event, err := state.Decode(stored)
		if err != nil {
			return
		}
		written, err := json.Marshal(event.Payload)
		if err != nil {
			t.Fatalf("%s: was read from %q and cannot be written: %v", kind, payload, err)
		}
		stored.Payload = written
		again, err := state.Decode(stored)
		if err != nil {
			t.Fatalf("%s: was written as %s, which cannot be read: %v", kind, written, err)
		}
		if twice, err := json.Marshal(again.Payload); err != nil || string(twice) != string(written) {
			t.Fatalf("%s: was written as %s, and then as %s (%v)", kind, written, twice, err)
		}
		event.Payload.Touch(event.Scope)
		_, _ = state.Preview(s, []state.Event{event}, state.Place{Scope: event.Scope, At: s.At(), Actor: "user:1"}) // most fit nothing
		if after := mustDigest(t, s); after != before {
			t.Fatalf("%s with %q has changed the state before it", kind, payload)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s with %q took %s", kind, payload, took)
		}
	})
}
