package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// People knows what is not in the ledger: names and passwords; identity is one.
type People interface {
	// Named returns who has the name as e-mail address or username, or a NotFound fault.
	Named(ctx context.Context, name string) (store.Person, error)
	// HashPassword returns what to keep of an account's new password, 0 being an account
	// to be. Faults: WeakPassword, PreviousPassword.
	HashPassword(ctx context.Context, account int64, password string) (string, error)
	// HashAny is HashPassword for a password that is taken as it is.
	HashAny(ctx context.Context, password string) (string, error)
	// CheckPassword returns a PasswordMismatch fault unless it is the account's password.
	CheckPassword(ctx context.Context, account int64, password string) error
	// ResetToken returns what a link to choose a password is for. Faults: InvalidToken, UsedToken.
	ResetToken(ctx context.Context, secret string) (store.ResetToken, error)
	// InviteLink returns the invite link with a secret, or a BadData fault if nobody can
	// come in by it any more.
	InviteLink(ctx context.Context, secret string) (store.InviteLink, error)
}

// account returns an account of a kind, or a NotFound fault.
func account(s *state.State, kind access.Kind, id int64) (*access.Account, error) {
	if a := s.Account(id); a != nil && a.Kind == kind {
		return a, nil
	}
	if kind == access.KindServiceAccount {
		return nil, fault.New(fault.NotFound, "Could not find a service account with id %d", id)
	}
	return nil, fault.New(fault.NotFound, "Could not find user with id %d", id)
}

// rootRole refuses a role that is not one of the whole instance.
func rootRole(s *state.State, id access.RoleID) error {
	if role := s.Role(id); role == nil || !role.Type.Root() {
		return fault.Field("/body/rootRole", "Could not find a root role with id %d.", id)
	}
	return nil
}

// RoleNamed returns the role of the whole instance that has the name, or a BadData fault.
func RoleNamed(s *state.State, name string) (access.RoleID, error) {
	for role := range s.Roles() {
		if role.Type.Root() && strings.EqualFold(role.Name, strings.TrimSpace(name)) {
			return role.ID, nil
		}
	}
	return 0, fault.Field("/body/rootRole", "Could not find a root role with the name %q.", name)
}

// maxPersonName bounds names of people, in bytes: what is longer is no name.
const maxPersonName = 255

// validNames returns what is wrong with names that are to be stored.
func validNames(name, username, email string) []fault.Detail {
	var details []fault.Detail
	for _, field := range []struct{ path, value string }{{"/body/name", name}, {"/body/username", username}, {"/body/email", email}} {
		if len(field.value) > maxPersonName {
			details = append(details, fault.Detail{Path: field.path, Message: "It is longer than 255 bytes."})
		}
	}
	if email != "" && !validEmail(email) {
		details = append(details, fault.Detail{Path: "/body/email", Message: `"value" must be a valid email. You provided "` + email + `".`})
	}
	return details
}

// validEmail reports whether a text is an address, and nothing but that, in a domain with a dot.
func validEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || strings.ContainsAny(text, " \"") {
		return false
	}
	domain := text[strings.LastIndexByte(text, '@')+1:]
	return strings.Contains(strings.Trim(domain, "."), ".")
}

// taken turns the store's refusal of a name into a fault.
func taken(err error) error {
	if errors.Is(err, store.ErrTaken) {
		return fault.New(fault.BadData, "User already exists")
	}
	return err
}

// admins returns the people who may do everything, but for one.
func admins(s *state.State, except int64) []int64 {
	var ids []int64
	for a := range s.Accounts() {
		if a.Kind == access.KindUser && a.ID != except && isAdmin(s, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func isAdmin(s *state.State, id int64) bool {
	actor, _ := s.Actor(id)
	return actor.IsAdmin()
}

// keepAdmin refuses that an administrator goes who is the last that can sign in.
func keepAdmin(tx *store.Tx, leaving int64, others []int64) error {
	can, err := tx.WithPassword([]int64{leaving})
	if err != nil || can == 0 {
		return err
	}
	left, err := tx.WithPassword(others)
	if err != nil || left > 0 {
		return err
	}
	return fault.New(fault.InvalidOperation, "This is the last administrator who can sign in. Give somebody else the role Admin and a password first.")
}

// adminsLost returns the people who could do everything in one state and cannot in the next,
// and those who can.
func adminsLost(before, after *state.State) (lost, left []int64) {
	left = admins(after, 0)
	for _, id := range admins(before, 0) {
		if !slices.Contains(left, id) {
			lost = append(lost, id)
		}
	}
	return lost, left
}

// keepAdmins is keepAdmin for several who go at once.
func keepAdmins(tx *store.Tx, lost, left []int64) error {
	for _, id := range lost {
		if err := keepAdmin(tx, id, left); err != nil {
			return err
		}
	}
	return nil
}

// linkLimit is how long a link to choose a password opens.
const linkLimit = 24 * time.Hour

// newResetToken returns the secret of a link to choose a password, and what is stored of it.
func newResetToken(d *decide.Decision, account int64) (string, store.ResetToken) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	secret := hex.EncodeToString(random)
	return secret, store.ResetToken{
		Digest: store.DigestOf(secret), Account: account, CreatedBy: string(d.Actor.Ref), CreatedAt: d.Now, ExpiresAt: d.Now.Add(linkLimit),
	}
}
