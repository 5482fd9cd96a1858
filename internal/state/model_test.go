package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// model is what a state should hold, told in plain maps. It knows the rules of the fold in
// its own words, and shares no code with it.
type model struct {
	Environments map[flag.EnvironmentName]bool
	Projects     map[flag.ProjectID]*modelProject
	Flags        map[flag.Name]*modelFlag
	Segments     map[flag.SegmentID]string // names
	Tokens       map[int64]string          // digests
	TagTypes     map[string]bool
	Tags         map[string]bool // "type:value"
	Settings     map[string]string
	Rules        map[string]int // "project/environment"
	NextSegment  flag.SegmentID
	NextToken    int64
	// Served is the revision of the last batch that touched each environment.
	Served map[flag.EnvironmentName]int64
}

type modelProject struct {
	Archived     bool
	Name         string
	Environments map[flag.EnvironmentName]string // id of the default strategy
}

type modelFlag struct {
	Project         flag.ProjectID
	Archived, Stale bool
	Type            string
	Rows            map[flag.EnvironmentName]*modelRow
	Parents         map[flag.Name]bool
	Tags            map[string]bool
	Links           map[string]string
}

type modelRow struct {
	On         bool
	Strategies map[flag.StrategyID]modelStrategy
	Variants   int
}

type modelStrategy struct {
	Order    int
	Segments []flag.SegmentID
}

// small sets of names, so that events meet each other.
var (
	someEnvironments = rapid.SampledFrom([]flag.EnvironmentName{"dev", "prod", "test"})
	someProjects     = rapid.SampledFrom([]flag.ProjectID{"one", "two", "three"})
	someFlags        = rapid.SampledFrom([]flag.Name{"a", "a.b", "ab", "b", "c"})
	someStrategies   = rapid.SampledFrom([]flag.StrategyID{"s1", "s2", "s3"})
	someSegments     = rapid.Int64Range(1, 3)
	someTags         = rapid.SampledFrom([]flag.Tag{{Type: "team", Value: "red"}, {Type: "team", Value: "blue"}, {Type: "te", Value: "am:red"}})
	someTagTypes     = rapid.SampledFrom([]string{"team", "te"})
)

// step is an event, what it does to a model, and whether the model accepts it; and where
// it is noticed by SDKs: "" everywhere, "-" nowhere.
type step struct {
	event  state.Event
	do     func(*model) bool
	served flag.EnvironmentName
}

const nowhere = flag.EnvironmentName("-")

// drawStep draws any event; many do not fit the state.
func drawStep(t *rapid.T, m *model) step {
	p, env, f := someProjects.Draw(t, "project"), someEnvironments.Draw(t, "environment"), someFlags.Draw(t, "flag")
	if have, ok := m.Flags[f]; ok && rapid.IntRange(0, 9).Draw(t, "at home") > 0 {
		p = have.Project // else the scope may name a project that is not the flag's
	}
	scope := state.Scope{Project: p, Environment: env, Feature: f}
	row := func(do func(*modelRow) bool) func(*model) bool {
		return func(m *model) bool {
			mf := m.Flags[f]
			return mf != nil && mf.Project == p && mf.Rows[env] != nil && do(mf.Rows[env])
		}
	}
	aFlag := func(do func(*model, *modelFlag) bool) func(*model) bool {
		return func(m *model) bool { return m.Flags[f] != nil && m.Flags[f].Project == p && do(m, m.Flags[f]) }
	}
	aProject := func(do func(*model, *modelProject) bool) func(*model) bool {
		return func(m *model) bool { return m.Projects[p] != nil && do(m, m.Projects[p]) }
	}
	switch rapid.IntRange(0, 35).Draw(t, "kind") {
	case 0:
		return step{
			state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: env}}},
			func(m *model) bool { return !m.Environments[env] && put(m.Environments, env, true) }, nowhere,
		}
	case 1:
		return step{
			state.Event{Payload: state.EnvironmentDeleted{Before: flag.Environment{Name: env}}},
			func(m *model) bool {
				for _, mp := range m.Projects {
					if _, used := mp.Environments[env]; used {
						return false
					}
				}
				delete(m.Environments, env)
				return true
			}, nowhere,
		}
	case 2:
		project := flag.Project{ID: p, Name: "new", Environments: []flag.ProjectEnvironment{{Environment: "dev"}, {Environment: "prod"}}}
		return step{
			state.Event{Scope: scope, Payload: state.ProjectCreated{Project: project}},
			func(m *model) bool {
				return m.Projects[p] == nil && m.Environments["dev"] && m.Environments["prod"] &&
					put(m.Projects, p, &modelProject{Name: "new", Environments: map[flag.EnvironmentName]string{"dev": "", "prod": ""}})
			}, nowhere,
		}
	case 3:
		name := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name")
		return step{
			state.Event{Scope: scope, Payload: state.ProjectUpdated{After: state.ProjectSettings{Name: name}}},
			aProject(func(_ *model, mp *modelProject) bool { mp.Name = name; return true }), nowhere,
		}
	case 4:
		return step{
			state.Event{Scope: scope, Payload: state.ProjectArchived{}},
			aProject(func(m *model, mp *modelProject) bool { mp.Archived = true; return !m.hasActive(p) }), nowhere,
		}
	case 5:
		return step{
			state.Event{Scope: scope, Payload: state.ProjectRevived{}},
			aProject(func(_ *model, mp *modelProject) bool { mp.Archived = false; return true }), nowhere,
		}
	case 6:
		return step{
			state.Event{Scope: scope, Payload: state.ProjectDeleted{}},
			func(m *model) bool {
				if m.hasActive(p) {
					return false
				}
				maps.DeleteFunc(m.Flags, func(_ flag.Name, mf *modelFlag) bool { return mf.Project == p })
				for _, e := range []flag.EnvironmentName{"dev", "prod", "test"} {
					delete(m.Rules, fmt.Sprintf("%s/%s", p, e))
				}
				delete(m.Projects, p)
				return true
			}, nowhere,
		}
	case 7:
		return step{
			state.Event{Scope: scope, Payload: state.ProjectEnvironmentAdded{}},
			aProject(func(m *model, mp *modelProject) bool {
				if _, have := mp.Environments[env]; have || !m.Environments[env] {
					return false
				}
				mp.Environments[env] = ""
				for _, mf := range m.Flags {
					if mf.Project == p {
						mf.Rows[env] = &modelRow{Strategies: map[flag.StrategyID]modelStrategy{}}
					}
				}
				return true
			}), env,
		}
	case 8:
		return step{
			state.Event{Scope: scope, Payload: state.ProjectEnvironmentRemoved{}},
			aProject(func(m *model, mp *modelProject) bool {
				if _, have := mp.Environments[env]; !have {
					return false
				}
				delete(mp.Environments, env)
				for _, mf := range m.Flags {
					if mf.Project == p {
						delete(mf.Rows, env)
					}
				}
				return true
			}), env,
		}
	case 9:
		return step{
			state.Event{Scope: scope, Payload: state.DefaultStrategyUpdated{After: &flag.Strategy{ID: "default"}}},
			aProject(func(_ *model, mp *modelProject) bool {
				_, have := mp.Environments[env]
				return have && put(mp.Environments, env, "default")
			}), nowhere,
		}
	case 10, 11, 12:
		created := flag.Flag{Name: f, Project: p, Type: "release"}
		mf := &modelFlag{
			Project: p, Type: "release", Rows: map[flag.EnvironmentName]*modelRow{},
			Parents: map[flag.Name]bool{}, Tags: map[string]bool{}, Links: map[string]string{},
		}
		if mp := m.Projects[p]; mp != nil {
			for _, e := range slices.Sorted(maps.Keys(mp.Environments)) {
				created.Environments = append(created.Environments, flag.FlagEnvironment{Environment: e, Enabled: true})
				mf.Rows[e] = &modelRow{On: true, Strategies: map[flag.StrategyID]modelStrategy{}}
			}
		}
		return step{
			state.Event{Scope: scope, Payload: state.FeatureCreated{Flag: created}},
			aProject(func(m *model, mp *modelProject) bool {
				return m.Flags[f] == nil && sameKeys(mf.Rows, mp.Environments) && put(m.Flags, f, mf)
			}), env,
		}
	case 13:
		return step{
			state.Event{Scope: scope, Payload: state.FeatureArchived{}},
			aFlag(func(_ *model, mf *modelFlag) bool { mf.Archived = true; return true }), "",
		}
	case 14:
		return step{
			state.Event{Scope: scope, Payload: state.FeatureRevived{}},
			aFlag(func(_ *model, mf *modelFlag) bool {
				mf.Archived = false
				for _, r := range mf.Rows {
					r.On = false
				}
				return true
			}), env,
		}
	case 15:
		return step{
			state.Event{Scope: scope, Payload: state.FeatureDeleted{}},
			aFlag(func(m *model, mf *modelFlag) bool { delete(m.Flags, f); return mf.Archived }), nowhere,
		}
	case 16:
		to := someProjects.Draw(t, "to")
		scope.Project = to
		return step{
			state.Event{Scope: scope, Payload: state.FeatureProjectChange{OldProject: p}},
			aFlag(func(m *model, mf *modelFlag) bool {
				mf.Project = to
				return m.Projects[to] != nil && sameKeys(mf.Rows, m.Projects[to].Environments)
			}), "",
		}
	case 17:
		kind := rapid.SampledFrom([]string{"release", "experiment"}).Draw(t, "type")
		return step{
			state.Event{Scope: scope, Payload: state.FeatureMetadataUpdated{After: state.Metadata{Type: kind}}},
			aFlag(func(_ *model, mf *modelFlag) bool { mf.Type = kind; return true }), env,
		}
	case 18:
		return step{state.Event{Scope: scope, Payload: state.FeatureStaleOn{}}, aFlag(func(_ *model, mf *modelFlag) bool { mf.Stale = true; return true }), env}
	case 19:
		return step{state.Event{Scope: scope, Payload: state.FeatureStaleOff{}}, aFlag(func(_ *model, mf *modelFlag) bool { mf.Stale = false; return true }), env}
	case 20, 21:
		parent := someFlags.Draw(t, "parent")
		return step{
			state.Event{Scope: scope, Payload: state.FeatureDependencyAdded{Dependency: flag.Dependency{Feature: parent}}},
			aFlag(func(m *model, mf *modelFlag) bool { return m.Flags[parent] != nil && put(mf.Parents, parent, true) }), env,
		}
	case 22:
		parent := someFlags.Draw(t, "parent")
		return step{
			state.Event{Scope: scope, Payload: state.FeatureDependencyRemoved{Before: flag.Dependency{Feature: parent}}},
			aFlag(func(_ *model, mf *modelFlag) bool { delete(mf.Parents, parent); return true }), env,
		}
	case 23:
		return step{
			state.Event{Scope: scope, Payload: state.FeatureDependenciesRemoved{}},
			aFlag(func(_ *model, mf *modelFlag) bool { clear(mf.Parents); return true }), env,
		}
	case 24:
		tag := someTags.Draw(t, "tag")
		return step{
			state.Event{Scope: scope, Payload: state.FeatureTagged{Tag: tag}},
			aFlag(func(m *model, mf *modelFlag) bool { return m.Tags[tagKey(tag)] && put(mf.Tags, tagKey(tag), true) }), env,
		}
	case 25:
		tag := someTags.Draw(t, "tag")
		return step{
			state.Event{Scope: scope, Payload: state.FeatureUntagged{Tag: tag}},
			aFlag(func(_ *model, mf *modelFlag) bool { delete(mf.Tags, tagKey(tag)); return true }), env,
		}
	case 26:
		return step{state.Event{Scope: scope, Payload: state.FeatureEnvironmentEnabled{}}, row(func(r *modelRow) bool { r.On = true; return true }), env}
	case 27:
		return step{state.Event{Scope: scope, Payload: state.FeatureEnvironmentDisabled{}}, row(func(r *modelRow) bool { r.On = false; return true }), env}
	case 28, 29, 30:
		return drawStrategyStep(t, scope, row)
	case 31:
		tag := someTags.Draw(t, "tag")
		if rapid.Bool().Draw(t, "delete") {
			return step{state.Event{Payload: state.TagDeleted{Tag: tag}}, func(m *model) bool { m.dropTag(tagKey(tag)); return true }, ""}
		}
		return step{
			state.Event{Payload: state.TagCreated{Tag: tag}},
			func(m *model) bool { return m.TagTypes[tag.Type] && put(m.Tags, tagKey(tag), true) }, nowhere,
		}
	case 32:
		name := someTagTypes.Draw(t, "tag type")
		if rapid.Bool().Draw(t, "delete") {
			return step{
				state.Event{Payload: state.TagTypeDeleted{Before: flag.TagType{Name: name}}},
				func(m *model) bool {
					delete(m.TagTypes, name)
					for _, tag := range []flag.Tag{{Type: "team", Value: "red"}, {Type: "team", Value: "blue"}, {Type: "te", Value: "am:red"}} {
						if tag.Type == name {
							m.dropTag(tagKey(tag))
						}
					}
					return true
				}, "",
			}
		}
		return step{state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: name}}}, func(m *model) bool { return put(m.TagTypes, name, true) }, nowhere}
	case 33:
		return drawSegmentStep(t, m)
	case 34:
		return drawTokenStep(t, m)
	default:
		n := rapid.IntRange(0, 3).Draw(t, "approvals")
		key := fmt.Sprintf("%s/%s", p, env)
		if n == 0 {
			return step{state.Event{Scope: scope, Payload: state.ChangeRequestConfigurationUpdated{}}, func(m *model) bool { delete(m.Rules, key); return true }, nowhere}
		}
		return step{
			state.Event{Scope: scope, Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: n}}},
			func(m *model) bool { return put(m.Rules, key, n) }, nowhere,
		}
	}
}

func drawStrategyStep(t *rapid.T, scope state.Scope, row func(func(*modelRow) bool) func(*model) bool) step {
	id := someStrategies.Draw(t, "strategy")
	order := rapid.IntRange(0, 2).Draw(t, "order")
	strategy := flag.Strategy{ID: id, SortOrder: order}
	if rapid.Bool().Draw(t, "with a segment") {
		strategy.Segments = []flag.SegmentID{flag.SegmentID(someSegments.Draw(t, "segment"))}
	}
	exist := func(m *model) bool {
		for _, segment := range strategy.Segments {
			if _, ok := m.Segments[segment]; !ok {
				return false
			}
		}
		return true
	}
	set := func(must bool) func(*model) bool {
		put := row(func(r *modelRow) bool {
			_, have := r.Strategies[id]
			r.Strategies[id] = modelStrategy{order, strategy.Segments}
			return have == must
		})
		return func(m *model) bool { return exist(m) && put(m) }
	}
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0, 1:
		return step{state.Event{Scope: scope, Payload: state.FeatureStrategyAdded{Strategy: strategy}}, set(false), scope.Environment}
	case 2:
		return step{state.Event{Scope: scope, Payload: state.FeatureStrategyUpdated{After: strategy}}, set(true), scope.Environment}
	case 3:
		return step{
			state.Event{Scope: scope, Payload: state.FeatureStrategyRemoved{Before: strategy}},
			row(func(r *modelRow) bool { _, have := r.Strategies[id]; delete(r.Strategies, id); return have }), scope.Environment,
		}
	case 4:
		return step{
			state.Event{Scope: scope, Payload: state.StrategyOrderChanged{After: []state.StrategyOrder{{ID: id, SortOrder: order}}}},
			row(func(r *modelRow) bool {
				old, have := r.Strategies[id]
				r.Strategies[id] = modelStrategy{order, old.Segments}
				return have
			}), scope.Environment,
		}
	default:
		variants := make([]flag.Variant, order)
		return step{
			state.Event{Scope: scope, Payload: state.FeatureEnvironmentVariantsUpdated{After: variants}},
			row(func(r *modelRow) bool { r.Variants = order; return true }), scope.Environment,
		}
	}
}

func drawSegmentStep(t *rapid.T, m *model) step {
	id := flag.SegmentID(someSegments.Draw(t, "segment"))
	switch rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		if rapid.IntRange(0, 3).Draw(t, "next") > 0 {
			id = m.NextSegment
		}
		return step{
			state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: id, Name: "new"}}},
			func(m *model) bool {
				ok := id == m.NextSegment
				m.NextSegment++
				return ok && put(m.Segments, id, "new")
			}, nowhere,
		}
	case 1:
		return step{
			state.Event{Payload: state.SegmentUpdated{After: flag.Segment{ID: id, Name: "other"}}},
			func(m *model) bool {
				_, have := m.Segments[id]
				return have && put(m.Segments, id, "other")
			}, "",
		}
	default:
		return step{
			state.Event{Payload: state.SegmentDeleted{Before: flag.Segment{ID: id}}},
			func(m *model) bool { delete(m.Segments, id); return len(m.users(id)) == 0 }, "",
		}
	}
}

func drawTokenStep(t *rapid.T, m *model) step {
	if rapid.Bool().Draw(t, "new") {
		id := m.NextToken
		digest := fmt.Sprint("digest ", id)
		return step{
			state.Event{Payload: state.APITokenCreated{Token: access.APIToken{ID: id, Digest: digest}}},
			func(m *model) bool {
				ok := id == m.NextToken
				m.NextToken++
				return ok && put(m.Tokens, id, digest)
			}, nowhere,
		}
	}
	id := rapid.Int64Range(1, 3).Draw(t, "token")
	return step{
		state.Event{Payload: state.APITokenDeleted{Before: access.APIToken{ID: id}}},
		func(m *model) bool { _, have := m.Tokens[id]; delete(m.Tokens, id); return have }, nowhere,
	}
}

func put[K comparable, V any](m map[K]V, k K, v V) bool { m[k] = v; return true }

func sameKeys[K comparable, V, W any](a map[K]V, b map[K]W) bool {
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

func tagKey(t flag.Tag) string { return t.Type + ":" + t.Value }

func (m *model) hasActive(p flag.ProjectID) bool {
	for _, mf := range m.Flags {
		if mf.Project == p && !mf.Archived {
			return true
		}
	}
	return false
}

func (m *model) dropTag(key string) {
	delete(m.Tags, key)
	for _, mf := range m.Flags {
		delete(mf.Tags, key)
	}
}

func (m *model) users(id flag.SegmentID) []flag.Name {
	var names []flag.Name
	for name, mf := range m.Flags {
		for _, r := range mf.Rows {
			for _, s := range r.Strategies {
				if slices.Contains(s.Segments, id) {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (m *model) children(parent flag.Name) []flag.Name {
	var names []flag.Name
	for name, mf := range m.Flags {
		if mf.Parents[parent] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// copy returns a model that shares nothing with this one.
func (m *model) copy(t *rapid.T) *model {
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var c model
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

// asModel reads a state by its queries.
func asModel(t *rapid.T, s *state.State) *model {
	m := &model{
		Environments: map[flag.EnvironmentName]bool{}, Projects: map[flag.ProjectID]*modelProject{}, Flags: map[flag.Name]*modelFlag{},
		Segments: map[flag.SegmentID]string{}, Tokens: map[int64]string{}, TagTypes: map[string]bool{}, Tags: map[string]bool{},
		Settings: map[string]string{}, Rules: map[string]int{}, Served: map[flag.EnvironmentName]int64{},
		NextSegment: s.NextSegmentID(), NextToken: s.NextTokenID(),
	}
	for _, env := range s.Environments() {
		m.Environments[env.Name] = true
	}
	for p := range s.Projects() {
		mp := &modelProject{Archived: p.Archived(), Name: p.Name, Environments: map[flag.EnvironmentName]string{}}
		for _, env := range p.Environments {
			mp.Environments[env.Environment] = ""
			if env.DefaultStrategy != nil {
				mp.Environments[env.Environment] = string(env.DefaultStrategy.ID)
			}
		}
		m.Projects[p.ID] = mp
	}
	for f := range s.Flags() {
		mf := &modelFlag{
			Project: f.Project, Archived: f.Archived(), Stale: f.Stale, Type: f.Type, Rows: map[flag.EnvironmentName]*modelRow{},
			Parents: map[flag.Name]bool{}, Tags: map[string]bool{}, Links: map[string]string{},
		}
		for _, env := range f.Environments {
			r := &modelRow{On: env.Enabled, Variants: len(env.Variants), Strategies: map[flag.StrategyID]modelStrategy{}}
			for i, strategy := range env.Strategies {
				r.Strategies[strategy.ID] = modelStrategy{strategy.SortOrder, strategy.Segments}
				if i > 0 && env.Strategies[i-1].SortOrder > strategy.SortOrder {
					t.Errorf("flag %s: the strategies in %s are not in order: %v", f.Name, env.Environment, env.Strategies)
				}
			}
			mf.Rows[env.Environment] = r
		}
		for _, d := range f.Dependencies {
			mf.Parents[d.Feature] = true
		}
		for _, tag := range f.Tags {
			mf.Tags[tagKey(tag)] = true
		}
		m.Flags[f.Name] = mf
	}
	for segment := range s.Segments() {
		m.Segments[segment.ID] = segment.Name
	}
	for token := range s.Tokens() {
		m.Tokens[token.ID] = token.Digest
	}
	for tagType := range s.TagTypes() {
		m.TagTypes[tagType.Name] = true
	}
	for tag := range s.Tags() {
		m.Tags[tagKey(tag)] = true
	}
	for p := range m.Projects {
		for env := range m.Projects[p].Environments {
			if rule, protected := s.Protection(p, env); protected {
				m.Rules[fmt.Sprintf("%s/%s", p, env)] = rule.RequiredApprovals
			}
		}
	}
	for _, env := range []flag.EnvironmentName{"dev", "prod", "test"} {
		m.Served[env] = s.Served(env).Revision
	}
	return m
}

// awake returns the model as a state shows it: rules for what a project does not have sleep.
func (m *model) awake(t *rapid.T) *model {
	c := m.copy(t)
	clear(c.Rules)
	for p, mp := range m.Projects {
		for env := range mp.Environments {
			key := fmt.Sprintf("%s/%s", p, env)
			if n, ok := m.Rules[key]; ok {
				c.Rules[key] = n
			}
		}
	}
	return c
}

// compareIndexes compares the answers of queries that are served from indexes.
func compareIndexes(t *rapid.T, m *model, s *state.State) {
	for _, f := range []flag.Name{"a", "a.b", "ab", "b", "c"} {
		if got, want := slices.Collect(s.Children(f)), m.children(f); !slices.Equal(got, want) {
			t.Errorf("children of %s: got %v, want %v", f, got, want)
		}
	}
	for id := range flag.SegmentID(4) {
		if got, want := slices.Collect(s.SegmentUsers(id)), m.users(id); !slices.Equal(got, want) {
			t.Errorf("users of segment %d: got %v, want %v", id, got, want)
		}
	}
	for _, p := range []flag.ProjectID{"one", "two", "three"} {
		var got, want []flag.Name
		for f := range s.FlagsOf(p) {
			got = append(got, f.Name)
		}
		for name, mf := range m.Flags {
			if mf.Project == p {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("flags of %s: got %v, want %v", p, got, want)
		}
	}
	for id := range m.NextToken {
		digest := fmt.Sprint("digest ", id)
		_, exists := m.Tokens[id]
		if token := s.TokenByDigest(digest); (token != nil) != exists || token != s.Token(id) {
			t.Errorf("token by %q: got %v, want one: %t", digest, token, exists)
		}
	}
	if got, want := s.FlagCount(), len(m.Flags); got != want {
		t.Errorf("got %d flags, want %d", got, want)
	}
}

// inhabited returns the events of a small world, for the random ones to change.
func inhabited() []state.Event {
	events := []state.Event{{Payload: state.LedgerCreated{ID: "x", Format: 1}}}
	for _, env := range []flag.EnvironmentName{"dev", "prod", "test"} {
		events = append(events, state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: env}}})
	}
	events = append(events,
		state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: "team"}}},
		state.Event{Payload: state.TagCreated{Tag: flag.Tag{Type: "team", Value: "red"}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 1, Name: "new"}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 2, Name: "new"}}},
	)
	rows := []flag.FlagEnvironment{{Environment: "dev"}, {Environment: "prod"}}
	for _, p := range []flag.ProjectID{"one", "two"} {
		events = append(events, state.Event{Scope: state.Scope{Project: p}, Payload: state.ProjectCreated{Project: flag.Project{
			ID: p, Environments: []flag.ProjectEnvironment{{Environment: "dev"}, {Environment: "prod"}},
		}}})
	}
	for _, f := range []flag.Flag{{Name: "a", Project: "one"}, {Name: "ab", Project: "one"}, {Name: "b", Project: "two"}} {
		f.Environments = rows
		scope := state.Scope{Project: f.Project, Feature: f.Name}
		events = append(events, state.Event{Scope: scope, Payload: state.FeatureCreated{Flag: f}})
		scope.Environment = "prod"
		events = append(events, state.Event{Scope: scope, Payload: state.FeatureStrategyAdded{Strategy: flag.Strategy{
			ID: "s1", SortOrder: 1, Segments: []flag.SegmentID{1},
		}}})
	}
	return events
}

// TestFoldAgainstModel folds random batches. A batch that the model accepts is folded to what the model
// says; any other leaves the state as it was. What was folded before never changes, a
// snapshot brings everything back, and a preview is what the fold does.
func TestFoldAgainstModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := mustFold(t, &state.State{}, inhabited()...)
		m := asModel(t, s)
		type past struct {
			state  *state.State
			digest string
		}
		var history []past
		for range rapid.IntRange(10, 60).Draw(t, "batches") {
			next := m.copy(t)
			fits := true
			var events []state.Event
			var touched []flag.EnvironmentName
			for range rapid.IntRange(1, 3).Draw(t, "events") {
				step := drawStep(t, next)
				events = append(events, step.event)
				if fits = step.do(next); !fits {
					break
				}
				touched = append(touched, step.served)
			}
			batch := seal(t, s, events...)
			folded, applied, err := state.Fold(s, batch)
			preview, previewErr := state.Preview(s, events, state.Place{At: batch[0].At, Actor: "user:7"})
			if !fits {
				var misfit *state.MisfitError
				if !errors.As(err, &misfit) || folded != s || previewErr == nil {
					t.Fatalf("%s does not fit: got %v, the same state: %t; preview: %v", batch[len(batch)-1].Type, err, folded == s, previewErr)
				}
				continue
			}
			if err != nil || previewErr != nil || len(applied) != len(events) {
				t.Fatalf("%s fits: got %v with %d events; preview: %v", batch[0].Type, err, len(applied), previewErr)
			}
			history = append(history, past{s, mustDigest(t, s)})
			s, m = folded, next
			for _, env := range touched {
				for _, e := range []flag.EnvironmentName{"dev", "prod", "test"} {
					if env == "" || env == e {
						m.Served[e] = s.Revision()
					}
				}
			}
			if diff := cmp.Diff(m.awake(t), asModel(t, s)); diff != "" {
				t.Fatalf("after %s (-model +state):\n%s", batch[0].Type, diff)
			}
			compareIndexes(t, m, s)
			compareIndexes(t, m, preview)
		}
		for _, p := range history {
			if mustDigest(t, p.state) != p.digest {
				t.Fatalf("the state at revision %d has changed since", p.state.Revision())
			}
		}
		restored := mustRestore(t, s)
		if mustDigest(t, restored) != mustDigest(t, s) {
			t.Error("a restored state has another digest")
		}
		compareIndexes(t, m, restored)
	})
}
