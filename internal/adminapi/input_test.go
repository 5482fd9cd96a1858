package adminapi_test

import (
	"net/http"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestInputs sends parameters in unusual forms; answers show how they were read.
func TestInputs(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	for _, test := range []struct {
		name, path string
		status     int
		want       string
	}{
		{"a number in a path, written differently", "/segments/2.0", 200, `{"id":2}`},
		{"a path that is escaped", "/segments/%32", 200, `{"id":2}`},
		{"a boolean as a number", "/projects?archived=1", 200, `{"projects":[{"id":"shelved"}]}`},
		{"a parameter without a value", "/search/features?query=vault&sortOrder=", 200, `{"features":[{"name":"vault"}]}`},
		{"several items of a list", "/search/features?query=checkout&status=development:disabled&status=development:enabled", 200, `{"features":[{"name":"checkout"}]}`},
		{"one item of a list is wrong", "/search/features?status=development:enabled&status=x", 400, `{"details":[{"path":"/query/status"}]}`},
		{"bytes that are no text", "/projects/default/features/%FF", 400, `{"details":[{"path":"/params/featureName"}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := w.call(t, "admin", "GET", test.path, "", nil)
			if got.status != test.status {
				t.Fatalf("got %d %s, want %d", got.status, got.body, test.status)
			}
			if kind := got.header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
				t.Errorf("got the content type %q, want JSON", kind)
			}
			mustContain(t, got.body, test.want)
		})
	}
}

// TestTextThatCannotBeKept sends texts that PostgreSQL does not take: they are refused by name on both databases, before anybody
// has signed in as well, and a browser that calls itself something unreadable can be used.
func TestTextThatCannotBeKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser()
		root.header = http.Header{"User-Agent": {"\xff"}}
		root.mustSignIn(t, "root", adminPassword)
		root.must(t, "POST", "/api/admin/projects/default/features", `{"name":"one"}`, 201, `{}`)
		root.must(t, "GET", "/api/admin/user/sessions", "", 200, `{"sessions":[{"userAgent":"\uFFFD"}]}`)
		for _, test := range []struct{ method, path, body, named string }{
			{"POST", "/auth/simple/login", `{"username":"a\u0000b","password":"x"}`, "/body/username"},
			{"POST", "/auth/reset/password-email", `{"email":"a\u0000b"}`, "/body/email"},
			{"POST", userAdmin, `{"username":"a\u0000b","rootRole":3}`, "/body/username"},
			{"PUT", userAdmin + "/1", `{"name":"\u0000"}`, "/body/name"},
			{"POST", "/api/admin/invite-link/tokens", `{"name":"\u0000","expiresAt":"2999-01-01T00:00:00Z"}`, "/body/name"},
			{"POST", "/api/admin/metrics/applications/shop", `{"url":"\u0000"}`, "/body/url"},
			{"POST", "/api/admin/projects/default/features/one/environments/production/strategies", `{"name":"flexibleRollout","parameters":{"\u0000":"1"}}`, "/body/parameters"},
			{"POST", "/api/admin/splash/%00", `{}`, "/params/id"},
			{"GET", "/api/admin/events/%00", "", "/params/featureName"},
			{"GET", "/api/admin/search/events?feature=IS:%00", "", "/query/feature"},
			{"GET", "/api/admin/search/events?type=IS:%FF", "", "/query/type"},
			{"GET", "/api/admin/client-metrics/features/%00", "", "/params/name"},
		} {
			root.must(t, test.method, test.path, test.body, 400, `{"name":"BadDataError","details":[{"path":"`+test.named+`"}]}`)
		}
	})
}
