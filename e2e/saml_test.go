package e2e_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"
)

// mustCertify returns a key and a certificate for it, as PEM.
func mustCertify(t *testing.T) (key, certificate string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	return text("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), text("CERTIFICATE", der)
}

// TestSAML signs people in through a real SAML provider, which lies when it is told to.
func TestSAML(t *testing.T) {
	t.Parallel()
	s := mustStart(t, t.TempDir(), withTokens)
	key, certificate := mustCertify(t)
	foreignKey, foreignCertificate := mustCertify(t)
	const aes256 = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
	people := strings.TrimSuffix(strings.TrimSpace(signOnPeople), "}")
	lies := []string{"expired", "audience", "key", "unsigned", "issuer", "request", "changed", "sealed"}
	for _, lie := range lies {
		people += fmt.Sprintf(`, %q: {"email":"bob@example.com","name":"Bob","lie":%q,"encrypt":%q}`, lie, lie, map[string]string{"sealed": aes256}[lie])
	}
	people += fmt.Sprintf(`, "cleo": {"email":"cleo@example.com","name":"Cleo","encrypt":%q}, "dora": {"email":"dora@example.com","name":"Dora","encrypt":"http://www.w3.org/2009/xmlenc11#aes256-gcm"}`, aes256)
	provider := startProvider(t, "saml.mjs", "PEOPLE="+people+"}", "KEY="+key, "CERTIFICATE="+certificate,
		"FOREIGN_KEY="+foreignKey, "FOREIGN_CERTIFICATE="+foreignCertificate, "METADATA="+s.url+"/auth/saml/metadata")
	settings, err := json.Marshal(map[string]any{
		"enabled": true, "entityId": provider + "/metadata", "signOnUrl": provider + "/sso", "certificate": certificate, "autoCreate": true,
		"emailDomains": "example.com", "enableGroupSyncing": true, "groupJsonPath": "groups", "defaultRootRoleId": 2, "signOutUrl": provider + "/out?tenant=1", "signRequests": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.admin(t, "POST", "/auth/saml/settings", string(settings))
	signOnGroups(t, s)

	// answer is the page at the provider from which the answer is sent.
	answer := func(v *visitor, name, to string) page {
		p := v.get(t, s.url+"/auth/saml/login?return="+url.QueryEscape(to))
		return v.send(t, p, "login", name)
	}
	enter := func(v *visitor, name, to string) page { return v.send(t, answer(v, name, to)) }

	ann := newVisitor(t, s.url)
	if p := enter(ann, "ann", "/projects"); p.url.String() != s.url+"/projects" {
		t.Fatalf("came to %s (%d %s), want the page that was asked for", p.url, p.status, p.body)
	}
	if me := ann.me(t); me["email"] != "ann@example.com" || me["name"] != "Ann" || fmt.Sprint(me["rootRole"]) != "2" {
		t.Errorf("got %v, want Ann, an Editor", me)
	}
	if got := s.members(t, "Shop"); got != "ann@example.com" {
		t.Errorf("got the members %q, want ann's address", got)
	}
	dora := newVisitor(t, s.url)
	if p := enter(dora, "dora", "/"); dora.me(t)["email"] != "dora@example.com" {
		t.Errorf("encrypted by GCM: came to %s (%d %s), want to be signed in", p.url, p.status, p.body)
	}
	cleo := newVisitor(t, s.url)
	if p := enter(cleo, "cleo", "/"); cleo.me(t)["email"] != "cleo@example.com" {
		t.Errorf("encrypted: came to %s (%d %s), want to be signed in", p.url, p.status, p.body)
	}
	for _, lie := range lies {
		v := newVisitor(t, s.url)
		if p := enter(v, lie, "/"); p.status != 403 || !strings.Contains(p.body, "answer is not valid") || v.me(t) != nil {
			t.Errorf("%s: got %d %s, want 403", lie, p.status, p.body)
		}
	}
	for name, want := range map[string]string{"eve": "Accounts are not made", "mallory": "belongs to somebody else"} {
		v := newVisitor(t, s.url)
		if p := enter(v, name, "/"); p.status != 403 || !strings.Contains(p.body, want) || v.me(t) != nil {
			t.Errorf("%s: got %d %s, want 403 with %q", name, p.status, p.body, want)
		}
	}
	bob := newVisitor(t, s.url)
	sent := answer(bob, "bob", "//evil.example")
	other := newVisitor(t, s.url)
	if p := other.send(t, sent); p.status != 400 || other.me(t) != nil {
		t.Errorf("in another browser: got %d %s, want 400", p.status, p.body)
	}
	other.get(t, s.url+"/auth/saml/login")
	if p := other.send(t, sent); p.status != 400 || other.me(t) != nil {
		t.Errorf("in another browser that is on its way as well: got %d %s, want 400", p.status, p.body)
	}
	cookies, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	under := bob.Jar.Cookies(cookies) // an attacker who has them all sends the answer once more
	if p := bob.send(t, sent); p.url.String() != s.url+"/" || bob.me(t)["email"] != "bob@example.com" {
		t.Fatalf("in the right one: came to %s, %d %s", p.url, p.status, p.body)
	}
	thief := newVisitor(t, s.url)
	thief.Jar.SetCookies(cookies, under)
	if p := thief.send(t, sent); p.status != 403 || thief.me(t) != nil {
		t.Errorf("once more: got %d %s, want 403", p.status, p.body)
	}
	// An answer that nobody has asked for.
	action, fields := sent.form(t)
	fields.Del("RelayState")
	if p := newVisitor(t, s.url).post(t, action, fields); p.status != 400 {
		t.Errorf("unasked: got %d %s, want 400", p.status, p.body)
	}
	// Who signs out here signs out there, and comes back; the provider answers what is signed by the right key only.
	if p := ann.post(t, s.url+"/logout", nil); p.url.String() != s.url+"/signed-out" || ann.me(t) != nil {
		t.Errorf("signing out here: came to %s (%d %s), want to come back from the provider", p.url, p.status, p.body)
	}
	// Who signs out there signs out here, in all browsers, also if the message comes without a cookie.
	for _, binding := range []string{"redirect", "post"} {
		ann = newVisitor(t, s.url)
		enter(ann, "ann", "/")
		if ann.me(t) == nil {
			t.Fatal("not signed in")
		}
		elsewhere := newVisitor(t, s.url)
		p := elsewhere.get(t, provider+"/leave?name=ann&binding="+binding)
		if binding == "post" {
			p = elsewhere.send(t, p)
		}
		if !strings.HasPrefix(p.body, "signed out everywhere") || binding == "redirect" && !strings.HasSuffix(p.body, "r&#38;1") {
			t.Errorf("signing out there by %s: came to %s (%d %s), want the provider to have its answer", binding, p.url, p.status, p.body)
		}
		if ann.me(t) != nil {
			t.Errorf("signing out there by %s: still signed in here", binding)
		}
		if cleo.me(t) == nil {
			t.Errorf("signing out there by %s: somebody else is signed out", binding)
		}
	}
}
