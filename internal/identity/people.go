package identity

import (
	"context"
	"errors"
	"fmt"

	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// Person is who an account is.
type Person = store.Person

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

// names are the names of accounts, kept until one of them changes.
type names struct {
	mu      sync.Mutex
	changes int // so that what was read before a change is not kept after it
	byID    map[int64]string
}

func (n *names) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changes++
	n.byID = nil
}

// Names returns what accounts are called in the event log, by their ids: the e-mail
// address, or else the username. People who are deleted are missing. The map must not
// be changed.
func (i *Identity) Names(ctx context.Context) (map[int64]string, error) {
	i.names.mu.Lock()
	known, changes := i.names.byID, i.names.changes
	i.names.mu.Unlock()
	if known != nil {
		return known, nil
	}
	people, err := i.db.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: names: %w", err)
	}
	read := make(map[int64]string, len(people))
	for _, p := range people {
		read[p.ID] = p.Username
		if p.Email != "" {
			read[p.ID] = p.Email
		}
	}
	i.names.mu.Lock()
	defer i.names.mu.Unlock()
	if i.names.changes == changes {
		i.names.byID = read
	}
	return read, nil
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
