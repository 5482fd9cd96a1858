package adminapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const (
	tagPlayground  = "Playground"
	playgroundPath = "/playground"
)

// maxAnswers bounds how many answers are given at once (docs/playground.md): with their reasons, they are large.
const maxAnswers = 15_000

// playground registers what flags can be asked as an SDK would ask them, and why they answer so. Nothing
// of it counts as use, and nothing is kept.
func (a *api) playground() {
	const several = "Values separated by commas are tried in every combination. There are 15,000 answers at most: environments × flags × combinations."
	register(a, operation{
		ID: "getPlayground", Method: http.MethodPost, Path: playgroundPath, Tag: tagPlayground, Deprecated: true,
		Summary: "Ask the flags of an environment", Description: "With the reasons for each answer, down to the constraint that decided.",
	}, a.askFlags)
	register(a, operation{
		ID: "getAdvancedPlayground", Method: http.MethodPost, Path: playgroundPath + "/advanced", Tag: tagPlayground,
		Summary: "Ask the flags of several environments, with several contexts", Description: "With the reasons for each answer. " + several,
	}, a.askFlagsOften)
	register(a, operation{
		ID: "getChangeRequestPlayground", Method: http.MethodPost, Path: playgroundPath + "/change-request/{id}", Tag: tagPlayground,
		Summary: "Ask the flags as they would be with a change request applied",
		Description: "All flags of its project, in its environment, and the same as they are. The request is in review or approved. " +
			"What it does to other environments is not asked. " + several,
	}, a.previewChangeRequest)
}

// playgroundRequest says which flags are asked, and with which context.
//
// A context is refused without appName, as by Unleash.
type playgroundRequest struct {
	Environment flag.EnvironmentName `json:"environment" doc:"One that does not exist is allowed: all flags are off there."`
	Projects    *projectChoice       `json:"projects,omitempty"`
	Context     sdkContext           `json:"context"`
}

// advancedPlaygroundRequest says which flags are asked, where, and with which contexts.
type advancedPlaygroundRequest struct {
	Environments []flag.EnvironmentName `json:"environments" minItems:"1" doc:"Those that do not exist are allowed: all flags are off there."`
	Projects     *projectChoice         `json:"projects,omitempty"`
	Context      sdkContext             `json:"context"`
}

// changeRequestPlaygroundRequest says with which contexts the flags of a change request are asked.
type changeRequestPlaygroundRequest struct {
	Context sdkContext `json:"context"`
}

// projectChoice is some projects by id, or "*" for all.
//
// A null is as good as left out, since then the pointer to it is nil.
type projectChoice struct {
	sent json.RawMessage
}

// UnmarshalJSON keeps what was sent.
func (c *projectChoice) UnmarshalJSON(data []byte) error {
	c.sent = slices.Clone(data)
	return nil
}

// MarshalJSON returns what was sent.
func (c *projectChoice) MarshalJSON() ([]byte, error) { return c.sent, nil }

// Schema returns that of a list of ids or of "*".
func (*projectChoice) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "The projects whose flags are asked. All of them if left out.",
		OneOf: []*huma.Schema{
			{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}},
			{Type: huma.TypeString, Enum: []any{access.Any}},
		},
	}
}

// includes returns which projects were chosen.
//
// Projects that do not exist, or that are hidden, have no flags to ask; they are not refused.
//
// Faults: BadData for what is neither a list nor "*".
func (c *projectChoice) includes() (func(flag.ProjectID) bool, error) {
	var ids []flag.ProjectID
	if c == nil || string(c.sent) == `"`+access.Any+`"` {
		return func(flag.ProjectID) bool { return true }, nil
	}
	if err := json.Unmarshal(c.sent, &ids); err != nil {
		return nil, fault.Field("/body/projects", "The `/body/projects` property must be a list of ids, or \"*\" for all projects. You sent %s.", c.sent)
	}
	return func(id flag.ProjectID) bool { return slices.Contains(ids, id) }, nil
}

// playgroundResponse is what flags answer in an environment.
//
// Input is repeated as it was understood.
type playgroundResponse struct {
	Input    playgroundRequest   `json:"input"`
	Features []playgroundFeature `json:"features"`
}

// advancedPlaygroundResponse is what flags answer in several environments.
type advancedPlaygroundResponse struct {
	Input    advancedPlaygroundRequest   `json:"input"`
	Features []advancedPlaygroundFeature `json:"features"`
	Warnings playgroundWarnings          `json:"warnings"`
}

// changeRequestPlaygroundResponse is what flags would answer with a change request applied, and
// what they do answer.
//
// Features and Before have the same combinations in the same order, and the same askers, so they can be
// compared one by one (differing).
type changeRequestPlaygroundResponse struct {
	Input    advancedPlaygroundRequest   `json:"input"`
	Features []advancedPlaygroundFeature `json:"features" doc:"With the request applied."`
	Warnings playgroundWarnings          `json:"warnings"`
	Before   []advancedPlaygroundFeature `json:"before" doc:"As they are."`
	Differs  []flag.Name                 `json:"differs" doc:"The flags that do not answer every combination as before."`
}

// playgroundWarnings are about input that was left out.
type playgroundWarnings struct {
	InvalidContextProperties []string `json:"invalidContextProperties" doc:"Fields of the context whose values are not texts."`
}

// advancedPlaygroundFeature is a flag with its answers, by environment.
type advancedPlaygroundFeature struct {
	Name         flag.Name                                                       `json:"name"`
	ProjectID    flag.ProjectID                                                  `json:"projectId"`
	Environments map[flag.EnvironmentName][]advancedPlaygroundEnvironmentFeature `json:"environments"`
}

func (a *api) askFlags(_ context.Context, r request, in *struct{ Body playgroundRequest }) (playgroundResponse, error) {
	flags, err := r.flagsIn(in.Body.Projects)
	if err != nil {
		return playgroundResponse{}, err
	}
	answer := playgroundResponse{Input: in.Body, Features: []playgroundFeature{}}
	panel := newPanel(r.State, in.Body.Environment)
	// One context for all flags, so that chance decides alike for all of them.
	ctx := in.Body.Context.asSent().context(in.Body.Environment, a.App.Now())
	for _, f := range flags {
		answer.Features = append(answer.Features, playgroundFeature{panel.ask(f, ctx)})
	}
	return answer, nil
}

func (a *api) askFlagsOften(_ context.Context, r request, in *struct{ Body advancedPlaygroundRequest }) (advancedPlaygroundResponse, error) {
	flags, err := r.flagsIn(in.Body.Projects)
	if err != nil {
		return advancedPlaygroundResponse{}, err
	}
	askers, err := in.Body.askers(len(flags))
	if err != nil {
		return advancedPlaygroundResponse{}, err
	}
	return advancedPlaygroundResponse{
		Input:    in.Body,
		Features: askAll(r.State, flags, in.Body.Environments, askers, a.App.Now()),
		Warnings: playgroundWarnings{in.Body.Context.invalid()},
	}, nil
}

// flagsIn returns the flags of the chosen projects that the caller may see, by name.
func (r request) flagsIn(projects *projectChoice) ([]*flag.Flag, error) {
	includes, err := projects.includes()
	if err != nil {
		return nil, err
	}
	var flags []*flag.Flag
	for f := range r.State.Flags() {
		if !f.Archived() && includes(f.Project) && r.sees(f.Project) {
			flags = append(flags, f)
		}
	}
	return flags, nil
}

// askers returns who asks so many flags: the context in every combination of its values.
//
// Each environment has to have at least one combination; if flags and environments are more than the
// answers that may be given, limit is 0, and none fits.
//
// Faults: BadData, which says how many combinations there can be.
func (b advancedPlaygroundRequest) askers(flags int) ([]asker, error) {
	places := len(b.Environments) * max(flags, 1)
	askers, ok := b.Context.combinations(maxAnswers / places)
	if !ok {
		return nil, fault.New(fault.BadData, "These would be more than %d answers: environments × flags × combinations of the context's values. "+
			"With %d environments and %d flags, there can be %d combinations. Choose fewer environments, projects or values.",
			maxAnswers, len(b.Environments), flags, maxAnswers/places)
	}
	return askers, nil
}

func (a *api) previewChangeRequest(ctx context.Context, r request, in *struct {
	ID   changerequest.ID `path:"id"`
	Body changeRequestPlaygroundRequest
},
) (changeRequestPlaygroundResponse, error) {
	cr, err := a.findAnywhere(ctx, r, in.ID)
	if err != nil {
		return changeRequestPlaygroundResponse{}, err
	}
	if cr.State != changerequest.InReview && cr.State != changerequest.Approved && cr.State != changerequest.Scheduled {
		return changeRequestPlaygroundResponse{}, fault.New(fault.BadData,
			"The change request is %q, so it cannot be tried: that can be done while it is in review, and when it is approved or scheduled.", cr.State)
	}
	// Just as applying it does, on the newest state. Changes that are in conflict are left out.
	after := decide.Try(r.State, cr.Place(), cr.Changes).After
	flags, were := flagsOf(after, cr.Project), flagsOf(r.State, cr.Project)
	environments := []flag.EnvironmentName{cr.Environment}
	project, err := json.Marshal([]flag.ProjectID{cr.Project})
	if err != nil {
		return changeRequestPlaygroundResponse{}, err
	}
	input := advancedPlaygroundRequest{environments, &projectChoice{project}, in.Body.Context}
	// A request can archive flags, so there may be fewer than there were.
	askers, err := input.askers(max(len(flags), len(were)))
	if err != nil {
		return changeRequestPlaygroundResponse{}, err
	}
	now := a.App.Now()
	answer := changeRequestPlaygroundResponse{
		Input:    input,
		Features: askAll(after, flags, environments, askers, now),
		Warnings: playgroundWarnings{in.Body.Context.invalid()},
		Before:   askAll(r.State, were, environments, askers, now),
	}
	answer.Differs = differing(answer.Before, answer.Features)
	return answer, nil
}

// findAnywhere returns a request of any project that the caller may see, open or closed.
//
// The path names no project, so visibility is asked here. Drafts are their authors' alone.
//
// Faults: NotFound, for what may not be seen as well.
func (a *api) findAnywhere(ctx context.Context, r request, id changerequest.ID) (*changerequest.Request, error) {
	// The state has open requests; closed ones are read from their events.
	cr := r.State.ChangeRequest(id)
	if cr == nil && !r.State.ChangeRequests().Disabled {
		var err error
		if cr, err = a.Requests.Get(ctx, r.State, id); err != nil {
			return nil, err
		}
	}
	if cr == nil {
		return app.OpenRequest(r.State, r.Caller.Actor, "", id)
	}
	if cr.State.Closed() && r.sees(cr.Project) {
		return cr, nil
	}
	return app.OpenRequest(r.State, r.Caller.Actor, cr.Project, id)
}

// flagsOf returns a project's flags in use, by name.
func flagsOf(s *state.State, project flag.ProjectID) []*flag.Flag {
	var flags []*flag.Flag
	for f := range s.FlagsOf(project) {
		if !f.Archived() {
			flags = append(flags, f)
		}
	}
	return flags
}

// differing returns the names of the flags that do not answer as before, by name: another value or variant
// to somebody, or none any more.
func differing(before, after []advancedPlaygroundFeature) []flag.Name {
	type told struct {
		enabled bool
		variant playgroundVariant
	}
	answers := func(features []advancedPlaygroundFeature) map[flag.Name][]told {
		byName := map[flag.Name][]told{}
		for _, f := range features {
			for _, answered := range f.Environments {
				for _, one := range answered {
					byName[f.Name] = append(byName[f.Name], told{one.IsEnabled, one.Variant})
				}
			}
		}
		return byName
	}
	was, is := answers(before), answers(after)
	names := []flag.Name{}
	for _, f := range slices.Concat(before, after) {
		// Variants have payloads behind pointers, so == would not do.
		if !reflect.DeepEqual(was[f.Name], is[f.Name]) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
