package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	reported "github.com/quorate/quorate/internal/usage"
)

// applications registers the programs that use flags: what they report of themselves, and what people say of
// them.
//
// Nothing of this is in the ledger: these are rows of the database, some seconds behind what SDKs have sent,
// and not to be had while it is away (then each operation fails with Unavailable). A project stands in them by
// the name that a token opens, so it is "*" for a token that opens all, and it may be gone.
func (a *api) applications() {
	const tag, path = "Metrics", "/metrics/applications/{appName}"
	register(a, operation{
		ID: "getApplications", Method: http.MethodGet, Path: "/metrics/applications", Tag: tag,
		Summary: "List the applications that use flags",
	}, a.getApplications)
	register(a, operation{
		ID: "getApplication", Method: http.MethodGet, Path: path, Tag: tag,
		Summary: "Get an application", Description: "With its instances of the last day, and the flags that it has asked for in the last two days.",
	}, a.getApplication)
	register(a, operation{
		ID: "createApplication", Method: http.MethodPost, Path: path, Tag: tag,
		Summary: "Describe an application", Description: "What is left out stays as it is.",
		Permissions: []access.Permission{access.UpdateApplication}, Status: http.StatusAccepted,
	}, a.createApplication)
	register(a, operation{
		ID: "deleteApplication", Method: http.MethodDelete, Path: path, Tag: tag,
		Summary: "Forget an application", Description: "With its instances. If it still runs, it will be back.",
		Permissions: []access.Permission{access.UpdateApplication},
	}, a.deleteApplication)
	register(a, operation{
		ID: "getApplicationOverview", Method: http.MethodGet, Path: path + "/overview", Tag: tag,
		Summary: "How an application uses flags, and what is wrong with that", Description: "By environment; instances are those of the last day.",
	}, a.getApplicationOverview)
	register(a, operation{
		ID: "getApplicationEnvironmentInstances", Method: http.MethodGet, Path: "/metrics/instances/{appName}/environment/{environment}", Tag: tag,
		Summary: "List an application's instances of the last day in an environment",
	}, a.getApplicationInstances)
	register(a, operation{
		ID: "getOutdatedSdks", Method: http.MethodGet, Path: "/metrics/sdks/outdated", Tag: tag,
		Summary: "List SDKs in use that do not understand all that flags can say", Description: "A constraint that an SDK does not understand does not hold for it.",
	}, a.getOutdatedSDKs)
	register(a, operation{
		ID: "getOutdatedProjectSdks", Method: http.MethodGet, Path: projectPath + "/sdks/outdated", Tag: tagProjects,
		Summary: "List a project's SDKs that do not understand all that flags can say",
	}, a.getOutdatedProjectSDKs)
	register(a, operation{
		ID: "getProjectApplications", Method: http.MethodGet, Path: projectPath + "/applications", Tag: tagProjects,
		Summary: "List the applications that use flags of a project", Description: "With their instances of the last two days.",
	}, a.getProjectApplications)
}

// ApplicationAt names an application.
type ApplicationAt struct {
	AppName string `path:"appName"`
}

// Application is a program that uses flags.
type Application struct {
	AppName     string   `json:"appName"`
	CreatedAt   instant  `json:"createdAt"`
	UpdatedAt   instant  `json:"updatedAt" doc:"When it was last seen."`
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Color       string   `json:"color"`
	Icon        string   `json:"icon"`
	Strategies  []string `json:"strategies" doc:"Those that its SDK knows."`
}

// application is a program that uses flags, and where.
type application struct {
	Application
	Usage []applicationUsage `json:"usage"`
}

// applicationUsage is where an application looks for flags. Environments are sorted.
type applicationUsage struct {
	Project      string   `json:"project" doc:"* is every project."`
	Environments []string `json:"environments"`
}

// applications are programs that use flags.
type applications struct {
	Applications []application `json:"applications"`
	Total        int           `json:"total"`
}

// getApplications sorts by name where it is asked for nothing that it knows, and equals by name; desc is the
// same list from its end. All are read and the page is cut out, for which of them the caller may know is not
// the database's to say. A page has 1,000 at most, as in Unleash.
func (a *api) getApplications(ctx context.Context, r request, in *struct {
	Query     string `query:"query" doc:"A part of the name."`
	Offset    string `query:"offset"`
	Limit     string `query:"limit"`
	SortBy    string `query:"sortBy" doc:"appName, also if left out, createdAt or updatedAt."`
	SortOrder string `query:"sortOrder" doc:"asc, also if left out, or desc."`
},
) (applications, error) {
	all, err := a.applicationsSeenBy(ctx, r, in.Query)
	if err != nil {
		return applications{}, err
	}
	slices.SortStableFunc(all, func(x, y reported.Application) int { // they come by name
		switch in.SortBy {
		case "createdAt":
			return x.CreatedAt.Compare(y.CreatedAt)
		case "updatedAt":
			return x.SeenAt.Compare(y.SeenAt)
		default:
			return 0
		}
	})
	if in.SortOrder == "desc" {
		slices.Reverse(all)
	}
	list := applications{Applications: []application{}, Total: len(all)}
	for _, one := range pageOf(all, in.Offset, in.Limit, 1000, 1000) {
		list.Applications = append(list.Applications, r.viewApplication(one))
	}
	return list, nil
}

// applicationsSeenBy returns the applications of which the caller may know, with a text in their names, by
// name. Letters are compared in lower case; an empty text is in every name.
func (a *api) applicationsSeenBy(ctx context.Context, r request, query string) ([]reported.Application, error) {
	all, err := a.Usage.Applications(ctx)
	query = strings.ToLower(query)
	return slices.DeleteFunc(all, func(one reported.Application) bool {
		return !r.seesApplication(&one) || !strings.Contains(strings.ToLower(one.Name), query)
	}), err
}

// application returns one of which the caller may know. One that is hidden is answered like one that does not
// exist.
//
// Faults: NotFound.
func (a *api) application(ctx context.Context, r request, name string) (*reported.Application, error) {
	one, err := a.Usage.Application(ctx, name)
	if err != nil {
		return nil, err
	}
	if !r.seesApplication(one) {
		return nil, noApplication(name)
	}
	return one, nil
}

func noApplication(name string) error {
	return fault.New(fault.NotFound, "Could not find application with appName %q", name)
}

// seesUse reports whether the caller may know that an application looks into a project.
func (r request) seesUse(p reported.Place) bool {
	return p.Project == access.Any || r.sees(flag.ProjectID(p.Project))
}

// seesApplication reports whether the caller may know of an application: not if all projects into which it
// looks are hidden. One of which no place is known, such as one that people have described before it ran, is
// hidden from nobody.
func (r request) seesApplication(a *reported.Application) bool {
	return len(a.Projects) == 0 || slices.ContainsFunc(a.Projects, r.seesUse)
}

// viewApplicationItself returns what is shown of an application apart from where it is used.
func viewApplicationItself(a reported.ApplicationDetails) Application {
	return Application{
		AppName: a.Name, CreatedAt: instant(a.CreatedAt), UpdatedAt: instant(a.SeenAt), Description: a.Description,
		URL: a.URL, Color: a.Color, Icon: a.Icon, Strategies: append([]string{}, a.Strategies...),
	}
}

// viewApplication adds where the application looks for flags, as far as the caller may know. Places come
// sorted, so those of one project stand together.
func (r request) viewApplication(a reported.Application) application {
	shown := application{Application: viewApplicationItself(a.ApplicationDetails), Usage: []applicationUsage{}}
	for _, p := range a.Projects { // by project and environment
		if !r.seesUse(p) {
			continue
		}
		if last := len(shown.Usage) - 1; last >= 0 && shown.Usage[last].Project == p.Project {
			shown.Usage[last].Environments = append(shown.Usage[last].Environments, p.Environment)
			continue
		}
		shown.Usage = append(shown.Usage, applicationUsage{Project: p.Project, Environments: []string{p.Environment}})
	}
	return shown
}

// applicationDetail is an application with its instances and flags. Instances are those of the last day; flags
// those that it has counted in the last two.
type applicationDetail struct {
	Application
	Instances   []applicationInstance `json:"instances"`
	SeenToggles []seenToggle          `json:"seenToggles" doc:"The flags that it has asked for."`
	Links       applicationLinks      `json:"links"`
}

// applicationInstance is a running copy of an application.
type applicationInstance struct {
	AppName     string  `json:"appName"`
	InstanceID  string  `json:"instanceId"`
	SDKVersion  string  `json:"sdkVersion"`
	SDKType     string  `json:"sdkType" doc:"backend, frontend or nothing."`
	ClientIP    string  `json:"clientIp"`
	LastSeen    instant `json:"lastSeen"`
	CreatedAt   instant `json:"createdAt"`
	Environment string  `json:"environment"`
}

// seenToggle is a flag that an application has asked for, or a name that no flag has. Of a name that no flag
// has, nothing but that is told.
type seenToggle struct {
	Name     string         `json:"name"`
	Project  flag.ProjectID `json:"project,omitempty"`
	Type     string         `json:"type,omitempty"`
	NotFound bool           `json:"notFound,omitempty"`
}

// applicationLinks are where to read more.
type applicationLinks struct {
	Self string `json:"self"`
}

func (a *api) getApplication(ctx context.Context, r request, in *ApplicationAt) (applicationDetail, error) {
	one, err := a.application(ctx, r, in.AppName)
	if err != nil {
		return applicationDetail{}, err
	}
	instances, err := a.instancesOfLastDay(ctx, one.Name)
	if err != nil {
		return applicationDetail{}, err
	}
	flags, err := a.flagsUsedBy(ctx, r, one.Name)
	if err != nil {
		return applicationDetail{}, err
	}
	unknown, err := a.Usage.UnknownFlags(ctx)
	if err != nil {
		return applicationDetail{}, err
	}
	detail := applicationDetail{
		Application: viewApplicationItself(one.ApplicationDetails), Instances: []applicationInstance{}, SeenToggles: []seenToggle{},
		Links: applicationLinks{"/applications/" + one.Name},
	}
	for _, i := range instances {
		detail.Instances = append(detail.Instances, applicationInstance{
			AppName: i.Application, InstanceID: i.Instance, SDKVersion: i.SDK, SDKType: i.SDKType, ClientIP: i.ClientIP,
			LastSeen: instant(i.SeenAt), CreatedAt: instant(i.CreatedAt), Environment: i.Environment,
		})
	}
	for _, f := range flags {
		detail.SeenToggles = append(detail.SeenToggles, seenToggle{Name: string(f.Name), Project: f.Project, Type: f.Type})
	}
	// A name is unknown once for each environment, and shown once.
	for _, f := range unknown { // by name, environment and application
		missing := seenToggle{Name: f.Name, NotFound: true}
		if f.Application == one.Name && !slices.Contains(detail.SeenToggles, missing) {
			detail.SeenToggles = append(detail.SeenToggles, missing)
		}
	}
	return detail, nil
}

// instancesOfLastDay returns the instances of an application, or of all, that were seen in the last day. They
// are kept for two days; a day is what Unleash counts by.
func (a *api) instancesOfLastDay(ctx context.Context, name string) ([]reported.Instance, error) {
	instances, err := a.Usage.Instances(ctx, name)
	since := a.Usage.Now().Add(-24 * time.Hour)
	return slices.DeleteFunc(instances, func(i reported.Instance) bool { return i.SeenAt.Before(since) }), err
}

// flagsUsedBy returns the flags that an application has asked for, and of which the caller may know. Names that
// no flag has (any more) are not among them: they are unknown, or were deleted.
func (a *api) flagsUsedBy(ctx context.Context, r request, name string) ([]*flag.Flag, error) {
	names, err := a.Usage.FeaturesUsedBy(ctx, name)
	var flags []*flag.Flag
	for _, used := range names {
		if f := r.State.Flag(flag.Name(used)); f != nil && r.sees(f.Project) {
			flags = append(flags, f)
		}
	}
	return flags, err
}

// createApplication is the body that describes an application.
type createApplication struct {
	Strategies *[]string `json:"strategies,omitempty"`
	URL        *string   `json:"url,omitempty"`
	Color      *string   `json:"color,omitempty"`
	Icon       *string   `json:"icon,omitempty"`
}

// createApplication describes an application that has reported already or will. It reads and then writes, and
// of two that do so at once the later one stands: this is no configuration, and in no ledger.
func (a *api) createApplication(ctx context.Context, r request, in *struct {
	ApplicationAt
	Body createApplication
},
) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.UpdateApplication); err != nil {
		return empty{}, err
	}
	described := reported.ApplicationDetails{Name: in.AppName}
	// One that is hidden from the caller would count as new, and lose its description. There is none: a role that
	// gives the permission lets its holder see every project (state.MaySee).
	one, err := a.application(ctx, r, in.AppName)
	switch {
	case err == nil:
		described = one.ApplicationDetails
	case !fault.Is(err, fault.NotFound):
		return empty{}, err
	}
	set(&described.Strategies, in.Body.Strategies)
	set(&described.URL, in.Body.URL)
	set(&described.Color, in.Body.Color)
	set(&described.Icon, in.Body.Icon)
	return empty{}, a.Usage.Describe(ctx, described)
}

// deleteApplication changes nothing that is served: an application is what was reported, and not a permission
// to ask.
func (a *api) deleteApplication(ctx context.Context, r request, in *ApplicationAt) (empty, error) {
	if err := r.Caller.Actor.Require("", "", access.UpdateApplication); err != nil {
		return empty{}, err
	}
	if _, err := a.application(ctx, r, in.AppName); err != nil {
		return empty{}, err
	}
	return empty{}, a.Usage.Forget(ctx, in.AppName)
}

// applicationOverview is how an application uses flags. Projects may hold "*", for all. Environments are those
// into which it looks, from which it reports, or in which it asks for names that no flag has; by name.
type applicationOverview struct {
	Projects     []string                         `json:"projects"`
	FeatureCount int                              `json:"featureCount"`
	Environments []applicationOverviewEnvironment `json:"environments"`
	Issues       applicationOverviewIssues        `json:"issues"`
}

// applicationOverviewEnvironment is how an application uses flags in an environment. The counts are of
// instances of the last day, so there may be none, and no LastSeen. SDKs are name:version, sorted, each once.
type applicationOverviewEnvironment struct {
	Name          string                       `json:"name"`
	InstanceCount int                          `json:"instanceCount"`
	SDKs          []string                     `json:"sdks"`
	FrontendSDKs  []string                     `json:"frontendSdks"`
	BackendSDKs   []string                     `json:"backendSdks"`
	LastSeen      *instant                     `json:"lastSeen" nullable:"true"`
	Issues        applicationEnvironmentIssues `json:"issues"`
}

// applicationEnvironmentIssues is what is wrong with how an application uses flags in an environment.
type applicationEnvironmentIssues struct {
	MissingFeatures []string `json:"missingFeatures" doc:"Names that it asked for and that no flag has."`
	OutdatedSDKs    []string `json:"outdatedSdks"`
}

// applicationOverviewIssues is what is wrong with how an application uses flags.
type applicationOverviewIssues struct {
	MissingStrategies []string `json:"missingStrategies" doc:"Strategies that its SDK knows and this instance does not."`
}

// getApplicationOverview puts three things together by environment: where the application looks, which
// instances of it run, and which names it asks for in vain.
//
// Faults: NotFound, Unavailable while the database is away.
func (a *api) getApplicationOverview(ctx context.Context, r request, in *ApplicationAt) (applicationOverview, error) {
	one, err := a.application(ctx, r, in.AppName)
	if err != nil {
		return applicationOverview{}, err
	}
	instances, err := a.instancesOfLastDay(ctx, one.Name)
	if err != nil {
		return applicationOverview{}, err
	}
	flags, err := a.flagsUsedBy(ctx, r, one.Name)
	if err != nil {
		return applicationOverview{}, err
	}
	unknown, err := a.Usage.UnknownFlags(ctx)
	if err != nil {
		return applicationOverview{}, err
	}
	overview := applicationOverview{
		Projects: []string{}, FeatureCount: len(flags), Environments: []applicationOverviewEnvironment{},
		Issues: applicationOverviewIssues{MissingStrategies: unknownStrategies(r.State, one.Strategies)},
	}
	// environment returns the one of a name. What it returns holds until the next call.
	environment := func(name string) *applicationOverviewEnvironment {
		at, found := slices.BinarySearchFunc(overview.Environments, name, func(e applicationOverviewEnvironment, name string) int {
			return cmp.Compare(e.Name, name)
		})
		if !found {
			overview.Environments = slices.Insert(overview.Environments, at, applicationOverviewEnvironment{
				Name: name, SDKs: []string{}, FrontendSDKs: []string{}, BackendSDKs: []string{},
				Issues: applicationEnvironmentIssues{MissingFeatures: []string{}, OutdatedSDKs: []string{}},
			})
		}
		return &overview.Environments[at]
	}
	for _, p := range one.Projects {
		if r.seesUse(p) {
			include(&overview.Projects, p.Project)
			// It shall be listed even if no instance is left in it.
			environment(p.Environment)
		}
	}
	for _, i := range instances {
		environment(i.Environment).add(i)
	}
	for _, f := range unknown {
		if f.Application == one.Name {
			include(&environment(f.Environment).Issues.MissingFeatures, f.Name)
		}
	}
	return overview, nil
}

// add counts an instance. One that does not name its SDK is counted all the same; one that does not say where
// its SDK runs is taken for a server's.
func (e *applicationOverviewEnvironment) add(i reported.Instance) {
	e.InstanceCount++
	if e.LastSeen == nil || instant(i.SeenAt).after(*e.LastSeen) {
		e.LastSeen = instantOf(&i.SeenAt)
	}
	if i.SDK == "" {
		return
	}
	include(&e.SDKs, i.SDK)
	if i.SDKType == string(reported.Frontend) {
		include(&e.FrontendSDKs, i.SDK)
	} else {
		include(&e.BackendSDKs, i.SDK)
	}
	if reported.Outdated(i.SDK) {
		include(&e.Issues.OutdatedSDKs, i.SDK)
	}
}

// include puts a text into a sorted list, unless it is there.
func include(list *[]string, text string) {
	if at, found := slices.BinarySearch(*list, text); !found {
		*list = slices.Insert(*list, at, text)
	}
}

// builtInStrategies are those that SDKs bring along. An SDK reports them with the others that it knows, and
// cannot leave them out, so that nobody has created one is nothing to warn of (docs/admin-api.md, where it
// differs from Unleash).
var builtInStrategies = []string{
	"default", "userWithId", "flexibleRollout", "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom", "remoteAddress", "applicationHostname",
}

// unknownStrategies returns those of some strategies that the instance does not know. They are sorted; none is
// an empty list.
func unknownStrategies(s *state.State, names []string) []string {
	unknown := []string{}
	for _, name := range names {
		if s.StrategyType(name) == nil && !slices.Contains(builtInStrategies, name) {
			include(&unknown, name)
		}
	}
	return unknown
}

// applicationEnvironmentInstances are an application's instances in an environment.
type applicationEnvironmentInstances struct {
	Instances []environmentInstance `json:"instances"`
}

// environmentInstance is a running copy of an application in an environment.
type environmentInstance struct {
	InstanceID string  `json:"instanceId"`
	SDKVersion string  `json:"sdkVersion"`
	ClientIP   string  `json:"clientIp"`
	LastSeen   instant `json:"lastSeen"`
}

func (a *api) getApplicationInstances(ctx context.Context, r request, in *struct {
	ApplicationAt
	Environment string `path:"environment"`
},
) (applicationEnvironmentInstances, error) {
	list := applicationEnvironmentInstances{Instances: []environmentInstance{}}
	if _, err := a.application(ctx, r, in.AppName); err != nil {
		return list, err
	}
	instances, err := a.instancesOfLastDay(ctx, in.AppName)
	for _, i := range instances {
		if i.Environment == in.Environment {
			list.Instances = append(list.Instances, environmentInstance{i.Instance, i.SDK, i.ClientIP, instant(i.SeenAt)})
		}
	}
	return list, err
}

// outdatedSdks are SDKs that do not understand all that flags can say. From which release on each does is told
// in package usage (Outdated).
type outdatedSdks struct {
	SDKs []outdatedSDK `json:"sdks"`
}

// outdatedSDK is an SDK that does not understand all that flags can say, and who uses it.
type outdatedSDK struct {
	SDKVersion   string   `json:"sdkVersion"`
	Applications []string `json:"applications"`
}

func (a *api) getOutdatedSDKs(ctx context.Context, r request, _ *struct{}) (outdatedSdks, error) {
	return a.outdatedSDKs(ctx, r, func(reported.Place) bool { return true })
}

// getOutdatedProjectSDKs counts an application if it looks into the project.
//
// Faults: NotFound.
func (a *api) getOutdatedProjectSDKs(ctx context.Context, r request, in *ProjectAt) (outdatedSdks, error) {
	if _, err := app.Project(r.State, in.Project); err != nil {
		return outdatedSdks{}, err
	}
	return a.outdatedSDKs(ctx, r, func(p reported.Place) bool { return usesProject(p, in.Project) })
}

// usesProject reports whether an application looks into a project there. One that opens every project looks
// into each.
func usesProject(p reported.Place, id flag.ProjectID) bool {
	return p.Project == access.Any || p.Project == string(id)
}

// outdatedSDKs returns the outdated SDKs of the applications that look where at says. An instance does not tell
// into which projects it looks, so it counts wherever its application looks.
func (a *api) outdatedSDKs(ctx context.Context, r request, at func(reported.Place) bool) (outdatedSdks, error) {
	list := outdatedSdks{SDKs: []outdatedSDK{}}
	all, err := a.applicationsSeenBy(ctx, r, "")
	if err != nil {
		return list, err
	}
	instances, err := a.instancesOfLastDay(ctx, "")
	if err != nil {
		return list, err
	}
	wanted := map[string]bool{}
	for _, one := range all {
		wanted[one.Name] = slices.ContainsFunc(one.Projects, at)
	}
	users := map[string][]string{}
	for _, i := range instances {
		if wanted[i.Application] && reported.Outdated(i.SDK) {
			names := users[i.SDK]
			include(&names, i.Application)
			users[i.SDK] = names
		}
	}
	for _, sdk := range sortedKeys(users) {
		list.SDKs = append(list.SDKs, outdatedSDK{sdk, users[sdk]})
	}
	return list, nil
}

// projectApplications are the applications that use flags of a project.
type projectApplications struct {
	Applications []projectApplication `json:"applications"`
	Total        int                  `json:"total"`
}

// projectApplication is an application that uses flags of a project. Instances and SDKs are those in the
// environments in which it looks into this project.
type projectApplication struct {
	Name         string                  `json:"name"`
	Environments []string                `json:"environments"`
	Instances    []string                `json:"instances"`
	SDKs         []projectApplicationSDK `json:"sdks"`
}

// projectApplicationSDK is an SDK with the versions in which it is used. An instance reports both in one text,
// name:version.
type projectApplicationSDK struct {
	Name     string   `json:"name"`
	Versions []string `json:"versions"`
}

// getProjectApplications knows no order but that by name; sortBy is taken since clients send it. Instances are
// asked for what is on the page alone.
func (a *api) getProjectApplications(ctx context.Context, r request, in *struct {
	ProjectAt
	Query     string `query:"query" doc:"A part of the name."`
	Offset    string `query:"offset"`
	Limit     string `query:"limit" doc:"1 to 100; 50 if left out."`
	SortBy    string `query:"sortBy" doc:"appName, whatever is asked for."`
	SortOrder string `query:"sortOrder" doc:"asc, also if left out, or desc."`
},
) (projectApplications, error) {
	if _, err := app.Project(r.State, in.Project); err != nil {
		return projectApplications{}, err
	}
	all, err := a.applicationsSeenBy(ctx, r, in.Query)
	if err != nil {
		return projectApplications{}, err
	}
	all = slices.DeleteFunc(all, func(one reported.Application) bool {
		return !slices.ContainsFunc(one.Projects, func(p reported.Place) bool { return usesProject(p, in.Project) })
	})
	if in.SortOrder == "desc" {
		slices.Reverse(all)
	}
	list := projectApplications{Applications: []projectApplication{}, Total: len(all)}
	for _, one := range pageOf(all, in.Offset, in.Limit, 50, 100) {
		instances, err := a.Usage.Instances(ctx, one.Name)
		if err != nil {
			return projectApplications{}, err
		}
		list.Applications = append(list.Applications, viewProjectApplication(one, in.Project, instances))
	}
	return list, nil
}

// viewProjectApplication shows an application in a project. What an instance reports in an environment from
// which its application does not look into this project belongs to another one; an SDK that gives no version is
// not listed.
func viewProjectApplication(one reported.Application, id flag.ProjectID, instances []reported.Instance) projectApplication {
	view := projectApplication{Name: one.Name, Environments: []string{}, Instances: []string{}, SDKs: []projectApplicationSDK{}}
	for _, p := range one.Projects {
		if usesProject(p, id) {
			include(&view.Environments, p.Environment)
		}
	}
	versions := map[string][]string{}
	for _, i := range instances {
		if _, used := slices.BinarySearch(view.Environments, i.Environment); !used {
			continue
		}
		include(&view.Instances, i.Instance)
		if name, version, ok := strings.Cut(i.SDK, ":"); ok {
			known := versions[name]
			include(&known, version)
			versions[name] = known
		}
	}
	for _, name := range sortedKeys(versions) {
		view.SDKs = append(view.SDKs, projectApplicationSDK{name, versions[name]})
	}
	return view
}
