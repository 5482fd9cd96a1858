package sdkapi

import (
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/usage"
)

// register answers POST /api/client/register: an SDK says that it runs.
// It changes nothing that is served. started and interval are checked as Unleash does, and not kept.
func (a *API) register(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil || !a.within(a.limits.register, w, r) {
		return
	}
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	p := presence(body, token, r)
	body.require("interval", "started", "strategies")
	body.count("interval")
	body.time("started")
	p.Strategies = body.texts("strategies")
	if !body.accepted(w, r) {
		return
	}
	a.Usage.Register(p)
	w.Header().Set("X-Unleash-Version", a.Version)
	w.WriteHeader(http.StatusAccepted)
}

// frontendRegister answers POST /api/frontend/client/register, which is checked and not
// kept: browsers come and go.
func (a *API) frontendRegister(w http.ResponseWriter, r *http.Request) {
	if a.frontend(w, r) == nil || !a.within(a.limits.frontendRegister, w, r) {
		return
	}
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	body.name("appName")
	body.require("interval", "started", "strategies")
	body.count("interval")
	body.time("started")
	body.texts("strategies")
	if body.accepted(w, r) {
		sendOK(w)
	}
}

// presence returns what a body says about the application that sent it. Environment and
// projects are those of the token.
// What the token opens is not taken from the body, where it could be anything.
func presence(body object, token *access.APIToken, r *http.Request) usage.Presence {
	p := usage.Presence{
		Application: body.name("appName"),
		Environment: environmentOf(token),
		Instance:    body.text("instanceId"),
		SDK:         body.text("sdkVersion"),
		SDKType:     usage.Backend,
	}
	for _, project := range token.Projects {
		p.Projects = append(p.Projects, string(project))
	}
	if address := sdkhttp.Address(r); address.IsValid() {
		p.ClientIP = address.String()
	}
	return p
}

// environmentOf returns the environment in which a token's holder counts.
// A token that names none, or all, counts in default.
func environmentOf(token *access.APIToken) string {
	if token.Environment == "" || token.Environment == access.Any {
		return "default"
	}
	return string(token.Environment)
}

// within reports whether a limit lets a request through, or answers that it does not.
func (a *API) within(limit *sdkhttp.Limiter, w http.ResponseWriter, r *http.Request) bool {
	if err := limit.AllowAndTell(w, r); err != nil {
		fail(w, r, err)
		return false
	}
	return true
}

// sendOK answers with the text OK, as frontend SDKs know it.
func sendOK(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("OK"))
}
