package state

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
)

// Applied is one event of a batch together with what it touched.
type Applied struct {
	Event
	Stored ledger.Event
	Touch  Touch
}

// Decoded is a stored batch in typed form. Decoding needs no state, so it can be done ahead.
type Decoded struct {
	entries []ledger.Entry
	events  []Event // of the entries, up to the first that cannot be decoded
	failed  error   // why that one cannot; nil if all can
}

// DecodeBatch returns a batch in typed form. What cannot be decoded, FoldDecoded will say.
func DecodeBatch(batch []ledger.Entry) Decoded {
	d := Decoded{entries: batch, events: make([]Event, 0, len(batch))}
	for i := range batch {
		event, err := Decode(batch[i].Event)
		if err != nil {
			d.failed = err
			break
		}
		d.events = append(d.events, event)
	}
	return d
}

// Fold returns the state after a whole batch, and its events in typed form. The
// old state stays as it is, also on an error.
//
// Errors: *UnknownEventError, *MisfitError.
func Fold(s *State, batch []ledger.Entry) (*State, []Applied, error) {
	return FoldDecoded(s, DecodeBatch(batch))
}

// FoldDecoded is Fold for a batch that was decoded before.
func FoldDecoded(s *State, batch Decoded) (*State, []Applied, error) {
	next := *s
	applied := make([]Applied, 0, len(batch.events))
	for i, event := range batch.events {
		a, err := next.step(&batch.entries[i], event)
		if err != nil {
			return s, nil, err
		}
		applied = append(applied, a)
	}
	if batch.failed != nil || len(batch.entries) == 0 {
		return s, nil, batch.failed
	}
	last := &batch.entries[len(batch.entries)-1]
	next.head = ledger.Head{Revision: last.Revision, Hash: last.Hash}
	next.at = last.At
	for _, a := range applied {
		if a.Touch.Served {
			next.served = next.served.with(string(a.Touch.Environment), next.head)
		}
	}
	return &next, applied, nil
}

// step applies one stored event, which was decoded, to s.
func (s *State) step(entry *ledger.Entry, event Event) (Applied, error) {
	place := Place{Scope: event.Scope, At: entry.At, Actor: entry.Actor}
	err := s.apply(event, place)
	if errors.Is(err, errNewer) {
		return Applied{}, &UnknownEventError{Type: entry.Type, Revision: entry.Revision}
	}
	if err != nil {
		return Applied{}, &MisfitError{Type: entry.Type, Revision: entry.Revision, Reason: err.Error()}
	}
	return Applied{Event: event, Stored: entry.Event, Touch: event.Payload.Touch(event.Scope)}, nil
}

// apply applies a typed event to s. Only the first event may, and must, create the ledger.
func (s *State) apply(event Event, place Place) error {
	_, creates := event.Payload.(LedgerCreated)
	if creates != (s.format == 0) {
		return errors.New("a ledger begins with exactly one ledger-created")
	}
	before := *s
	if err := event.Payload.apply(s, place); err != nil {
		return err
	}
	if _, ok := event.Payload.(granting); ok {
		s.markGranted(&before, access.Ref(place.Actor))
	}
	return nil
}

// Preview returns the state as it would be after the events, for deciding on the
// result of a decision and for showing it. Its head is that of s.
func Preview(s *State, events []Event, at Place) (*State, error) {
	next := *s
	for _, e := range events {
		at.Scope = e.Scope
		if err := next.apply(e, at); err != nil {
			return s, fmt.Errorf("state: preview %s: %w", e.Payload.EventType(), err)
		}
	}
	return &next, nil
}

// putFlag stores a flag and keeps the indexes in step. What the indexes know already is left
// alone: most changes move a flag neither between projects nor to other segments.
func (s *State) putFlag(f *flag.Flag) {
	old := s.Flag(f.Name)
	known, wanted := indexOf(old), indexOf(f)
	if old != nil && old.Project != f.Project {
		s.flagsOf = s.flagsOf.without(pair(old.Project, f.Name))
	}
	if old == nil || old.Project != f.Project {
		s.flagsOf = s.flagsOf.with(pair(f.Project, f.Name), f.Name)
	}
	s.unindex(f.Name, known.without(wanted))
	s.flags = s.flags.with(string(f.Name), f)
	added := wanted.without(known)
	for _, parent := range added.parents {
		s.children = s.children.with(pair(parent, f.Name), f.Name)
	}
	for _, id := range added.segments {
		s.segmentUsers = s.segmentUsers.with(number(id)+string(f.Name), f.Name)
	}
}

// dropFlag removes a flag for good.
func (s *State) dropFlag(f *flag.Flag) {
	s.flagsOf = s.flagsOf.without(pair(f.Project, f.Name))
	s.unindex(f.Name, indexOf(f))
	s.flags = s.flags.without(string(f.Name))
}

func (s *State) unindex(name flag.Name, gone flagIndex) {
	for _, parent := range gone.parents {
		s.children = s.children.without(pair(parent, name))
	}
	for _, id := range gone.segments {
		s.segmentUsers = s.segmentUsers.without(number(id) + string(name))
	}
}

// flagIndex is by what other than its name and project a flag can be found.
type flagIndex struct {
	parents  []flag.Name
	segments []flag.SegmentID
}

// indexOf returns by what a flag can be found; nothing if there is no flag.
func indexOf(f *flag.Flag) flagIndex {
	var at flagIndex
	if f == nil {
		return at
	}
	for _, d := range f.Dependencies {
		at.parents = append(at.parents, d.Feature)
	}
	for id := range f.Segments() {
		if !slices.Contains(at.segments, id) {
			at.segments = append(at.segments, id)
		}
	}
	return at
}

// without returns what is in at and not in other.
func (at flagIndex) without(other flagIndex) flagIndex {
	return flagIndex{missing(at.parents, other.parents), missing(at.segments, other.segments)}
}

func missing[T comparable](of, in []T) []T {
	var out []T
	for _, v := range of {
		if !slices.Contains(in, v) {
			out = append(out, v)
		}
	}
	return out
}

// scoped returns the scope's flag. The scope must name the flag's own project, since
// that is where the gate asks.
func (s *State) scoped(at Place) (*flag.Flag, error) {
	f := s.Flag(at.Feature)
	switch {
	case f == nil:
		return nil, fmt.Errorf("there is no flag %q", at.Feature)
	case f.Project != at.Project:
		return nil, fmt.Errorf("flag %q is in project %q, not in %q", at.Feature, f.Project, at.Project)
	default:
		return f, nil
	}
}

// editFlag changes a copy of the scope's flag, as changeFlag does.
func (s *State) editFlag(at Place, edit func(*flag.Flag) error) error {
	f, err := s.scoped(at)
	if err != nil {
		return err
	}
	return s.changeFlag(f, edit)
}

// changeFlag changes a copy of the flag and stores it. The copy's Environments are
// its own; what lies deeper is shared and must be replaced, not changed.
func (s *State) changeFlag(old *flag.Flag, edit func(*flag.Flag) error) error {
	f := *old
	f.Environments = append([]flag.FlagEnvironment(nil), old.Environments...)
	if err := edit(&f); err != nil {
		return err
	}
	s.putFlag(&f)
	return nil
}

// editFlagEnvironment changes a copy of the scope's flag in the scope's environment.
func (s *State) editFlagEnvironment(at Place, edit func(*flag.FlagEnvironment) error) error {
	return s.editFlag(at, func(f *flag.Flag) error {
		env := f.In(at.Environment)
		if env == nil {
			return fmt.Errorf("flag %q has no environment %q", at.Feature, at.Environment)
		}
		return edit(env)
	})
}
