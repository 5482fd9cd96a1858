package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	reported "github.com/quorate/quorate/internal/usage"
)

const (
	tagProjects = "Projects"
	projectPath = "/projects/{projectId}"
)

// What is shown of a project comes from three places: the state (its settings and flags), how flags are
// used, which every node keeps at hand, and the database (favourites, names, events). Lists and
// overviews are shown while the database is away as well, without what only it knows
// (docs/admin-api.md, "How flags are used"). A path below a project that the caller may not see never
// gets here: visibility.go answers it.

// projects registers what can be done with projects as such.
func (a *api) projects() {
	register(a, operation{
		ID: "getProjects", Method: http.MethodGet, Path: "/projects", Tag: tagProjects,
		Summary: "List the projects", Description: "Those in use, or with `archived=true` those that are archived.",
	}, a.getProjects)
	register(a, operation{
		ID: "createProject", Method: http.MethodPost, Path: "/projects", Tag: tagProjects,
		Summary:     "Create a project",
		Description: "Without an id, it is made of the name. Without environments, the project has all that are enabled. Environments that demand approvals of new projects are protected.",
		Permissions: []access.Permission{access.CreateProject},
		Status:      http.StatusCreated,
	}, a.createProject)
	register(a, operation{
		ID: "validateProject", Method: http.MethodPost, Path: "/projects/validate", Tag: tagProjects,
		Summary:     "Check the id of a project to be",
		Permissions: []access.Permission{access.CreateProject},
	}, a.validateProject)
	register(a, operation{
		ID: "updateProject", Method: http.MethodPut, Path: projectPath, Tag: tagProjects,
		Summary: "Change a project", Description: "What is left out stays as it is.",
		Permissions: []access.Permission{access.UpdateProject, access.WriteProjectSettings},
	}, a.updateProject)
	register(a, operation{
		ID: "updateProjectEnterpriseSettings", Method: http.MethodPut, Path: projectPath + "/settings", Tag: tagProjects,
		Summary: "Change the rules of a project", Description: "Its mode, the pattern of its flags' names, and the links of its new flags. What is left out stays as it is.",
		Permissions: []access.Permission{access.UpdateProject, access.WriteProjectSettings},
	}, a.updateProjectSettings)
	register(a, operation{
		ID: "archiveProject", Method: http.MethodPost, Path: "/projects/archive/{projectId}", Tag: tagProjects,
		Summary: "Archive a project", Description: "Refused for the project `default`, and while there are flags that are not archived.",
		Permissions: []access.Permission{access.DeleteProject},
	}, a.archiveProject)
	register(a, operation{
		ID: "reviveProject", Method: http.MethodPost, Path: "/projects/revive/{projectId}", Tag: tagProjects,
		Summary:     "Take an archived project back into use",
		Permissions: []access.Permission{access.DeleteProject},
	}, a.reviveProject)
	register(a, operation{
		ID: "deleteProject", Method: http.MethodDelete, Path: projectPath, Tag: tagProjects,
		Summary:     "Delete a project for good",
		Description: "With its archived flags, segments, context fields and the tokens that open nothing else. Refused for the project `default`, and while there are flags that are not archived.",
		Permissions: []access.Permission{access.DeleteProject},
	}, a.deleteProject)
	register(a, operation{
		ID: "getProjectOverview", Method: http.MethodGet, Path: projectPath + "/overview", Tag: tagProjects,
		Summary: "Get a project", Description: "Windows of statistics are 30 days.",
	}, a.getProjectOverview)
	register(a, operation{
		ID: "getProjectStatus", Method: http.MethodGet, Path: projectPath + "/status", Tag: tagProjects,
		Summary: "How a project is doing", Description: "Activity is that of the last half year. `averageDays` are how long flags of the project stay, or have been so far, in a stage.",
	}, a.getProjectStatus)
	register(a, operation{
		ID: "getProjectFlagCreators", Method: http.MethodGet, Path: projectPath + "/flag-creators", Tag: tagProjects,
		Summary: "Who created the flags of a project",
	}, a.getProjectFlagCreators)
}

// ProjectAt names a project.
type ProjectAt struct {
	Project flag.ProjectID `path:"projectId"`
}

// createProject is the body of a new project.
//
// Environments left out are all that are enabled; an empty list is none.
type createProject struct {
	ID                        flag.ProjectID              `json:"id,omitempty"`
	Name                      string                      `json:"name"`
	Description               *string                     `json:"description,omitempty" nullable:"true"`
	Mode                      flag.Mode                   `json:"mode,omitempty" enum:"open,protected,private"`
	DefaultStickiness         string                      `json:"defaultStickiness,omitempty"`
	Environments              *[]flag.EnvironmentName     `json:"environments,omitempty"`
	ChangeRequestEnvironments []changeRequestEnvironments `json:"changeRequestEnvironments,omitempty" doc:"Where changes need approval."`
}

// changeRequestEnvironments says that changes in an environment need approval.
//
// Only the number of approvals can be said here; the other parts of a rule are set afterwards
// (protection.go).
type changeRequestEnvironments struct {
	Name              flag.EnvironmentName `json:"name"`
	RequiredApprovals *int                 `json:"requiredApprovals,omitempty" doc:"1 if left out; brought into 1 to 10."`
}

// projectCreated is a project that was created.
//
// ChangeRequestEnvironments are those that are protected in the end, also because the instance demands
// it, with the number that holds.
type projectCreated struct {
	ID                        flag.ProjectID              `json:"id"`
	Name                      string                      `json:"name"`
	Description               *string                     `json:"description,omitempty"`
	FeatureLimit              *int                        `json:"featureLimit"`
	Mode                      flag.Mode                   `json:"mode"`
	DefaultStickiness         string                      `json:"defaultStickiness"`
	Environments              []flag.EnvironmentName      `json:"environments"`
	ChangeRequestEnvironments []changeRequestEnvironments `json:"changeRequestEnvironments"`
}

// validateProject is the body of a check of an id.
type validateProject struct {
	ID flag.ProjectID `json:"id"`
}

// updateProject is the body that changes a project.
//
// Mode and DefaultStickiness are never empty, so an empty one is as good as left out; a description and
// a limit can be taken away, and so are optional.
type updateProject struct {
	Name              string           `json:"name"`
	Description       optional[string] `json:"description,omitzero"`
	Mode              flag.Mode        `json:"mode,omitempty" enum:"open,protected,private"`
	DefaultStickiness string           `json:"defaultStickiness,omitempty"`
	FeatureLimit      optional[int]    `json:"featureLimit,omitzero" doc:"How many flags there may be; null for any number."`
}

// updateProjectSettings is the body that changes the rules of a project.
//
// A pointer to a list tells a list that was left out from one that is empty, which takes all templates
// away.
type updateProjectSettings struct {
	Mode          flag.Mode              `json:"mode,omitempty" enum:"open,protected,private"`
	FeatureNaming *featureNaming         `json:"featureNaming,omitempty"`
	LinkTemplates *[]projectLinkTemplate `json:"linkTemplates,omitempty"`
}

// featureNaming is the pattern of the names of a project's flags.
//
// Its properties are there in answers even if they are null, and may be left out in bodies.
type featureNaming struct {
	Pattern     *string `json:"pattern" doc:"A regular expression (RE2) for the whole name; null for none."`
	Example     *string `json:"example" required:"false"`
	Description *string `json:"description" required:"false"`
}

// projectLinkTemplate makes a link for each new flag.
type projectLinkTemplate struct {
	Title       *string `json:"title,omitempty" nullable:"true"`
	URLTemplate string  `json:"urlTemplate" doc:"{{project}} and {{feature}} are filled in."`
}

// projects is a list of projects.
type projects struct {
	Version  int              `json:"version"`
	Projects []projectSummary `json:"projects"`
}

// projectSummary is a project in a list.
//
// Health and TechnicalDebt are percentages that add up to 100. FeatureCount does not count archived
// flags. Owners has one owner at least, be it the system.
type projectSummary struct {
	ID                    flag.ProjectID   `json:"id"`
	Name                  string           `json:"name"`
	Description           *string          `json:"description,omitempty"`
	Health                int              `json:"health"`
	TechnicalDebt         int              `json:"technicalDebt"`
	Favorite              bool             `json:"favorite"`
	FeatureCount          int              `json:"featureCount"`
	MemberCount           int              `json:"memberCount"`
	CreatedAt             instant          `json:"createdAt"`
	ArchivedAt            *instant         `json:"archivedAt" nullable:"true"`
	Mode                  flag.Mode        `json:"mode"`
	DefaultStickiness     string           `json:"defaultStickiness"`
	LastReportedFlagUsage *instant         `json:"lastReportedFlagUsage" nullable:"true"`
	LastUpdatedAt         instant          `json:"lastUpdatedAt"`
	OnboardingStatus      onboardingStatus `json:"onboardingStatus"`
	Owners                []projectOwner   `json:"owners"`
}

// projectOwner is who looks after a project: a person, a group, or nobody in particular.
//
// The type system stands alone, for a project in which nobody has the role Owner.
type projectOwner struct {
	OwnerType string `json:"ownerType" enum:"user,group,system"`
	Name      string `json:"name,omitempty"`
	Email     string `json:"email,omitempty"`
	ImageURL  string `json:"imageUrl,omitempty"`
}

// onboardingStatus is how far a project has come.
type onboardingStatus struct {
	Status  string    `json:"status" enum:"onboarding-started,first-flag-created,sdk-connected,onboarded"`
	Feature flag.Name `json:"feature,omitempty"`
}

// projectOverview is a project with its settings.
//
// Without a rule for names, all properties of FeatureNaming are null, as Unleash's form expects them.
type projectOverview struct {
	Version           int                    `json:"version"`
	Name              string                 `json:"name"`
	Description       *string                `json:"description"`
	Mode              flag.Mode              `json:"mode"`
	FeatureLimit      *int                   `json:"featureLimit"`
	FeatureNaming     featureNaming          `json:"featureNaming"`
	LinkTemplates     []projectLinkTemplate  `json:"linkTemplates"`
	DefaultStickiness string                 `json:"defaultStickiness"`
	Health            int                    `json:"health"`
	TechnicalDebt     int                    `json:"technicalDebt"`
	Favorite          bool                   `json:"favorite"`
	UpdatedAt         instant                `json:"updatedAt"`
	CreatedAt         instant                `json:"createdAt"`
	ArchivedAt        *instant               `json:"archivedAt,omitempty"`
	OnboardingStatus  onboardingStatus       `json:"onboardingStatus"`
	Environments      []projectEnvironmentIn `json:"environments"`
	FeatureTypeCounts []featureTypeCount     `json:"featureTypeCounts"`
	Members           int                    `json:"members"`
	Stats             projectStats           `json:"stats"`
}

// projectEnvironmentIn is an environment of a project.
type projectEnvironmentIn struct {
	Environment     flag.EnvironmentName   `json:"environment"`
	DefaultStrategy *createFeatureStrategy `json:"defaultStrategy,omitempty"`
}

// featureTypeCount is how many flags of a type there are.
type featureTypeCount struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// projectStats compare the last 30 days with the 30 days before.
//
// Flags that were deleted are in none of the numbers, those that came from another project in the one
// where they are. Activity is events of the project.
type projectStats struct {
	AvgTimeToProdCurrentWindow       float64 `json:"avgTimeToProdCurrentWindow" doc:"Days from creation until first on in an environment of the type production, of flags that were so in this window; 0 if none was."`
	CreatedCurrentWindow             int     `json:"createdCurrentWindow"`
	CreatedPastWindow                int     `json:"createdPastWindow"`
	ArchivedCurrentWindow            int     `json:"archivedCurrentWindow"`
	ArchivedPastWindow               int     `json:"archivedPastWindow"`
	ProjectActivityCurrentWindow     int     `json:"projectActivityCurrentWindow"`
	ProjectActivityPastWindow        int     `json:"projectActivityPastWindow"`
	ProjectMembersAddedCurrentWindow int     `json:"projectMembersAddedCurrentWindow"`
}

func (a *api) getProjects(ctx context.Context, r request, in *struct {
	Archived bool `query:"archived"`
},
) (projects, error) {
	list := projects{Version: 1, Projects: []projectSummary{}}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return list, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return list, err
	}
	for p := range r.State.Projects() {
		if p.Archived() != in.Archived || !r.sees(p.ID) {
			continue
		}
		// All flags of all projects are gone through, so that there are no counters to be kept in step.
		c := countFlags(r.State, p.ID, use, a.App.Now())
		owners, err := a.projectOwners(ctx, r.State, p.ID)
		if err != nil {
			return list, err
		}
		list.Projects = append(list.Projects, projectSummary{
			ID:                p.ID,
			Name:              p.Name,
			Description:       p.Description,
			Health:            c.health(),
			TechnicalDebt:     100 - c.health(),
			Favorite:          favourites.Projects[string(p.ID)],
			FeatureCount:      c.active,
			MemberCount:       len(membersOf(r.State, p.ID)),
			CreatedAt:         instant(p.CreatedAt),
			ArchivedAt:        instantOf(p.ArchivedAt),
			Mode:              p.Mode,
			DefaultStickiness: p.DefaultStickiness,
			LastUpdatedAt:     instant(p.UpdatedAt),
			OnboardingStatus:  c.onboarding(),
			Owners:            owners,

			LastReportedFlagUsage: c.lastUse(),
		})
	}
	return list, nil
}

// projectOwners returns who has the role Owner in a project.
//
// Names are those at hand, so a list of hundreds of projects asks the database for none of them.
func (a *api) projectOwners(ctx context.Context, s *state.State, id flag.ProjectID) ([]projectOwner, error) {
	var owners []projectOwner
	for held := range s.Assignments(id) {
		if !held.Has(access.RoleOwner) {
			continue
		}
		if g := s.Group(held.Subject.Group); g != nil {
			owners = append(owners, projectOwner{OwnerType: "group", Name: g.Name})
			continue
		}
		p, err := a.People.PersonAtHand(ctx, held.Subject.Account)
		if err != nil {
			return nil, err
		}
		owners = append(owners, projectOwner{OwnerType: "user", Name: cmp.Or(p.Name, p.Username, p.Email), Email: p.Email, ImageURL: imageOf(p)})
	}
	if owners == nil {
		owners = []projectOwner{{OwnerType: "system"}}
	}
	return owners, nil
}

// membersOf returns the accounts that have a role in a project, or whose groups have one.
func membersOf(s *state.State, id flag.ProjectID) map[int64]bool {
	members := map[int64]bool{}
	for account := range membersSince(s, id) {
		members[account] = true
	}
	return members
}

// membersSince returns since when accounts have had a role in a project, themselves or by a group.
//
// Who has come by several ways has been a member since the first of them. By a group, one is a member
// from when both were true: the group had its role, and one was in it.
func membersSince(s *state.State, id flag.ProjectID) map[int64]time.Time {
	members := map[int64]time.Time{}
	add := func(account int64, since time.Time) {
		if before, member := members[account]; !member || since.Before(before) {
			members[account] = since
		}
	}
	for held := range s.Assignments(id) {
		g := s.Group(held.Subject.Group)
		if g == nil {
			add(held.Subject.Account, held.AddedAt)
			continue
		}
		for _, m := range g.Members {
			add(m.Account, later(held.AddedAt, m.JoinedAt))
		}
	}
	return members
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (a *api) createProject(ctx context.Context, r request, in *struct{ Body createProject }) (projectCreated, error) {
	b := in.Body
	wanted := app.NewProject{
		ID: b.ID, Name: b.Name, Description: b.Description, Mode: b.Mode, DefaultStickiness: b.DefaultStickiness,
		Protected: map[flag.EnvironmentName]int{},
	}
	if b.Environments != nil {
		wanted.Environments = *b.Environments
	}
	for _, env := range b.ChangeRequestEnvironments {
		// One approval unless the body says more; the use case brings the number into 1 to 10.
		wanted.Protected[env.Name] = 1
		if env.RequiredApprovals != nil {
			wanted.Protected[env.Name] = *env.RequiredApprovals
		}
	}
	p, err := a.App.CreateProject(ctx, r.Caller, wanted)
	if err != nil {
		return projectCreated{}, err
	}
	created := projectCreated{
		ID: p.ID, Name: p.Name, Description: p.Description, FeatureLimit: p.FeatureLimit, Mode: p.Mode, DefaultStickiness: p.DefaultStickiness,
		Environments: []flag.EnvironmentName{}, ChangeRequestEnvironments: []changeRequestEnvironments{},
	}
	for _, env := range p.Environments {
		created.Environments = append(created.Environments, env.Environment)
		// The state after the write; a.App.State() may even be newer, which is all the same to a
		// project that has just been made.
		if rule, protected := a.App.State().Protection(p.ID, env.Environment); protected {
			created.ChangeRequestEnvironments = append(created.ChangeRequestEnvironments, changeRequestEnvironments{env.Environment, &rule.RequiredApprovals})
		}
	}
	return created, nil
}

func (a *api) validateProject(_ context.Context, r request, in *struct{ Body validateProject }) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.CreateProject); err != nil {
		return empty{}, err
	}
	return empty{}, app.ValidateProjectID(r.State, in.Body.ID)
}

// updateProject changes what the body names. The function is run on the state on which is decided,
// perhaps more than once, so it starts from the settings that it is handed and not from r.State.
func (a *api) updateProject(ctx context.Context, r request, in *struct {
	ProjectAt
	Body updateProject
},
) (empty, error) {
	return empty{}, a.App.UpdateProject(ctx, r.Caller, in.Project, func(s state.ProjectSettings) state.ProjectSettings {
		s.Name = in.Body.Name
		s.Description = in.Body.Description.Or(s.Description)
		s.Mode = cmp.Or(in.Body.Mode, s.Mode)
		s.DefaultStickiness = cmp.Or(in.Body.DefaultStickiness, s.DefaultStickiness)
		s.FeatureLimit = in.Body.FeatureLimit.Or(s.FeatureLimit)
		return s
	})
}

// updateProjectSettings changes the rules of a project. Both are one use case with updateProject, and
// one event.
func (a *api) updateProjectSettings(ctx context.Context, r request, in *struct {
	ProjectAt
	Body updateProjectSettings
},
) (empty, error) {
	return empty{}, a.App.UpdateProject(ctx, r.Caller, in.Project, func(s state.ProjectSettings) state.ProjectSettings {
		s.Mode = cmp.Or(in.Body.Mode, s.Mode)
		if in.Body.FeatureNaming != nil {
			s.Naming = in.Body.FeatureNaming.rule()
		}
		if in.Body.LinkTemplates != nil {
			s.LinkTemplates = nil
			for _, t := range *in.Body.LinkTemplates {
				s.LinkTemplates = append(s.LinkTemplates, flag.LinkTemplate(t))
			}
		}
		return s
	})
}

// rule returns the rule that a body means; nil if it says nothing.
func (n featureNaming) rule() *flag.NamingRule {
	// Forms send empty texts for nothing.
	text := func(s *string) *string {
		if s == nil || *s == "" {
			return nil
		}
		return s
	}
	rule := flag.NamingRule{Example: text(n.Example), Description: text(n.Description)}
	if n.Pattern != nil {
		rule.Pattern = *n.Pattern
	}
	if rule == (flag.NamingRule{}) {
		return nil
	}
	return &rule
}

func (a *api) archiveProject(ctx context.Context, r request, in *ProjectAt) (empty, error) {
	return empty{}, a.App.ArchiveProject(ctx, r.Caller, in.Project)
}

func (a *api) reviveProject(ctx context.Context, r request, in *ProjectAt) (empty, error) {
	return empty{}, a.App.ReviveProject(ctx, r.Caller, in.Project)
}

func (a *api) deleteProject(ctx context.Context, r request, in *ProjectAt) (empty, error) {
	return empty{}, a.App.DeleteProject(ctx, r.Caller, in.Project)
}

func (a *api) getProjectOverview(ctx context.Context, r request, in *ProjectAt) (projectOverview, error) {
	p, err := app.Project(r.State, in.Project)
	if err != nil {
		return projectOverview{}, err
	}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return projectOverview{}, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return projectOverview{}, err
	}
	now := a.App.Now()
	c := countFlags(r.State, p.ID, use, now)
	stats, err := orAway(a.projectStats(ctx, r.State, p.ID, now))
	if err != nil {
		return projectOverview{}, err
	}
	overview := projectOverview{
		Version:           1,
		Name:              p.Name,
		Description:       p.Description,
		Mode:              p.Mode,
		FeatureLimit:      p.FeatureLimit,
		LinkTemplates:     []projectLinkTemplate{},
		DefaultStickiness: p.DefaultStickiness,
		Health:            c.health(),
		TechnicalDebt:     100 - c.health(),
		Favorite:          favourites.Projects[string(p.ID)],
		UpdatedAt:         instant(p.UpdatedAt),
		CreatedAt:         instant(p.CreatedAt),
		ArchivedAt:        instantOf(p.ArchivedAt),
		OnboardingStatus:  c.onboarding(),
		Environments:      []projectEnvironmentIn{},
		FeatureTypeCounts: []featureTypeCount{},
		Members:           len(membersOf(r.State, p.ID)),
		Stats:             stats,
	}
	if p.Naming != nil {
		overview.FeatureNaming = featureNaming{&p.Naming.Pattern, p.Naming.Example, p.Naming.Description}
	}
	for _, t := range p.LinkTemplates {
		overview.LinkTemplates = append(overview.LinkTemplates, projectLinkTemplate(t))
	}
	for _, env := range r.State.Environments() {
		if row := p.In(env.Name); row != nil {
			overview.Environments = append(overview.Environments, viewProjectEnvironment(*row))
		}
	}
	for t := range r.State.FeatureTypes() {
		if n := c.byType[t.ID]; n > 0 {
			overview.FeatureTypeCounts = append(overview.FeatureTypeCounts, featureTypeCount{t.ID, n})
		}
	}
	return overview, nil
}

// viewProjectEnvironment returns what is shown of an environment of a project; without a default
// strategy that property is left out.
func viewProjectEnvironment(row flag.ProjectEnvironment) projectEnvironmentIn {
	view := projectEnvironmentIn{Environment: row.Environment}
	if row.DefaultStrategy != nil {
		view.DefaultStrategy = viewDefaultStrategy(*row.DefaultStrategy)
	}
	return view
}

// statisticsSpan is the span of time that statistics are about.
//
// Unleash's windows are as long.
const statisticsSpan = 30 * 24 * time.Hour

// projectStats counts what was done in a project lately, from the state as far as it tells, and
// otherwise from the event log.
//
// Faults: Unavailable while the database is away.
func (a *api) projectStats(ctx context.Context, s *state.State, id flag.ProjectID, now time.Time) (projectStats, error) {
	var stats projectStats
	current, past := now.Add(-statisticsSpan), now.Add(-2*statisticsSpan)
	count := func(at time.Time, inCurrent, inPast *int) {
		if at.After(current) {
			*inCurrent++
		} else if at.After(past) {
			*inPast++
		}
	}
	for f := range s.FlagsOf(id) {
		count(f.CreatedAt, &stats.CreatedCurrentWindow, &stats.CreatedPastWindow)
		if f.Archived() {
			count(*f.ArchivedAt, &stats.ArchivedCurrentWindow, &stats.ArchivedPastWindow)
		}
	}
	for _, since := range membersSince(s, id) {
		if since.After(current) {
			stats.ProjectMembersAddedCurrentWindow++
		}
	}
	live, err := a.Events.FirstInProduction(ctx, s, current)
	if err != nil {
		return stats, err
	}
	stats.AvgTimeToProdCurrentWindow = daysToProduction(s, live)[id]
	if stats.ProjectActivityCurrentWindow, err = a.Events.Count(ctx, string(id), current, now); err != nil {
		return stats, err
	}
	stats.ProjectActivityPastWindow, err = a.Events.Count(ctx, string(id), past, current)
	return stats, err
}

// daysToProduction returns how many days flags took, on average, from their creation until they were live, by
// project. Projects of which none was are missing.
func daysToProduction(s *state.State, live map[flag.Name]time.Time) map[flag.ProjectID]float64 {
	days, flags := map[flag.ProjectID]float64{}, map[flag.ProjectID]float64{}
	for name, at := range live {
		if f := s.Flag(name); f != nil {
			days[f.Project] += at.Sub(f.CreatedAt).Hours() / 24
			flags[f.Project]++
		}
	}
	for id, n := range flags {
		days[id] /= n
	}
	return days
}

// flagCounts are how many flags of a project there are, by what they are.
type flagCounts struct {
	active, stale, potentiallyStale int
	archived, archivedLately        int
	byType                          map[string]int
	first                           *flag.Flag // the oldest that is active
	enabled                         bool       // one of them, somewhere
	stages                          featureLifecycleCount
	days                            stageDays
	used                            time.Time // when one of them was last used
}

// countFlags goes through a project's flags once, for all views that count some of them. Stages and
// uses count archived flags too; health, types and onboarding do not.
func countFlags(s *state.State, id flag.ProjectID, useOf func(string) reported.Use, now time.Time) flagCounts {
	c := flagCounts{byType: map[string]int{}, days: stageDays{}}
	for f := range s.FlagsOf(id) {
		use := useOf(string(f.Name))
		c.stages.add(stageOf(f, use))
		c.days.add(stagesOf(f, use), now)
		if last := use.LastSeen(); last.After(c.used) {
			c.used = last
		}
		if f.Archived() {
			c.archived++
			if f.ArchivedAt.After(now.Add(-statisticsSpan)) {
				c.archivedLately++
			}
			continue
		}
		c.active++
		c.enabled = c.enabled || slices.ContainsFunc(f.Environments, func(row flag.FlagEnvironment) bool { return row.Enabled })
		c.byType[f.Type]++
		switch stalenessOf(s, f, now) {
		case "stale":
			c.stale++
		case "potentially-stale":
			c.potentiallyStale++
		}
		if c.first == nil || f.CreatedAt.Before(c.first.CreatedAt) {
			c.first = f
		}
	}
	return c
}

// health is the percentage of active flags that are not due to be removed.
//
// A project without flags is healthy.
func (c flagCounts) health() int {
	if c.active == 0 {
		return 100
	}
	healthy := c.active - c.stale - c.potentiallyStale
	return (200*healthy + c.active) / (2 * c.active) // rounded
}

// onboarding returns how far a project has come: a flag, an SDK that asked for one, a flag that is on.
// The steps are Unleash's, and come in this order whatever was done first.
func (c flagCounts) onboarding() onboardingStatus {
	switch {
	case c.first == nil:
		return onboardingStatus{Status: "onboarding-started"}
	case c.used.IsZero():
		return onboardingStatus{Status: "first-flag-created", Feature: c.first.Name}
	case !c.enabled:
		return onboardingStatus{Status: "sdk-connected"}
	default:
		return onboardingStatus{Status: "onboarded"}
	}
}

// lastUse returns when one of the flags was last used, nil if none ever was.
func (c flagCounts) lastUse() *instant {
	if c.used.IsZero() {
		return nil
	}
	return instantOf(&c.used)
}

// projectStatus is how a project is doing.
type projectStatus struct {
	ActivityCountByDate []activityCount  `json:"activityCountByDate"`
	Resources           projectResources `json:"resources"`
	Health              currentValue     `json:"health"`
	TechnicalDebt       currentValue     `json:"technicalDebt"`
	LifecycleSummary    lifecycleSummary `json:"lifecycleSummary"`
	StaleFlags          staleFlags       `json:"staleFlags"`
}

// activityCount is how many events a day had.
type activityCount struct {
	Date  string `json:"date" format:"date"`
	Count int    `json:"count"`
}

// projectResources is how much of what belongs to a project.
//
// APITokens are those that name the project, not those that open all.
type projectResources struct {
	Members   int `json:"members" doc:"Those who have a role themselves; who has one by a group is not counted."`
	APITokens int `json:"apiTokens"`
	Segments  int `json:"segments"`
}

// currentValue is a number as it is now.
type currentValue struct {
	Current int `json:"current"`
}

// lifecycleSummary is how many flags are in which stage.
type lifecycleSummary struct {
	Initial   stageSummary   `json:"initial"`
	PreLive   stageSummary   `json:"preLive"`
	Live      stageSummary   `json:"live"`
	Completed stageSummary   `json:"completed"`
	Archived  archiveSummary `json:"archived"`
}

// stageSummary is how many flags are in a stage.
type stageSummary struct {
	AverageDays  *float64 `json:"averageDays"`
	CurrentFlags int      `json:"currentFlags"`
}

// archiveSummary is how many flags are archived.
type archiveSummary struct {
	CurrentFlags int `json:"currentFlags"`
	Last30Days   int `json:"last30Days"`
}

// staleFlags is how many flags are, or may be, due to be removed.
type staleFlags struct {
	Total int `json:"total"`
}

func (a *api) getProjectStatus(ctx context.Context, r request, in *ProjectAt) (projectStatus, error) {
	if _, err := app.Project(r.State, in.Project); err != nil {
		return projectStatus{}, err
	}
	now := a.App.Now()
	// Unlike the overview, this page is about what only the database knows, so it is refused while that
	// is away.
	days, err := a.Events.Activity(ctx, string(in.Project), now.AddDate(0, -6, 0))
	if err != nil {
		return projectStatus{}, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return projectStatus{}, err
	}
	c := countFlags(r.State, in.Project, use, now)
	status := projectStatus{
		ActivityCountByDate: []activityCount{},
		Health:              currentValue{c.health()},
		TechnicalDebt:       currentValue{100 - c.health()},
		LifecycleSummary: lifecycleSummary{
			Initial:   stageSummary{c.days.average(reported.StageInitial), c.stages.Initial},
			PreLive:   stageSummary{c.days.average(reported.StagePreLive), c.stages.PreLive},
			Live:      stageSummary{c.days.average(reported.StageLive), c.stages.Live},
			Completed: stageSummary{c.days.average(stageCompleted), c.stages.Completed},
			Archived:  archiveSummary{CurrentFlags: c.archived, Last30Days: c.archivedLately},
		},
		StaleFlags: staleFlags{c.stale + c.potentiallyStale},
	}
	for _, day := range days {
		status.ActivityCountByDate = append(status.ActivityCountByDate, activityCount{day.Date.Format(time.DateOnly), day.Count})
	}
	for held := range r.State.Assignments(in.Project) {
		if held.Subject.Group == 0 {
			status.Resources.Members++
		}
	}
	for t := range r.State.Tokens() {
		if slices.Contains(t.Projects, in.Project) {
			status.Resources.APITokens++
		}
	}
	for s := range r.State.Segments() {
		if !s.Global() && *s.Project == in.Project {
			status.Resources.Segments++
		}
	}
	return status, nil
}

// flagCreator is someone who created flags.
type flagCreator struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func (a *api) getProjectFlagCreators(ctx context.Context, r request, in *ProjectAt) ([]flagCreator, error) {
	if _, err := app.Project(r.State, in.Project); err != nil {
		return nil, err
	}
	return a.creatorsIn(ctx, r.State, in.Project), nil
}

// creatorsIn returns who created a project's flags, each once, by name.
func (a *api) creatorsIn(ctx context.Context, s *state.State, id flag.ProjectID) []flagCreator {
	// Several references may be shown alike, such as tokens that are deleted; below they are made one.
	refs := map[string]bool{}
	for f := range s.FlagsOf(id) {
		refs[f.CreatedBy] = true
	}
	list := []flagCreator{}
	for ref := range refs {
		by := a.viewCreator(ctx, s, ref)
		list = append(list, flagCreator{by.ID, by.Name})
	}
	slices.SortFunc(list, flagCreator.compare)
	return slices.Compact(list)
}

func (c flagCreator) compare(other flagCreator) int {
	return cmp.Or(cmp.Compare(c.Name, other.Name), cmp.Compare(c.ID, other.ID))
}
