package identity

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/alexedwards/argon2id"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// passwordCost is what a guess costs: 19 MiB and about 20 ms, the least that OWASP's
// cheat sheet on password storage recommends. Every hash says its own cost, so it can be raised.
var passwordCost = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodysPassword is compared with when there is nothing to compare with, so that a
// name that nobody has takes as long as one that somebody has.
const nobodysPassword = "$argon2id$v=19$m=19456,t=2,p=1$cXVvcmF0ZS1ub2JvZHkhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hashing lets only so many passwords be hashed at once, for each takes a core and memory.
type hashing chan struct{}

func newHashing() hashing { return make(hashing, max(1, runtime.GOMAXPROCS(0))) }

// run waits for its turn; it fails only if ctx is done before.
func (h hashing) run(ctx context.Context, fn func() error) error {
	select {
	case h <- struct{}{}:
		defer func() { <-h }()
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// matches reports whether a hash is the password's. An empty one takes as long as another.
func (i *Identity) matches(ctx context.Context, password, hash string) (bool, error) {
	compared := hash
	if compared == "" {
		compared = nobodysPassword
	}
	var same bool
	err := i.hashing.run(ctx, func() (err error) {
		same, err = argon2id.ComparePasswordAndHash(password, compared)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("identity: compare password: %w", err)
	}
	return same && hash != "", nil
}

// HashAny returns what to keep of a password that is taken as it is.
func (i *Identity) HashAny(ctx context.Context, password string) (string, error) {
	var hash string
	err := i.hashing.run(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(password, passwordCost)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("identity: hash password: %w", err)
	}
	return hash, nil
}

// HashPassword returns what to keep of an account's new password, 0 being an account to be.
//
// Faults: WeakPassword; PreviousPassword if the account has it, or had it not long ago.
func (i *Identity) HashPassword(ctx context.Context, account int64, password string) (string, error) {
	if err := ValidatePassword(password); err != nil {
		return "", err
	}
	if account != 0 {
		person, err := i.Person(ctx, account)
		if err != nil {
			return "", err
		}
		earlier, err := i.db.OldPasswords(ctx, account)
		if err != nil {
			return "", away(err)
		}
		for _, hash := range append(earlier, person.PasswordHash) {
			used, err := i.matches(ctx, password, hash)
			if err != nil {
				return "", err
			}
			if used {
				return "", fault.New(fault.PreviousPassword, "You cannot use a password that you have used not long ago.")
			}
		}
	}
	return i.HashAny(ctx, password)
}

// CheckPassword returns a PasswordMismatch fault unless it is the account's password, and
// a RateLimit fault for who guesses.
func (i *Identity) CheckPassword(ctx context.Context, account int64, password string) error {
	guess := guess{key: fmt.Sprintf("own password of %d", account), free: freeGuesses, wait: firstWait}
	if wait := i.guesses.begin(i.now(), guess); wait > 0 {
		return tooMany(wait)
	}
	person, err := i.Person(ctx, account)
	if err != nil {
		return err
	}
	right, err := i.matches(ctx, password, person.PasswordHash)
	if err != nil {
		return err
	}
	if !right {
		return fault.New(fault.PasswordMismatch, "The old password is not right.")
	}
	i.guesses.right(guess)
	return nil
}

// The length of a password, in characters. A passphrase may be of any characters, as in the test
// of the Open Worldwide Application Security Project that Unleash uses.
const (
	minPassword   = 10
	maxPassword   = 128
	minPassphrase = 20
)

// ValidatePassword returns a WeakPassword fault that names the rules which a password
// breaks, in the words that Unleash answers the operation validatePassword with.
func ValidatePassword(password string) error {
	var broken []string
	rule := func(kept bool, text string) {
		if !kept {
			broken = append(broken, text)
		}
	}
	characters := []rune(password)
	rule(len(characters) >= minPassword, fmt.Sprintf("The password must be at least %d characters long.", minPassword))
	rule(len(characters) <= maxPassword, fmt.Sprintf("The password must be fewer than %d characters.", maxPassword+1))
	rule(!repeats(characters), "The password may not contain sequences of three or more repeated characters.")
	if len(characters) < minPassphrase {
		rule(strings.ContainsFunc(password, unicode.IsLower), "The password must contain at least one lowercase letter.")
		rule(strings.ContainsFunc(password, unicode.IsUpper), "The password must contain at least one uppercase letter.")
		rule(strings.ContainsFunc(password, unicode.IsDigit), "The password must contain at least one number.")
		rule(strings.ContainsFunc(password, isSpecial), "The password must contain at least one special character.")
	}
	if len(broken) == 0 {
		return nil
	}
	return &fault.Error{
		Kind: fault.WeakPassword, Message: broken[0],
		Details: []fault.Detail{{Message: broken[0], ValidationErrors: broken}},
	}
}

func isSpecial(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func repeats(characters []rune) bool {
	for i := 2; i < len(characters); i++ {
		if characters[i] == characters[i-1] && characters[i] == characters[i-2] {
			return true
		}
	}
	return false
}

// away turns a database that cannot serve into a fault for its reader.
func away(err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		f := fault.New(fault.Unavailable, "The database is away, so people cannot be looked up now.")
		f.RetryAfter = 2 * time.Second
		return f
	}
	return err
}
