package change_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/flag"
)

const prod = flag.EnvironmentName("production")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// live is a moment at which changes are compared with flags and segments.
type live struct {
	flags    map[flag.Name]*flag.Flag
	segments map[flag.SegmentID]*flag.Segment
}

func (l live) Flag(name flag.Name) *flag.Flag          { return l.flags[name] }
func (l live) Segment(id flag.SegmentID) *flag.Segment { return l.segments[id] }

// strategy returns the strategy that web has in production.
func strategy() flag.Strategy {
	return flag.Strategy{ID: "s1", Name: "flexibleRollout", Title: new("EU"), Parameters: map[string]string{"rollout": "25"}, Segments: []flag.SegmentID{2, 1}}
}

// now returns a moment with the flag web of the project shop, which is on in production, and the segment 1.
// edit may change it.
func now(edit func(*flag.Flag, *flag.Segment)) live {
	web := &flag.Flag{Name: "web", Project: "shop", Environments: []flag.FlagEnvironment{
		{Environment: "development"}, {Environment: prod, Enabled: true, Strategies: []flag.Strategy{strategy(), {ID: "s2", Name: "default", SortOrder: 1}}, Variants: []flag.Variant{{Name: "blue", Weight: 1000}}},
	}}
	eu := &flag.Segment{ID: 1, Name: "eu", Constraints: []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"NO"}}}}
	if edit != nil {
		edit(web, eu)
	}
	return live{map[flag.Name]*flag.Flag{"web": web}, map[flag.SegmentID]*flag.Segment{1: eu}}
}

// drafted returns a change of web, or of a segment, as it would be drafted.
func drafted(id change.ID, l live, p change.Payload) change.Change {
	c := change.Change{ID: id, Feature: "web", Payload: p, CreatedAt: noon}
	if c.Segment() != 0 {
		c.Feature = ""
	}
	c.Base = change.BaseOf(l, prod, c.Feature, p)
	return c
}

// updated returns an update of s1 with another rollout.
func updated(rollout string) change.UpdateStrategy {
	s := strategy()
	s.Parameters = map[string]string{"rollout": rollout}
	return change.UpdateStrategy{ID: "s1", StrategySettings: change.SettingsOf(s)}
}

// payloads has one of each action.
func payloads() []change.Payload {
	settings := change.SettingsOf(strategy())
	return []change.Payload{
		change.UpdateEnabled{Enabled: true, ActivateDisabled: true, Minted: "m"},
		change.AddStrategy{Minted: "m", StrategySettings: settings},
		change.UpdateStrategy{ID: "s1", StrategySettings: settings},
		change.DeleteStrategy{ID: "s1"},
		change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s1", SortOrder: 2}}},
		change.PatchVariant{Variants: []flag.Variant{{Name: "red", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}},
		change.ArchiveFeature{},
		change.AddDependency{Dependency: flag.Dependency{Feature: "parent", Enabled: true, Variants: []string{"blue"}}},
		change.DeleteDependency{},
		change.UpdateSegment{ID: 1, Name: "eu", Description: new("d"), Project: new(flag.ProjectID("shop")), Constraints: []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"SE"}}}},
		change.DeleteSegment{ID: 1},
	}
}

func TestContentID(t *testing.T) {
	t.Parallel()
	l := now(nil)
	one, two := drafted(1, l, updated("50")), drafted(2, l, change.PatchVariant{})
	id := func(changes ...change.Change) string { return change.ContentID("shop", prod, changes) }
	same := one
	same.ID, same.CreatedAt, same.Base = 9, noon.Add(time.Hour), change.Base{Missing: true}
	if id(one, two) != id(same, two) {
		t.Error("got another content for another id, time and base, want the same one")
	}
	seen := map[string]string{}
	for what, content := range map[string]string{
		"one":                 id(one),
		"two":                 id(two),
		"nothing":             id(),
		"both":                id(one, two),
		"in another order":    id(two, one),
		"twice":               id(one, one),
		"another payload":     id(drafted(1, l, updated("51"))),
		"another action":      id(drafted(1, l, change.DeleteStrategy{ID: "s1"})),
		"minting another id":  id(drafted(1, l, change.AddStrategy{Minted: "a"})),
		"minting this id":     id(drafted(1, l, change.AddStrategy{Minted: "b"})),
		"another flag":        id(change.Change{Feature: "api", Payload: updated("50")}),
		"another project":     change.ContentID("other", prod, []change.Change{one}),
		"another environment": change.ContentID("shop", "development", []change.Change{one}),
	} {
		if len(content) != 64 {
			t.Errorf("%s: got %q, want 64 hex digits", what, content)
		}
		if other, ok := seen[content]; ok {
			t.Errorf("%s has the content of %s", what, other)
		}
		seen[content] = what
	}
}

// TestDrift moves one thing at a time under a change, and says which fields of it have moved then.
func TestDrift(t *testing.T) {
	t.Parallel()
	s1 := func(edit func(*flag.Strategy)) func(*flag.Flag, *flag.Segment) {
		return func(f *flag.Flag, _ *flag.Segment) { edit(f.Environments[1].Strategy("s1")) }
	}
	row := func(edit func(*flag.FlagEnvironment)) func(*flag.Flag, *flag.Segment) {
		return func(f *flag.Flag, _ *flag.Segment) { edit(&f.Environments[1]) }
	}
	for name, test := range map[string]struct {
		change change.Payload
		moved  func(*flag.Flag, *flag.Segment)
		want   []string
	}{
		"nothing":                             {updated("50"), nil, nil},
		"another field":                       {updated("50"), s1(func(s *flag.Strategy) { s.Title = new("World") }), []string{`title: "EU" > "World" not "EU"`}},
		"the field that is set":               {updated("50"), s1(func(s *flag.Strategy) { s.Parameters = map[string]string{"rollout": "30"} }), []string{`parameters: {"rollout":"25"} > {"rollout":"30"} not {"rollout":"50"}`}},
		"to what is wanted":                   {updated("50"), s1(func(s *flag.Strategy) { s.Parameters = map[string]string{"rollout": "50"} }), nil},
		"its place":                           {updated("50"), s1(func(s *flag.Strategy) { s.SortOrder = 7 }), nil},
		"the order of segments":               {updated("50"), s1(func(s *flag.Strategy) { s.Segments = []flag.SegmentID{1, 2} }), nil},
		"an empty list for none":              {updated("50"), s1(func(s *flag.Strategy) { s.Constraints = []flag.Constraint{} }), nil},
		"another strategy":                    {updated("50"), row(func(r *flag.FlagEnvironment) { r.Strategies[1].Disabled = true }), nil},
		"the flag":                            {updated("50"), row(func(r *flag.FlagEnvironment) { r.Enabled = false }), nil},
		"a strategy to be deleted":            {change.DeleteStrategy{ID: "s1"}, s1(func(s *flag.Strategy) { s.Disabled = true }), []string{`disabled: false > true`}},
		"the flag to be switched off":         {change.UpdateEnabled{}, row(func(r *flag.FlagEnvironment) { r.Enabled = false }), nil},
		"strategies of it":                    {change.UpdateEnabled{}, row(func(r *flag.FlagEnvironment) { r.Strategies = nil }), nil},
		"a flag to be switched on":            {change.UpdateEnabled{Enabled: true}, row(func(r *flag.FlagEnvironment) { r.Strategies = r.Strategies[1:] }), []string{"strategies"}},
		"a flag that gets a strategy":         {change.AddStrategy{Minted: "m"}, row(func(r *flag.FlagEnvironment) { r.Enabled = false }), []string{`enabled: true > false`}},
		"its other strategies":                {change.AddStrategy{Minted: "m"}, row(func(r *flag.FlagEnvironment) { r.Strategies = nil }), nil},
		"variants":                            {change.PatchVariant{}, row(func(r *flag.FlagEnvironment) { r.Variants[0].Name = "green" }), []string{"variants"}},
		"variants to what is wanted":          {change.PatchVariant{}, row(func(r *flag.FlagEnvironment) { r.Variants = nil }), nil},
		"the order":                           {change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s1", SortOrder: 5}}}, s1(func(s *flag.Strategy) { s.SortOrder = 3 }), []string{"order"}},
		"where a flag to be archived is on":   {change.ArchiveFeature{}, row(func(r *flag.FlagEnvironment) { r.Enabled = false }), []string{`enabledIn: ["production"] > null`}},
		"the parents of a child":              {change.DeleteDependency{}, func(f *flag.Flag, _ *flag.Segment) { f.Dependencies = []flag.Dependency{{Feature: "p"}} }, []string{"dependencies"}},
		"the parents of a child to be":        {change.AddDependency{Dependency: flag.Dependency{Feature: "q"}}, func(f *flag.Flag, _ *flag.Segment) { f.Dependencies = []flag.Dependency{{Feature: "p"}} }, []string{"dependencies"}},
		"a segment":                           {change.UpdateSegment{ID: 1, Name: "eu"}, func(_ *flag.Flag, s *flag.Segment) { s.Description = new("d") }, []string{`description: "" > "d" not ""`}},
		"a segment to what is wanted":         {change.UpdateSegment{ID: 1, Name: "europe"}, func(_ *flag.Flag, s *flag.Segment) { s.Name = "europe" }, nil},
		"the project of one to be deleted":    {change.DeleteSegment{ID: 1}, func(_ *flag.Flag, s *flag.Segment) { s.Project = new(flag.ProjectID("shop")) }, []string{`project: null > "shop"`}},
		"a strategy away":                     {change.DeleteStrategy{ID: "s2"}, row(func(r *flag.FlagEnvironment) { r.Strategies = r.Strategies[:1] }), []string{"name", "title", "disabled", "constraints", "parameters", "segments", "variants"}},
		"a strategy that was not there":       {change.DeleteStrategy{ID: "s3"}, row(func(r *flag.FlagEnvironment) { r.Enabled = false }), nil},
		"a strategy that was not there there": {change.DeleteStrategy{ID: "s3"}, row(func(r *flag.FlagEnvironment) { r.Strategies = []flag.Strategy{{ID: "s3"}} }), []string{"missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := drafted(4, now(nil), test.change)
			drift := change.DriftOf(now(test.moved), prod, []change.Change{c})
			var got []string
			for i, d := range drift {
				if d.Change != 4 || d.Feature != c.Feature {
					t.Errorf("got the change %d of %q, want 4 of %q", d.Change, d.Feature, c.Feature)
				}
				line := d.Field
				if i < len(test.want) && strings.Contains(test.want[i], ":") {
					line += ": " + string(d.Before) + " > " + string(d.Now)
					if d.Wanted != nil {
						line += " not " + string(d.Wanted)
					}
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("drift (-want +got):\n%s", diff)
			}
			// Whoever has seen it as it is now has seen no drift.
			seen := change.WithBases([]change.Change{c}, change.Bases(now(test.moved), prod, []change.Change{c}))
			if left := change.DriftOf(now(test.moved), prod, seen); left != nil {
				t.Errorf("with the bases that have moved: got the drift %v, want none", left)
			}
		})
	}
}

func TestDriftID(t *testing.T) {
	t.Parallel()
	c := drafted(1, now(nil), updated("50"))
	drift := func(rollout string) []change.Drift {
		return change.DriftOf(now(func(f *flag.Flag, _ *flag.Segment) {
			f.Environments[1].Strategies[0].Parameters = map[string]string{"rollout": rollout}
		}), prod, []change.Change{c})
	}
	ids := map[string]bool{}
	for _, id := range []string{change.DriftID("a", drift("30")), change.DriftID("b", drift("30")), change.DriftID("a", drift("31")), change.DriftID("a", nil)} {
		ids[id] = true
	}
	if len(ids) != 4 {
		t.Errorf("got %d drift ids, want 4 different ones", len(ids))
	}
	if first, second := change.DriftID("a", drift("30")), change.DriftID("a", drift("30")); first != second {
		t.Error("got two ids of one drift, want the same")
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	gone := live{map[flag.Name]*flag.Flag{}, map[flag.SegmentID]*flag.Segment{}}
	at := noon
	for name, test := range map[string]struct {
		live    live
		changes []change.Payload
		want    []change.Conflict
	}{
		"none":                       {now(nil), payloads(), nil},
		"a flag is deleted":          {gone, []change.Payload{updated("50"), change.ArchiveFeature{}}, []change.Conflict{{Change: 1, Feature: true, Reason: "Feature has been deleted"}, {Change: 2, Feature: true, Reason: "Feature has been deleted"}}},
		"a flag is archived":         {now(func(f *flag.Flag, _ *flag.Segment) { f.ArchivedAt = &at }), []change.Payload{change.PatchVariant{}}, []change.Conflict{{Change: 1, Feature: true, Reason: "Feature has been archived"}}},
		"a flag is elsewhere":        {now(func(f *flag.Flag, _ *flag.Segment) { f.Project = "other" }), []change.Payload{change.PatchVariant{}}, []change.Conflict{{Change: 1, Feature: true, Reason: "Feature has been moved to another project"}}},
		"the environment is gone":    {now(func(f *flag.Flag, _ *flag.Segment) { f.Environments = f.Environments[:1] }), []change.Payload{change.PatchVariant{}}, []change.Conflict{{Change: 1, Feature: true, Reason: "The environment has been removed from the project"}}},
		"a strategy is deleted":      {now(nil), []change.Payload{change.UpdateStrategy{ID: "s3"}, change.DeleteStrategy{ID: "s1"}, change.DeleteStrategy{ID: "s4"}}, []change.Conflict{{Change: 1, Reason: "Strategy has been deleted"}, {Change: 3, Reason: "Strategy has been deleted"}}},
		"one of an order":            {now(nil), []change.Payload{change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s3"}, {ID: "s4"}}}}, []change.Conflict{{Change: 1, Reason: "A strategy has been deleted"}}},
		"what another change adds":   {now(nil), []change.Payload{change.AddStrategy{Minted: "s3"}, change.UpdateStrategy{ID: "s3"}, change.DeleteStrategy{ID: "s3"}, change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s3"}}}}, nil},
		"a segment is deleted":       {gone, []change.Payload{change.UpdateSegment{ID: 1}, change.DeleteSegment{ID: 1}}, []change.Conflict{{Change: 1, Reason: "Segment has been deleted"}, {Change: 2, Reason: "Segment has been deleted"}}},
		"a segment of a lost flag's": {live{map[flag.Name]*flag.Flag{}, now(nil).segments}, []change.Payload{change.UpdateSegment{ID: 1}}, nil},
	} {
		var changes []change.Change
		for i, p := range test.changes {
			changes = append(changes, drafted(change.ID(i+1), now(nil), p))
		}
		if diff := cmp.Diff(test.want, change.ConflictsOf(test.live, "shop", prod, changes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	l := now(func(f *flag.Flag, _ *flag.Segment) {
		f.Dependencies = []flag.Dependency{{Feature: "parent", Enabled: true}}
	})
	web := l.flags["web"]
	row := web.In(prod)
	for name, test := range map[string]struct {
		payload change.Payload
		want    change.Base
	}{
		change.ActionUpdateEnabled:    {change.UpdateEnabled{}, change.Base{Enabled: true, Strategies: row.Strategies}},
		change.ActionAddStrategy:      {change.AddStrategy{Minted: "m"}, change.Base{Enabled: true}},
		change.ActionUpdateStrategy:   {updated("50"), change.Base{Enabled: true, Strategy: &row.Strategies[0]}},
		change.ActionDeleteStrategy:   {change.DeleteStrategy{ID: "s3"}, change.Base{Enabled: true, Missing: true}},
		change.ActionReorderStrategy:  {change.ReorderStrategy{}, change.Base{Enabled: true, Strategies: row.Strategies}},
		change.ActionPatchVariant:     {change.PatchVariant{}, change.Base{Enabled: true, Variants: row.Variants}},
		change.ActionArchiveFeature:   {change.ArchiveFeature{}, change.Base{EnabledIn: []flag.EnvironmentName{prod}, Dependencies: web.Dependencies}},
		change.ActionAddDependency:    {change.AddDependency{}, change.Base{Dependencies: web.Dependencies}},
		change.ActionDeleteDependency: {change.DeleteDependency{}, change.Base{Dependencies: web.Dependencies}},
		change.ActionUpdateSegment:    {change.UpdateSegment{ID: 1}, change.Base{Segment: l.segments[1]}},
		change.ActionDeleteSegment:    {change.DeleteSegment{ID: 2}, change.Base{Missing: true}},
	} {
		if got := test.payload.Action(); got != name {
			t.Errorf("got the action %s, want %s", got, name)
		}
		if diff := cmp.Diff(test.want, change.BaseOf(l, prod, "web", test.payload)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for what, got := range map[string]change.Base{
		"no flag":        change.BaseOf(l, prod, "none", change.ArchiveFeature{}),
		"no environment": change.BaseOf(l, "staging", "web", change.PatchVariant{}),
	} {
		if diff := cmp.Diff(change.Base{Missing: true}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// TestReplaces holds which changes set the same thing as a whole.
func TestReplaces(t *testing.T) {
	t.Parallel()
	parent := func(name flag.Name) change.AddDependency {
		return change.AddDependency{Dependency: flag.Dependency{Feature: name}}
	}
	for _, test := range []struct {
		name           string
		later, earlier change.Payload
		want           bool
	}{
		{"on and off", change.UpdateEnabled{Enabled: true}, change.UpdateEnabled{}, true},
		{"two new strategies", change.AddStrategy{Minted: "m"}, change.AddStrategy{Minted: "m"}, false},
		{"one strategy twice", updated("1"), updated("2"), true},
		{"deleting what is updated", change.DeleteStrategy{ID: "s1"}, updated("2"), true},
		{"another strategy", change.DeleteStrategy{ID: "s2"}, updated("2"), false},
		{"orders", change.ReorderStrategy{}, change.ReorderStrategy{}, true},
		{"variants", change.PatchVariant{}, change.PatchVariant{}, true},
		{"archiving twice", change.ArchiveFeature{}, change.ArchiveFeature{}, true},
		{"one parent", parent("p"), parent("p"), true},
		{"two parents", parent("p"), parent("q"), false},
		{"no parents", change.DeleteDependency{}, change.DeleteDependency{}, true},
		{"no parents after one", change.DeleteDependency{}, parent("p"), false},
		{"one segment", change.DeleteSegment{ID: 1}, change.UpdateSegment{ID: 1}, true},
		{"two segments", change.DeleteSegment{ID: 2}, change.UpdateSegment{ID: 1}, false},
	} {
		later, earlier := change.Change{Feature: "web", Payload: test.later}, change.Change{Feature: "web", Payload: test.earlier}
		if got := later.Replaces(earlier); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
		earlier.Feature = "api"
		if later.Replaces(earlier) {
			t.Errorf("%s: got that it replaces what is said of another flag", test.name)
		}
	}
}

func TestSegmentsOfAChange(t *testing.T) {
	t.Parallel()
	for i, want := range [][]flag.SegmentID{nil, {2, 1}, {2, 1}, nil, nil, nil, nil, nil, nil, {1}, {1}} {
		c := change.Change{Payload: payloads()[i]}
		if diff := cmp.Diff(want, c.Segments()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Payload.Action(), diff)
		}
		_, settings, ok := c.Strategy()
		if ok != (i == 1 || i == 2) || ok && settings.Name != "flexibleRollout" {
			t.Errorf("%s: got the strategy %v, %v", c.Payload.Action(), settings, ok)
		}
	}
}

// TestRoundTrip writes any change and reads it again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyChange(t)
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again change.Change
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
		twice, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), string(twice)); diff != "" {
			t.Fatalf("(-once +twice):\n%s", diff)
		}
		list := func(c change.Change) string { return change.ContentID("shop", prod, []change.Change{c}) }
		if list(c) != list(again) {
			t.Fatalf("got another content after reading %s", data)
		}
	})
}

func anyChange(t *rapid.T) change.Change {
	text := rapid.StringN(0, 5, -1)
	id := rapid.Custom(func(t *rapid.T) flag.StrategyID { return flag.StrategyID(text.Draw(t, "id")) })
	maybe := rapid.Custom(func(t *rapid.T) *string { return rapid.Ptr(text, true).Draw(t, "text") })
	constraint := rapid.Custom(func(t *rapid.T) flag.Constraint {
		return flag.Constraint{
			ContextName: text.Draw(t, "field"), Operator: rapid.SampledFrom([]flag.Operator{flag.In, flag.NotIn}).Draw(t, "operator"),
			Values: rapid.SliceOfN(text, 0, 3).Draw(t, "values"), Inverted: rapid.Bool().Draw(t, "inverted"),
		}
	})
	variant := rapid.Custom(func(t *rapid.T) flag.Variant {
		return flag.Variant{Name: text.Draw(t, "name"), Weight: rapid.IntRange(0, 1000).Draw(t, "weight"), WeightType: flag.WeightFix, Stickiness: text.Draw(t, "stickiness")}
	})
	segment := rapid.Custom(func(t *rapid.T) flag.SegmentID { return flag.SegmentID(rapid.Int64Range(1, 9).Draw(t, "segment")) })
	settings := rapid.Custom(func(t *rapid.T) change.StrategySettings {
		return change.StrategySettings{
			Name: text.Draw(t, "name"), Title: maybe.Draw(t, "title"), Disabled: rapid.Bool().Draw(t, "disabled"), SortOrder: rapid.Ptr(rapid.Int(), true).Draw(t, "order"),
			Constraints: rapid.SliceOfN(constraint, 0, 2).Draw(t, "constraints"), Parameters: rapid.MapOfN(text, text, 0, 2).Draw(t, "parameters"),
			Segments: rapid.SliceOfN(segment, 0, 2).Draw(t, "segments"), Variants: rapid.SliceOfN(variant, 0, 2).Draw(t, "variants"),
		}
	})
	strategy := rapid.Custom(func(t *rapid.T) flag.Strategy {
		s := settings.Draw(t, "settings")
		return flag.Strategy{ID: id.Draw(t, "id"), Name: s.Name, Title: s.Title, Disabled: s.Disabled, Constraints: s.Constraints, Parameters: s.Parameters, Segments: s.Segments, Variants: s.Variants}
	})
	dependency := rapid.Custom(func(t *rapid.T) flag.Dependency {
		return flag.Dependency{Feature: flag.Name(text.Draw(t, "parent")), Enabled: rapid.Bool().Draw(t, "enabled"), Variants: rapid.SliceOfN(text, 0, 2).Draw(t, "variants")}
	})
	whole := rapid.Custom(func(t *rapid.T) flag.Segment {
		return flag.Segment{ID: segment.Draw(t, "id"), Name: text.Draw(t, "name"), Description: maybe.Draw(t, "description"), Constraints: rapid.SliceOfN(constraint, 0, 2).Draw(t, "constraints"), CreatedAt: noon}
	})
	order := rapid.Custom(func(t *rapid.T) change.StrategyOrder {
		return change.StrategyOrder{ID: id.Draw(t, "id"), SortOrder: rapid.Int().Draw(t, "order")}
	})
	payload := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.UpdateEnabled{Enabled: rapid.Bool().Draw(t, "enabled"), ActivateDisabled: rapid.Bool().Draw(t, "activate"), Minted: id.Draw(t, "minted")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.AddStrategy{Minted: id.Draw(t, "minted"), StrategySettings: settings.Draw(t, "settings")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.UpdateStrategy{ID: id.Draw(t, "id"), StrategySettings: settings.Draw(t, "settings")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload { return change.DeleteStrategy{ID: id.Draw(t, "id")} }),
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.ReorderStrategy{Order: rapid.SliceOfN(order, 0, 3).Draw(t, "order")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.PatchVariant{Variants: rapid.SliceOfN(variant, 0, 3).Draw(t, "variants")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload {
			return change.AddDependency{Dependency: dependency.Draw(t, "dependency")}
		}),
		rapid.Custom(func(t *rapid.T) change.Payload {
			s := whole.Draw(t, "segment")
			return change.UpdateSegment{ID: s.ID, Name: s.Name, Description: s.Description, Project: rapid.Ptr(rapid.Just(flag.ProjectID("shop")), true).Draw(t, "project"), Constraints: s.Constraints}
		}),
		rapid.SampledFrom([]change.Payload{change.ArchiveFeature{}, change.DeleteDependency{}, change.DeleteSegment{ID: 1}}),
	)
	base := rapid.Custom(func(t *rapid.T) change.Base {
		return change.Base{
			Missing: rapid.Bool().Draw(t, "missing"), Enabled: rapid.Bool().Draw(t, "enabled"), Strategies: rapid.SliceOfN(strategy, 0, 2).Draw(t, "strategies"),
			Strategy: rapid.Ptr(strategy, true).Draw(t, "strategy"), Variants: rapid.SliceOfN(variant, 0, 2).Draw(t, "variants"),
			Dependencies: rapid.SliceOfN(dependency, 0, 2).Draw(t, "dependencies"), Segment: rapid.Ptr(whole, true).Draw(t, "segment"),
		}
	})
	return change.Change{
		ID: change.ID(rapid.Int64Min(1).Draw(t, "id")), Feature: flag.Name(text.Draw(t, "feature")), Payload: payload.Draw(t, "payload"), Base: base.Draw(t, "base"), CreatedAt: noon,
	}
}

// FuzzChange reads any bytes: what is understood is written and read again as the same.
func FuzzChange(f *testing.F) {
	for i, p := range payloads() {
		data, err := json.Marshal(drafted(change.ID(i), now(nil), p))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"action":"fly","payload":{}}`))
	f.Add([]byte(`{"action":"deleteStrategy"}`))
	f.Add([]byte(`{"action":"reorderStrategy","payload":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c change.Change
		if json.Unmarshal(data, &c) != nil {
			return
		}
		once, err := json.Marshal(c)
		if err != nil {
			t.Skip() // a time that JSON cannot say
		}
		var again change.Change
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("%v: %s", err, once)
		}
		if twice, err := json.Marshal(again); err != nil || string(once) != string(twice) {
			t.Errorf("got %s and %v, want %s", twice, err, once)
		}
		// Whatever it says, it can be compared with what there is.
		l := now(nil)
		change.ConflictsOf(l, "shop", prod, []change.Change{c})
		change.Bases(l, prod, []change.Change{c})
		change.ContentID("shop", prod, []change.Change{c})
	})
}
