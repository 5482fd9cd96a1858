package sso

import (
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/crewjam/saml"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

// maxSAMLAnswer bounds the form by which a browser brings a provider's answer.
const maxSAMLAnswer = 1 << 20

// serviceProvider returns what Quorate is to a provider. It signs nothing and decrypts nothing, so it
// has no key of its own.
func (s *SSO) serviceProvider(set state.SAML) (*saml.ServiceProvider, error) {
	acs, err := url.Parse(s.URL + "/auth/saml/callback")
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	metadata, err := url.Parse(s.URL + "/auth/saml/metadata")
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	return &saml.ServiceProvider{
		EntityID: s.URL, AcsURL: *acs, MetadataURL: *metadata, AuthnNameIDFormat: saml.UnspecifiedNameIDFormat,
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
	}, nil
}

// bareCertificate returns a certificate without the lines around it.
func bareCertificate(text string) string {
	if block, _ := pem.Decode([]byte(strings.TrimSpace(text))); block != nil {
		return base64.StdEncoding.EncodeToString(block.Bytes)
	}
	return strings.Join(strings.Fields(text), "")
}

// samlMetadata describes Quorate to a provider (SAML 2.0 Metadata).
func (s *SSO) samlMetadata(w http.ResponseWriter, r *http.Request) {
	sp, err := s.serviceProvider(s.App.State().SAML())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	described := sp.Metadata()
	described.ValidUntil = s.Now().Add(7 * 24 * time.Hour)
	text, err := xml.MarshalIndent(described, "", "  ")
	if err != nil {
		s.failed(w, r, fmt.Errorf("sso: metadata: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(text) // whoever has gone gets no answer
}

// setUpSAML returns SAML as it is set up now, or a NotFound fault if it is not.
func (s *SSO) setUpSAML() (state.SAML, *saml.ServiceProvider, error) {
	set := s.App.State().SAML()
	if !set.Enabled {
		return set, nil, fault.New(fault.NotFound, "Signing in with SAML is not enabled here.")
	}
	sp, err := s.serviceProvider(set)
	return set, sp, err
}

// beginSAML sends a browser to the provider, with the query parameter return as the page to come
// back to. The request's id is what the answer must be an answer to.
func (s *SSO) beginSAML(w http.ResponseWriter, r *http.Request) (string, error) {
	set, sp, err := s.setUpSAML()
	if err != nil {
		return "", err
	}
	request, err := sp.MakeAuthenticationRequest(set.SignOnURL, saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		return "", fmt.Errorf("sso: authentication request: %w", err)
	}
	to, err := request.Redirect(request.ID, sp)
	if err != nil {
		return "", fmt.Errorf("sso: authentication request: %w", err)
	}
	cookie, err := s.People.BeginSignOn(identity.SignOn{Provider: identity.SAML, State: request.ID, Return: r.URL.Query().Get("return")}, true)
	if err != nil {
		return "", err
	}
	http.SetCookie(w, cookie)
	return to.String(), nil
}

// endSAML lets somebody in who comes back from the provider.
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
	set, sp, err := s.setUpSAML()
	if err != nil {
		return "", err
	}
	answer, err := base64.StdEncoding.DecodeString(r.PostForm.Get("SAMLResponse"))
	if err != nil {
		return "", refuse(fmt.Errorf("sso: the SAML response: %w", err), wrong)
	}
	assertion, err := sp.ParseXMLResponse(answer, []string{under.State}, sp.AcsURL)
	if err != nil {
		if invalid, ok := errors.AsType[*saml.InvalidResponseError](err); ok {
			err = invalid.PrivateErr
		}
		return "", refuse(fmt.Errorf("sso: the SAML response: %w", err), wrong)
	}
	if assertion.Subject == nil || len(assertion.Subject.SubjectConfirmations) == 0 || assertion.ID == "" {
		return "", refuse(errors.New("sso: the SAML assertion confirms no subject, or has no id"), wrong)
	}
	fresh, err := s.People.UseAssertion(r.Context(), assertion.Issuer.Value+" "+assertion.ID, s.Now().Add(saml.MaxIssueDelay+saml.MaxClockSkew))
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", refuse(errors.New("sso: the SAML assertion was used before"), wrong)
	}
	v, in := vouchedBy(set, assertion)
	return s.inside(under.Return), s.arrive(w, r, v, in, set.Admission)
}

// vouchedBy returns whom an assertion is about. A persistent name id is a subject; addresses and names are
// looked for under what providers commonly call them.
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
