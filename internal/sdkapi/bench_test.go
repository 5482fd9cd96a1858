package sdkapi_test

import (
	"cmp"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkapi"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// The limits are those of docs/performance.md. Each benchmark reports how much of its
// limit it takes.

// median returns the middle one: other work on the machine does not move it as it does the mean.
func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// newLarge returns an API over an instance of 1,000 flags, whose tokens are for
// production.
func newLarge(b *testing.B) (*sdkapi.API, http.Handler) {
	b.Helper()
	s := flagtest.State(1, 1_000)
	keyring, err := identity.NewKeyring(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	for secret, kind := range map[string]access.TokenType{backend: access.TokenBackend, frontend: access.TokenFrontend} {
		s = flagtest.After(s, state.Event{Payload: state.APITokenCreated{Token: access.APIToken{
			ID: s.NextTokenID(), Digest: keyring.Digest(secret), Type: kind,
			Projects: []flag.ProjectID{access.Any}, Environment: flagtest.Production,
		}}})
	}
	db := storetest.Open(b, storetest.SQLite(b))
	api := sdkapi.New(sdkapi.Options{
		Tokens:  identity.New(identity.Options{State: func() *state.State { return s }, Keyring: keyring, DB: db, Now: time.Now}),
		Payload: payload.New(s, payload.Options{}),
		Usage:   usage.New(usage.Options{DB: db, Now: time.Now, Log: slog.New(slog.DiscardHandler), Known: func(string) bool { return true }, Live: func(string, string) bool { return false }}),
		Setting: func(string) string { return "" },
		Now:     time.Now,
		Limits:  sdkapi.Limits{SDK: 1 << 40}, // more than a benchmark asks, but counted
	})
	router := chi.NewRouter()
	api.Mount(router)
	return api, router
}

// poll is a way to poll for features, and a bare handler that answers the same bytes.
type poll struct {
	name    string
	headers map[string]string
	bare    http.Handler
}

func polls(api *sdkapi.API) []poll {
	ask := func(headers map[string]string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		api.Features().ServeHTTP(w, request(headers))
		return w
	}
	etag := ask(nil).Header().Get("ETag")
	var all []poll
	for name, headers := range map[string]map[string]string{
		"304":      {"If-None-Match": etag},
		"identity": {},
		"gzip":     {"Accept-Encoding": "gzip"},
	} {
		answer := ask(headers)
		header, body := answer.Header(), answer.Body.Bytes()
		all = append(all, poll{name, headers, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if answer.Code == http.StatusNotModified {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			h := w.Header()
			maps.Copy(h, header)
			w.Write(body)
		})})
	}
	return all
}

func request(headers map[string]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/client/features", nil)
	r.Header.Set("Authorization", backend)
	r.Header.Set("Unleash-Client-Spec", "5.2.0")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return r
}

// BenchmarkPoll measures what polling for 1,000 flags costs more than a bare handler that
// answers the same bytes: at most 3 µs and two allocations, with a router.
func BenchmarkPoll(b *testing.B) {
	api, router := newLarge(b)
	for _, p := range polls(api) {
		for name, ours := range map[string]http.Handler{"alone": api.Features(), "router": router} {
			b.Run(p.name+"/"+name, func(b *testing.B) {
				r, w := request(p.headers), &discard{header: http.Header{}}
				run := func(handler http.Handler) time.Duration {
					began := time.Now()
					clear(w.header)
					handler.ServeHTTP(w, r)
					return time.Since(began)
				}
				var mine, other []time.Duration
				for b.Loop() {
					mine, other = append(mine, run(ours)), append(other, run(p.bare))
				}
				added := float64((median(mine) - median(other)).Nanoseconds())
				b.ReportMetric(added, "added-ns/op")
				b.ReportMetric(added/3_000, "of-limit")
				allocs := testing.AllocsPerRun(100, func() { run(ours) }) - testing.AllocsPerRun(100, func() { run(p.bare) })
				b.ReportMetric(allocs, "added-allocs/op")
			})
		}
	}
}

// BenchmarkPollOverSocket compares how often both answer over real connections: at
// least 0.85 times as often.
func BenchmarkPollOverSocket(b *testing.B) {
	api, router := newLarge(b)
	for _, p := range polls(api) {
		b.Run(p.name, func(b *testing.B) {
			const rounds, each = 10, 400
			ours, other := newPoller(b, router, p.headers), newPoller(b, p.bare, p.headers)
			ours.poll(b, each)
			other.poll(b, each)
			var ratios []float64
			for b.Loop() {
				for range rounds {
					// In turn, so that both have the same machine.
					mine := ours.poll(b, each)
					ratios = append(ratios, float64(other.poll(b, each))/float64(mine))
				}
			}
			b.ReportMetric(median(ratios), "of-bare")
			b.ReportMetric(0.85/median(ratios), "of-limit")
		})
	}
}

// poller polls a server over two connections at once.
type poller struct {
	url     string
	headers map[string]string
	client  *http.Client
}

func newPoller(b *testing.B, handler http.Handler, headers map[string]string) *poller {
	b.Helper()
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	return &poller{server.URL, headers, &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2}}}
}

// poll polls so many times and returns how long it took.
func (p *poller) poll(b *testing.B, times int) time.Duration {
	b.Helper()
	began := time.Now()
	var running sync.WaitGroup
	for range 2 {
		running.Go(func() {
			for range times / 2 {
				r := request(p.headers)
				r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", strings.TrimPrefix(p.url, "http://")
				response, err := p.client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, response.Body)
				if closeErr := response.Body.Close(); err != nil || closeErr != nil {
					b.Error(err, closeErr)
					return
				}
			}
		})
	}
	running.Wait()
	return time.Since(began)
}

// BenchmarkFrontend measures the answer to a frontend SDK about 1,000 flags, from the
// request to the body: at most 200 µs.
func BenchmarkFrontend(b *testing.B) {
	_, router := newLarge(b)
	const query = "?userId=user-7&sessionId=s&appName=shop&environment=default&properties%5Bcountry%5D=NO&properties%5Bplan%5D=pro&properties%5BappVersion%5D=2.4.0"
	const body = `{"context":{"userId":"user-7","sessionId":"s","appName":"shop","environment":"default","properties":{"country":"NO","plan":"pro","appVersion":"2.4.0"}}}`
	for method, path := range map[string]string{http.MethodGet: "/api/frontend" + query, http.MethodPost: "/api/frontend"} {
		b.Run(method, func(b *testing.B) {
			r, w := httptest.NewRequestWithContext(b.Context(), method, path, nil), &discard{header: http.Header{}}
			r.Header.Set("Authorization", frontend)
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				r.Body = io.NopCloser(strings.NewReader(body))
				clear(w.header)
				router.ServeHTTP(w, r)
				took = append(took, time.Since(began))
			}
			b.ReportMetric(float64(median(took).Nanoseconds()), "median-ns/op")
			b.ReportMetric(float64(median(took).Nanoseconds())/200e3, "of-limit")
		})
	}
}

// BenchmarkStreams measures how long after a toggle began the last of 100 clients has seen it,
// with 1,000 flags and ten writes per second: the 99th percentile is at most 10 ms. An iteration
// is a write, so it takes a tenth of a second.
func BenchmarkStreams(b *testing.B) {
	h := newHouse(b)
	for events := range flagtest.Decisions(1, 1_000) {
		// The house has its ledger and environments; only flags are wanted.
		if created, ok := events[0].Payload.(state.FeatureCreated); ok && len(created.Flag.Dependencies) == 0 {
			h.create(b, "inner", created.Flag.Name, flag.FlagEnvironment{Enabled: true})
		}
	}
	server := httptest.NewServer(h.router)
	b.Cleanup(func() { h.payload.Close(); server.Close() })
	const clients = 100
	seen := make(chan time.Time, clients)
	for range clients {
		stream := h.open(b, server, backend, "")
		stream.mustNext(b, "unleash-connected")
		go func() {
			for {
				if e, err := stream.next(); err != nil {
					return
				} else if e.kind == "unleash-updated" {
					seen <- time.Now()
				}
			}
		}()
	}
	var all, last []time.Duration
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for b.Loop() {
		<-tick.C
		began := time.Now()
		h.toggle(b, "on")
		for range clients {
			all = append(all, (<-seen).Sub(began))
		}
		last = append(last, slices.Max(all[len(all)-clients:]))
	}
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(milliseconds(median(all)), "p50-ms")
	b.ReportMetric(milliseconds(all[len(all)*99/100]), "p99-ms")
	b.ReportMetric(milliseconds(median(last)), "last-p50-ms")
	b.ReportMetric(milliseconds(all[len(all)*99/100])/10, "of-limit")
}
