package payload

import (
	"cmp"
	"slices"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// Set is everything that SDKs of one environment are sent, at one revision. It
// never changes; what is kept beside it is made from it alone.
type Set struct {
	environment flag.EnvironmentName
	// head is that of the last batch that changed something in the set.
	head    ledger.Head
	state   *state.State
	flags   []*Flag // sorted by name; no archived ones
	history history
	kept    kept
}

// newSet makes the set of an environment from a state. Its history begins here.
func newSet(s *state.State, env flag.EnvironmentName, segments func(flag.SegmentID) *segment) *Set {
	set := &Set{environment: env, head: s.Served(env), state: s}
	for f := range s.Flags() {
		if !f.Archived() {
			set.flags = append(set.flags, newFlag(f, env, segments))
		}
	}
	set.history = history{since: set.head.Revision}
	return set
}

// next returns the set after a change that touched what is listed.
func (s *Set) next(after *state.State, t touched, segments func(flag.SegmentID) *segment) *Set {
	// A flag whose segment has changed is compiled anew, but looks the same to SDKs.
	remade := slices.Clone(t.flags)
	for _, id := range t.segments {
		for name := range after.SegmentUsers(id) {
			if f := s.Flag(name); f != nil && f.uses(id) {
				remade = append(remade, name)
			}
		}
	}
	slices.Sort(remade)
	remade = slices.Compact(remade)

	next := &Set{environment: s.environment, head: after.Served(s.environment), state: after}
	next.flags = make([]*Flag, 0, len(s.flags)+len(remade))
	step := step{revision: next.head.Revision, segments: t.segments}
	from := 0
	for _, name := range remade {
		at, found := s.search(name)
		next.flags = append(next.flags, s.flags[from:at]...)
		from = at
		var before *sight
		if found {
			before = s.flags[at].sight()
			from++
		}
		if source := after.Flag(name); source != nil && !source.Archived() {
			next.flags = append(next.flags, newFlag(source, s.environment, segments))
		}
		if _, changed := slices.BinarySearch(t.flags, name); changed {
			step.flags = append(step.flags, flagStep{name, before})
		}
	}
	next.flags = append(next.flags, s.flags[from:]...)
	next.history = s.history.with(step)
	return next
}

// Head returns the head of the last batch that changed something in the set.
func (s *Set) Head() ledger.Head { return s.head }

// Flag returns the flag with a name, or nil if there is none or it is archived.
func (s *Set) Flag(name flag.Name) *Flag {
	if at, found := s.search(name); found {
		return s.flags[at]
	}
	return nil
}

// search returns the place of the flag with a name, and whether it is there.
func (s *Set) search(name flag.Name) (int, bool) {
	return slices.BinarySearchFunc(s.flags, name, func(f *Flag, name flag.Name) int {
		return cmp.Compare(f.source.Name, name)
	})
}

// compiled finds the flags that other flags depend on.
func (s *Set) compiled(name flag.Name) *evaluation.Flag {
	if f := s.Flag(name); f != nil {
		return f.answers().compiled
	}
	return nil
}

// Find returns the flag with a name if the query asks for it, else nil.
func (s *Set) Find(name flag.Name, q Query) *Flag {
	asked := q.filter()
	if f := s.Flag(name); f != nil && asked.sees(f) {
		return f
	}
	return nil
}
