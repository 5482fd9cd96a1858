package server

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// featuresPath is what server-side SDKs poll: by far most requests.
const featuresPath = "/api/client/features"

// front is what every request meets first. Polls of SDKs go straight to their handler,
// since finding a route, making an id and telling the log would cost more than the
// answer does. All else goes to the router.
// HEAD, and paths that are written in another way, take the usual way, and are answered there just the same.
type front struct {
	path     string // of the polls, with the base path
	features http.Handler
	// polls has the statuses that a poll can be answered with, so that labels are looked up once; any other is not counted.
	polls   map[int]prometheus.Observer // by status
	answers sync.Pool
	rest    http.Handler
}

// newFront puts the base path, if there is one, before everything.
// A request outside of the base path is answered as not found.
func newFront(basePath string, features, rest http.Handler, m *metrics) *front {
	f := &front{path: basePath + featuresPath, features: features, polls: make(map[int]prometheus.Observer), rest: rest}
	f.answers.New = func() any { return new(answer) }
	for _, status := range []int{
		http.StatusOK, http.StatusNotModified, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError,
	} {
		f.polls[status] = m.requests.WithLabelValues(labels(featuresPath, http.MethodGet, status)...)
	}
	if basePath != "" {
		f.rest = http.StripPrefix(basePath, rest)
	}
	return f
}

// ServeHTTP answers a request.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != f.path || r.Method != http.MethodGet {
		f.rest.ServeHTTP(w, r)
		return
	}
	began := time.Now()
	a := f.answers.Get().(*answer) //nolint:forcetypeassert // New makes nothing else
	// Taken from a pool, and given back empty: it must not keep the request alive.
	*a = answer{ResponseWriter: w}
	f.features.ServeHTTP(a, r)
	if poll := f.polls[a.code()]; poll != nil {
		poll.Observe(milliseconds(time.Since(began)))
	}
	a.ResponseWriter = nil
	f.answers.Put(a)
}
