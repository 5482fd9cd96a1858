package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// What one person is told of one thing, from the row of the inbox to the sentence. The row names people and projects by id and the
// sentence is made when it is read: what a project's reader may see, and what people are called, is that of the reading.

// Notification is one thing that a person is told. It names others by id; what they are called
// is looked up when it is shown, so that nothing is left of who is deleted.
// It is stored as JSON for half a year, so fields may be added, and must keep their meaning.
type Notification struct {
	Topic       Topic                  `json:"topic"`
	Request     changerequest.ID       `json:"changeRequest,omitempty"` // 0: it is about none
	Project     flag.ProjectID         `json:"project,omitempty"`
	Environment flag.EnvironmentName   `json:"environment,omitempty"`
	More        []flag.EnvironmentName `json:"moreEnvironments,omitempty"` // of a bypass
	// The title is kept as it was, since a closed request is not in the state any more.
	Title    string     `json:"title,omitempty"` // the request's
	Actor    access.Ref `json:"actor"`
	Text     string     `json:"text,omitempty"` // a comment or a reason, in Markdown
	At       time.Time  `json:"at"`
	Deadline *time.Time `json:"deadline,omitempty"` // of a reminder
	Due      *time.Time `json:"due,omitempty"`      // when a scheduled request is to be applied, or was
	Closed   bool       `json:"closed,omitempty"`   // of a bypass: windows forbade it
	Off      bool       `json:"off,omitempty"`      // change requests are turned off, or an approved request is no longer that
	// Revision and Hash are the end of the ledger when this was told.
	Revision int64       `json:"revision"`
	Hash     ledger.Hash `json:"hash"`
}

// Link returns where in the web app the notification leads, from the server's address.
// It begins with a slash, and is put behind the address with the base path. Ids of projects need no escape: they are URL friendly.
func (n *Notification) Link() string {
	switch {
	case n.Request != 0:
		return fmt.Sprintf("/projects/%s/change-requests/%d", n.Project, n.Request)
	case n.Project != "":
		return fmt.Sprintf("/projects/%s", n.Project)
	case n.Topic == Bypassed:
		return "/events"
	default:
		return "/change-requests"
	}
}

// Sentence says what has happened. by is what who did it is called.
// It is plain text: a title in it may hold anything, and whoever shows it escapes it.
func (n *Notification) Sentence(by string) string {
	title := fmt.Sprintf("“%s”", n.Title)
	switch n.Topic {
	case ReviewRequested:
		return fmt.Sprintf("%s asks you to review %s.", by, title)
	case Reminder:
		return fmt.Sprintf("%s expires soon: approvals are missing.", title)
	case Approved:
		if n.Off {
			return fmt.Sprintf("%s has withdrawn an approval of %s: approvals are missing again.", by, title)
		}
		return fmt.Sprintf("%s has approved %s. It can be applied.", by, title)
	case Rejected:
		return fmt.Sprintf("%s has rejected %s.", by, title)
	case Changed:
		return fmt.Sprintf("%s has edited %s after you approved it. Your approval no longer counts.", by, title)
	case Applied:
		if n.Actor == access.SystemRef {
			return fmt.Sprintf("%s was applied at the time for which it was scheduled.", title)
		}
		return fmt.Sprintf("%s has applied %s.", by, title)
	case Scheduled:
		return fmt.Sprintf("%s has scheduled %s.", by, title)
	case Suspended:
		return fmt.Sprintf("%s is suspended by what %s did. It will not be applied by itself.", title, by)
	case Failed:
		return fmt.Sprintf("%s could not be applied at the time for which it was scheduled.", title)
	case Closed:
		if n.Actor == access.SystemRef {
			return fmt.Sprintf("%s was cancelled.", title)
		}
		return fmt.Sprintf("%s has cancelled %s.", by, title)
	case Commented:
		return fmt.Sprintf("%s has commented on %s.", by, title)
	case Mentioned:
		return fmt.Sprintf("%s has mentioned you in %s.", by, title)
	case Bypassed:
		if n.Closed {
			return fmt.Sprintf("%s has changed an environment that took no changes at the time: it is frozen, or outside of its maintenance windows.", by)
		}
		return fmt.Sprintf("%s has changed a protected environment without a change request.", by)
	default: // Switched
		if n.Off {
			return fmt.Sprintf("%s has turned change requests off: no environment is protected any more.", by)
		}
		return fmt.Sprintf("%s has turned change requests on.", by)
	}
}

// reader is how a person can be told, and wants to be.
type reader struct {
	Setting
	mailed bool // there is mail, and the person has an address
}

// reader looks up how a person wants to be told. It is asked before the transaction that tells, which is to be short.
func (n *Notify) reader(ctx context.Context, account int64) (reader, error) {
	setting, err := n.Setting(ctx, account)
	if err != nil || !n.Mails() {
		return reader{Setting: setting}, err
	}
	person, err := n.DB.Person(ctx, account)
	if errors.Is(err, store.ErrNotFound) {
		err = nil // deleted just now
	}
	return reader{setting, person.Email != ""}, err
}

// give writes what one person is told of one thing: the inbox item and, as the person wants it,
// the mail. tells names the thing; who has been told it is told nothing.
// Who has been told the same before, by whichever node or earlier attempt, gets no second mail either.
func (n *Notify) give(tx *store.Tx, to recipient, r reader, tells string, told Notification) error {
	body, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("notify: encode notification: %w", err)
	}
	now := n.Now()
	item := store.InboxItem{Account: to.account, Tells: tells, Body: body, At: told.At}
	channel := r.Topics[told.Topic]
	if channel == ByDefault || channel == "" {
		channel = InboxOnly
		if to.concerned {
			channel = Immediately
		}
	}
	if channel == Daily && r.mailed {
		at := nextDigest(now, r.Location())
		item.DigestAt = &at
	}
	// The inbox has everything; only an item that is new may lead to a mail.
	added, err := tx.AddInboxItem(item)
	if err != nil || !added || channel != Immediately || !r.mailed {
		return err
	}
	return n.mail(tx, to.account, mail{Notification: &told})
}

// nameOf returns what an actor is called now.
// A name of an account is the newest one, and what is said of a deleted one names nobody.
func (n *Notify) nameOf(ctx context.Context, ref access.Ref) (string, error) {
	switch ref.Kind() {
	case access.KindSystem:
		return "Quorate", nil
	case access.KindToken, access.KindAdminToken:
		if token := n.State().Token(ref.ID()); token != nil {
			return fmt.Sprintf("the token %q", token.Name), nil
		}
		return "a deleted token", nil
	default:
		person, err := n.DB.Person(ctx, ref.Account())
		if errors.Is(err, store.ErrNotFound) {
			return "somebody who is deleted", nil
		}
		return called(person), err
	}
}

// called returns what a person is called in a sentence.
// Who has no name has a username or an address; after both, the reference, such as user:7.
func called(p store.Person) string {
	for _, name := range []string{p.Name, p.Username, p.Email} {
		if name != "" {
			return name
		}
	}
	return string(access.NewRef(access.KindUser, p.ID))
}

// headOf sets the end of the ledger that a notification names.
// Mails carry it out of the reach of whoever administers the database (docs/notifications.md, "Mails").
func (n *Notification) headOf(s *state.State) {
	n.Revision, n.Hash = s.Revision(), s.Head().Hash
}
