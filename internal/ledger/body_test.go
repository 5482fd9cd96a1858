package ledger_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/ledger"
)

var update = flag.Bool("update", false, "write the golden files")

// golden is a batch that uses every field, behind a head that is not the first.
func golden() (ledger.Head, ledger.Batch) {
	return ledger.Head{Revision: 40, Hash: ledger.Hash{0xaa, 31: 0xbb}}, ledger.Batch{
		ID:    ledger.BatchID{0x01, 0x93, 15: 0xff},
		At:    time.Date(2026, 11, 22, 10, 11, 12, 345678000, time.UTC),
		Actor: "user:7",
		Events: []ledger.Event{
			{
				Type: "feature-strategy-add", Project: "default", Environment: "production", Feature: "naïve-flag",
				Group: ledger.Group{Kind: "change-request", ID: 41}, Payload: []byte(`{"strategy":"default"}`),
			},
			{Type: "instance-checked", Payload: nil},
		},
	}
}

// TestFormat holds the bytes of version 1: ledgers that are written today must be
// readable for ever. A new format gets a new version and a golden file of its own.
func TestFormat(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "version1.golden")
	head, batch := golden()
	entries, next := ledger.Seal(head, batch)
	var text strings.Builder
	for _, entry := range entries {
		text.WriteString(hex.Dump(entry.Body) + "hash " + entry.Hash.String() + "\n\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("the format has changed (-want +got):\n%s", diff)
	}
	if wantHead := (ledger.Head{Revision: 42, Hash: entries[1].Hash}); next != wantHead {
		t.Errorf("head: got %v, want %v", next, wantHead)
	}
}

func TestSealFillsIn(t *testing.T) {
	t.Parallel()
	head, batch := golden()
	batch.At = time.Date(2026, 11, 22, 12, 0, 0, 1_999, time.FixedZone("", 7200))
	batch.Events[0].Revision, batch.Events[0].Actor = 999, "user:8" // not the caller's to choose
	entries, _ := ledger.Seal(head, batch)
	previous := head.Hash
	for i, got := range entries {
		want := batch.Events[i]
		want.Revision, want.Batch, want.Index, want.Size = 41+int64(i), batch.ID, i, 2
		want.At, want.Actor = time.Date(2026, 11, 22, 10, 0, 0, 1_000, time.UTC), "user:7"
		if diff := cmp.Diff(want, got.Event); diff != "" {
			t.Errorf("event %d (-want +got):\n%s", i, diff)
		}
		if got.Previous != previous {
			t.Errorf("event %d: got previous %v, want %v", i, got.Previous, previous)
		}
		if last := i == 1; got.Last() != last {
			t.Errorf("event %d: got Last() = %t, want %t", i, got.Last(), last)
		}
		previous = got.Hash
	}
	if got, next := ledger.Seal(head, ledger.Batch{}); len(got) != 0 || next != head {
		t.Errorf("an empty batch: got %v, %v, want nothing and the same head", got, next)
	}
}

// Offsets of fields in a body of version 1.
const (
	revisionAt = 1
	indexAt    = revisionAt + 8 + 32 + 16
	sizeAt     = indexAt + 4
	timeAt     = sizeAt + 4
	groupIDAt  = timeAt + 8
	actorAt    = groupIDAt + 8
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	sealed := func(change func(*ledger.Batch)) []byte {
		head, batch := golden()
		if change != nil {
			change(&batch)
		}
		entries, _ := ledger.Seal(head, batch)
		return entries[0].Body
	}
	with := func(offset int, value uint64, size int) []byte {
		body := sealed(nil)
		number := binary.BigEndian.AppendUint64(nil, value)
		copy(body[offset:], number[8-size:])
		return body
	}
	for _, test := range []struct {
		name string
		body []byte
		want string
	}{
		{"nothing", nil, "it is empty"},
		{"an unknown version", with(0, 2, 1), "format version 2 is unknown"},
		{"only the beginning", sealed(nil)[:30], "it ends after 30 bytes"},
		{"revision 0", with(revisionAt, 0, 8), "revision 0 is out of range"},
		{"a negative revision", with(revisionAt, 1<<63, 8), "revision 9223372036854775808 is out of range"},
		{"a batch of none", with(sizeAt, 0, 4), "place 0 of 0 in the batch is impossible"},
		{"a place behind the batch", with(indexAt, 2, 4), "place 2 of 2 in the batch is impossible"},
		{"a batch too large for an int32", with(sizeAt, 1<<31, 4), "place 0 of 2147483648 in the batch is impossible"},
		{"a time before 1970", with(timeAt, 1<<63, 8), "its time is out of range"},
		{"a time in the year 10000", with(timeAt, 253402300800_000000, 8), "its time is out of range"},
		{"a length that lies", with(actorAt, 300, 4), "it ends inside actor"},
		{"no length", sealed(nil)[:actorAt+3], "it ends before the length of actor"},
		{"half a payload", sealed(nil)[:len(sealed(nil))-1], "it ends inside payload"},
		{"bytes after the end", append(sealed(nil), 0), "1 bytes follow its end"},
		{
			"a long actor", sealed(func(b *ledger.Batch) { b.Actor = strings.Repeat("x", ledger.MaxText+1) }),
			"actor has 513 bytes, more than 512",
		},
		{
			"a long payload", sealed(func(b *ledger.Batch) { b.Events[0].Payload = make([]byte, ledger.MaxPayload+1) }),
			"payload has 16777217 bytes, more than 16777216",
		},
		{"bytes that are not text", sealed(func(b *ledger.Batch) { b.Events[0].Feature = "\xff" }), "feature is not text"},
		{"a NUL", sealed(func(b *ledger.Batch) { b.Events[0].Project = "a\x00b" }), "project is not text"},
		{"no type", sealed(func(b *ledger.Batch) { b.Events[0].Type = "" }), "its type is empty"},
		{"a group without kind", sealed(func(b *ledger.Batch) { b.Events[0].Group.Kind = "" }), "its group has an id and no kind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := ledger.Decode(test.body)
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if want := "ledger: decode body: " + test.want; err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
		})
	}
	limits := sealed(func(b *ledger.Batch) {
		b.Actor = strings.Repeat("x", ledger.MaxText)
		b.Events[0].Payload = make([]byte, ledger.MaxPayload)
	})
	if _, _, err := ledger.Decode(limits); err != nil {
		t.Errorf("fields as long as allowed: got %v, want no error", err)
	}
}

// TestRoundTrip holds that what was sealed is what is decoded and verified.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := ledger.Head{}
		if rapid.Bool().Draw(t, "not from the first") {
			from = ledger.Head{Revision: rapid.Int64Range(1, 1<<40).Draw(t, "revision"), Hash: ledger.Hash{1}}
		}
		entries, head := drawLedger(t, from)
		v := ledger.NewVerifier(from)
		for _, want := range entries {
			got, err := v.Add(want.Body, want.Hash)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Event, got); diff != "" {
				t.Fatalf("revision %d (-want +got):\n%s", want.Revision, diff)
			}
			if _, previous, _ := ledger.Decode(want.Body); previous != want.Previous {
				t.Fatalf("revision %d: got previous %v, want %v", want.Revision, previous, want.Previous)
			}
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
		if v.Head() != head {
			t.Fatalf("head: got %v, want %v", v.Head(), head)
		}
	})
}

// drawLedger draws some batches and seals them one behind the other.
func drawLedger(t *rapid.T, head ledger.Head) ([]ledger.Entry, ledger.Head) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.ReplaceAll(rapid.StringN(0, 8, 32).Draw(t, "text"), "\x00", "")
	})
	event := rapid.Custom(func(t *rapid.T) ledger.Event {
		e := ledger.Event{
			Type:    "t" + text.Draw(t, "type"),
			Project: text.Draw(t, "project"), Environment: text.Draw(t, "environment"), Feature: text.Draw(t, "feature"),
		}
		if payload := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "payload"); len(payload) > 0 {
			e.Payload = payload
		}
		if kind := text.Draw(t, "group kind"); kind != "" {
			e.Group = ledger.Group{Kind: kind, ID: rapid.Int64().Draw(t, "group id")}
		}
		return e
	})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var entries []ledger.Entry
	for range rapid.IntRange(1, 5).Draw(t, "batches") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 1000).Draw(t, "later")) * time.Microsecond)
		batch := ledger.Batch{At: at, Actor: text.Draw(t, "actor"), Events: rapid.SliceOfN(event, 1, 4).Draw(t, "events")}
		copy(batch.ID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		var sealed []ledger.Entry
		sealed, head = ledger.Seal(head, batch)
		entries = append(entries, sealed...)
	}
	return entries, head
}

// FuzzDecode holds that whatever Decode accepts is the one body of its event.
func FuzzDecode(f *testing.F) {
	head, batch := golden()
	entries, _ := ledger.Seal(head, batch)
	for _, entry := range entries {
		f.Add(entry.Body)
		f.Add(append(entry.Body, 0))
		f.Add(entry.Body[:len(entry.Body)-1])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		event, previous, err := ledger.Decode(body)
		if err != nil {
			return
		}
		// A batch that has this event in its place gives it the same body again.
		if event.Size > 100 {
			return
		}
		batch := ledger.Batch{ID: event.Batch, At: event.At, Actor: event.Actor, Events: make([]ledger.Event, event.Size)}
		batch.Events[event.Index] = event
		again, _ := ledger.Seal(ledger.Head{Revision: event.Revision - 1 - int64(event.Index)}, batch)
		got := again[event.Index].Body
		copy(got[revisionAt+8:], previous[:]) // the hash of neighbours that are not known
		if !bytes.Equal(got, body) {
			t.Errorf("encoded again:\n%s\nwant:\n%s", hex.Dump(got), hex.Dump(body))
		}
	})
}
