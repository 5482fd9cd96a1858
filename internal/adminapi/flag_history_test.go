package adminapi_test

import (
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestCollaborators shows who has changed a flag: people, not tokens, as long as they and it are there.
func TestCollaborators(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const path = "/projects/default/features/plain"
		must := func(as, method, path, body string, status int) {
			t.Helper()
			if got := w.call(t, as, method, path, body, nil); got.status != status {
				t.Fatalf("%s %s as %s: got %d %s, want %d", method, path, as, got.status, got.body, status)
			}
		}
		are := func(want string) {
			t.Helper()
			mustContain(t, w.call(t, "nothing", "GET", path, "", nil).body, `{"collaborators":{"users":`+want+`}}`)
		}
		are(`[]`)
		must("admin", "PUT", path, `{"description":"by a token"}`, 200)
		are(`[]`)
		must("boss", "PUT", path, `{"description":"by the boss"}`, 200)
		must("creator", "PUT", path, `{"description":"by the creator"}`, 200)
		must("boss", "PUT", path, `{"description":"by the boss again"}`, 200)
		are(`[{"id":2,"name":"Olga"},{"id":9}]`)
		must("boss", "GET", "/projects/default/features/dormant", "", 200) // who looks changes nothing
		mustContain(t, w.call(t, "nothing", "GET", "/projects/default/features/dormant", "", nil).body, `{"collaborators":{"users":[]}}`)

		must("boss", "DELETE", path, "", 202)
		must("boss", "DELETE", "/archive/plain", "", 200)
		must("creator", "POST", "/projects/default/features", `{"name":"plain"}`, 201)
		are(`[{"id":9}]`)
	})
}

// TestProjectStats counts what has happened to a project lately, and how long flags took to production.
func TestProjectStats(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const overview, project = "/projects/other/overview", "/projects/other/features/foreign"
		stats := func(want string) {
			t.Helper()
			mustContain(t, w.call(t, "nothing", "GET", overview, "", nil).body, `{"stats":`+want+`}`)
		}
		must := func(method, path, body string, status int) {
			t.Helper()
			if got := w.call(t, "boss", method, path, body, nil); got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
		}
		days := func(n int) { w.ahead.Add(int64(time.Duration(n) * 24 * time.Hour)) }
		must("POST", "/projects/other/features", `{"name":"quick"}`, 201)
		days(2)
		must("POST", "/projects/other/features/quick/environments/development/on", "", 200)
		stats(`{"avgTimeToProdCurrentWindow":0}`)
		days(4)
		must("POST", "/projects/other/features/quick/environments/production/on", "", 200)
		must("POST", "/projects/other/features/quick/environments/production/off", "", 200)
		got := mustDecode(t, w.call(t, "nothing", "GET", overview, "", nil).body).(map[string]any)["stats"].(map[string]any)["avgTimeToProdCurrentWindow"].(float64)
		if got < 5.99 || got > 6.01 {
			t.Errorf("got %v days to production, want 6", got)
		}
		stats(`{"createdCurrentWindow":1,"createdPastWindow":0}`)

		// Once more is not the first time.
		days(40)
		must("POST", "/projects/other/features/quick/environments/production/on", "", 200)
		stats(`{"avgTimeToProdCurrentWindow":0,"createdCurrentWindow":0,"createdPastWindow":1,"projectActivityCurrentWindow":1}`)
		before := w.engine.State().Revision()
		must("PUT", project, `{"description":"x"}`, 200)
		must("PUT", project, `{"description":"y"}`, 200)
		stats(`{"projectActivityCurrentWindow":3}`)
		if wrote := w.engine.State().Revision() - before; wrote != 2 {
			t.Errorf("got %d events, want 2", wrote)
		}
		days(31)
		stats(`{"projectActivityCurrentWindow":0,"projectActivityPastWindow":3}`)

		// A flag that is deleted is forgotten, with when it was first on.
		must("POST", "/projects/other/features/quick/clone", `{"name":"copy"}`, 201)
		stats(`{"avgTimeToProdCurrentWindow":0}`) // on as it is created
		for _, path := range []string{"/projects/other/features/copy", "/archive/copy"} {
			w.call(t, "boss", "DELETE", path, "", nil)
		}
		if ons, err := db.FlagFirstOns(t.Context(), w.now().AddDate(0, 0, -1)); err != nil || len(ons) > 0 {
			t.Errorf("got %v of a deleted flag, %v", ons, err)
		}
	})
}

// TestMembersAdded counts people, whether they came themselves or by a group.
func TestMembersAdded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		added := func(want string) {
			t.Helper()
			mustContain(t, w.call(t, "admin", "GET", "/projects/small/overview", "", nil).body, `{"stats":{"projectMembersAddedCurrentWindow":`+want+`}}`)
		}
		added("0")
		s := w.engine.State()
		members := int64(len(s.Group(onCall).Members))
		if members == 0 {
			t.Fatal("the group has no members")
		}
		w.mustHappen(t, state.Event{Scope: state.Scope{Project: "small"}, Payload: state.ProjectAccessAdded{
			Subjects: []state.Subject{state.GroupSubject(onCall), state.AccountSubject(s.Group(onCall).Members[0].Account)}, Roles: []access.RoleID{access.RoleMember},
		}})
		mustContain(t, w.call(t, "admin", "GET", "/projects/small/status", "", nil).body, `{"resources":{"members":1}}`)
		added(string(rune('0' + members)))
		w.ahead.Add(int64(31 * 24 * time.Hour))
		added("0")
	})
}
