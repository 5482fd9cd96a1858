package store

import "crypto/sha256"

// Digest is the SHA-256 of a random secret, by which a row is found. A secret of 256
// random bits needs no key and no salt.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a secret.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }
