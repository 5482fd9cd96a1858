package app

import (
	"context"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// People have two halves: what they may do is in the ledger under an id, and who they are is in a row beside it, which can be erased
// (docs/where-things-live.md). Each use case here writes both in one transaction: the events are decided first, and the rows are
// written, and refused if a name is taken, while the batch is being stored. A refusal there takes the events back.

// NewUser is a person to be. One of Username and Email is needed.
type NewUser struct {
	Name, Username, Email string
	Password              string // empty: the person gets a link to choose one
	RootRole              access.RoleID
}

// CreateUser makes a person. Without a password, it returns the secret of a link by which
// the person chooses one within a day.
// The permission is asked for before the password is hashed, which takes long, and again when it is decided.
//
// Faults: BadData (also for a name that is taken), WeakPassword.
func (a *App) CreateUser(ctx context.Context, c Caller, in NewUser) (account *access.Account, link string, err error) {
	if err := c.Actor.Require("", "", access.Admin); err != nil {
		return nil, "", err
	}
	return a.createUser(ctx, c, in, func(d *decide.Decision) error { return d.Require("", "", access.Admin) }, nil)
}

// createUser makes a person if may agrees. also, which may be nil, runs in the transaction before the person's row is written, and
// may fill in the rest of it.
func (a *App) createUser(ctx context.Context, c Caller, in NewUser, may func(*decide.Decision) error, also func(*store.Tx, *store.Person) error) (*access.Account, string, error) {
	person := store.Person{
		Kind: string(access.KindUser), Name: strings.TrimSpace(in.Name), Username: strings.TrimSpace(in.Username), Email: strings.TrimSpace(in.Email),
	}
	if person.Username == "" && person.Email == "" {
		return nil, "", fault.New(fault.BadData, "You must specify username or email")
	}
	if err := fault.Invalid(validNames(person.Name, person.Username, person.Email)...); err != nil {
		return nil, "", err
	}
	if in.Password != "" {
		var err error
		if person.PasswordHash, err = a.people.HashPassword(ctx, 0, in.Password); err != nil {
			return nil, "", err
		}
	}
	var secret string
	var link store.ResetToken
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := may(d); err != nil {
			return err
		}
		if err := rootRole(d.State, in.RootRole); err != nil {
			return err
		}
		person.ID, person.CreatedAt = d.NextAccountID(), d.Now
		if person.PasswordHash == "" {
			secret, link = newResetToken(d, person.ID)
		}
		d.Add(state.Scope{}, state.UserCreated{ID: person.ID, RootRole: in.RootRole})
		return nil
	}, func(tx *store.Tx) error {
		if also != nil {
			if err := also(tx, &person); err != nil {
				return err
			}
		}
		if err := tx.AddPerson(person); err != nil {
			return taken(err)
		}
		if secret == "" {
			return nil
		}
		return tx.PutResetToken(link)
	})
	if err != nil {
		return nil, "", err
	}
	return s.Account(person.ID), secret, nil
}

// SeedAdmin makes the first person, an administrator, unless there is somebody already.
// The password is taken as it is; if it is empty, the secret of a link to choose one is
// returned. Who was not made, has no id.
// Deleted people count as somebody: an instance that had people does not let one in by a setting.
func (a *App) SeedAdmin(ctx context.Context, username, password string) (id int64, link string, err error) {
	person := store.Person{Kind: string(access.KindUser), Username: username}
	if password != "" {
		if person.PasswordHash, err = a.people.HashAny(ctx, password); err != nil {
			return 0, "", err
		}
	}
	var token store.ResetToken
	_, err = a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		// The decision may be made again, when somebody else was made meanwhile.
		person.ID, link = 0, ""
		if d.NextAccountID() > 1 {
			return nil
		}
		person.ID, person.CreatedAt = d.NextAccountID(), d.Now
		if password == "" {
			link, token = newResetToken(d, person.ID)
		}
		d.Add(state.Scope{}, state.UserCreated{ID: person.ID, RootRole: access.RoleAdmin})
		return nil
	}, func(tx *store.Tx) error {
		if err := tx.AddPerson(person); err != nil || link == "" {
			return taken(err)
		}
		return tx.PutResetToken(token)
	})
	if err != nil {
		return 0, "", err
	}
	return person.ID, link, nil
}

// SignUp makes a person, a Viewer, who comes by an invite link.
// Whether the link is open is asked before the password is hashed, so that strangers cannot make the server work, and again in the
// transaction.
//
// Faults: BadData (also for a link that is not open any more), NameExists, WeakPassword.
func (a *App) SignUp(ctx context.Context, origin Origin, secret string, in NewUser) (*access.Account, error) {
	if _, err := a.people.InviteLink(ctx, secret); err != nil {
		return nil, err
	}
	if in.Password == "" {
		return nil, fault.Field("/body/password", "The `/body/password` property is required. It was not present on the data you sent.")
	}
	in.RootRole = access.RoleViewer
	made, _, err := a.createUser(ctx, Caller{Actor: access.System(), Origin: origin}, in,
		func(*decide.Decision) error { return nil },
		func(tx *store.Tx, p *store.Person) error {
			link, err := tx.InviteLink(store.DigestOf(secret))
			if err != nil {
				return err
			}
			if !link.Open(p.CreatedAt) {
				return fault.New(fault.BadData, "The invite link is not open any more.")
			}
			p.InviteLink = link.ID
			return nil
		})
	// Unleash answers 409 here, and 400 where an administrator makes a person (addPublicSignupTokenUser, createUser).
	if fault.Is(err, fault.BadData) && fault.As(err).Message == "User already exists" {
		return nil, fault.New(fault.NameExists, "User already exists")
	}
	return made, err
}

// UserChange is what to change of a person; nil: it stays.
type UserChange struct {
	Name, Email *string
	RootRole    *access.RoleID
}

// UpdateUser changes a person.
//
// Faults: NotFound; BadData (also for an address that is taken); Forbidden for who is provisioned;
// InvalidOperation if nobody would be left who administers.
func (a *App) UpdateUser(ctx context.Context, c Caller, id int64, change UserChange) (*access.Account, error) {
	return a.updateAccount(ctx, c, access.KindUser, id, store.PersonChange{Name: trimmed(change.Name), Email: trimmed(change.Email)}, change.RootRole)
}

// updateAccount changes a person or a service account.
// names with nothing in it leaves the row as it is. An account of another kind than asked for is not found.
func (a *App) updateAccount(ctx context.Context, c Caller, kind access.Kind, id int64, names store.PersonChange, role *access.RoleID) (*access.Account, error) {
	var leaves bool
	var others []int64
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		old, err := account(d.State, kind, id)
		if err != nil {
			return err
		}
		if err := fault.Invalid(validNames(orNone(names.Name), orNone(names.Username), orNone(names.Email))...); err != nil {
			return err
		}
		after := state.AccountChange{ID: id, Before: old.RootRole, After: old.RootRole}
		if role != nil {
			after.After = *role
		}
		if err := rootRole(d.State, after.After); err != nil {
			return err
		}
		if after.Before == after.After && names == (store.PersonChange{}) {
			return nil
		}
		was := isAdmin(d.State, id)
		if kind == access.KindServiceAccount {
			d.Add(state.Scope{}, state.ServiceAccountUpdated{AccountChange: after})
		} else {
			d.Add(state.Scope{}, state.UserUpdated{AccountChange: after})
		}
		// d.Add has brought d.State forward, so it is the state after.
		leaves = was && !isAdmin(d.State, id)
		others = admins(d.State, id)
		return nil
	}, func(tx *store.Tx) error {
		// Who is provisioned is known by the row, so it is asked in the transaction.
		if err := namesProvisioned(a.State(), tx, id, names); err != nil {
			return err
		}
		if leaves {
			if err := keepAdmin(tx, id, others); err != nil {
				return err
			}
		}
		if err := tx.UpdatePerson(id, names); err != nil {
			return taken(err)
		}
		p, err := tx.Person(id)
		if err == nil && p.Email == "" && p.Username == "" {
			return fault.New(fault.BadData, "You must specify username or email")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Account(id), nil
}

// trimmed returns a text without spaces around it; nil stays nil.
func trimmed(s *string) *string {
	if s == nil {
		return nil
	}
	return new(strings.TrimSpace(*s))
}

// orNone returns a text, empty for nil.
func orNone(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// DeleteUsers removes people, with all that is about them; their ids stay in the ledger.
// Their sessions and personal tokens end with the event, on every node.
//
// Faults: NotFound; Forbidden for who is provisioned; InvalidOperation for oneself, and if nobody
// would be left who administers.
func (a *App) DeleteUsers(ctx context.Context, c Caller, ids ...int64) error {
	return a.deleteUsers(ctx, c, nil, func(tx *store.Tx, id int64) error { return notProvisioned(a.State(), tx, id) }, ids...)
}

// deleteUsers removes people, unless check refuses. also runs for each, first, in the same transaction. Both may be nil.
func (a *App) deleteUsers(ctx context.Context, c Caller, check func(*state.State) error, also func(tx *store.Tx, id int64) error, ids ...int64) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var leaving, others []int64
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		if check != nil {
			if err := check(d.State); err != nil {
				return err
			}
		}
		leaving = nil
		for _, id := range ids {
			old, err := account(d.State, access.KindUser, id)
			if err != nil {
				return err
			}
			if old.Ref() == c.Actor.Ref {
				return fault.New(fault.InvalidOperation, "You cannot delete yourself. Ask another administrator.")
			}
			if isAdmin(d.State, id) {
				leaving = append(leaving, id)
			}
			d.Add(state.Scope{}, state.UserDeleted{ID: id, RootRole: old.RootRole})
		}
		// After the events: none of those who are leaving is among them.
		others = admins(d.State, 0)
		return nil
	}, func(tx *store.Tx) error {
		for _, id := range leaving {
			if err := keepAdmin(tx, id, others); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if also != nil {
				if err := also(tx, id); err != nil {
					return err
				}
			}
			if err := tx.DeletePerson(id); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
