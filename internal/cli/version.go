package cli

import (
	"fmt"
	"runtime"
)

// versionCommand is `quorate version`.
type versionCommand struct{}

// Run prints the version and what the program was built with and for. Reports of bugs begin with it.
func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintf(t.out, "quorate %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
