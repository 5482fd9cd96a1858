package state

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[AddonConfigCreated]()
	_ = register[AddonConfigUpdated]()
	_ = register[AddonConfigDeleted]()
)

// Integration is where events are sent to, outside of Quorate, and which; Unleash's API calls it
// an addon. Its parameters (addresses, keys) are sealed outside the ledger.
type Integration struct {
	ID          int64   `json:"id"`
	Provider    string  `json:"provider"` // webhook, slack, …
	Description *string `json:"description,omitempty"`
	Enabled     bool    `json:"enabled"`
	// Events are the types of events that are sent.
	Events []string `json:"events"`
	// Projects and Environments narrow them: empty or * means all. Events that belong to no project, or to
	// no environment, are not narrowed by it.
	Projects     []flag.ProjectID       `json:"projects,omitempty"`
	Environments []flag.EnvironmentName `json:"environments,omitempty"`
	// Whole is set if an administrator has set it up: only then it is sent what belongs to no project,
	// which nobody else may read in the event log.
	Whole     bool      `json:"whole,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
}

// everything stands for all projects, or all environments.
const everything = "*"

// Wants reports whether an event is to be sent: of this type, in this place.
func (i *Integration) Wants(eventType string, at Scope) bool {
	return i.Enabled && slices.Contains(i.Events, eventType) && (at.Project != "" || i.Whole) &&
		among(i.Projects, at.Project) && among(i.Environments, at.Environment)
}

// among reports whether a list lets something in a place through, or what is in no place.
func among[T ~string](list []T, place T) bool {
	return place == "" || len(list) == 0 || slices.Contains(list, everything) || slices.Contains(list, place)
}

// Integration returns an integration or nil.
func (s *State) Integration(id int64) *Integration {
	i, _ := s.integrations.get(number(id))
	return i
}

// Integrations yields all integrations by id.
func (s *State) Integrations() iter.Seq[*Integration] { return s.integrations.values("") }

// IntegrationCount returns the number of integrations.
func (s *State) IntegrationCount() int { return s.integrations.len() }

// NextIntegrationID returns the id that the next integration gets.
func (s *State) NextIntegrationID() int64 { return s.counters.Integration + 1 }

// AddonConfigCreated makes an integration.
type AddonConfigCreated struct {
	nothing
	Integration Integration `json:"integration"`
}

// EventType returns "addon-config-created".
func (AddonConfigCreated) EventType() string { return "addon-config-created" }

func (p AddonConfigCreated) apply(s *State, _ Place) error {
	if p.Integration.ID <= s.counters.Integration {
		return fmt.Errorf("the id %d of an integration is used again", p.Integration.ID)
	}
	s.counters.Integration = p.Integration.ID
	s.integrations = s.integrations.with(number(p.Integration.ID), &p.Integration)
	return nil
}

// AddonConfigUpdated changes an integration.
type AddonConfigUpdated struct {
	nothing
	Before Integration `json:"before"`
	After  Integration `json:"after"`
	// Parameters are the names of the parameters that have other values now.
	Parameters []string `json:"parameters,omitempty"`
}

// EventType returns "addon-config-updated".
func (AddonConfigUpdated) EventType() string { return "addon-config-updated" }

func (p AddonConfigUpdated) apply(s *State, _ Place) error {
	if s.Integration(p.After.ID) == nil || p.Before.ID != p.After.ID {
		return fmt.Errorf("there is no integration %d", p.After.ID)
	}
	s.integrations = s.integrations.with(number(p.After.ID), &p.After)
	return nil
}

// AddonConfigDeleted removes an integration.
type AddonConfigDeleted struct {
	nothing
	Before Integration `json:"before"`
}

// EventType returns "addon-config-deleted".
func (AddonConfigDeleted) EventType() string { return "addon-config-deleted" }

func (p AddonConfigDeleted) apply(s *State, _ Place) error {
	if s.Integration(p.Before.ID) == nil {
		return errors.New("there is no such integration")
	}
	s.integrations = s.integrations.without(number(p.Before.ID))
	return nil
}
