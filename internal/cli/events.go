package cli

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// eventCommands is `quorate events`.
type eventCommands struct {
	Export eventsExport `cmd:"" help:"Print the events of a period as CSV or JSON."`
}

// eventsExport is `quorate events export`. A flag that may be given several times asks for any of its values; different
// flags are all asked for together.
type eventsExport struct {
	remote
	From        time.Time `format:"2006-01-02" placeholder:"DAY" help:"The first day (UTC), 2026-03-01."`
	To          time.Time `format:"2006-01-02" placeholder:"DAY" help:"The last day (UTC)."`
	Format      string    `enum:"csv,json" default:"csv" help:"csv or json (${default})."`
	Project     []string  `placeholder:"PROJECT" help:"Only events of these projects."`
	Environment []string  `placeholder:"NAME" help:"Only events of these environments."`
	Feature     []string  `placeholder:"NAME" help:"Only events of these flags."`
	Type        []string  `placeholder:"TYPE" help:"Only events of these types, such as feature-created."`
	Text        string    `placeholder:"TEXT" help:"Only events with this text in their data."`
}

// Help says what is printed.
func (eventsExport) Help() string {
	return `Newest first, all that you may read. In CSV, cells that a spreadsheet would take for a formula begin with '. Exit code 1
after some output says that it is not whole.`
}

// Run exports. Days are those of UTC, and the last one is included. The server writes while it reads, so an error may come
// after some output.
func (e eventsExport) Run(ctx context.Context, t terminal) error {
	query := url.Values{"format": {e.Format}}
	for name, values := range map[string][]string{"project": e.Project, "environment": e.Environment, "feature": e.Feature, "type": e.Type} {
		if len(values) > 0 {
			query.Set(name, "IS_ANY_OF:"+strings.Join(values, ","))
		}
	}
	for name, day := range map[string]time.Time{"from": e.From, "to": e.To} {
		if !day.IsZero() {
			query.Set(name, day.Format(time.DateOnly))
		}
	}
	if e.Text != "" {
		query.Set("query", e.Text)
	}
	return e.download(ctx, []string{"events", "export"}, query, t.out)
}
