package state

import (
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[APITokenCreated]()
	_ = register[APITokenUpdated]()
	_ = register[APITokenDeleted]()
)

// APITokenCreated makes an API token known by the digest of its secret.
type APITokenCreated struct {
	nothing
	Token access.APIToken `json:"token"`
}

// EventType returns "api-token-created".
func (APITokenCreated) EventType() string { return "api-token-created" }

func (p APITokenCreated) apply(s *State, _ Place) error {
	if want := s.NextTokenID(); p.Token.ID != want {
		return fmt.Errorf("the token's id is %d, the next one is %d", p.Token.ID, want)
	}
	s.counters.Token = p.Token.ID
	s.putToken(&p.Token)
	return nil
}

// APITokenUpdated changes when a token expires, or which projects it opens.
type APITokenUpdated struct {
	nothing
	ID     int64      `json:"id"`
	Name   string     `json:"name"`
	Before *time.Time `json:"before,omitempty"`
	After  *time.Time `json:"after,omitempty"`
	// The projects before and after; empty: they stay.
	ProjectsBefore []flag.ProjectID `json:"projectsBefore,omitempty"`
	ProjectsAfter  []flag.ProjectID `json:"projectsAfter,omitempty"`
}

// EventType returns "api-token-updated".
func (APITokenUpdated) EventType() string { return "api-token-updated" }

func (p APITokenUpdated) apply(s *State, _ Place) error {
	old := s.Token(p.ID)
	if old == nil {
		return fmt.Errorf("there is no API token %d", p.ID)
	}
	t := *old
	t.ExpiresAt = p.After
	if len(p.ProjectsAfter) > 0 {
		t.Projects = p.ProjectsAfter
	}
	s.putToken(&t)
	return nil
}

// APITokenDeleted makes a token worthless.
type APITokenDeleted struct {
	nothing
	Before access.APIToken `json:"before"`
}

// EventType returns "api-token-deleted".
func (APITokenDeleted) EventType() string { return "api-token-deleted" }

func (p APITokenDeleted) apply(s *State, _ Place) error {
	old := s.Token(p.Before.ID)
	if old == nil {
		return fmt.Errorf("there is no API token %d", p.Before.ID)
	}
	s.tokens = s.tokens.without(number(old.ID))
	s.tokensByDigest = s.tokensByDigest.without(old.Digest)
	return nil
}

func (s *State) putToken(t *access.APIToken) {
	s.tokens = s.tokens.with(number(t.ID), t)
	s.tokensByDigest = s.tokensByDigest.with(t.Digest, t)
}
