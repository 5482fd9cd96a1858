package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestKillDuringWrites kills the server again and again while clients write. Whatever
// a client was told is done must be there afterwards, and the ledger must hold.
func TestKillDuringWrites(t *testing.T) {
	t.Parallel()
	const rounds, writers = 12, 4
	folder := t.ArtifactDir()
	var mu sync.Mutex
	var confirmed []string
	for round := range rounds {
		s := mustStart(t, folder, withTokens)
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for writer := range writers {
			clients.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					name := fmt.Sprintf("flag-%d-%d-%d", round, writer, i)
					a, err := s.call(ctx, http.MethodPost, "/api/admin/projects/default/features", adminToken, fmt.Sprintf(`{"name":%q}`, name))
					if err != nil {
						return // the server is gone
					}
					if a.status != http.StatusCreated {
						t.Errorf("create %s: got %d %s", name, a.status, a.body)
						return
					}
					mu.Lock()
					confirmed = append(confirmed, name)
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(20+rand.IntN(200)) * time.Millisecond) // when the power goes is up to chance
		s.kill()
		cancel()
		clients.Wait()

		if output, err := run(folder, "ledger", "verify"); err != nil {
			t.Fatalf("round %d: ledger verify: %v\n%s", round, err, output)
		}
	}
	if len(confirmed) < rounds {
		t.Errorf("only %d writes were confirmed in %d rounds; the test has proved little", len(confirmed), rounds)
	}

	s := mustStart(t, folder, withTokens)
	list := s.mustCall(t, http.StatusOK, http.MethodGet, "/api/admin/projects/default/features", adminToken, "")
	var body struct{ Features []struct{ Name string } }
	if err := json.Unmarshal([]byte(list.body), &body); err != nil {
		t.Fatal(err)
	}
	there := make(map[string]bool)
	for _, f := range body.Features {
		there[f.Name] = true
	}
	for _, name := range confirmed {
		if !there[name] {
			t.Errorf("%s was confirmed and is lost", name)
		}
	}
	t.Logf("%d rounds, %d confirmed writes, %d flags", rounds, len(confirmed), len(there))
}
