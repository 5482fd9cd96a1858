package usage

import (
	"hash/maphash"
	"time"
)

// quota bounds how many different things clients may name in some time. The first so
// many are let through, and go on being let through; others are not.
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
		seed:         maphash.MakeSeed(),
		counts:       quota{limit: 200_000, period: time.Hour},
		variants:     quota{limit: 200_000, period: time.Hour},
		unknown:      quota{limit: 1_000, period: keepUnknownFlags},
		applications: quota{limit: 10_000, period: 24 * time.Hour},
		instances:    quota{limit: 20_000, period: 24 * time.Hour},
		places:       quota{limit: 50_000, period: 24 * time.Hour},
	}
}

// admit reports whether a thing with a name of several parts may be kept. The caller
// holds mu.
func (u *Usage) admit(q *quota, now time.Time, parts ...string) bool {
	if q.named == nil || now.Sub(q.begun) >= q.period {
		q.begun, q.named = now, map[uint64]struct{}{}
	}
	var h maphash.Hash
	h.SetSeed(u.quotas.seed)
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
