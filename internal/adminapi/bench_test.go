package adminapi_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/adminapi"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
	"github.com/quorate/quorate/internal/window"
)

// searchBound is how long a search may take on the server, with 10,000 flags, all of which are used, and
// 1,000 people (issue 3: "flag search with any filter under 20 ms").
const searchBound = 20 * time.Millisecond

// BenchmarkSearchFeatures searches by each filter and in each order, as a person with favourites.
func BenchmarkSearchFeatures(b *testing.B) {
	handler := withManyFlags(b, 10_000, 1_000)
	search := func(b *testing.B, query string) {
		b.Helper()
		get(b, handler, "/api/admin/search/features?"+query)
	}
	search(b, "") // the first one reads how flags were used, and who people are
	for name, query := range map[string]string{
		"all":             "",
		"query":           "query=a,checkout",
		"project":         "project=IS_ANY_OF:default,other",
		"no project":      "project=IS_NONE_OF:none",
		"type":            "type=IS:release",
		"state":           "state=IS_ANY_OF:stale,potentially-stale",
		"lifecycle":       "lifecycle=IS_ANY_OF:initial,pre-live,live",
		"createdBy":       "createdBy=IS_NOT:7",
		"tag":             "tag=EXCLUDE_ALL:simple:none",
		"segment":         "segment=DO_NOT_INCLUDE:none",
		"status":          "status=production:enabled&status=development:enabled",
		"favorite":        "favorite=IS:true",
		"createdAt":       "createdAt=IS_ON_OR_AFTER:2020-01-01",
		"lastSeenAt":      "lastSeenAt=IS_ON_OR_AFTER:2020-01-01",
		"sort by use":     "sortBy=lastSeenAt&sortOrder=desc&limit=100",
		"favorites first": "favoritesFirst=true&sortBy=name&offset=5000&limit=100",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				search(b, query)
			}
			if each := b.Elapsed() / time.Duration(b.N); each > searchBound {
				b.Errorf("a search took %v, want at most %v", each, searchBound)
			}
		})
	}
}

// inboxBound is how long an inbox may take on the server, with 10,000 open change requests: as long as their overview.
const inboxBound = 50 * time.Millisecond

// BenchmarkInbox reads the inboxes of people for whom much waits, and of those for whom nothing of what is open does.
func BenchmarkInbox(b *testing.B) {
	n := newBenched(b, 1_000, 10)
	at := changerequest.Place{Project: "default", Environment: "production"}
	read := func(name string, person int64, want int, permissions ...access.Permission) {
		b.Helper()
		who := access.Actor{Ref: access.NewRef(access.KindUser, person)}
		for _, p := range permissions {
			who.Grants = append(who.Grants, access.Grant{Permission: p})
		}
		handler := n.serve(who, nil)
		b.Run(name, func(b *testing.B) {
			var got struct{ Waiting []struct{} }
			for b.Loop() {
				if err := json.Unmarshal(get(b, handler, "/api/admin/inbox"), &got); err != nil {
					b.Fatal(err)
				}
			}
			if len(got.Waiting) != want {
				b.Errorf("%d requests wait, want %d", len(got.Waiting), want)
			}
			if each := b.Elapsed() / time.Duration(b.N); each > inboxBound {
				b.Errorf("an inbox took %v, want at most %v", each, inboxBound)
			}
		})
	}

	names := n.propose(at, 10_000)
	approve := func(person int64, fact func(changerequest.Vote) changerequest.Event) {
		by := access.NewRef(access.KindUser, person)
		var events []state.Event
		for r := range n.engine.State().OpenRequests() {
			events = append(events, decide.RequestEvent(r, fact(changerequest.Vote{By: by, Round: 1, ContentID: r.ContentID()})))
		}
		n.do(by, events...)
	}
	approve(2, func(v changerequest.Vote) changerequest.Event { return changerequest.ApprovalAdded{Vote: v} })
	read("nothing is allowed", 7, 0)
	read("reviews", 7, 100, access.ApproveChangeRequest)
	read("all reviewed", 2, 0, access.ApproveChangeRequest)
	approve(3, func(v changerequest.Vote) changerequest.Event { return changerequest.ApprovedEvent{Vote: v} })
	read("applications", 7, 100, access.ApplyChangeRequest)
	freeze := state.EnvironmentWindowCreated{Window: window.Window{
		ID: n.engine.State().NextWindowID(), Environment: at.Environment, Kind: window.Freeze, Name: "Audit",
		Start: window.Wall(time.Now().UTC().AddDate(0, 0, -1).Format("2006-01-02T15:04")), Minutes: 7 * 24 * 60, Zone: "UTC",
	}}
	n.do(access.SystemRef, state.Event{Scope: state.Scope{Environment: at.Environment}, Payload: freeze})
	read("applications in a freeze", 7, 0, access.ApplyChangeRequest)
	read("applications past a freeze", 7, 100, access.Admin)
	n.do(access.SystemRef, state.Event{Scope: state.Scope{Environment: at.Environment}, Payload: state.EnvironmentWindowDeleted{Before: freeze.Window}})
	var archived []state.Event
	for _, name := range names {
		archived = append(archived, state.Event{Scope: state.Scope{Project: at.Project, Feature: name}, Payload: state.FeatureArchived{}})
	}
	n.do(access.SystemRef, archived...)
	read("applications that are blocked", 7, 0, access.Admin)
}

// propose makes so many change requests, which need two approvals, by as many authors, and returns the flags that they are about.
func (n *benched) propose(at changerequest.Place, requests int) []flag.Name {
	n.b.Helper()
	rule := changerequest.Rule{RequiredApprovals: 2}
	agreements := []changerequest.Agreement{{Place: at, Rule: rule}}
	role := access.Role{ID: n.engine.State().NextRoleID(), Name: "Reviewer", Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: access.ApproveChangeRequest}}}
	n.do(access.SystemRef,
		state.Event{Scope: state.Scope{Project: at.Project, Environment: at.Environment}, Payload: state.ChangeRequestConfigurationUpdated{After: &rule}},
		state.Event{Payload: state.RoleCreated{Role: role}},
		state.Event{Scope: state.Scope{Project: at.Project}, Payload: state.ProjectAccessAdded{
			Subjects: []state.Subject{state.AccountSubject(2), state.AccountSubject(3)}, Roles: []access.RoleID{role.ID},
		}})
	var names []flag.Name
	for f := range n.engine.State().FlagsOf(at.Project) {
		names = append(names, f.Name)
	}
	for i := range requests {
		r := &changerequest.Request{ID: changerequest.ID(i + 1), Project: at.Project, Environment: at.Environment}
		c := change.Change{ID: change.ID(i + 1), Feature: names[i%len(names)], Payload: change.UpdateEnabled{Enabled: i%2 == 0, Minted: flag.StrategyID(fmt.Sprint("minted-", i))}}
		n.do(access.NewRef(access.KindServiceAccount, int64(1000+i)),
			decide.RequestEvent(r, changerequest.Created{Agreements: agreements}), decide.RequestEvent(r, changerequest.ChangeAdded{Change: c}),
			decide.RequestEvent(r, changerequest.SentToReview{Agreements: agreements}))
	}
	return names
}

// get returns the answer to somebody.
func get(b *testing.B, handler http.Handler, path string) []byte {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	r.Header.Set("Authorization", "somebody")
	w := httptest.NewRecorder()
	if handler.ServeHTTP(w, r); w.Code != http.StatusOK {
		b.Fatalf("got %d %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// benched is an instance for benchmarks.
type benched struct {
	b       *testing.B
	db      *store.DB
	engine  *engine.Engine
	keyring *identity.Keyring
	people  *identity.Identity
}

// newBenched returns an instance with flags and people, who are viewers.
func newBenched(b *testing.B, flags, people int) *benched {
	b.Helper()
	n := &benched{b: b, db: storetest.Open(b, storetest.SQLite(b))}
	e, err := engine.Open(b.Context(), engine.Options{
		DB: n.db, Now: time.Now, Log: slog.New(slog.DiscardHandler), Project: index,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	if err != nil {
		b.Fatal(err)
	}
	n.engine = e
	var waiting []state.Event
	for events := range flagtest.Decisions(1, flags) {
		if waiting = append(waiting, events...); len(waiting) > 2_000 {
			n.do(access.SystemRef, waiting...)
			waiting = nil
		}
	}
	n.do(access.SystemRef, waiting...)
	var accounts []state.Event
	for _, role := range access.BuiltInRoles() {
		accounts = append(accounts, state.Event{Payload: state.RoleCreated{Role: role}})
	}
	for i := range people {
		accounts = append(accounts, state.Event{Payload: state.UserCreated{ID: int64(i + 1), RootRole: access.RoleViewer}})
	}
	n.do(access.SystemRef, accounts...)
	if n.keyring, err = identity.NewKeyring(make([]byte, 32)); err != nil {
		b.Fatal(err)
	}
	n.people = identity.New(identity.Options{State: e.State, Keyring: n.keyring, DB: n.db, Now: time.Now})
	err = n.db.Update(b.Context(), func(tx *store.Tx) error {
		for i := range people {
			if err := tx.AddPerson(store.Person{ID: int64(i + 1), Kind: string(access.KindUser), Username: fmt.Sprint("person-", i), CreatedAt: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// do writes events in somebody's name.
func (n *benched) do(by access.Ref, events ...state.Event) {
	n.b.Helper()
	_, err := n.engine.Do(n.b.Context(), engine.Command{
		Actor:  access.Actor{Ref: by, Grants: []access.Grant{{Permission: access.Admin}}},
		Decide: func(*state.State) ([]state.Event, error) { return events, nil },
	})
	if err != nil {
		n.b.Fatal(err)
	}
}

// serve serves the API to somebody.
func (n *benched) serve(actor access.Actor, u *usage.Usage) http.Handler {
	r := chi.NewRouter()
	adminapi.Mount(r, adminapi.Options{
		App:           app.New(app.Options{Engine: n.engine, People: n.people, Now: time.Now, NewID: uuid.NewString, Keys: n.keyring}),
		Authenticator: callers{"somebody": actor},
		People:        n.people, Usage: u, Notify: newNotify(n.engine, n.db, n.keyring),
	})
	return r
}

// withManyFlags serves the API on an instance with flags that are used by three applications, and with people.
func withManyFlags(b *testing.B, flags, people int) http.Handler {
	b.Helper()
	n := newBenched(b, flags, people)
	u := usage.New(usage.Options{
		DB: n.db, Now: time.Now, Log: slog.New(slog.DiscardHandler), Known: func(string) bool { return true },
		Live: func(name, environment string) bool {
			return n.engine.State().Live(flag.Name(name), flag.EnvironmentName(environment))
		},
	})
	counts, liked := map[string]usage.Counts{}, 0
	for f := range n.engine.State().Flags() {
		counts[string(f.Name)] = usage.Counts{Yes: 3, No: 4}
		if liked++; liked <= 100 {
			if err := n.people.FavourFeature(b.Context(), 7, string(f.Name), true); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, application := range []string{"shop", "mail", "app"} {
		for _, environment := range n.engine.State().Environments() {
			u.Count(usage.Report{Application: application, Environment: string(environment.Name), At: time.Now(), Features: counts})
		}
	}
	if err := u.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	return n.serve(access.Actor{Ref: access.NewRef(access.KindUser, 7)}, u)
}
