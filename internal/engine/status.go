package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// maxClockOffset is how far this node's clock may be off the database's for it to write.
const maxClockOffset = 2 * time.Second

// Status says how this node is doing: for /ready, for answers to writes, for metrics.
type Status struct {
	// Ready is false when this node should get no requests; Reason says why, in a sentence.
	// A database that is away does not count: flags are served without it.
	Ready  bool
	Reason string
	// CanWrite is false when Do would answer Unavailable; WriteReason says why, in a sentence.
	CanWrite    bool
	WriteReason string

	Head ledger.Head // the newest that this node has folded
	// Age is how long ago the state was known to be the newest there is.
	Age time.Duration
	// Damaged is the alarm: the stored ledger, or this node's fold of it, is not what it should be.
	Damaged bool
	// Away says that the database did not answer last time.
	Away bool
	// ClockOffset is how far this node's clock is ahead of the database's, at least.
	ClockOffset time.Duration
	// Checked is the revision up to which the whole ledger and its fold were checked; 0
	// before that.
	Checked int64
	// Snapshot is the revision of the newest snapshot that this node has read or written.
	Snapshot int64

	// Counts since the start: batches that this node appended, appends that were refused because another
	// node was first, commands that took the lock, and lost connections for notifications.
	Appended, Refused, Locked, Reconnected int64
}

// Status returns how this node is doing now.
func (e *Engine) Status() Status {
	s := e.status.report(e.Now())
	s.Head = e.State().Head()
	s.Appended, s.Refused = e.appended.Load(), e.refused.Load()
	s.Locked, s.Reconnected = e.locked.Load(), e.reconnected.Load()
	return s
}

// status is what an engine knows about itself beside the state. Whatever begins or
// ends is logged once.
type status struct {
	log *slog.Logger
	mu  sync.Mutex

	damage  error                    // stays until a start without it
	unknown *state.UnknownEventError // stays until a newer release is started
	gone    bool                     // the database went back behind known
	known   ledger.Head              // the last head that was in the database for sure
	offset  time.Duration            // of this node's clock
	outage  error                    // the database's last answer, if it was none
	failed  time.Time                // when outage was noticed last
	synced  time.Time                // when the state was last known to be the newest

	checkedTo, snapshotAt int64
}

// refusal returns why this node must not write, though the database answers; nil if it may.
func (s *status) refusal() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason := s.stops(); reason != "" {
		return unavailable(later, "%s", reason)
	}
	if reason := s.clockReason(); reason != "" {
		return unavailable(later, "%s", reason)
	}
	return nil
}

// stops returns why this node neither writes nor is ready, as sentences; empty if it is fine.
func (s *status) stops() string {
	switch {
	case s.damage != nil:
		return fmt.Sprintf("Nothing can be changed, because %v. Flags are served as they were when they were checked.", s.damage)
	case s.unknown != nil:
		return fmt.Sprintf("Nothing can be changed on this node, because %v. Upgrade it. Flags are served as they were before that event.", s.unknown)
	case s.gone:
		return fmt.Sprintf("Nothing can be changed, because the database does not hold revision %d of the ledger (%s), which this node has seen: it was restored from a backup, or is another one. "+
			"If that is meant, run `quorate ledger accept-restore --reason …` and start the node again.", s.known.Revision, s.known.Hash)
	default:
		return ""
	}
}

func (s *status) clockReason() string {
	if s.offset.Abs() <= maxClockOffset {
		return ""
	}
	side := "ahead of"
	if s.offset < 0 {
		side = "behind"
	}
	return fmt.Sprintf("Nothing can be changed on this node, because its clock is %s %s the database's. Set the clocks by a time server.",
		s.offset.Abs().Round(time.Millisecond), side)
}

func (s *status) report(now time.Time) Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Status{
		Reason:      s.stops(),
		Age:         max(0, now.Sub(s.synced)),
		Damaged:     s.damage != nil,
		Away:        s.outage != nil,
		ClockOffset: s.offset,
		Checked:     s.checkedTo,
		Snapshot:    s.snapshotAt,
	}
	r.Ready = r.Reason == ""
	r.WriteReason = r.Reason
	if r.WriteReason == "" {
		r.WriteReason = s.clockReason()
	}
	if r.WriteReason == "" && s.outage != nil {
		r.WriteReason = errAway().Message
	}
	r.CanWrite = r.WriteReason == ""
	return r
}

// stopped reports whether nothing more is to be folded.
func (s *status) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.damage != nil || s.unknown != nil
}

// stopDamaged stops everything but serving what there is.
func (s *status) stopDamaged(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.damage != nil {
		return
	}
	s.damage = err
	var revision int64
	if broken, ok := errors.AsType[*ledger.Break](err); ok {
		revision = broken.Revision
	}
	s.log.Error("the ledger is damaged; writes stop, and flags are served as they are", "error", err, "revision", revision)
}

// stopUnknown stops the fold before an event of a newer release.
func (s *status) stopUnknown(err *state.UnknownEventError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown = err
	s.log.Error("a newer release wrote to the ledger; writes stop, and flags are served as they are", "error", err, "revision", err.Revision)
}

// inStep notes that a head is in the database, and that the state was the newest at this time.
func (s *status) inStep(now time.Time, head ledger.Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outage != nil {
		s.log.Info("the database is back", "revision", head.Revision)
		s.outage = nil
	}
	s.synced = now
	if !s.gone && head.Revision > s.known.Revision {
		s.known = head
	}
}

// away notes that the database did not answer.
func (s *status) away(now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outage == nil {
		s.log.Warn("the database is away; flags are served as they are, writes are refused", "error", err)
	}
	s.outage, s.failed = err, now
}

// justAway reports whether the database failed to answer so lately that another attempt
// would only make callers queue.
func (s *status) justAway(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outage != nil && now.Sub(s.failed) < time.Second
}

// clock notes how far this node's clock is ahead of the database's.
func (s *status) clock(offset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.clockReason()
	s.offset = offset
	switch is := s.clockReason(); {
	case was == "" && is != "":
		s.log.Error("this node's clock is off; writes stop", "offset", offset)
	case was != "" && is == "":
		s.log.Info("this node's clock is right again", "offset", offset)
	}
}

// wentBack returns the last head that was in the database for sure, and whether it is
// not there any more.
func (s *status) wentBack() (known ledger.Head, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known, s.gone
}

// remember sets the last head that was in the database for sure, and whether it is
// still there.
func (s *status) remember(known ledger.Head, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case gone && !s.gone:
		s.log.Error("the database was restored from a backup, or is another one; writes stop",
			"revision", known.Revision, "hash", known.Hash.String())
	case s.gone && !gone:
		s.log.Info("the ledger is whole again", "revision", known.Revision, "hash", known.Hash.String())
	}
	s.known, s.gone = known, gone
}

// checked notes that the whole ledger was checked up to a revision.
func (s *status) checked(revision int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkedTo = revision
}

// snapshot notes a snapshot that was read or written.
func (s *status) snapshot(revision int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshotAt = revision
}
