package usage

import (
	"hash/maphash"
	"time"
)

// Bounds on what clients can make a node keep (docs/sdk-api.md, "What is counted"). Whoever has a token of an SDK can name any
// application, instance or variant; without bounds, one that puts a random id into a name would fill the memory and then the
// database. They are per node, and begin anew with a start.

// quota bounds how many different things clients may name in some time. The first so
// many are let through, and go on being let through; others are not.
// Hashes are kept instead of names, at eight bytes each. Two names with one hash count as one, which lets one more through.
type quota struct {
	limit  int
	period time.Duration
	begun  time.Time
	named  map[uint64]struct{} // hashes
}

// quotas bound what is kept, in memory and in the database.
type quotas struct {
	seed maphash.Seed

	counts       quota // of flag, environment, application and hour
	variants     quota // of flag, environment, application and variant
	unknown      quota
	applications quota
	instances    quota
	places       quota // of application, project and environment
}

func newQuotas() quotas {
	return quotas{
		seed:     maphash.MakeSeed(),
		counts:   quota{limit: 200_000, period: time.Hour},
		variants: quota{limit: 200_000, period: time.Hour},
		// Few, since an SDK asks for names that stand in its program.
		unknown:      quota{limit: 1_000, period: keepUnknownFlags},
		applications: quota{limit: 10_000, period: 24 * time.Hour},
		instances:    quota{limit: 20_000, period: 24 * time.Hour},
		places:       quota{limit: 50_000, period: 24 * time.Hour},
	}
}

// admit reports whether a thing with a name of several parts may be kept. The caller
// holds mu.
// A period begins when the first thing is named in it. What is refused is added to dropped. The seed is random, so that nobody can
// choose names that share a hash.
func (u *Usage) admit(q *quota, now time.Time, parts ...string) bool {
	if q.named == nil || now.Sub(q.begun) >= q.period {
		q.begun, q.named = now, map[uint64]struct{}{}
	}
	var h maphash.Hash
	h.SetSeed(u.quotas.seed)
	// The NUL keeps "a" and "bc" from being "ab" and "c". Names that are kept have none (see short).
	for _, part := range parts {
		h.WriteString(part)
		h.WriteByte(0)
	}
	key := h.Sum64()
	if _, ok := q.named[key]; ok {
		return true
	}
	if len(q.named) >= q.limit {
		u.dropped++
		return false
	}
	q.named[key] = struct{}{}
	return true
}
