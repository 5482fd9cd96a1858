package payload_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

// TestDeltasAddUp lets clients with different queries, some that poll now and then and
// some that stream, follow random changes. What they have after applying what they were sent must be
// what the full answer holds.
func TestDeltasAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &model{world: newWorld(small())}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				w.join(t)
			case 1, 2, 3:
				w.poll(t)
			default:
				w.change(t)
			}
		}
		for _, c := range w.clients {
			w.sync(t, c)
		}
	})
}

// small returns an instance with two projects, three tags, two segments and no flags.
func small() *state.State {
	s := flagtest.After(&state.State{},
		state.Event{Payload: state.LedgerCreated{ID: "x", Format: state.Format}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: development}}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: production}}},
		state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: "team"}}},
	)
	for _, team := range teams {
		s = flagtest.After(s, state.Event{Payload: state.TagCreated{Tag: flag.Tag{Type: "team", Value: team}}})
	}
	for _, id := range projects {
		s = flagtest.After(s, state.Event{Scope: state.Scope{Project: id}, Payload: state.ProjectCreated{Project: flag.Project{
			ID: id, Environments: []flag.ProjectEnvironment{{Environment: development}, {Environment: production}},
		}}})
	}
	for id := range flag.SegmentID(2) {
		s = flagtest.After(s, state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: id + 1, Name: fmt.Sprint("segment", id+1)}}})
	}
	return s
}

var (
	projects = []flag.ProjectID{"inner", "outer"}
	teams    = []string{"red", "blue"}
	names    = []flag.Name{"a-one", "a-two", "b-one", "b-two"}
)

// model is a world with clients.
type model struct {
	*world
	clients []*client
	minted  int
}

// client has what it made of what it was sent.
type client struct {
	query    payload.Query
	stream   *payload.Stream // nil: it polls
	revision int64
	features map[string]string // JSON by name
	segments map[int64]string
}

// join adds a client with any query.
func (m *model) join(t *rapid.T) {
	q := payload.NewQuery(token(
		rapid.SampledFrom([]flag.EnvironmentName{development, production}).Draw(t, "environment"),
		rapid.SampledFrom([][]flag.ProjectID{{access.Any}, {"inner"}, {"outer"}, {"outer", "inner"}}).Draw(t, "projects")...,
	)).NamedLike(rapid.SampledFrom([]string{"", "", "a-"}).Draw(t, "prefix"))
	if rapid.IntRange(0, 3).Draw(t, "tagged") == 0 {
		q = q.Tagged([]string{"team:" + rapid.SampledFrom(teams).Draw(t, "tag")})
	}
	c := &client{query: q}
	if rapid.Bool().Draw(t, "streams") {
		stream, err := m.Stream(q, 0)
		if err != nil {
			t.Fatal(err)
		}
		c.stream = stream
		c.apply(t, dataOf(t, "unleash-connected", stream.Connected...))
	}
	m.clients = append(m.clients, c)
}

func (m *model) poll(t *rapid.T) {
	if len(m.clients) > 0 {
		m.sync(t, rapid.SampledFrom(m.clients).Draw(t, "client"))
	}
}

// sync brings a client up to date and compares.
func (m *model) sync(t *rapid.T, c *client) {
	set := m.Set(c.query.Environment)
	if c.stream != nil {
		for len(c.stream.Messages) > 0 {
			c.apply(t, dataOf(t, "unleash-updated", <-c.stream.Messages))
		}
	} else if c.features == nil {
		c.apply(t, bodyOf(set.Hydration(c.query)))
	} else if delta, remembered := set.Since(c.revision, c.query); !remembered {
		t.Fatalf("revision %d is forgotten", c.revision)
	} else if delta.Body != nil {
		c.apply(t, string(delta.Body))
		if c.revision != delta.Revision {
			t.Fatalf("got revision %d, want that of the last event, %d", delta.Revision, c.revision)
		}
	}
	var want answer
	mustUnmarshal(t, set.Features(c.query, false).Body(payload.Identity).Bytes, &want)
	wantFeatures, wantSegments := map[string]string{}, map[int64]string{}
	for _, f := range want.Features {
		wantFeatures[f.Name] = f.text
	}
	for _, s := range want.Segments {
		wantSegments[s.ID] = s.text
	}
	if diff := cmp.Diff(wantFeatures, c.features); diff != "" {
		t.Fatalf("the client's features differ (-full +deltas):\n%s", diff)
	}
	// A client may still have segments that none of its flags uses any more.
	have := maps.Clone(c.segments)
	maps.DeleteFunc(have, func(id int64, _ string) bool { _, used := wantSegments[id]; return !used })
	if diff := cmp.Diff(wantSegments, have); diff != "" {
		t.Fatalf("the client's segments differ (-full +deltas):\n%s", diff)
	}
}

// apply does with events what SDKs do, and checks what they rely on.
func (c *client) apply(t *rapid.T, text string) {
	var body struct {
		Events []struct {
			Type        string
			EventID     int64
			Features    []feature
			Segments    []segment
			Feature     feature
			FeatureName string
			Project     string
			Segment     segment
			SegmentID   int64
		}
	}
	mustUnmarshal(t, []byte(text), &body)
	if len(body.Events) == 0 {
		t.Fatalf("got no events: %s", text)
	}
	for _, e := range body.Events {
		if e.EventID < c.revision {
			t.Fatalf("event %d comes after %d: %s", e.EventID, c.revision, text)
		}
		c.revision = e.EventID
		switch e.Type {
		case "hydration":
			c.features, c.segments = map[string]string{}, map[int64]string{}
			for _, f := range e.Features {
				c.features[f.Name] = f.text
			}
			for _, s := range e.Segments {
				c.segments[s.ID] = s.text
			}
		case "feature-updated":
			c.features[e.Feature.Name] = e.Feature.text
			for _, id := range e.Feature.uses(t) {
				if _, has := c.segments[id]; !has {
					t.Fatalf("%s uses segment %d, which was not sent before it: %s", e.Feature.Name, id, text)
				}
			}
		case "feature-removed":
			delete(c.features, e.FeatureName)
		case "segment-updated":
			c.segments[e.Segment.ID] = e.Segment.text
		case "segment-removed":
			delete(c.segments, e.SegmentID)
		default:
			t.Fatalf("got the event type %q", e.Type)
		}
	}
}

// change makes a batch of up to three random events happen.
func (m *model) change(t *rapid.T) {
	var events []state.Event
	after := m.state
	for range rapid.IntRange(1, 3).Draw(t, "events") {
		e, ok := m.event(t, after)
		if !ok {
			continue
		}
		next, err := state.Preview(after, []state.Event{e}, state.Place{At: flagtest.Epoch, Actor: "system"})
		if err != nil {
			continue // it does not fit
		}
		after, events = next, append(events, e)
	}
	if len(events) > 0 {
		next, applied, err := state.Fold(m.state, flagtest.Seal(m.state, events...))
		if err != nil {
			t.Fatal(err)
		}
		m.state = next
		m.Follow(next, applied)
	}
}

// event draws an event that fits a state, for the most part.
func (m *model) event(t *rapid.T, s *state.State) (state.Event, bool) {
	name := rapid.SampledFrom(names).Draw(t, "flag")
	env := rapid.SampledFrom([]flag.EnvironmentName{development, production}).Draw(t, "in")
	project := rapid.SampledFrom(projects).Draw(t, "project")
	id := flag.SegmentID(rapid.IntRange(1, 4).Draw(t, "segment"))
	m.minted++
	fresh := fmt.Sprint("minted", m.minted)

	switch what := rapid.IntRange(0, 11).Draw(t, "event"); what {
	case 0:
		segment := s.Segment(id)
		if segment == nil {
			return state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: s.NextSegmentID(), Name: fresh}}}, true
		}
		changed := *segment
		changed.Name = fresh
		return state.Event{Payload: state.SegmentUpdated{Before: *segment, After: changed}}, true
	case 1:
		for range s.SegmentUsers(id) {
			return state.Event{}, false
		}
		if segment := s.Segment(id); segment != nil {
			return state.Event{Payload: state.SegmentDeleted{Before: *segment}}, true
		}
		return state.Event{}, false
	case 2:
		scope := state.Scope{Project: project, Environment: env}
		if s.Project(project).In(env) != nil {
			return state.Event{Scope: scope, Payload: state.ProjectEnvironmentRemoved{}}, true
		}
		return state.Event{Scope: scope, Payload: state.ProjectEnvironmentAdded{}}, true
	default:
		f := s.Flag(name)
		if f == nil {
			made := flag.Flag{Name: name, Project: project, Type: "release"}
			for _, e := range s.Project(project).Environments {
				made.Environments = append(made.Environments, flag.FlagEnvironment{Environment: e.Environment})
			}
			return state.Event{Scope: state.Scope{Project: project, Feature: name}, Payload: state.FeatureCreated{Flag: made}}, true
		}
		return m.flagEvent(t, s, f, env, project, id, fresh, what)
	}
}

// flagEvent draws an event about a flag that exists.
func (m *model) flagEvent(t *rapid.T, s *state.State, f *flag.Flag, env flag.EnvironmentName, project flag.ProjectID, id flag.SegmentID, fresh string, what int) (state.Event, bool) {
	scope := state.Scope{Project: f.Project, Feature: f.Name}
	if f.Archived() {
		return state.Event{Scope: scope, Payload: state.FeatureRevived{}}, true
	}
	tag := flag.Tag{Type: "team", Value: rapid.SampledFrom(teams).Draw(t, "team")}
	switch what {
	case 3:
		return state.Event{Scope: scope, Payload: state.FeatureArchived{}}, true
	case 4:
		from := f.Project
		scope.Project = project
		return state.Event{Scope: scope, Payload: state.FeatureProjectChange{OldProject: from}}, from != project
	case 5:
		return state.Event{Scope: scope, Payload: state.FeatureTagged{Tag: tag}}, true
	case 6:
		return state.Event{Scope: scope, Payload: state.FeatureUntagged{Tag: tag}}, true
	case 7:
		return state.Event{Scope: scope, Payload: state.FeatureMetadataUpdated{After: state.Metadata{Type: fresh}}}, true
	}
	row := f.In(env)
	if row == nil {
		return state.Event{}, false
	}
	scope.Environment = env
	switch {
	case what == 8:
		return flagtest.Toggle(f, env), true
	case what == 9 && len(row.Strategies) > 0:
		return state.Event{Scope: scope, Payload: state.FeatureStrategyRemoved{Before: row.Strategies[0]}}, true
	default:
		strategy := flag.Strategy{ID: flag.StrategyID(fresh), Name: "default"}
		if s.Segment(id) != nil {
			strategy.Segments = []flag.SegmentID{id}
		}
		return state.Event{Scope: scope, Payload: state.FeatureStrategyAdded{Strategy: strategy}}, true
	}
}

// dataOf returns the data of a server-sent event, which must be of a kind.
func dataOf(t fataler, kind string, parts ...[]byte) string {
	text := string(slices.Concat(parts...))
	head, rest, _ := strings.Cut(text, "\nevent: "+kind+"\ndata: ")
	data, after, ended := strings.Cut(rest, "\n\n")
	if !strings.HasPrefix(head, "id: ") || !ended || after != "" || strings.Contains(data, "\n") {
		t.Fatalf("this is not one event %q: %q", kind, text)
	}
	return data
}

// TestDeltaEvents says which events a client is sent for what happened.
func TestDeltaEvents(t *testing.T) {
	t.Parallel()
	in := func(project flag.ProjectID, name flag.Name) state.Scope {
		return state.Scope{Project: project, Feature: name}
	}
	nordic := func(s *state.State) state.Event {
		return state.Event{Payload: state.SegmentUpdated{Before: *s.Segment(1), After: flag.Segment{ID: 1, Name: "nordic"}}}
	}
	unused := func(s *state.State) state.Event {
		return state.Event{Payload: state.SegmentDeleted{Before: *s.Segment(4)}}
	}
	enabled := func(name flag.Name) func(*state.State) state.Event {
		return func(s *state.State) state.Event { return flagtest.Toggle(s.Flag(name), development) }
	}
	fixed := func(scope state.Scope, p state.Payload) func(*state.State) state.Event {
		return func(*state.State) state.Event { return state.Event{Scope: scope, Payload: p} }
	}
	for name, c := range map[string]struct {
		happens []func(*state.State) state.Event // each in a batch of its own; the first is 18
		all     string
		inner   string
	}{
		"a flag is switched": {
			[]func(*state.State) state.Event{enabled("on")},
			"18 feature-updated on", "18 feature-updated on",
		},
		"a flag is switched twice": {
			[]func(*state.State) state.Event{enabled("on"), enabled("off"), enabled("on")},
			"19 feature-updated off, 20 feature-updated on", "19 feature-updated off, 20 feature-updated on",
		},
		"a flag comes with its segments": {
			[]func(*state.State) state.Event{enabled("targeted")},
			"18 segment-updated 1, 18 segment-updated 2, 18 feature-updated targeted",
			"18 segment-updated 1, 18 segment-updated 2, 18 feature-updated targeted",
		},
		"a flag is archived": {
			[]func(*state.State) state.Event{fixed(in("outer", "varied"), state.FeatureArchived{})},
			"18 feature-removed varied outer", "",
		},
		"a flag moves": {
			[]func(*state.State) state.Event{fixed(in("outer", "on"), state.FeatureProjectChange{OldProject: "inner"})},
			"18 feature-removed on inner, 18 feature-updated on", "18 feature-removed on inner",
		},
		"a flag moves in": {
			[]func(*state.State) state.Event{fixed(in("inner", "varied"), state.FeatureProjectChange{OldProject: "outer"})},
			"18 feature-removed varied outer, 18 feature-updated varied", "18 feature-updated varied",
		},
		"a segment changes": {
			[]func(*state.State) state.Event{nordic}, "18 segment-updated 1", "18 segment-updated 1",
		},
		"a segment goes": {
			[]func(*state.State) state.Event{unused}, "18 segment-removed 4", "18 segment-removed 4",
		},
		"a flag of another environment is switched": {
			[]func(*state.State) state.Event{func(s *state.State) state.Event { return flagtest.Toggle(s.Flag("on"), production) }},
			"", "",
		},
		"a flag comes and goes": {
			[]func(*state.State) state.Event{
				fixed(in("inner", "brief"), state.FeatureCreated{Flag: flag.Flag{Name: "brief", Project: "inner", Environments: rows(flag.FlagEnvironment{})}}),
				fixed(in("inner", "brief"), state.FeatureArchived{}),
			},
			"", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(fixture())
			since := w.Set(development).Head().Revision
			for _, happens := range c.happens {
				w.do(t, happens(w.state))
			}
			for project, want := range map[flag.ProjectID]string{access.Any: c.all, "inner": c.inner} {
				delta, remembered := w.Set(development).Since(since, payload.NewQuery(token(development, project)))
				if got := summary(t, delta.Body); !remembered || got != want {
					t.Errorf("project %s: got %q (remembered %t), want %q", project, got, remembered, want)
				}
			}
		})
	}
}

// summary returns the events of a body in short.
func summary(t *testing.T, body []byte) string {
	t.Helper()
	if body == nil {
		return ""
	}
	var parsed struct {
		Events []struct {
			Type                 string
			EventID              int64
			FeatureName, Project string
			SegmentID            int64
			Feature              feature
			Segment              segment
		}
	}
	mustUnmarshal(t, body, &parsed)
	var list []string
	for _, e := range parsed.Events {
		text := fmt.Sprint(e.EventID, " ", e.Type, " ", e.Feature.Name+e.FeatureName)
		if id := e.SegmentID + e.Segment.ID; id != 0 {
			text += fmt.Sprint(id)
		}
		if e.Type == "feature-removed" {
			text += " " + e.Project
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
