package decide

import (
	"slices"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Archive puts flags of a project away, which ends their dependencies. Flags that are
// archived already stay so.
//
// Faults: NotFound, and InvalidOperation when a flag that stays depends on one that goes.
func Archive(d *Decision, project flag.ProjectID, names []flag.Name) error {
	// Of a flag elsewhere nobody learns here whether others depend on it.
	if err := EachFeature(d, project, names, func(*flag.Flag) error { return nil }); err != nil {
		return err
	}
	if orphans := ParentsLeftBehind(d.State, names); len(orphans) == 1 {
		return fault.New(fault.InvalidOperation, "You can not archive/delete this feature since other features depend on it.")
	} else if len(orphans) > 1 {
		return fault.New(fault.InvalidOperation, "You can not archive/delete those features since other features depend on them.")
	}
	return EachFeature(d, project, names, func(f *flag.Flag) error {
		if f.Archived() {
			return nil
		}
		removeDependencies(d, f)
		d.Add(FeatureScope(f), state.FeatureArchived{})
		return nil
	})
}

// ParentsLeftBehind returns those of the named flags on which a flag depends that is
// not named, sorted: they cannot be archived.
func ParentsLeftBehind(s *state.State, names []flag.Name) []flag.Name {
	var parents []flag.Name
	for _, name := range names {
		for child := range s.Children(name) {
			if !slices.Contains(names, child) {
				parents = append(parents, name)
				break
			}
		}
	}
	slices.Sort(parents)
	return slices.Compact(parents)
}
