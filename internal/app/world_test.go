package app_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// admin may do everything.
var admin = app.Caller{Actor: access.Actor{
	Ref:    access.NewRef(access.KindAdminToken, 1),
	Grants: []access.Grant{{Permission: access.Admin}},
}}

// keys stand in for identity's keyring, where no secret is looked at.
type keys struct{}

func (keys) Digest(secret string) string            { return "digest of " + secret }
func (keys) Seal(_, _ string, secret []byte) []byte { return secret }

// mustOpen opens one node on a database. The first begins the ledger, with the project default.
func mustOpen(t testing.TB, db *store.DB, limits *decide.Limits) *app.App {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Options{
		DB:    db,
		Now:   time.Now,
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
		Log:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	a := app.New(app.Options{
		Engine: e,
		Now:    time.Now,
		NewID:  func() string { return uuid.Must(uuid.NewV7()).String() },
		Keys:   keys{},
		Limits: limits,
	})
	must(t, a.Bootstrap(t.Context()))
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

func mustCreate(t testing.TB, a *app.App, name flag.Name) {
	t.Helper()
	_, err := a.CreateFeature(t.Context(), admin, app.NewFeature{Project: "default", Name: name})
	must(t, err)
}

// mustRefuse fails the test unless err is a fault of a kind.
func mustRefuse(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v, want a %s", err, kind)
	}
}

// development is where the flag is configured in the environment of that name.
func development(name flag.Name) state.Scope {
	return state.Scope{Project: "default", Environment: "development", Feature: name}
}

func everyone() change.StrategySettings { return change.StrategySettings{Name: "flexibleRollout"} }
