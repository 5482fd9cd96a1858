package adminapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
)

const tagAPITokens = "API tokens"

// apiTokens registers what can be done with API tokens. Answers hold secrets, so nobody
// may keep them.
//
// There are two ways to a token. Under /api-tokens the permissions are those of the instance, by the token's
// type; under a project they are that project's, for tokens that name it. To change a token one has to know its
// secret, which stands in the path: Unleash's tokens have no id.
func (a *api) apiTokens() {
	const (
		ofProject = projectPath + "/api-tokens"
		reading   = "With their secrets. Those of a type that the caller may not read are left out."
		creating  = "The type is client or backend (which mean the same) or frontend."
		unknown   = "An unknown token is passed over."
	)
	read := []access.Permission{access.Admin, access.ReadClientToken, access.ReadFrontendToken}
	register(a, operation{
		ID: "getAllApiTokens", Method: http.MethodGet, Path: "/api-tokens", Tag: tagAPITokens,
		Summary: "List the API tokens", Description: reading, Permissions: read, NoStore: true,
	}, a.getAPITokens)
	register(a, operation{
		ID: "getApiTokensByName", Method: http.MethodGet, Path: "/api-tokens/{token}", Tag: tagAPITokens,
		Summary: "List the API tokens of a name", Description: reading, Permissions: read, NoStore: true,
	}, a.getAPITokensByName)
	register(a, operation{
		ID: "createApiToken", Method: http.MethodPost, Path: "/api-tokens", Tag: tagAPITokens,
		Summary: "Create an API token", Description: creating,
		Permissions: []access.Permission{access.Admin, access.CreateClientToken, access.CreateFrontendToken},
		Status:      http.StatusCreated, NoStore: true,
	}, a.createAPIToken)
	register(a, operation{
		ID: "updateApiToken", Method: http.MethodPut, Path: "/api-tokens/{token}", Tag: tagAPITokens,
		Summary: "Say when an API token expires", Description: unknown,
		Permissions: []access.Permission{access.Admin, access.UpdateClientToken, access.UpdateFrontendToken},
	}, a.updateAPIToken)
	register(a, operation{
		ID: "deleteApiToken", Method: http.MethodDelete, Path: "/api-tokens/{token}", Tag: tagAPITokens,
		Summary: "Delete an API token", Description: "It is worthless at once. " + unknown,
		Permissions: []access.Permission{access.Admin, access.DeleteClientToken, access.DeleteFrontendToken},
	}, a.deleteAPIToken)
	register(a, operation{
		ID: "getProjectApiTokens", Method: http.MethodGet, Path: ofProject, Tag: tagProjects,
		Summary: "List the API tokens that name a project", Description: "With their secrets.",
		Permissions: []access.Permission{access.ReadProjectToken}, NoStore: true,
	}, a.getProjectAPITokens)
	register(a, operation{
		ID: "createProjectApiToken", Method: http.MethodPost, Path: ofProject, Tag: tagProjects,
		Summary: "Create an API token that opens a project alone", Description: creating,
		Permissions: []access.Permission{access.CreateProjectToken},
		Status:      http.StatusCreated, NoStore: true,
	}, a.createProjectAPIToken)
	register(a, operation{
		ID: "deleteProjectApiToken", Method: http.MethodDelete, Path: ofProject + "/{token}", Tag: tagProjects,
		Summary: "Delete an API token that opens a project alone", Description: "It is worthless at once. " + unknown,
		Permissions: []access.Permission{access.DeleteProjectToken},
	}, a.deleteProjectAPIToken)
}

// CreateProjectAPIToken is the body of a new API token of a project. The type may be written in any case, as in
// Unleash; a pattern of JSON Schema can only say so letter by letter.
type CreateProjectAPIToken struct {
	TokenName   string               `json:"tokenName"`
	Type        access.TokenType     `json:"type" pattern:"^([Cc][Ll][Ii][Ee][Nn][Tt]|[Bb][Aa][Cc][Kk][Ee][Nn][Dd]|[Ff][Rr][Oo][Nn][Tt][Ee][Nn][Dd])$"`
	Environment flag.EnvironmentName `json:"environment,omitempty" doc:"development if left out."`
	ExpiresAt   *time.Time           `json:"expiresAt,omitempty" nullable:"true" doc:"Never if left out."`
}

// createAPIToken is the body of a new API token. Where both are given, Projects counts and Project does not.
type createAPIToken struct {
	CreateProjectAPIToken
	Project  flag.ProjectID   `json:"project,omitempty" doc:"The one project that it opens; * for every project."`
	Projects []flag.ProjectID `json:"projects,omitempty" minItems:"1" doc:"The projects that it opens; every project if left out."`
	Secret   string           `json:"secret,omitempty" doc:"A secret that SDKs have already, from another server; a fresh one if left out. Only an admin may bring one."`
}

// updateAPIToken is the body that changes an API token.
type updateAPIToken struct {
	ExpiresAt *time.Time `json:"expiresAt" nullable:"true" doc:"Null for never."`
}

// APIToken is an API token. The ledger has no more of its secret than a digest; the secret itself lies sealed
// in the database, for tools that find tokens by it. Since that is so of all tokens, Secure is false.
type APIToken struct {
	Secret      *string              `json:"secret" doc:"Null if it is not kept, or opens a private project of which the reader may not know."`
	TokenName   string               `json:"tokenName"`
	Type        access.TokenType     `json:"type"`
	Project     string               `json:"project" doc:"The projects, with commas between them; * for every project."`
	Projects    []flag.ProjectID     `json:"projects"`
	Environment flag.EnvironmentName `json:"environment"`
	ExpiresAt   *instant             `json:"expiresAt" nullable:"true"`
	CreatedAt   instant              `json:"createdAt"`
	SeenAt      *instant             `json:"seenAt" nullable:"true" doc:"When it was last used."`
	Alias       *string              `json:"alias"`
	Secure      bool                 `json:"secure" doc:"Whether the secret is not kept, but a digest alone."`
}

// apiTokenCreated is a new API token, which says where tokens are.
type apiTokenCreated struct{ APIToken }

func (apiTokenCreated) location() string { return "api-tokens" }

// apiTokens is a list of API tokens.
type apiTokens struct {
	Tokens []APIToken `json:"tokens"`
}

func (a *api) getAPITokens(ctx context.Context, r request, _ *struct{}) (apiTokens, error) {
	return a.readableTokens(ctx, r, func(*access.APIToken) bool { return true })
}

// getAPITokensByName finds several: names need not be unique. Its path shares the parameter with those that
// take a secret, as in Unleash.
func (a *api) getAPITokensByName(ctx context.Context, r request, in *struct {
	Name string `path:"token" doc:"The tokens' name, here; elsewhere the secret."`
},
) (apiTokens, error) {
	return a.readableTokens(ctx, r, func(t *access.APIToken) bool { return t.Name == in.Name })
}

// readableTokens returns the wanted tokens that the caller may read. Nothing of them has to be hidden: a role
// that gives the permission in the instance is another one than Viewer, and lets its holder see every project
// (state.MaySee).
func (a *api) readableTokens(ctx context.Context, r request, wanted func(*access.APIToken) bool) (apiTokens, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin, access.ReadClientToken, access.ReadFrontendToken); err != nil {
		return apiTokens{}, err
	}
	return a.listTokens(ctx, r, func(t *access.APIToken) bool { return wanted(t) && app.MayReadToken(r.Caller.Actor, t.Type) })
}

// getProjectAPITokens leaves out tokens that open every project ("*"): they are not a project's to look after.
// The permission is asked first, as in use cases.
func (a *api) getProjectAPITokens(ctx context.Context, r request, in *ProjectAt) (apiTokens, error) {
	if err := r.Caller.Actor.Require(in.Project, "", access.ReadProjectToken); err != nil {
		return apiTokens{}, err
	}
	if _, err := app.Project(r.State, in.Project); err != nil {
		return apiTokens{}, err
	}
	list, err := a.listTokens(ctx, r, func(t *access.APIToken) bool { return slices.Contains(t.Projects, in.Project) })
	for i := range list.Tokens {
		list.Tokens[i].hide(r)
	}
	return list, err
}

// hide takes away what is not for the caller if the token also opens projects of which they may not know: their names,
// and the secret, with which the caller could look into them.
func (t *APIToken) hide(r request) {
	seen := slices.DeleteFunc(slices.Clone(t.Projects), func(p flag.ProjectID) bool { return !r.sees(p) })
	if len(seen) < len(t.Projects) {
		t.Secret, t.Projects, t.Project = nil, seen, joined(seen)
	}
}

// listTokens returns the wanted tokens with their secrets. Secrets and uses are rows of the database: it fails
// with Unavailable while that is away.
func (a *api) listTokens(ctx context.Context, r request, wanted func(*access.APIToken) bool) (apiTokens, error) {
	secrets, err := a.Tokens.TokenSecrets(ctx)
	if err != nil {
		return apiTokens{}, err
	}
	uses, err := a.Tokens.TokenUses(ctx)
	if err != nil {
		return apiTokens{}, err
	}
	list := apiTokens{Tokens: []APIToken{}}
	for t := range r.State.Tokens() {
		if !wanted(t) {
			continue
		}
		view := viewToken(t)
		if secret, ok := secrets[t.ID]; ok {
			view.Secret = &secret
		}
		if at, ok := uses[t.ID]; ok {
			view.SeenAt = instantOf(&at)
		}
		list.Tokens = append(list.Tokens, view)
	}
	return list, nil
}

func (a *api) createAPIToken(ctx context.Context, r request, in *struct{ Body createAPIToken }) (apiTokenCreated, error) {
	wanted := in.Body.token()
	wanted.Projects, wanted.Secret = in.Body.Projects, in.Body.Secret
	if len(wanted.Projects) == 0 && in.Body.Project != "" {
		wanted.Projects = []flag.ProjectID{in.Body.Project}
	}
	return created(a.App.CreateToken(ctx, r.Caller, wanted))
}

func (a *api) createProjectAPIToken(ctx context.Context, r request, in *struct {
	ProjectAt
	Body CreateProjectAPIToken
},
) (apiTokenCreated, error) {
	return created(a.App.CreateProjectToken(ctx, r.Caller, in.Project, in.Body.token()))
}

// token returns the token that the body asks for, but for its projects.
func (b CreateProjectAPIToken) token() app.NewToken {
	return app.NewToken{Name: b.TokenName, Type: b.Type, Environment: b.Environment, ExpiresAt: b.ExpiresAt}
}

// created returns what is shown of a new token. It takes what the use cases return, so that their calls can
// stand between its brackets.
func created(t *access.APIToken, secret string, err error) (apiTokenCreated, error) {
	if err != nil {
		return apiTokenCreated{}, err
	}
	view := viewToken(t)
	view.Secret = &secret
	return apiTokenCreated{view}, nil
}

// updateAPIToken and the two below answer 200 also for a secret that no token has, or has any more, so that a
// script can repeat them.
func (a *api) updateAPIToken(ctx context.Context, r request, in *struct {
	Secret string `path:"token"`
	Body   updateAPIToken
},
) (empty, error) {
	return empty{}, a.App.UpdateToken(ctx, r.Caller, in.Secret, in.Body.ExpiresAt)
}

func (a *api) deleteAPIToken(ctx context.Context, r request, in *struct {
	Secret string `path:"token"`
},
) (empty, error) {
	return empty{}, a.App.DeleteToken(ctx, r.Caller, in.Secret)
}

func (a *api) deleteProjectAPIToken(ctx context.Context, r request, in *struct {
	ProjectAt
	Secret string `path:"token"`
},
) (empty, error) {
	return empty{}, a.App.DeleteProjectToken(ctx, r.Caller, in.Project, in.Secret)
}

// viewToken returns what is shown of a token, but for its secret and its last use. Projects is the state's own
// list, which hide leaves as it is and puts another in its place.
func viewToken(t *access.APIToken) APIToken {
	return APIToken{
		TokenName:   t.Name,
		Type:        t.Type,
		Project:     joined(t.Projects),
		Projects:    t.Projects,
		Environment: t.Environment,
		ExpiresAt:   instantOf(t.ExpiresAt),
		CreatedAt:   instant(t.CreatedAt),
		Alias:       t.Alias,
	}
}

// joined returns the names of projects with commas between them.
func joined(projects []flag.ProjectID) string {
	names := make([]string, len(projects))
	for i, p := range projects {
		names[i] = string(p)
	}
	return strings.Join(names, ",")
}
