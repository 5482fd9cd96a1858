package payload

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encoding is a form in which a body can be sent.
type Encoding int

// The encodings.
const (
	Identity Encoding = iota
	Gzip
	Zstd
	encodings
)

// Answer is the answer to a query. It is identified from the start; its body is made
// when it is asked for first, and kept. While it is being made, others who want the
// same wait for it.
type Answer struct {
	etag   [1]string
	build  func() []byte
	kept   *kept
	once   [encodings]sync.Once
	bodies [encodings]Body
}

// Body is a body ready to be sent.
type Body struct {
	Bytes  []byte
	length [1]string
}

// Length returns the length of the body as the value of a header.
func (b *Body) Length() []string { return b.length[:] }

func newAnswer(k *kept, etag string, build func() []byte) *Answer {
	return &Answer{etag: [1]string{etag}, build: build, kept: k}
}

// ETag returns the entity tag, with its quotes.
func (a *Answer) ETag() string { return a.etag[0] }

// ETagHeader returns the entity tag as the value of a header.
func (a *Answer) ETagHeader() []string { return a.etag[:] }

// Body returns the body in an encoding. The entity tag is the same in all of them.
func (a *Answer) Body(e Encoding) *Body {
	a.once[e].Do(func() {
		var made []byte
		switch e {
		case Gzip, Zstd:
			made = bytes.Clone(Compressed(nil, a.Body(Identity).Bytes, e)) // without room for more
		default:
			made = a.build()
			a.build = nil
		}
		a.bodies[e] = Body{made, [1]string{strconv.Itoa(len(made))}}
		a.kept.grew(a, len(made))
	})
	return &a.bodies[e]
}

// Compressed appends a body in an encoding to dst.
func Compressed(dst, body []byte, e Encoding) []byte {
	switch e {
	case Gzip:
		return gzipped(dst, body)
	case Zstd:
		return zstdEncoder().EncodeAll(body, dst)
	default:
		return append(dst, body...)
	}
}

// gzipLevel makes a body a little larger than the default would, in a third of the time.
const gzipLevel = 3

// gzipWriters are kept, since each has buffers that are larger than most bodies.
var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzipLevel) // the level is valid
	return w
}}

func gzipped(dst, body []byte) []byte {
	b := bytes.NewBuffer(dst)
	w := gzipWriters.Get().(*gzip.Writer) //nolint:forcetypeassert // New makes nothing else
	defer gzipWriters.Put(w)
	w.Reset(b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	// Only options can make it fail, and these are valid.
	encoder, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	return encoder
})

// What is kept beside a set is bounded, since queries are the callers' choice.
const (
	maxAnswers    = 1_000
	maxAnswerSize = 64 << 20 // bytes, of all bodies together
	maxSelections = 100
)

// kept is what was made from a set for those who asked. The zero value is empty.
type kept struct {
	mu         sync.RWMutex
	answers    map[answerKey]*Answer
	sizes      map[*Answer]int
	size       int
	selections map[Query][]*Flag
}

// answerKey says what was asked and in which form the answer is.
type answerKey struct {
	query Query
	form  form
}

type form int

const (
	full form = iota
	fullInline
	hydration
)

// get returns a kept answer, or nil.
func (k *kept) get(key answerKey) *Answer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.answers[key]
}

// put keeps an answer and returns it, or the one that somebody else has put there meanwhile.
func (k *kept) put(key answerKey, a *Answer) *Answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	if there := k.answers[key]; there != nil {
		return there
	}
	if k.answers == nil || len(k.answers) >= maxAnswers {
		k.answers, k.sizes, k.size = map[answerKey]*Answer{}, map[*Answer]int{}, 0
	}
	k.answers[key] = a
	k.sizes[a] = 0
	return a
}

// grew notes that an answer takes more room, and lets go of others if it is too much.
func (k *kept) grew(a *Answer, bytes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, held := k.sizes[a]; !held {
		return
	}
	k.sizes[a] += bytes
	k.size += bytes
	for key, other := range k.answers {
		if k.size <= maxAnswerSize {
			return
		}
		if other != a {
			k.size -= k.sizes[other]
			delete(k.sizes, other)
			delete(k.answers, key)
		}
	}
}

// Visible returns the flags that a query asks for, sorted by name. The list must not be
// changed.
func (s *Set) Visible(q Query) []*Flag {
	if q.selectsAll() {
		return s.flags
	}
	s.kept.mu.RLock()
	there, ok := s.kept.selections[q]
	s.kept.mu.RUnlock()
	if ok {
		return there
	}
	f := q.filter()
	var chosen []*Flag
	for _, candidate := range s.flags {
		if f.sees(candidate) {
			chosen = append(chosen, candidate)
		}
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.kept.selections == nil || len(s.kept.selections) >= maxSelections {
		s.kept.selections = map[Query][]*Flag{}
	}
	s.kept.selections[q] = chosen
	return chosen
}
