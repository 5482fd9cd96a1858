package server

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// What tests look at from inside.
var (
	Observe     = observe
	FromProxies = fromProxies
	NewFront    = newFront
	NotFound    = notFound
	Ready       = ready
	NewWebApp   = newWebApp
)

// FeaturesPath is where SDKs poll.
const FeaturesPath = featuresPath

// NewTestMetrics are the metrics of a node that is ready, empty and cannot write, with three streams.
func NewTestMetrics() *metrics {
	return newMetrics("test", node{
		status:  func() engine.Status { return engine.Status{Ready: true} },
		state:   func() *state.State { return &state.State{} },
		streams: func() int { return 3 },
		handled: func() map[integration.Result]int {
			return map[integration.Result]int{{State: "success", Provider: "webhook"}: 5, {State: "failed", Provider: "slack"}: 1}
		},
		backlogs: func(context.Context) (map[string]store.Backlog, error) {
			return map[string]store.Backlog{"mail": {}, "integration": {Waiting: 2, Dead: 1}}, nil
		},
	})
}

// Handler answers Prometheus.
func (m *metrics) Handler() http.Handler { return m.handler() }
