package adminapi

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// personalDashboard registers what concerns somebody. It is a start page, put together from what other
// operations tell more of; numbers of projects are those of GET /projects.
func (a *api) personalDashboard() {
	register(a, operation{
		ID: "getPersonalDashboard", Method: http.MethodGet, Path: "/personal-dashboard", Tag: tagProjects,
		Summary: "The projects and flags that concern the caller",
		Description: "Projects in which the caller has a role or that are favourites, all for an administrator; flags that the caller has created or that are favourites. " +
			"A hundred of each, favourites first. Tokens have none.",
	}, a.getPersonalDashboard)
	register(a, operation{
		ID: "getPersonalDashboardProjectDetails", Method: http.MethodGet, Path: "/personal-dashboard/{projectId}", Tag: tagProjects,
		Summary:     "How a project is doing, and what the caller may do in it",
		Description: "Windows are four weeks; their health is the average of the ends of days, null if the project is younger.",
	}, a.getPersonalDashboardProject)
}

// maxDashboard is how many projects and flags a dashboard has. A page shows no more, and an administrator would
// get all that there are.
const maxDashboard = 100

// personalDashboard is what concerns somebody. ProjectOwners are the people who own a project that the caller
// may see, for whoever has none and wants to be let into one: by name, each once.
type personalDashboard struct {
	Admins        []dashboardAdmin   `json:"admins"`
	ProjectOwners []projectOwner     `json:"projectOwners"`
	Projects      []dashboardProject `json:"projects"`
	Flags         []dashboardFlag    `json:"flags"`
}

// dashboardAdmin is somebody who may do everything.
type dashboardAdmin struct {
	ID       int64  `json:"id"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
	ImageURL string `json:"imageUrl"`
}

// dashboardProject is a project that concerns somebody. Health and TechnicalDebt are percentages that add up to
// 100.
type dashboardProject struct {
	ID            flag.ProjectID `json:"id"`
	Name          string         `json:"name"`
	Health        int            `json:"health"`
	TechnicalDebt int            `json:"technicalDebt"`
	MemberCount   int            `json:"memberCount"`
	FeatureCount  int            `json:"featureCount"`
}

// dashboardFlag is a flag that concerns somebody.
type dashboardFlag struct {
	Name    flag.Name      `json:"name"`
	Project flag.ProjectID `json:"project"`
	Type    string         `json:"type"`
}

// getPersonalDashboard lists favourites first and otherwise keeps the order: projects by id, flags with the
// newest first. Flags that somebody has created concern them in every project that they still may see.
//
// Faults: Forbidden for a token, which is nobody in particular.
func (a *api) getPersonalDashboard(ctx context.Context, r request, _ *struct{}) (personalDashboard, error) {
	board := personalDashboard{Admins: []dashboardAdmin{}, ProjectOwners: []projectOwner{}, Projects: []dashboardProject{}, Flags: []dashboardFlag{}}
	account, err := r.person("Dashboards")
	if err != nil {
		return board, err
	}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return board, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return board, err
	}
	owners := map[projectOwner]bool{}
	var projects []*flag.Project
	for p := range r.State.Projects() {
		if p.Archived() || !r.sees(p.ID) {
			continue
		}
		// A group owns, too, but cannot be written to. A project without owners has one of the type system.
		all, err := a.projectOwners(ctx, r.State, p.ID)
		if err != nil {
			return board, err
		}
		for _, o := range all {
			if o.OwnerType == "user" {
				owners[o] = true
			}
		}
		if favourites.Projects[string(p.ID)] || r.Caller.Actor.IsAdmin() || r.State.MemberOf(account, p.ID) {
			projects = append(projects, p)
		}
	}
	board.ProjectOwners = slices.AppendSeq(board.ProjectOwners, maps.Keys(owners))
	slices.SortFunc(board.ProjectOwners, func(a, b projectOwner) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email)) })
	first := func(favourite bool) int {
		if favourite {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(projects, func(a, b *flag.Project) int {
		return cmp.Compare(first(favourites.Projects[string(a.ID)]), first(favourites.Projects[string(b.ID)]))
	})
	now := a.App.Now()
	for _, p := range projects[:min(len(projects), maxDashboard)] {
		c := countFlags(r.State, p.ID, use, now)
		board.Projects = append(board.Projects, dashboardProject{p.ID, p.Name, c.health(), 100 - c.health(), len(membersOf(r.State, p.ID)), c.active})
	}
	var flags []*flag.Flag
	for f := range r.State.Flags() {
		if !f.Archived() && r.sees(f.Project) && (favourites.Features[string(f.Name)] || f.CreatedBy == string(r.Caller.Actor.Ref)) {
			flags = append(flags, f)
		}
	}
	slices.SortStableFunc(flags, func(a, b *flag.Flag) int {
		return cmp.Or(cmp.Compare(first(favourites.Features[string(a.Name)]), first(favourites.Features[string(b.Name)])), b.CreatedAt.Compare(a.CreatedAt))
	})
	for _, f := range flags[:min(len(flags), maxDashboard)] {
		board.Flags = append(board.Flags, dashboardFlag{f.Name, f.Project, f.Type})
	}
	board.Admins, err = a.adminsAtHand(ctx, r)
	return board, err
}

// adminsAtHand returns the people who may do everything, by id. They are those whom somebody asks who lacks a
// permission: people, and none who is suspended. While the database is away, those who are not known by heart
// have an id and no name.
func (a *api) adminsAtHand(ctx context.Context, r request) ([]dashboardAdmin, error) {
	list := []dashboardAdmin{}
	for account := range r.State.Accounts() {
		actor, known := r.State.Actor(account.ID)
		if !known || account.Kind != access.KindUser || account.Suspended || !actor.IsAdmin() {
			continue
		}
		p, err := orAway(a.People.PersonAtHand(ctx, account.ID))
		if err != nil {
			return nil, err
		}
		list = append(list, dashboardAdmin{account.ID, p.Name, p.Username, p.Email, imageOf(p)})
	}
	return list, nil
}

// personalDashboardProjectDetails is how a project is doing.
type personalDashboardProjectDetails struct {
	Insights         dashboardInsights `json:"insights"`
	OnboardingStatus onboardingStatus  `json:"onboardingStatus"`
	LatestEvents     []dashboardEvent  `json:"latestEvents"`
	Owners           []projectOwner    `json:"owners"`
	Roles            []dashboardRole   `json:"roles"`
}

// dashboardInsights are the numbers of a project. ActiveFlags are those that are not due to be removed, so it
// and both kinds of stale ones add up to TotalFlags. Averages are percentages.
type dashboardInsights struct {
	AvgHealthCurrentWindow *int `json:"avgHealthCurrentWindow" nullable:"true"`
	AvgHealthPastWindow    *int `json:"avgHealthPastWindow" nullable:"true"`
	TotalFlags             int  `json:"totalFlags"`
	ActiveFlags            int  `json:"activeFlags"`
	StaleFlags             int  `json:"staleFlags"`
	PotentiallyStaleFlags  int  `json:"potentiallyStaleFlags"`
	Health                 int  `json:"health"`
	TechnicalDebt          int  `json:"technicalDebt"`
}

// dashboardEvent is something that has happened in a project. Summary is in Markdown.
type dashboardEvent struct {
	ID                int64   `json:"id"`
	Summary           *string `json:"summary" nullable:"true"`
	CreatedBy         string  `json:"createdBy"`
	CreatedByImageURL string  `json:"createdByImageUrl"`
	CreatedAt         string  `json:"createdAt" format:"date-time"`
}

// dashboardRole is a role that somebody has in a project.
type dashboardRole struct {
	ID   access.RoleID   `json:"id"`
	Name string          `json:"name"`
	Type access.RoleType `json:"type"`
}

const (
	// latestEvents is how many events a dashboard shows.
	latestEvents = 10
	// windowDays is how long a window of a dashboard is. There are two, one behind the other, so that a web app
	// can show which way it goes.
	windowDays = 28
)

// getPersonalDashboardProject is for whoever has an account: the roles that it shows are the caller's own.
//
// Faults: NotFound, Forbidden for a token, and Unavailable while the database is away, since the events are in
// it.
func (a *api) getPersonalDashboardProject(ctx context.Context, r request, in *ProjectAt) (personalDashboardProjectDetails, error) {
	details := personalDashboardProjectDetails{LatestEvents: []dashboardEvent{}, Roles: []dashboardRole{}}
	p, err := app.Project(r.State, in.Project)
	if err != nil {
		return details, err
	}
	account, err := r.person("Dashboards")
	if err != nil {
		return details, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return details, err
	}
	c := countFlags(r.State, p.ID, use, a.App.Now())
	details.OnboardingStatus = c.onboarding()
	details.Insights = dashboardInsights{
		TotalFlags: c.active, ActiveFlags: c.active - c.stale - c.potentiallyStale, StaleFlags: c.stale, PotentiallyStaleFlags: c.potentiallyStale,
		Health: c.health(), TechnicalDebt: 100 - c.health(),
	}
	if err := a.averageHealth(ctx, r, p, &details.Insights); err != nil {
		return details, err
	}
	if details.Owners, err = a.projectOwners(ctx, r.State, p.ID); err != nil {
		return details, err
	}
	for _, role := range rolesIn(r.State, account, p.ID) {
		details.Roles = append(details.Roles, dashboardRole{role.ID, role.Name, role.Type})
	}
	events, _, err := a.findEvents(ctx, r, eventlog.Query{Projects: []string{string(p.ID)}, Limit: latestEvents})
	for _, e := range events {
		shown := dashboardEvent{ID: e.ID, CreatedBy: e.CreatedBy, CreatedAt: e.CreatedAt}
		if e.Summary != "" {
			shown.Summary = &e.Summary
		}
		if by, err := a.People.PersonAtHand(ctx, e.CreatedByUserID); err == nil {
			shown.CreatedByImageURL = imageOf(by)
		}
		details.LatestEvents = append(details.LatestEvents, shown)
	}
	return details, err
}

// averageHealth tells the health that a project had in the two windows. Nobody has written it down day by day:
// it is told by undoing what the ledger says has happened since (past_flags.go), at the end of each day, UTC,
// and now. Days on which there was no project yet do not count; a window without any has no average.
func (a *api) averageHealth(ctx context.Context, r request, p *flag.Project, to *dashboardInsights) error {
	now := a.App.Now()
	var days []time.Time
	for back := 2*windowDays - 1; back > 0; back-- {
		days = append(days, endOfDay(now.AddDate(0, 0, -back)))
	}
	days = append(days, now)
	healths, err := a.flagsAt(ctx, r.State, days, func(id flag.ProjectID) bool { return id == p.ID }, func(state.Event, time.Time) {})
	if err != nil {
		return err
	}
	// average returns that of the days from one on and before another, rounded to the nearest; nil if there
	// were none.
	average := func(from, until int) *int {
		sum, n := 0, 0
		for i := from; i < until; i++ {
			if !p.CreatedAt.After(days[i]) {
				sum += healths[i][p.ID].health()
				n++
			}
		}
		if n == 0 {
			return nil
		}
		return new((2*sum + n) / (2 * n)) // rounded
	}
	to.AvgHealthPastWindow, to.AvgHealthCurrentWindow = average(0, windowDays), average(windowDays, 2*windowDays)
	return nil
}
