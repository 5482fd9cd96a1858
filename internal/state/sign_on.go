package state

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
)

// The ids of the settings about identity providers. Secrets that are asked for in clear are sealed
// outside the ledger.
const (
	OIDCSetting         = "oidc"
	SAMLSetting         = "saml"
	ProvisioningSetting = "scim"
)

// Admission is whom an identity provider brings in, and as what.
type Admission struct {
	// AutoCreate makes an account for who has none.
	AutoCreate bool `json:"autoCreate"`
	// DefaultRootRole is the role of accounts that are made, by its name; DefaultRootRoleID, unless
	// it is 0, goes before it. Without both it is Viewer.
	DefaultRootRole   string        `json:"defaultRootRole,omitempty"`
	DefaultRootRoleID access.RoleID `json:"defaultRootRoleId,omitempty"`
	// EmailDomains, parted by commas, are those for which accounts are made; empty: any.
	EmailDomains string `json:"emailDomains,omitempty"`
	// GroupSync lets the provider say who belongs to groups that have mappings.
	GroupSync bool `json:"enableGroupSyncing"`
	// GroupPath is where the provider's answer names the groups.
	GroupPath string `json:"groupJsonPath,omitempty"`
}

// Domains returns the domains of EmailDomains, in small letters.
func (a Admission) Domains() []string {
	var domains []string
	for domain := range strings.SplitSeq(a.EmailDomains, ",") {
		if domain = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@")); domain != "" {
			domains = append(domains, domain)
		}
	}
	return domains
}

// Admits reports whether an account may be made for an e-mail address.
func (a Admission) Admits(email string) bool {
	domains := a.Domains()
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	return len(domains) == 0 || slices.Contains(domains, domain)
}

// OIDC is what is set about signing in by OpenID Connect. The client's secret is sealed elsewhere.
type OIDC struct {
	Enabled bool `json:"enabled"`
	// DiscoverURL is the provider's, with or without /.well-known/openid-configuration.
	DiscoverURL string `json:"discoverUrl,omitempty"`
	ClientID    string `json:"clientId,omitempty"`
	// SecretSetAt is when the secret was last set, so that a change of it is on record.
	SecretSetAt *time.Time `json:"secretSetAt,omitempty"`
	// SingleSignOut also ends the session at the provider when somebody signs out.
	SingleSignOut bool `json:"enableSingleSignOut"`
	// ACRValues are the authentication context classes of which a sign-in must have one, parted
	// by spaces; empty: any.
	ACRValues string `json:"acrValues,omitempty"`
	// SigningAlgorithm is the one that ID tokens must have; empty: what the provider announces.
	SigningAlgorithm string `json:"idTokenSigningAlgorithm,omitempty"`
	AddGroupsScope   bool   `json:"addGroupsScope"`
	Admission
}

// OIDC returns what is set about signing in by OpenID Connect.
func (s *State) OIDC() OIDC { return settingAs[OIDC](s, OIDCSetting) }

// SAML is what is set about signing in by SAML 2.0. The key that goes with SPCertificate is sealed elsewhere.
type SAML struct {
	Enabled  bool   `json:"enabled"`
	EntityID string `json:"entityId,omitempty"` // the provider's
	// SignOnURL is where browsers are sent to sign in, by the redirect binding.
	SignOnURL string `json:"signOnUrl,omitempty"`
	// Certificate is the one by which the provider signs: base64, with or without the lines around it.
	Certificate string `json:"certificate,omitempty"`
	// SignOutURL is where browsers are sent that have signed out here, with a request to sign out there as well.
	SignOutURL string `json:"signOutUrl,omitempty"`
	// SPCertificate is Quorate's own, as PEM: providers encrypt for it, and know by it what Quorate signs.
	SPCertificate string `json:"spCertificate,omitempty"`
	// SignRequests signs the requests by which browsers are sent to sign in. Those to sign out are always signed.
	SignRequests bool `json:"signRequests,omitempty"`
	Admission
}

// SAML returns what is set about signing in by SAML.
func (s *State) SAML() SAML { return settingAs[SAML](s, SAMLSetting) }

// Provisioning is what is set about clients that provision people and groups by SCIM.
type Provisioning struct {
	Enabled bool `json:"enabled"`
	// TokenDigest is the keyed digest of the secret that opens SCIM; empty: there is none.
	TokenDigest string `json:"tokenDigest,omitempty"`
}

// Provisioning returns what is set about SCIM.
func (s *State) Provisioning() Provisioning { return settingAs[Provisioning](s, ProvisioningSetting) }

// settingAs returns a setting's value; the zero value if nobody has set it.
func settingAs[T any](s *State, id string) T {
	var value, none T
	if json.Unmarshal([]byte(s.Setting(id)), &value) != nil {
		return none
	}
	return value
}
