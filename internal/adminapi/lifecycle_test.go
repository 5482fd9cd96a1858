package adminapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

func lifecycleScenarios() []scenario {
	const flags = "/projects/default/features/"
	return []scenario{
		{
			name: "the stages of a flag that is used", as: "nothing", method: "GET", path: flags + "plain/lifecycle", status: 200,
			want: `[{"stage":"initial","enteredStageAt":"2026-03-01T14:00:00.000Z"},{"stage":"pre-live","enteredStageAt":"(present)"}]`,
		},
		{name: "the stages of an archived flag", method: "GET", path: flags + "old/lifecycle", status: 200, want: `[{"stage":"initial"},{"stage":"archived"}]`},
		{name: "the stages of no flag", method: "GET", path: flags + "none/lifecycle", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "declare a flag's work done", as: "creator", method: "POST", path: flags + "plain/lifecycle/complete", body: `{"status":"kept","statusValue":"blue"}`,
			status: 200, events: []string{"feature-completed default//plain"},
			then: map[string]string{
				flags + "plain":                           `{"lifecycle":{"stage":"completed","status":"kept"}}`,
				flags + "plain/lifecycle":                 `[{"stage":"initial"},{"stage":"pre-live"},{"stage":"completed","status":"kept"}]`,
				"/lifecycle/count":                        `{"initial":8,"preLive":0,"live":0,"completed":1,"archived":1}`,
				"/search/features?lifecycle=IS:completed": `{"total":1,"features":[{"name":"plain","lifecycle":{"stage":"completed","status":"kept"}}]}`,
				"/search/events?feature=IS:plain&limit=1": `{"events":[{"type":"feature-completed","data":{"status":"kept","statusValue":"blue"}}]}`,
			},
		},
		{name: "declare it done and say no outcome", method: "POST", path: flags + "plain/lifecycle/complete", body: `{}`, status: 400, want: `{` + invalid + `,"details":[{"path":"/body/status"}]}`},
		{name: "declare it done with an unknown outcome", method: "POST", path: flags + "plain/lifecycle/complete", body: `{"status":"lost"}`, status: 400, want: `{"details":[{"path":"status"}]}`},
		{name: "declare an archived flag's work done", method: "POST", path: flags + "old/lifecycle/complete", body: `{"status":"kept"}`, status: 400, want: `{"name":"ArchivedFeatureError"}`},
		{name: "declare no flag's work done", method: "POST", path: flags + "none/lifecycle/complete", body: `{"status":"kept"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "declare work not done that was not", method: "POST", path: flags + "plain/lifecycle/uncomplete", status: 200},
		{name: "declare the work of no flag not done", method: "POST", path: flags + "none/lifecycle/uncomplete", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "count stages", as: "nothing", method: "GET", path: "/lifecycle/count", status: 200, want: `{"initial":8,"preLive":1,"live":0,"completed":0,"archived":1}`},
	}
}

// TestLife follows a flag from its creation until it is revived.
func TestLife(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const path = "/projects/default/features/checkout"
		now := time.Now()
		must := func(method, path, body string, status int, want string) {
			t.Helper()
			got := w.call(t, "admin", method, path, body, nil)
			if got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
			if want != "" {
				mustContain(t, got.body, want)
			}
		}
		use := func(environment string) {
			t.Helper()
			w.usage.Count(usage.Report{Application: "shop", Environment: environment, At: now, Features: map[string]usage.Counts{"checkout": {Yes: 1}}})
			if err := w.usage.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		is := func(want string) {
			t.Helper()
			must(http.MethodGet, path, "", 200, `{"lifecycle":`+want+`}`)
		}
		is(`{"stage":"initial","enteredStageAt":"2026-03-01T13:00:00.000Z"}`)
		use("production") // where it is off
		is(`{"stage":"pre-live"}`)
		w.mustHappen(t, state.Event{Scope: state.Scope{Project: "default", Environment: "production", Feature: "checkout"}, Payload: state.FeatureEnvironmentEnabled{}})
		use("development")
		is(`{"stage":"pre-live"}`)
		use("production")
		is(`{"stage":"live"}`)
		must(http.MethodPost, path+"/lifecycle/complete", `{"status":"discarded"}`, 200, "")
		is(`{"stage":"completed","status":"discarded"}`)
		must(http.MethodPost, path+"/lifecycle/uncomplete", "", 200, "")
		is(`{"stage":"live","status":"(absent)"}`)
		must(http.MethodPost, path+"/lifecycle/complete", `{"status":"kept"}`, 200, "")
		must(http.MethodDelete, path, "", 202, "")
		is(`{"stage":"archived"}`)
		must(http.MethodGet, path+"/lifecycle", "", 200, `[{"stage":"initial"},{"stage":"pre-live"},{"stage":"live"},{"stage":"completed","status":"kept"},{"stage":"archived"}]`)
		must(http.MethodPost, "/archive/revive/checkout", "", 200, "")
		must(http.MethodGet, path+"/lifecycle", "", 200, `[{"stage":"initial"}]`)
		must(http.MethodGet, "/projects/default/status", "", 200, `{"lifecycleSummary":{"initial":{"currentFlags":5},"preLive":{"currentFlags":1},"live":{"averageDays":null,"currentFlags":0}}}`)
	})
}
