package adminapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
)

// changeRequest is a change request, in Unleash's shape (changeRequestSchema). What Unleash does not have
// stands on the request itself and not inside of its parts, where clients that check them would stumble over
// it.
//
// Lists are never null; what is empty and has omitempty does not apply.
type changeRequest struct {
	ID              changerequest.ID                `json:"id"`
	Title           string                          `json:"title"`
	Description     string                          `json:"description"`
	Environment     flag.EnvironmentName            `json:"environment"`
	Project         flag.ProjectID                  `json:"project"`
	MinApprovals    int                             `json:"minApprovals" doc:"The largest number that an environment asks for in which the changes take effect."`
	State           changerequest.State             `json:"state"`
	StateTimestamps map[changerequest.State]instant `json:"stateTimestamps"`
	CreatedBy       requestUser                     `json:"createdBy"`
	CreatedAt       instant                         `json:"createdAt"`
	Features        []changeRequestFeature          `json:"features"`
	Segments        []changeRequestSegment          `json:"segments"`
	Approvals       []changeRequestVote             `json:"approvals" doc:"Those of the current round and content."`
	Rejections      []changeRequestVote             `json:"rejections"`
	Comments        []changeRequestComment          `json:"comments"`
	Reviewers       []requestUser                   `json:"reviewers" doc:"Who was asked for a review."`
	ReviewerGroups  []requestGroup                  `json:"reviewerGroups"`
	Schedule        *changeRequestSchedule          `json:"schedule,omitempty" doc:"Only while it is scheduled."`

	ScheduleDetails *changeRequestScheduleDetails `json:"scheduleDetails,omitempty" doc:"What Unleash does not say about the schedule."`

	ContentID      string                  `json:"contentId" doc:"Identifies what the changes say; a vote can name it."`
	Round          int                     `json:"round" doc:"One more with each edit after submitting; votes belong to a round."`
	Deadline       *instant                `json:"deadline,omitempty" doc:"When the request expires if its approvals have not come."`
	Standing       []changeRequestStanding `json:"standing" doc:"How far each environment has agreed in which the changes take effect."`
	Missing        string                  `json:"missing,omitempty" doc:"What is missing, and who can give it."`
	Conflicts      []string                `json:"conflicts" doc:"What keeps the request from being applied."`
	Drift          []ChangeRequestDrift    `json:"drift" doc:"What has moved since the changes were drafted, or the last approval that was needed."`
	DriftID        string                  `json:"driftId,omitempty" doc:"Names the drift, for applying the request all the same."`
	Impact         []changeRequestImpact   `json:"impact,omitempty" doc:"What an open request does to who gets the flags that it touches, as far as the rules say; only of flags that you may see."`
	Overlaps       []requestLink           `json:"overlaps" doc:"Other open requests that change the same."`
	AllowedActions []allowedAction         `json:"allowedActions" doc:"Each thing that can be done, whether you may do it now, and if not, why."`
	ClosedBy       *requestUser            `json:"closedBy,omitempty" doc:"Who applied, rejected or cancelled it."`
	ClosedReason   string                  `json:"closedReason,omitempty"`
}

// requestUser is somebody who has to do with a request. Username and ImageURL are null of somebody who cannot
// be read.
type requestUser struct {
	ID       int64   `json:"id"`
	Username *string `json:"username" nullable:"true"`
	Name     string  `json:"name"`
	ImageURL *string `json:"imageUrl" nullable:"true"`
}

// requestGroup is a group that was asked for a review.
type requestGroup struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// requestLink points to another request. A title is only there if it was given one.
type requestLink struct {
	ID      changerequest.ID    `json:"id"`
	Title   string              `json:"title,omitempty"`
	State   changerequest.State `json:"state"`
	Project flag.ProjectID      `json:"project" doc:"Its project, which is another one at times: segments act in several."`
	Link    string              `json:"link" doc:"Where people look at it."`
}

// page is the address of a change request in the web app. Ids are unique in the instance; the project is there
// for people to read.
func (a *api) page(cr *changerequest.Request) string {
	return fmt.Sprintf("%s/projects/%s/change-requests/%d", a.URL, cr.Project, cr.ID)
}

// changeRequestFeature is a flag with the changes of it. In lists it has no changes, but a list of them all the
// same.
type changeRequestFeature struct {
	Name          flag.Name            `json:"name"`
	Conflict      string               `json:"conflict,omitempty" doc:"Why none of the changes can be applied."`
	Changes       []changeRequestEntry `json:"changes"`
	DefaultChange *defaultChange       `json:"defaultChange,omitempty" doc:"What happens besides."`
}

// changeRequestEntry is a change of a flag, made by the author of the request.
type changeRequestEntry struct {
	ID        change.ID   `json:"id"`
	Action    string      `json:"action"`
	Payload   any         `json:"payload,omitempty" doc:"With the snapshot of what it replaces."`
	Conflict  string      `json:"conflict,omitempty" doc:"Why the change cannot be applied."`
	CreatedBy requestUser `json:"createdBy"`
	CreatedAt instant     `json:"createdAt"`

	ScheduleConflicts *scheduleConflicts `json:"scheduleConflicts,omitempty" doc:"The scheduled requests that this change would suspend if it was applied."`
}

// changeRequestSegment is a change of a segment. Segments stand beside flags, for a change of one may touch
// many of them.
type changeRequestSegment struct {
	ID        change.ID   `json:"id"`
	Action    string      `json:"action"`
	Name      string      `json:"name"`
	Payload   any         `json:"payload"`
	Conflict  string      `json:"conflict,omitempty"`
	CreatedBy requestUser `json:"createdBy"`
	CreatedAt instant     `json:"createdAt"`

	ScheduleConflicts *scheduleConflicts `json:"scheduleConflicts,omitempty" doc:"As of changes of flags."`
}

// defaultChange is what happens besides: a strategy is added, or the flag is switched off. It is made each time
// that the request is shown: what it is depends on what is there by then. Nobody can edit it.
type defaultChange struct {
	Action  string `json:"action"`
	Payload any    `json:"payload"`
}

// defaultStrategy is a strategy that is added besides. It has no id to show: it is there only once the request
// is applied.
type defaultStrategy struct {
	Name        string            `json:"name"`
	Title       *string           `json:"title,omitempty"`
	Disabled    bool              `json:"disabled"`
	Constraints []constraint      `json:"constraints"`
	Parameters  map[string]string `json:"parameters"`
	Segments    []flag.SegmentID  `json:"segments,omitempty"`
	Variants    []StrategyVariant `json:"variants,omitempty"`
}

// changeRequestVote is an approval or a rejection.
type changeRequestVote struct {
	CreatedBy requestUser `json:"createdBy"`
	CreatedAt instant     `json:"createdAt"`
}

// changeRequestComment is a comment, in Markdown.
type changeRequestComment struct {
	ID        int64       `json:"id"`
	Text      string      `json:"text"`
	CreatedBy requestUser `json:"createdBy"`
	CreatedAt instant     `json:"createdAt"`
}

// changeRequestStanding is how far an environment has agreed. Given is the number of counted, the ids of
// accounts or tokens.
type changeRequestStanding struct {
	Project     flag.ProjectID       `json:"project"`
	Environment flag.EnvironmentName `json:"environment"`
	Required    int                  `json:"required"`
	Given       int                  `json:"given"`
	CountedIDs  []int64              `json:"counted" doc:"Whose approvals count."`
}

// ChangeRequestDrift is a field that has moved. Values are JSON; wanted is absent where the change does not set
// the field.
type ChangeRequestDrift struct {
	ChangeID change.ID `json:"changeId"`
	Feature  flag.Name `json:"feature,omitempty"`
	Field    string    `json:"field"`
	Before   anything  `json:"before"`
	Now      anything  `json:"now"`
	Wanted   anything  `json:"wanted,omitempty"`
}

// anything is a JSON value of whatever type, null included.
type anything json.RawMessage

// MarshalJSON writes the value.
func (v anything) MarshalJSON() ([]byte, error) { return v, nil }

// Schema returns that of any value.
func (anything) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{
		{Type: huma.TypeObject, Nullable: true, AdditionalProperties: true},
		{Type: huma.TypeArray, Items: &huma.Schema{}},
		{Type: huma.TypeString},
		{Type: huma.TypeNumber},
		{Type: huma.TypeBoolean},
	}}
}

// allowedAction is something that can be done with a request. All actions are listed, also those that are not
// allowed, so that a button can say why it is grey. Reasons are sentences.
type allowedAction struct {
	Action  string `json:"action"`
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty" doc:"Why not; or, of what a window forbids and you may do all the same, what that takes."`
}

// names knows who the actors of requests are: from the state what they are, and from the database what people
// are called.
type names struct {
	state  *state.State
	person func(account int64) (identity.Person, error)
}

// names returns who has to do with requests. People who cannot be read just now have no names. Names are looked
// up one by one, of those that are shown; PersonAtHand has them in memory.
func (a *api) names(ctx context.Context, s *state.State) names {
	return names{s, func(account int64) (identity.Person, error) {
		if s.Account(account) == nil { // what is kept of people may be a little older
			return identity.Person{}, fault.New(fault.NotFound, "There is no account %d.", account)
		}
		return a.People.PersonAtHand(ctx, account)
	}}
}

// of returns whoever a reference names: somebody with an account, a token by its name, or the system.
func (n names) of(ref access.Ref) requestUser {
	if id := ref.Account(); id != 0 {
		return n.account(id)
	}
	by := eventlog.CreatorOf(n.state, string(ref))
	return requestUser{ID: by.ID, Username: &by.Name, Name: by.Name}
}

// account returns somebody with an account. One that cannot be read is shown as deleted: that is so but for the
// moment in which the database is away and the name is not at hand.
func (n names) account(id int64) requestUser {
	p, err := n.person(id)
	if err != nil {
		return requestUser{ID: id, Name: "(deleted)"}
	}
	image := imageOf(p)
	username := cmp.Or(p.Username, p.Email)
	return requestUser{ID: id, Username: &username, Name: cmp.Or(p.Name, username), ImageURL: &image}
}

// viewChangeRequest returns a request as the caller sees it. It is shown as of the newest state, and not as of
// the one with which the call began: most views answer a write, which is in the newest one alone. Whoever calls
// has made sure that the caller may see the request.
func (a *api) viewChangeRequest(ctx context.Context, r request, cr *changerequest.Request) changeRequest {
	s := a.App.State()
	n := a.names(ctx, s)
	view := changeRequest{
		ID: cr.ID, Title: cr.ShownTitle(), Description: cr.Description, Environment: cr.Environment, Project: cr.Project,
		MinApprovals: cr.MinApprovals(), State: cr.State, StateTimestamps: map[changerequest.State]instant{},
		CreatedBy: n.of(cr.Author), CreatedAt: instant(cr.CreatedAt),
		Approvals: n.votes(cr.Current()), Rejections: n.votes(cr.Rejections), Comments: []changeRequestComment{},
		Reviewers: []requestUser{}, ReviewerGroups: []requestGroup{},
		ContentID: cr.ContentID(), Round: cr.Round, Standing: []changeRequestStanding{}, Conflicts: []string{},
		Drift: []ChangeRequestDrift{}, Overlaps: []requestLink{}, AllowedActions: []allowedAction{}, ClosedReason: cr.ClosedReason,
		Schedule: viewSchedule(cr.Schedule),
	}
	for name, at := range cr.Entered {
		view.StateTimestamps[name] = instant(at)
	}
	for _, c := range cr.Comments {
		view.Comments = append(view.Comments, changeRequestComment{c.ID, c.Text, n.of(c.By), instant(c.At)})
	}
	for _, id := range cr.Reviewers {
		view.Reviewers = append(view.Reviewers, n.account(id))
	}
	// A group that is gone has no name, and nobody who could be asked.
	for _, id := range cr.ReviewerGroups {
		if g := s.Group(id); g != nil {
			view.ReviewerGroups = append(view.ReviewerGroups, requestGroup{g.ID, g.Name})
		}
	}
	if cr.ClosedAt != nil {
		by := n.of(cr.ClosedBy)
		view.ClosedBy = &by
	}
	if deadline := cr.Deadline(); !deadline.IsZero() {
		view.Deadline = (*instant)(&deadline)
	}
	var conflicts []change.Conflict
	var suspends map[change.ID]*scheduleConflicts
	if !cr.State.Closed() {
		conflicts = a.viewOpen(ctx, &view, r, s, cr)
		suspends = a.scheduleConflictsOf(r, s, cr, a.App.Now())
	} else {
		// A closed request shows who approved it in any round; an applied one those whose approvals counted.
		view.Approvals = n.votes(cr.Approvals)
		if cr.State == changerequest.Applied {
			view.Approvals = n.votes(cr.Counted)
			view.AllowedActions = append(view.AllowedActions, a.undoAction(r.Caller.Actor, cr))
		}
	}
	view.Features, view.Segments = n.changes(cr, conflicts, suspends)
	// What an open request leads to besides is tried; of a closed one it would be a guess about what is past.
	if !cr.State.Closed() {
		for i := range view.Features {
			view.Features[i].DefaultChange = defaultChangeOf(s, cr, view.Features[i].Name)
		}
	}
	return view
}

// viewOpen fills in what only matters while a request is open. It returns the conflicts, which the changes show
// as well. One world serves for all, for it remembers the trial of the changes, the costly part; it is for one
// goroutine.
func (a *api) viewOpen(ctx context.Context, view *changeRequest, r request, s *state.State, cr *changerequest.Request) []change.Conflict {
	world := gate.World(s)
	standing := changerequest.StandingOf(cr, world)
	for _, p := range standing {
		counted := []int64{}
		for _, v := range p.Counted {
			counted = append(counted, v.By.ID())
		}
		view.Standing = append(view.Standing, changeRequestStanding{p.Project, p.Environment, p.Rule.RequiredApprovals, len(p.Counted), counted})
		// Rules that have become stricter hold at once; those that were frozen are in it already.
		view.MinApprovals = max(view.MinApprovals, p.Rule.RequiredApprovals)
	}
	view.Missing = standing.Sentence()
	conflicts := world.Conflicts(cr)
	for _, c := range conflicts {
		view.Conflicts = append(view.Conflicts, c.Reason)
	}
	moved := change.DriftOf(s, cr.Environment, cr.Changes)
	if len(moved) > 0 {
		view.DriftID = change.DriftID(cr.ContentID(), moved)
		for _, d := range moved {
			view.Drift = append(view.Drift, viewDrift(d))
		}
	}
	view.ScheduleDetails = a.names(ctx, s).viewScheduleDetails(cr, moved)
	view.Impact = viewImpact(r, s, cr)
	for _, other := range overlaps(s, cr) {
		if r.knows(other) {
			view.Overlaps = append(view.Overlaps, requestLink{other.ID, other.Title, other.State, other.Project, a.page(other)})
		}
	}
	for _, action := range gate.Actions(s, world, cr, r.Caller.Actor, a.App.Now()) {
		view.AllowedActions = append(view.AllowedActions, allowedAction{action.Name, action.Allowed, action.Reason})
	}
	return conflicts
}

// viewDrift returns a drift with its values as the JSON that they are.
func viewDrift(d change.Drift) ChangeRequestDrift {
	return ChangeRequestDrift{d.Change, d.Feature, d.Field, anything(d.Before), anything(d.Now), anything(d.Wanted)}
}

// overlaps returns the other open requests that change the same flags there, or everywhere, or the same
// segments. One that changes a segment and one that gives it to a strategy meet in it, whichever of the two is
// asked about. Whether the caller may know of them is not asked here.
func overlaps(s *state.State, cr *changerequest.Request) []*changerequest.Request {
	var others []*changerequest.Request
	add := func(other *changerequest.Request) {
		if other.ID != cr.ID && !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	for _, name := range cr.Features() {
		// A flag is met in the environment of both, or in any if one of the two changes it everywhere.
		for other := range s.OpenRequestsOn(name) {
			if other.Environment == cr.Environment || everywhere(cr, name) || everywhere(other, name) {
				add(other)
			}
		}
	}
	for _, c := range cr.Changes {
		for _, id := range c.Segments() {
			for other := range s.OpenRequestsUsing(id) {
				// Two requests that only give the same segment to strategies do not meet.
				if c.Segment() == id || slices.ContainsFunc(other.Changes, func(theirs change.Change) bool { return theirs.Segment() == id }) {
					add(other)
				}
			}
		}
	}
	return others
}

// everywhere reports whether a request changes a flag in all environments at once. It meets requests in every
// environment, then.
func everywhere(cr *changerequest.Request, name flag.Name) bool {
	return slices.ContainsFunc(cr.Changes, func(c change.Change) bool {
		switch c.Payload.(type) {
		case change.ArchiveFeature, change.AddDependency, change.DeleteDependency:
			return c.Feature == name
		default:
			return false
		}
	})
}

// votes returns who voted, in the order in which they did.
func (n names) votes(votes []changerequest.Vote) []changeRequestVote {
	views := make([]changeRequestVote, len(votes))
	for i, v := range votes {
		views[i] = changeRequestVote{n.of(v.By), instant(v.At)}
	}
	return views
}

// changes returns the changes of flags, grouped by flag, and those of segments, each with what keeps it from
// being applied, and with the schedules that it would suspend. The author of a request has made all of its
// changes, since nobody else can edit it. A conflict of the whole flag is said once, of the flag.
func (n names) changes(cr *changerequest.Request, conflicts []change.Conflict, suspends map[change.ID]*scheduleConflicts) ([]changeRequestFeature, []changeRequestSegment) {
	features, segments := []changeRequestFeature{}, []changeRequestSegment{}
	for _, name := range cr.Features() {
		features = append(features, changeRequestFeature{Name: name, Changes: []changeRequestEntry{}})
	}
	author := n.of(cr.Author)
	for _, c := range cr.Changes {
		conflict, whole := "", false
		for _, found := range conflicts {
			if found.Change == c.ID {
				conflict, whole = found.Reason, found.Feature
			}
		}
		payload := viewPayload(c)
		if id := c.Segment(); id != 0 {
			segments = append(segments, changeRequestSegment{
				c.ID, c.Payload.Action(), n.segment(id, c.Base.Segment), payload, conflict, author, instant(c.CreatedAt), suspends[c.ID],
			})
			continue
		}
		i := slices.IndexFunc(features, func(f changeRequestFeature) bool { return f.Name == c.Feature })
		entry := changeRequestEntry{c.ID, c.Payload.Action(), payload, conflict, author, instant(c.CreatedAt), suspends[c.ID]}
		// Said once, above the flag's changes.
		if whole {
			features[i].Conflict, entry.Conflict = conflict, ""
		}
		features[i].Changes = append(features[i].Changes, entry)
	}
	return features, segments
}

// segment returns the name that a segment had when it was changed, which is what the author meant; else the one
// that it has, or none if it is gone.
func (n names) segment(id flag.SegmentID, base *flag.Segment) string {
	if base != nil {
		return base.Name
	}
	if segment := n.state.Segment(id); segment != nil {
		return segment.Name
	}
	return ""
}

// strategyPayload is the payload of a change of a strategy. A strategy that is added has no snapshot.
type strategyPayload struct {
	featureStrategy
	Snapshot *featureStrategy `json:"snapshot,omitempty"`
}

// viewPayload returns the payload of a change in the form in which it is sent, so that an edit can send it
// back, with the snapshot of what it replaces (the base of the change). nil for actions that need none.
func viewPayload(c change.Change) any {
	var snapshot *featureStrategy
	if c.Base.Strategy != nil {
		view := viewStrategy(c.Base.Strategy)
		snapshot = &view
	}
	switch p := c.Payload.(type) {
	case change.UpdateEnabled:
		return changeEnabled{p.Enabled, p.ActivateDisabled}
	case change.AddStrategy:
		return strategyPayload{viewSettings(p.Minted, p.StrategySettings), nil}
	case change.UpdateStrategy:
		view := viewSettings(p.ID, p.StrategySettings)
		// It keeps its place, so that is what is shown.
		if p.SortOrder == nil && snapshot != nil {
			view.SortOrder = snapshot.SortOrder
		}
		return strategyPayload{view, snapshot}
	case change.DeleteStrategy:
		view := struct {
			ID       flag.StrategyID  `json:"id"`
			Name     string           `json:"name,omitempty"`
			Title    *string          `json:"title,omitempty"`
			Disabled bool             `json:"disabled,omitempty"`
			Snapshot *featureStrategy `json:"snapshot,omitempty"`
		}{ID: p.ID, Snapshot: snapshot}
		if snapshot != nil {
			view.Name, view.Title, view.Disabled = snapshot.Name, snapshot.Title, snapshot.Disabled
		}
		return view
	case change.ReorderStrategy:
		return append([]change.StrategyOrder{}, p.Order...)
	case change.PatchVariant:
		return struct {
			Variants []variant `json:"variants"`
			Snapshot []variant `json:"snapshot"`
		}{viewVariants(p.Variants), viewVariants(c.Base.Variants)}
	case change.AddDependency:
		return struct {
			Feature  flag.Name `json:"feature"`
			Enabled  bool      `json:"enabled"`
			Variants []string  `json:"variants"`
		}{p.Feature, p.Enabled, append([]string{}, p.Variants...)}
	case change.UpdateSegment:
		return viewSegmentPayload(flag.Segment{ID: p.ID, Name: p.Name, Description: p.Description, Project: p.Project, Constraints: p.Constraints}, c.Base.Segment)
	case change.DeleteSegment:
		view := struct {
			ID       flag.SegmentID  `json:"id"`
			Name     string          `json:"name,omitempty"`
			Snapshot *segmentPayload `json:"snapshot,omitempty"`
		}{ID: p.ID}
		if c.Base.Segment != nil {
			snapshot := viewSegmentPayload(*c.Base.Segment, nil)
			view.Name, view.Snapshot = c.Base.Segment.Name, &snapshot
		}
		return view
	default:
		return nil
	}
}

// segmentPayload is the payload of a change of a segment. A snapshot has no snapshot.
type segmentPayload struct {
	ID          flag.SegmentID  `json:"id"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Project     *flag.ProjectID `json:"project"`
	Constraints []constraint    `json:"constraints"`
	Snapshot    *segmentPayload `json:"snapshot,omitempty"`
}

// viewSegmentPayload returns a segment as it is sent; base is what it replaces, nil for nothing to show.
func viewSegmentPayload(s flag.Segment, base *flag.Segment) segmentPayload {
	view := segmentPayload{ID: s.ID, Name: s.Name, Description: s.Description, Project: s.Project, Constraints: viewConstraints(s.Constraints)}
	if base != nil {
		snapshot := viewSegmentPayload(*base, nil)
		view.Snapshot = &snapshot
	}
	return view
}

// viewSettings returns the settings of a strategy in the shape of a whole one. Without a place of its own it
// shows 0.
func viewSettings(id flag.StrategyID, s change.StrategySettings) featureStrategy {
	view := viewStrategy(&flag.Strategy{
		ID: id, Name: s.Name, Title: s.Title, Disabled: s.Disabled, Constraints: s.Constraints,
		Parameters: s.Parameters, Segments: s.Segments, Variants: s.Variants,
	})
	if s.SortOrder != nil {
		view.SortOrder = *s.SortOrder
	}
	return view
}

// defaultChangeOf returns what the changes of a flag lead to besides what they say: a strategy for a flag that
// is switched on without any, or the flag being switched off with its last strategy. nil, if nothing. The
// changes of one flag are tried alone, for what is added follows from them; an added strategy is known by the
// id that the change has minted for it.
func defaultChangeOf(s *state.State, cr *changerequest.Request, name flag.Name) *defaultChange {
	var mine []change.Change
	var minted flag.StrategyID
	says := false
	for _, c := range cr.Changes {
		if c.Feature != name {
			continue
		}
		mine = append(mine, c)
		if p, ok := c.Payload.(change.UpdateEnabled); ok {
			minted = p.Minted
			// The request switches the flag off itself, so that is nothing besides.
			says = says || !p.Enabled
		}
	}
	for _, e := range decide.Try(s, cr.Place(), mine).Events {
		switch p := e.Payload.(type) {
		case state.FeatureStrategyAdded:
			if p.Strategy.ID == minted {
				view := viewStrategy(&p.Strategy)
				return &defaultChange{change.ActionAddStrategy, defaultStrategy{
					view.Name, view.Title, view.Disabled, view.Constraints, view.Parameters, view.Segments, view.Variants,
				}}
			}
		case state.FeatureEnvironmentDisabled:
			if !says {
				return &defaultChange{change.ActionUpdateEnabled, changeEnabled{Enabled: false}}
			}
		}
	}
	return nil
}

// changeRequestSummary is a request in a list. It is the form of the list of a project: who wants the changes
// gets the request.
type changeRequestSummary struct {
	ID          changerequest.ID       `json:"id"`
	Title       string                 `json:"title"`
	Environment flag.EnvironmentName   `json:"environment"`
	Project     flag.ProjectID         `json:"project"`
	State       changerequest.State    `json:"state"`
	CreatedBy   requestUser            `json:"createdBy"`
	CreatedAt   instant                `json:"createdAt"`
	Features    []changeRequestFeature `json:"features" doc:"Without their changes."`
	Segments    []name                 `json:"segments"`
	Schedule    *changeRequestSchedule `json:"schedule,omitempty" doc:"Only while it is scheduled."`
}

// summary returns a request in a list, open or closed. It is made of what the index of closed requests has, so
// flags and segments are names.
func (n names) summary(found requests.Summary) changeRequestSummary {
	view := changeRequestSummary{
		ID: found.ID, Title: cmp.Or(found.Title, changerequest.DefaultTitle(found.ID)), Environment: found.Environment, Project: found.Project,
		State: found.State, CreatedBy: n.of(found.Author), CreatedAt: instant(found.CreatedAt),
		Features: []changeRequestFeature{}, Segments: []name{}, Schedule: viewSchedule(found.Schedule),
	}
	for _, name := range found.Features {
		view.Features = append(view.Features, changeRequestFeature{Name: name, Changes: []changeRequestEntry{}})
	}
	for _, segment := range found.Segments {
		view.Segments = append(view.Segments, name{segment})
	}
	return view
}
