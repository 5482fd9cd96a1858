package history_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/history"
	"github.com/quorate/quorate/internal/state"
)

// TestDiff compares configurations of a few things.
func TestDiff(t *testing.T) {
	t.Parallel()
	raw := func(text string) json.RawMessage { return json.RawMessage(text) }
	none := raw("null")
	strategy := func(id flag.StrategyID, rollout string) flag.Strategy {
		return flag.Strategy{ID: id, Name: "flexibleRollout", Parameters: map[string]string{"rollout": rollout}}
	}
	with := func(f flag.Flag) history.Configuration { return history.Configuration{Features: []*flag.Flag{&f}} }
	on := flag.Flag{Name: "a", Project: "p", Environments: []flag.FlagEnvironment{{Environment: "qa", Enabled: true, Strategies: []flag.Strategy{strategy("1", "10"), strategy("2", "20")}}}}
	less := on
	less.Environments = []flag.FlagEnvironment{{Environment: "qa", Strategies: []flag.Strategy{strategy("2", "25")}}}
	less.Tags = []flag.Tag{{Type: "t", Value: "v"}}
	less.Dependencies = []flag.Dependency{{Feature: "b", Variants: []string{"x", "y"}}}
	for _, test := range []struct {
		name          string
		before, after history.Configuration
		want          []history.Difference
	}{
		{"nothing", with(on), with(on), []history.Difference{}},
		{"a flag that changes", with(on), with(less), []history.Difference{{Kind: "feature", Name: "a", Project: "p", How: history.Changed, Fields: []history.Field{
			{Path: "dependencies[b].enabled", Before: none, After: raw("false")},
			{Path: "dependencies[b].feature", Before: none, After: raw(`"b"`)},
			{Path: "dependencies[b].variants", Before: none, After: raw(`["x","y"]`)},
			{Path: "environments[qa].enabled", Before: raw("true"), After: none},
			{Path: "environments[qa].strategies[1].id", Before: raw(`"1"`), After: none},
			{Path: "environments[qa].strategies[1].name", Before: raw(`"flexibleRollout"`), After: none},
			{Path: "environments[qa].strategies[1].parameters.rollout", Before: raw(`"10"`), After: none},
			{Path: "environments[qa].strategies[1].sortOrder", Before: raw("0"), After: none},
			{Path: "environments[qa].strategies[2].parameters.rollout", Before: raw(`"20"`), After: raw(`"25"`)},
			{Path: "tags[v].type", Before: none, After: raw(`"t"`)},
			{Path: "tags[v].value", Before: none, After: raw(`"v"`)},
		}}}},
	} {
		got, err := history.Diff(test.before, test.after)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	added, err := history.Diff(history.Configuration{}, with(on))
	if err != nil || len(added) != 1 || added[0].How != history.Added {
		t.Errorf("a flag that is new: got %v, %v", added, err)
	}
	removed, err := history.Diff(with(on), history.Configuration{})
	if err != nil || len(removed) != 1 || removed[0].How != history.Removed {
		t.Errorf("a flag that is gone: got %v, %v", removed, err)
	}
}

// TestOf holds that parts leave out what they say they do, on an instance of a company's size.
func TestOf(t *testing.T) {
	t.Parallel()
	s := &state.State{}
	for batch := range flagtest.Batches(1, 200) {
		var err error
		if s, _, err = state.Fold(s, batch); err != nil {
			t.Fatal(err)
		}
	}
	all := history.Of(s, history.Part{})
	if len(all.Features) != s.FlagCount() || len(all.Environments) == 0 || len(all.Projects) == 0 {
		t.Errorf("all: got %d flags of %d, %d environments, %d projects", len(all.Features), s.FlagCount(), len(all.Environments), len(all.Projects))
	}
	project := all.Features[0].Project
	part := history.Of(s, history.Part{Project: project})
	flags := 0
	for range s.FlagsOf(project) {
		flags++
	}
	if len(part.Features) != flags || len(part.Projects) != 1 || len(part.Environments) != 0 {
		t.Errorf("a project: got %d flags of %d, %d projects, %d environments", len(part.Features), flags, len(part.Projects), len(part.Environments))
	}
	if one := history.Of(s, history.Part{Feature: all.Features[0].Name}); len(one.Features) != 1 || len(one.Projects) != 0 {
		t.Errorf("a flag: got %d flags and %d projects", len(one.Features), len(one.Projects))
	}
	for _, part := range []history.Part{{}, {Project: project}, {Feature: all.Features[0].Name}} {
		if err := part.Found(history.Of(s, part)); err != nil {
			t.Errorf("the part %+v: got %v, want that it is found", part, err)
		}
	}
	for _, part := range []history.Part{{Project: "none"}, {Feature: "none"}, {Project: project, Feature: "none"}} {
		if err := part.Found(history.Of(s, part)); !fault.Is(err, fault.NotFound) {
			t.Errorf("the part %+v: got %v, want that it is not found", part, err)
		}
	}
	unseen := history.Of(s, history.Part{Sees: func(p *flag.Project) bool { return p.ID != project }})
	for _, f := range unseen.Features {
		if f.Project == project {
			t.Errorf("got the flag %s of a project that must not be seen", f.Name)
		}
	}
	if len(unseen.Features) != s.FlagCount()-flags {
		t.Errorf("got %d flags, want all but %d of %d", len(unseen.Features), flags, s.FlagCount())
	}
}
