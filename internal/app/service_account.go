package app

import (
	"context"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// NewServiceAccount is an account for scripts, to be created.
type NewServiceAccount struct {
	Name, Username string
	RootRole       access.RoleID
}

// CreateServiceAccount makes an account for scripts.
//
// Faults: BadData (also for a username that is taken).
func (a *App) CreateServiceAccount(ctx context.Context, c Caller, in NewServiceAccount) (*access.Account, error) {
	person := store.Person{Kind: string(access.KindServiceAccount), Name: strings.TrimSpace(in.Name), Username: strings.TrimSpace(in.Username)}
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		if person.Username == "" {
			return fault.Field("/body/username", "A service account needs a username.")
		}
		if err := fault.Invalid(validNames(person.Name, person.Username, "")...); err != nil {
			return err
		}
		if err := rootRole(d.State, in.RootRole); err != nil {
			return err
		}
		person.ID, person.CreatedAt = d.NextAccountID(), d.Now
		d.Add(state.Scope{}, state.ServiceAccountCreated{ID: person.ID, RootRole: in.RootRole})
		return nil
	}, func(tx *store.Tx) error { return taken(tx.AddPerson(person)) })
	if err != nil {
		return nil, err
	}
	return s.Account(person.ID), nil
}

// ServiceAccountChange is what to change of a service account; nil: it stays.
type ServiceAccountChange struct {
	Name     *string
	RootRole *access.RoleID
}

// UpdateServiceAccount changes an account for scripts.
//
// Faults: NotFound, BadData.
func (a *App) UpdateServiceAccount(ctx context.Context, c Caller, id int64, change ServiceAccountChange) (*access.Account, error) {
	return a.updateAccount(ctx, c, access.KindServiceAccount, id, store.PersonChange{Name: trimmed(change.Name)}, change.RootRole)
}

// DeleteServiceAccount removes an account for scripts; its tokens open nothing any more.
//
// Faults: NotFound.
func (a *App) DeleteServiceAccount(ctx context.Context, c Caller, id int64) error {
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		old, err := account(d.State, access.KindServiceAccount, id)
		if err != nil {
			return err
		}
		d.Add(state.Scope{}, state.ServiceAccountDeleted{ID: id, RootRole: old.RootRole})
		return nil
	}, func(tx *store.Tx) error { return tx.DeletePerson(id) })
	return err
}
