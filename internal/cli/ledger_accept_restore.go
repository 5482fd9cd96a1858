package cli

import (
	"context"
	"fmt"

	"github.com/quorate/quorate/internal/server"
)

// ledgerAcceptRestore is `quorate ledger accept-restore`.
type ledgerAcceptRestore struct {
	storage
	Reason string `required:"" placeholder:"TEXT" help:"Why; it is written into the ledger."`
}

// Help says when it is needed.
func (ledgerAcceptRestore) Help() string {
	return `A server that has seen a newer ledger than its database holds knows that the database was restored from a
backup, and writes nothing until somebody says that this was meant. This command says so. It prints which
revisions are lost, and which scheduled change requests it suspends.

The data folder must be that of a server that has seen the newer ledger: its file HEAD says what was
there. An SQLite database is in use while a server runs, so stop it first.`
}

// Run accepts the restored ledger. What to do around it is told in docs/operations.md.
func (c ledgerAcceptRestore) Run(ctx context.Context, t terminal) error {
	lost, err := server.AcceptRestore(ctx, c.settings(), c.Reason)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("The restored ledger is accepted. Revisions %d to %d are lost.\n", lost.From, lost.To)
	if len(lost.Suspended) > 0 {
		rows := [][]string{{"TIME", "REQUEST", "ENVIRONMENT", "TITLE"}}
		for _, r := range lost.Suspended {
			rows = append(rows, []string{inZone(r.Schedule.At, r.Schedule.Zone), reference{string(r.Project), int64(r.ID)}.String(), string(r.Environment), r.ShownTitle()})
		}
		text += "\nThese schedules are suspended, until somebody schedules them again or rejects them:\n" + table(rows)
	}
	return t.print(text)
}
