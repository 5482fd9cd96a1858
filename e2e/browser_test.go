package e2e_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestBrowser runs the tests in e2e/browser, which use the web app in Chromium, against a
// server with the demo project.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "Chromium is not installed; make tools does it")
	}
	if _, err := os.Stat("browser/node_modules"); err != nil {
		missing(t, "what drives the browser is not installed; make tools does it")
	}
	const username, password = "admin", "an-Administrator-1"
	s := mustStart(t, t.TempDir(), []string{
		"UNLEASH_DEFAULT_ADMIN_USERNAME=" + username, "UNLEASH_DEFAULT_ADMIN_PASSWORD=" + password,
		"QUORATE_INTEGRATIONS_PRIVATE=true", // the receiver of a test is this machine
	}, "--demo")
	if page := s.mustCall(t, http.StatusOK, http.MethodGet, "/", "", ""); !strings.Contains(page.body, `id="root"`) {
		missing(t, "the program was built without the web app; make web builds it")
	}
	// A server of its own for setting up from nothing, by the link that a first start prints.
	first := mustStart(t, t.TempDir(), nil)
	link := regexp.MustCompile(`/new-user\?token=\w+`).FindString(first.output.String())
	// One file after the other: they share the server, and a browser wants a core for itself.
	ctx := t.Context()
	if deadline, ok := t.Deadline(); ok {
		// A failure that says how far it came, and not the go command's panic, which does not.
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-15*time.Second))
		defer cancel()
	}
	node := exec.CommandContext(ctx, "node", "--test", "--test-concurrency", "1", "--test-reporter", "spec", ".")
	node.Dir = "browser"
	node.Env = append(os.Environ(), "QUORATE_URL="+s.url, "QUORATE_USERNAME="+username, "QUORATE_PASSWORD="+password, "CHROMIUM="+chromium, "QUORATE_FIRST="+first.url+link)
	output := t.Output() // what is tested is told as it goes on, to whoever asks by -v
	node.Stdout, node.Stderr = output, output
	node.WaitDelay = 5 * time.Second // browsers may outlive it, and keep its output open
	if err := node.Run(); err != nil {
		t.Error(err)
	}
}

// missing skips a test for want of something that CI has.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
