// Command quorate is the feature-flag server and its tools. What it does belongs in
// internal/cli, where tests can call it.
package main

import (
	"os"

	"github.com/quorate/quorate/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
