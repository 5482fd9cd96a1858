package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/server"
)

// ledgerVerify is `quorate ledger verify`.
type ledgerVerify struct {
	storage
	Head head `placeholder:"REVISION:HASH" help:"A head that was noted earlier, as this command prints it, and the server's log as revision and hash; the ledger must hold it."`
}

// Help says what the result means.
func (ledgerVerify) Help() string {
	return `Reads the whole ledger, checks that each entry follows the one before it, folds them all, and prints the
head, how many events there are, and the digest of the state that they add up to. Nothing is changed. Exit code 1
says that something does not hold, and the first revision at which.

An SQLite database is in use while a server runs: check a copy of the data folder, or stop the server.

An administrator of the database could rewrite a whole ledger so that it holds. Compare it with a head
that was noted elsewhere (--head).`
}

// Run checks the ledger. The digest of the state is the same on every node and in every copy, so two can be compared.
func (v ledgerVerify) Run(ctx context.Context, t terminal) error {
	report, err := server.VerifyLedger(ctx, v.settings(), ledger.Head(v.Head))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "ledger  %s\nhead    %s\nevents  %d in %d batches\nstate   %s\n",
		report.LedgerID, formatHead(report.Head), report.Head.Revision, report.Batches, report.Digest)
	return err
}

// head is a ledger's head as a person writes it: REVISION:HASH. The hash is the last entry's, as hexadecimal text.
type head ledger.Head

// UnmarshalText reads what formatHead writes.
func (h *head) UnmarshalText(text []byte) error {
	revision, hash, _ := strings.Cut(string(text), ":")
	number, err := strconv.ParseInt(revision, 10, 64)
	if err != nil || number < 1 {
		return errors.New("a head is written REVISION:HASH")
	}
	h.Revision = number
	return h.Hash.UnmarshalText([]byte(hash))
}

func formatHead(h ledger.Head) string { return fmt.Sprintf("%d:%s", h.Revision, h.Hash) }
