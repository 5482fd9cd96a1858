package window

import (
	"time"
)

// Wall is what a clock on a wall shows, to the minute, without saying where: "2026-12-20T00:00".
type Wall string

const wallForm = "2006-01-02T15:04"

func (w Wall) valid() bool {
	t, err := time.Parse(wallForm, string(w))
	return err == nil && sensible(t)
}

// time returns the reading as if the wall were in UTC; the zero time if it is not valid.
func (w Wall) time() time.Time {
	t, _ := time.Parse(wallForm, string(w))
	return t
}

// Day is a day of the calendar: "2027-12-31".
type Day string

func (d Day) valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && sensible(t)
}

func (d Day) time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// sensible bounds years, so that adding to a date leads to one that can be written.
func sensible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 3000 }

// dayOf returns the day of a reading, as a time.
func dayOf(reading time.Time) time.Time { return reading.Truncate(24 * time.Hour) }

// reach is more than any zone is off UTC. Within twice of it, clocks are moved once at most.
const reach = 26 * time.Hour

// instant returns the first instant at which the clocks of a zone show a reading or more. So a time that they skip
// is the moment at which they do, and of a time that they show twice it is the first.
func instant(reading time.Time, zone *time.Location) time.Time {
	early, late := reading.Add(-reach), reading.Add(reach)
	before, after := offset(early, zone), offset(late, zone)
	if before == after {
		return reading.Add(-before)
	}
	// When clocks are moved is searched for: Time.ZoneBounds is wrong on the last day of leap years.
	for late.Sub(early) > time.Second {
		middle := early.Add(late.Sub(early) / 2).Truncate(time.Second)
		if offset(middle, zone) == before {
			early = middle
		} else {
			late = middle
		}
	}
	if at := reading.Add(-before); at.Before(late) {
		return at
	}
	if at := reading.Add(-after); at.After(late) {
		return at
	}
	return late
}

// offset returns how far a zone is ahead of UTC at an instant.
func offset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
