package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Index notes, in the transaction that stores a batch, what its events add to the history of
// flags: who has changed each, and when it was first on where. It forgets what is deleted: one day,
// something else may have its name. The rows follow from events and from nothing else, so they could be made again from the
// ledger. The engine calls it for each batch (engine.Options.Project), and a failure refuses the batch.
func Index(tx *store.Tx, events []state.Applied) error {
	type place struct {
		feature     string
		environment flag.EnvironmentName
	}
	// What one batch says is gathered first: an import may have thousands of events about the same flags, and what a flag
	// had is forgotten if it is deleted in the same batch.
	people, ons := map[string]store.FlagCollaborator{}, map[place]store.FlagFirstOn{}
	on := func(e state.Applied, env flag.EnvironmentName) {
		at := place{string(e.Feature), env}
		if _, before := ons[at]; !before {
			ons[at] = store.FlagFirstOn{Feature: at.feature, Environment: string(env), At: e.Stored.At}
		}
	}
	for _, e := range events {
		switch p := e.Payload.(type) {
		case state.FeatureCreated: // a clone is on where its model is
			for _, row := range p.Flag.Environments {
				if row.Enabled {
					on(e, row.Environment)
				}
			}
		case state.FeatureEnvironmentEnabled:
			on(e, e.Environment)
		// It goes on to the next event: who has deleted it is no collaborator of a flag that is gone.
		case state.FeatureDeleted:
			delete(people, string(e.Feature))
			for at := range ons {
				if at.feature == string(e.Feature) {
					delete(ons, at)
				}
			}
			if err := tx.ForgetFlagHistory(string(e.Feature)); err != nil {
				return fmt.Errorf("eventlog: index: %w", err)
			}
			continue
		case state.EnvironmentDeleted:
			if err := tx.ForgetFirstOnsIn(string(e.Environment)); err != nil {
				return fmt.Errorf("eventlog: index: %w", err)
			}
		}
		if _, proposed := e.Payload.(state.ChangeRequestEvent); proposed {
			continue // it changes no flag, and may be in a draft, which is its author's alone
		}
		if by := access.Ref(e.Stored.Actor); e.Feature != "" && by.Kind() == access.KindUser {
			people[string(e.Feature)] = store.FlagCollaborator{Feature: string(e.Feature), Account: by.ID(), At: e.Stored.At}
		}
	}
	var collaborators []store.FlagCollaborator
	for _, c := range people { // a batch has one actor
		collaborators = append(collaborators, c)
	}
	var first []store.FlagFirstOn
	for _, f := range ons {
		first = append(first, f)
	}
	if err := tx.PutFlagCollaborators(collaborators); err != nil {
		return fmt.Errorf("eventlog: index: %w", err)
	}
	if err := tx.PutFlagFirstOns(first); err != nil {
		return fmt.Errorf("eventlog: index: %w", err)
	}
	return nil
}

// Collaborators returns the people who have changed a flag, who did so first first. Those who are
// deleted are missing.
func (l *Log) Collaborators(ctx context.Context, feature flag.Name) ([]access.Ref, error) {
	rows, err := l.db.FlagCollaborators(ctx, string(feature))
	if err != nil {
		return nil, away("collaborators", err)
	}
	var refs []access.Ref
	for _, row := range rows {
		refs = append(refs, access.NewRef(access.KindUser, row.Account))
	}
	return refs, nil
}

// FirstInProduction returns when flags were on for the first time where customers depend on them, if that
// was at a time or later. It goes by the types that environments have now. The rows are in the order of their times, and
// have the earlier ones of these flags as well: a flag that was on in another such place before was not on for the first
// time, and is left out.
func (l *Log) FirstInProduction(ctx context.Context, s *state.State, since time.Time) (map[flag.Name]time.Time, error) {
	rows, err := l.db.FlagFirstOns(ctx, since)
	if err != nil {
		return nil, away("first in production", err)
	}
	first := map[flag.Name]time.Time{}
	for _, row := range rows {
		env := s.Environment(flag.EnvironmentName(row.Environment))
		if env == nil || env.Type != flag.Production {
			continue
		}
		if _, before := first[flag.Name(row.Feature)]; !before {
			first[flag.Name(row.Feature)] = row.At
		}
	}
	for name, at := range first {
		if at.Before(since) {
			delete(first, name)
		}
	}
	return first, nil
}

// away makes a fault of a database that cannot be asked now.
func away(what string, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		f := fault.New(fault.Unavailable, "The database is away, so it is not known what has happened.")
		f.RetryAfter = 2 * time.Second
		return f
	}
	return fmt.Errorf("eventlog: %s: %w", what, err)
}
