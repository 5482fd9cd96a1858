package sdkapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/sdkapi"
	"github.com/quorate/quorate/internal/state"
)

// toggles returns the names of the flags in an answer of the frontend API.
func toggles(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct{ Toggles []struct{ Name string } }
	mustUnmarshal(t, w.Body.Bytes(), &body)
	var list []string
	for _, f := range body.Toggles {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
}

func TestFrontendGolden(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const (
		on      = `{"name":"on","enabled":true,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":true,"featureEnabled":true}}`
		varied  = `{"name":"varied","enabled":true,"impressionData":false,"variant":{"name":"blue","enabled":true,"payload":{"type":"string","value":"#00f"},"feature_enabled":true,"featureEnabled":true}}`
		off     = `{"name":"off","enabled":false,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false}}`
		unmet   = `{"name":"targeted","enabled":false,"impressionData":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false}}`
		enabled = `{"toggles":[` + on + `,` + varied + `]}`
		every   = `{"toggles":[` + off + `,` + on + `,` + unmet + `,` + varied + `]}`
	)
	for path, want := range map[string]string{
		"/api/frontend": enabled, "/api/frontend/all": every, "/api/proxy": enabled, "/api/proxy/all": every,
	} {
		for _, method := range []string{"GET", "POST"} {
			got := h.call(t, call{method: method, path: path, token: frontend})
			if diff := cmp.Diff(want, got.Body.String()); diff != "" {
				t.Errorf("%s %s: the answer differs (-want +got):\n%s", method, path, diff)
			}
			if got.Header().Get("Cache-Control") != "no-cache" || !regexp.MustCompile(`^W/"[0-9a-f]+"$`).MatchString(got.Header().Get("ETag")) {
				t.Errorf("%s %s: got headers %v", method, path, got.Header())
			}
		}
	}
}

func TestFrontendETag(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.call(t, call{path: "/api/frontend?userId=ann", token: frontend})
	etag := first.Header().Get("ETag")
	same := h.call(t, call{path: "/api/frontend?userId=ann", token: frontend, headers: []string{"If-None-Match: " + etag}})
	if same.Code != http.StatusNotModified || same.Header().Get("ETag") != etag || same.Body.Len() != 0 {
		t.Errorf("got status %d with ETag %s and %d bytes, want 304 with the tag and no body", same.Code, same.Header().Get("ETag"), same.Body.Len())
	}
	h.toggle(t, "off")
	if got := h.call(t, call{path: "/api/frontend?userId=ann", token: frontend, headers: []string{"If-None-Match: " + etag}}); got.Code != http.StatusOK {
		t.Errorf("after a change, got status %d, want 200", got.Code)
	}
	h.toggle(t, "off")
	if got := h.call(t, call{path: "/api/frontend?userId=ann", token: frontend, headers: []string{"If-None-Match: " + etag}}); got.Code != http.StatusNotModified {
		t.Errorf("with everything as it was, got status %d, want 304", got.Code)
	}
}

// TestContext is how contexts are read. The flag targeted is on for plan pro, or plan
// "1,2", in NO.
func TestContext(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const hit = "on targeted varied"
	for query, want := range map[string]string{
		"": "on varied",
		"properties[plan]=pro&properties[country]=NO":          hit,
		"plan=pro&country=NO":                                  hit,
		"plan=pro&properties[country]=NO":                      hit,
		"plan=free&properties[plan]=pro&country=NO":            hit,
		"plan=pro&properties[plan]=free&country=NO":            "on varied",
		"plan[]=1&plan[]=2&country=NO":                         hit,
		"plan[0]=1&plan[1]=2&country=NO":                       hit,
		"plan=1&plan=2&country=NO":                             hit,
		"properties[plan][]=1&properties[plan][]=2&country=NO": hit,
		"plan[a]=pro&country=NO":                               "on varied",
		"plan=pro&country=%zz":                                 "on varied",
		"&&=&plan=pro&country=NO&x":                            hit,
	} {
		escaped := strings.NewReplacer("[", "%5B", "]", "%5D").Replace(query)
		for _, q := range []string{query, escaped} {
			if got := toggles(t, h.call(t, call{path: "/api/frontend?" + q, token: frontend})); got != want {
				t.Errorf("GET %s: got %q, want %q", q, got, want)
			}
		}
	}
	for body, want := range map[string]string{
		``:                 "on varied",
		`{}`:               "on varied",
		`{"context":null}`: "on varied",
		`{"context":{"properties":{"plan":"pro","country":"NO"}}}`:                              hit,
		`{"context":{"plan":"pro","country":"NO"}}`:                                             hit,
		`{"context":{"plan":"free","country":"NO","properties":{"plan":"pro"}}}`:                hit,
		`{"context":{"plan":"pro","country":"NO","properties":{"plan":null}}}`:                  "on varied",
		`{"context":{"plan":[1,2],"country":"NO"}}`:                                             hit,
		`{"context":{"plan":{"a":"pro"},"country":"NO"}}`:                                       "on varied",
		`{"context":{"userId":0,"sessionId":false,"plan":"pro","properties":{"country":"NO"}}}`: hit,
	} {
		if got := toggles(t, h.call(t, call{method: "POST", path: "/api/frontend", token: frontend, body: body})); got != want {
			t.Errorf("POST %s: got %q, want %q", body, got, want)
		}
	}
}

// TestRootFields asks flags that look at one field of the context each.
func TestRootFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	when := func(field, value string, operator flag.Operator) flag.FlagEnvironment {
		c := flag.Constraint{ContextName: field, Operator: operator, Values: []string{value}}
		if operator == flag.DateAfter {
			c.Values, c.Value = nil, value
		}
		return flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{{ID: "1", Name: "default", Constraints: []flag.Constraint{c}}}}
	}
	for name, row := range map[flag.Name]flag.FlagEnvironment{
		"for-app":         when("appName", "shop", flag.In),
		"for-address":     when("remoteAddress", "192.0.2.1", flag.In),
		"for-environment": when("environment", "development", flag.In),
		"for-later":       when("currentTime", "2100-01-01T00:00:00Z", flag.DateAfter),
		"for-number":      when("userId", "7", flag.In),
		"for-session":     when("sessionId", "", flag.StrStartsWith),
	} {
		h.create(t, "inner", name, row)
	}
	const always = "for-address for-environment "
	for name, c := range map[string]struct{ body, want string }{
		"nothing":        {`{}`, always + "on varied"},
		"application":    {`{"appName":"shop"}`, "for-address for-app for-environment on varied"},
		"address":        {`{"remoteAddress":"198.51.100.1"}`, "for-environment on varied"},
		"environment":    {`{"environment":"default"}`, "for-address on varied"},
		"time":           {`{"currentTime":"2101-01-01T00:00:00Z"}`, "for-address for-environment for-later on varied"},
		"a number as id": {`{"userId":7}`, "for-address for-environment for-number on varied"},
		"7.0 is 7":       {`{"userId":7.0}`, "for-address for-environment for-number on varied"},
	} {
		got := h.call(t, call{method: "POST", path: "/api/frontend", token: frontend, body: `{"context":` + c.body + `}`})
		if got := toggles(t, got); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestFrontendBadBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for body, want := range map[string]int{
		`{`: 400, `[]`: 400, `"x"`: 400, `{"context":1}`: 400, `{"context":[]}`: 400, `{} {}`: 400,
		`{"context":{"a":"` + strings.Repeat("x", 1<<20) + `"}}`: 413,
	} {
		if got := h.call(t, call{method: "POST", path: "/api/frontend", token: frontend, body: body}); got.Code != want {
			t.Errorf("%.30s: got status %d, want %d: %s", body, got.Code, want, got.Body)
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const shop = "https://shop.example"
	for name, c := range map[string]struct{ setting, origin, want string }{
		"never set":      {"", shop, "*"},
		"empty":          {`[]`, shop, "*"},
		"all":            {`["https://other.example","*"]`, shop, "*"},
		"this one":       {`["https://other.example","https://shop.example"]`, shop, shop},
		"another":        {`["https://other.example"]`, shop, ""},
		"no origin":      {`["https://other.example"]`, "", ""},
		"cannot be read": {`{"origins":1}`, shop, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if c.setting != "" {
				h.do(t, state.Event{Payload: state.SettingUpdated{ID: "cors", After: c.setting}})
			}
			for _, method := range []string{"GET", "POST", "OPTIONS"} {
				got := h.call(t, call{method: method, path: "/api/frontend", token: frontend, headers: []string{
					"Origin: " + c.origin, "Access-Control-Request-Headers: authorization,if-none-match",
				}})
				if allowed := got.Header().Get("Access-Control-Allow-Origin"); allowed != c.want {
					t.Errorf("%s: got allowed origin %q, want %q", method, allowed, c.want)
				}
				if got.Header().Get("Access-Control-Expose-Headers") != "ETag" || got.Header().Get("Access-Control-Allow-Credentials") != "true" || got.Header().Get("Vary") != "Origin" {
					t.Errorf("%s: got headers %v", method, got.Header())
				}
				if method != "OPTIONS" {
					continue
				}
				for header, want := range map[string]string{
					"Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
					"Access-Control-Allow-Headers": "authorization,if-none-match",
					"Access-Control-Max-Age":       "86400",
				} {
					if value := got.Header().Get(header); value != want || got.Code != http.StatusNoContent {
						t.Errorf("got status %d with %s: %q, want 204 with %q", got.Code, header, value, want)
					}
				}
			}
		})
	}
}

// TestCORSIsForFrontendsAlone: browsers have no business with tokens of servers.
func TestCORSIsForFrontendsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{"Origin: https://shop.example"}})
	for name := range got.Header() {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("got the header %s below /api/client", name)
		}
	}
	// A refusal must be readable by the page that it is for.
	if got := h.call(t, call{path: "/api/frontend", token: backend}); got.Code != http.StatusForbidden || got.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("got status %d with headers %v, want 403 with CORS", got.Code, got.Header())
	}
}

// FuzzContext reads any query without failing.
func FuzzContext(f *testing.F) {
	for _, seed := range []string{"", "a=b", "properties[a]=b", "a[]=1&a[]=2", "properties[a][b]=c", "a[", "%zz=%", "properties[]=x", "properties[=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		fields := sdkapi.ContextIn(query)
		values, err := url.ParseQuery(query)
		if err != nil || strings.ContainsAny(query, "[]%") {
			return
		}
		// Without brackets, it is what everybody reads.
		for name := range values {
			if _, ok := fields[name]; !ok && name != "" {
				t.Errorf("%q: the field %q is missing in %v", query, name, fields)
			}
		}
	})
}
