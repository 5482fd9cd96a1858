package window

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// Recurrence says on which days a window begins, from the day of its start on.
type Recurrence struct {
	Frequency Frequency `json:"frequency"`
	// Weekdays are the days of each week or, with Week, of one week of each month.
	Weekdays []Weekday `json:"weekdays,omitempty"`
	// Week counts a month's days of one name: 1 to 4, or Last. Only monthly.
	Week int `json:"week,omitempty"`
	// DayOfMonth is 1 to 31, or Last. A month that has no such day is passed over. Only monthly.
	DayOfMonth int `json:"dayOfMonth,omitempty"`
	// Until is the last day on which the window may begin; empty: it goes on.
	Until Day `json:"until,omitempty"`
}

// Frequency says how often a window comes again.
type Frequency string

// The frequencies. A yearly window begins on the day and month of its start.
const (
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
	Yearly  Frequency = "yearly"
)

// Last is the last day of a month, or the last one of its name.
const Last = -1

// Weekday is a day of the week, such as "monday".
type Weekday string

func weekdayOf(day time.Time) Weekday { return Weekday(strings.ToLower(day.Weekday().String())) }

// Weekdays returns the days of the week, from Monday on.
func Weekdays() []Weekday {
	days := make([]Weekday, 7)
	for i := range days {
		days[i] = weekdayOf(time.Date(2024, time.January, 1+i, 0, 0, 0, 0, time.UTC)) // a Monday
	}
	return days
}

// on reports whether the window begins on a day, which is not before that of its start.
func (r *Recurrence) on(day, start time.Time) bool {
	switch r.Frequency {
	case Weekly:
		return slices.Contains(r.Weekdays, weekdayOf(day))
	case Monthly:
		if r.DayOfMonth == Last {
			return day.AddDate(0, 0, 1).Day() == 1
		}
		if r.DayOfMonth != 0 {
			return day.Day() == r.DayOfMonth
		}
		nth := (day.Day()-1)/7 + 1
		last := day.AddDate(0, 0, 7).Month() != day.Month()
		return slices.Contains(r.Weekdays, weekdayOf(day)) && (nth == r.Week || r.Week == Last && last)
	case Yearly:
		return day.Month() == start.Month() && day.Day() == start.Day()
	default:
		return false
	}
}

// longest returns how many minutes a window can last that comes again so often: then it can be over before
// it begins again.
func (r *Recurrence) longest() int {
	const day = 24 * 60
	switch r.Frequency {
	case Weekly:
		return 7 * day
	case Monthly:
		return 28 * day
	case Yearly:
		return 365 * day
	default:
		return MaxMinutes
	}
}

// validate returns what is wrong with the recurrence by itself.
func (r *Recurrence) validate(at string) []fault.Detail {
	var wrong []fault.Detail
	say := func(field, sentence string, args ...any) {
		wrong = append(wrong, fault.Detail{Path: at + field, Message: fmt.Sprintf(sentence, args...)})
	}
	for i, day := range r.Weekdays {
		if !slices.Contains(Weekdays(), day) {
			say(fmt.Sprintf("/weekdays/%d", i), "There is no weekday %q. They are monday, tuesday and so on.", day)
		}
	}
	if r.Until != "" && !r.Until.valid() {
		say("/until", "The last day is a date such as 2027-12-31. You sent %q.", r.Until)
	}
	if r.Frequency != Monthly && (r.Week != 0 || r.DayOfMonth != 0) {
		say("/frequency", "Only a monthly window has a week or a day of the month.")
	}
	switch r.Frequency {
	case Weekly:
		if len(r.Weekdays) == 0 {
			say("/weekdays", "A weekly window has one weekday at least.")
		}
	case Monthly:
		switch {
		case r.DayOfMonth != 0 && (r.Week != 0 || len(r.Weekdays) > 0):
			say("/dayOfMonth", "A monthly window has a day of the month, or weekdays of one week, not both.")
		case r.DayOfMonth == 0 && (r.Week == 0 || len(r.Weekdays) == 0):
			say("/dayOfMonth", "A monthly window has a day of the month (1 to 31, or -1 for the last), or weekdays with a week.")
		case r.DayOfMonth < Last || r.DayOfMonth > 31:
			say("/dayOfMonth", "The day of the month is 1 to 31, or -1 for the last. You sent %d.", r.DayOfMonth)
		case r.Week < Last || r.Week > 4:
			say("/week", "The week is 1 to 4, or -1 for the last. You sent %d.", r.Week)
		}
	case Yearly:
		if len(r.Weekdays) > 0 {
			say("/weekdays", "A yearly window begins on the day and month of its start, and has no weekdays.")
		}
	default:
		say("/frequency", "A window comes again weekly, monthly or yearly, not %q.", r.Frequency)
	}
	return wrong
}
