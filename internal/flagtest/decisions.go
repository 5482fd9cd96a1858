package flagtest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// How many of one thing there are for each of another.
const (
	flagsPerProject = 200
	flagsPerSegment = 50
)

// Decisions yields what the commands that set up an instance were decided into, one
// decision after the other: the instance with its environments, projects, vocabulary,
// segments and tokens, and then each flag by itself.
func Decisions(seed uint64, flags int) iter.Seq[[]state.Event] {
	return func(yield func([]state.Event) bool) {
		m := &maker{rnd: rand.New(rand.NewPCG(seed, uint64(flags))), at: Epoch}
		for decision := range m.decisions(flags) {
			if !yield(decision) {
				return
			}
			m.at = m.at.Add(time.Minute)
		}
	}
}

// maker makes one instance.
type maker struct {
	rnd      *rand.Rand
	at       time.Time // of the batch that is being decided
	projects []flag.ProjectID
	segments []*flag.Segment
	names    []flag.Name // of all flags so far
}

func (m *maker) decisions(flags int) iter.Seq[[]state.Event] {
	return func(yield func([]state.Event) bool) {
		ok := yield(m.instance()) && yield(m.vocabulary())
		for i := range max(1, flags/flagsPerProject) {
			ok = ok && yield(m.project(i))
		}
		for i := range max(4, flags/flagsPerSegment) {
			ok = ok && yield(m.segment(i))
		}
		ok = ok && yield(m.tokens())
		for i := 0; ok && i < flags; i++ {
			ok = yield(m.flag(i))
		}
	}
}

func (m *maker) instance() []state.Event {
	return []state.Event{
		{Payload: state.LedgerCreated{
			ID: "018f0000-0000-7000-8000-000000000000", Format: state.Format, FeatureTypes: flag.FeatureTypes(),
		}},
		{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: Development, Type: "development", SortOrder: 100, Enabled: true}}},
		{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: Staging, Type: "pre-production", SortOrder: 200, Enabled: true}}},
		{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: Production, Type: flag.Production, SortOrder: 300, Enabled: true}}},
	}
}

// contextFields are the fields that constraints name, besides those that SDKs fill in.
var contextFields = []string{"appVersion", "country", "plan", "sessionLength", "tenantId"}

func (m *maker) vocabulary() []state.Event {
	var events []state.Event
	for i, name := range contextFields {
		events = append(events, state.Event{Payload: state.ContextFieldCreated{Field: flag.ContextField{
			Name: name, Description: new("Filled in by the gateway."), Stickiness: name == "tenantId",
			SortOrder: i, LegalValues: legalValues(name), CreatedAt: m.at,
		}}})
	}
	events = append(events, state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: "team", Description: new("Who answers for it.")}}})
	for _, team := range teams {
		events = append(events, state.Event{Payload: state.TagCreated{Tag: flag.Tag{Type: "team", Value: team}}})
	}
	return events
}

func legalValues(field string) []flag.LegalValue {
	if field != "plan" {
		return nil
	}
	var legal []flag.LegalValue
	for _, plan := range plans {
		legal = append(legal, flag.LegalValue{Value: plan})
	}
	return legal
}

func (m *maker) project(i int) []state.Event {
	id := flag.ProjectID("default")
	if i > 0 {
		id = flag.ProjectID(fmt.Sprintf("%s-%d", pick(m, areas), i))
	}
	m.projects = append(m.projects, id)
	project := flag.Project{
		ID: id, Name: "The " + string(id) + " team", Mode: flag.ModeOpen, DefaultStickiness: "default",
		CreatedAt: m.at, UpdatedAt: m.at,
	}
	for _, env := range environments() {
		project.Environments = append(project.Environments, flag.ProjectEnvironment{Environment: env})
	}
	return []state.Event{{Scope: state.Scope{Project: id}, Payload: state.ProjectCreated{Project: project}}}
}

func (m *maker) segment(i int) []state.Event {
	segment := flag.Segment{
		ID: flag.SegmentID(i + 1), Name: fmt.Sprintf("%s-%s-%d", pick(m, plans), pick(m, countries), i+1),
		Description: new("Customers who agreed to try things early."),
		Constraints: m.constraints(1 + m.rnd.IntN(3)), CreatedAt: m.at, CreatedBy: string(Author),
	}
	var scope state.Scope
	if m.chance(30) {
		scope.Project = pick(m, m.projects)
		segment.Project = &scope.Project
	}
	m.segments = append(m.segments, &segment)
	return []state.Event{{Scope: scope, Payload: state.SegmentCreated{Segment: segment}}}
}

// tokens makes two for each environment and one for the first project alone. Their
// digests are no one's: whoever needs to sign in makes a token of their own.
func (m *maker) tokens() []state.Event {
	var events []state.Event
	add := func(kind access.TokenType, project flag.ProjectID, env flag.EnvironmentName) {
		id := int64(len(events) + 1)
		events = append(events, state.Event{Scope: state.Scope{Environment: env}, Payload: state.APITokenCreated{Token: access.APIToken{
			ID: id, Name: fmt.Sprintf("%s-%s-%d", kind, env, id), Type: kind, Projects: []flag.ProjectID{project},
			Environment: env, Digest: fmt.Sprintf("%064x", m.rnd.Uint64()), CreatedAt: m.at,
		}}})
	}
	for _, env := range environments() {
		add(access.TokenBackend, access.Any, env)
		add(access.TokenFrontend, access.Any, env)
	}
	add(access.TokenBackend, m.projects[0], Production)
	return events
}

func (m *maker) flag(i int) []state.Event {
	name := flag.Name(fmt.Sprintf("%s-%s-%04d", pick(m, areas), pick(m, features), i))
	project := m.projects[i%len(m.projects)]
	scope := state.Scope{Project: project, Feature: name}
	f := flag.Flag{
		Name: name, Project: project, Type: pick(m, types), Stale: m.chance(5), ImpressionData: m.chance(10),
		CreatedAt: m.at, CreatedBy: string(Author),
	}
	if m.chance(70) {
		f.Description = new("Shows " + string(name) + " to those who are meant to see it.")
	}
	for _, env := range environments() {
		f.Environments = append(f.Environments, m.configuration(project, env))
	}
	if len(m.names) > 0 && m.chance(5) {
		f.Dependencies = []flag.Dependency{{Feature: pick(m, m.names), Enabled: true}}
	}
	if m.chance(40) {
		f.Tags = []flag.Tag{{Type: "team", Value: pick(m, teams)}}
	}
	if m.chance(10) {
		f.Links = []flag.Link{{ID: m.id(), URL: "https://tracker.example/" + string(name), Title: new("Ticket")}}
	}
	events := []state.Event{{Scope: scope, Payload: state.FeatureCreated{Flag: f}}}
	if m.chance(3) {
		return append(events, state.Event{Scope: scope, Payload: state.FeatureArchived{}})
	}
	m.names = append(m.names, name)
	return events
}

// configuration makes a flag's row: nearly all are on in development, half in production.
func (m *maker) configuration(project flag.ProjectID, env flag.EnvironmentName) flag.FlagEnvironment {
	row := flag.FlagEnvironment{Environment: env, Enabled: m.chance(map[flag.EnvironmentName]int{Development: 90, Staging: 70, Production: 50}[env])}
	for i := range 1 + m.rnd.IntN(100)/80 + m.rnd.IntN(100)/90 {
		strategy := m.strategy(project)
		strategy.SortOrder = i
		row.Strategies = append(row.Strategies, strategy)
	}
	if m.chance(3) {
		row.Variants = m.variants()
	}
	return row
}

func (m *maker) strategy(project flag.ProjectID) flag.Strategy {
	rollout := "100"
	if m.chance(40) {
		rollout = fmt.Sprint(m.rnd.IntN(101))
	}
	strategy := flag.Strategy{
		ID: flag.StrategyID(m.id()), Name: "flexibleRollout",
		Parameters: map[string]string{"rollout": rollout, "stickiness": "default", "groupId": "group-" + m.id()[:8]},
	}
	if m.chance(45) {
		strategy.Constraints = m.constraints(1 + m.rnd.IntN(2))
	}
	if usable := m.usable(project); m.chance(20) && len(usable) > 0 {
		strategy.Segments = []flag.SegmentID{pick(m, usable)}
	}
	if m.chance(8) {
		strategy.Variants = m.variants()
	}
	return strategy
}

// usable returns the segments that strategies in a project may use.
func (m *maker) usable(project flag.ProjectID) []flag.SegmentID {
	var ids []flag.SegmentID
	for _, segment := range m.segments {
		if segment.Global() || *segment.Project == project {
			ids = append(ids, segment.ID)
		}
	}
	return ids
}

func (m *maker) constraints(n int) []flag.Constraint {
	list := make([]flag.Constraint, n)
	for i := range list {
		list[i] = m.constraint()
	}
	return list
}

func (m *maker) constraint() flag.Constraint {
	switch m.rnd.IntN(7) {
	case 0:
		return flag.Constraint{ContextName: "country", Operator: flag.In, Values: m.some(countries)}
	case 1:
		return flag.Constraint{ContextName: "plan", Operator: flag.NotIn, Values: m.some(plans)}
	case 2:
		return flag.Constraint{ContextName: "appVersion", Operator: flag.SemverGte, Value: fmt.Sprintf("%d.%d.0", 1+m.rnd.IntN(4), m.rnd.IntN(20))}
	case 3:
		return flag.Constraint{ContextName: "sessionLength", Operator: flag.NumGt, Value: fmt.Sprint(m.rnd.IntN(3600))}
	case 4:
		return flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: m.at.Format(time.RFC3339)}
	case 5:
		return flag.Constraint{ContextName: "tenantId", Operator: flag.StrStartsWith, Values: []string{"eu-", "us-"}, CaseInsensitive: true}
	default:
		var users []string
		for range 2 + m.rnd.IntN(8) {
			users = append(users, fmt.Sprint("user-", m.rnd.IntN(100_000)))
		}
		return flag.Constraint{ContextName: "userId", Operator: flag.In, Values: users, Inverted: m.chance(10)}
	}
}

func (m *maker) variants() []flag.Variant {
	weights := [][]int{{500, 500}, {334, 333, 333}, {250, 250, 250, 250}}[m.rnd.IntN(3)]
	variants := make([]flag.Variant, len(weights))
	for i, weight := range weights {
		variants[i] = flag.Variant{
			Name: string(rune('a' + i)), Weight: weight, WeightType: flag.WeightVariable, Stickiness: "default",
			Payload: &flag.Payload{Type: "json", Value: fmt.Sprintf(`{"color":"#%06x"}`, m.rnd.IntN(1<<24))},
		}
	}
	return variants
}

// chance is true in so many of a hundred cases.
func (m *maker) chance(percent int) bool { return m.rnd.IntN(100) < percent }

// id returns a UUID.
func (m *maker) id() string {
	a, b := m.rnd.Uint64(), m.rnd.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&(1<<48-1))
}

// some returns one to three of the values, sorted.
func (m *maker) some(values []string) []string {
	var list []string
	for range 1 + m.rnd.IntN(3) {
		list = append(list, pick(m, values))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func pick[T any](m *maker, from []T) T { return from[m.rnd.IntN(len(from))] }

// environments returns the names by which rows are sorted.
func environments() []flag.EnvironmentName {
	return []flag.EnvironmentName{Development, Production, Staging}
}

// Words that names are made of.
var (
	areas     = []string{"account", "basket", "billing", "checkout", "invoice", "login", "mail", "report", "search", "stock"}
	features  = []string{"archive", "autofill", "banner", "cache", "export", "filter", "history", "layout", "limit", "reminder", "summary", "wizard"}
	teams     = []string{"atlas", "borealis", "comet", "delta", "ember"}
	plans     = []string{"enterprise", "free", "pro", "team"}
	countries = []string{"AT", "BR", "CH", "DE", "ES", "FR", "IN", "JP", "NL", "NO", "PL", "US"}
	types     = []string{"release", "release", "release", "experiment", "operational", "kill-switch", "permission"}
)
