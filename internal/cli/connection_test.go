package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestStrangeServers holds that nobody is followed to another server, with a token and what else is sent, and that nobody can fill
// the memory.
func TestStrangeServers(t *testing.T) {
	t.Parallel()
	elsewhere := newAPI(t, nil)
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"another address": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.url+r.URL.Path, http.StatusTemporaryRedirect)
			},
			"leads to " + elsewhere.url + "/api/admin/projects/shop/change-requests/41. Nothing was sent there",
		},
		"no end": {
			func(w http.ResponseWriter, _ *http.Request) {
				for part := []byte(strings.Repeat(" ", 1<<20)); ; {
					if _, err := w.Write(part); err != nil {
						return
					}
				}
			},
			"sent more than 64 MB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.serve)
			defer server.Close()
			strange := &api{url: server.URL}
			if code, _, errs := strange.run("show", "shop/41"); code == 0 || !strings.Contains(errs, test.want) {
				t.Errorf("got %d %q, want an error that says %q", code, errs, test.want)
			}
		})
	}
	t.Cleanup(func() {
		if len(elsewhere.asked) > 0 {
			t.Errorf("got %q elsewhere, want nothing", elsewhere.asked)
		}
	})
}
