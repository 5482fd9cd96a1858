package server

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/adminapi"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ofrep"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/scim"
	"github.com/quorate/quorate/internal/sdkapi"
	"github.com/quorate/quorate/internal/sso"
	"github.com/quorate/quorate/internal/webfault"
	"github.com/quorate/quorate/web"
)

// OpenAPI returns the description of the admin API.
func OpenAPI() []byte { return adminapi.OpenAPI() }

// handler is every path that the server answers.
// A request passes, from the outside in: fromProxies, which settles the client's address; front, which takes the polls of SDKs out of the
// way and the base path off; observe and secure; the router.
func (s *Server) handler() http.Handler {
	metrics := newMetrics(s.settings.Version, node{
		status: s.engine.Status, state: s.engine.State, streams: s.payload.Streams, handled: s.integrations.Handled, backlogs: s.notify.Backlogs,
	})

	r := chi.NewRouter()
	r.Use(observe(s.settings.Log, metrics), secure)
	r.NotFound(notFound)
	// A path that has other methods is answered as one that is not there.
	r.MethodNotAllowed(notFound)
	// The web app answers all paths that nobody else does, so that its own addresses can be opened directly. Without it in the
	// program, / says where things are.
	if app := newWebApp(web.Files(), s.settings.BasePath, http.HandlerFunc(notFound)); app != nil {
		r.NotFound(app.ServeHTTP)
	} else {
		r.Get("/", frontPage(s.settings.Version))
	}
	r.Get("/health", alive)
	r.Get("/ready", ready(s.engine.Status))
	r.Method(http.MethodGet, "/internal-backstage/prometheus", metrics.handler())

	// Asked at each request, so that a change counts at once on every node.
	setting := func(id string) string { return s.engine.State().Setting(id) }
	sdks := sdkapi.New(sdkapi.Options{
		Tokens: s.identity, Payload: s.payload, Usage: s.usage, Setting: setting, Now: time.Now, Version: s.settings.Version,
		Limits: sdkapi.Limits{SDK: s.settings.SDKPerMinute},
		Edge:   sdkapi.EdgeTokens{MasterKey: s.settings.EdgeMasterKey, Issue: s.edgeToken},
	})
	sdks.Mount(r)
	ofrep.New(ofrep.Options{
		Tokens: s.identity, Payload: s.payload, Usage: s.usage, Setting: setting, Now: time.Now,
		PerMinute: s.settings.SDKPerMinute,
	}).Mount(r)
	signOn := sso.New(sso.Options{App: s.app, People: s.identity, Log: s.settings.Log, Now: time.Now, URL: s.URL()})
	signOn.Mount(r)
	scim.New(scim.Options{App: s.app, People: s.identity, Log: s.settings.Log, URL: s.URL()}).Mount(r)
	adminapi.Mount(r, adminapi.Options{
		App: s.app, Authenticator: s.identity, Tokens: s.identity,
		Requests: requests.New(s.db),
		Events:   s.events,
		Usage:    s.usage, EndStreams: s.payload.DisconnectAll,
		People: s.identity, URL: s.URL(), Version: s.settings.Version,
		Notify: s.notify, Integrations: s.integrations,
		SignedOut: signOn.SignedOut,
		Elsewhere: adminapi.ConfiguredElsewhere{OIDC: s.settings.OIDC != nil, SAML: s.settings.SAML != nil},
	})
	// Polls are counted by the client's address as well, so this comes before the front.
	return fromProxies(s.settings.TrustedProxies, newFront(s.settings.BasePath, sdks.Features(), r, metrics))
}

// edgeToken returns the token that Edge uses for some projects in an environment, and makes it if
// there is none.
// One that was there is told again with its secret, if that was kept; it is sealed beside the ledger.
func (s *Server) edgeToken(ctx context.Context, env flag.EnvironmentName, projects []flag.ProjectID) (*access.APIToken, string, error) {
	token, secret, err := s.app.EdgeToken(ctx, env, projects)
	if err != nil || secret != "" {
		return token, secret, err
	}
	secrets, err := s.identity.TokenSecrets(ctx)
	if err != nil {
		return nil, "", err
	}
	if secrets[token.ID] == "" {
		return nil, "", fault.New(fault.InvalidOperation, "The secret of the token %q is not kept, so it cannot be told again. Delete the token, and Edge gets another one.", token.Name)
	}
	return token, secrets[token.ID], nil
}

// notFound answers a path that there is not, in the words that Unleash's clients know.
func notFound(w http.ResponseWriter, r *http.Request) {
	webfault.Write(w, r, fault.New(fault.NotFound, "The path you were looking for (%s) is not available.", r.URL.Path))
}
