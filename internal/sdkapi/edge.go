package sdkapi

import (
	"encoding/json"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// What Unleash Edge asks for, which stands between SDKs and a server.

// maxEdgeTokens bounds how many tokens are looked up for one request.
const maxEdgeTokens = 1_000

// edgeToken is a token as Edge knows it.
// Its fields are those of Unleash's API document, edgeTokenSchema.
type edgeToken struct {
	Token       string               `json:"token"`
	Type        access.TokenType     `json:"type"`
	Projects    []flag.ProjectID     `json:"projects"`
	Environment flag.EnvironmentName `json:"environment"`
}

// edgeValidate answers POST /edge/validate: which of some tokens are valid, and what for.
// It needs no token: who asks has those that it asks about.
// Finding a token notes that it was used. Those that are unknown or expired are left out.
func (a *API) edgeValidate(w http.ResponseWriter, r *http.Request) {
	if !a.within(a.limits.register, w, r) {
		return
	}
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	body.require("tokens")
	secrets := body.texts("tokens")
	if len(secrets) > maxEdgeTokens {
		body.complain("tokens", "must NOT have more than %d items. You sent %d.", maxEdgeTokens, len(secrets))
	}
	if !body.accepted(w, r) {
		return
	}
	valid := []edgeToken{}
	for _, secret := range secrets {
		if token, err := a.Tokens.Token(secret); err == nil {
			valid = append(valid, edgeToken{secret, token.Type, token.Projects, token.Environment})
		}
	}
	sendEdgeTokens(w, r, valid)
}

// sendEdgeTokens answers with tokens in Edge's form.
func sendEdgeTokens(w http.ResponseWriter, r *http.Request, tokens []edgeToken) {
	text, err := json.Marshal(struct {
		Tokens []edgeToken `json:"tokens"`
	}{tokens})
	if err != nil {
		fail(w, r, err)
		return
	}
	sendJSON(w, text)
}

// edgeMetrics answers POST /api/client/metrics/edge: Edge tells how it is. Quorate does
// not keep it.
// What it must have is checked, so that an Edge that sends something else is told.
func (a *API) edgeMetrics(w http.ResponseWriter, r *http.Request) {
	if a.backend(w, r) == nil || !a.within(a.limits.metrics, w, r) {
		return
	}
	body, ok := readObject(w, r, maxEdgeBody)
	if !ok {
		return
	}
	body.name("appName")
	if body.accepted(w, r) {
		w.WriteHeader(http.StatusAccepted)
	}
}

// edgeHeartbeat answers POST /api/client/edge-licensing/heartbeat: every Edge may run.
// Edge needs the answer to run, and there is nothing here to license.
func (a *API) edgeHeartbeat(w http.ResponseWriter, r *http.Request) {
	if a.backend(w, r) == nil || !a.within(a.limits.metrics, w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusAccepted)
	w.Write([]byte(`{"edgeLicenseState":"Valid"}`))
}

// customMetrics answers POST /api/client/metrics/custom. They are checked and not kept.
func (a *API) customMetrics(w http.ResponseWriter, r *http.Request) {
	if a.backend(w, r) == nil || !a.within(a.limits.metrics, w, r) {
		return
	}
	body, ok := readObject(w, r, maxEdgeBody)
	if !ok {
		return
	}
	body.require("metrics")
	for _, metric := range body.objects("metrics") {
		metric.name("name")
		metric.require("value")
	}
	if body.accepted(w, r) {
		w.WriteHeader(http.StatusAccepted)
	}
}
