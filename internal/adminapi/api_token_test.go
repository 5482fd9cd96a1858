package adminapi_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func apiTokenScenarios() []scenario {
	const (
		shop    = `{"secret":"` + backendSecret + `","tokenName":"shop","type":"backend","project":"default","projects":["default"],"environment":"development","expiresAt":null,"createdAt":"2026-03-01T12:00:00.000Z","seenAt":null,"alias":null,"secure":false}`
		several = `{"secret":"` + severalSecret + `","tokenName":"several","type":"client","project":"default,guarded","projects":["default","guarded"]}`
		front   = `{"secret":"` + frontendSecret + `","tokenName":"shop","type":"frontend","project":"*","projects":["*"],"environment":"production"}`
	)
	at := func(secret string) string { return "/api-tokens/" + url.PathEscape(secret) }
	in := func(project, secret string) string { return "/projects/" + project + at(secret) }
	return []scenario{
		{name: "list the tokens", method: "GET", path: "/api-tokens", status: 200, want: `{"tokens":[{"secret":null,"tokenName":"terraform","type":"admin","environment":"*"},` + shop + `,` + front + `,` + several + `]}`},
		{name: "list the tokens that one may read", as: "backender", method: "GET", path: "/api-tokens", status: 200, want: `{"tokens":[` + shop + `,` + several + `]}`},
		{name: "list the tokens of a name", method: "GET", path: "/api-tokens/shop", status: 200, want: `{"tokens":[` + shop + `,` + front + `]}`},
		{name: "list the tokens of no name", method: "GET", path: "/api-tokens/none", status: 200, want: `{"tokens":[]}`},
		{name: "list the tokens of a project", as: "owner", method: "GET", path: "/projects/guarded/api-tokens", status: 200, want: `{"tokens":[` + several + `]}`},
		{name: "list the tokens of no project", method: "GET", path: "/projects/none/api-tokens", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "create a token", method: "POST", path: "/api-tokens", body: `{"tokenName":" fresh ","type":"BACKEND","unknown":1}`, status: 201,
			want: `{"tokenName":"fresh","type":"backend","project":"*","projects":["*"],"environment":"development","expiresAt":null,"seenAt":null,"alias":null,"secure":false}`, events: []string{"api-token-created development"},
		},
		{
			name: "create a token for projects", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"frontend","environment":"production","projects":["other","default","other"],"expiresAt":"2030-01-01T00:00:00+01:00"}`, status: 201,
			want: `{"type":"frontend","project":"default,other","projects":["default","other"],"environment":"production","expiresAt":"2029-12-31T23:00:00.000Z"}`, events: []string{"api-token-created production"},
		},
		{name: "create a token for a project", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"client","project":"other"}`, status: 201, want: `{"type":"client","project":"other"}`, events: []string{"api-token-created other/development"}},
		{name: "create a token for a project and all", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"client","projects":["other","*"]}`, status: 201, want: `{"projects":["*"]}`, events: []string{"api-token-created development"}},
		{name: "create a token of a type that one may", as: "backender", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"backend"}`, status: 201, want: `{"type":"backend"}`, events: []string{"api-token-created development"}},
		{name: "create a token of a type that one may not", as: "backender", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"frontend"}`, status: 403, want: `{"permissions":["ADMIN","CREATE_FRONTEND_API_TOKEN"]}`},
		{name: "create an admin token", method: "POST", path: "/api-tokens", body: `{"tokenName":"fresh","type":"admin"}`, status: 400, want: `{"details":[{"path":"/body/type"}]}`},
		{name: "create a token for nothing", method: "POST", path: "/api-tokens", body: `{"tokenName":"","type":"client","environment":"*","projects":["none","shelved"]}`, status: 400, want: `{"details":[{"path":"/body/tokenName"},{"path":"/body/environment","message":"Environment=* does not exist"},{"path":"/body/projects","message":"Project=none does not exist"},{"path":"/body/projects","message":"Project=shelved does not exist"}]}`},
		{name: "create a token by its old name", method: "POST", path: "/api-tokens", body: `{"username":"fresh","type":"client","projects":[]}`, status: 400, want: `{"details":[{"path":"/body/projects"},{"path":"/body/tokenName"}]}`},
		{name: "create a token with a secret from elsewhere", method: "POST", path: "/api-tokens", body: `{"tokenName":"brought","type":"frontend","projects":["default"],"secret":"default:development.from-elsewhere"}`, status: 201, want: `{"secret":"default:development.from-elsewhere","tokenName":"brought"}`, events: []string{"api-token-created default/development"}},
		{name: "create a token with a secret that is taken", method: "POST", path: "/api-tokens", body: `{"tokenName":"brought","type":"client","secret":"` + severalSecret + `"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "create a token with a secret that can be guessed", method: "POST", path: "/api-tokens", body: `{"tokenName":"brought","type":"client","secret":"short"}`, status: 400, want: `{"details":[{"path":"/body/secret"}]}`},
		{name: "create a token with a secret of a person's", method: "POST", path: "/api-tokens", body: `{"tokenName":"brought","type":"client","secret":"user:0123456789012345678901234567890123456789"}`, status: 400, want: `{"details":[{"path":"/body/secret"}]}`},
		{name: "create a token of a project", as: "owner", method: "POST", path: "/projects/guarded/api-tokens", body: `{"tokenName":"fresh","type":"backend","projects":["default"]}`, status: 201, want: `{"project":"guarded","projects":["guarded"]}`, events: []string{"api-token-created guarded/development"}},
		{name: "create a token of another project", as: "owner", method: "POST", path: "/projects/default/api-tokens", body: `{"tokenName":"fresh","type":"backend"}`, status: 403, want: `{"permissions":["CREATE_PROJECT_API_TOKEN"]}`},
		{name: "create a bad token of a project", method: "POST", path: "/projects/guarded/api-tokens", body: `{"tokenName":"fresh","type":"backend","expiresAt":"soon"}`, status: 400, want: `{"details":[{"path":"/body/expiresAt"}]}`},
		{name: "create a token of no project", method: "POST", path: "/projects/none/api-tokens", body: `{"tokenName":"fresh","type":"backend"}`, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "let a token expire", method: "PUT", path: at(backendSecret), body: `{"expiresAt":"2030-01-01T00:00:00Z"}`, status: 200, events: []string{"api-token-updated default/development"},
			then: map[string]string{"/projects/default/api-tokens": `{"tokens":[{"expiresAt":"2030-01-01T00:00:00.000Z"},{"expiresAt":null}]}`},
		},
		{name: "let a token of a type expire that one may not", as: "backender", method: "PUT", path: at(frontendSecret), body: `{"expiresAt":"2030-01-01T00:00:00Z"}`, status: 403, want: `{"permissions":["ADMIN","UPDATE_FRONTEND_API_TOKEN"]}`},
		{name: "let no token expire", method: "PUT", path: at("none"), body: `{"expiresAt":"2030-01-01T00:00:00Z"}`, status: 200},
		{name: "let a token expire some time", method: "PUT", path: at(backendSecret), body: `{}`, status: 400, want: `{"details":[{"path":"/body/expiresAt"}]}`},
		{
			name: "delete a token", method: "DELETE", path: at(backendSecret), status: 200, events: []string{"api-token-deleted default/development"},
			then: map[string]string{"/projects/default/api-tokens": `{"tokens":[{"tokenName":"several"}]}`},
		},
		{name: "delete a token of a type that one may not", as: "backender", method: "DELETE", path: at(frontendSecret), status: 403, want: `{"permissions":["ADMIN","DELETE_FRONTEND_API_TOKEN"]}`},
		{name: "delete no token", method: "DELETE", path: at("none"), status: 200},
		{name: "delete a token of a project", method: "DELETE", path: in("default", backendSecret), status: 200, events: []string{"api-token-deleted default/development"}},
		{name: "delete a token of a project that opens more", as: "owner", method: "DELETE", path: in("guarded", severalSecret), status: 400, want: `{"name":"BadDataError"}`},
		{name: "delete a token of another project", method: "DELETE", path: in("other", backendSecret), status: 400, want: `{"name":"BadDataError"}`},
		{name: "delete no token of a project", method: "DELETE", path: in("default", "none"), status: 200},
		{name: "delete a token of no project", method: "DELETE", path: in("none", backendSecret), status: 404, want: `{"name":"NotFoundError"}`},
	}
}

// The secret of a new token has Unleash's form, opens the token, and stands nowhere in clear: not in the
// ledger, not in the event log, and not in the files of the database.
func TestSecretsAreKeptSecret(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, address string) {
		db := storetest.Open(t, address)
		w := newWorld(t, db)
		prefixes := map[string]string{
			`"project":"other"`:              "other:production.",
			`"projects":["other","default"]`: "[]:production.",
			`"projects":["*"]`:               "*:production.",
		}
		for projects, prefix := range prefixes {
			got := w.call(t, "admin", http.MethodPost, "/api-tokens", `{"tokenName":"fresh","type":"backend","environment":"production",`+projects+`}`, nil)
			var token struct{ Secret string }
			if err := json.Unmarshal(got.body, &token); err != nil || got.status != http.StatusCreated {
				t.Fatalf("got %d %s and %v", got.status, got.body, err)
			}
			digits, ok := strings.CutPrefix(token.Secret, prefix)
			if random, err := hex.DecodeString(digits); !ok || err != nil || len(random) != 28 {
				t.Errorf("got the secret %q, want %s and 28 bytes in hexadecimal digits", token.Secret, prefix)
			}
			keyring, err := identity.NewKeyring(make([]byte, 32))
			if err != nil {
				t.Fatal(err)
			}
			if found := w.engine.State().TokenByDigest(keyring.Digest(token.Secret)); found == nil || found.Name != "fresh" {
				t.Errorf("the secret %q opens %v, want the new token", token.Secret, found)
			}
			mustBeNowhere(t, db, address, digits)
			mustNotContain(t, "the event log", w.call(t, "admin", http.MethodGet, "/search/events?limit=1000", "", nil).body, digits)

			got = w.call(t, "admin", http.MethodDelete, "/api-tokens/"+url.PathEscape(token.Secret), "", nil)
			if got.status != http.StatusOK || w.engine.State().TokenByDigest(keyring.Digest(token.Secret)) != nil {
				t.Errorf("delete: got %d %s, want the token gone", got.status, got.body)
			}
		}
		boxes, err := db.Sealed(t.Context(), store.APITokens)
		if err != nil || len(boxes) != 3 {
			t.Errorf("got %d sealed secrets and %v, want those of the story's 3 tokens", len(boxes), err)
		}
	})
}

// mustBeNowhere fails the test if a text stands in the ledger or in a file of an SQLite database.
func mustBeNowhere(t *testing.T, db *store.DB, address, text string) {
	t.Helper()
	_, err := db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		mustNotContain(t, "the ledger", e.Body, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	path, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("got no files of %s: %v", path, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mustNotContain(t, name, content, text)
	}
}

func mustNotContain(t *testing.T, where string, content []byte, text string) {
	t.Helper()
	if bytes.Contains(content, []byte(text)) {
		t.Errorf("%s contains the secret %s", where, text)
	}
}
