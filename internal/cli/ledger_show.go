package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/history"
	"github.com/quorate/quorate/internal/server"
)

// ledgerShow is `quorate ledger show`.
type ledgerShow struct {
	storage
	historyPart
	Moment point `arg:"" optional:"" placeholder:"MOMENT" help:"A revision, a time (2026-03-01T12:00:00Z) or a day; the end of the ledger if left out."`
}

// historyPart says which part of the configuration is wanted, and in which form.
type historyPart struct {
	Project string `placeholder:"PROJECT" help:"Only this project."`
	Feature string `placeholder:"NAME" help:"Only this flag, and the segments that it uses."`
	JSON    bool   `name:"json" help:"Print JSON, in the form of GET /api/admin/history."`
}

func (p historyPart) part() history.Part {
	return history.Part{Project: flag.ProjectID(p.Project), Feature: flag.Name(p.Feature)}
}

// Help says where it is read from.
func (ledgerShow) Help() string {
	return `Prints the configuration as it was at a moment: flags, segments, projects and what protects them; not people, roles
and tokens. It is read from the nearest snapshot in the database and the events behind it, which are verified. Nothing is changed.

An SQLite database is in use while a server runs: take a copy of the data folder, or ask the server
(GET /api/admin/history/state).`
}

// point is a point in the ledger as a person writes it. What a moment is when it is a time, docs/time-travel.md tells. A
// day is its beginning, in UTC.
type point app.Moment

// UnmarshalText reads a revision, a time or a day.
func (m *point) UnmarshalText(text []byte) error {
	if revision, err := strconv.ParseInt(string(text), 10, 64); err == nil && revision > 0 {
		m.Revision = revision
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			m.At = at
			return nil
		}
	}
	return errors.New("a moment is a revision, a time such as 2026-03-01T12:00:00Z, or a day such as 2026-03-01")
}

// where is a moment of the ledger that was read. Replayed is how many events were folded to come there from the nearest
// snapshot.
type where struct {
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
	Replayed int64     `json:"replayed"`
}

func whereOf(p app.Past) where { return where{p.State.Revision(), p.State.At(), p.Replayed} }

func (w where) String() string {
	if w.Revision == 0 {
		return "before the first event"
	}
	return fmt.Sprintf("revision %d, %s", w.Revision, moment(w.At))
}

// farAway is how many events are read without a word. Snapshots are written that many events apart, so more means that
// there was none where one would be.
const farAway = 10_000

// confess says that something took long because no snapshot was near.
func (w where) confess(t terminal) {
	if w.Replayed > farAway {
		_, _ = fmt.Fprintf(t.err, "quorate: no snapshot was near; %d events were read for revision %d.\n", w.Replayed, w.Revision) // there is no other place to say it
	}
}

// Run shows. A project or flag that was not there at the moment is an error, not an empty answer.
func (l ledgerShow) Run(ctx context.Context, t terminal) error {
	states, err := server.LedgerPast(ctx, l.settings(), app.Moment(l.Moment))
	if err != nil {
		return err
	}
	at, c := whereOf(states[0]), history.Of(states[0].State, l.part())
	at.confess(t)
	if err := l.part().Found(c); err != nil {
		return err
	}
	if l.JSON {
		answer, err := json.MarshalIndent(struct {
			where
			history.Configuration
		}{at, c}, "", "  ")
		if err != nil {
			return err
		}
		return t.printJSON(answer)
	}
	return t.print(at.String() + "\n" + describe(c))
}

// describe returns a configuration for people: each flag with where it is on, and for whom. It is a summary; --json has
// everything.
func describe(c history.Configuration) string {
	var text strings.Builder
	for _, p := range c.Projects {
		fmt.Fprintf(&text, "\nproject %s (%s)\n", p.ID, p.Mode)
	}
	for _, p := range c.Protections {
		fmt.Fprintf(&text, "  %s of %s is protected: %d approvals\n", p.Environment, p.Project, p.Rule.RequiredApprovals)
	}
	for _, f := range c.Features {
		notes := ""
		if f.Archived() {
			notes = ", archived"
		}
		fmt.Fprintf(&text, "\n%s (%s, %s%s)\n", f.Name, f.Project, f.Type, notes)
		for _, d := range f.Dependencies {
			fmt.Fprintf(&text, "  depends on %s\n", d.Feature)
		}
		for _, row := range f.Environments {
			state := "off"
			if row.Enabled {
				state = "on"
			}
			fmt.Fprintf(&text, "  %s: %s\n", row.Environment, state)
			for _, s := range row.Strategies {
				text.WriteString("    " + oneLine(describeStrategy(s)) + "\n")
			}
		}
	}
	for _, s := range c.Segments {
		fmt.Fprintf(&text, "\nsegment %s\n", s.Name)
		for _, narrowed := range s.Constraints {
			text.WriteString("  " + oneLine(narrowed.Sentence()) + "\n")
		}
	}
	return text.String()
}

// describeStrategy returns a strategy in one line: what it is called, its share, and whom it is for.
func describeStrategy(s flag.Strategy) string {
	name := s.Name
	if s.Title != nil && *s.Title != "" {
		name = strconv.Quote(*s.Title) + " (" + s.Name + ")"
	}
	if share, ok := s.Parameters["rollout"]; ok {
		name += ", " + share + " %"
	}
	if s.Disabled {
		name += ", disabled"
	}
	for _, c := range s.Constraints {
		name += ", " + c.Sentence()
	}
	return name
}
