// Package window is when an environment takes changes: freezes, in which nothing is applied, and
// maintenance windows, outside of which nothing is.
//
// A window is said as people say it: by the clock on the wall of a place ("from 20 December, 00:00, for 14
// days, in Europe/Oslo, each year"), once or again and again. From that this package computes instants: what is
// open at a time, until when, and when it opens next. A time that the clock skips when summer begins is the moment
// at which it does, and one that it shows twice when summer ends is the first of the two
// (docs/adr/0027-windows-by-the-wall-clock.md).
//
// What a closed environment means for a write does not belong here but in gate; who may make windows
// belongs in app.
package window

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// ID identifies a window: a counter of the ledger, never reused.
type ID int64

// Kind says what a window does.
type Kind string

// The kinds.
const (
	Freeze      Kind = "freeze"      // within it, nothing is applied
	Maintenance Kind = "maintenance" // where there are such, nothing is applied outside of them
)

// Window is a time, or one that comes again, in which an environment is frozen or takes changes.
type Window struct {
	ID          ID                   `json:"id"`
	Environment flag.EnvironmentName `json:"environment"`
	// Projects are those in which the window counts, sorted; none: all.
	Projects []flag.ProjectID `json:"projects,omitempty"`
	Kind     Kind             `json:"kind"`
	Name     string           `json:"name"`
	// Start is when it begins first, and Minutes how long it is, both by the clock on the wall.
	Start   Wall `json:"start"`
	Minutes int  `json:"durationMinutes"`
	// Zone is where that wall is: a name of the IANA.
	Zone       string      `json:"zone"`
	Recurrence *Recurrence `json:"recurrence,omitempty"` // nil: once
}

// In reports whether the window counts in a project.
func (w *Window) In(p flag.ProjectID) bool {
	return len(w.Projects) == 0 || slices.Contains(w.Projects, p)
}

// The bounds of a window.
const (
	maxName    = 100 // characters
	MaxMinutes = 366 * 24 * 60
	// MaxPerEnvironment is how many windows an environment can have.
	MaxPerEnvironment = 50
)

// Validate returns what is wrong with a window by itself. It must not be over at a time. Paths begin with at.
func Validate(at string, w Window, now time.Time) []fault.Detail {
	var wrong []fault.Detail
	say := func(field, sentence string, args ...any) {
		wrong = append(wrong, fault.Detail{Path: at + field, Message: fmt.Sprintf(sentence, args...)})
	}
	if w.Kind != Freeze && w.Kind != Maintenance {
		say("/kind", "A window is a %q or a %q, not %q.", Freeze, Maintenance, w.Kind)
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(w.Name)); n == 0 || n > maxName || strings.ContainsFunc(w.Name, isControl) {
		say("/name", "The name of a window has 1 to %d characters in one line.", maxName)
	}
	if !w.Start.valid() {
		say("/start", "A window starts at a time on the wall, without an offset, such as 2026-12-20T00:00. You sent %q.", w.Start)
	}
	if _, err := LoadZone(w.Zone); err != nil {
		say("/zone", "There is no time zone %q. Names are those of the IANA, such as Europe/Oslo.", w.Zone)
	}
	longest := MaxMinutes
	if w.Recurrence != nil {
		wrong = append(wrong, w.Recurrence.validate(at+"/recurrence")...)
		longest = w.Recurrence.longest()
	}
	if w.Minutes < 1 || w.Minutes > longest {
		say("/durationMinutes", "This window lasts 1 to %d minutes. You sent %d.", longest, w.Minutes)
	}
	if len(wrong) > 0 {
		return wrong
	}
	if _, ever := w.Next(now); !ever {
		field := "/start"
		if w.Recurrence != nil {
			field = "/recurrence"
		}
		say(field, "This window is over, or it never happens.")
	}
	return wrong
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
