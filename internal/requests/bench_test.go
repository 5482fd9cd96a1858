package requests_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// The bound: the first page of the overview within 50 ms, with 10,000 open and 100,000 closed
// requests.
const overviewBound = 50 * time.Millisecond

const (
	openRequests   = 10_000
	closedRequests = 100_000
)

// withOpenRequests returns a state with flags and with open requests by as many authors.
func withOpenRequests(n int) *state.State {
	s := flagtest.State(1, 1000)
	var names []flag.Name
	var project flag.ProjectID
	for f := range s.Flags() {
		if project == "" {
			project = f.Project
		}
		if f.Project == project {
			names = append(names, f.Name)
		}
	}
	at := state.Scope{Project: project, Environment: flagtest.Production}
	for i := range n {
		id := changerequest.ID(i + 1)
		tell := func(fact changerequest.Event) state.Event {
			return state.Event{Scope: at, Group: state.RequestGroup(id), Payload: state.ChangeRequestEvent{ID: id, Fact: fact}}
		}
		entry := change.Change{ID: change.ID(id), Feature: names[i%len(names)], Payload: change.UpdateEnabled{Enabled: true}}
		next, err := state.Preview(s, []state.Event{
			tell(changerequest.Created{}), tell(changerequest.ChangeAdded{Change: entry}), tell(changerequest.SentToReview{}),
		}, state.Place{At: flagtest.Epoch.Add(time.Duration(i) * time.Minute), Actor: string(access.NewRef(access.KindUser, int64(i+1)))})
		if err != nil {
			panic(err)
		}
		s = next
	}
	return s
}

func withClosedRequests(b *testing.B, n int) *store.DB {
	b.Helper()
	db := storetest.Open(b, storetest.SQLite(b))
	const batch = 1000
	for first := 0; first < n; first += batch {
		err := db.Update(b.Context(), func(tx *store.Tx) error {
			for i := first; i < first+batch; i++ {
				at := flagtest.Epoch.Add(time.Duration(i) * time.Minute)
				row := store.ClosedRequest{
					ID: int64(openRequests + i + 1), Project: fmt.Sprintf("project-%d", i%20), Environment: "production", State: "Applied",
					Author: fmt.Sprintf("user:%d", i%100), CreatedAt: at, ClosedAt: at, Revision: int64(i), Features: []string{fmt.Sprintf("flag-%d", i%1000)},
				}
				if err := tx.PutClosedRequest(row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return db
}

func BenchmarkOverview(b *testing.B) {
	s := withOpenRequests(openRequests)
	q := requests.New(withClosedRequests(b, closedRequests))
	for name, query := range map[string]requests.Query{
		"all":     {},
		"open":    {Open: true},
		"closed":  {Closed: true},
		"feature": {Feature: "flag-7"},
		"text":    {Text: "flag-77"},
		"author":  {Authors: []access.Ref{"user:7"}},
	} {
		query.Actor, query.Limit = access.System(), 50
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := q.Search(b.Context(), s, query); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(overviewBound.Nanoseconds()), "of-bound")
		})
	}
}
