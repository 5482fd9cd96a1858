package adminapi_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func eventScenarios() []scenario {
	const created = `{"type":"feature-created","createdBy":"unleash_system_user","createdByUserId":-1337,"featureName":"vault","project":"guarded","environment":null,"preData":null,
		"data":{"name":"vault","project":"guarded","type":"release","stale":false,"archived":false},"tags":[],"groupType":"transaction","label":"Flag created",
		"summary":"**Quorate** created the flag [vault](/projects/guarded/features/vault) in the project [guarded](/projects/guarded)."}`
	return []scenario{
		{name: "search for the events of a flag", method: "GET", path: "/search/events?feature=IS:vault", status: 200, want: `{"events":[` + created + `],"total":1}`},
		{name: "search by several filters", method: "GET", path: "/search/events?project=IS_ANY_OF:shelved,other&type=IS_ANY_OF:project-created,project-archived&createdBy=IS:-1337&environment=", status: 200, want: `{"events":[{"type":"project-archived"},{"type":"project-created"},{"type":"project-created","project":"other"}],"total":3}`},
		{name: "search for a page", method: "GET", path: "/search/events?type=IS:project-created&limit=2&offset=1", status: 200, want: `{"events":[{"project":"guarded"},{"project":"named"}],"total":7}`},
		{name: "search for a page that is none", method: "GET", path: "/search/events?type=IS:project-archived&limit=-2&offset=x", status: 200, want: `{"events":[{"project":"shelved"}],"total":1}`},
		{name: "search for an id", method: "GET", path: "/search/events?id=IS:1", status: 200, want: `{"events":[{"id":1,"type":"ledger-created"}],"total":1}`},
		{name: "search for a text", method: "GET", path: "/search/events?query=WIKI.example.com/checkout", status: 200, want: `{"events":[],"total":0}`},
		{name: "search for a text that is there", method: "GET", path: "/search/events?query=new%20CHECKOUT", status: 200, want: `{"events":[{"featureName":"checkout"}],"total":1}`},
		{name: "search long ago", method: "GET", path: "/search/events?from=IS:2020-01-01&to=IS:2020-12-31", status: 200, want: `{"events":[],"total":0}`},
		{name: "search until long after", method: "GET", path: "/search/events?from=IS:2020-01-01&to=IS:2999-12-31&type=IS:project-archived", status: 200, want: `{"total":1,"events":[{}]}`},
		{name: "search as nobody special: events of projects only", as: "nothing", method: "GET", path: "/search/events?type=IS_ANY_OF:ledger-created,project-archived", status: 200, want: `{"events":[{"type":"project-archived","ip":"(absent)"}],"total":1}`},
		{name: "search as nobody special for what is in no project", as: "nothing", method: "GET", path: "/search/events?project=IS:&type=IS:ledger-created", status: 200, want: `{"events":[],"total":0}`},
		{name: "search by what is no filter", method: "GET", path: "/search/events?project=default", status: 400, want: `{"details":[{"path":"/query/project","message":"The ` + "`/query/project`" + ` property must match pattern \"^(IS|IS_ANY_OF):(.*?)(,([a-zA-Z0-9_]+))*$\". You sent \"default\"."}]}`},
		{name: "search from what is no day", method: "GET", path: "/search/events?from=IS:yesterday", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "export the events of a flag", method: "GET", path: "/events/export?format=json&feature=IS:vault", status: 200, want: `[` + created + `]`},
		{name: "export a period", method: "GET", path: "/events/export?format=json&from=2020-01-01&to=IS:2999-12-31&type=IS:project-archived", status: 200, want: `[{"type":"project-archived"}]`},
		{name: "export what holds a text", method: "GET", path: "/events/export?format=json&query=new%20CHECKOUT", status: 200, want: `[{"featureName":"checkout"}]`},
		{name: "export nothing", method: "GET", path: "/events/export?format=json&to=2000-01-01", status: 200, want: `[]`},
		{name: "export as nobody special: events of projects only", as: "nothing", method: "GET", path: "/events/export?format=json&type=IS_ANY_OF:ledger-created,project-archived", status: 200, want: `[{"type":"project-archived","ip":"(absent)"}]`},
		{name: "export as what is no format", method: "GET", path: "/events/export?format=xml", status: 400, want: `{"details":[{"path":"format"}]}`},
		{name: "search until a day that there is not", method: "GET", path: "/search/events?to=IS:2026-02-30", status: 400, want: `{"details":[{"path":"/query/to"}]}`},
		{name: "export from a day that there is not", method: "GET", path: "/events/export?from=2026-02-30", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "export from what is no day", method: "GET", path: "/events/export?from=yesterday", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "who is behind the events", method: "GET", path: "/event-creators", status: 200, want: `[{"id":-1337,"name":"unleash_system_user"}]`},
		{name: "what types events have", as: "nothing", method: "GET", path: "/event-types", status: 200, want: `{"feature-archived":"Flag archived"}`},
		{name: "list the events of a project", method: "GET", path: "/events?project=shelved", status: 200, want: `{"version":1,"events":[{"type":"project-archived"},{"type":"project-created"}],"totalEvents":2}`},
		{name: "list all events without being an admin", as: "nothing", method: "GET", path: "/events", status: 403, want: `{"permissions":["ADMIN"]}`},
		{name: "list the events of a flag", method: "GET", path: "/events/vault", status: 200, want: `{"version":1,"toggleName":"vault","events":[` + created + `],"totalEvents":1}`},
		{name: "list the events of no flag", method: "GET", path: "/events/none", status: 200, want: `{"toggleName":"none","events":[],"totalEvents":0}`},
	}
}

// Whoever writes is named in the event log, and admins see from where.
func TestEventsNameTheirCreator(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.call(t, "admin", http.MethodPost, "/projects/default/stale", `{"features":["checkout","plain"],"stale":true}`, nil)
		got := w.call(t, "admin", http.MethodGet, "/search/events?type=IS:feature-stale-on", "", nil)
		mustContain(t, got.body, `{"events":[{"featureName":"plain","createdBy":"terraform","createdByUserId":-42,"ip":"192.0.2.1"},{"featureName":"checkout","ip":"192.0.2.1"}],"total":2}`)
		mustContain(t, w.call(t, "nothing", http.MethodGet, "/search/events?type=IS:feature-stale-on", "", nil).body, `{"events":[{"ip":"(absent)"},{"ip":"(absent)"}]}`)
		mustContain(t, w.call(t, "admin", http.MethodGet, "/event-creators", "", nil).body, `[{"id":-42,"name":"Admin tokens"},{"id":-1337,"name":"unleash_system_user"}]`)
	})
}

func settingScenarios() []scenario {
	return []scenario{
		{name: "set origins", method: "POST", path: "/ui-config/cors", body: `{"frontendApiOrigins":["https://shop.example.com","http://localhost:3000"]}`, status: 204, events: []string{"setting-updated"}},
		{name: "set origins to what they are", method: "POST", path: "/ui-config/cors", body: `{"frontendApiOrigins":["*"]}`, status: 204},
		{name: "set a bad origin", method: "POST", path: "/ui-config/cors", body: `{"frontendApiOrigins":["*","https://shop.example.com/path"]}`, status: 400, want: `{"details":[{"path":"/body/frontendApiOrigins","message":"Invalid origin: https://shop.example.com/path"}]}`},
		{name: "set no list of origins", method: "POST", path: "/ui-config/cors", body: `{"frontendApiOrigins":{}}`, status: 400, want: `{"details":[{"path":"/body/frontendApiOrigins"}]}`},
	}
}

// TestExportEvents exports more events than are read at once, as a table, of which no cell is a formula, and as
// JSON; both have what the search finds.
func TestExportEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		var events []state.Event
		for i := range 1234 {
			after := flag.ContextField{Name: "country", SortOrder: i + 1, LegalValues: []flag.LegalValue{{Value: "DE"}, {Value: "FR"}}, CreatedAt: began}
			events = append(events, state.Event{Payload: state.ContextFieldUpdated{After: after}})
		}
		w.mustHappen(t, events...)
		if got := w.call(t, "admin", "POST", "/projects/default/features", `{"name":"=1+1"}`, nil); got.status != 400 {
			t.Fatalf("got %d %s, want that such a name is refused", got.status, got.body)
		}
		if got := w.call(t, "admin", "POST", "/projects/default/features", `{"name":"-minus","description":"\"a, b\"\nc"}`, nil); got.status != 201 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		for as, sees := range map[string]bool{"admin": true, "nothing": false} {
			got := w.call(t, as, http.MethodGet, "/events/export", "", nil)
			if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(got.header.Get("Content-Disposition"), "events.csv") {
				t.Fatalf("as %s: got %d, %v", as, got.status, got.header)
			}
			rows, err := csv.NewReader(bytes.NewReader(got.body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			var list []struct{ ID int64 }
			if err := json.Unmarshal(w.call(t, as, http.MethodGet, "/events/export?format=json", "", nil).body, &list); err != nil {
				t.Fatal(err)
			}
			var found struct{ Total int }
			if err := json.Unmarshal(w.call(t, as, http.MethodGet, "/search/events", "", nil).body, &found); err != nil {
				t.Fatal(err)
			}
			if len(rows)-1 != found.Total || len(list) != found.Total {
				t.Errorf("as %s: got %d rows and %d objects, want the %d events that the search finds", as, len(rows)-1, len(list), found.Total)
			}
			for i, row := range rows[1:] {
				if row[0] != strconv.FormatInt(list[i].ID, 10) || (i > 0 && list[i].ID >= list[i-1].ID) {
					t.Fatalf("as %s: row %d has the id %s, and the object %d", as, i, row[0], list[i].ID)
				}
				for n, cell := range row {
					if n != 5 && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
						t.Errorf("as %s: got the cell %q, which a spreadsheet may take for a formula", as, cell)
					}
				}
			}
			if rows[1][9] != "'-minus" {
				t.Errorf("as %s: got the name %q", as, rows[1][9])
			}
			if told := bytes.Contains(got.body, []byte("hush")); told != sees {
				t.Errorf("as %s: got that it tells of the private project: %t, want %t", as, told, sees)
			}
		}
	})
}
