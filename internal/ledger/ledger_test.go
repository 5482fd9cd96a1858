package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/ledger"
)

func TestHashText(t *testing.T) {
	t.Parallel()
	text := "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"
	hash, err := ledger.ParseHash(text)
	if err != nil {
		t.Fatal(err)
	}
	if hash[1] != 1 || hash[31] != 0xff || hash.String() != text {
		t.Errorf("got %v, want %s", hash, text)
	}
	for _, bad := range []string{"", text[:62], text + "00", strings.Replace(text, "ff", "fg", 1)} {
		if got, err := ledger.ParseHash(bad); err == nil {
			t.Errorf("ParseHash(%q): got %v, want an error", bad, got)
		}
	}
}

func TestBatchIDText(t *testing.T) {
	t.Parallel()
	text := "01935f3a-7b2c-7def-8123-456789abcdef"
	id, err := ledger.ParseBatchID(text)
	if err != nil {
		t.Fatal(err)
	}
	if id[0] != 0x01 || id[15] != 0xef || id.String() != text {
		t.Errorf("got %v, want %s", id, text)
	}
	for _, bad := range []string{
		"", strings.ReplaceAll(text, "-", ""), text + "0", strings.Replace(text, "-", "0", 1),
		strings.Replace(text, "ef", "eg", 1),
	} {
		if got, err := ledger.ParseBatchID(bad); err == nil {
			t.Errorf("ParseBatchID(%q): got %v, want an error", bad, got)
		}
	}
}

func TestTextInJSON(t *testing.T) {
	t.Parallel()
	type both struct {
		Head  ledger.Head
		Batch ledger.BatchID
	}
	want := both{Head: ledger.Head{Revision: 7, Hash: ledger.Hash{1, 2, 3}}, Batch: ledger.BatchID{4, 5, 6}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got both
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
	}
	if err := json.Unmarshal([]byte(`{"Head":{"hash":"12"}}`), &got); err == nil {
		t.Error("a short hash in JSON: got no error")
	}
}
