package window

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// Set is the windows that count in one environment of a project.
type Set []*Window

// Closure says why an environment takes no changes at a time, and when it does again.
type Closure struct {
	Environment flag.EnvironmentName
	// Freeze is the freeze that closes it; nil: it is outside of its maintenance windows.
	Freeze *Occurrence
	// Opens is the next time at which changes can be applied; zero: there is none in sight.
	Opens time.Time
	// By is the window that decides about that time: the freeze that ends, or the maintenance window that begins.
	By *Window
}

// Closed returns why nothing may be applied at a time, or nil if it may.
func (s Set) Closed(t time.Time) *Closure {
	if len(s) == 0 {
		return nil
	}
	freeze, frozen := s.at(Freeze, t)
	if !frozen && s.takes(t) {
		return nil
	}
	c := Closure{Environment: s[0].Environment}
	if frozen {
		c.Freeze = &freeze
	}
	c.Opens, c.By = s.opens(t)
	return &c
}

// takes reports whether no maintenance window forbids a time: there are none, or it is within one.
func (s Set) takes(t time.Time) bool {
	_, within := s.at(Maintenance, t)
	return within || !slices.ContainsFunc(s, func(w *Window) bool { return w.Kind == Maintenance })
}

// at returns the occurrence of a kind at a time that ends last, and whether there is one.
func (s Set) at(kind Kind, t time.Time) (Occurrence, bool) {
	var found Occurrence
	for _, w := range s {
		if w.Kind != kind {
			continue
		}
		for o := range w.Occurrences(t, t.Add(1)) {
			if o.End.After(found.End) {
				found = o
			}
		}
	}
	return found, found.Window != nil
}

// opens returns the first time from t on at which changes can be applied, and the window that decides about it;
// the zero time if there is none within the horizon.
func (s Set) opens(t time.Time) (time.Time, *Window) {
	var by *Window
	for until := t.Add(horizon); t.Before(until); {
		if freeze, frozen := s.at(Freeze, t); frozen {
			t, by = freeze.End, freeze.Window
			continue
		}
		if s.takes(t) {
			return t, by
		}
		var next Occurrence
		for _, w := range s {
			if w.Kind != Maintenance {
				continue
			}
			if o, ok := w.Next(t); ok && (next.Window == nil || o.Begin.Before(next.Begin)) {
				next = o
			}
		}
		if next.Window == nil {
			break
		}
		t, by = next.Begin, next.Window
	}
	return time.Time{}, nil
}

// Sentence says why the environment is closed and when it opens, in UTC and in the window's zone.
func (c *Closure) Sentence() string {
	if c.Freeze == nil {
		sentence := fmt.Sprintf("The environment %q takes changes in its maintenance windows only.", c.Environment)
		if c.By == nil {
			return sentence + " None of them opens again; an admin can add one."
		}
		return sentence + fmt.Sprintf(" The next opening is at %s, by the window %q.", c.By.shows(c.Opens), c.By.Name)
	}
	sentence := fmt.Sprintf("The environment %q is frozen by the window %q until %s.", c.Environment, c.Freeze.Window.Name, c.Freeze.Window.shows(c.Freeze.End))
	switch {
	case c.By == nil:
		sentence += " No maintenance window opens after that; an admin can add one."
	case !c.Opens.Equal(c.Freeze.End):
		sentence += fmt.Sprintf(" The next opening is at %s.", c.By.shows(c.Opens))
	}
	return sentence
}

// shows writes a time in UTC and in the zone of the window.
func (w *Window) shows(t time.Time) string { return Clock(t, w.Zone) }

// Clock writes a time in UTC, and in the time zone with a name if there is one.
func Clock(t time.Time, zone string) string {
	const form = "2006-01-02 15:04"
	text := t.UTC().Format(form) + " UTC"
	if location, err := LoadZone(zone); err == nil && zone != "UTC" {
		text += fmt.Sprintf(" (%s in %s)", t.In(location).Format(form), zone)
	}
	return text
}

// Contradictions returns what is wrong with a window beside the others of its environment, which do not contain
// it: that it says what another one says or, where both are for once, some of it, or that of a maintenance window and
// freezes the one leaves nothing of the other. Paths begin with at.
func Contradictions(at string, w *Window, others []*Window, now time.Time) []fault.Detail {
	for _, other := range others {
		if strings.EqualFold(strings.TrimSpace(other.Name), strings.TrimSpace(w.Name)) {
			return []fault.Detail{{Path: at + "/name", Message: fmt.Sprintf("The environment %q has a window %q already.", w.Environment, other.Name)}}
		}
		if w.twin(other) {
			return []fault.Detail{{Path: at + "/start", Message: fmt.Sprintf("The window %q says the same already.", other.Name)}}
		}
		if o, overlap := w.overlap(other, now); overlap {
			return []fault.Detail{{Path: at + "/start", Message: fmt.Sprintf("The window %q is of the same kind, and lasts from %s until %s. Begin after it or end before it, or change that one instead.",
				other.Name, other.shows(o.Begin), other.shows(o.End))}}
		}
	}
	if w.Kind == Maintenance {
		if smothered(w, others, now) {
			return []fault.Detail{{Path: at + "/start", Message: "This maintenance window lies in freezes as a whole, so nothing could be applied in it."}}
		}
		return nil
	}
	for _, other := range others {
		if other.Kind == Maintenance && smothered(other, []*Window{w}, now) {
			return []fault.Detail{{Path: at + "/start", Message: fmt.Sprintf("The maintenance window %q lies in this freeze as a whole, so nothing could be applied in it. Delete or move that one first.", other.Name)}}
		}
	}
	return nil
}

// twin reports whether two windows are the same in some project but for their names.
func (w *Window) twin(other *Window) bool {
	var a, b Recurrence
	if w.Recurrence != nil {
		a = *w.Recurrence
	}
	if other.Recurrence != nil {
		b = *other.Recurrence
	}
	shared := len(w.Projects) == 0 || len(other.Projects) == 0 || slices.ContainsFunc(w.Projects, other.In)
	return shared && w.Kind == other.Kind && w.Start == other.Start && w.Minutes == other.Minutes && w.Zone == other.Zone &&
		a.Frequency == b.Frequency && a.Week == b.Week && a.DayOfMonth == b.DayOfMonth && a.Until == b.Until &&
		slices.Equal(slices.Sorted(slices.Values(a.Weekdays)), slices.Sorted(slices.Values(b.Weekdays)))
}

// overlap returns when another window of the same kind for the same projects happens, if both happen once and partly at the same
// time. Windows that come again may meet others, as each Friday meets Christmas: nobody can avoid that.
func (w *Window) overlap(other *Window, now time.Time) (Occurrence, bool) {
	if w.Kind != other.Kind || w.Recurrence != nil || other.Recurrence != nil || !w.contains(other) || !other.contains(w) {
		return Occurrence{}, false
	}
	this, ahead := w.Next(now)
	that, alsoAhead := other.Next(now)
	return that, ahead && alsoAhead && this.Begin.Before(that.End) && that.Begin.Before(this.End)
}

// asFarAs is how far ahead windows are held against each other.
const asFarAs = 2 * 366 * 24 * time.Hour

// smothered reports whether every occurrence of a window to come lies in freezes.
func smothered(w *Window, others []*Window, now time.Time) bool {
	var freezes Set
	for _, other := range others {
		if other.Kind == Freeze && other.contains(w) {
			freezes = append(freezes, other)
		}
	}
	if len(freezes) == 0 {
		return false
	}
	any := false
	for o := range w.upTo(now) {
		any = true
		at := o.Begin
		for at.Before(o.End) {
			freeze, frozen := freezes.at(Freeze, at)
			if !frozen {
				return false
			}
			at = freeze.End
		}
	}
	return any
}

// upTo yields the occurrences to come of the next years or, of a window that begins later, of its first ones.
func (w *Window) upTo(now time.Time) iter.Seq[Occurrence] {
	first, ok := w.Next(now)
	if !ok {
		return func(func(Occurrence) bool) {}
	}
	return w.Occurrences(now, first.Begin.Add(asFarAs))
}

// contains reports whether a window counts wherever another one does.
func (w *Window) contains(other *Window) bool {
	if len(w.Projects) == 0 {
		return true
	}
	return len(other.Projects) > 0 && !slices.ContainsFunc(other.Projects, func(p flag.ProjectID) bool { return !w.In(p) })
}
