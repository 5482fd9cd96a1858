package notify

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	html "html/template"
	"slices"
	"strings"
	text "text/template"
	"time"
	"unicode"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
)

// What mails say. A letter is made when a mail is sent, not when it is queued: names, addresses, the time zone and what the reader
// may see are those of that moment. Subjects and sentences are plain text; a Quote is Markdown that somebody wrote. The templates,
// one for plain text and one for HTML, add nothing that is not in the letter.

// letter is what a mail says, before it is HTML or plain text.
type letter struct {
	Subject  string
	Sentence string // what has happened
	Facts    []fact
	Quote    string // Markdown: a comment or a reason
	Items    []item // of a digest
	Links    []link // one, or none in a digest, whose items have one each
	Why      string // why the reader gets this mail
	Settings string // where the reader chooses which mails to get; empty: this one was asked for
	// Revision and Hash are the ledger's end, which so leaves the machine; zero: they are not said.
	Revision int64
	Hash     ledger.Hash
}

// fact is a line of a letter: a name and a value.
type fact struct{ Name, Value string }

// link is where a letter leads.
type link struct{ URL, Text string }

// item is a line of a digest.
type item struct {
	Sentence, When string
	Link           link
}

// maxQuote and maxSubject bound what of a text is in a mail, in characters.
const (
	maxQuote   = 2_000
	maxSubject = 150
)

// why says why a mail about a topic came, and how to get fewer.
const why = "You get this mail because it concerns you. Your notification settings say of what you are told, at once or once a day."

// settingsPath is where in the web app one chooses how one is told.
const settingsPath = "/profile/notifications"

// letter returns what a delivery's mail says to its reader.
// A PermanentError means that the mail must not be sent any more.
func (n *Notify) letter(ctx context.Context, d Delivery, m mail) (*letter, error) {
	setting, err := n.Setting(ctx, d.Account)
	if err != nil {
		return nil, err
	}
	zone := setting.Location()
	switch {
	case m.Test:
		return &letter{
			Subject: "Test mail", Sentence: "This is a test mail: mails of Quorate reach you.",
			Links: []link{{n.URL + "/", "Open Quorate"}}, Why: "You have asked for it.",
		}, nil
	case m.Link != nil:
		url, err := n.Keys.Open(linkSeal, d.ID, m.Link.Box)
		if err != nil {
			return nil, permanent("The link cannot be opened: it was sealed with another secret key.")
		}
		return linkLetter(m.Link, string(url), zone), nil
	case m.Notification != nil:
		if !mayBeTold(n.State(), d.Account, m.Notification.Project) {
			return nil, permanent("The person may no longer see the project.")
		}
		by, err := n.nameOf(ctx, m.Notification.Actor)
		if err != nil {
			return nil, err
		}
		return notificationLetter(m.Notification, by, n.URL, zone), nil
	// A digest leaves out what its reader may no longer see; if nothing is left, there is no mail.
	default:
		told := slices.DeleteFunc(m.Digest, func(t Notification) bool { return !mayBeTold(n.State(), d.Account, t.Project) })
		if len(told) == 0 {
			return nil, permanent("The person may no longer see the projects.")
		}
		names := make([]string, len(told))
		for i, t := range told {
			if names[i], err = n.nameOf(ctx, t.Actor); err != nil {
				return nil, err
			}
		}
		return digestLetter(told, names, n.URL, zone), nil
	}
}

// linkLetter is sent to who cannot sign in, so it has no link to settings.
func linkLetter(l *sealedLink, url string, zone *time.Location) *letter {
	written := &letter{
		Subject: "Choose another password", Sentence: "Somebody has asked for a link by which you choose another password.",
		Links: []link{{url, "Choose a password"}},
		Why:   "If it was not you, nothing has changed, and you need do nothing.",
	}
	if l.Purpose == ToInvite {
		written.Subject, written.Sentence = "You are invited to Quorate", "An administrator has made an account for you. Choose a password, and sign in with this e-mail address."
		written.Why = "If you do not know what this is about, you need do nothing."
	}
	written.Facts = []fact{{"Works until", when(l.ExpiresAt, zone) + ", once"}}
	return written
}

// subjects begin the subject of a mail about a request; its title follows.
var subjects = map[Topic]string{
	ReviewRequested: "Review requested", Reminder: "Expires soon", Approved: "Approved", Rejected: "Rejected",
	Changed: "Edited after your approval", Applied: "Applied", Closed: "Cancelled", Commented: "Comment",
	Mentioned: "You are mentioned", Scheduled: "Scheduled", Suspended: "Suspended", Failed: "Could not be applied",
}

// notificationLetter returns what is told of one thing. by is what who did it is called; url is the server's address.
func notificationLetter(told *Notification, by, url string, zone *time.Location) *letter {
	l := &letter{
		Sentence: told.Sentence(by), Quote: Short(told.Text, maxQuote), Why: why,
		Settings: url + settingsPath, Links: []link{{url + told.Link(), "Open the change request"}}, Revision: told.Revision, Hash: told.Hash,
	}
	where := told.Environments()
	switch told.Topic {
	case Bypassed:
		l.Subject, l.Links[0].Text = "Bypass in "+where, "Open Quorate"
	case Switched:
		l.Subject, l.Links[0].Text = "Change requests are turned on", "Open Quorate"
		if told.Off {
			l.Subject = "Change requests are turned off"
		}
	default:
		l.Subject = subjects[told.Topic] + ": " + told.Title
		if told.Topic == Approved && told.Off {
			l.Subject = "Approval withdrawn: " + told.Title
		}
	}
	add := func(name, value string) {
		if value != "" {
			l.Facts = append(l.Facts, fact{name, value})
		}
	}
	add("Project", string(told.Project))
	add("Environment", where)
	switch {
	case told.Deadline != nil:
		add("Expires", when(*told.Deadline, zone))
	case told.Topic == Scheduled && told.Due != nil:
		add("Scheduled for", when(*told.Due, zone))
	default:
		if told.Due != nil {
			add("Was scheduled for", when(*told.Due, zone))
		}
		add("When", when(told.At, zone))
	}
	return l
}

// Environments returns in which environments something has happened, as a list to read.
func (n *Notification) Environments() string {
	if n.Environment != "" {
		return string(n.Environment)
	}
	return joined(n.More, func(e flag.EnvironmentName) string { return string(e) })
}

// digestLetter returns what is told of several things, at least one; names says who did each, in the same order. The ledger's end is
// that of the last, which was told latest.
func digestLetter(told []Notification, names []string, url string, zone *time.Location) *letter {
	last := told[len(told)-1]
	l := &letter{
		Subject: fmt.Sprintf("%d things that concern you", len(told)), Sentence: "Since the last daily mail:",
		Why: why, Settings: url + settingsPath, Revision: last.Revision, Hash: last.Hash,
	}
	if len(told) == 1 {
		l.Subject = "One thing that concerns you"
	}
	for i := range told {
		l.Items = append(l.Items, item{told[i].Sentence(names[i]), when(told[i].At, zone), link{url + told[i].Link(), "Open"}})
	}
	return l
}

// when says a time in a zone, and which zone that is.
// The zone is named by its abbreviation and by its name, as many abbreviations stand for several zones.
func when(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	said := local.Format("Monday, 2 January 2006, 15:04 MST")
	if zone == time.UTC {
		return said
	}
	return said + " (" + zone.String() + ")"
}

// Short returns a text cut to so many characters, the last of which says that there was more.
// Characters are code points, so that no character is cut in two.
func Short(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

// oneLine returns a text without line ends and other control characters, which have no business
// in a header.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s))
}

// subject is one line: titles are chosen by people, and a line end would begin another header.
func (l *letter) subject() string { return Short(oneLine(l.Subject), maxSubject) }

//go:embed templates
var templateFiles embed.FS

var (
	textTemplate = text.Must(text.New("mail.txt").Funcs(text.FuncMap{"indented": indented, "line": oneLine}).ParseFS(templateFiles, "templates/mail.txt"))
	htmlTemplate = html.Must(html.New("mail.html").Funcs(html.FuncMap{"markdown": htmlOf, "line": oneLine}).ParseFS(templateFiles, "templates/mail.html"))
)

// indented returns a text as a quotation in plain text.
func indented(s string) string {
	return "> " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n> ")
}

// bodies returns the letter as plain text and as HTML.
func (l *letter) bodies() (plain, rich string, err error) {
	var p, r bytes.Buffer
	if err := textTemplate.Execute(&p, l); err != nil {
		return "", "", fmt.Errorf("notify: write a mail: %w", err)
	}
	if err := htmlTemplate.Execute(&r, l); err != nil {
		return "", "", fmt.Errorf("notify: write a mail: %w", err)
	}
	return p.String(), r.String(), nil
}
