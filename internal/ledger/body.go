package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// Limits of an event's fields, in bytes.
const (
	MaxText    = 512
	MaxPayload = 16 << 20
)

// version1 is the first byte of a body in the only format there is so far. All
// numbers are big-endian.
//
//	version      1 byte, 1
//	revision     8 bytes, from 1
//	previous    32 bytes
//	batch       16 bytes
//	index        4 bytes
//	size         4 bytes
//	at           8 bytes, microseconds since 1970-01-01 UTC
//	group id     8 bytes, two's complement
//
// Then actor, type, project, environment, feature, group kind and payload follow,
// each as a length of 4 bytes and as many bytes. Nothing comes after them. Every
// event has exactly one body, and every body at most one event.
const version1 = 1

// fixed is the length of what stands before the first length-prefixed field.
const fixed = 1 + 8 + 32 + 16 + 4 + 4 + 8 + 8

// latest is the end of the times that an event may have: the year 9999.
var latest = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)

// Seal gives the events of a batch their places after head and returns them as
// entries, with the head that the ledger has once they are stored. At is cut to
// microseconds.
//
// Seal does not judge the fields: whoever stores entries passes them through a
// Verifier first, which refuses what Decode could not read.
func Seal(head Head, b Batch) ([]Entry, Head) {
	entries := make([]Entry, len(b.Events))
	for i, event := range b.Events {
		event.Revision = head.Revision + 1
		event.Batch = b.ID
		event.Index, event.Size = i, len(b.Events)
		event.At = b.At.UTC().Truncate(time.Microsecond)
		event.Actor = b.Actor
		body := encode(&event, head.Hash)
		entries[i] = Entry{Event: event, Previous: head.Hash, Hash: sha256.Sum256(body), Body: body}
		head = Head{Revision: event.Revision, Hash: entries[i].Hash}
	}
	return entries, head
}

func encode(e *Event, previous Hash) []byte {
	texts := [...]string{e.Actor, e.Type, e.Project, e.Environment, e.Feature, e.Group.Kind}
	length := fixed + 4 + len(e.Payload)
	for _, text := range texts {
		length += 4 + len(text)
	}
	b := make([]byte, 0, length)
	b = append(b, version1)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Revision))
	b = append(b, previous[:]...)
	b = append(b, e.Batch[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(e.Index))
	b = binary.BigEndian.AppendUint32(b, uint32(e.Size))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Group.ID))
	for _, text := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Payload)))
	return append(b, e.Payload...)
}

// Decode reads a body and returns its event and the hash of the entry before it.
// The event's payload shares memory with body.
//
// It is strict: bytes after the last field, a field that is too long or is not
// text, a number out of range or an unknown version are errors. So encoding the
// event again would give the same bytes.
func Decode(body []byte) (Event, Hash, error) {
	fail := func(format string, args ...any) (Event, Hash, error) {
		return Event{}, Hash{}, fmt.Errorf("ledger: decode body: "+format, args...)
	}
	if len(body) == 0 {
		return fail("it is empty")
	}
	if body[0] != version1 {
		return fail("format version %d is unknown", body[0])
	}
	if len(body) < fixed {
		return fail("it ends after %d bytes", len(body))
	}

	var e Event
	var previous Hash
	rest := body[1:]
	number := func(size int) uint64 {
		var n uint64
		for _, b := range rest[:size] {
			n = n<<8 | uint64(b)
		}
		rest = rest[size:]
		return n
	}
	revision := number(8)
	rest = rest[copy(previous[:], rest):]
	rest = rest[copy(e.Batch[:], rest):]
	index, size, at, groupID := number(4), number(4), number(8), number(8)
	switch {
	case revision < 1 || revision > math.MaxInt64:
		return fail("revision %d is out of range", revision)
	case size > math.MaxInt32 || index >= size:
		return fail("place %d of %d in the batch is impossible", index, size)
	case at > uint64(latest.UnixMicro()):
		return fail("its time is out of range")
	}
	e.Revision = int64(revision)
	e.Index, e.Size = int(index), int(size)
	e.At = time.UnixMicro(int64(at)).UTC()
	e.Group.ID = int64(groupID)

	next := func(name string, limit int) ([]byte, error) {
		if len(rest) < 4 {
			return nil, fmt.Errorf("it ends before the length of %s", name)
		}
		length := number(4)
		if length > uint64(limit) {
			return nil, fmt.Errorf("%s has %d bytes, more than %d", name, length, limit)
		}
		if uint64(len(rest)) < length {
			return nil, fmt.Errorf("it ends inside %s", name)
		}
		field := rest[:length:length]
		rest = rest[length:]
		return field, nil
	}
	for _, text := range []struct {
		name string
		to   *string
	}{
		{"actor", &e.Actor},
		{"type", &e.Type},
		{"project", &e.Project},
		{"environment", &e.Environment},
		{"feature", &e.Feature},
		{"group kind", &e.Group.Kind},
	} {
		field, err := next(text.name, MaxText)
		if err != nil {
			return fail("%w", err)
		}
		// No NUL: PostgreSQL cannot store one in a text column.
		if !utf8.Valid(field) || bytes.IndexByte(field, 0) >= 0 {
			return fail("%s is not text", text.name)
		}
		*text.to = string(field)
	}
	payload, err := next("payload", MaxPayload)
	if err != nil {
		return fail("%w", err)
	}
	if len(payload) > 0 {
		e.Payload = payload
	}
	switch {
	case len(rest) > 0:
		return fail("%d bytes follow its end", len(rest))
	case e.Type == "":
		return fail("its type is empty")
	case e.Group.Kind == "" && e.Group.ID != 0:
		return fail("its group has an id and no kind")
	}
	return e, previous, nil
}
