package adminapi_test

import (
	"errors"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func loginScenarios() []scenario {
	csv := map[string]string{"Accept": "text/csv"}
	return []scenario{
		{name: "who has signed in", method: "GET", path: "/logins", status: 200, want: `{"events":[]}`},
		{name: "who has signed in, as CSV", method: "GET", path: "/logins", header: csv, status: 200, wantText: "id,username,auth_type,created_at,successful,ip,failure_reason\n"},
		{name: "who has signed in, as a file", method: "GET", path: "/logins/csv", status: 200, wantText: "id,username,auth_type,created_at,successful,ip,failure_reason\n"},
		{name: "who has access, as CSV", method: "GET", path: "/access/overview", header: csv, status: 200, wantText: "userId,userName,userEmail,rootRole,accessibleProjects,groups,createdAt,lastSeen\n1,"},
	}
}

// TestLogins shows who has tried to sign in and how, until they are gone, and is no formula to a spreadsheet.
func TestLogins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			person := store.Person{ID: 99, Kind: "user", Username: "=1+1", CreatedAt: began}
			return errors.Join(tx.AddPerson(person),
				tx.AddLogin(store.Login{ID: "a", Account: 2, At: began, Successful: true, IP: "192.0.2.1", Provider: "oidc"}),
				tx.AddLogin(store.Login{ID: "b", At: began.AddDate(0, 0, 1), Failure: "wrong name or password", IP: "192.0.2.2"}),
				tx.AddLogin(store.Login{ID: "c", Account: 99, At: began.AddDate(0, 0, 2), Successful: true, IP: "192.0.2.3"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		const rest = `{"username":"","auth_type":"simple","successful":false,"failure_reason":"wrong name or password"},
			{"id":1772366400000000,"username":"person-2","auth_type":"oidc","created_at":"2026-03-01T12:00:00.000Z","successful":true,"ip":"192.0.2.1","failure_reason":"(absent)"}]}`
		mustContain(t, w.call(t, "root", "GET", "/logins", "", nil).body, `{"events":[{"username":"=1+1"},`+rest)
		const want = "id,username,auth_type,created_at,successful,ip,failure_reason\n1772539200000000,'=1+1,simple,2026-03-03T12:00:00.000Z,true,192.0.2.3,\n"
		if got := string(w.call(t, "root", "GET", "/logins", "", map[string]string{"Accept": "text/csv"}).body); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("got %s, want it to begin with %s", got, want)
		}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeletePerson(99) }); err != nil {
			t.Fatal(err)
		}
		mustContain(t, w.call(t, "root", "GET", "/logins", "", nil).body, `{"events":[`+rest)
	})
}
