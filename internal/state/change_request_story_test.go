package state_test

import (
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// requestStory has every event type of change requests and every action of changes: one request
// that is applied, and others that end in the other ways.
func requestStory() []state.Event {
	scope := state.Scope{Project: "shop", Environment: "production"}
	rule := changerequest.Rule{RequiredApprovals: 2, SeparateApplier: true, ExpiresAfterHours: 48}
	agreements := []changerequest.Agreement{{Place: changerequest.Place{Project: "shop", Environment: "production"}, Rule: rule}}
	strategy := flag.Strategy{ID: "s1", Name: "flexibleRollout", Title: new("EU"), Parameters: map[string]string{"rollout": "25"}, Segments: []flag.SegmentID{1}}
	settings := change.SettingsOf(strategy)
	variants := []flag.Variant{{Name: "blue", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}

	var events []state.Event
	tell := func(id changerequest.ID, facts ...changerequest.Event) {
		for _, fact := range facts {
			events = append(events, state.Event{Scope: scope, Group: state.RequestGroup(id), Payload: state.ChangeRequestEvent{ID: id, Fact: fact}})
		}
	}
	entry := func(id change.ID, feature flag.Name, p change.Payload, base change.Base) change.Change {
		return change.Change{ID: id, Feature: feature, Payload: p, Base: base, CreatedAt: noon}
	}
	vote := func(round int) changerequest.Vote {
		return changerequest.Vote{By: "user:2", At: noon, Round: round, ContentID: "c0", Stated: true}
	}

	tell(
		1,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(1, "shop.web", change.UpdateEnabled{Enabled: true, ActivateDisabled: true, Minted: "s9"}, change.Base{})},
		changerequest.ChangeAdded{Change: entry(2, "shop.web", change.UpdateStrategy{ID: "s1", StrategySettings: settings}, change.Base{Strategy: &strategy})},
		changerequest.ChangeAdded{Change: entry(3, "shop.web", change.AddStrategy{Minted: "s2", StrategySettings: settings}, change.Base{Enabled: true})},
		changerequest.ChangeEdited{Old: 3, Change: entry(4, "shop.web", change.AddStrategy{Minted: "s2", StrategySettings: settings}, change.Base{Enabled: true})},
		changerequest.Described{Title: new("Raise it"), Description: new("As agreed.")},
		changerequest.ReviewersUpdated{Reviewers: []int64{2, 3}, ReviewerGroups: []int64{1}},
		changerequest.Commented{Text: "Please **look**."},
		changerequest.SentToReview{Agreements: agreements},
		changerequest.ApprovalAdded{Vote: vote(1), Moved: map[change.ID]change.Base{1: {Enabled: true}}},
		changerequest.ApprovalWithdrawn{Reopened: true},
		changerequest.ChangeDiscarded{ID: 2, Refrozen: changerequest.Refrozen{Agreements: agreements}},
		changerequest.ApprovedEvent{Vote: vote(2)},
		changerequest.AppliedEvent{Approvals: []changerequest.Vote{vote(2)}, Moved: map[change.ID]change.Base{4: {}}},
		changerequest.Commented{Text: "Thank you."},
	)
	tell(2, changerequest.Created{Agreements: agreements}, changerequest.Discarded{})
	tell(
		3,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(5, "shop.web", change.DeleteStrategy{ID: "s1"}, change.Base{Strategy: &strategy})},
		changerequest.SentToReview{Agreements: agreements},
		changerequest.RejectedEvent{Vote: vote(1)},
	)
	tell(
		4,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(6, "shop.web", change.PatchVariant{Variants: variants}, change.Base{Variants: variants})},
		changerequest.CancelledEvent{Reason: "The flag was deleted."},
	)
	// This one stays open.
	segment := flag.Segment{ID: 1, Name: "eu", CreatedAt: noon}
	tell(
		5,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(7, "shop.web", change.ReorderStrategy{Order: []change.StrategyOrder{{ID: "s1", SortOrder: 2}}}, change.Base{Strategies: []flag.Strategy{strategy}})},
		changerequest.ChangeAdded{Change: entry(8, "shop.api", change.ArchiveFeature{}, change.Base{EnabledIn: []flag.EnvironmentName{"production"}})},
		changerequest.ChangeAdded{Change: entry(9, "shop.web", change.AddDependency{Dependency: flag.Dependency{Feature: "shop.api", Enabled: true, Variants: []string{"blue"}}}, change.Base{})},
		changerequest.ChangeAdded{Change: entry(10, "shop.api", change.DeleteDependency{}, change.Base{Dependencies: []flag.Dependency{{Feature: "shop.web", Enabled: true}}})},
		changerequest.ChangeAdded{Change: entry(11, "", change.UpdateSegment{ID: 1, Name: "eu", Description: new("Europe"), Project: new(flag.ProjectID("shop"))}, change.Base{Segment: &segment})},
		changerequest.ChangeAdded{Change: entry(12, "", change.DeleteSegment{ID: 2}, change.Base{Missing: true})},
		changerequest.SentToReview{Agreements: agreements},
		changerequest.ApprovalAdded{Vote: vote(1)},
	)
	// These were scheduled: one has run, and the other waits for a decision.
	scope.Environment = "development"
	at := changerequest.ScheduledEvent{At: noon.AddDate(0, 1, 0), Zone: "Europe/Oslo", Moved: map[change.ID]change.Base{13: {Enabled: true}}}
	cause := changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "shop.web", Strategy: "s1", By: "user:2", Request: 1}
	tell(
		6,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(13, "shop.web", change.UpdateEnabled{Enabled: true}, change.Base{})},
		changerequest.SentToReview{Agreements: agreements},
		changerequest.ApprovedEvent{Vote: vote(1)},
		at,
		changerequest.ScheduleFailed{Reason: "It cannot be applied."},
		at,
		changerequest.ScheduleSucceeded{},
		changerequest.AppliedEvent{Approvals: []changerequest.Vote{vote(1)}},
	)
	tell(
		7,
		changerequest.Created{Agreements: agreements},
		changerequest.ChangeAdded{Change: entry(14, "shop.web", change.UpdateEnabled{Enabled: true}, change.Base{})},
		changerequest.SentToReview{Agreements: agreements},
		changerequest.ApprovedEvent{Vote: vote(1)},
		at,
		changerequest.ScheduleSuspended{Reason: "The strategy was updated.", Cause: cause},
	)
	return events
}
