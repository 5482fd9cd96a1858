package adminapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/adminapi"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/usage"
)

// world is the admin API on a real engine and database, with a story in it.
type world struct {
	db           *store.DB
	engine       *engine.Engine
	app          *app.App
	usage        *usage.Usage
	handler      http.Handler
	streamsEnded atomic.Int64
	ahead        atomic.Int64 // how far the clock of the world is ahead, a time.Duration
	callers      callers      // those who may call, beside actors
	written      []string     // "type project/environment/feature" of each event since the story
	// store, if there is one, is handed each change before it is stored, which it is not if that
	// returns an error.
	store func(engine.Change) error
}

// began is when the story happened.
var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	return worldOf(t, db, func(w *world, keyring *identity.Keyring) {
		w.mustHappen(t, slices.Concat(story(), vocabularyStory(keyring), accessStory())...)
		w.mustKeepSecrets(t, keyring)
		w.mustBeKnown(t)
	})
}

// mustKeyring returns the keyring of every world.
func mustKeyring(t testing.TB) *identity.Keyring {
	t.Helper()
	keyring, err := identity.NewKeyring(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keyring
}

// openWorld returns a world on a database in which something has happened already, or nothing.
func openWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	return worldOf(t, db, func(*world, *identity.Keyring) {})
}

// worldOf returns a world in which begin happens before anybody can call.
func worldOf(t testing.TB, db *store.DB, begin func(*world, *identity.Keyring)) *world {
	t.Helper()
	w := &world{db: db, callers: callers{}}
	var err error
	w.engine, err = engine.Open(t.Context(), engine.Options{
		Project: func(tx *store.Tx, c engine.Change) error {
			if w.store != nil {
				if err := w.store(c); err != nil {
					return err
				}
			}
			return index(tx, c)
		},
		DB:    db,
		Now:   w.now,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
		Log:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.engine.Subscribe(func(c engine.Change) {
		for _, e := range c.Events {
			where := strings.Trim(fmt.Sprintf("%s/%s/%s", e.Project, e.Environment, e.Feature), "/")
			w.written = append(w.written, strings.TrimSpace(e.Stored.Type+" "+where))
		}
	})
	keyring := mustKeyring(t)
	begin(w, keyring)
	people := identity.New(identity.Options{State: w.engine.State, Keyring: keyring, DB: db, Now: time.Now})
	w.app = app.New(app.Options{
		Engine: w.engine,
		People: people,
		Now:    w.now,
		NewID:  func() string { return uuid.Must(uuid.NewV7()).String() },
		Keys:   keyring,

		ScheduleGrace: time.Hour,
	})
	w.usage = w.mustReport(t)
	follow(w.engine, w.usage)
	r := chi.NewRouter()
	adminapi.Mount(r, adminapi.Options{
		App:           w.app,
		Authenticator: w.callers,
		Tokens:        people,
		People:        people,
		URL:           "https://flags.example.com/here",
		Version:       "1.2.3",
		Requests:      requests.New(db),
		Events:        eventlog.New(eventlog.Options{DB: db, State: w.engine.State}),
		Notify:        newNotify(w.engine, db, keyring),
		Integrations:  newIntegrations(w.app, db, keyring),
		Usage:         w.usage,
		EndStreams:    func() { w.streamsEnded.Add(1) },
	})
	w.handler = r
	return w
}

// now is the time in the world.
func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// index writes what follows from a batch into plain tables, as a server does.
func index(tx *store.Tx, c engine.Change) error {
	err := errors.Join(requests.Index(tx, c.Before, c.Events), eventlog.Index(tx, c.Events))
	for _, e := range c.Events {
		err = errors.Join(err, usage.Index(tx, e.Stored), identity.Index(tx, e.Stored))
	}
	return err
}

// follow tells a usage what happens from now on.
func follow(e *engine.Engine, u *usage.Usage) {
	e.Subscribe(func(c engine.Change) {
		for _, event := range c.Events {
			u.Follow(event.Stored)
		}
	})
}

// mustHappen writes events as Quorate itself.
func (w *world) mustHappen(t testing.TB, events ...state.Event) {
	t.Helper()
	_, err := w.engine.Do(t.Context(), engine.Command{
		Actor:  access.System(),
		Decide: func(*state.State) ([]state.Event, error) { return events, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) mustDigest(t testing.TB) string {
	t.Helper()
	digest, err := state.Digest(w.engine.State())
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// answer is what the API answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// call sends a request. The path is relative to /api/admin unless it has that prefix;
// as is the content of Authorization.
func (w *world) call(t testing.TB, as, method, path, body string, header map[string]string) answer {
	t.Helper()
	if !strings.HasPrefix(path, "/docs/") && !strings.HasPrefix(path, "/api/") {
		path = "/api/admin" + path
	}
	var reader io.Reader = http.NoBody
	if body != "" {
		reader = strings.NewReader(body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		r.Header.Set("Authorization", as)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	a := answer{recorder.Code, recorder.Result().Header, recorder.Body.Bytes()}
	mustKeepContract(t, r, a)
	return a
}

// callers stand in for identity: who calls is what Authorization says. They know who is among
// them, and all actors.
type callers map[string]access.Actor

func (c callers) Authenticate(r *http.Request) (access.Actor, error) {
	name := identity.Secret(r.Header.Get("Authorization"))
	switch name {
	case "":
		return access.Actor{}, fault.New(fault.Unauthenticated, "You must log in to use Quorate.")
	case "frontend":
		return access.Actor{}, identity.WrongType()
	}
	if actor, ok := c[name]; ok {
		return actor, nil
	}
	actor, ok := actors()[name]
	if !ok {
		return access.Actor{}, identity.Unknown()
	}
	return actor, nil
}

// actors are those who may call, by the name that they put into Authorization.
func actors() map[string]access.Actor {
	grants := func(project flag.ProjectID, env flag.EnvironmentName, permissions ...access.Permission) []access.Grant {
		var list []access.Grant
		for _, p := range permissions {
			list = append(list, access.Grant{Permission: p, Project: project, Environment: env})
		}
		return list
	}
	user := func(id int64, grants ...[]access.Grant) access.Actor {
		a := access.Actor{Ref: access.NewRef(access.KindUser, id)}
		for _, g := range grants {
			a.Grants = append(a.Grants, g...)
		}
		return a
	}
	return map[string]access.Actor{
		"admin":   {Ref: access.NewRef(access.KindAdminToken, 1), Grants: []access.Grant{{Permission: access.Admin}}},
		"nothing": user(7),
		// toggler may switch flags in one environment, and nothing else.
		"toggler": user(8, grants("default", "development", access.UpdateFeatureEnvironment)),
		// creator may create flags, but not configure them.
		"creator": user(9, grants("default", "", access.CreateFeature, access.MoveFeature, access.UpdateFeature)),
		// member works in the protected project, but must not bypass its protection.
		"member": user(10,
			grants("guarded", "", access.CreateFeature, access.UpdateFeature, access.DeleteFeature),
			grants("guarded", access.Any, access.UpdateFeatureEnvironment, access.CreateFeatureStrategy, access.UpdateFeatureStrategy)),
		// owner looks after a project, but must not bypass its protection.
		"owner": user(11, grants("guarded", "", access.UpdateProject, access.DeleteProject, access.UpdateProjectSegment, access.UpdateProjectContext,
			access.ReadProjectToken, access.CreateProjectToken, access.DeleteProjectToken)),
		// backender looks after the tokens of backends.
		"backender": user(12, grants("", "", access.CreateClientToken, access.ReadClientToken, access.UpdateClientToken, access.DeleteClientToken)),
		"root":      {Ref: "user:1", Grants: []access.Grant{{Permission: access.Admin}}},
		// editor has no permissions here; the root role is what counts.
		"editor": user(editor),
		"mark":   user(mark),
		// boss may do everything, and has an e-mail address.
		"boss": user(olga, grants("", "", access.Admin)),
		// auditor may read roles.
		"auditor": user(auditor, grants("", "", access.ReadRole)),
		// access reader may see who has access to a project.
		"access reader": user(7, grants("other", "", access.ReadProjectAccess)),
		// approver looks after who has access to a project, and approves in one environment.
		"approver": user(12, grants("guarded", "", access.WriteProjectAccess, access.ReadProjectAccess), grants("guarded", "development", access.ApproveChangeRequest)),
	}
}

// The story's strategies.
const (
	everyone  = "0195a000-0000-7000-8000-000000000001" // checkout, development
	sleeping  = "0195a000-0000-7000-8000-000000000002" // checkout, development; disabled
	europeans = "0195a000-0000-7000-8000-000000000003" // checkout, production
	asleep    = "0195a000-0000-7000-8000-000000000004" // dormant, development; disabled
	linkID    = "0195a000-0000-7000-8000-0000000000aa" // checkout's link
)

// story is what has happened before a test begins.
func story() []state.Event {
	var events []state.Event
	add := func(at state.Scope, p state.Payload) { events = append(events, state.Event{Scope: at, Payload: p}) }

	add(state.Scope{}, state.LedgerCreated{ID: uuid.NewString(), Format: state.Format, FeatureTypes: flag.FeatureTypes()})
	add(state.Scope{Environment: "production"}, state.EnvironmentCreated{Environment: flag.Environment{Name: "production", Type: "production", SortOrder: 3, Enabled: true}})
	add(state.Scope{Environment: "development"}, state.EnvironmentCreated{Environment: flag.Environment{Name: "development", Type: "development", SortOrder: 2, Enabled: true}})
	for _, t := range []flag.StrategyType{
		{Name: "flexibleRollout", Parameters: []flag.StrategyParameter{{Name: "rollout", Type: "percentage"}, {Name: "stickiness", Type: "string"}, {Name: "groupId", Type: "string"}}},
		{Name: "default"},
		{Name: "remoteAddress", Parameters: []flag.StrategyParameter{{Name: "IPs", Type: "list"}}},
	} {
		add(state.Scope{}, state.StrategyTypeCreated{Strategy: t})
	}
	color := "#FFFFFF"
	add(state.Scope{}, state.TagTypeCreated{TagType: flag.TagType{Name: "simple", Color: &color}})
	add(state.Scope{}, state.ContextFieldCreated{Field: flag.ContextField{Name: "country", LegalValues: []flag.LegalValue{{Value: "DE"}, {Value: "FR"}}, CreatedAt: began}})
	add(state.Scope{}, state.APITokenCreated{Token: access.APIToken{ID: 1, Name: "terraform", Type: access.TokenAdmin, Projects: []flag.ProjectID{access.Any}, Environment: access.Any, Digest: "00", CreatedAt: began}})

	both := []flag.EnvironmentName{"development", "production"}
	project := func(p flag.Project, envs ...flag.EnvironmentName) {
		p.Name, p.Mode, p.CreatedAt, p.UpdatedAt = string(p.ID), flag.ModeOpen, began, began
		if p.DefaultStickiness == "" {
			p.DefaultStickiness = "default"
		}
		for _, e := range envs {
			p.Environments = append(p.Environments, flag.ProjectEnvironment{Environment: e})
		}
		add(state.Scope{Project: p.ID}, state.ProjectCreated{Project: p})
	}
	limit := 1
	project(flag.Project{ID: "default"}, both...)
	project(flag.Project{ID: "other", DefaultStickiness: "userId"}, both...)
	project(flag.Project{ID: "small"}, "development")
	project(flag.Project{ID: "full", FeatureLimit: &limit}, both...)
	project(flag.Project{ID: "named", Naming: &flag.NamingRule{Pattern: "team-[a-z]+"}, LinkTemplates: []flag.LinkTemplate{{URLTemplate: "https://wiki.example.com/{{project}}/{{feature}}"}}}, both...)
	project(flag.Project{ID: "guarded"}, both...)
	add(state.Scope{Project: "other", Environment: "development"}, state.DefaultStrategyUpdated{After: &flag.Strategy{
		Name: "flexibleRollout", Parameters: map[string]string{"rollout": "25", "stickiness": "sessionId", "groupId": ""},
	}})

	segment := func(id flag.SegmentID, name string, project *flag.ProjectID) {
		add(state.Scope{}, state.SegmentCreated{Segment: flag.Segment{
			ID: id, Name: name, Project: project, CreatedAt: began,
			Constraints: []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"DE"}}},
		}})
	}
	inDefault, inOther := flag.ProjectID("default"), flag.ProjectID("other")
	segment(1, "europe", nil)
	segment(2, "insiders", &inDefault)
	segment(3, "others", &inOther)

	add(state.Scope{}, state.TagCreated{Tag: flag.Tag{Type: "simple", Value: "shop"}})

	rollout := func(id flag.StrategyID, order int, disabled bool, segments ...flag.SegmentID) flag.Strategy {
		return flag.Strategy{
			ID: id, Name: "flexibleRollout", SortOrder: order, Disabled: disabled, Segments: segments,
			Parameters: map[string]string{"rollout": "100", "stickiness": "default", "groupId": "checkout"},
		}
	}
	created := began
	feature := func(f flag.Flag) {
		created = created.Add(time.Hour)
		f.CreatedAt, f.CreatedBy = created, "admin-token:1"
		if f.Type == "" {
			f.Type = "release"
		}
		for _, env := range both {
			if f.In(env) == nil && f.Project != "small" {
				f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env})
			}
		}
		add(state.Scope{Project: f.Project, Feature: f.Name}, state.FeatureCreated{Flag: f})
	}
	about := "The new checkout"
	feature(flag.Flag{
		Name: "checkout", Project: "default", Description: &about,
		Environments: []flag.FlagEnvironment{
			{Environment: "development", Enabled: true, Strategies: []flag.Strategy{rollout(everyone, 0, false), rollout(sleeping, 1, true)}},
			{Environment: "production", Strategies: []flag.Strategy{rollout(europeans, 0, false, 1)}},
		},
		Tags:  []flag.Tag{{Type: "simple", Value: "shop"}},
		Links: []flag.Link{{ID: linkID, URL: "https://wiki.example.com/checkout"}},
	})
	feature(flag.Flag{Name: "plain", Project: "default", Type: "operational"})
	feature(flag.Flag{
		Name: "dormant", Project: "default",
		Environments: []flag.FlagEnvironment{
			{Environment: "development", Strategies: []flag.Strategy{rollout(asleep, 0, true)}},
			{Environment: "production"},
		},
	})
	feature(flag.Flag{Name: "parent", Project: "default", Type: "kill-switch"})
	feature(flag.Flag{Name: "child", Project: "default", Dependencies: []flag.Dependency{{Feature: "parent", Enabled: true}}})
	feature(flag.Flag{
		Name: "legacy", Project: "default",
		Environments: []flag.FlagEnvironment{
			{Environment: "development", Variants: []flag.Variant{{Name: "blue", Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}},
			{Environment: "production"},
		},
	})
	feature(flag.Flag{Name: "old", Project: "default", Stale: true})
	add(state.Scope{Project: "default", Feature: "old"}, state.FeatureArchived{})
	feature(flag.Flag{Name: "foreign", Project: "other"})
	feature(flag.Flag{Name: "only", Project: "full"})
	feature(flag.Flag{Name: "vault", Project: "guarded"})
	add(state.Scope{Project: "guarded", Environment: "production"}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}})
	return events
}

// mustDecode reads a JSON body.
func mustDecode(t testing.TB, body []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&v); err != nil {
		t.Fatalf("the body is not JSON: %v: %s", err, body)
	}
	return v
}
