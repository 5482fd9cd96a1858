package adminapi_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// mustHide makes a private project that mark sees because he is on call. Everything in it has
// "hush" in its name.
func (w *world) mustHide(t testing.TB) {
	t.Helper()
	const (
		project  = flag.ProjectID("hush")
		strategy = "0195a000-0000-7000-8000-0000000000bb"
	)
	at := state.Scope{Project: project}
	w.mustHappen(t,
		state.Event{Scope: at, Payload: state.ProjectCreated{Project: flag.Project{
			ID: project, Name: "Hush", Mode: flag.ModePrivate, DefaultStickiness: "default", CreatedAt: began, UpdatedAt: began,
			Environments: []flag.ProjectEnvironment{{Environment: "development"}, {Environment: "production"}},
		}}},
		state.Event{Scope: at, Payload: state.ProjectAccessAdded{Subjects: []state.Subject{state.GroupSubject(onCall)}, Roles: []access.RoleID{access.RoleReader}}},
		state.Event{Scope: at, Payload: state.SegmentCreated{Segment: flag.Segment{ID: 5, Name: "hush segment", Project: new(project), CreatedAt: began}}},
		state.Event{Scope: at, Payload: state.ContextFieldCreated{Field: flag.ContextField{Name: "hush field", Project: new(project), CreatedAt: began}}},
		state.Event{Scope: state.Scope{Project: project, Feature: "hush-flag"}, Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "hush-flag", Project: project, Type: "release", CreatedAt: began, CreatedBy: "user:1",
			Tags: []flag.Tag{{Type: "simple", Value: "shop"}},
			Environments: []flag.FlagEnvironment{{Environment: "development", Strategies: []flag.Strategy{{
				ID: strategy, Name: "default", Segments: []flag.SegmentID{1, 5},
				Constraints: []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"DE"}}},
			}}}, {Environment: "production"}},
		}}},
	)
	w.mustHappen(t, state.Event{Payload: state.AddonConfigCreated{Integration: state.Integration{
		ID: w.engine.State().NextIntegrationID(), Provider: "webhook", Projects: []flag.ProjectID{project}, CreatedAt: began,
	}}})
	u := usage.New(usage.Options{DB: w.db, Now: time.Now, Log: slog.New(slog.DiscardHandler), Known: func(name string) bool { return name != "hush-unknown" }, Live: w.live})
	u.Register(usage.Presence{Application: "shop", Environment: "development", Instance: "1", Projects: []string{string(project)}, SDKType: usage.Backend})
	u.Register(usage.Presence{Application: "hush-app", Environment: "development", Instance: "1", Projects: []string{string(project)}, SDKType: usage.Backend})
	u.Count(usage.Report{Application: "hush-app", Environment: "development", At: time.Now(), Features: map[string]usage.Counts{"hush-flag": {Yes: 1}, "hush-unknown": {Yes: 1}}})
	if err := u.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestPrivateProjectInLists holds that what belongs to a private project is listed for those who may know of it,
// and for nobody else.
func TestPrivateProjectInLists(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		for _, path := range []string{
			"/projects", "/search/features", "/search/features?project=IS:hush", "/search/events", "/search/events?project=IS_ANY_OF:hush,default", "/events/hush-flag",
			"/segments", "/segments/1/strategies", "/segments/strategies/0195a000-0000-7000-8000-0000000000bb",
			"/context?include=project", "/context/country/strategies", "/metrics/applications", "/groups", "/groups/1", "/projects/roles/6/access",
			"/client-metrics/features/hush-flag", "/client-metrics/features/hush-flag/raw", "/metrics/applications/shop/overview", "/metrics/unknown-flags", "/addons", "/insights",
		} {
			for as, sees := range map[string]bool{"admin": true, "root": true, "editor": true, "mark": true, "nothing": false} {
				if strings.HasPrefix(path, "/projects/roles/") && as != "admin" && as != "root" {
					continue // takes a permission
				}
				got := w.call(t, as, http.MethodGet, path, "", nil)
				if got.status != http.StatusOK {
					t.Errorf("%s as %s: got %d %s, want 200", path, as, got.status, got.body)
				}
				// What was asked for is told to everyone.
				body := bytes.ReplaceAll(got.body, []byte(`"toggleName":"hush-flag"`), nil)
				body = bytes.ReplaceAll(body, []byte(`"featureName":"hush-flag","lastHourUsage":[]`), nil)
				if told := bytes.Contains(body, []byte("hush")); told != sees {
					t.Errorf("%s as %s: got %s, want that it tells of the private project: %v", path, as, got.body, sees)
				}
			}
		}
	})
}

// TestPrivateProjectInPaths holds that every path below a private project, and below its flags, answers who may not
// know of it as one that does not exist does.
func TestPrivateProjectInPaths(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		doc, err := contract()
		if err != nil {
			t.Fatal(err)
		}
		same := func(method, path, body string, names ...string) {
			t.Helper()
			hidden := w.call(t, "nothing", method, strings.NewReplacer(names...).Replace(path), body, nil)
			for i := 1; i < len(names); i += 2 {
				names[i] = strings.NewReplacer("hush", "none").Replace(names[i])
			}
			missing := w.call(t, "nothing", method, strings.NewReplacer(names...).Replace(path), body, nil)
			if diff := cmp.Diff(told(t, missing), strings.ReplaceAll(told(t, hidden), "hush", "none")); diff != "" {
				t.Errorf("%s %s: what is hidden is not answered like what does not exist (-missing +hidden):\n%s", method, path, diff)
			}
			if hidden.status == http.StatusOK && names[1] == "none" {
				t.Errorf("%s %s: got 200 below a project that is hidden", method, path)
			}
		}
		others := []string{
			"{id}", "1", "{changeId}", "1", "{environment}", "development", "{strategyId}", everyone, "{contextField}", "tier", "{legalValue}", "x", "{linkId}", linkID,
			"{token}", "x", "{userId}", "3", "{groupId}", "1", "{type}", "simple", "{value}", "shop",
		}
		seen := 0
		for _, path := range doc.Paths.InMatchingOrder() {
			for method, op := range doc.Paths.Value(path).Operations() {
				body := ""
				if op.RequestBody != nil {
					body = w.body(t, op.OperationID)
				}
				switch {
				case strings.Contains(path, "{projectId}"):
					seen++
					same(method, path, body, append([]string{"{projectId}", "hush", "{featureName}", "hush-flag", "{child}", "hush-flag", "{parent}", "plain"}, others...)...)
					if strings.Contains(path, "{featureName}") || strings.Contains(path, "{child}") {
						same(method, path, body, append([]string{"{projectId}", "default", "{featureName}", "hush-flag", "{child}", "hush-flag", "{parent}", "plain"}, others...)...)
					}
				case strings.Contains(path, "{featureName}"):
					seen++
					same(method, path, body, append([]string{"{featureName}", "hush-flag"}, others...)...)
				}
			}
		}
		if seen < 80 {
			t.Errorf("got %d operations with projects and flags in their paths, want 80 at least", seen)
		}
		validate := func(project string) string {
			return told(t, w.call(t, "nothing", http.MethodPost, "/features/validate", `{"name":"fresh","projectId":"`+project+`"}`, nil))
		}
		if diff := cmp.Diff(validate("none"), strings.ReplaceAll(validate("hush"), "hush", "none")); diff != "" {
			t.Errorf("a name in a hidden project is not answered like in one that does not exist (-missing +hidden):\n%s", diff)
		}
		for _, one := range []struct{ method, hidden, missing, body string }{
			{http.MethodGet, "/segments/5", "/segments/99", ""},
			{http.MethodGet, "/segments/5/strategies", "/segments/99/strategies", ""},
			{http.MethodPut, "/segments/5", "/segments/99", `{"name":"x","constraints":[]}`},
			{http.MethodDelete, "/segments/5", "/segments/99", ""},
		} {
			hidden := w.call(t, "nothing", one.method, one.hidden, one.body, nil)
			if hidden.status == http.StatusOK {
				t.Errorf("%s %s: got 200", one.method, one.hidden)
			}
			if one.method != http.MethodGet {
				continue // without the permission, nobody learns what does not exist
			}
			missing := w.call(t, "nothing", one.method, one.missing, one.body, nil)
			if diff := cmp.Diff(told(t, missing), strings.ReplaceAll(told(t, hidden), `"5"`, `"99"`)); diff != "" {
				t.Errorf("%s %s: not answered like what does not exist (-missing +hidden):\n%s", one.method, one.hidden, diff)
			}
		}
	})
}

// told returns the status and the body of an answer, without its id.
func told(t testing.TB, a answer) string {
	t.Helper()
	if len(a.body) == 0 {
		return fmt.Sprint(a.status)
	}
	body := mustDecode(t, a.body)
	if object, ok := body.(map[string]any); ok {
		delete(object, "id")
	}
	return fmt.Sprintf("%d %v", a.status, body)
}

// body returns a body that the operation takes, from a scenario that carries it out.
func (w *world) body(t testing.TB, operation string) string {
	t.Helper()
	for _, table := range scenarios() {
		for _, s := range table {
			if s.status < 300 && s.operation(t).OperationID == operation {
				return s.body
			}
		}
	}
	return "{}"
}

// TestPrivateThingsInBodies names a flag and a segment of a private project to who may not know of them: there is no
// such flag, and no such segment. An administrator is told where they are.
func TestPrivateThingsInBodies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		at := state.Scope{Project: "hush", Feature: "hush-child"}
		child := state.FeatureCreated{Flag: flag.Flag{
			Name: "hush-child", Project: "hush", Type: "release", CreatedAt: began, CreatedBy: "user:1",
			Environments: []flag.FlagEnvironment{{Environment: "development"}, {Environment: "production"}},
		}}
		needs := state.FeatureDependencyAdded{Dependency: flag.Dependency{Feature: "hush-flag", Enabled: true}}
		w.mustHappen(t, state.Event{Scope: at, Payload: child}, state.Event{Scope: at, Payload: needs})
		const (
			guarded    = "/projects/guarded"
			strategies = guarded + "/features/vault/environments/development/strategies"
		)
		for _, one := range []struct{ as, method, path, body string }{
			{"creator", http.MethodPost, "/projects/default/stale", `{"features":["hush-flag"],"stale":true}`},
			{"creator", http.MethodPut, "/projects/default/tags", `{"features":["hush-flag"],"tags":{"addedTags":[],"removedTags":[]}}`},
			{"member", http.MethodPost, guarded + "/archive", `{"features":["hush-flag"]}`},
			{"member", http.MethodPost, guarded + "/archive/validate", `{"features":["hush-flag"]}`},
			{"member", http.MethodPost, guarded + "/archive/validate", `{"features":["hush-child"]}`},
			{"member", http.MethodPost, guarded + "/bulk_features/environments/development/on", `{"features":["hush-flag"]}`},
			{"member", http.MethodPost, guarded + "/bulk_features/environments/development/off", `{"features":["hush-flag"]}`},
			{"member", http.MethodPost, proposalsPath, `{"feature":"hush-flag","action":"updateEnabled","payload":{"enabled":true}}`},
			{"member", http.MethodPost, proposalsPath, `{"feature":"hush-flag","action":"deleteStrategy","payload":{"id":"` + everyone + `"}}`},
			{"member", http.MethodPost, proposalsPath, `{"feature":"vault","action":"addStrategy","payload":{"name":"default","segments":[5]}}`},
			{"member", http.MethodPost, strategies, `{"name":"default","segments":[5]}`},
		} {
			unknown := strings.NewReplacer("hush-flag", "moon-flag", "hush-child", "moon-flag", "[5]", "[99]").Replace(one.body)
			secret, missing := w.call(t, one.as, one.method, one.path, one.body, nil), w.call(t, one.as, one.method, one.path, unknown, nil)
			got := strings.NewReplacer("hush-flag", "moon-flag", "hush-child", "moon-flag", "ID 5", "ID 99").Replace(told(t, secret))
			if diff := cmp.Diff(told(t, missing), got); diff != "" {
				t.Errorf("%s %s: not answered like what does not exist (-missing +hidden):\n%s", one.path, one.body, diff)
			}
			if told := w.call(t, "admin", one.method, one.path, one.body, nil); secret.status >= 400 && !bytes.Contains(told.body, []byte(`"hush\"`)) && !bytes.Contains(told.body, []byte(`hush segment`)) {
				t.Errorf("%s %s as admin: got %s, want it to tell the project or the segment", one.path, one.body, told.body)
			}
		}
	})
}
