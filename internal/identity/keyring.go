package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// keySize is the length of the master key and of the keys derived from it, in bytes.
const keySize = 32

// Keyring is the keys of an instance, all derived from one master key by HKDF-SHA-256,
// each for one purpose. The master key is never stored in the database: who has a
// copy of the database alone can neither use its tokens nor open its sealed boxes.
//
// All nodes of an instance have the same master key.
type Keyring struct {
	digest []byte
	box    cipher.AEAD
	check  string
}

// NewKeyring derives the keys from a master key of 32 bytes.
func NewKeyring(master []byte) (*Keyring, error) {
	if len(master) != keySize {
		return nil, fmt.Errorf("identity: the master key has %d bytes, not %d", len(master), keySize)
	}
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, "quorate "+purpose+" 1", keySize)
	}
	digest, err := derive("token digest")
	if err != nil {
		return nil, fmt.Errorf("identity: derive the digest key: %w", err)
	}
	seal, err := derive("seal")
	if err != nil {
		return nil, fmt.Errorf("identity: derive the sealing key: %w", err)
	}
	check, err := derive("check")
	if err != nil {
		return nil, fmt.Errorf("identity: derive the check value: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("identity: sealing key: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("identity: sealing key: %w", err)
	}
	return &Keyring{digest: digest, box: box, check: hex.EncodeToString(check[:16])}, nil
}

// NewMaster returns a random master key.
func NewMaster() []byte {
	master := make([]byte, keySize)
	_, _ = rand.Read(master) // documented never to fail
	return master
}

// ParseMaster reads a master key from its base64 text, as FormatMaster writes it.
// White space around it is ignored.
func ParseMaster(text string) ([]byte, error) {
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != keySize {
		return nil, fmt.Errorf("a secret key is the base64 text of %d random bytes, such as `openssl rand -base64 %d` prints", keySize, keySize)
	}
	return master, nil
}

// FormatMaster returns the base64 text of a master key.
func FormatMaster(master []byte) string { return base64.StdEncoding.EncodeToString(master) }

// Digest returns the HMAC-SHA-256 of a secret as 64 hexadecimal digits. The ledger
// keeps it instead of the secret.
func (k *Keyring) Digest(secret string) string {
	mac := hmac.New(sha256.New, k.digest)
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil))
}

// sealVersion is the first byte of a box, so that another way to seal can follow.
const sealVersion = 1

// Seal encrypts a secret with AES-256-GCM. The box can be opened under the same kind
// and id only, so that nobody can put one box in the place of another.
func (k *Keyring) Seal(kind, id string, secret []byte) []byte {
	return k.box.Seal([]byte{sealVersion}, nil, secret, boundTo(kind, id)) //nolint:gosec // the first argument is what the box is appended to
}

// Open returns the secret in a box. It fails if the box was sealed with another key,
// under another kind or id, or was changed.
func (k *Keyring) Open(kind, id string, box []byte) ([]byte, error) {
	if len(box) == 0 || box[0] != sealVersion {
		return nil, fmt.Errorf("identity: open %s %s: the box is empty or of a newer release", kind, id)
	}
	secret, err := k.box.Open(nil, nil, box[1:], boundTo(kind, id))
	if err != nil {
		return nil, fmt.Errorf("identity: open %s %s: %w", kind, id, errors.New("it was sealed with another key, for something else, or was changed"))
	}
	return secret, nil
}

func boundTo(kind, id string) []byte { return []byte(kind + "\x00" + id) }
