package state

import (
	"fmt"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[EnvironmentCreated]()
	_ = register[EnvironmentUpdated]()
	_ = register[EnvironmentDeleted]()
)

// EnvironmentCreated makes an environment. Projects get it by events of their own.
type EnvironmentCreated struct {
	nothing
	Environment flag.Environment `json:"environment"`
}

// EventType returns "environment-created".
func (EnvironmentCreated) EventType() string { return "environment-created" }

func (p EnvironmentCreated) apply(s *State, _ Place) error {
	if s.Environment(p.Environment.Name) != nil {
		return fmt.Errorf("environment %q exists", p.Environment.Name)
	}
	s.environments = s.environments.with(string(p.Environment.Name), &p.Environment)
	return nil
}

// EnvironmentUpdated changes an environment's type, order, availability or predefined approvals.
type EnvironmentUpdated struct {
	nothing
	Before flag.Environment `json:"before"`
	After  flag.Environment `json:"after"`
}

// EventType returns "environment-updated".
func (EnvironmentUpdated) EventType() string { return "environment-updated" }

func (p EnvironmentUpdated) apply(s *State, _ Place) error {
	if s.Environment(p.After.Name) == nil {
		return fmt.Errorf("there is no environment %q", p.After.Name)
	}
	s.environments = s.environments.with(string(p.After.Name), &p.After)
	return nil
}

// EnvironmentDeleted removes an environment that no project uses any more.
type EnvironmentDeleted struct {
	nothing
	Before flag.Environment `json:"before"`
}

// EventType returns "environment-deleted".
func (EnvironmentDeleted) EventType() string { return "environment-deleted" }

func (p EnvironmentDeleted) apply(s *State, _ Place) error {
	for project := range s.Projects() {
		if project.In(p.Before.Name) != nil {
			return fmt.Errorf("project %q uses the environment %q", project.ID, p.Before.Name)
		}
	}
	s.environments = s.environments.without(string(p.Before.Name))
	return nil
}
