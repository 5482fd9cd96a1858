package sso

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

// The parameters that bring messages (SAML 2.0 Bindings, sections 3.4 and 3.5).
const (
	samlRequest  = "SAMLRequest"
	samlResponse = "SAMLResponse"
)

// byRedirect returns the address that brings a message to a provider by the redirect binding (SAML 2.0 Bindings, section
// 3.4.4), signed if there is somebody to sign it. The signature is over the text of the query as it is here, names, order
// and escapes included. The key is an RSA key, since Quorate makes no other and takes no other.
func byRedirect(to, parameter string, message *etree.Element, relay string, signer crypto.Signer) (string, error) {
	document := etree.NewDocument()
	document.SetRoot(message)
	text, err := document.WriteToBytes()
	if err != nil {
		return "", fmt.Errorf("sso: encode a SAML message: %w", err)
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "", fmt.Errorf("sso: encode a SAML message: %w", err)
	}
	query := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	if signer != nil {
		query += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
		digest := sha256.Sum256([]byte(query))
		signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			return "", fmt.Errorf("sso: sign a SAML message: %w", err)
		}
		query += "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	}
	u, err := url.Parse(to)
	if err != nil {
		return "", fmt.Errorf("sso: %w", err)
	}
	if u.RawQuery != "" { // it is the provider's own, and not signed
		query = u.RawQuery + "&" + query
	}
	u.RawQuery = query
	return u.String(), nil
}

// providerName is what a provider calls somebody and their session, as it is kept with the session here. It is stored as
// JSON, sealed, and never shown; its fields are never renamed.
type providerName struct {
	Name  saml.NameID
	Index string
}

// providerSession returns what the provider must be told to end the session by which it vouched for somebody; empty if it gave no name.
func providerSession(a *saml.Assertion) (string, error) {
	if a.Subject.NameID == nil {
		return "", nil
	}
	kept := providerName{Name: *a.Subject.NameID}
	if len(a.AuthnStatements) > 0 {
		kept.Index = a.AuthnStatements[0].SessionIndex
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return "", fmt.Errorf("sso: %w", err)
	}
	return string(text), nil
}

// samlSignedOut returns where the provider ends its session: at the address that is set, with a signed request to sign out.
// Without a key, or a name for the session, it is the bare address. A name is missing if the provider gave none, a key if
// SAML was set up before there were key pairs and not saved since.
func (s *SSO) samlSignedOut(ctx context.Context, session string) string {
	set, sp, err := s.setUpSAML(ctx)
	var kept providerName
	if err != nil || set.SignOutURL == "" || sp.Key == nil || json.Unmarshal([]byte(session), &kept) != nil {
		return set.SignOutURL
	}
	request, err := sp.MakeLogoutRequest(set.SignOutURL, kept.Name.Value)
	if err != nil {
		return set.SignOutURL
	}
	request.NameID = &kept.Name
	if kept.Index != "" {
		request.SessionIndex = &saml.SessionIndex{Value: kept.Index}
	}
	to, err := byRedirect(set.SignOutURL, samlRequest, request.Element(), "", sp.Key)
	if err != nil {
		return set.SignOutURL
	}
	return to
}

// signOutBySAML hears from the provider that somebody has signed out there, or what became of a request to sign out there (SAML 2.0
// Profiles, section 4.4). The browser brings both, so what counts is the provider's signature, not the browser's session:
// it may have none. A message that is brought twice ends what is ended already, so it is not noted as used. Without an
// address for it, the provider gets no answer.
func (s *SSO) signOutBySAML(w http.ResponseWriter, r *http.Request) (string, error) {
	const wrong = "The identity provider's message is not valid. If it stays so, ask an administrator."
	set, sp, err := s.setUpSAML(r.Context())
	if err != nil {
		return "", err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSAMLAnswer)
	said, err := s.heardFrom(set, r)
	if err != nil {
		return "", refuse(fmt.Errorf("sso: a SAML message: %w", err), wrong)
	}
	if err := s.current(set, sp, said); err != nil {
		return "", refuse(fmt.Errorf("sso: a SAML message: %w", err), wrong)
	}
	if said.parameter == samlResponse {
		if said.StatusCode.Value != saml.StatusSuccess {
			return "", refuse(fmt.Errorf("sso: the provider answered %q", said.StatusCode.Value), "You are signed out here. The identity provider did not sign you out everywhere else.")
		}
		return s.URL + "/signed-out", nil
	}
	if err := s.endSessionsOf(r, said.NameID.Value); err != nil {
		return "", err
	}
	http.SetCookie(w, s.People.SignedOut())
	if set.SignOutURL == "" {
		return s.URL + "/signed-out", nil
	}
	answer, err := sp.MakeLogoutResponse(set.SignOutURL, said.ID)
	if err != nil {
		return "", fmt.Errorf("sso: answer to a request to sign out: %w", err)
	}
	return byRedirect(set.SignOutURL, samlResponse, answer.Element(), said.relay, sp.Key)
}

// endSessionsOf ends all sessions of whoever has signed in here under a provider's name. Sessions are sealed one by one, so
// they are all opened and compared. Ending is for the account as a whole, so once is enough for each (docs/adr/0029).
func (s *SSO) endSessionsOf(r *http.Request, name string) error {
	sessions, err := s.People.SignedOnBy(r.Context(), identity.SAML)
	if err != nil {
		return err
	}
	ended := map[int64]bool{}
	for _, session := range sessions {
		var kept providerName
		if json.Unmarshal([]byte(session.Session), &kept) != nil || kept.Name.Value != name || ended[session.Account] {
			continue
		}
		ended[session.Account] = true
		if err := s.App.EndSessions(r.Context(), app.Caller{Actor: access.System(), Origin: app.Origin{IP: address(r), UserAgent: r.UserAgent()}}, session.Account); err != nil {
			return err
		}
	}
	return nil
}

// message is what is read of a provider's request to sign out, or its answer to one.
type message struct {
	XMLName      xml.Name
	ID           string           `xml:"ID,attr"`
	Destination  string           `xml:"Destination,attr"`
	IssueInstant saml.RelaxedTime `xml:"IssueInstant,attr"`
	Issuer       string           `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	NameID       saml.NameID      `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
	StatusCode   struct {
		Value string `xml:"Value,attr"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:protocol Status>StatusCode"`

	parameter, relay string
}

// heardFrom returns the message in a request, if the provider has signed it: over the query, by the redirect binding, or in
// the message itself, by the post binding. A message without a signature is refused. The certificate is the one that is
// set, and must be valid now, which a check of a signature does not ask.
func (s *SSO) heardFrom(set state.SAML, r *http.Request) (message, error) {
	certificate, err := certificateIn(set.Certificate)
	if err != nil {
		return message{}, err
	}
	if now := s.Now(); now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return message{}, errors.New("the provider's certificate is not valid now")
	}
	if r.Method == http.MethodGet {
		return byQuery(certificate, r.URL.RawQuery)
	}
	return byForm(certificate, r)
}

// byQuery returns a message that came by the redirect binding. What is signed is the text of the query as it came (SAML 2.0
// Bindings, section 3.4.4.1), so that is what is read. A parameter that is there twice is refused: the signature would be
// over one, and another would be read.
func byQuery(certificate *x509.Certificate, query string) (message, error) {
	raw := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if _, twice := raw[name]; twice {
			return message{}, fmt.Errorf("the parameter %q is there twice", name)
		}
		raw[name] = value
	}
	plain := func(name string) string {
		text, err := url.QueryUnescape(raw[name])
		if err != nil {
			return ""
		}
		return text
	}
	parameter := samlRequest
	if _, answer := raw[samlResponse]; answer {
		parameter = samlResponse
	}
	signed := parameter + "=" + raw[parameter]
	if relay, there := raw["RelayState"]; there {
		signed += "&RelayState=" + relay
	}
	signed += "&SigAlg=" + raw["SigAlg"]
	signature, err := base64.StdEncoding.DecodeString(plain("Signature"))
	if err != nil {
		return message{}, fmt.Errorf("sso: signature: %w", err)
	}
	if err := certificate.CheckSignature(signatureAlgorithms[plain("SigAlg")], []byte(signed), signature); err != nil {
		return message{}, fmt.Errorf("sso: signature: %w", err)
	}
	packed, err := base64.StdEncoding.DecodeString(plain(parameter))
	if err != nil {
		return message{}, fmt.Errorf("sso: base64: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxSAMLAnswer))
	if err != nil {
		return message{}, fmt.Errorf("sso: inflate: %w", err)
	}
	return messageIn(text, parameter, plain("RelayState"))
}

// signatureAlgorithms are those by which queries may be signed. SHA-1 is not among them. For any other, CheckSignature gets
// an unknown algorithm, and refuses.
var signatureAlgorithms = map[string]x509.SignatureAlgorithm{
	dsig.RSASHA256SignatureMethod: x509.SHA256WithRSA, dsig.RSASHA384SignatureMethod: x509.SHA384WithRSA, dsig.RSASHA512SignatureMethod: x509.SHA512WithRSA,
	dsig.ECDSASHA256SignatureMethod: x509.ECDSAWithSHA256, dsig.ECDSASHA384SignatureMethod: x509.ECDSAWithSHA384, dsig.ECDSASHA512SignatureMethod: x509.ECDSAWithSHA512,
}

// byForm returns a message that came by the post binding. What is read is what the signature is over. A document may have a
// second, unsigned message beside the signed one: so the checked element is written out anew, and only that is read.
func byForm(certificate *x509.Certificate, r *http.Request) (message, error) {
	if err := r.ParseForm(); err != nil {
		return message{}, fmt.Errorf("sso: read the form: %w", err)
	}
	parameter := samlRequest
	if r.PostForm.Has(samlResponse) {
		parameter = samlResponse
	}
	text, err := base64.StdEncoding.DecodeString(r.PostForm.Get(parameter))
	if err != nil {
		return message{}, fmt.Errorf("sso: base64: %w", err)
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		return message{}, fmt.Errorf("sso: %w", err)
	}
	if document.Root() == nil {
		return message{}, errors.New("there is no XML document")
	}
	check := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
	check.IdAttribute = "ID"
	signed, err := check.Validate(document.Root())
	if err != nil {
		return message{}, fmt.Errorf("sso: signature: %w", err)
	}
	document = etree.NewDocument()
	document.SetRoot(signed)
	if text, err = document.WriteToBytes(); err != nil {
		return message{}, fmt.Errorf("sso: %w", err)
	}
	return messageIn(text, parameter, r.PostForm.Get("RelayState"))
}

// messageIn reads a message. The bytes are those that the signature was found to be over. Fields that a message does not
// have are empty; current looks at them.
func messageIn(text []byte, parameter, relay string) (message, error) {
	m := message{parameter: parameter, relay: relay}
	if err := xml.Unmarshal(text, &m); err != nil {
		return message{}, fmt.Errorf("sso: %w", err)
	}
	return m, nil
}

// current refuses a message that is not from the provider, not for here, or not of now. The bounds are the library's for
// assertions. Destination has to be there: it is what keeps a message to somebody else from being brought here.
func (s *SSO) current(set state.SAML, sp *saml.ServiceProvider, m message) error {
	kind := map[string]string{samlRequest: "LogoutRequest", samlResponse: "LogoutResponse"}[m.parameter]
	age := s.Now().Sub(time.Time(m.IssueInstant))
	switch {
	case m.XMLName != (xml.Name{Space: "urn:oasis:names:tc:SAML:2.0:protocol", Local: kind}):
		return fmt.Errorf("it is a %s, not a %s", m.XMLName.Local, kind)
	case strings.TrimSpace(m.Issuer) != set.EntityID:
		return fmt.Errorf("it is from %q", m.Issuer)
	case m.Destination != sp.SloURL.String():
		return fmt.Errorf("it is for %q", m.Destination)
	case age > saml.MaxIssueDelay || age < -saml.MaxClockSkew:
		return fmt.Errorf("it is of %s", time.Time(m.IssueInstant))
	case m.parameter == samlRequest && m.NameID.Value == "":
		return errors.New("it names nobody")
	default:
		return nil
	}
}
