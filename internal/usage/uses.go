package usage

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
)

// When each flag was used, and which stages of its life (Unleash's lifecycle) it entered by that. The database has it for ever; each
// node has it in memory as well, since lists of flags are searched and sorted by it. The memory is fed from three sides, which may
// bring the same again and in any order: times only widen, and a stage is entered once.

// The stages of a flag's life that its use decides about. The others are told by the
// ledger: it is created, completed and archived there.
const (
	StageInitial = "initial" // only of a flag that was revived
	StagePreLive = "pre-live"
	StageLive    = "live"
)

// Use is what is known of the use of one flag. Its maps are shared: they must not be changed.
type Use struct {
	Seen    map[string]Seen      // by environment
	Entered map[string]time.Time // by stage; the completed and archived ones are not here

	last time.Time // the latest of Seen
}

// LastSeen returns when the flag was last used, the zero time if it never was.
func (u Use) LastSeen() time.Time { return u.last }

// uses keeps the use of every flag at hand, so that thousands of flags can be searched by
// it. It is read once, and then kept in step: with what this node writes down, with the
// ledger, and every while with what other nodes have written.
// until is when other nodes' rows were read last, by this node's clock.
type uses struct {
	mu     sync.RWMutex
	loaded bool
	until  time.Time // what was written before is known
	of     map[string]Use
}

const (
	// readOthersEvery is how old what other nodes have written may be.
	readOthersEvery = 30 * time.Second
	// writtenWithin is how long after it happened something is written down, clocks
	// that differ included.
	writtenWithin = time.Minute
)

// Uses returns what is known of the use of each flag. It asks the database the first time only; if that
// is away then, nothing is known yet, and flags are shown all the same.
// The function may be kept for one answer; what it returns may change between two calls. Two first callers may both read, which
// does no harm.
func (u *Usage) Uses(ctx context.Context) (func(feature string) Use, error) {
	u.uses.mu.RLock()
	loaded := u.uses.loaded
	u.uses.mu.RUnlock()
	if !loaded {
		if err := u.readUses(ctx, time.Time{}); err != nil && !fault.Is(err, fault.Unavailable) {
			return nil, err
		}
	}
	return u.useOf, nil
}

func (u *Usage) useOf(feature string) Use {
	u.uses.mu.RLock()
	defer u.uses.mu.RUnlock()
	return u.uses.of[feature]
}

// readUses reads what has happened since a time. What is known already stays.
func (u *Usage) readUses(ctx context.Context, since time.Time) error {
	now := u.Now()
	seen, err := u.DB.UsageSeen(ctx, since)
	if err != nil {
		return away("read uses", err)
	}
	stages, err := u.DB.FlagStages(ctx, since)
	if err != nil {
		return away("read uses", err)
	}
	u.uses.mu.Lock()
	defer u.uses.mu.Unlock()
	u.uses.note(seen, stages)
	u.uses.loaded, u.uses.until = true, now
	return nil
}

// readOthers reads what other nodes have written, if it is time to.
// What another node counted this minute may be written a moment later, so each read reaches back a little over the one before.
func (u *Usage) readOthers(ctx context.Context) error {
	u.uses.mu.RLock()
	due := u.uses.loaded && u.Now().Sub(u.uses.until) >= readOthersEvery
	since := u.uses.until.Add(-writtenWithin)
	u.uses.mu.RUnlock()
	if !due || u.DB.Engine() == store.SQLite { // which has no other nodes
		return nil
	}
	return u.readUses(ctx, since)
}

// note adds what has happened. The caller holds mu.
// Maps in it are replaced, never changed: readers have them.
func (u *uses) note(seen []store.UsageSeen, stages []store.FlagStage) {
	if u.of == nil {
		u.of = map[string]Use{}
	}
	for _, s := range seen {
		use := u.of[s.Feature]
		if have, ok := use.Seen[s.Environment]; ok {
			s = widened(have, s)
		}
		use.Seen = with(use.Seen, s.Environment, s)
		if s.Last.After(use.last) {
			use.last = s.Last
		}
		u.of[s.Feature] = use
	}
	for _, s := range stages {
		use := u.of[s.Feature]
		if _, entered := use.Entered[s.Stage]; !entered {
			use.Entered = with(use.Entered, s.Stage, s.At)
			u.of[s.Feature] = use
		}
	}
}

// with returns a copy of a map with one more entry.
// A nil map counts as empty.
func with[V any](m map[string]V, key string, value V) map[string]V {
	next := make(map[string]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

// widened returns the span that covers both; the rest is b's.
func widened(a, b store.UsageSeen) store.UsageSeen {
	if a.First.Before(b.First) {
		b.First = a.First
	}
	if a.Last.After(b.Last) {
		b.Last = a.Last
	}
	return b
}

// The events of the ledger after which a flag's life begins anew.
const (
	revived = "feature-revived"
	deleted = "feature-deleted"
)

// Index forgets, in the transaction that stores an event, what no longer holds after it: the
// stages of a flag that is revived, and everything about one that is deleted, whose
// name another may have one day.
// It is called for every event, in the engine's transaction; an error refuses the write.
func Index(tx *store.Tx, e ledger.Event) error {
	if e.Type != revived && e.Type != deleted {
		return nil
	}
	if err := tx.ForgetFlagStages(e.Feature); err != nil {
		return err
	}
	if e.Type == deleted {
		return tx.ForgetUsageSeen(e.Feature)
	}
	return tx.PutFlagStages([]store.FlagStage{{Feature: e.Feature, Stage: StageInitial, At: e.At}})
}

// Follow does in memory what Index does in the database, on every node.
// It is called after the fold, in the order of the ledger. What was reported about the flag and not written yet goes as well: else it
// would be written after the flag is gone, for a later one of that name to find.
func (u *Usage) Follow(e ledger.Event) {
	if e.Type != revived && e.Type != deleted {
		return
	}
	u.mu.Lock()
	u.pending.forgetFlag(e.Feature)
	u.mu.Unlock()
	u.uses.mu.Lock()
	defer u.uses.mu.Unlock()
	if !u.uses.loaded {
		return
	}
	use := u.uses.of[e.Feature]
	delete(u.uses.of, e.Feature)
	if e.Type == revived {
		use.Entered = map[string]time.Time{StageInitial: e.At}
		u.uses.of[e.Feature] = use
	}
}
