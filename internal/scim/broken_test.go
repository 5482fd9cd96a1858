package scim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// TestBrokenRequests removes and suspends those in whose names change requests are scheduled. The answers name what that suspends, as
// the admin API's do.
func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.admin(t, "PUT", "/projects/default/environments/production/change-requests/config", `{"changeRequestsEnabled":true,"requiredApprovals":1}`, 204)
	h.admin(t, "POST", "/projects/default/features", `{"name":"web"}`, 201)
	root := h.person(t, "root", "Correct-horse-7")
	scheduled := func(by *http.Client) int {
		t.Helper()
		var made struct{ ID int }
		const requests = "/api/admin/projects/default/change-requests"
		text := h.as(t, by, "POST", "/api/admin/projects/default/environments/production/change-requests", `[{"feature":"web","action":"updateEnabled","payload":{"enabled":true}}]`)
		if err := json.Unmarshal([]byte(text), &made); err != nil || made.ID == 0 {
			t.Fatalf("no change request: %s", text)
		}
		state := fmt.Sprintf("%s/%d/state", requests, made.ID)
		h.as(t, by, "PUT", state, `{"state":"In review"}`)
		h.as(t, root, "PUT", state, `{"state":"Approved"}`)
		h.as(t, by, "PUT", state, fmt.Sprintf(`{"state":"Scheduled","scheduledAt":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339)))
		return made.ID
	}
	told := func(method, path, body string, want int, suspended ...int) {
		t.Helper()
		got, text := h.with(t, method, path, body)
		var ids, links []string
		for _, id := range suspended {
			ids = append(ids, fmt.Sprint(id))
			links = append(links, fmt.Sprintf(`<%s/projects/default/change-requests/%d>; rel="related"; title="suspended"`, h.URL(), id))
		}
		if header := got.Header.Get("Quorate-Suspended"); got.StatusCode != want || header != strings.Join(ids, ", ") {
			t.Errorf("got %d %s and Quorate-Suspended: %q, want %d and %v", got.StatusCode, text, header, want, ids)
		}
		if header := got.Header.Values("Link"); strings.Join(header, "\n") != strings.Join(links, "\n") {
			t.Errorf("got the links %q, want %q", header, links)
		}
	}

	// Whoever is in the group may do everything.
	var people []*http.Client
	for i, name := range []string{"ann", "ben", "cem"} {
		h.admin(t, "POST", "/user-admin", fmt.Sprintf(`{"username":%q,"rootRole":3,"password":"Battery-staple-8","sendEmail":false}`, name), 201)
		people = append(people, h.person(t, name, "Battery-staple-8"))
		h.admin(t, "POST", "/groups", fmt.Sprintf(`{"name":%q,"rootRole":1,"users":[{"user":{"id":%d}}]}`, name, i+2), 201)
	}
	ann, ben, cem := scheduled(people[0]), scheduled(people[1]), scheduled(people[2])
	told("PATCH", "/Users/2", `{"Operations":[{"op":"replace","value":{"displayName":"Ann"}}]}`, 200)
	told("PATCH", "/Users/2", `{"Operations":[{"op":"replace","value":{"active":false}}]}`, 200, ann)
	told("DELETE", "/Users/2", "", 204)
	told("DELETE", "/Groups/2", "", 204, ben)
	told("POST", "/Bulk", `{"Operations":[{"method":"DELETE","path":"/Groups/1"},{"method":"DELETE","path":"/Users/4"}]}`, 200, cem)
}

// person returns the browser of somebody who has signed in.
func (h *house) person(t *testing.T, name, password string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	h.as(t, client, "POST", "/auth/simple/login", fmt.Sprintf(`{"username":%q,"password":%q}`, name, password))
	return client
}

// as does something as somebody, which has to succeed.
func (h *house) as(t *testing.T, client *http.Client, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode >= 300 {
		t.Fatalf("%s %s %s: got %d %s (%v)", method, path, body, got.StatusCode, text, err)
	}
	return string(text)
}
