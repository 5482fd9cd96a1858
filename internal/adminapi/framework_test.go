package adminapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/store/storetest"
)

const (
	checkoutPath = "/projects/default/features/checkout"
	createPath   = "/projects/default/features"
)

func newSQLiteWorld(t testing.TB) *world {
	t.Helper()
	return newWorld(t, storetest.Open(t, storetest.SQLite(t)))
}

// TestBodies sends bodies that never reach an operation, and some that just do.
func TestBodies(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	large := `{"name":"large","description":"` + strings.Repeat("x", 1<<20) + `"}`
	bulk := `{"features":["` + strings.Repeat(`x","`, 1<<18) + `"],"stale":true}`
	for _, test := range []struct {
		name, method, path, body, contentType string
		status                                int
		want                                  string
	}{
		{"broken JSON", "POST", createPath, `{"name":`, "application/json", 400, `{"message":"unexpected EOF","name":"(absent)","id":"(absent)"}`},
		{"no JSON at all", "POST", createPath, `name=fresh`, "application/json", 400, `{"message":"invalid character 'a' in literal null (expecting 'u')","name":"(absent)"}`},
		{"two values", "POST", createPath, `{"name":"a"}{}`, "application/json", 400, `{"message":"invalid character '{' after top-level value"}`},
		{"a text in the place of an object", "POST", createPath, `"fresh"`, "application/json", 400, `{"details":[{"path":"/body","message":"The ` + "`/body`" + ` property must be object. You sent \"fresh\"."}]}`},
		{"null in the place of an object", "POST", createPath, `null`, "application/json", 400, `{"details":[{"path":"/body"}]}`},
		{"no body", "POST", createPath, ``, "application/json", 400, `{"details":[{"path":"/body/name"}]}`},
		{"no body, of a strange type", "POST", createPath, ``, "text/csv", 400, `{"details":[{"path":"/body/name"}]}`},
		{"white space", "POST", createPath, " \n", "text/csv", 400, `{"details":[{"path":"/body/name"}]}`},
		{"a form", "POST", createPath, `name=fresh`, "application/x-www-form-urlencoded", 415, `{"name":"ContentTypeError"}`},
		{"a type that is none", "POST", createPath, `{"name":"fresh"}`, "json;;;", 415, `{"name":"ContentTypeError"}`},
		{"too large", "POST", createPath, large, "application/json", 413, `{"name":"PayloadTooLargeError","message":"request entity too large"}`},
		{"large, in bulk", "POST", "/projects/default/stale", bulk, "application/json", 404, `{"name":"NotFoundError"}`},
		{"a number that is too large", "PUT", "/feature-types/release/lifetime", `{"lifetimeDays":1e999}`, "application/json", 400, `{"details":[{"path":"/body/lifetimeDays","message":"The ` + "`/body/lifetimeDays`" + ` property must be integer. You sent 1e999."}]}`},
		{"a long wrong value is cut in the message", "PUT", "/feature-types/release/lifetime", `{"lifetimeDays":"` + strings.Repeat("x", 500) + `"}`, "application/json", 400, `{"details":[{"message":"The ` + "`/body/lifetimeDays`" + ` property must be integer. You sent \"` + strings.Repeat("x", 199) + `…."}]}`},
		{"no type", "POST", "/features/validate", `{"name":"fresh"}`, "", 200, ``},
		{"a JSON type of its own", "POST", "/features/validate", `{"name":"fresh"}`, "application/merge-patch+json; charset=utf-8", 200, ``},
		{"a property in other letters is unknown", "POST", createPath, `{"NAME":"fresh"}`, "application/json", 400, `{"details":[{"path":"/body/name"}]}`},
		{"true as a number", "PUT", "/feature-types/sunset/lifetime", `{"lifetimeDays":90.0}`, "application/json", 200, `{"lifetimeDays":90}`},
		{"a boolean as a text", "POST", "/features/validate", `{"name":true}`, "application/json", 200, ``},
		{"a number as a boolean", "POST", "/projects/default/stale", `{"features":["checkout"],"stale":0}`, "application/json", 202, ``},
		{"an object as a text", "POST", "/features/validate", `{"name":{}}`, "application/json", 400, `{"details":[{"path":"/body/name","message":"The ` + "`/body/name`" + ` property must be string. You sent {}."}]}`},
		{"a body that nobody asked for", "POST", checkoutPath + "/environments/development/on", `{"x":`, "application/json", 200, ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := w.mustDigest(t)
			got := w.call(t, "admin", test.method, test.path, test.body, map[string]string{"Content-Type": test.contentType})
			if got.status != test.status {
				t.Fatalf("got %d %s, want %d", got.status, got.body, test.status)
			}
			if test.want != "" {
				mustContain(t, got.body, test.want)
			} else if len(got.body) > 0 {
				t.Errorf("got the body %s, want none", got.body)
			}
			if w.mustDigest(t) != before {
				t.Error("the state has changed")
			}
		})
	}
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	for _, request := range [][2]string{
		{"GET", "/api/admin/x"},
		{"GET", "/api/admin"},
		{"GET", "/api/admin/features"},
		{"GET", "/api/admin/archive/features"},
		{"POST", "/api/admin/features/checkout"},
		{"PUT", "/api/admin" + createPath},
		{"GET", "/api/admin/projects/default/features/checkout/x"},
	} {
		got := w.call(t, "admin", request[0], request[1], "", nil)
		if got.status != http.StatusNotFound {
			t.Errorf("%s %s: got %d, want 404", request[0], request[1], got.status)
			continue
		}
		mustContain(t, got.body, fmt.Sprintf(`{"name":"NotFoundError","message":"The path you were looking for (%s) is not available."}`, request[1]))
	}
}

func TestPathsThatAreWrittenDifferently(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	for _, path := range []string{checkoutPath + "/", "/projects/default/features/check%6Fut"} {
		got := w.call(t, "admin", "GET", path, "", nil)
		if got.status != http.StatusOK {
			t.Errorf("%s: got %d %s, want 200", path, got.status, got.body)
		}
	}
	head := w.call(t, "admin", "HEAD", checkoutPath, "", nil)
	if head.status != http.StatusOK || len(head.body) > 0 || head.header.Get("ETag") == "" {
		t.Errorf("HEAD: got %d with %d bytes and the ETag %q, want 200, none, and one", head.status, len(head.body), head.header.Get("ETag"))
	}
	bearer := w.call(t, "Bearer admin", "GET", checkoutPath, "", nil)
	if bearer.status != http.StatusOK {
		t.Errorf("with Bearer: got %d, want 200", bearer.status)
	}
}

func TestETags(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	first := w.call(t, "admin", "GET", checkoutPath, "", nil)
	tag := first.header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) {
		t.Fatalf("got the ETag %q, want a weak one", tag)
	}
	for _, header := range []string{tag, `"a", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
		got := w.call(t, "admin", "GET", checkoutPath, "", map[string]string{"If-None-Match": header})
		if got.status != http.StatusNotModified || len(got.body) > 0 || got.header.Get("ETag") != tag {
			t.Errorf("If-None-Match %s: got %d with %q and the ETag %s, want 304, nothing and %s", header, got.status, got.body, got.header.Get("ETag"), tag)
		}
	}
	w.call(t, "admin", "POST", checkoutPath+"/environments/development/off", "", nil)
	got := w.call(t, "admin", "GET", checkoutPath, "", map[string]string{"If-None-Match": tag})
	if got.status != http.StatusOK || got.header.Get("ETag") == tag {
		t.Errorf("after a change: got %d and the ETag %s, want 200 and another than %s", got.status, got.header.Get("ETag"), tag)
	}
	if none := w.call(t, "admin", "GET", createPath+"/none", "", nil); none.header.Get("ETag") != "" {
		t.Errorf("a refusal: got the ETag %q, want none", none.header.Get("ETag"))
	}
	if me := w.call(t, "admin", "GET", "/user", "", nil); me.header.Get("Cache-Control") != "no-store" {
		t.Errorf("/user: got Cache-Control %q, want no-store", me.header.Get("Cache-Control"))
	}
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	write := w.call(t, "admin", "POST", checkoutPath+"/environments/development/off", "", nil)
	revision := write.header.Get("Quorate-Revision")
	read := w.call(t, "admin", "GET", checkoutPath, "", map[string]string{"Quorate-Revision": revision})
	if read.status != http.StatusOK || read.header.Get("Quorate-Revision") != revision {
		t.Errorf("reading what was written: got %d at revision %q, want 200 at %s", read.status, read.header.Get("Quorate-Revision"), revision)
	}
	for _, header := range []string{"x", "-1", "1.5"} {
		got := w.call(t, "admin", "GET", checkoutPath, "", map[string]string{"Quorate-Revision": header})
		if got.status != http.StatusBadRequest {
			t.Errorf("Quorate-Revision %s: got %d, want 400", header, got.status)
			continue
		}
		mustContain(t, got.body, `{"details":[{"path":"/headers/Quorate-Revision"}]}`)
	}
	// This node does not get there within the time that it waits.
	late := w.call(t, "admin", "GET", checkoutPath, "", map[string]string{"Quorate-Revision": "1000000"})
	if late.status != http.StatusServiceUnavailable {
		t.Errorf("a revision to come: got %d %s, want 503", late.status, late.body)
	}
}

// TestReasonIsKept looks into the ledger for the reason that was given for a bypass.
func TestReasonIsKept(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	got := w.call(t, "admin", "POST", "/projects/guarded/features/vault/environments/production/on", "", map[string]string{"Quorate-Reason": " the shop is down "})
	if got.status != http.StatusOK {
		t.Fatalf("got %d %s, want 200", got.status, got.body)
	}
	tail, err := w.db.Tail(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	last := tail[len(tail)-1]
	var payload struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(last.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	if last.Type != "change-requests-bypassed" || payload.Reason != "the shop is down" {
		t.Errorf("got the event %s with the reason %q, want change-requests-bypassed with the one that was given", last.Type, payload.Reason)
	}
	if last.Actor != "admin-token:1" {
		t.Errorf("got the actor %q, want the caller", last.Actor)
	}
	origins, err := w.db.Origins(t.Context(), last.Batch)
	if err != nil {
		t.Fatal(err)
	}
	if origin := origins[last.Batch]; origin.IP != "192.0.2.1" || origin.At.IsZero() {
		t.Errorf("got the origin %+v, want the caller's address", origin)
	}
}

func TestDocsPage(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	document := w.call(t, "", "GET", "/docs/openapi.json", "", nil)
	if document.status != http.StatusOK || !json.Valid(document.body) {
		t.Fatalf("the document: got %d, want 200 and JSON", document.status)
	}
	page := w.call(t, "", "GET", "/docs/openapi/", "", nil)
	if page.status != http.StatusOK {
		t.Fatalf("the page: got %d, want 200", page.status)
	}
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("got the policy %q, want a strict one", policy)
	}
	for _, text := range []string{"http://", "https://", "style=", "onclick", "<script>"} {
		if strings.Contains(string(page.body), text) {
			t.Errorf("the page contains %q: it must load nothing from elsewhere and run nothing inline", text)
		}
	}
	for _, file := range []string{"page.js", "page.css"} {
		if !strings.Contains(string(page.body), file) {
			t.Errorf("the page does not load %s", file)
		}
		if got := w.call(t, "", "GET", "/docs/openapi/"+file, "", nil); got.status != http.StatusOK {
			t.Errorf("%s: got %d, want 200", file, got.status)
		}
	}
	if got := w.call(t, "", "GET", "/docs/openapi", "", nil); got.status != http.StatusMovedPermanently {
		t.Errorf("without a slash: got %d, want 301", got.status)
	}
	if got := w.call(t, "", "GET", "/docs/openapi/none.js", "", nil); got.status != http.StatusNotFound {
		t.Errorf("no file: got %d, want 404", got.status)
	}
}

// FuzzBody sends any bytes as bodies: they are refused or understood, and nothing breaks.
func FuzzBody(f *testing.F) {
	f.Add(`{"name":"flexibleRollout","constraints":[{"contextName":"a","operator":"IN","values":[1,true,"x"]}],"parameters":{"rollout":5}}`)
	f.Add(`{"name":"default","variants":[{"name":"a","weight":1e3,"payload":{"type":"json","value":null}}],"title":null,"segments":["1"]}`)
	f.Add(`[{"op":"replace","path":"/parameters/rollout","value":{"a":[1]}},{"op":"move","from":"/a","path":""}]`)
	f.Add(`[{"op":"add","path":"","value":null}]`)
	f.Add(`{"name":"\u0000"}`)
	w := newSQLiteWorld(f)
	strategies := checkoutPath + "/environments/development/strategies"
	f.Fuzz(func(t *testing.T, body string) {
		for _, request := range [][2]string{{"POST", strategies}, {"PUT", strategies + "/" + everyone}, {"PATCH", strategies + "/" + everyone}, {"PATCH", checkoutPath}} {
			if got := w.call(t, "admin", request[0], request[1], body, nil); got.status >= 500 {
				t.Errorf("%s %s with %q: got %d %s", request[0], request[1], body, got.status, got.body)
			}
		}
	})
}
