package scim_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
	"github.com/quorate/quorate/internal/store/storetest"
)

// twoNodes are two servers on one PostgreSQL, which are known by one address.
func twoNodes(t *testing.T) (here, there *house) {
	t.Helper()
	url := storetest.Postgres(t)
	node := func() *house {
		settings := servertest.Settings(t)
		settings.Database, settings.SecretKey, settings.PublicURL = url, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)), "https://flags.example.com"
		settings.FirstAdmin = server.FirstAdmin{Username: "root", Password: "Correct-horse-7"}
		h := &house{Server: servertest.Start(t, settings)}
		door := httptest.NewServer(h.Handler())
		t.Cleanup(door.Close)
		h.door = door.URL
		return h
	}
	here, there = node(), node()
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(here.admin(t, "POST", "/scim-settings", `{"enabled":true}`, 200)), &made); err != nil {
		t.Fatal(err)
	}
	here.token, there.token = made.Token, made.Token
	return here, there
}

// TestWritesAtOnce writes to one user and to one group from two nodes at once, which is one node twice on SQLite. Who gives a version
// is refused if the other was first, and what both add is there.
func TestWritesAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		writeAtOnce(t, h, h)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		here, there := twoNodes(t)
		writeAtOnce(t, here, there)
	})
}

func writeAtOnce(t *testing.T, here, there *house) {
	t.Helper()
	const rounds = 20
	here.scim(t, "POST", "/Users", `{"userName":"ann@example.com"}`, 201)
	here.scim(t, "POST", "/Groups", `{"displayName":"Shop"}`, 201)
	var people []string
	for i := range 2 * rounds {
		var made struct{ ID string }
		if err := json.Unmarshal([]byte(here.scim(t, "POST", "/Users", fmt.Sprintf(`{"userName":"p%d"}`, i), 201)), &made); err != nil {
			t.Fatal(err)
		}
		people = append(people, made.ID)
	}
	for began := time.Now(); ; { // a node reads what the other has written in a moment
		if got, _ := there.with(t, "GET", "/Users/"+people[len(people)-1], ""); got.StatusCode == http.StatusOK {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("the other node does not see who was made")
		}
	}
	// both sends two requests at once and returns their statuses, the lower one first.
	both := func(path string, send func(node int) (method, body string), header ...string) []int {
		t.Helper()
		statuses := make([]int, 2)
		var group sync.WaitGroup
		for i, h := range []*house{here, there} {
			group.Go(func() {
				method, body := send(i)
				got, _ := h.with(t, method, path, body, header...)
				statuses[i] = got.StatusCode
			})
		}
		group.Wait()
		slices.Sort(statuses)
		return statuses
	}
	for round := range rounds {
		known, _ := here.with(t, "GET", "/Users/2", "")
		got := both("/Users/2", func(node int) (string, string) {
			return "PUT", fmt.Sprintf(`{"userName":"ann@example.com","displayName":"Ann %d from %d"}`, round, node)
		}, "If-Match", known.Header.Get("ETag"))
		if !slices.Equal(got, []int{200, 412}) {
			t.Errorf("round %d: two writes of one version got %v, want that one is refused", round, got)
		}
		got = both("/Groups/1", func(node int) (string, string) {
			return "PATCH", fmt.Sprintf(`{"Operations":[{"op":"add","path":"members","value":[{"value":%q}]}]}`, people[2*round+node])
		})
		if !slices.Equal(got, []int{200, 200}) {
			t.Errorf("round %d: adding two members got %v", round, got)
		}
	}
	var known *http.Response
	for began := time.Now(); ; { // this one, too, may be behind
		var text string
		known, text = here.with(t, "GET", "/Groups/1", "")
		members := strings.Count(text, `"type":"User"`)
		if members == 2*rounds {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("got %d members, want all %d that were added", members, 2*rounds)
		}
	}
	got := both("/Groups/1", func(node int) (string, string) {
		return []string{"DELETE", "PUT"}[node], `{"displayName":"Store"}`
	}, "If-Match", known.Header.Get("ETag"))
	if got[0] >= 300 || got[1] != 404 && got[1] != 412 {
		t.Errorf("deleting and replacing one version got %v, want that one is refused", got)
	}
}

// TestDeprovisioningOnAnotherNode suspends somebody on one node, whose session and token another node knows already and refuses then.
func TestDeprovisioningOnAnotherNode(t *testing.T) {
	t.Parallel()
	here, there := twoNodes(t)
	here.admin(t, "POST", "/user-admin", `{"email":"ann@example.com","rootRole":2,"password":"Battery-staple-8","sendEmail":false}`, 201)

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
