package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/quorate/quorate/internal/server"
)

// rescue is `quorate rescue`.
type rescue struct {
	storage
	Name string `arg:"" help:"The username or the e-mail address of an administrator."`
}

// Help says when it is needed.
func (rescue) Help() string {
	return `It is for the day on which nobody who administers can sign in, for example because the identity provider is
gone. It turns signing in by a password on, and prints the end of a link by which the administrator chooses
a password, once, within a day. Both are on record in the ledger.

It needs the data folder and the secret key of a server. An SQLite database is in use while a server runs,
so stop it first.`
}

// Run makes the link. Only the end of the link is known here: which address the server has, the command is not told.
func (c rescue) Run(ctx context.Context, t terminal) error {
	secret, err := server.Rescue(ctx, c.settings(), os.Getenv("QUORATE_SECRET_KEY"), c.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "Signing in by a password is on. Open this page of the server, once, within a day:\n\n  /new-user?token=%s\n", secret)
	return err
}
