// Package ledger holds the bytes of Quorate's ledger: how an event is written
// down, how each entry is chained to the one before it by a hash, and how a chain
// is verified.
//
// The ledger is an append-only sequence of events, numbered 1, 2, 3, … by their
// revision. The events of one decision form a batch, which is stored whole or not
// at all. An entry's hash is the SHA-256 of its body, the exact bytes that are
// stored, and the body holds the hash of the entry before it; so the newest hash
// vouches for everything that ever happened, and verifying never re-encodes.
//
// What an event means does not belong here but in state, and where entries are
// kept belongs in store: this package knows no nouns, no clock and no database.
package ledger

import (
	"encoding"
	"encoding/hex"
	"fmt"
	"time"
)

// Hash is the SHA-256 of an entry's body. The zero Hash stands before the first entry.
type Hash [32]byte

// ParseHash reads the 64 hexadecimal digits that String writes.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != hex.EncodedLen(len(h)) {
		return Hash{}, fmt.Errorf("ledger: a hash has %d hexadecimal digits, not %d", hex.EncodedLen(len(h)), len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("ledger: hash %q: %w", s, err)
	}
	return h, nil
}

// String returns the hash as 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes what String returns.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what ParseHash reads.
func (h *Hash) UnmarshalText(text []byte) error {
	parsed, err := ParseHash(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// Head is the end of a chain: the revision of its newest entry and that entry's
// hash. The zero Head is that of an empty ledger.
type Head struct {
	Revision int64 `json:"revision"`
	Hash     Hash  `json:"hash"`
}

// BatchID identifies a batch: a UUID, made by whoever decided the batch.
type BatchID [16]byte

// ParseBatchID reads the form that String writes.
func ParseBatchID(s string) (BatchID, error) {
	var id BatchID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return BatchID{}, fmt.Errorf("ledger: %q is not a batch id", s)
	}
	digits := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return BatchID{}, fmt.Errorf("ledger: batch id %q: %w", s, err)
	}
	return id, nil
}

// String returns the usual form of a UUID, in lower case.
func (id BatchID) String() string {
	s := hex.EncodeToString(id[:])
	return s[0:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:32]
}

// MarshalText writes what String returns.
func (id BatchID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what ParseBatchID reads.
func (id *BatchID) UnmarshalText(text []byte) error {
	parsed, err := ParseBatchID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Group names what several batches have in common, such as {"change-request", 41}.
// The zero Group is none.
type Group struct {
	Kind string `json:"kind,omitempty"`
	ID   int64  `json:"id,omitempty"`
}

// Event is one fact.
//
// Actor, Type, Project, Environment, Feature and Group.Kind are UTF-8 of at most
// MaxText bytes without a NUL; Type is never empty. Payload is at most MaxPayload
// bytes of any content.
type Event struct {
	Revision int64   // the place in the ledger, from 1
	Batch    BatchID // the decision it came from
	// Index and Size are the event's place in its batch (0 to Size-1) and the
	// number of events in it, so that a torn batch shows.
	Index, Size int
	At          time.Time // UTC, whole microseconds
	Actor       string    // reference by id: "user:7", "token:3", "system"
	Type        string    // such as "feature-created"
	// Project, Environment and Feature are what the event is about; empty when it
	// is about none.
	Project, Environment, Feature string
	Group                         Group
	Payload                       []byte // state's typed form; nil when empty
}

// Batch is the events of one decision, before they have a place in the ledger.
// Of each Event only Type, Project, Environment, Feature, Group and Payload are
// read; Seal fills in the others.
type Batch struct {
	ID     BatchID
	At     time.Time // not before the newest event of the ledger
	Actor  string
	Events []Event
}

// Entry is an event as it is stored.
type Entry struct {
	Event
	Previous Hash   // the hash of the entry before; zero for revision 1
	Hash     Hash   // SHA-256 of Body
	Body     []byte // the exact bytes that the chain covers
}

// Last reports whether the event is the last of its batch. A state exists only
// after such events.
func (e *Event) Last() bool { return e.Index == e.Size-1 }

var (
	_ encoding.TextMarshaler   = Hash{}
	_ encoding.TextUnmarshaler = (*Hash)(nil)
	_ encoding.TextMarshaler   = BatchID{}
	_ encoding.TextUnmarshaler = (*BatchID)(nil)
)
