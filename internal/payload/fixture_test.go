package payload_test

import (
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/state"
)

// fixture returns an instance in which everything that can be sent to an SDK occurs at
// least once in development.
func fixture() *state.State {
	in := func(project flag.ProjectID, name flag.Name) state.Scope {
		return state.Scope{Project: project, Feature: name}
	}
	s := flagtest.After(&state.State{},
		state.Event{Payload: state.LedgerCreated{ID: "fixture", Format: state.Format}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: development, Type: "development"}}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: production, Type: flag.Production}}},
		state.Event{Payload: state.TagTypeCreated{TagType: flag.TagType{Name: "team"}}},
		state.Event{Payload: state.TagCreated{Tag: flag.Tag{Type: "team", Value: "red"}}},
	)
	for _, id := range projects {
		s = flagtest.After(s, state.Event{Scope: state.Scope{Project: id}, Payload: state.ProjectCreated{Project: flag.Project{
			ID: id, Environments: []flag.ProjectEnvironment{{Environment: development}, {Environment: production}},
		}}})
	}
	return flagtest.After(s,
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 1, Name: "nordic", Constraints: []flag.Constraint{
			{ContextName: "country", Operator: flag.In, Values: []string{"NO", "SE"}},
		}}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 2, Name: "adults", Constraints: []flag.Constraint{
			{ContextName: "age", Operator: flag.NumGte, Value: "18"},
		}}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 3, Name: "of a disabled strategy"}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 4, Name: "unused"}}},
		state.Event{Scope: in("inner", "off"), Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "off", Project: "inner", Type: "release", Environments: rows(flag.FlagEnvironment{}),
		}}},
		state.Event{Scope: in("inner", "on"), Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "on", Project: "inner", Type: "kill-switch", Stale: true, ImpressionData: true, Description: new("Is <on> & \"about\"."),
			Environments: rows(flag.FlagEnvironment{Enabled: true}),
			Tags:         []flag.Tag{{Type: "team", Value: "red"}},
		}}},
		state.Event{Scope: in("inner", "targeted"), Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "targeted", Project: "inner", Type: "experiment",
			Environments: rows(flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{
				{
					ID: "1", Name: "flexibleRollout", SortOrder: 0, Title: new("not sent"),
					Parameters: map[string]string{"stickiness": "default", "rollout": "100", "groupId": "targeted"},
					Constraints: []flag.Constraint{
						{ContextName: "appVersion", Operator: flag.SemverGt, Value: "2.0.0"},
						{ContextName: "userId", Operator: flag.StrEndsWith, Values: []string{"@example.org"}, CaseInsensitive: true, Inverted: true},
					},
					Segments: []flag.SegmentID{1, 2},
					Variants: []flag.Variant{
						{Name: "blue", Weight: 500, WeightType: flag.WeightVariable, Stickiness: "default", Payload: &flag.Payload{Type: "json", Value: `{"color":"#00f"}`}},
						{Name: "red", Weight: 500, WeightType: flag.WeightFix, Stickiness: "default", Payload: &flag.Payload{Type: "string", Value: "#f00"}},
					},
				},
				{ID: "2", Name: "userWithId", SortOrder: 1, Parameters: map[string]string{"userIds": "ann,bob"}},
				{ID: "3", Name: "default", SortOrder: 2, Disabled: true, Segments: []flag.SegmentID{3}},
			}}),
		}}},
		state.Event{Scope: in("outer", "varied"), Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "varied", Project: "outer", Type: "release",
			Environments: rows(flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{{ID: "4", Name: "default"}}, Variants: []flag.Variant{
				{Name: "control", Weight: 1000, Overrides: []flag.Override{{ContextName: "userId", Values: []string{"eve"}}}},
			}}),
			Dependencies: []flag.Dependency{{Feature: "off", Enabled: false, Variants: []string{"ignored"}}, {Feature: "on", Enabled: true, Variants: []string{"disabled"}}},
		}}},
		state.Event{Scope: in("outer", "gone"), Payload: state.FeatureCreated{Flag: flag.Flag{
			Name: "gone", Project: "outer", Type: "release", Environments: rows(flag.FlagEnvironment{Enabled: true}),
		}}},
		state.Event{Scope: in("outer", "gone"), Payload: state.FeatureArchived{}},
	)
}

// rows returns a flag's rows: the given one in development, off in production.
func rows(inDevelopment flag.FlagEnvironment) []flag.FlagEnvironment {
	inDevelopment.Environment = development
	return []flag.FlagEnvironment{inDevelopment, {Environment: production}}
}
