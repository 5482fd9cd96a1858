package app

import (
	"context"
	"regexp"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// What an instance begins with. Both writes here ask the ledger if it is done already, and any node may make them at any start: of
// several that try at once, one is first, and the decisions of the others find nothing to do.

// The environments that an instance begins with.
const (
	development flag.EnvironmentName = "development"
	production  flag.EnvironmentName = "production"
)

// Bootstrap begins an empty ledger with what a fresh Unleash has, and gives a ledger of an
// earlier release the built-in roles that it lacks. What is there stays as it is, so any number
// of nodes may call it at once.
func (a *App) Bootstrap(ctx context.Context) error {
	_, err := a.do(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		begin(d)
		for _, role := range access.BuiltInRoles() {
			if d.Role(role.ID) == nil {
				d.Add(state.Scope{}, state.RoleCreated{Role: role})
			}
		}
		return nil
	})
	return err
}

// begin decides what an empty ledger begins with.
// The ledger's own first event says its id and its format; everything after is like what people could have made.
func begin(d *decide.Decision) {
	if d.LedgerID() != "" {
		return
	}
	d.Add(state.Scope{}, state.LedgerCreated{ID: d.NewID(), Format: state.Format, FeatureTypes: flag.FeatureTypes()})
	for _, env := range []flag.Environment{
		{Name: development, Type: "development", SortOrder: 2, Enabled: true},
		{Name: production, Type: flag.Production, SortOrder: 3, Enabled: true},
	} {
		d.Add(state.Scope{Environment: env.Name}, state.EnvironmentCreated{Environment: env})
	}
	for _, t := range firstStrategyTypes() {
		d.Add(state.Scope{}, state.StrategyTypeCreated{Strategy: t})
	}
	for i, field := range []flag.ContextField{
		{Name: "environment", Description: new("Where the application runs.")},
		{Name: "userId", Description: new("Who uses the application.")},
		{Name: "appName", Description: new("Which application asks.")},
		{Name: "currentTime", Description: new("When it asks.")},
		{Name: "sessionId", Description: new("In which of the user's sessions."), Stickiness: true},
	} {
		// The order in which forms offer them.
		field.SortOrder, field.CreatedAt = i, d.Now
		d.Add(state.Scope{}, state.ContextFieldCreated{Field: field})
	}
	d.Add(state.Scope{}, state.TagTypeCreated{TagType: flag.TagType{
		Name: "simple", Description: new("Any word by which one likes to find flags."), Icon: new("#"), Color: new("#FFFFFF"),
	}})
	d.Add(state.Scope{Project: defaultProject}, state.ProjectCreated{Project: flag.Project{
		ID: defaultProject, Name: "Default", Description: new("The project that is always there."),
		Mode: flag.ModeOpen, DefaultStickiness: flag.DefaultStickiness, CreatedAt: d.Now, UpdatedAt: d.Now,
		Environments: []flag.ProjectEnvironment{{Environment: development}, {Environment: production}},
	}})
}

// firstStrategyTypes are the built-in strategy types, but for the deprecated ones; SDKs
// know their names and parameters.
func firstStrategyTypes() []flag.StrategyType {
	return []flag.StrategyType{
		{
			Name: decide.FlexibleRollout, DisplayName: "Gradual rollout",
			Description: new("On for a share of the users; the same users stay in it."),
			Parameters: []flag.StrategyParameter{
				{Name: decide.Rollout, Type: "percentage", Description: "The share of the users."},
				{Name: decide.Stickiness, Type: "string", Description: "The context field that keeps a user on the same side."},
				{Name: decide.GroupID, Type: "string", Description: "Flags of one group have the same users; usually the flag's name."},
			},
		},
		{Name: "default", DisplayName: "Standard", Description: new("On for everyone.")},
		{
			Name: "remoteAddress", DisplayName: "IPs", Description: new("On for requests from certain addresses."),
			Parameters: []flag.StrategyParameter{{Name: "IPs", Type: "list", Description: "Addresses and networks, such as 192.0.2.0/24.", Required: true}},
		},
		{
			Name: "applicationHostname", DisplayName: "Hosts", Description: new("On for applications on certain hosts."),
			Parameters: []flag.StrategyParameter{{Name: "hostNames", Type: "list", Description: "Names of hosts."}},
		},
	}
}

// FirstTokens are the secrets of API tokens that an instance begins with: for admins
// "*:*." and any text, for SDKs a project (or "*"), ":", an environment, "." and any text.
type FirstTokens struct {
	Admin, Backend, Frontend []string
}

// firstSecret is the form of the secrets of FirstTokens.
var firstSecret = regexp.MustCompile(`^([^:\s]+):([^:.\s]+)\.\S+$`)

// SeedTokens creates API tokens with given secrets, unless there are tokens already. A
// secret that is given twice makes one token.
// It is for who sets up an instance by its settings alone (INIT_ADMIN_API_TOKENS and the like, docs/operations.md): once there is a
// token, settings make no more.
//
// Faults: BadData, when a secret has not the right form, or opens what does not exist.
func (a *App) SeedTokens(ctx context.Context, first FirstTokens) error {
	var tokens []access.APIToken
	var secrets []string
	_, err := a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		tokens, secrets = nil, nil
		if d.TokenCount() > 0 {
			return nil
		}
		for _, family := range []struct {
			kind    access.TokenType
			secrets []string
		}{{access.TokenAdmin, first.Admin}, {access.TokenBackend, first.Backend}, {access.TokenFrontend, first.Frontend}} {
			for _, secret := range family.secrets {
				if slices.Contains(secrets, secret) {
					continue
				}
				token, err := firstToken(d.State, family.kind, secret)
				if err != nil {
					return err
				}
				a.addToken(d, &token, secret)
				tokens, secrets = append(tokens, token), append(secrets, secret)
			}
		}
		return nil
	}, func(tx *store.Tx) error {
		for i := range tokens {
			if err := a.keepSecret(tx, &tokens[i], secrets[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// firstToken returns the token that a secret stands for. No fault repeats the secret, for
// it may end up in a log.
// Environment and projects are read off the secret, as Unleash reads them.
func firstToken(s *state.State, kind access.TokenType, secret string) (access.APIToken, error) {
	parts := firstSecret.FindStringSubmatch(secret)
	if parts == nil {
		return access.APIToken{}, fault.New(fault.BadData, "The secret of a first %s token has not the form PROJECT:ENVIRONMENT.TEXT, such as *:development.some-text.", kind)
	}
	token := access.APIToken{
		Name: "first " + string(kind) + " token", Type: kind,
		Projects: []flag.ProjectID{flag.ProjectID(parts[1])}, Environment: flag.EnvironmentName(parts[2]),
	}
	if kind != access.TokenAdmin {
		return token, validateToken(s, &token)
	}
	if !token.AllProjects() || token.Environment != access.Any {
		return access.APIToken{}, fault.New(fault.BadData, "An admin token is for all projects and environments: its secret begins with *:*.")
	}
	return token, nil
}
