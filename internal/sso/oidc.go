package sso

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

// wellKnown is where a provider describes itself (OpenID Connect Discovery 1.0, section 4).
const wellKnown = "/.well-known/openid-configuration"

// oidcProviders keeps what the provider has said about itself, or that it did not answer. There is one provider at a time.
// mu is held while it is asked, so that it is asked once when many come; they wait for at most providerLimit.
type oidcProviders struct {
	mu     sync.Mutex
	issuer string
	asked  time.Time
	known  *oidc.Provider
	away   error // nil: it has answered
}

const (
	// askAgain is after how long a provider is asked anew where its pages are. Its keys are not meant: the library fetches
	// those when one is used that it does not know.
	askAgain = time.Hour
	// leaveAlone is for how long one is not asked that did not answer, so that people do not wait for it one after the other.
	leaveAlone = 5 * time.Second
)

// of returns the provider of an issuer, which is asked if it has not been lately. Another issuer than the last is asked at
// once. Faults: Unavailable if it does not answer, or not as a provider does.
func (p *oidcProviders) of(ctx context.Context, issuer string, now func() time.Time) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	age := now().Sub(p.asked)
	if p.issuer != issuer || p.known == nil && age >= leaveAlone || age >= askAgain {
		// Others wait for the answer, too, so it is awaited even if this browser goes away.
		p.known, p.away = oidc.NewProvider(context.WithoutCancel(ctx), issuer)
		p.issuer, p.asked = issuer, now()
	}
	if p.away != nil {
		f := fault.New(fault.Unavailable, "The identity provider does not answer as it should. Try again, and if it stays so, ask an administrator.")
		return nil, refused{f, fmt.Errorf("sso: discover %s: %w", issuer, p.away)}
	}
	return p.known, nil
}

// client is OpenID Connect as it is set up now. Both of the embedded have a ClientID, so it is always named as the
// setting's.
type client struct {
	state.OIDC
	provider *oidc.Provider
	oauth2.Config
}

// openID returns OpenID Connect as it is set up, or a NotFound fault if it is not. ctx must carry the HTTP client of
// providers (oidc.ClientContext), and so must the calls of what is returned.
func (s *SSO) openID(ctx context.Context) (client, error) {
	c := client{OIDC: s.App.State().OIDC()}
	if !c.Enabled {
		return c, fault.New(fault.NotFound, "Signing in with OpenID Connect is not enabled here.")
	}
	var err error
	if c.provider, err = s.oidc.of(ctx, strings.TrimSuffix(c.DiscoverURL, wellKnown), s.Now); err != nil {
		return c, err
	}
	secret, err := s.People.SignOnSecret(ctx, state.OIDCSetting)
	if err != nil {
		return c, err
	}
	c.Config = oauth2.Config{
		ClientID: c.OIDC.ClientID, ClientSecret: secret, Endpoint: c.provider.Endpoint(),
		RedirectURL: s.URL + "/auth/oidc/callback", Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
	if c.AddGroupsScope {
		c.Scopes = append(c.Scopes, "groups")
	}
	return c, nil
}

// beginOIDC sends a browser to the provider, with the query parameter return as the page to come
// back to.
func (s *SSO) beginOIDC(w http.ResponseWriter, r *http.Request) (string, error) {
	ctx := oidc.ClientContext(r.Context(), s.client)
	c, err := s.openID(ctx)
	if err != nil {
		return "", err
	}
	// The state shows that the answer belongs to this browser, the nonce that the ID token does, and the verifier that who
	// redeems the code has also asked for it (PKCE). All three are in the cookie, sealed.
	going := identity.SignOn{
		Provider: identity.OIDC, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: r.URL.Query().Get("return"),
	}
	cookie, err := s.People.BeginSignOn(going, false)
	if err != nil {
		return "", err
	}
	http.SetCookie(w, cookie)
	options := []oauth2.AuthCodeOption{oidc.Nonce(going.Nonce), oauth2.S256ChallengeOption(going.Verifier)}
	if c.ACRValues != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", c.ACRValues))
	}
	return c.AuthCodeURL(going.State, options...), nil
}

// endOIDC lets somebody in who comes back from the provider. The state is checked before anything else: until then, whoever
// calls may be anybody, and what they say is not looked at.
func (s *SSO) endOIDC(w http.ResponseWriter, r *http.Request) (string, error) {
	ctx, query := oidc.ClientContext(r.Context(), s.client), r.URL.Query()
	under, err := s.People.SignOnUnderWay(r, address(r), identity.OIDC, query.Get("state"))
	if err != nil {
		return "", err
	}
	http.SetCookie(w, s.People.SignOnEnded()) // it is good for one answer
	c, err := s.openID(ctx)
	if err != nil {
		return "", err
	}
	if refusal := query.Get("error"); refusal != "" {
		return "", refuse(fmt.Errorf("sso: the provider answered %q: %q", refusal, query.Get("error_description")), "The identity provider did not sign you in.")
	}
	claims, err := s.redeem(ctx, c, query, under)
	if err != nil {
		return "", err
	}
	v := identity.Vouched{Provider: identity.OIDC, Issuer: claims.issuer, Subject: claims.subject, Email: claims.text("email")}
	// Nothing is kept for sessions that are never to be ended there.
	if c.SingleSignOut && len(claims.token) <= maxHint {
		v.Session = claims.token
	}
	in := app.Arrival{Email: v.Email, Name: claims.text("name"), Groups: groupsAt(claims.all, c.GroupPath)}
	return s.inside(under.Return), s.arrive(w, r, v, in, c.Admission)
}

// claims are what a provider says about somebody.
type claims struct {
	issuer, subject string
	token           string // the ID token itself
	all             map[string]any
}

// text returns a claim that is a text, without white space around it; empty if there is none.
func (c claims) text(name string) string {
	text, _ := c.all[name].(string)
	return strings.TrimSpace(text)
}

// maxHint is how long an ID token may be that is sent back in an address; a longer one is not.
const maxHint = 4 << 10

// errClaims is the reason of refusals for what an ID token says.
var errClaims = errors.New("sso: the ID token")

// redeem fetches who somebody is for the code in the provider's answer. What the ID token leaves
// out, the provider's user info may say. The signature, the audience and the times of the ID token are checked by the
// library; the nonce, the class of the sign-in (acr) and the address are checked here. An address of which the provider
// does not say whether it is verified is taken: many say nothing, and the provider is trusted anyway. A provider that lists
// groups elsewhere (_claim_names, OpenID Connect Core 1.0, section 5.6.2) is refused: going on without them would take
// people out of their groups.
//
// Faults: Forbidden, with a sentence for the person and the reason for the log.
func (s *SSO) redeem(ctx context.Context, c client, query url.Values, under identity.SignOn) (claims, error) {
	const wrong = "The identity provider's answer is not valid. Try again, and if it stays so, ask an administrator."
	if issuer := query.Get("iss"); issuer != "" && issuer != strings.TrimSuffix(c.DiscoverURL, wellKnown) { // RFC 9207
		return claims{}, refuse(fmt.Errorf("%w is of the issuer %q", errClaims, issuer), wrong)
	}
	token, err := c.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(under.Verifier))
	if err != nil {
		return claims{}, refuse(fmt.Errorf("sso: redeem the code: %w", err), wrong)
	}
	raw, _ := token.Extra("id_token").(string)
	config := &oidc.Config{ClientID: c.OIDC.ClientID, Now: s.Now}
	if c.SigningAlgorithm != "" {
		config.SupportedSigningAlgs = []string{c.SigningAlgorithm}
	}
	id, err := c.provider.VerifierContext(ctx, config).Verify(ctx, raw)
	if err != nil {
		return claims{}, refuse(fmt.Errorf("%w: %w", errClaims, err), wrong)
	}
	if id.Nonce == "" || id.Nonce != under.Nonce {
		return claims{}, refuse(fmt.Errorf("%w has another nonce", errClaims), wrong)
	}
	said := claims{issuer: id.Issuer, subject: id.Subject, token: raw}
	if err := id.Claims(&said.all); err != nil {
		return claims{}, refuse(fmt.Errorf("%w: %w", errClaims, err), wrong)
	}
	if wanted := strings.Fields(c.ACRValues); len(wanted) > 0 && !slices.Contains(wanted, said.text("acr")) {
		return claims{}, refuse(fmt.Errorf("%w has the acr %q", errClaims, said.text("acr")), "You signed in at the identity provider in a way that is not enough here.")
	}
	if err := s.addUserInfo(ctx, c, token, said); err != nil {
		return claims{}, refuse(err, wrong)
	}
	if verified, there := said.all["email_verified"]; there && verified != true && verified != "true" {
		return claims{}, refuse(fmt.Errorf("%w has an address that is not verified", errClaims), "The identity provider has not verified your e-mail address.")
	}
	if names, _ := said.all["_claim_names"].(map[string]any); c.GroupSync && names[c.GroupPath] != nil {
		return claims{}, refuse(fmt.Errorf("%w does not list the groups but refers to them", errClaims), "You are in more groups than the identity provider lists. Ask its administrator to send those for Quorate only.")
	}
	return said, nil
}

// addUserInfo adds what the provider's user info says and the ID token does not. It is asked only if the address is
// missing, or the groups where they are to be followed; so most sign-ins do without. What the ID token says is signed, and
// counts before it.
func (s *SSO) addUserInfo(ctx context.Context, c client, token *oauth2.Token, said claims) error {
	if said.text("email") != "" && (!c.GroupSync || len(groupsAt(said.all, c.GroupPath)) > 0) || c.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := c.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("sso: user info: %w", err)
	}
	if info.Subject != said.subject { // OpenID Connect Core 1.0, section 5.3.2
		return fmt.Errorf("sso: user info is about the subject %q, the ID token about %q", info.Subject, said.subject)
	}
	var more map[string]any
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("sso: user info: %w", err)
	}
	for name, value := range more {
		if _, there := said.all[name]; !there {
			said.all[name] = value
		}
	}
	return nil
}

// oidcSignedOut returns where the provider ends its session (OpenID Connect RP-Initiated Logout
// 1.0); empty if it has no such page, or is not to. idToken is the one that the session began with, empty if it was too
// long to be kept. Without it the provider may ask who is meant.
func (s *SSO) oidcSignedOut(ctx context.Context, idToken string) string {
	c, err := s.openID(oidc.ClientContext(ctx, s.client))
	if err != nil || !c.SingleSignOut {
		return ""
	}
	var page struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := c.provider.Claims(&page); err != nil || page.EndSession == "" {
		return ""
	}
	u, err := url.Parse(page.EndSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", c.OIDC.ClientID)
	if idToken != "" {
		query.Set("id_token_hint", idToken) // by it the provider knows whom it signs out, and need not ask
	}
	query.Set("post_logout_redirect_uri", s.URL+"/signed-out")
	u.RawQuery = query.Encode()
	return u.String()
}
