package requests_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Who asks. The member is one of the private project, as is nobody else but the admin.
var (
	admin  = access.Actor{Ref: "user:1", Grants: []access.Grant{{Permission: access.Admin}}}
	member = access.Actor{Ref: "user:2"}
	viewer = access.Actor{Ref: "user:3"}
)

// instance is an engine that keeps the index of closed requests.
type instance struct {
	t      testing.TB
	engine *engine.Engine
	finder *requests.Requests
}

// newInstance makes an instance with the projects shop, other and hush, which is private, and two segments.
func newInstance(t testing.TB, db *store.DB) *instance {
	t.Helper()
	return newInstanceAt(t, db, time.Now)
}

// newInstanceAt is newInstance with a clock.
func newInstanceAt(t testing.TB, db *store.DB, now func() time.Time) *instance {
	t.Helper()
	i := &instance{t: t, finder: requests.New(db)}
	var err error
	i.engine, err = engine.Open(t.Context(), engine.Options{
		DB: db, Log: slog.New(slog.DiscardHandler), Now: now,
		NewID:   func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
		Project: func(tx *store.Tx, c engine.Change) error { return requests.Index(tx, c.Before, c.Events) },
	})
	if err != nil {
		t.Fatal(err)
	}
	event := func(project flag.ProjectID, p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: project}, Payload: p}
	}
	events := []state.Event{event("", state.LedgerCreated{ID: uuid.NewString(), Format: state.Format})}
	for _, env := range []flag.EnvironmentName{"production", "staging"} {
		events = append(events, event("", state.EnvironmentCreated{Environment: flag.Environment{Name: env, Type: "production", Enabled: true}}))
	}
	for _, role := range access.BuiltInRoles() {
		events = append(events, event("", state.RoleCreated{Role: role}))
	}
	for id := range int64(3) {
		events = append(events, event("", state.UserCreated{ID: id + 1, RootRole: access.RoleViewer}))
	}
	for id, mode := range map[flag.ProjectID]flag.Mode{"shop": flag.ModeOpen, "other": flag.ModeOpen, "hush": flag.ModePrivate} {
		events = append(events, event(id, state.ProjectCreated{Project: flag.Project{
			ID: id, Name: string(id), Mode: mode, Environments: []flag.ProjectEnvironment{{Environment: "production"}, {Environment: "staging"}},
		}}))
	}
	events = append(events, event("hush", state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(2)}, Roles: []access.RoleID{access.RoleMember}}))
	for id, name := range []string{"Europe", "vips"} {
		events = append(events, event("", state.SegmentCreated{Segment: flag.Segment{ID: flag.SegmentID(id + 1), Name: name}}))
	}
	i.happen(access.SystemRef, events...)
	return i
}

func (i *instance) happen(by access.Ref, events ...state.Event) {
	i.t.Helper()
	actor := access.Actor{Ref: by}
	if by == admin.Ref {
		actor = admin
	}
	_, err := i.engine.Do(context.Background(), engine.Command{Actor: actor, Decide: func(*state.State) ([]state.Event, error) { return events, nil }})
	if err != nil {
		i.t.Fatal(err)
	}
}

// tell writes facts about a request.
func (i *instance) tell(by access.Ref, id changerequest.ID, at changerequest.Place, facts ...changerequest.Event) {
	i.t.Helper()
	r := &changerequest.Request{ID: id, Project: at.Project, Environment: at.Environment}
	events := make([]state.Event, len(facts))
	for n, fact := range facts {
		events[n] = decide.RequestEvent(r, fact)
	}
	i.happen(by, events...)
}

// known is a request as the test knows it.
type known struct {
	requests.Summary
	reviewers, groups []int64
	submitted         bool
}

// make makes so many requests at random, and returns what they are.
func (i *instance) make(n int) []*known {
	i.t.Helper()
	var all []*known
	pending := map[string]*known{}
	one := func(list ...string) string { return list[rand.IntN(len(list))] }
	changeID := change.ID(0)
	for range n {
		at := changerequest.Place{Project: flag.ProjectID(one("shop", "shop", "other", "hush")), Environment: flag.EnvironmentName(one("production", "staging"))}
		author := access.Ref(one("user:1", "user:2", "user:3", "service-account:9", "admin-token:4"))
		key := fmt.Sprint(at, author)
		if before := pending[key]; before != nil {
			i.close(before)
		}
		k := &known{Summary: requests.Summary{ID: changerequest.ID(len(all) + 1), Project: at.Project, Environment: at.Environment, State: changerequest.Draft, Author: author}}
		facts := []changerequest.Event{changerequest.Created{}}
		for range 1 + rand.IntN(3) {
			changeID++
			c := change.Change{ID: changeID, CreatedAt: noon}
			if rand.IntN(3) == 0 {
				segment := flag.SegmentID(1 + rand.IntN(2))
				c.Payload = change.UpdateSegment{ID: segment, Name: "x"}
				if name := i.engine.State().Segment(segment).Name; !slices.Contains(k.Segments, name) {
					k.Segments = append(k.Segments, name)
				}
			} else {
				c.Feature, c.Payload = flag.Name(one("web", "Cart", "web-2")), change.ArchiveFeature{}
				if !slices.Contains(k.Features, c.Feature) {
					k.Features = append(k.Features, c.Feature)
				}
			}
			facts = append(facts, changerequest.ChangeAdded{Change: c})
		}
		if k.Title = one("", "Größe", "ÉCOLE", "100 % web", "raise", "Raise"); k.Title != "" {
			facts = append(facts, changerequest.Described{Title: &k.Title})
		}
		if rand.IntN(2) == 0 {
			k.reviewers, k.groups = []int64{1 + rand.Int64N(4)}, []int64{1 + rand.Int64N(3)}
			facts = append(facts, changerequest.ReviewersUpdated{Reviewers: k.reviewers, ReviewerGroups: k.groups})
		}
		if rand.IntN(4) > 0 {
			k.State, k.submitted = changerequest.InReview, true
			facts = append(facts, changerequest.SentToReview{})
		}
		if k.submitted && rand.IntN(3) == 0 {
			k.State = changerequest.Approved
			facts = append(facts, changerequest.ApprovedEvent{Vote: changerequest.Vote{By: "user:9", At: noon, Round: 1}})
		}
		i.tell(author, k.ID, at, facts...)
		k.CreatedAt = i.engine.State().ChangeRequest(k.ID).CreatedAt
		all, pending[key] = append(all, k), k
	}
	return all
}

// close ends a request in one of the ways.
func (i *instance) close(k *known) {
	i.t.Helper()
	at := changerequest.Place{Project: k.Project, Environment: k.Environment}
	if k.submitted && rand.IntN(2) == 0 {
		k.State = changerequest.Rejected
		i.tell("user:9", k.ID, at, changerequest.RejectedEvent{Vote: changerequest.Vote{By: "user:9", At: noon, Round: 1}})
		return
	}
	k.State = changerequest.Cancelled
	i.tell(k.Author, k.ID, at, changerequest.CancelledEvent{})
}

// pick is what Search should do, in the simplest way.
func pick(all []*known, sees func(flag.ProjectID) bool, q requests.Query) ([]changerequest.ID, int) {
	has := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	overlap := func(a, b []int64) bool {
		return slices.ContainsFunc(a, func(id int64) bool { return slices.Contains(b, id) })
	}
	said := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(q.Text)) }
	var found []*known
	for _, k := range all {
		closed := k.State.Closed()
		if !sees(k.Project) || (closed && !k.submitted) || (k.State == changerequest.Draft && k.Author != q.Actor.Ref) {
			continue
		}
		if q.Open != q.Closed && q.Open == closed {
			continue
		}
		if !has(texts(q.Projects), string(k.Project)) || !has(texts(q.Environments), string(k.Environment)) || !has(texts(q.States), string(k.State)) || !has(texts(q.Authors), string(k.Author)) {
			continue
		}
		if len(q.Reviewers)+len(q.ReviewerGroups) > 0 && !overlap(q.Reviewers, k.reviewers) && !overlap(q.ReviewerGroups, k.groups) {
			continue
		}
		if q.Feature != "" && !slices.Contains(k.Features, q.Feature) {
			continue
		}
		if !said(k.Title) && !slices.ContainsFunc(texts(k.Features), said) && !slices.ContainsFunc(k.Segments, said) {
			continue
		}
		if k.CreatedAt.Before(q.From) || (!q.To.IsZero() && !k.CreatedAt.Before(q.To)) {
			continue
		}
		found = append(found, k)
	}
	slices.SortStableFunc(found, func(a, b *known) int { // by id already
		return map[requests.Sort]int{
			requests.ByTitle:       cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)),
			requests.ByProject:     cmp.Compare(a.Project, b.Project),
			requests.ByEnvironment: cmp.Compare(a.Environment, b.Environment),
			requests.ByState:       cmp.Compare(a.State, b.State),
		}[q.SortBy]
	})
	if !q.Ascending {
		slices.Reverse(found)
	}
	total := len(found)
	found = found[min(q.Offset, total):]
	if q.Limit > 0 {
		found = found[:min(q.Limit, len(found))]
	}
	var ids []changerequest.ID
	for _, k := range found {
		ids = append(ids, k.ID)
	}
	return ids, total
}

func texts[T ~string](list []T) []string {
	var all []string
	for _, v := range list {
		all = append(all, string(v))
	}
	return all
}

// TestSearch draws requests, open and closed, and queries with every filter, order and page, and compares each
// answer with a loop over all requests.
func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		i := newInstance(t, db)
		all := i.make(80)
		s := i.engine.State()
		open := len(slices.Collect(s.OpenRequests()))
		if open < 10 || open > 60 {
			t.Fatalf("got %d open requests of 80, want some of both", open)
		}
		sometimes := func() bool { return rand.IntN(4) == 0 }
		for range 600 {
			q := requests.Query{
				Actor:  []access.Actor{admin, member, viewer, {Ref: "admin-token:4", Grants: admin.Grants}}[rand.IntN(4)],
				SortBy: []requests.Sort{"", requests.ByCreation, requests.ByTitle, requests.ByProject, requests.ByEnvironment, requests.ByState}[rand.IntN(6)],
				Open:   sometimes(), Closed: sometimes(), Ascending: sometimes(), Offset: rand.IntN(8) * rand.IntN(4), Limit: rand.IntN(12),
			}
			if sometimes() {
				q.Projects = []flag.ProjectID{"hush", []flag.ProjectID{"shop", "other", "none"}[rand.IntN(3)]}
			}
			if sometimes() {
				q.Environments = []flag.EnvironmentName{"staging"}
			}
			if sometimes() {
				q.States = []changerequest.State{changerequest.Rejected, []changerequest.State{changerequest.InReview, changerequest.Draft, changerequest.Applied}[rand.IntN(3)]}
			}
			if sometimes() {
				q.Authors = []access.Ref{"user:2", "admin-token:4"}
			}
			if sometimes() {
				q.Reviewers = []int64{1 + rand.Int64N(4), 99}
			}
			if sometimes() {
				q.ReviewerGroups = []int64{1 + rand.Int64N(3)}
			}
			if sometimes() {
				q.Feature = []flag.Name{"web", "cart", "Cart"}[rand.IntN(3)]
			}
			if sometimes() {
				q.Text = []string{"WEB", "größ", "éco", "%", "_", "europe", "VIP", "rais", "nothing"}[rand.IntN(9)]
			}
			if sometimes() {
				q.From = all[rand.IntN(len(all))].CreatedAt
			}
			if sometimes() {
				q.To = all[rand.IntN(len(all))].CreatedAt
			}
			want, wantTotal := pick(all, func(p flag.ProjectID) bool { return s.MaySee(q.Actor, p) }, q)
			found, total, err := i.finder.Search(t.Context(), s, q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			var got []changerequest.ID
			for _, m := range found {
				got = append(got, m.ID)
				if diff := gocmp.Diff(all[m.ID-1].Summary, m, gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
					t.Fatalf("request %d (-want +got):\n%s", m.ID, diff)
				}
			}
			if diff := gocmp.Diff(want, got); diff != "" || total != wantTotal {
				t.Fatalf("%+v: got a total of %d, want %d (-want +got):\n%s", q, total, wantTotal, diff)
			}
		}
	})
}

// TestCounts counts by state, without others' drafts and what never was more than a draft.
func TestCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		i := newInstance(t, db)
		all := i.make(40)
		for _, actor := range []access.Actor{admin, member, viewer} {
			for _, project := range []flag.ProjectID{"shop", "other", "hush", "none"} {
				want := map[changerequest.State]int{}
				for _, k := range all {
					if k.Project == project && (k.submitted || (k.Author == actor.Ref && !k.State.Closed())) {
						want[k.State]++
					}
				}
				got, err := i.finder.Counts(t.Context(), i.engine.State(), actor, project)
				if diff := gocmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%s for %s: %v (-want +got):\n%s", project, actor.Ref, err, diff)
				}
			}
		}
	})
}

// TestGet reads requests where they are: in the state, in the ledger, or nowhere.
func TestGet(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		i := newInstance(t, db)
		at := changerequest.Place{Project: "shop", Environment: "production"}
		added := func(id change.ID) changerequest.Event {
			return changerequest.ChangeAdded{Change: change.Change{ID: id, Feature: "web", Payload: change.ArchiveFeature{}, CreatedAt: noon}}
		}
		i.tell("user:1", 1, at, changerequest.Created{}, added(1), changerequest.SentToReview{})
		i.tell("user:2", 2, at, changerequest.Created{}, added(2), changerequest.Discarded{})
		i.tell("user:2", 3, at, changerequest.Created{}, added(3), changerequest.CancelledEvent{Reason: "Over."})
		want := i.engine.State().ChangeRequest(1)
		i.tell("user:3", 1, at, changerequest.RejectedEvent{Vote: changerequest.Vote{By: "user:3", At: noon, Round: 1}})
		i.tell("user:1", 1, at, changerequest.Commented{Text: "Why?"})
		i.tell("user:1", 4, at, changerequest.Created{}, added(4))

		get := func(id changerequest.ID) *changerequest.Request {
			t.Helper()
			r, err := i.finder.Get(t.Context(), i.engine.State(), id)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		got := get(1)
		if got == nil || got.State != changerequest.Rejected || got.ClosedBy != "user:3" || len(got.Rejections) != 1 || len(got.Comments) != 1 || got.Comments[0].Text != "Why?" {
			t.Fatalf("a rejected one: got %+v", got)
		}
		if got.ContentID() != want.ContentID() || !got.CreatedAt.Equal(want.CreatedAt) || got.Author != "user:1" || got.Place() != at {
			t.Errorf("a rejected one: got %+v, want what %+v became", got, want)
		}
		if r := get(2); r != nil {
			t.Errorf("a discarded one: got %+v, want none", r)
		}
		if r := get(3); r == nil || r.State != changerequest.Cancelled || r.ClosedReason != "Over." || r.Submitted() {
			t.Errorf("a cancelled draft: got %+v", r)
		}
		if _, indexed, err := db.ClosedRequest(t.Context(), 3); indexed || err != nil {
			t.Errorf("a cancelled draft: got %v and %v, want that it is in no index", indexed, err)
		}
		if r := get(4); r == nil || r != i.engine.State().ChangeRequest(4) {
			t.Errorf("an open one: got %+v, want that of the state", r)
		}
		for _, id := range []changerequest.ID{0, -1, 5, 99} {
			if r := get(id); r != nil {
				t.Errorf("%d: got %+v, want none", id, r)
			}
		}
	})
}

// TestSegmentNames holds that a list names segments as they are called now, and as they were once they are gone.
func TestSegmentNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		i := newInstance(t, db)
		at := changerequest.Place{Project: "shop", Environment: "production"}
		before := *i.engine.State().Segment(1)
		i.tell("user:1", 1, at, changerequest.Created{}, changerequest.ChangeAdded{Change: change.Change{
			ID: 1, Payload: change.DeleteSegment{ID: 1}, Base: change.Base{Segment: &before}, CreatedAt: noon,
		}}, changerequest.SentToReview{})
		name := func(want string) {
			t.Helper()
			found, _, err := i.finder.Search(t.Context(), i.engine.State(), requests.Query{Actor: viewer})
			if err != nil || len(found) != 1 || !slices.Equal(found[0].Segments, []string{want}) {
				t.Errorf("got %+v, %v, want one request of %s", found, err, want)
			}
		}
		name("Europe")
		after := before
		after.Name = "EU"
		i.happen(access.SystemRef, state.Event{Payload: state.SegmentUpdated{Before: before, After: after}})
		name("EU")
		i.happen(access.SystemRef, state.Event{Payload: state.SegmentDeleted{Before: after}})
		name("Europe")
	})
}
