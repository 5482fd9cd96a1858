package app

import (
	"context"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// SegmentSettings are what a segment is made of.
type SegmentSettings struct {
	Name        string
	Description *string
	Project     *flag.ProjectID // nil: every project may use it
	Constraints []flag.Constraint
}

// CreateSegment makes a segment.
//
// Faults: BadData, NameExists, ExceedsLimit.
func (a *App) CreateSegment(ctx context.Context, c Caller, in SegmentSettings) (*flag.Segment, error) {
	var id flag.SegmentID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(owner(in.Project), "", access.CreateSegment, access.UpdateProjectSegment); err != nil {
			return err
		}
		if decide.Reached(d.SegmentCount(), d.Limits.Segments) {
			return flag.ExceedsLimit("segment", d.Limits.Segments)
		}
		id = d.NextSegmentID()
		segment := flag.Segment{ID: id, CreatedAt: d.Now, CreatedBy: string(d.Actor.Ref)}
		if err := a.fillSegment(d.State, &segment, in); err != nil {
			return err
		}
		d.Add(state.Scope{Project: owner(in.Project)}, state.SegmentCreated{Segment: segment})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Segment(id), nil
}

// UpdateSegment changes a segment.
//
// Faults: NotFound, BadData, also when the segment would belong to a project while
// another one uses it, NameExists.
func (a *App) UpdateSegment(ctx context.Context, c Caller, id flag.SegmentID, in SegmentSettings) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		before, err := Segment(d.State, id)
		if err != nil {
			return err
		}
		for _, project := range []flag.ProjectID{owner(before.Project), owner(in.Project)} {
			if err := d.Require(project, "", access.UpdateSegment, access.UpdateProjectSegment); err != nil {
				return err
			}
		}
		after := *before
		if err := a.fillSegment(d.State, &after, in); err != nil {
			return err
		}
		if after.Project != nil {
			for name := range d.SegmentUsers(id) {
				if f := d.Flag(name); f.Project != *after.Project {
					return fault.Field("/body/project", "The segment %q cannot belong to project %q: the flag %q of project %q uses it.", before.Name, *after.Project, name, f.Project)
				}
			}
		}
		if !decide.Same(*before, after) {
			d.Add(state.Scope{Project: owner(after.Project)}, state.SegmentUpdated{Before: *before, After: after})
		}
		return nil
	})
	return err
}

// fillSegment puts settings into a segment, if they are good.
func (a *App) fillSegment(s *state.State, segment *flag.Segment, in SegmentSettings) error {
	segment.Name, segment.Description, segment.Project, segment.Constraints = in.Name, in.Description, in.Project, in.Constraints
	if err := fault.Invalid(flag.ValidateSegment("/body", *segment, legalValues(s))...); err != nil {
		return err
	}
	if err := a.limits.CheckSegment("/body", *segment); err != nil {
		return err
	}
	if in.Project != nil {
		if p := s.Project(*in.Project); p == nil || p.Archived() {
			return fault.Field("/body/project", "There is no project %q.", *in.Project)
		}
	}
	return freeSegmentName(s, in.Name, segment.ID)
}

// ValidateSegmentName says whether a segment of this name could be created.
//
// Faults: BadData, NameExists.
func ValidateSegmentName(s *state.State, name string) error {
	if err := fault.Invalid(flag.ValidateName("/body/name", name)...); err != nil {
		return err
	}
	return freeSegmentName(s, name, 0)
}

// freeSegmentName returns a NameExists fault if another segment than the given one has the name.
func freeSegmentName(s *state.State, name string, except flag.SegmentID) error {
	for other := range s.Segments() {
		if other.Name == name && other.ID != except {
			return fault.New(fault.NameExists, "Segment name already exists")
		}
	}
	return nil
}

// DeleteSegment removes a segment that no strategy uses, archived flags included.
//
// Faults: NotFound, Conflict while it is used.
func (a *App) DeleteSegment(ctx context.Context, c Caller, id flag.SegmentID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		segment, err := Segment(d.State, id)
		if err != nil {
			return err
		}
		if err := d.Require(owner(segment.Project), "", access.DeleteSegment, access.UpdateProjectSegment); err != nil {
			return err
		}
		if users := slices.Collect(d.SegmentUsers(id)); len(users) > 0 {
			return fault.New(fault.Conflict, "The segment %q cannot be deleted: it is used by the flag %q and %d others. Archived flags count.", segment.Name, users[0], len(users)-1)
		}
		d.Add(state.Scope{Project: owner(segment.Project)}, state.SegmentDeleted{Before: *segment})
		return nil
	})
	return err
}

// Segment returns a segment.
//
// Faults: NotFound.
func Segment(s *state.State, id flag.SegmentID) (*flag.Segment, error) {
	if segment := s.Segment(id); segment != nil {
		return segment, nil
	}
	return nil, fault.New(fault.NotFound, "No segment exists with ID \"%d\"", id)
}

// owner returns the project to which something belongs, empty if it belongs to none.
func owner(project *flag.ProjectID) flag.ProjectID {
	if project == nil {
		return ""
	}
	return *project
}
