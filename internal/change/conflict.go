package change

import (
	"github.com/quorate/quorate/internal/flag"
)

// Conflict says why a change cannot be applied: its target is gone. Feature tells that it
// is the whole flag, and so holds for every change of it.
type Conflict struct {
	Change  ID
	Feature bool
	Reason  string // without a full stop, as tools of the field expect
}

// ConflictsOf returns which changes have lost their target. What else stands in the way
// is found by trying.
func ConflictsOf(live Live, project flag.ProjectID, env flag.EnvironmentName, changes []Change) []Conflict {
	var all []Conflict
	for _, c := range changes {
		if c.Segment() != 0 {
			if live.Segment(c.Segment()) == nil {
				all = append(all, Conflict{Change: c.ID, Reason: "Segment has been deleted"})
			}
			continue
		}
		if reason := lost(live.Flag(c.Feature), project, env); reason != "" {
			all = append(all, Conflict{Change: c.ID, Feature: true, Reason: reason})
			continue
		}
		row := live.Flag(c.Feature).In(env)
		switch p := c.Payload.(type) {
		case UpdateStrategy:
			if row.Strategy(p.ID) == nil && !adds(changes, c.Feature, p.ID) {
				all = append(all, Conflict{Change: c.ID, Reason: "Strategy has been deleted"})
			}
		case DeleteStrategy:
			if row.Strategy(p.ID) == nil && !adds(changes, c.Feature, p.ID) {
				all = append(all, Conflict{Change: c.ID, Reason: "Strategy has been deleted"})
			}
		case ReorderStrategy:
			for _, o := range p.Order {
				if row.Strategy(o.ID) == nil && !adds(changes, c.Feature, o.ID) {
					all = append(all, Conflict{Change: c.ID, Reason: "A strategy has been deleted"})
					break
				}
			}
		}
	}
	return all
}

// lost says why a flag can no longer be changed there, or nothing.
func lost(f *flag.Flag, project flag.ProjectID, env flag.EnvironmentName) string {
	switch {
	case f == nil:
		return "Feature has been deleted"
	case f.Archived():
		return "Feature has been archived"
	case f.Project != project:
		return "Feature has been moved to another project"
	case f.In(env) == nil:
		return "The environment has been removed from the project"
	default:
		return ""
	}
}

// adds reports whether one of the changes gives the flag a strategy with the id.
func adds(changes []Change, feature flag.Name, id flag.StrategyID) bool {
	for _, c := range changes {
		if p, ok := c.Payload.(AddStrategy); ok && c.Feature == feature && p.Minted == id {
			return true
		}
	}
	return false
}
