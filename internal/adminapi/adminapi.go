// Package adminapi is HTTP for the web app, Terraform and scripts: Unleash's admin API
// under /api/admin, with its paths, shapes, status codes and errors.
//
// Each operation is one typed function, registered with its path, the permissions that
// it asks for and a sentence about it; the OpenAPI document is made from these
// registrations. huma does that, and binds parameters and bodies; what a request goes
// through before (who calls, coercing and checking the body) is in receive.go, so that
// its answers are Unleash's.
//
// To add an operation to a noun, or a noun:
//
//  1. Put the use case into package app, if it is a write.
//
//  2. In the noun's file here, write the shapes of body and answer as structs. Their
//     names become those of the schemas (createFeature → createFeatureSchema); json
//     and validation tags are huma's. A field without omitempty or omitzero is required.
//
//     Fields that several inputs or answers share are embedded, in types with exported
//     names, for huma passes over others.
//
//  3. In the noun's function (func (a *api) features()), call register with an
//     operation and a function of the form
//
//     func(ctx context.Context, r request, in *struct{ … }) (answer, error)
//
//     The input's fields are parameters (tags path and query) and Body. r.State is the
//     newest state, to read from; r.Caller goes to the use case. Errors are returned as
//     they are, and beside one the answer is not looked at. The answer is the body, or
//     empty{} for none.
//
//     A use case asks for the permissions of a write. A read asks for its own, with
//     r.Caller.Actor.Require, if not everyone may who is signed in; the operation's
//     Permissions only tell the document. A path that names a project or a flag of which the
//     caller may not know is refused before the function is called (visibility.go); of what is
//     found by other ways, lists leave out what r.sees does not let through.
//
//  4. A new noun's function is called in operations, below.
//
//  5. go test ./internal/adminapi -update writes openapi/openapi.json anew.
//
//  6. Add scenarios to the noun's table in the tests: allowed, forbidden, not found, bad
//     input that names the field, conflict.
//
// Deciding anything does not belong here but in app, refusing a token in identity, the
// form of refusals in webfault, and SDK paths in sdkapi.
package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/requests"
	reported "github.com/quorate/quorate/internal/usage"
	"github.com/quorate/quorate/internal/webfault"
)

// Authenticator says who calls. Its faults are Unauthenticated (nobody), Unauthorized
// (an unknown token) and Forbidden (a token of another API).
type Authenticator interface {
	Authenticate(*http.Request) (access.Actor, error)
}

// Tokens knows about API tokens what the state does not.
type Tokens interface {
	// TokenSecrets returns the secrets that are kept, by the tokens' ids.
	TokenSecrets(context.Context) (map[int64]string, error)
	// TokenUses returns when tokens were last used, by their ids.
	TokenUses(context.Context) (map[int64]time.Time, error)
}

// Options are what the admin API works with; all of them are required.
type Options struct {
	App           *app.App
	Authenticator Authenticator
	Tokens        Tokens
	Events        *eventlog.Log
	Requests      *requests.Requests
	Usage         *reported.Usage
	// People knows names, passwords and sessions.
	People *identity.Identity
	// URL is where people reach the server, without a slash at its end.
	URL string
	// Version is the release that runs.
	Version string
	// SignedOut returns where a browser goes whose session began by an identity provider, when it
	// has signed out; empty: nowhere else.
	SignedOut func(context.Context, identity.SignedOn) string
	// EndStreams ends the streams that SDKs have open to this node.
	EndStreams func()
	// Elsewhere says what the server's settings fix about signing in.
	Elsewhere ConfiguredElsewhere
	// Notify tells people things, and mails links to them.
	Notify *notify.Notify
	// Integrations bring events to the outside.
	Integrations *integration.Integrations
}

// api is where operations are registered.
type api struct {
	Options
	huma  huma.API
	heavy *heavy
}

// operations registers all operations, noun by noun.
func (a *api) operations() {
	a.features()
	a.featureEnvironments()
	a.featureStrategies()
	a.featureVariants()
	a.featureLinks()
	a.featureTypes()
	a.lifecycles()
	a.favourites()
	a.dependencies()
	a.archive()
	a.search()
	a.projects()
	a.projectEnvironments()
	a.environments()
	a.windows()
	a.calendars()
	a.segments()
	a.changeRequests()
	a.changeRequestInsight()
	a.protection()
	a.playground()
	a.constraints()
	a.contextFields()
	a.tags()
	a.tagTypes()
	a.strategyTypes()
	a.apiTokens()
	a.events()
	a.interchange()
	a.history()
	a.metrics()
	a.applications()
	a.instance()
	a.accessOverview()
	a.insights()
	a.logins()
	a.splashes()
	a.feedbacks()
	a.personalDashboard()
	a.settings()
	a.uiConfig()
	a.user()
	a.people()
	a.roles()
	a.userPermissions()
	a.groups()
	a.projectAccess()
	a.personalTokens()
	a.serviceAccounts()
	a.signIn()
	a.signOn()
	a.provisioning()
	a.passwords()
	a.invites()
	a.sessions()
	a.inboxes()
	a.notificationSettings()
	a.deliveries()
	a.addons()
}

// Mount serves the admin API at /api/admin of the router, and its description at /docs.
func Mount(r chi.Router, o Options) {
	// The routers below are handed whole paths (Handle, and not Mount, which would cut off what it matched):
	// operations are registered under the paths that the document shows. A slash at the end makes no difference to
	// Unleash's clients.
	mux := chi.NewRouter()
	mux.Use(middleware.StripSlashes, conditional)
	mux.NotFound(unavailablePath)
	mux.MethodNotAllowed(unavailablePath)
	newAPI(mux, o)
	r.Handle("/api/admin", mux)
	r.Handle("/api/admin/*", mux)
	// Operations that are Outside have one of these beginnings.
	for _, outside := range []string{"/auth/*", "/invite/*", "/calendar/*", "/logout"} {
		r.Handle(outside, mux)
	}
	mountDocs(r)
}

// newAPI registers all operations on a router.
func newAPI(r chi.Router, o Options) *api {
	a := &api{Options: o, huma: humachi.New(r, config()), heavy: newHeavy()}
	a.huma.UseMiddleware(a.receive, a.visible)
	a.operations()
	return a
}

// unavailablePath answers what no operation is for.
func unavailablePath(w http.ResponseWriter, r *http.Request) {
	webfault.Write(w, r, fault.New(fault.NotFound, "The path you were looking for (%s) is not available.", r.URL.Path))
}
