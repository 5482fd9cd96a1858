package server

import (
	"net/http"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/state"
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
	})
}

// Handler answers Prometheus.
func (m *metrics) Handler() http.Handler { return m.handler() }
