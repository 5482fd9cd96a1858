package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/scheduler"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/usage"
)

// A server's life. The order matters: rooms are made from those that know least to those that know others; the address is taken before
// there is an instance, and requests are answered only when there is an instance to answer for. Stopping goes the other way.

// Start opens the storage and serves. It returns when requests are answered; ctx bounds
// the start only. Whoever starts a server has to Stop it.
func Start(ctx context.Context, settings Settings) (*Server, error) {
	s := &Server{settings: settings, failed: make(chan struct{})}
	if err := s.settings.check(); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.listen(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	// Only now, so that a server that cannot serve makes no instance.
	if err := s.firstStart(ctx); err != nil {
		return nil, errors.Join(err, s.listener.Close(), s.close())
	}
	s.serve()
	s.settings.Log.Info("serving", "address", s.listener.Addr().String(), "version", settings.Version,
		"revision", s.engine.State().Revision(), "hash", s.engine.State().Head().Hash.String())
	return s, nil
}

// check refuses settings that cannot be meant.
func (s *Settings) check() error {
	if s.BasePath != "" && (!strings.HasPrefix(s.BasePath, "/") || strings.HasSuffix(s.BasePath, "/")) {
		return fmt.Errorf("the base path %q must begin with a slash and end without one, as /flags does", s.BasePath)
	}
	return nil
}

// open opens the storage and makes the rooms that work on it.
// Rescue calls it too, so it neither listens nor starts anything.
func (s *Server) open(ctx context.Context) error {
	var err error
	if s.db, err = s.settings.open(ctx); err != nil {
		return err
	}
	keyring, err := identity.LoadKeyring(s.settings.Data, s.settings.SecretKey)
	if err != nil {
		return err
	}
	// Before anything is sealed or recognised with the wrong key.
	if err := keyring.Check(ctx, s.db); err != nil {
		return err
	}
	options := s.settings.engineOptions(s.db)
	options.Log = s.settings.Log
	options.Project = index
	if s.engine, err = engine.Open(ctx, options); err != nil {
		return fmt.Errorf("server: open the ledger: %w", err)
	}
	s.payload = payload.New(s.engine.State(), payload.Options{})
	// Subscribers are called one after the other, in the order of the ledger, and hold the engine up: they only note and drop.
	s.engine.Subscribe(func(c engine.Change) { s.payload.Follow(c.After, c.Events) })
	s.identity = identity.New(identity.Options{State: s.engine.State, Keyring: keyring, DB: s.db, Now: time.Now, BasePath: s.settings.BasePath, Secure: strings.HasPrefix(s.settings.PublicURL, "https://")})
	s.engine.Subscribe(func(c engine.Change) { s.identity.Follow(c.Events) })
	s.usage = usage.New(usage.Options{
		DB: s.db, Now: time.Now, Log: s.settings.Log,
		Known: func(feature string) bool { return s.engine.State().Flag(flag.Name(feature)) != nil },
		Live: func(feature, environment string) bool {
			return s.engine.State().Live(flag.Name(feature), flag.EnvironmentName(environment))
		},
	})
	s.engine.Subscribe(func(c engine.Change) {
		for _, e := range c.Events {
			s.usage.Follow(e.Stored)
		}
	})
	s.app = app.New(app.Options{
		Engine: s.engine,
		Now:    time.Now,
		Keys:   keyring,
		People: s.identity,
		NewID:  newID,

		ScheduleGrace: s.settings.ScheduleGrace,
	})
	s.keys = keyring
	s.events = eventlog.New(eventlog.Options{DB: s.db, State: s.engine.State, Names: s.identity.Names, WebURL: s.settings.BasePath})
	return nil
}

// newID returns a fresh id.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// index writes what follows from a batch into plain tables, in its transaction.
// The engine calls it for every batch that this node appends; an error refuses the write.
func index(tx *store.Tx, c engine.Change) error {
	if err := requests.Index(tx, c.Before, c.Events); err != nil {
		return err
	}
	if err := eventlog.Index(tx, c.Events); err != nil {
		return err
	}
	for _, e := range c.Events {
		if err := usage.Index(tx, e.Stored); err != nil {
			return err
		}
		if err := identity.Index(tx, e.Stored); err != nil {
			return err
		}
	}
	return nil
}

// close closes what open opened.
// It may be called when open has failed at any point.
func (s *Server) close() error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

// How long a client may take, and how much it may say in headers. There is no bound on
// an answer as a whole, since streams have no end.
const (
	// bodyLimit bounds reading a request, with its headers; streams take it off when they begin (sdkapi). idleLimit is that of a kept
	// connection: longer than the pauses between the polls of SDKs.
	headerLimit = 10 * time.Second
	bodyLimit   = time.Minute
	idleLimit   = 3 * time.Minute
	maxHeader   = 32 << 10
)

// listen takes the address, and makes what has to know it: links begin with it, and with port 0 nobody knows it before.
func (s *Server) listen(ctx context.Context) error {
	var config net.ListenConfig
	var err error
	if s.listener, err = config.Listen(ctx, "tcp", s.settings.Listen); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	s.integrations = integration.New(integration.Options{
		DB: s.db, App: s.app, State: s.engine.State, Now: time.Now, NewID: newID, Keys: s.keys, Log: s.settings.Log,
		// A log of its own, since links in what is sent outside are absolute.
		Events: eventlog.New(eventlog.Options{DB: s.db, State: s.engine.State, Names: s.identity.Names, WebURL: s.URL()}),
		URL:    s.URL(), Private: s.settings.PrivateTargets,
	})
	s.notify = notify.New(notify.Options{
		DB: s.db, State: s.engine.State, Now: time.Now, NewID: newID, Keys: s.keys, Log: s.settings.Log,
		URL: s.URL(), Mail: s.settings.Mail, Outside: s.integrations,
	})
	if err := s.notify.Begin(ctx); err != nil {
		return errors.Join(fmt.Errorf("server: %w", err), s.listener.Close())
	}
	s.engine.Subscribe(func(engine.Change) { s.notify.Moved() })
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerLimit,
		ReadTimeout:       bodyLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    maxHeader,
		// What net/http says are mostly clients that went away.
		ErrorLog: slog.NewLogLogger(s.settings.Log.Handler(), slog.LevelDebug),
	}
	return nil
}

// serve starts the work in the background, and then answers requests.
// Its context is not that of the start: the work ends when Stop says so.
func (s *Server) serve() {
	ctx, quit := context.WithCancel(context.Background())
	s.quit = quit
	// Without this, a node would serve an old state; so if it ends, the server has failed.
	s.inBackground("keep in step with the ledger", func() error { return s.engine.Run(ctx) })
	s.work.Go(func() { s.keepUsage(ctx) })
	s.work.Go(func() { s.notify.Run(ctx) })
	s.work.Go(func() { scheduler.Run(ctx, s.settings.Log, s.jobs()...) })
	s.work.Go(func() { s.schedules().Run(ctx, s.settings.Log) })
	s.inBackground("answer requests", func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
}

// inBackground does some work until it is told to quit. If it ends with an error, the
// server has failed.
// Whoever started the server learns it by Failed, and stops it. Only the first failure is kept.
func (s *Server) inBackground(what string, work func() error) {
	s.work.Go(func() {
		if err := work(); err != nil {
			s.fail.Do(func() {
				s.failure = fmt.Errorf("server: %s: %w", what, err)
				close(s.failed)
			})
		}
	})
}

// keepUsage writes down, every now and then and at the end, what SDKs reported.
func (s *Server) keepUsage(ctx context.Context) {
	tick := time.NewTicker(usage.FlushEvery)
	defer tick.Stop()
	s.usage.Run(ctx, tick.C)
}

// jobs are what is done again and again.
// Each is done by every node. All of them bear that: what one node has done, the others find done.
func (s *Server) jobs() []scheduler.Job {
	return []scheduler.Job{
		{Name: "note when tokens were used", Every: flushEvery, Do: s.identity.FlushUses},
		{Name: "cancel change requests that have expired", Every: expireEvery, Do: s.app.ExpireRequests},
		{Name: "forget expired sessions and old attempts to sign in", Every: forgetEvery, Do: s.identity.Forget},
		{Name: "remind people of requests that are about to expire", Every: remindEvery, Do: s.notify.Remind},
		{Name: "make the daily mails that are due", Every: digestEvery, Do: s.notify.Digest},
		{Name: "forget old notifications and deliveries", Every: forgetEvery, Do: s.notify.Forget},
		{Name: "remember how many events are of which kind", Every: rememberEvery, Do: s.events.Remember},
		{Name: "forget from where changes were made", Every: forgetEvery, Do: func(ctx context.Context) error { return eventlog.Forget(ctx, s.db, time.Now()) }},
	}
}

// schedules applies change requests when their time comes.
// It is no job, since it must be done at the second, and not until the next turn.
func (s *Server) schedules() scheduler.Alarm {
	return scheduler.Alarm{Name: "apply scheduled change requests", Now: s.app.Now, Next: s.app.NextDue, Moved: s.app.Moved, Back: s.app.Back, Do: s.app.RunDue}
}

// URL is the address that the server is reached at: by everyone, if that was said, else on
// this machine.
// It has no slash at its end.
func (s *Server) URL() string {
	if s.settings.PublicURL != "" {
		return s.settings.PublicURL
	}
	address := s.listener.Addr().(*net.TCPAddr) //nolint:forcetypeassert // listen has asked for TCP
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(address.Port)) + s.settings.BasePath
}

// Handler answers every path, without a network in between.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Failed is closed when the server cannot go on; Stop then says why.
func (s *Server) Failed() <-chan struct{} { return s.failed }

// Stop ends streams, lets requests end that are being answered, writes down what is only
// in memory, and closes the storage. When ctx is done, requests that are left are cut off.
// The error is why the server failed, if it did, and what went wrong while stopping.
// Streams end first, since Shutdown waits for open requests. The background ends last, as requests rely on it.
func (s *Server) Stop(ctx context.Context) error {
	s.payload.Close()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("server: requests were cut off: %w", err), s.http.Close())
	}
	s.quit()
	s.work.Wait()
	if flushErr := s.identity.FlushUses(ctx); flushErr != nil {
		s.settings.Log.Warn("when tokens were last used is lost", "error", flushErr)
	}
	s.settings.Log.Info("stopped", "revision", s.engine.State().Revision(), "hash", s.engine.State().Head().Hash.String())
	return errors.Join(s.failure, err, s.close())
}
