package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store/storetest"
)

// TestTwoNodes runs two servers on one PostgreSQL. A change on one reaches a stream on
// the other; PostgreSQL is stopped and started under them.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	database := storetest.StartPostgres(t)
	settings := append(slices.Clone(withTokens),
		"QUORATE_DATABASE="+database.URL,
		"QUORATE_SECRET_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	a := mustStart(t, t.TempDir(), settings)
	b := mustStart(t, t.TempDir(), settings)
	const name = "shared"
	a.mustCreate(t, name)

	here, there := a.mustStream(t), b.mustStream(t)
	on := false
	measure := func(st *stream) time.Duration {
		on = !on
		began := time.Now()
		a.mustCall(t, http.StatusOK, http.MethodPost, toggle(name, on), adminToken, "")
		want := `"enabled":false`
		if on {
			want = `"enabled":true`
		}
		for !strings.Contains(st.mustNext(t), want) {
		}
		return time.Since(began)
	}
	t.Run("a change reaches both", func(t *testing.T) {
		for where, st := range map[string]*stream{"same node": here, "other node": there} {
			var times []time.Duration
			for range 100 {
				times = append(times, measure(st))
			}
			slices.Sort(times)
			t.Logf("toggle to stream, %s: median %s, p99 %s (request included)", where, times[50], times[99])
			if limit := 250 * time.Millisecond; times[50] > limit {
				t.Errorf("%s: the median is %s, more than %s", where, times[50], limit)
			}
		}
	})

	t.Run("PostgreSQL stops", func(t *testing.T) {
		database.Control(t, "stop", "-m", "fast")

		// SDKs are served throughout, however long it takes until PostgreSQL is back.
		stop := make(chan struct{})
		var sdks sync.WaitGroup
		served := make([]int, 2)
		halt := sync.OnceFunc(func() {
			close(stop)
			sdks.Wait()
		})
		defer halt() // also if something fails first
		for i, s := range []*server{a, b} {
			sdks.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					for path, token := range map[string]string{"/api/client/features": backendToken, "/api/frontend": frontendToken} {
						got, err := s.call(t.Context(), http.MethodGet, path, token, "")
						if err != nil || got.status != http.StatusOK {
							t.Errorf("GET %s without a database: %d %s, %v", path, got.status, got.body, err)
							return
						}
					}
					served[i]++
				}
			})
		}
		for _, s := range []*server{a, b} {
			got := s.mustCall(t, http.StatusServiceUnavailable, http.MethodPost, toggle(name, !on), adminToken, "")
			if got.header.Get("Retry-After") == "" {
				t.Errorf("the answer without a database has no Retry-After: %v", got.header)
			}
			if !strings.Contains(got.body, "ServiceUnavailableError") {
				t.Errorf("got the body %s, want a ServiceUnavailableError", got.body)
			}
			s.mustCall(t, http.StatusOK, http.MethodGet, "/api/admin/projects/default/features/"+name, adminToken, "")
			s.mustCall(t, http.StatusOK, http.MethodGet, "/health", "", "")
		}
		database.Control(t, "start")
		began := time.Now()
		for _, s := range []*server{a, b} {
			eventually(t, 30*time.Second, "a write is done again", func() bool {
				got, err := s.call(t.Context(), http.MethodPost, toggle(name, on), adminToken, "")
				return err == nil && got.status == http.StatusOK
			})
		}
		t.Logf("both nodes write again %s after PostgreSQL came back", time.Since(began))
		halt()
		if served[0] == 0 || served[1] == 0 {
			t.Errorf("the nodes served %v rounds of SDKs, want some each", served)
		}
		measure(here)
		// The ear of the other node is open again, too: all that was missed has come.
		measure(there)
	})

	for _, s := range []*server{a, b} {
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
}

// TestAnotherNodeNeedsTheKey starts a second server without the key of the first.
func TestAnotherNodeNeedsTheKey(t *testing.T) {
	t.Parallel()
	database := storetest.StartPostgres(t)
	settings := append(slices.Clone(withTokens), "QUORATE_DATABASE="+database.URL)
	first := t.TempDir()
	mustStart(t, first, settings)

	second := t.TempDir()
	s, err := start(second, settings)
	if err == nil {
		s.kill()
		t.Fatal("a server with another key serves")
	}
	if !strings.Contains(err.Error(), "another secret key") || !strings.Contains(err.Error(), "secret.key") {
		t.Errorf("got %v, want a sentence that says what to do about the key", err)
	}

	key, err := os.ReadFile(filepath.Join(first, "data", "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(second, "data", "secret.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	mustStart(t, second, settings).mustCall(t, http.StatusOK, http.MethodGet, "/api/client/features", backendToken, "")
}
