package identity

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// Person is who an account is.
type Person = store.Person

// Provisioned is what a SCIM client keeps about a person.
type Provisioned = store.Provisioned

// Person returns who an account is, or a NotFound fault.
func (i *Identity) Person(ctx context.Context, account int64) (Person, error) {
	p, err := i.db.Person(ctx, account)
	if errors.Is(err, store.ErrNotFound) {
		return p, fault.New(fault.NotFound, "Could not find user with id %d", account)
	}
	return p, away(err)
}

// Named returns who has the name as e-mail address or username, or a NotFound fault.
func (i *Identity) Named(ctx context.Context, name string) (Person, error) {
	p, err := i.db.PersonNamed(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return p, fault.New(fault.NotFound, "Could not find user with the name or e-mail address %q", name)
	}
	return p, away(err)
}

// People returns all people and service accounts, by id.
func (i *Identity) People(ctx context.Context) ([]Person, error) {
	people, err := i.db.People(ctx)
	return people, away(err)
}

// SearchPeople returns those whose name, username or e-mail address has the text in it.
func (i *Identity) SearchPeople(ctx context.Context, text string) ([]Person, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, nil
	}
	people, err := i.People(ctx)
	var found []Person
	for _, p := range people {
		if strings.Contains(strings.ToLower(p.Name+"\n"+p.Username+"\n"+p.Email), text) {
			found = append(found, p)
		}
	}
	return found, err
}

// kept is everyone, without passwords, until somebody changes. It stays for who reads while
// the database is away.
type kept struct {
	mu      sync.Mutex
	changes int // so that what was read before a change does not count as new after it
	fresh   bool
	people  map[int64]Person
	names   map[int64]string
}

// changed says that what is kept is not the newest, and that an account is deleted; 0: none.
func (k *kept) changed(deleted int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changes++
	k.fresh = false
	if _, there := k.people[deleted]; there {
		k.people, k.names = maps.Clone(k.people), maps.Clone(k.names) // readers have the old ones
		delete(k.people, deleted)
		delete(k.names, deleted)
	}
}

// atHand returns everyone as kept, or read anew if somebody has changed.
func (i *Identity) atHand(ctx context.Context) (map[int64]Person, map[int64]string, error) {
	k := &i.kept
	k.mu.Lock()
	people, names, fresh, changes := k.people, k.names, k.fresh, k.changes
	k.mu.Unlock()
	if fresh {
		return people, names, nil
	}
	all, err := i.db.People(ctx)
	if err != nil {
		if people != nil {
			return people, names, nil
		}
		return nil, nil, away(err)
	}
	people, names = make(map[int64]Person, len(all)), make(map[int64]string, len(all))
	for _, p := range all {
		p.PasswordHash = ""
		people[p.ID], names[p.ID] = p, p.Username
		if p.Email != "" {
			names[p.ID] = p.Email
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changes == changes {
		k.people, k.names, k.fresh = people, names, true
	}
	return people, names, nil
}

// Names returns what accounts are called in the event log, by their ids: the e-mail
// address, or else the username. People who are deleted are missing. The map must not
// be changed.
func (i *Identity) Names(ctx context.Context) (map[int64]string, error) {
	_, names, err := i.atHand(ctx)
	return names, err
}

// PersonAtHand is Person for who only shows it: without the password's hash, maybe not
// with the newest times, but also while the database is away.
func (i *Identity) PersonAtHand(ctx context.Context, account int64) (Person, error) {
	people, _, err := i.atHand(ctx)
	if err != nil {
		return Person{}, err
	}
	p, there := people[account]
	if !there {
		return Person{}, fault.New(fault.NotFound, "Could not find user with id %d", account)
	}
	return p, nil
}

// PersonalTokenUses returns when personal tokens were last used, to the second, by their
// ids, as TokenUses does for API tokens.
func (i *Identity) PersonalTokenUses(ctx context.Context) (map[int64]time.Time, error) {
	all, err := i.db.PersonalTokenUses(ctx)
	if err != nil {
		return nil, away(err)
	}
	for token, at := range i.personalUses.unwritten() {
		if at.After(all[token]) {
			all[token] = at
		}
	}
	return all, nil
}
