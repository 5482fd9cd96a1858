package sdkapi

import (
	"net/http"
	"time"
)

// heartbeat is how often a silent stream says that it is alive. SDKs give one up that
// says nothing for a minute, and proxies often do after half of that.
const heartbeat = 20 * time.Second

// writeLimit is how long a client may take to read a message; one that takes longer is
// gone or too slow, and comes back if it is not.
const writeLimit = 30 * time.Second

// aComment is a server-sent event that clients skip.
var aComment = []byte(":\n\n")

// streaming answers GET /api/client/streaming: everything, and then each change as it
// happens, as server-sent events.
// The goroutine of the request serves the stream to its end; payload closes Messages when the client is too far behind or the node stops.
func (a *API) streaming(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil {
		return
	}
	query, _, err := a.query(r, token)
	if err != nil {
		fail(w, r, err)
		return
	}
	// Without one, or with one that cannot be read, it is 0, which is no revision: the client gets everything.
	since, _ := parseRevision(header(r, "Last-Event-Id"))
	stream, err := a.Payload.Stream(query, since)
	if err != nil {
		fail(w, r, err)
		return
	}
	defer stream.Close()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // or nginx would keep messages back
	out := events{w, http.NewResponseController(w)}
	connected := stream.Connected
	stream.Connected = nil // it may be large, and is not needed again
	if !out.send(connected...) {
		return
	}
	ticks, stop := a.Heartbeat()
	defer stop()
	for {
		ok := true
		select {
		case <-r.Context().Done():
			return
		case <-ticks:
			ok = out.send(aComment)
		case message, open := <-stream.Messages:
			ok = open && out.send(message)
		}
		if !ok {
			return
		}
	}
}

// events writes server-sent events.
type events struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

// send writes the parts of a message and sees that they go out. It reports whether the
// client is still there.
func (e events) send(parts ...[]byte) bool {
	// A writer that knows no deadlines belongs to a test. The reader's deadline is that of
	// the request, which is over; past it, the server would take the client for gone.
	_ = e.controller.SetReadDeadline(time.Time{})
	for _, part := range parts {
		_ = e.controller.SetWriteDeadline(time.Now().Add(writeLimit))
		if _, err := e.w.Write(part); err != nil { //nolint:gosec // it is an event stream, and says so
			return false
		}
	}
	return e.controller.Flush() == nil
}
