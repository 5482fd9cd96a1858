package integration

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// secretPrefix is what signing secrets begin with.
const secretPrefix = "whsec_"

// The sizes of a signing key, in bytes (Standard Webhooks, "Signature scheme").
const (
	keySize    = 32
	keyLeast   = 24
	keyLargest = 64
)

// newSecret returns a fresh signing secret.
func newSecret() string { return secretPrefix + base64.StdEncoding.EncodeToString(random(keySize)) }

// secretKey returns the key that a signing secret stands for.
// The prefix is not part of the key. The error is for whoever sets it.
func secretKey(secret string) ([]byte, error) {
	text, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < keyLeast || len(key) > keyLargest {
		return nil, errors.New("a signing secret is whsec_ and then base64 of 24 to 64 bytes; leave it empty, and one is made")
	}
	return key, nil
}

// sign returns the headers by which a receiver recognises a request as ours, and as one that it
// has had before (Standard Webhooks 1.0).
// What is signed is id.timestamp.body, with the id of the delivery, which is the same at each attempt, and the time of this
// attempt in seconds. "v1," is the scheme: HMAC-SHA256 with one secret.
func sign(key []byte, id string, at time.Time, body []byte) map[string]string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return map[string]string{
		"webhook-id": id, "webhook-timestamp": stamp,
		"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}
