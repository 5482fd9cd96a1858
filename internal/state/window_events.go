package state

import (
	"fmt"

	"github.com/quorate/quorate/internal/window"
)

var (
	_ = register[EnvironmentWindowCreated]()
	_ = register[EnvironmentWindowUpdated]()
	_ = register[EnvironmentWindowDeleted]()
)

// EnvironmentWindowCreated gives the scope's environment a freeze or a maintenance window.
type EnvironmentWindowCreated struct {
	nothing
	Window window.Window `json:"window"`
}

// EventType returns "environment-window-created".
func (EnvironmentWindowCreated) EventType() string { return "environment-window-created" }

func (p EnvironmentWindowCreated) apply(s *State, at Place) error {
	if p.Window.ID != s.NextWindowID() {
		return fmt.Errorf("the next window is %d, not %d", s.NextWindowID(), p.Window.ID)
	}
	s.counters.Window = int64(p.Window.ID)
	return s.putWindow(p.Window, at)
}

// EnvironmentWindowUpdated changes a window, which stays in its environment.
type EnvironmentWindowUpdated struct {
	nothing
	Before window.Window `json:"before"`
	After  window.Window `json:"after"`
}

// EventType returns "environment-window-updated".
func (EnvironmentWindowUpdated) EventType() string { return "environment-window-updated" }

func (p EnvironmentWindowUpdated) apply(s *State, at Place) error {
	if s.Window(p.After.ID) == nil {
		return fmt.Errorf("there is no window %d", p.After.ID)
	}
	return s.putWindow(p.After, at)
}

// EnvironmentWindowDeleted ends a window.
type EnvironmentWindowDeleted struct {
	nothing
	Before window.Window `json:"before"`
}

// EventType returns "environment-window-deleted".
func (EnvironmentWindowDeleted) EventType() string { return "environment-window-deleted" }

func (p EnvironmentWindowDeleted) apply(s *State, _ Place) error {
	if s.Window(p.Before.ID) == nil {
		return fmt.Errorf("there is no window %d", p.Before.ID)
	}
	s.windows = s.windows.without(number(p.Before.ID))
	return nil
}

// putWindow stores a window, which a node can only keep if it knows its time zone: otherwise a freeze would
// be none there.
func (s *State) putWindow(w window.Window, at Place) error {
	if w.Environment != at.Environment || s.Environment(w.Environment) == nil {
		return fmt.Errorf("window %d of %q cannot be in the environment %q", w.ID, w.Environment, at.Environment)
	}
	if _, err := window.LoadZone(w.Zone); err != nil {
		return err
	}
	s.windows = s.windows.with(number(w.ID), &w)
	return nil
}
