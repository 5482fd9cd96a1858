package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
)

// CreateSegment makes a segment.
//
// Faults: those of decide.CreateSegment.
func (a *App) CreateSegment(ctx context.Context, c Caller, in decide.SegmentSettings) (*flag.Segment, error) {
	var id flag.SegmentID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(decide.Owner(in.Project), "", access.CreateSegment, access.UpdateProjectSegment); err != nil {
			return err
		}
		var err error
		id, err = decide.CreateSegment(d, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Segment(id), nil
}

// UpdateSegment changes a segment. edit is handed the segment, and returns what it shall be made
// of; it must be pure. It takes the permission in the project that owns the segment, and in the
// one that will.
//
// Faults: those of decide.UpdateSegment.
func (a *App) UpdateSegment(ctx context.Context, c Caller, id flag.SegmentID, edit func(*flag.Segment) decide.SegmentSettings) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		before, err := decide.Segment(d.State, id)
		if err != nil {
			return err
		}
		in := edit(before)
		for _, project := range []flag.ProjectID{decide.Owner(before.Project), decide.Owner(in.Project)} {
			if err := d.Require(project, "", access.UpdateSegment, access.UpdateProjectSegment); err != nil {
				return err
			}
		}
		return decide.UpdateSegment(d, id, in)
	})
	return err
}

// DeleteSegment removes a segment that no strategy uses, archived flags included.
//
// Faults: those of decide.DeleteSegment.
func (a *App) DeleteSegment(ctx context.Context, c Caller, id flag.SegmentID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		segment, err := decide.Segment(d.State, id)
		if err != nil {
			return err
		}
		if err := d.Require(decide.Owner(segment.Project), "", access.DeleteSegment, access.UpdateProjectSegment); err != nil {
			return err
		}
		return decide.DeleteSegment(d, id)
	})
	return err
}
