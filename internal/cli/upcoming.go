package cli

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/window"
)

// upcoming is `quorate upcoming`.
type upcoming struct {
	connection
	Project     []string `placeholder:"ID" help:"Only what is in these projects."`
	Environment []string `placeholder:"NAME" help:"Only what is in these environments."`
	Limit       int      `default:"50" placeholder:"N" help:"How many, 1 to 1000, the earliest first (${default})."`
}

// Run lists. Schedules are in the time zones in which they were entered, windows in UTC.
func (c upcoming) Run(ctx context.Context, t terminal) error {
	query := url.Values{"limit": {strconv.Itoa(c.Limit)}, "project": c.Project, "environment": c.Environment}
	page, answer, err := get[struct {
		Upcoming []struct {
			listed
			ScheduledBy person   `json:"scheduledBy"`
			Zone        string   `json:"zone"`
			Schedule    schedule `json:"schedule"`
		} `json:"upcoming"`
		Total   int `json:"total"`
		Windows []struct {
			Name        string    `json:"name"`
			Kind        string    `json:"kind"`
			Environment string    `json:"environment"`
			Projects    []string  `json:"projects"`
			State       string    `json:"state"`
			From        time.Time `json:"from"`
			To          time.Time `json:"to"`
		} `json:"windows"`
	}](ctx, c.remote, []string{"upcoming"}, query)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.printJSON(answer)
	}
	rows := [][]string{{"TIME", "REQUEST", "SCHEDULE", "ENVIRONMENT", "FOR", "TITLE"}}
	for _, r := range page.Upcoming {
		rows = append(rows, []string{r.Schedule.time(r.Zone), r.reference().String(), r.Schedule.Status, r.Environment, r.ScheduledBy.String(), r.title()})
	}
	text := table(rows) + more(len(page.Upcoming), page.Total)
	if len(page.Windows) > 0 {
		rows = [][]string{{"FROM", "TO", "WINDOW", "STATE", "ENVIRONMENT", "PROJECTS", "NAME"}}
		for _, w := range page.Windows {
			rows = append(rows, []string{moment(w.From), moment(w.To), w.Kind, w.State, w.Environment, cmp.Or(strings.Join(w.Projects, ", "), "all"), w.Name})
		}
		text += "\n" + table(rows)
	}
	return t.print(text)
}

// schedule says when a change request is applied. Status is pending, suspended or failed; Reason says why, if it is one of
// the last two.
type schedule struct {
	Status      string    `json:"status"`
	ScheduledAt time.Time `json:"scheduledAt"`
	Reason      string    `json:"reason"`
}

// time is when the request is applied, in a time zone if there is one of the name.
func (s schedule) time(zone string) string { return inZone(s.ScheduledAt, zone) }

// inZone returns a time as people read it in a time zone, or in UTC if there is none of the name.
func inZone(at time.Time, zone string) string {
	place, err := window.LoadZone(zone)
	if err != nil || zone == "" {
		return moment(at)
	}
	return at.In(place).Format("2006-01-02 15:04 MST")
}
