package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// child is what this binary does when a test has started it as a process of its own, on
// the database that QUORATE_TEST_URL names.
func child(role string) int {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: os.Getenv("QUORATE_TEST_URL")})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if role == "append" {
		err = appendForever(ctx, db)
		fmt.Println(err)
		return 1
	}
	return 0
}

// appendForever appends batches of some events, half of them with an origin, and prints
// the id of each batch once it is confirmed.
func appendForever(ctx context.Context, db *store.DB) error {
	for {
		head, err := db.Head(ctx)
		if err != nil {
			return err
		}
		batch := newBatch(strings.Split("abcde", "")[:1+rand.IntN(5)]...)
		var also func(*store.Tx) error
		if rand.IntN(2) == 0 {
			batch.Actor = "with-origin"
			also = func(tx *store.Tx) error { return tx.PutOrigin(batch.ID, store.Origin{At: noon}) }
		}
		entries, _ := ledger.Seal(head, batch)
		err = db.Append(ctx, head, entries, also)
		if errors.Is(err, store.ErrHeadMoved) {
			continue // the server has just committed what a killed predecessor had sent
		}
		if err != nil {
			return err
		}
		fmt.Println(batch.ID)
	}
}

// startChild starts this binary again in a role, and returns it with what it prints.
func startChild(t *testing.T, role, url string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "QUORATE_TEST_ROLE="+role, "QUORATE_TEST_URL="+url)
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, output
}

// TestKill kills a process in the middle of its appends, again and again on the same
// ledger. After each time the chain holds, batches and what was written with them are
// whole, and every batch that the process had been told is stored is there.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := map[string]int{"SQLite": 50, "PostgreSQL": 15}
	storetest.EachURL(t, func(t *testing.T, url string) {
		confirmed := map[ledger.BatchID]bool{}
		for round := range rounds[t.Name()[strings.LastIndex(t.Name(), "/")+1:]] {
			killOnce(t, url, confirmed)
			checkAfterKill(t, url, round, confirmed)
		}
		t.Logf("%d batches were confirmed", len(confirmed))
	})
}

// killOnce runs a child that appends, kills it after some batches, and notes what it
// has printed.
func killOnce(t *testing.T, url string, confirmed map[ledger.BatchID]bool) {
	t.Helper()
	cmd, output := startChild(t, "append", url)
	lines := bufio.NewScanner(output)
	note := func() bool {
		if !lines.Scan() {
			return false
		}
		id, err := ledger.ParseBatchID(lines.Text())
		if err != nil {
			t.Fatalf("the child says: %s", lines.Text())
		}
		confirmed[id] = true
		return true
	}
	for range 1 + rand.IntN(10) {
		if !note() {
			t.Fatal("the child ended by itself")
		}
	}
	// The next append has begun; the moment within it is left to chance.
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for note() {
	}
	_ = cmd.Wait() // it was killed
}

func checkAfterKill(t *testing.T, url string, round int, confirmed map[ledger.BatchID]bool) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatalf("round %d: open: %v", round, err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Errorf("round %d: close: %v", round, err)
		}
	}()
	stored := map[ledger.BatchID]bool{} // and whether an origin belongs to it
	_, err = db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		stored[e.Batch] = e.Actor == "with-origin"
		return nil
	})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	for id := range confirmed {
		if _, ok := stored[id]; !ok {
			t.Errorf("round %d: batch %s was confirmed and is not there", round, id)
		}
	}
	ids := make([]ledger.BatchID, 0, len(stored))
	for id := range stored {
		ids = append(ids, id)
	}
	origins, err := db.Origins(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range stored {
		if _, got := origins[id]; got != want {
			t.Errorf("round %d: batch %s has an origin: got %t, want %t", round, id, got, want)
		}
	}
}

// TestSecondProcess holds that only one process uses an SQLite database, and another
// can as soon as the first has ended, even if it was killed.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	first, output := startChild(t, "append", url)
	if !bufio.NewScanner(output).Scan() {
		t.Fatal("the first process printed nothing")
	}
	if _, err := store.Open(t.Context(), store.Options{URL: url}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while another process has it: got %v, want %v", err, store.ErrLocked)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	storetest.Open(t, url)

	second, output := startChild(t, "open", url)
	text, err := io.ReadAll(output)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err == nil || !strings.Contains(string(text), store.ErrLocked.Error()) {
		t.Errorf("a second process: got %v and %q, want that it says %q", err, text, store.ErrLocked)
	}
}
