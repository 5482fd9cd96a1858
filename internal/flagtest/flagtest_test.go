package flagtest_test

import (
	"slices"
	"testing"

	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// TestSameSeed holds that a benchmark measures the same instance every time.
func TestSameSeed(t *testing.T) {
	t.Parallel()
	one, same, other := mustDigest(t, flagtest.State(1, 300)), mustDigest(t, flagtest.State(1, 300)), mustDigest(t, flagtest.State(2, 300))
	if one != same {
		t.Errorf("the same seed: got the digests %s and %s, want equal ones", one, same)
	}
	if one == other {
		t.Errorf("another seed: got the digest %s again", one)
	}
}

// TestState counts what an instance holds.
func TestState(t *testing.T) {
	t.Parallel()
	s := flagtest.State(1, 1000)
	if got, want := s.FlagCount(), 1000; got != want {
		t.Errorf("got %d flags, want %d", got, want)
	}
	if got, want := len(slices.Collect(s.Projects())), 5; got != want {
		t.Errorf("got %d projects, want %d", got, want)
	}
	if got, want := s.SegmentCount(), 20; got != want {
		t.Errorf("got %d segments, want %d", got, want)
	}
	var archived, dependent, withSegment int
	for f := range s.Flags() {
		if f.Archived() {
			archived++
		}
		if len(f.Dependencies) > 0 {
			dependent++
		}
	}
	for segment := range s.Segments() {
		withSegment += len(slices.Collect(s.SegmentUsers(segment.ID)))
	}
	if archived == 0 || dependent == 0 || withSegment == 0 {
		t.Errorf("got %d archived flags, %d dependencies and %d uses of segments, want some of each", archived, dependent, withSegment)
	}
}

// TestBatches verifies the chain and folds it to the same state.
func TestBatches(t *testing.T) {
	t.Parallel()
	verifier := ledger.NewVerifier(ledger.Head{})
	s := &state.State{}
	for batch := range flagtest.Batches(1, 100) {
		for _, entry := range batch {
			if _, err := verifier.Add(entry.Body, entry.Hash); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if s, _, err = state.Fold(s, batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := verifier.Close(); err != nil {
		t.Error(err)
	}
	if got, want := mustDigest(t, s), mustDigest(t, flagtest.State(1, 100)); got != want {
		t.Errorf("got digest %s, want %s", got, want)
	}
}

// TestChanger makes many changes, each of which fits the state that the last one left.
func TestChanger(t *testing.T) {
	t.Parallel()
	s := flagtest.State(1, 50)
	changer := flagtest.NewChanger(1, s)
	types := map[string]int{}
	for range 1000 {
		events := changer.Next(s)
		for _, event := range events {
			types[event.Payload.EventType()]++
		}
		s = flagtest.After(s, events...)
	}
	if len(types) != 5 {
		t.Errorf("got the event types %v, want five of them", types)
	}
}

func mustDigest(t *testing.T, s *state.State) string {
	t.Helper()
	digest, err := state.Digest(s)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}
