package eventlog

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// Creator is someone who made events, as the event log names them. Ids are Unleash's:
// those of people and service accounts, and a fixed one each for Quorate itself and
// for all admin tokens together.
type Creator struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// system is Quorate acting by itself, under the name that tools know. Unleash gives its own events this id and name, and
// tools filter by them; people read Quorate (see shown).
var system = Creator{ID: -1337, Name: "unleash_system_user"}

// shown returns the name by which people know somebody.
func (c Creator) shown() string {
	if c == system {
		return "Quorate"
	}
	return c.Name
}

// adminTokens are all admin tokens together; each has a name of its own as well. Unleash has one fixed id for them, too, so
// a filter by creator means all of them.
var adminTokens = Creator{ID: -42, Name: "Admin tokens"}

// CreatorOf returns who stands behind an actor's reference. A token that is deleted has
// no name any more. People go by their references here, since their names are not in the state.
func CreatorOf(s *state.State, actor string) Creator { return creators{state: s}.of(actor) }

// Creator returns who stands behind an actor's reference, also of a token that is deleted.
func (l *Log) Creator(ctx context.Context, actor string) (Creator, error) {
	known, err := l.creators(ctx, []ledger.Event{{Actor: actor}})
	return known.of(actor), err
}

// creators names the actors of events.
type creators struct {
	state *state.State
	// gone has the names of deleted tokens by their ids.
	gone map[int64]string
	// people has what people and service accounts are called, by their ids.
	people map[int64]string
}

// of returns who an actor is. One that nobody can name any more keeps its reference. The reference (user:7) is what the
// ledger keeps for ever, and is all that is left of a person who was deleted.
func (c creators) of(actor string) Creator {
	ref := access.Ref(actor)
	switch ref.Kind() {
	case access.KindSystem:
		return system
	case access.KindAdminToken, access.KindToken:
		name := actor
		if token := c.state.Token(ref.ID()); token != nil {
			name = token.Name
		} else if gone, ok := c.gone[ref.ID()]; ok {
			name = gone
		}
		return Creator{ID: adminTokens.ID, Name: name}
	default:
		return Creator{ID: ref.ID(), Name: cmp.Or(c.people[ref.ID()], actor)}
	}
}

// creators returns the names of the actors of some events. Only if one of them was a
// token that is deleted by now, the ledger is asked for its name.
func (l *Log) creators(ctx context.Context, events []ledger.Event) (creators, error) {
	known := creators{state: l.state(), people: l.people(ctx)}
	// Other tokens open SDKs' APIs alone, and make no events.
	unknown := slices.ContainsFunc(events, func(e ledger.Event) bool {
		ref := access.Ref(e.Actor)
		return ref.Kind() == access.KindAdminToken && known.state.Token(ref.ID()) == nil
	})
	if !unknown {
		return known, nil
	}
	var err error
	known.gone, err = l.deletedTokens(ctx)
	return known, err
}

// people returns what people are called. Without their names, events show their ids. Their names are a help and not the log
// itself, so a failure to read them does not keep anyone from it.
func (l *Log) people(ctx context.Context) map[int64]string {
	if l.names == nil {
		return nil
	}
	names, err := l.names(ctx)
	if err != nil {
		return nil
	}
	return names
}

// Creators returns everyone who made events, by name.
func (l *Log) Creators(ctx context.Context) ([]Creator, error) {
	actors, err := l.actors(ctx)
	if err != nil {
		return nil, err
	}
	var all []Creator
	known := creators{state: l.state(), people: l.people(ctx)}
	for _, actor := range actors {
		by := known.of(actor)
		if by.ID == adminTokens.ID {
			by = adminTokens
		}
		if !slices.Contains(all, by) {
			all = append(all, by)
		}
	}
	slices.SortFunc(all, func(a, b Creator) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// actorsOf returns the references of the actors who go by one of the ids. actors returns a new slice, so it may be cut down
// here. Names are not needed to tell ids.
func (l *Log) actorsOf(ctx context.Context, ids []int64) ([]string, error) {
	actors, err := l.actors(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(actors, func(actor string) bool {
		return !slices.Contains(ids, creators{state: l.state()}.of(actor).ID)
	}), nil
}
