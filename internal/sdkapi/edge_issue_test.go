package sdkapi_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/sdkapi"
)

// signed is a request of an Edge, and how it is signed.
type signed struct {
	client, nonce, body string
	at                  time.Time
	secret              []byte
	// hashed and method are what is signed in place of the body and the method, if they are set.
	hashed, method string
}

func (s signed) call() call {
	if s.hashed == "" {
		s.hashed = s.body
	}
	if s.method == "" {
		s.method = http.MethodPost
	}
	sum := sha256.Sum256([]byte(s.hashed))
	hash := hex.EncodeToString(sum[:])
	stamp := s.at.UTC().Format("2006-01-02T15:04:05.000Z")
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(s.method + "\n/edge/issue-token\n" + stamp + "\n" + s.nonce + "\n" + hash))
	return call{
		method: http.MethodPost, path: "/edge/issue-token", body: s.body,
		token:   "HMAC " + s.client + ":" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		headers: []string{"X-Timestamp: " + stamp, "X-Nonce: " + s.nonce, "Content-Sha256: " + hash},
	}
}

// TestEdgeIssuesTokens lets an Edge have tokens that proves who it is, once for each proof.
func TestEdgeIssuesTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	edge := sdkapi.EdgeTokens{
		MasterKey: []byte(strings.Repeat("k", 32)),
		Issue: func(_ context.Context, env flag.EnvironmentName, projects []flag.ProjectID) (*access.APIToken, string, error) {
			if env == "moon" {
				return nil, "", fault.Field("/body/environment", "Environment=moon does not exist")
			}
			return &access.APIToken{Type: access.TokenBackend, Projects: projects, Environment: env}, "[]:" + string(env) + ".secret", nil
		},
	}
	h := newHouse(t, func(o *sdkapi.Options) {
		o.Edge = edge
		o.Now = func() time.Time { return now }
	})
	const body = `{"tokens":[{"environment":"development","projects":["inner","outer"]}]}`
	good := signed{client: "edge-1", nonce: "1", body: body, at: now, secret: edge.ClientSecret("edge-1")}
	is := func(name string, got *httptest.ResponseRecorder, status int, contains string) {
		t.Helper()
		if got.Code != status || !strings.Contains(got.Body.String(), contains) {
			t.Errorf("%s: got %d %s, want %d with %s", name, got.Code, got.Body, status, contains)
		}
	}
	is("a good request", h.call(t, good.call()), 200, `{"tokens":[{"token":"[]:development.secret","type":"backend","projects":["inner","outer"],"environment":"development"}]}`)
	is("the same again", h.call(t, good.call()), 401, `{"error":"x-nonce was used before."}`)
	for name, c := range map[string]struct {
		change   func(*signed)
		status   int
		contains string
	}{
		"with white space":            {func(s *signed) { s.body, s.hashed = strings.ReplaceAll(body, ",", ", "), body }, 200, "secret"},
		"signed by another":           {func(s *signed) { s.secret = edge.ClientSecret("edge-2") }, 401, "The signature is wrong."},
		"signed for another method":   {func(s *signed) { s.method = "GET" }, 401, "The signature is wrong."},
		"six minutes old":             {func(s *signed) { s.at = now.Add(-6 * time.Minute) }, 401, "x-timestamp"},
		"from the future":             {func(s *signed) { s.at = now.Add(6 * time.Minute) }, 401, "x-timestamp"},
		"four minutes old":            {func(s *signed) { s.at = now.Add(-4 * time.Minute) }, 200, "secret"},
		"with another body":           {func(s *signed) { s.body = `{"tokens":[]}`; s.hashed = body }, 401, "content-sha256"},
		"without a nonce":             {func(s *signed) { s.nonce = "" }, 401, "x-nonce"},
		"for no tokens in particular": {func(s *signed) { s.body = `{}` }, 400, "/body/tokens"},
		"for no projects":             {func(s *signed) { s.body = `{"tokens":[{"environment":"development"}]}` }, 400, "/body/tokens/0/projects"},
		"for no environment":          {func(s *signed) { s.body = `{"tokens":[{"projects":["inner"]}]}` }, 400, "/body/tokens/0/environment"},
		"for an unknown environment":  {func(s *signed) { s.body = `{"tokens":[{"environment":"moon","projects":["inner"]}]}` }, 400, "moon"},
		"with a broken body":          {func(s *signed) { s.body = `{` }, 401, "not JSON"},
	} {
		s := good
		s.nonce = name
		c.change(&s)
		is(name, h.call(t, s.call()), c.status, c.contains)
	}
	is("not signed", h.call(t, call{method: http.MethodPost, path: "/edge/issue-token", token: backend, body: body}), 401, "is not signed")
}
