package ofrep_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ofrep"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// tokens are the tokens by their secrets.
type tokens map[string]*access.APIToken

func (t tokens) Token(secret string) (*access.APIToken, error) {
	if token := t[secret]; token != nil {
		return token, nil
	}
	return nil, identity.Unknown()
}

func token(kind access.TokenType, project flag.ProjectID) *access.APIToken {
	return &access.APIToken{Name: "the " + string(kind), Type: kind, Projects: []flag.ProjectID{project}, Environment: flagtest.Development}
}

// house is everything behind the API.
type house struct {
	state   *state.State
	payload *payload.Payload
	usage   *usage.Usage
	router  chi.Router
}

// newHouse returns a house with five flags in the project inner and one in outer.
func newHouse(t testing.TB, perMinute int) *house {
	t.Helper()
	s := flagtest.After(&state.State{},
		state.Event{Payload: state.LedgerCreated{ID: "x", Format: state.Format}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: flagtest.Development}}},
	)
	for _, id := range []flag.ProjectID{"inner", "outer"} {
		s = flagtest.After(s, state.Event{Scope: state.Scope{Project: id}, Payload: state.ProjectCreated{Project: flag.Project{
			ID: id, Environments: []flag.ProjectEnvironment{{Environment: flagtest.Development}},
		}}})
	}
	create := func(project flag.ProjectID, name flag.Name, row flag.FlagEnvironment) {
		row.Environment = flagtest.Development
		s = flagtest.After(s, state.Event{Scope: state.Scope{Project: project, Feature: name}, Payload: state.FeatureCreated{
			Flag: flag.Flag{Name: name, Project: project, Type: "release", Environments: []flag.FlagEnvironment{row}},
		}})
	}
	targeted := func(field, value string, variants ...flag.Variant) flag.FlagEnvironment {
		return flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{{
			ID: "1", Name: "default", Variants: variants,
			Constraints: []flag.Constraint{{ContextName: field, Operator: flag.In, Values: []string{value}}},
		}}}
	}
	create("inner", "by-plan", targeted("plan", "7"))
	create("inner", "by-user", targeted("userId", "ann", flag.Variant{Name: "blue", Weight: 1000, Payload: &flag.Payload{Type: "json", Value: `{"color":"#00f"}`}}))
	create("inner", "half", flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{{
		ID: "1", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "50", "stickiness": "default", "groupId": "h1"},
	}}})
	create("inner", "off", flag.FlagEnvironment{})
	create("inner", "on", flag.FlagEnvironment{Enabled: true})
	create("outer", "elsewhere", targeted("remoteAddress", "192.0.2.1"))

	h := &house{state: s, payload: payload.New(s, payload.Options{}), router: chi.NewRouter()}
	h.usage = usage.New(usage.Options{
		DB: storetest.Open(t, storetest.SQLite(t)), Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Known: func(name string) bool { return s.Flag(flag.Name(name)) != nil }, Live: func(string, string) bool { return false },
	})
	ofrep.New(ofrep.Options{
		Tokens: tokens{
			"backend": token(access.TokenBackend, access.Any), "client": token(access.TokenClient, access.Any),
			"inner": token(access.TokenBackend, "inner"), "frontend": token(access.TokenFrontend, access.Any),
			"admin": token(access.TokenAdmin, access.Any),
		},
		Payload: h.payload, Usage: h.usage, Setting: func(string) string { return "" }, Now: time.Now, PerMinute: perMinute,
	}).Mount(h.router)
	return h
}

// post sends a request. Headers are "Name: value".
func (h *house) post(t testing.TB, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ofrep/v1/evaluate/flags"+path, strings.NewReader(body))
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	return w
}

const asBackend = "Authorization: Bearer backend"

func TestSingle(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	const keyMissing = `{"key":"half","errorCode":"TARGETING_KEY_MISSING","errorDetails":"This flag gives different answers to different visitors, and the context does not say who asks. Send a targetingKey."}`
	for name, c := range map[string]struct {
		key, context string
		status       int
		want         string
	}{
		"on":                      {"on", `{"targetingKey":"ann"}`, 200, `{"key":"on","value":true,"reason":"STATIC"}`},
		"off":                     {"off", `{"targetingKey":"ann"}`, 200, `{"key":"off","value":false,"reason":"DISABLED"}`},
		"by the targeting key":    {"by-user", `{"targetingKey":"ann"}`, 200, `{"key":"by-user","value":{"color":"#00f"},"variant":"blue","reason":"TARGETING_MATCH"}`},
		"by the user's id":        {"by-user", `{"userId":"ann"}`, 200, `{"key":"by-user","value":{"color":"#00f"},"variant":"blue","reason":"TARGETING_MATCH"}`},
		"by both, which differ":   {"by-user", `{"userId":"ann","targetingKey":"bob"}`, 200, `{"key":"by-user","value":{"color":"#00f"},"variant":"blue","reason":"TARGETING_MATCH"}`},
		"a value for another":     {"by-user", `{"targetingKey":"bob"}`, 200, `{"key":"by-user","reason":"DEFAULT"}`},
		"by a number":             {"by-plan", `{"plan":7}`, 200, `{"key":"by-plan","value":true,"reason":"TARGETING_MATCH"}`},
		"by properties":           {"by-plan", `{"properties":{"plan":"7"}}`, 200, `{"key":"by-plan","value":true,"reason":"TARGETING_MATCH"}`},
		"by a structure":          {"by-plan", `{"plan":{"is":7}}`, 200, `{"key":"by-plan","value":false,"reason":"DEFAULT"}`},
		"for half of them":        {"half", `{"targetingKey":"ann"}`, 200, `{"key":"half","value":false,"reason":"DEFAULT"}`},
		"for the other half":      {"half", `{"targetingKey":"bob"}`, 200, `{"key":"half","value":true,"reason":"SPLIT"}`},
		"for who does not say":    {"half", `{}`, 400, keyMissing},
		"for a session":           {"half", `{"sessionId":"bob"}`, 200, `{"key":"half","value":true,"reason":"SPLIT"}`},
		"a server's own address":  {"elsewhere", `{}`, 200, `{"key":"elsewhere","value":false,"reason":"DEFAULT"}`},
		"an address that is said": {"elsewhere", `{"remoteAddress":"192.0.2.1"}`, 200, `{"key":"elsewhere","value":true,"reason":"TARGETING_MATCH"}`},
		"a key that is null":      {"on", `{"targetingKey":null}`, 200, `{"key":"on","value":true,"reason":"STATIC"}`},
		"a key that is a number":  {"on", `{"targetingKey":7}`, 400, `{"key":"on","errorCode":"INVALID_CONTEXT","errorDetails":"The targetingKey must be a string."}`},
		"not there":               {"nothing", `{}`, 404, `{"key":"nothing","errorCode":"FLAG_NOT_FOUND","errorDetails":"There is no flag \"nothing\" that this token sees."}`},
		"an escaped key":          {"o%6E", `{}`, 200, `{"key":"on","value":true,"reason":"STATIC"}`},
	} {
		got := h.post(t, "/"+c.key, `{"context":`+c.context+`}`, asBackend)
		if got.Code != c.status || got.Body.String() != c.want {
			t.Errorf("%s: got status %d and %s, want %d and %s", name, got.Code, got.Body, c.status, c.want)
		}
		if got := got.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%s: got content type %q", name, got)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	for body, c := range map[string]struct {
		status int
		code   string
	}{
		``:                                {200, ""},
		`{}`:                              {200, ""},
		`{"context":null}`:                {200, ""},
		`{"context":{}} `:                 {200, ""},
		`{`:                               {400, "PARSE_ERROR"},
		`[]`:                              {400, "PARSE_ERROR"},
		`{} {}`:                           {400, "PARSE_ERROR"},
		`{"context":[]}`:                  {400, "INVALID_CONTEXT"},
		`{"context":"ann"}`:               {400, "INVALID_CONTEXT"},
		`{"context":{"targetingKey":{}}}`: {400, "INVALID_CONTEXT"},
		`{"context":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`: {413, "GENERAL"},
	} {
		single, bulk := h.post(t, "/on", body, asBackend), h.post(t, "", body, asBackend)
		if single.Code != c.status || bulk.Code != c.status {
			t.Errorf("%.40s: got status %d and, in bulk, %d, want %d", body, single.Code, bulk.Code, c.status)
		}
		if c.code == "" {
			continue
		}
		if want := `{"key":"on","errorCode":"` + c.code + `","errorDetails":`; !strings.HasPrefix(single.Body.String(), want) {
			t.Errorf("%.40s: got %s, want it to begin with %s", body, single.Body, want)
		}
		if want := `{"errorCode":"` + c.code + `","errorDetails":`; !strings.HasPrefix(bulk.Body.String(), want) {
			t.Errorf("%.40s: got %s in bulk, want it to begin with %s", body, bulk.Body, want)
		}
	}
}

func TestBulk(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	const ann = `{"context":{"targetingKey":"ann"}}`
	first := h.post(t, "", ann, asBackend)
	const want = `{"flags":[{"key":"by-plan","value":false,"reason":"DEFAULT"},` +
		`{"key":"by-user","value":{"color":"#00f"},"variant":"blue","reason":"TARGETING_MATCH"},` +
		`{"key":"elsewhere","value":false,"reason":"DEFAULT"},{"key":"half","value":false,"reason":"DEFAULT"},` +
		`{"key":"off","value":false,"reason":"DISABLED"},{"key":"on","value":true,"reason":"STATIC"}]}`
	if diff := cmp.Diff(want, first.Body.String()); diff != "" {
		t.Errorf("the answer differs (-want +got):\n%s", diff)
	}
	etag := first.Header().Get("ETag")
	for _, header := range []string{etag, strings.TrimPrefix(etag, "W/"), `"x", ` + etag} {
		if got := h.post(t, "", ann, asBackend, "If-None-Match: "+header); got.Code != http.StatusNotModified || got.Body.Len() != 0 {
			t.Errorf("%s: got status %d with %d bytes, want 304 without any", header, got.Code, got.Body.Len())
		}
	}
	if got := h.post(t, "", `{"context":{"targetingKey":"bob"}}`, asBackend, "If-None-Match: "+etag); got.Code != http.StatusOK {
		t.Errorf("for another visitor, got status %d, want 200", got.Code)
	}
	// A change that makes no difference to this visitor is none.
	h.follow(t, flagtest.Toggle(h.state.Flag("by-plan"), flagtest.Development))
	if got := h.post(t, "", ann, asBackend, "If-None-Match: "+etag); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"key":"by-plan","value":false,"reason":"DISABLED"`) {
		t.Errorf("after a change, got status %d and %s", got.Code, got.Body)
	}
	h.follow(t, flagtest.Toggle(h.state.Flag("by-plan"), flagtest.Development))
	if got := h.post(t, "", ann, asBackend, "If-None-Match: "+etag); got.Code != http.StatusNotModified {
		t.Errorf("with everything as it was, got status %d, want 304", got.Code)
	}
	if got := h.post(t, "", ann, "Authorization: inner").Body.String(); strings.Contains(got, "elsewhere") {
		t.Errorf("the token of a project is told of another: %s", got)
	}
	// A visitor without a key gets the answers that do not depend on it.
	if got := h.post(t, "", `{}`, asBackend).Body.String(); !strings.Contains(got, `{"key":"half","errorCode":"TARGETING_KEY_MISSING"`) || !strings.Contains(got, `{"key":"on","value":true,`) {
		t.Errorf("got %s", got)
	}
}

// follow makes events happen.
func (h *house) follow(t *testing.T, events ...state.Event) {
	t.Helper()
	next, applied, err := state.Fold(h.state, flagtest.Seal(h.state, events...))
	if err != nil {
		t.Fatal(err)
	}
	h.state = next
	h.payload.Follow(next, applied)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	for header, want := range map[string]int{
		"Authorization: backend":         200,
		"Authorization: Bearer backend":  200,
		"Authorization: Bearer client":   200,
		"Authorization: Bearer frontend": 200,
		"X-API-Key: backend":             200,
		"Authorization: Bearer admin":    403,
		"Authorization: user:x":          403,
		"Authorization: Bearer unknown":  401,
		"X-API-Key: unknown":             401,
		"Accept: */*":                    401,
	} {
		for _, path := range []string{"", "/on"} {
			if got := h.post(t, path, `{}`, header); got.Code != want {
				t.Errorf("%s, %q: got status %d, want %d: %s", header, path, got.Code, want, got.Body)
			}
		}
	}
}

// TestFrontendAddress: a browser's address is its user's.
func TestFrontendAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	const want = `{"key":"elsewhere","value":true,"reason":"TARGETING_MATCH"}`
	if got := h.post(t, "/elsewhere", `{}`, "Authorization: frontend").Body.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2)
	for range 2 {
		if got := h.post(t, "/on", `{}`, asBackend); got.Code != http.StatusOK {
			t.Fatalf("got status %d, want 200", got.Code)
		}
	}
	got := h.post(t, "/on", `{}`, asBackend)
	if got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") != "30" || !strings.HasPrefix(got.Body.String(), `{"errorCode":"GENERAL",`) {
		t.Errorf("got status %d with headers %v: %s", got.Code, got.Header(), got.Body)
	}
}

// TestBrowsersMayAsk: OpenFeature's provider for browsers asks from web pages.
func TestBrowsersMayAsk(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/ofrep/v1/evaluate/flags", nil)
	r.Header.Set("Origin", "https://shop.example")
	r.Header.Set("Access-Control-Request-Headers", "authorization,content-type,if-none-match")
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Headers") != "authorization,content-type,if-none-match" {
		t.Errorf("got status %d with headers %v", w.Code, w.Header())
	}
	if got := h.post(t, "", `{}`, asBackend, "Origin: https://shop.example"); got.Header().Get("Access-Control-Expose-Headers") != "ETag" {
		t.Errorf("got headers %v, want the ETag exposed", got.Header())
	}
}

// TestCounted: a flag that is evaluated here is used, and counts as used.
func TestCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 0)
	h.post(t, "/by-user", `{"context":{"targetingKey":"ann","appName":"shop"}}`, asBackend)
	h.post(t, "/by-user", `{"context":{"targetingKey":"bob"}}`, asBackend)
	h.post(t, "/nothing", `{}`, asBackend)
	h.post(t, "", `{"context":{"targetingKey":"ann"}}`, asBackend)
	if err := h.usage.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := h.usage.Hours(t.Context(), "by-user", 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []store.UsageCount{
		{Feature: "by-user", Environment: "development", Application: "shop", Yes: 1, Variants: map[string]int64{"blue": 1}},
		{Feature: "by-user", Environment: "development", Application: "the backend", No: 1},
	}
	for i := range got {
		got[i].Hour = time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the counts differ (-want +got):\n%s", diff)
	}
}
