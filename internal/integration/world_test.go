package integration_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/eventlog"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The people of every world: root administers, ada and bo are editors.
const (
	root int64 = iota + 1
	ada
	bo
)

var people = map[int64]string{root: "root", ada: "Ada <Lovelace>", bo: "bo"}

var (
	noon       = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	production = changerequest.Place{Project: "shop", Environment: "production"}
)

// world is an instance on one node, with the notify and the integrations of that node.
type world struct {
	*integration.Integrations
	notify *notify.Notify
	db     *store.DB
	engine *engine.Engine
	logged *lockedBuffer

	mu  sync.Mutex
	now time.Time
}

// lockedBuffer keeps what is logged.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// newWorld makes an instance on an empty database: the projects shop (open) and hush (private), with a
// flag each.
func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := openWorld(t, db, true)
	must(t, w.notify.Begin(t.Context()))
	events := []state.Event{
		of("", state.LedgerCreated{ID: "0199c8a2-0000-7000-8000-000000000001", Format: state.Format}),
		of("", state.EnvironmentCreated{Environment: flags.Environment{Name: "development", Type: "development", Enabled: true}}),
		of("", state.EnvironmentCreated{Environment: flags.Environment{Name: "production", Type: "production", Enabled: true}}),
		of("", state.TagTypeCreated{TagType: flags.TagType{Name: "slack"}}),
	}
	for _, role := range access.BuiltInRoles() {
		events = append(events, of("", state.RoleCreated{Role: role}))
	}
	events = append(events, of("", state.UserCreated{ID: root, RootRole: access.RoleAdmin}), of("", state.UserCreated{ID: ada, RootRole: access.RoleEditor}), of("", state.UserCreated{ID: bo, RootRole: access.RoleEditor}))
	for _, p := range []struct {
		id   flags.ProjectID
		mode flags.Mode
	}{{"shop", flags.ModeOpen}, {"hush", flags.ModePrivate}} {
		events = append(events, of(p.id, state.ProjectCreated{Project: flags.Project{
			ID: p.id, Name: string(p.id), Mode: p.mode, CreatedAt: noon, UpdatedAt: noon,
			Environments: []flags.ProjectEnvironment{{Environment: "development"}, {Environment: "production"}},
		}}))
	}
	w.happen(t, access.SystemRef, events...)
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		for id, name := range people {
			if err := tx.AddPerson(store.Person{ID: id, Kind: string(access.KindUser), Name: name, Username: name, CreatedAt: noon}); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, w.notify.Follow(t.Context()))
	return w
}

// openWorld is another node of an instance, which may reach private addresses or not.
func openWorld(t testing.TB, db *store.DB, private bool) *world {
	return openWorldWith(t, db, private, "")
}

// openWorldWith is openWorld where Slack's API is somewhere else.
func openWorldWith(t testing.TB, db *store.DB, private bool, slack string) *world {
	t.Helper()
	w := &world{db: db, now: noon, logged: &lockedBuffer{}}
	writes := w.clock
	if strings.HasPrefix(storetest.URL(t, db), "postgres") { // whose clock a node that writes must share
		w.now, writes = time.Now(), time.Now
	}
	log := slog.New(slog.NewTextHandler(w.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.engine, err = engine.Open(t.Context(), engine.Options{
		DB: db, Log: log, Now: writes, NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	must(t, err)
	keys, err := identity.NewKeyring(make([]byte, 32))
	must(t, err)
	known := identity.New(identity.Options{State: w.engine.State, Keyring: keys, DB: db, Now: w.clock})
	w.engine.Subscribe(func(c engine.Change) { known.Follow(c.Events) })
	newID := func() string { return uuid.Must(uuid.NewV7()).String() }
	const url = "https://flags.example.com"
	w.Integrations = integration.New(integration.Options{
		DB: db, App: app.New(app.Options{Engine: w.engine, Now: w.clock, NewID: newID, Keys: keys, People: known}),
		Events: eventlog.New(eventlog.Options{DB: db, State: w.engine.State, Names: func(ctx context.Context) (map[int64]string, error) { return known.Names(ctx) }, WebURL: url}),
		State:  w.engine.State, Now: w.clock, NewID: newID, Keys: keys, Log: log, URL: url, Private: private, SlackAPI: slack,
	})
	w.notify = notify.New(notify.Options{
		DB: db, State: w.engine.State, Now: w.clock, NewID: newID, Keys: keys, Log: log, URL: url, Outside: w.Integrations,
	})
	return w
}

// of returns an event of a project.
func of(project flags.ProjectID, p state.Payload) state.Event {
	return state.Event{Scope: state.Scope{Project: project}, Payload: p}
}

// ofFlag returns an event of the flag checkout, or where an environment is given, of it there.
func ofFlag(env flags.EnvironmentName, p state.Payload) state.Event {
	return state.Event{Scope: state.Scope{Project: "shop", Environment: env, Feature: "checkout"}, Payload: p}
}

func aFlag(name flags.Name, project flags.ProjectID) state.Event {
	return state.Event{Scope: state.Scope{Project: project, Feature: name}, Payload: state.FeatureCreated{Flag: flags.Flag{
		Name: name, Project: project, Type: "release", CreatedAt: noon, CreatedBy: string(user(ada)),
		Environments: []flags.FlagEnvironment{{Environment: "development"}, {Environment: "production"}},
	}}}
}

func user(id int64) access.Ref { return access.NewRef(access.KindUser, id) }

func (w *world) caller(id int64) app.Caller {
	actor, _ := w.engine.State().Actor(id)
	return app.Caller{Actor: actor}
}

// happen writes the events of one batch.
func (w *world) happen(t testing.TB, by access.Ref, events ...state.Event) {
	t.Helper()
	actor, known := w.engine.State().Actor(by.Account())
	if !known {
		actor = access.Actor{Ref: by}
	}
	_, err := w.engine.Do(t.Context(), engine.Command{
		Actor: actor, Reason: "A test.", Decide: func(*state.State) ([]state.Event, error) { return events, nil },
	})
	must(t, err)
}

// say writes facts about a request, in one batch.
func (w *world) say(t testing.TB, by int64, id changerequest.ID, facts ...changerequest.Event) {
	t.Helper()
	r := &changerequest.Request{ID: id, Project: production.Project, Environment: production.Environment}
	events := make([]state.Event, len(facts))
	for i, fact := range facts {
		events[i] = decide.RequestEvent(r, fact)
	}
	w.happen(t, user(by), events...)
}

// draft makes a draft of ada's about the flag checkout; its id is returned.
func (w *world) draft(t testing.TB, title string) changerequest.ID {
	t.Helper()
	id := w.engine.State().NextChangeRequestID()
	w.say(t, ada, id, changerequest.Created{Agreements: agreements()}, changerequest.Described{Title: &title}, changerequest.ChangeAdded{Change: change.Change{
		ID: w.engine.State().NextChangeID(), Feature: "checkout", CreatedAt: noon, Payload: change.UpdateEnabled{Enabled: true},
	}})
	return id
}

func agreements() []changerequest.Agreement {
	return []changerequest.Agreement{{Place: production, Rule: changerequest.Rule{RequiredApprovals: 1}}}
}

// received is a request that a receiver got.
type received struct {
	path   string
	header http.Header
	body   []byte
}

// receiver is a real HTTP server that takes what is sent.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
	// answer says what is answered to the n-th request, counted from 1; nil: 200.
	answer func(n int, w http.ResponseWriter)
}

func newReceiver(t testing.TB, answer func(n int, w http.ResponseWriter)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		r.mu.Lock()
		r.got = append(r.got, received{in.URL.RequestURI(), in.Header.Clone(), body})
		n := len(r.got)
		r.mu.Unlock()
		if r.answer != nil {
			r.answer(n, w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// take returns what was received since the last time.
func (r *receiver) take() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

func status(code int) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) { w.WriteHeader(code) }
}

// webhook makes a webhook of root's to an address; what changes it comes after.
func (w *world) webhook(t testing.TB, url string, change ...func(*integration.Settings)) *state.Integration {
	t.Helper()
	in := integration.Settings{
		Provider: "webhook", Enabled: true, Events: []string{"feature-created", "feature-environment-enabled"},
		Parameters: map[string]any{"url": url, "signingSecret": secret},
	}
	for _, c := range change {
		c(&in)
	}
	made, _, err := w.Create(t.Context(), w.caller(root), in)
	must(t, err)
	return made
}

// secret is a signing secret.
const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// work follows the ledger and delivers what is due.
func (w *world) work(t testing.TB) {
	t.Helper()
	must(t, w.notify.Follow(t.Context()))
	must(t, w.notify.Deliver(t.Context()))
}
