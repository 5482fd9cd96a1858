package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/app"
)

// firstStart makes sure that there is an instance, with its first person, if one was
// named, with tokens, and with what there is to try, if that was asked for.
//
// A node that must not write leaves what is missing to a later start: it has flags to serve. Why it must not is in its log,
// and at /ready unless it is only that its clock is off or the database away.
//
// Every start asks for all but the demo, and finds nothing to do but the first time; of several nodes that start at once, one does it.
func (s *Server) firstStart(ctx context.Context) error {
	fresh := s.engine.State().Revision() == 0
	if !fresh && !s.engine.Status().CanWrite {
		return nil
	}
	if err := s.app.Bootstrap(ctx); err != nil {
		return err
	}
	if fresh && s.settings.Demo {
		if err := s.app.SeedDemo(ctx); err != nil {
			return fmt.Errorf("server: create the demo: %w", err)
		}
	}
	// Tokens come first: those that make no sense end the start, and the next one is to show its link all the same.
	closed := s.engine.State().TokenCount() == 0
	if err := s.firstTokens(ctx); err != nil {
		return err
	}
	if err := s.firstPerson(ctx, closed); err != nil {
		return fmt.Errorf("server: create the first administrator: %w", err)
	}
	if err := s.fixSignOn(ctx); err != nil {
		return err
	}
	if fresh && s.settings.Demo {
		return s.demoPeople(ctx)
	}
	return nil
}

// firstPerson makes the first person, an administrator: the one that was named, or on an instance that was closed to
// everybody one who gets a link to choose a password. The demo brings people of its own.
// closed is whether there were no tokens before this start: without tokens and people, nobody could ever have come in.
func (s *Server) firstPerson(ctx context.Context, closed bool) error {
	first := s.settings.FirstAdmin
	if first.Username != "" {
		_, _, err := s.app.SeedAdmin(ctx, first.Username, first.Password)
		return err
	}
	if !closed || s.settings.Demo {
		return nil
	}
	id, secret, err := s.app.SeedAdmin(ctx, "admin", "")
	if err != nil || id == 0 {
		return err
	}
	_, err = fmt.Fprintf(s.settings.Out, `
Nobody can sign in yet. Open this link to choose the password of the person "admin". It works once, within a
day, and is shown only here:

  %s/new-user?token=%s
`, s.URL(), secret)
	return err
}

// firstTokens makes sure that there are tokens. If nobody has chosen any, it makes them up and
// shows them: one for an administrator, so that a newcomer is not locked out, and some to
// try the demo with.
// Tokens that the settings name are made, and not shown: who chose them knows them.
func (s *Server) firstTokens(ctx context.Context) error {
	if s.engine.State().TokenCount() > 0 {
		return nil
	}
	var made, all app.FirstTokens
	if len(s.settings.FirstTokens.Admin) == 0 {
		made.Admin = []string{newSecret("*:*")}
	}
	if s.settings.Demo {
		made.Backend = []string{newSecret("*:" + demoEnvironment)}
		made.Frontend = []string{newSecret("*:" + demoEnvironment)}
	}
	all.Admin = append(made.Admin, s.settings.FirstTokens.Admin...)
	all.Backend = append(made.Backend, s.settings.FirstTokens.Backend...)
	all.Frontend = append(made.Frontend, s.settings.FirstTokens.Frontend...)
	if err := s.app.SeedTokens(ctx, all); err != nil {
		return err
	}
	return s.show(made)
}

// newSecret makes up a token's secret in Unleash's form.
// opens is the part before the full stop, which says what the token is for; 28 random bytes follow, as hexadecimal digits.
func newSecret(opens string) string {
	random := make([]byte, 28)
	_, _ = rand.Read(random) // documented never to fail
	return opens + "." + hex.EncodeToString(random)
}

// show prints the tokens that were made up, unless another node was first and made others.
func (s *Server) show(made app.FirstTokens) error {
	var text strings.Builder
	for _, family := range []struct {
		name    string
		secrets []string
	}{{"admin", made.Admin}, {"backend", made.Backend}, {"frontend", made.Frontend}} {
		for _, secret := range family.secrets {
			// Asking is how this node learns that its own were taken: SeedTokens does nothing if another node's are there.
			if _, err := s.identity.Token(secret); err != nil {
				return nil //nolint:nilerr // it is unknown, so another node's are the instance's
			}
			fmt.Fprintf(&text, "  %-14s  %s\n", family.name+" token", secret)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	lines := "\nThese tokens were made for you. They are shown only once, here:\n\n" + text.String() + "\n"
	if s.settings.Demo {
		lines += s.demoLines(made)
	}
	_, err := fmt.Fprint(s.settings.Out, lines)
	return err
}
