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
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// search registers how flags are found.
func (a *api) search() {
	register(a, operation{
		ID: "searchFeatures", Method: http.MethodGet, Path: "/search/features", Tag: "Search",
		Summary: "Search flags",
		Description: "Filters narrow the search together. Their values are an operator and a list: `IS:a`, `IS_NOT:a`, `IS_ANY_OF:a,b`, `IS_NONE_OF:a,b`. " +
			"A page has 50 flags unless `limit` (1 to 100) says otherwise.",
	}, a.searchFeatures)
}

// searchFeaturesQuery is what is searched for. The patterns are Unleash's, which
// error messages show.
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
	Tags           []tag                      `json:"tags,omitempty"`
}

// featureSearchEnvironment is an environment of a flag that was found.
type featureSearchEnvironment struct {
	FeatureEnvironmentSummary
	Yes              int                `json:"yes"`
	No               int                `json:"no"`
	ChangeRequestIDs []changerequest.ID `json:"changeRequestIds"`
}

func (a *api) searchFeatures(_ context.Context, r request, in *searchFeaturesQuery) (searchFeatures, error) {
	matches := in.matcher(r.State, a.App.Now())
	var found []*flag.Flag
	for f := range r.State.Flags() {
		if r.sees(f.Project) && matches(f) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, in.order()) // they come by name
	page := searchFeatures{Features: []featureSearchResponse{}, Total: len(found)}
	for _, f := range pageOf(found, in.Offset, in.Limit, 50, 100) {
		page.Features = append(page.Features, r.viewSearchResult(f))
	}
	return page, nil
}

// matcher returns whether a flag is one that is searched for.
func (in *searchFeaturesQuery) matcher(s *state.State, now time.Time) func(*flag.Flag) bool {
	if in.Favorite == "IS:true" || in.LastSeenAt != "" {
		return func(*flag.Flag) bool { return false } // tokens have no favourites, and nothing was seen yet
	}
	words := strings.FieldsFunc(strings.ToLower(in.Query), func(r rune) bool { return r == ',' })
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	project, kind, stage := parseChoice(in.Project), parseChoice(in.Type), parseChoice(in.Lifecycle)
	staleness, creator := parseChoice(in.State), parseChoice(in.CreatedBy)
	tags, segments := parseInclusion(in.Tag), parseInclusion(in.Segment)
	status := slices.Concat(in.Status, in.StatusList)
	archived := in.Archived == "IS:true" || slices.Contains(stage.values, "archived")

	return func(f *flag.Flag) bool {
		return f.Archived() == archived &&
			hasWord(f, words) &&
			project.allows(string(f.Project)) &&
			kind.allows(f.Type) &&
			stage.allows(lifecycleStage(f)) &&
			staleness.allows(stalenessOf(s, f, now)) &&
			creator.allows(strconv.FormatInt(viewCreator(s, f.CreatedBy).ID, 10)) &&
			tags.allows(tagNames(f)) &&
			segments.allows(segmentNames(s, f)) &&
			hasStatus(f, status) &&
			isWhen(in.CreatedAt, f.CreatedAt)
	}
}

// order compares flags as the search wants them sorted.
func (in *searchFeaturesQuery) order() func(a, b *flag.Flag) int {
	by := func(a, b *flag.Flag) int { return a.CreatedAt.Compare(b.CreatedAt) }
	switch in.SortBy {
	case "name":
		by = func(a, b *flag.Flag) int { return cmp.Compare(a.Name, b.Name) }
	case "type":
		by = func(a, b *flag.Flag) int { return cmp.Compare(a.Type, b.Type) }
	case "project":
		by = func(a, b *flag.Flag) int { return cmp.Compare(a.Project, b.Project) }
	case "stale":
		by = func(a, b *flag.Flag) int { return compareBool(a.Stale, b.Stale) }
	}
	if name, ok := strings.CutPrefix(in.SortBy, "environment:"); ok {
		enabled := func(f *flag.Flag) bool {
			row := f.In(flag.EnvironmentName(name))
			return row != nil && row.Enabled
		}
		by = func(a, b *flag.Flag) int { return compareBool(enabled(a), enabled(b)) }
	}
	if in.SortOrder == "desc" {
		return func(a, b *flag.Flag) int { return by(b, a) }
	}
	return by
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
	return choice{none: strings.Contains(operator, "NO"), values: splitList(list)}
}

func (c choice) allows(value string) bool { return slices.Contains(c.values, value) != c.none }

// inclusion is a filter on several values.
type inclusion struct {
	operator string
	values   []string
}

func parseInclusion(filter string) inclusion {
	operator, list, _ := strings.Cut(filter, ":")
	return inclusion{operator, splitList(list)}
}

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

func splitList(list string) []string {
	values := strings.Split(list, ",")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

func hasWord(f *flag.Flag, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(string(f.Name))
	if f.Description != nil {
		text += "\n" + strings.ToLower(*f.Description)
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// hasStatus reports whether one of the statuses, such as production:enabled, is the flag's.
func hasStatus(f *flag.Flag, statuses []string) bool {
	return len(statuses) == 0 || slices.ContainsFunc(statuses, func(status string) bool {
		env, want, _ := strings.Cut(status, ":")
		row := f.In(flag.EnvironmentName(env))
		return row != nil && row.Enabled == (want == "enabled")
	})
}

// isWhen reports whether a time lies where a filter such as IS_BEFORE:2026-01-31 wants it.
func isWhen(filter string, at time.Time) bool {
	operator, date, ok := strings.Cut(filter, ":")
	if !ok {
		return true
	}
	day, err := time.Parse(time.DateOnly, date)
	return err == nil && at.Before(day) == (operator == "IS_BEFORE")
}

// stalenessOf returns active, stale, or potentially-stale for a flag that has outlived
// what is usual for its type.
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

// lifecycleStage returns the stage that a flag is known to be in. Stages that need
// usage are not recorded yet.
func lifecycleStage(f *flag.Flag) string {
	if f.Archived() {
		return "archived"
	}
	return "initial"
}

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
	for _, row := range f.Environments {
		for _, strategy := range row.Strategies {
			for _, id := range strategy.Segments {
				names = append(names, s.Segment(id).Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r request) viewSearchResult(f *flag.Flag) featureSearchResponse {
	s := r.State
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
		CreatedBy:      viewCreator(s, f.CreatedBy),
		Tags:           viewTags(s, f.Tags),
	}
	for _, summary := range viewEnvironmentSummaries(s, f) {
		view.Environments = append(view.Environments, featureSearchEnvironment{
			FeatureEnvironmentSummary: summary,
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
