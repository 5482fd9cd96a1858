package window_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/window"
)

var autumn = time.Date(2026, time.September, 1, 12, 0, 0, 0, time.UTC)

// christmas is a freeze each year, from 20 December to 3 January in Oslo.
func christmas() *window.Window {
	return &window.Window{
		ID: 1, Environment: "production", Kind: window.Freeze, Name: "Christmas", Start: "2026-12-20T00:00", Minutes: 14 * 24 * 60,
		Zone: "Europe/Oslo", Recurrence: &window.Recurrence{Frequency: window.Yearly},
	}
}

// nights are from two to half past three, each Sunday in Oslo: the hours in which clocks are moved.
func nights() *window.Window {
	return &window.Window{
		ID: 2, Environment: "production", Kind: window.Maintenance, Name: "Nights", Start: "2026-09-06T02:00", Minutes: 90,
		Zone: "Europe/Oslo", Recurrence: &window.Recurrence{Frequency: window.Weekly, Weekdays: []window.Weekday{"sunday"}},
	}
}

// TestOccurrences names what teams use, with the instants that a calendar shows.
func TestOccurrences(t *testing.T) {
	t.Parallel()
	edit := func(w *window.Window, edit func(*window.Window)) *window.Window {
		edit(w)
		return w
	}
	for name, test := range map[string]struct {
		w        *window.Window
		from, to string
		want     string
	}{
		"a freeze each year": {christmas(), "2026-01-01", "2028-12-01", "2026-12-19T23:00Z/2027-01-02T23:00Z 2027-12-19T23:00Z/2028-01-02T23:00Z"},
		"only what overlaps": {christmas(), "2027-01-02", "2027-12-19", "2026-12-19T23:00Z/2027-01-02T23:00Z"},
		"clocks put forward: two o'clock is three": {
			nights(), "2027-03-21", "2027-04-05",
			"2027-03-21T01:00Z/2027-03-21T02:30Z 2027-03-28T01:00Z/2027-03-28T01:30Z 2027-04-04T00:00Z/2027-04-04T01:30Z",
		},
		"clocks put back: the first half past two": {
			edit(nights(), func(w *window.Window) { w.Start, w.Minutes = "2026-09-06T02:30", 15 }), "2026-10-18", "2026-11-02",
			"2026-10-18T00:30Z/2026-10-18T00:45Z 2026-10-25T00:30Z/2026-10-25T00:45Z 2026-11-01T01:30Z/2026-11-01T01:45Z",
		},
		"clocks put back: from two to half past three": {nights(), "2026-10-25", "2026-10-26", "2026-10-25T00:00Z/2026-10-25T02:30Z"},
		"skipped as a whole":                           {edit(nights(), func(w *window.Window) { w.Minutes = 45 }), "2027-03-28", "2027-03-29", ""},
		"the last Friday": {edit(nights(), func(w *window.Window) {
			w.Zone = "UTC"
			w.Recurrence = &window.Recurrence{Frequency: window.Monthly, Weekdays: []window.Weekday{"friday"}, Week: window.Last, Until: "2026-11-30"}
		}), "2026-09-01", "2027-01-01", "2026-09-25T02:00Z/2026-09-25T03:30Z 2026-10-30T02:00Z/2026-10-30T03:30Z 2026-11-27T02:00Z/2026-11-27T03:30Z"},
		"the 31st": {edit(nights(), func(w *window.Window) {
			w.Zone = "UTC"
			w.Recurrence = &window.Recurrence{Frequency: window.Monthly, DayOfMonth: 31}
		}), "2026-09-01", "2027-01-01", "2026-10-31T02:00Z/2026-10-31T03:30Z 2026-12-31T02:00Z/2026-12-31T03:30Z"},
		"once": {edit(nights(), func(w *window.Window) { w.Recurrence = nil }), "2026-01-01", "2030-01-01", "2026-09-06T00:00Z/2026-09-06T01:30Z"},
	} {
		var got []string
		for o := range test.w.Occurrences(day(t, test.from), day(t, test.to)) {
			got = append(got, o.Begin.Format("2006-01-02T15:04Z07:00")+"/"+o.End.Format("2006-01-02T15:04Z07:00"))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestSentence says until when an environment is closed, in UTC and where the window is.
func TestSentence(t *testing.T) {
	t.Parallel()
	once := nights()
	once.Recurrence = nil
	for want, test := range map[string]struct {
		set window.Set
		at  time.Time
	}{
		`The environment "production" is frozen by the window "Christmas" until 2027-01-02 23:00 UTC (2027-01-03 00:00 in Europe/Oslo).`: {window.Set{christmas()}, day(t, "2026-12-24")},
		`The environment "production" is frozen by the window "Christmas" until 2027-01-02 23:00 UTC (2027-01-03 00:00 in Europe/Oslo). The next opening is at 2027-01-03 01:00 UTC (2027-01-03 02:00 in Europe/Oslo).`: {
			window.Set{christmas(), nights()}, day(t, "2026-12-24"),
		},
		`The environment "production" is frozen by the window "Christmas" until 2027-01-02 23:00 UTC (2027-01-03 00:00 in Europe/Oslo). No maintenance window opens after that; an admin can add one.`: {
			window.Set{christmas(), once}, day(t, "2026-12-24"),
		},
		`The environment "production" takes changes in its maintenance windows only. The next opening is at 2026-09-06 00:00 UTC (2026-09-06 02:00 in Europe/Oslo), by the window "Nights".`: {window.Set{nights()}, autumn},
		`The environment "production" takes changes in its maintenance windows only. None of them opens again; an admin can add one.`:                                                        {window.Set{once}, day(t, "2026-09-07")},
		// What would open in a freeze does not.
		`The environment "production" takes changes in its maintenance windows only. The next opening is at 2027-01-03 01:00 UTC (2027-01-03 02:00 in Europe/Oslo), by the window "Nights".`: {window.Set{christmas(), nights()}, day(t, "2026-12-18")},
	} {
		closed := test.set.Closed(test.at)
		if closed == nil {
			t.Errorf("got open, want: %s", want)
			continue
		}
		if got := closed.Sentence(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if closed := (window.Set{christmas(), nights()}).Closed(time.Date(2026, time.September, 6, 1, 0, 0, 0, time.UTC)); closed != nil {
		t.Errorf("in a maintenance window: got %s, want open", closed.Sentence())
	}
	if closed := (window.Set{}).Closed(autumn); closed != nil {
		t.Errorf("without windows: got %s, want open", closed.Sentence())
	}
}

// TestValidate names the field that is wrong.
func TestValidate(t *testing.T) {
	t.Parallel()
	recurs := func(r window.Recurrence) func(*window.Window) {
		return func(w *window.Window) { w.Recurrence = &r }
	}
	for name, test := range map[string]struct {
		edit func(*window.Window)
		want []string
	}{
		"good":                     {func(*window.Window) {}, nil},
		"kind":                     {func(w *window.Window) { w.Kind = "holiday" }, []string{"/kind"}},
		"no name":                  {func(w *window.Window) { w.Name = " " }, []string{"/name"}},
		"a long name":              {func(w *window.Window) { w.Name = strings.Repeat("x", 101) }, []string{"/name"}},
		"a name of two lines":      {func(w *window.Window) { w.Name = "a\nb" }, []string{"/name"}},
		"a start with an offset":   {func(w *window.Window) { w.Start = "2026-12-20T00:00Z" }, []string{"/start"}},
		"a day that is not":        {func(w *window.Window) { w.Start = "2026-02-30T00:00" }, []string{"/start"}},
		"a year that is not":       {func(w *window.Window) { w.Start = "9999-12-30T00:00" }, []string{"/start"}},
		"no time":                  {func(w *window.Window) { w.Minutes = 0 }, []string{"/durationMinutes"}},
		"more than a year":         {func(w *window.Window) { w.Recurrence, w.Minutes = nil, window.MaxMinutes+1 }, []string{"/durationMinutes"}},
		"longer than its week":     {recurs(window.Recurrence{Frequency: window.Weekly, Weekdays: []window.Weekday{"monday"}}), []string{"/durationMinutes"}},
		"a zone that is not":       {func(w *window.Window) { w.Zone = "Europe/Atlantis" }, []string{"/zone"}},
		"no zone":                  {func(w *window.Window) { w.Zone = "" }, []string{"/zone"}},
		"how often":                {recurs(window.Recurrence{Frequency: "daily"}), []string{"/recurrence/frequency"}},
		"no weekday":               {recurs(window.Recurrence{Frequency: window.Weekly}), []string{"/durationMinutes", "/recurrence/weekdays"}},
		"a weekday that is not":    {recurs(window.Recurrence{Frequency: window.Monthly, Weekdays: []window.Weekday{"Mon"}, Week: 1}), []string{"/recurrence/weekdays/0"}},
		"monthly, but when":        {recurs(window.Recurrence{Frequency: window.Monthly}), []string{"/recurrence/dayOfMonth"}},
		"monthly, in two ways":     {recurs(window.Recurrence{Frequency: window.Monthly, DayOfMonth: 3, Week: 1}), []string{"/recurrence/dayOfMonth"}},
		"the 32nd":                 {recurs(window.Recurrence{Frequency: window.Monthly, DayOfMonth: 32}), []string{"/recurrence/dayOfMonth"}},
		"the fifth week":           {recurs(window.Recurrence{Frequency: window.Monthly, Weekdays: []window.Weekday{"monday"}, Week: 5}), []string{"/recurrence/week"}},
		"yearly on weekdays":       {recurs(window.Recurrence{Frequency: window.Yearly, Weekdays: []window.Weekday{"monday"}}), []string{"/recurrence/weekdays"}},
		"yearly on a day of month": {recurs(window.Recurrence{Frequency: window.Yearly, DayOfMonth: 3}), []string{"/recurrence/frequency"}},
		"until whenever":           {recurs(window.Recurrence{Frequency: window.Yearly, Until: "then"}), []string{"/recurrence/until"}},
		"until before its start":   {recurs(window.Recurrence{Frequency: window.Yearly, Until: "2026-12-19"}), []string{"/recurrence"}},
		"over":                     {func(w *window.Window) { w.Recurrence, w.Start = nil, "2026-01-01T00:00" }, []string{"/start"}},
		"skipped by the clock": {func(w *window.Window) {
			w.Recurrence, w.Start, w.Minutes = nil, "2027-03-28T02:00", 45
		}, []string{"/start"}},
	} {
		w := christmas()
		test.edit(w)
		var got []string
		for _, problem := range window.Validate("", *w, autumn) {
			got = append(got, problem.Path)
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: wrong fields (-want +got):\n%s", name, diff)
		}
	}
}

// TestContradictions finds windows that another one makes pointless.
func TestContradictions(t *testing.T) {
	t.Parallel()
	inFreeze := func(w *window.Window) {
		w.Name, w.Kind, w.Start, w.Minutes, w.Recurrence = "Eve", window.Maintenance, "2026-12-24T08:00", 60, nil
	}
	once := func(w *window.Window, start window.Wall) { // in Oslo, an hour off UTC
		w.Name, w.Start, w.Minutes, w.Recurrence = "Once", start, 60, nil
	}
	for name, test := range map[string]struct {
		edit  func(*window.Window)
		other *window.Window
		want  string
	}{
		"another freeze":                   {func(w *window.Window) { w.Name, w.Start = "Easter", "2027-04-01T00:00" }, christmas(), ""},
		"its name":                         {func(w *window.Window) { w.Name, w.Start = "CHRISTMAS ", "2027-04-01T00:00" }, christmas(), "/body/name"},
		"the same":                         {func(w *window.Window) { w.Name = "Yule" }, christmas(), "/body/start"},
		"the same in another project":      {func(w *window.Window) { w.Name, w.Projects = "Yule", []flag.ProjectID{"b"} }, in(christmas(), "a"), ""},
		"the same in one of its projects":  {func(w *window.Window) { w.Name, w.Projects = "Yule", []flag.ProjectID{"a", "b"} }, in(christmas(), "a"), "/body/start"},
		"once, beside another that is":     {func(w *window.Window) { once(w, "2026-12-24T09:30") }, freeze(eve()), "/body/start"},
		"once, around another that is":     {func(w *window.Window) { once(w, "2026-12-24T07:30"); w.Minutes = 600 }, freeze(eve()), "/body/start"},
		"once, right after another":        {func(w *window.Window) { once(w, "2026-12-24T10:00") }, freeze(eve()), ""},
		"once, beside one for a project":   {func(w *window.Window) { once(w, "2026-12-24T09:30") }, in(freeze(eve()), "a"), ""},
		"once, beside maintenance":         {func(w *window.Window) { once(w, "2026-12-24T09:30") }, eve(), ""},
		"once, while another comes again":  {func(w *window.Window) { once(w, "2027-01-02T08:00") }, christmas(), ""},
		"maintenance in a freeze":          {inFreeze, christmas(), "/body/start"},
		"maintenance in another's freeze":  {inFreeze, in(christmas(), "a"), ""},
		"maintenance past a freeze's end":  {func(w *window.Window) { inFreeze(w); w.Start = "2027-01-02T23:30" }, christmas(), ""},
		"maintenance that comes again":     {func(w *window.Window) { *w = *nights() }, christmas(), ""},
		"maintenance each year":            {func(w *window.Window) { inFreeze(w); w.Recurrence = &window.Recurrence{Frequency: window.Yearly} }, christmas(), "/body/start"},
		"a freeze over maintenance":        {func(w *window.Window) { w.Start, w.Minutes, w.Recurrence = "2026-12-01T00:00", 60*24*60, nil }, eve(), "/body/start"},
		"a freeze over some maintenance":   {func(*window.Window) {}, nights(), ""},
		"a freeze over another's schedule": {func(w *window.Window) { w.Projects = []flag.ProjectID{"a"} }, in(eve(), "b"), ""},
	} {
		w := christmas()
		test.edit(w)
		got := ""
		if problems := window.Contradictions("/body", w, []*window.Window{test.other}, autumn); len(problems) > 0 {
			got = problems[0].Path
		}
		if got != test.want {
			t.Errorf("%s: got a problem with %q, want with %q", name, got, test.want)
		}
	}
}

// eve is a maintenance window on a Christmas Eve.
func eve() *window.Window {
	return &window.Window{ID: 3, Environment: "production", Kind: window.Maintenance, Name: "Eve", Start: "2026-12-24T08:00", Minutes: 60, Zone: "UTC"}
}

func freeze(w *window.Window) *window.Window {
	w.Kind = window.Freeze
	return w
}

func in(w *window.Window, p flag.ProjectID) *window.Window {
	w.Projects = []flag.ProjectID{p}
	return w
}

// TestClock writes times in UTC, and in a zone if it is another.
func TestClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.July, 1, 22, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"": "2026-07-01 22:30 UTC", "UTC": "2026-07-01 22:30 UTC", "Nowhere": "2026-07-01 22:30 UTC",
		"Europe/Oslo": "2026-07-01 22:30 UTC (2026-07-02 00:30 in Europe/Oslo)",
	} {
		if got := window.Clock(at, zone); got != want {
			t.Errorf("in %q: got %q, want %q", zone, got, want)
		}
	}
}
