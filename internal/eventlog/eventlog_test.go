package eventlog_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	model "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/window"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)

// book is a ledger that is written without being folded: an event log shows what is
// stored, whatever it does to a state.
type book struct {
	db    *store.DB
	head  ledger.Head
	at    time.Time
	count byte
}

// mustWrite appends a batch, an hour after the last one, and returns its id.
func (b *book) mustWrite(t *testing.T, actor access.Ref, events ...state.Event) ledger.BatchID {
	t.Helper()
	var stored []ledger.Event
	for _, e := range events {
		encoded, err := state.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, encoded)
	}
	return b.mustStore(t, string(actor), stored...)
}

func (b *book) mustStore(t *testing.T, actor string, events ...ledger.Event) ledger.BatchID {
	t.Helper()
	b.count++
	batch := ledger.Batch{ID: ledger.BatchID{15: b.count}, At: b.at, Actor: actor, Events: events}
	b.at = b.at.Add(time.Hour)
	entries, head := ledger.Seal(b.head, batch)
	err := b.db.Append(t.Context(), b.head, entries, func(tx *store.Tx) error {
		return tx.PutOrigin(batch.ID, store.Origin{IP: fmt.Sprintf("192.0.2.%d", b.count), At: batch.At})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.head = head
	return batch.ID
}

// newLog returns an empty ledger and its log. The admin token 1 and the person 7 are known by
// their names.
func newLog(t *testing.T, db *store.DB) (*book, *eventlog.Log) {
	t.Helper()
	var s state.State
	entries, _ := ledger.Seal(ledger.Head{}, ledger.Batch{Events: []ledger.Event{
		mustEncode(t, state.LedgerCreated{ID: "x", Format: state.Format}),
		mustEncode(t, state.APITokenCreated{Token: access.APIToken{ID: 1, Name: "terraform", Type: access.TokenAdmin}}),
	}})
	known, _, err := state.Fold(&s, entries)
	if err != nil {
		t.Fatal(err)
	}
	return &book{db: db, at: noon}, eventlog.New(eventlog.Options{
		DB: db, State: func() *state.State { return known }, WebURL: "https://flags.example.com",
		Names: func(context.Context) (map[int64]string, error) { return map[int64]string{7: "ada@example.com"}, nil },
	})
}

func mustEncode(t *testing.T, p state.Payload) ledger.Event {
	t.Helper()
	e, err := state.Encode(state.Event{Payload: p})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// everyType returns one event of each type.
func everyType() []state.Event {
	old := noon.Add(-24 * time.Hour)
	name := func(p state.Payload) state.Event { return state.Event{Payload: p} }
	inProject := func(p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: "shop"}, Payload: p}
	}
	ofFlag := func(p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: "shop", Feature: "new_checkout"}, Payload: p}
	}
	inPlace := func(p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: "shop", Environment: "production"}, Payload: p}
	}
	ofFlagIn := func(p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: "shop", Environment: "production", Feature: "new_checkout"}, Payload: p}
	}

	f := model.Flag{Name: "new_checkout", Project: "shop", Type: "release", Description: new("The new one"), CreatedAt: old, CreatedBy: "user:7"}
	strategy := model.Strategy{
		ID: "s1", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "50", "stickiness": "default", "groupId": "new_checkout"},
		Constraints: []model.Constraint{{ContextName: "userId", Operator: model.In, Values: []string{"7"}}, {ContextName: "age", Operator: model.NumGte, Value: "18", Inverted: true}},
		Segments:    []model.SegmentID{3},
		Variants:    []model.Variant{{Name: "red", Weight: 1000, WeightType: model.WeightVariable, Stickiness: "default", Payload: &model.Payload{Type: "string", Value: "#f00"}}},
	}
	titled := strategy
	titled.Title = new("Half of [everyone](x)")
	bare := model.Strategy{ID: "s1", Name: "default"}
	dependency := model.Dependency{Feature: "payments", Enabled: true, Variants: []string{"blue"}}
	tag := model.Tag{Type: "simple", Value: "team *a*"}
	link := model.Link{ID: "l1", URL: "https://example.com/1", Title: new("Ticket")}
	project := model.Project{
		ID: "shop", Name: "Shop", Mode: model.ModeOpen, DefaultStickiness: "default", CreatedAt: old, UpdatedAt: old,
		Environments: []model.ProjectEnvironment{{Environment: "development"}, {Environment: "production"}},
	}
	settings := state.SettingsOf(&project)
	settings.Naming = &model.NamingRule{Pattern: "shop-.*", Example: new("shop-x")}
	settings.LinkTemplates = []model.LinkTemplate{{URLTemplate: "https://example.com/{{feature}}"}}
	env := model.Environment{Name: "production", Type: "production", SortOrder: 3, Enabled: true}
	stricter := env
	stricter.RequiredApprovals = new(2)
	segment := model.Segment{ID: 3, Name: "adults", Project: new(model.ProjectID("shop")), Constraints: strategy.Constraints[1:], CreatedAt: old}
	field := model.ContextField{Name: "tier", Stickiness: true, SortOrder: 7, LegalValues: []model.LegalValue{{Value: "gold", Description: new("pays")}}, CreatedAt: old}
	tagType := model.TagType{Name: "simple", Description: new("Plain"), Icon: new("#"), Color: new("#FFFFFF")}
	strategyType := model.StrategyType{Name: "ours", DisplayName: "Ours", Editable: true, Parameters: []model.StrategyParameter{{Name: "n", Type: "number", Required: true}}}
	token := access.APIToken{
		ID: 2, Name: "backend", Type: access.TokenBackend, Projects: []model.ProjectID{"shop", "blog"}, Environment: "production",
		Digest: "d16e57", CreatedAt: old, ExpiresAt: new(noon.Add(time.Hour)),
	}
	reviewer := access.Role{ID: 7, Name: "Reviewer", Description: "Agrees.", Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: access.ApproveChangeRequest, Environment: "production"}}}
	pat := access.PersonalToken{ID: 5, Account: 7, Description: "laptop", Digest: "d16e58", CreatedAt: old, ExpiresAt: new(noon.Add(time.Hour))}
	group := access.Group{ID: 4, Name: "On call", MappingsSSO: []string{"oncall"}, RootRole: new(access.RoleID(2)), CreatedAt: old, CreatedBy: "user:1", Members: []access.Member{{Account: 7, JoinedAt: old, AddedBy: "user:1"}}}
	integration := state.Integration{
		ID: 3, Provider: "webhook", Description: new("To the *log*"), Enabled: true, Events: []string{"feature-created"},
		Projects: []model.ProjectID{"shop"}, Environments: []model.EnvironmentName{"production"}, CreatedAt: old,
	}
	operational := model.FeatureTypes()[2]
	longer := operational
	longer.LifetimeDays = nil

	freeze := window.Window{ID: 3, Environment: "production", Kind: window.Freeze, Name: "Christmas", Start: "2026-12-20T00:00", Minutes: 20160, Zone: "Europe/Oslo"}
	freezes := freeze
	freezes.Recurrence = &window.Recurrence{Frequency: window.Yearly}

	return append([]state.Event{
		name(state.LedgerCreated{ID: "0199c8a2", Format: 1, FeatureTypes: model.FeatureTypes()}),
		name(state.LedgerFormatRaised{Format: 2}),
		name(state.LedgerRestoreAccepted{Lost: ledger.Head{Revision: 12}, Reason: "disk gone"}),
		name(state.SettingUpdated{ID: "scim", Before: `{"enabled":false}`, After: `{"enabled":true,"tokenDigest":"abc"}`}),
		inPlace(state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 2}}),
		name(state.ChangeRequestsBypassed{Environments: []model.EnvironmentName{"production"}, Reason: "fire"}),

		ofFlag(state.FeatureCreated{Flag: f}),
		ofFlag(state.FeatureMetadataUpdated{Before: state.MetadataOf(&f), After: state.Metadata{Type: "experiment", ImpressionData: true}}),
		ofFlag(state.FeatureStaleOn{}),
		ofFlag(state.FeatureStaleOff{}),
		ofFlag(state.FeatureCompleted{Status: model.Kept, Value: "blue"}),
		ofFlag(state.FeatureUncompleted{}),
		ofFlag(state.FeatureArchived{}),
		ofFlag(state.FeatureRevived{}),
		ofFlag(state.FeatureDeleted{Before: f}),
		ofFlag(state.FeatureProjectChange{OldProject: "default"}),
		ofFlag(state.FeatureDependencyAdded{Before: &model.Dependency{Feature: "payments", Enabled: true}, Dependency: dependency}),
		ofFlag(state.FeatureDependencyRemoved{Before: dependency}),
		ofFlag(state.FeatureDependenciesRemoved{Before: []model.Dependency{dependency}}),
		ofFlag(state.FeatureTagged{Tag: tag}),
		ofFlag(state.FeatureUntagged{Tag: tag}),
		ofFlag(state.FeatureLinkAdded{Link: link}),
		ofFlag(state.FeatureLinkUpdated{Before: link, After: model.Link{ID: "l1", URL: "https://example.com/2"}}),
		ofFlag(state.FeatureLinkRemoved{Before: link}),

		ofFlagIn(state.FeatureEnvironmentEnabled{}),
		inPlace(state.FeaturesImported{Features: []model.Name{"checkout", "payments"}}),
		ofFlagIn(state.FeatureEnvironmentDisabled{}),
		ofFlagIn(state.FeatureStrategyAdded{Strategy: strategy}),
		ofFlagIn(state.FeatureStrategyUpdated{Before: strategy, After: titled}),
		ofFlagIn(state.FeatureStrategyRemoved{Before: bare}),
		ofFlagIn(state.StrategyOrderChanged{Before: []state.StrategyOrder{{ID: "a"}, {ID: "b", SortOrder: 1}}, After: []state.StrategyOrder{{ID: "a", SortOrder: 2}, {ID: "b", SortOrder: 1}}}),
		ofFlagIn(state.FeatureEnvironmentVariantsUpdated{After: strategy.Variants}),

		inProject(state.ProjectCreated{Project: project}),
		inProject(state.ProjectUpdated{Before: state.SettingsOf(&project), After: settings}),
		inProject(state.ProjectArchived{}),
		inProject(state.ProjectRevived{}),
		inProject(state.ProjectDeleted{Before: project}),
		inPlace(state.ProjectEnvironmentAdded{DefaultStrategy: &bare}),
		inPlace(state.ProjectEnvironmentRemoved{}),
		inPlace(state.DefaultStrategyUpdated{Before: &bare, After: &strategy}),
		name(state.EnvironmentCreated{Environment: env}),
		name(state.EnvironmentUpdated{Before: env, After: stricter}),
		name(state.EnvironmentDeleted{Before: env}),
		inPlace(state.EnvironmentWindowCreated{Window: freeze}),
		inPlace(state.EnvironmentWindowUpdated{Before: freeze, After: freezes}),
		inPlace(state.EnvironmentWindowDeleted{Before: freezes}),

		inProject(state.SegmentCreated{Segment: segment}),
		inProject(state.SegmentUpdated{Before: segment, After: segment}),
		inProject(state.SegmentDeleted{Before: segment}),
		name(state.ContextFieldCreated{Field: field}),
		name(state.ContextFieldUpdated{Before: field, After: model.ContextField{Name: "tier"}}),
		name(state.ContextFieldDeleted{Before: field}),
		name(state.TagTypeCreated{TagType: tagType}),
		name(state.TagTypeUpdated{Before: tagType, After: model.TagType{Name: "simple"}}),
		name(state.TagTypeDeleted{Before: tagType}),
		name(state.TagCreated{Tag: tag}),
		name(state.TagDeleted{Tag: tag}),
		name(state.StrategyTypeCreated{Strategy: strategyType}),
		name(state.StrategyTypeUpdated{Before: strategyType, After: strategyType}),
		name(state.StrategyTypeDeleted{Before: strategyType}),
		name(state.StrategyTypeDeprecated{Name: "ours"}),
		name(state.StrategyTypeReactivated{Name: "ours"}),
		name(state.FeatureTypeUpdated{Before: operational, After: longer}),

		name(state.APITokenCreated{Token: token}),
		name(state.APITokenUpdated{ID: 2, Name: "backend", Before: token.ExpiresAt}),
		name(state.APITokenDeleted{Before: token}),

		name(state.AddonConfigCreated{Integration: integration}),
		name(state.AddonConfigUpdated{Before: integration, After: state.Integration{ID: 3, Provider: "webhook"}, Parameters: []string{"url"}}),
		name(state.AddonConfigDeleted{Before: integration}),

		name(state.RoleCreated{Role: reviewer}),
		name(state.RoleUpdated{Before: reviewer, After: access.Role{ID: 7, Name: "Reviewer", Type: access.CustomProjectRole}}),
		name(state.RoleDeleted{Before: reviewer}),
		name(state.UserCreated{ID: 7, RootRole: 3}),
		name(state.UserUpdated{AccountChange: state.AccountChange{ID: 7, Before: 3, After: 2}}),
		name(state.UserDeleted{ID: 7, RootRole: 2}),
		name(state.ServiceAccountCreated{ID: 8, RootRole: 3}),
		name(state.ServiceAccountUpdated{AccountChange: state.AccountChange{ID: 8, Before: 3, After: 2}}),
		name(state.ServiceAccountDeleted{ID: 8, RootRole: 2}),
		name(state.UserSuspended{ID: 7}),
		name(state.UserReinstated{ID: 7}),
		name(state.SessionsRevoked{Account: 7}),
		name(state.PATCreated{Token: pat}),
		name(state.PATDeleted{Before: pat}),
		name(state.ServiceAccountTokenCreated{Token: pat}),
		name(state.ServiceAccountTokenDeleted{Before: pat}),
		name(state.GroupCreated{Group: group}),
		name(state.GroupUpdated{Before: group, After: access.Group{ID: 4, Name: "On call"}}),
		name(state.GroupDeleted{Before: group}),
		inProject(state.ProjectAccessAdded{Subjects: []state.Subject{{Account: 7}, {Group: 4}}, Roles: []access.RoleID{7}}),
		inProject(state.ProjectAccessUpdated{Before: []state.Holding{{Subject: state.Subject{Account: 7}, Roles: []access.RoleID{7}}}, After: []state.Holding{{Subject: state.Subject{Group: 4}, Roles: []access.RoleID{4, 7}}}}),
		inProject(state.ProjectAccessUserRolesUpdated{Account: 7, After: []access.RoleID{7}}),
		inProject(state.ProjectAccessUserRolesDeleted{Account: 7, Before: []access.RoleID{7}}),
		inProject(state.ProjectAccessGroupRolesUpdated{Group: 4, Before: []access.RoleID{4}, After: []access.RoleID{7}}),
		inProject(state.ProjectAccessGroupRolesDeleted{Group: 4, Before: []access.RoleID{7}}),
	}, aboutRequests()...)
}

// aboutRequests returns one event of each type that change requests have.
func aboutRequests() []state.Event {
	entry := change.Change{ID: 301, Feature: "new_checkout", Payload: change.UpdateEnabled{Enabled: true}, CreatedAt: noon}
	vote := changerequest.Vote{By: "user:9", At: noon, Round: 1, ContentID: "c0ffee"}
	title := "Raise it"
	var events []state.Event
	for _, fact := range []changerequest.Event{
		changerequest.Created{},
		changerequest.ChangeAdded{Change: entry},
		changerequest.ChangeEdited{Old: 300, Change: entry},
		changerequest.ChangeDiscarded{ID: 301},
		changerequest.Discarded{},
		changerequest.SentToReview{},
		changerequest.ApprovalAdded{Vote: vote},
		changerequest.ApprovedEvent{Vote: vote},
		changerequest.ApprovalWithdrawn{},
		changerequest.RejectedEvent{Vote: vote},
		changerequest.CancelledEvent{Reason: "The flag was deleted."},
		changerequest.AppliedEvent{Approvals: []changerequest.Vote{vote}},
		changerequest.Commented{Text: "Fine."},
		changerequest.Described{Title: &title},
		changerequest.ReviewersUpdated{Reviewers: []int64{9}},
		changerequest.ScheduledEvent{At: noon, Zone: "Europe/Oslo"},
		changerequest.ScheduleSuspended{Reason: "The strategy was updated.", Cause: changerequest.Cause{Kind: changerequest.StrategyUpdated, Feature: "new_checkout", Strategy: "s1", By: "user:7", Request: 40}},
		changerequest.ScheduleFailed{Reason: "It cannot be applied."},
		changerequest.ScheduleSucceeded{},
	} {
		events = append(events, state.Event{
			Scope:   state.Scope{Project: "shop", Environment: "production"},
			Group:   state.RequestGroup(41),
			Payload: state.ChangeRequestEvent{ID: 41, Fact: fact},
		})
	}
	return events
}

// The public form of one event of each type is pinned; a type without a form fails.
func TestEveryType(t *testing.T) {
	t.Parallel()
	events := everyType()
	var types []string
	for _, e := range events {
		types = append(types, e.Payload.EventType())
	}
	slices.Sort(types)
	if diff := cmp.Diff(state.EventTypes(), types); diff != "" {
		t.Fatalf("this test needs one event of each type (-types +tested):\n%s", diff)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		b.mustWrite(t, access.NewRef(access.KindAdminToken, 1), events...)
		got, total, err := log.Search(t.Context(), eventlog.Query{Limit: 1000})
		if err != nil || total != len(events) {
			t.Fatalf("got %d events and %v, want %d", total, err, len(events))
		}
		slices.Reverse(got)
		for _, e := range got {
			if e.Label == "" || e.Summary == "" || strings.ContainsAny(e.Summary, "{}") || strings.Contains(e.Summary, "****") || strings.Contains(e.Summary, "[]") {
				t.Errorf("%s: got the label %q and the summary %q, want both complete", e.Type, e.Label, e.Summary)
			}
		}
		written, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, '\n')
		if strings.Contains(string(written), "d16e57") {
			t.Error("the digest of a token is shown")
		}
		const golden = "testdata/events.golden"
		if *update {
			if err := os.WriteFile(golden, written, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(written)); diff != "" {
			t.Errorf("events (-want +got), go test -update writes them anew:\n%s", diff)
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		flagOn := func(project model.ProjectID, env model.EnvironmentName, name model.Name) state.Event {
			return state.Event{Scope: state.Scope{Project: project, Environment: env, Feature: name}, Payload: state.FeatureEnvironmentEnabled{}}
		}
		ledgerOf := state.Event{Payload: state.LedgerCreated{ID: "x"}}
		admin, gone := access.NewRef(access.KindAdminToken, 1), access.NewRef(access.KindAdminToken, 5)
		b.mustWrite(t, access.SystemRef, ledgerOf)                                                                                         // 1, March 1, 12:00
		second := b.mustWrite(t, admin, flagOn("shop", "production", "a"), flagOn("shop", "development", "a"))                             // 2, 3
		b.mustWrite(t, gone, flagOn("blog", "production", "b"))                                                                            // 4
		b.mustWrite(t, admin, state.Event{Payload: state.APITokenDeleted{Before: access.APIToken{ID: 5, Name: "old pipeline"}}})           // 5
		b.at = noon.Add(36 * time.Hour)                                                                                                    // March 3, 00:00
		b.mustWrite(t, access.NewRef(access.KindUser, 7), state.Event{Payload: state.TagCreated{Tag: model.Tag{Type: "x", Value: "ÄäZ"}}}) // 6
		b.mustWrite(t, access.NewRef(access.KindUser, 7), state.Event{Group: ledger.Group{Kind: "change-request", ID: 41}, Payload: state.TagCreated{}})

		day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
		for _, test := range []struct {
			name  string
			query eventlog.Query
			want  []int64
		}{
			{name: "all", want: []int64{7, 6, 5, 4, 3, 2, 1}},
			{name: "id", query: eventlog.Query{IDs: []int64{3, 6, 99}}, want: []int64{6, 3}},
			{name: "type", query: eventlog.Query{Types: []string{"ledger-created", "tag-created"}}, want: []int64{7, 6, 1}},
			{name: "project", query: eventlog.Query{Projects: []string{"shop"}}, want: []int64{3, 2}},
			{name: "environment", query: eventlog.Query{Environments: []string{"production"}}, want: []int64{4, 2}},
			{name: "feature", query: eventlog.Query{Features: []string{"a", "b"}, Environments: []string{"production"}}, want: []int64{4, 2}},
			{name: "creator", query: eventlog.Query{CreatorIDs: []int64{7}}, want: []int64{7, 6}},
			{name: "admin tokens", query: eventlog.Query{CreatorIDs: []int64{-42}}, want: []int64{5, 4, 3, 2}},
			{name: "system and user", query: eventlog.Query{CreatorIDs: []int64{-1337, 7}}, want: []int64{7, 6, 1}},
			{name: "nobody", query: eventlog.Query{CreatorIDs: []int64{8}}},
			{name: "transaction", query: eventlog.Query{GroupIDs: []string{second.String()}}, want: []int64{3, 2}},
			{name: "change request", query: eventlog.Query{GroupIDs: []string{"41"}}, want: []int64{7}},
			{name: "unknown group", query: eventlog.Query{GroupIDs: []string{"01J8"}}},
			{name: "from", query: eventlog.Query{From: day(2)}, want: []int64{7, 6}},
			{name: "to", query: eventlog.Query{To: day(2)}, want: []int64{5, 4, 3, 2, 1}},
			{name: "between", query: eventlog.Query{From: day(2), To: day(3)}},
			{name: "text", query: eventlog.Query{Text: "ÄÄz"}, want: []int64{6}},
			{name: "text before", query: eventlog.Query{Text: "OLD pipe"}, want: []int64{5}},
			{name: "text and type", query: eventlog.Query{Text: "type", Types: []string{"tag-created"}}, want: []int64{7, 6}},
			{name: "text nowhere", query: eventlog.Query{Text: "nowhere"}},
		} {
			test.query.Limit = 50
			got, total, err := log.Search(t.Context(), test.query)
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			if ids := idsOf(got); !slices.Equal(ids, test.want) || total != len(test.want) {
				t.Errorf("%s: got %v of %d, want %v", test.name, ids, total, test.want)
			}
		}

		for _, text := range []string{"", "tag"} {
			q := eventlog.Query{Text: text, Types: []string{"tag-created", "feature-environment-enabled"}, Offset: 1, Limit: 1}
			if text != "" {
				q.Text = "value"
			}
			got, total, err := log.Search(t.Context(), q)
			want, wantTotal := int64(6), map[string]int{"": 5, "tag": 2}[text]
			if err != nil || total != wantTotal || len(got) != 1 || got[0].ID != want {
				t.Errorf("second page with text %q: got %v of %d and %v, want %d of %d", text, idsOf(got), total, err, want, wantTotal)
			}
		}

		got, _, err := log.Search(t.Context(), eventlog.Query{Limit: 50, WithOrigin: true})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(got)
		for id, want := range map[int]eventlog.Event{
			1: {CreatedBy: "unleash_system_user", CreatedByUserID: -1337, GroupType: "transaction", IP: "192.0.2.1"},
			2: {CreatedBy: "terraform", CreatedByUserID: -42, GroupType: "transaction", IP: "192.0.2.2"},
			4: {CreatedBy: "old pipeline", CreatedByUserID: -42, GroupType: "transaction", IP: "192.0.2.3"},
			6: {CreatedBy: "ada@example.com", CreatedByUserID: 7, GroupType: "transaction", IP: "192.0.2.5"},
			7: {CreatedBy: "ada@example.com", CreatedByUserID: 7, GroupType: "change-request", IP: "192.0.2.6"},
		} {
			e := got[id-1]
			if e.CreatedBy != want.CreatedBy || e.CreatedByUserID != want.CreatedByUserID || e.GroupType != want.GroupType || e.IP != want.IP {
				t.Errorf("event %d: got %s (%d), %s, %s; want %s (%d), %s, %s", id,
					e.CreatedBy, e.CreatedByUserID, e.GroupType, e.IP, want.CreatedBy, want.CreatedByUserID, want.GroupType, want.IP)
			}
		}

		creators, err := log.Creators(t.Context())
		want := []eventlog.Creator{{ID: -42, Name: "Admin tokens"}, {ID: 7, Name: "ada@example.com"}, {ID: -1337, Name: "unleash_system_user"}}
		if diff := cmp.Diff(want, creators); diff != "" || err != nil {
			t.Errorf("creators: %v (-want +got):\n%s", err, diff)
		}
	})
}

// A search for text looks further than the first chunk, and pages through what it finds.
func TestSearchTextFar(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		needle := func(n int) state.Event {
			return state.Event{Payload: state.TagCreated{Tag: model.Tag{Type: "needle", Value: fmt.Sprint(n)}}}
		}
		hay := slices.Repeat([]state.Event{{Payload: state.FeatureStaleOn{}}}, 700)
		b.mustWrite(t, access.SystemRef, append(append([]state.Event{needle(1)}, hay...), needle(2), needle(3))...)
		got, total, err := log.Search(t.Context(), eventlog.Query{Text: "NEEDLE", Offset: 1, Limit: 2})
		if want := []int64{702, 1}; err != nil || total != 3 || !slices.Equal(idsOf(got), want) {
			t.Errorf("got %v of %d and %v, want %v of 3", idsOf(got), total, err, want)
		}
	})
}

// What a log that remembers answers is what one answers that begins now and reads everything, however the ledger grew
// and whenever it was gone through.
func TestSearchRemembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		eventlog.SetBlockSize(log, 7)
		began := b.at
		for i := range 90 {
			if i%4 == 1 {
				b.at = b.at.Add(-time.Hour) // the same time as the batch before
			}
			token := int64(10 + i/6)
			switch i % 6 {
			case 0:
				b.mustWrite(t, access.SystemRef, state.Event{Payload: state.APITokenDeleted{Before: access.APIToken{ID: token, Name: fmt.Sprint("pipeline ", i)}}})
			case 1:
				b.mustWrite(t, access.NewRef(access.KindAdminToken, token+int64(i/6%2)), state.Event{Payload: state.FeatureStaleOn{}}) // deleted before, or after
			default:
				scope := state.Scope{Project: model.ProjectID(fmt.Sprint("p", i%3)), Environment: model.EnvironmentName(fmt.Sprint("e", i%4))}
				b.mustWrite(t, access.NewRef(access.KindUser, int64(i%7)), slices.Repeat([]state.Event{{Scope: scope, Payload: state.FeatureStaleOn{}}}, 1+i%3)...)
			}
			if i%10 == 9 {
				if err := log.Remember(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			at := func(part int) time.Time {
				return began.Add(b.at.Sub(began) * time.Duration(part) / 10).Truncate(time.Hour).Add(noon.Sub(noon.Truncate(time.Hour)))
			}
			for _, q := range []eventlog.Query{
				{},
				{Types: []string{"feature-stale-on"}},
				{Types: []string{"feature-stale-on"}, Projects: []string{"p1", "p2"}, Offset: i / 4},
				{CreatorIDs: []int64{-42, 3}, Offset: i / 9},
				{Offset: i},
				{Offset: i + i/2},
				{Types: []string{"api-token-deleted"}, Offset: i / 20},
				{From: at(1), To: at(9), Offset: i / 2},
				{To: at(4), Offset: i / 3, Projects: []string{"p2"}},
				{Projects: []string{"p0"}, Offset: 100},
				{Projects: []string{"p1 p2"}, Offset: 100},
				{Projects: []string{"p1", "p2", ""}},
				{Environments: []string{"e1", "e3"}, CreatorIDs: []int64{1, 2, 4}},
				{From: at(3)},
				{To: at(8)},
				{From: at(2), To: at(7), Types: []string{"feature-stale-on"}},
				{From: at(5), To: at(5)},
				{From: at(6), To: at(6).Add(time.Hour), Environments: []string{"e2"}},
				{From: b.at.Add(time.Hour)},
				{IDs: []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}, Types: []string{"feature-stale-on"}},
			} {
				q.Limit = 3 + i%11
				_, fresh := newLog(t, db)
				got, total, err := log.Search(t.Context(), q)
				want, wantTotal, wantErr := fresh.Search(t.Context(), q)
				if diff := cmp.Diff(want, got); diff != "" || total != wantTotal || err != nil || wantErr != nil {
					t.Fatalf("step %d, %+v: got a total of %d, want %d; %v, %v (-want +got):\n%s", i, q, total, wantTotal, err, wantErr, diff)
				}
			}
			_, fresh := newLog(t, db)
			got, err := log.Creators(t.Context())
			want, wantErr := fresh.Creators(t.Context())
			if diff := cmp.Diff(want, got); diff != "" || err != nil || wantErr != nil {
				t.Fatalf("step %d: creators: %v, %v (-want +got):\n%s", i, err, wantErr, diff)
			}
		}
	})
}

// What is to be tallied may be gone: a database that is put back under a running node must not end it.
func TestTallyOfWhatIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		eventlog.SetBlockSize(log, 7)
		b.mustWrite(t, access.NewRef(access.KindUser, 7), slices.Repeat([]state.Event{{Payload: state.FeatureStaleOn{}}}, 5)...)
		for _, first := range []int64{1, 8} {
			if err := eventlog.Tally(t.Context(), log, first); err == nil || !strings.Contains(err.Error(), "has gone back") {
				t.Errorf("a block from %d: got %v, want an error", first, err)
			}
		}
	})
}

// An event of a newer release is shown by its place, and hides no other.
func TestNewerType(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, log := newLog(t, db)
		b.mustStore(t, "ada@example.com", ledger.Event{Type: "from-the-future", Project: "shop", Payload: []byte(`{"x":1}`)})
		got, total, err := log.Search(t.Context(), eventlog.Query{Limit: 50})
		if err != nil || total != 1 {
			t.Fatalf("got %d events and %v, want 1", total, err)
		}
		if e := got[0]; e.Type != "from-the-future" || e.Data != nil || *e.Project != "shop" || e.Summary == "" {
			t.Errorf("got %+v, want its place and a sentence", e)
		}
		if _, total, err := log.Search(t.Context(), eventlog.Query{Text: "x", Limit: 50}); err != nil || total != 0 {
			t.Errorf("search for text: got %d events and %v, want none", total, err)
		}
	})
}

func idsOf(events []eventlog.Event) []int64 {
	var ids []int64
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// TestForget holds that it is forgotten from where changes were made, and not too early.
func TestForget(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		batch := ledger.BatchID{1}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutOrigin(batch, store.Origin{IP: "192.0.2.1", At: noon}) }); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			now  time.Time
			kept bool
		}{{noon.Add(eventlog.OriginsKept), true}, {noon.Add(eventlog.OriginsKept + time.Second), false}} {
			if err := eventlog.Forget(t.Context(), db, test.now); err != nil {
				t.Fatal(err)
			}
			origins, err := db.Origins(t.Context(), batch)
			if kept := len(origins) == 1; err != nil || kept != test.kept {
				t.Errorf("at %v the origin is kept: %t, %v; want %t", test.now, kept, err, test.kept)
			}
		}
	})
}

// TestNamesWhileTheDatabaseIsAway asks who a token was that the state does not know, which only the ledger can tell.
func TestNamesWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, log := newLog(t, db)
		late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		defer cancel()
		if _, err := log.Creator(late, "admin-token:99"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want Unavailable", err)
		}
	})
}
