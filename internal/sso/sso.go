// Package sso is single sign-on: it sends browsers to an identity provider, and checks what they
// bring back, by OpenID Connect and by SAML 2.0.
//
// A browser that is sent away keeps, sealed in a cookie, what the answer must fit to. What a
// provider vouches for is checked here, by libraries that others look after; the rules that are
// Quorate's own (whom to let in, which groups somebody belongs to) are decided in app.
//
// What can be set, and what people meet, is told in docs/single-sign-on.md; whom a provider means, in docs/adr/0021; why there
// is a key pair, and what signing out ends, in docs/adr/0029.
//
//	sso.go            routes, pages, letting somebody in
//	oidc.go           OpenID Connect: there, back, and signing out there
//	saml.go           SAML: there and back; metadata and keys
//	saml_sign_out.go  SAML: signing out, from either side
//	group.go          the groups that a provider names
//
// Sessions, and who is known as whom, belong in identity. What can be set about providers belongs in
// app and adminapi. Providers that push people here (SCIM) have a room of their own.
package sso

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/webfault"
)

// Options are what single sign-on works with; all of them are required.
type Options struct {
	App    *app.App
	People *identity.Identity
	Log    *slog.Logger
	Now    func() time.Time
	// URL is where browsers reach the server, with the base path and without a slash at its end.
	// Providers know it: callbacks are below it, and to SAML it is Quorate's name.
	URL string
}

// SSO is single sign-on. Its methods may be called from several goroutines at once.
type SSO struct {
	Options
	client *http.Client
	oidc   oidcProviders
}

// What a provider may take and say. A browser waits while a provider is asked, for its description, a token or user info,
// so each of these has a bound.
const (
	providerLimit = 10 * time.Second
	maxAnswer     = 1 << 20
)

// New returns single sign-on, which has asked no provider for anything yet. Settings are read from the state when somebody
// comes, so a changed one holds at once, and on every node.
func New(o Options) *SSO {
	setUpEncryption()
	return &SSO{Options: o, client: &http.Client{Timeout: providerLimit, Transport: bounded{http.DefaultTransport}}}
}

// bounded cuts off what is too long to be a provider's answer. What is cut off there is not valid JSON any more, so it is
// refused like any other wrong answer.
type bounded struct{ next http.RoundTripper }

// RoundTrip asks, and bounds the answer's body.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}

// Mount serves the pages that browsers are sent to. The callbacks are where Unleash has them, so what a provider was told for it fits here, too.
func (s *SSO) Mount(r chi.Router) {
	r.Get("/auth/oidc/login", s.page(s.beginOIDC))
	r.Get("/auth/oidc/callback", s.page(s.endOIDC))
	r.Get("/auth/saml/login", s.page(s.beginSAML))
	r.Post("/auth/saml/callback", s.page(s.endSAML))
	r.Get("/auth/saml/logout", s.page(s.signOutBySAML))
	r.Post("/auth/saml/logout", s.page(s.signOutBySAML))
	r.Get("/auth/saml/metadata", s.samlMetadata)
	r.Get("/auth/sign-out", s.wayOut)
}

// SignedOut returns where a browser goes that has signed out here: to the provider by which its
// session began, if that is to be ended, too. It is empty if there is nowhere to go. It never fails: who cannot be sent
// there is signed out here all the same. began has to be read before the session is ended.
func (s *SSO) SignedOut(ctx context.Context, began identity.SignedOn) string {
	switch began.Provider {
	case identity.OIDC:
		return s.oidcSignedOut(ctx, began.Session)
	case identity.SAML:
		return s.samlSignedOut(ctx, began.Session)
	default:
		return ""
	}
}

// wayOut tells the web app where to go once it has signed out: scripts see of a redirect that there is one, and not where
// to. It is asked while the session is still there, since that knows by which provider it began.
func (s *SSO) wayOut(w http.ResponseWriter, r *http.Request) {
	to := cmp.Or(s.SignedOut(r.Context(), s.People.SignedOn(r)), s.URL+"/signed-out")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]string{"location": to}) // whoever has gone gets no answer
}

// page answers with a redirect, or a page that says what went wrong and how to go on. A redirect is 303, so that what came
// by POST goes on as GET. The addresses of answers have codes in them, so they are neither stored nor told to the page that
// follows.
func (s *SSO) page(serve func(w http.ResponseWriter, r *http.Request) (location string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		location, err := serve(w, r)
		if err != nil {
			s.failed(w, r, err)
			return
		}
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusSeeOther)
	}
}

//go:embed failed.html
var failedPage string

var failedTemplate = template.Must(template.New("failed").Parse(failedPage))

// pagePolicy lets a page use its own style and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// failed shows why somebody is not let in. Failures that nobody expected are logged by webfault; the refusals here, with
// their reason, because an administrator is asked about them.
func (s *SSO) failed(w http.ResponseWriter, r *http.Request, err error) {
	status, _, body := webfault.Answer(r, err)
	if expected := fault.As(err); expected != nil {
		s.Log.InfoContext(r.Context(), "single sign-on was refused", "path", r.URL.Path, "ip", address(r), "reason", reasonOf(err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	_ = failedTemplate.Execute(w, struct{ Sentence, ID, Back string }{body.Message, body.ID, s.URL + "/"}) // whoever has gone reads no page
}

// refused is a refusal whose reason is for the log alone: it may help who attacks.
type refused struct {
	fault  *fault.Error
	reason error
}

// Error returns the sentence.
func (r refused) Error() string { return r.fault.Message }

// Unwrap returns both. The fault says the status, the reason is there for errors.Is.
func (r refused) Unwrap() []error { return []error{r.fault, r.reason} }

// refuse returns a fault with a sentence for the browser and a reason for the log.
func refuse(reason error, sentence string) error {
	return refused{fault.New(fault.Forbidden, "%s", sentence), reason}
}

// reasonOf returns what the log says of a refusal: its reason, or if it has none, what the person is told.
func reasonOf(err error) string {
	if r, ok := errors.AsType[refused](err); ok {
		return r.reason.Error()
	}
	return err.Error()
}

// arrive lets somebody in whom a provider vouches for, and begins a session. in.Account is set here, by who is known. The
// account and the session are two writes: if the second fails, an account was made to which nobody has signed in, and the
// next attempt finds it by its address. The cookies are the session's, and the one that forgets that somebody was on the
// way.
func (s *SSO) arrive(w http.ResponseWriter, r *http.Request, v identity.Vouched, in app.Arrival, admission state.Admission) error {
	var err error
	if in.Account, err = s.People.KnownAs(r.Context(), v); err != nil {
		return err
	}
	account, err := s.App.Arrive(r.Context(), app.Origin{IP: address(r), UserAgent: r.UserAgent()}, in, admission)
	if err != nil {
		return err
	}
	signed, err := s.People.SignInAs(r, address(r), account, v)
	if err != nil {
		return err
	}
	for _, cookie := range append(signed.Cookies, s.People.SignOnEnded()) {
		http.SetCookie(w, cookie)
	}
	return nil
}

// inside returns the address of a page of the app, given its path below the base path. What is
// not such a path is the first page: nobody is sent elsewhere. Browsers take a backslash for a slash and leave out line
// ends and tabs, so with one of these a path may lead to another host.
func (s *SSO) inside(path string) string {
	if u, err := url.Parse(path); err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		path = "/"
	}
	return s.URL + path
}

// address returns the caller's IP address.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
