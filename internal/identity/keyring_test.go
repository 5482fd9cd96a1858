package identity_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/identity"
)

// The digests of a ledger must be found by every later release, so the way from
// the master key to a digest is pinned by values.
func TestDigestIsPinned(t *testing.T) {
	t.Parallel()
	tests := []struct{ secret, want string }{
		{"", "b382f3b8a5bd24d0452566005a7355129fa1c3bf4b88c0492b22c4845f597d2a"},
		{"*:*.secret", "22b44cfef38c5667a4e36ccd360b08b2ffe4f98755dc3dad3f7bee5f05e36941"},
	}
	for _, tt := range tests {
		if got := mustKeyring(t, 1).Digest(tt.secret); got != tt.want {
			t.Errorf("Digest(%q) = %q, want %q", tt.secret, got, tt.want)
		}
	}
	if mustKeyring(t, 1).Digest("x") == mustKeyring(t, 2).Digest("x") {
		t.Error("two master keys give the same digest")
	}
}

// A box of this release must be opened by every later one.
func TestBoxIsPinned(t *testing.T) {
	t.Parallel()
	box, err := hex.DecodeString("01cbaa879f5b4b43a4f50966df849a213729c81a5013e53e0b59b8191904ae51f2c28860c9")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := mustKeyring(t, 1).Open("api-token", "7", box)
	if err != nil || string(secret) != "a secret" {
		t.Errorf("Open = %q, %v, want %q", secret, err, "a secret")
	}
}

func TestSealedBoxes(t *testing.T) {
	t.Parallel()
	keyring, other := mustKeyring(t, 1), mustKeyring(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOf(rapid.Byte()).Draw(t, "secret")
		kind, id := rapid.String().Draw(t, "kind"), rapid.StringMatching(`[0-9]+`).Draw(t, "id")
		box := keyring.Seal(kind, id, secret)
		if len(secret) > 4 && bytes.Contains(box, secret) {
			t.Fatalf("the box of %x contains it", secret)
		}
		if again := keyring.Seal(kind, id, secret); bytes.Equal(box, again) {
			t.Fatal("sealing twice gave the same box")
		}
		got, err := keyring.Open(kind, id, box)
		if err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("Open = %x, %v, want %x", got, err, secret)
		}
		if _, err := other.Open(kind, id, box); err == nil {
			t.Fatal("another key opens the box")
		}
		if _, err := keyring.Open(kind, id+"0", box); err == nil {
			t.Fatal("the box opens under another id")
		}
		if _, err := keyring.Open(kind+"x", id, box); err == nil {
			t.Fatal("the box opens under another kind")
		}
		box[rapid.IntRange(0, len(box)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := keyring.Open(kind, id, box); err == nil {
			t.Fatal("a changed box opens")
		}
	})
}

func TestOpenRefusesWhatIsNoBox(t *testing.T) {
	t.Parallel()
	for _, box := range [][]byte{nil, {1}, {2, 3, 4}, make([]byte, 100)} {
		if secret, err := mustKeyring(t, 1).Open("api-token", "1", box); err == nil {
			t.Errorf("Open(%x) = %x, want an error", box, secret)
		}
	}
}

func TestMasterKeys(t *testing.T) {
	t.Parallel()
	master := identity.NewMaster()
	if bytes.Equal(master, identity.NewMaster()) {
		t.Error("two new master keys are the same")
	}
	got, err := identity.ParseMaster("\n" + identity.FormatMaster(master) + " ")
	if err != nil || !bytes.Equal(got, master) {
		t.Errorf("ParseMaster(FormatMaster(%x)) = %x, %v", master, got, err)
	}
	for _, text := range []string{"", "short", identity.FormatMaster(master[1:]), "not base64 !"} {
		if _, err := identity.ParseMaster(text); err == nil {
			t.Errorf("ParseMaster(%q) gave no error", text)
		}
	}
	if _, err := identity.NewKeyring(master[1:]); err == nil {
		t.Error("NewKeyring takes a key of 31 bytes")
	}
}
