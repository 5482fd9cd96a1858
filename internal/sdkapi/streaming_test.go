package sdkapi_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/flag"
)

// open opens a stream over a real connection.
func (h *house) open(t testing.TB, server *httptest.Server, token, lastEventID string) *reader {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/client/streaming", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() }) // the test is over
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("got status %d and content type %q, want 200 and text/event-stream", response.StatusCode, got)
	}
	return &reader{lines: bufio.NewReader(response.Body)}
}

// newServer serves a house over real connections.
func newServer(t *testing.T, h *house) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h.router)
	t.Cleanup(func() {
		h.payload.Close()
		server.Close()
	})
	return server
}

// reader reads server-sent events.
type reader struct{ lines *bufio.Reader }

// event is one server-sent event; a comment has a colon for its kind.
type event struct{ id, kind, data string }

// next waits for the next event. The error is io.EOF when the stream has ended.
func (r *reader) next() (event, error) {
	var e event
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "":
			return e, nil
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case ":":
			e.kind = ":"
		}
	}
}

func (r *reader) mustNext(t testing.TB, kind string) event {
	t.Helper()
	e, err := r.next()
	if err != nil || e.kind != kind {
		t.Fatalf("got %+v and %v, want the event %q", e, err, kind)
	}
	return e
}

// TestStreamTells lets a change reach clients of different scopes.
func TestStreamTells(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := newServer(t, h)
	all, project := h.open(t, server, backend, ""), h.open(t, server, inner, "")
	if got := all.mustNext(t, "unleash-connected"); !strings.Contains(got.data, `"hydration"`) || !strings.Contains(got.data, `"varied"`) {
		t.Errorf("got %+v, want everything", got)
	}
	if got := project.mustNext(t, "unleash-connected"); strings.Contains(got.data, `"varied"`) {
		t.Errorf("got %+v, want nothing of another project", got)
	}
	h.toggle(t, "varied")
	h.toggle(t, "on")
	if got := all.mustNext(t, "unleash-updated"); !strings.Contains(got.data, `"name":"varied"`) {
		t.Errorf("got %+v, want the flag varied", got)
	}
	forAll, forProject := all.mustNext(t, "unleash-updated"), project.mustNext(t, "unleash-updated")
	if forAll != forProject || !strings.Contains(forAll.data, `"name":"on"`) {
		t.Errorf("got %+v and %+v, want the flag on for both", forAll, forProject)
	}

	// Whoever lost the connection goes on where it was.
	h.toggle(t, "off")
	back := h.open(t, server, backend, forAll.id)
	if got := back.mustNext(t, "unleash-connected"); strings.Contains(got.data, "hydration") || !strings.Contains(got.data, `"name":"off"`) {
		t.Errorf("got %+v, want what was missed", got)
	}
}

func TestStreamBeats(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stream := h.open(t, newServer(t, h), backend, "")
	stream.mustNext(t, "unleash-connected")
	h.beats <- time.Time{}
	stream.mustNext(t, ":")
	h.toggle(t, "on")
	stream.mustNext(t, "unleash-updated")
}

func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := newServer(t, h)
	stream := h.open(t, server, backend, "")
	stream.mustNext(t, "unleash-connected")
	h.toggle(t, "on")
	h.payload.Close()
	stream.mustNext(t, "unleash-updated")       // what was on its way still arrives
	if e, err := stream.next(); err != io.EOF { //nolint:errorlint // the reader returns it as it is
		t.Errorf("got %+v and %v, want the end", e, err)
	}
	if got := h.call(t, call{path: "/api/client/streaming", token: backend}); got.Code != http.StatusServiceUnavailable {
		t.Errorf("got status %d from a server that stops, want 503", got.Code)
	}
}

func TestTooManyStreams(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := newServer(t, h)
	for range maxStreams {
		h.open(t, server, backend, "").mustNext(t, "unleash-connected")
	}
	if got := h.call(t, call{path: "/api/client/streaming", token: backend}); got.Code != http.StatusTooManyRequests {
		t.Errorf("got status %d for one too many, want 429", got.Code)
	}
	h.payload.DisconnectAll()
	h.open(t, server, backend, "").mustNext(t, "unleash-connected")
}

// TestClientThatLeaves waits until a client that is gone is no longer counted.
func TestClientThatLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, leave := context.WithCancel(t.Context())
	w := &recorder{header: http.Header{}, wrote: make(chan struct{}, 100)}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/client/streaming", nil)
	r.Header.Set("Authorization", backend)
	done := make(chan struct{})
	go func() {
		h.router.ServeHTTP(w, r)
		close(done)
	}()
	<-w.wrote
	if got := h.payload.Streams(); got != 1 {
		t.Errorf("got %d streams, want 1", got)
	}
	leave()
	<-done
	if got := h.payload.Streams(); got != 0 {
		t.Errorf("got %d streams after the client has left, want none", got)
	}
}

// recorder tells when something is written.
type recorder struct {
	header http.Header
	wrote  chan struct{}
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}
func (r *recorder) Flush()              {}
func (r *recorder) Write(text []byte) (int, error) {
	r.wrote <- struct{}{}
	return len(text), nil
}

// TestSlowClientIsDropped has one client that reads nothing. Neither the others nor those
// who change flags wait for it.
func TestSlowClientIsDropped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := newServer(t, h)
	// A flag whose messages soon fill what lies between the two ends of a connection.
	h.create(t, "inner", "large", flag.FlagEnvironment{Enabled: true, Variants: []flag.Variant{{
		Name: "a", Weight: 1000, Payload: &flag.Payload{Type: "string", Value: strings.Repeat("x", 200_000)},
	}}})
	slow, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }() // nothing is left to lose
	if _, err := io.WriteString(slow, "GET /api/client/streaming HTTP/1.1\r\nHost: x\r\nAuthorization: "+backend+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Read(make([]byte, 1)); err != nil { // its stream is open, and that is all it reads
		t.Fatal(err)
	}
	quick := h.open(t, server, backend, "")
	quick.mustNext(t, "unleash-connected")
	for h.payload.Streams() > 1 {
		h.toggle(t, "large")
		quick.mustNext(t, "unleash-updated")
	}
	h.toggle(t, "on")
	quick.mustNext(t, "unleash-updated")
}
