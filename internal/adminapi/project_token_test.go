package adminapi_test

import (
	"net/http"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDeletedProjectLeavesTokens deletes a project that tokens open: one that opens nothing else goes, one
// that does goes on opening the rest.
func TestDeletedProjectLeavesTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(method, path, body string, status int, want string) {
			t.Helper()
			got := w.call(t, "admin", method, path, body, nil)
			if got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
			if want != "" {
				mustContain(t, got.body, want)
			}
		}
		must(http.MethodPost, "/projects", `{"id":"gone","name":"Gone"}`, 201, "")
		must(http.MethodPost, "/api-tokens", `{"tokenName":"both","type":"backend","projects":["gone","default"],"expiresAt":"2999-01-01T00:00:00Z"}`, 201, "")
		must(http.MethodPost, "/api-tokens", `{"tokenName":"sole","type":"backend","projects":["gone"]}`, 201, "")
		must(http.MethodDelete, "/projects/gone", "", 200, "")
		must(http.MethodGet, "/api-tokens/both", "", 200, `{"tokens":[{"projects":["default"],"expiresAt":"2999-01-01T00:00:00.000Z"}]}`)
		must(http.MethodGet, "/api-tokens/sole", "", 200, `{"tokens":[]}`)
		must(http.MethodGet, "/search/events?type=IS:api-token-updated", "", 200, `{"events":[{"data":{"tokenName":"both","projects":["default"]},"preData":{"projects":["default","gone"]}}]}`)
	})
}

// TestTokenOfHiddenProject lists a token that opens a private project besides: who may not know of that one learns neither
// its name nor the secret.
func TestTokenOfHiddenProject(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		made := w.call(t, "admin", http.MethodPost, "/api-tokens", `{"tokenName":"both","type":"backend","projects":["guarded","hush"]}`, nil)
		for as, want := range map[string]string{
			"owner": `"secret":null,"project":"guarded","projects":["guarded"]`,
			"admin": `"secret":"` + field(t, made, "secret") + `","project":"guarded,hush","projects":["guarded","hush"]`,
		} {
			got := w.call(t, as, http.MethodGet, "/projects/guarded/api-tokens", "", nil)
			terraform{}.one(t, got, "tokens", "tokenName", "both", `{`+want+`}`)
		}
	})
}
