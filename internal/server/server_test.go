package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
)

// get asks a server for a path with a token, and returns the answer with its body read.
func get(t testing.TB, s *server.Server, path, token string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// TestStopLeavesNothing stops a server under an open stream, and starts it again.
func TestStopLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	settings := servertest.Settings(t)
	settings.BasePath = "/flags"
	for range 2 {
		s, err := server.Start(t.Context(), settings)
		if err != nil {
			t.Fatal(err)
		}
		if response, body := get(t, s, "/api/client/features", servertest.Backend); response.StatusCode != http.StatusOK {
			t.Errorf("got %d %s, want 200", response.StatusCode, body)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/client/streaming", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", servertest.Backend)
		stream, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		cancel()
		if rest, err := io.ReadAll(stream.Body); err != nil || !strings.Contains(string(rest), "unleash-connected") {
			t.Errorf("the stream ended with %v after %q, want its first event and a clean end", err, rest)
		}
		stream.Body.Close()
		http.DefaultClient.CloseIdleConnections()
		goleak.VerifyNone(t, before)
	}
}

func TestStartFailsWhole(t *testing.T) {
	t.Parallel()
	first := servertest.Settings(t)
	s := servertest.Start(t, first)

	taken := servertest.Settings(t)
	taken.Listen = strings.TrimPrefix(s.URL(), "http://")
	same := servertest.Settings(t)
	same.Storage = first.Storage
	for name, settings := range map[string]server.Settings{"a port that is taken": taken, "a folder that is in use": same} {
		if started, err := server.Start(t.Context(), settings); err == nil {
			t.Errorf("%s: the server starts", name)
			_ = started.Stop(t.Context()) // the test has failed already
		}
	}
	// The folder is free again, and no instance was made in it.
	taken.Listen = "127.0.0.1:0"
	again := servertest.Start(t, taken)
	if response, _ := get(t, again, "/api/admin/projects", servertest.Admin); response.StatusCode != http.StatusOK {
		t.Errorf("after a start that failed: got %d, want 200", response.StatusCode)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	settings := servertest.Settings(t)
	servertest.Fill(t, settings, 50)
	s := servertest.Start(t, settings)
	if response, body := get(t, s, "/api/client/features", servertest.Backend); response.StatusCode != http.StatusOK || strings.Count(body, `"strategies":`) < 40 {
		t.Errorf("got %d and %d flags, want 200 and most of 50", response.StatusCode, strings.Count(body, `"strategies":`))
	}
}

func TestVerifyLedger(t *testing.T) {
	t.Parallel()
	settings := servertest.Settings(t)
	servertest.Fill(t, settings, 50)
	report, err := server.VerifyLedger(t.Context(), settings.Storage, server.NoAnchor)
	if err != nil || report.Batches < 50 {
		t.Fatalf("got %+v, %v, want at least 50 batches", report, err)
	}
	if same, err := server.VerifyLedger(t.Context(), settings.Storage, report.Head); err != nil || same != report {
		t.Errorf("with the head as anchor: got %+v, %v, want %+v", same, err, report)
	}
	wrong := report.Head
	wrong.Hash[0]++
	if _, err := server.VerifyLedger(t.Context(), settings.Storage, wrong); err == nil {
		t.Error("an anchor that the ledger does not hold gives no error")
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := server.VerifyLedger(canceled, settings.Storage, server.NoAnchor); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: got %v, want context.Canceled", err)
	}
}

// BenchmarkPoll measures what the whole server adds to a bare handler with the same
// bytes, for polls of 1,000 flags. The limit is 3 µs and 2 allocations.
func BenchmarkPoll(b *testing.B) {
	settings := servertest.Settings(b)
	settings.SDKPerMinute = math.MaxInt32 // so that the counting is measured, and nobody refused
	servertest.Fill(b, settings, 1000)
	handler := servertest.Start(b, settings).Handler()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, server.FeaturesPath, http.NoBody)
	request.Header.Set("Authorization", servertest.Backend)
	request.Header.Set("Unleash-Client-Spec", "5.2.0")
	first := httptest.NewRecorder()
	handler.ServeHTTP(first, request)
	if first.Code != http.StatusOK {
		b.Fatalf("got %d %s", first.Code, first.Body)
	}
	body, etag := first.Body.Bytes(), first.Header().Get("Etag")
	notModified := request.Clone(b.Context())
	notModified.Header.Set("If-None-Match", etag)

	bare200 := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
	bare304 := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	for _, bm := range []struct {
		name    string
		handler http.Handler
		request *http.Request
		status  int
	}{
		{"304/bare", bare304, notModified, http.StatusNotModified},
		{"304/quorate", handler, notModified, http.StatusNotModified},
		{"200/bare", bare200, request, http.StatusOK},
		{"200/quorate", handler, request, http.StatusOK},
	} {
		b.Run(bm.name, func(b *testing.B) {
			w := &nobody{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				w.status = http.StatusOK
				bm.handler.ServeHTTP(w, bm.request)
				if w.status != bm.status {
					b.Fatalf("got %d, want %d", w.status, bm.status)
				}
			}
		})
	}
}

// nobody is an http.ResponseWriter that keeps the headers and the status alone.
type nobody struct {
	header http.Header
	status int
}

func (n *nobody) Header() http.Header            { return n.header }
func (n *nobody) Write(data []byte) (int, error) { return len(data), nil }
func (n *nobody) WriteHeader(status int)         { n.status = status }

// TestPollsBehindAProxy holds that SDKs behind one proxy are not taken for one client.
func TestPollsBehindAProxy(t *testing.T) {
	t.Parallel()
	settings := servertest.Settings(t)
	settings.SDKPerMinute = 2
	settings.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	handler := servertest.Start(t, settings).Handler()
	poll := func(client string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, server.FeaturesPath, http.NoBody)
		r.RemoteAddr = "192.0.2.1:1000"
		r.Header.Set("Authorization", servertest.Backend)
		r.Header.Set("X-Forwarded-For", client)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range 10 {
		if got := poll(fmt.Sprintf("198.51.100.%d", i)); got != http.StatusOK {
			t.Errorf("client %d is answered %d, want 200: others' requests are counted as its own", i, got)
		}
	}
	for range 10 {
		if poll("198.51.100.0") == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("a client that asks too often is never told so; the test proves nothing")
}
