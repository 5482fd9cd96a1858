package adminapi_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// coverageFile shows which operations move what is served in a protected environment, for whom, and by
// which way. It is written by go test ./internal/adminapi -update.
const coverageFile = "testdata/coverage.golden"

// protectedRole is somebody who asks for every operation, and whether they may bypass anything.
type protectedRole struct {
	name   string
	bypass bool
}

var protectedRoles = []protectedRole{
	{name: ""},
	{name: "Viewer"},
	{name: "Editor"},
	{name: "Member"},
	{name: "Owner"},
	{name: "Everything"},
	{name: "SkipHere", bypass: true},
	{name: "SkipAll", bypass: true},
	{name: "Admin", bypass: true},
	{name: "admin", bypass: true},
}

// The ways in which what is served can move.
const (
	byAgreement = "agreement" // an approved change request was applied
	byBypass    = "bypass"    // somebody who may has bypassed, which was recorded
	byExemption = "exemption" // no event of the batch is one that the gate's table treats
)

// TestNoSecondDoor asks for every operation that writes, in the name of everyone, where production is
// protected in every project: once to write, once to propose. What SDKs are served there, to the byte, moves
// only by an applied request, by a recorded bypass, or by events that docs/gate.md exempts; how flags are
// evaluated does not move by the last. Who may not bypass moves nothing by a bypass. An operation for which there
// is no request fails the test, and so does one that nobody can carry out.
//
// What is decided is looked at and then not stored, so that all are asked about the same state. That is
// enough because no operation writes more than one batch, which TestOneBatch holds.
func TestNoSecondDoor(t *testing.T) {
	t.Parallel()
	fixture := newProtectedWorld(t)
	requests := fixture.requests(t)
	exempt := mustReadExemptions(t)

	var mu sync.Mutex
	carried := map[string]bool{}            // by the operation
	moved := map[string]map[string]string{} // by the operation, then the role
	t.Run("roles", func(t *testing.T) {
		for _, role := range protectedRoles {
			t.Run(cmp.Or(role.name, "nobody"), func(t *testing.T) {
				t.Parallel()
				w := fixture.open(t)
				w.store = func(c engine.Change) error {
					w.look(c)
					return fault.New(fault.Disabled, "Nothing is stored here.")
				}
				for _, id := range slices.Sorted(maps.Keys(requests)) {
					ways := map[string]bool{}
					done := false
					for _, s := range requests[id] {
						for _, propose := range []string{"", "submit"} {
							w.batches = nil
							status := w.ask(t, role.name, s.proposing(propose))
							done = done || status < 300 || len(w.batches) > 0
							for _, batch := range w.batches {
								way, err := batch.way(role, exempt)
								if err != nil {
									t.Errorf("%s: %s %s %s, proposing %q: %v", id, s.method, s.path, s.body, propose, err)
								}
								ways[way] = true
							}
						}
					}
					delete(ways, "")
					mu.Lock()
					carried[id] = carried[id] || done
					if moved[id] == nil {
						moved[id] = map[string]string{}
					}
					moved[id][role.name] = strings.Join(slices.Sorted(maps.Keys(ways)), "+")
					mu.Unlock()
				}
			})
		}
	})
	for id := range requests {
		if carried[id] == (notCarried[id] != "") {
			t.Errorf("%s: carried out: %t; notCarried says %q", id, carried[id], notCarried[id])
		}
	}
	mustBeGolden(t, coverageFile, coverageTable(moved))
}

// TestOneBatch carries every operation out as an admin, and stores what it decides: one batch at most.
func TestOneBatch(t *testing.T) {
	t.Parallel()
	fixture := newProtectedWorld(t)
	w := fixture.open(t)
	for id, requests := range fixture.requests(t) {
		for _, s := range requests {
			before := w.engine.State()
			w.ask(t, "admin", s)
			after := w.engine.State()
			if after == before {
				continue
			}
			if batches := len(w.stored); batches != 1 {
				t.Errorf("%s: %s %s %s was stored in %d batches", id, s.method, s.path, s.body, batches)
			}
			w = fixture.open(t)
			break // others of this operation do the same
		}
	}
}

// notCarried are the operations that nobody can carry out here, and what they need.
var notCarried = map[string]string{
	"login":                    "a password",
	"changeMyPassword":         "a password",
	"changePassword":           "a link that was sent",
	"deleteUserSession":        "a session",
	"deleteMySession":          "a session",
	"addPublicSignupTokenUser": "an invitation",
	"updatePublicSignupToken":  "an invitation",
	"sendTestMail":             "an e-mail address",
}

// coverageTable shows what moved production.
func coverageTable(moved map[string]map[string]string) []byte {
	var table bytes.Buffer
	fmt.Fprintf(&table, "# What moves what is served in a protected environment, and for whom: by the agreement of a change request that is\n")
	fmt.Fprintf(&table, "# applied, by a recorded bypass, by an exemption of docs/gate.md. What is not listed moves nothing for anyone.\n")
	for _, id := range slices.Sorted(maps.Keys(moved)) {
		byWay := map[string][]string{}
		for _, role := range protectedRoles {
			if way := moved[id][role.name]; way != "" {
				byWay[way] = append(byWay[way], cmp.Or(names[role.name], role.name))
			}
		}
		for _, way := range slices.Sorted(maps.Keys(byWay)) {
			fmt.Fprintf(&table, "%-40s %-19s %s\n", id, way, strings.Join(byWay[way], " "))
		}
	}
	return table.Bytes()
}

// names are what roles are called in the table, where the name by which they call is another.
var names = map[string]string{"": "nobody", "admin": "AdminToken"}

func mustBeGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-file +now):\n%s", file, diff)
	}
}

// mustReadExemptions returns the event types that docs/gate.md exempts. The page is held to the gate's table
// by a test of that room.
func mustReadExemptions(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "gate.md"))
	if err != nil {
		t.Fatal(err)
	}
	exempt := map[string]bool{bareFlag: true}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| exempt \\|").FindAllSubmatch(page, -1) {
		exempt[string(row[1])] = true
	}
	if len(exempt) < 2 {
		t.Fatal("docs/gate.md exempts nothing")
	}
	return exempt
}

// servedBatch is a batch that was written, and what it did to what is served in production.
type servedBatch struct {
	types []string
	// moved is whether the bytes differ, evaluated whether flags are evaluated differently.
	moved, evaluated bool
}

// way returns how what is served was moved; empty: it was not. The error says that it must not have been.
func (b servedBatch) way(role protectedRole, exempt map[string]bool) (string, error) {
	bypassed := slices.Contains(b.types, state.ChangeRequestsBypassed{}.EventType())
	switch {
	case bypassed && !role.bypass:
		return byBypass, fmt.Errorf("%v: bypassed by %q, who may not", b.types, role.name)
	case !b.moved && !b.evaluated:
		return "", nil
	case slices.Contains(b.types, changerequest.AppliedEvent{}.EventType()):
		return byAgreement, nil
	case bypassed:
		return byBypass, nil
	case slices.ContainsFunc(b.types, func(name string) bool { return !exempt[name] }):
		return "", fmt.Errorf("%v: production has moved, and neither was a request applied nor a bypass recorded, nor is all of this exempt", b.types)
	case b.evaluated:
		return "", fmt.Errorf("%v: flags are evaluated differently in production, by events that are exempt because they change no evaluation", b.types)
	default:
		return byExemption, nil
	}
}

// protectedWorld is a database in which production is protected in every project, and who and what is in it.
type protectedWorld struct {
	database []byte
	accounts map[string]int64
	tokens   map[string]int64             // the personal token of each account, and the robot's
	ids      map[string]*strings.Replacer // of the requests of each role
}

// watchedWorld is a world in which somebody looks at what SDKs in production are served.
type watchedWorld struct {
	*world
	fixture *protectedWorld
	batches []servedBatch // that were decided
	stored  []engine.Change
}

// Strategies in production beside europeans.
const (
	napping = "0195a000-0000-7000-8000-00000000000a" // checkout; disabled
	dozing  = "0195a000-0000-7000-8000-00000000000b" // dormant; disabled
)

// newProtectedWorld makes the database.
func newProtectedWorld(t *testing.T) *protectedWorld {
	t.Helper()
	url := storetest.SQLite(t)
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	p := &protectedWorld{accounts: map[string]int64{}, tokens: map[string]int64{}, ids: map[string]*strings.Replacer{}}
	w := newWorld(t, db)
	w.mustIntegrate(t)
	w.mustHappen(t, productionStory()...)
	w.mustFreeze(t)
	p.populate(t, w)
	w.mustHappen(t, protectionStory(w.engine.State())...)
	p.propose(t, w)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if p.database, err = os.ReadFile(strings.TrimPrefix(url, "sqlite:")); err != nil {
		t.Fatal(err)
	}
	return p
}

// productionStory configures in production what the story configures in development, so that requests
// about the one can be aimed at the other.
func productionStory() []state.Event {
	at := func(project flag.ProjectID, name flag.Name) state.Scope {
		return state.Scope{Project: project, Environment: "production", Feature: name}
	}
	rollout := func(id flag.StrategyID, order int, disabled bool) flag.Strategy {
		return flag.Strategy{ID: id, Name: "flexibleRollout", SortOrder: order, Disabled: disabled, Parameters: map[string]string{"rollout": "100", "stickiness": "default", "groupId": "x"}}
	}
	var events []state.Event
	add := func(at state.Scope, p state.Payload) { events = append(events, state.Event{Scope: at, Payload: p}) }
	add(at("default", "checkout"), state.FeatureStrategyAdded{Strategy: rollout(napping, 1, true)})
	add(at("default", "checkout"), state.FeatureEnvironmentEnabled{})
	add(at("default", "dormant"), state.FeatureStrategyAdded{Strategy: rollout(dozing, 0, true)})
	for i, name := range []flag.Name{"parent", "child", "legacy"} {
		add(at("default", name), state.FeatureStrategyAdded{Strategy: rollout(flag.StrategyID(fmt.Sprintf("0195a000-0000-7000-8000-00000000001%d", i)), 0, false)})
		add(at("default", name), state.FeatureEnvironmentEnabled{})
	}
	add(at("default", "legacy"), state.FeatureEnvironmentVariantsUpdated{After: []flag.Variant{{Name: "blue", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}})
	owned := rollout("0195a000-0000-7000-8000-000000000020", 0, false)
	owned.Segments = []flag.SegmentID{1, 3}
	add(at("other", "foreign"), state.FeatureStrategyAdded{Strategy: owned})
	add(at("other", "foreign"), state.FeatureEnvironmentEnabled{})
	return events
}

// protectionStory protects production in every project that has it.
func protectionStory(s *state.State) []state.Event {
	var events []state.Event
	for project := range s.Projects() {
		if project.In("production") != nil {
			events = append(events, state.Event{
				Scope:   state.Scope{Project: project.ID, Environment: "production"},
				Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}},
			})
		}
	}
	return events
}

// populate makes an account for each role, and two that propose and approve.
func (p *protectedWorld) populate(t *testing.T, w *world) {
	t.Helper()
	s := w.engine.State()
	first := s.NextRoleID()
	root := access.Role{ID: first, Name: "Everything in the instance", Type: access.CustomRootRole}
	project := access.Role{ID: first + 1, Name: "Everything in projects", Type: access.CustomProjectRole}
	for _, entry := range access.Catalogue() {
		held := access.RolePermission{Permission: entry.Permission}
		switch {
		case entry.Permission == access.Admin || entry.Permission == access.SkipChangeRequest:
		case entry.Scope == access.ScopeRoot:
			root.Permissions = append(root.Permissions, held)
		default:
			project.Permissions = append(project.Permissions, held)
		}
	}
	skipping := func(id access.RoleID, name string, env flag.EnvironmentName) access.Role {
		return access.Role{ID: id, Name: name, Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: access.SkipChangeRequest, Environment: env}}}
	}
	here, everywhere := skipping(first+2, "Skip here", "production"), skipping(first+3, "Skip", "")
	var events []state.Event
	for _, role := range []access.Role{root, project, here, everywhere} {
		events = append(events, state.Event{Payload: state.RoleCreated{Role: role}})
	}
	id := s.NextAccountID()
	account := func(name string, rootRole access.RoleID, inProjects ...access.RoleID) {
		p.accounts[name] = id
		events = append(events, state.Event{Payload: state.UserCreated{ID: id, RootRole: rootRole}})
		for project := range s.Projects() {
			if len(inProjects) > 0 {
				events = append(events, state.Event{
					Scope:   state.Scope{Project: project.ID},
					Payload: state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(id)}, Roles: inProjects},
				})
			}
		}
		id++
	}
	account("Viewer", access.RoleViewer)
	account("Editor", access.RoleEditor)
	account("Member", access.RoleViewer, access.RoleMember)
	account("Owner", access.RoleViewer, access.RoleOwner)
	account("Everything", root.ID, project.ID)
	account("SkipHere", root.ID, project.ID, here.ID)
	account("SkipAll", root.ID, project.ID, everywhere.ID)
	account("Admin", access.RoleAdmin)
	account("author", access.RoleViewer)
	account("another author", access.RoleViewer)
	for i, name := range slices.Sorted(maps.Keys(p.accounts)) {
		token := access.PersonalToken{ID: s.NextPersonalTokenID() + int64(i), Account: p.accounts[name], Description: "old", Digest: name, CreatedAt: began}
		events = append(events, state.Event{Payload: state.PATCreated{Token: token}})
		p.tokens[name] = token.ID
	}
	token := access.PersonalToken{ID: s.NextPersonalTokenID() + int64(len(p.accounts)), Account: robot, Description: "old", Digest: "robot", CreatedAt: began}
	events = append(events, state.Event{Payload: state.ServiceAccountTokenCreated{Token: token}})
	p.tokens["robot"] = token.ID
	w.mustHappen(t, events...)
	err := w.db.Update(t.Context(), func(tx *store.Tx) error {
		for name, id := range p.accounts {
			if err := tx.AddPerson(store.Person{ID: id, Kind: string(access.KindUser), Username: "role " + name, CreatedAt: began}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.admit(t, w)
}

// admit lets the accounts call, with what the state says that they may do.
func (p *protectedWorld) admit(t *testing.T, w *world) {
	t.Helper()
	for name, id := range p.accounts {
		actor, ok := w.engine.State().Actor(id)
		if !ok {
			t.Fatalf("there is no account %d", id)
		}
		w.callers[name] = actor
	}
}

// proposed is what the test needs to know of a request's answer.
type proposed struct {
	ID       int64
	Features []struct{ Changes []struct{ ID int64 } }
}

// propose makes a request in each state, and for each role a draft and one in review of its own.
func (p *protectedWorld) propose(t *testing.T, w *world) {
	t.Helper()
	must := func(as, method, path, body string) proposed {
		t.Helper()
		got := w.call(t, as, method, path, body, nil)
		if got.status >= 300 {
			t.Fatalf("%s %s %s as %s: got %d %s", method, path, body, as, got.status, got.body)
		}
		var r proposed
		if err := json.Unmarshal(got.body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	propose := func(as, project, body string) proposed {
		t.Helper()
		return must(as, http.MethodPost, "/projects/"+project+"/environments/production/change-requests", body)
	}
	move := func(as, project string, r proposed, to string) {
		t.Helper()
		must(as, http.MethodPut, fmt.Sprintf("/projects/%s/change-requests/%d/state", project, r.ID), `{"state":"`+to+`"}`)
	}
	on := func(name string) string {
		return `{"feature":"` + name + `","action":"updateEnabled","payload":{"enabled":true}}`
	}
	applied := propose("author", "guarded", on("vault"))
	move("author", "guarded", applied, "In review")
	move("Everything", "guarded", applied, "Approved")
	move("Everything", "guarded", applied, "Applied")
	approved := propose("author", "default", `[`+on("plain")+`,{"feature":"checkout","action":"deleteStrategy","payload":{"id":"`+europeans+`"}},{"action":"updateSegment","payload":{"id":1,"name":"europe","constraints":[]}}]`)
	move("author", "default", approved, "In review")
	for _, name := range []string{"Everything", "SkipHere", "SkipAll", "Admin"} {
		move(name, "default", approved, "Approved")
	}
	reviewed := propose("another author", "default", on("plain"))
	move("another author", "default", reviewed, "In review")
	for _, role := range protectedRoles {
		ids := []string{
			"{applied}", fmt.Sprint(applied.ID), "{approved}", fmt.Sprint(approved.ID), "{reviewed}", fmt.Sprint(reviewed.ID),
			"{pat}", fmt.Sprint(p.tokens[role.name]), "{token}", fmt.Sprint(p.tokens["robot"]),
		}
		if role.name != "" {
			draft := propose(role.name, "default", on("plain"))
			submitted := propose(role.name, "other", `{"feature":"foreign","action":"updateEnabled","payload":{"enabled":false}}`)
			move(role.name, "other", submitted, "In review")
			ids = append(ids, "{draft}", fmt.Sprint(draft.ID), "{change}", fmt.Sprint(draft.Features[0].Changes[0].ID), "{submitted}", fmt.Sprint(submitted.ID))
		}
		p.ids[role.name] = strings.NewReplacer(ids...)
	}
}

// own puts the ids of a role's own requests into a path or body.
func (p *protectedWorld) own(role, text string) string { return p.ids[role].Replace(text) }

// open returns a world on a copy of the database.
func (p *protectedWorld) open(t *testing.T) *watchedWorld {
	t.Helper()
	url := storetest.SQLite(t)
	if err := os.WriteFile(strings.TrimPrefix(url, "sqlite:"), p.database, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &watchedWorld{world: openWorld(t, storetest.Open(t, url)), fixture: p}
	p.admit(t, w.world)
	w.engine.Subscribe(func(c engine.Change) { w.stored = append(w.stored, c) })
	return w
}

// look notes what a change does to what is served. The payload follows it as a server's does.
func (w *watchedWorld) look(c engine.Change) {
	served := payload.New(c.Before, payload.Options{})
	body, answers := production(served)
	served.Follow(c.After, c.Events)
	newBody, newAnswers := production(served)
	batch := servedBatch{moved: newBody != body, evaluated: newAnswers != answers}
	for _, e := range c.Events {
		name := e.Stored.Type
		if created, ok := e.Payload.(state.FeatureCreated); ok && bare(created.Flag) {
			name = bareFlag
		}
		batch.types = append(batch.types, name)
	}
	// Beside what acts in production, what acts in another environment alone does not count: an import
	// does both at once.
	elsewhere := func(e state.Applied) bool { return e.Environment != "" && e.Environment != "production" }
	var here []string
	for i, e := range c.Events {
		if !elsewhere(e) {
			here = append(here, batch.types[i])
		}
	}
	if len(here) > 0 {
		batch.types = here
	}
	w.batches = append(w.batches, batch)
}

// bareFlag stands for the event of a flag that is created off and without a configuration, which the gate's
// table exempts, unlike a cloned one.
const bareFlag = "feature-created, off"

func bare(f flag.Flag) bool {
	return !slices.ContainsFunc(f.Environments, func(e flag.FlagEnvironment) bool {
		return e.Enabled || len(e.Strategies) > 0 || len(e.Variants) > 0
	})
}

// ask sends a request about the role's own requests, and returns the status of the answer.
func (w *watchedWorld) ask(t *testing.T, role string, s scenario) int {
	t.Helper()
	return w.answer(t, role, s).Code
}

// answer sends a request about the role's own requests.
func (w *watchedWorld) answer(t *testing.T, role string, s scenario) *httptest.ResponseRecorder {
	t.Helper()
	path := pathOf(w.fixture.own(role, s.path))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, s.method, path, strings.NewReader(w.fixture.own(role, s.body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", role)
	for name, value := range s.header {
		r.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return recorder
}

// production returns what SDKs in production are served, and what flags are evaluated to there, for some
// visitors.
func production(p *payload.Payload) (body, answers string) {
	set := p.Set("production")
	everything := payload.NewQuery(&access.APIToken{Environment: "production", Projects: []flag.ProjectID{access.Any}})
	body = string(set.Features(everything, false).Body(payload.Identity).Bytes) + string(set.Features(everything, true).Body(payload.Identity).Bytes)
	var all []byte
	for i := range 20 {
		visitor := evaluation.Context{
			UserID: fmt.Sprint(i), SessionID: fmt.Sprint(i), Environment: "production", Now: began,
			Properties: map[string]string{"country": []string{"DE", "FR"}[i%2]}, Random: func() uint32 { return 0 },
		}
		all, _ = set.AppendToggles(all, everything, &visitor, false)
	}
	// Whether SDKs report impressions is no part of what a flag is evaluated to.
	return body, strings.ReplaceAll(string(all), `"impressionData":true`, `"impressionData":false`)
}

// requests returns what is asked for, by the operation: every request of the scenarios that is in order, as it
// is and aimed at production, those about people, and coverageRequests. The test fails for an operation that
// writes and has none.
func (p *protectedWorld) requests(t *testing.T) map[string][]scenario {
	t.Helper()
	requests := map[string][]scenario{}
	add := func(id string, s scenario) {
		for _, have := range requests[id] {
			if have.method == s.method && have.path == s.path && have.body == s.body {
				return
			}
		}
		requests[id] = append(requests[id], s)
	}
	aim := strings.NewReplacer("development", "production", everyone, europeans, sleeping, napping, asleep, dozing)
	for _, table := range scenarios() {
		for _, s := range table {
			if s.status >= 300 || s.method == http.MethodGet {
				continue
			}
			id := s.operation(t).OperationID
			add(id, s)
			s.path, s.body = aim.Replace(s.path), aim.Replace(s.body)
			add(id, s)
		}
	}
	for _, s := range coverageRequests() {
		route, _ := operationOf(t, httptest.NewRequestWithContext(t.Context(), s.method, pathOf(s.path), nil))
		if route == nil {
			t.Fatalf("the document knows no operation %s %s", s.method, s.path)
		}
		add(route.Operation.OperationID, s)
	}
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		for method, op := range doc.Paths.Value(path).Operations() {
			if method == http.MethodGet {
				continue
			}
			if r, ok := peopleOperations()[op.OperationID]; ok {
				add(op.OperationID, scenario{method: method, path: r.path, body: r.body})
			}
			if len(requests[op.OperationID]) == 0 {
				t.Errorf("%s %s (%s): there is no request for it; add one to a table of scenarios or to coverageRequests", method, path, op.OperationID)
			}
		}
	}
	return requests
}

// pathOf returns the path of an operation: below /api/admin, unless it begins with what the others begin with.
func pathOf(path string) string {
	for _, outside := range []string{"/api/", "/auth/simple/login", "/auth/reset/", "/invite/", "/logout"} {
		if strings.HasPrefix(path, outside) {
			return path
		}
	}
	return "/api/admin" + path
}

// proposing returns the request with the header that asks for a proposal.
func (s scenario) proposing(how string) scenario {
	if how != "" {
		header := maps.Clone(s.header)
		if header == nil {
			header = map[string]string{}
		}
		header["Quorate-Change-Request"] = how
		s.header = header
	}
	return s
}

// coverageRequests are what the scenarios do not ask for: what is about the requests of protectedWorld, and
// what acts in several environments or projects.
func coverageRequests() []scenario {
	const (
		requests = "/projects/default/change-requests"
		checkout = "/projects/default/features/checkout"
		off      = `{"feature":"checkout","action":"updateEnabled","payload":{"enabled":false}}`
	)
	to := func(state string) string { return `{"state":"` + state + `","comment":"x"}` }
	return []scenario{
		{method: "POST", path: "/projects/default/environments/production/change-requests", body: off},
		{method: "PUT", path: requests + "/{draft}/changes/{change}", body: off},
		{method: "DELETE", path: requests + "/{draft}/changes/{change}"},
		{method: "DELETE", path: requests + "/{draft}"},
		{method: "PUT", path: requests + "/{draft}/state", body: to("In review")},
		{method: "PUT", path: requests + "/{draft}/state", body: to("Applied")},
		{method: "PUT", path: requests + "/{reviewed}/state", body: to("Approved")},
		{method: "PUT", path: requests + "/{reviewed}/state", body: to("Rejected")},
		{method: "PUT", path: requests + "/{reviewed}/state", body: to("Applied")},
		{method: "PUT", path: "/projects/other/change-requests/{submitted}/state", body: to("Approved")},
		{method: "PUT", path: "/projects/other/change-requests/{submitted}/state", body: to("Applied")},
		{method: "PUT", path: "/projects/other/change-requests/{submitted}/state", body: to("Cancelled")},
		{method: "PUT", path: requests + "/{approved}/state", body: to("Applied")},
		{method: "PUT", path: requests + "/{approved}/state", body: to("Rejected")},
		{method: "PUT", path: requests + "/{approved}/state", body: to("Cancelled")},
		{method: "DELETE", path: requests + "/{approved}/approval"},
		{method: "PUT", path: requests + "/{draft}/title", body: `{"title":"x","description":"y"}`},
		{method: "PUT", path: requests + "/{draft}/approvers", body: `{"reviewers":[1]}`},
		{method: "POST", path: requests + "/{approved}/comments", body: `{"text":"x"}`},
		{method: "POST", path: "/projects/guarded/change-requests/{applied}/undo"},
		{method: "PUT", path: "/projects/default/environments/production/change-requests/config", body: `{"changeRequestsEnabled":false}`},
		{method: "PUT", path: "/change-requests/settings", body: `{"disabled":true}`},

		{method: "DELETE", path: "/segments/2"},
		{method: "PUT", path: "/service-account/4", body: `{"name":"x"}`},
		{method: "DELETE", path: "/service-account/4"},
		{method: "POST", path: "/service-account/4/token", body: `{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`},
		{method: "DELETE", path: "/service-account/4/token/{token}"},
		{method: "DELETE", path: "/user/tokens/{pat}"},
		{method: "POST", path: "/auth/reset/validate-password", body: `{"password":"` + nextPassword + `"}`},
		{method: "POST", path: "/user-admin/validate-password", body: `{"password":"` + nextPassword + `"}`},
		{method: "POST", path: "/user-admin/2/change-password", body: `{"password":"` + nextPassword + `"}`},
		{method: "POST", path: "/user-admin/reset-password", body: `{"id":"olga@example.com"}`},

		{method: "POST", path: "/projects/default/favorites"},
		{method: "DELETE", path: "/projects/default/favorites"},
		{method: "POST", path: checkout + "/favorites"},
		{method: "DELETE", path: checkout + "/favorites"},

		{method: "PUT", path: "/segments/1", body: `{"name":"europe","constraints":[]}`},
		{method: "PUT", path: "/segments/3", body: `{"name":"others","constraints":[]}`},
		{method: "PUT", path: "/segments/1", body: `{"name":"europe","project":"default","constraints":[{"contextName":"country","operator":"IN","values":["FR"]}]}`},
		{method: "POST", path: checkout + "/changeProject", body: `{"newProjectId":"other"}`},
		{method: "POST", path: "/projects/other/features/foreign/changeProject", body: `{"newProjectId":"small"}`},
		{method: "POST", path: "/environments/production/clone", body: `{"name":"qa","type":"test"}`},
		{method: "DELETE", path: "/projects/default/environments/production"},
		{method: "POST", path: "/projects/default/archive", body: `{"features":["parent","child","legacy","checkout"]}`},
	}
}
