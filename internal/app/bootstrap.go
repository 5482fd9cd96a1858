package app

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// The environments that an instance begins with.
const (
	development flag.EnvironmentName = "development"
	production  flag.EnvironmentName = "production"
)

// Bootstrap begins an empty ledger with what a fresh Unleash has (reference/platform.md,
// sections 3.3, 3.10 and 3.11). A ledger that has begun stays as it is, so any number of
// nodes may call it at once.
func (a *App) Bootstrap(ctx context.Context) error {
	_, err := a.do(ctx, Caller{Actor: access.System()}, func(d *decision) error {
		if d.LedgerID() != "" {
			return nil
		}
		d.add(state.Scope{}, state.LedgerCreated{ID: d.newID(), Format: state.Format, FeatureTypes: flag.FeatureTypes()})
		for _, env := range []flag.Environment{
			{Name: development, Type: "development", SortOrder: 2, Enabled: true},
			{Name: production, Type: flag.Production, SortOrder: 3, Enabled: true},
		} {
			d.add(state.Scope{Environment: env.Name}, state.EnvironmentCreated{Environment: env})
		}
		for _, t := range builtInStrategyTypes() {
			d.add(state.Scope{}, state.StrategyTypeCreated{Strategy: t})
		}
		for i, field := range []flag.ContextField{
			{Name: "environment", Description: new("The environment in which the application runs.")},
			{Name: "userId", Description: new("Who uses the application.")},
			{Name: "appName", Description: new("The application's name.")},
			{Name: "currentTime", Description: new("When a flag is evaluated.")},
			{Name: "sessionId", Description: new("The session of whoever uses the application."), Stickiness: true},
		} {
			field.SortOrder, field.CreatedAt = i, d.now
			d.add(state.Scope{}, state.ContextFieldCreated{Field: field})
		}
		d.add(state.Scope{}, state.TagTypeCreated{TagType: flag.TagType{
			Name: "simple", Description: new("Any word by which flags are found."), Icon: new("#"), Color: new("#FFFFFF"),
		}})
		d.add(state.Scope{Project: DefaultProject}, state.ProjectCreated{Project: flag.Project{
			ID: DefaultProject, Name: "Default", Description: new("The project that is always there."),
			Mode: flag.ModeOpen, DefaultStickiness: flag.DefaultStickiness, CreatedAt: d.now, UpdatedAt: d.now,
			Environments: []flag.ProjectEnvironment{{Environment: development}, {Environment: production}},
		}})
		return nil
	})
	return err
}

// builtInStrategyTypes are the strategy types that evaluation knows and that are not
// deprecated (reference/platform.md, section 3.11).
func builtInStrategyTypes() []flag.StrategyType {
	return []flag.StrategyType{
		{
			Name: flexibleRollout, DisplayName: "Gradual rollout", Description: new("Takes in a share of all users, and the same ones each time."),
			Parameters: []flag.StrategyParameter{
				{Name: rollout, Type: "percentage", Description: "How many of a hundred are taken in.", Required: true},
				{Name: stickiness, Type: "string", Description: "The context field that keeps users on the same side.", Required: true},
				{Name: groupID, Type: "string", Description: "Flags with the same group take in the same users.", Required: true},
			},
		},
		{Name: "default", DisplayName: "Standard", Description: new("Takes in everyone.")},
		{
			Name: "remoteAddress", DisplayName: "IPs", Description: new("Takes in those who call from certain addresses."),
			Parameters: []flag.StrategyParameter{{Name: "IPs", Type: "list", Description: "Addresses, or networks such as 10.0.0.0/8.", Required: true}},
		},
		{
			Name: "applicationHostname", DisplayName: "Hosts", Description: new("Takes in applications that run on certain hosts."),
			Parameters: []flag.StrategyParameter{{Name: "hostNames", Type: "list", Description: "Names of hosts.", Required: true}},
		},
	}
}

// FirstTokens are the secrets of API tokens that an instance begins with: for admins
// "*:*." and any text, for SDKs project (or "*"), ":", environment, "." and any text.
type FirstTokens struct {
	Admin, Backend, Frontend []string
}

// seedSecret is the form of the secrets of FirstTokens.
var seedSecret = regexp.MustCompile(`^([^:\s]+):([^:.\s]+)\.\S+$`)

// SeedTokens creates API tokens with given secrets, unless there are tokens already.
//
// Faults: BadData, when a secret has not the right form or names what does not exist.
func (a *App) SeedTokens(ctx context.Context, first FirstTokens) error {
	var tokens []*access.APIToken
	var secrets []string
	_, err := a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decision) error {
		tokens, secrets = nil, nil
		if d.TokenCount() > 0 {
			return nil
		}
		for _, group := range []struct {
			kind    access.TokenType
			secrets []string
		}{{access.TokenAdmin, first.Admin}, {access.TokenBackend, first.Backend}, {access.TokenFrontend, first.Frontend}} {
			for _, secret := range group.secrets {
				if slices.Contains(secrets, secret) {
					continue
				}
				token, err := seedToken(d.State, group.kind, secret)
				if err != nil {
					return err
				}
				a.addToken(d, token, secret)
				tokens, secrets = append(tokens, token), append(secrets, secret)
			}
		}
		return nil
	}, func(tx *store.Tx) error {
		for i, token := range tokens {
			if err := a.keepSecret(tx, token, secrets[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// seedToken returns the token that a given secret stands for. The secret is not told to
// anyone: it may end up in a log.
func seedToken(s *state.State, kind access.TokenType, secret string) (*access.APIToken, error) {
	refuse := func(format string, args ...any) (*access.APIToken, error) {
		return nil, fault.New(fault.BadData, "A first "+string(kind)+" token cannot be created: "+format, args...)
	}
	parts := seedSecret.FindStringSubmatch(secret)
	if parts == nil {
		return refuse("it must have the form PROJECT:ENVIRONMENT.TEXT, or *:*.TEXT for admins.")
	}
	token := &access.APIToken{
		Name: "first " + string(kind) + " token", Type: kind,
		Projects: []flag.ProjectID{flag.ProjectID(parts[1])}, Environment: flag.EnvironmentName(parts[2]),
	}
	all := strings.HasPrefix(secret, "*:*.")
	switch {
	case kind == access.TokenAdmin && !all:
		return refuse("it must begin with *:*.")
	case kind == access.TokenAdmin:
		return token, nil
	case s.Environment(token.Environment) == nil:
		return refuse("there is no environment %q.", token.Environment)
	case !token.AllProjects() && s.Project(token.Projects[0]) == nil:
		return refuse("there is no project %q.", token.Projects[0])
	default:
		return token, nil
	}
}
