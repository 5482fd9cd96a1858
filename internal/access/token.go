package access

import (
	"slices"
	"time"

	"github.com/quorate/quorate/internal/flag"
)

// TokenType says which of the APIs a token opens.
type TokenType string

// The token types. Client is the old name of Backend; both mean the same everywhere.
const (
	TokenClient   TokenType = "client"
	TokenBackend  TokenType = "backend"
	TokenFrontend TokenType = "frontend"
	TokenAdmin    TokenType = "admin"
)

// Backend reports whether the token opens the client API.
func (t TokenType) Backend() bool { return t == TokenClient || t == TokenBackend }

// APIToken is a key for SDKs (client, backend, frontend) or tools (admin). The
// ledger keeps a keyed digest of the secret, never the secret.
type APIToken struct {
	ID          int64                `json:"id"`
	Name        string               `json:"name"`
	Type        TokenType            `json:"type"`
	Projects    []flag.ProjectID     `json:"projects"` // ["*"]: every project
	Environment flag.EnvironmentName `json:"environment"`
	Digest      string               `json:"digest"` // hex HMAC-SHA-256 of the secret
	Alias       *string              `json:"alias,omitempty"`
	CreatedAt   time.Time            `json:"createdAt"`
	ExpiresAt   *time.Time           `json:"expiresAt,omitempty"`
}

// AllProjects reports whether the token sees every project.
func (t *APIToken) AllProjects() bool { return slices.Contains(t.Projects, Any) }

// Expired reports whether the token has run out at the given time.
func (t *APIToken) Expired(now time.Time) bool {
	return t.ExpiresAt != nil && !t.ExpiresAt.After(now)
}
