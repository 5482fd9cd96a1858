package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
)

const (
	tagChangeRequests  = "Change Requests"
	changeRequestsPath = "/projects/{projectId}/change-requests"
	changeRequestPath  = changeRequestsPath + "/{id}"
)

// changeRequests registers what can be done with change requests. docs/change-requests.md tells what they are,
// and where Quorate differs from Unleash, whose paths and bodies these are.
//
// What may be done with a request is decided in package changerequest, and by app on the state that it will be
// true of; here bodies become commands, and requests become views. Nearly every operation lacks a permission in
// its description, because what it takes depends on the request: on its state, its author, and the environments
// in which it takes effect. Whoever asks is told in allowedActions.
//
// A request that the caller may not see is answered like one that does not exist: somebody else's draft, and one of
// another project than the path says. While change requests are turned off in the instance, none is found.
func (a *api) changeRequests() {
	// The shapes of payloads are asked for while requests are answered (checked). huma's registry writes down a type
	// that it has not met, which is safe only as long as nobody reads; so it meets them all here.
	for _, shape := range []reflect.Type{
		reflect.TypeFor[changeEnabled](), reflect.TypeFor[changeStrategy](), reflect.TypeFor[changeVariants](),
		reflect.TypeFor[changeDependency](), reflect.TypeFor[changeSegment](), reflect.TypeFor[createFeatureStrategy](),
		reflect.TypeFor[strategyOrder](), reflect.TypeFor[upsertSegment](),
	} {
		a.huma.OpenAPI().Components.Schemas.Schema(shape, true, "")
	}
	register(a, operation{
		ID: "changeRequest", Method: http.MethodPost, Path: "/projects/{projectId}/environments/{environment}/change-requests", Tag: tagChangeRequests,
		Summary: "Propose changes", MaxBody: maxBulkBody,
		Description: "One change, or a list that is added together or not at all: to your pending request in the environment, or to a new draft. " +
			"Everyone who sees an open project may propose; in a protected or private one, its members.",
	}, a.proposeChanges)
	register(a, operation{
		ID: "getChangeRequestsForProject", Method: http.MethodGet, Path: changeRequestsPath, Tag: tagChangeRequests,
		Summary: "List the change requests of a project", Description: "The newest 300, whatever their state. Others' drafts are left out.",
	}, a.getProjectChangeRequests)
	register(a, operation{
		ID: "getPendingChangeRequestsForUser", Method: http.MethodGet, Path: changeRequestsPath + "/pending", Tag: tagChangeRequests,
		Summary: "List your pending change requests in a project", Description: "Draft, in review or approved, with all their changes.",
	}, a.getPendingChangeRequests)
	register(a, operation{
		ID: "getPendingChangeRequestsForFeature", Method: http.MethodGet, Path: changeRequestsPath + "/pending/{featureName}", Tag: tagChangeRequests,
		Summary: "List the open change requests that change a flag", Description: "Others' drafts are left out.",
	}, a.getFeatureChangeRequests)
	register(a, operation{
		ID: "getChangeRequestsCount", Method: http.MethodGet, Path: changeRequestsPath + "/count", Tag: tagChangeRequests,
		Summary: "Count the change requests of a project",
	}, a.countChangeRequests)
	register(a, operation{
		ID: "getActionableChangeRequests", Method: http.MethodGet, Path: changeRequestsPath + "/actionable", Tag: tagChangeRequests,
		Summary: "Count the change requests that wait for you", Description: "Those that you may approve or apply now.",
	}, a.countActionable)
	register(a, operation{
		ID: "getAvailableChangeRequestReviewers", Method: http.MethodGet, Path: changeRequestsPath + "/available-reviewers/{environment}", Tag: tagChangeRequests,
		Summary: "List who may approve changes to an environment", Description: "Yourself left out. Groups are those of whom at least one may.",
	}, a.getAvailableReviewers)
	register(a, operation{
		ID: "getChangeRequest", Method: http.MethodGet, Path: changeRequestPath, Tag: tagChangeRequests,
		Summary: "Get a change request", Description: "Open or closed. A draft is its author's alone to see.",
	}, a.getChangeRequest)
	register(a, operation{
		ID: "deleteChangeRequest", Method: http.MethodDelete, Path: changeRequestPath, Tag: tagChangeRequests,
		Summary: "Discard a draft", Description: "Its author can. A submitted request is cancelled instead.",
	}, a.discardChangeRequest)
	register(a, operation{
		ID: "editChange", Method: http.MethodPut, Path: changeRequestPath + "/changes/{changeId}", Tag: tagChangeRequests,
		Summary: "Replace a change of a request", Description: "It gets a new id. In a submitted request, a new round begins without approvals.",
	}, a.editChange)
	register(a, operation{
		ID: "deleteChange", Method: http.MethodDelete, Path: changeRequestPath + "/changes/{changeId}", Tag: tagChangeRequests,
		Summary: "Discard a change of a request", Description: "A draft goes with its last change.",
	}, a.discardChange)
	register(a, operation{
		ID: "updateChangeRequestState", Method: http.MethodPut, Path: changeRequestPath + "/state", Tag: tagChangeRequests,
		Summary: "Submit, approve, schedule, reject, apply or cancel a change request",
		Description: "The state In review submits a draft; Approved adds your approval, which is one of as many as are needed; Scheduled has an approved request applied at scheduledAt, " +
			"or a scheduled one at another time; Rejected, Cancelled and Applied close the request. " +
			"What stands in the way is said in a sentence; an application that would overwrite what has moved is refused with a driftId, which `overwrite` acknowledges.",
	}, a.updateChangeRequestState)
	register(a, operation{
		ID: "withdrawChangeRequestApproval", Method: http.MethodDelete, Path: changeRequestPath + "/approval", Tag: tagChangeRequests,
		Summary: "Withdraw your approval", Description: "Before the request is applied.",
	}, a.withdrawApproval)
	register(a, operation{
		ID: "undoChangeRequest", Method: http.MethodPost, Path: changeRequestPath + "/undo", Tag: tagChangeRequests,
		Summary: "Draft a request that undoes an applied one", Status: http.StatusCreated,
		Description: "It restores exactly what the request changed and is reviewed like any other. What was changed again since stays as it is; the draft's description says so.",
	}, a.undoChangeRequest)
	register(a, operation{
		ID: "updateChangeRequestTitle", Method: http.MethodPut, Path: changeRequestPath + "/title", Tag: tagChangeRequests,
		Summary: "Change the title or the description of a change request", Status: http.StatusNoContent,
	}, a.describeChangeRequest)
	register(a, operation{
		ID: "addChangeRequestReviewers", Method: http.MethodPut, Path: changeRequestPath + "/approvers", Tag: tagChangeRequests,
		Summary: "Say who is asked to review a change request", Description: "All of them: who is not named is not asked any more.", Status: http.StatusNoContent,
	}, a.askReviewers)
	register(a, operation{
		ID: "getChangeRequestApprovers", Method: http.MethodGet, Path: changeRequestPath + "/approvers", Tag: tagChangeRequests,
		Summary: "List who was asked to review a change request",
	}, a.getAskedReviewers)
	register(a, operation{
		ID: "addChangeRequestComment", Method: http.MethodPost, Path: changeRequestPath + "/comments", Tag: tagChangeRequests,
		Summary: "Comment on a change request", Description: "In Markdown; closed requests too.", Status: http.StatusNoContent,
	}, a.commentChangeRequest)
	register(a, operation{
		ID: "searchChangeRequests", Method: http.MethodGet, Path: "/search/change-requests", Tag: tagChangeRequests,
		Summary: "Search change requests of all projects", Description: "Newest first, unless sorted otherwise. Others' drafts are left out.",
	}, a.searchChangeRequests)
	a.schedules()
}

// ChangeRequestAt names a change request. Ids are unique in the instance; the project of the path must be the
// request's all the same.
type ChangeRequestAt struct {
	Project flag.ProjectID   `path:"projectId"`
	ID      changerequest.ID `path:"id"`
}

// ChangeAt names a change of a request. A change that is edited gets another id, so who edits what was edited
// meanwhile is told that it is not there.
type ChangeAt struct {
	ChangeRequestAt
	Change change.ID `path:"changeId"`
}

// proposeChanges adds to the caller's pending request there, which need not be a draft: in a submitted one a
// new round begins. What changes nothing is refused.
//
// Faults: BadData, and those of app.ProposeChanges.
func (a *api) proposeChanges(ctx context.Context, r request, in *struct {
	Project     flag.ProjectID       `path:"projectId"`
	Environment flag.EnvironmentName `path:"environment"`
	Body        changeRequestOneOrManyCreate
},
) (changeRequest, error) {
	proposals, err := a.proposals(r.State, in.Body)
	if err != nil {
		return changeRequest{}, err
	}
	cr, err := a.App.ProposeChanges(ctx, r.Caller, changerequest.Place{Project: in.Project, Environment: in.Environment}, proposals)
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

// find returns a request that the caller may see, open or closed. The state has open ones alone; closed ones
// are folded from the ledger again, so that takes the database
// (docs/adr/0017-one-go-type-for-events-of-requests.md). One that was closed as a draft stays its author's
// alone.
//
// Faults: NotFound, and Unavailable while the database is away and the request is closed.
func (a *api) find(ctx context.Context, r request, at ChangeRequestAt) (*changerequest.Request, error) {
	if r.State.ChangeRequest(at.ID) != nil || r.State.ChangeRequests().Disabled {
		return app.OpenRequest(r.State, r.Caller.Actor, at.Project, at.ID)
	}
	cr, err := a.Requests.Get(ctx, r.State, at.ID)
	if err != nil {
		return nil, err
	}
	if cr == nil || cr.Project != at.Project || (!cr.Submitted() && cr.Author != r.Caller.Actor.Ref) {
		return nil, app.NoRequest(at.ID)
	}
	return cr, nil
}

func (a *api) getChangeRequest(ctx context.Context, r request, in *ChangeRequestAt) (changeRequest, error) {
	cr, err := a.find(ctx, r, *in)
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

// notFinal returns a fault about a request that is closed, or that the caller may not see. The use cases know
// open requests alone and would say that there is none; who is late shall learn how it ended instead.
func (a *api) notFinal(ctx context.Context, r request, at ChangeRequestAt) error {
	if r.State.ChangeRequest(at.ID) != nil {
		return nil // the use case asks the rest
	}
	cr, err := a.find(ctx, r, at)
	if err == nil && cr.State.Closed() {
		err = fault.New(fault.BadData, "The change request is %q, which is final.", cr.State)
	}
	return err
}

// command gives commands to an open request. All of them take effect, or none.
func (a *api) command(ctx context.Context, r request, at ChangeRequestAt, commands ...changerequest.Command) (*changerequest.Request, error) {
	if err := a.notFinal(ctx, r, at); err != nil {
		return nil, err
	}
	return a.App.CommandRequest(ctx, r.Caller, at.Project, at.ID, commands...)
}

func (a *api) discardChangeRequest(ctx context.Context, r request, in *ChangeRequestAt) (empty, error) {
	_, err := a.command(ctx, r, *in, changerequest.Discard{})
	return empty{}, err
}

func (a *api) editChange(ctx context.Context, r request, in *struct {
	ChangeAt
	Body changeRequestCreate
},
) (changeRequest, error) {
	if err := a.notFinal(ctx, r, in.ChangeRequestAt); err != nil {
		return changeRequest{}, err
	}
	proposals, err := a.proposals(r.State, []changeRequestCreate{in.Body})
	if err != nil {
		return changeRequest{}, err
	}
	cr, err := a.App.EditChange(ctx, r.Caller, in.Project, in.ID, in.Change, proposals[0])
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

func (a *api) discardChange(ctx context.Context, r request, in *ChangeAt) (empty, error) {
	_, err := a.command(ctx, r, in.ChangeRequestAt, changerequest.Remove{ID: in.Change})
	return empty{}, err
}

// changeRequestState is the body that moves a request on. The states are those that Unleash's document lists;
// Draft is one of them, and nothing can be made a draft again. Which of the other fields count depends on the
// state.
type changeRequestState struct {
	State     string  `json:"state" enum:"In review,Approved,Applied,Cancelled,Rejected,Draft,Scheduled"`
	Comment   string  `json:"comment,omitempty"`
	ContentID string  `json:"contentId,omitempty" doc:"The content that an approval or rejection is about; outdated, it is refused."`
	Overwrite string  `json:"overwrite,omitempty" doc:"The driftId that has been seen, to apply the request all the same."`
	Reviewers []int64 `json:"reviewers,omitempty" doc:"With In review: who is asked for a review."`

	ScheduledAt   string `json:"scheduledAt,omitempty" format:"date-time" doc:"With Scheduled: when the request is applied, at most a year ahead."`
	ScheduledZone string `json:"scheduledZone,omitempty" doc:"With Scheduled: the time zone in which the time was entered, such as Europe/Oslo. It is kept to show the time in."`
}

func (a *api) updateChangeRequestState(ctx context.Context, r request, in *struct {
	ChangeRequestAt
	Body changeRequestState
},
) (changeRequest, error) {
	commands, err := in.Body.commands()
	if err != nil {
		return changeRequest{}, err
	}
	cr, err := a.command(ctx, r, in.ChangeRequestAt, commands...)
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

// commands returns what leads to the state that is asked for. Approved means the caller's approval: the request
// is approved only with the last one that is needed, and until then the answer shows it in review. With
// reviewers there are two commands, which take effect in one batch.
//
// Faults: BadData.
func (b changeRequestState) commands() ([]changerequest.Command, error) {
	switch b.State {
	case "In review":
		var commands []changerequest.Command
		if len(b.Reviewers) > 0 {
			commands = append(commands, changerequest.AskReviewers{Reviewers: b.Reviewers})
		}
		return append(commands, changerequest.Submit{Comment: b.Comment}), nil
	case "Approved":
		return []changerequest.Command{changerequest.Approve{ContentID: b.ContentID, Comment: b.Comment}}, nil
	case "Rejected":
		return []changerequest.Command{changerequest.Reject{ContentID: b.ContentID, Comment: b.Comment}}, nil
	case "Cancelled":
		return []changerequest.Command{changerequest.Cancel{Comment: b.Comment}}, nil
	case "Applied":
		return []changerequest.Command{changerequest.Apply{Overwrite: b.Overwrite, Comment: b.Comment}}, nil
	case "Scheduled":
		command, err := b.scheduleCommand()
		return []changerequest.Command{command}, err
	default:
		return nil, fault.Field("/body/state", "A change request cannot be made %q.", b.State)
	}
}

// withdrawApproval takes back the caller's own approval; there is none such in Unleash.
func (a *api) withdrawApproval(ctx context.Context, r request, in *ChangeRequestAt) (changeRequest, error) {
	cr, err := a.command(ctx, r, *in, changerequest.Withdraw{})
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

// undoChangeRequest drafts the reverse of an applied request, which is found like any closed one. Whether it
// can be undone is the use case's to say.
func (a *api) undoChangeRequest(ctx context.Context, r request, in *ChangeRequestAt) (changeRequest, error) {
	applied, err := a.find(ctx, r, *in)
	if err != nil {
		return changeRequest{}, err
	}
	cr, err := a.App.UndoRequest(ctx, r.Caller, applied)
	if err != nil {
		return changeRequest{}, err
	}
	return a.viewChangeRequest(ctx, r, cr), nil
}

// changeRequestUpdateTitle is the body that describes a request. At least one must be there; Unleash knows the
// title alone, so that is the one that is missed.
type changeRequestUpdateTitle struct {
	Title       *string `json:"title,omitempty" doc:"Empty: the default title."`
	Description *string `json:"description,omitempty" maxLength:"20000" doc:"Why, in Markdown."`
}

func (a *api) describeChangeRequest(ctx context.Context, r request, in *struct {
	ChangeRequestAt
	Body changeRequestUpdateTitle
},
) (empty, error) {
	if in.Body.Title == nil && in.Body.Description == nil {
		return empty{}, fault.Field("/body/title", "The `/body/title` property is required. It was not present on the data you sent.")
	}
	_, err := a.command(ctx, r, in.ChangeRequestAt, changerequest.Describe{Title: in.Body.Title, Description: in.Body.Description})
	return empty{}, err
}

// changeRequestSetApprovers is the body that says who is asked for a review. Reviewers are the ids of people.
// To be asked is no condition of approving, nor a permission (docs/change-requests.md).
type changeRequestSetApprovers struct {
	Reviewers      []int64 `json:"reviewers"`
	ReviewerGroups []int64 `json:"reviewerGroups,omitempty"`
}

func (a *api) askReviewers(ctx context.Context, r request, in *struct {
	ChangeRequestAt
	Body changeRequestSetApprovers
},
) (empty, error) {
	_, err := a.command(ctx, r, in.ChangeRequestAt, changerequest.AskReviewers{Reviewers: in.Body.Reviewers, ReviewerGroups: in.Body.ReviewerGroups})
	return empty{}, err
}

// reviewers is a list of people who review. Neither list is null.
type reviewers struct {
	Reviewers      []reviewer     `json:"reviewers"`
	ReviewerGroups []requestGroup `json:"reviewerGroups"`
}

// reviewer is somebody who reviews.
type reviewer struct {
	ID       int64   `json:"id"`
	Email    string  `json:"email"`
	Username *string `json:"username" nullable:"true"`
	Name     *string `json:"name" nullable:"true"`
	ImageURL *string `json:"imageUrl" nullable:"true"`
}

// reviewer returns a person by name. Of somebody who was deleted, or cannot be read just now, there is the id
// alone.
func (n names) reviewer(id int64) reviewer {
	view := reviewer{ID: id}
	if p, err := n.person(id); err == nil {
		image := imageOf(p)
		view.Email, view.ImageURL = p.Email, &image
		if p.Username != "" {
			view.Username = &p.Username
		}
		if p.Name != "" {
			view.Name = &p.Name
		}
	}
	return view
}

// getAskedReviewers leaves out groups that are gone: they have no names any more.
func (a *api) getAskedReviewers(ctx context.Context, r request, in *ChangeRequestAt) (reviewers, error) {
	cr, err := a.find(ctx, r, *in)
	if err != nil {
		return reviewers{}, err
	}
	n := a.names(ctx, r.State)
	list := reviewers{Reviewers: []reviewer{}, ReviewerGroups: []requestGroup{}}
	for _, id := range cr.Reviewers {
		list.Reviewers = append(list.Reviewers, n.reviewer(id))
	}
	for _, id := range cr.ReviewerGroups {
		if g := r.State.Group(id); g != nil {
			list.ReviewerGroups = append(list.ReviewerGroups, requestGroup{g.ID, g.Name})
		}
	}
	return list, nil
}

// getAvailableReviewers lists the people who hold the permission in that environment, by whatever way. The
// environments in which else a request takes effect are not asked about, nor whether a rule would count an
// approval. Suspended accounts can do nothing, and so are not there.
//
// Faults: NotFound.
func (a *api) getAvailableReviewers(ctx context.Context, r request, in *struct {
	Project     flag.ProjectID       `path:"projectId"`
	Environment flag.EnvironmentName `path:"environment"`
},
) (reviewers, error) {
	p, err := a.seenProject(r, in.Project)
	if err != nil {
		return reviewers{}, err
	}
	if p.In(in.Environment) == nil {
		return reviewers{}, fault.New(fault.NotFound, "Could not find environment with name: %s", in.Environment)
	}
	n := a.names(ctx, r.State)
	list := reviewers{Reviewers: []reviewer{}, ReviewerGroups: []requestGroup{}}
	may := map[int64]bool{}
	for account := range r.State.Accounts() {
		actor, _ := r.State.Actor(account.ID)
		if account.Kind == access.KindUser && actor.Ref != r.Caller.Actor.Ref && actor.Can(in.Project, in.Environment, access.ApproveChangeRequest) {
			may[account.ID] = true
			list.Reviewers = append(list.Reviewers, n.reviewer(account.ID))
		}
	}
	for group := range r.State.Groups() {
		if slices.ContainsFunc(group.Members, func(m access.Member) bool { return may[m.Account] }) {
			list.ReviewerGroups = append(list.ReviewerGroups, requestGroup{group.ID, group.Name})
		}
	}
	return list, nil
}

// changeRequestAddComment is the body of a comment.
type changeRequestAddComment struct {
	Text string `json:"text"`
}

// commentChangeRequest comments on a closed request, too, which is no longer in the state: so it has a use case
// of its own, which is handed the request. One that is closed between the two lines is not found; the comment
// can be sent again.
func (a *api) commentChangeRequest(ctx context.Context, r request, in *struct {
	ChangeRequestAt
	Body changeRequestAddComment
},
) (empty, error) {
	cr, err := a.find(ctx, r, in.ChangeRequestAt)
	if err != nil {
		return empty{}, err
	}
	if cr.State.Closed() {
		return empty{}, a.App.CommentClosed(ctx, r.Caller, cr, in.Body.Text)
	}
	_, err = a.App.CommandRequest(ctx, r.Caller, in.Project, in.ID, changerequest.Say{Text: in.Body.Text})
	return empty{}, err
}

// projectLimit is how many requests the list of a project has. It is Unleash's bound; who wants more searches,
// page by page.
const projectLimit = 300

func (a *api) getProjectChangeRequests(ctx context.Context, r request, in *ProjectAt) ([]changeRequestSummary, error) {
	if _, err := a.seenProject(r, in.Project); err != nil {
		return nil, err
	}
	found, _, err := a.Requests.Search(ctx, r.State, requests.Query{Actor: r.Caller.Actor, Projects: []flag.ProjectID{in.Project}, Limit: projectLimit})
	if err != nil {
		return nil, err
	}
	n := a.names(ctx, r.State)
	list := make([]changeRequestSummary, len(found))
	for i, m := range found {
		list[i] = n.summary(m)
	}
	return list, nil
}

// seenProject returns a project whose requests the caller may see. That the caller may see the project has been
// asked for the path (visible).
func (a *api) seenProject(r request, id flag.ProjectID) (*flag.Project, error) {
	p := r.State.Project(id)
	if p == nil || r.State.ChangeRequests().Disabled {
		return nil, noProject(id)
	}
	return p, nil
}

// getPendingChangeRequests returns the caller's own, of which there is one at most in each environment.
func (a *api) getPendingChangeRequests(ctx context.Context, r request, in *ProjectAt) ([]changeRequest, error) {
	p, err := a.seenProject(r, in.Project)
	if err != nil {
		return nil, err
	}
	list := []changeRequest{}
	for _, env := range p.Environments {
		if cr := r.State.PendingRequest(r.Caller.Actor.Ref, changerequest.Place{Project: p.ID, Environment: env.Environment}); cr != nil {
			list = append(list, a.viewChangeRequest(ctx, r, cr))
		}
	}
	return list, nil
}

// getFeatureChangeRequests returns the open requests of the path's project that change a flag, in whichever
// environment.
func (a *api) getFeatureChangeRequests(ctx context.Context, r request, in *FeatureAt) ([]changeRequest, error) {
	if _, err := a.seenProject(r, in.Project); err != nil {
		return nil, err
	}
	if _, err := decide.Feature(r.State, in.Project, in.Feature); err != nil {
		return nil, err
	}
	list := []changeRequest{}
	for cr := range r.State.OpenRequestsOn(in.Feature) {
		if cr.Project == in.Project && (cr.State != changerequest.Draft || cr.Author == r.Caller.Actor.Ref) {
			list = append(list, a.viewChangeRequest(ctx, r, cr))
		}
	}
	return list, nil
}

// changeRequestsCount says how many requests a project has. Total is of all states, so it is more than the sum
// of the others.
type changeRequestsCount struct {
	Total          int `json:"total" doc:"Drafts left out, except your own."`
	Applied        int `json:"applied"`
	Rejected       int `json:"rejected"`
	ReviewRequired int `json:"reviewRequired"`
	Approved       int `json:"approved"`
	Scheduled      int `json:"scheduled"`
}

func (a *api) countChangeRequests(ctx context.Context, r request, in *ProjectAt) (changeRequestsCount, error) {
	if _, err := a.seenProject(r, in.Project); err != nil {
		return changeRequestsCount{}, err
	}
	counts, err := a.Requests.Counts(ctx, r.State, r.Caller.Actor, in.Project)
	if err != nil {
		return changeRequestsCount{}, err
	}
	view := changeRequestsCount{
		Applied: counts[changerequest.Applied], Rejected: counts[changerequest.Rejected],
		ReviewRequired: counts[changerequest.InReview], Approved: counts[changerequest.Approved], Scheduled: counts[changerequest.Scheduled],
	}
	for _, n := range counts {
		view.Total += n
	}
	return view, nil
}

// total is a number of things.
type total struct {
	Total int `json:"total"`
}

// countActionable counts what waits for the caller. Drafts wait for their authors and schedules for their time,
// so neither counts.
func (a *api) countActionable(_ context.Context, r request, in *ProjectAt) (total, error) {
	if _, err := a.seenProject(r, in.Project); err != nil {
		return total{}, err
	}
	var n total
	m := a.moverOf(r)
	for cr := range r.State.OpenRequestsOf(in.Project) {
		if m.moves(cr) {
			n.Total++
		}
	}
	return n, nil
}

// mover is somebody who can perhaps move change requests on, at a time. It is for one request of the API: what
// it has asked holds for one state and one moment.
type mover struct {
	s     *state.State
	actor access.Actor
	now   time.Time
	// passes says in which places no window keeps them from applying, as far as that was asked.
	passes map[changerequest.Place]bool
}

func (a *api) moverOf(r request) mover {
	return mover{r.State, r.Caller.Actor, a.App.Now(), map[changerequest.Place]bool{}}
}

// moves reports whether the mover can move a request on by approving or applying it. Lists ask this about each open
// request, so what is cheap to know is asked first, and only what is left is tried.
func (m mover) moves(cr *changerequest.Request) bool {
	switch cr.State {
	case changerequest.InReview:
		// Of where else it takes effect only a trial would tell, so whoever may approve nowhere but in an
		// environment that has become protected since the request was submitted is not counted, though they
		// could.
		may := slices.ContainsFunc(cr.Agreements, func(at changerequest.Agreement) bool {
			return m.actor.Can(at.Project, at.Environment, access.ApproveChangeRequest)
		})
		// Each edit begins a round, so an approval of this round is one of what the request says now.
		voted := slices.ContainsFunc(cr.Approvals, func(v changerequest.Vote) bool { return v.By == m.actor.Ref && v.Round == cr.Round })
		return may && !voted && m.accepted(cr, changerequest.Approve{}, gate.World(m.s))
	case changerequest.Approved:
		if !m.actor.Can(cr.Project, cr.Environment, access.ApplyChangeRequest) || !m.passesBy(cr.Place()) ||
			len(change.ConflictsOf(m.s, cr.Project, cr.Environment, cr.Changes)) > 0 {
			return false
		}
		// Only a trial of the changes tells in which other environments they take effect. It is the costly
		// part.
		world := gate.World(m.s)
		return !slices.ContainsFunc(world.Places(cr), func(at changerequest.Place) bool { return !m.passesBy(at) }) && m.accepted(cr, changerequest.Apply{}, world)
	default: // a draft waits for its author, a scheduled request for its time
		return false
	}
}

// passesBy reports whether no window keeps the mover from applying in a place. Who may bypass one passes.
func (m mover) passesBy(at changerequest.Place) bool {
	passes, known := m.passes[at]
	if !known {
		passes = gate.Passes(m.s, []changerequest.Place{at}, m.actor, m.now)
		m.passes[at] = passes
	}
	return passes
}

// accepted reports whether a command would be accepted. It is decided as it would be if it was given, and the
// events are thrown away.
func (m mover) accepted(cr *changerequest.Request, c changerequest.Command, w changerequest.World) bool {
	_, err := changerequest.Decide(cr, c, w, m.actor, m.now)
	return err == nil
}

// searchChangeRequestsQuery is what is searched for. Filters have the form IS:value or
// IS_ANY_OF:a,b; several must all hold.
type searchChangeRequestsQuery struct {
	CreatedBy           string `query:"createdBy" doc:"IS:7, the id of an account; IS:me."`
	RequestedApproverID string `query:"requestedApproverId" doc:"IS:7: asked for a review, also by a group; IS:me."`
	State               string `query:"state" doc:"IS:open, IS:closed, or states, for example IS_ANY_OF:In review,Approved."`
	Project             string `query:"project"`
	Environment         string `query:"environment"`
	Feature             string `query:"feature" doc:"IS:name of a flag."`
	Query               string `query:"query" doc:"A part of the title or of the name of a flag or segment."`
	From                string `query:"from" doc:"Created at or after this day, or time (RFC 3339)."`
	To                  string `query:"to" doc:"Created before this day, or time."`
	SortBy              string `query:"sortBy" doc:"createdAt, title, project, environment or state."`
	SortOrder           string `query:"sortOrder" doc:"asc or desc."`
	Offset              string `query:"offset"`
	Limit               string `query:"limit" doc:"1 to 1000; 50 unless set."`
}

// changeRequestSearch is a page of what was found.
type changeRequestSearch struct {
	ChangeRequests []ChangeRequestSearchItem `json:"changeRequests"`
	Total          int                       `json:"total"`
}

// ChangeRequestSearchItem is a request that was found. Lists Features and Segments are never null; segments go
// by their names.
type ChangeRequestSearchItem struct {
	ID          changerequest.ID     `json:"id"`
	Title       string               `json:"title,omitempty" doc:"Only if it was given one."`
	Environment flag.EnvironmentName `json:"environment"`
	Project     flag.ProjectID       `json:"project"`
	CreatedBy   requestUser          `json:"createdBy"`
	CreatedAt   instant              `json:"createdAt"`
	Features    []flag.Name          `json:"features"`
	Segments    []string             `json:"segments"`
	State       changerequest.State  `json:"state"`

	Schedule *changeRequestSchedule `json:"schedule,omitempty" doc:"Only while it is scheduled."`
}

func (n names) searchItem(m requests.Summary) ChangeRequestSearchItem {
	return ChangeRequestSearchItem{
		m.ID, m.Title, m.Environment, m.Project, n.of(m.Author), instant(m.CreatedAt),
		append([]flag.Name{}, m.Features...), append([]string{}, m.Segments...), m.State, viewSchedule(m.Schedule),
	}
}

// searchChangeRequests searches the open requests in the state and the closed ones in the database. Which
// projects the caller may see is asked by package requests, since that decides what total says.
//
// Faults: BadData; NotFound while change requests are turned off; Unavailable while the database is away.
func (a *api) searchChangeRequests(ctx context.Context, r request, in *searchChangeRequestsQuery) (changeRequestSearch, error) {
	if r.State.ChangeRequests().Disabled {
		return changeRequestSearch{}, app.NoRequest(0)
	}
	query, err := in.query(r)
	if err != nil {
		return changeRequestSearch{}, err
	}
	found, total, err := a.Requests.Search(ctx, r.State, query)
	if err != nil {
		return changeRequestSearch{}, err
	}
	n := a.names(ctx, r.State)
	page := changeRequestSearch{ChangeRequests: []ChangeRequestSearchItem{}, Total: total}
	for _, m := range found {
		page.ChangeRequests = append(page.ChangeRequests, n.searchItem(m))
	}
	return page, nil
}

// query returns what is to be found. A state, project or environment that does not exist is no mistake and
// finds nothing; what is no number where an account is meant is refused, since it would look like somebody
// without requests.
//
// Faults: BadData.
func (in *searchChangeRequestsQuery) query(r request) (requests.Query, error) {
	query := requests.Query{
		Actor: r.Caller.Actor, Text: strings.TrimSpace(in.Query),
		SortBy: requests.Sort(cmp.Or(in.SortBy, string(requests.ByCreation))), Ascending: in.SortOrder == "asc",
	}
	query.Offset, query.Limit = pageBounds(in.Offset, in.Limit, 50, 1000)
	switch names := valuesIn(in.Feature); len(names) {
	case 0:
	case 1:
		query.Feature = flag.Name(names[0])
	default:
		return query, fault.Field("/query/feature", "The `/query/feature` property must name one flag, such as IS:checkout. You sent %q.", in.Feature)
	}
	for _, id := range valuesIn(in.Project) {
		query.Projects = append(query.Projects, flag.ProjectID(id))
	}
	for _, name := range valuesIn(in.Environment) {
		query.Environments = append(query.Environments, flag.EnvironmentName(name))
	}
	for _, name := range valuesIn(in.State) {
		switch name {
		case "open":
			query.Open = true
		case "closed":
			query.Closed = true
		default:
			query.States = append(query.States, changerequest.State(name))
		}
	}
	for _, text := range valuesIn(in.CreatedBy) {
		if text == "me" {
			query.Authors = append(query.Authors, r.Caller.Actor.Ref)
			continue
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return query, fault.Field("/query/createdBy", "An account has a number, or is me. You sent %q.", text)
		}
		// People and service accounts share their numbers, and the number does not say which of the two it is.
		// One of the references is nobody's.
		query.Authors = append(query.Authors, access.NewRef(access.KindUser, id), access.NewRef(access.KindServiceAccount, id))
	}
	for _, text := range valuesIn(in.RequestedApproverID) {
		id, err := strconv.ParseInt(text, 10, 64)
		if text == "me" {
			id, err = r.Caller.Actor.Ref.Account(), nil
		}
		if err != nil {
			return query, fault.Field("/query/requestedApproverId", "An account has a number, or is me. You sent %q.", text)
		}
		query.Reviewers = append(query.Reviewers, id)
		// Who was asked as a member of a group was asked. A token is in none, and finds nothing as me.
		for g := range r.State.GroupsOf(id) {
			query.ReviewerGroups = append(query.ReviewerGroups, g.ID)
		}
	}
	var err error
	if query.From, err = day("/query/from", in.From); err != nil {
		return query, err
	}
	query.To, err = day("/query/to", in.To)
	return query, err
}

// day reads a day or a time; nothing is the zero time.
func day(at, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.Field(at, "The `%s` property must be a day such as 2026-03-01, or a time such as 2026-03-01T08:00:00Z. You sent %q.", at, text)
}
