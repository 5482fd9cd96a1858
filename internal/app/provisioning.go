package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// SetProvisioning turns SCIM on or off. With it on for the first time comes a token, whose secret
// is returned.
func (a *App) SetProvisioning(ctx context.Context, c Caller, enabled bool) (secret string, err error) {
	return a.setProvisioning(ctx, c, func(before state.Provisioning) (state.Provisioning, bool) {
		after := before
		after.Enabled = enabled
		return after, enabled && before.TokenDigest == ""
	})
}

// NewProvisioningToken makes another token for SCIM and returns its secret. The one before opens
// nothing any more.
func (a *App) NewProvisioningToken(ctx context.Context, c Caller) (secret string, err error) {
	return a.setProvisioning(ctx, c, func(before state.Provisioning) (state.Provisioning, bool) { return before, true })
}

// setProvisioning decides what is set about SCIM; with a new token, if change says so.
func (a *App) setProvisioning(ctx context.Context, c Caller, change func(state.Provisioning) (after state.Provisioning, token bool)) (string, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	var secret string
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		before := d.Provisioning()
		after, token := change(before)
		secret = ""
		if token {
			secret = "scim:" + hex.EncodeToString(random)
			after.TokenDigest = a.keys.Digest(secret)
		}
		return setSetting(d, state.ProvisioningSetting, before, after)
	})
	return secret, err
}

// ProvisionedUser is a person as a SCIM client describes them.
type ProvisionedUser struct {
	UserName, Email, Name             string
	GivenName, FamilyName, ExternalID string
	Active                            bool
}

// ProvisionUser makes a person for a SCIM client, or makes the person with an id what the client
// says; id 0 is a new one, a Viewer. Who becomes inactive is suspended: sessions end, and
// tokens open nothing, on every node. It returns the id.
//
// as says on a state what the person is to be, nil: as now. It is asked again if anything was written meanwhile, on any node.
// So it may read the person's row as well, for nobody changes one without an event: what it has read holds when this is written.
//
// Faults: NotFound, BadData; NameExists for a name that somebody has; InvalidOperation if nobody
// would be left who administers. What as returns, too.
func (a *App) ProvisionUser(ctx context.Context, c Caller, id int64, as func(*state.State) (*ProvisionedUser, error)) (int64, error) {
	var person store.Person
	var at store.Provisioned
	var ends bool
	var lost, left []int64
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		in, err := as(d.State)
		if in == nil || err != nil {
			return err
		}
		if person, err = personOf(*in); err != nil {
			return err
		}
		was := d.State
		at = store.Provisioned{At: d.Now, ExternalID: in.ExternalID, GivenName: in.GivenName, FamilyName: in.FamilyName}
		person.ID, person.CreatedAt = id, d.Now
		if id == 0 {
			person.ID = d.NextAccountID()
			d.Add(state.Scope{}, state.UserCreated{ID: person.ID, RootRole: access.RoleViewer})
		} else {
			old, err := account(d.State, access.KindUser, id)
			if err != nil {
				return err
			}
			d.Add(state.Scope{}, state.UserUpdated{AccountChange: state.AccountChange{ID: id, Before: old.RootRole, After: old.RootRole}})
		}
		ends = suspend(d, person.ID, !in.Active)
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error {
		if err := keepAdmins(tx, lost, left); err != nil {
			return err
		}
		if err := putPerson(tx, id, person); err != nil {
			return err
		}
		if ends {
			if err := tx.DeleteSessions(person.ID, nil); err != nil {
				return err
			}
		}
		return tx.SetProvisioned(person.ID, at)
	})
	return cmp.Or(id, person.ID), err
}

// personOf returns the names of a person as a client describes them.
func personOf(in ProvisionedUser) (store.Person, error) {
	username, email := strings.TrimSpace(in.UserName), strings.TrimSpace(in.Email)
	if email == "" && validEmail(username) {
		email = username
	}
	if strings.EqualFold(username, email) {
		username = "" // the address alone names the person
	}
	person := store.Person{Kind: string(access.KindUser), Name: in.Name, Username: username, Email: email}
	if username == "" && email == "" {
		return person, fault.Field("userName", "The attribute userName is required.")
	}
	return person, fault.Invalid(validNames(in.Name, username, email)...)
}

// suspend decides whether an account is suspended, and reports whether it becomes so.
func suspend(d *decide.Decision, id int64, suspended bool) bool {
	if d.Account(id).Suspended == suspended {
		return false
	}
	if !suspended {
		d.Add(state.Scope{}, state.UserReinstated{ID: id})
		return false
	}
	d.Add(state.Scope{}, state.UserSuspended{ID: id})
	d.Add(state.Scope{}, state.SessionsRevoked{Account: id})
	return true
}

// putPerson adds a person, or changes the one with an id.
func putPerson(tx *store.Tx, id int64, p store.Person) error {
	var err error
	if id == 0 {
		err = tx.AddPerson(p)
	} else {
		err = tx.UpdatePerson(id, store.PersonChange{Name: &p.Name, Username: &p.Username, Email: &p.Email})
	}
	if errors.Is(err, store.ErrTaken) {
		return fault.New(fault.NameExists, "Somebody else has this userName or e-mail address.")
	}
	return err
}

// DeprovisionUser removes a person for a SCIM client, with all that is about them, unless check refuses, which is asked as in
// ProvisionUser.
//
// Faults: NotFound; InvalidOperation if nobody would be left who administers. What check returns, too.
func (a *App) DeprovisionUser(ctx context.Context, c Caller, id int64, check func(*state.State) error) error {
	return a.deleteUsers(ctx, c, check, nil, id)
}

// DeleteProvisionedUsers removes the given people, as far as they are provisioned.
//
// Faults: InvalidOperation for oneself, and if nobody would be left who administers.
func (a *App) DeleteProvisionedUsers(ctx context.Context, c Caller, people []store.Person) error {
	if err := c.Actor.Require("", "", access.Admin); err != nil {
		return err
	}
	var ids []int64
	for _, p := range people {
		if p.Provisioned != nil {
			ids = append(ids, p.ID)
		}
	}
	return a.deleteUsers(ctx, c, nil, nil, ids...)
}

// notProvisioned refuses to touch by hand who is provisioned.
func notProvisioned(s *state.State, tx *store.Tx, id int64) error {
	if !s.Provisioning().Enabled {
		return nil
	}
	p, err := tx.Person(id)
	if err == nil && p.Provisioned != nil {
		return fault.New(fault.Forbidden, "This user is kept by your SCIM client. Change it there.")
	}
	return err
}

// namesProvisioned refuses to change by hand what a client keeps of a person; the role is people's own.
func namesProvisioned(s *state.State, tx *store.Tx, id int64, names store.PersonChange) error {
	p, err := tx.Person(id)
	if err != nil {
		return err
	}
	same := func(now string, then *string) bool { return then == nil || *then == now }
	if same(p.Name, names.Name) && same(p.Username, names.Username) && same(p.Email, names.Email) {
		return nil
	}
	return notProvisioned(s, tx, id)
}

// ProvisionedGroup is a group as a SCIM client describes it.
type ProvisionedGroup struct {
	Name, ExternalID string
	Members          []int64 // accounts
}

// ProvisionGroup makes a group for a SCIM client, or makes the group with an id what the client
// says; id 0 is a new one. What a client does not know of (description, root role, mappings) stays. as is asked as in
// ProvisionUser. It returns the id.
//
// Faults: NotFound, BadData, NameExists; InvalidOperation if nobody would be left who administers. What as returns, too.
func (a *App) ProvisionGroup(ctx context.Context, c Caller, id int64, as func(*state.State) (*ProvisionedGroup, error)) (int64, error) {
	made := id
	var lost, left []int64
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		lost, left = nil, nil
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		in, err := as(d.State)
		if in == nil || err != nil {
			return err
		}
		was := d.State
		before := access.Group{ID: d.NextGroupID(), CreatedAt: d.Now, CreatedBy: d.Actor.Ref}
		if id != 0 {
			group, err := Group(d.State, id)
			if err != nil {
				return err
			}
			before = *group
		}
		made = before.ID
		settings := settingsOf(&before)
		settings.Name, settings.Members = in.Name, in.Members
		after, err := madeOf(d, before, settings)
		if err != nil {
			return err
		}
		after.SCIMID, after.ExternalID = new(strconv.FormatInt(before.ID, 10)), in.ExternalID
		switch {
		case id == 0:
			d.Add(state.Scope{}, state.GroupCreated{Group: after})
		case !decide.Same(before, after):
			d.Add(state.Scope{}, state.GroupUpdated{Before: before, After: after})
			lost, left = adminsLost(was, d.State)
		}
		return nil
	}, func(tx *store.Tx) error { return keepAdmins(tx, lost, left) })
	return made, err
}

// DeprovisionGroup removes a group for a SCIM client, with what it gave its members, unless check refuses, which is asked as
// in ProvisionUser.
//
// Faults: NotFound; InvalidOperation if nobody would be left who administers. What check returns, too.
func (a *App) DeprovisionGroup(ctx context.Context, c Caller, id int64, check func(*state.State) error) error {
	return a.deleteGroups(ctx, c, func(g *access.Group) bool { return g.ID == id }, check)
}

// DeleteProvisionedGroups removes all groups that a SCIM client keeps.
//
// Faults: InvalidOperation if nobody would be left who administers.
func (a *App) DeleteProvisionedGroups(ctx context.Context, c Caller) error {
	return a.deleteGroups(ctx, c, func(g *access.Group) bool { return g.SCIMID != nil }, nil)
}

// deleteGroups removes the groups that are chosen, unless check, which may be nil, refuses.
func (a *App) deleteGroups(ctx context.Context, c Caller, chosen func(*access.Group) bool, check func(*state.State) error) error {
	var lost, left []int64
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		if check != nil {
			if err := check(d.State); err != nil {
				return err
			}
		}
		was := d.State
		for _, group := range slices.Collect(d.Groups()) {
			if chosen(group) {
				d.Add(state.Scope{}, state.GroupDeleted{Before: *group})
			}
		}
		lost, left = adminsLost(was, d.State)
		return nil
	}, func(tx *store.Tx) error { return keepAdmins(tx, lost, left) })
	return err
}

// keptByClient reports whether a SCIM client keeps a group.
func keptByClient(d *decide.Decision, g *access.Group) bool {
	return d.Provisioning().Enabled && g.SCIMID != nil
}
