package scim_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/scim"
	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// house is a server with SCIM enabled.
type house struct {
	*server.Server
	token string
	door  string // where it is reached, if not at its URL
}

// URL is where the server is reached.
func (h *house) URL() string {
	if h.door != "" {
		return h.door
	}
	return h.Server.URL()
}

func newHouse(t testing.TB) *house {
	t.Helper()
	settings := servertest.Settings(t)
	settings.FirstAdmin = server.FirstAdmin{Username: "root", Password: "Correct-horse-7"}
	h := &house{Server: servertest.Start(t, settings)}
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(h.admin(t, "POST", "/scim-settings", `{"enabled":true}`, 200)), &made); err != nil || made.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	h.token = made.Token
	return h
}

// ask sends a request and returns its answer.
func (h *house) ask(t testing.TB, token, method, path, contentType, body string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", contentType)
	got, text := mustDo(t, r)
	return got.StatusCode, got.Header, text
}

// with sends a request as the client, with some headers more: names and values.
func (h *house) with(t testing.TB, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+"/scim"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return mustDo(t, r)
}

// mustDo returns the answer to a request, and its body.
func mustDo(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got, string(text)
}

func (h *house) admin(t testing.TB, method, path, body string, want int) string {
	t.Helper()
	status, _, text := h.ask(t, servertest.Admin, method, "/api/admin"+path, "application/json", body)
	if status != want {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, status, text, want)
	}
	return text
}

// scim sends a request as the client.
func (h *house) scim(t testing.TB, method, path, body string, want int) string {
	t.Helper()
	status, header, text := h.ask(t, h.token, method, "/scim"+path, "application/scim+json", body)
	if status != want {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, status, text, want)
	}
	if text != "" && !strings.HasPrefix(header.Get("Content-Type"), "application/scim+json") {
		t.Errorf("%s %s: got the content type %q", method, path, header.Get("Content-Type"))
	}
	return text
}

var (
	moment  = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	version = regexp.MustCompile(`W/\\"[\w-]{16}\\"`)
)

// TestGolden tells the stories in testdata: in each paragraph a request, METHOD PATH and a body, and below its
// answer, which -update writes anew. Requests of rfc.txt are the examples of RFC 7644; those of okta.txt and entra.txt are
// such as these directories send.
func TestGolden(t *testing.T) {
	t.Parallel()
	stories, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(stories) < 3 {
		t.Fatalf("got the stories %v (%v), want at least three", stories, err)
	}
	for _, file := range stories {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			told, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			h := newHouse(t)
			var got bytes.Buffer
			for paragraph := range strings.SplitSeq(strings.TrimSpace(string(told)), "\n\n") {
				request, _, _ := strings.Cut(paragraph, "\n--> ")
				got.WriteString(request + "\n--> " + h.tell(t, request) + "\n\n")
			}
			if *update {
				if err := os.WriteFile(file, bytes.TrimSpace(got.Bytes()), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.TrimSpace(string(told)), strings.TrimSpace(got.String())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// tell sends the request of a paragraph, the lines before which may be comments.
func (h *house) tell(t *testing.T, paragraph string) string {
	t.Helper()
	var line, body string
	for each := range strings.SplitSeq(paragraph, "\n") {
		switch {
		case strings.HasPrefix(each, "#"):
		case line == "":
			line = each
		default:
			body += each + "\n"
		}
	}
	method, path, _ := strings.Cut(line, " ")
	status, _, text := h.ask(t, h.token, method, strings.ReplaceAll(path, " ", "%20"), "application/scim+json", body)
	if text == "" {
		return fmt.Sprint(status)
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v in %s", line, err, text)
	}
	pretty, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(string(pretty), h.URL(), "https://example.com")
	text = version.ReplaceAllString(text, `W/\"3694e05e9dff590\"`)
	return fmt.Sprintf("%d %s", status, moment.ReplaceAllString(text, "2010-01-23T04:56:22Z"))
}

// TestWhoMayCall lets in whoever has the newest token, while SCIM is enabled.
func TestWhoMayCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must := func(token string, want int) {
		t.Helper()
		if got, _, text := h.ask(t, token, "GET", "/scim/v2/Users", "application/json", ""); got != want {
			t.Fatalf("token %.8s…: got %d %s, want %d", token, got, text, want)
		}
	}
	must(h.token, 200)
	must("", 401)
	must("scim:x", 401)
	must(servertest.Admin, 401)
	if got, _, _ := h.ask(t, h.token, "GET", "/api/admin/user", "application/json", ""); got != 401 {
		t.Errorf("the admin API with SCIM's token: got %d, want 401", got)
	}
	var second struct{ Token string }
	if err := json.Unmarshal([]byte(h.admin(t, "POST", "/scim-settings/generate-new-token", "", 200)), &second); err != nil {
		t.Fatal(err)
	}
	must(h.token, 401)
	must(second.Token, 200)
	h.admin(t, "POST", "/scim-settings", `{"enabled":false}`, 200)
	must(second.Token, 404)
	if text := h.admin(t, "POST", "/scim-settings", `{"enabled":true}`, 200); strings.Contains(text, "scim:") {
		t.Errorf("enabled again: got %s, want no other token", text)
	}
	must(second.Token, 200)
	for range 40 {
		h.ask(t, "wrong", "GET", "/scim/Users", "application/json", "")
	}
	must("wrong", 429)
	must(second.Token, 200)
	if events := h.admin(t, "GET", "/events", "", 200); strings.Contains(events, "tokenDigest") {
		t.Error("the event log shows the token's digest")
	}
}

// TestEveryRouteAsksWhoCalls tries every route with no, wrong and foreign credentials, under both prefixes. Each is
// answered before anything is looked at, and changes nothing.
func TestEveryRouteAsksWhoCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	users := h.scim(t, "GET", "/Users", "", 200)
	foreign := []string{servertest.Admin, servertest.Backend, servertest.Frontend}
	routes := 0
	err := scim.EachRoute(func(method, path string) {
		routes++
		path = strings.ReplaceAll(path, "{id}", "1")
		for _, prefix := range []string{"/scim", "/scim/v2"} {
			for _, token := range append([]string{""}, foreign...) {
				if status, _, text := h.ask(t, token, method, prefix+path, "application/scim+json", `{}`); status != 401 && status != 429 {
					t.Errorf("%s %s%s with %.12q: got %d %s, want 401, or 429 for who has guessed often", method, prefix, path, token, status, text)
				}
			}
		}
	})
	if err != nil || routes < 19 {
		t.Errorf("got %d routes, want 19 at least: %v", routes, err)
	}
	if after := h.scim(t, "GET", "/Users", "", 200); after != users {
		t.Errorf("refused requests have changed the users:\n%s\n%s", users, after)
	}
}

// TestMethods answers HEAD as GET without a body, and says which methods there are to who asks for another.
func TestMethods(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/Users", "/Users/1", "/ServiceProviderConfig"} {
		got, text := h.with(t, "HEAD", path, "")
		if kind := got.Header.Get("Content-Type"); got.StatusCode != 200 || text != "" || !strings.HasPrefix(kind, "application/scim+json") {
			t.Errorf("HEAD %s: got %d %q %q", path, got.StatusCode, kind, text)
		}
	}
	for path, want := range map[string]string{"/Users": "GET, POST", "/v2/Groups/1": "GET, PUT, PATCH, DELETE", "/Bulk": "POST"} {
		for _, method := range []string{"OPTIONS", "TRACE"} {
			if got, text := h.with(t, method, path, ""); got.StatusCode != 405 || strings.Join(got.Header.Values("Allow"), ", ") != want {
				t.Errorf("%s %s: got %d %s and Allow: %v, want 405 and %s", method, path, got.StatusCode, text, got.Header.Values("Allow"), want)
			}
		}
	}
}

// TestLargeGroup has a group with a thousand members, who come in and leave by one patch each.
func TestLargeGroup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const size = 1000
	for done := 0; done < size; done += 500 {
		var operations []string
		for i := range 500 {
			operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"%d","data":{"userName":"u%d"}}`, i, done+i))
		}
		h.scim(t, "POST", "/Bulk", `{"Operations":[`+strings.Join(operations, ",")+`]}`, 200)
	}
	h.scim(t, "POST", "/Groups", `{"displayName":"All"}`, 201)
	var members []string
	for i := range size {
		members = append(members, fmt.Sprintf(`{"value":"%d"}`, i+2))
	}
	list := "[" + strings.Join(members, ",") + "]"
	for _, step := range []struct {
		method, path, body string
		want               int // members
	}{
		{"PATCH", "/Groups/1", `{"Operations":[{"op":"add","path":"members","value":` + list + `}]}`, size},
		{"PATCH", "/Groups/1", `{"Operations":[{"op":"add","path":"members","value":` + list + `}]}`, size},
		{"PUT", "/Groups/1", `{"displayName":"All","members":` + list + `}`, size},
		{"PATCH", "/Groups/1", `{"Operations":[{"op":"remove","path":"members[value eq \"500\"]"}]}`, size - 1},
		{"GET", "/Groups", "", size - 1},
		{"PATCH", "/Groups/1", `{"Operations":[{"op":"remove","path":"members","value":` + list + `}]}`, 0},
	} {
		began := time.Now()
		text := h.scim(t, step.method, step.path, step.body, 200)
		t.Logf("%s %s %.60s: %s", step.method, step.path, step.body, time.Since(began))
		if got := strings.Count(text, `"type":"User"`); got != step.want {
			t.Errorf("%s %s %.60s: got %d members, want %d", step.method, step.path, step.body, got, step.want)
		}
	}
}

// TestDeprovisioning ends what a person can do at once, by session and by token, and by a password.
func TestDeprovisioning(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scim(t, "POST", "/Users", `{"userName":"ann@example.com","externalId":"00u1"}`, 201)
	h.admin(t, "POST", "/scim-settings", `{"enabled":false}`, 200)
	h.admin(t, "POST", "/user-admin/2/change-password", `{"password":"Battery-staple-8"}`, 200)
	h.admin(t, "POST", "/scim-settings", `{"enabled":true}`, 200)

	signIn := func() (int, *http.Cookie) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.URL()+"/auth/simple/login", strings.NewReader(`{"username":"ann@example.com","password":"Battery-staple-8"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		for _, c := range got.Cookies() {
			if c.Name == "unleash-session" {
				return got.StatusCode, c
			}
		}
		return got.StatusCode, nil
	}
	as := func(cookie *http.Cookie, token, method, path, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if cookie != nil {
			r.AddCookie(cookie)
		}
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		return got.StatusCode, string(text)
	}
	status, cookie := signIn()
	if status != 200 {
		t.Fatalf("sign in: got %d", status)
	}
	_, made := as(cookie, "", "POST", "/api/admin/user/tokens", `{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`)
	var token struct{ Secret string }
	if err := json.Unmarshal([]byte(made), &token); err != nil || token.Secret == "" {
		t.Fatalf("no token: %s", made)
	}
	if status, _ := as(nil, token.Secret, "GET", "/api/admin/user", ""); status != 200 {
		t.Fatalf("the token: got %d", status)
	}

	h.scim(t, "PATCH", "/Users/2", `{"Operations":[{"op":"replace","value":{"active":false}}]}`, 200)
	for what, status := range map[string]int{
		"session": first(as(cookie, "", "GET", "/api/admin/user", "")), "token": first(as(nil, token.Secret, "GET", "/api/admin/user", "")),
	} {
		if status != 401 {
			t.Errorf("suspended, by the %s: got %d, want 401", what, status)
		}
	}
	if status, _ := signIn(); status != 403 {
		t.Errorf("suspended, by a password: got %d, want 403", status)
	}
	h.scim(t, "PATCH", "/Users/2", `{"Operations":[{"op":"Replace","path":"active","value":"True"}]}`, 200)
	if status, _ := as(cookie, "", "GET", "/api/admin/user", ""); status != 401 {
		t.Errorf("reinstated, by the old session: got %d, want 401", status)
	}
	if status, _ := as(nil, token.Secret, "GET", "/api/admin/user", ""); status != 200 {
		t.Errorf("reinstated, by the token: got %d, want 200", status)
	}
	h.scim(t, "DELETE", "/Users/2", "", 204)
	h.scim(t, "GET", "/Users/2", "", 404)
	if status, _ := as(nil, token.Secret, "GET", "/api/admin/user", ""); status != 401 {
		t.Errorf("deleted, by the token: got %d, want 401", status)
	}
	if text := h.admin(t, "GET", "/user-admin", "", 200); strings.Contains(text, "ann@example.com") {
		t.Error("her address is still there")
	}
}

func first(status int, _ string) int { return status }

// TestByHand keeps what the client keeps from being changed by hand, but for what the client knows nothing of.
// TestTextThatCannotBeKept holds that a text which PostgreSQL does not take is refused on SQLite too, wherever it is.
func TestTextThatCannotBeKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scim(t, "POST", "/Users", `{"userName":"ann@example.com"}`, 201)
	h.scim(t, "POST", "/Users", `{"userName":"a\u0000b"}`, 400)
	h.scim(t, "POST", "/Users", `{"userName":"b@example.com","name":{"givenName":"\u0000"}}`, 400)
	h.scim(t, "PATCH", "/Users/2", `{"Operations":[{"op":"replace","path":"name.givenName","value":"\u0000"}]}`, 400)
	h.scim(t, "POST", "/Groups", `{"displayName":"a\\u0000b"}`, 201)
	h.scim(t, "POST", "/Groups", `{"displayName":"a\u0000b"}`, 400)
}

func TestByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scim(t, "POST", "/Users", `{"userName":"ann@example.com","displayName":"Ann"}`, 201)
	h.scim(t, "POST", "/Groups", `{"displayName":"Shop","members":[{"value":"2"}]}`, 201)
	if text := h.admin(t, "GET", "/user-admin/2", "", 200); !strings.Contains(text, `"scimId":"2"`) {
		t.Errorf("got %s, want the SCIM id", text)
	}
	h.admin(t, "PUT", "/user-admin/2", `{"name":"Eve"}`, 403)
	h.admin(t, "PUT", "/user-admin/2", `{"name":"Ann","rootRole":2}`, 200)
	h.admin(t, "DELETE", "/user-admin/2", "", 403)
	h.admin(t, "POST", "/user-admin/2/change-password", `{"password":"Battery-staple-8"}`, 403)
	h.admin(t, "PUT", "/groups/1", `{"name":"Store"}`, 400)
	h.admin(t, "PUT", "/groups/1", `{"name":"Shop","users":[]}`, 400)
	h.admin(t, "DELETE", "/groups/1", "", 400)
	h.admin(t, "PUT", "/groups/1", `{"name":"Shop","rootRole":1,"description":"those of the shop"}`, 200)
	h.scim(t, "PUT", "/Groups/1", `{"displayName":"Store","members":[]}`, 200)
	if text := h.admin(t, "GET", "/groups/1", "", 200); !strings.Contains(text, `"rootRole":1`) || !strings.Contains(text, `"name":"Store"`) {
		t.Errorf("got %s, want the client's name and people's role", text)
	}
	// The last administrator with a password stays, whoever asks.
	h.scim(t, "PATCH", "/Users/1", `{"Operations":[{"op":"replace","path":"active","value":false}]}`, 400)
	h.scim(t, "DELETE", "/Users/1", "", 400)
	h.admin(t, "DELETE", "/groups/scim-groups", "", 200)
	h.admin(t, "DELETE", "/user-admin/scim-users", "", 200)
	h.scim(t, "GET", "/Users/2", "", 404)
	h.scim(t, "GET", "/Groups/1", "", 404)
	h.scim(t, "GET", "/Users/1", "", 200)
}
