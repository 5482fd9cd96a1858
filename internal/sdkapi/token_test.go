package sdkapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// TestTokens is the table of which token opens which path.
func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const (
		unauthorized = `{"message":"This endpoint requires an API token. Please add an authorization header to your request with a valid token"}`
		forbidden    = `{"message":"invalid token: expected a different token type for this endpoint"}`
		register     = `{"appName":"shop","interval":15,"started":"2026-01-01T00:00:00Z","strategies":["default"]}`
	)
	paths := []struct {
		method, path, body string
		frontend           bool
	}{
		{"GET", "/api/client/features", "", false},
		{"HEAD", "/api/client/features", "", false},
		{"GET", "/api/client/features/on", "", false},
		{"GET", "/api/client/delta", "", false},
		{"POST", "/api/client/register", register, false},
		{"POST", "/api/client/metrics", `{"appName":"shop"}`, false},
		{"POST", "/api/client/metrics/bulk", `{}`, false},
		{"POST", "/api/client/metrics/edge", `{"appName":"edge"}`, false},
		{"POST", "/api/client/metrics/custom", `{"metrics":[]}`, false},
		{"POST", "/api/client/edge-licensing/heartbeat", `{}`, false},
		{"GET", "/api/frontend", "", true},
		{"POST", "/api/frontend", `{}`, true},
		{"GET", "/api/frontend/all", "", true},
		{"GET", "/api/proxy", "", true},
		{"POST", "/api/frontend/client/metrics", `{"appName":"shop"}`, true},
		{"POST", "/api/proxy/client/metrics", `{"appName":"shop"}`, true},
		{"POST", "/api/frontend/client/register", register, true},
	}
	for _, p := range paths {
		for _, c := range []struct {
			name, token string
			status      int
		}{
			{"no header", "", 401},
			{"unknown token", "*:development.unknown", 401},
			{"expired token", expired, 401},
			{"nothing but Bearer", "Bearer", 401},
			{"backend", backend, map[bool]int{false: 200, true: 403}[p.frontend]},
			{"client", client, map[bool]int{false: 200, true: 403}[p.frontend]},
			{"with Bearer", "bEaReR  " + backend, map[bool]int{false: 200, true: 403}[p.frontend]},
			{"frontend", frontend, map[bool]int{false: 403, true: 200}[p.frontend]},
			{"admin", admin, 403},
			{"user", person, 403},
		} {
			t.Run(fmt.Sprintf("%s %s/%s", p.method, p.path, c.name), func(t *testing.T) {
				t.Parallel()
				got := h.call(t, call{method: p.method, path: p.path, token: c.token, body: p.body})
				status := got.Code
				if status/100 == 2 {
					status = 200
				}
				if status != c.status {
					t.Fatalf("got status %d, want %d: %s", got.Code, c.status, got.Body)
				}
				want := map[int]string{401: unauthorized, 403: forbidden}[c.status]
				if want != "" && p.method != http.MethodHead && got.Body.String() != want {
					t.Errorf("got %s, want %s", got.Body, want)
				}
			})
		}
	}
}

// TestNoTokenNeeded lists the paths that answer anybody.
func TestNoTokenNeeded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for path, c := range map[string]struct {
		method, body string
		status       int
	}{
		"/edge/validate":                              {"POST", `{"tokens":[]}`, 200},
		"/edge/issue-token":                           {"POST", `{"tokens":[]}`, 403},
		"/api/frontend/health":                        {"GET", "", 405},
		"/api/frontend/client/features":               {"GET", "", 405},
		"/api/proxy/client/metrics":                   {"OPTIONS", "", 204},
		"/api/frontend":                               {"OPTIONS", "", 204},
		"/api/frontend/all":                           {"OPTIONS", "", 204},
		"/api/frontend/internal-backstage/prometheus": {"GET", "", 405},
	} {
		if got := h.call(t, call{method: c.method, path: path, body: c.body}); got.Code != c.status {
			t.Errorf("%s %s: got status %d, want %d: %s", c.method, path, got.Code, c.status, got.Body)
		}
	}
}

// TestEveryRouteAsksForAToken tries every route with no, wrong and foreign tokens. Those that answer anybody say why.
func TestEveryRouteAsksForAToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	open := map[string]string{
		"/edge/validate":                     "it is asked which tokens are good, and answers with what they say themselves",
		"/edge/issue-token":                  "the request is signed, see TestEdgeIssuesTokens",
		"/internal-backstage/impact/metrics": "for Prometheus, like all below /internal-backstage",
	}
	for _, prefix := range []string{"/api/frontend", "/api/proxy"} {
		for _, path := range []string{"/client/features", "/health", "/internal-backstage/prometheus"} {
			open[prefix+path] = "it is answered 405, whoever asks"
		}
	}
	routes := 0
	err := chi.Walk(h.router, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path = strings.TrimSuffix(strings.ReplaceAll(path, "{name}", "on"), "/")
		if open[path] != "" || method == http.MethodOptions {
			return nil
		}
		routes++
		foreign := frontend
		if strings.HasPrefix(path, "/api/frontend") || strings.HasPrefix(path, "/api/proxy") {
			foreign = backend
		}
		for token, want := range map[string]int{"": 401, "*:development.unknown": 401, expired: 401, foreign: 403, admin: 403, person: 403} {
			if got := h.call(t, call{method: method, path: path, token: token, body: `{}`}); got.Code != want {
				t.Errorf("%s %s with %q: got status %d, want %d: %s", method, path, token, got.Code, want, got.Body)
			}
		}
		return nil
	})
	if err != nil || routes < 25 {
		t.Errorf("got %d routes, want 25 at least: %v", routes, err)
	}
}

// TestDeletedTokenIsUnknownAtOnce takes a token away that has just been used.
func TestDeletedTokenIsUnknownAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func() int { return h.call(t, call{path: "/api/client/features", token: backend}).Code }
	if got := ask(); got != http.StatusOK {
		t.Fatalf("got status %d, want 200", got)
	}
	h.deleteToken(t, 1)
	if got := ask(); got != http.StatusUnauthorized {
		t.Errorf("after the token is deleted, got status %d, want 401", got)
	}
}
