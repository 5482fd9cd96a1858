package adminapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
)

const tagAddons = "Addons"

// addons registers how integrations are set up, which Unleash's API calls addons. Which events one wants is in
// the ledger; its parameters are sealed in the database, since some are secrets
// (docs/adr/0028-integrations-signed-and-sealed.md). So what is shown is put together from both, and takes the
// database.
func (a *api) addons() {
	const (
		one  = "/addons/{id}"
		mask = "Secrets are not shown: `*****` stands in their place, and when it is sent back, they stay as they are."
		sign = "A webhook's signing secret that was made here is in the answer, and is not shown again."
	)
	register(a, operation{
		ID: "getAddons", Method: http.MethodGet, Path: "/addons", Tag: tagAddons,
		Summary: "List the integrations, and the providers that there are", Description: mask + " Integrations that name a project which you may not see are left out.", NoStore: true,
	}, a.getAddons)
	register(a, operation{
		ID: "createAddon", Method: http.MethodPost, Path: "/addons", Tag: tagAddons,
		Summary: "Create an integration", Description: "What belongs to no project is sent only to what an administrator has set up: nobody else may read it in the event log. " + sign,
		Permissions: []access.Permission{access.CreateAddon}, Status: http.StatusCreated, NoStore: true,
	}, a.createAddon)
	register(a, operation{
		ID: "getAddon", Method: http.MethodGet, Path: one, Tag: tagAddons,
		Summary: "Get an integration", Description: mask, NoStore: true,
	}, a.getAddon)
	register(a, operation{
		ID: "updateAddon", Method: http.MethodPut, Path: one, Tag: tagAddons,
		Summary:     "Change an integration",
		Description: mask + " Secrets that are sent to the target have to be given anew when it is another server. A signing secret that is left out stays; an empty one is made anew. " + sign,
		Permissions: []access.Permission{access.UpdateAddon}, NoStore: true,
	}, a.updateAddon)
	register(a, operation{
		ID: "deleteAddon", Method: http.MethodDelete, Path: one, Tag: tagAddons,
		Summary: "Delete an integration", Description: "What still waits to be sent to it is not sent.",
		Permissions: []access.Permission{access.DeleteAddon},
	}, a.deleteAddon)
	register(a, operation{
		ID: "testAddon", Method: http.MethodPost, Path: one + "/test", Tag: tagAddons,
		Summary:     "Send a test to an integration",
		Description: "It is sent soon; the integration's events say what became of it, with the `id` as `deliveryId` in their details.",
		Permissions: []access.Permission{access.UpdateAddon}, Status: http.StatusAccepted,
	}, a.testAddon)
	register(a, operation{
		ID: "getIntegrationEvents", Method: http.MethodGet, Path: one + "/events", Tag: tagAddons,
		Summary: "List what became of the attempts to send something to an integration", Description: "The newest first. The last 100 are kept.",
		Permissions: []access.Permission{access.Admin},
	}, a.getIntegrationEvents)
}

// AddonAt names an integration.
type AddonAt struct {
	ID int64 `path:"id"`
}

// AddonSettings are what an integration is like, but for its parameters. What they mean is told in
// docs/integrations.md.
type AddonSettings struct {
	Provider     string                 `json:"provider" doc:"The name of a provider, such as webhook."`
	Description  *string                `json:"description" nullable:"true" required:"false"`
	Enabled      bool                   `json:"enabled"`
	Events       []string               `json:"events" nullable:"false" doc:"The types of events that are sent."`
	Projects     []flag.ProjectID       `json:"projects" nullable:"false" required:"false" doc:"Only events of these projects, and of none; empty or *: of all."`
	Environments []flag.EnvironmentName `json:"environments" nullable:"false" required:"false" doc:"Only events of these environments, and of none; empty or *: of all."`
}

// addonCreateUpdate is the body that creates or changes an integration. A value of any type gets as far as
// package integration, which refuses what is no text by the name of the parameter.
type addonCreateUpdate struct {
	AddonSettings
	Parameters map[string]any `json:"parameters" doc:"What the provider has to know: texts by name."`
}

func (b *addonCreateUpdate) settings() integration.Settings {
	return integration.Settings{
		Provider: b.Provider, Description: b.Description, Enabled: b.Enabled, Parameters: b.Parameters,
		Events: b.Events, Projects: b.Projects, Environments: b.Environments,
	}
}

// Addon is an integration. A sensitive parameter that is set is shown as integration.Masked.
type Addon struct {
	ID int64 `json:"id"`
	AddonSettings
	Parameters map[string]string `json:"parameters"`
	CreatedAt  instant           `json:"createdAt"`
}

// addonCreated is a new integration, which says where it is.
type addonCreated struct{ Addon }

func (a addonCreated) location() string { return "addons/" + strconv.FormatInt(a.ID, 10) }

// addonType is a provider of integrations. A web app draws its form from it.
type addonType struct {
	Name             string           `json:"name"`
	DisplayName      string           `json:"displayName"`
	Description      string           `json:"description"`
	DocumentationURL string           `json:"documentationUrl"`
	Parameters       []addonParameter `json:"parameters"`
	Events           []string         `json:"events" doc:"The types of events that can be sent."`
	TagTypes         []TagType        `json:"tagTypes,omitempty" doc:"Types of tags of flags that say where their events go."`
}

// addonParameter is something that a provider has to know.
type addonParameter struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Type        string `json:"type" enum:"url,text,textfield"`
	Description string `json:"description,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Required    bool   `json:"required"`
	Sensitive   bool   `json:"sensitive" doc:"It is not shown again."`
}

// addons is all integrations, and all providers.
type addons struct {
	Addons    []Addon     `json:"addons"`
	Providers []addonType `json:"providers"`
}

// integrationEvent is what became of an attempt to send something. The id is a number in a text, as Unleash has
// it. State is successWithErrors for a message that has reached some of its channels and is not tried again for
// the others.
type integrationEvent struct {
	ID            string  `json:"id" pattern:"^[0-9]+$"`
	IntegrationID int64   `json:"integrationId"`
	CreatedAt     instant `json:"createdAt"`
	State         string  `json:"state" enum:"success,failed,successWithErrors"`
	StateDetails  string  `json:"stateDetails"`
	Event         event   `json:"event"`
	Details       object  `json:"details"`
}

// integrationEvents is a page of them.
type integrationEvents struct {
	Events []integrationEvent `json:"integrationEvents"`
}

// addonTest is a test that will be sent.
type addonTest struct {
	ID string `json:"id" doc:"Of the delivery."`
}

// viewAddon returns what is shown of an integration. A list that narrows nothing is nil in the state; no list
// of this API is null, so clients get an empty one.
func viewAddon(i *state.Integration, parameters map[string]string) Addon {
	seen := Addon{
		ID: i.ID, Parameters: parameters, CreatedAt: instant(i.CreatedAt),
		AddonSettings: AddonSettings{Provider: i.Provider, Description: i.Description, Enabled: i.Enabled, Events: i.Events, Projects: i.Projects, Environments: i.Environments},
	}
	if seen.Events == nil {
		seen.Events = []string{}
	}
	if seen.Projects == nil {
		seen.Projects = []flag.ProjectID{}
	}
	if seen.Environments == nil {
		seen.Environments = []flag.EnvironmentName{}
	}
	return seen
}

func viewAddonType(p integration.Provider) addonType {
	seen := addonType{
		Name: p.Name, DisplayName: p.DisplayName, Description: p.Description, DocumentationURL: p.DocumentationURL, Events: integration.EventTypes(),
	}
	for _, parameter := range p.Parameters {
		seen.Parameters = append(seen.Parameters, addonParameter{
			Name: parameter.Name, DisplayName: parameter.DisplayName, Type: parameter.Type, Description: parameter.Description,
			Placeholder: parameter.Placeholder, Required: parameter.Required, Sensitive: parameter.Sensitive,
		})
	}
	if p.TagType != "" {
		where := "Where the events of a flag are posted."
		seen.TagTypes = []TagType{{Name: p.TagType, Description: &where}}
	}
	return seen
}

// seesAddon reports whether the caller may know of an integration: of every project that it names. Its settings
// tell their names. One that does not exist any more hides nothing, or deleting a project would take the
// integration away from those who look after it; nor does "*", which is no project.
func (r request) seesAddon(i *state.Integration) bool {
	for _, id := range i.Projects {
		if r.State.Project(id) != nil && !r.sees(id) {
			return false
		}
	}
	return true
}

// addonAt returns an integration that the caller may know of. For one that the caller may not know of, a state
// is asked that has none, so that the answer is the same to the letter.
//
// Faults: NotFound.
func (r request) addonAt(id int64) (*state.Integration, error) {
	if i := r.State.Integration(id); i != nil && !r.seesAddon(i) {
		return app.Integration(&state.State{}, id)
	}
	return app.Integration(r.State, id)
}

// getAddons is for everyone who is signed in, as in Unleash; secrets are masked.
func (a *api) getAddons(ctx context.Context, r request, _ *struct{}) (addons, error) {
	parameters, err := a.Integrations.Parameters(ctx)
	list := addons{Addons: []Addon{}, Providers: []addonType{}}
	for i := range r.State.Integrations() {
		if r.seesAddon(i) {
			list.Addons = append(list.Addons, viewAddon(i, parameters[i.ID]))
		}
	}
	for _, p := range integration.Providers() {
		list.Providers = append(list.Providers, viewAddonType(p))
	}
	return list, err
}

func (a *api) getAddon(ctx context.Context, r request, in *AddonAt) (Addon, error) {
	i, err := r.addonAt(in.ID)
	if err != nil {
		return Addon{}, err
	}
	parameters, err := a.Integrations.Parameters(ctx)
	return viewAddon(i, parameters[i.ID]), err
}

// viewWritten returns an integration as it is right after it was written, with the secret that was made for it.
// The secret is empty if none was made. It is put in here because reading the parameters back masks it, and it
// is not shown again.
func (a *api) viewWritten(ctx context.Context, i *state.Integration, secret string) (Addon, error) {
	parameters, err := a.Integrations.Parameters(ctx)
	if err != nil {
		return Addon{}, err
	}
	seen := viewAddon(i, parameters[i.ID])
	if secret != "" {
		seen.Parameters["signingSecret"] = secret
	}
	return seen, nil
}

func (a *api) createAddon(ctx context.Context, r request, in *struct{ Body addonCreateUpdate }) (addonCreated, error) {
	made, secret, err := a.Integrations.Create(ctx, r.Caller, in.Body.settings())
	if err != nil {
		return addonCreated{}, err
	}
	seen, err := a.viewWritten(ctx, made, secret)
	return addonCreated{seen}, err
}

// updateAddon asks for the permission before it looks for the integration, as deleteAddon and testAddon do: who
// lacks it is told that, whether there is one or not. The use case asks again, on the state that the write will
// be true of.
func (a *api) updateAddon(ctx context.Context, r request, in *struct {
	AddonAt
	Body addonCreateUpdate
},
) (Addon, error) {
	if err := r.Caller.Actor.Require("", "", access.UpdateAddon); err != nil {
		return Addon{}, err
	}
	if _, err := r.addonAt(in.ID); err != nil {
		return Addon{}, err
	}
	made, secret, err := a.Integrations.Update(ctx, r.Caller, in.ID, in.Body.settings())
	if err != nil {
		return Addon{}, err
	}
	return a.viewWritten(ctx, made, secret)
}

func (a *api) deleteAddon(ctx context.Context, r request, in *AddonAt) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.DeleteAddon); err != nil {
		return empty{}, err
	}
	if _, err := r.addonAt(in.ID); err != nil {
		return empty{}, err
	}
	return empty{}, a.App.DeleteIntegration(ctx, r.Caller, in.ID)
}

func (a *api) testAddon(ctx context.Context, r request, in *AddonAt) (addonTest, error) {
	if err := r.Caller.Actor.Require("", "", access.UpdateAddon); err != nil {
		return addonTest{}, err
	}
	if _, err := r.addonAt(in.ID); err != nil {
		return addonTest{}, err
	}
	id, err := a.Integrations.Test(ctx, r.Caller, in.ID)
	if err == nil {
		// The test lies in the queue of deliveries, and whoever waits for its outcome shall not wait until
		// somebody looks.
		a.Notify.Hurry()
	}
	return addonTest{id}, err
}

// The sizes of a page of integration events.
const (
	integrationEventsPage    = 50
	integrationEventsLargest = 100
)

// getIntegrationEvents shows events of whatever project and is for administrators, from whom no project is
// hidden: so it does not ask seesAddon.
func (a *api) getIntegrationEvents(ctx context.Context, r request, in *struct {
	AddonAt
	Offset string `query:"offset"`
	Limit  string `query:"limit" doc:"1 to 100; 50 unless set."`
},
) (integrationEvents, error) {
	page := integrationEvents{Events: []integrationEvent{}}
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return page, err
	}
	offset, limit := pageBounds(in.Offset, in.Limit, integrationEventsPage, integrationEventsLargest)
	attempts, err := a.Integrations.Attempts(ctx, in.ID, offset, limit)
	for _, t := range attempts {
		page.Events = append(page.Events, integrationEvent{
			ID: strconv.FormatInt(t.ID, 10), IntegrationID: t.Integration, CreatedAt: instant(t.At), State: t.State, StateDetails: t.Said,
			Event: event{t.Event, object{t.Event.Data}, object{t.Event.PreData}}, Details: object{t.Details},
		})
	}
	return page, err
}
