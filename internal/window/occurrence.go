package window

import (
	"iter"
	"time"
)

// Occurrence is one time at which a window happens: from Begin, inclusive, to End.
type Occurrence struct {
	Window     *Window
	Begin, End time.Time // UTC
}

// Has reports whether an instant is within the occurrence.
func (o Occurrence) Has(t time.Time) bool { return !t.Before(o.Begin) && t.Before(o.End) }

// Occurrences yields when the window happens between two instants, as far as it overlaps them, the earliest
// first. A time that the clocks skip as a whole does not happen.
func (w *Window) Occurrences(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		zone, err := LoadZone(w.Zone)
		if err != nil {
			return // no such window is stored
		}
		start := w.Start.time()
		length := time.Duration(w.Minutes) * time.Minute
		clock := start.Sub(dayOf(start))
		first, last := dayOf(from.UTC().Add(-length-2*reach)), dayOf(to.UTC().Add(reach))
		if day := dayOf(start); first.Before(day) {
			first = day
		}
		if end, bounded := w.lastDay(); bounded && end.Before(last) {
			last = end
		}
		for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
			if w.Recurrence != nil && !w.Recurrence.on(day, start) {
				continue
			}
			begin := day.Add(clock)
			o := Occurrence{w, instant(begin, zone), instant(begin.Add(length), zone)}
			if o.Begin.Before(o.End) && o.Begin.Before(to) && o.End.After(from) && !yield(o) {
				return
			}
		}
	}
}

// lastDay returns the last day on which the window may begin, and whether there is one.
func (w *Window) lastDay() (time.Time, bool) {
	switch {
	case w.Recurrence == nil:
		return dayOf(w.Start.time()), true
	case w.Recurrence.Until != "":
		return w.Recurrence.Until.time(), true
	default:
		return time.Time{}, false
	}
}

// horizon is how far ahead a window is looked for: one on 29 February comes within it.
const horizon = 8*366*24*time.Hour + reach

// Next returns the occurrence of the window at a time or, if there is none, its next one, and whether there is any.
func (w *Window) Next(t time.Time) (Occurrence, bool) {
	until := t.Add(horizon)
	if start := w.Start.time(); start.After(t) {
		until = start.Add(horizon)
	}
	for o := range w.Occurrences(t, until) {
		return o, true
	}
	return Occurrence{}, false
}
