package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/window"
)

// CreateWindow gives an environment a freeze or a maintenance window. The id and the environment of w are not read.
// Schedules whose time it closes are suspended.
// Admins alone may: a window holds for all projects of the environment, or for some, also those whose owners would rather not have it.
//
// Faults: NotFound for the environment, BadData, ExceedsLimit.
func (a *App) CreateWindow(ctx context.Context, c Caller, env flag.EnvironmentName, w window.Window) (*window.Window, error) {
	var id window.ID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		if _, err := Environment(d.State, env); err != nil {
			return err
		}
		id = d.NextWindowID()
		created, err := settled(d, id, env, w)
		if err != nil {
			return err
		}
		if n := len(slices.Collect(d.WindowsOf(env))); n >= window.MaxPerEnvironment {
			return flag.ExceedsLimit("window", window.MaxPerEnvironment)
		}
		d.Add(state.Scope{Environment: env}, state.EnvironmentWindowCreated{Window: created})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Window(id), nil
}

// UpdateWindow puts another window in the place of one. Schedules whose time it closes are suspended.
// Nothing stays of the old one but its id. Which of the two is stricter does not matter for the permission.
//
// Faults: NotFound for the environment or the window, BadData.
func (a *App) UpdateWindow(ctx context.Context, c Caller, env flag.EnvironmentName, id window.ID, w window.Window) (*window.Window, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		before, err := windowOf(d.State, env, id)
		if err != nil {
			return err
		}
		after, err := settled(d, id, env, w)
		if err != nil {
			return err
		}
		if !decide.Same(*before, after) {
			d.Add(state.Scope{Environment: env}, state.EnvironmentWindowUpdated{Before: *before, After: after})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Window(id), nil
}

// DeleteWindow ends a window. When it was the last one for maintenance, the environment takes changes at any time
// that is not frozen.
//
// Faults: NotFound.
func (a *App) DeleteWindow(ctx context.Context, c Caller, env flag.EnvironmentName, id window.ID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		before, err := windowOf(d.State, env, id)
		if err != nil {
			return err
		}
		d.Add(state.Scope{Environment: env}, state.EnvironmentWindowDeleted{Before: *before})
		return nil
	})
	return err
}

// settled returns a window as it is stored, or what is wrong with it, by itself and beside the others.
// What contradicts another one is refused when it is set (docs/windows.md).
func settled(d *decide.Decision, id window.ID, env flag.EnvironmentName, w window.Window) (window.Window, error) {
	w.ID, w.Environment, w.Name = id, env, strings.TrimSpace(w.Name)
	w.Projects = slices.Compact(slices.Sorted(slices.Values(w.Projects)))
	for i, p := range w.Projects {
		if d.Project(p) == nil || !d.MaySee(d.Actor, p) {
			return w, fault.Field(fmt.Sprintf("/body/projects/%d", i), "There is no project %q.", p)
		}
	}
	if err := fault.Invalid(window.Validate("/body", w, d.Now)...); err != nil {
		return w, err
	}
	var others []*window.Window
	for other := range d.WindowsOf(env) {
		if other.ID != id {
			others = append(others, other)
		}
	}
	return w, fault.Invalid(window.Contradictions("/body", &w, others, d.Now)...)
}

// windowOf returns a window of an environment.
func windowOf(s *state.State, env flag.EnvironmentName, id window.ID) (*window.Window, error) {
	if _, err := Environment(s, env); err != nil {
		return nil, err
	}
	w := s.Window(id)
	if w == nil || w.Environment != env {
		return nil, fault.New(fault.NotFound, "The environment %q has no window with the id %d.", env, id)
	}
	return w, nil
}
