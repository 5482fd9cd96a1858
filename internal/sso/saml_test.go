package sso_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
)

// pair is a key and its certificate.
type pair struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

func mustPair(t testing.TB) pair {
	t.Helper()
	key := mustKey(t)
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{key, certificate}
}

func (p pair) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.certificate.Raw}))
}

func mustElement(t *testing.T, text string) *etree.Element {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return document.Root()
}

func textOf(t *testing.T, element *etree.Element) string {
	t.Helper()
	document := etree.NewDocument()
	document.SetRoot(element.Copy())
	text, err := document.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sign returns an element with a signature over it in it.
func (p pair) sign(t *testing.T, text string) string {
	t.Helper()
	signing := dsig.NewDefaultSigningContext(dsig.TLSCertKeyStore(tls.Certificate{Certificate: [][]byte{p.certificate.Raw}, PrivateKey: p.key}))
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signed, err := signing.SignEnveloped(mustElement(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return textOf(t, signed)
}

// encrypt returns an assertion encrypted for the certificate.
func (p pair) encrypt(t *testing.T, assertion string, by xmlenc.RSA) string {
	t.Helper()
	sealed, err := by.Encrypt(p.certificate, []byte(assertion), nil)
	if err != nil {
		t.Fatal(err)
	}
	return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + textOf(t, sealed) + `</saml:EncryptedAssertion>`
}

const (
	samlIssuer     = "https://id.example.com/metadata"
	subjectPattern = `(?s)<saml:Subject>.*</saml:Subject>`
)

// samlHouse is a server to which people come by a provider that a test plays.
type samlHouse struct {
	*server.Server
	t          *testing.T
	idp        pair
	quorate    pair // without its key
	browser    *http.Client
	request    string // the id of the request that is under way
	assertions int
}

func newSAMLHouse(t *testing.T) *samlHouse {
	t.Helper()
	h := &samlHouse{Server: servertest.Start(t, servertest.Settings(t)), t: t, idp: mustPair(t)}
	settings, err := json.Marshal(map[string]any{
		"enabled": true, "entityId": samlIssuer, "signOnUrl": "https://id.example.com/sso?tenant=1", "signOutUrl": "https://id.example.com/out?tenant=1", "certificate": h.idp.pem(), "autoCreate": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var saved struct {
		SPCertificate string `json:"spCertificate"`
	}
	if err := json.Unmarshal([]byte((&house{Server: h.Server}).admin(t, "POST", "/auth/saml/settings", string(settings))), &saved); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(saved.SPCertificate))
	if block == nil {
		t.Fatalf("no certificate: %q", saved.SPCertificate)
	}
	if h.quorate.certificate, err = x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	return h
}

// begin sends a new browser on its way to the provider.
func (h *samlHouse) begin() url.Values {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	query := h.leads("GET", "/auth/saml/login", nil)
	var request struct {
		ID string `xml:"ID,attr"`
	}
	mustInflate(h.t, query.Get("SAMLRequest"), &request)
	h.request = request.ID
	return query
}

// leads returns the query of where an answer sends the browser.
func (h *samlHouse) leads(method, path string, form url.Values) url.Values {
	h.t.Helper()
	_, location, body := h.do(method, path, form)
	to, err := url.Parse(location)
	if err != nil || location == "" {
		h.t.Fatalf("%s leads to %q (%v): %s", path, location, err, body)
	}
	return to.Query()
}

func (h *samlHouse) do(method, path string, form url.Values) (status int, location, body string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := h.browser.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

func mustInflate(t *testing.T, text string, into any) {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(plain, into); err != nil {
		t.Fatal(err)
	}
}

// assertion says who somebody is, for the request that is under way, and nothing that is wrong.
func (h *samlHouse) assertion(email string) string {
	h.assertions++
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
	return fmt.Sprintf(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a-%d" Version="2.0" IssueInstant="%s"><saml:Issuer>%s</saml:Issuer>`+
		`<saml:Subject><saml:NameID>%s</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`+
		`<saml:SubjectConfirmationData InResponseTo="%s" Recipient="%s/auth/saml/callback" NotOnOrAfter="%s"/></saml:SubjectConfirmation></saml:Subject>`+
		`<saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience></saml:AudienceRestriction></saml:Conditions>`+
		`<saml:AuthnStatement AuthnInstant="%s" SessionIndex="s-1"/></saml:Assertion>`,
		h.assertions, at(0), samlIssuer, email, h.request, h.URL(), at(time.Minute), at(-time.Minute), at(time.Minute), h.URL(), at(0))
}

// response is the provider's answer around assertions.
func (h *samlHouse) response(inside string) string {
	return fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="r-%d" Version="2.0" IssueInstant="%s" Destination="%s/auth/saml/callback" InResponseTo="%s">`+
		`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>%s</samlp:Response>`,
		h.assertions, time.Now().UTC().Format(time.RFC3339), h.URL(), h.request, samlIssuer, inside)
}

// bring brings an answer, and returns who is signed in then.
func (h *samlHouse) bring(response string) (me, page string) {
	h.t.Helper()
	_, _, page = h.do("POST", "/auth/saml/callback", url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(response))}, "RelayState": {h.request}})
	_, _, me = h.do("GET", "/api/admin/user", nil)
	return me, page
}

// TestAssertions lets somebody in by an assertion that is right, and nobody by one that is not.
func TestAssertions(t *testing.T) {
	t.Parallel()
	h := newSAMLHouse(t)
	foreign := mustPair(t)
	without := func(pattern, instead string) func() string {
		return func() string {
			text := regexp.MustCompile(pattern).ReplaceAllString(h.assertion("bob@example.com"), instead)
			if text == h.assertion("bob@example.com") {
				t.Errorf("%s is not there", pattern)
			}
			return h.response(h.idp.sign(t, text))
		}
	}
	honest := func() string { return h.idp.sign(t, h.assertion("bob@example.com")) }
	// evil is an assertion about root that has the signature of an honest one, whose original is put elsewhere.
	wrapped := func(around func(evil, original, signature string) string) func() string {
		return func() string {
			signed := honest()
			signature := regexp.MustCompile(`(?s)<ds:Signature.*</ds:Signature>`).FindString(signed)
			evil := strings.Replace(strings.ReplaceAll(signed, "bob@", "root@"), signature, "", 1)
			return h.response(around(evil, strings.Replace(signed, signature, "", 1), signature))
		}
	}
	otherID := func(text string) string { return regexp.MustCompile(`ID="a-\d+"`).ReplaceAllString(text, `ID="evil"`) }
	inside := func(text, what string) string {
		return strings.Replace(text, "<saml:Subject>", what+"<saml:Subject>", 1)
	}
	for name, c := range map[string]struct {
		response func() string
		in       bool
	}{
		"right":                            {func() string { return h.response(honest()) }, true},
		"right, in a signed answer":        {func() string { return h.idp.sign(t, h.response(h.assertion("bob@example.com"))) }, true},
		"encrypted":                        {func() string { return h.response(h.quorate.encrypt(t, honest(), xmlenc.OAEP())) }, true},
		"no audience":                      {without(`<saml:AudienceRestriction>.*</saml:AudienceRestriction>`, ""), false},
		"another audience":                 {without(`<saml:Audience>.*</saml:Audience>`, "<saml:Audience>https://other.example</saml:Audience>"), false},
		"no subject":                       {without(subjectPattern, ""), false},
		"no subject confirmation":          {without(`<saml:SubjectConfirmation .*</saml:SubjectConfirmation>`, ""), false},
		"no subject confirmation data":     {without(`<saml:SubjectConfirmationData [^>]*/>`, ""), false},
		"confirmed otherwise":              {without(`cm:bearer`, "cm:sender-vouches"), false},
		"no conditions":                    {without(`<saml:Conditions .*</saml:Conditions>`, ""), false},
		"no id":                            {without(` ID="a-\d+"`, ` ID=""`), false},
		"expired":                          {without(`(Conditions NotBefore="[^"]*" NotOnOrAfter=)"[^"]*"`, `${1}"2001-01-01T00:00:00Z"`), false},
		"never expires":                    {without(`(Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"`, `${1}`), false},
		"not yet valid":                    {without(`Conditions NotBefore="[^"]*"`, `Conditions NotBefore="2999-01-01T00:00:00Z"`), false},
		"confirmation expired":             {without(`(callback" NotOnOrAfter=)"[^"]*"`, `${1}"2001-01-01T00:00:00Z"`), false},
		"issued long ago":                  {without(`IssueInstant="[^"]*"`, `IssueInstant="2001-01-01T00:00:00Z"`), false},
		"for another address":              {without(`Recipient="[^"]*"`, `Recipient="https://other.example"`), false},
		"for another request":              {without(`InResponseTo="[^"]*"`, `InResponseTo="another"`), false},
		"of another provider":              {without(`<saml:Issuer>.*</saml:Issuer>`, "<saml:Issuer>https://other.example</saml:Issuer>"), false},
		"signed by another key":            {func() string { return h.response(foreign.sign(t, h.assertion("bob@example.com"))) }, false},
		"not signed":                       {func() string { return h.response(h.assertion("bob@example.com")) }, false},
		"encrypted for another key":        {func() string { return h.response(foreign.encrypt(t, honest(), xmlenc.OAEP())) }, false},
		"encrypted, and not signed":        {func() string { return h.response(h.quorate.encrypt(t, h.assertion("bob@example.com"), xmlenc.OAEP())) }, false},
		"encrypted as in PKCS #1 1.5":      {func() string { return h.response(h.quorate.encrypt(t, honest(), xmlenc.PKCS1v15())) }, false},
		"encrypted, and cut off":           {func() string { return cutOff(h.response(h.quorate.encrypt(t, honest(), xmlenc.OAEP()))) }, false},
		"wrapped: the original as a child": {wrapped(func(evil, original, signature string) string { return inside(otherID(evil), signature+original) }), false},
		"wrapped: the original in the signature": {wrapped(func(evil, original, signature string) string {
			return inside(otherID(evil), strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+original+"</ds:Object></ds:Signature>", 1))
		}), false},
		"wrapped: the same id": {wrapped(func(evil, original, signature string) string { return inside(evil, signature) + original }), false},
		"wrapped: the original in extensions": {wrapped(func(evil, original, signature string) string {
			return `<samlp:Extensions>` + inside(original, signature) + `</samlp:Extensions>` + otherID(evil)
		}), false},
		// The one that is signed counts, whatever stands beside it.
		"beside one that is not signed": {wrapped(func(evil, original, signature string) string {
			return otherID(evil) + strings.Replace(original, "<saml:Subject>", signature+"<saml:Subject>", 1)
		}), true},
	} {
		t.Run(name, func(t *testing.T) {
			h.begin()
			me, page := h.bring(c.response())
			if strings.Contains(me, "bob@example.com") != c.in || strings.Contains(me, "root@") || !c.in && !strings.Contains(page, "answer is not valid") {
				t.Errorf("got in as %s, want to be in: %t; the page says %s", me, c.in, page)
			}
		})
	}
	t.Run("used before", func(t *testing.T) {
		h.begin()
		response := h.response(honest())
		first := h.browser.Jar.Cookies(mustParse(t, h.URL()))
		if me, page := h.bring(response); !strings.Contains(me, "bob@example.com") {
			t.Fatalf("got in as %s: %s", me, page)
		}
		request := h.request
		h.begin()
		h.request = request
		h.browser.Jar.SetCookies(mustParse(t, h.URL()), first) // of who has stolen all
		if me, page := h.bring(response); strings.Contains(me, "bob@") {
			t.Errorf("got in as %s: %s", me, page)
		}
	})
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// cutOff leaves of what is encrypted less than it takes to begin.
func cutOff(response string) string {
	at := strings.LastIndex(response, "CipherValue>")
	begin := strings.LastIndex(response[:at], ">")
	return response[:begin+1] + "AAAA" + response[strings.LastIndex(response[:at], "</"):]
}

// TestSigningOutThere ends sessions for the provider alone.
func TestSigningOutThere(t *testing.T) {
	t.Parallel()
	h := newSAMLHouse(t)
	foreign := mustPair(t)
	request := func(change ...string) string {
		text := fmt.Sprintf(`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="l-1" Version="2.0" IssueInstant="%s" Destination="%s/auth/saml/logout">`+
			`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml:Issuer><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">bob@example.com</saml:NameID></samlp:LogoutRequest>`,
			time.Now().UTC().Format(time.RFC3339), h.URL(), samlIssuer)
		for i := 0; i < len(change); i += 2 {
			text = regexp.MustCompile(change[i]).ReplaceAllString(text, change[i+1])
		}
		return text
	}
	const algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	byRedirect := func(by pair, text string) string {
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, 9)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		query := "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes())) + "&SigAlg=" + url.QueryEscape(algorithm)
		digest := sha256.Sum256([]byte(query))
		signature, err := rsa.SignPKCS1v15(rand.Reader, by.key, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return "/auth/saml/logout?" + query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	}
	form := func(text string) url.Values {
		return url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(text))}}
	}
	good := byRedirect(h.idp, request())
	other := regexp.MustCompile(`SAMLRequest=[^&]*`).FindString(byRedirect(h.idp, request("l-1", "l-2")))
	h.begin()
	if me, page := h.bring(h.response(h.idp.sign(t, h.assertion("bob@example.com")))); !strings.Contains(me, "bob@example.com") {
		t.Fatalf("got in as %s: %s", me, page)
	}
	for name, c := range map[string]struct {
		path string
		form url.Values
	}{
		"nothing":                     {path: "/auth/saml/logout"},
		"not signed":                  {path: regexp.MustCompile(`&Sig.*`).ReplaceAllString(good, "")},
		"signed by another key":       {path: byRedirect(foreign, request())},
		"another one is signed":       {path: regexp.MustCompile(`SAMLRequest=[^&]*`).ReplaceAllString(good, other)},
		"two, of which one is signed": {path: good + "&" + other},
		"a weak signature":            {path: strings.Replace(good, url.QueryEscape(algorithm), url.QueryEscape("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), 1)},
		"of another provider":         {path: byRedirect(h.idp, request(regexp.QuoteMeta(samlIssuer), "https://other.example"))},
		"for another address":         {path: byRedirect(h.idp, request(`Destination="[^"]*"`, `Destination="https://other.example"`))},
		"of long ago":                 {path: byRedirect(h.idp, request(`IssueInstant="[^"]*"`, `IssueInstant="2001-01-01T00:00:00Z"`))},
		"about nobody":                {path: byRedirect(h.idp, request(`<saml:NameID.*</saml:NameID>`, ""))},
		"of another kind":             {path: byRedirect(h.idp, request("LogoutRequest", "AuthnRequest"))},
		"by form, not signed":         {path: "/auth/saml/logout", form: form(request())},
		"by form, by another key":     {path: "/auth/saml/logout", form: form(foreign.sign(t, request()))},
		"by form, changed":            {path: "/auth/saml/logout", form: form(strings.Replace(h.idp.sign(t, request("bob@", "eve@")), "eve@", "bob@", 1))},
	} {
		t.Run(name, func(t *testing.T) {
			method := "GET"
			if c.form != nil {
				method = "POST"
			}
			if status, _, page := h.do(method, c.path, c.form); status != 403 || !strings.Contains(page, "message is not valid") {
				t.Errorf("got %d %s, want 403", status, page)
			}
			if status, _, _ := h.do("GET", "/api/admin/user", nil); status != 200 {
				t.Errorf("signed out: got %d", status)
			}
		})
	}
	answer := h.leads("POST", "/auth/saml/logout", form(h.idp.sign(t, request())))
	var said struct {
		InResponseTo string `xml:"InResponseTo,attr"`
	}
	mustInflate(t, answer.Get("SAMLResponse"), &said)
	if said.InResponseTo != "l-1" || answer.Get("Signature") == "" || answer.Get("tenant") != "1" {
		t.Errorf("answered %v to %q, want a signed answer to l-1", answer, said.InResponseTo)
	}
	if status, _, _ := h.do("GET", "/api/admin/user", nil); status != 401 {
		t.Errorf("still signed in: got %d", status)
	}
}

// TestKeyPair keeps the pair that there is, takes another one with its key, and signs by the one that it tells.
func TestKeyPair(t *testing.T) {
	t.Parallel()
	h := newSAMLHouse(t)
	set := func(more map[string]any, status int) string {
		t.Helper()
		settings := map[string]any{"enabled": true, "entityId": samlIssuer, "signOnUrl": "https://id.example.com/sso?tenant=1", "certificate": h.idp.pem(), "signRequests": true}
		maps.Copy(settings, more)
		body, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL()+"/api/admin/auth/saml/settings", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", servertest.Admin)
		r.Header.Set("Content-Type", "application/json")
		answer := mustDo(t, http.DefaultClient, r, status)
		if strings.Contains(answer, "PRIVATE") {
			t.Errorf("the key is shown: %s", answer)
		}
		return answer
	}
	now := func() string {
		t.Helper()
		var said struct {
			SPCertificate string `json:"spCertificate"`
		}
		if err := json.Unmarshal([]byte(set(nil, 200)), &said); err != nil {
			t.Fatal(err)
		}
		return said.SPCertificate
	}
	signedBy := func(certificate *x509.Certificate) error {
		_, location, _ := h.do("GET", "/auth/saml/login", nil)
		signed := regexp.MustCompile(`SAMLRequest=.*&SigAlg=[^&]*`).FindString(location)
		signature, err := base64.StdEncoding.DecodeString(mustParse(t, location).Query().Get("Signature"))
		if err != nil {
			t.Fatal(err)
		}
		return certificate.CheckSignature(x509.SHA256WithRSA, []byte(signed), signature)
	}
	if query := h.begin(); query.Has("Signature") {
		t.Errorf("signed, though nobody said so: %v", query)
	}
	first := now()
	if got := (pair{certificate: h.quorate.certificate}).pem(); first != got {
		t.Errorf("left out: got another pair, %s", first)
	}
	set(map[string]any{"spCertificate": first}, 200)
	if now() != first {
		t.Error("the certificate alone: got another pair")
	}
	if err := signedBy(h.quorate.certificate); err != nil {
		t.Error(err)
	}
	own := mustPair(t)
	key := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(own.key)}))
	other := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(mustKey(t))}))
	for what, text := range map[string]string{"no key": own.pem(), "another key": own.pem() + other, "no certificate": key, "nonsense": "x"} {
		if answer := set(map[string]any{"spCertificate": text}, 400); !strings.Contains(answer, "/body/spCertificate") {
			t.Errorf("%s: got %s", what, answer)
		}
	}
	set(map[string]any{"spCertificate": own.pem() + key}, 200)
	if now() != own.pem() {
		t.Error("it is not the pair that was given")
	}
	if err := signedBy(own.certificate); err != nil {
		t.Error(err)
	}
	_, _, metadata := h.do("GET", "/auth/saml/metadata", nil)
	if got := strings.Count(metadata, base64.StdEncoding.EncodeToString(own.certificate.Raw)); got != 2 || !strings.Contains(metadata, `AuthnRequestsSigned="true"`) {
		t.Errorf("the metadata has the certificate %d times, want it for both uses: %s", got, metadata)
	}
	events := (&house{Server: h.Server}).admin(t, "GET", "/events", "")
	if strings.Contains(events, "PRIVATE") {
		t.Error("the event log shows the key")
	}
}
