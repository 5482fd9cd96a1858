package notify

import "time"

// SetSender lets tests bring deliveries of a kind themselves.
func (n *Notify) SetSender(kind string, s Sender) { n.senders[kind] = s }

// What tests ask directly.
var (
	Mentions   = mentions
	NextDigest = nextDigest
	PauseAfter = pauseAfter
	HTMLOf     = htmlOf
)

// Permanent is an error after which no other attempt is made.
func Permanent(reason string) error { return permanent("%s", reason) }

// WriteOne returns the mail about a notification: subject, plain text and HTML.
func WriteOne(told *Notification, by, url string, zone *time.Location) (subject, text, html string, err error) {
	return written(notificationLetter(told, by, url, zone))
}

// WriteDigest returns a daily mail.
func WriteDigest(told []Notification, names []string, url string, zone *time.Location) (subject, text, html string, err error) {
	return written(digestLetter(told, names, url, zone))
}

// WriteLink returns a mail with a link to choose a password.
func WriteLink(purpose Purpose, expires time.Time, url string, zone *time.Location) (subject, text, html string, err error) {
	return written(linkLetter(&sealedLink{Purpose: purpose, ExpiresAt: expires}, url, zone))
}

func written(l *letter) (subject, text, html string, err error) {
	text, html, err = l.bodies()
	return l.subject(), text, html, err
}
