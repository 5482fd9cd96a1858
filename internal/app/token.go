package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// API tokens. The ledger has a token's digest, by which SDKs are recognised, and what it opens; the secret is sealed beside it, in the same
// transaction, since Unleash's API shows it to whoever may read tokens. Faults and events never repeat a secret.

// Keys are what secrets are recognised by and kept with; identity's keyring is one.
type Keys interface {
	// Digest returns what the ledger keeps of a secret.
	Digest(secret string) string
	// Seal encrypts a secret. The box opens under the same kind and id only.
	Seal(kind, id string, secret []byte) []byte
}

// NewToken is an API token for SDKs, to be created.
type NewToken struct {
	Name        string
	Type        access.TokenType
	Environment flag.EnvironmentName // empty: development
	Projects    []flag.ProjectID     // empty: every project
	ExpiresAt   *time.Time
	// Secret is one that SDKs have already, from another server; empty: a fresh one. Only an
	// admin may bring one.
	Secret string
}

// broughtSecret is the form of the secrets that can be brought: what a header can carry, too
// long to be guessed.
var broughtSecret = regexp.MustCompile(`^[!-~]{20,300}$`)

// CreateToken makes an API token and returns it with its secret, of which the ledger
// learns nothing but the digest.
// Admin tokens cannot be made so: personal tokens and service accounts are in their place, and those of the first start.
//
// Faults: BadData, ExceedsLimit.
func (a *App) CreateToken(ctx context.Context, c Caller, in NewToken) (*access.APIToken, string, error) {
	return a.createToken(ctx, c, in, func(d *decide.Decision, t access.APIToken) error {
		if err := d.Require("", "", access.Admin, access.CreateClientToken, access.CreateFrontendToken); err != nil {
			return err
		}
		return d.Require("", "", access.Admin, tokenPermissions[t.Type].create)
	})
}

// CreateProjectToken is CreateToken for a token that opens one project alone.
//
// Faults: NotFound for the project, BadData, ExceedsLimit.
func (a *App) CreateProjectToken(ctx context.Context, c Caller, id flag.ProjectID, in NewToken) (*access.APIToken, string, error) {
	in.Projects = []flag.ProjectID{id}
	return a.createToken(ctx, c, in, func(d *decide.Decision, _ access.APIToken) error {
		if err := d.Require(id, "", access.CreateProjectToken); err != nil {
			return err
		}
		_, err := decide.ActiveProject(d.State, id)
		return err
	})
}

// tokenPermissions are what tokens of a type ask for.
// client is the older name of backend. An unknown type has no permission, by which createToken recognises it.
var tokenPermissions = map[access.TokenType]struct{ create, read, update, remove access.Permission }{
	access.TokenClient:   {access.CreateClientToken, access.ReadClientToken, access.UpdateClientToken, access.DeleteClientToken},
	access.TokenBackend:  {access.CreateClientToken, access.ReadClientToken, access.UpdateClientToken, access.DeleteClientToken},
	access.TokenFrontend: {access.CreateFrontendToken, access.ReadFrontendToken, access.UpdateFrontendToken, access.DeleteFrontendToken},
	access.TokenAdmin:    {access.Admin, access.Admin, access.Admin, access.Admin},
}

// createToken makes a token if may agrees.
func (a *App) createToken(ctx context.Context, c Caller, in NewToken, may func(*decide.Decision, access.APIToken) error) (*access.APIToken, string, error) {
	token := access.APIToken{
		Name:        strings.TrimSpace(in.Name),
		Type:        access.TokenType(strings.ToLower(string(in.Type))),
		Environment: cmp.Or(in.Environment, "development"),
		Projects:    slices.Compact(slices.Sorted(slices.Values(in.Projects))),
		ExpiresAt:   in.ExpiresAt,
	}
	if len(token.Projects) == 0 || token.AllProjects() {
		token.Projects = []flag.ProjectID{access.Any}
	}
	if token.Type == access.TokenAdmin || tokenPermissions[token.Type].create == "" {
		return nil, "", fault.Field("/body/type", "The `type` property must be equal to one of the allowed values: \"client\", \"backend\", \"frontend\". You provided %q, which is not valid. Please use one of the allowed values instead..", in.Type)
	}
	secret := cmp.Or(in.Secret, newSecret(&token))
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := may(d, token); err != nil {
			return err
		}
		if err := validateToken(d.State, &token); err != nil {
			return err
		}
		if in.Secret != "" {
			if err := a.bringable(d, in.Secret); err != nil {
				return err
			}
		}
		if decide.Reached(d.TokenCount(), d.Limits.APITokens) {
			return flag.ExceedsLimit("api token", d.Limits.APITokens)
		}
		a.addToken(d, &token, secret)
		return nil
	}, func(tx *store.Tx) error { return a.keepSecret(tx, &token, secret) })
	if err != nil {
		return nil, "", err
	}
	return s.Token(token.ID), secret, nil
}

// bringable returns a fault if a secret cannot be brought from elsewhere. None repeats it.
func (a *App) bringable(d *decide.Decision, secret string) error {
	if err := d.Require("", "", access.Admin); err != nil {
		return err
	}
	if !broughtSecret.MatchString(secret) || strings.HasPrefix(secret, personalPrefix) {
		return fault.Field("/body/secret", "A secret that is brought from another server has 20 to 300 visible characters and does not begin with %q.", personalPrefix)
	}
	if digest := a.keys.Digest(secret); d.TokenByDigest(digest) != nil || d.PersonalTokenByDigest(digest) != nil {
		return fault.New(fault.NameExists, "There is a token with this secret already.")
	}
	return nil
}

// newSecret returns a secret in Unleash's form.
// PROJECT:ENVIRONMENT.RANDOM, with 28 random bytes as hexadecimal digits: SDKs and people read off it what it opens.
func newSecret(t *access.APIToken) string {
	prefix := "[]" // several projects, which only the server knows
	if len(t.Projects) == 1 {
		prefix = string(t.Projects[0])
	}
	random := make([]byte, 28)
	_, _ = rand.Read(random) // documented never to fail
	return prefix + ":" + string(t.Environment) + "." + hex.EncodeToString(random)
}

// maxTokenName bounds the names of API tokens, in bytes.
const maxTokenName = 255

// validateToken checks a token for SDKs.
func validateToken(s *state.State, t *access.APIToken) error {
	var details []fault.Detail
	wrong := func(path, message string) { details = append(details, fault.Detail{Path: path, Message: message}) }
	switch {
	case t.Name == "":
		wrong("/body/tokenName", `"tokenName" is not allowed to be empty.`)
	case len(t.Name) > maxTokenName:
		wrong("/body/tokenName", fmt.Sprintf("It is longer than %d bytes.", maxTokenName))
	}
	if s.Environment(t.Environment) == nil {
		wrong("/body/environment", "Environment="+string(t.Environment)+" does not exist")
	}
	for _, id := range t.Projects {
		if p := s.Project(id); id != access.Any && (p == nil || p.Archived()) {
			wrong("/body/projects", "Project="+string(id)+" does not exist")
		}
	}
	return fault.Invalid(details...)
}

// addToken decides that a token exists, and fills in what it gets by that.
func (a *App) addToken(d *decide.Decision, t *access.APIToken, secret string) {
	t.ID = d.NextTokenID()
	t.Digest = a.keys.Digest(secret)
	t.CreatedAt = d.Now
	d.Add(tokenScope(t), state.APITokenCreated{Token: *t})
}

// keepSecret writes down a token's secret, so that tools can find the token by it.
func (a *App) keepSecret(tx *store.Tx, t *access.APIToken, secret string) error {
	id := strconv.FormatInt(t.ID, 10)
	return tx.PutSealed(store.APITokens, id, a.keys.Seal(store.APITokens, id, []byte(secret)))
}

// forgetSecrets removes what keepSecret wrote.
func forgetSecrets(tx *store.Tx, tokens []access.APIToken) error {
	for _, t := range tokens {
		if err := tx.DeleteSealed(store.APITokens, strconv.FormatInt(t.ID, 10)); err != nil {
			return err
		}
	}
	return nil
}

// UpdateToken changes when a token expires. An unknown one is passed over.
// Tokens are named by their secrets in Unleash's API (updateApiToken). That an unknown one is passed over tells nobody which there are.
func (a *App) UpdateToken(ctx context.Context, c Caller, secret string, expiresAt *time.Time) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin, access.UpdateClientToken, access.UpdateFrontendToken); err != nil {
			return err
		}
		t := d.TokenByDigest(a.keys.Digest(secret))
		if t == nil {
			return nil
		}
		if err := d.Require("", "", access.Admin, tokenPermissions[t.Type].update); err != nil {
			return err
		}
		if !decide.Same(t.ExpiresAt, expiresAt) {
			d.Add(tokenScope(t), state.APITokenUpdated{ID: t.ID, Name: t.Name, Before: t.ExpiresAt, After: expiresAt})
		}
		return nil
	})
	return err
}

// DeleteToken makes a token worthless. An unknown one is passed over.
func (a *App) DeleteToken(ctx context.Context, c Caller, secret string) error {
	return a.deleteToken(ctx, c, secret, func(d *decide.Decision, t *access.APIToken) error {
		if err := d.Require("", "", access.Admin, access.DeleteClientToken, access.DeleteFrontendToken); err != nil || t == nil {
			return err
		}
		return d.Require("", "", access.Admin, tokenPermissions[t.Type].remove)
	})
}

// DeleteProjectToken is DeleteToken for a token that opens one project alone.
//
// Faults: NotFound for the project, BadData when the token opens more than the project.
func (a *App) DeleteProjectToken(ctx context.Context, c Caller, id flag.ProjectID, secret string) error {
	return a.deleteToken(ctx, c, secret, func(d *decide.Decision, t *access.APIToken) error {
		if err := d.Require(id, "", access.DeleteProjectToken); err != nil {
			return err
		}
		if _, err := Project(d.State, id); err != nil {
			return err
		}
		if t != nil && onlyProject(t) != id {
			return fault.New(fault.BadData, "The token %q does not belong to project %q alone.", t.Name, id)
		}
		return nil
	})
}

// deleteToken deletes a token if may agrees, which gets nil for an unknown one.
func (a *App) deleteToken(ctx context.Context, c Caller, secret string, may func(*decide.Decision, *access.APIToken) error) error {
	digest := a.keys.Digest(secret)
	var gone []access.APIToken
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := may(d, d.TokenByDigest(digest)); err != nil {
			return err
		}
		gone = deleteTokens(d, func(t *access.APIToken) bool { return t.Digest == digest })
		return nil
	}, func(tx *store.Tx) error { return forgetSecrets(tx, gone) })
	return err
}

// deleteTokens decides that some tokens are worthless, and returns them.
func deleteTokens(d *decide.Decision, which func(*access.APIToken) bool) []access.APIToken {
	var deleted []access.APIToken
	for t := range d.Tokens() {
		if which(t) {
			d.Add(tokenScope(t), state.APITokenDeleted{Before: *t})
			deleted = append(deleted, *t)
		}
	}
	return deleted
}

// closeToTokens decides that a project is not among those that tokens open any more.
// A token for that project alone is left as it is: whoever calls this deletes those.
func closeToTokens(d *decide.Decision, id flag.ProjectID) {
	for t := range d.Tokens() {
		rest := slices.DeleteFunc(slices.Clone(t.Projects), func(p flag.ProjectID) bool { return p == id })
		if len(rest) == 0 || len(rest) == len(t.Projects) {
			continue
		}
		d.Add(tokenScope(t), state.APITokenUpdated{
			ID: t.ID, Name: t.Name, Before: t.ExpiresAt, After: t.ExpiresAt, ProjectsBefore: t.Projects, ProjectsAfter: rest,
		})
	}
}

// edgeTokenName is how tokens are called that Edge has asked for, as Unleash calls them.
// It is by the name, among the rest, that the token is found again; it must not change.
func edgeTokenName(env flag.EnvironmentName, projects []flag.ProjectID) string {
	names := make([]string, len(projects))
	for i, p := range projects {
		names[i] = string(p)
	}
	return "enterprise_edge_" + string(env) + "_" + strings.Join(names, "_")
}

// EdgeToken returns the backend token that Edge uses for some projects in an environment, and
// makes it if there is none. The secret is returned of one that was made.
// The caller has proved to be an Edge (sdkapi), so it is the system that makes the token. One that has expired does not count.
//
// Faults: BadData, ExceedsLimit.
func (a *App) EdgeToken(ctx context.Context, env flag.EnvironmentName, projects []flag.ProjectID) (*access.APIToken, string, error) {
	token := access.APIToken{Type: access.TokenBackend, Environment: env, Projects: slices.Compact(slices.Sorted(slices.Values(projects)))}
	if len(token.Projects) == 0 || token.AllProjects() {
		token.Projects = []flag.ProjectID{access.Any}
	}
	token.Name = edgeTokenName(env, token.Projects)
	secret := newSecret(&token)
	var found *access.APIToken
	s, err := a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		found = nil
		for t := range d.Tokens() {
			if t.Name == token.Name && t.Type == token.Type && t.Environment == env && slices.Equal(t.Projects, token.Projects) && !t.Expired(d.Now) {
				found = t
				return nil
			}
		}
		if err := validateToken(d.State, &token); err != nil {
			return err
		}
		if decide.Reached(d.TokenCount(), d.Limits.APITokens) {
			return flag.ExceedsLimit("api token", d.Limits.APITokens)
		}
		a.addToken(d, &token, secret)
		return nil
	}, func(tx *store.Tx) error {
		if found != nil {
			return nil
		}
		return a.keepSecret(tx, &token, secret)
	})
	switch {
	case err != nil:
		return nil, "", err
	case found != nil:
		return found, "", nil
	default:
		return s.Token(token.ID), secret, nil
	}
}

// MayReadToken reports whether an actor may see tokens of a type, with their secrets.
func MayReadToken(actor access.Actor, t access.TokenType) bool {
	return actor.Can("", "", tokenPermissions[t].read)
}

// onlyProject returns the one project that a token opens, empty if it opens others.
func onlyProject(t *access.APIToken) flag.ProjectID {
	if len(t.Projects) == 1 && !t.AllProjects() {
		return t.Projects[0]
	}
	return ""
}

// tokenScope is where events about a token belong.
// A token of several projects belongs to none; one for all environments, to none of them.
func tokenScope(t *access.APIToken) state.Scope {
	at := state.Scope{Project: onlyProject(t)}
	if t.Environment != access.Any {
		at.Environment = t.Environment
	}
	return at
}
