package scim_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDeprovisioningOnAnotherNode suspends somebody on one node, whose session and token another node knows already and refuses then.
func TestDeprovisioningOnAnotherNode(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	node := func() *house {
		settings := servertest.Settings(t)
		settings.Database, settings.SecretKey = url, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
		settings.FirstAdmin = server.FirstAdmin{Username: "root", Password: "Correct-horse-7"}
		return &house{Server: servertest.Start(t, settings)}
	}
	here, there := node(), node()
	here.admin(t, "POST", "/user-admin", `{"email":"ann@example.com","rootRole":2,"password":"Battery-staple-8","sendEmail":false}`, 201)
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(here.admin(t, "POST", "/scim-settings", `{"enabled":true}`, 200)), &made); err != nil {
		t.Fatal(err)
	}
	here.token, there.token = made.Token, made.Token

	ask := func(h *house, method, path, body string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return mustDo(t, r)
	}
	// until asks again and again, and returns how long it took until the status came.
	until := func(want int, header ...string) time.Duration {
		t.Helper()
		began := time.Now()
		for {
			got, text := ask(there, "GET", "/api/admin/user", "", header...)
			took := time.Since(began)
			switch {
			case got.StatusCode == want:
				return took
			case took > 10*time.Second:
				t.Fatalf("%v: got %d %s after %s, want %d", header, got.StatusCode, text, took, want)
			}
		}
	}
	signed, text := ask(here, "POST", "/auth/simple/login", `{"username":"ann@example.com","password":"Battery-staple-8"}`)
	session := ""
	for _, cookie := range signed.Cookies() {
		if cookie.Name == "unleash-session" {
			session = cookie.Name + "=" + cookie.Value
		}
	}
	if session == "" {
		t.Fatalf("no session: %d %s", signed.StatusCode, text)
	}
	var token struct{ Secret string }
	if _, text := ask(here, "POST", "/api/admin/user/tokens", `{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`, "Cookie", session); json.Unmarshal([]byte(text), &token) != nil || token.Secret == "" {
		t.Fatalf("no token: %s", text)
	}
	until(200, "Cookie", session)
	until(200, "Authorization", token.Secret)

	here.scim(t, "PATCH", "/Users/2", `{"Operations":[{"op":"replace","value":{"active":false}}]}`, 200)
	took := max(until(401, "Cookie", session), until(401, "Authorization", token.Secret))
	t.Logf("suspended there after %s", took)
	if text := there.scim(t, "GET", "/Users/2", "", 200); !strings.Contains(text, `"active":false`) {
		t.Errorf("got %s", text)
	}
	// Once she is back, she has to sign in again; her token opens again.
	there.scim(t, "PATCH", "/Users/2", `{"Operations":[{"op":"replace","value":{"active":true}}]}`, 200)
	until(200, "Authorization", token.Secret)
	until(401, "Cookie", session)

	here.scim(t, "DELETE", "/Users/2", "", 204)
	t.Logf("deleted there after %s", until(401, "Authorization", token.Secret))
}
