package sdkapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/sdkapi"
)

const newSpec = "Unleash-Client-Spec: 5.2.0"

// names returns the names of the features in an answer.
func names(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct{ Features []struct{ Name string } }
	mustUnmarshal(t, w.Body.Bytes(), &body)
	var list []string
	for _, f := range body.Features {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
}

func mustUnmarshal(t testing.TB, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{newSpec}})
	etag := first.Header().Get("ETag")
	var body struct {
		Version  int
		Segments []json.RawMessage
		Meta     struct{ ETag string }
	}
	mustUnmarshal(t, first.Body.Bytes(), &body)
	if body.Version != 2 || len(body.Segments) != 1 || body.Meta.ETag != etag || etag == "" {
		t.Errorf("got %s with ETag %s, want version 2, a segment and the same tag", first.Body, etag)
	}
	if got, want := first.Header().Get("Content-Type"), "application/json; charset=utf-8"; got != want {
		t.Errorf("got content type %q, want %q", got, want)
	}

	for name, c := range map[string]struct {
		ifNoneMatch string
		status      int
	}{
		"the same":   {etag, 304},
		"weak":       {"W/" + etag, 304},
		"in a list":  {`"x", ` + etag, 304},
		"any":        {"*", 304},
		"another":    {`"0:1:v1"`, 200},
		"unquoted":   {strings.Trim(etag, `"`), 200},
		"not a list": {etag + "x", 200},
	} {
		got := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{newSpec, "If-None-Match: " + c.ifNoneMatch}})
		if got.Code != c.status {
			t.Errorf("%s: got status %d, want %d", name, got.Code, c.status)
		}
		if c.status == 304 && (len(got.Header()) != 0 || got.Body.Len() != 0) {
			t.Errorf("%s: got headers %v and body %q, want neither", name, got.Header(), got.Body)
		}
	}

	h.toggle(t, "on")
	again := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{newSpec, "If-None-Match: " + etag}})
	if again.Code != http.StatusOK || again.Header().Get("ETag") == etag {
		t.Errorf("after a change, got status %d with ETag %s, want 200 with another", again.Code, again.Header().Get("ETag"))
	}
}

func TestFeaturesQuery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for query, want := range map[string]string{
		"":                            "off on targeted varied",
		"?project=outer":              "varied",
		"?project=outer&project=x":    "varied",
		"?project[]=outer":            "varied",
		"?namePrefix=o":               "off on",
		"?tag=team:red":               "",
		"?environment=production":     "off on targeted varied",
		"?namePrefix=o&project=outer": "",
	} {
		if got := names(t, h.call(t, call{path: "/api/client/features" + query, token: backend})); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	for _, query := range []string{"", "?project=outer", "?project=outer&project=inner"} {
		if got := names(t, h.call(t, call{path: "/api/client/features" + query, token: inner})); got != "off on targeted" {
			t.Errorf("with the token of a project, %q: got %q, want what the token sees", query, got)
		}
	}
	for _, query := range []string{"?project=a%20b", "?project=", "?tag=red", "?tag=:red", "?tag=team:", "?project=ok&project=%2F"} {
		got := h.call(t, call{path: "/api/client/features" + query, token: backend})
		if got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), `"name":"BadDataError"`) {
			t.Errorf("%s: got status %d, want 400 with a BadDataError: %s", query, got.Code, got.Body)
		}
	}
}

func TestSpecHeader(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const byID, inlined = `"segments":[1]`, `"inlineSegmentConstraints":true`
	for spec, c := range map[string]struct {
		status int
		want   string
	}{
		"":             {200, inlined},
		"4.1.9":        {200, inlined},
		"4.2.0-beta.1": {200, inlined},
		"4.2.0":        {200, byID},
		"5.2.0":        {200, byID},
		"10.0.0":       {200, byID},
		"4.3.1+build":  {200, byID},
		"v5.2.0":       {400, "Invalid prefix in the Unleash-Client-Spec header"},
		"5.2":          {400, "Invalid SemVer in the Unleash-Client-Spec header"},
		"new":          {400, "Invalid SemVer in the Unleash-Client-Spec header"},
		"5.2.0.1":      {400, "Invalid SemVer in the Unleash-Client-Spec header"},
	} {
		for _, path := range []string{"/api/client/features", "/api/client/features/targeted"} {
			got := h.call(t, call{path: path, token: backend, headers: []string{"Unleash-Client-Spec: " + spec}})
			if c.want == inlined && path != "/api/client/features" {
				c.want = `"contextName":"country"`
			}
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.want) {
				t.Errorf("%q: got status %d, want %d with %s: %s", spec, got.Code, c.status, c.want, got.Body)
			}
		}
	}
}

func TestManySpecs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 300 {
		got := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{fmt.Sprintf("Unleash-Client-Spec: %d.0.0", i)}})
		if want := i < 5; strings.Contains(got.Body.String(), `"inlineSegmentConstraints":true`) != want {
			t.Fatalf("%d.0.0: got %s, want inlined %t", i, got.Body, want)
		}
	}
}

func TestFeatureEncodings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	plain := h.call(t, call{path: "/api/client/features", token: backend})
	for accept, want := range map[string]string{
		"":                        "",
		"identity":                "",
		"br":                      "",
		"gzip":                    "gzip",
		"gzip, deflate, br":       "gzip",
		"gzip,deflate,zstd":       "zstd",
		"zstd;q=0, gzip;q=0.5":    "gzip",
		"gzip;q=0":                "",
		"gzip;q=0.0, zstd; q=0.1": "zstd",
	} {
		got := h.call(t, call{path: "/api/client/features", token: backend, headers: []string{"Accept-Encoding: " + accept}})
		if encoding := got.Header().Get("Content-Encoding"); encoding != want {
			t.Errorf("%q: got encoding %q, want %q", accept, encoding, want)
		}
		if body := decoded(t, got); !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%q: got another body", accept)
		}
		if got.Header().Get("ETag") != plain.Header().Get("ETag") || got.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: got ETag %s and Vary %q", accept, got.Header().Get("ETag"), got.Header().Get("Vary"))
		}
	}
}

func decoded(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	body := w.Body.Bytes()
	switch w.Header().Get("Content-Encoding") {
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	case "zstd":
		decoder, err := zstd.NewReader(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer decoder.Close()
		if body, err = decoder.DecodeAll(body, nil); err != nil {
			t.Fatal(err)
		}
	}
	return body
}

func TestFeature(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const want = `{"name":"on","type":"release","enabled":true,"project":"inner","stale":false,"strategies":[],"variants":[],"description":null,"impressionData":false}`
	got := h.call(t, call{path: "/api/client/features/on", token: backend})
	if diff := cmp.Diff(want, got.Body.String()); diff != "" {
		t.Errorf("the feature differs (-want +got):\n%s", diff)
	}
	if again := h.call(t, call{path: "/api/client/features/on", token: backend, headers: []string{"If-None-Match: " + got.Header().Get("ETag")}}); again.Code != http.StatusNotModified {
		t.Errorf("got status %d for the same ETag, want 304", again.Code)
	}
	for name, c := range map[string]call{
		"no such flag":       {path: "/api/client/features/nothing", token: backend},
		"of another project": {path: "/api/client/features/varied", token: inner},
		"broken name":        {path: "/api/client/features/%25zz", token: backend},
	} {
		got := h.call(t, c)
		if got.Code != http.StatusNotFound || !strings.Contains(got.Body.String(), `"name":"NotFoundError","message":"Could not find feature flag `) {
			t.Errorf("%s: got status %d: %s", name, got.Code, got.Body)
		}
	}
}

func TestDelta(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func(etag string) *httptest.ResponseRecorder {
		var headers []string
		if etag != "" {
			headers = []string{"If-None-Match: " + etag}
		}
		return h.call(t, call{path: "/api/client/delta", token: inner, headers: headers})
	}
	revision := func() string {
		return fmt.Sprintf(`"%d"`, h.payload.Set(flagtest.Development).Head().Revision)
	}
	first := ask("")
	began := first.Header().Get("ETag")
	if !strings.HasPrefix(first.Body.String(), `{"events":[{"type":"hydration",`) || began != revision() {
		t.Fatalf("got %s with ETag %s, want a hydration with %s", first.Body, began, revision())
	}
	for _, etag := range []string{began, strings.Trim(began, `"`), "W/" + began} {
		if got := ask(etag); got.Code != http.StatusNotModified || len(got.Header()) != 0 {
			t.Errorf("%s: got status %d with headers %v, want 304 without any", etag, got.Code, got.Header())
		}
	}

	h.toggle(t, "varied") // which the token does not see
	if got := ask(began); got.Code != http.StatusNotModified {
		t.Errorf("after a change elsewhere, got status %d, want 304", got.Code)
	}
	h.toggle(t, "on")
	second := ask(began)
	if !strings.HasPrefix(second.Body.String(), `{"events":[{"type":"feature-updated",`) || second.Header().Get("ETag") != revision() {
		t.Errorf("got %s with ETag %s, want an update with %s", second.Body, second.Header().Get("ETag"), revision())
	}
	for _, etag := range []string{`"99999"`, `"1"`, `"x"`, `"-1"`, `"8cae023f:16:v1"`} {
		if got := ask(etag); !strings.Contains(got.Body.String(), `"hydration"`) {
			t.Errorf("%s: got status %d and %s, want a hydration", etag, got.Code, got.Body)
		}
	}
}

// TestHotPathAllocates holds a poll to two allocations more than a bare handler has, with
// the router, and to none without it.
func TestHotPathAllocates(t *testing.T) {
	h := newHouse(t)
	const url = "/api/client/features"
	etag := h.call(t, call{path: url, token: backend}).Header().Get("ETag")
	for name, headers := range map[string][]string{
		"304":  {"If-None-Match: " + etag},
		"gzip": {"Accept-Encoding: gzip"},
		"200":  nil,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		r.Header.Set("Authorization", "Bearer "+backend)
		r.Header.Set("Unleash-Client-Spec", "4.0.0")
		for _, line := range headers {
			header, value, _ := strings.Cut(line, ": ")
			r.Header.Set(header, value)
		}
		w := &discard{header: http.Header{}}
		for what, c := range map[string]struct {
			handler http.Handler
			most    float64
		}{
			"alone":       {h.api.Features(), 0},
			"with router": {h.router, 2},
		} {
			got := testing.AllocsPerRun(200, func() {
				clear(w.header)
				c.handler.ServeHTTP(w, r)
			})
			if got > c.most {
				t.Errorf("%s, %s: got %v allocations, want at most %v", name, what, got, c.most)
			}
		}
	}
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header            { return d.header }
func (d *discard) Write(text []byte) (int, error) { return len(text), nil }
func (d *discard) WriteHeader(int)                {}

func TestLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *sdkapi.Options) { o.Limits = sdkapi.Limits{SDK: 5, Metrics: 2} })
	metrics := call{method: "POST", path: "/api/client/metrics", token: backend, body: `{"appName":"shop"}`}
	var codes []int
	for range 3 {
		codes = append(codes, h.call(t, metrics).Code)
	}
	for range 3 {
		codes = append(codes, h.call(t, call{path: "/api/client/features", token: backend}).Code)
	}
	if diff := cmp.Diff([]int{202, 202, 429, 200, 200, 429}, codes); diff != "" {
		t.Errorf("the statuses differ (-want +got):\n%s", diff)
	}
	refused := h.call(t, call{path: "/api/frontend", token: frontend})
	for name, want := range map[string]string{
		"RateLimit-Policy": "5;w=60", "RateLimit-Limit": "5", "RateLimit-Remaining": "0", "RateLimit-Reset": "60", "Retry-After": "12",
	} {
		if got := refused.Header().Get(name); got != want {
			t.Errorf("got %s: %s, want %s", name, got, want)
		}
	}
	if !strings.Contains(refused.Body.String(), `"message":"Too many requests, please try again later."`) {
		t.Errorf("got %s", refused.Body)
	}
}

func TestUnknownNamesDoNotTellWhatIsThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.call(t, call{path: "/api/client/features/varied", token: inner}).Body.String()
	not := h.call(t, call{path: "/api/client/features/absent", token: inner}).Body.String()
	if got, want := withoutID(t, there), withoutID(t, strings.ReplaceAll(not, "absent", "varied")); got != want {
		t.Errorf("got %s for a flag of another project, want %s", got, want)
	}
}

func withoutID(t *testing.T, body string) string {
	t.Helper()
	var fields map[string]any
	mustUnmarshal(t, []byte(body), &fields)
	delete(fields, "id")
	return fmt.Sprint(fields)
}
