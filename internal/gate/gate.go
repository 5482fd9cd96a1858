// Package gate says whether a write may go through: directly, as a bypass, or not
// at all.
//
// It is asked in one place, by the engine, about the events that a command was
// decided into. So it does not matter which door a command came in by, nor what
// it calls itself: what counts is what its events would change, and where. The
// table of all event types is in table.go and printed as docs/gate.md.
//
// Turning a refused command into a change request belongs in app; the life of a
// change request belongs in changerequest.
package gate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Verdict is the gate's answer.
type Verdict int

// The verdicts.
const (
	// Direct means that nothing protected is touched: write.
	Direct Verdict = iota
	// Bypass means that something protected is touched by someone who may: write,
	// and record it as a bypass.
	Bypass
)

// Place is an environment of a project.
type Place struct {
	Project     flag.ProjectID
	Environment flag.EnvironmentName
}

// Decision is a verdict with the protected places that were touched, sorted.
type Decision struct {
	Verdict Verdict
	Places  []Place
}

// Environments returns the names of the protected environments, sorted.
func (d Decision) Environments() []flag.EnvironmentName {
	var names []flag.EnvironmentName
	for _, p := range d.Places {
		names = append(names, p.Environment)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Ask decides about events that were decided on s but not yet written. It returns
// a Permission fault that names SKIP_CHANGE_REQUEST when a protected environment
// is touched and the actor may not bypass (reference/change-requests.md, section 1.10).
func Ask(s *state.State, actor access.Actor, events []state.Event) (Decision, error) {
	var touched []Place
	for _, e := range events {
		row, known := rows[e.Payload.EventType()]
		if !known {
			return Decision{}, fmt.Errorf("gate: no row says how to treat %s", e.Payload.EventType())
		}
		if row.places == nil {
			continue
		}
		for _, place := range row.places(s, e) {
			if _, protected := s.Protection(place.Project, place.Environment); !protected {
				continue
			}
			if !mayBypass(actor, place, row.wide) {
				return Decision{}, access.Denied(place.Environment, access.SkipChangeRequest)
			}
			touched = append(touched, place)
		}
	}
	if len(touched) == 0 {
		return Decision{Verdict: Direct}, nil
	}
	slices.SortFunc(touched, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Environment, b.Environment))
	})
	return Decision{Verdict: Bypass, Places: slices.Compact(touched)}, nil
}

// mayBypass reports whether the actor may write to the place without a change
// request. What acts in several environments at once (wide) asks for the
// permission in the whole project, which a grant bound to an environment is not.
func mayBypass(actor access.Actor, at Place, wide bool) bool {
	env := at.Environment
	if wide {
		env = ""
	}
	return actor.Can(at.Project, env, access.SkipChangeRequest)
}
