package requests

import (
	"cmp"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
)

// Figures of an Insight: pure sums over what it found.

// Tally is a number of courses, and of bypasses, in figures.
type Tally struct {
	// Submitted is the sum of the five beside it.
	Submitted, Open, Applied, Rejected, Cancelled, Expired int
	Bypasses                                               int
	// How long it took from being sent to review until somebody else answered, until enough had
	// approved, and until it was applied; of those that got so far.
	Review, Approval, Application Spans
}

// Spans are lengths of time.
type Spans []time.Duration

// Quantile returns the length that a share of all do not exceed: 0.5 is the median. It is 0
// if there are none.
// It is a length that there is, not one between two. share is from 0 to 1; 1 is the longest.
func (s Spans) Quantile(share float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// TallyOf returns courses and bypasses in figures.
func TallyOf(courses []Course, bypasses []Bypass) Tally {
	t := Tally{Submitted: len(courses), Bypasses: len(bypasses)}
	for _, c := range courses {
		switch c.State {
		case changerequest.Applied:
			t.Applied++
			t.Application = append(t.Application, c.ClosedAt.Sub(c.Submitted))
		case changerequest.Rejected:
			t.Rejected++
		case changerequest.Cancelled:
			t.Cancelled++
		case Expired:
			t.Expired++
		default:
			// in review, approved or scheduled
			t.Open++
		}
		if !c.Reviewed.IsZero() {
			t.Review = append(t.Review, c.Reviewed.Sub(c.Submitted))
		}
		if !c.Approved.IsZero() {
			t.Approval = append(t.Approval, c.Approved.Sub(c.Submitted))
		}
	}
	return t
}

// Period is a part of the time that an Insight is about, with what began in it.
// From is included, To is not. The first may begin before the time that was asked for, and the last end after it.
type Period struct {
	From, To time.Time
	Tally
}

// Periods returns the time from one moment to another in days, weeks from Monday or months, in UTC, so that
// there are not many of them, each with its figures.
// There are some thirty of them at most, or as many months as there are. Each is counted by going through all courses.
func (found *Insight) Periods(from, to time.Time) []Period {
	begin, next := stepOf(from, to)
	var periods []Period
	for at := begin; at.Before(to); at = next(at) {
		periods = append(periods, Period{From: at, To: next(at)})
	}
	for i, p := range periods {
		within := func(at time.Time) bool { return !at.Before(p.From) && at.Before(p.To) }
		var courses []Course
		for _, c := range found.Courses {
			if within(c.Submitted) {
				courses = append(courses, c)
			}
		}
		var bypasses []Bypass
		for _, b := range found.Bypasses {
			if within(b.At) {
				bypasses = append(bypasses, b)
			}
		}
		periods[i].Tally = TallyOf(courses, bypasses)
	}
	return periods
}

// stepOf returns the beginning of the period that a moment is in, and what the next one's is.
// The next one is found by the calendar in UTC, where all days are equally long.
func stepOf(from, to time.Time) (begin time.Time, next func(time.Time) time.Time) {
	from = from.UTC()
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	const days = 24 * time.Hour
	switch span := to.Sub(from); {
	case span <= 31*days:
		return day, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	case span <= 200*days:
		// Weekday counts from Sunday, which belongs to the week before.
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		return monday, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	default:
		return day.AddDate(0, 0, 1-day.Day()), func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	}
}

// PlaceTally is an environment of a project with its figures.
type PlaceTally struct {
	changerequest.Place
	Tally
}

// Places returns the environments that requests or bypasses were in, with the figures of each, sorted.
// A bypass of several environments at once has an empty one.
func (found *Insight) Places() []PlaceTally {
	courses, bypasses := map[changerequest.Place][]Course{}, map[changerequest.Place][]Bypass{}
	for _, c := range found.Courses {
		at := changerequest.Place{Project: c.Project, Environment: c.Environment}
		courses[at] = append(courses[at], c)
	}
	for _, b := range found.Bypasses {
		at := changerequest.Place{Project: b.Project, Environment: b.Environment}
		bypasses[at] = append(bypasses[at], b)
		courses[at] = slices.Clip(courses[at]) // so that it has an entry
	}
	var places []PlaceTally
	for at, list := range courses {
		places = append(places, PlaceTally{at, TallyOf(list, bypasses[at])})
	}
	slices.SortFunc(places, func(a, b PlaceTally) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Environment, b.Environment))
	})
	return places
}
