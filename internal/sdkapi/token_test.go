package sdkapi_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestTokens is the table of which token opens which path (reference/platform.md, section 1.1).
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
