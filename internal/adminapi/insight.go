package adminapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	reported "github.com/quorate/quorate/internal/usage"
)

// Nothing was written down for these numbers at the time. They are told backward, from the newest state
// and from the events since, as docs/admin-api.md ("How the instance has fared") says number by number;
// so a new number needs no migration and is there for old weeks, too. The price is one pass over
// events, which is why getInsights is heavy. A week is named by its end, a Sunday, and everything in it
// is counted at that end; the last one ends when the caller's span does. All times are UTC.

// insights registers how the instance has fared.
func (a *api) insights() {
	const tag = "Admin UI"
	register(a, operation{
		ID: "getInstanceInsights", Method: http.MethodGet, Path: "/insights", Tag: tag,
		Summary: "How the instance has fared, week by week",
		Description: "Of the projects that the caller sees, and of all people. Told from what is and from the events since; docs/admin-api.md says what from what. " +
			"Three months if nothing else is asked for, a year at most.",
		Heavy: true,
	}, a.getInsights)
	register(a, operation{
		ID: "getLifecycleTrends", Method: http.MethodGet, Path: "/insights/lifecycle", Tag: tag,
		Summary:     "How long flags are developed, in production and due to be cleaned up",
		Description: "Developed: the stages initial and pre-live; in production: live; cleaned up: completed. Of the projects that the caller sees, and of the named ones if there are any.",
	}, a.getLifecycleTrends)
}

// instanceInsights is how the instance has fared.
//
// Its lists are empty and not null where there is nothing. They are in the order of weeks, and within a
// week of projects, so that the same question has the same answer and the same ETag.
type instanceInsights struct {
	UserTrends            []userTrend            `json:"userTrends"`
	FlagTrends            []flagTrend            `json:"flagTrends"`
	ProjectFlagTrends     []projectFlagTrend     `json:"projectFlagTrends"`
	MetricsSummaryTrends  []metricsSummaryTrend  `json:"metricsSummaryTrends"`
	EnvironmentTypeTrends []environmentTypeTrend `json:"environmentTypeTrends"`
	LifecycleTrends       []newProductionTrend   `json:"lifecycleTrends"`
	CreationArchiveTrends []creationArchiveTrend `json:"creationArchiveTrends"`
}

// userTrend is how many people there were.
//
// Total counts the people who had an account at Date, whether or not they have one today; Active and
// Inactive add up to it.
type userTrend struct {
	Date     instant `json:"date"`
	Total    int     `json:"total"`
	Active   int     `json:"active" doc:"Who has changed something, signed in or been seen in the 90 days before, as far as it is known."`
	Inactive int     `json:"inactive"`
}

// flagTrend is how many flags there were that were not archived.
//
// Active, Stale and PotentiallyStale add up to Total. By how long flags of a type are meant to live,
// the past is judged with the lifetimes of today.
type flagTrend struct {
	Date             instant `json:"date"`
	Total            int     `json:"total"`
	Active           int     `json:"active"`
	Stale            int     `json:"stale"`
	PotentiallyStale int     `json:"potentiallyStale"`
}

// InWeek is where a number of a project belongs.
type InWeek struct {
	Week    string         `json:"week" doc:"Year and week, as ISO 8601 counts them."`
	Date    instant        `json:"date"`
	Project flag.ProjectID `json:"project"`
}

// projectFlagTrend is how many flags a project had that were not archived.
//
// Health and TechnicalDebt are percentages that add up to 100.
type projectFlagTrend struct {
	InWeek
	Total            int      `json:"total"`
	Active           int      `json:"active"`
	Stale            int      `json:"stale"`
	PotentiallyStale int      `json:"potentiallyStale"`
	Health           int      `json:"health"`
	TechnicalDebt    int      `json:"technicalDebt"`
	TimeToProduction *float64 `json:"timeToProduction,omitempty" doc:"Days, on average, of the flags that got there in the 30 days before; absent if none did."`
}

// metricsSummaryTrend is how often a project's flags were asked for in a week.
//
// Counts of use are kept for two days (docs/admin-api.md), so only the newest weeks have any.
type metricsSummaryTrend struct {
	InWeek
	TotalRequests     int64 `json:"totalRequests"`
	TotalYes          int64 `json:"totalYes"`
	TotalNo           int64 `json:"totalNo"`
	TotalApps         int   `json:"totalApps"`
	TotalFlags        int   `json:"totalFlags"`
	TotalEnvironments int   `json:"totalEnvironments"`
}

// environmentTypeTrend is how many events environments of a type had in a week.
type environmentTypeTrend struct {
	Week            string  `json:"week"`
	Date            instant `json:"date"`
	EnvironmentType string  `json:"environmentType"`
	TotalUpdates    int     `json:"totalUpdates"`
}

// newProductionTrend is how many flags of a project were first on in production in a week.
type newProductionTrend struct {
	InWeek
	NewProductionFlags int `json:"newProductionFlags"`
}

// creationArchiveTrend is how many flags of a project were created and archived in a week.
type creationArchiveTrend struct {
	InWeek
	CreatedFlags  map[string]int `json:"createdFlags" doc:"By the type of the flag."`
	ArchivedFlags int            `json:"archivedFlags"`
}

const (
	// insightsSpan and maxInsightsSpan are how many days insights are about, and may be about.
	insightsSpan, maxInsightsSpan = 92, 366
	// activeSpan is for how long somebody counts as active.
	activeSpan = 90 * 24 * time.Hour
)

// span is the span of time that insights are about: its weeks end at times.
//
// from is the beginning of its first day, and times are in order; the last of them is the end of the
// span.
type span struct {
	from  time.Time
	times []time.Time
}

// spanOf reads a span of time, whose first and last day are included. Left-out days are the usual span
// up to now, and a last day that is not over ends now: of what is still to come, nothing can be told.
//
// Faults: BadData for what is no day, for a span that ends before it begins, and for one that is longer
// than a year: it is told by reading all of its events.
func spanOf(from, to string, now time.Time) (span, error) {
	read := func(at, text string, otherwise time.Time) (time.Time, error) {
		if text == "" {
			return otherwise, nil
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return day, fault.Field("/query/"+at, "A day is written like 2026-01-31.")
		}
		return day, nil
	}
	last, err := read("to", to, now)
	if err != nil {
		return span{}, err
	}
	if last = endOfDay(last); last.After(now) {
		last = now
	}
	first, err := read("from", from, last.AddDate(0, 0, -insightsSpan))
	switch {
	case err != nil:
		return span{}, err
	case first.After(last):
		return span{}, fault.Field("/query/from", "It is after the end.")
	case last.Sub(first) > maxInsightsSpan*24*time.Hour:
		return span{}, fault.Field("/query/from", "A year can be looked at, at most.")
	}
	return span{first, weekly(first, last)}, nil
}

// weekOf returns the end of the week in which something was; false if it was not in the span.
//
// What happens at the very end of a week belongs to it.
func (s span) weekOf(at time.Time) (time.Time, bool) {
	i, _ := slices.BinarySearchFunc(s.times, at, time.Time.Compare)
	if at.Before(s.from) || i == len(s.times) {
		return time.Time{}, false
	}
	return s.times[i], true
}

// activitySpans returns times between which it makes no difference when something was: who counts as
// active at the end of a week, and what belongs to it, changes at these alone. The database adds up
// between them and reads no event by itself, so a year of a busy instance comes as rows by week, person
// and place, and not as millions of events.
func (s span) activitySpans() []time.Time {
	// A span has its end and not its beginning, so the first has to begin before the first day does. A
	// microsecond is the precision of stored times.
	times := append([]time.Time{s.from.Add(-time.Microsecond)}, s.times...)
	for _, end := range s.times {
		day := end.Add(-activeSpan)
		// Activity is kept by the day (activityTrends), so the border that counts is the end of the day
		// before.
		if !day.Equal(endOfDay(day)) {
			day = endOfDay(day).AddDate(0, 0, -1)
		}
		times = append(times, day)
	}
	slices.SortFunc(times, time.Time.Compare)
	return slices.CompactFunc(times, time.Time.Equal)
}

// weekName returns the ISO 8601 week of a time, such as 2026-07; around New Year its year may not be
// the calendar's.
func weekName(t time.Time) string {
	year, week := t.UTC().ISOWeek()
	return fmt.Sprintf("%d-%02d", year, week)
}

// projectWeek is a project in a week, by the week's end.
type projectWeek struct {
	end     time.Time
	project flag.ProjectID
}

func (w projectWeek) compare(other projectWeek) int {
	return cmp.Or(w.end.Compare(other.end), cmp.Compare(w.project, other.project))
}

func (w projectWeek) view() InWeek { return InWeek{weekName(w.end), instant(w.end), w.project} }

// inOrder returns what there is by project and week, in the order of both.
func inOrder[V any](all map[projectWeek]V) []projectWeek {
	return slices.SortedFunc(maps.Keys(all), projectWeek.compare)
}

func (a *api) getInsights(ctx context.Context, r request, in *struct {
	From string `query:"from" doc:"The first day, such as 2026-01-01."`
	To   string `query:"to" doc:"The last day."`
},
) (instanceInsights, error) {
	when, err := spanOf(in.From, in.To, a.App.Now())
	if err != nil {
		return instanceInsights{}, err
	}
	all := instanceInsights{
		UserTrends: []userTrend{}, FlagTrends: []flagTrend{}, ProjectFlagTrends: []projectFlagTrend{}, MetricsSummaryTrends: []metricsSummaryTrend{},
		EnvironmentTypeTrends: []environmentTypeTrend{}, LifecycleTrends: []newProductionTrend{}, CreationArchiveTrends: []creationArchiveTrend{},
	}
	// Each fills the lists that come from one source: flags, people and events, counts of use.
	for _, trend := range []func(context.Context, request, span, *instanceInsights) error{a.flagTrends, a.activityTrends, a.metricsTrends} {
		if err := trend(ctx, r, when, &all); err != nil {
			return all, err
		}
	}
	return all, nil
}

// seesInUse is sees for projects that are neither archived nor gone: no number is about another.
func (r request) seesInUse(id flag.ProjectID) bool {
	p := r.State.Project(id)
	return p != nil && !p.Archived() && r.sees(id)
}

// flagTrends tells how many flags there were, how many came and went, and how long they took to production.
func (a *api) flagTrends(ctx context.Context, r request, when span, to *instanceInsights) error {
	type coming struct {
		created  map[string]int
		archived int
	}
	comings := map[projectWeek]*coming{}
	// One pass over the events serves two purposes: flagsAt undoes them, and on the way what was
	// created and archived is counted. The span's beginning is among the times so that the pass reaches
	// back to it; healths[0] is that of the beginning, which is why those of the weeks are at i+1.
	healths, err := a.flagsAt(ctx, r.State, append([]time.Time{when.from}, when.times...), r.seesInUse, func(e state.Event, at time.Time) {
		end, in := when.weekOf(at)
		created, isNew := e.Payload.(state.FeatureCreated)
		_, isArchived := e.Payload.(state.FeatureArchived)
		if !in || !isNew && !isArchived || !r.seesInUse(e.Project) {
			return
		}
		key := projectWeek{end, e.Project}
		if comings[key] == nil {
			comings[key] = &coming{created: map[string]int{}}
		}
		if isNew {
			comings[key].created[created.Flag.Type]++
		} else {
			comings[key].archived++
		}
	})
	if err != nil {
		return err
	}
	for _, key := range inOrder(comings) {
		to.CreationArchiveTrends = append(to.CreationArchiveTrends, creationArchiveTrend{key.view(), comings[key].created, comings[key].archived})
	}
	// From 30 days before the span, since the first week's average looks back that far.
	live, err := a.Events.FirstInProduction(ctx, r.State, when.from.Add(-statisticsSpan))
	if err != nil {
		return err
	}
	news := map[projectWeek]int{}
	for name, at := range live {
		f := r.State.Flag(name)
		if end, in := when.weekOf(at); in && f != nil && r.seesInUse(f.Project) {
			news[projectWeek{end, f.Project}]++
		}
	}
	for _, key := range inOrder(news) {
		to.LifecycleTrends = append(to.LifecycleTrends, newProductionTrend{key.view(), news[key]})
	}
	for i, end := range when.times {
		sum := flagTrend{Date: instant(end)}
		lately := maps.Clone(live)
		maps.DeleteFunc(lately, func(_ flag.Name, at time.Time) bool { return at.After(end) || at.Before(end.Add(-statisticsSpan)) })
		days := daysToProduction(r.State, lately)
		for p := range r.State.Projects() {
			// A project that was not yet there has no row for that week; one that had no flag has a row
			// of zeros and is healthy.
			if !r.seesInUse(p.ID) || p.CreatedAt.After(end) {
				continue
			}
			h := healths[i+1][p.ID]
			sum.Total += h.total
			sum.Active += h.active()
			sum.Stale += h.stale
			sum.PotentiallyStale += h.potentiallyStale
			trend := projectFlagTrend{
				InWeek: projectWeek{end, p.ID}.view(), Total: h.total, Active: h.active(), Stale: h.stale, PotentiallyStale: h.potentiallyStale,
				Health: h.health(), TechnicalDebt: 100 - h.health(),
			}
			if average, known := days[p.ID]; known {
				trend.TimeToProduction = &average
			}
			to.ProjectFlagTrends = append(to.ProjectFlagTrends, trend)
		}
		to.FlagTrends = append(to.FlagTrends, sum)
	}
	return nil
}

// life is when an account was there. begun is the zero time while only its end has been read; an
// account whose beginning is never read was there all the time since.
type life struct{ begun, ended time.Time } // ended: the zero time if it has not

func (l life) at(t time.Time) bool {
	return !l.begun.After(t) && (l.ended.IsZero() || l.ended.After(t))
}

// activityTrends tells how many people there were and did something, and how much happened to environments.
//
// Three sources tell that somebody was active, since none has it all: events (who has changed
// something), the time of the newest sign-in, and the attempts to sign in that are kept for 14 days.
func (a *api) activityTrends(ctx context.Context, r request, when span, to *instanceInsights) error {
	lives, err := a.livesSince(ctx, r.State, when.from)
	if err != nil {
		return err
	}
	// Only whether a day is there is asked of it, so it does not matter that the sources may name one
	// twice.
	seen := map[int64][]time.Time{} // by the day
	see := func(account int64, at time.Time) {
		day := endOfDay(at)
		if days := seen[account]; len(days) == 0 || !days[len(days)-1].Equal(day) {
			seen[account] = append(days, day)
		}
	}
	type typeWeek struct {
		end  time.Time
		kind string
	}
	updates := map[typeWeek]int{}
	err = a.Events.Activities(ctx, when.activitySpans(), r.State.Revision(), func(e eventlog.Activity) {
		if by := access.Ref(e.Actor); by.Kind() == access.KindUser {
			see(by.ID(), e.Until)
		}
		// Events without a project, such as those of the environment itself, belong to everybody.
		if e.Environment == "" || e.Project != "" && !r.sees(flag.ProjectID(e.Project)) {
			return
		}
		env := r.State.Environment(flag.EnvironmentName(e.Environment))
		if end, in := when.weekOf(e.Until); in && env != nil {
			updates[typeWeek{end, env.Type}] += e.Events
		}
	})
	if err != nil {
		return err
	}
	people, err := a.People.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.SeenAt != nil {
			see(p.ID, *p.SeenAt)
		}
	}
	logins, err := a.People.Logins(ctx, maxLogins)
	if err != nil {
		return err
	}
	for _, l := range logins {
		if l.Successful {
			see(l.Account, l.At)
		}
	}
	for _, end := range when.times {
		trend := userTrend{Date: instant(end)}
		for account, l := range lives {
			if !l.at(end) {
				continue
			}
			trend.Total++
			if slices.ContainsFunc(seen[account], func(day time.Time) bool { return !day.After(endOfDay(end)) && day.After(end.Add(-activeSpan)) }) {
				trend.Active++
			}
		}
		trend.Inactive = trend.Total - trend.Active
		to.UserTrends = append(to.UserTrends, trend)
	}
	for _, key := range slices.SortedFunc(maps.Keys(updates), func(a, b typeWeek) int { return cmp.Or(a.end.Compare(b.end), cmp.Compare(a.kind, b.kind)) }) {
		to.EnvironmentTypeTrends = append(to.EnvironmentTypeTrends, environmentTypeTrend{weekName(key.end), instant(key.end), key.kind, updates[key]})
	}
	return nil
}

// livesSince returns when the people were there who were so at some time since a time.
//
// Those who are there now are in the state. Who was deleted since is told by the events, read backward:
// the end of a life comes before its beginning.
func (a *api) livesSince(ctx context.Context, s *state.State, since time.Time) (map[int64]life, error) {
	lives := map[int64]life{}
	for account := range s.Accounts() {
		if account.Kind == access.KindUser {
			lives[account.ID] = life{begun: account.CreatedAt}
		}
	}
	types := []string{state.UserCreated{}.EventType(), state.UserDeleted{}.EventType()}
	err := a.Events.Backward(ctx, types, since, s.Revision(), func(e state.Event, at time.Time) {
		switch p := e.Payload.(type) {
		case state.UserDeleted:
			// Deleted people are in no table any more, and are counted all the same: an id names
			// nobody.
			lives[p.ID] = life{ended: at}
		case state.UserCreated:
			l := lives[p.ID]
			l.begun = at
			lives[p.ID] = l
		}
	})
	return lives, err
}

// metricsTrends tells how often flags were asked for, as long as that is kept.
//
// Each week begins where the one before ended. Flags that are gone, and those of projects that the
// caller does not see, are left out: a count has only the flag's name.
func (a *api) metricsTrends(ctx context.Context, r request, when span, to *instanceInsights) error {
	begin := when.from
	for _, end := range when.times {
		counts, err := a.Usage.Between(ctx, begin, end)
		if err != nil {
			return err
		}
		begin = end
		type sums struct {
			yes, no                   int64
			apps, flags, environments map[string]bool
		}
		byProject := map[projectWeek]*sums{}
		for _, c := range counts {
			f := r.State.Flag(flag.Name(c.Feature))
			if f == nil || !r.seesInUse(f.Project) {
				continue
			}
			key := projectWeek{end, f.Project}
			if byProject[key] == nil {
				byProject[key] = &sums{apps: map[string]bool{}, flags: map[string]bool{}, environments: map[string]bool{}}
			}
			sum := byProject[key]
			sum.yes += c.Yes
			sum.no += c.No
			sum.apps[c.Application], sum.flags[c.Feature], sum.environments[c.Environment] = true, true, true
		}
		for _, key := range inOrder(byProject) {
			sum := byProject[key]
			to.MetricsSummaryTrends = append(to.MetricsSummaryTrends, metricsSummaryTrend{
				InWeek: key.view(), TotalRequests: sum.yes + sum.no, TotalYes: sum.yes, TotalNo: sum.no,
				TotalApps: len(sum.apps), TotalFlags: len(sum.flags), TotalEnvironments: len(sum.environments),
			})
		}
	}
	return nil
}

// lifecycleTrends is how long flags are in which part of their lives.
type lifecycleTrends struct {
	LifecycleTrends lifecycleParts `json:"lifecycleTrends"`
}

// lifecycleParts are the parts of flags' lives.
type lifecycleParts struct {
	Develop    lifecyclePart `json:"develop"`
	Production lifecyclePart `json:"production"`
	Cleanup    lifecyclePart `json:"cleanup"`
}

// lifecyclePart is how many flags are in a part of their lives, and how long.
type lifecyclePart struct {
	TotalFlags               int                 `json:"totalFlags"`
	MedianDaysInCurrentStage float64             `json:"medianDaysInCurrentStage" doc:"Of the flags that are in it; 0 if none is."`
	MedianDaysHistorically   float64             `json:"medianDaysHistorically" doc:"Of the flags that have come through it; 0 if none has."`
	Categories               lifecycleCategories `json:"categories"`
}

// lifecycleCategories are flags by what they are for.
type lifecycleCategories struct {
	Experimental lifecycleCategory `json:"experimental" doc:"Of the type experiment."`
	Release      lifecycleCategory `json:"release" doc:"Of a type that is meant to go."`
	Permanent    lifecycleCategory `json:"permanent" doc:"Of the type operational, and of types that are meant to stay."`
}

// lifecycleCategory is how many flags came into a part of their lives when.
type lifecycleCategory struct {
	FlagsOlderThanWeek int `json:"flagsOlderThanWeek"`
	NewFlagsThisWeek   int `json:"newFlagsThisWeek"`
}

// of returns the category of a type of flags.
func (c *lifecycleCategories) of(s *state.State, kind string) *lifecycleCategory {
	t := s.FeatureType(kind)
	switch {
	case kind == "experiment":
		return &c.Experimental
	case kind == "operational", t != nil && t.LifetimeDays == nil:
		return &c.Permanent
	default:
		return &c.Release
	}
}

func (a *api) getLifecycleTrends(ctx context.Context, r request, in *struct {
	Projects string `query:"projects" doc:"Ids of projects, with commas between them."`
},
) (lifecycleTrends, error) {
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return lifecycleTrends{}, err
	}
	var named []string
	if in.Projects != "" {
		named = splitList(in.Projects)
	}
	now := a.App.Now()
	var all lifecycleTrends
	parts := map[string]*lifecyclePart{
		reported.StageInitial: &all.LifecycleTrends.Develop, reported.StagePreLive: &all.LifecycleTrends.Develop,
		reported.StageLive: &all.LifecycleTrends.Production, stageCompleted: &all.LifecycleTrends.Cleanup,
	}
	current, past := map[*lifecyclePart][]float64{}, map[*lifecyclePart][]float64{}
	for f := range r.State.Flags() {
		if !r.sees(f.Project) || len(named) > 0 && !slices.Contains(named, string(f.Project)) {
			continue
		}
		var part *lifecyclePart
		var since time.Time
		for _, s := range stagesOf(f, use(string(f.Name))) {
			next := parts[s.Stage]
			if next == part {
				continue // initial and pre-live are one
			}
			if part != nil {
				past[part] = append(past[part], max(0, time.Time(s.EnteredStageAt).Sub(since).Hours()/24))
			}
			part, since = next, time.Time(s.EnteredStageAt)
		}
		if part == nil {
			continue // archived
		}
		part.TotalFlags++
		current[part] = append(current[part], max(0, now.Sub(since).Hours()/24))
		if category := part.Categories.of(r.State, f.Type); now.Sub(since) > 7*24*time.Hour {
			category.FlagsOlderThanWeek++
		} else {
			category.NewFlagsThisWeek++
		}
	}
	for _, part := range parts {
		part.MedianDaysInCurrentStage, part.MedianDaysHistorically = median(current[part]), median(past[part])
	}
	return all, nil
}

// median returns the middle of some numbers, 0 of none.
func median(numbers []float64) float64 {
	if len(numbers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
