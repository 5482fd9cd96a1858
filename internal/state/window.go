package state

import (
	"iter"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/window"
)

// NextWindowID returns the id that the next window gets.
func (s *State) NextWindowID() window.ID { return window.ID(s.counters.Window + 1) }

// Window returns a window or nil.
func (s *State) Window(id window.ID) *window.Window {
	w, _ := s.windows.get(number(id))
	return w
}

// Windows yields all windows by id.
func (s *State) Windows() iter.Seq[*window.Window] { return s.windows.values("") }

// WindowCount returns the number of windows.
func (s *State) WindowCount() int { return s.windows.len() }

// WindowsOf yields the windows of an environment, whatever projects they count in, by id.
func (s *State) WindowsOf(env flag.EnvironmentName) iter.Seq[*window.Window] {
	return func(yield func(*window.Window) bool) {
		for w := range s.Windows() {
			if w.Environment == env && !yield(w) {
				return
			}
		}
	}
}

// WindowsIn returns the windows that count in an environment of a project.
func (s *State) WindowsIn(p flag.ProjectID, env flag.EnvironmentName) window.Set {
	var set window.Set
	for w := range s.WindowsOf(env) {
		if w.In(p) {
			set = append(set, w)
		}
	}
	return set
}
