package app

import (
	"context"
	"strconv"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// NewInstance is what a fresh instance begins with, besides what all begin with.
type NewInstance struct {
	Tokens []FirstToken
}

// FirstToken is an API token whose secret was chosen outside.
type FirstToken struct {
	Name        string
	Type        access.TokenType
	Project     flag.ProjectID // access.Any: every project
	Environment flag.EnvironmentName
	Digest      string // of the secret
	// Seal returns the secret, sealed for the id that the token gets.
	Seal func(id string) []byte
}

// sealedTokens is the kind of the boxes that hold the secrets of API tokens, by the
// token's id.
const sealedTokens = "api-token"

// CreateInstance begins an empty ledger with what a fresh Unleash has: the environments
// development and production, the project default, and a vocabulary. It reports whether
// it did so; a ledger that has begun already is left as it is.
//
// Faults: BadData for a token of a project or an environment that there is not.
func (a *App) CreateInstance(ctx context.Context, in NewInstance) (bool, error) {
	created := false
	boxes := make(map[string][]byte)
	_, err := a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decision) error {
		if created = d.Revision() == 0; !created {
			return nil
		}
		d.add(state.Scope{}, state.LedgerCreated{ID: d.newID(), Format: state.Format, FeatureTypes: flag.FeatureTypes()})
		firstPlaces(d)
		firstVocabulary(d)
		clear(boxes)
		for _, t := range in.Tokens {
			token, err := firstToken(d, t)
			if err != nil {
				return err
			}
			d.add(state.Scope{}, state.APITokenCreated{Token: token})
			id := strconv.FormatInt(token.ID, 10)
			boxes[id] = t.Seal(id)
		}
		return nil
	}, func(tx *store.Tx) error {
		for id, box := range boxes {
			if err := tx.PutSealed(sealedTokens, id, box); err != nil {
				return err
			}
		}
		return nil
	})
	return created && err == nil, err
}

// firstPlaces creates the environments and the project of a fresh instance.
func firstPlaces(d *decision) {
	development := flag.Environment{Name: "development", Type: "development", SortOrder: 2, Enabled: true}
	production := flag.Environment{Name: "production", Type: flag.Production, SortOrder: 3, Enabled: true}
	d.add(state.Scope{Environment: development.Name}, state.EnvironmentCreated{Environment: development})
	d.add(state.Scope{Environment: production.Name}, state.EnvironmentCreated{Environment: production})
	d.add(state.Scope{Project: "default"}, state.ProjectCreated{Project: flag.Project{
		ID:                "default",
		Name:              "Default",
		Mode:              flag.ModeOpen,
		DefaultStickiness: flag.DefaultStickiness,
		CreatedAt:         d.now,
		UpdatedAt:         d.now,
		Environments:      []flag.ProjectEnvironment{{Environment: development.Name}, {Environment: production.Name}},
	}})
}

// firstVocabulary creates the strategy types, context fields and the tag type of a
// fresh instance (reference/platform.md, sections 3.10 and 3.11).
func firstVocabulary(d *decision) {
	for _, t := range firstStrategyTypes() {
		d.add(state.Scope{}, state.StrategyTypeCreated{Strategy: t})
	}
	for i, f := range []struct {
		name, description string
		stickiness        bool
	}{
		{name: "environment", description: "Where the application runs."},
		{name: "userId", description: "Who uses the application."},
		{name: "appName", description: "Which application asks."},
		{name: "currentTime", description: "When it asks."},
		{name: "sessionId", description: "In which of the user's sessions.", stickiness: true},
	} {
		d.add(state.Scope{}, state.ContextFieldCreated{Field: flag.ContextField{
			Name: f.name, Description: &f.description, Stickiness: f.stickiness, SortOrder: i, CreatedAt: d.now,
		}})
	}
	description, icon, color := "For whatever one likes to find flags by.", "#", "#FFFFFF"
	d.add(state.Scope{}, state.TagTypeCreated{TagType: flag.TagType{
		Name: "simple", Description: &description, Icon: &icon, Color: &color,
	}})
}

// firstStrategyTypes lists the built-in strategy types, whose names and parameters SDKs know.
func firstStrategyTypes() []flag.StrategyType {
	text := func(s string) *string { return &s }
	return []flag.StrategyType{
		{
			Name: "flexibleRollout", DisplayName: "Gradual rollout",
			Description: text("On for a share of the users; the same users stay in it."),
			Parameters: []flag.StrategyParameter{
				{Name: "rollout", Type: "percentage", Description: "The share of users, in percent."},
				{Name: "stickiness", Type: "string", Description: "The context field that keeps a user on the same side."},
				{Name: "groupId", Type: "string", Description: "Flags with the same group have the same users; usually the flag's name."},
			},
		},
		{
			Name: "default", DisplayName: "Standard",
			Description: text("On for everyone."),
		},
		{
			Name: "remoteAddress", DisplayName: "IPs",
			Description: text("On for requests from certain addresses."),
			Parameters:  []flag.StrategyParameter{{Name: "IPs", Type: "list", Description: "Addresses and networks, such as 192.0.2.0/24."}},
		},
		{
			Name: "applicationHostname", DisplayName: "Hosts",
			Description: text("On for applications on certain hosts."),
			Parameters:  []flag.StrategyParameter{{Name: "hostNames", Type: "list", Description: "Names of hosts."}},
		},
	}
}

// firstToken returns the token that a fresh instance gets, if it can have it.
func firstToken(d *decision, t FirstToken) (access.APIToken, error) {
	if t.Type == access.TokenAdmin {
		if t.Project != access.Any || t.Environment != access.Any {
			return access.APIToken{}, fault.New(fault.BadData, "An admin token is for all projects and environments: *:*.TEXT.")
		}
	} else {
		if t.Project != access.Any && d.Project(t.Project) == nil {
			return access.APIToken{}, fault.New(fault.BadData, "A first token is for the project %q, but a fresh instance has only the project \"default\"; * stands for every project.", t.Project)
		}
		if d.Environment(t.Environment) == nil {
			return access.APIToken{}, fault.New(fault.BadData, "A first token is for the environment %q, but a fresh instance has only development and production.", t.Environment)
		}
	}
	return access.APIToken{
		ID:          d.NextTokenID(),
		Name:        t.Name,
		Type:        t.Type,
		Projects:    []flag.ProjectID{t.Project},
		Environment: t.Environment,
		Digest:      t.Digest,
		CreatedAt:   d.now,
	}, nil
}
