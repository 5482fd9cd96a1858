package server_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/webfault"
)

// scrape returns what Prometheus would read.
func scrape(t *testing.T, metrics http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/internal-backstage/prometheus", http.NoBody))
	if w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// TestObserve holds that each request is told of once, with the id that its reader gets.
func TestObserve(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path   string
		status int
		level  string
		route  string
	}{
		{"/api/admin/things/7", http.StatusOK, "INFO", "/api/admin/things/{id}"},
		{"/api/admin/panic", http.StatusInternalServerError, "WARN", "/api/admin/panic"},
		{"/api/admin/late-panic", http.StatusAccepted, "INFO", "/api/admin/late-panic"},
		{"/api/frontend", http.StatusTeapot, "DEBUG", "/api/frontend"},
		{"/nothing", http.StatusNotFound, "DEBUG", "(none)"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			var lines bytes.Buffer
			log := slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
			m := server.NewTestMetrics()
			r := chi.NewRouter()
			r.Use(server.Observe(log, m))
			r.NotFound(server.NotFound)
			r.Get("/api/admin/things/{id}", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("seven")) })
			r.Get("/api/admin/panic", func(http.ResponseWriter, *http.Request) { panic("oh") })
			r.Get("/api/admin/late-panic", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusAccepted)
				panic("oh")
			})
			r.Get("/api/frontend", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })

			w := httptest.NewRecorder()
			cut := func() (p any) {
				defer func() { p = recover() }()
				r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, tt.path, http.NoBody))
				return nil
			}()
			if w.Code != tt.status {
				t.Errorf("got status %d, want %d", w.Code, tt.status)
			}
			if late := strings.Contains(tt.path, "late"); late != (cut == any(http.ErrAbortHandler)) || late && w.Body.Len() > 0 {
				t.Errorf("the answer was cut off: %v, with the body %s", cut, w.Body)
			}
			var events []map[string]any
			for line := range strings.Lines(lines.String()) {
				var event map[string]any
				if err := json.Unmarshal([]byte(line), &event); err != nil {
					t.Fatal(err)
				}
				if event["msg"] == "request" {
					events = append(events, event)
				} else if id := event["request"]; !strings.Contains(lines.String(), `"msg":"request","request":"`+id.(string)) {
					t.Errorf("the failure has the id %v, which no request has:\n%s", id, &lines)
				}
			}
			if len(events) != 1 {
				t.Fatalf("got %d events, want 1:\n%s", len(events), &lines)
			}
			event := events[0]
			if event["level"] != tt.level || event["status"] != float64(tt.status) || event["path"] != tt.path {
				t.Errorf("got the event %v, want level %s, status %d, path %s", event, tt.level, tt.status, tt.path)
			}
			if tt.status == http.StatusInternalServerError {
				var body webfault.Body
				if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.ID != event["request"] || strings.Contains(w.Body.String(), "oh") {
					t.Errorf("got the body %s, want the id %s and nothing of the panic", w.Body, event["request"])
				}
			}
			want := `http_request_duration_milliseconds_count{method="GET",path="` + tt.route + `",status="` + http.StatusText(tt.status) + `"} 1`
			want = strings.Replace(want, http.StatusText(tt.status), jsonNumber(tt.status), 1)
			if got := scrape(t, m.Handler()); !strings.Contains(got, want) {
				t.Errorf("got the metrics\n%s\nwant %s", got, want)
			}
		})
	}
}

func jsonNumber(n int) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	for route, path := range map[string]string{
		"/api/admin/api-tokens/{token}": "/api/admin/api-tokens/*:*.secret?token=secret",
		"/calendar/{link}":              "/calendar/secret.ics",
		"/invite/{token}/validate":      "/invite/secret/validate",
	} {
		var lines bytes.Buffer
		r := chi.NewRouter()
		r.Use(server.Observe(slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})), server.NewTestMetrics()))
		r.Delete(route, func(http.ResponseWriter, *http.Request) {})
		request := httptest.NewRequestWithContext(t.Context(), http.MethodDelete, path, http.NoBody)
		request.Header.Set("Authorization", "secret")
		r.ServeHTTP(httptest.NewRecorder(), request)
		if got := lines.String(); strings.Contains(got, "secret") || !strings.Contains(got, route) {
			t.Errorf("got the log %s, want the route instead of the path", got)
		}
	}
}

func TestClientsBehindProxies(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "203.0.113.1:1000", []string{"198.51.100.1"}, "203.0.113.1:1000"},
		{"a proxy that says nothing", "10.1.2.3:1000", nil, "10.1.2.3:0"},
		{"one hop", "10.1.2.3:1000", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"two hops, the client lies", "10.1.2.3:1000", []string{"1.1.1.1, 198.51.100.1, 192.0.2.1"}, "198.51.100.1:0"},
		{"several headers", "10.1.2.3:1000", []string{"198.51.100.1", "10.9.9.9"}, "198.51.100.1:0"},
		{"only proxies", "10.1.2.3:1000", []string{"10.4.4.4, 10.5.5.5"}, "10.4.4.4:0"},
		{"nonsense before a proxy", "10.1.2.3:1000", []string{"nonsense, 10.5.5.5"}, "10.5.5.5:0"},
		{"nonsense", "10.1.2.3:1000", []string{"nonsense"}, "10.1.2.3:0"},
		{"IPv6", "[fd00::1]:1000", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{"IPv4 in IPv6", "[::ffff:10.1.2.3]:1000", []string{"::ffff:198.51.100.1"}, "198.51.100.1:0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-For"] = tt.forwarded
			var got string
			server.FromProxies(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(nil, r)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status engine.Status
		code   int
		body   string
	}{
		{engine.Status{Ready: true}, http.StatusOK, `{"health":"GOOD"}`},
		{engine.Status{Reason: "The ledger is damaged."}, http.StatusServiceUnavailable, `{"health":"BAD","reason":"The ledger is damaged."}`},
	} {
		w := httptest.NewRecorder()
		server.Ready(func() engine.Status { return tt.status })(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ready", http.NoBody))
		if w.Code != tt.code || w.Body.String() != tt.body {
			t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.code, tt.body)
		}
	}
}

// TestFront holds that polls are counted without the router, and only polls.
func TestFront(t *testing.T) {
	t.Parallel()
	m := server.NewTestMetrics()
	status := http.StatusOK
	features := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	rest := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("rest " + r.URL.Path)) })
	f := server.NewFront("/flags", features, rest, m)
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		return w
	}
	for _, status = range []int{200, 200, 304, 401} {
		if got := get(http.MethodGet, "/flags/api/client/features?tag=a:b"); got.Code != status {
			t.Errorf("a poll is answered %d, want %d", got.Code, status)
		}
	}
	for path, want := range map[string]string{
		"/flags/api/client/features/one": "rest /api/client/features/one",
		"/flags/health":                  "rest /health",
	} {
		if got := get(http.MethodGet, path).Body.String(); got != want {
			t.Errorf("GET %s: got %q, want %q", path, got, want)
		}
	}
	if got := get(http.MethodPost, "/flags/api/client/features").Body.String(); got != "rest /api/client/features" {
		t.Errorf("a POST to the path of polls: got %q, want the router's answer", got)
	}
	if got := get(http.MethodGet, "/api/client/features"); got.Code != http.StatusNotFound {
		t.Errorf("without the base path: got %d, want 404", got.Code)
	}
	scraped := scrape(t, m.Handler())
	for status, count := range map[string]string{"200": "2", "304": "1", "401": "1"} {
		want := `http_request_duration_milliseconds_count{method="GET",path="/api/client/features",status="` + status + `"} ` + count
		if !strings.Contains(scraped, want) {
			t.Errorf("got the metrics\n%s\nwant %s", scraped, want)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := server.NewTestMetrics()
	got := scrape(t, m.Handler())
	for _, want := range []string{
		"quorate_ledger_revision 0", "quorate_ready 1", "quorate_can_write 0", "quorate_streams 3", "feature_toggles_total 0",
		`quorate_info{version="test"} 1`, `api_tokens_total{type="backend"} 0`, `addon_events_handled{destination="webhook",result="success"} 5`, `addon_events_handled{destination="slack",result="failed"} 1`,
		`quorate_deliveries_waiting{kind="integration"} 2`, `quorate_deliveries_failed{kind="integration"} 1`, `quorate_deliveries_waiting{kind="mail"} 0`, "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("the metrics lack %q:\n%s", want, got)
		}
	}
}

// BenchmarkFront measures what the front adds to a handler that answers a poll.
func BenchmarkFront(b *testing.B) {
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, server.FeaturesPath, http.NoBody)
	for name, handler := range map[string]http.Handler{"bare": bare, "front": server.NewFront("", bare, bare, server.NewTestMetrics())} {
		b.Run(name, func(b *testing.B) {
			w := discard{}
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(w, request)
			}
		})
	}
}

// discard is an http.ResponseWriter to nobody.
type discard struct{}

func (discard) Header() http.Header            { return http.Header{} }
func (discard) Write(data []byte) (int, error) { return len(data), nil }
func (discard) WriteHeader(int)                {}
