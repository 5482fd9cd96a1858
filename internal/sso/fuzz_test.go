package sso_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/quorate/quorate/internal/sso"
)

// FuzzSAML brings anything as a provider's answer and as its message. It ends, and nothing is believed: nobody has the key.
func FuzzSAML(f *testing.F) {
	const around = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="r" Version="2.0" InResponseTo="request"` +
		` Destination="https://flags.example.com/auth/saml/callback" IssueInstant="2026-01-01T00:00:00Z"><saml:Issuer>https://idp.example.com</saml:Issuer>`
	for _, seed := range []string{
		"", "<", "<a/>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", around + "</samlp:Response>",
		around + `<saml:Assertion ID="a" Version="2.0"><saml:Subject><saml:NameID>x</saml:NameID></saml:Subject><saml:Conditions/></saml:Assertion></samlp:Response>`,
		around + `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>AA==</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion></samlp:Response>`,
		`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="l"><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference URI="#l"/></ds:SignedInfo></ds:Signature></samlp:LogoutRequest>`,
	} {
		f.Add([]byte(seed))
	}
	certificate := mustPair(f).pem()
	f.Fuzz(func(t *testing.T, text []byte) {
		encoded := base64.StdEncoding.EncodeToString(text)
		for _, parameter := range []string{"SAMLRequest", "SAMLResponse"} {
			in, out, err := sso.Believes(t.Context(), "https://idp.example.com", certificate, text, url.Values{parameter: {encoded}})
			if in || out || err != nil {
				t.Fatalf("believed to let in: %t, to sign out: %t; %v", in, out, err)
			}
		}
	})
}
