package adminapi_test

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// crew is a world with several people who work on the project shop, in which production is protected.
// Everyone may do what their roles give them at the moment of the call.
type crew struct {
	*world
	served int // how often what production is served has changed
}

// The people of the crew, by their names. What they may do in shop is in brackets.
var crewOf = map[string]int64{
	"root": 1,  // an Admin
	"ada":  2,  // [Member]: she proposes
	"bo":   3,  // [Approver, in production]
	"cy":   4,  // [Approver, in production]
	"di":   5,  // [Applier, in production] and nothing else
	"ed":   6,  // an Editor [Bypasser, in production]
	"fay":  7,  // an Editor [Bypasser everywhere]
	"viv":  8,  // nothing
	"bot":  9,  // a service account [Approver, in production]
	"olu":  10, // [Owner]
	"rut":  11, // a second Admin
	"stan": 12, // [Approver, in staging]
	"mia":  13, // on call, a group that has nothing yet
}

// The roles of the crew.
const (
	crewApprover access.RoleID = 7 + iota
	crewApplier
	crewBypasser
	crewBypassAll
	crewStager
)

// The strategies of the crew's flags.
const (
	webFirst  = "0195b000-0000-7000-8000-000000000001" // web, production
	webSecond = "0195b000-0000-7000-8000-000000000002" // web, production
	webDev    = "0195b000-0000-7000-8000-000000000003" // web, development
	soleOne   = "0195b000-0000-7000-8000-000000000004" // sole, production: its only one
	otherOne  = "0195b000-0000-7000-8000-000000000005" // foreign, production of other
)

const (
	shopPath   = "/projects/shop"
	crPath     = shopPath + "/change-requests"
	prodPath   = shopPath + "/environments/production/change-requests"
	webPath    = shopPath + "/features/web/environments/production"
	searchPath = "/search/change-requests"
)

// newCrew makes a crew, in whose production so many people must approve.
func newCrew(t testing.TB, db *store.DB, approvals int) *crew {
	t.Helper()
	w := openWorld(t, db)
	c := &crew{world: w}
	w.mustHappen(t, crewStory(approvals)...)
	if err := db.Update(t.Context(), func(tx *store.Tx) error {
		for name, id := range crewOf {
			p := store.Person{ID: id, Kind: string(access.KindUser), Username: name, Email: name + "@example.com", CreatedAt: began}
			if name == "bot" {
				p.Kind = string(access.KindServiceAccount)
			}
			if err := tx.AddPerson(p); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sdk := payload.New(w.engine.State(), payload.Options{})
	body := func() []byte {
		return sdk.Set("production").Features(payload.Query{Environment: "production"}, false).Body(payload.Identity).Bytes
	}
	last := body()
	w.engine.Subscribe(func(change engine.Change) {
		sdk.Follow(change.After, change.Events)
		if now := body(); !bytes.Equal(last, now) {
			c.served++
			last = now
		}
	})
	w.written = nil
	return c
}

// eachCrew runs a test on both databases.
func eachCrew(t *testing.T, approvals int, test func(t *testing.T, c *crew)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, newCrew(t, db, approvals)) })
}

// crewStory is how things are when a test begins.
func crewStory(approvals int) []state.Event {
	var events []state.Event
	add := func(at state.Scope, p state.Payload) { events = append(events, state.Event{Scope: at, Payload: p}) }
	add(state.Scope{}, state.LedgerCreated{ID: uuid.NewString(), Format: state.Format, FeatureTypes: flag.FeatureTypes()})
	for i, env := range []flag.Environment{{Name: "development", Type: "development"}, {Name: "staging", Type: "preproduction"}, {Name: "production", Type: "production"}} {
		env.SortOrder, env.Enabled = i+1, true
		add(state.Scope{Environment: env.Name}, state.EnvironmentCreated{Environment: env})
	}
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: "default"}})
	add(state.Scope{}, state.StrategyTypeCreated{Strategy: flag.StrategyType{Name: "flexibleRollout", Parameters: []flag.StrategyParameter{
		{Name: "rollout", Type: "percentage"}, {Name: "stickiness", Type: "string"}, {Name: "groupId", Type: "string"},
	}}})
	add(state.Scope{}, state.APITokenCreated{Token: access.APIToken{ID: 1, Name: "terraform", Type: access.TokenAdmin, Projects: []flag.ProjectID{access.Any}, Environment: access.Any, Digest: "00", CreatedAt: began}})

	for _, role := range access.BuiltInRoles() {
		add(state.Scope{}, state.RoleCreated{Role: role})
	}
	for id, p := range []access.RolePermission{
		{Permission: access.ApproveChangeRequest, Environment: "production"},
		{Permission: access.ApplyChangeRequest, Environment: "production"},
		{Permission: access.SkipChangeRequest, Environment: "production"},
		{Permission: access.SkipChangeRequest},
		{Permission: access.ApproveChangeRequest, Environment: "staging"},
	} {
		add(state.Scope{}, state.RoleCreated{Role: access.Role{
			ID: crewApprover + access.RoleID(id), Name: fmt.Sprintf("%s in %q", p.Permission, p.Environment), Type: access.CustomProjectRole, Permissions: []access.RolePermission{p},
		}})
	}
	root := map[int64]access.RoleID{crewOf["root"]: access.RoleAdmin, crewOf["rut"]: access.RoleAdmin, crewOf["ed"]: access.RoleEditor, crewOf["fay"]: access.RoleEditor}
	for id := int64(1); id <= int64(len(crewOf)); id++ {
		role := root[id]
		if role == 0 {
			role = access.RoleViewer
		}
		if id == crewOf["bot"] {
			add(state.Scope{}, state.ServiceAccountCreated{ID: id, RootRole: role})
			continue
		}
		add(state.Scope{}, state.UserCreated{ID: id, RootRole: role})
	}
	add(state.Scope{}, state.GroupCreated{Group: access.Group{
		ID: onCall, Name: "On call", CreatedAt: began, Members: []access.Member{{Account: crewOf["mia"], JoinedAt: began}},
	}})

	environments := []flag.ProjectEnvironment{{Environment: "development"}, {Environment: "production"}, {Environment: "staging"}}
	for _, id := range []flag.ProjectID{"shop", "other"} {
		add(state.Scope{Project: id}, state.ProjectCreated{Project: flag.Project{
			ID: id, Name: string(id), Mode: flag.ModeOpen, DefaultStickiness: "default", CreatedAt: began, UpdatedAt: began, Environments: environments,
		}})
	}
	give := func(name string, roles ...access.RoleID) {
		add(state.Scope{Project: "shop"}, state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(crewOf[name])}, Roles: roles})
	}
	give("ada", access.RoleMember)
	give("bo", crewApprover)
	give("cy", crewApprover)
	give("di", crewApplier)
	give("ed", crewBypasser)
	give("fay", crewBypassAll)
	give("bot", crewApprover)
	give("olu", access.RoleOwner)
	give("stan", crewStager)

	shop, other := flag.ProjectID("shop"), flag.ProjectID("other")
	for i, s := range []flag.Segment{{Name: "eu"}, {Name: "vips", Project: &shop}, {Name: "theirs", Project: &other}, {Name: "spare", Project: &shop}} {
		s.ID, s.CreatedAt = flag.SegmentID(i+1), began
		s.Constraints = []flag.Constraint{{ContextName: "userId", Operator: flag.In, Values: []string{"7"}}}
		add(state.Scope{}, state.SegmentCreated{Segment: s})
	}
	rollout := func(id flag.StrategyID, order int, segments ...flag.SegmentID) flag.Strategy {
		return flag.Strategy{
			ID: id, Name: "flexibleRollout", SortOrder: order, Segments: segments, Title: new(string(id)[len(id)-1:]),
			Parameters: map[string]string{"rollout": "25", "stickiness": "default", "groupId": "web"},
		}
	}
	feature := func(project flag.ProjectID, name flag.Name, rows ...flag.FlagEnvironment) {
		f := flag.Flag{Name: name, Project: project, Type: "release", CreatedAt: began, CreatedBy: "user:1", Environments: rows}
		for _, env := range environments {
			if f.In(env.Environment) == nil {
				f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env.Environment})
			}
		}
		slices.SortFunc(f.Environments, func(a, b flag.FlagEnvironment) int { return cmp.Compare(a.Environment, b.Environment) })
		add(state.Scope{Project: project, Feature: name}, state.FeatureCreated{Flag: f})
	}
	feature(
		"shop", "web",
		flag.FlagEnvironment{Environment: "production", Enabled: true, Strategies: []flag.Strategy{rollout(webFirst, 0), rollout(webSecond, 1, 1)}},
		flag.FlagEnvironment{Environment: "development", Enabled: true, Strategies: []flag.Strategy{rollout(webDev, 0)}},
	)
	feature("shop", "sole", flag.FlagEnvironment{Environment: "production", Enabled: true, Strategies: []flag.Strategy{rollout(soleOne, 0)}})
	feature("shop", "cart")
	variants := []flag.Variant{{Name: "old", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}
	feature(
		"shop", "legacy",
		flag.FlagEnvironment{Environment: "production", Variants: variants}, flag.FlagEnvironment{Environment: "development", Variants: variants},
	)
	feature("other", "foreign", flag.FlagEnvironment{Environment: "production", Enabled: true, Strategies: []flag.Strategy{rollout(otherOne, 0, 1)}})
	add(state.Scope{Project: "shop", Environment: "production"}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: approvals}})
	return events
}

// arrive makes the crew known to the API with what they may do now.
func (c *crew) arrive() {
	for name, id := range crewOf {
		if actor, exists := c.engine.State().Actor(id); exists {
			c.callers[name] = actor
		} else {
			delete(c.callers, name)
		}
	}
}

// must sends a request as one of the crew, or as admin, a token. It fails the test unless the answer has the
// status and contains each of what is wanted.
func (c *crew) must(t testing.TB, as, method, path, body string, status int, want ...string) answer {
	t.Helper()
	return c.mustWith(t, nil, as, method, path, body, status, want...)
}

// mustWith is must with headers.
func (c *crew) mustWith(t testing.TB, header map[string]string, as, method, path, body string, status int, want ...string) answer {
	t.Helper()
	c.arrive()
	got := c.call(t, as, method, path, body, header)
	if got.status != status {
		t.Fatalf("%s %s %s as %s: got %d %s, want %d", method, path, body, as, got.status, got.body, status)
	}
	for _, w := range want {
		mustContain(t, got.body, w)
	}
	return got
}

// propose adds changes to somebody's draft in production, and returns its id.
func (c *crew) propose(t testing.TB, as string, changes ...string) int {
	t.Helper()
	body := changes[0]
	if len(changes) > 1 {
		body = "[" + strings.Join(changes, ",") + "]"
	}
	return idOf(t, c.must(t, as, http.MethodPost, prodPath, body, 200))
}

func idOf(t testing.TB, a answer) int {
	t.Helper()
	return int(mustDecode(t, a.body).(map[string]any)["id"].(float64))
}

// move brings a request into a state.
func (c *crew) move(t testing.TB, as string, id int, to string, status int, want ...string) answer {
	t.Helper()
	return c.must(t, as, http.MethodPut, fmt.Sprintf("%s/%d/state", crPath, id), fmt.Sprintf(`{"state":%q}`, to), status, want...)
}

// submitted makes a request that is in review.
func (c *crew) submitted(t testing.TB, as string, changes ...string) int {
	t.Helper()
	id := c.propose(t, as, changes...)
	c.move(t, as, id, "In review", 200, `{"state":"In review"}`)
	return id
}

// approved makes a request that is approved, by these.
func (c *crew) approved(t testing.TB, as string, by []string, changes ...string) int {
	t.Helper()
	id := c.submitted(t, as, changes...)
	for _, voter := range by {
		c.move(t, voter, id, "Approved", 200)
	}
	c.see(t, "viv", id, `{"state":"Approved"}`)
	return id
}

// see reads a request, which must contain what is wanted.
func (c *crew) see(t testing.TB, as string, id int, want ...string) map[string]any {
	t.Helper()
	got := c.must(t, as, http.MethodGet, fmt.Sprintf("%s/%d", crPath, id), "", 200, want...)
	return mustDecode(t, got.body).(map[string]any)
}

// allowed says which actions somebody may take with a request.
func (c *crew) allowed(t testing.TB, as string, id int) map[string]bool {
	t.Helper()
	actions := map[string]bool{}
	for _, a := range c.see(t, as, id)["allowedActions"].([]any) {
		action := a.(map[string]any)
		actions[action["action"].(string)] = action["allowed"].(bool)
	}
	return actions
}

// protect changes the rule of an environment of shop.
func (c *crew) protect(t testing.TB, env, rule string) {
	t.Helper()
	c.must(t, "root", http.MethodPut, shopPath+"/environments/"+env+"/change-requests/config", rule, 204)
}

// Changes, as bodies.

func switched(feature string, on bool) string {
	return fmt.Sprintf(`{"feature":%q,"action":"updateEnabled","payload":{"enabled":%v}}`, feature, on)
}

func addition(feature, title string) string {
	return fmt.Sprintf(`{"feature":%q,"action":"addStrategy","payload":{"name":"default","title":%q}}`, feature, title)
}

func rolledOut(feature, strategy, rollout string) string {
	return fmt.Sprintf(`{"feature":%q,"action":"updateStrategy","payload":{"id":%q,%s}}`, feature, strategy, rolloutOf(strategy, rollout))
}

// rolloutOf returns the properties of one of the crew's strategies with another rollout.
func rolloutOf(strategy, rollout string) string {
	segments := ""
	if strategy == webSecond {
		segments = "1"
	}
	return fmt.Sprintf(`"name":"flexibleRollout","title":%q,"parameters":{"rollout":%q,"stickiness":"default","groupId":"web"},"constraints":[],"variants":[],"segments":[%s]`,
		strategy[len(strategy)-1:], rollout, segments)
}

func deletion(feature, strategy string) string {
	return fmt.Sprintf(`{"feature":%q,"action":"deleteStrategy","payload":{"id":%q}}`, feature, strategy)
}

func variantsOf(feature, name string) string {
	return fmt.Sprintf(`{"feature":%q,"action":"patchVariant","payload":{"variants":[{"name":%q,"weight":1000,"weightType":"variable","stickiness":"default"}]}}`, feature, name)
}

func archived(feature string) string {
	return fmt.Sprintf(`{"feature":%q,"action":"archiveFeature"}`, feature)
}

func segmentOf(id int, name, project, user string) string {
	if project != "null" {
		project = `"` + project + `"`
	}
	return fmt.Sprintf(`{"feature":null,"action":"updateSegment","payload":{"id":%d,"name":%q,"project":%s,"constraints":[{"contextName":"userId","operator":"IN","values":[%q]}]}}`, id, name, project, user)
}
