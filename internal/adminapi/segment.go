package adminapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const (
	tagSegments = "Segments"
	segmentPath = "/segments/{id}"
)

// segments registers what can be done with segments.
//
// A segment belongs to one project or to all. Its path names no project, so what a caller may not see
// is refused here (hiddenSegment) and not by visibility.go. A change of a segment takes effect in every
// environment in which a strategy uses it, and each that is protected has to agree
// (docs/change-requests.md, "What is protected").
func (a *api) segments() {
	register(a, operation{
		ID: "getSegments", Method: http.MethodGet, Path: "/segments", Tag: tagSegments,
		Summary: "List the segments", Description: "With the number of flags in use, and of their projects, that each is used by.",
	}, a.getSegments)
	register(a, operation{
		ID: "createSegment", Method: http.MethodPost, Path: "/segments", Tag: tagSegments,
		Summary: "Create a segment", Description: "For all projects, or for one.",
		Permissions: []access.Permission{access.CreateSegment, access.UpdateProjectSegment},
		Status:      http.StatusCreated,
	}, a.createSegment)
	register(a, operation{
		ID: "validateSegment", Method: http.MethodPost, Path: "/segments/validate", Tag: tagSegments,
		Summary: "Check the name of a segment to be", Status: http.StatusNoContent,
	}, a.validateSegment)
	register(a, operation{
		ID: "getSegment", Method: http.MethodGet, Path: segmentPath, Tag: tagSegments,
		Summary: "Get a segment",
	}, a.getSegment)
	register(a, operation{
		ID: "updateSegment", Method: http.MethodPut, Path: segmentPath, Tag: tagSegments, Proposable: true,
		Summary: "Replace a segment", Description: "A segment that another project uses cannot be made one project's own.",
		Permissions: []access.Permission{access.UpdateSegment, access.UpdateProjectSegment},
		Status:      http.StatusNoContent,
	}, a.updateSegment)
	register(a, operation{
		ID: "removeSegment", Method: http.MethodDelete, Path: segmentPath, Tag: tagSegments, Proposable: true,
		Summary: "Delete a segment", Description: "Refused while a strategy uses it; archived flags count.",
		Permissions: []access.Permission{access.DeleteSegment, access.UpdateProjectSegment},
		Status:      http.StatusNoContent,
	}, a.removeSegment)
	register(a, operation{
		ID: "getStrategiesBySegmentId", Method: http.MethodGet, Path: segmentPath + "/strategies", Tag: tagSegments,
		Summary: "List the strategies that use a segment",
	}, a.getStrategiesBySegment)
	register(a, operation{
		ID: "getSegmentsByStrategyId", Method: http.MethodGet, Path: "/segments/strategies/{strategyId}", Tag: tagSegments,
		Summary: "List the segments that a strategy uses",
	}, a.getSegmentsByStrategy)
}

// SegmentAt names a segment.
type SegmentAt struct {
	ID flag.SegmentID `path:"id"`
}

// upsertSegment is the body of a segment.
//
// PUT replaces all but a description that is left out: without a project, the segment is for all of them.
type upsertSegment struct {
	Name        string           `json:"name"`
	Description optional[string] `json:"description,omitzero" doc:"Left out: as it is."`
	Project     *string          `json:"project,omitempty" nullable:"true" doc:"The project that alone may use it; left out or null: all."`
	Constraints []constraint     `json:"constraints"`
}

// Segment is a segment.
//
// Project is left out for a segment of all projects. It is exported for huma passes over embedded types
// that are not.
type Segment struct {
	ID          flag.SegmentID  `json:"id"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Project     *flag.ProjectID `json:"project,omitempty"`
	Constraints []constraint    `json:"constraints"`
	CreatedBy   string          `json:"createdBy"`
	CreatedAt   instant         `json:"createdAt"`
}

// segmentCreated is a new segment, which says where it is.
type segmentCreated struct{ Segment }

// location is relative to the path that was posted to, as URLs are resolved (RFC 3986, section 5.2).
func (s segmentCreated) location() string { return fmt.Sprintf("segments/%d", s.ID) }

// segmentUsed is a segment, and how often it is used.
//
// Both numbers count what open change requests would use, so that nobody takes a segment for unused
// while one waits.
type segmentUsed struct {
	Segment
	UsedInProjects int `json:"usedInProjects"`
	UsedInFeatures int `json:"usedInFeatures"`
}

// segments is a list of segments.
type segments struct {
	Segments []segmentUsed `json:"segments"`
}

// segmentStrategies are the strategies that use a segment.
//
// Strategies of hidden projects are left out of both lists.
type segmentStrategies struct {
	Strategies              []strategyUse         `json:"strategies"`
	ChangeRequestStrategies []proposedStrategyUse `json:"changeRequestStrategies"`
}

// strategyUse is a strategy that uses something, and where it is.
type strategyUse struct {
	ID           flag.StrategyID      `json:"id"`
	ProjectID    flag.ProjectID       `json:"projectId"`
	FeatureName  flag.Name            `json:"featureName"`
	StrategyName string               `json:"strategyName"`
	Environment  flag.EnvironmentName `json:"environment"`
}

// proposedStrategyUse is a strategy that would use something, and the request that says so.
type proposedStrategyUse struct {
	ID            flag.StrategyID      `json:"id,omitempty" doc:"Absent for a strategy that is to be."`
	ProjectID     flag.ProjectID       `json:"projectId"`
	FeatureName   flag.Name            `json:"featureName"`
	StrategyName  string               `json:"strategyName"`
	Environment   flag.EnvironmentName `json:"environment"`
	ChangeRequest titledRequest        `json:"changeRequest"`
}

// titledRequest names a change request.
//
// A request without a title is shown elsewhere by a title that is made for it; here the reader is told
// that there is none.
type titledRequest struct {
	ID    changerequest.ID `json:"id"`
	Title *string          `json:"title" nullable:"true" doc:"Null unless it was given one."`
}

func (a *api) getSegments(ctx context.Context, r request, _ *struct{}) (segments, error) {
	list := segments{Segments: []segmentUsed{}}
	for s := range r.State.Segments() {
		if r.seesOwn(s.Project) {
			list.Segments = append(list.Segments, a.viewSegmentUsed(ctx, r, s))
		}
	}
	return list, nil
}

func (a *api) createSegment(ctx context.Context, r request, in *struct{ Body upsertSegment }) (segmentCreated, error) {
	s, err := a.App.CreateSegment(ctx, r.Caller, in.Body.settings(&flag.Segment{}))
	if err != nil {
		return segmentCreated{}, err
	}
	return segmentCreated{a.viewSegment(ctx, r.State, s)}, nil
}

func (a *api) validateSegment(_ context.Context, r request, in *struct{ Body name }) (empty, error) {
	return empty{}, decide.ValidateSegmentName(r.State, in.Body.Name)
}

// hiddenSegment returns the fault of a segment that does not exist for one of which the caller
// may not know.
//
// It is asked before anything else, so that the two are told apart by nothing, not even by a permission
// that is lacking.
func (r request) hiddenSegment(id flag.SegmentID) error {
	if s := r.State.Segment(id); s != nil && !r.seesOwn(s.Project) {
		return fault.New(fault.NotFound, "No segment exists with ID \"%d\"", id)
	}
	return nil
}

func (a *api) getSegment(ctx context.Context, r request, in *SegmentAt) (Segment, error) {
	if err := r.hiddenSegment(in.ID); err != nil {
		return Segment{}, err
	}
	s, err := decide.Segment(r.State, in.ID)
	if err != nil {
		return Segment{}, err
	}
	return a.viewSegment(ctx, r.State, s), nil
}

func (a *api) updateSegment(ctx context.Context, r request, in *struct {
	SegmentAt
	Body upsertSegment
},
) (empty, error) {
	if err := r.hiddenSegment(in.ID); err != nil {
		return empty{}, err
	}
	return empty{}, a.App.UpdateSegment(ctx, r.Caller, in.ID, in.Body.settings)
}

// settings returns what the body makes of a segment.
//
// An empty project is none: forms send one.
func (b upsertSegment) settings(before *flag.Segment) decide.SegmentSettings {
	in := decide.SegmentSettings{Name: b.Name, Description: b.Description.Or(before.Description), Constraints: constraintsOf(b.Constraints)}
	if b.Project != nil && *b.Project != "" {
		in.Project = (*flag.ProjectID)(b.Project)
	}
	return in
}

func (a *api) removeSegment(ctx context.Context, r request, in *SegmentAt) (empty, error) {
	if err := r.hiddenSegment(in.ID); err != nil {
		return empty{}, err
	}
	return empty{}, a.App.DeleteSegment(ctx, r.Caller, in.ID)
}

func (a *api) getStrategiesBySegment(_ context.Context, r request, in *SegmentAt) (segmentStrategies, error) {
	if err := r.hiddenSegment(in.ID); err != nil {
		return segmentStrategies{}, err
	}
	if _, err := decide.Segment(r.State, in.ID); err != nil {
		return segmentStrategies{}, err
	}
	list := segmentStrategies{Strategies: []strategyUse{}, ChangeRequestStrategies: []proposedStrategyUse{}}
	// The names of flags; archived ones are dropped by usesIn.
	for name := range r.State.SegmentUsers(in.ID) {
		if r.hidden(name) {
			continue
		}
		list.Strategies = append(list.Strategies, usesIn(r.State.Flag(name), func(s *flag.Strategy) bool {
			return slices.Contains(s.Segments, in.ID)
		})...)
	}
	// They are of flags that the request's project has, so who sees the request sees the flag.
	for cr, c := range decide.ProposedUses(r.State, in.ID) {
		if r.knows(cr) {
			list.ChangeRequestStrategies = append(list.ChangeRequestStrategies, r.viewProposedUse(cr, c))
		}
	}
	return list, nil
}

// viewProposedUse returns a strategy that a change adds or updates.
func (r request) viewProposedUse(cr *changerequest.Request, c change.Change) proposedStrategyUse {
	id, settings, _ := c.Strategy()
	use := proposedStrategyUse{
		ID: id, ProjectID: cr.Project, FeatureName: c.Feature, StrategyName: settings.Name, Environment: cr.Environment,
		ChangeRequest: titledRequest{ID: cr.ID},
	}
	if cr.Title != "" {
		use.ChangeRequest.Title = &cr.Title
	}
	return use
}

func (a *api) getSegmentsByStrategy(ctx context.Context, r request, in *struct {
	ID flag.StrategyID `path:"strategyId"`
},
) (segments, error) {
	list := segments{Segments: []segmentUsed{}}
	// A strategy's id does not say whose it is. One that does not exist, or is hidden, uses nothing.
	for f := range r.State.Flags() {
		for _, row := range f.Environments {
			if s := row.Strategy(in.ID); s != nil && r.sees(f.Project) {
				for _, id := range s.Segments {
					list.Segments = append(list.Segments, a.viewSegmentUsed(ctx, r, r.State.Segment(id)))
				}
				return list, nil
			}
		}
	}
	return list, nil
}

// usesIn returns the strategies of a flag in use that are wanted, with their places.
func usesIn(f *flag.Flag, wanted func(*flag.Strategy) bool) []strategyUse {
	var uses []strategyUse
	if f.Archived() {
		return nil
	}
	for _, row := range f.Environments {
		for i := range row.Strategies {
			if s := &row.Strategies[i]; wanted(s) {
				uses = append(uses, strategyUse{s.ID, f.Project, f.Name, s.Name, row.Environment})
			}
		}
	}
	return uses
}

// viewSegment returns what is shown of a segment, with its constraints.
func (a *api) viewSegment(ctx context.Context, s *state.State, segment *flag.Segment) Segment {
	return Segment{
		ID:          segment.ID,
		Name:        segment.Name,
		Description: segment.Description,
		Project:     segment.Project,
		Constraints: viewConstraints(segment.Constraints),
		CreatedBy:   a.viewCreator(ctx, s, segment.CreatedBy).Name,
		CreatedAt:   instant(segment.CreatedAt),
	}
}

// viewSegmentUsed counts the uses that are proposed as well. Flags of hidden projects count too: the
// numbers tell what a change of the segment would reach, and name nothing.
func (a *api) viewSegmentUsed(ctx context.Context, r request, segment *flag.Segment) segmentUsed {
	var used usage
	known := map[flag.Name]bool{}
	add := func(name flag.Name) {
		// A flag may be proposed for that has been deleted since, and one may be both: using it
		// already, and proposed to.
		if f := r.State.Flag(name); f != nil && !known[name] {
			known[name] = true
			used.add(f)
		}
	}
	for name := range r.State.SegmentUsers(segment.ID) {
		add(name)
	}
	for cr, c := range decide.ProposedUses(r.State, segment.ID) {
		if r.knows(cr) {
			add(c.Feature)
		}
	}
	return segmentUsed{a.viewSegment(ctx, r.State, segment), len(used.projects), used.features}
}

// usage counts the flags in use that use something, and their projects. Each flag is
// added once.
type usage struct {
	projects map[flag.ProjectID]bool
	features int
}

func (u *usage) add(f *flag.Flag) {
	if f.Archived() {
		return
	}
	if u.projects == nil {
		u.projects = map[flag.ProjectID]bool{}
	}
	u.projects[f.Project] = true
	u.features++
}
