package sso_test

import (
	"cmp"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
)

// liar is an OpenID provider that says what a test wants: the real one in e2e never lies.
type liar struct {
	*httptest.Server
	key *rsa.PrivateKey

	away  atomic.Bool  // does not say where its pages are
	asked atomic.Int64 // how often it was asked that

	mu      sync.Mutex
	lie     func(claims map[string]any) *rsa.PrivateKey // changes what the ID token says, and may sign with another key
	nonce   string
	kid     string // of the key; empty: k
	padding string // in what the provider says about itself
	info    map[string]any
	auth    url.Values // of the last request for a sign-in
}

func mustKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	p := &liar{key: mustKey(t)}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(value); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.asked.Add(1)
		if p.away.Load() {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/me", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "padding": p.padding,
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": cmp.Or(p.kid, "k"), "n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.auth, p.nonce = r.URL.Query(), r.URL.Query().Get("nonce")
		http.Redirect(w, r, p.auth.Get("redirect_uri")+"?code=c&state="+url.QueryEscape(p.auth.Get("state")), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier"))); base64.RawURLEncoding.EncodeToString(challenge[:]) != p.auth.Get("code_challenge") {
			t.Error("the verifier is not that of the challenge")
		}
		now := time.Now().Unix()
		claims := map[string]any{
			"iss": p.URL, "aud": "quorate", "sub": "s-1", "email": "ann@example.com", "name": "Ann", "nonce": p.nonce, "iat": now, "exp": now + 60,
		}
		key := p.key
		if p.lie != nil {
			if other := p.lie(claims); other != nil {
				key = other
			}
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": mustSign(t, key, cmp.Or(p.kid, "k"), claims)})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, p.info)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// mustSign returns a JSON Web Token; with the claim alg, one with that algorithm in its header, and no signature, or one by the
// claim secret.
func mustSign(t *testing.T, key *rsa.PrivateKey, kid string, claims map[string]any) string {
	t.Helper()
	header := map[string]any{"alg": "RS256", "kid": kid}
	unsigned := claims["alg"] != nil
	if unsigned {
		header["alg"] = claims["alg"]
	}
	text := ""
	for _, part := range []any{header, claims} {
		data, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		text += base64.RawURLEncoding.EncodeToString(data) + "."
	}
	if secret, ok := claims["secret"].(string); ok {
		sum := hmac.New(sha256.New, []byte(secret))
		sum.Write([]byte(strings.TrimSuffix(text, ".")))
		return text + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
	}
	if unsigned {
		return text
	}
	digest := sha256.Sum256([]byte(strings.TrimSuffix(text, ".")))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + base64.RawURLEncoding.EncodeToString(signature)
}

// house is a server that people sign in to by a liar.
type house struct {
	*server.Server
	liar *liar
}

func newHouse(t *testing.T, more string) *house {
	t.Helper()
	h := &house{Server: servertest.Start(t, servertest.Settings(t)), liar: newLiar(t)}
	h.admin(t, "POST", "/auth/oidc/settings", `{"enabled":true,"discoverUrl":"`+h.liar.URL+`","clientId":"quorate","secret":"s","autoCreate":true`+more+`}`)
	return h
}

func (h *house) admin(t *testing.T, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+"/api/admin"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", servertest.Admin)
	r.Header.Set("Content-Type", "application/json")
	return mustDo(t, http.DefaultClient, r, 200, 201)
}

func mustDo(t *testing.T, client *http.Client, r *http.Request, want ...int) string {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(want, answer.StatusCode) {
		return string(body)
	}
	t.Fatalf("%s %s: got %d %s, want %d", r.Method, r.URL, answer.StatusCode, body, want)
	return ""
}

// enter signs somebody in in a browser, and returns who that is, or why not.
func (h *house) enter(t *testing.T) (me, page string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(path string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return mustDo(t, client, r, 200, 400, 401, 403, 404, 503)
	}
	page = get("/auth/oidc/login")
	return get("/api/admin/user"), page
}

// TestLies lets nobody in by an answer that is not right.
func TestLies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	set := func(name string, value any) func(map[string]any) *rsa.PrivateKey {
		return func(claims map[string]any) *rsa.PrivateKey {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
			return nil
		}
	}
	foreign := mustKey(t)
	// by signs with a secret that others know.
	by := func(secret []byte) func(map[string]any) *rsa.PrivateKey {
		return func(claims map[string]any) *rsa.PrivateKey {
			claims["alg"], claims["secret"] = "HS256", string(secret)
			return nil
		}
	}
	public, err := x509.MarshalPKIXPublicKey(h.liar.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(map[string]any) *rsa.PrivateKey{
		"signed by somebody else": func(map[string]any) *rsa.PrivateKey { return foreign },
		"not signed":              set("alg", "none"),
		"by the public key":       by(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		"by the public key's DER": by(public),
		"by the client's secret":  by([]byte("s")),
		"expired":                 set("exp", time.Now().Add(-time.Hour).Unix()),
		"for somebody else":       set("aud", "another-client"),
		"of another issuer":       set("iss", "https://evil.example"),
		"another nonce":           set("nonce", "n"),
		"no nonce":                set("nonce", nil),
		"not verified":            set("email_verified", false),
		"not verified, as a text": set("email_verified", "false"),
		"no address":              set("email", nil),
		"no proper address":       set("email", "ann"),
	} {
		t.Run(name, func(t *testing.T) {
			h.liar.mu.Lock()
			h.liar.lie = lie
			h.liar.info = map[string]any{"sub": "s-1"}
			h.liar.mu.Unlock()
			me, page := h.enter(t)
			if !strings.Contains(me, "AuthenticationRequired") || !strings.Contains(page, "You are not signed in") {
				t.Errorf("got in as %s; the page says %s", me, page)
			}
		})
	}
	h.liar.mu.Lock()
	h.liar.lie = nil
	h.liar.mu.Unlock()
	if me, page := h.enter(t); !strings.Contains(me, `"email":"ann@example.com"`) {
		t.Errorf("without a lie: got %s, want Ann; the page says %s", me, page)
	}
}

// TestNewKey lets people in when the provider has another key.
func TestNewKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	for _, kid := range []string{"k", "k2", "k2"} { // the last time another one of the same name
		h.liar.mu.Lock()
		h.liar.key, h.liar.kid = mustKey(t), kid
		h.liar.mu.Unlock()
		if me, page := h.enter(t); !strings.Contains(me, "ann@example.com") {
			t.Errorf("key %s: got %s; the page says %s", kid, me, page)
		}
	}
}

// TestSuspended keeps out who is suspended, whatever the provider says, and out of the groups that it names.
func TestSuspended(t *testing.T) {
	t.Parallel()
	h := newHouse(t, `,"enableGroupSyncing":true,"groupJsonPath":"groups"`)
	h.liar.lie = func(claims map[string]any) *rsa.PrivateKey { claims["groups"] = "team"; return nil }
	if me, _ := h.enter(t); !strings.Contains(me, `"id":2,`) {
		t.Fatalf("got in as %s", me)
	}
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(h.admin(t, "POST", "/scim-settings", `{"enabled":true}`)), &made); err != nil {
		t.Fatal(err)
	}
	h.admin(t, "POST", "/groups", `{"name":"Team","mappingsSSO":["team"]}`)
	for _, in := range []bool{false, true} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, h.URL()+"/scim/Users/2", strings.NewReader(`{"Operations":[{"op":"replace","path":"active","value":`+fmt.Sprint(in)+`}]}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+made.Token)
		mustDo(t, http.DefaultClient, r, 200)
		if me, page := h.enter(t); strings.Contains(me, "ann@example.com") != in || !in && !strings.Contains(page, "suspended") {
			t.Errorf("active %t: got %s; the page says %s", in, me, page)
		}
		if got := strings.Contains(h.admin(t, "GET", "/groups/1", ""), "ann@example.com"); got != in {
			t.Errorf("active %t: in the group: %t", in, got)
		}
	}
}

// TestLastAdministrator leaves the last administrator who has a password in the group that makes her one, and says why she is not let in.
func TestLastAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t, `,"enableGroupSyncing":true,"groupJsonPath":"groups"`)
	h.admin(t, "POST", "/user-admin", `{"email":"ann@example.com","rootRole":3,"password":"Battery-staple-8","sendEmail":false}`)
	h.admin(t, "POST", "/groups", `{"name":"Admins","mappingsSSO":["admins"],"rootRole":1,"users":[{"user":{"id":2}}]}`)
	for _, groups := range []string{"admins", "others"} {
		in := groups == "admins"
		h.liar.mu.Lock()
		h.liar.lie = func(claims map[string]any) *rsa.PrivateKey { claims["groups"] = groups; return nil }
		h.liar.mu.Unlock()
		if me, page := h.enter(t); strings.Contains(me, "ann@example.com") != in || !in && !strings.Contains(page, "administ") {
			t.Errorf("groups %s: got %s; the page says %s", groups, me, page)
		}
		if text := h.admin(t, "GET", "/groups/1", ""); !strings.Contains(text, "ann@example.com") {
			t.Errorf("groups %s: she is no administrator any more: %s", groups, text)
		}
	}
}

// TestLongAnswer reads no more of a provider than it may say.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.liar.padding = strings.Repeat("x", 2<<20)
	if me, page := h.enter(t); strings.Contains(me, "ann@") || !strings.Contains(page, "does not answer as it should") {
		t.Errorf("got in as %s; the page says %s", me, page)
	}
}

// TestUserInfo reads what the ID token leaves out elsewhere, and believes it for the same subject only.
func TestUserInfo(t *testing.T) {
	t.Parallel()
	for info, want := range map[string]string{
		`{"sub":"s-1","email":"bob@example.com"}`: `"email":"bob@example.com"`,
		`{"sub":"s-2","email":"bob@example.com"}`: "AuthenticationRequired",
	} {
		h := newHouse(t, "")
		h.liar.lie = func(claims map[string]any) *rsa.PrivateKey { delete(claims, "email"); return nil }
		if err := json.Unmarshal([]byte(info), &h.liar.info); err != nil {
			t.Fatal(err)
		}
		if me, page := h.enter(t); !strings.Contains(me, want) {
			t.Errorf("%s: got %s, want %s; the page says %s", info, me, want, page)
		}
	}
}

// TestAuthenticationContext lets in who signed in as strongly as is asked for.
func TestAuthenticationContext(t *testing.T) {
	t.Parallel()
	h := newHouse(t, `,"acrValues":"phr mfa"`)
	for acr, in := range map[string]bool{"": false, "password": false, "mfa": true} {
		h.liar.mu.Lock()
		h.liar.lie = func(claims map[string]any) *rsa.PrivateKey { claims["acr"] = acr; return nil }
		h.liar.mu.Unlock()
		if me, _ := h.enter(t); strings.Contains(me, "ann@example.com") != in {
			t.Errorf("acr %q: got %s, want to be in: %t", acr, me, in)
		}
	}
	if got := h.liar.auth.Get("acr_values"); got != "phr mfa" {
		t.Errorf("asked for %q", got)
	}
}

// TestGroups reads groups wherever providers put them.
func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path string
		said map[string]any
		in   bool
	}{
		{"groups", map[string]any{"groups": []any{"other", "team"}}, true},
		{"groups", map[string]any{"groups": "team"}, true},
		{"groups", map[string]any{"groups": []any{"team-b"}}, false},
		{"groups", map[string]any{}, false},
		{"https://x.example/groups", map[string]any{"https://x.example/groups": []any{"team"}}, true},
		{"resource_access.quorate.roles", map[string]any{"resource_access": map[string]any{"quorate": map[string]any{"roles": []any{"team"}}}}, true},
		{"groups[*].name", map[string]any{"groups": []any{map[string]any{"name": "team"}, 7}}, true},
	} {
		h := newHouse(t, `,"enableGroupSyncing":true,"groupJsonPath":"`+c.path+`"`)
		h.admin(t, "POST", "/groups", `{"name":"Team","mappingsSSO":["team"]}`)
		h.liar.lie = func(claims map[string]any) *rsa.PrivateKey { maps.Copy(claims, c.said); return nil }
		h.liar.info = map[string]any{"sub": "s-1"}
		if me, page := h.enter(t); !strings.Contains(me, "ann@example.com") {
			t.Fatalf("%v: not let in: %s", c.said, page)
		}
		if got := strings.Contains(h.admin(t, "GET", "/groups/1", ""), "ann@example.com"); got != c.in {
			t.Errorf("%s of %v: in the group: %t, want %t", c.path, c.said, got, c.in)
		}
	}
	h := newHouse(t, `,"enableGroupSyncing":true,"groupJsonPath":"groups"`)
	h.liar.info = map[string]any{"sub": "s-1"}
	h.liar.lie = func(claims map[string]any) *rsa.PrivateKey {
		claims["_claim_names"] = map[string]any{"groups": "src1"}
		claims["_claim_sources"] = map[string]any{"src1": map[string]any{"endpoint": "https://id.example.com/groups"}}
		return nil
	}
	if me, page := h.enter(t); strings.Contains(me, "ann@example.com") || !strings.Contains(page, "more groups than") {
		t.Errorf("too many groups to list: got %s %s, want to be refused", me, page)
	}
}

// TestProviderAway says that the provider does not answer, and counts whose answers are wrong.
func TestProviderAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	// It is asked once, whoever comes meanwhile.
	h.liar.away.Store(true)
	for range 3 {
		if _, page := h.enter(t); !strings.Contains(page, "does not answer as it should") {
			t.Errorf("got %s", page)
		}
	}
	if asked := h.liar.asked.Load(); asked != 1 {
		t.Errorf("it was asked %d times where its pages are, want once", asked)
	}
	var last int
	for range 40 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL()+"/auth/oidc/callback?code=c&state=s", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		last = answer.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the fortieth wrong answer: got %d, want 429", last)
	}
}

// TestSecretStaysWithItsProvider sends no secret to another provider than it was given for.
func TestSecretStaysWithItsProvider(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	for body, status := range map[string]int{
		fmt.Sprintf(`{"enabled":true,"discoverUrl":%q,"clientId":"quorate","autoCreate":true}`, h.liar.URL): 200,
		`{"enabled":true,"discoverUrl":"https://evil.example","clientId":"quorate"}`:                        400,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL()+"/api/admin/auth/oidc/settings", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", servertest.Admin)
		r.Header.Set("Content-Type", "application/json")
		mustDo(t, http.DefaultClient, r, status)
	}
}
