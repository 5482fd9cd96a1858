package identity_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func mustLoad(t *testing.T, folder, text string) *identity.Keyring {
	t.Helper()
	keyring, err := identity.LoadKeyring(folder, text)
	if err != nil {
		t.Fatal(err)
	}
	return keyring
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := mustLoad(t, folder, "")
	info, err := os.Stat(filepath.Join(folder, identity.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("the key file's mode is %o, want 600", got)
	}
	if mustLoad(t, folder, "").Digest("x") != first.Digest("x") {
		t.Error("the second start has another key")
	}
	if mustLoad(t, t.TempDir(), "").Digest("x") == first.Digest("x") {
		t.Error("two instances have the same key")
	}

	text, err := os.ReadFile(filepath.Join(folder, identity.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	if mustLoad(t, empty, string(text)).Digest("x") != first.Digest("x") {
		t.Error("the key file's content, given as a setting, is another key")
	}
	if _, err := os.Stat(filepath.Join(empty, identity.KeyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key file was made although a key was given: %v", err)
	}
}

func TestBadKeysNameTheirSource(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, identity.KeyFile)
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.LoadKeyring(folder, ""); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a bad key file gives %v, want an error that names %s", err, path)
	}
	if _, err := identity.LoadKeyring(folder, "nonsense"); err == nil || !strings.Contains(err.Error(), "settings") {
		t.Errorf("a bad key in the settings gives %v, want an error that names the settings", err)
	}
	if _, err := identity.LoadKeyring(filepath.Join(folder, "missing"), ""); err == nil {
		t.Error("a missing folder gives no error")
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		right, wrong := mustKeyring(t, 1), mustKeyring(t, 2)
		for range 2 {
			if err := right.Check(t.Context(), db); err != nil {
				t.Fatalf("the first key: %v", err)
			}
		}
		if err := wrong.Check(t.Context(), db); !errors.Is(err, identity.ErrWrongKey) {
			t.Errorf("another key gives %v, want ErrWrongKey", err)
		}
		if err := right.Check(t.Context(), db); err != nil {
			t.Errorf("the first key, after another was refused: %v", err)
		}
	})
}
