package adminapi

import "time"

// CalendarLine returns a text value as a line of a calendar.
func CalendarLine(name, text string) string { return folded(name + ":" + escaped(text)) }

// ActivitySpans returns the times between which events are counted for insights from a day to another, the ends of its weeks, and
// in which of these something was.
func ActivitySpans(from, to string, now time.Time) (times, weeks []time.Time, weekOf func(time.Time) (time.Time, bool), err error) {
	s, err := spanOf(from, to, now)
	return s.activitySpans(), s.times, s.weekOf, err
}
