package adminapi_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// newIntegrations returns integrations that may reach this machine, where the receivers of tests are.
func newIntegrations(a *app.App, db *store.DB, keyring *identity.Keyring) *integration.Integrations {
	return integration.New(integration.Options{
		DB: db, App: a, Events: eventlog.New(eventlog.Options{DB: db, State: a.State}), State: a.State, Now: time.Now,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Keys: keyring,
		Log: slog.New(slog.DiscardHandler), URL: "https://flags.example.com/here", Private: true,
	})
}

// mustIntegrate makes integration 1, a webhook whose parameters nobody has set, and 2, which is disabled.
func (w *world) mustIntegrate(t testing.TB) {
	t.Helper()
	w.mustHappen(t,
		state.Event{Payload: state.AddonConfigCreated{Integration: state.Integration{
			ID: 1, Provider: "webhook", Description: new("To the log"), Enabled: true, Events: []string{"feature-created"},
			Projects: []flag.ProjectID{"default"}, Environments: []flag.EnvironmentName{"production"}, Whole: true, CreatedAt: began,
		}}},
		state.Event{Payload: state.AddonConfigCreated{Integration: state.Integration{ID: 2, Provider: "teamsworkflow", CreatedAt: began}}},
	)
}

func addonScenarios() []scenario {
	const (
		lacking = `{"name":"PermissionError","permissions":["%s"]}`
		webhook = `{"provider":"webhook","enabled":true,"parameters":{"url":"https://example.com/hook"},"events":["feature-created"]}`
		first   = `{"id":1,"provider":"webhook","description":"To the log","enabled":true,"events":["feature-created"],"projects":["default"],"environments":["production"],"parameters":{},"createdAt":"(present)"}`
	)
	bad := func(name, body, path string) scenario {
		return scenario{name: name, method: "POST", path: "/addons", body: body, status: 400, want: `{"name":"BadDataError","details":[{"path":"` + path + `"}]}`}
	}
	return []scenario{
		{name: "list", as: "nothing", method: "GET", path: "/addons", status: 200, want: `{"addons":[` + first + `,{"id":2,"description":null,"enabled":false,"events":[],"projects":[],"environments":[]}],"providers":[
			{"name":"webhook","events":"(present)","parameters":[{"name":"url","required":true,"sensitive":true},{},{},{},{},{},{"name":"signingSecret","required":false,"sensitive":true}]},
			{"name":"slack-app","tagTypes":[{"name":"slack"}]},{"name":"slack"},{"name":"teamsworkflow"},{"name":"teams"},{"name":"datadog"},{"name":"new-relic"}]}`},
		{name: "get", as: "nothing", method: "GET", path: "/addons/1", status: 200, want: first},
		{name: "get none", method: "GET", path: "/addons/99", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get no number", method: "GET", path: "/addons/x", status: 400, want: `{"name":"BadDataError"}`},

		{
			name: "create", method: "POST", path: "/addons", status: 201, body: webhook,
			want:   `{"id":3,"description":null,"projects":[],"environments":[],"parameters":{"url":"*****","signingSecret":"(present)"}}`,
			events: []string{"addon-config-created"}, then: map[string]string{
				"/addons/3": `{"id":3,"parameters":{"url":"*****","signingSecret":"*****"}}`,
			},
		},
		{
			name: "create to the full", method: "POST", path: "/addons", status: 201,
			body:   `{"provider":"slack-app","description":"D","enabled":false,"parameters":{"accessToken":"xoxb-1","defaultChannels":"a, b"},"events":["change-request-applied","feature-potentially-stale-on"],"projects":["*"],"environments":["production"]}`,
			want:   `{"id":3,"description":"D","enabled":false,"events":["change-request-applied","feature-potentially-stale-on"],"projects":["*"],"environments":["production"],"parameters":{"accessToken":"*****","defaultChannels":"a, b"}}`,
			events: []string{"addon-config-created"}, then: map[string]string{
				"/search/events?type=IS:addon-config-created&limit=1": `{"events":[{"data":{"id":3,"provider":"slack-app","projects":["*"]},"preData":null}]}`,
			},
		},
		{name: "create, forbidden", as: "nothing", method: "POST", path: "/addons", body: webhook, status: 403, want: fmt.Sprintf(lacking, "CREATE_ADDON")},
		{name: "create without a provider", method: "POST", path: "/addons", body: `{"enabled":true,"parameters":{},"events":[]}`, status: 400, want: `{"name":"BadDataError"}`},
		bad("create of an unknown provider", strings.Replace(webhook, `"webhook"`, `"pigeon"`, 1), "/body/provider"),
		bad("create without an address", `{"provider":"webhook","enabled":true,"parameters":{},"events":[]}`, "/body/parameters/url"),
		bad("create with an event that is none", strings.Replace(webhook, "feature-created", "Feature created", 1), "/body/events/0"),
		bad("create with an unknown project", strings.Replace(webhook, `"enabled"`, `"projects":["mars"],"enabled"`, 1), "/body/projects/0"),
		bad("create with an unknown environment", strings.Replace(webhook, `"enabled"`, `"environments":["mars"],"enabled"`, 1), "/body/environments/0"),

		{
			name: "update", method: "PUT", path: "/addons/1", body: webhook, status: 200,
			want:   `{"id":1,"description":null,"projects":[],"environments":[],"parameters":{"url":"*****","signingSecret":"(present)"}}`,
			events: []string{"addon-config-updated"}, then: map[string]string{
				"/search/events?type=IS:addon-config-updated": `{"events":[{"data":{"description":null,"changedParameters":["signingSecret","url"]},"preData":{"description":"To the log"}}]}`,
			},
		},
		{name: "update none", method: "PUT", path: "/addons/99", body: webhook, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "update, forbidden", as: "nothing", method: "PUT", path: "/addons/1", body: webhook, status: 403, want: fmt.Sprintf(lacking, "UPDATE_ADDON")},
		{name: "update to another provider", method: "PUT", path: "/addons/2", body: webhook, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/provider"}]}`},
		{name: "update without an address", method: "PUT", path: "/addons/1", body: `{"provider":"webhook","enabled":true,"parameters":{"url":"*****"},"events":[]}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/parameters/url"}]}`},

		{name: "delete", method: "DELETE", path: "/addons/1", status: 200, events: []string{"addon-config-deleted"}, then: map[string]string{"/addons": `{"addons":[{"id":2}]}`}},
		{name: "delete none", method: "DELETE", path: "/addons/99", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete, forbidden", as: "nothing", method: "DELETE", path: "/addons/1", status: 403, want: fmt.Sprintf(lacking, "DELETE_ADDON")},

		{name: "test", method: "POST", path: "/addons/1/test", status: 202, want: `{"id":"(present)"}`, then: map[string]string{"/deliveries?kind=integration&limit=1": `{"deliveries":[{"target":"1","state":"waiting"}]}`}},
		{name: "test a disabled one", method: "POST", path: "/addons/2/test", status: 400, want: `{"name":"BadDataError"}`},
		{name: "test none", method: "POST", path: "/addons/99/test", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "test, forbidden", as: "nothing", method: "POST", path: "/addons/1/test", status: 403, want: fmt.Sprintf(lacking, "UPDATE_ADDON")},

		{name: "no attempts", method: "GET", path: "/addons/1/events", status: 200, want: `{"integrationEvents":[]}`},
		{name: "attempts of none", method: "GET", path: "/addons/99/events", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "attempts, forbidden", as: "editor", method: "GET", path: "/addons/1/events", status: 403, want: fmt.Sprintf(lacking, "ADMIN")},
	}
}

// TestAddonEvents sends an event to a real server, and reads what became of it by the API.
func TestAddonEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		got := make(chan string, 1)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got <- string(body)
		}))
		t.Cleanup(receiver.Close)
		x := newIntegrations(w.app, db, mustKeyring(t))
		n := notify.New(notify.Options{
			DB: db, State: w.engine.State, Now: time.Now, NewID: uuid.NewString, Keys: mustKeyring(t), Log: slog.New(slog.DiscardHandler), Outside: x,
		})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(n.Begin(t.Context()))
		made := w.call(t, "admin", "POST", "/addons", `{"provider":"webhook","enabled":true,"parameters":{"url":"`+receiver.URL+`"},"events":["feature-created"]}`, nil)
		if made.status != http.StatusCreated || !strings.HasSuffix(made.header.Get("Location"), "addons/1") {
			t.Fatalf("got %d %s, location %q", made.status, made.body, made.header.Get("Location"))
		}
		w.call(t, "admin", "POST", "/projects/default/features", `{"name":"sent"}`, nil)
		must(n.Follow(t.Context()))
		must(n.Deliver(t.Context()))
		if body := <-got; !strings.Contains(body, `"featureName":"sent"`) {
			t.Errorf("got the body %s, want the event", body)
		}
		page := w.call(t, "admin", "GET", "/addons/1/events?limit=10", "", nil)
		mustContain(t, page.body, `{"integrationEvents":[{"id":"1","integrationId":1,"state":"success","stateDetails":"Sent.","event":{"type":"feature-created","featureName":"sent"},"details":{"status":200,"attempt":1}}]}`)
		mustHaveShape(t, "getIntegrationEvents", page.body)
		mustContain(t, w.call(t, "admin", "GET", "/addons/1/events?offset=1", "", nil).body, `{"integrationEvents":[]}`)
	})
}
