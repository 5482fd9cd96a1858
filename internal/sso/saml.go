package sso

import (
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	"github.com/crewjam/saml/xmlenc"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

// maxSAMLAnswer bounds the form by which a browser brings a provider's answer. It bounds messages about signing out as
// well, before and after they are unpacked.
const maxSAMLAnswer = 1 << 20

// serviceProvider returns what Quorate is to a provider, with its key pair, which is made when SAML is set up. It is made
// anew for each request from the settings as they are, and without asking the provider: all that has to be known of that is
// set. Without a key pair, Key and Certificate are nil: nothing is signed then, and nothing encrypted can be read.
func (s *SSO) serviceProvider(ctx context.Context, set state.SAML) (*saml.ServiceProvider, error) {
	base, err := url.Parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	sp := &saml.ServiceProvider{
		EntityID: s.URL, AcsURL: *base.JoinPath("auth/saml/callback"), SloURL: *base.JoinPath("auth/saml/logout"),
		AuthnNameIDFormat: saml.UnspecifiedNameIDFormat, LogoutBindings: []string{saml.HTTPRedirectBinding, saml.HTTPPostBinding},
		IDPMetadata: &saml.EntityDescriptor{EntityID: set.EntityID, IDPSSODescriptors: []saml.IDPSSODescriptor{{
			SSODescriptor: saml.SSODescriptor{RoleDescriptor: saml.RoleDescriptor{KeyDescriptors: []saml.KeyDescriptor{{
				Use:     "signing",
				KeyInfo: saml.KeyInfo{X509Data: saml.X509Data{X509Certificates: []saml.X509Certificate{{Data: bareCertificate(set.Certificate)}}}},
			}}}},
			SingleSignOnServices: []saml.Endpoint{{Binding: saml.HTTPRedirectBinding, Location: set.SignOnURL}},
		}}},
		// The library also takes an assertion that is for nobody in particular.
		ValidateAudienceRestriction: func(a *saml.Assertion) error {
			for _, restriction := range a.Conditions.AudienceRestrictions {
				if restriction.Audience.Value == s.URL {
					return nil
				}
			}
			return fmt.Errorf("it is not for %s", s.URL)
		},
	}
	if set.SPCertificate == "" {
		return sp, nil // it was set up before there were key pairs
	}
	key, err := s.People.SignOnSecret(ctx, state.SAMLSetting)
	if err != nil {
		return nil, err
	}
	if sp.Key, err = x509.ParsePKCS1PrivateKey([]byte(key)); err != nil {
		return nil, fmt.Errorf("sso: the key of SAML: %w", err)
	}
	if sp.Certificate, err = certificateIn(set.SPCertificate); err != nil {
		return nil, err
	}
	return sp, nil
}

// certificateIn returns the certificate in a text, with or without the lines around it. Certificates are checked when they
// are set, so an error is no mistake of who signs in.
func certificateIn(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(bareCertificate(text))
	if err != nil {
		return nil, fmt.Errorf("sso: certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("sso: certificate: %w", err)
	}
	return certificate, nil
}

// setUpEncryption takes from the library what an attacker could read messages by who sees which ones are refused (keys that
// are encrypted as in PKCS #1 1.5, and triple DES), and gives it what it does not know. The library keeps algorithms for
// the whole process, so it is done once, when the first SSO is made. docs/single-sign-on.md says which algorithms are taken.
var setUpEncryption = sync.OnceFunc(func() {
	xmlenc.RegisterDecrypter(aes256GCM("http://www.w3.org/2009/xmlenc11#aes256-gcm"))
	for _, algorithm := range []string{"rsa-1_5", "tripledes-cbc"} {
		xmlenc.RegisterDecrypter(weak("http://www.w3.org/2001/04/xmlenc#" + algorithm))
	}
})

// aes256GCM is AES-256-GCM (XML Encryption 1.1, section 5.2.4). The value is the name of the algorithm, as for weak.
type aes256GCM string

// Algorithm returns its name.
func (a aes256GCM) Algorithm() string { return string(a) }

// Decrypt decrypts an element by a key, or by the one that is in it and encrypted for the key. The library calls it with
// Quorate's private key, and the encrypted element, in which the key of the content stands; or with the key of the content
// itself.
func (a aes256GCM) Decrypt(key any, element *etree.Element) (plain []byte, err error) {
	if inner := element.FindElement("./KeyInfo/EncryptedKey"); inner != nil {
		if key, err = xmlenc.Decrypt(key, inner); err != nil {
			return nil, fmt.Errorf("sso: %w", err)
		}
	}
	secret, _ := key.([]byte)
	value := element.FindElement("./CipherData/CipherValue")
	if len(secret) != 32 || value == nil {
		return nil, errors.New("there is no key of 32 bytes, or nothing encrypted by it")
	}
	sealed, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.Text()), ""))
	if err != nil {
		return nil, fmt.Errorf("sso: base64: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block) // the nonce stands before the rest
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	if plain, err = box.Open(nil, nil, sealed, nil); err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	return plain, nil
}

// weak is an algorithm that is not used.
type weak string

// Algorithm returns its name.
func (w weak) Algorithm() string { return string(w) }

// Decrypt refuses.
func (w weak) Decrypt(any, *etree.Element) ([]byte, error) {
	return nil, fmt.Errorf("sso: the algorithm %s is too weak", string(w))
}

// bareCertificate returns a certificate without the lines around it.
func bareCertificate(text string) string {
	if block, _ := pem.Decode([]byte(strings.TrimSpace(text))); block != nil {
		return base64.StdEncoding.EncodeToString(block.Bytes)
	}
	return strings.Join(strings.Fields(text), "")
}

// samlMetadata describes Quorate to a provider (SAML 2.0 Metadata). It is there before SAML is enabled, because a provider
// asks for it first. It names the address of this instance and its public certificate, which are no secrets. Providers that
// read it by themselves come again within the week.
func (s *SSO) samlMetadata(w http.ResponseWriter, r *http.Request) {
	set := s.App.State().SAML()
	sp, err := s.serviceProvider(r.Context(), set)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if sp.Certificate != nil {
		sp.SignatureMethod = dsig.RSASHA256SignatureMethod // so that the certificate is named for signatures, too
	}
	described := sp.Metadata()
	described.ValidUntil = s.Now().Add(7 * 24 * time.Hour)
	role := &described.SPSSODescriptors[0]
	role.AuthnRequestsSigned = &set.SignRequests
	for i, key := range role.KeyDescriptors {
		if key.Use == "encryption" {
			role.KeyDescriptors[i].EncryptionMethods = append([]saml.EncryptionMethod{
				{Algorithm: "http://www.w3.org/2009/xmlenc11#aes256-gcm"}, {Algorithm: "http://www.w3.org/2009/xmlenc11#aes128-gcm"},
			}, key.EncryptionMethods...)
		}
	}
	role.AssertionConsumerServices = role.AssertionConsumerServices[:1] // the other is for artifacts, which are not understood
	text, err := xml.MarshalIndent(described, "", "  ")
	if err != nil {
		s.failed(w, r, fmt.Errorf("sso: metadata: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(text) // whoever has gone gets no answer
}

// setUpSAML returns SAML as it is set up now, or a NotFound fault if it is not.
func (s *SSO) setUpSAML(ctx context.Context) (state.SAML, *saml.ServiceProvider, error) {
	set := s.App.State().SAML()
	if !set.Enabled {
		return set, nil, fault.New(fault.NotFound, "Signing in with SAML is not enabled here.")
	}
	sp, err := s.serviceProvider(ctx, set)
	return set, sp, err
}

// beginSAML sends a browser to the provider, with the query parameter return as the page to come
// back to. The request's id is what the answer must be an answer to. The id goes along as RelayState, too, which the
// provider gives back beside its answer: by it the cookie is found to fit before anything is parsed.
func (s *SSO) beginSAML(w http.ResponseWriter, r *http.Request) (string, error) {
	set, sp, err := s.setUpSAML(r.Context())
	if err != nil {
		return "", err
	}
	request, err := sp.MakeAuthenticationRequest(set.SignOnURL, saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		return "", fmt.Errorf("sso: authentication request: %w", err)
	}
	var signer crypto.Signer
	if set.SignRequests {
		signer = sp.Key
	}
	to, err := byRedirect(set.SignOnURL, samlRequest, request.Element(), request.ID, signer)
	if err != nil {
		return "", err
	}
	cookie, err := s.People.BeginSignOn(identity.SignOn{Provider: identity.SAML, State: request.ID, Return: r.URL.Query().Get("return")}, true)
	if err != nil {
		return "", err
	}
	http.SetCookie(w, cookie)
	return to, nil
}

// endSAML lets somebody in who comes back from the provider. The order is from cheap to dear: the cookie, the form, the
// signature, and then the one write, by which an assertion is good for one sign-in on whichever node. What was used is
// remembered for as long as the library would take it: a minute and a half from its issue, and three minutes for clocks.
func (s *SSO) endSAML(w http.ResponseWriter, r *http.Request) (string, error) {
	const wrong = "The identity provider's answer is not valid. Try again, and if it stays so, ask an administrator."
	r.Body = http.MaxBytesReader(w, r.Body, maxSAMLAnswer)
	if err := r.ParseForm(); err != nil {
		return "", refuse(fmt.Errorf("sso: read the form: %w", err), wrong)
	}
	under, err := s.People.SignOnUnderWay(r, address(r), identity.SAML, r.PostForm.Get("RelayState"))
	if err != nil {
		return "", err
	}
	http.SetCookie(w, s.People.SignOnEnded()) // it is good for one answer
	set, sp, err := s.setUpSAML(r.Context())
	if err != nil {
		return "", err
	}
	answer, err := base64.StdEncoding.DecodeString(r.PostForm.Get("SAMLResponse"))
	if err != nil {
		return "", refuse(fmt.Errorf("sso: the SAML response: %w", err), wrong)
	}
	assertion, err := assertionIn(sp, answer, under.State)
	if err != nil {
		return "", refuse(fmt.Errorf("sso: the SAML response: %w", err), wrong)
	}
	fresh, err := s.People.UseAssertion(r.Context(), assertion.Issuer.Value+" "+assertion.ID, s.Now().Add(saml.MaxIssueDelay+saml.MaxClockSkew))
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", refuse(errors.New("sso: the SAML assertion was used before"), wrong)
	}
	v, in := vouchedBy(set, assertion)
	if v.Session, err = providerSession(assertion); err != nil {
		return "", err
	}
	return s.inside(under.Return), s.arrive(w, r, v, in, set.Admission)
}

// bearer is how somebody confirms to be the subject by bringing the assertion (SAML 2.0 Profiles, section 3.3).
const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// assertionIn returns the assertion in a provider's answer to a request, if it is good. Whether it is signed by the
// provider, an answer to the request, for Quorate, and of now, is checked by the library.
func assertionIn(sp *saml.ServiceProvider, answer []byte, request string) (a *saml.Assertion, err error) {
	defer func() {
		// The library takes it for granted that a subject, what confirms it, conditions and all bytes of a cipher are there.
		if missing := recover(); missing != nil {
			a, err = nil, fmt.Errorf("a part is missing: %v", missing)
		}
	}()
	a, err = sp.ParseXMLResponse(answer, []string{request}, sp.AcsURL)
	if invalid, ok := errors.AsType[*saml.InvalidResponseError](err); ok {
		return nil, invalid.PrivateErr
	}
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	if a.ID == "" || !slices.ContainsFunc(a.Subject.SubjectConfirmations, func(c saml.SubjectConfirmation) bool { return c.Method == bearer }) {
		return nil, errors.New("the assertion does not confirm a subject by who brings it, or has no id")
	}
	return a, nil
}

// vouchedBy returns whom an assertion is about. A persistent name id is a subject; addresses and names are
// looked for under what providers commonly call them. An attribute counts under its name and under its friendly name,
// unless another has that. The names that begin with http are Entra's and AD FS's, those with urn:oid are LDAP's (mail,
// displayName). What a transient name id says is forgotten, as the provider means it: then the address says who it is
// (docs/adr/0021).
func vouchedBy(set state.SAML, a *saml.Assertion) (identity.Vouched, app.Arrival) {
	said := map[string]any{}
	for _, statement := range a.AttributeStatements {
		for _, attribute := range statement.Attributes {
			values, _ := said[attribute.Name].([]any)
			for _, value := range attribute.Values {
				values = append(values, value.Value)
			}
			said[attribute.Name] = values
			if attribute.FriendlyName != "" && said[attribute.FriendlyName] == nil {
				said[attribute.FriendlyName] = values
			}
		}
	}
	first := func(names ...string) string {
		for _, name := range names {
			if values, _ := said[name].([]any); len(values) > 0 {
				text, _ := values[0].(string)
				return strings.TrimSpace(text)
			}
		}
		return ""
	}
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	v := identity.Vouched{Provider: identity.SAML, Issuer: set.EntityID, Email: first("email", "mail", claims+"emailaddress", "urn:oid:0.9.2342.19200300.100.1.3")}
	if id := a.Subject.NameID; id != nil {
		switch {
		case id.Format == string(saml.PersistentNameIDFormat):
			v.Subject = id.Value
		case v.Email == "" && strings.Contains(id.Value, "@"):
			v.Email = id.Value
		}
	}
	name := first("displayName", "name", "cn", claims+"name", "urn:oid:2.16.840.1.113730.3.1.241")
	if name == "" {
		name = strings.TrimSpace(first("firstName", "givenName", claims+"givenname") + " " + first("lastName", "sn", "surname", claims+"surname"))
	}
	return v, app.Arrival{Email: v.Email, Name: name, Groups: groupsAt(said, set.GroupPath)}
}
