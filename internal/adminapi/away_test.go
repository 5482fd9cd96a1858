package adminapi_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDatabaseAway plays the scenarios that read while the database is away: projects and flags can be read, with what only it
// knows of them left out (docs/admin-api.md), and where nothing can be said, the answer says so and is no failure of the server.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	read := []string{
		"/user", "/ui-config", "/environments", "/segments", "/context", "/projects", "/projects/default/overview", "/projects/default/features/plain",
		"/projects/default/features", "/search/features", "/personal-dashboard",
	}
	for noun, table := range scenarios() {
		t.Run(noun, func(t *testing.T) {
			t.Parallel()
			proxy := storetest.NewProxy(t, storetest.Postgres(t))
			w := newWorldFor(t, noun, storetest.Open(t, proxy.URL()))
			for _, path := range read {
				w.call(t, "boss", http.MethodGet, path, "", nil) // what was read once is at hand
			}
			proxy.Cut()
			for _, s := range table {
				if s.method != http.MethodGet {
					continue // what writes tries for a while
				}
				as := s.as
				if as == "" {
					as = "admin"
				}
				func() {
					defer func() {
						broken := recover()
						if err, ok := broken.(error); broken != nil && (!ok || !errors.Is(err, http.ErrAbortHandler)) { // a file is broken off
							panic(broken)
						}
					}()
					if got := w.call(t, as, s.method, s.path, s.body, s.header); got.status == http.StatusInternalServerError {
						t.Errorf("%s: %s %s: got %d %s", s.name, s.method, s.path, got.status, got.body)
					}
				}()
			}
			for _, path := range read {
				if got := w.call(t, "boss", http.MethodGet, path, "", nil); got.status != http.StatusOK {
					t.Errorf("%s: got %d %s, want 200", path, got.status, got.body)
				}
			}
		})
	}
}
