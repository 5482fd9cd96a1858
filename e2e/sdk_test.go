package e2e_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestSDKs runs the tests in e2e/sdk, which use the real SDKs, against a server.
func TestSDKs(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("sdk/node_modules"); err != nil {
		missing(t, "the SDKs are not installed; make tools does it")
	}
	s := mustStart(t, t.TempDir(), withTokens)
	node := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter", "spec", ".")
	node.Dir = "sdk"
	node.Env = append(os.Environ(),
		"QUORATE_URL="+s.url,
		"QUORATE_ADMIN_TOKEN="+adminToken,
		"QUORATE_BACKEND_TOKEN="+backendToken,
		"QUORATE_FRONTEND_TOKEN="+frontendToken,
	)
	output, err := node.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Error(err)
	}
}
