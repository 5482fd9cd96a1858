// Package servertest starts a server inside a test's or benchmark's process, empty or
// filled with an instance of any size.
//
// What only shows when processes are stopped and killed belongs in e2e.
package servertest

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// The tokens of every server here. Those of SDKs are for all projects in development.
const (
	Admin    = "*:*.servertest-admin"
	Backend  = "*:development.servertest-backend"
	Frontend = "*:development.servertest-frontend"
)

// stopLimit is how long a server may take to stop.
const stopLimit = 10 * time.Second

// Settings are those of a silent server on any free port of this machine, with SQLite
// in a temporary folder.
// A test may change them before it starts a server.
func Settings(t testing.TB) server.Settings {
	t.Helper()
	return server.Settings{
		Storage:     server.Storage{Data: t.TempDir()},
		Listen:      "127.0.0.1:0",
		FirstTokens: app.FirstTokens{Admin: []string{Admin}, Backend: []string{Backend}, Frontend: []string{Frontend}},
		Version:     "test",
		Log:         slog.New(slog.DiscardHandler),
		Out:         io.Discard,
	}
}

// Start starts a server and stops it after the test.
// A server that does not stop in time fails the test.
func Start(t testing.TB, settings server.Settings) *server.Server {
	t.Helper()
	s, err := server.Start(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop the server: %v", err)
		}
	})
	return s
}

// Fill writes an instance with so many flags, as flagtest makes it, and the tokens of
// this package into the SQLite database that a server will be started on.
// It goes past the engine, by batches of flagtest, so that many thousand flags take seconds. The same number makes the same instance. The
// database must be empty.
func Fill(t testing.TB, settings server.Settings, flags int) {
	t.Helper()
	keyring, err := identity.LoadKeyring(settings.Data, settings.SecretKey)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(settings.Data, server.DatabaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	s := &state.State{}
	put := func(batch []ledger.Entry) {
		if err := db.Append(t.Context(), s.Head(), batch, nil); err != nil {
			t.Fatal(err)
		}
		if s, _, err = state.Fold(s, batch); err != nil {
			t.Fatal(err)
		}
	}
	for batch := range flagtest.Batches(1, flags) {
		put(batch)
	}
	for secret, token := range map[string]access.APIToken{
		Admin:    {Type: access.TokenAdmin, Environment: access.Any},
		Backend:  {Type: access.TokenBackend, Environment: flagtest.Development},
		Frontend: {Type: access.TokenFrontend, Environment: flagtest.Development},
	} {
		token.ID, token.Name, token.Digest = s.NextTokenID(), "servertest", keyring.Digest(secret)
		token.Projects, token.CreatedAt = []flag.ProjectID{access.Any}, s.At()
		put(flagtest.Seal(s, state.Event{Payload: state.APITokenCreated{Token: token}}))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
