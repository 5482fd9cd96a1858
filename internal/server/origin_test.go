package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
)

// TestOrigins holds that the event log says from where changes came that came by HTTP, whoever made them, and of what
// the server did by itself, nothing.
func TestOrigins(t *testing.T) {
	t.Parallel()
	settings := servertest.Settings(t)
	settings.FirstAdmin = server.FirstAdmin{Username: "root", Password: "Correct-horse-7"}
	s := servertest.Start(t, settings)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	session := &http.Client{Jar: jar}
	do := func(client *http.Client, token, method, path, body string) []byte {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if token != "" {
			request.Header.Set("Authorization", token)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode >= http.StatusMultipleChoices {
			t.Fatalf("%s %s: got %d %s and %v", method, path, response.StatusCode, answer, err)
		}
		return answer
	}
	do(http.DefaultClient, servertest.Admin, http.MethodPost, "/api/admin/projects/default/features", `{"name":"by-token"}`)
	do(session, "", http.MethodPost, "/auth/simple/login", `{"username":"root","password":"Correct-horse-7"}`)
	do(session, "", http.MethodPost, "/api/admin/projects/default/features", `{"name":"by-session"}`)
	var scim struct{ Token string }
	if err := json.Unmarshal(do(session, "", http.MethodPost, "/api/admin/scim-settings", `{"enabled":true}`), &scim); err != nil {
		t.Fatal(err)
	}
	do(http.DefaultClient, "Bearer "+scim.Token, http.MethodPost, "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"by-scim","active":true}`)

	var found struct {
		Events []struct{ Type, CreatedBy, FeatureName, IP string }
	}
	if err := json.Unmarshal(do(http.DefaultClient, servertest.Admin, http.MethodGet, "/api/admin/search/events?limit=1000", ""), &found); err != nil {
		t.Fatal(err)
	}
	from := map[string]string{}
	for _, e := range found.Events {
		from[strings.TrimSpace(e.Type+" "+e.FeatureName)] = e.IP
	}
	// Of several users, the newest was made by SCIM, and events are newest first.
	for _, e := range found.Events {
		if e.Type == "user-created" {
			from["user-created"] = e.IP
			break
		}
	}
	for what, want := range map[string]string{
		"feature-created by-token": "127.0.0.1", "feature-created by-session": "127.0.0.1", "setting-updated": "127.0.0.1", "user-created": "127.0.0.1", "ledger-created": "",
	} {
		if got, there := from[what]; !there || got != want {
			t.Errorf("%s: got %q (%t), want %q", what, got, there, want)
		}
	}
}
