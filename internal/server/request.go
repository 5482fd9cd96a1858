package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/webfault"
)

// observe gives each request an id, answers for handlers that panic, and tells of the
// request once, when it is done: one event in the log and one in the metrics.
// A handler that panics is answered with 500, and the stack is in the log; http.ErrAbortHandler is meant to cut the connection, and
// is let through.
func observe(log *slog.Logger, metrics *metrics) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			id := uuid.Must(uuid.NewV7()).String() // fails only if the system has no randomness
			r = r.WithContext(webfault.WithRequest(r.Context(), id, log))
			a := &answer{ResponseWriter: w}
			defer func() {
				if p := recover(); p != nil {
					if p == http.ErrAbortHandler { //nolint:errorlint // it is compared as net/http does
						panic(p)
					}
					failure := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
					if a.status == 0 {
						webfault.Write(a, r, failure)
					} else { // an answer that has begun must not look whole
						webfault.Log(r, failure)
						defer panic(http.ErrAbortHandler)
					}
				}
				took := time.Since(began)
				route := routeOf(r)
				metrics.requests.WithLabelValues(labels(route, r.Method, a.code())...).Observe(milliseconds(took))
				log.LogAttrs(r.Context(), level(r.URL.Path, a.code()), "request",
					slog.String("request", id),
					slog.String("method", r.Method),
					slog.String("path", loggable(route, r.URL.Path)),
					slog.Int("status", a.code()),
					slog.Int64("bytes", a.bytes),
					slog.Duration("took", took),
					slog.String("client", r.RemoteAddr),
				)
			}()
			next.ServeHTTP(a, r)
		})
	}
}

// routeOf is the pattern that a request was routed by, or "". A router below another
// has matched the whole path again, so the last pattern says it all.
// It is known only after the router is done.
func routeOf(r *http.Request) string {
	patterns := chi.RouteContext(r.Context()).RoutePatterns
	if len(patterns) == 0 {
		return ""
	}
	return patterns[len(patterns)-1]
}

// level is how loudly a request is told of. What SDKs and probes ask every few
// seconds would drown the rest.
// What fails here is always told.
func level(path string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelWarn
	case strings.HasPrefix(path, "/api/admin/"):
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// loggable is a path without the secrets that stand in some.
// The route has the name of the parameter in the place of the secret.
func loggable(route, path string) string {
	for _, secret := range []string{"/api-tokens/", "/calendar/", "/invite/"} {
		if strings.Contains(path, secret) {
			return route
		}
	}
	return path
}

// answer notes what is answered.
// The status is 0 until the handler has said one.
type answer struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// WriteHeader notes the first status; net/http drops any other.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes of the body.
func (a *answer) Write(data []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(data)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is behind.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// code is the status as the client sees it.
// A handler that wrote nothing has answered with 200.
func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

// secure sets the headers that keep browsers from guessing and embedding.
// API answers have them as well: a browser may be led to any address.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
