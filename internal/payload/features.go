package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// format goes into every entity tag. It is raised when the same flags come to be
// written in another way, so that no SDK keeps the old one.
const format = "1"

// clientMeta is the end of a full answer.
type clientMeta struct {
	RevisionID int64  `json:"revisionId"`
	ETag       string `json:"etag"`
	QueryHash  string `json:"queryHash"`
}

// Features returns everything that a query asks for, with segments by id or, for SDKs
// that know none, with their constraints inlined.
func (s *Set) Features(q Query, inline bool) *Answer {
	form := full
	if inline {
		form = fullInline
	}
	key := answerKey{q, form}
	if there := s.kept.get(key); there != nil {
		return there
	}
	return s.kept.put(key, s.newFeatures(q, inline))
}

func (s *Set) newFeatures(q Query, inline bool) *Answer {
	query := marshal(q.client(inline))
	meta := s.meta(query)
	return newAnswer(&s.kept, meta.ETag, func() []byte {
		flags := s.Visible(q)
		body := make([]byte, 0, lengthOf(flags))
		body = append(body, `{"version":2,"features":`...)
		body = appendFlags(body, flags, inline)
		body = append(body, `,"query":`...)
		body = append(body, query...)
		if !inline {
			body = append(body, `,"segments":`...)
			body = appendSegments(body, flags)
		}
		body = append(body, `,"meta":`...)
		body = append(body, marshal(meta)...)
		return append(body, '}')
	})
}

// meta returns what identifies the answer to a query. The revision alone would not do:
// a ledger that was restored from a backup goes on from an earlier revision, and then
// the same number stands for something else. So the tag mixes in the hash of the head.
func (s *Set) meta(query []byte) clientMeta {
	h := sha256.New()
	h.Write([]byte(format))
	h.Write(query)
	h.Write(s.head.Hash[:])
	hash := hex.EncodeToString(h.Sum(nil)[:4])
	return clientMeta{
		RevisionID: s.head.Revision,
		ETag:       `"` + hash + ":" + strconv.FormatInt(s.head.Revision, 10) + `:v1"`,
		QueryHash:  hash,
	}
}
