package eventlog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// What somebody has in a draft is hidden from everyone else, also after it was discarded, and
// is there for everyone when it has been submitted.
func TestDraftsAreTheirAuthors(t *testing.T) {
	t.Parallel()
	author, other := access.Ref("user:7"), access.Ref("user:8")
	entry := change.Change{ID: 1, Feature: "secret-plan", Payload: change.UpdateEnabled{Enabled: true}, CreatedAt: noon}
	facts := func(id changerequest.ID, facts ...changerequest.Event) []state.Event {
		var events []state.Event
		for _, fact := range facts {
			events = append(events, state.Event{
				Scope: state.Scope{Project: "shop", Environment: "production"}, Group: state.RequestGroup(id),
				Payload: state.ChangeRequestEvent{ID: id, Fact: fact},
			})
		}
		events[1].Feature = "secret-plan"
		return events
	}
	for _, test := range []struct {
		name    string
		more    []changerequest.Event
		another bool // whether another person may read it
		behind  bool // the node has not heard of it
	}{
		{name: "a draft"},
		{name: "a draft written by another node", behind: true},
		{name: "discarded", more: []changerequest.Event{changerequest.Discarded{}}},
		{name: "submitted", more: []changerequest.Event{changerequest.SentToReview{}}, another: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			events := facts(1, append([]changerequest.Event{changerequest.Created{}, changerequest.ChangeAdded{Change: entry}}, test.more...)...)
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				s := &state.State{}
				fold := func(actor access.Ref, events ...state.Event) {
					batch := ledger.Batch{At: noon, Actor: string(actor)}
					for _, e := range events {
						stored, err := state.Encode(e)
						if err != nil {
							t.Fatal(err)
						}
						batch.Events = append(batch.Events, stored)
					}
					entries, _ := ledger.Seal(s.Head(), batch)
					var err error
					if s, _, err = state.Fold(s, entries); err != nil {
						t.Fatal(err)
					}
				}
				fold(access.SystemRef, state.Event{Payload: state.LedgerCreated{ID: "x", Format: state.Format}})
				if !test.behind {
					fold(author, events...)
				}
				b := &book{db: db, at: noon}
				b.mustWrite(t, author, events...)
				log := eventlog.New(eventlog.Options{DB: db, State: func() *state.State { return s }})

				for reader, may := range map[access.Ref]bool{author: true, other: test.another} {
					got, total, err := log.Search(t.Context(), eventlog.Query{Types: []string{"change-added"}, Reader: reader, Limit: 10})
					if err != nil || total != 1 {
						t.Fatalf("got %d events and %v, want 1", total, err)
					}
					if (got[0].FeatureName != nil) != may {
						t.Errorf("%s sees the flag %t, want %t", reader, got[0].FeatureName != nil, may)
					}
					if shown := cmp.Diff(nil, got[0].Data); strings.Contains(shown, "updateEnabled") != may {
						t.Errorf("%s sees %s, want the change %t", reader, shown, may)
					}
					byFlag := eventlog.Query{Features: []string{"secret-plan"}, Reader: reader, Limit: 10}
					if found, total, err := log.Search(t.Context(), byFlag); err != nil || (len(found) > 0) != may || total != len(found) {
						t.Errorf("%s finds %d of %d events by the flag, and %v; want some: %t", reader, len(found), total, err, may)
					}
					for _, format := range []eventlog.Format{eventlog.JSON, eventlog.CSV} {
						var whole, ofFlag strings.Builder
						if err := errors.Join(log.Export(t.Context(), eventlog.Query{Reader: reader}, format, &whole), log.Export(t.Context(), byFlag, format, &ofFlag)); err != nil {
							t.Fatal(err)
						}
						if strings.Contains(whole.String(), "secret-plan") != may || strings.Contains(whole.String(), "updateEnabled") != may || strings.Contains(ofFlag.String(), "change-added") != may {
							t.Errorf("%s exports\n%s\nand of the flag\n%s\nwant what is in the draft: %t", reader, &whole, &ofFlag, may)
						}
					}
					found, _, err := log.Search(t.Context(), eventlog.Query{Text: "secret-plan", Reader: reader, Limit: 10})
					if err != nil || (len(found) > 0) != may {
						t.Errorf("%s finds %d events by what they say, and %v; want some: %t", reader, len(found), err, may)
					}
				}
			})
		})
	}
}
