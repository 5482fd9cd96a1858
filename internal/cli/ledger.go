package cli

// ledgerCommands is `quorate ledger`.
type ledgerCommands struct {
	Verify        ledgerVerify        `cmd:"" help:"Check every entry of the ledger, and what they add up to."`
	AcceptRestore ledgerAcceptRestore `cmd:"" help:"Go on from a database that was restored from a backup."`
}
