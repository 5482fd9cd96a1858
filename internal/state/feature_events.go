package state

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[FeatureCreated]()
	_ = register[FeatureMetadataUpdated]()
	_ = register[FeatureStaleOn]()
	_ = register[FeatureStaleOff]()
	_ = register[FeatureArchived]()
	_ = register[FeatureRevived]()
	_ = register[FeatureDeleted]()
	_ = register[FeatureProjectChange]()
	_ = register[FeatureCompleted]()
	_ = register[FeatureUncompleted]()
	_ = register[FeatureDependencyAdded]()
	_ = register[FeatureDependencyRemoved]()
	_ = register[FeatureDependenciesRemoved]()
	_ = register[FeatureTagged]()
	_ = register[FeatureUntagged]()
	_ = register[FeatureLinkAdded]()
	_ = register[FeatureLinkUpdated]()
	_ = register[FeatureLinkRemoved]()
	_ = register[FeaturesImported]()
)

// FeatureCreated makes a flag, with its rows for the environments of its project.
type FeatureCreated struct {
	oneFlag
	Flag flag.Flag `json:"flag"`
}

// EventType returns "feature-created".
func (FeatureCreated) EventType() string { return "feature-created" }

func (p FeatureCreated) apply(s *State, at Place) error {
	switch {
	case p.Flag.Name != at.Feature || p.Flag.Project != at.Project:
		return fmt.Errorf("its scope is flag %q of project %q, not flag %q of project %q", at.Feature, at.Project, p.Flag.Name, p.Flag.Project)
	case s.Flag(p.Flag.Name) != nil:
		return fmt.Errorf("flag %q exists", p.Flag.Name)
	}
	if err := s.needRows(&p.Flag, p.Flag.Project); err != nil {
		return err
	}
	for _, env := range p.Flag.Environments {
		for _, strategy := range env.Strategies {
			if err := s.needSegments(strategy); err != nil {
				return err
			}
		}
	}
	for _, d := range p.Flag.Dependencies {
		if s.Flag(d.Feature) == nil {
			return fmt.Errorf("there is no flag %q", d.Feature)
		}
	}
	for _, t := range p.Flag.Tags {
		if !s.HasTag(t) {
			return fmt.Errorf("there is no tag %s:%s", t.Type, t.Value)
		}
	}
	s.putFlag(&p.Flag)
	return nil
}

// needRows returns an error unless the flag has a row for each environment of the
// project and no other. A row for a place that is not the project's could come to
// life later, when nobody is asked any more.
func (s *State) needRows(f *flag.Flag, id flag.ProjectID) error {
	p := s.Project(id)
	if p == nil {
		return fmt.Errorf("there is no project %q", id)
	}
	same := slices.EqualFunc(f.Environments, p.Environments, func(a flag.FlagEnvironment, b flag.ProjectEnvironment) bool {
		return a.Environment == b.Environment
	})
	if !same {
		return fmt.Errorf("flag %q does not have the environments of project %q", f.Name, id)
	}
	return nil
}

// Metadata is what describes a flag and says nothing about who gets it.
type Metadata struct {
	Type           string  `json:"type"`
	Description    *string `json:"description,omitempty"`
	ImpressionData bool    `json:"impressionData,omitempty"`
}

// MetadataOf returns a flag's metadata.
func MetadataOf(f *flag.Flag) Metadata { return Metadata{f.Type, f.Description, f.ImpressionData} }

// FeatureMetadataUpdated changes the scope's flag's metadata.
type FeatureMetadataUpdated struct {
	oneFlag
	Before Metadata `json:"before"`
	After  Metadata `json:"after"`
}

// EventType returns "feature-metadata-updated".
func (FeatureMetadataUpdated) EventType() string { return "feature-metadata-updated" }

func (p FeatureMetadataUpdated) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Type, f.Description, f.ImpressionData = p.After.Type, p.After.Description, p.After.ImpressionData
		return nil
	})
}

// FeatureStaleOn marks the scope's flag as stale.
type FeatureStaleOn struct{ oneFlag }

// EventType returns "feature-stale-on".
func (FeatureStaleOn) EventType() string { return "feature-stale-on" }

func (FeatureStaleOn) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error { f.Stale = true; return nil })
}

// FeatureStaleOff takes the mark of FeatureStaleOn away.
type FeatureStaleOff struct{ oneFlag }

// EventType returns "feature-stale-off".
func (FeatureStaleOff) EventType() string { return "feature-stale-off" }

func (FeatureStaleOff) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error { f.Stale = false; return nil })
}

// FeatureCompleted declares the work of the scope's flag done. One that was declared so before
// keeps the date.
type FeatureCompleted struct {
	nothing
	Status flag.Outcome `json:"status"`
	Value  string       `json:"value,omitempty"`
}

// EventType returns "feature-completed".
func (FeatureCompleted) EventType() string { return "feature-completed" }

func (p FeatureCompleted) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		done := flag.Completion{At: at.At, Status: p.Status, Value: p.Value}
		if f.Completed != nil {
			done.At = f.Completed.At
		}
		f.Completed = &done
		return nil
	})
}

// FeatureUncompleted takes FeatureCompleted back.
type FeatureUncompleted struct{ nothing }

// EventType returns "feature-uncompleted".
func (FeatureUncompleted) EventType() string { return "feature-uncompleted" }

func (FeatureUncompleted) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error { f.Completed = nil; return nil })
}

// FeatureArchived puts the scope's flag away: it is no longer served.
type FeatureArchived struct{}

// EventType returns "feature-archived".
func (FeatureArchived) EventType() string { return "feature-archived" }

// Touch returns the flag as removed from its project.
func (FeatureArchived) Touch(at Scope) Touch {
	return Touch{Served: true, Feature: at.Feature, RemovedFrom: at.Project}
}

func (FeatureArchived) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error { f.ArchivedAt = &at.At; return nil })
}

// FeatureRevived takes the scope's flag back into use, off everywhere.
type FeatureRevived struct{ oneFlag }

// EventType returns "feature-revived".
func (FeatureRevived) EventType() string { return "feature-revived" }

func (FeatureRevived) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.ArchivedAt, f.Completed = nil, nil
		for i := range f.Environments {
			f.Environments[i].Enabled = false
		}
		return nil
	})
}

// FeatureDeleted removes an archived flag for good. SDKs have not seen it since it
// was archived.
type FeatureDeleted struct {
	nothing
	Before flag.Flag `json:"before"`
}

// EventType returns "feature-deleted".
func (FeatureDeleted) EventType() string { return "feature-deleted" }

func (FeatureDeleted) apply(s *State, at Place) error {
	f, err := s.scoped(at)
	if err != nil {
		return err
	}
	if !f.Archived() {
		return fmt.Errorf("flag %q is not archived", at.Feature)
	}
	s.dropFlag(f)
	return nil
}

// FeatureProjectChange moves the scope's flag into the scope's project, which has the
// same environments.
type FeatureProjectChange struct {
	OldProject flag.ProjectID `json:"oldProject"`
}

// EventType returns "feature-project-change".
func (FeatureProjectChange) EventType() string { return "feature-project-change" }

// Touch returns the flag as changed, and as removed from the old project.
func (p FeatureProjectChange) Touch(at Scope) Touch {
	return Touch{Served: true, Feature: at.Feature, RemovedFrom: p.OldProject}
}

func (p FeatureProjectChange) apply(s *State, at Place) error {
	to := at.Project
	at.Project = p.OldProject
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Project = to
		return s.needRows(f, to)
	})
}

// FeatureDependencyAdded makes the scope's flag depend on another, or changes how it does.
type FeatureDependencyAdded struct {
	oneFlag
	Before     *flag.Dependency `json:"before,omitempty"`
	Dependency flag.Dependency  `json:"dependency"`
}

// EventType returns "feature-dependency-added".
func (FeatureDependencyAdded) EventType() string { return "feature-dependency-added" }

func (p FeatureDependencyAdded) apply(s *State, at Place) error {
	if s.Flag(p.Dependency.Feature) == nil {
		return fmt.Errorf("there is no flag %q", p.Dependency.Feature)
	}
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Dependencies = append(withoutParent(f, p.Dependency.Feature), p.Dependency)
		slices.SortFunc(f.Dependencies, func(a, b flag.Dependency) int {
			return strings.Compare(string(a.Feature), string(b.Feature))
		})
		return nil
	})
}

// FeatureDependencyRemoved ends the scope's flag's dependency on one parent.
type FeatureDependencyRemoved struct {
	oneFlag
	Before flag.Dependency `json:"before"`
}

// EventType returns "feature-dependency-removed".
func (FeatureDependencyRemoved) EventType() string { return "feature-dependency-removed" }

func (p FeatureDependencyRemoved) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Dependencies = withoutParent(f, p.Before.Feature)
		return nil
	})
}

// FeatureDependenciesRemoved ends all dependencies of the scope's flag.
type FeatureDependenciesRemoved struct {
	oneFlag
	Before []flag.Dependency `json:"before"`
}

// EventType returns "feature-dependencies-removed".
func (FeatureDependenciesRemoved) EventType() string { return "feature-dependencies-removed" }

func (FeatureDependenciesRemoved) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error { f.Dependencies = nil; return nil })
}

// FeatureTagged puts a tag on the scope's flag.
type FeatureTagged struct {
	oneFlag
	Tag flag.Tag `json:"tag"`
}

// EventType returns "feature-tagged".
func (FeatureTagged) EventType() string { return "feature-tagged" }

func (p FeatureTagged) apply(s *State, at Place) error {
	if !s.HasTag(p.Tag) {
		return fmt.Errorf("there is no tag %s:%s", p.Tag.Type, p.Tag.Value)
	}
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Tags = append(without(f.Tags, func(t flag.Tag) bool { return t == p.Tag }), p.Tag)
		slices.SortFunc(f.Tags, func(a, b flag.Tag) int {
			return strings.Compare(pair(a.Type, a.Value), pair(b.Type, b.Value))
		})
		return nil
	})
}

// FeatureUntagged takes a tag from the scope's flag.
type FeatureUntagged struct {
	oneFlag
	Tag flag.Tag `json:"tag"`
}

// EventType returns "feature-untagged".
func (FeatureUntagged) EventType() string { return "feature-untagged" }

func (p FeatureUntagged) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Tags = without(f.Tags, func(t flag.Tag) bool { return t == p.Tag })
		return nil
	})
}

// FeatureLinkAdded puts a link on the scope's flag.
type FeatureLinkAdded struct {
	nothing
	Link flag.Link `json:"link"`
}

// EventType returns "feature-link-added".
func (FeatureLinkAdded) EventType() string { return "feature-link-added" }

func (p FeatureLinkAdded) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Links = append(slices.Clone(f.Links), p.Link)
		return nil
	})
}

// FeatureLinkUpdated changes a link of the scope's flag.
type FeatureLinkUpdated struct {
	nothing
	Before flag.Link `json:"before"`
	After  flag.Link `json:"after"`
}

// EventType returns "feature-link-updated".
func (FeatureLinkUpdated) EventType() string { return "feature-link-updated" }

func (p FeatureLinkUpdated) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Links = slices.Clone(f.Links)
		i := slices.IndexFunc(f.Links, func(l flag.Link) bool { return l.ID == p.After.ID })
		if i < 0 {
			return fmt.Errorf("flag %q has no link %q", at.Feature, p.After.ID)
		}
		f.Links[i] = p.After
		return nil
	})
}

// FeatureLinkRemoved takes a link from the scope's flag.
type FeatureLinkRemoved struct {
	nothing
	Before flag.Link `json:"before"`
}

// EventType returns "feature-link-removed".
func (FeatureLinkRemoved) EventType() string { return "feature-link-removed" }

func (p FeatureLinkRemoved) apply(s *State, at Place) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		f.Links = without(f.Links, func(l flag.Link) bool { return l.ID == p.Before.ID })
		return nil
	})
}

// withoutParent returns a copy of the flag's dependencies without the one on a parent.
func withoutParent(f *flag.Flag, parent flag.Name) []flag.Dependency {
	return without(f.Dependencies, func(d flag.Dependency) bool { return d.Feature == parent })
}

// without returns a copy of list without the elements that drop names.
func without[T any](list []T, drop func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// FeaturesImported says that the events beside it are an import into the scope's environment. What it
// led to, they say.
type FeaturesImported struct {
	nothing
	Features []flag.Name `json:"features,omitempty"` // those that changed, in the order of the import
}

// EventType returns "features-imported".
func (FeaturesImported) EventType() string { return "features-imported" }

func (FeaturesImported) apply(*State, Place) error { return nil }
