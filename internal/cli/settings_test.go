package cli_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/cli"
)

// TestBrokenSettings holds that a server does not start with settings that cannot be meant, and that it says which one
// is meant.
func TestBrokenSettings(t *testing.T) {
	good := map[string]string{
		"QUORATE_SMTP_HOST": "mail.example.com", "QUORATE_SMTP_USER": "quorate", "QUORATE_SMTP_PASSWORD": "secret", "QUORATE_SMTP_SENDER": "Quorate <flags@example.com>",
	}
	for name, c := range map[string]struct {
		change map[string]string
		want   string
	}{
		"no host":             {map[string]string{"QUORATE_SMTP_HOST": ""}, "--smtp-host (QUORATE_SMTP_HOST or EMAIL_HOST) is missing"},
		"a host with a port":  {map[string]string{"QUORATE_SMTP_HOST": "mail.example.com:25"}, "--smtp-host (QUORATE_SMTP_HOST or EMAIL_HOST) must be"},
		"no number":           {map[string]string{"QUORATE_SMTP_PORT": "smtp"}, "--smtp-port (QUORATE_SMTP_PORT or EMAIL_PORT) must be"},
		"a large number":      {map[string]string{"EMAIL_PORT": "70000"}, "--smtp-port (QUORATE_SMTP_PORT or EMAIL_PORT) must be"},
		"no password":         {map[string]string{"QUORATE_SMTP_PASSWORD": ""}, "--smtp-user (QUORATE_SMTP_USER or EMAIL_USER) and QUORATE_SMTP_PASSWORD"},
		"no sender":           {map[string]string{"QUORATE_SMTP_SENDER": ""}, "--smtp-sender (QUORATE_SMTP_SENDER or EMAIL_SENDER) must be"},
		"a wrong sender":      {map[string]string{"QUORATE_SMTP_SENDER": "flags"}, "--smtp-sender (QUORATE_SMTP_SENDER or EMAIL_SENDER) must be"},
		"an unknown mode":     {map[string]string{"QUORATE_SMTP_TLS": "ssl"}, "--smtp-tls (QUORATE_SMTP_TLS) must be starttls, tls or none"},
		"a password in clear": {map[string]string{"QUORATE_SMTP_TLS": "none"}, "--smtp-tls (QUORATE_SMTP_TLS) must not be none"},
		"neither yes nor no":  {map[string]string{"EMAIL_SECURE": "maybe"}, "EMAIL_SECURE must be true or false"},
		"no time to apply in": {map[string]string{"QUORATE_SCHEDULE_GRACE": "0s"}, "--schedule-grace is a second or more"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, settings := range []map[string]string{good, c.change} {
				for variable, value := range settings {
					t.Setenv(variable, value)
				}
			}
			var out, failed bytes.Buffer
			code := cli.Main([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, &out, &failed)
			if code == 0 || !strings.Contains(failed.String(), c.want) {
				t.Errorf("got %d and %q, want a failure that says %q", code, failed.String(), c.want)
			}
		})
	}
}

// TestSettingsAreDocumented holds the environment variables that the program reads, or names, to those that the pages
// about running and using it name: none is missing there, and none is there that does nothing.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	variable := regexp.MustCompile(`\b(?:QUORATE|UNLEASH|EMAIL|EDGE|SDK|INIT)_[A-Z_]*[A-Z]\b`)
	named := func(files ...string) []string {
		all := map[string]bool{}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range variable.FindAllString(string(text), -1) {
				all[name] = true
			}
		}
		return slices.Sorted(maps.Keys(all))
	}
	source, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	source = slices.DeleteFunc(source, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
	const docs = "../../docs/"
	if diff := cmp.Diff(named(source...), named(docs+"operations.md", docs+"cli.md", docs+"import-export.md")); diff != "" {
		t.Errorf("docs/operations.md, cli.md and import-export.md (-read +documented):\n%s", diff)
	}
}
