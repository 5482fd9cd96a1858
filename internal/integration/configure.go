package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Masked stands in answers where a secret is, and in what is set for the one that was there.
const Masked = "*****"

// maxParameter bounds a parameter, in bytes.
// All of an integration's parameters are one sealed row, which is read at each attempt.
const maxParameter = 10 << 10

// How parameters are written. They come in as JSON values of an API that knows no secret from the rest, are checked
// here, and go to app as texts: app seals them in the transaction of the event that says what was changed. Nothing of
// this room keeps them in memory, so that another node's change is seen at the next attempt.

// Settings are what an integration is to be like.
type Settings struct {
	Provider    string
	Description *string
	Enabled     bool
	// Parameters are by name, as Unleash's createAddon and updateAddon have them: texts, or null for what is not set.
	// A sensitive one may be Masked, which keeps what is there.
	Parameters map[string]any
	// Events are types of events; Projects and Environments narrow where they happen, and empty, or "*", means everywhere.
	Events       []string
	Projects     []flag.ProjectID
	Environments []flag.EnvironmentName
}

// Create makes an integration. If a webhook's signing secret was made here, it is returned: it
// is not shown again.
// The permission is asked for here as well as in app, before the parameters are looked at, so that whoever may do nothing
// does not learn what is wrong with them.
//
// Faults: BadData, ExceedsLimit.
func (x *Integrations) Create(ctx context.Context, c app.Caller, in Settings) (made *state.Integration, secret string, err error) {
	if err := c.Actor.Require("", "", access.CreateAddon); err != nil {
		return nil, "", err
	}
	parameters, err := x.parametersFor(in, nil)
	if err != nil {
		return nil, "", err
	}
	secret = mintSecret(in.Provider, parameters)
	made, err = x.App.CreateIntegration(ctx, c, in.input(parameters, nil))
	return made, secret, err
}

// Update gives an integration other settings. Parameters that are left out are gone, but for
// the signing secret; those that are Masked stay, unless they would be sent to another server.
// The old parameters are read before the transaction, since what is Masked has to be checked with the rest. If somebody
// else changes the integration meanwhile, app answers Conflict; of two changes of nothing but parameters, which the state
// does not have, the later one counts whole.
//
// Faults: NotFound, BadData, Conflict.
func (x *Integrations) Update(ctx context.Context, c app.Caller, id int64, in Settings) (made *state.Integration, secret string, err error) {
	if err := c.Actor.Require("", "", access.UpdateAddon); err != nil {
		return nil, "", err
	}
	before, err := app.Integration(x.State(), id)
	if err != nil {
		return nil, "", err
	}
	old, err := x.parameters(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if before.Provider != in.Provider {
		return nil, "", fault.Field("/body/provider", "The provider of an integration cannot be changed: it is %q. Create another integration.", before.Provider)
	}
	parameters, err := x.parametersFor(in, old)
	if err != nil {
		return nil, "", err
	}
	// Clients of Unleash do not know this parameter, and leave it out when they change something else.
	if _, given := in.Parameters[paramSecret]; !given && old[paramSecret] != "" {
		parameters[paramSecret] = old[paramSecret]
	}
	secret = mintSecret(in.Provider, parameters)
	made, err = x.App.UpdateIntegration(ctx, c, before, in.input(parameters, old))
	return made, secret, err
}

// Parameters returns the parameters of all integrations, by their ids, as they may be shown.
func (x *Integrations) Parameters(ctx context.Context) (map[int64]map[string]string, error) {
	boxes, err := x.DB.Sealed(ctx, store.IntegrationParameters)
	if err != nil {
		return nil, fmt.Errorf("integration: parameters: %w", err)
	}
	all := map[int64]map[string]string{}
	for i := range x.State().Integrations() {
		parameters, err := x.open(i.ID, boxes[key(i.ID)])
		if err != nil {
			return nil, err
		}
		all[i.ID] = shown(i.Provider, parameters)
	}
	return all, nil
}

// shown returns parameters without their secrets.
func shown(name string, parameters map[string]string) map[string]string {
	p, _ := provider(name)
	seen := maps.Clone(parameters)
	for _, parameter := range p.Parameters {
		if parameter.Sensitive && seen[parameter.Name] != "" {
			seen[parameter.Name] = Masked
		}
	}
	return seen
}

// parameters returns the parameters of an integration, secrets included.
func (x *Integrations) parameters(ctx context.Context, id int64) (map[string]string, error) {
	boxes, err := x.DB.Sealed(ctx, store.IntegrationParameters)
	if err != nil {
		return nil, fmt.Errorf("integration: parameters: %w", err)
	}
	return x.open(id, boxes[key(id)])
}

func (x *Integrations) open(id int64, box []byte) (map[string]string, error) {
	parameters := map[string]string{}
	if box == nil {
		return parameters, nil // it is being deleted
	}
	// The kind and the id are part of the seal: a box that was copied to another integration's row cannot be opened.
	text, err := x.Keys.Open(store.IntegrationParameters, key(id), box)
	if err == nil {
		err = json.Unmarshal(text, &parameters)
	}
	if err != nil {
		return nil, fmt.Errorf("integration: open the parameters of integration %d: %w", id, err)
	}
	return parameters, nil
}

// input returns what app is to write, with the names of the parameters that differ from the old ones; the event has
// those names and no values. old is nil when an integration is created, which changes nothing.
func (in *Settings) input(parameters, old map[string]string) app.IntegrationInput {
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(merged(parameters, old))) {
		if old != nil && parameters[name] != old[name] {
			changed = append(changed, name)
		}
	}
	return app.IntegrationInput{
		Provider: in.Provider, Description: in.Description, Enabled: in.Enabled, Events: in.Events,
		Projects: in.Projects, Environments: in.Environments, Parameters: parameters, Changed: changed,
	}
}

// merged returns a map with the entries of both; where both have a key, those of b.
func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// mintSecret gives a webhook that has none a signing secret, and returns it.
func mintSecret(name string, parameters map[string]string) string {
	if name != "webhook" || parameters[paramSecret] != "" {
		return ""
	}
	secret := newSecret()
	parameters[paramSecret] = secret
	return secret
}

// parametersFor returns the parameters that are wanted, with the old values of those that are Masked,
// or a fault that names each one that is no good.
// Empty texts are left out, so that a missing parameter has one form.
func (x *Integrations) parametersFor(in Settings, old map[string]string) (map[string]string, error) {
	p, known := provider(in.Provider)
	if !known {
		names := make([]string, 0, len(Providers()))
		for _, p := range Providers() {
			names = append(names, p.Name)
		}
		return nil, fault.Field("/body/provider", "There is no provider %q. There are: %s.", in.Provider, strings.Join(names, ", "))
	}
	c := check{x: x, provider: p, values: map[string]string{}}
	for name, value := range in.Parameters {
		if !slices.ContainsFunc(p.Parameters, func(p Parameter) bool { return p.Name == name }) {
			c.bad(name, "The provider %s has no parameter %q.", p.Name, name)
		} else if text, ok := value.(string); ok {
			c.values[name] = text
		} else if value != nil {
			c.bad(name, "A parameter is a text.")
		}
	}
	// First, so that old values are checked like given ones: what is allowed may have become less since.
	c.keep(old)
	for _, parameter := range p.Parameters {
		c.parameter(parameter)
	}
	// In the order of their names, as the answer must not depend on that of a map.
	slices.SortStableFunc(c.details, func(a, b fault.Detail) int { return strings.Compare(a.Path, b.Path) })
	maps.DeleteFunc(c.values, func(_, value string) bool { return value == "" })
	return c.values, fault.Invalid(c.details...)
}

// check collects what is wrong with parameters.
type check struct {
	x        *Integrations
	provider Provider
	values   map[string]string
	details  []fault.Detail
}

func (c *check) bad(name, format string, args ...any) {
	c.details = append(c.details, fault.Detail{Path: "/body/parameters/" + name, Message: fmt.Sprintf(format, args...)})
}

// keep puts old values where Masked stands. What is sent to a target is kept for that target
// only: whoever may change where it goes may not learn it by that.
func (c *check) keep(old map[string]string) {
	// A Masked address is the old one; paths of one server may change freely.
	moved := old != nil && c.values[paramURL] != Masked && origin(c.values[paramURL]) != origin(old[paramURL])
	for _, p := range c.provider.Parameters {
		if !p.Sensitive || c.values[p.Name] != Masked {
			continue
		}
		if moved && p.Sent {
			c.bad(p.Name, "Give this parameter anew: it was given for another server.")
		}
		// Also on a creation, where nothing is old: the parameter is then missing, and is refused if it is required.
		c.values[p.Name] = old[p.Name]
	}
}

// origin returns scheme, host and port of an address, in small letters (RFC 6454): by it, two addresses are at one server.
// Of what cannot be parsed it is the text itself, which differs from every other.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// parameter notes what is wrong with the value of a parameter, by a rule that depends on its name alone.
func (c *check) parameter(p Parameter) {
	value := c.values[p.Name]
	switch {
	case value == "" && p.Required:
		c.bad(p.Name, "The parameter %q is required.", p.Name)
		return
	case value == "":
		return
	case len(value) > maxParameter:
		c.bad(p.Name, "The parameter is longer than %d bytes.", maxParameter)
		return
	}
	switch p.Name {
	case paramURL:
		if err := c.x.checkURL(value); err != nil {
			c.bad(p.Name, "%v", err)
		}
	case paramHeaders:
		if _, err := parseHeaders(value); err != nil {
			c.bad(p.Name, "%v", err)
		}
	case paramTemplate:
		if _, err := parseTemplate(value, c.values[paramContentType]); err != nil {
			c.bad(p.Name, "%v", err)
		}
	case paramFormat:
		if value != formatEvent && value != formatCloudEvent {
			c.bad(p.Name, "The format is %q or %q.", formatEvent, formatCloudEvent)
		}
	case paramSecret:
		if _, err := secretKey(value); err != nil {
			c.bad(p.Name, "%v", err)
		}
	// They are put into headers as they are. A line end in one would be a header of its own (RFC 9110, section 5.5).
	case paramContentType, paramAuthorization, paramAccessToken, paramAPIKey, paramLicenseKey:
		if !httpguts.ValidHeaderFieldValue(value) {
			c.bad(p.Name, "This cannot be the value of an HTTP header.")
		}
	default: // any text
	}
}

// ownHeaders are those that cannot be set: they say what the request is.
// Those of the connection would let two servers on the way see different requests in one; those of the signature would let
// a receiver be shown another id than was signed.
var ownHeaders = []string{"host", "content-length", "transfer-encoding", "connection", "trailer", "upgrade", "webhook-id", "webhook-timestamp", "webhook-signature"}

// parseHeaders reads the custom headers.
// They are read both when they are set and at each attempt, so what one release has taken another may refuse.
func parseHeaders(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	headers := map[string]string{}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := d.Decode(&headers); err != nil || d.More() {
		return nil, errors.New("this is no JSON object of texts")
	}
	for name, value := range headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("%q is no HTTP header", name)
		}
		if slices.Contains(ownHeaders, strings.ToLower(name)) {
			return nil, fmt.Errorf("the header %q cannot be set", name)
		}
	}
	return headers, nil
}
