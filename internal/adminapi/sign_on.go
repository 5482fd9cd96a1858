package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// ConfiguredElsewhere says which identity providers the server's settings name: those cannot be
// changed by the API.
//
// Reading them goes on as ever. A write is refused instead of being undone at the next start
// (docs/single-sign-on.md).
type ConfiguredElsewhere struct{ OIDC, SAML bool }

// signOn registers how it is set how people sign in.
//
// The use cases refuse what would leave nobody a way to sign in (docs/single-sign-on.md, "Without
// passwords"). Of SAML there is no secret to read; the private key of its pair is sealed and never
// shown (docs/adr/0029-a-key-pair-of-saml.md).
func (a *api) signOn() {
	may := []access.Permission{access.Admin, access.UpdateAuth}
	register(a, operation{
		ID: "setSimpleSettings", Method: http.MethodPost, Path: "/auth/simple/settings", Tag: tagAuth,
		Summary:     "Say whether people can sign in by a password",
		Description: "Turning it off needs another way to sign in. `quorate rescue` lets an administrator in again.",
		Permissions: may,
	}, a.setSimpleSettings)
	register(a, operation{
		ID: "getOidcSettings", Method: http.MethodGet, Path: "/auth/oidc/settings", Tag: tagAuth,
		Summary: "Read how people sign in by OpenID Connect", Description: "With the secret for administrators: Terraform compares it with what was configured.", Permissions: may, NoStore: true,
	}, a.getOIDC)
	register(a, operation{
		ID: "setOidcSettings", Method: http.MethodPost, Path: "/auth/oidc/settings", Tag: tagAuth,
		Summary:     "Say how people sign in by OpenID Connect",
		Description: "A secret that is left out stays as it is, unless the provider or the client is another one.",
		Permissions: may,
	}, a.setOIDC)
	register(a, operation{
		ID: "getSamlSettings", Method: http.MethodGet, Path: "/auth/saml/settings", Tag: tagAuth,
		Summary: "Read how people sign in by SAML", Permissions: may,
	}, a.getSAML)
	register(a, operation{
		ID: "setSamlSettings", Method: http.MethodPost, Path: "/auth/saml/settings", Tag: tagAuth,
		Summary: "Say how people sign in by SAML", Permissions: may,
	}, a.setSAML)
}

// provisioning registers how it is set that a directory keeps people and groups here.
func (a *api) provisioning() {
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getScimSettings", Method: http.MethodGet, Path: "/scim-settings", Tag: tagAuth,
		Summary: "Read whether SCIM is enabled", Permissions: admin,
	}, a.getProvisioning)
	register(a, operation{
		ID: "setScimSettings", Method: http.MethodPost, Path: "/scim-settings", Tag: tagAuth,
		Summary: "Enable or disable SCIM", Description: "The answer has a token when SCIM is enabled for the first time; it is not shown again.", Permissions: admin, NoStore: true,
	}, a.setProvisioning)
	register(a, operation{
		ID: "generateNewToken", Method: http.MethodPost, Path: "/scim-settings/generate-new-token", Tag: tagAuth,
		Summary: "Make another token for SCIM", Description: "The one before opens nothing any more.", Permissions: admin, NoStore: true,
	}, a.newProvisioningToken)
	register(a, operation{
		ID: "deleteScimUsers", Method: http.MethodDelete, Path: "/user-admin/scim-users", Tag: tagUsers,
		Summary: "Delete all users that a SCIM client keeps", Permissions: admin,
	}, a.deleteProvisionedUsers)
	register(a, operation{
		ID: "deleteScimGroups", Method: http.MethodDelete, Path: "/groups/scim-groups", Tag: tagUsers,
		Summary: "Delete all groups that a SCIM client keeps", Permissions: admin,
	}, a.deleteProvisionedGroups)
}

// scimSettings is whether SCIM is enabled.
type scimSettings struct {
	Enabled  bool   `json:"enabled"`
	HasToken bool   `json:"hasToken"`
	Token    string `json:"token,omitempty" doc:"When it has just been made."`
}

// setScimSettings says whether SCIM is enabled.
type setScimSettings struct {
	Enabled bool `json:"enabled"`
}

// scimToken is a new token for SCIM.
type scimToken struct {
	Token string `json:"token"`
}

// getProvisioning reads a few bits of the state before it asks for the permission: an answer with a
// fault has no body.
func (a *api) getProvisioning(_ context.Context, r request, _ *struct{}) (scimSettings, error) {
	set := r.State.Provisioning()
	return scimSettings{Enabled: set.Enabled, HasToken: set.TokenDigest != ""}, r.Caller.Actor.Require("", "", access.Admin)
}

func (a *api) setProvisioning(ctx context.Context, r request, in *struct{ Body setScimSettings }) (scimSettings, error) {
	secret, err := a.App.SetProvisioning(ctx, r.Caller, in.Body.Enabled)
	// On the state after the write, and the error beside it, as everywhere: an answer with a fault has
	// no body.
	set := a.App.State().Provisioning()
	return scimSettings{Enabled: set.Enabled, HasToken: set.TokenDigest != "", Token: secret}, err
}

func (a *api) newProvisioningToken(ctx context.Context, r request, _ *struct{}) (scimToken, error) {
	secret, err := a.App.NewProvisioningToken(ctx, r.Caller)
	return scimToken{secret}, err
}

// deleteProvisionedUsers deletes everybody whom a directory keeps. Who they are is a plain row, so the
// people are read here; the use case asks for the permission and picks them.
func (a *api) deleteProvisionedUsers(ctx context.Context, r request, _ *struct{}) (empty, error) {
	people, err := a.People.People(ctx)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.App.DeleteProvisionedUsers(ctx, r.Caller, people)
}

func (a *api) deleteProvisionedGroups(ctx context.Context, r request, _ *struct{}) (empty, error) {
	return empty{}, a.App.DeleteProvisionedGroups(ctx, r.Caller)
}

// passwordAuthBody says whether people can sign in by a password.
type passwordAuthBody struct {
	Disabled bool `json:"disabled,omitempty"`
}

func (a *api) setSimpleSettings(ctx context.Context, r request, in *struct{ Body passwordAuthBody }) (passwordAuth, error) {
	return passwordAuth(in.Body), a.App.SetPasswordSignIn(ctx, r.Caller, in.Body.Disabled)
}

// SignOnAdmission is whom an identity provider brings in.
//
// Its words are Unleash's for the settings of both kinds of provider; state.Admission has the rules.
type SignOnAdmission struct {
	AutoCreate         bool          `json:"autoCreate,omitempty" doc:"Make an account for who has none."`
	DefaultRootRole    string        `json:"defaultRootRole,omitempty" enum:"Viewer,Editor,Admin" doc:"The role of accounts that are made; Viewer, if nothing is said."`
	DefaultRootRoleID  access.RoleID `json:"defaultRootRoleId,omitempty" doc:"The id of that role; it goes before defaultRootRole."`
	EmailDomains       string        `json:"emailDomains,omitempty" doc:"The domains for whose addresses accounts are made, parted by commas; empty: any."`
	EnableGroupSyncing bool          `json:"enableGroupSyncing,omitempty" doc:"Let the provider say who belongs to groups that have mappings."`
	GroupJSONPath      string        `json:"groupJsonPath,omitempty" doc:"Where the provider's answer names the groups, such as groups or realm_access.roles."`
}

func (b SignOnAdmission) admission() state.Admission {
	return state.Admission{
		AutoCreate: b.AutoCreate, DefaultRootRole: b.DefaultRootRole, DefaultRootRoleID: b.DefaultRootRoleID,
		EmailDomains: b.EmailDomains, GroupSync: b.EnableGroupSyncing, GroupPath: b.GroupJSONPath,
	}
}

func viewAdmission(s state.Admission) SignOnAdmission {
	return SignOnAdmission{
		AutoCreate: s.AutoCreate, DefaultRootRole: s.DefaultRootRole, DefaultRootRoleID: s.DefaultRootRoleID,
		EmailDomains: s.EmailDomains, EnableGroupSyncing: s.GroupSync, GroupJSONPath: s.GroupPath,
	}
}

// OIDCSettings are settings of OpenID Connect, but for the secret.
type OIDCSettings struct {
	Enabled                 bool   `json:"enabled"`
	DiscoverURL             string `json:"discoverUrl,omitempty" doc:"The provider's address, with or without /.well-known/openid-configuration."`
	ClientID                string `json:"clientId,omitempty"`
	EnableSingleSignOut     bool   `json:"enableSingleSignOut,omitempty" doc:"Who signs out here signs out at the provider, too."`
	ACRValues               string `json:"acrValues,omitempty" doc:"Classes of authentication, parted by spaces, of which a sign-in must have one."`
	IDTokenSigningAlgorithm string `json:"idTokenSigningAlgorithm,omitempty" enum:"RS256,RS384,RS512" doc:"What the provider announces, if nothing is said."`
	AddGroupsScope          bool   `json:"addGroupsScope,omitempty" doc:"Ask for the scope groups as well."`
	EnablePKCE              bool   `json:"enablePkce,omitempty" doc:"Always true: PKCE cannot be turned off."`
	SignOnAdmission
}

// oidcSettings is the body that says how people sign in by OpenID Connect.
type oidcSettings struct {
	OIDCSettings
	Secret string `json:"secret,omitempty" doc:"What the provider knows the client by."`
}

// oidcSettingsResponse is how people sign in by OpenID Connect.
type oidcSettingsResponse struct {
	OIDCSettings
	Secret string `json:"secret,omitempty" doc:"For administrators who read, and nobody else."`
}

// viewOIDC returns the settings without the secret. PKCE is always used, so whatever is sent, true is
// answered: Terraform's plan shows who has configured something else.
func viewOIDC(s state.OIDC) oidcSettingsResponse {
	return oidcSettingsResponse{OIDCSettings: OIDCSettings{
		Enabled: s.Enabled, DiscoverURL: s.DiscoverURL, ClientID: s.ClientID, EnableSingleSignOut: s.SingleSignOut, ACRValues: s.ACRValues,
		IDTokenSigningAlgorithm: s.SigningAlgorithm, AddGroupsScope: s.AddGroupsScope, EnablePKCE: true, SignOnAdmission: viewAdmission(s.Admission),
	}}
}

func (a *api) getOIDC(ctx context.Context, r request, _ *struct{}) (oidcSettingsResponse, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin, access.UpdateAuth); err != nil {
		return oidcSettingsResponse{}, err
	}
	seen := viewOIDC(r.State.OIDC())
	// Who has UPDATE_AUTH_CONFIGURATION alone may replace the secret, not read it.
	if !r.Caller.Actor.IsAdmin() || r.State.OIDC().SecretSetAt == nil {
		return seen, nil
	}
	var err error
	seen.Secret, err = a.People.SignOnSecret(ctx, state.OIDCSetting)
	return seen, err
}

func (a *api) setOIDC(ctx context.Context, r request, in *struct{ Body oidcSettings }) (oidcSettingsResponse, error) {
	if a.Elsewhere.OIDC {
		return oidcSettingsResponse{}, setElsewhere("QUORATE_OIDC_SETTINGS")
	}
	b := in.Body
	err := a.App.SetOIDC(ctx, r.Caller, state.OIDC{
		Enabled: b.Enabled, DiscoverURL: b.DiscoverURL, ClientID: b.ClientID, SingleSignOut: b.EnableSingleSignOut, ACRValues: b.ACRValues,
		SigningAlgorithm: b.IDTokenSigningAlgorithm, AddGroupsScope: b.AddGroupsScope, Admission: b.admission(),
	}, b.Secret)
	return viewOIDC(a.App.State().OIDC()), err
}

// samlSettings is how people sign in by SAML.
type samlSettings struct {
	Enabled     bool   `json:"enabled"`
	EntityID    string `json:"entityId,omitempty" doc:"The provider's."`
	SignOnURL   string `json:"signOnUrl,omitempty" doc:"Where browsers are sent to sign in, by the redirect binding."`
	Certificate string `json:"certificate,omitempty" doc:"The X.509 certificate by which the provider signs, as PEM or its base64 text."`
	SignOutURL  string `json:"signOutUrl,omitempty" doc:"Where browsers are sent that have signed out here, with a request to sign out there as well."`
	// Unleash's name for it; the key never comes out again.
	SPCertificate string `json:"spCertificate,omitempty" doc:"Quorate's own certificate, for which providers encrypt and by which they check what it signs. Sent with its RSA key, as PEM, it replaces the pair; left out, the pair stays, and one is made if there is none."`
	SignRequests  bool   `json:"signRequests,omitempty" doc:"Sign the requests by which browsers are sent to sign in."`
	SignOnAdmission
}

func viewSAML(s state.SAML) samlSettings {
	return samlSettings{
		Enabled: s.Enabled, EntityID: s.EntityID, SignOnURL: s.SignOnURL, Certificate: s.Certificate, SignOutURL: s.SignOutURL,
		SPCertificate: s.SPCertificate, SignRequests: s.SignRequests,
		SignOnAdmission: viewAdmission(s.Admission),
	}
}

func (a *api) getSAML(_ context.Context, r request, _ *struct{}) (samlSettings, error) {
	return viewSAML(r.State.SAML()), r.Caller.Actor.Require("", "", access.Admin, access.UpdateAuth)
}

func (a *api) setSAML(ctx context.Context, r request, in *struct{ Body samlSettings }) (samlSettings, error) {
	if a.Elsewhere.SAML {
		return samlSettings{}, setElsewhere("QUORATE_SAML_SETTINGS")
	}
	b := in.Body
	err := a.App.SetSAML(ctx, r.Caller, state.SAML{
		Enabled: b.Enabled, EntityID: b.EntityID, SignOnURL: b.SignOnURL, Certificate: b.Certificate, SignOutURL: b.SignOutURL,
		SPCertificate: b.SPCertificate, SignRequests: b.SignRequests, Admission: b.admission(),
	})
	return viewSAML(a.App.State().SAML()), err
}

// setElsewhere is the fault for what the server's settings fix.
//
// It names the variable, so that its reader knows where to look.
func setElsewhere(variable string) error {
	return fault.New(fault.BadData, "This is set by the variable %s, and changes with it when the server starts.", variable)
}
