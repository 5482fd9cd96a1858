// Package payload holds what SDKs are sent, kept in step with the state.
//
// For each environment there is a [Set]: every flag as the bytes that SDKs are sent
// and, once somebody asks Quorate itself to evaluate, in compiled form. A set never
// changes. When the state moves, [Payload.Follow] makes the next one from it: only the
// flags that the change touched are made again, all else is shared, and open streams
// are told at once.
//
// What costs more is made by the first who asks for it and kept until the
// environment moves again: whole answers to a [Query], and their compressed forms.
//
// Everything here is values and bytes. Who may ask for which query belongs in
// identity; headers, status codes and reading requests belong in sdkapi and ofrep.
package payload

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// DefaultEnvironment is served to a token that names no environment.
const DefaultEnvironment flag.EnvironmentName = "development"

// Options configure a Payload.
type Options struct {
	// MaxStreams bounds how many streams are open at once; 0 means 10,000.
	MaxStreams int
}

// Payload is what SDKs are sent in all environments. Its methods may be called from
// several goroutines at once.
type Payload struct {
	// sets holds the current set of each environment that somebody has asked for. The
	// map is replaced, never changed, so that readers take no lock.
	sets atomic.Pointer[map[flag.EnvironmentName]*Set]

	mu       sync.Mutex // held while sets are replaced and streams come and go
	state    *state.State
	segments map[flag.SegmentID]*segment // those that a flag of some set uses
	streams  streams
}

// New returns the payload of a state.
func New(s *state.State, o Options) *Payload {
	if o.MaxStreams == 0 {
		o.MaxStreams = 10_000
	}
	p := &Payload{state: s, segments: map[flag.SegmentID]*segment{}}
	p.streams.limit = o.MaxStreams
	p.sets.Store(&map[flag.EnvironmentName]*Set{})
	return p
}

// Set returns the current set of an environment. An environment that does not exist has
// one too: every flag is off there.
func (p *Payload) Set(env flag.EnvironmentName) *Set {
	if env == "" {
		env = DefaultEnvironment
	}
	if s := (*p.sets.Load())[env]; s != nil {
		return s
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.make(env)
}

// make returns the set of an environment, and makes it from the state if there is none.
// The caller holds mu.
func (p *Payload) make(env flag.EnvironmentName) *Set {
	sets := *p.sets.Load()
	if s := sets[env]; s != nil {
		return s
	}
	s := newSet(p.state, env, p.segment)
	sets = maps.Clone(sets)
	sets[env] = s
	p.sets.Store(&sets)
	return s
}

// segment returns the segment of an id as flags use it, or nil if there is none. The
// caller holds mu.
func (p *Payload) segment(id flag.SegmentID) *segment {
	if have := p.segments[id]; have != nil {
		return have
	}
	source := p.state.Segment(id)
	if source == nil {
		return nil
	}
	made := newSegment(source)
	p.segments[id] = made
	return made
}

// Follow moves on to the state after a change, with the events that led there from
// the state before. It returns once every stream has been handed its part. If
// the events do not continue the state that Follow saw last, everything is made anew and
// all streams are ended, so that their clients come back for the whole.
func (p *Payload) Follow(after *state.State, events []state.Applied) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.state
	p.state = after
	if len(events) == 0 || events[0].Stored.Revision != before.Revision()+1 {
		p.startAnew()
		return
	}
	for _, id := range segmentsTouched(events) {
		delete(p.segments, id) // made again by the first flag that uses it
	}
	old := *p.sets.Load()
	sets := maps.Clone(old)
	for env, s := range old {
		if after.Served(env) != s.head {
			sets[env] = s.next(after, touchedIn(env, after, events), p.segment)
		}
	}
	p.sets.Store(&sets)
	for env, s := range sets {
		if s != old[env] {
			p.streams.tell(s, old[env].head.Revision)
		}
	}
}

// startAnew forgets all sets and ends all streams. The caller holds mu.
func (p *Payload) startAnew() {
	p.segments = map[flag.SegmentID]*segment{}
	p.sets.Store(&map[flag.EnvironmentName]*Set{})
	p.streams.endAll()
}

// touched is what a change may have made different in one environment.
type touched struct {
	flags    []flag.Name      // sorted, without duplicates
	segments []flag.SegmentID // sorted, without duplicates
}

// touchedIn returns what events touched in an environment.
func touchedIn(env flag.EnvironmentName, after *state.State, events []state.Applied) touched {
	var t touched
	for i := range events {
		touch := &events[i].Touch
		if !touch.Served || touch.Environment != "" && touch.Environment != env {
			continue
		}
		if touch.Feature != "" {
			t.flags = append(t.flags, touch.Feature)
		}
		if touch.Segment != 0 {
			t.segments = append(t.segments, touch.Segment)
		}
		if touch.Project != "" {
			for f := range after.FlagsOf(touch.Project) {
				t.flags = append(t.flags, f.Name)
			}
		}
	}
	slices.Sort(t.flags)
	slices.Sort(t.segments)
	t.flags, t.segments = slices.Compact(t.flags), slices.Compact(t.segments)
	return t
}

// segmentsTouched returns the segments that events touched in any environment.
func segmentsTouched(events []state.Applied) []flag.SegmentID {
	var ids []flag.SegmentID
	for i := range events {
		if id := events[i].Touch.Segment; id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
