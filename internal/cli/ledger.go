package cli

// ledgerCommands is `quorate ledger`.
type ledgerCommands struct {
	Verify        ledgerVerify        `cmd:"" help:"Check every entry of the ledger, and what they add up to."`
	Show          ledgerShow          `cmd:"" help:"Print the configuration as it was at a moment."`
	Diff          ledgerDiff          `cmd:"" help:"Print how the configuration differs between two moments."`
	AcceptRestore ledgerAcceptRestore `cmd:"" help:"Go on from a database that was restored from a backup."`
}
