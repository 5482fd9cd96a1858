// Package cli is the command line: one file for each subcommand, and the settings,
// each a flag and an environment variable.
//
// A subcommand reads its settings, hands them on and prints what came of it. What those
// about a server of one's own do belongs in server; those about change requests ask a
// server for it, as every other client of the admin API does. Nothing is decided here.
//
// A subcommand is a struct: its fields are its arguments, described by tags that kong reads, and its method Run does what it is
// for. Help, where there is one, is what --help says besides. What a person is told here goes to standard output if it is the
// result, so that it can be piped, and to standard error otherwise.
//
//	serve.go, mail.go, sign_on.go    quorate serve and its settings (docs/operations.md)
//	ledger*.go, rescue.go            on the data of a server, without one
//	connection.go, terminal.go       asking a server, and printing what it says
//	cr*.go, change_request.go, change.go, upcoming.go, windows.go
//	                                 change requests and windows, at a server (docs/cli.md)
//	export.go, import*.go, events.go configuration and events, from and to a server (docs/import-export.md)
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // for machines that have no time zones, such as small containers

	"github.com/alecthomas/kong"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/server"
)

// version is set when a release is built. The linker sets it, by its name (see Makefile).
var version = "unknown"

// The exit codes. A script can tell "no" from "I did not understand you". Whatever goes wrong while a command runs is 1:
// that the answer is no, and that there is no answer.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is every subcommand.
type program struct {
	Serve    serve                 `cmd:"" help:"Serve flags."`
	CR       changeRequestCommands `cmd:"" name:"cr" help:"Propose changes to protected environments, review and apply them."`
	Upcoming upcoming              `cmd:"" help:"List what will happen when."`
	Windows  windowCommands        `cmd:"" help:"Say when an environment takes changes: freezes and maintenance windows."`
	Export   export                `cmd:"" help:"Print flags in Unleash's export format."`
	Import   importCommands        `cmd:"" help:"Bring flags from elsewhere."`
	Events   eventCommands         `cmd:"" help:"Read the event log."`
	Ledger   ledgerCommands        `cmd:"" help:"Check the ledger, look into its past, or agree to a restored one."`
	Rescue   rescue                `cmd:"" help:"Let an administrator in again who cannot sign in."`
	OpenAPI  openapi               `cmd:"" name:"openapi" help:"Print the admin API as an OpenAPI document."`
	Version  versionCommand        `cmd:"" help:"Print the version."`
}

// storage is where an instance keeps its data. Only a server, and the commands that go to its data without one, have it.
type storage struct {
	Data     string `default:"./data" env:"QUORATE_DATA" placeholder:"DIR" help:"The data folder. It holds the secret key, and the database unless another is given (${default}; $$${env})."`
	Database string `env:"QUORATE_DATABASE" placeholder:"URL" help:"A PostgreSQL database, postgres://…, instead of SQLite in the data folder. It has to be reached directly, not through a pooler ($$${env})."`
}

func (s storage) settings() server.Storage {
	return server.Storage{Data: s.Data, Database: s.Database}
}

// Main runs the program with the arguments after its name and returns its exit code. It ends
// early when the process is told to stop. Whatever is wrong with the arguments is said before anything is done. An error is
// printed once, here, by sentence; it may quote what strangers have written, so it is made readable like everything else.
func Main(args []string, out, err io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	var p program
	// kong would end the process there; here it only notes it, so that tests can run a program more than once.
	exited := false // by a flag such as --help, which has printed all there is to say
	parser := kong.Must(&p,
		kong.Name("quorate"),
		kong.Description("A feature-flag server in which a protected environment changes only when enough people agree."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		// Settings name their variable and default in their own sentence.
		kong.ValueFormatter(func(value *kong.Value) string { return value.Help }),
		kong.Writers(out, err),
		kong.Exit(func(int) { exited = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(terminal{out: out, err: err}),
	)
	command, problem := parser.Parse(args)
	switch {
	case exited:
		return exitDone
	// Nothing has been done yet: it is the arguments that are wrong.
	case problem != nil:
		_, _ = fmt.Fprintf(err, "quorate: %v. Try quorate --help.\n", problem) // there is no other place to say it
		return exitUsage
	}
	if problem := command.Run(); problem != nil {
		_, _ = fmt.Fprintf(err, "quorate: %s\n", readable(sentence(problem)))
		return exitFailed
	}
	return exitDone
}

// sentence is what a person gets to read of an error: a fault's own sentence and its
// details, where the ledger is damaged, or the whole chain of what went wrong.
func sentence(err error) string {
	if broken, ok := errors.AsType[*ledger.Break](err); ok {
		return broken.Error()
	}
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	var text strings.Builder
	if f.Message == fault.InvalidRequest { // which tells programs where the details are
		text.WriteString("This cannot be done as it was asked for:")
	} else {
		text.WriteString(f.Message)
	}
	for _, detail := range f.Details {
		text.WriteString("\n  " + detail.Message)
	}
	return text.String()
}
