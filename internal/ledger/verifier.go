package ledger

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// Break is the error for a chain that does not hold.
type Break struct {
	// Revision is the first revision that cannot be vouched for. If an entry is
	// missing, it is that entry's.
	Revision int64
	Reason   string // a clause: "its hash does not match its bytes"
}

// Error names the revision and the reason.
func (b *Break) Error() string {
	return fmt.Sprintf("the ledger is damaged at revision %d: %s", b.Revision, b.Reason)
}

// Verifier checks that entries form one unbroken chain. It is handed every entry
// in order and remembers only the last.
type Verifier struct {
	head   Head
	at     time.Time // of the newest entry; zero before the first
	batch  Event     // the newest event, when its batch is not complete
	inside bool      // whether batch is set
	broken *Break
}

// NewVerifier starts after a head that is trusted already: the end of a batch, or
// the zero Head for a whole ledger.
func NewVerifier(from Head) *Verifier { return &Verifier{head: from} }

// Head returns the newest entry that was verified. It may lie inside a batch.
func (v *Verifier) Head() Head { return v.head }

// Add verifies the next entry, given its stored body and hash, and returns its
// event, whose payload shares memory with body. The error is a *Break if the body
// is not what the hash says, if the entry does not follow the one before, if time
// runs backwards or if a batch is torn. After a break every Add returns it again.
func (v *Verifier) Add(body []byte, hash Hash) (Event, error) {
	if v.broken != nil {
		return Event{}, v.broken
	}
	if sum := Hash(sha256.Sum256(body)); sum != hash {
		return v.fail("its hash is %s, but its bytes have the hash %s", hash, sum)
	}
	event, previous, err := Decode(body)
	if err != nil {
		return v.fail("%v", err)
	}
	switch {
	case event.Revision != v.head.Revision+1:
		return v.fail("the entry in its place has revision %d", event.Revision)
	case previous != v.head.Hash:
		return v.fail("it follows an entry with the hash %s, but the entry before it has the hash %s", previous, v.head.Hash)
	case event.At.Before(v.at):
		return v.fail("its time %s lies before %s, the time of the entry before it",
			event.At.Format(time.RFC3339Nano), v.at.Format(time.RFC3339Nano))
	case v.inside && (event.Batch != v.batch.Batch || event.Size != v.batch.Size || event.Index != v.batch.Index+1):
		return v.fail("batch %s has only %d of its %d events", v.batch.Batch, v.batch.Index+1, v.batch.Size)
	case !v.inside && event.Index != 0:
		return v.fail("batch %s lacks its first %d events", event.Batch, event.Index)
	}
	v.head = Head{Revision: event.Revision, Hash: hash}
	v.at = event.At
	v.inside = !event.Last()
	v.batch = Event{Batch: event.Batch, Index: event.Index, Size: event.Size}
	return event, nil
}

// Close ends the chain. The error is a *Break if the last batch is not complete,
// or the one that Add returned.
func (v *Verifier) Close() error {
	if v.broken == nil && v.inside {
		_, _ = v.fail("batch %s has only %d of its %d events", v.batch.Batch, v.batch.Index+1, v.batch.Size)
	}
	if v.broken != nil {
		return v.broken
	}
	return nil
}

func (v *Verifier) fail(format string, args ...any) (Event, error) {
	v.broken = &Break{Revision: v.head.Revision + 1, Reason: fmt.Sprintf(format, args...)}
	return Event{}, v.broken
}
