package app

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

const (
	rsaBits = 3072 // strong enough until past 2030 (NIST SP 800-57, part 1, table 2)
	// keyPairLife is long: providers are told a certificate by hand, and take one that has expired for an attack.
	keyPairLife = 20 * 365 * 24 * time.Hour
)

// Why there is one and how it is replaced: docs/adr/0029, and docs/single-sign-on.md for whoever sets it up.

// keyPair is what Quorate signs and decrypts by towards a SAML provider.
type keyPair struct {
	certificate string // as PEM
	key         []byte // PKCS #1, DER; nil: only the certificate is known
}

// newKeyPair makes an RSA key, and a certificate that it has signed itself: providers compare it, and ask nobody about it.
// It takes up to a second or so. The certificate is good from a day before now, for providers whose clocks are behind.
func newKeyPair(now time.Time) (keyPair, error) {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return keyPair{}, fmt.Errorf("app: make a key: %w", err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Quorate"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(keyPairLife), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return keyPair{}, fmt.Errorf("app: make a certificate: %w", err)
	}
	return pairOf(der, key), nil
}

// keyPairIn returns the pair in a text of PEM blocks, or the certificate alone if there is no key in it, and what is wrong with
// a text that is neither.
// An empty text is an empty pair, and nothing is wrong with it. Order and number of blocks do not matter; of several certificates,
// the first is the key's.
func keyPairIn(text string) (keyPair, *fault.Detail) {
	text = strings.TrimSpace(text)
	if text == "" {
		return keyPair{}, nil
	}
	if !strings.Contains(text, "PRIVATE KEY-----") {
		block, _ := pem.Decode([]byte(text))
		if block == nil || !isCertificate(text) {
			return keyPair{}, notAPair("It is not an X.509 certificate with its private key, as PEM.")
		}
		return keyPair{certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}))}, nil
	}
	pair, err := tls.X509KeyPair([]byte(text), []byte(text))
	if err != nil {
		return keyPair{}, notAPair("It is not an X.509 certificate with the private key that belongs to it, as PEM.")
	}
	key, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		return keyPair{}, notAPair("The private key must be an RSA key: providers encrypt for it.")
	}
	return pairOf(pair.Certificate[0], key), nil
}

// pairOf returns a pair of a certificate as DER and its key.
func pairOf(certificate []byte, key *rsa.PrivateKey) keyPair {
	return keyPair{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})), x509.MarshalPKCS1PrivateKey(key)}
}

// notAPair is the refusal of a pair. It repeats nothing of the text, which may have a key in it.
func notAPair(sentence string) *fault.Detail {
	return &fault.Detail{Path: "/body/spCertificate", Message: sentence}
}
