package identity

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// Token returns the API token with the secret, and notes that it was used. An
// unknown, deleted or expired one gives the fault of Unknown, after the same work; a
// personal token that of WrongType.
func (i *Identity) Token(secret string) (*access.APIToken, error) {
	if secret == "" {
		return nil, Unknown()
	}
	s, now := i.state(), i.now()
	seen := i.known.get(secret)
	if seen == nil {
		// Only secrets of tokens are remembered, so whoever tries others fills nothing.
		digest := i.keyring.Digest(secret)
		if s.TokenByDigest(digest) == nil {
			if s.PersonalTokenByDigest(digest) != nil {
				return nil, WrongType()
			}
			return nil, Unknown()
		}
		seen = i.known.add(secret, digest)
	}
	found := seen.in(s, &i.uses)
	if found == nil || found.token.Expired(now) {
		return nil, Unknown()
	}
	found.use.note(now)
	return found.token, nil
}

// maxKnown bounds how many secrets are remembered; an instance has at most a few
// thousand tokens.
const maxKnown = 10_000

// knownSecrets remembers the digests of secrets, so that an SDK that polls costs no
// hash. It is emptied when it is full, which costs each token one hash.
type knownSecrets struct {
	mu       sync.RWMutex
	bySecret map[string]*known
}

func (k *knownSecrets) get(secret string) *known {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.bySecret[secret]
}

func (k *knownSecrets) add(secret, digest string) *known {
	k.mu.Lock()
	defer k.mu.Unlock()
	if there := k.bySecret[secret]; there != nil {
		return there
	}
	if k.bySecret == nil || len(k.bySecret) >= maxKnown {
		k.bySecret = make(map[string]*known)
	}
	added := &known{digest: digest}
	// The header's text may be part of a larger one.
	k.bySecret[strings.Clone(secret)] = added
	return added
}

// known is a secret that was a token's when it was first seen.
type known struct {
	digest string
	last   atomic.Pointer[found]
}

// found is the token that a known secret has at one head of the ledger.
type found struct {
	at    ledger.Head
	token *access.APIToken
	use   *use
}

// in returns the token as it is in s, or nil if it is not there any more. The
// answer is kept for as long as the ledger does not move; keeping the head and not
// the state lets old states go.
func (k *known) in(s *state.State, uses *uses) *found {
	if last := k.last.Load(); last != nil && last.at == s.Head() {
		return last
	}
	token := s.TokenByDigest(k.digest)
	if token == nil {
		return nil
	}
	now := &found{at: s.Head(), token: token, use: uses.of(token.ID)}
	k.last.Store(now)
	return now
}

// use is when a token was last used, in seconds since 1970.
type use struct{ last atomic.Int64 }

func (u *use) note(now time.Time) {
	// Reading first spares the other cores a write of the same second.
	if second := now.Unix(); u.last.Load() < second {
		u.last.Store(second)
	}
}
