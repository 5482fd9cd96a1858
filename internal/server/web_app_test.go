package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quorate/quorate/internal/server"
)

// app is a web app of three files, below /flags.
func app() http.Handler {
	return server.NewWebApp(fstest.MapFS{
		"index.html":           {Data: []byte(`<!doctype html><base href="/"><script src="./assets/index-1a2b.js"></script>`)},
		"assets/index-1a2b.js": {Data: []byte("start()")},
		"icon.svg":             {Data: []byte("<svg/>")},
	}, "/flags", http.HandlerFunc(server.NotFound))
}

func TestWebApp(t *testing.T) {
	t.Parallel()
	const page, script, icon = "page", "start()", "<svg/>"
	for _, test := range []struct {
		method, path string
		status       int
		body, cache  string // the body; page: the app's page
	}{
		{http.MethodGet, "/", http.StatusOK, page, "no-store"},
		{http.MethodGet, "/index.html", http.StatusOK, page, "no-store"},
		{http.MethodGet, "/projects/demo/features/a.b", http.StatusOK, page, "no-store"},
		{http.MethodGet, "/assets/index-1a2b.js", http.StatusOK, script, "public, max-age=31536000, immutable"},
		{http.MethodGet, "/icon.svg", http.StatusOK, icon, "public, max-age=3600"},
		{http.MethodHead, "/icon.svg", http.StatusOK, "", "public, max-age=3600"},
		{http.MethodGet, "/assets/index-of-an-earlier-release.js", http.StatusNotFound, "NotFoundError", ""},
		{http.MethodGet, "/api/nothing", http.StatusNotFound, "NotFoundError", ""},
		{http.MethodGet, "/auth/nothing", http.StatusNotFound, "NotFoundError", ""},
		{http.MethodPost, "/projects", http.StatusNotFound, "NotFoundError", ""},
		{http.MethodGet, "/../../etc/passwd", http.StatusOK, page, "no-store"},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			handler := app()
			for _, packed := range []bool{false, true} {
				r := httptest.NewRequestWithContext(t.Context(), test.method, "/", http.NoBody)
				r.URL.Path = test.path
				if packed {
					r.Header.Set("Accept-Encoding", "br, gzip")
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != test.status {
					t.Fatalf("got %d %s, want %d", w.Code, w.Body, test.status)
				}
				body := w.Body.String()
				if w.Header().Get("Content-Encoding") == "gzip" && test.method == http.MethodGet {
					body = unpacked(t, w.Body)
				}
				if test.body == page {
					if !strings.Contains(body, `<base href="/flags/">`) {
						t.Errorf("got %q, want the page with its base at /flags/", body)
					}
				} else if !strings.Contains(body, test.body) || test.body == "" && body != "" {
					t.Errorf("got %q, want %q", body, test.body)
				}
				if got := w.Header().Get("Cache-Control"); test.cache != "" && got != test.cache {
					t.Errorf("Cache-Control: got %q, want %q", got, test.cache)
				}
				policy := w.Header().Get("Content-Security-Policy")
				if test.cache != "" && (!strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'")) {
					t.Errorf("Content-Security-Policy: got %q, want own scripts only", policy)
				}
			}
		})
	}
}

func unpacked(t *testing.T, packed io.Reader) string {
	t.Helper()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestWithoutWebApp(t *testing.T) {
	t.Parallel()
	if app := server.NewWebApp(fstest.MapFS{"README.md": {Data: []byte("what the folder is for")}}, "", http.HandlerFunc(server.NotFound)); app != nil {
		t.Errorf("got %v, want no app", app)
	}
}
