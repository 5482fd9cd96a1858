package identity

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// How many guesses are free before each takes twice as long as the one before.
const (
	freeGuesses       = 5  // at one account, from one source
	freeSourceGuesses = 30 // at any accounts, from one source
)

const (
	firstWait = time.Second
	longWait  = 15 * time.Minute
	// forgive is after how long without a guess all earlier ones are forgotten.
	forgive = time.Hour
	// maxGuessers bounds how many are remembered.
	maxGuessers = 100_000
)

// guess is one of the counts that a guess at a password adds to.
type guess struct {
	key  string
	free int
	wait time.Duration // after the last free one
}

// guesses slows down who guesses passwords. Guesses are counted for their source alone
// and for their source and account together, never for an account alone: so nobody can lock
// anybody out from elsewhere. A browser from which the person has signed in before is a
// source of its own (see device), so not even somebody at the same address can.
//
// Each node counts for itself, in memory.
type guesses struct {
	mu    sync.Mutex
	byKey map[string]*guesser
}

type guesser struct {
	n    int
	last time.Time
	next time.Time // before which no guess is looked at
}

// begin counts a guess before it is looked at, so that many at once count as many. It
// returns how long to wait if the guess must not be looked at.
func (g *guesses) begin(now time.Time, counts ...guess) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byKey == nil {
		g.byKey = make(map[string]*guesser)
	}
	var wait time.Duration
	for _, c := range counts {
		if known := g.byKey[c.key]; known != nil {
			wait = max(wait, known.next.Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, c := range counts {
		known := g.byKey[c.key]
		if known == nil || now.Sub(known.last) > forgive {
			g.makeRoom(now)
			known = &guesser{}
			g.byKey[c.key] = known
		}
		known.n++
		known.last = now
		if extra := known.n - c.free; extra >= 0 {
			known.next = now.Add(min(longWait, c.wait<<min(extra, 20)))
		}
	}
	return 0
}

// right takes back what begin counted, since the guess was right: the first count as a
// whole, the others by one.
func (g *guesses) right(first guess, others ...guess) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.byKey, first.key)
	for _, c := range others {
		if known := g.byKey[c.key]; known != nil {
			if known.n--; known.n < c.free {
				known.next = time.Time{}
			}
		}
	}
}

// makeRoom forgets who has not guessed for long, and if that is nobody, anyone.
func (g *guesses) makeRoom(now time.Time) {
	if len(g.byKey) < maxGuessers {
		return
	}
	for key, known := range g.byKey {
		if now.Sub(known.last) > forgive {
			delete(g.byKey, key)
		}
	}
	for key := range g.byKey {
		if len(g.byKey) < maxGuessers {
			return
		}
		delete(g.byKey, key)
	}
}

// tooMany is the fault for who has to wait.
func tooMany(wait time.Duration) error {
	f := fault.New(fault.RateLimit, "Too many attempts failed. Try again in %d seconds.", int(wait.Seconds())+1)
	f.RetryAfter = wait
	return f
}

// sourceOf returns what counts as one source: an IPv4 address, or an IPv6 network of the
// size that one customer gets.
func sourceOf(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if address = address.Unmap(); address.Is4() {
		return address.String()
	}
	network, err := address.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return network.String()
}

// deviceCookie remembers that a person has signed in from a browser. It opens nothing.
const (
	deviceCookie = "quorate-device"
	deviceLife   = 180 * 24 * time.Hour
)

// newDevice returns the value of a device cookie for an account.
func (i *Identity) newDevice(account int64) string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // documented never to fail
	nonce := hex.EncodeToString(random)
	return nonce + "." + i.deviceMark(account, nonce)
}

func (i *Identity) deviceMark(account int64, nonce string) string {
	return i.keyring.Digest(fmt.Sprintf("device %d %s", account, nonce))
}

// deviceOf returns which of an account's browsers sends a request; empty: none that is known.
func (i *Identity) deviceOf(r *http.Request, account int64) string {
	cookie, err := r.Cookie(deviceCookie)
	if err != nil {
		return ""
	}
	nonce, mark, _ := strings.Cut(cookie.Value, ".")
	if !equal(mark, i.deviceMark(account, nonce)) {
		return ""
	}
	return nonce
}

// countsFor returns what a guess at an account's password adds to.
func (i *Identity) countsFor(r *http.Request, source string, account int64, name string) []guess {
	if account != 0 {
		if device := i.deviceOf(r, account); device != "" {
			return []guess{{fmt.Sprintf("account %d from browser %s", account, device), freeGuesses, firstWait}}
		}
	}
	who := fmt.Sprintf("account %d", account)
	if account == 0 {
		who = "name " + i.keyring.Digest("name "+name)
	}
	return []guess{
		{who + " from " + source, freeGuesses, firstWait},
		{"any from " + source, freeSourceGuesses, firstWait},
	}
}
