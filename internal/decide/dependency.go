package decide

import (
	"slices"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// AddDependency makes a flag depend on another of its project, or changes how it does.
// Dependencies are one level deep.
//
// Faults: NotFound and ArchivedFeature about the child; InvalidOperation when the parent
// is the flag itself, no active flag of the project, or has a parent, and when the child
// has children.
func AddDependency(d *Decision, project flag.ProjectID, child flag.Name, on flag.Dependency) error {
	if !on.Enabled || len(on.Variants) == 0 {
		on.Variants = nil // a parent that must be off has no variant
	}
	f, err := d.ActiveFeature(project, child)
	if err != nil {
		return err
	}
	if err := canDepend(d.State, f, on.Feature); err != nil {
		return err
	}
	before := dependencyOn(f, on.Feature)
	if before != nil && Same(*before, on) {
		return nil
	}
	d.Add(FeatureScope(f), state.FeatureDependencyAdded{Before: before, Dependency: on})
	return nil
}

// canDepend returns an InvalidOperation fault if a flag cannot depend on a parent.
func canDepend(s *state.State, child *flag.Flag, name flag.Name) error {
	refuse := func(format string, args ...any) error {
		return fault.New(fault.InvalidOperation, format, args...)
	}
	parent := s.Flag(name)
	switch {
	case name == child.Name:
		return refuse("A feature flag cannot depend on itself.")
	case parent == nil || parent.Archived():
		return refuse("No active feature %s exists", name)
	case parent.Project != child.Project:
		return refuse("Parent and child features should be in the same project")
	case len(parent.Dependencies) > 0:
		return refuse("Transitive dependency detected. Cannot add a dependency to the feature %s which has a parent of its own.", name)
	}
	for range s.Children(child.Name) {
		return refuse("Transitive dependency detected. Cannot add a dependency to the feature that other features depend on.")
	}
	return nil
}

// RemoveDependency ends a flag's dependency on one parent.
//
// Faults: NotFound, also if it does not depend on that one, and ArchivedFeature about the child.
func RemoveDependency(d *Decision, project flag.ProjectID, child, parent flag.Name) error {
	f, err := d.ActiveFeature(project, child)
	if err != nil {
		return err
	}
	before := dependencyOn(f, parent)
	if before == nil {
		return fault.New(fault.NotFound, "The flag %q does not depend on %q.", child, parent)
	}
	d.Add(FeatureScope(f), state.FeatureDependencyRemoved{Before: *before})
	return nil
}

// RemoveDependencies ends all dependencies of a flag.
//
// Faults: NotFound and ArchivedFeature about the child.
func RemoveDependencies(d *Decision, project flag.ProjectID, child flag.Name) error {
	f, err := d.ActiveFeature(project, child)
	if err != nil {
		return err
	}
	removeDependencies(d, f)
	return nil
}

func removeDependencies(d *Decision, f *flag.Flag) {
	if len(f.Dependencies) > 0 {
		d.Add(FeatureScope(f), state.FeatureDependenciesRemoved{Before: f.Dependencies})
	}
}

// dependencyOn returns a flag's dependency on a parent, or nil.
func dependencyOn(f *flag.Flag, parent flag.Name) *flag.Dependency {
	i := slices.IndexFunc(f.Dependencies, func(d flag.Dependency) bool { return d.Feature == parent })
	if i < 0 {
		return nil
	}
	return &f.Dependencies[i]
}
