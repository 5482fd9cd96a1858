package adminapi_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/adminapi"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// The people of a house, and their secrets.
const (
	adminPassword = "Correct-horse-7"
	bobPassword   = "Battery-staple-8"
	nextPassword  = "Another-staple-9"
	houseURL      = "https://flags.example.com"
)

// house is the admin API with real people, who sign in.
type house struct {
	db      *store.DB
	engine  *engine.Engine
	app     *app.App
	usage   *usage.Usage
	handler http.Handler

	mu      sync.Mutex
	now     time.Time
	keyring *identity.Keyring
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// newHouse makes a fresh instance whose first administrator is called root.
func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{db: db, now: time.Now().UTC().Truncate(time.Second)}
	var err error
	h.engine, err = engine.Open(t.Context(), engine.Options{
		Project: index,
		DB:      db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := identity.NewKeyring(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	people := identity.New(identity.Options{State: h.engine.State, Keyring: keyring, DB: db, Now: h.clock, Secure: true})
	h.engine.Subscribe(func(c engine.Change) { people.Follow(c.Events) })
	h.app = app.New(app.Options{
		Engine: h.engine, Now: h.clock, Keys: keyring, People: people,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	if err := h.app.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.app.SeedAdmin(t.Context(), "root", adminPassword); err != nil {
		t.Fatal(err)
	}
	if err := h.app.SeedTokens(t.Context(), app.FirstTokens{Admin: []string{"*:*.admin"}, Frontend: []string{"*:development.frontend"}}); err != nil {
		t.Fatal(err)
	}
	h.usage = usage.New(usage.Options{
		DB: db, Now: h.clock, Log: slog.New(slog.DiscardHandler),
		Known: func(name string) bool { return h.engine.State().Flag(flag.Name(name)) != nil },
		Live: func(name, environment string) bool {
			return h.engine.State().Live(flag.Name(name), flag.EnvironmentName(environment))
		},
	})
	follow(h.engine, h.usage)
	r := chi.NewRouter()
	adminapi.Mount(r, adminapi.Options{
		Usage: h.usage,
		App:   h.app, Authenticator: people, Tokens: people, People: people, URL: houseURL,
		Requests: requests.New(db),
		Events:   eventlog.New(eventlog.Options{DB: db, State: h.engine.State}),
		Notify:   newNotify(h.engine, db, keyring), Integrations: newIntegrations(h.app, db, keyring),
	})
	h.keyring = keyring
	h.handler = r
	return h
}

// browser is somebody at a house, maybe signed in.
type browser struct {
	*house
	cookies map[string]*http.Cookie
	token   string // sent in Authorization
	header  http.Header
	ip      string
}

func (h *house) browser() *browser {
	return &browser{house: h, cookies: map[string]*http.Cookie{}, ip: "192.0.2.1"}
}

// do sends a request and keeps the cookies of the answer.
func (b *browser) do(t testing.TB, method, path, body string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr = b.ip + ":1234"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(r.Header, b.header)
	if b.token != "" {
		r.Header.Set("Authorization", b.token)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, r)
	result := recorder.Result()
	defer result.Body.Close()
	for _, c := range result.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	a := answer{recorder.Code, result.Header, recorder.Body.Bytes()}
	mustKeepContract(t, r, a)
	return a
}

// must sends a request, and fails the test unless the answer has the status and contains what is wanted.
func (b *browser) must(t testing.TB, method, path, body string, status int, want string) answer {
	t.Helper()
	got := b.do(t, method, path, body)
	if got.status != status {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, got.status, got.body, status)
	}
	switch {
	case want != "":
		mustContain(t, got.body, want)
	case len(got.body) > 0:
		t.Errorf("%s %s: got the body %s, want none", method, path, got.body)
	}
	return got
}

func (b *browser) mustSignIn(t testing.TB, name, password string) *browser {
	t.Helper()
	b.must(t, "POST", "/auth/simple/login", fmt.Sprintf(`{"username":%q,"password":%q}`, name, password), 200, `{"accountType":"User"}`)
	return b
}

// field returns a text in an answer's body.
func field(t testing.TB, a answer, name string) string {
	t.Helper()
	text, ok := mustDecode(t, a.body).(map[string]any)[name].(string)
	if !ok {
		t.Fatalf("got no text %q in %s", name, a.body)
	}
	return text
}

const userAdmin = "/api/admin/user-admin"

// mustInvite makes the Viewer bob, with a password of his own choice, and signs him in.
func (h *house) mustInvite(t testing.TB, admin *browser) *browser {
	t.Helper()
	made := admin.must(t, "POST", userAdmin, `{"email":"Bob@example.com","name":"Bob","rootRole":"Viewer"}`, 201,
		`{"id":2,"email":"Bob@example.com","name":"Bob","username":"(absent)","rootRole":"Viewer","emailSent":true,"seenAt":null,"loginAttempts":0,
		"imageUrl":"https://gravatar.com/avatar/5ff860bf1190596c7188ab851db691f0f3169c453936e9e1eba2f9a47f7a0018?s=42&d=retro&r=g"}`)
	if got := made.header.Get("Location"); got != "2" {
		t.Errorf("got the location %q, want 2", got)
	}
	token, ok := strings.CutPrefix(field(t, made, "inviteLink"), houseURL+"/new-user?token=")
	if !ok {
		t.Fatalf("got %s, want an inviteLink with a token", made.body)
	}
	bob := h.browser()
	bob.must(t, "GET", "/auth/reset/validate?token="+token, "", 200,
		`{"id":2,"name":"Bob","email":"Bob@example.com","token":"`+token+`","role":{"id":3,"name":"Viewer","type":"root"}}`)
	bob.must(t, "POST", "/auth/reset/password", `{"token":"`+token+`","password":"weak"}`, 400, `{"name":"OwaspValidationError"}`)
	bob.must(t, "POST", "/auth/reset/password", `{"token":"`+token+`","password":"`+bobPassword+`"}`, 200, "")
	bob.must(t, "POST", "/auth/reset/password", `{"token":"`+token+`","password":"`+nextPassword+`"}`, 403, `{"name":"UsedTokenError"}`)
	return bob.mustSignIn(t, "bob@example.com", bobPassword)
}

func TestPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser()
		root.must(t, "POST", "/auth/simple/login", `{"username":"root","password":"`+adminPassword+`"}`, 200,
			`{"id":1,"username":"root","accountType":"User","rootRole":1,"activeSessions":1,"deletedSessions":0}`)
		if c := root.cookies[identity.SessionCookie]; !c.Secure || !c.HttpOnly {
			t.Errorf("got the cookie %v, want it secure and out of scripts' reach", c)
		}
		me := root.must(t, "GET", "/api/admin/user", "", 200,
			`{"user":{"id":1,"username":"root","email":"(absent)","accountType":"User"},"permissions":[{"permission":"ADMIN"}],"feedback":[],"splash":{}}`)
		if got := me.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("got Cache-Control %q, want no-store", got)
		}
		bob := h.mustInvite(t, root)
		bob.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"id":2,"email":"Bob@example.com","name":"Bob"},"permissions":[]}`)
		bob.must(t, "GET", "/api/admin/user/profile", "", 200, `{"rootRole":{"id":3,"name":"Viewer"},"projects":[],"groups":[],"canChangePassword":true}`)
		bob.must(t, "GET", "/api/admin/user/roles?projectId=default", "", 200, `{"version":1,"roles":[]}`)
		bob.must(t, "GET", "/api/admin/user/roles", "", 400, `{"name":"BadDataError"}`)

		root.must(t, "GET", userAdmin, "", 200, `{"users":[{"id":1,"rootRole":1,"activeSessions":1},{"id":2,"rootRole":3,"activeSessions":1}],
			"rootRoles":[{"id":1,"name":"Admin"},{"id":2,"name":"Editor"},{"id":3,"name":"Viewer"}]}`)
		root.must(t, "GET", userAdmin+"/2", "", 200, `{"id":2,"rootRole":3}`)
		root.must(t, "GET", userAdmin+"/99", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "GET", userAdmin+"/x", "", 400, `{"name":"BadDataError"}`)
		bob.must(t, "GET", userAdmin+"/search?q=ROO", "", 200, `[{"id":1}]`)
		bob.must(t, "GET", userAdmin+"/search?q=", "", 200, `[]`)
		bob.must(t, "GET", userAdmin+"/access", "", 200, `{"users":[{"id":1,"accountType":"User"},{"id":2}],"groups":[]}`)
		root.must(t, "GET", userAdmin+"/admin-count", "", 200, `{"password":1,"noPassword":0,"service":0}`)

		long := strings.Repeat("x", 256)
		for body, want := range map[string]string{
			`{"name":"` + long + `","username":"` + long + `","email":"` + long + `@example.com","rootRole":3}`: `{"details":[{"path":"/body/name"},{"path":"/body/username"},{"path":"/body/email"}]}`,
			`{"email":"BOB@EXAMPLE.COM","rootRole":3}`:                                                          `{"name":"BadDataError","message":"User already exists"}`,
			`{"username":"bob@example.com","rootRole":3}`:                                                       `{"message":"User already exists"}`,
			`{"rootRole":3}`:                                  `{"message":"You must specify username or email"}`,
			`{"email":"bad","rootRole":3}`:                    `{"details":[{"path":"/body/email","message":"\"value\" must be a valid email. You provided \"bad\"."}]}`,
			`{"username":"x","rootRole":99}`:                  `{"details":[{"path":"/body/rootRole"}]}`,
			`{"username":"x","rootRole":4}`:                   `{"details":[{"path":"/body/rootRole"}]}`,
			`{"username":"x","rootRole":"Nope"}`:              `{"details":[{"path":"/body/rootRole"}]}`,
			`{"username":"x"}`:                                `{"details":[{"path":"/body/rootRole"}]}`,
			`{"username":"x","rootRole":3,"password":"weak"}`: `{"name":"OwaspValidationError","details":[{"message":"The password must be at least 10 characters long."}]}`,
		} {
			root.must(t, "POST", userAdmin, body, 400, want)
		}
		root.must(t, "PUT", userAdmin+"/2", `{"name":"Robert","rootRole":2}`, 200, `{"id":2,"name":"Robert","email":"Bob@example.com","rootRole":2}`)
		bob.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"name":"Robert","rootRole":2}}`)
		root.must(t, "PUT", userAdmin+"/2", `{"email":"ROOT"}`, 400, `{"name":"BadDataError"}`)
		root.must(t, "PUT", userAdmin+"/2", `{"email":""}`, 400, `{"message":"You must specify username or email"}`)
		root.must(t, "PUT", userAdmin+"/99", `{"name":"x"}`, 404, `{"name":"NotFoundError"}`)

		// Nobody locks everybody out.
		root.must(t, "DELETE", userAdmin+"/1", "", 403, `{"name":"InvalidOperationError"}`)
		root.must(t, "PUT", userAdmin+"/1", `{"rootRole":3}`, 403, `{"name":"InvalidOperationError"}`)
		token := h.browser()
		token.token = "*:*.admin"
		token.must(t, "DELETE", userAdmin+"/1", "", 403, `{"name":"InvalidOperationError"}`)
		root.must(t, "POST", userAdmin, `{"username":"second","rootRole":"Admin"}`, 201, `{"id":3}`)
		token.must(t, "DELETE", userAdmin+"/1", "", 403, `{"name":"InvalidOperationError"}`)
		root.must(t, "GET", userAdmin+"/admin-count", "", 200, `{"password":1,"noPassword":1}`)
		root.must(t, "POST", userAdmin+"/3/change-password", `{"password":"`+nextPassword+`"}`, 200, "")
		token.must(t, "DELETE", userAdmin+"/1", "", 200, "")
		root.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)

		// An erased name is free again; its id is not.
		token.must(t, "POST", userAdmin, `{"username":"root","rootRole":3,"password":"`+nextPassword+`"}`, 201, `{"id":4,"inviteLink":"`+houseURL+`"}`)

		h.wait(181 * 24 * time.Hour)
		token.must(t, "GET", userAdmin+"/inactive", "", 200, `{"version":1,"inactiveUsers":[{"id":2},{"id":3},{"id":4,"username":"root","seenAt":null,"patSeenAt":null}]}`)
		token.must(t, "POST", userAdmin+"/inactive/delete", `{"ids":[2,4]}`, 200, "")
		token.must(t, "POST", userAdmin+"/inactive/delete", `{"ids":"x"}`, 400, `{"name":"BadDataError"}`)
		token.must(t, "GET", userAdmin, "", 200, `{"users":[{"id":3}]}`)
	})
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		bob := h.mustInvite(t, root)
		phone := h.browser().mustSignIn(t, "bob@example.com", bobPassword)
		change := func(old, next, again string) string {
			return fmt.Sprintf(`{"oldPassword":%q,"password":%q,"confirmPassword":%q}`, old, next, again)
		}
		const own = "/api/admin/user/change-password"
		bob.must(t, "POST", own, change(bobPassword, nextPassword, "x"), 400, `{"details":[{"path":"/body/confirmPassword"}]}`)
		bob.must(t, "POST", own, change("x", nextPassword, nextPassword), 401, `{"name":"PasswordMismatch"}`)
		bob.must(t, "POST", own, change(bobPassword, "weak", "weak"), 400, `{"name":"OwaspValidationError"}`)
		bob.must(t, "POST", own, change(bobPassword, bobPassword, bobPassword), 400, `{"name":"PasswordPreviouslyUsedError"}`)
		bob.must(t, "POST", own, change(bobPassword, nextPassword, nextPassword), 200, "")
		bob.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"id":2}}`)
		phone.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)
		phone.must(t, "POST", "/auth/simple/login", `{"username":"bob@example.com","password":"`+bobPassword+`"}`, 401, `{"name":"PasswordMismatch"}`)
		phone.must(t, "POST", "/auth/simple/login", `{"username":"bob@example.com"}`, 400, `{"details":[{"path":"/body/password"}]}`)

		// An administrator's change ends all sessions.
		root.must(t, "POST", userAdmin+"/2/change-password", `{"password":"`+adminPassword+`"}`, 200, "")
		root.must(t, "POST", userAdmin+"/2/change-password", `{"password":"weak"}`, 400, `{"name":"OwaspValidationError"}`)
		root.must(t, "POST", userAdmin+"/99/change-password", `{"password":"`+adminPassword+`"}`, 404, `{"name":"NotFoundError"}`)
		bob.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)

		for _, path := range []string{"/auth/reset/validate-password", userAdmin + "/validate-password"} {
			root.must(t, "POST", path, `{"password":"`+bobPassword+`"}`, 200, "")
			root.must(t, "POST", path, `{"password":"weak"}`, 400, `{"name":"OwaspValidationError"}`)
			root.must(t, "POST", path, `{}`, 400, `{"name":"BadDataError"}`)
		}

		// A link from an administrator, and one that bob asks for himself.
		reset := root.must(t, "POST", userAdmin+"/reset-password", `{"id":"bob@EXAMPLE.com"}`, 200, `{}`)
		if mailed := h.mustBeMailed(t, "2", notify.ToReset); mailed != field(t, reset, "resetPasswordUrl") {
			t.Errorf("got the link %s by mail, want the administrator's", mailed)
		}
		first, _ := strings.CutPrefix(field(t, reset, "resetPasswordUrl"), houseURL+"/reset-password?token=")
		root.must(t, "POST", userAdmin+"/reset-password", `{"id":"nobody@example.com"}`, 404, `{"name":"NotFoundError"}`)
		anonymous := h.browser()
		// Who asks learns nothing from the time that the answer takes.
		for _, address := range []string{"bob@example.com", "nobody@example.com"} {
			began := time.Now()
			anonymous.must(t, "POST", "/auth/reset/password-email", `{"email":"`+address+`"}`, 200, "")
			if took := time.Since(began); took < 250*time.Millisecond {
				t.Errorf("%s: answered after %s, want no answer before 250 ms", address, took)
			}
		}
		anonymous.must(t, "POST", "/auth/reset/password-email", `{"email":"BOB@example.com"}`, 429, `{"name":"RateLimitError"}`)
		anonymous.must(t, "POST", "/auth/reset/password-email", `{}`, 400, `{"name":"BadDataError"}`)
		second, _ := strings.CutPrefix(h.mailedLinks(t, "2", notify.ToReset)[0], houseURL+"/reset-password?token=")
		anonymous.must(t, "GET", "/auth/reset/validate?token="+first, "", 401, `{"name":"InvalidTokenError","message":"Token was not valid"}`)
		anonymous.must(t, "GET", "/auth/reset/validate?token="+second, "", 200, `{"id":2,"createdBy":"(present)"}`)
		anonymous.must(t, "POST", "/auth/reset/password", `{"token":"`+second+`","password":"`+nextPassword+`"}`, 400, `{"name":"PasswordPreviouslyUsedError"}`)
		anonymous.must(t, "POST", "/auth/reset/password", `{"token":"`+second+`","password":"Yet-another-10"}`, 200, "")
		anonymous.must(t, "GET", "/auth/reset/validate?token="+second, "", 403, `{"name":"UsedTokenError"}`)
		anonymous.must(t, "POST", "/auth/reset/password", `{"token":"x","password":"Yet-another-10"}`, 401, `{"name":"InvalidTokenError"}`)
		bob.mustSignIn(t, "Bob@example.com", "Yet-another-10")

		// Signing out ends all sessions.
		phone.mustSignIn(t, "bob@example.com", "Yet-another-10")
		out := bob.must(t, "POST", "/logout", "", 302, "")
		if out.header.Get("Location") != houseURL+"/signed-out" || out.header.Get("Clear-Site-Data") == "" || bob.cookies[identity.SessionCookie] != nil {
			t.Errorf("got the header %v, want that it goes to /signed-out and clears", out.header)
		}
		phone.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)
		bob.must(t, "POST", "/logout", "", 401, `{"name":"AuthenticationRequired"}`)

		// Everyone sees and ends their own sessions, and nobody else's.
		bob.mustSignIn(t, "bob@example.com", "Yet-another-10")
		mine := bob.must(t, "GET", "/api/admin/user/sessions", "", 200, `{"sessions":[{"userId":2}]}`)
		theirs := root.must(t, "GET", "/api/admin/user/sessions", "", 200, `{"sessions":[{"userId":1}]}`)
		sessionID := func(answer answer) string {
			return mustDecode(t, answer.body).(map[string]any)["sessions"].([]any)[0].(map[string]any)["id"].(string)
		}
		bob.must(t, "DELETE", "/api/admin/user/sessions/"+sessionID(theirs), "", 404, `{"name":"NotFoundError"}`)
		bob.must(t, "DELETE", "/api/admin/user/sessions/"+sessionID(mine), "", 200, "")
		bob.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)

		// Administrators see sessions and end them.
		bob.mustSignIn(t, "bob@example.com", "Yet-another-10")
		list := root.must(t, "GET", "/api/admin/user-sessions", "", 200, `{"sessions":[{"userId":2,"ip":"192.0.2.1"},{"userId":1}]}`)
		id := mustDecode(t, list.body).(map[string]any)["sessions"].([]any)[0].(map[string]any)["id"].(string)
		root.must(t, "DELETE", "/api/admin/user-sessions/"+id, "", 200, "")
		root.must(t, "DELETE", "/api/admin/user-sessions/"+id, "", 404, `{"name":"NotFoundError"}`)
		bob.must(t, "GET", "/api/admin/user", "", 401, `{"name":"AuthenticationRequired"}`)
		root.must(t, "GET", "/api/admin/auth/simple/settings", "", 200, `{"disabled":false}`)
	})
}

func TestPersonalTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		bob := h.mustInvite(t, root)
		const tokens = "/api/admin/user/tokens"
		body := func(name string) string { return `{"description":"` + name + `","expiresAt":"2999-01-01T00:00:00Z"}` }
		made := bob.must(t, "POST", tokens, body("laptop"), 201, `{"id":1,"description":"laptop","userId":2,"expiresAt":"2999-01-01T00:00:00.000Z","seenAt":null}`)
		secret := field(t, made, "secret")
		if !strings.HasPrefix(secret, "user:") || len(secret) != len("user:")+56 {
			t.Errorf("got the secret %q, want user: and 56 digits", secret)
		}
		script := h.browser()
		script.token = secret
		script.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"id":2,"accountType":"User"}}`)
		bob.must(t, "GET", tokens, "", 200, `{"pats":[{"id":1,"secret":"(absent)","seenAt":"(present)"}]}`)
		root.must(t, "GET", tokens, "", 200, `{"pats":[]}`)
		bob.must(t, "POST", tokens, body("laptop"), 409, `{"name":"NameExistsError"}`)
		bob.must(t, "POST", tokens, `{"description":"x","expiresAt":"2001-01-01T00:00:00Z"}`, 400, `{"message":"The expiry date should be in future."}`)
		bob.must(t, "POST", tokens, `{"description":""}`, 400, `{"name":"BadDataError"}`)
		for n := range 9 {
			bob.must(t, "POST", tokens, body(fmt.Sprint(n)), 201, `{}`)
		}
		bob.must(t, "POST", tokens, body("one too many"), 403, `{"name":"OperationDeniedError"}`)
		root.must(t, "DELETE", tokens+"/1", "", 404, `{"name":"NotFoundError"}`)
		bob.must(t, "DELETE", tokens+"/1", "", 200, "")
		script.must(t, "GET", "/api/admin/user", "", 401, `{"name":"UnauthorizedError","message":"You must log in to use Quorate.","type":"(absent)"}`)
		script.token = "*:*.admin"
		script.must(t, "POST", tokens, body("x"), 403, `{"name":"ForbiddenError","message":"PATs require an authenticated user."}`)
		script.must(t, "GET", tokens, "", 403, `{"name":"ForbiddenError"}`)
		script.must(t, "GET", "/api/admin/user/profile", "", 403, `{"name":"ForbiddenError"}`)
		script.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"id":-42,"type":"admin","internalAdminTokenUserId":-42},"permissions":[{"permission":"ADMIN"}]}`)
	})
}

func TestServiceAccounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		const all, one = "/api/admin/service-account", "/api/admin/service-account/2"
		root.must(t, "POST", all, `{"username":"robot","name":"Robot","rootRole":2}`, 201,
			`{"id":2,"username":"robot","name":"Robot","rootRole":2,"isAPI":true,"accountType":"Service Account","tokens":[]}`)
		root.must(t, "POST", all, `{"username":"ROOT","name":"x","rootRole":2}`, 400, `{"message":"User already exists"}`)
		root.must(t, "POST", all, `{"username":" ","name":"x","rootRole":2}`, 400, `{"details":[{"path":"/body/username"}]}`)
		root.must(t, "PUT", one, `{"name":"Machine","rootRole":3}`, 200, `{"name":"Machine","rootRole":3}`)
		root.must(t, "PUT", one, `{"rootRole":99}`, 400, `{"details":[{"path":"/body/rootRole"}]}`)
		root.must(t, "PUT", all+"/1", `{"name":"x"}`, 404, `{"name":"NotFoundError"}`)
		made := root.must(t, "POST", one+"/token", `{"description":"ci","expiresAt":"2999-01-01T00:00:00Z"}`, 201, `{"userId":2}`)
		root.must(t, "POST", one+"/token", `{"description":"ci","expiresAt":"2999-01-01T00:00:00Z"}`, 409, `{"name":"NameExistsError"}`)
		root.must(t, "POST", one+"/token", `{}`, 400, `{"name":"BadDataError"}`)
		root.must(t, "POST", all+"/1/token", `{"description":"ci","expiresAt":"2999-01-01T00:00:00Z"}`, 404, `{"name":"NotFoundError"}`)
		robot := h.browser()
		robot.token = field(t, made, "secret")
		robot.must(t, "GET", "/api/admin/user", "", 200, `{"user":{"id":2,"accountType":"Service Account","username":"robot"}}`)
		robot.must(t, "POST", "/api/admin/user/tokens", `{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`, 403, `{"name":"ForbiddenError"}`)
		h.browser().must(t, "POST", "/auth/simple/login", `{"username":"robot","password":""}`, 401, `{"name":"PasswordMismatch"}`)
		root.must(t, "GET", all, "", 200, `{"serviceAccounts":[{"id":2,"rootRole":3,"tokens":[{"description":"ci","seenAt":"(present)"}],"seenAt":"(present)"}],"rootRoles":[{"id":1},{"id":2},{"id":3}]}`)
		root.must(t, "GET", one+"/token", "", 200, `{"pats":[{"id":1}]}`)
		root.must(t, "GET", all+"/1/token", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "GET", userAdmin, "", 200, `{"users":[{"id":1}]}`)
		root.must(t, "DELETE", one+"/token/99", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "DELETE", one+"/token/1", "", 200, "")
		robot.must(t, "GET", "/api/admin/user", "", 401, `{"name":"UnauthorizedError"}`)
		root.must(t, "DELETE", one, "", 200, "")
		root.must(t, "DELETE", one, "", 404, `{"name":"NotFoundError"}`)
	})
}

func TestInvites(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		const links = "/api/admin/invite-link/tokens"
		made := root.must(t, "POST", links, `{"name":"team","expiresAt":"2999-01-01T00:00:00Z"}`, 201, `{"name":"team","enabled":true,"users":[],"role":{"id":3,"name":"Viewer"}}`)
		secret := field(t, made, "secret")
		if want := houseURL + "/new-user?invite=" + secret; field(t, made, "url") != want {
			t.Errorf("got the URL %q, want %q", field(t, made, "url"), want)
		}
		root.must(t, "POST", links, `{"name":" ","expiresAt":"2999-01-01T00:00:00Z"}`, 400, `{"details":[{"path":"/body/name"}]}`)
		root.must(t, "GET", links, "", 200, `{"tokens":[{"secret":"`+secret+`"}]}`)
		anonymous := h.browser()
		anonymous.must(t, "GET", "/invite/"+secret+"/validate", "", 200, "")
		anonymous.must(t, "GET", "/invite/x/validate", "", 400, `{"name":"BadDataError"}`)
		signUp := func(email, password string) string {
			return fmt.Sprintf(`{"email":%q,"name":"Carla","password":%q}`, email, password)
		}
		anonymous.must(t, "POST", "/invite/"+secret+"/signup", signUp("carla@example.com", "weak"), 400, `{"name":"OwaspValidationError"}`)
		anonymous.must(t, "POST", "/invite/"+secret+"/signup", signUp("carla@example.com", bobPassword), 201, `{"id":2,"email":"carla@example.com","rootRole":3}`)
		anonymous.must(t, "POST", "/invite/"+secret+"/signup", signUp("CARLA@example.com", bobPassword), 409, `{"name":"NameExistsError"}`)
		anonymous.must(t, "POST", "/invite/x/signup", signUp("eve@example.com", bobPassword), 400, `{"name":"BadDataError"}`)
		root.must(t, "GET", links+"/"+secret, "", 200, `{"users":[{"id":2}]}`)
		root.must(t, "GET", links+"/x", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "PUT", links+"/"+secret, `{"enabled":false}`, 200, `{"enabled":false}`)
		root.must(t, "PUT", links+"/"+secret, `{"expiresAt":"soon"}`, 400, `{"name":"BadDataError"}`)
		anonymous.must(t, "POST", "/invite/"+secret+"/signup", signUp("eve@example.com", bobPassword), 400, `{"name":"BadDataError"}`)
		root.must(t, "PUT", links+"/"+secret, `{"enabled":true}`, 200, `{"enabled":true}`)
		h.wait(32 * 24 * time.Hour)
		anonymous.must(t, "GET", "/invite/"+secret+"/validate", "", 400, `{"name":"BadDataError"}`)
	})
}

// peopleOperations are what the tests of this file carry out, with a body that is in order where one is needed.
func peopleOperations() map[string]struct{ path, body string } {
	type request = struct{ path, body string }
	pat := `{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`
	weak := `{"password":"weak"}`
	return map[string]request{
		"getUsers": {userAdmin, ""}, "createUser": {userAdmin, `{"username":"x","rootRole":3}`}, "searchUsers": {userAdmin + "/search", ""},
		"getBaseUsersAndGroups": {userAdmin + "/access", ""}, "getAdminCount": {userAdmin + "/admin-count", ""},
		"getInactiveUsers": {userAdmin + "/inactive", ""}, "deleteInactiveUsers": {userAdmin + "/inactive/delete", `{"ids":[1]}`},
		"getUser": {userAdmin + "/1", ""}, "updateUser": {userAdmin + "/1", `{}`}, "deleteUser": {userAdmin + "/1", ""},
		"validateUserPassword": {userAdmin + "/validate-password", weak}, "changeUserPassword": {userAdmin + "/1/change-password", weak},
		"resetUserPassword": {userAdmin + "/reset-password", `{"id":"x"}`}, "changeMyPassword": {"/api/admin/user/change-password", weak},
		"getPats": {"/api/admin/user/tokens", ""}, "createPat": {"/api/admin/user/tokens", pat}, "deletePat": {"/api/admin/user/tokens/1", ""},
		"getCalendarFeed": {"/calendar/x.ics", ""}, "getCalendarLink": {"/api/admin/user/calendar-link", ""},
		"createCalendarLink": {"/api/admin/user/calendar-link", ""}, "deleteCalendarLink": {"/api/admin/user/calendar-link", ""},
		"getProfile": {"/api/admin/user/profile", ""}, "getUserRoles": {"/api/admin/user/roles", ""},
		"getServiceAccounts": {"/api/admin/service-account", ""}, "createServiceAccount": {"/api/admin/service-account", `{"username":"x","name":"x","rootRole":3}`},
		"updateServiceAccount": {"/api/admin/service-account/1", `{}`}, "deleteServiceAccount": {"/api/admin/service-account/1", ""},
		"getServiceAccountTokens": {"/api/admin/service-account/1/token", ""}, "createServiceAccountToken": {"/api/admin/service-account/1/token", pat},
		"deleteServiceAccountToken": {"/api/admin/service-account/1/token/1", ""},
		"getAllPublicSignupTokens":  {"/api/admin/invite-link/tokens", ""}, "createPublicSignupToken": {"/api/admin/invite-link/tokens", `{"name":"x","expiresAt":"2999-01-01T00:00:00Z"}`},
		"getPublicSignupToken": {"/api/admin/invite-link/tokens/x", ""}, "updatePublicSignupToken": {"/api/admin/invite-link/tokens/x", `{}`},
		"getUserSessions": {"/api/admin/user-sessions", ""}, "deleteUserSession": {"/api/admin/user-sessions/x", ""},
		"getMySessions": {"/api/admin/user/sessions", ""}, "deleteMySession": {"/api/admin/user/sessions/x", ""},
		"getSimpleSettings": {"/api/admin/auth/simple/settings", ""}, "logout": {"/logout", ""},
		"login": {"/auth/simple/login", `{"username":"x","password":"x"}`}, "validateToken": {"/auth/reset/validate", ""},
		"validatePassword": {"/auth/reset/validate-password", weak}, "changePassword": {"/auth/reset/password", `{"token":"x","password":"x"}`},
		"sendResetPasswordEmail": {"/auth/reset/password-email", `{"email":"x"}`}, "validatePublicSignupToken": {"/invite/x/validate", ""},
		"addPublicSignupTokenUser": {"/invite/x/signup", `{"email":"x","name":"x","password":"x"}`},
	}
}

// TestPeopleCredentials tries every operation about people with no, wrong, foreign and insufficient
// credentials, and from a page of another site.
func TestPeopleCredentials(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		bob := h.mustInvite(t, root)
		doc, err := contract()
		if err != nil {
			t.Fatal(err)
		}
		before := h.engine.State().Revision()
		all := peopleOperations()
		for _, path := range doc.Paths.InMatchingOrder() {
			for method, op := range doc.Paths.Value(path).Operations() {
				r, ours := all[op.OperationID]
				if !ours {
					continue
				}
				delete(all, op.OperationID)
				if op.Security != nil && len(*op.Security) == 0 {
					continue // anybody may
				}
				anonymous := h.browser()
				anonymous.must(t, method, r.path, r.body, 401, `{"name":"AuthenticationRequired","type":"password","path":"/auth/simple/login","defaultHidden":false}`)
				anonymous.cookies["x"] = &http.Cookie{Name: identity.SessionCookie, Value: "wrong"}
				anonymous.must(t, method, r.path, r.body, 401, `{"name":"AuthenticationRequired"}`)
				for token, want := range map[string]string{
					"user:wrong":             `{"name":"UnauthorizedError","message":"You must log in to use Quorate.","type":"(absent)"}`,
					"*:*.wrong":              `{"message":"(present)","name":"(absent)"}`,
					"*:development.frontend": `{"message":"invalid token: expected a different token type for this endpoint"}`,
				} {
					status := 401
					if strings.HasSuffix(token, "frontend") {
						status = 403
					}
					anonymous.token = token
					anonymous.must(t, method, r.path, r.body, status, want)
				}
				if len(op.Extensions["x-quorate-permissions"].([]any)) > 0 {
					bob.must(t, method, r.path, r.body, 403, `{"name":"PermissionError"}`)
				}
				if method != http.MethodGet {
					foreign := httptest.NewRequestWithContext(t.Context(), method, r.path, strings.NewReader(r.body))
					foreign.Header.Set("Sec-Fetch-Site", "cross-site")
					foreign.AddCookie(root.cookies[identity.SessionCookie])
					recorder := httptest.NewRecorder()
					h.handler.ServeHTTP(recorder, foreign)
					if recorder.Code != http.StatusForbidden {
						t.Errorf("%s from another site's page: got %d, want 403", op.OperationID, recorder.Code)
					}
				}
			}
		}
		for id := range all {
			t.Errorf("the document does not know the operation %s", id)
		}
		if after := h.engine.State().Revision(); after != before {
			t.Errorf("got %d events of refused requests, want none", after-before)
		}
	})
}

// TestNothingPersonalInTheLedger looks through all that the ledger keeps, and its snapshot.
func TestNothingPersonalInTheLedger(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		bob := h.mustInvite(t, root)
		pat := field(t, bob.must(t, "POST", "/api/admin/user/tokens", `{"description":"laptop","expiresAt":"2999-01-01T00:00:00Z"}`, 201, `{}`), "secret")
		root.must(t, "POST", "/api/admin/service-account", `{"username":"robot","name":"Robot","rootRole":2}`, 201, `{}`)
		invite := field(t, root.must(t, "POST", "/api/admin/invite-link/tokens", `{"name":"team","expiresAt":"2999-01-01T00:00:00Z"}`, 201, `{}`), "secret")
		root.must(t, "PUT", userAdmin+"/2", `{"name":"Robert"}`, 200, `{}`)
		people, err := db.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{
			"Bob", "bob@", "Robert", "Robot", "robot", pat, pat[len("user:"):], invite, adminPassword, bobPassword, "argon2id",
			root.cookies[identity.SessionCookie].Value, bob.cookies[identity.SessionCookie].Value,
		}
		for _, p := range people {
			if p.PasswordHash != "" {
				secrets = append(secrets, p.PasswordHash)
			}
		}
		kept := map[string][]byte{}
		_, err = db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
			kept[fmt.Sprint("revision ", e.Revision)] = e.Body
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if kept["snapshot"], err = state.Snapshot(h.engine.State()); err != nil {
			t.Fatal(err)
		}
		for where, body := range kept {
			for _, secret := range secrets {
				if bytes.Contains(body, []byte(secret)) {
					t.Errorf("%s has %q in it: %s", where, secret, body)
				}
			}
		}
		// What was true is there: who did it, by id.
		created := slices.DeleteFunc(mustEvents(t, db), func(e ledger.Event) bool { return e.Type != "user-created" })
		var actors []string
		for _, e := range created {
			actors = append(actors, e.Actor)
		}
		if diff := cmp.Diff([]string{"system", "user:1"}, actors); diff != "" {
			t.Errorf("who created people (-want +got):\n%s", diff)
		}
	})
}

func mustEvents(t testing.TB, db *store.DB) []ledger.Event {
	t.Helper()
	events, err := db.Events(t.Context(), store.EventFilter{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	return events
}

// TestBootstrapRoles holds that a ledger has the built-in roles, once, however many nodes begin it.
func TestBootstrapRoles(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 3, func(t *testing.T, nodes []*store.DB) {
		var begun sync.WaitGroup
		for _, db := range nodes {
			begun.Go(func() {
				e, err := engine.Open(t.Context(), engine.Options{
					DB: db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
					NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
				})
				if err != nil {
					t.Error(err)
					return
				}
				a := app.New(app.Options{Engine: e, Now: time.Now, NewID: uuid.NewString})
				if err := a.Bootstrap(t.Context()); err != nil {
					t.Error(err)
				}
				var roles []access.Role
				for role := range a.State().Roles() {
					roles = append(roles, *role)
				}
				if diff := cmp.Diff(access.BuiltInRoles(), roles); diff != "" {
					t.Errorf("roles (-want +got):\n%s", diff)
				}
			})
		}
		begun.Wait()
		created := 0
		for _, e := range mustEvents(t, nodes[0]) {
			if e.Type == "role-created" {
				created++
			}
		}
		if want := len(access.BuiltInRoles()); created != want {
			t.Errorf("got %d roles created, want %d", created, want)
		}
	})
}
