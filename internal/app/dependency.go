package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
)

// AddDependency makes a flag depend on another of its project, or changes how it does.
//
// Faults: those of decide.AddDependency.
func (a *App) AddDependency(ctx context.Context, c Caller, project flag.ProjectID, child flag.Name, on flag.Dependency) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeatureDependency); err != nil {
			return err
		}
		return decide.AddDependency(d, project, child, on)
	})
	return err
}

// RemoveDependency ends a flag's dependency on one parent.
//
// Faults: those of decide.RemoveDependency.
func (a *App) RemoveDependency(ctx context.Context, c Caller, project flag.ProjectID, child, parent flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeatureDependency); err != nil {
			return err
		}
		return decide.RemoveDependency(d, project, child, parent)
	})
	return err
}

// RemoveDependencies ends all dependencies of a flag.
//
// Faults: those of decide.RemoveDependencies.
func (a *App) RemoveDependencies(ctx context.Context, c Caller, project flag.ProjectID, child flag.Name) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeatureDependency); err != nil {
			return err
		}
		return decide.RemoveDependencies(d, project, child)
	})
	return err
}
