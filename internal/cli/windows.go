package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/window"
)

// windowCommands is `quorate windows`.
type windowCommands struct {
	List   windowList   `cmd:"" help:"List the freezes and maintenance windows of an environment."`
	Add    windowAdd    `cmd:"" help:"Give an environment a freeze or a maintenance window."`
	Change windowChange `cmd:"" help:"Change a window."`
	Remove windowRemove `cmd:"" help:"Remove a window."`
}

// windowBody is a window as the API takes it. Start is by the clock on the wall in Zone, an IANA name; a window without a
// Recurrence happens once (docs/windows.md).
type windowBody struct {
	Name            string            `json:"name"`
	Kind            string            `json:"kind"`
	Projects        []string          `json:"projects,omitempty"`
	Start           window.Wall       `json:"start"`
	DurationMinutes int               `json:"durationMinutes"`
	Zone            string            `json:"zone"`
	Recurrence      *windowRecurrence `json:"recurrence,omitempty"`
}

// windowRecurrence says on which days a window begins. Frequency is weekly, monthly or yearly. Week and DayOfMonth are 0 if
// they are not meant, and window.Last for the last.
type windowRecurrence struct {
	Frequency  string   `json:"frequency"`
	Weekdays   []string `json:"weekdays,omitempty"`
	Week       int      `json:"week,omitempty"`
	DayOfMonth int      `json:"dayOfMonth,omitempty"`
	Until      string   `json:"until,omitempty"`
}

// ordinal counts days of a month: from 1, or window.Last.
type ordinal int

// UnmarshalText reads a number, or last.
func (o *ordinal) UnmarshalText(text []byte) error {
	if string(text) == "last" {
		*o = window.Last
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fmt.Errorf("%q is neither a number from 1 on nor last", text)
	}
	*o = ordinal(n)
	return nil
}

func (o ordinal) String() string {
	if o == window.Last {
		return "last"
	}
	return strconv.Itoa(int(o)) + "."
}

// windowView is a window as the API answers it. Next is nil when it never comes again.
type windowView struct {
	ID int64 `json:"id"`
	windowBody
	Next *struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	} `json:"next"`
}

// wallForm is a time by the clock on the wall, as windows have it.
const wallForm = "2006-01-02T15:04"

// end is when a window ends first, by the clock on the wall; empty if its start is no such time.
func (b windowBody) end() string {
	start, err := time.Parse(wallForm, string(b.Start))
	if err != nil {
		return ""
	}
	return start.Add(time.Duration(b.DurationMinutes) * time.Minute).Format(wallForm)
}

// again says when a window comes again; "once" if it does not.
func (b windowBody) again() string {
	r := b.Recurrence
	if r == nil {
		return "once"
	}
	text := r.Frequency
	switch {
	case r.Week != 0:
		text += fmt.Sprintf(" on the %s %s", ordinal(r.Week), strings.Join(r.Weekdays, ", "))
	case r.DayOfMonth != 0:
		text += fmt.Sprintf(" on the %s day", ordinal(r.DayOfMonth))
	case len(r.Weekdays) > 0:
		text += " on " + strings.Join(r.Weekdays, ", ")
	}
	if r.Until != "" {
		text += " until " + r.Until
	}
	return text
}

// row is the window in a table. next is in the window's own time zone, since it is a moment; from and to are as they were
// entered.
func (w windowView) row() []string {
	next := "over"
	if w.Next != nil {
		next = inZone(w.Next.From, w.Zone)
	}
	return []string{
		strconv.FormatInt(w.ID, 10), w.Kind, w.Name, string(w.Start), w.end(), w.Zone, w.again(), next, cmp.Or(strings.Join(w.Projects, ", "), "all"),
	}
}

// windowsOf is an environment whose windows a subcommand is about.
type windowsOf struct {
	connection
	Environment string `arg:"" placeholder:"ENVIRONMENT" help:"The environment."`
}

// path returns the parts of the path of the windows in the API, or of one below it.
func (o windowsOf) path(below ...string) []string {
	return append([]string{"environments", o.Environment, "windows"}, below...)
}

// fetch returns the windows of the environment, and the answer that they are from.
func (o windowsOf) fetch(ctx context.Context) ([]windowView, []byte, error) {
	list, answer, err := get[struct {
		Windows []windowView `json:"windows"`
	}](ctx, o.remote, o.path(), nil)
	return list.Windows, answer, err
}

// save sends a window, and prints it as it is then. What it suspends, write has told by then.
func (o windowsOf) save(ctx context.Context, t terminal, method string, path []string, body windowBody) error {
	answer, err := o.write(ctx, t, method, path, body)
	switch {
	case err != nil:
		return err
	case o.JSON:
		return t.printJSON(answer)
	}
	saved, err := decoded[windowView](answer)
	if err != nil {
		return err
	}
	return t.print(windowTable(saved))
}

// windowTable returns windows as a table with a header.
func windowTable(windows ...windowView) string {
	rows := [][]string{{"ID", "KIND", "NAME", "FROM", "TO", "ZONE", "AGAIN", "NEXT", "PROJECTS"}}
	for _, w := range windows {
		rows = append(rows, w.row())
	}
	return table(rows)
}

// windowList is `quorate windows list`.
type windowList struct{ windowsOf }

// Run lists.
func (c windowList) Run(ctx context.Context, t terminal) error {
	windows, answer, err := c.fetch(ctx)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.printJSON(answer)
	default:
		return t.print(windowTable(windows...))
	}
}

// windowTimes say when a window happens; what is not set stays as it is. Both add and change embed it; what add needs, it
// asks for itself.
type windowTimes struct {
	From    string   `placeholder:"TIME" help:"When it begins first, by the clock on the wall, such as 2026-12-20T00:00."`
	To      string   `placeholder:"TIME" help:"When it ends first, by the same clock."`
	Zone    string   `placeholder:"ZONE" help:"Where that clock hangs: a time zone of the IANA, such as Europe/Oslo."`
	Project []string `placeholder:"ID" help:"In which projects it counts; all, unless set."`

	// Nothing is one of the values, so that not to be set can be told from once.
	Repeat     string   `enum:"once,weekly,monthly,yearly," default:"" placeholder:"FREQUENCY" help:"How often it comes again: once, weekly, monthly or yearly."`
	Weekday    []string `placeholder:"DAY" help:"On which days it begins, such as monday; weekly, or monthly with --week."`
	Week       ordinal  `placeholder:"N" help:"On which of the month's days of that name, 1 to 4, or last."`
	DayOfMonth ordinal  `placeholder:"N" help:"On which day of the month it begins, 1 to 31, or last."`
	Until      string   `placeholder:"DAY" help:"The last day on which it may begin, such as 2027-12-31."`
}

// over puts what is set over a window. A new start leaves a window as long as it was; a recurrence is replaced as a whole.
// From is looked at before To, since the length follows from both. b is changed up to the first error, so it is not sent
// after one.
func (w windowTimes) over(b *windowBody) error {
	for _, side := range []struct{ flag, text string }{{"from", w.From}, {"to", w.To}} {
		if side.text == "" {
			continue
		}
		at, err := time.Parse(wallForm, side.text)
		if err != nil {
			return fmt.Errorf("--%s is a time on the wall, without an offset, such as 2026-12-20T00:00, not %q", side.flag, side.text)
		}
		// The length is in minutes and stays, so the end moves along unless --to says another.
		if side.flag == "from" {
			b.Start = window.Wall(side.text)
			continue
		}
		start, err := time.Parse(wallForm, string(b.Start))
		if err != nil {
			return fmt.Errorf("the window begins at %q, which this release cannot read", b.Start)
		}
		if !at.After(start) {
			return fmt.Errorf("the window would end at %s, which is not after it begins, at %s", side.text, b.Start)
		}
		b.DurationMinutes = int(at.Sub(start).Minutes())
	}
	b.Zone = cmp.Or(w.Zone, b.Zone)
	if len(w.Project) > 0 {
		b.Projects = w.Project
	}
	days := len(w.Weekday) > 0 || w.Week != 0 || w.DayOfMonth != 0 || w.Until != ""
	switch {
	// A recurrence stays whole or is given whole: half of an old one beside half of a new one is nothing that anybody
	// meant.
	case w.Repeat == "" && !days:
	case w.Repeat == "" || w.Repeat == "once" && days:
		return fmt.Errorf("--weekday, --week, --day-of-month and --until say on which days a window comes again, and go with --repeat weekly, monthly or yearly")
	case w.Repeat == "once":
		b.Recurrence = nil
	default:
		b.Recurrence = &windowRecurrence{w.Repeat, w.Weekday, int(w.Week), int(w.DayOfMonth), w.Until}
	}
	return nil
}

// windowAdd is `quorate windows add`.
type windowAdd struct {
	windowsOf
	Name string `arg:"" placeholder:"NAME" help:"What it is called."`
	Kind string `enum:"freeze,maintenance" required:"" placeholder:"KIND" help:"freeze: nothing is applied within it. maintenance: nothing is applied outside of such."`
	windowTimes
}

// Help shows both kinds.
func (windowAdd) Help() string {
	return `A freeze over Christmas each year, and nights in which alone changes are applied:

  quorate windows add production Christmas --kind freeze --from 2026-12-20T00:00 --to 2027-01-03T00:00 --zone Europe/Oslo --repeat yearly
  quorate windows add production Nights --kind maintenance --from 2026-12-01T22:00 --to 2026-12-02T02:00 --zone Europe/Oslo --repeat weekly --weekday tuesday,thursday

Schedules whose time it closes are suspended, and named.`
}

// Run adds.
func (c windowAdd) Run(ctx context.Context, t terminal) error {
	for _, f := range []struct{ flag, value string }{{"from", c.From}, {"to", c.To}, {"zone", c.Zone}} {
		if f.value == "" {
			return fmt.Errorf("say when the window happens: --%s is missing", f.flag)
		}
	}
	body := windowBody{Name: c.Name, Kind: c.Kind}
	if err := c.over(&body); err != nil {
		return err
	}
	return c.save(ctx, t, http.MethodPost, c.path(), body)
}

// windowAt is a window that a subcommand is about. Ids are those that list prints, and unique in the instance.
type windowAt struct {
	windowsOf
	ID int64 `arg:"" placeholder:"ID" help:"The window, as list prints it."`
}

func (a windowAt) path() []string { return a.windowsOf.path(strconv.FormatInt(a.ID, 10)) }

// windowChange is `quorate windows change`.
type windowChange struct {
	windowAt
	Name string `placeholder:"NAME" help:"What it is called."`
	Kind string `enum:"freeze,maintenance," default:"" placeholder:"KIND" help:"freeze or maintenance."`
	windowTimes
}

// Help says what stays.
func (windowChange) Help() string {
	return `What is not given stays as it is. With --from alone, the window is as long as before. --repeat says anew on which days it comes
again. Schedules whose time it closes are suspended, and named.`
}

// Run changes. The API replaces a window as a whole, so it is read first, and what is given is put over it. Of two who
// change one at once, the later one's counts.
func (c windowChange) Run(ctx context.Context, t terminal) error {
	windows, _, err := c.fetch(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(windows, func(w windowView) bool { return w.ID == c.ID })
	if i < 0 {
		return fault.New(fault.NotFound, "The environment %q has no window with the id %d.", c.Environment, c.ID)
	}
	body := windows[i].windowBody
	body.Name, body.Kind = cmp.Or(c.Name, body.Name), cmp.Or(c.Kind, body.Kind)
	if err := c.over(&body); err != nil {
		return err
	}
	return c.save(ctx, t, http.MethodPut, c.path(), body)
}

// windowRemove is `quorate windows remove`.
type windowRemove struct{ windowAt }

// Run removes.
func (c windowRemove) Run(ctx context.Context, t terminal) error {
	_, err := c.write(ctx, t, http.MethodDelete, c.path(), nil)
	return err
}
