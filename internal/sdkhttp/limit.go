package sdkhttp

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/quorate/quorate/internal/fault"
)

// maxAddresses bounds how many clients are told apart at once.
// At some hundred bytes each.
const maxAddresses = 20_000

// Limiter bounds how many requests come from one address. An IPv6 client counts by its
// network, of which it can use any address.
// Each address has a bucket of perMinute tokens, which fills up in a minute. Nodes do not tell each other: behind a balancer, a client has
// as many as there are nodes.
type Limiter struct {
	perMinute int
	now       func() time.Time
	limit     []string // as the value of a header
	policy    []string

	mu        sync.RWMutex
	byAddress map[netip.Addr]*rate.Limiter
}

// NewLimiter returns a limiter that lets through so many requests per minute, all of
// them at once if need be. By its leave, 0 means no limit.
func NewLimiter(perMinute int, now func() time.Time) *Limiter {
	return &Limiter{
		perMinute: perMinute,
		now:       now,
		limit:     []string{strconv.Itoa(perMinute)},
		policy:    []string{strconv.Itoa(perMinute) + ";w=60"},
		byAddress: map[netip.Addr]*rate.Limiter{},
	}
}

// Allow takes a request into account and returns nil, or a RateLimit fault if there were
// too many from its address.
// RetryAfter is when the next token is there.
func (l *Limiter) Allow(r *http.Request) error {
	if l.perMinute <= 0 {
		return nil
	}
	if now := l.now(); !l.of(r, now).AllowN(now, 1) {
		f := fault.New(fault.RateLimit, "Too many requests, please try again later.")
		f.RetryAfter = time.Minute / time.Duration(l.perMinute)
		return f
	}
	return nil
}

// AllowAndTell is Allow, and tells the client how much it has left, in the headers of the
// RateLimit draft.
// draft-ietf-httpapi-ratelimit-headers: limit, what is left, and in how many seconds all of it is back.
func (l *Limiter) AllowAndTell(w http.ResponseWriter, r *http.Request) error {
	if l.perMinute <= 0 {
		return nil
	}
	err := l.Allow(r)
	now := l.now()
	left := max(l.of(r, now).TokensAt(now), 0)
	h := w.Header()
	h["Ratelimit-Policy"] = l.policy
	h["Ratelimit-Limit"] = l.limit
	h["Ratelimit-Remaining"] = []string{strconv.Itoa(int(left))}
	h["Ratelimit-Reset"] = []string{strconv.Itoa(int(math.Ceil((float64(l.perMinute) - left) / float64(l.perMinute) * 60)))}
	return err
}

// of returns the limiter of the request's address.
// Those that are known are found under a shared lock, which is what nearly all requests do.
func (l *Limiter) of(r *http.Request, now time.Time) *rate.Limiter {
	address := Address(r)
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			address = network.Addr()
		}
	}
	l.mu.RLock()
	there := l.byAddress[address]
	l.mu.RUnlock()
	if there != nil {
		return there
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if there := l.byAddress[address]; there != nil {
		return there
	}
	if len(l.byAddress) >= maxAddresses {
		l.forget(now)
	}
	fresh := rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
	l.byAddress[address] = fresh
	return fresh
}

// forget makes room: first by those that have everything left, which is as if they had
// never come, and if all are busy, by all.
// Then everybody begins with a full bucket, which is better than to refuse those who are new. The caller holds mu.
func (l *Limiter) forget(now time.Time) {
	for address, limiter := range l.byAddress {
		if limiter.TokensAt(now) >= float64(l.perMinute) {
			delete(l.byAddress, address)
		}
	}
	if len(l.byAddress) >= maxAddresses {
		clear(l.byAddress)
	}
}
