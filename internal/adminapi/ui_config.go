package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
)

// uiConfig registers what the web app asks first.
//
// Tools that were made for Unleash learn from it what a server can do, and Quorate's own web app asks
// it when it starts.
func (a *api) uiConfig() {
	register(a, operation{
		ID: "getUiConfig", Method: http.MethodGet, Path: "/ui-config", Tag: "Admin UI",
		Summary: "What this instance is and can do", Description: "Tools that know Unleash look here for what is on offer: everything is.",
	}, a.getUIConfig)
}

// uiConfig is what an instance is and can do.
type uiConfig struct {
	Name                string          `json:"name"`
	Slogan              string          `json:"slogan"`
	Version             string          `json:"version"`
	VersionInfo         versionInfo     `json:"versionInfo"`
	Environment         string          `json:"environment"`
	UnleashURL          string          `json:"unleashUrl" doc:"Where people reach the server."`
	BaseURIPath         string          `json:"baseUriPath" doc:"The path of unleashUrl; empty for none."`
	AuthenticationType  string          `json:"authenticationType" enum:"open-source,demo,enterprise,hosted,custom,none"`
	DisablePasswordAuth bool            `json:"disablePasswordAuth"`
	OIDCConfigured      bool            `json:"oidcConfiguredThroughEnv"`
	SAMLConfigured      bool            `json:"samlConfiguredThroughEnv"`
	EmailEnabled        bool            `json:"emailEnabled"`
	MaintenanceMode     bool            `json:"maintenanceMode"`
	FrontendAPIOrigins  []string        `json:"frontendApiOrigins"`
	Flags               map[string]bool `json:"flags" doc:"What there is, by the names that Unleash's web app asks for."`
	Links               []object        `json:"links"`
	ResourceLimits      resourceLimits  `json:"resourceLimits"`
}

// versionInfo is the release that runs.
type versionInfo struct {
	Current    release `json:"current"`
	Latest     release `json:"latest" doc:"Empty: the server asks nobody about newer releases."`
	IsLatest   bool    `json:"isLatest"`
	InstanceID string  `json:"instanceId" doc:"The id of the ledger."`
}

// release is a release of either of Unleash's editions. Clients take an instance that has
// enterprise for one that has roles, groups and change requests.
type release struct {
	OSS        string `json:"oss,omitempty"`
	Enterprise string `json:"enterprise,omitempty"`
}

// resourceLimits are how much there may be. Of what Quorate does not have, there may be none.
//
// ReleaseTemplates and those below it are 0.
type resourceLimits struct {
	SegmentValues                int `json:"segmentValues"`
	StrategySegments             int `json:"strategySegments"`
	FeatureEnvironmentStrategies int `json:"featureEnvironmentStrategies"`
	Constraints                  int `json:"constraints"`
	ConstraintValues             int `json:"constraintValues"`
	Environments                 int `json:"environments"`
	Projects                     int `json:"projects"`
	APITokens                    int `json:"apiTokens"`
	Segments                     int `json:"segments"`
	FeatureFlags                 int `json:"featureFlags"`
	ReleaseTemplates             int `json:"releaseTemplates"`
	SignalEndpoints              int `json:"signalEndpoints"`
	SignalTokensPerEndpoint      int `json:"signalTokensPerEndpoint"`
	ActionSetsPerProject         int `json:"actionSetsPerProject"`
	ActionSetActions             int `json:"actionSetActions"`
	ActionSetFilters             int `json:"actionSetFilters"`
	ActionSetFilterValues        int `json:"actionSetFilterValues"`
}

// unlimited is what stands for any number, where clients want one: the largest integer that
// their databases hold.
const unlimited = 1<<31 - 1

// pathOf returns the path of an address, empty for what is no address.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

func (a *api) getUIConfig(_ context.Context, r request, _ *struct{}) (uiConfig, error) {
	limits := a.App.Limits()
	// No limit is 0 in the settings, and to clients a number that nobody reaches.
	n := func(limit int) int { return cmp.Or(limit, unlimited) }
	return uiConfig{
		Name:    "Quorate",
		Slogan:  "Feature flags that change when enough people agree",
		Version: a.Version,
		VersionInfo: versionInfo{
			Current:    release{OSS: a.Version, Enterprise: a.Version},
			IsLatest:   true,
			InstanceID: r.State.LedgerID(),
		},
		UnleashURL:          a.URL,
		BaseURIPath:         pathOf(a.URL),
		AuthenticationType:  "enterprise",
		DisablePasswordAuth: r.State.PasswordSignIn().Disabled,
		OIDCConfigured:      a.Elsewhere.OIDC,
		SAMLConfigured:      a.Elsewhere.SAML,
		EmailEnabled:        a.Notify.Mails(),
		FrontendAPIOrigins:  r.State.FrontendOrigins(),
		// Unleash's web app, and tools that read the same, hide what is not true here.
		Flags: map[string]bool{"P": true, "C": true, "E": true, "RE": true, "SE": true, "UG": true},
		Links: []object{},
		ResourceLimits: resourceLimits{
			SegmentValues:                n(limits.SegmentValues),
			StrategySegments:             n(limits.StrategySegments),
			FeatureEnvironmentStrategies: n(limits.FeatureEnvironmentStrategies),
			Constraints:                  n(limits.Constraints),
			ConstraintValues:             n(limits.ConstraintValues),
			Environments:                 n(limits.Environments),
			Projects:                     n(limits.Projects),
			APITokens:                    n(limits.APITokens),
			Segments:                     n(limits.Segments),
			FeatureFlags:                 n(limits.FeatureFlags),
		},
	}, nil
}
