package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// signOnPeople are the people of the identity providers.
const signOnPeople = `{
	"ann": {"email": "ann@example.com", "email_verified": true, "name": "Ann", "groups": ["shop-team", "everybody"]},
	"bob": {"email": "bob@example.com", "name": "Bob", "groups": []},
	"eve": {"email": "eve@elsewhere.example", "name": "Eve", "groups": ["shop-team"]},
	"mallory": {"email": "ann@example.com", "email_verified": true, "name": "Ann", "groups": ["admins"]},
	"una": {"email": "bob@example.com", "email_verified": false, "name": "Una"}
}`

// signOnGroups makes a group that follows the provider, and one that is people's own.
func signOnGroups(t *testing.T, s *server) {
	t.Helper()
	s.admin(t, "POST", "/groups", `{"name":"Shop","mappingsSSO":["shop-team"]}`)
	s.admin(t, "POST", "/groups", `{"name":"By hand"}`)
	s.admin(t, "POST", "/groups", `{"name":"Admins","mappingsSSO":["admins"],"rootRole":1}`)
}

// TestOIDC signs people in through a real OpenID provider.
func TestOIDC(t *testing.T) {
	t.Parallel()
	s := mustStart(t, t.TempDir(), append(withTokens, "UNLEASH_DEFAULT_ADMIN_USERNAME=root", "UNLEASH_DEFAULT_ADMIN_PASSWORD=Correct-horse-7"))
	provider := startProvider(t, "oidc.mjs", "PEOPLE="+signOnPeople, fmt.Sprintf(
		`CLIENT={"client_id":"quorate","client_secret":"s3cret","redirect_uris":["%s/auth/oidc/callback"],"post_logout_redirect_uris":["%s/signed-out"]}`, s.url, s.url))
	settings := func(more string) string {
		return `{"enabled":true,"discoverUrl":"` + provider + `/.well-known/openid-configuration","clientId":"quorate","addGroupsScope":true,
			"enableGroupSyncing":true,"groupJsonPath":"groups","emailDomains":"example.com, example.org","enableSingleSignOut":true` + more + `}`
	}
	if status, answer := s.ask(t, "POST", "/api/admin/auth/oidc/settings", settings(""), adminToken); status != 400 || !strings.Contains(answer, "/body/secret") {
		t.Fatalf("without a secret: got %d %s, want 400 for /body/secret", status, answer)
	}
	set := func(more string) string {
		return s.admin(t, "POST", "/auth/oidc/settings", settings(more))
	}
	if answer := set(`,"secret":"s3cret"`); strings.Contains(answer, "s3cret") {
		t.Errorf("the secret is shown: %s", answer)
	}
	signOnGroups(t, s)

	// enter signs a person in, as far as that goes.
	enter := func(v *visitor, name, to string) page {
		p := v.get(t, s.url+"/auth/oidc/login?return="+url.QueryEscape(to))
		if !strings.HasPrefix(p.url.String(), provider) {
			t.Fatalf("came to %s, want the provider:\n%s", p.url, p.body)
		}
		p = v.send(t, p, "login", name, "password", "any")
		if strings.HasPrefix(p.url.String(), provider) {
			p = v.send(t, p)
		}
		return p
	}

	ann := newVisitor(t, s.url)
	if p := enter(ann, "ann", "/projects"); p.status != 403 || !strings.Contains(p.body, "There is no account for ann@example.com") || ann.me(t) != nil {
		t.Fatalf("without auto-create: got %d %s", p.status, p.body)
	}
	set(`,"autoCreate":true,"defaultRootRole":"Editor"`)
	ann = newVisitor(t, s.url)
	if p := enter(ann, "ann", "/projects?x=1"); p.url.String() != s.url+"/projects?x=1" {
		t.Errorf("came to %s (%d %s), want the page that was asked for", p.url, p.status, p.body)
	}
	me := ann.me(t)
	if me["email"] != "ann@example.com" || me["name"] != "Ann" || fmt.Sprint(me["rootRole"]) != "2" {
		t.Fatalf("got %v, want Ann, an Editor", me)
	}
	if got := s.members(t, "Shop"); got != "ann@example.com" {
		t.Errorf("got the members %q, want ann's address", got)
	}

	t.Run("known by the subject, whatever is done to the address", func(t *testing.T) {
		s.admin(t, "PUT", fmt.Sprintf("/user-admin/%v", me["id"]), `{"name":"Ann Smith"}`)
		again := newVisitor(t, s.url)
		enter(again, "ann", "/")
		if got := again.me(t); got["id"] != me["id"] || got["name"] != "Ann Smith" {
			t.Errorf("got %v, want the same person, with the name that was given here", got)
		}
		mallory := newVisitor(t, s.url)
		if p := enter(mallory, "mallory", "/"); p.status != 403 || mallory.me(t) != nil {
			t.Errorf("another subject with her address: got %d %s, want 403", p.status, p.body)
		}
		if got := s.members(t, "Admins"); got != "" {
			t.Errorf("another subject with her address has made administrators of %q", got)
		}
	})
	t.Run("groups follow, and others stay as they are", func(t *testing.T) {
		id := fmt.Sprint(me["id"])
		s.admin(t, "PUT", "/groups/2", `{"name":"By hand","users":[{"user":{"id":`+id+`}}]}`)
		s.admin(t, "PUT", "/groups/1", `{"name":"Shop","mappingsSSO":["other-team"]}`)
		enter(newVisitor(t, s.url), "ann", "/")
		if got := s.members(t, "Shop"); got != "" {
			t.Errorf("got the members %q, want none", got)
		}
		if got := s.members(t, "By hand"); got != "ann@example.com" {
			t.Errorf("got the members %q, want ann's address", got)
		}
	})
	t.Run("who is not let in", func(t *testing.T) {
		for name, want := range map[string]string{"eve": "Accounts are not made for addresses like", "una": "has not verified your e-mail address"} {
			v := newVisitor(t, s.url)
			if p := enter(v, name, "/"); p.status != 403 || !strings.Contains(p.body, want) || v.me(t) != nil {
				t.Errorf("%s: got %d %s, want 403 with %q", name, p.status, p.body, want)
			}
		}
	})
	t.Run("no way out of the app", func(t *testing.T) {
		for _, to := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\n/evil.example", "javascript:alert(1)", "evil", ""} {
			v := newVisitor(t, s.url)
			if p := enter(v, "bob", to); p.url.String() != s.url+"/" {
				t.Errorf("%q: came to %s, want the first page", to, p.url)
			}
		}
	})
	t.Run("an answer is good once, in the browser that it is for", func(t *testing.T) {
		v := newVisitor(t, s.url)
		var answer string
		v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Path == "/auth/oidc/callback" && answer == "" {
				answer = r.URL.String()
				return http.ErrUseLastResponse
			}
			return nil
		}
		enter(v, "bob", "/")
		other := newVisitor(t, s.url)
		for what, p := range map[string]page{
			"another browser":              other.get(t, answer),
			"the browser, another sign-in": func() page { w := newVisitor(t, s.url); w.get(t, s.url+"/auth/oidc/login"); return w.get(t, answer) }(),
			"another state":                v.get(t, strings.Replace(answer, "state=", "state=x", 1)),
		} {
			if p.status != 400 || !strings.Contains(p.body, "did not begin in this browser") {
				t.Errorf("%s: got %d %s, want 400", what, p.status, p.body)
			}
		}
		if v.me(t) != nil || other.me(t) != nil {
			t.Error("somebody is signed in")
		}
		if p := v.get(t, answer); p.status != 200 || v.me(t) == nil {
			t.Errorf("the right one: got %d %s, want to be signed in", p.status, p.body)
		}
		if p := v.get(t, answer); p.status != 400 {
			t.Errorf("once more: got %d, want 400", p.status)
		}
	})
	t.Run("signing out here and there", func(t *testing.T) {
		v := newVisitor(t, s.url)
		enter(v, "bob", "/")
		for who, want := range map[*visitor]string{v: `{"location":"` + provider + `/session/end?`, newVisitor(t, s.url): `{"location":"` + s.url + `/signed-out"}`} {
			if p := who.get(t, s.url+"/auth/sign-out"); !strings.HasPrefix(p.body, want) {
				t.Errorf("the web app is told %s, want %s…", p.body, want)
			}
		}
		follow := v.CheckRedirect
		v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/logout", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := v.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if to := answer.Header.Get("Location"); !strings.HasPrefix(to, provider+"/session/end?client_id=quorate&") {
			t.Errorf("sent to %q, want the provider's page", to)
		}
		if v.me(t) != nil {
			t.Error("still signed in")
		}
		// The provider knows by the hint whom it is about, asks whether they mean it, and brings them back.
		to, err := url.Parse(answer.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		if back := to.Query().Get("post_logout_redirect_uri"); strings.Count(to.Query().Get("id_token_hint"), ".") != 2 || back != s.url+"/signed-out" {
			t.Errorf("sent with %v, want the ID token and the way back", to.Query())
		}
		v.CheckRedirect = follow
		if p := v.send(t, v.get(t, to.String()), "logout", "yes"); p.url.String() != s.url+"/signed-out" {
			t.Errorf("came to %s (%d %s), want to come back from the provider", p.url, p.status, p.body)
		}
		if p := v.get(t, s.url+"/auth/oidc/login"); !strings.Contains(p.body, `name="login"`) {
			t.Errorf("still signed in at the provider: came to %s (%d)", p.url, p.status)
		}
	})
	t.Run("passwords turned off, and a way back", func(t *testing.T) {
		s.admin(t, "POST", "/auth/simple/settings", `{"disabled":true}`)
		if status, _ := s.ask(t, "POST", "/auth/simple/login", `{"username":"root","password":"Correct-horse-7"}`, ""); status != 422 {
			t.Errorf("got %d, want 422", status)
		}
		if status, answer := s.ask(t, "POST", "/api/admin/auth/oidc/settings", `{"enabled":false}`, adminToken); status != 400 || !strings.Contains(answer, "Nobody could sign in") {
			t.Errorf("the last way in is closed: got %d %s, want 400", status, answer)
		}
		if status, answer := s.ask(t, "GET", "/api/admin/user", "", ""); status != 401 || !strings.Contains(answer, `"defaultHidden":true`) || !strings.Contains(answer, `"path":"/auth/oidc/login"`) {
			t.Errorf("got %d %s, want to be told how to sign in", status, answer)
		}
	})
}
