package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	reported "github.com/quorate/quorate/internal/usage"
)

// A search goes through all flags in memory, for each request anew: tens of thousands take
// milliseconds, and no index has to be kept in step. What it filters by is at hand without the
// database, uses included (docs/admin-api.md, "How flags are used"); only the page that is shown asks
// the database, and is shown without that when it is away.

// search registers how flags are found.
func (a *api) search() {
	register(a, operation{
		ID: "searchFeatures", Method: http.MethodGet, Path: "/search/features", Tag: "Search",
		Summary: "Search flags",
		Description: "Filters narrow the search together. Their values are an operator and a list: `IS:a`, `IS_NOT:a`, `IS_ANY_OF:a,b`, `IS_NONE_OF:a,b`. " +
			"A page has 50 flags unless `limit` (1 to 100) says otherwise.",
	}, a.searchFeatures)
	register(a, operation{
		ID: "getFlagCreators", Method: http.MethodGet, Path: "/flag-creators", Tag: "Search",
		Summary: "Who created flags", Description: "In the projects that the caller sees, by name. A page has 50 of them unless `limit` (1 to 10000) says otherwise.",
	}, a.getFlagCreators)
}

// searchFeaturesQuery is what is searched for. The patterns are Unleash's, which
// error messages show.
//
// receive has checked the patterns before a search begins, so what parses a filter can rely on its
// form. A filter that is empty is left out, and all that are given must hold.
type searchFeaturesQuery struct {
	Query          string   `query:"query" doc:"Words, separated by commas, of which one is in the name or the description."`
	Project        string   `query:"project" pattern:"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	Type           string   `query:"type" pattern:"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	State          string   `query:"state" pattern:"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$" doc:"active, stale or potentially-stale."`
	Lifecycle      string   `query:"lifecycle" pattern:"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$"`
	CreatedBy      string   `query:"createdBy" pattern:"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$" doc:"Ids."`
	Tag            string   `query:"tag" pattern:"^(INCLUDE|DO_NOT_INCLUDE|INCLUDE_ALL_OF|INCLUDE_ANY_OF|EXCLUDE_IF_ANY_OF|EXCLUDE_ALL):([^:,]+:.+?)(,\\s*[^:,]+:.+?)*$" doc:"As in INCLUDE:type:value,type:value."`
	Segment        string   `query:"segment" pattern:"^(INCLUDE|DO_NOT_INCLUDE|INCLUDE_ALL_OF|INCLUDE_ANY_OF|EXCLUDE_IF_ANY_OF|EXCLUDE_ALL):(.*?)(,([a-zA-Z0-9_]+))*$" doc:"Names."`
	Status         []string `query:"status,explode" pattern:"^[^:]+:(enabled|disabled)$" doc:"As in production:enabled; several mean any of them."`
	StatusList     []string `query:"status[],explode" pattern:"^[^:]+:(enabled|disabled)$" doc:"The same as status."`
	Archived       string   `query:"archived" pattern:"^IS:(true|false)$"`
	Favorite       string   `query:"favorite" pattern:"^IS:(true|false)$"`
	CreatedAt      string   `query:"createdAt" pattern:"^(IS_BEFORE|IS_ON_OR_AFTER):\\d{4}-\\d{2}-\\d{2}$"`
	LastSeenAt     string   `query:"lastSeenAt" pattern:"^(IS_BEFORE|IS_ON_OR_AFTER):\\d{4}-\\d{2}-\\d{2}$"`
	SortBy         string   `query:"sortBy" doc:"name, type, stale, project, createdAt (also if left out), lastSeenAt or environment:NAME."`
	SortOrder      string   `query:"sortOrder" enum:"asc,desc"`
	FavoritesFirst string   `query:"favoritesFirst"`
	Offset         string   `query:"offset"`
	Limit          string   `query:"limit"`
}

// searchFeatures is a page of flags that were found, and how many there are in all.
//
// Total counts all pages, of what the caller may see.
type searchFeatures struct {
	Features []featureSearchResponse `json:"features"`
	Total    int                     `json:"total"`
}

// featureSearchResponse is a flag that was found.
type featureSearchResponse struct {
	Name           flag.Name                  `json:"name"`
	Type           string                     `json:"type"`
	Description    *string                    `json:"description"`
	Project        flag.ProjectID             `json:"project"`
	Favorite       bool                       `json:"favorite"`
	CreatedAt      instant                    `json:"createdAt"`
	Stale          bool                       `json:"stale"`
	ArchivedAt     *instant                   `json:"archivedAt" nullable:"true"`
	ImpressionData bool                       `json:"impressionData"`
	DependencyType *string                    `json:"dependencyType" doc:"parent, child or null."`
	Environments   []featureSearchEnvironment `json:"environments"`
	Segments       []string                   `json:"segments"`
	CreatedBy      person                     `json:"createdBy"`
	Lifecycle      stage                      `json:"lifecycle"`
	Tags           []tag                      `json:"tags,omitempty"`
}

// featureSearchEnvironment is an environment of a flag that was found.
//
// ChangeRequestIDs are those of open requests that the caller may know of.
type featureSearchEnvironment struct {
	FeatureEnvironmentSummary
	Yes              int64              `json:"yes" doc:"How often it was found on in the last hour."`
	No               int64              `json:"no" doc:"How often it was found off in the last hour."`
	ChangeRequestIDs []changerequest.ID `json:"changeRequestIds"`
}

func (a *api) searchFeatures(ctx context.Context, r request, in *searchFeaturesQuery) (searchFeatures, error) {
	// The pattern lets days through that no month has, such as 2026-02-31.
	for at, filter := range map[string]string{"/query/createdAt": in.CreatedAt, "/query/lastSeenAt": in.LastSeenAt} {
		if _, err := dayIn(at, filter); err != nil {
			return searchFeatures{}, err
		}
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return searchFeatures{}, err
	}
	favourites, err := a.favouritesOf(ctx, r)
	if err != nil {
		return searchFeatures{}, err
	}
	s := searcher{state: r.State, now: a.App.Now(), use: use, favourites: favourites.Features}
	found := s.search(in, r.sees)
	page := searchFeatures{Features: []featureSearchResponse{}, Total: len(found)}
	var shown []*flag.Flag
	// Only for the flags of the page is the last hour read.
	for _, one := range pageOf(found, in.Offset, in.Limit, 50, 100) {
		shown = append(shown, one.Flag)
	}
	usages, err := a.usagesOf(ctx, shown...)
	if err != nil {
		return searchFeatures{}, err
	}
	for _, f := range shown {
		view := a.viewSearchResult(ctx, r, f, usages(f))
		view.Favorite = favourites.Features[string(f.Name)]
		page.Features = append(page.Features, view)
	}
	return page, nil
}

// flagCreators is a page of those who created flags.
type flagCreators struct {
	FlagCreators []flagCreator `json:"flagCreators"`
	Total        int           `json:"total"`
}

func (a *api) getFlagCreators(ctx context.Context, r request, in *struct {
	Query  string `query:"q" doc:"A part of the name."`
	Offset string `query:"offset"`
	Limit  string `query:"limit"`
},
) (flagCreators, error) {
	var all []flagCreator
	for p := range r.State.Projects() {
		if r.sees(p.ID) {
			all = append(all, a.creatorsIn(ctx, r.State, p.ID)...)
		}
	}
	slices.SortFunc(all, flagCreator.compare)
	query := strings.ToLower(in.Query)
	all = slices.DeleteFunc(slices.Compact(all), func(c flagCreator) bool { return !strings.Contains(strings.ToLower(c.Name), query) })
	return flagCreators{append([]flagCreator{}, pageOf(all, in.Offset, in.Limit, 50, 10_000)...), len(all)}, nil
}

// searcher looks for flags, and knows all that they are searched by.
//
// What it knows is all that a search depends on, besides the query and what the caller may see.
type searcher struct {
	state      *state.State
	now        time.Time
	use        func(string) reported.Use
	favourites map[string]bool
}

// hit is a flag that was found, with what hits are sorted by.
type hit struct {
	*flag.Flag
	favourite bool
	seen      time.Time // only if hits are sorted by it
}

// search returns the flags that are searched for, of the projects that the caller sees, in the
// order that is wanted.
func (s searcher) search(in *searchFeaturesQuery, sees func(flag.ProjectID) bool) []hit {
	project, filters := parseChoice(in.Project), s.filters(in)
	projects, flags := map[flag.ProjectID]bool{}, s.state.Flags()
	for p := range s.state.Projects() {
		if project.allows(string(p.ID)) && sees(p.ID) {
			projects[p.ID] = true
		}
	}
	// The usual search is within one project.
	if len(projects) == 1 { // going through all flags is faster than finding those of each project
		for only := range projects {
			flags = s.state.FlagsOf(only)
		}
	}
	var found []hit
flags:
	for f := range flags {
		if !projects[f.Project] {
			continue
		}
		for _, allows := range filters {
			if !allows(f) {
				continue flags
			}
		}
		one := hit{Flag: f, favourite: s.favourites[string(f.Name)]}
		if in.SortBy == "lastSeenAt" {
			one.seen = s.use(string(f.Name)).LastSeen()
		}
		found = append(found, one)
	}
	slices.SortFunc(found, in.order())
	return found
}

// filters returns what a flag must be, apart from its project: only what was asked for, and
// what is told fastest first.
//
// A flag goes through them until one refuses, so the order matters for time and not for what is found.
func (s searcher) filters(in *searchFeaturesQuery) []func(*flag.Flag) bool {
	kind, stage, staleness, creator := parseChoice(in.Type), parseChoice(in.Lifecycle), parseChoice(in.State), parseChoice(in.CreatedBy)
	// Who looks for the stage archived wants archived flags without saying so twice. Otherwise archived
	// flags are found only if asked for, and then alone.
	archived := in.Archived == "IS:true" || !stage.none && slices.Contains(stage.values, stageArchived)
	filters := []func(*flag.Flag) bool{func(f *flag.Flag) bool { return f.Archived() == archived }}
	add := func(given bool, filter func(*flag.Flag) bool) {
		if given {
			filters = append(filters, filter)
		}
	}
	add(in.Type != "", func(f *flag.Flag) bool { return kind.allows(f.Type) })
	add(in.Favorite != "", func(f *flag.Flag) bool { return s.favourites[string(f.Name)] == (in.Favorite == "IS:true") })
	status := slices.Concat(in.Status, in.StatusList)
	add(len(status) > 0, func(f *flag.Flag) bool { return hasStatus(f, status) })
	add(in.CreatedAt != "", whenever(in.CreatedAt, func(f *flag.Flag) time.Time { return f.CreatedAt }))
	add(in.CreatedBy != "", func(f *flag.Flag) bool {
		// All admin tokens have one id together, -42, as in Unleash.
		return creator.allows(strconv.FormatInt(eventlog.CreatorOf(s.state, f.CreatedBy).ID, 10))
	})
	add(in.State != "", func(f *flag.Flag) bool { return staleness.allows(stalenessOf(s.state, f, s.now)) })
	add(in.Lifecycle != "", func(f *flag.Flag) bool { return stage.allows(stageOf(f, s.use(string(f.Name)))) })
	add(in.LastSeenAt != "", whenever(in.LastSeenAt, func(f *flag.Flag) time.Time { return s.use(string(f.Name)).LastSeen() }))
	tags, segments := parseInclusion(in.Tag), parseInclusion(in.Segment)
	add(in.Tag != "", func(f *flag.Flag) bool { return tags.allows(tagNames(f)) })
	add(in.Segment != "", func(f *flag.Flag) bool { return segments.allows(segmentNames(s.state, f)) })
	words := wordsOf(in.Query)
	add(len(words) > 0, func(f *flag.Flag) bool { return hasWord(f, words) })
	return filters
}

// order compares flags as the search wants them sorted; by name where nothing else decides. Flags that were never seen
// come last, whichever way, as in Unleash.
func (in *searchFeaturesQuery) order() func(a, b hit) int {
	by := in.sortedBy()
	if in.SortOrder == "desc" {
		ascending := by
		// Names that decide between equals stay in their order, whichever way the rest is sorted.
		by = func(a, b hit) int { return ascending(b, a) }
	}
	favouritesFirst := in.FavoritesFirst == "true"
	return func(a, b hit) int {
		if favouritesFirst && a.favourite != b.favourite {
			return compareBool(b.favourite, a.favourite)
		}
		if in.SortBy == "lastSeenAt" && a.seen.IsZero() != b.seen.IsZero() {
			return compareBool(a.seen.IsZero(), b.seen.IsZero())
		}
		if order := by(a, b); order != 0 {
			return order
		}
		return cmp.Compare(a.Name, b.Name)
	}
}

// sortedBy compares flags by what the query names, upwards. What it does not know is as good as left
// out: by when they were created, as in Unleash. A flag that is off in an environment, or not in it,
// comes before those that are on.
func (in *searchFeaturesQuery) sortedBy() func(a, b hit) int {
	if name, ok := strings.CutPrefix(in.SortBy, "environment:"); ok {
		enabled := func(f hit) bool {
			row := f.In(flag.EnvironmentName(name))
			return row != nil && row.Enabled
		}
		return func(a, b hit) int { return compareBool(enabled(a), enabled(b)) }
	}
	switch in.SortBy {
	case "name":
		return func(a, b hit) int { return cmp.Compare(a.Name, b.Name) }
	case "type":
		return func(a, b hit) int { return cmp.Compare(a.Type, b.Type) }
	case "project":
		return func(a, b hit) int { return cmp.Compare(a.Project, b.Project) }
	case "stale":
		return func(a, b hit) int { return compareBool(a.Stale, b.Stale) }
	case "lastSeenAt":
		return func(a, b hit) int { return a.seen.Compare(b.seen) }
	default:
		return func(a, b hit) int { return a.CreatedAt.Compare(b.CreatedAt) }
	}
}

// choice is a filter on one value: one of some, or none of them.
type choice struct {
	none   bool
	values []string
}

// parseChoice reads a filter such as IS_ANY_OF:a,b; an empty one allows everything.
func parseChoice(filter string) choice {
	operator, list, ok := strings.Cut(filter, ":")
	if !ok {
		return choice{none: true}
	}
	// Of the four operators, only IS_NOT and IS_NONE_OF have these letters.
	return choice{none: strings.Contains(operator, "NO"), values: splitList(list)}
}

// allows reports whether a value is one of the filter's, or, for a filter that excludes, none of them.
func (c choice) allows(value string) bool { return slices.Contains(c.values, value) != c.none }

// inclusion is a filter on several values.
type inclusion struct {
	operator string
	values   []string
}

// parseInclusion reads a filter such as INCLUDE_ANY_OF:a,b. An empty one has no operator, and allows
// everything.
func parseInclusion(filter string) inclusion {
	operator, list, _ := strings.Cut(filter, ":")
	return inclusion{operator, splitList(list)}
}

// allows reports whether what a flag has is as the filter wants it. EXCLUDE_ALL refuses a flag that has
// all of the values, while DO_NOT_INCLUDE refuses one that has any.
func (i inclusion) allows(have []string) bool {
	n := 0
	for _, v := range i.values {
		if slices.Contains(have, v) {
			n++
		}
	}
	switch i.operator {
	case "INCLUDE", "INCLUDE_ANY_OF":
		return n > 0
	case "INCLUDE_ALL_OF":
		return n == len(i.values)
	case "DO_NOT_INCLUDE", "EXCLUDE_IF_ANY_OF":
		return n == 0
	case "EXCLUDE_ALL":
		return n < len(i.values)
	default:
		return true
	}
}

// splitList returns the items of a list with commas between them, without white space around them.
// There is always one, which may be empty.
func splitList(list string) []string {
	values := strings.Split(list, ",")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

// wordsOf returns the words of a query, in lower case. What is empty between commas is no word: it would be in the
// name of every flag.
func wordsOf(query string) []string {
	return slices.DeleteFunc(splitList(strings.ToLower(query)), func(word string) bool { return word == "" })
}

// hasWord reports whether one of some words, in lower case, is in a flag's name or description.
func hasWord(f *flag.Flag, words []string) bool {
	has := func(text string) bool {
		text = strings.ToLower(text)
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	return has(string(f.Name)) || f.Description != nil && has(*f.Description)
}

// hasStatus reports whether one of the statuses, such as production:enabled, is the flag's.
func hasStatus(f *flag.Flag, statuses []string) bool {
	return slices.ContainsFunc(statuses, func(status string) bool {
		env, want, _ := strings.Cut(status, ":")
		row := f.In(flag.EnvironmentName(env))
		return row != nil && row.Enabled == (want == "enabled")
	})
}

// whenever returns whether a time of a flag lies where a filter such as IS_BEFORE:2026-01-31
// wants it. A time that never was lies nowhere.
//
// A day begins at midnight, UTC. A filter that is no day allows nothing; the search has refused it
// before.
func whenever(filter string, of func(*flag.Flag) time.Time) func(*flag.Flag) bool {
	day, err := dayIn("", filter)
	return func(f *flag.Flag) bool {
		at := of(f)
		return err == nil && !at.IsZero() && at.Before(day) == strings.HasPrefix(filter, "IS_BEFORE:")
	}
}

// stalenessOf returns active, stale, or potentially-stale for a flag that has outlived
// what is usual for its type.
//
// The past is judged by handing it the flag and the time of then (past_flags.go). A type that does not
// exist, or that has no lifetime, outlives nothing.
func stalenessOf(s *state.State, f *flag.Flag, now time.Time) string {
	t := s.FeatureType(f.Type)
	switch {
	case f.Stale:
		return "stale"
	case t != nil && t.LifetimeDays != nil && now.Sub(f.CreatedAt) > time.Duration(*t.LifetimeDays)*24*time.Hour:
		return "potentially-stale"
	default:
		return "active"
	}
}

// tagNames returns a flag's tags in the form in which filters name them, type:value.
func tagNames(f *flag.Flag) []string {
	names := make([]string, len(f.Tags))
	for i, t := range f.Tags {
		names[i] = t.Type + ":" + t.Value
	}
	return names
}

// segmentNames returns the names of the segments that a flag's strategies use, sorted.
func segmentNames(s *state.State, f *flag.Flag) []string {
	names := []string{}
	for id := range f.Segments() {
		// It is there: a segment cannot be deleted while a strategy uses it, archived flags included.
		names = append(names, s.Segment(id).Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// viewSearchResult returns what lists show of a flag. It is called for the flags of one page only.
func (a *api) viewSearchResult(ctx context.Context, r request, f *flag.Flag, of usageOf) featureSearchResponse {
	s := r.State
	stages := stagesOf(f, of.Use)
	view := featureSearchResponse{
		Name:           f.Name,
		Type:           f.Type,
		Description:    f.Description,
		Project:        f.Project,
		CreatedAt:      instant(f.CreatedAt),
		Stale:          f.Stale,
		ArchivedAt:     instantOf(f.ArchivedAt),
		ImpressionData: f.ImpressionData,
		DependencyType: dependencyType(s, f),
		Environments:   []featureSearchEnvironment{},
		Segments:       segmentNames(s, f),
		CreatedBy:      a.viewCreator(ctx, s, f.CreatedBy),
		Lifecycle:      stages[len(stages)-1],
		Tags:           viewTags(s, f.Tags),
	}
	for _, summary := range viewEnvironmentSummaries(s, f, of) {
		counted := of.hour[string(summary.Name)]
		view.Environments = append(view.Environments, featureSearchEnvironment{
			FeatureEnvironmentSummary: summary,
			Yes:                       counted.Yes,
			No:                        counted.No,
			ChangeRequestIDs:          r.requestsOn(f, summary.Name),
		})
	}
	return view
}

// requestsOn returns the open change requests of an environment that change a flag.
func (r request) requestsOn(f *flag.Flag, env flag.EnvironmentName) []changerequest.ID {
	ids := []changerequest.ID{}
	for cr := range r.State.OpenRequestsOn(f.Name) {
		if cr.Project == f.Project && cr.Environment == env && r.knows(cr) {
			ids = append(ids, cr.ID)
		}
	}
	return ids
}

// dependencyType returns whether a flag is a parent or a child, or nil for neither.
func dependencyType(s *state.State, f *flag.Flag) *string {
	kind := "child"
	if len(f.Dependencies) > 0 {
		return &kind
	}
	for range s.Children(f.Name) {
		kind = "parent"
		return &kind
	}
	return nil
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}
