package sdkapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkapi"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// The secrets of the tokens that every house has. All are for development.
const (
	backend  = "*:development.backend"
	client   = "*:development.client"
	inner    = "inner:development.backend"
	frontend = "*:development.frontend"
	admin    = "*:*.admin"
	expired  = "*:development.expired"
	person   = "user:00000000000000000000000000000000000000000000000000000000"
)

// maxStreams is how many streams a house lets be open at once.
const maxStreams = 100

// house is everything behind the API, as in a running server.
type house struct {
	db      *store.DB
	engine  *engine.Engine
	payload *payload.Payload
	usage   *usage.Usage
	api     *sdkapi.API
	router  chi.Router
	beats   chan time.Time // heartbeats of streams
}

// newHouse returns a house with the flags of begin, on SQLite.
func newHouse(t testing.TB, o ...func(*sdkapi.Options)) *house {
	t.Helper()
	db := storetest.Open(t, storetest.SQLite(t))
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	e, err := engine.Open(t.Context(), engine.Options{
		DB: db, Now: time.Now, Log: log,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := identity.NewKeyring(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db, engine: e, router: chi.NewRouter(), beats: make(chan time.Time)}
	h.payload = payload.New(e.State(), payload.Options{MaxStreams: maxStreams})
	e.Subscribe(func(c engine.Change) { h.payload.Follow(c.After, c.Events) })
	h.usage = usage.New(usage.Options{
		DB: db, Now: time.Now, Log: log,
		Known: func(name string) bool { return e.State().Flag(flag.Name(name)) != nil }, Live: func(string, string) bool { return false },
	})
	options := sdkapi.Options{
		Tokens:  identity.New(identity.Options{State: e.State, Keyring: keyring, DB: db, Now: time.Now}),
		Payload: h.payload,
		Usage:   h.usage,
		Setting: func(id string) string { return e.State().Setting(id) },
		Now:     time.Now,
		Version: "1.2.3",
		Heartbeat: func() (<-chan time.Time, func()) {
			return h.beats, func() {}
		},
	}
	for _, change := range o {
		change(&options)
	}
	h.api = sdkapi.New(options)
	h.api.Mount(h.router)
	h.begin(t, keyring)
	return h
}

// begin writes a small instance with tokens: the project inner has the flags off, on,
// and targeted, which uses a segment; outer has the flag varied.
func (h *house) begin(t testing.TB, keyring *identity.Keyring) {
	t.Helper()
	h.do(t,
		state.Event{Payload: state.LedgerCreated{ID: "house", Format: state.Format}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: flagtest.Development}}},
		state.Event{Payload: state.EnvironmentCreated{Environment: flag.Environment{Name: flagtest.Production}}},
		state.Event{Payload: state.SegmentCreated{Segment: flag.Segment{ID: 1, Name: "nordic", Constraints: []flag.Constraint{
			{ContextName: "country", Operator: flag.In, Values: []string{"NO"}},
		}}}},
	)
	for _, id := range []flag.ProjectID{"inner", "outer"} {
		h.do(t, state.Event{Scope: state.Scope{Project: id}, Payload: state.ProjectCreated{Project: flag.Project{
			ID: id, Environments: []flag.ProjectEnvironment{{Environment: flagtest.Development}, {Environment: flagtest.Production}},
		}}})
	}
	h.create(t, "inner", "off", flag.FlagEnvironment{})
	h.create(t, "inner", "on", flag.FlagEnvironment{Enabled: true})
	h.create(t, "inner", "targeted", flag.FlagEnvironment{Enabled: true, Strategies: []flag.Strategy{{
		ID: "1", Name: "default", Segments: []flag.SegmentID{1},
		Constraints: []flag.Constraint{{ContextName: "plan", Operator: flag.In, Values: []string{"pro", "1,2"}}},
	}}})
	h.create(t, "outer", "varied", flag.FlagEnvironment{Enabled: true, Variants: []flag.Variant{{
		Name: "blue", Weight: 1000, Payload: &flag.Payload{Type: "string", Value: "#00f"},
	}}})

	past := time.Now().Add(-time.Hour)
	for i, token := range []access.APIToken{
		{Digest: keyring.Digest(backend), Type: access.TokenBackend},
		{Digest: keyring.Digest(client), Type: access.TokenClient},
		{Digest: keyring.Digest(inner), Type: access.TokenBackend, Projects: []flag.ProjectID{"inner"}},
		{Digest: keyring.Digest(frontend), Type: access.TokenFrontend},
		{Digest: keyring.Digest(admin), Type: access.TokenAdmin, Environment: access.Any},
		{Digest: keyring.Digest(expired), Type: access.TokenBackend, ExpiresAt: &past},
	} {
		token.ID = int64(i + 1)
		token.Name = "token"
		if token.Projects == nil {
			token.Projects = []flag.ProjectID{access.Any}
		}
		if token.Environment == "" {
			token.Environment = flagtest.Development
		}
		h.do(t, state.Event{Payload: state.APITokenCreated{Token: token}})
	}
}

// create makes a flag that has a row in development and is off in production.
func (h *house) create(t testing.TB, project flag.ProjectID, name flag.Name, row flag.FlagEnvironment) {
	t.Helper()
	row.Environment = flagtest.Development
	h.do(t, state.Event{Scope: state.Scope{Project: project, Feature: name}, Payload: state.FeatureCreated{Flag: flag.Flag{
		Name: name, Project: project, Type: "release",
		Environments: []flag.FlagEnvironment{row, {Environment: flagtest.Production}},
	}}})
}

// do makes events happen, as Quorate itself.
func (h *house) do(t testing.TB, events ...state.Event) {
	t.Helper()
	_, err := h.engine.Do(t.Context(), engine.Command{
		Actor: access.System(), Decide: func(*state.State) ([]state.Event, error) { return events, nil },
	})
	if err != nil {
		t.Fatalf("do: %v", err)
	}
}

// toggle switches a flag over in development.
func (h *house) toggle(t testing.TB, name flag.Name) {
	t.Helper()
	h.do(t, flagtest.Toggle(h.engine.State().Flag(name), flagtest.Development))
}

// call is a request to the API. Headers are "Name: value".
type call struct {
	method, path, token, body string
	headers                   []string
}

func (h *house) call(t testing.TB, c call) *httptest.ResponseRecorder {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodGet
	}
	r := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
	if c.token != "" {
		r.Header.Set("Authorization", c.token)
	}
	for _, line := range c.headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	return w
}

func (h *house) deleteToken(t testing.TB, id int64) {
	t.Helper()
	h.do(t, state.Event{Payload: state.APITokenDeleted{Before: *h.engine.State().Token(id)}})
}
