package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func historyScenarios() []scenario {
	const (
		show = "/history/state"
		diff = "/history/diff"
	)
	return []scenario{
		{name: "show everything as it is", method: "GET", path: show, status: 200, want: `{"replayed":0}`},
		{name: "show a flag", method: "GET", path: show + "?feature=checkout", status: 200, want: `{"features":[{"name":"checkout","project":"default"}],"segments":[{"name":"europe"}],"projects":[],"environments":[]}`},
		{name: "show a project", method: "GET", path: show + "?project=other", status: 200, want: `{"projects":[{"id":"other"}],"features":[{"name":"foreign"}],"segments":[{"name":"others"}],"environments":[],"protections":[]}`},
		{name: "show what protects", method: "GET", path: show + "?project=guarded", status: 200, want: `{"protections":[{"project":"guarded","environment":"production","rule":{"requiredApprovals":1}}]}`},
		{name: "show what was before anything", method: "GET", path: show + "?at=2000-01-01", status: 200, want: `{"revision":0,"at":null,"features":[],"projects":[]}`},
		{name: "show a flag before it was", method: "GET", path: show + "?feature=checkout&at=1", status: 200, want: `{"features":[{"name":"checkout"}]}`}, // the story is one batch
		{name: "show no flag", method: "GET", path: show + "?feature=none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "show no project", method: "GET", path: show + "?project=none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "show the future", method: "GET", path: show + "?at=999999", status: 400, want: `{"name":"BadDataError"}`},
		{name: "show no moment", method: "GET", path: show + "?at=yesterday", status: 400, want: `{"details":[{"path":"/query/at"}]}`},

		{name: "compare a moment with itself", method: "GET", path: diff + "?from=1&to=1", status: 200, want: `{"changes":[]}`},
		{name: "compare nothing with a flag", method: "GET", path: diff + "?from=2000-01-01T00:00:00Z&feature=plain", status: 200, want: `{"from":{"revision":0},"changes":[{"kind":"feature","name":"plain","project":"default","how":"added"}]}`},
		{name: "compare without a beginning", method: "GET", path: diff, status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "compare with no moment", method: "GET", path: diff + "?from=1&to=x", status: 400, want: `{"details":[{"path":"/query/to"}]}`},
		{name: "compare with the future", method: "GET", path: diff + "?from=999999", status: 400, want: `{"name":"BadDataError"}`},
	}
}

// TestHistory changes a flag step by step, and finds each step again.
func TestHistory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const strategies = checkoutPath + "/environments/development/strategies/"
		revisions := []int64{w.engine.State().Revision()}
		for _, step := range []struct{ method, path, body string }{
			{"PATCH", strategies + everyone, `[{"op":"replace","path":"/parameters/rollout","value":"25"}]`},
			{"POST", checkoutPath + "/environments/production/on", ``},
			{"DELETE", "/projects/other/features/foreign", ``},
			{"DELETE", "/archive/foreign", ``},
			{"DELETE", "/segments/2", ``},
		} {
			if got := w.call(t, "admin", step.method, step.path, step.body, nil); got.status >= 300 {
				t.Fatalf("%s %s: got %d %s", step.method, step.path, got.status, got.body)
			}
			revisions = append(revisions, w.engine.State().Revision())
		}
		get := func(as, path string, args ...any) []byte {
			t.Helper()
			got := w.call(t, as, http.MethodGet, fmt.Sprintf(path, args...), "", nil)
			if got.status != http.StatusOK {
				t.Fatalf("%s: got %d %s", fmt.Sprintf(path, args...), got.status, got.body)
			}
			return got.body
		}
		mustContain(t, get("admin", "/history/diff?from=%d&to=%d", revisions[0], revisions[1]), fmt.Sprintf(`{"from":{"revision":%d},"to":{"revision":%d},
			"changes":[{"kind":"feature","name":"checkout","project":"default","how":"changed",
				"fields":[{"path":"environments[development].strategies[%s].parameters.rollout","before":"100","after":"25"}]}]}`, revisions[0], revisions[1], everyone))
		mustContain(t, get("admin", "/history/diff?from=%d&feature=checkout", revisions[1]), `{"changes":[{"name":"checkout","fields":[{"path":"environments[production].enabled","before":null,"after":true}]}]}`)
		mustContain(t, get("admin", "/history/diff?from=%d&to=%d", revisions[5], revisions[2]), `{"changes":[{"kind":"feature","name":"foreign","how":"added"},{"kind":"segment","name":"insiders","how":"added"}]}`)
		mustContain(t, get("admin", "/history/state?at=%d&feature=foreign", revisions[3]), `{"features":[{"name":"foreign"}]}`)
		if got := w.call(t, "admin", http.MethodGet, "/history/state?feature=foreign", "", nil); got.status != http.StatusNotFound {
			t.Errorf("a flag that is deleted, now: got %d %s, want 404", got.status, got.body)
		}
	})
}

// TestHistoryHidesProjects holds that the past tells of a private project to those alone who may know of it now, or,
// when it is gone, to those who might have.
func TestHistoryHidesProjects(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		open := w.engine.State().Revision()
		w.mustHide(t)
		hidden := w.engine.State().Revision()
		told := func(as, path string) bool {
			t.Helper()
			return strings.Contains(string(w.call(t, as, http.MethodGet, path, "", nil).body), "hush-flag\",\"project")
		}
		check := func(when string) {
			t.Helper()
			for as, sees := range map[string]bool{"admin": true, "nothing": false} {
				for _, path := range []string{"/history/state?at=%d", "/history/state?at=%d&feature=hush-flag", "/history/state?at=%d&project=hush"} {
					if got := told(as, fmt.Sprintf(path, hidden)); got != sees {
						t.Errorf("%s, %s as %s: got that it tells of the private project: %t, want %t", when, path, as, got, sees)
					}
				}
				path := fmt.Sprintf("/history/diff?from=%d&to=%d", open, hidden)
				if got := strings.Contains(string(w.call(t, as, http.MethodGet, path, "", nil).body), `"hush`); got != sees {
					t.Errorf("%s, %s as %s: got that it tells of the private project: %t, want %t", when, path, as, got, sees)
				}
			}
		}
		check("while it is there")
		for _, step := range [][2]string{{"DELETE", "/projects/hush/features/hush-flag"}, {"DELETE", "/archive/hush-flag"}, {"POST", "/projects/archive/hush"}, {"DELETE", "/projects/hush"}} {
			if got := w.call(t, "admin", step[0], step[1], "", nil); got.status >= 300 {
				t.Fatalf("%v: got %d %s", step, got.status, got.body)
			}
		}
		check("when it is gone")
	})
}
