package state

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[ProjectCreated]()
	_ = register[ProjectUpdated]()
	_ = register[ProjectArchived]()
	_ = register[ProjectRevived]()
	_ = register[ProjectDeleted]()
	_ = register[ProjectEnvironmentAdded]()
	_ = register[ProjectEnvironmentRemoved]()
	_ = register[DefaultStrategyUpdated]()
)

// ProjectCreated makes a project, with its environments.
type ProjectCreated struct {
	nothing
	Project flag.Project `json:"project"`
}

// EventType returns "project-created".
func (ProjectCreated) EventType() string { return "project-created" }

func (p ProjectCreated) apply(s *State, _ Place) error {
	if s.Project(p.Project.ID) != nil {
		return fmt.Errorf("project %q exists", p.Project.ID)
	}
	for _, env := range p.Project.Environments {
		if s.Environment(env.Environment) == nil {
			return fmt.Errorf("there is no environment %q", env.Environment)
		}
	}
	s.putProject(&p.Project)
	return nil
}

// ProjectSettings are what an update of a project may change.
type ProjectSettings struct {
	Name              string              `json:"name"`
	Description       *string             `json:"description,omitempty"`
	Mode              flag.Mode           `json:"mode"`
	DefaultStickiness string              `json:"defaultStickiness"`
	FeatureLimit      *int                `json:"featureLimit,omitempty"`
	Naming            *flag.NamingRule    `json:"naming,omitempty"`
	LinkTemplates     []flag.LinkTemplate `json:"linkTemplates,omitempty"`
}

// SettingsOf returns the settings of a project.
func SettingsOf(p *flag.Project) ProjectSettings {
	return ProjectSettings{p.Name, p.Description, p.Mode, p.DefaultStickiness, p.FeatureLimit, p.Naming, p.LinkTemplates}
}

// ProjectUpdated changes the scope's project.
type ProjectUpdated struct {
	nothing
	Before ProjectSettings `json:"before"`
	After  ProjectSettings `json:"after"`
}

// EventType returns "project-updated".
func (ProjectUpdated) EventType() string { return "project-updated" }

func (p ProjectUpdated) apply(s *State, at Place) error {
	return s.editProject(at, func(to *flag.Project) error {
		to.Name, to.Description, to.Mode = p.After.Name, p.After.Description, p.After.Mode
		to.DefaultStickiness, to.FeatureLimit = p.After.DefaultStickiness, p.After.FeatureLimit
		to.Naming, to.LinkTemplates = p.After.Naming, p.After.LinkTemplates
		return nil
	})
}

// ProjectArchived puts the scope's project away. It has no active flags.
type ProjectArchived struct{ nothing }

// EventType returns "project-archived".
func (ProjectArchived) EventType() string { return "project-archived" }

func (ProjectArchived) apply(s *State, at Place) error {
	for f := range s.FlagsOf(at.Project) {
		if !f.Archived() {
			return fmt.Errorf("project %q has the active flag %q", at.Project, f.Name)
		}
	}
	return s.editProject(at, func(p *flag.Project) error {
		p.ArchivedAt = &at.At
		return nil
	})
}

// ProjectRevived takes the scope's project back into use.
type ProjectRevived struct{ nothing }

// EventType returns "project-revived".
func (ProjectRevived) EventType() string { return "project-revived" }

func (ProjectRevived) apply(s *State, at Place) error {
	return s.editProject(at, func(p *flag.Project) error {
		p.ArchivedAt = nil
		return nil
	})
}

// ProjectDeleted removes the scope's project for good, with its archived flags.
type ProjectDeleted struct {
	nothing
	Before flag.Project `json:"before"`
}

// EventType returns "project-deleted".
func (ProjectDeleted) EventType() string { return "project-deleted" }

func (p ProjectDeleted) apply(s *State, at Place) error {
	for _, f := range slices.Collect(s.FlagsOf(at.Project)) {
		if !f.Archived() {
			return fmt.Errorf("project %q has the active flag %q", at.Project, f.Name)
		}
		s.dropFlag(f)
	}
	s.dropProjectAccess(at.Project)
	s.projects = s.projects.without(string(at.Project))
	for key := range s.rules.prefix(pair(at.Project, "")) {
		s.rules = s.rules.without(key)
	}
	return nil
}

// ProjectEnvironmentAdded gives the scope's project the scope's environment, in
// which each of its flags is off.
type ProjectEnvironmentAdded struct {
	DefaultStrategy *flag.Strategy `json:"defaultStrategy,omitempty"`
}

// EventType returns "project-environment-added".
func (ProjectEnvironmentAdded) EventType() string { return "project-environment-added" }

// Touch returns every flag of the project in the environment.
func (ProjectEnvironmentAdded) Touch(at Scope) Touch {
	return Touch{Served: true, Environment: at.Environment, Project: at.Project}
}

func (p ProjectEnvironmentAdded) apply(s *State, at Place) error {
	if s.Environment(at.Environment) == nil {
		return fmt.Errorf("there is no environment %q", at.Environment)
	}
	err := s.editProject(at, func(to *flag.Project) error {
		if to.In(at.Environment) != nil {
			return fmt.Errorf("project %q has the environment %q", at.Project, at.Environment)
		}
		to.Environments = append(to.Environments, flag.ProjectEnvironment{Environment: at.Environment, DefaultStrategy: p.DefaultStrategy})
		slices.SortFunc(to.Environments, func(a, b flag.ProjectEnvironment) int {
			return strings.Compare(string(a.Environment), string(b.Environment))
		})
		return nil
	})
	if err != nil {
		return err
	}
	return s.editFlagsOf(at.Project, func(f *flag.Flag) {
		f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: at.Environment})
		slices.SortFunc(f.Environments, func(a, b flag.FlagEnvironment) int {
			return strings.Compare(string(a.Environment), string(b.Environment))
		})
	})
}

// ProjectEnvironmentRemoved takes the scope's environment from the scope's
// project, with its flags' configuration there.
type ProjectEnvironmentRemoved struct{}

// EventType returns "project-environment-removed".
func (ProjectEnvironmentRemoved) EventType() string { return "project-environment-removed" }

// Touch returns every flag of the project in the environment.
func (ProjectEnvironmentRemoved) Touch(at Scope) Touch {
	return Touch{Served: true, Environment: at.Environment, Project: at.Project}
}

func (ProjectEnvironmentRemoved) apply(s *State, at Place) error {
	err := s.editProject(at, func(p *flag.Project) error {
		if p.In(at.Environment) == nil {
			return fmt.Errorf("project %q has no environment %q", at.Project, at.Environment)
		}
		p.Environments = slices.DeleteFunc(p.Environments, func(e flag.ProjectEnvironment) bool { return e.Environment == at.Environment })
		return nil
	})
	if err != nil {
		return err
	}
	return s.editFlagsOf(at.Project, func(f *flag.Flag) {
		f.Environments = slices.DeleteFunc(f.Environments, func(e flag.FlagEnvironment) bool { return e.Environment == at.Environment })
	})
}

// DefaultStrategyUpdated sets what is added when a flag without a strategy is
// switched on in the scope's project and environment.
type DefaultStrategyUpdated struct {
	nothing
	Before *flag.Strategy `json:"before,omitempty"`
	After  *flag.Strategy `json:"after"`
}

// EventType returns "default-strategy-updated".
func (DefaultStrategyUpdated) EventType() string { return "default-strategy-updated" }

func (p DefaultStrategyUpdated) apply(s *State, at Place) error {
	return s.editProject(at, func(to *flag.Project) error {
		env := to.In(at.Environment)
		if env == nil {
			return fmt.Errorf("project %q has no environment %q", at.Project, at.Environment)
		}
		env.DefaultStrategy = p.After
		return nil
	})
}

func (s *State) putProject(p *flag.Project) {
	s.projects = s.projects.with(string(p.ID), p)
}

// editProject changes a copy of the scope's project, with Environments of its
// own, and stores it.
func (s *State) editProject(at Place, edit func(*flag.Project) error) error {
	old := s.Project(at.Project)
	if old == nil {
		return fmt.Errorf("there is no project %q", at.Project)
	}
	p := *old
	p.Environments = slices.Clone(old.Environments)
	if err := edit(&p); err != nil {
		return err
	}
	p.UpdatedAt = at.At
	s.putProject(&p)
	return nil
}

// editFlagsOf changes a copy of each flag of a project and stores it.
func (s *State) editFlagsOf(p flag.ProjectID, edit func(*flag.Flag)) error {
	for _, f := range slices.Collect(s.FlagsOf(p)) {
		err := s.changeFlag(f, func(f *flag.Flag) error {
			edit(f)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
