package decide

import (
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// ActiveProject returns a project that is not archived.
//
// Faults: NotFound.
func ActiveProject(s *state.State, id flag.ProjectID) (*flag.Project, error) {
	p := s.Project(id)
	if p == nil || p.Archived() {
		return nil, fault.New(fault.NotFound, "Could not find project with id=%s", id)
	}
	return p, nil
}
