package server

import (
	"encoding/json"
	"net/http"

	"github.com/quorate/quorate/internal/engine"
)

// Two questions that are easily taken for one: /health is whether to restart the process, which does not help while a database is
// away; /ready is whether to send it requests (docs/operations.md). Neither needs a token.

// health is the body of /health and /ready.
type health struct {
	Health string `json:"health"`           // GOOD or BAD
	Reason string `json:"reason,omitempty"` // why it is BAD, in a sentence
}

// alive answers /health: the process runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, health{Health: "GOOD"})
}

// ready answers /ready: whether this node should get requests, and if not, why.
// The reason is a sentence of the engine's.
func ready(status func() engine.Status) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if s := status(); !s.Ready {
			writeHealth(w, http.StatusServiceUnavailable, health{Health: "BAD", Reason: s.Reason})
			return
		}
		writeHealth(w, http.StatusOK, health{Health: "GOOD"})
	}
}

// It must not be kept: a balancer in between would believe in yesterday.
func writeHealth(w http.ResponseWriter, status int, body health) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts only; it cannot fail
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(data)
}
