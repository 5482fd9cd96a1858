package app

import (
	"context"
	"errors"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// rememberedPasswords is how many of a person's passwords are not taken again: the
// present one and those before.
const rememberedPasswords = 5

// ChangePassword gives somebody another password, and ends the person's sessions.
//
// Faults: NotFound, WeakPassword, PreviousPassword.
func (a *App) ChangePassword(ctx context.Context, c Caller, id int64, password string) error {
	if err := c.Actor.Require("", "", access.Admin); err != nil {
		return err
	}
	return a.setPassword(ctx, c, id, password, func(d *decide.Decision) error { return d.Require("", "", access.Admin) },
		func(tx *store.Tx) error {
			return errors.Join(notProvisioned(a.State(), tx, id), tx.DeleteSessions(id, nil))
		})
}

// ChangeOwnPassword gives the caller another password, and ends the caller's sessions but
// for the one with the digest; nil: all of them.
//
// Faults: Forbidden for who is no person, PasswordMismatch for a wrong old password,
// WeakPassword, PreviousPassword.
func (a *App) ChangeOwnPassword(ctx context.Context, c Caller, session *store.Digest, old, password string) error {
	if c.Actor.Ref.Kind() != access.KindUser {
		return fault.New(fault.Forbidden, "Only people have passwords.")
	}
	id := c.Actor.Ref.ID()
	if err := a.people.CheckPassword(ctx, id, old); err != nil {
		return err
	}
	return a.setPassword(ctx, c, id, password, func(*decide.Decision) error { return nil },
		func(tx *store.Tx) error { return tx.DeleteSessions(id, session) })
}

// ResetPassword gives a password to who has a link to choose one. The link is used up, and
// the person's sessions end.
//
// Faults: InvalidToken, UsedToken, WeakPassword, PreviousPassword.
func (a *App) ResetPassword(ctx context.Context, origin Origin, secret, password string) error {
	link, err := a.people.ResetToken(ctx, secret)
	if err != nil {
		return err
	}
	actor, known := a.State().Actor(link.Account)
	if !known {
		return fault.New(fault.InvalidToken, "Token was not valid")
	}
	now := a.now()
	return a.setPassword(ctx, Caller{Actor: actor, Origin: origin}, link.Account, password, func(*decide.Decision) error { return nil },
		func(tx *store.Tx) error {
			if err := tx.UseResetToken(link.Digest, now); errors.Is(err, store.ErrNotFound) {
				return fault.New(fault.UsedToken, "The link was used already")
			} else if err != nil {
				return err
			}
			return tx.DeleteSessions(link.Account, nil)
		})
}

// setPassword decides that a person's password is another one. also runs first in the
// transaction.
func (a *App) setPassword(ctx context.Context, c Caller, id int64, password string, may func(*decide.Decision) error, also func(*store.Tx) error) error {
	if _, err := account(a.State(), access.KindUser, id); err != nil {
		return err
	}
	hash, err := a.people.HashPassword(ctx, id, password)
	if err != nil {
		return err
	}
	now := a.now()
	_, err = a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := may(d); err != nil {
			return err
		}
		old, err := account(d.State, access.KindUser, id)
		if err != nil {
			return err
		}
		d.Add(state.Scope{}, state.UserUpdated{AccountChange: state.AccountChange{ID: id, Before: old.RootRole, After: old.RootRole}})
		d.Add(state.Scope{}, state.SessionsRevoked{Account: id})
		return nil
	}, func(tx *store.Tx) error {
		if err := also(tx); err != nil {
			return err
		}
		return tx.SetPassword(id, hash, now, rememberedPasswords-1)
	})
	return err
}

// CreateResetLink returns the person with the e-mail address, and the secret of a link by which
// they choose another password within a day. Older links stop working. That somebody made it
// is on record.
//
// Faults: NotFound.
func (a *App) CreateResetLink(ctx context.Context, c Caller, email string) (store.Person, string, error) {
	if err := c.Actor.Require("", "", access.Admin); err != nil {
		return store.Person{}, "", err
	}
	person, err := a.people.Named(ctx, email)
	if err != nil {
		return store.Person{}, "", err
	}
	var secret string
	var link store.ResetToken
	_, err = a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		old, err := account(d.State, access.KindUser, person.ID)
		if err != nil {
			return err
		}
		secret, link = newResetToken(d, person.ID)
		d.Add(state.Scope{}, state.UserUpdated{AccountChange: state.AccountChange{ID: person.ID, Before: old.RootRole, After: old.RootRole}})
		return nil
	}, func(tx *store.Tx) error { return tx.PutResetToken(link) })
	return person, secret, err
}

// EndSessions ends all sessions of an account on all nodes: everyone may end their own,
// administrators everyone's.
//
// Faults: NotFound.
func (a *App) EndSessions(ctx context.Context, c Caller, id int64) error {
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := requireSelfOrAdmin(d, c, id); err != nil {
			return err
		}
		if _, err := account(d.State, access.KindUser, id); err != nil {
			return err
		}
		d.Add(state.Scope{}, state.SessionsRevoked{Account: id})
		return nil
	}, func(tx *store.Tx) error { return tx.DeleteSessions(id, nil) })
	return err
}

// EndSession ends one session of an account on all nodes: everyone may end their own,
// administrators everyone's.
//
// Faults: NotFound for the account.
func (a *App) EndSession(ctx context.Context, c Caller, id int64, session string) error {
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := requireSelfOrAdmin(d, c, id); err != nil {
			return err
		}
		if _, err := account(d.State, access.KindUser, id); err != nil {
			return err
		}
		d.Add(state.Scope{}, state.SessionsRevoked{Account: id})
		return nil
	}, func(tx *store.Tx) error { return tx.DeleteSession(session) })
	return err
}

// requireSelfOrAdmin refuses who is neither the person nor an administrator.
func requireSelfOrAdmin(d *decide.Decision, c Caller, id int64) error {
	if c.Actor.Ref == access.NewRef(access.KindUser, id) {
		return nil
	}
	return d.Require("", "", access.Admin)
}
