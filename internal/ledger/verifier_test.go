package ledger_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/ledger"
)

// verify runs a whole verification and returns the break it finds, or nil.
func verify(from ledger.Head, entries []ledger.Entry) (*ledger.Break, ledger.Head) {
	v := ledger.NewVerifier(from)
	for _, entry := range entries {
		if _, err := v.Add(entry.Body, entry.Hash); err != nil {
			break
		}
	}
	var broken *ledger.Break
	errors.As(v.Close(), &broken)
	return broken, v.Head()
}

// TestTampering holds that no single change to a chain goes unnoticed, and that the
// break names the first revision that is not as it was.
func TestTampering(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries, head := drawLedger(t, ledger.Head{})
		place := rapid.IntRange(0, len(entries)-1).Draw(t, "place")
		change := rapid.SampledFrom([]string{"flip", "flip hash", "drop", "swap", "duplicate", "rewrite"}).Draw(t, "change")
		damaged := slices.Clone(entries)
		switch change {
		case "flip":
			damaged[place].Body = flip(t, damaged[place].Body)
		case "flip hash":
			copy(damaged[place].Hash[:], flip(t, damaged[place].Hash[:]))
		case "drop":
			damaged = slices.Delete(damaged, place, place+1)
		case "swap":
			other := rapid.IntRange(0, len(entries)-1).Draw(t, "other")
			if other == place {
				t.Skip("swapped with itself")
			}
			damaged[place], damaged[other] = damaged[other], damaged[place]
			place = min(place, other)
		case "duplicate":
			damaged = slices.Insert(damaged, place, damaged[place])
			place++ // the second of the two stands where the next should
		case "rewrite":
			// Someone who knows the format changes an event and seals its batch again.
			first := place - damaged[place].Index
			next := first + damaged[place].Size
			batch := ledger.Batch{ID: damaged[place].Batch, At: damaged[place].At, Actor: damaged[place].Actor}
			for _, entry := range damaged[first:next] {
				batch.Events = append(batch.Events, entry.Event)
			}
			batch.Events[place-first].Type += "x"
			rewritten, _ := ledger.Seal(ledger.Head{Revision: int64(first), Hash: damaged[first].Previous}, batch)
			copy(damaged[first:], rewritten)
			place = next // the batch itself holds; what follows does not
		}
		broken, reached := verify(ledger.Head{}, damaged)
		if broken == nil {
			// At its end a chain is held by the head alone, which is why heads are kept
			// elsewhere too.
			if place < len(entries)-1 || reached == head {
				t.Fatalf("%s at revision %d: got no break, and the head %v", change, place+1, reached)
			}
			return
		}
		if broken.Revision != int64(place+1) {
			t.Fatalf("%s: got %q, want revision %d", change, broken, place+1)
		}
	})
}

func flip(t *rapid.T, data []byte) []byte {
	flipped := slices.Clone(data)
	flipped[rapid.IntRange(0, len(data)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	return flipped
}

// TestEveryFlip flips each bit of a small ledger once.
func TestEveryFlip(t *testing.T) {
	t.Parallel()
	head, batch := golden()
	entries, _ := ledger.Seal(head, batch)
	for i := range entries {
		for bit := range 8 * len(entries[i].Body) {
			damaged := slices.Clone(entries)
			damaged[i].Body = slices.Clone(damaged[i].Body)
			damaged[i].Body[bit/8] ^= 1 << (bit % 8)
			broken, _ := verify(head, damaged)
			if broken == nil || broken.Revision != entries[i].Revision {
				t.Fatalf("bit %d of revision %d flipped: got %v", bit, entries[i].Revision, broken)
			}
		}
	}
}

func TestBreaks(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seal := func(head ledger.Head, id byte, at time.Time, n int) ([]ledger.Entry, ledger.Head) {
		batch := ledger.Batch{ID: ledger.BatchID{id}, At: at, Actor: "system"}
		for range n {
			batch.Events = append(batch.Events, ledger.Event{Type: "tested"})
		}
		return ledger.Seal(head, batch)
	}
	first, afterFirst := seal(ledger.Head{}, 1, at, 3)
	later, _ := seal(afterFirst, 2, at.Add(time.Second), 1)
	earlier, _ := seal(afterFirst, 2, at.Add(-time.Microsecond), 1)
	inside := ledger.Head{Revision: 2, Hash: first[1].Hash}
	torn, _ := seal(inside, 2, at, 1)

	for _, test := range []struct {
		name    string
		from    ledger.Head
		entries []ledger.Entry
		want    string // of the break; none if empty
	}{
		{"nothing", ledger.Head{}, nil, ""},
		{"whole", ledger.Head{}, slices.Concat(first, later), ""},
		{"from a head", afterFirst, later, ""},
		{"the same time", ledger.Head{}, slices.Concat(first[:3]), ""},
		{"from a wrong head", ledger.Head{Revision: 3}, later, "revision 4: it follows an entry with the hash " + afterFirst.Hash.String()},
		{"a gap", ledger.Head{}, slices.Concat(first[:2], later), "revision 3: the entry in its place has revision 4"},
		{
			"time runs backwards",
			ledger.Head{},
			slices.Concat(first, earlier),
			"revision 4: its time 2025-12-31T23:59:59.999999Z lies before 2026-01-01T00:00:00Z",
		},
		{
			"a batch without its end",
			ledger.Head{},
			first[:2],
			"revision 3: batch 01000000-0000-0000-0000-000000000000 has only 2 of its 3 events",
		},
		{
			"a batch within a batch",
			ledger.Head{},
			slices.Concat(first[:2], torn),
			"revision 3: batch 01000000-0000-0000-0000-000000000000 has only 2 of its 3 events",
		},
		{
			"a batch without its beginning", inside, first[2:],
			"revision 3: batch 01000000-0000-0000-0000-000000000000 lacks its first 2 events",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			broken, _ := verify(test.from, test.entries)
			if test.want == "" {
				if broken != nil {
					t.Errorf("got %v, want no break", broken)
				}
				return
			}
			if want := "the ledger is damaged at " + test.want; broken == nil || !strings.HasPrefix(broken.Error(), want) {
				t.Errorf("got %v, want %s", broken, want)
			}
		})
	}
}

// TestBreakStays holds that a verifier cannot be led back onto the chain.
func TestBreakStays(t *testing.T) {
	t.Parallel()
	head, batch := golden()
	entries, _ := ledger.Seal(head, batch)
	v := ledger.NewVerifier(head)
	if _, err := v.Add(entries[1].Body, entries[1].Hash); err == nil {
		t.Fatal("the second entry first: got no error")
	}
	if _, err := v.Add(entries[0].Body, entries[0].Hash); err == nil {
		t.Error("after a break: got no error")
	}
	if v.Close() == nil {
		t.Error("Close after a break: got no error")
	}
	if v.Head() != head {
		t.Errorf("head after a break: got %v, want %v", v.Head(), head)
	}
}

func BenchmarkVerify(b *testing.B) {
	head, batch := golden()
	batch.Events = batch.Events[:1]
	entries, _ := ledger.Seal(head, batch)
	for b.Loop() {
		v := ledger.NewVerifier(head)
		if _, err := v.Add(entries[0].Body, entries[0].Hash); err != nil {
			b.Fatal(err)
		}
	}
}
