package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/history"
	"github.com/quorate/quorate/internal/server"
)

// ledgerDiff is `quorate ledger diff`.
type ledgerDiff struct {
	storage
	historyPart
	From point `arg:"" placeholder:"FROM" help:"The earlier moment: a revision, a time (2026-03-01T12:00:00Z) or a day."`
	To   point `arg:"" optional:"" placeholder:"TO" help:"The later moment; the end of the ledger if left out."`
}

// Help says how it is read.
func (ledgerDiff) Help() string {
	return `Prints in which fields the configuration differs between two moments. Lines with - are what was, lines with + what came.
Elements of lists are named by their ids or names. Read as by quorate ledger show; a server answers the same at
GET /api/admin/history/diff.`
}

// Run compares. Values are printed as the JSON that they are. A side that is null was not there, and has no line.
func (l ledgerDiff) Run(ctx context.Context, t terminal) error {
	states, err := server.LedgerPast(ctx, l.settings(), app.Moment(l.From), app.Moment(l.To))
	if err != nil {
		return err
	}
	from, to := whereOf(states[0]), whereOf(states[1])
	from.confess(t)
	to.confess(t)
	changes, err := history.Diff(history.Of(states[0].State, l.part()), history.Of(states[1].State, l.part()))
	if err != nil {
		return err
	}
	if l.JSON {
		answer, err := json.MarshalIndent(struct {
			From    where                `json:"from"`
			To      where                `json:"to"`
			Changes []history.Difference `json:"changes"`
		}{from, to, changes}, "", "  ")
		if err != nil {
			return err
		}
		return t.printJSON(answer)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "from %s\nto   %s\n", from, to)
	for _, d := range changes {
		owner := ""
		if d.Project != "" && d.Kind != "project" {
			owner = " of " + string(d.Project)
		}
		fmt.Fprintf(&text, "\n%s %s%s was %s\n", d.Kind, d.Name, owner, d.How)
		for _, f := range d.Fields {
			if string(f.Before) != "null" {
				fmt.Fprintf(&text, "- %s: %s\n", f.Path, f.Before)
			}
			if string(f.After) != "null" {
				fmt.Fprintf(&text, "+ %s: %s\n", f.Path, f.After)
			}
		}
	}
	return t.printDiff(text.String())
}
