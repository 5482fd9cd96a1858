// Package usage keeps what SDKs report: how often flags were found on and off, by which
// applications, and which names they ask for that no flag has.
//
// Reports are added up in memory and written down every few seconds, so that no SDK
// waits for a database. How much waits there is bounded whatever clients send; what
// is too much is dropped and counted. They are statistics: a crash loses the last
// seconds, a stop loses nothing.
//
// Reading requests belongs in sdkapi. Nothing here decides about flags: what is
// served does not depend on what was counted.
package usage

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// FlushEvery is how often what was reported should be written down.
const FlushEvery = 5 * time.Second

// How long things are kept.
const (
	keepHours        = 48 * time.Hour
	keepUnknownFlags = 24 * time.Hour
	keepInstances    = 48 * time.Hour
	keepApplications = 30 * 24 * time.Hour
)

// Options are what a Usage needs; all of them are required.
type Options struct {
	DB  *store.DB
	Now func() time.Time
	Log *slog.Logger
	// Known reports whether a flag has the name, be it archived.
	// Known and Live are asked while reports are locked: they must answer at once, and not call back.
	Known func(feature string) bool
	// Live reports whether a flag is on in an environment that customers depend on: who uses
	// it there uses it in earnest.
	Live func(feature, environment string) bool
}

// Usage takes reports and answers questions about them. Its methods may be called from
// several goroutines at once.
type Usage struct {
	Options

	// Locks are taken in this order, if more than one is: flushing, mu or uses.mu or impact.mu. No two of the last three are
	// held at once.
	flushing sync.Mutex // held while pending reports are written

	uses   uses
	impact impact

	// mu guards what is below it.
	mu      sync.Mutex
	pending *pending
	quotas  quotas
	dropped int64
	told    int64 // of the dropped, those that are in the log
}

// New returns a Usage to which nothing was reported yet.
func New(o Options) *Usage {
	return &Usage{Options: o, pending: newPending(), quotas: newQuotas()}
}

// Run writes down what was reported whenever it is told to, and once more when ctx is
// done. It deletes what is too old every hour.
// A tick of flush is handed in so that tests need no clock. What fails is logged, and tried again at the next tick; reports
// wait in memory as long.
func (u *Usage) Run(ctx context.Context, flush <-chan time.Time) {
	var pruned time.Time
	for {
		select {
		case <-ctx.Done():
			u.flushAndLog(context.WithoutCancel(ctx))
			return
		case <-flush:
			u.flushAndLog(ctx)
			if err := u.readOthers(ctx); err != nil {
				u.Log.Warn("what other nodes were told about usage is not known; it is tried again", "error", err)
			}
			if now := u.Now(); now.Sub(pruned) >= time.Hour {
				pruned = now
				if err := u.Prune(ctx); err != nil {
					u.Log.Warn("old usage stays", "error", err)
				}
			}
		}
	}
}

// flushAndLog says once per flush how many were dropped since the last one, not for each report: whoever floods the server
// would else flood its log.
func (u *Usage) flushAndLog(ctx context.Context) {
	if err := u.Flush(ctx); err != nil {
		u.Log.Warn("usage is not written down; it is tried again", "error", err)
	}
	dropped := u.Dropped()
	u.mu.Lock()
	news := dropped - u.told
	u.told = dropped
	u.mu.Unlock()
	if news > 0 {
		u.Log.Warn("reports of usage were dropped, since there were too many different ones", "count", news)
	}
}

// Dropped returns how many reports were dropped since the start because there were too
// many different ones.
func (u *Usage) Dropped() int64 {
	u.impact.mu.Lock()
	impact := u.impact.dropped
	u.impact.mu.Unlock()
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.dropped + impact
}

// Flush writes down what was reported so far. What cannot be written now is kept and
// tried again by the next Flush.
// If some of it was written before the failure, that is no longer in what is kept, so nothing is counted twice.
func (u *Usage) Flush(ctx context.Context) error {
	u.flushing.Lock()
	defer u.flushing.Unlock()
	u.mu.Lock()
	full := u.pending
	// From here on reports go into the new one, while the full one is written without the lock.
	u.pending = newPending()
	u.mu.Unlock()
	if err := u.write(ctx, full); err != nil {
		u.mu.Lock()
		full.merge(u.pending)
		u.pending = full
		u.mu.Unlock()
		return fmt.Errorf("usage: flush: %w", err)
	}
	return nil
}

// countsAtOnce bounds a transaction to a few milliseconds: on SQLite there is one
// writer, and changes of flags wait for it meanwhile.
const countsAtOnce = 100

// write stores pending reports and takes from them what is stored.
// The rest comes first, and in one transaction: it may be stored twice, so it need not be known how far that came. Counts are
// added to what is there, so each chunk is dropped as soon as it is stored.
func (u *Usage) write(ctx context.Context, p *pending) error {
	if !p.hasOnlyCounts() {
		if err := u.DB.Update(ctx, p.putAllButCounts); err != nil {
			return err
		}
		// What this node has written it need not read again; before the first read, that will find it.
		u.uses.mu.Lock()
		if u.uses.loaded {
			u.uses.note(p.uses())
		}
		u.uses.mu.Unlock()
		p.forgetAllButCounts()
	}
	for keys := range slices.Chunk(slices.Collect(maps.Keys(p.counts)), countsAtOnce) {
		counts := make([]store.UsageCount, len(keys))
		for i, key := range keys {
			counts[i] = key.count(p.counts[key])
		}
		if err := u.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddUsage(counts) }); err != nil {
			return err
		}
		for _, key := range keys {
			delete(p.counts, key)
		}
	}
	return nil
}

// Prune deletes what is older than it is kept.
func (u *Usage) Prune(ctx context.Context) error {
	now := u.Now()
	_, err := u.DB.PruneUsage(ctx, store.UsageRetention{
		Hours:        now.Add(-keepHours),
		UnknownFlags: now.Add(-keepUnknownFlags),
		Instances:    now.Add(-keepInstances),
		Applications: now.Add(-keepApplications),
	})
	if err != nil {
		return fmt.Errorf("usage: prune: %w", err)
	}
	return nil
}
