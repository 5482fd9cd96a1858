package gate_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/gate"
)

var update = flag.Bool("update", false, "rewrite the table in docs/gate.md")

// TestPage holds docs/gate.md to the table that the gate decides by.
func TestPage(t *testing.T) {
	t.Parallel()
	const (
		begin = "<!-- gate: written by go test ./internal/gate -update -->\n"
		end   = "<!-- gate: end -->\n"
	)
	path := filepath.Join("..", "..", "docs", "gate.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(page), begin)
	got, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("docs/gate.md lacks the markers %q and %q", begin, end)
	}
	want := gate.Markdown()
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/gate.md does not show the table that the gate decides by; run make generate (-want +got):\n%s", diff)
	}
}
