package state_test

import (
	"encoding/binary"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// exported lets cmp look into the types embedded by payloads, which hold nothing.
func exported(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/quorate/quorate/internal/state")
}

// seal makes a batch behind a state, one minute after the last.
func seal(t rapid.TB, s *state.State, events ...state.Event) []ledger.Entry {
	t.Helper()
	id := ledger.BatchID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint32(id[12:], uint32(s.Revision()+1))
	batch := ledger.Batch{ID: id, At: noon, Actor: "user:7"}
	if s.Revision() > 0 {
		batch.At = s.At().Add(time.Minute)
	}
	for _, event := range events {
		stored, err := state.Encode(event)
		if err != nil {
			t.Fatal(err)
		}
		batch.Events = append(batch.Events, stored)
	}
	entries, _ := ledger.Seal(s.Head(), batch)
	return entries
}

func mustFold(t rapid.TB, s *state.State, events ...state.Event) *state.State {
	t.Helper()
	next, _, err := state.Fold(s, seal(t, s, events...))
	if err != nil {
		t.Fatalf("fold: %v", err)
	}
	return next
}

// told returns the state at the end of the story.
func told(t rapid.TB) *state.State {
	t.Helper()
	s := &state.State{}
	for _, event := range story() {
		s = mustFold(t, s, event)
	}
	return s
}

func mustDigest(t rapid.TB, s *state.State) string {
	t.Helper()
	digest, err := state.Digest(s)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// TestFoldStops holds that a batch with an event that cannot be folded changes nothing, and
// that the error says which event it is.
func TestFoldStops(t *testing.T) {
	t.Parallel()
	s := told(t)
	good := state.Event{Scope: state.Scope{Project: "shop", Environment: "production", Feature: "shop.web"}, Payload: state.FeatureEnvironmentDisabled{}}
	rewrite := func(change func(*ledger.Event)) []ledger.Entry {
		entries := seal(t, s, good, good, good)
		change(&entries[1].Event)
		return entries
	}
	second := s.Revision() + 2
	for _, test := range []struct {
		name    string
		batch   []ledger.Entry
		unknown bool // else a misfit
	}{
		{"unknown type", rewrite(func(e *ledger.Event) { e.Type = "flag-painted" }), true},
		{"newer format", seal(t, s, good, state.Event{Payload: state.LedgerFormatRaised{Format: state.Format + 1}}), true},
		{"format that does not rise", seal(t, s, good, state.Event{Payload: state.LedgerFormatRaised{Format: 1}}), false},
		{"payload that is not JSON", rewrite(func(e *ledger.Event) { e.Payload = []byte("{") }), false},
		{"payload of another type", rewrite(func(e *ledger.Event) { e.Type, e.Payload = "feature-created", []byte(`{"flag": 1}`) }), false},
		{"no such flag", rewrite(func(e *ledger.Event) { e.Feature = "nobody" }), false},
		{"no such environment", rewrite(func(e *ledger.Event) { e.Environment = "nowhere" }), false},
		{"a second beginning", rewrite(func(e *ledger.Event) { e.Type, e.Payload = "ledger-created", []byte(`{"id":"x","format":1}`) }), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before := mustDigest(t, s)
			next, applied, err := state.Fold(s, test.batch)
			if next != s || applied != nil {
				t.Errorf("got the state at revision %d with %d events, want the old one and none", next.Revision(), len(applied))
			}
			var unknown *state.UnknownEventError
			var misfit *state.MisfitError
			switch {
			case test.unknown && errors.As(err, &unknown):
				if unknown.Revision != second {
					t.Errorf("got revision %d in %q, want %d", unknown.Revision, err, second)
				}
			case !test.unknown && errors.As(err, &misfit):
				if misfit.Revision != second || misfit.Reason == "" {
					t.Errorf("got revision %d and reason %q in %q, want revision %d and a reason", misfit.Revision, misfit.Reason, err, second)
				}
			default:
				t.Errorf("got %v (%T)", err, err)
			}
			if after := mustDigest(t, s); after != before {
				t.Error("the old state has changed")
			}
		})
	}
}

// TestLedgerBegins holds that a ledger begins with ledger-created and nothing else.
func TestLedgerBegins(t *testing.T) {
	t.Parallel()
	empty := &state.State{}
	for name, event := range map[string]state.Event{
		"something else": {Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: "development"}}},
		"format 0":       {Payload: state.LedgerCreated{ID: "x"}},
	} {
		var misfit *state.MisfitError
		if _, _, err := state.Fold(empty, seal(t, empty, event)); !errors.As(err, &misfit) {
			t.Errorf("%s: got %v, want a misfit", name, err)
		}
	}
	var unknown *state.UnknownEventError
	newer := state.Event{Payload: state.LedgerCreated{ID: "x", Format: state.Format + 1}}
	if _, _, err := state.Fold(empty, seal(t, empty, newer)); !errors.As(err, &unknown) {
		t.Errorf("a newer format: got %v, want an unknown event", err)
	}
	if got := mustFold(t, empty, story()[0]); got.LedgerID() != "0190b5a0-0000-7000-8000-000000000000" || got.Format() != 1 || got.Revision() != 1 {
		t.Errorf("got ledger %q of format %d at revision %d", got.LedgerID(), got.Format(), got.Revision())
	}
}

// TestMisfits lists what the fold does not accept, so that no decision can store it.
func TestMisfits(t *testing.T) {
	t.Parallel()
	s := told(t)
	in := func(p flag.ProjectID, env flag.EnvironmentName, f flag.Name) state.Scope {
		return state.Scope{Project: p, Environment: env, Feature: f}
	}
	row := func(names ...flag.EnvironmentName) (rows []flag.FlagEnvironment) {
		for _, name := range names {
			rows = append(rows, flag.FlagEnvironment{Environment: name})
		}
		return rows
	}
	created := func(change func(*flag.Flag)) state.Event {
		f := flag.Flag{Name: "new", Project: "shop", Environments: row("development", "production")}
		change(&f)
		return state.Event{Scope: in(f.Project, "", f.Name), Payload: state.FeatureCreated{Flag: f}}
	}
	for name, test := range map[string]struct {
		event state.Event
		want  string
	}{
		"flag exists":             {created(func(f *flag.Flag) { f.Name = "shop.api" }), `flag "shop.api" exists`},
		"flag of no project":      {created(func(f *flag.Flag) { f.Project = "none" }), `there is no project "none"`},
		"flag without a row":      {created(func(f *flag.Flag) { f.Environments = row("development") }), "does not have the environments"},
		"flag with a foreign row": {created(func(f *flag.Flag) { f.Environments = row("development", "old", "production") }), "does not have the environments"},
		"flag with no segment": {created(func(f *flag.Flag) {
			f.Environments[0].Strategies = []flag.Strategy{{ID: "s", Segments: []flag.SegmentID{2}}}
		}), "there is no segment 2"},
		"flag with no parent": {created(func(f *flag.Flag) { f.Dependencies = []flag.Dependency{{Feature: "none"}} }), `there is no flag "none"`},
		"flag with no tag":    {created(func(f *flag.Flag) { f.Tags = []flag.Tag{{Type: "team", Value: "none"}} }), "there is no tag team:none"},

		"flag elsewhere":          {state.Event{Scope: in("default", "", "new"), Payload: created(func(*flag.Flag) {}).Payload}, "its scope is"},
		"change from elsewhere":   {state.Event{Scope: in("default", "production", "shop.web"), Payload: state.FeatureEnvironmentEnabled{}}, `in project "shop", not in "default"`},
		"archived from elsewhere": {state.Event{Scope: in("default", "", "shop.web"), Payload: state.FeatureArchived{}}, `in project "shop", not in "default"`},
		"moved from elsewhere":    {state.Event{Scope: in("default", "", "shop.web"), Payload: state.FeatureProjectChange{OldProject: "default"}}, `in project "shop", not in "default"`},

		"project exists":                  {state.Event{Payload: state.ProjectCreated{Project: flag.Project{ID: "shop"}}}, `project "shop" exists`},
		"project in no environment":       {state.Event{Payload: state.ProjectCreated{Project: flag.Project{ID: "new", Environments: []flag.ProjectEnvironment{{Environment: "none"}}}}}, `there is no environment "none"`},
		"project archived with flags":     {state.Event{Scope: in("shop", "", ""), Payload: state.ProjectArchived{}}, "has the active flag"},
		"project deleted with flags":      {state.Event{Scope: in("shop", "", ""), Payload: state.ProjectDeleted{}}, "has the active flag"},
		"project in an environment twice": {state.Event{Scope: in("shop", "production", ""), Payload: state.ProjectEnvironmentAdded{}}, "has the environment"},
		"no such environment to add":      {state.Event{Scope: in("shop", "none", ""), Payload: state.ProjectEnvironmentAdded{}}, `there is no environment "none"`},
		"no such environment to remove":   {state.Event{Scope: in("shop", "old", ""), Payload: state.ProjectEnvironmentRemoved{}}, "has no environment"},
		"default strategy nowhere":        {state.Event{Scope: in("shop", "old", ""), Payload: state.DefaultStrategyUpdated{}}, "has no environment"},
		"moved into no project":           {state.Event{Scope: in("none", "", "shop.web"), Payload: state.FeatureProjectChange{OldProject: "shop"}}, `there is no project "none"`},
		"environment in use":              {state.Event{Payload: state.EnvironmentDeleted{Before: flag.Environment{Name: "production"}}}, "uses the environment"},
		"environment exists":              {state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: "production"}}}, "exists"},
		"active flag deleted":             {state.Event{Scope: in("shop", "", "shop.web"), Payload: state.FeatureDeleted{}}, "is not archived"},
		"segment id that is not next":     {state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 2}}}, "the next one is 3"},
		"token id that is not next":       {state.Event{Payload: state.APITokenCreated{}}, "the next one is 3"},
		"token that is gone":              {state.Event{Payload: state.APITokenUpdated{ID: 2}}, "there is no API token 2"},
		"strategy added twice": {state.Event{Scope: in("shop", "production", "shop.web"), Payload: state.FeatureStrategyAdded{Strategy: flag.Strategy{
			ID: "7c3e0d8e-0000-4000-8000-000000000002",
		}}}, "has the strategy"},
		"strategy with no segment": {state.Event{Scope: in("shop", "production", "shop.web"), Payload: state.FeatureStrategyAdded{Strategy: flag.Strategy{
			ID: "s", Segments: []flag.SegmentID{2},
		}}}, "there is no segment 2"},
		"no such strategy": {state.Event{Scope: in("shop", "production", "shop.web"), Payload: state.FeatureStrategyRemoved{}}, "has no strategy"},
	} {
		var misfit *state.MisfitError
		_, _, err := state.Fold(s, seal(t, s, test.event))
		if !errors.As(err, &misfit) || !strings.Contains(misfit.Reason, test.want) {
			t.Errorf("%s: got %v, want a misfit with %q", name, err, test.want)
		}
	}
}

// TestSegmentInUse holds that a segment outlives the strategies that use it.
func TestSegmentInUse(t *testing.T) {
	t.Parallel()
	s := told(t)
	scope := state.Scope{Project: "shop", Environment: "production", Feature: "shop.web"}
	using := flag.Strategy{ID: "uses", Segments: []flag.SegmentID{1}}
	deleted := state.Event{Payload: state.SegmentDeleted{Before: flag.Segment{ID: 1}}}
	s = mustFold(t, s, state.Event{Scope: scope, Payload: state.FeatureStrategyAdded{Strategy: using}})
	if got := slices.Collect(s.SegmentUsers(1)); !slices.Equal(got, []flag.Name{"shop.web"}) {
		t.Errorf("got users %v, want shop.web", got)
	}
	if _, _, err := state.Fold(s, seal(t, s, deleted)); err == nil {
		t.Error("a segment in use was deleted")
	}
	s = mustFold(t, s, state.Event{Scope: scope, Payload: state.FeatureStrategyRemoved{Before: using}}, deleted)
	if s.Segment(1) != nil || s.NextSegmentID() != 3 {
		t.Errorf("got segment %v and the next id %d, want none and 3", s.Segment(1), s.NextSegmentID())
	}
}

// TestServed holds that the head of what SDKs are served moves in the environments that a batch
// touches, and nowhere else.
func TestServed(t *testing.T) {
	t.Parallel()
	both := []flag.EnvironmentName{"development", "production"}
	production := both[1:]
	in := func(env flag.EnvironmentName, f flag.Name) state.Scope {
		return state.Scope{Project: "shop", Environment: env, Feature: f}
	}
	s := told(t)
	for name, test := range map[string]struct {
		event state.Event
		moves []flag.EnvironmentName
	}{
		"a switch":                 {state.Event{Scope: in("production", "shop.web"), Payload: state.FeatureEnvironmentDisabled{}}, production},
		"a strategy":               {state.Event{Scope: in("production", "shop.api"), Payload: state.FeatureStrategyAdded{Strategy: flag.Strategy{ID: "s"}}}, production},
		"a variant":                {state.Event{Scope: in("production", "shop.api"), Payload: state.FeatureEnvironmentVariantsUpdated{}}, production},
		"an archived flag":         {state.Event{Scope: in("", "shop.web"), Payload: state.FeatureArchived{}}, both},
		"a flag's type":            {state.Event{Scope: in("", "shop.web"), Payload: state.FeatureMetadataUpdated{}}, both},
		"a segment":                {state.Event{Payload: state.SegmentUpdated{After: flag.Segment{ID: 1}}}, both},
		"a project's environment":  {state.Event{Scope: in("production", ""), Payload: state.ProjectEnvironmentRemoved{}}, production},
		"a link":                   {state.Event{Scope: in("", "shop.web"), Payload: state.FeatureLinkAdded{}}, nil},
		"a token":                  {state.Event{Payload: state.APITokenUpdated{ID: 1}}, nil},
		"a setting":                {state.Event{Payload: state.SettingUpdated{ID: "x", After: "1"}}, nil},
		"a rule":                   {state.Event{Scope: in("production", ""), Payload: state.ChangeRequestConfigurationUpdated{}}, nil},
		"a default strategy":       {state.Event{Scope: in("production", ""), Payload: state.DefaultStrategyUpdated{}}, nil},
		"a segment that is unused": {state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 3}}}, nil},
	} {
		next := mustFold(t, s, test.event)
		for _, env := range both {
			want := s.Served(env)
			if slices.Contains(test.moves, env) {
				want = next.Head()
			}
			if got := next.Served(env); got != want {
				t.Errorf("%s: got %s served at revision %d, want %d", name, env, got.Revision, want.Revision)
			}
		}
	}
}

// TestPreviewIsFold holds that a preview shows what storing the events would do.
func TestPreviewIsFold(t *testing.T) {
	t.Parallel()
	s := &state.State{}
	for _, event := range story() {
		batch := seal(t, s, event)
		preview, err := state.Preview(s, []state.Event{event}, state.Place{At: batch[0].At, Actor: "user:7"})
		if err != nil {
			t.Fatal(err)
		}
		if preview.Head() != s.Head() {
			t.Errorf("%s: got a preview at revision %d, want %d", event.Payload.EventType(), preview.Revision(), s.Revision())
		}
		s = mustFold(t, s, event)
		if diff := cmp.Diff(tables(t, s), tables(t, preview)); diff != "" {
			t.Errorf("%s: the preview differs (-fold +preview):\n%s", event.Payload.EventType(), diff)
		}
	}
	if _, err := state.Preview(s, []state.Event{{Payload: state.FeatureArchived{}}}, state.Place{}); err == nil {
		t.Error("a preview of what does not fit: got no error")
	}
}

// TestSnapshotOfStory restores what a snapshot holds at every revision of the story.
func TestSnapshotOfStory(t *testing.T) {
	t.Parallel()
	s := &state.State{}
	for _, event := range story() {
		s = mustFold(t, s, event)
		restored := mustRestore(t, s)
		if got, want := mustDigest(t, restored), mustDigest(t, s); got != want {
			t.Fatalf("revision %d: got digest %s, want %s", s.Revision(), got, want)
		}
		if diff := cmp.Diff(indexes(s), indexes(restored)); diff != "" {
			t.Fatalf("revision %d: the indexes differ (-want +got):\n%s", s.Revision(), diff)
		}
	}
	if diff := cmp.Diff([]string{"#7"}, indexes(s)["scheduled"]); diff != "" {
		t.Errorf("scheduled at the end (-want +got):\n%s", diff)
	}
	if !s.Lost(ledger.Head{Revision: 900, Hash: ledger.Hash{1, 2, 3}}) || s.Lost(ledger.Head{Revision: 901, Hash: ledger.Hash{1, 2, 3}}) || s.Lost(s.Head()) {
		t.Error("the head that was lost by a restore is not the only one")
	}
}

func mustRestore(t rapid.TB, s *state.State) *state.State {
	t.Helper()
	data, err := state.Snapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	restored, err := state.Restore(data)
	if err != nil {
		t.Fatal(err)
	}
	return restored
}

// TestRestoreRefuses holds that a snapshot is not believed when it cannot be read or is a newer release's.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"not JSON":     "{",
		"other types":  `{"flags": 7}`,
		"newer format": `{"format": 2}`,
	} {
		if _, err := state.Restore([]byte(data)); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// indexes returns what queries answer from the indexes of a state.
func indexes(s *state.State) map[string][]string {
	all := map[string][]string{}
	add := func(key string, name string) { all[key] = append(all[key], name) }
	for p := range s.Projects() {
		for f := range s.FlagsOf(p.ID) {
			add("flags of "+string(p.ID), string(f.Name))
		}
	}
	for f := range s.Flags() {
		for child := range s.Children(f.Name) {
			add("children of "+string(f.Name), string(child))
		}
	}
	for segment := range s.Segments() {
		for user := range s.SegmentUsers(segment.ID) {
			add("users of "+segment.Name, string(user))
		}
	}
	for token := range s.Tokens() {
		add("digest "+token.Digest, s.TokenByDigest(token.Digest).Name)
	}
	for tagType := range s.TagTypes() {
		for tag := range s.TagsOf(tagType.Name) {
			add("tags of "+tagType.Name, tag.Value)
		}
	}
	for r := range s.Scheduled() {
		add("scheduled", r.Link())
	}
	for r := range s.Due() {
		add("due", r.Link())
	}
	for f := range s.Flags() {
		for r := range s.DueOn(f.Name) {
			add("due on "+string(f.Name), r.Link())
		}
	}
	for r := range s.OpenRequests() {
		if pending := s.PendingRequest(r.Author, r.Place()); pending != nil {
			add("pending where "+r.Link()+" is", pending.Link())
		}
	}
	return all
}

// tables returns everything that a state holds besides its place in the ledger, in the form of a snapshot.
func tables(t testing.TB, s *state.State) map[string]any {
	t.Helper()
	all := mustJSON(t, s)
	maps.DeleteFunc(all, func(key string, _ any) bool { return key == "head" || key == "at" || key == "served" })
	return all
}
