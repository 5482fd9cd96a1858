package state_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

var update = flag.Bool("update", false, "add what is missing to the ledgers in testdata, and rewrite their digests")

// The golden ledger of a format is what releases of that format wrote: one entry a line,
// hash and body. Its bytes are never changed. Beside it stands the digest of its fold.
const (
	goldenLedger = "testdata/format-1.ledger"
	goldenDigest = "testdata/format-1.digest"
)

// TestGoldenLedger folds a ledger that an earlier release may have written. If the digest
// differs, a ledger out there would be folded to another state than before.
func TestGoldenLedger(t *testing.T) {
	t.Parallel()
	s, lines := mustFoldGolden(t)
	if *update {
		known, groups := map[string]bool{}, map[ledger.Group]bool{{}: true}
		for _, line := range lines {
			known[line.Type], groups[line.Group] = true, true
		}
		for _, event := range story() {
			// A new group is told as a whole: its events fit only behind each other.
			if len(lines) > 0 && known[event.Payload.EventType()] && groups[event.Group] {
				continue
			}
			entries := seal(t, s, event)
			mustAppendGolden(t, entries)
			s = mustFold(t, s, event)
		}
		if err := os.WriteFile(goldenDigest, []byte(mustDigest(t, s)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(goldenDigest)
	if err != nil {
		t.Fatal(err)
	}
	if got := mustDigest(t, s); got != strings.TrimSpace(string(want)) {
		t.Errorf("%s: got digest %s, want %s", goldenLedger, got, want)
	}
	have := map[string]bool{}
	for _, line := range lines {
		have[line.Type] = true
	}
	for _, name := range state.EventTypes() {
		if _, ok := untold[name]; !have[name] && !ok {
			t.Errorf("%s has no %s; run make generate", goldenLedger, name)
		}
	}
}

// mustFoldGolden verifies and folds the golden ledger, which may be missing.
func mustFoldGolden(t *testing.T) (*state.State, []ledger.Event) {
	t.Helper()
	data, err := os.ReadFile(goldenLedger)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	s := &state.State{}
	verifier := ledger.NewVerifier(ledger.Head{})
	var batch []ledger.Entry
	var all []ledger.Event
	for line := range bytes.Lines(data) {
		digits, encoded, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		hash, err := ledger.ParseHash(digits)
		if err != nil {
			t.Fatal(err)
		}
		body, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		event, err := verifier.Add(body, hash)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
		batch = append(batch, ledger.Entry{Event: event, Hash: hash, Body: body})
		if !event.Last() {
			continue
		}
		if s, _, err = state.Fold(s, batch); err != nil {
			t.Fatal(err)
		}
		batch = nil
	}
	if err := verifier.Close(); err != nil {
		t.Fatal(err)
	}
	return s, all
}

func mustAppendGolden(t *testing.T, entries []ledger.Entry) {
	t.Helper()
	file, err := os.OpenFile(goldenLedger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, err := fmt.Fprintln(file, entry.Hash, base64.StdEncoding.EncodeToString(entry.Body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// mustJSON returns the snapshot of a state as a tree of values.
func mustJSON(t testing.TB, s *state.State) map[string]any {
	t.Helper()
	data, err := state.Snapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}
