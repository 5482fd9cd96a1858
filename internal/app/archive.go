package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// ArchiveFeatures puts flags of a project away, which ends their dependencies. Flags that
// are archived already stay so.
//
// Faults: NotFound, and InvalidOperation when a flag that stays depends on one that goes.
func (a *App) ArchiveFeatures(ctx context.Context, c Caller, project flag.ProjectID, names []flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error { return archive(d, project, names) })
	return err
}

// archive is decide.Archive for those who may.
func archive(d *decide.Decision, project flag.ProjectID, names []flag.Name) error {
	if err := d.Require(project, "", access.DeleteFeature); err != nil {
		return err
	}
	return decide.Archive(d, project, names)
}

// ReviveFeatures takes archived flags of a project back into use, off in every
// environment. Names that no archived flag of the project has are passed over.
//
// Faults: NotFound when the project is archived itself, InvalidOperation when it is full, ExceedsLimit.
func (a *App) ReviveFeatures(ctx context.Context, c Caller, project flag.ProjectID, names []flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		p, err := decide.ActiveProject(d.State, project)
		if err != nil {
			return err
		}
		for _, name := range names {
			f := archivedIn(d.State, project, name)
			if f == nil {
				continue
			}
			if err := roomForOneMore(d, p); err != nil {
				return err
			}
			d.Add(decide.FeatureScope(f), state.FeatureRevived{})
		}
		return nil
	})
	return err
}

// DeleteFeatures removes archived flags of a project for good. Names that no archived
// flag of the project has are passed over.
func (a *App) DeleteFeatures(ctx context.Context, c Caller, project flag.ProjectID, names []flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.DeleteFeature); err != nil {
			return err
		}
		for _, name := range names {
			if f := archivedIn(d.State, project, name); f != nil {
				d.Add(decide.FeatureScope(f), state.FeatureDeleted{Before: *f})
			}
		}
		return nil
	})
	return err
}

// archivedIn returns an archived flag of a project, or nil.
func archivedIn(s *state.State, project flag.ProjectID, name flag.Name) *flag.Flag {
	f := s.Flag(name)
	if f == nil || f.Project != project || !f.Archived() {
		return nil
	}
	return f
}
