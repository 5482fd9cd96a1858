package adminapi_test

import (
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// The secrets of the story's tokens 2, 3 and 4. Token 1 is an admin's, and its secret is not kept.
const (
	backendSecret  = "default:development.backend"
	frontendSecret = "*:production.frontend"
	severalSecret  = "[]:development.several"
)

// vocabularyStory is what else has happened before a test begins.
func vocabularyStory(keyring *identity.Keyring) []state.Event {
	var events []state.Event
	add := func(at state.Scope, p state.Payload) { events = append(events, state.Event{Scope: at, Payload: p}) }

	token := func(id int64, name string, kind access.TokenType, secret string, env flag.EnvironmentName, projects ...flag.ProjectID) {
		add(state.Scope{}, state.APITokenCreated{Token: access.APIToken{
			ID: id, Name: name, Type: kind, Projects: projects, Environment: env, Digest: keyring.Digest(secret), CreatedAt: began,
		}})
	}
	token(2, "shop", access.TokenBackend, backendSecret, "development", "default")
	token(3, "shop", access.TokenFrontend, frontendSecret, "production", access.Any)
	token(4, "several", access.TokenClient, severalSecret, "development", "default", "guarded")

	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{
		Name: "ours", Editable: true, Parameters: []flag.StrategyParameter{{Name: "seats", Type: "number", Required: true}},
	}})
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: "theirs", Editable: true, Deprecated: true}})
	guarded := flag.ProjectID("guarded")
	add(state.Scope{Project: guarded}, state.ContextFieldCreated{Field: flag.ContextField{Name: "tier", Description: new("What they pay"), Project: &guarded, SortOrder: 1, CreatedAt: began}})
	add(state.Scope{Project: guarded}, state.SegmentCreated{Segment: flag.Segment{ID: 4, Name: "vips", Description: new("The few"), Project: &guarded, CreatedAt: began, CreatedBy: "user:11"}})
	add(state.Scope{Project: "shelved"}, state.ProjectCreated{Project: flag.Project{
		ID: "shelved", Name: "Shelved", Mode: flag.ModeOpen, DefaultStickiness: "default", CreatedAt: began, UpdatedAt: began,
	}})
	add(state.Scope{Project: "shelved"}, state.ProjectArchived{})
	return events
}

func (w *world) mustKeepSecrets(t testing.TB, keyring *identity.Keyring) {
	t.Helper()
	err := w.db.Update(t.Context(), func(tx *store.Tx) error {
		for id, secret := range map[string]string{"2": backendSecret, "3": frontendSecret, "4": severalSecret} {
			if err := tx.PutSealed(store.APITokens, id, keyring.Seal(store.APITokens, id, []byte(secret))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
