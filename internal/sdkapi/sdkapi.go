// Package sdkapi is the HTTP that Unleash's SDKs speak: server-side SDKs below
// /api/client, frontend SDKs below /api/frontend (and /api/proxy, its older name), and
// what Unleash Edge asks for (docs/sdk-api.md).
//
// A request is read, its token looked up, and the answer taken from payload, where it
// lies ready. What a flag looks like or answers belongs in payload and evaluation,
// adding up what SDKs report in usage. Nothing here changes a flag.
package sdkapi

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/usage"
)

// Options are what an API needs.
type Options struct {
	Tokens  sdkhttp.Tokens
	Payload *payload.Payload
	Usage   *usage.Usage
	// Setting returns the JSON of a setting as it is now, or "".
	Setting func(id string) string
	Now     func() time.Time
	Version string // of the server
	Limits  Limits
	// Edge is how Edge gets tokens; the zero value issues none.
	Edge EdgeTokens
	// Heartbeat returns the ticks at which a silent stream says that it is alive, and a
	// function that stops them. Nil: every 20 seconds.
	Heartbeat func() (ticks <-chan time.Time, stop func())
}

// Limits are how many requests per minute come from one address. 0 means the default, a
// negative number none.
type Limits struct {
	SDK              int // all paths of SDKs; 20,000
	Metrics          int // metrics of server-side SDKs; 6,000
	Register         int // their registrations; 6,000
	FrontendMetrics  int // 6,000
	FrontendRegister int // 6,000
}

// API answers SDKs.
type API struct {
	Options
	cors   *sdkhttp.CORS
	specs  specs
	nonces nonces
	limits struct{ sdk, metrics, register, frontendMetrics, frontendRegister *sdkhttp.Limiter }
}

// New returns an API.
func New(o Options) *API {
	if o.Heartbeat == nil {
		o.Heartbeat = func() (<-chan time.Time, func()) {
			ticker := time.NewTicker(heartbeat)
			return ticker.C, ticker.Stop
		}
	}
	a := &API{Options: o, cors: sdkhttp.NewCORS(o.Setting)}
	limiter := func(perMinute, otherwise int) *sdkhttp.Limiter {
		if perMinute == 0 {
			perMinute = otherwise
		}
		return sdkhttp.NewLimiter(perMinute, o.Now)
	}
	a.limits.sdk = limiter(o.Limits.SDK, 20_000)
	a.limits.metrics = limiter(o.Limits.Metrics, 6_000)
	a.limits.register = limiter(o.Limits.Register, 6_000)
	a.limits.frontendMetrics = limiter(o.Limits.FrontendMetrics, 6_000)
	a.limits.frontendRegister = limiter(o.Limits.FrontendRegister, 6_000)
	return a
}

// Features returns the handler of GET /api/client/features by itself, for who would
// rather not have it found by a router: it is most of what a server is asked.
func (a *API) Features() http.Handler { return http.HandlerFunc(a.features) }

// Mount adds all paths to a router.
func (a *API) Mount(r chi.Router) {
	// chi does not answer HEAD by itself.
	get := func(r chi.Router, path string, handler http.HandlerFunc) {
		r.Get(path, handler)
		r.Head(path, handler)
	}
	get(r, "/api/client/features", a.features)
	get(r, "/api/client/features/{name}", a.feature)
	get(r, "/api/client/delta", a.delta)
	r.Get("/api/client/streaming", a.streaming)
	r.Post("/api/client/register", a.register)
	r.Post("/api/client/metrics", a.metrics)
	r.Post("/api/client/metrics/bulk", a.bulkMetrics)
	r.Post("/api/client/metrics/custom", a.customMetrics)
	r.Post("/api/client/metrics/edge", a.edgeMetrics)
	r.Post("/api/client/edge-licensing/heartbeat", a.edgeHeartbeat)
	get(r, "/internal-backstage/impact/metrics", a.impactMetrics)
	r.Post("/edge/validate", a.edgeValidate)
	r.Post("/edge/issue-token", a.edgeIssueToken)
	for _, prefix := range []string{"/api/frontend", "/api/proxy"} {
		r.Route(prefix, func(r chi.Router) {
			r.Use(a.cors.Handler)
			get(r, "/", a.toggles(onlyEnabled))
			r.Post("/", a.toggles(onlyEnabled))
			get(r, "/all", a.toggles(everyFlag))
			r.Post("/all", a.toggles(everyFlag))
			r.Post("/client/metrics", a.frontendMetrics)
			r.Post("/client/register", a.frontendRegister)
			for _, path := range []string{"/client/features", "/health", "/internal-backstage/prometheus"} {
				get(r, path, notForFrontends)
			}
		})
	}
}

// backend returns the token of a server-side SDK, or nil once it has answered that the
// request cannot be served: there are too many from its address, or it has no such token.
func (a *API) backend(w http.ResponseWriter, r *http.Request) *access.APIToken {
	if err := a.limits.sdk.Allow(r); err != nil {
		fail(w, r, err)
		return nil
	}
	return sdkhttp.Caller(w, r, a.Tokens, sdkhttp.Secret(r), access.TokenType.Backend)
}

// frontend does the same for a frontend SDK.
func (a *API) frontend(w http.ResponseWriter, r *http.Request) *access.APIToken {
	if err := a.limits.sdk.AllowAndTell(w, r); err != nil {
		fail(w, r, err)
		return nil
	}
	return sdkhttp.Caller(w, r, a.Tokens, sdkhttp.Secret(r), func(t access.TokenType) bool { return t == access.TokenFrontend })
}
