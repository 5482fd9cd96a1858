package decide

import (
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Feature returns a flag of a project, archived ones included.
//
// Faults: NotFound, which tells the other project if the flag is there.
func Feature(s *state.State, project flag.ProjectID, name flag.Name) (*flag.Flag, error) {
	f := s.Flag(name)
	switch {
	case f == nil:
		return nil, noFeature(name, project)
	case f.Project != project:
		return nil, fault.New(fault.NotFound, "There's no feature named %q in project %q, but there's a feature with that name in project %q", name, project, f.Project)
	default:
		return f, nil
	}
}

// noFeature is the fault about a flag that does not exist, as far as the reader may know.
func noFeature(name flag.Name, project flag.ProjectID) error {
	return fault.New(fault.NotFound, "There's no feature named %q in project %q.", name, project)
}

// ActiveFeature is Feature for writing: an archived flag is refused.
//
// Faults: NotFound, ArchivedFeature.
func ActiveFeature(s *state.State, project flag.ProjectID, name flag.Name) (*flag.Flag, error) {
	f, err := Feature(s, project, name)
	if err != nil {
		return nil, err
	}
	if f.Archived() {
		return nil, fault.New(fault.ArchivedFeature, "Cannot perform this operation on archived features")
	}
	return f, nil
}

// Feature is the function Feature for a name that the actor has written: where a flag is of which
// the actor may not know, there is none.
func (d *Decision) Feature(project flag.ProjectID, name flag.Name) (*flag.Flag, error) {
	if f := d.Flag(name); f != nil && f.Project != project && !d.MaySee(d.Actor, f.Project) {
		return nil, noFeature(name, project)
	}
	return Feature(d.State, project, name)
}

// ActiveFeature is the function ActiveFeature in the same way.
func (d *Decision) ActiveFeature(project flag.ProjectID, name flag.Name) (*flag.Flag, error) {
	if _, err := d.Feature(project, name); err != nil {
		return nil, err
	}
	return ActiveFeature(d.State, project, name)
}

// EachFeature calls fn for each named flag of a project as it is after the events so
// far. It stops at the first fault: NotFound, or what fn returns.
func EachFeature(d *Decision, project flag.ProjectID, names []flag.Name, fn func(*flag.Flag) error) error {
	for _, name := range names {
		f, err := d.Feature(project, name)
		if err != nil {
			return err
		}
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}

// FeatureScope is where events about a whole flag belong.
func FeatureScope(f *flag.Flag) state.Scope { return state.Scope{Project: f.Project, Feature: f.Name} }
