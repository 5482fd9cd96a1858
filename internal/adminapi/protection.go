package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// protection registers how environments are protected (docs/change-requests.md, "What is protected"). A
// rule comes from one of two places: the environment's, for all projects, or the project's own, which
// goes before it; of one that is enforced, the stricter holds. State.Protection says which.
func (a *api) protection() {
	register(a, operation{
		ID: "getProjectChangeRequestConfig", Method: http.MethodGet, Path: changeRequestsPath + "/config", Tag: tagChangeRequests,
		Summary: "Say which environments of a project are protected, and how",
	}, a.getProtection)
	register(a, operation{
		ID: "updateProjectChangeRequestConfig", Method: http.MethodPut, Path: "/projects/{projectId}/environments/{environment}/change-requests/config", Tag: tagChangeRequests,
		Summary:     "Protect an environment of a project, or no longer",
		Description: "What is left out stays. Open requests keep the rule under which they were submitted, unless the new one is stricter. Only an admin can ask for less than is enforced for the environment.",
		Permissions: []access.Permission{access.UpdateProject, access.WriteChangeRequestSettings},
		Status:      http.StatusNoContent, // Unleash's document says 200; its Terraform provider takes nothing but this
	}, a.updateProtection)
	register(a, operation{
		ID: "getChangeRequestSettings", Method: http.MethodGet, Path: "/change-requests/settings", Tag: tagChangeRequests,
		Summary: "Say whether change requests are turned on in the instance",
	}, a.getChangeRequestSettings)
	register(a, operation{
		ID: "updateChangeRequestSettings", Method: http.MethodPut, Path: "/change-requests/settings", Tag: tagChangeRequests,
		Summary:     "Turn change requests on or off in the whole instance",
		Description: "Off: nothing is protected, and requests cannot be seen. All that is stored is kept.",
		Permissions: []access.Permission{access.Admin},
	}, a.updateChangeRequestSettings)
}

// changeRequestEnvironmentConfig says how an environment of a project is protected.
//
// RequiredApprovals is nil where nothing is protected.
type changeRequestEnvironmentConfig struct {
	Environment          flag.EnvironmentName `json:"environment"`
	Type                 string               `json:"type"`
	ChangeRequestEnabled bool                 `json:"changeRequestEnabled"`
	RequiredApprovals    *int                 `json:"requiredApprovals" nullable:"true"`
	Predefined           bool                 `json:"predefined" doc:"The project has not chosen: the environment's default holds."`
	Enforced             bool                 `json:"enforced" doc:"Only an admin can ask for less than the environment's default."`
	RuleConfig
}

// RuleConfig is the rest of a rule; each part is off unless chosen.
type RuleConfig struct {
	AuthorCounts        bool `json:"authorCounts" doc:"The author's own approval counts, if they may approve."`
	AdminsBound         bool `json:"adminsBound" doc:"Admins may not approve or apply their own requests."`
	SeparateApplier     bool `json:"separateApplier" doc:"Who approved may not apply."`
	ExpiresAfterHours   int  `json:"expiresAfterHours" doc:"A request whose approvals have not come by then is cancelled; 0: never."`
	DescriptionRequired bool `json:"descriptionRequired" doc:"A request needs a description."`
	ReasonRequired      bool `json:"reasonRequired" doc:"A bypass needs a reason."`
	AdminsMayNotBypass  bool `json:"adminsMayNotBypass" doc:"Being an admin is not enough to bypass."`
	AnyoneCounts        bool `json:"anyoneCounts" doc:"Approvals of service accounts and tokens count, not only people's."`
}

func (a *api) getProtection(_ context.Context, r request, in *ProjectAt) ([]changeRequestEnvironmentConfig, error) {
	p := r.State.Project(in.Project)
	if p == nil {
		return nil, noProject(in.Project)
	}
	list := []changeRequestEnvironmentConfig{}
	for _, env := range r.State.Environments() {
		// Environments that the project does not have need no rule.
		if p.In(env.Name) == nil {
			continue
		}
		view := changeRequestEnvironmentConfig{Environment: env.Name, Type: env.Type}
		_, set := r.State.ProjectRule(p.ID, env.Name)
		_, predefined, enforced := r.State.PredefinedRule(env.Name)
		view.Predefined, view.Enforced = predefined && !set, enforced
		// What holds, not what was chosen: while change requests are turned off, nothing does.
		if rule, on := r.State.Protection(p.ID, env.Name); on {
			view.ChangeRequestEnabled, view.RequiredApprovals = true, &rule.RequiredApprovals
			view.RuleConfig = configOf(rule)
		}
		list = append(list, view)
	}
	return list, nil
}

// configOf returns the parts of a rule in the API's form, in the order of the fields of RuleConfig.
func configOf(r changerequest.Rule) RuleConfig {
	return RuleConfig{
		r.AuthorCounts, r.AdminsBound, r.SeparateApplier, r.ExpiresAfterHours,
		r.DescriptionRequired, r.ReasonRequired, r.AdminsMayNotBypass, r.AnyoneCounts,
	}
}

// updateChangeRequestEnvironmentConfig is the body that protects an environment.
//
// Enabled is required, as in Unleash. What is nil stays as it is, so that a client which does not know
// a part of the rule cannot loosen it.
type updateChangeRequestEnvironmentConfig struct {
	Enabled             bool  `json:"changeRequestsEnabled"`
	RequiredApprovals   *int  `json:"requiredApprovals,omitempty" nullable:"true" doc:"Brought between 1 and 10."`
	AuthorCounts        *bool `json:"authorCounts,omitempty"`
	AdminsBound         *bool `json:"adminsBound,omitempty"`
	SeparateApplier     *bool `json:"separateApplier,omitempty"`
	ExpiresAfterHours   *int  `json:"expiresAfterHours,omitempty"`
	DescriptionRequired *bool `json:"descriptionRequired,omitempty"`
	ReasonRequired      *bool `json:"reasonRequired,omitempty"`
	AdminsMayNotBypass  *bool `json:"adminsMayNotBypass,omitempty"`
	AnyoneCounts        *bool `json:"anyoneCounts,omitempty"`
}

// updateProtection sets a project's own rule. The function is handed the rule that is configured,
// predefined or own, on the state on which is decided; whether it may be loosened, the use case says.
func (a *api) updateProtection(ctx context.Context, r request, in *struct {
	Project     flag.ProjectID       `path:"projectId"`
	Environment flag.EnvironmentName `path:"environment"`
	Body        updateChangeRequestEnvironmentConfig
},
) (empty, error) {
	at := changerequest.Place{Project: in.Project, Environment: in.Environment}
	return empty{}, a.App.SetProtection(ctx, r.Caller, at, func(rule changerequest.Rule, _ bool) (changerequest.Rule, error) {
		return in.Body.rule(rule), nil
	})
}

// rule returns a rule with what the body says of it.
//
// Turning protection off forgets the parts of the rule; the project has then chosen, and a predefined
// rule does not come back.
func (b updateChangeRequestEnvironmentConfig) rule(rule changerequest.Rule) changerequest.Rule {
	if !b.Enabled {
		return changerequest.Rule{Off: true}
	}
	rule.Off = false
	set(&rule.RequiredApprovals, b.RequiredApprovals)
	set(&rule.AuthorCounts, b.AuthorCounts)
	set(&rule.AdminsBound, b.AdminsBound)
	set(&rule.SeparateApplier, b.SeparateApplier)
	set(&rule.ExpiresAfterHours, b.ExpiresAfterHours)
	set(&rule.DescriptionRequired, b.DescriptionRequired)
	set(&rule.ReasonRequired, b.ReasonRequired)
	set(&rule.AdminsMayNotBypass, b.AdminsMayNotBypass)
	set(&rule.AnyoneCounts, b.AnyoneCounts)
	return rule
}

// set stores a value that was sent.
//
// Nil leaves what is there.
func set[T any](to, sent *T) {
	if sent != nil {
		*to = *sent
	}
}

// changeRequestSettings says whether change requests are turned on.
type changeRequestSettings struct {
	Enabled bool `json:"enabled"`
}

func (a *api) getChangeRequestSettings(_ context.Context, r request, _ *struct{}) (changeRequestSettings, error) {
	return changeRequestSettings{!r.State.ChangeRequests().Disabled}, nil
}

func (a *api) updateChangeRequestSettings(ctx context.Context, r request, in *struct{ Body changeRequestSettings }) (changeRequestSettings, error) {
	return in.Body, a.App.SetChangeRequests(ctx, r.Caller, state.ChangeRequests{Disabled: !in.Body.Enabled})
}
