package window_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/window"
)

// zones have clocks that are put forward and back, by an hour, by half of one and by two, in both halves of the year,
// and once by a whole day.
var zones = []string{
	"UTC", "Europe/Oslo", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
	"America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Chatham", "America/St_Johns",
}

// drawn returns a window that begins some time after a day.
func drawn(t *rapid.T, zone string, from time.Time) *window.Window {
	// Many begin and end when clocks are moved, which is in the night.
	clock := rapid.OneOf(rapid.IntRange(0, 23*60+59), rapid.IntRange(0, 4*60)).Draw(t, "clock")
	start := from.AddDate(0, 0, rapid.IntRange(0, 90).Draw(t, "after days")).Add(time.Duration(clock) * time.Minute)
	w := &window.Window{
		Environment: "production", Kind: rapid.SampledFrom([]window.Kind{window.Freeze, window.Maintenance}).Draw(t, "kind"), Name: "w",
		Start: window.Wall(start.Format("2006-01-02T15:04")), Zone: zone,
		Minutes: rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(1, 7*24*60)).Draw(t, "minutes"),
	}
	r := &window.Recurrence{}
	switch rapid.IntRange(0, 4).Draw(t, "recurs") {
	case 0:
		return w
	case 1:
		r.Frequency, r.Weekdays = window.Weekly, weekdays(t)
	case 2:
		r.Frequency, r.Weekdays, r.Week = window.Monthly, weekdays(t), rapid.SampledFrom([]int{1, 2, 3, 4, window.Last}).Draw(t, "week")
	case 3:
		r.Frequency, r.DayOfMonth = window.Monthly, rapid.SampledFrom([]int{1, 15, 29, 30, 31, window.Last}).Draw(t, "day")
	case 4:
		r.Frequency = window.Yearly
	}
	if rapid.Bool().Draw(t, "ends") {
		r.Until = window.Day(start.AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "until days")).Format(time.DateOnly))
	}
	w.Recurrence = r
	return w
}

func weekdays(t *rapid.T) []window.Weekday {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(window.Weekdays()), 1, 3, rapid.ID[window.Weekday]).Draw(t, "weekdays")
}

// starts reports whether a window begins when the clock shows a time, found by the calendar of its month.
func starts(w *window.Window, start, shown time.Time) bool {
	if shown.Hour() != start.Hour() || shown.Minute() != start.Minute() || shown.Before(start) {
		return false
	}
	r := w.Recurrence
	if r == nil {
		return shown.Equal(start)
	}
	if r.Until != "" && shown.Format(time.DateOnly) > string(r.Until) {
		return false
	}
	var month []time.Time // the days of its name, or all
	for day := 1; day <= time.Date(shown.Year(), shown.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day(); day++ {
		at := time.Date(shown.Year(), shown.Month(), day, shown.Hour(), shown.Minute(), 0, 0, time.UTC)
		if r.DayOfMonth != 0 || at.Weekday() == shown.Weekday() {
			month = append(month, at)
		}
	}
	named := slices.ContainsFunc(r.Weekdays, func(d window.Weekday) bool {
		return d == map[time.Weekday]window.Weekday{0: "sunday", 1: "monday", 2: "tuesday", 3: "wednesday", 4: "thursday", 5: "friday", 6: "saturday"}[shown.Weekday()]
	})
	nth := r.Week + r.DayOfMonth // one of them is 0
	switch {
	case r.Frequency == window.Yearly:
		return shown.Format("01-02") == start.Format("01-02")
	case r.Frequency == window.Weekly:
		return named
	case nth > len(month) || r.Week != 0 && !named:
		return false
	case nth == window.Last:
		return month[len(month)-1].Equal(shown)
	default:
		return month[nth-1].Equal(shown)
	}
}

// walk looks at the clock of a zone once a minute, and tells for each minute which windows it is within. What the
// clock has shown once it is taken to have shown for good.
func walk(t *rapid.T, windows []*window.Window, from time.Time, minutes int) [][]bool {
	zone, err := window.LoadZone(windows[0].Zone)
	if err != nil {
		t.Fatal(err)
	}
	var begins []time.Time
	for _, w := range windows {
		begin, err := time.Parse("2006-01-02T15:04", string(w.Start))
		if err != nil {
			t.Fatal(err)
		}
		begins = append(begins, begin)
	}
	within := make([][]bool, len(windows))
	ends := make([][]time.Time, len(windows))
	var now, highest time.Time
	for m := range minutes {
		now = now.Add(time.Minute)
		if m%15 <= 1 { // clocks are moved at a quarter of an hour or, in Newfoundland until 2011, a minute after it
			at := from.Add(time.Duration(m) * time.Minute)
			_, offset := at.In(zone).Zone()
			now = at.Add(time.Duration(offset) * time.Second)
		}
		if m == 0 {
			highest = now
		}
		for reading := highest.Add(time.Minute); !reading.After(now); reading = reading.Add(time.Minute) {
			for i, w := range windows {
				if starts(w, begins[i], reading) {
					ends[i] = append(ends[i], reading.Add(time.Duration(w.Minutes)*time.Minute))
				}
			}
			highest = reading
		}
		for i := range windows {
			ends[i] = slices.DeleteFunc(ends[i], func(end time.Time) bool { return !end.After(highest) })
			within[i] = append(within[i], len(ends[i]) > 0)
		}
	}
	return within
}

// TestModel holds occurrences, what is closed and what opens next against somebody who looks at the clock each
// minute for two thirds of a year.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const minutes = 240 * 24 * 60
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		from := time.Date(rapid.SampledFrom([]int{2011, 2024, 2025, 2026, 2036}).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, time.UTC)
		set := window.Set{drawn(t, zone, from.AddDate(0, 0, 2))}
		for range rapid.IntRange(0, 2).Draw(t, "more") {
			set = append(set, drawn(t, zone, from.AddDate(0, 0, 2)))
		}
		within := walk(t, set, from, minutes)
		to := from.Add(minutes * time.Minute)
		index := func(at time.Time) int { return min(max(int(at.Sub(from)/time.Minute), 0), minutes) }
		bounded := false
		for i, w := range set {
			got := make([]bool, minutes)
			var last time.Time
			for o := range w.Occurrences(from, to) {
				if o.Begin.Before(last) || !o.Begin.Before(o.End) || !o.Has(o.Begin) || o.Has(o.End) {
					t.Fatalf("got the occurrence %v after one that begins at %v", o, last)
				}
				last = o.Begin
				for m := index(o.Begin); m < index(o.End); m++ {
					got[m] = true
				}
			}
			if m := differs(got, within[i]); m >= 0 {
				t.Fatalf("%+v (%+v) at %v: got %v, want %v", *w, w.Recurrence, from.Add(time.Duration(m)*time.Minute), got[m], within[i][m])
			}
			bounded = bounded || w.Kind == window.Maintenance
		}
		open := func(m int) bool {
			takes := !bounded
			for i, w := range set {
				if w.Kind == window.Freeze && within[i][m] {
					return false
				}
				takes = takes || w.Kind == window.Maintenance && within[i][m]
			}
			return takes
		}
		for range 30 {
			m := rapid.IntRange(0, minutes-1).Draw(t, "minute")
			at := from.Add(time.Duration(m) * time.Minute)
			closed := set.Closed(at)
			if (closed == nil) != open(m) {
				t.Fatalf("at %v: got closed %v, want %v", at, closed != nil, !open(m))
			}
			next := m
			for next < minutes && !open(next) {
				next++
			}
			if closed != nil && next < minutes && !closed.Opens.Equal(from.Add(time.Duration(next)*time.Minute)) {
				t.Fatalf("at %v: got the next opening %v, want %v", at, closed.Opens, from.Add(time.Duration(next)*time.Minute))
			}
			if closed != nil && next == minutes && !closed.Opens.IsZero() && closed.Opens.Before(to) {
				t.Fatalf("at %v: got the next opening %v, want none before %v", at, closed.Opens, to)
			}
		}
	})
}

func differs(a, b []bool) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// TestZones holds the embedded database to what is known of some zones.
func TestZones(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, name := range []string{"Europe/Oslo", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"} {
		zone, err := window.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC).In(zone).Format("15:04 02")
	}
	want := map[string]string{"Europe/Oslo": "14:00 01", "America/New_York": "08:00 01", "Asia/Kathmandu": "17:45 01", "Pacific/Apia": "01:00 02", "UTC": "12:00 01"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("noon in London's winter time (-want +got):\n%s", diff)
	}
	for _, name := range []string{"", "Local", "Europe/Atlantis", "Europe/", "../UTC"} {
		if _, err := window.LoadZone(name); err == nil {
			t.Errorf("%q: got a zone, want an error", name)
		}
	}
}
