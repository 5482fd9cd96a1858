package integration

import (
	"context"
	"slices"

	"github.com/quorate/quorate/internal/state"
)

// What there is to send to. Names of providers and of their parameters are Unleash's (its API document, getAddons), so that
// what was set up for it is good here; format and signingSecret are our own. Both names are stored, and must not change.

// Provider is a kind of integration.
type Provider struct {
	Name             string
	DisplayName      string
	Description      string
	DocumentationURL string
	Parameters       []Parameter
	// TagType is a tag type whose tags say where the events of a flag go; empty: none.
	TagType string

	// send makes one attempt. What it may send, and where to, is the attempt's; it writes nothing down.
	send func(*Integrations, context.Context, *attempt) outcome
}

// Parameter is something that a provider has to know.
type Parameter struct {
	Name        string
	DisplayName string
	// Type says how a form shows it: url, text (a line) or textfield (several). Values are texts, whatever the type.
	Type        string
	Description string
	Placeholder string
	Required    bool
	// Sensitive ones are Masked in every answer, and sealed like all others. The address is one, since that of a chat's
	// webhook is all that it takes to post there.
	Sensitive bool
	// Sent is set for sensitive ones that are sent to the target: they must not reach another.
	Sent bool
}

// documentation is where the providers are described.
const documentation = "https://github.com/quorate/quorate/blob/main/docs/integrations.md"

// Names of parameters.
const (
	paramURL           = "url"
	paramContentType   = "contentType"
	paramAuthorization = "authorization"
	paramHeaders       = "customHeaders"
	paramTemplate      = "bodyTemplate"
	paramFormat        = "format"
	paramSecret        = "signingSecret"
	paramAccessToken   = "accessToken"
	paramChannels      = "defaultChannels"
	paramChannel       = "defaultChannel"
	paramUsername      = "username"
	paramEmoji         = "emojiIcon"
	paramAPIKey        = "apiKey"
	paramLicenseKey    = "licenseKey"
	paramSource        = "sourceTypeName"
)

// Parameters that several providers have.
var (
	urlParameter = Parameter{
		Name: paramURL, DisplayName: "URL", Type: "url", Required: true, Sensitive: true,
		Description: "(Required) Where events are sent to, with POST.",
	}
	headersParameter = Parameter{
		Name: paramHeaders, DisplayName: "Extra HTTP headers", Type: "textfield", Sensitive: true, Sent: true, Placeholder: `{"X-Team": "payments"}`,
		Description: "(Optional) More headers of the request: a JSON object of texts.",
	}
	templateParameter = Parameter{
		Name: paramTemplate, DisplayName: "Body template", Type: "textfield",
		Placeholder: "{\n  \"event\": \"{{event.type}}\",\n  \"by\": \"{{event.createdBy}}\",\n  \"text\": \"{{eventMarkdown}}\"\n}",
		Description: "(Optional) A Mustache template of the body, over `event`, `eventJson`, `eventMarkdown`, `changeRequest`, `link` and `ledgerHead`.",
	}
)

// Formats of webhooks.
const (
	formatEvent      = "event"
	formatCloudEvent = "cloudevents"
)

// Providers returns all kinds of integrations, the most general first.
// It is a function, so that nobody can change what others read.
func Providers() []Provider {
	return []Provider{
		{
			Name: "webhook", DisplayName: "Webhook", DocumentationURL: documentation + "#webhooks",
			Description: "Sends events to any address, signed.",
			Parameters: []Parameter{
				urlParameter,
				{
					Name: paramContentType, DisplayName: "Content-Type", Type: "text", Placeholder: "application/json",
					Description: "(Optional) The Content-Type of the request; application/json unless set.",
				},
				{
					Name: paramAuthorization, DisplayName: "Authorization", Type: "text", Sensitive: true, Sent: true,
					Description: "(Optional) The Authorization header of the request.",
				},
				headersParameter,
				templateParameter,
				{
					Name: paramFormat, DisplayName: "Format", Type: "text", Placeholder: formatEvent,
					Description: "(Optional) The body, if there is no template: `event`, as in the event log, or `cloudevents`, CloudEvents 1.0 as structured JSON.",
				},
				{
					Name: paramSecret, DisplayName: "Signing secret", Type: "text", Sensitive: true, Placeholder: secretPrefix + "…",
					Description: "(Optional) The key that requests are signed with (Standard Webhooks). If it is left empty, one is made, and shown once.",
				},
			},
			send: (*Integrations).sendWebhook,
		},
		{
			Name: "slack-app", DisplayName: "Slack app", DocumentationURL: documentation + "#slack",
			Description: "Posts to channels of Slack, with the token of an app.",
			Parameters: []Parameter{
				{
					Name: paramAccessToken, DisplayName: "Access token", Type: "text", Required: true, Sensitive: true, Sent: true,
					Description: "(Required) The bot token of a Slack app with the scopes chat:write and chat:write.public.",
				},
				{
					Name: paramChannels, DisplayName: "Default channels", Type: "text", Placeholder: "releases,flags",
					Description: "(Optional) Where to post, unless the flag has tags of the type slack: channels, parted by commas.",
				},
			},
			TagType: "slack",
			send:    (*Integrations).sendSlackApp,
		},
		{
			Name: "slack", DisplayName: "Slack (incoming webhook)", DocumentationURL: documentation + "#slack",
			Description: "Posts to a channel of Slack by an incoming webhook.",
			Parameters: []Parameter{
				urlParameter,
				{
					Name: paramUsername, DisplayName: "Username", Type: "text", Placeholder: "Quorate",
					Description: "(Optional) Who posts. Slack heeds it for webhooks of the old kind only.",
				},
				{
					Name: paramEmoji, DisplayName: "Emoji icon", Type: "text", Placeholder: ":checkered_flag:",
					Description: "(Optional) The picture of who posts. Slack heeds it for webhooks of the old kind only.",
				},
				{
					Name: paramChannel, DisplayName: "Default channel", Type: "text",
					Description: "(Optional) Where to post. Slack heeds it for webhooks of the old kind only.",
				},
				headersParameter,
			},
			send: (*Integrations).sendSlack,
		},
		{
			Name: "teamsworkflow", DisplayName: "Microsoft Teams (workflow)", DocumentationURL: documentation + "#microsoft-teams",
			Description: "Posts a card to Microsoft Teams by a workflow.",
			Parameters:  []Parameter{urlParameter, headersParameter},
			send:        (*Integrations).sendTeamsWorkflow,
		},
		{
			Name: "teams", DisplayName: "Microsoft Teams (incoming webhook)", DocumentationURL: documentation + "#microsoft-teams",
			Description: "Posts a message to Microsoft Teams by a connector. Microsoft is retiring those: prefer a workflow.",
			Parameters:  []Parameter{urlParameter, headersParameter},
			send:        (*Integrations).sendTeams,
		},
		{
			Name: "datadog", DisplayName: "Datadog", DocumentationURL: documentation + "#datadog",
			Description: "Puts events into Datadog.",
			Parameters: []Parameter{
				{
					Name: paramURL, DisplayName: "Datadog Events URL", Type: "url", Sensitive: true, Placeholder: datadogURL,
					Description: "(Optional) Where Datadog takes events; that of its site US1 unless set.",
				},
				{
					Name: paramAPIKey, DisplayName: "Datadog API key", Type: "text", Required: true, Sensitive: true, Sent: true,
					Description: "(Required) The API key of your organisation.",
				},
				{
					Name: paramSource, DisplayName: "Datadog source type name", Type: "text",
					Description: "(Optional) The source_type_name of the events.",
				},
				headersParameter,
				templateParameter,
			},
			send: (*Integrations).sendDatadog,
		},
		{
			Name: "new-relic", DisplayName: "New Relic", DocumentationURL: documentation + "#new-relic",
			Description: "Puts events into New Relic, by its Event API.",
			Parameters: []Parameter{
				{
					Name: paramURL, DisplayName: "New Relic Event URL", Type: "url", Required: true, Sensitive: true,
					Placeholder: "https://insights-collector.newrelic.com/v1/accounts/YOUR_ACCOUNT_ID/events",
					Description: "(Required) Where New Relic takes events of your account; in the EU, insights-collector.eu01.nr-data.net.",
				},
				{
					Name: paramLicenseKey, DisplayName: "New Relic license key", Type: "text", Required: true, Sensitive: true, Sent: true,
					Description: "(Required) A license key of your account.",
				},
				headersParameter,
				templateParameter,
			},
			send: (*Integrations).sendNewRelic,
		},
	}
}

// provider returns the provider with a name.
// A ledger may name one that this release does not know, if a later one wrote it.
func provider(name string) (Provider, bool) {
	all := Providers()
	i := slices.IndexFunc(all, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		return Provider{}, false
	}
	return all[i], true
}

// EventTypes returns the types of events that can be sent: all that there are.
// Types that only Unleash has are not among them, though app lets them be asked for.
func EventTypes() []string { return state.EventTypes() }
