package cli_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/cli"
)

var update = flag.Bool("update", false, "write the golden files")

// TestHelp holds that the help texts change only when somebody looks at them.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"", "serve", "cr", "cr list", "cr show", "cr diff", "cr open", "cr approve", "cr reject", "cr schedule", "cr apply", "cr cancel", "cr undo", "upcoming", "windows", "windows list", "windows add", "windows change", "windows remove",
		"export", "import", "import flags", "import unleash", "events", "events export", "ledger", "ledger verify", "ledger show", "ledger diff", "ledger accept-restore", "openapi", "version",
	} {
		var out, errs bytes.Buffer
		args := append(strings.Fields(command), "--help")
		if code := cli.Main(args, &out, &errs); code != 0 || errs.Len() > 0 {
			t.Errorf("quorate %s: got exit code %d and %q, want 0 and no complaint", strings.Join(args, " "), code, errs.String())
		}
		golden := filepath.Join("testdata", strings.ReplaceAll("quorate "+command, " ", "-")+".golden")
		golden = strings.Replace(golden, "-.golden", ".golden", 1)
		if *update {
			if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("quorate %s (-want +got):\n%s", strings.Join(args, " "), diff)
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		says string // to stderr
	}{
		{[]string{"version"}, 0, ""},
		{nil, 2, "quorate --help"},
		{[]string{"nonsense"}, 2, "nonsense"},
		{[]string{"serve", "--nonsense"}, 2, "--nonsense"},
		{[]string{"serve", "--log-level", "loud"}, 2, "loud"},
		{[]string{"serve", "--trust-proxy", "10.0.0.0/8,somewhere"}, 2, "no address and no network"},
		{[]string{"serve", "--base-path", "flags"}, 1, "base path"},
		{[]string{"ledger", "accept-restore"}, 2, "--reason"},
		{[]string{"ledger", "show", "yesterday"}, 2, "a moment is a revision"},
		{[]string{"ledger", "show", "7"}, 1, "there is no database"},
		{[]string{"ledger", "verify", "--head", "7:abc"}, 2, "64 hexadecimal digits"},
		{[]string{"ledger", "verify", "--head", "0:" + strings.Repeat("0", 64)}, 2, "REVISION:HASH"},
		{[]string{"ledger", "verify", "--database", "postgres://127.0.0.1:1/none"}, 1, "database is unavailable"},
	} {
		var out, errs bytes.Buffer
		args := tt.args
		if len(args) > 1 {
			args = append(args, "--data", t.TempDir())
		}
		if code := cli.Main(args, &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.says) {
			t.Errorf("quorate %s: got exit code %d and %q, want %d and %q in it", strings.Join(tt.args, " "), code, errs.String(), tt.code, tt.says)
		}
	}
}
