package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// Mails are deliveries of a kind. What a mail is to say waits in the queue by ids; at each attempt it is looked up anew whom it goes
// to, what it says and whether it may still be said (letter.go). A mail has a connection of its own: they are few.

// SMTP says how mails are sent.
type SMTP struct {
	Host string
	Port int
	// User and Password are empty if the server asks for none.
	User, Password string
	Sender         netmail.Address // from whom mails are
	TLS            TLS
	// Trust, which may be nil, replaces the certificates that the machine trusts.
	Trust *tls.Config
}

// TLS is how the connection to the mail server is encrypted.
type TLS string

// The ways.
const (
	StartTLS TLS = "starttls" // after a greeting in clear; required
	FullTLS  TLS = "tls"      // from the first byte
	NoTLS    TLS = "none"
)

// kindMail is the kind of deliveries that are mails.
const kindMail = "mail"

// mailLife is for how long a mail is tried: longer than a weekend.
const mailLife = 3 * 24 * time.Hour

// testLife is for how long a test mail is tried: while somebody waits for it.
const testLife = time.Hour

// mail is what the delivery of a mail carries: one of these.
// It is stored as JSON for days: fields may be added, and must keep their meaning.
type mail struct {
	Notification *Notification  `json:"notification,omitempty"`
	Digest       []Notification `json:"digest,omitempty"`
	Link         *sealedLink    `json:"link,omitempty"`
	Test         bool           `json:"test,omitempty"`
}

// mail puts a mail into the queue.
// It is written in the transaction that tells, so that nobody is told without the mail, or mailed twice. Whoever calls it hints at
// due afterwards.
func (n *Notify) mail(tx *store.Tx, account int64, m mail) error {
	return n.enqueueMail(tx, n.NewID(), account, m, n.Now().Add(mailLife))
}

// enqueueMail puts a mail into the queue, where it waits until it is sent, or expires.
func (n *Notify) enqueueMail(tx *store.Tx, id string, account int64, m mail, expires time.Time) error {
	payload, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("notify: encode mail: %w", err)
	}
	return tx.AddDelivery(Delivery{
		ID: id, Kind: kindMail, Target: strconv.FormatInt(account, 10), Account: account, Payload: payload,
		CreatedAt: n.Now(), DueAt: n.Now(), ExpiresAt: expires,
	})
}

// postman sends mails.
type postman struct{ *Notify }

// Send sends a mail to whom it is for, at the address that the person has now.
//
// What people can mend while it waits (the server is away, its password is wrong) passes; what makes this mail impossible is a
// PermanentError: no person, no address, nothing that may be said.
func (p *postman) Send(ctx context.Context, d Delivery) error {
	var m mail
	if err := json.Unmarshal(d.Payload, &m); err != nil {
		return permanent("The mail cannot be read: %v", err)
	}
	person, err := p.DB.Person(ctx, d.Account)
	if errors.Is(err, store.ErrNotFound) {
		return permanent("The person is deleted.")
	}
	if err != nil {
		return err
	}
	if person.Email == "" {
		return permanent("The person has no e-mail address.")
	}
	letter, err := p.letter(ctx, d, m)
	if err != nil {
		return err
	}
	return p.post(ctx, d.ID, person, letter)
}

// post hands a letter to the mail server.
func (n *Notify) post(ctx context.Context, id string, to store.Person, l *letter) error {
	message, err := n.message(id, to, l)
	if err != nil {
		return err
	}
	client, err := n.Mail.client()
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return judged(err)
	}
	return nil
}

// message returns a letter as a mail. Its Message-ID is the same at every attempt.
// Mail programs drop by it what comes twice. The error is permanent for an address that is none.
func (n *Notify) message(id string, to store.Person, l *letter) (*gomail.Msg, error) {
	address, err := netmail.ParseAddress(to.Email)
	if err != nil {
		return nil, permanent("The person's e-mail address is none: %v", err)
	}
	text, html, err := l.bodies()
	if err != nil {
		return nil, err
	}
	sender := n.Mail.Sender
	_, domain, _ := strings.Cut(sender.Address, "@")
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(&sender)
	message.ToMailAddress(&netmail.Address{Name: oneLine(to.Name), Address: address.Address})
	message.Subject(l.subject())
	message.SetMessageIDWithValue(id + "@" + domain)
	message.SetDateWithValue(n.Now())
	message.SetGenHeader("Auto-Submitted", "auto-generated") // so that absence notes do not answer
	if l.Settings != "" {
		// In a header, since a mail has one link (RFC 2369). One signs in there, so it is no single click.
		message.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+l.Settings+">")
	}
	message.SetBodyString(gomail.TypeTextPlain, text)
	message.AddAlternativeString(gomail.TypeTextHTML, html)
	return message, nil
}

// client returns what speaks to the mail server, for one mail.
// Its timeout is half of an attempt's, so that what failed can still be told.
func (s *SMTP) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(attemptLimit / 2)}
	switch s.TLS {
	case FullTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Trust != nil {
		options = append(options, gomail.WithTLSConfig(s.Trust))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

// judged says whether an attempt failed for good: when the server has refused this very mail.
// That it is away, or does not accept the password, passes or is put right.
// What counts is a reply 5yz (RFC 5321, section 4.2.1) to the recipient or to the mail itself. A 5yz to the sender or to the
// greeting says something about the server's settings, which somebody can put right before all mails are given up.
func judged(err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 && !refused.IsTemp() {
		//nolint:exhaustive // the others are no verdict on the mail
		switch refused.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			return permanent("The mail server refuses the mail: %v", err)
		}
	}
	return fmt.Errorf("the mail server could not take the mail: %w", err)
}

// SendTest mails a person that mails reach them, and returns the id of the delivery.
// Whether the person has an address is seen when it is sent; the delivery says so.
//
// Faults: BadData when there is no mail.
func (n *Notify) SendTest(ctx context.Context, to store.Person) (string, error) {
	if !n.Mails() {
		return "", fault.New(fault.BadData, "No mail server is set. Whoever runs the server can set QUORATE_SMTP_HOST and the settings beside it.")
	}
	id := n.NewID()
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		return n.enqueueMail(tx, id, to.ID, mail{Test: true}, n.Now().Add(testLife))
	})
	hint(n.due)
	return id, err
}
