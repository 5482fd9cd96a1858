package ofrep_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ofrep"
	"github.com/quorate/quorate/internal/payload"
)

// BenchmarkBulk measures the answer about 1,000 flags, from the request to the body: at
// most 300 µs (docs/performance.md).
func BenchmarkBulk(b *testing.B) {
	router := chi.NewRouter()
	backend := token(access.TokenBackend, access.Any)
	backend.Environment = flagtest.Production
	ofrep.New(ofrep.Options{
		Tokens: tokens{"backend": backend}, Payload: payload.New(flagtest.State(1, 1_000), payload.Options{}),
		Setting: func(string) string { return "" }, Now: time.Now, PerMinute: 1 << 40,
	}).Mount(router)
	const body = `{"context":{"targetingKey":"user-7","country":"NO","plan":"pro","appVersion":"2.4.0","sessionLength":300}}`
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/ofrep/v1/evaluate/flags", nil)
	r.Header.Set("Authorization", "Bearer backend")
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		r.Body = io.NopCloser(strings.NewReader(body))
		clear(w.header)
		router.ServeHTTP(w, r)
		took = append(took, time.Since(began))
	}
	// The middle one is not moved by other work on the machine, as the mean is.
	slices.Sort(took)
	median := float64(took[len(took)/2].Nanoseconds())
	b.ReportMetric(median, "median-ns/op")
	b.ReportMetric(median/300e3, "of-limit")
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header            { return d.header }
func (d *discard) Write(text []byte) (int, error) { return len(text), nil }
func (d *discard) WriteHeader(int)                {}
