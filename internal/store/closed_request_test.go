package store_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// closed returns a closed request with something in each field.
func closed(id int64) store.ClosedRequest {
	at := noon.Add(time.Duration(id) * time.Hour)
	return store.ClosedRequest{
		ID: id, Project: "web", Environment: "production", State: "Applied", Title: "Raise the rollout",
		Author: "user:7", CreatedAt: at, ClosedAt: at.Add(time.Minute), Revision: 100 + id,
		Features: []string{"checkout", "legacy-cart"}, Segments: []string{"eu"},
		Reviewers: []int64{7, 12}, ReviewerGroups: []int64{3},
	}
}

func mustPutClosed(t testing.TB, db *store.DB, requests ...store.ClosedRequest) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *store.Tx) error {
		for _, r := range requests {
			if err := tx.PutClosedRequest(r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// wantClosed fails unless exactly the requests with these ids match, in this order.
func wantClosed(t *testing.T, db *store.DB, filter store.ClosedRequestFilter, want ...int64) {
	t.Helper()
	list, total, err := db.ClosedRequests(t.Context(), filter)
	var got []int64
	for _, r := range list {
		got = append(got, r.ID)
	}
	if err != nil || total != len(want) || !slices.Equal(got, want) {
		t.Errorf("%+v: got %v, a total of %d and error %v, want %v", filter, got, total, err, want)
	}
}

func TestClosedRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		full, bare := closed(1), store.ClosedRequest{
			ID: 2, Project: "web", Environment: "development", State: "Cancelled", Author: "service-account:9",
			CreatedAt: noon, ClosedAt: noon,
		}
		mustPutClosed(t, db, full, bare)
		want := func(want ...store.ClosedRequest) {
			t.Helper()
			got, _, err := db.ClosedRequests(t.Context(), store.ClosedRequestFilter{})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("closed requests: %v (-want +got):\n%s", err, diff)
			}
			for _, r := range want {
				got, ok, err := db.ClosedRequest(t.Context(), r.ID)
				if diff := cmp.Diff(r, got); diff != "" || !ok || err != nil {
					t.Errorf("closed request %d: %v %v (-want +got):\n%s", r.ID, ok, err, diff)
				}
			}
		}
		want(bare, full)
		if got, ok, err := db.ClosedRequest(t.Context(), 3); ok || err != nil {
			t.Errorf("a request that is not there: got %+v, %v, %v, want none", got, ok, err)
		}

		other := store.ClosedRequest{
			ID: 1, Project: "shop", Environment: "test", State: "Rejected", Title: "Other", Author: "user:8",
			CreatedAt: noon.AddDate(0, 1, 0), ClosedAt: noon.AddDate(0, 2, 0), Revision: 500,
			Features: []string{"other"}, Segments: []string{"us"}, Reviewers: []int64{1}, ReviewerGroups: []int64{2},
		}
		mustPutClosed(t, db, other)
		want(bare, other)
		wantClosed(t, db, store.ClosedRequestFilter{Feature: "checkout"})
		wantClosed(t, db, store.ClosedRequestFilter{Feature: "other"}, 1)
		wantClosed(t, db, store.ClosedRequestFilter{Reviewers: []int64{7}, ReviewerGroups: []int64{3}})
		wantClosed(t, db, store.ClosedRequestFilter{Text: "rollout"})
		wantClosed(t, db, store.ClosedRequestFilter{Text: "CHECKOUT"})
		wantClosed(t, db, store.ClosedRequestFilter{Text: "OTHER"}, 1)
	})
}

// TestClosedRequestWithBatch holds that a request is in the index if and only if the batch
// that closed it is in the ledger.
func TestClosedRequestWithBatch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		refusal := errors.New("not today")
		entries, _ := ledger.Seal(ledger.Head{}, newBatch())
		for _, outcome := range []error{refusal, nil} {
			err := db.Append(t.Context(), ledger.Head{}, entries, func(tx *store.Tx) error {
				return errors.Join(tx.PutClosedRequest(closed(1)), outcome)
			})
			if !errors.Is(err, outcome) {
				t.Errorf("append: got %v, want %v", err, outcome)
			}
			if _, ok, err := db.ClosedRequest(t.Context(), 1); ok != (outcome == nil) || err != nil {
				t.Errorf("after %v: got %v, %v, want %v", outcome, ok, err, outcome == nil)
			}
		}
	})
}

// TestClosedRequestFilters asks by one field at a time, with values that differ in what an
// engine might overlook: case, length, and characters that mean something in patterns.
func TestClosedRequestFilters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		change := func(id int64, change func(*store.ClosedRequest)) store.ClosedRequest {
			r := closed(id)
			change(&r)
			return r
		}
		mustPutClosed(
			t, db, closed(1),
			change(2, func(r *store.ClosedRequest) {
				r.Project, r.Environment, r.State, r.Author = "WEB", "PRODUCTION", "Rejected", "user:70"
			}),
			change(3, func(r *store.ClosedRequest) { r.Features, r.Segments = []string{"Checkout", "check"}, nil }),
			change(4, func(r *store.ClosedRequest) {
				r.Features, r.Segments = []string{"cart", "check_out"}, []string{"EU-west"}
			}),
			change(5, func(r *store.ClosedRequest) { r.Title, r.Features, r.Segments = `100 % \ "Größe" ÉCOLE_x`, nil, nil }),
			change(6, func(r *store.ClosedRequest) {
				r.Title, r.Reviewers, r.ReviewerGroups = "a\x00b\xffc", []int64{70, 1}, nil
			}),
			change(7, func(r *store.ClosedRequest) { r.Reviewers, r.ReviewerGroups = nil, []int64{2, 7} }),
		)
		for _, test := range []struct {
			filter store.ClosedRequestFilter
			want   []int64
		}{
			{store.ClosedRequestFilter{}, []int64{7, 6, 5, 4, 3, 2, 1}},
			{store.ClosedRequestFilter{Projects: []string{}}, nil},
			{store.ClosedRequestFilter{Projects: []string{"WEB"}}, []int64{2}},
			{store.ClosedRequestFilter{Projects: []string{"WEB", "shop"}}, []int64{2}},
			{store.ClosedRequestFilter{Authors: []string{"user:70"}}, []int64{2}},
			{store.ClosedRequestFilter{Authors: []string{"user:"}}, nil},
			{store.ClosedRequestFilter{States: []string{"Rejected", "Cancelled"}}, []int64{2}},
			{store.ClosedRequestFilter{Environments: []string{"PRODUCTION"}}, []int64{2}},

			{store.ClosedRequestFilter{Reviewers: []int64{7}}, []int64{5, 4, 3, 2, 1}},
			{store.ClosedRequestFilter{Reviewers: []int64{0}}, nil},
			{store.ClosedRequestFilter{Reviewers: []int64{1, 70}}, []int64{6}},
			{store.ClosedRequestFilter{ReviewerGroups: []int64{7}}, []int64{7}},
			{store.ClosedRequestFilter{Reviewers: []int64{70}, ReviewerGroups: []int64{2}}, []int64{7, 6}},

			{store.ClosedRequestFilter{Feature: "checkout"}, []int64{7, 6, 2, 1}},
			{store.ClosedRequestFilter{Feature: "Checkout"}, []int64{3}},
			{store.ClosedRequestFilter{Feature: "check"}, []int64{3}},
			{store.ClosedRequestFilter{Feature: "check_out"}, []int64{4}},
			{store.ClosedRequestFilter{Feature: "%"}, nil},
			{store.ClosedRequestFilter{Feature: "eu"}, nil},

			{store.ClosedRequestFilter{Text: "RAISE"}, []int64{7, 4, 3, 2, 1}},
			{store.ClosedRequestFilter{Text: "cHECKo"}, []int64{7, 6, 3, 2, 1}},
			{store.ClosedRequestFilter{Text: "Eu-W"}, []int64{4}},
			{store.ClosedRequestFilter{Text: "école"}, []int64{5}},
			{store.ClosedRequestFilter{Text: "GRÖ"}, []int64{5}},
			{store.ClosedRequestFilter{Text: "grö_e"}, nil},
			{store.ClosedRequestFilter{Text: "%"}, []int64{5}},
			{store.ClosedRequestFilter{Text: "_"}, []int64{5, 4}},
			{store.ClosedRequestFilter{Text: `\`}, []int64{5}},
			{store.ClosedRequestFilter{Text: `\%`}, nil},
			{store.ClosedRequestFilter{Text: `"`}, []int64{5}},
			{store.ClosedRequestFilter{Text: "'"}, nil},
			{store.ClosedRequestFilter{Text: "r%e"}, nil},
			{store.ClosedRequestFilter{Text: "ABC"}, []int64{6}},
			{store.ClosedRequestFilter{Text: "a\x00b\xff"}, []int64{6}},

			{store.ClosedRequestFilter{CreatedFrom: closed(6).CreatedAt}, []int64{7, 6}},
			{store.ClosedRequestFilter{CreatedFrom: closed(6).CreatedAt.Add(time.Microsecond)}, []int64{7}},
			{store.ClosedRequestFilter{CreatedTo: closed(2).CreatedAt}, []int64{1}},
			{store.ClosedRequestFilter{CreatedFrom: closed(2).CreatedAt, CreatedTo: closed(4).CreatedAt}, []int64{3, 2}},

			{store.ClosedRequestFilter{Projects: []string{"web"}, Feature: "checkout"}, []int64{7, 6, 1}},
			{store.ClosedRequestFilter{Reviewers: []int64{7}, Text: "checkout"}, []int64{3, 2, 1}},
			{store.ClosedRequestFilter{Authors: []string{"user:7"}, States: []string{"Rejected"}}, nil},
		} {
			wantClosed(t, db, test.filter, test.want...)
		}
	})
}

// TestClosedRequests draws requests, filters, orders and pages, and compares each answer
// with a loop over all requests.
func TestClosedRequests(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		texts := []string{"a", "A", "á", "aa", "b", "%", "_", "'"}
		text := func() string { return texts[rand.IntN(len(texts))] }
		id := func() int64 { return rand.Int64N(12) }
		var all []store.ClosedRequest
		for i := range 120 {
			r := closed(int64(i) + 1)
			r.Project, r.Environment, r.State, r.Author = text(), text(), text(), text()
			r.Title = text() + text()
			r.Features, r.Segments = []string{text() + text(), text()}, []string{text()}
			r.Reviewers, r.ReviewerGroups = []int64{id(), id()}, []int64{id()}
			all = append(all, r)
		}
		mustPutClosed(t, db, all...)

		sometimes := func() bool { return rand.IntN(4) == 0 }
		list := func() []string {
			if !sometimes() {
				return nil
			}
			return []string{text(), text(), text()}
		}
		for range 500 {
			filter := store.ClosedRequestFilter{
				Projects: list(), Authors: list(), States: list(), Environments: list(),
				SortBy: store.ClosedRequestSort(rand.IntN(5)), Ascending: sometimes(),
				Offset: rand.IntN(5), Limit: rand.IntN(20),
			}
			if sometimes() {
				filter.Reviewers = []int64{id(), id(), id()}
			}
			if sometimes() {
				filter.ReviewerGroups = []int64{id(), id()}
			}
			if sometimes() {
				filter.Feature = text()
			}
			if sometimes() {
				filter.Text = text()
			}
			if sometimes() {
				filter.CreatedFrom = all[rand.IntN(len(all))].CreatedAt
			}
			if sometimes() {
				filter.CreatedTo = all[rand.IntN(len(all))].CreatedAt
			}
			want, wantTotal := pickClosed(all, filter)
			got, total, err := db.ClosedRequests(t.Context(), filter)
			if err != nil {
				t.Fatalf("%+v: %v", filter, err)
			}
			if total != wantTotal {
				t.Errorf("%+v: got a total of %d, want %d", filter, total, wantTotal)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%+v (-want +got):\n%s", filter, diff)
			}
		}
		// Pages behind the last one are empty, and still tell the total.
		for _, offset := range []int{120, 500} {
			list, total, err := db.ClosedRequests(t.Context(), store.ClosedRequestFilter{Offset: offset, Limit: 10})
			if len(list) != 0 || total != len(all) || err != nil {
				t.Errorf("offset %d: got %d of %d, %v, want none of %d", offset, len(list), total, err, len(all))
			}
		}
	})
}

// pickClosed is what ClosedRequests should do, in the simplest way.
func pickClosed(all []store.ClosedRequest, f store.ClosedRequestFilter) ([]store.ClosedRequest, int) {
	has := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	overlap := func(a, b []int64) bool {
		return slices.ContainsFunc(a, func(id int64) bool { return slices.Contains(b, id) })
	}
	said := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(f.Text)) }
	var found []store.ClosedRequest
	for _, r := range all {
		if has(f.Projects, r.Project) && has(f.Authors, r.Author) && has(f.States, r.State) && has(f.Environments, r.Environment) &&
			(len(f.Reviewers)+len(f.ReviewerGroups) == 0 || overlap(f.Reviewers, r.Reviewers) || overlap(f.ReviewerGroups, r.ReviewerGroups)) &&
			(f.Feature == "" || slices.Contains(r.Features, f.Feature)) &&
			(said(r.Title) || slices.ContainsFunc(r.Features, said) || slices.ContainsFunc(r.Segments, said)) &&
			!r.CreatedAt.Before(f.CreatedFrom) && (f.CreatedTo.IsZero() || r.CreatedAt.Before(f.CreatedTo)) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b store.ClosedRequest) int { // by id already
		return map[store.ClosedRequestSort]int{
			store.SortByTitle:       strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)),
			store.SortByProject:     strings.Compare(a.Project, b.Project),
			store.SortByEnvironment: strings.Compare(a.Environment, b.Environment),
			store.SortByState:       strings.Compare(a.State, b.State),
		}[f.SortBy]
	})
	if !f.Ascending {
		slices.Reverse(found)
	}
	total := len(found)
	if f.Limit > 0 {
		found = found[min(f.Offset, total):min(f.Offset+f.Limit, total)]
	}
	return append([]store.ClosedRequest(nil), found...), total
}

func TestClosedRequestCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i, place := range [][2]string{
			{"web", "Applied"}, {"web", "Rejected"}, {"web", "Applied"}, {"Web", "Applied"}, {"shop", "Cancelled"},
		} {
			r := closed(int64(i) + 1)
			r.Project, r.State = place[0], place[1]
			mustPutClosed(t, db, r)
		}
		for project, want := range map[string]map[string]int{
			"web": {"Applied": 2, "Rejected": 1}, "shop": {"Cancelled": 1}, "none": {},
		} {
			got, err := db.ClosedRequestCounts(t.Context(), project)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", project, err, diff)
			}
		}
	})
}
