package cli

// ledgerCommands is `quorate ledger`. They open the storage themselves, without a server; an SQLite database must not be in
// use by one.
type ledgerCommands struct {
	Verify        ledgerVerify        `cmd:"" help:"Check every entry of the ledger, and what they add up to."`
	Show          ledgerShow          `cmd:"" help:"Print the configuration as it was at a moment."`
	Diff          ledgerDiff          `cmd:"" help:"Print how the configuration differs between two moments."`
	AcceptRestore ledgerAcceptRestore `cmd:"" help:"Go on from a database that was restored from a backup."`
}
