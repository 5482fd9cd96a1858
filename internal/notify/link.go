package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// Purpose is what a link that somebody is mailed is for.
// It is stored in the queue, and must not change.
type Purpose string

// The purposes.
const (
	ToReset  Purpose = "reset"  // to choose another password
	ToInvite Purpose = "invite" // to choose the first one
)

// sealedLink is a link in the queue. Whoever reads the database cannot open it.
type sealedLink struct {
	Purpose   Purpose   `json:"purpose"`
	Box       []byte    `json:"box"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// linkSeal is the kind of thing that the boxes are sealed as.
const linkSeal = "mailed link"

// linkLife is how long links to choose a password work.
// The one who made the link keeps it that long as well; here it bounds how long the mail is tried.
const linkLife = 24 * time.Hour

// SendLink mails a person a link to choose a password, and reports whether it can: whether
// there is mail, and the person has an address. It is written down, and sent soon. Without
// mail, one that the person has asked for is logged: an administrator who reads the log passes
// it on.
// An invitation without mail is not logged, since the administrator who invites is shown its link.
func (n *Notify) SendLink(ctx context.Context, to store.Person, purpose Purpose, link string) (bool, error) {
	if !n.Mails() || to.Email == "" {
		if purpose == ToReset {
			n.Log.InfoContext(ctx, "somebody has asked for a link to choose a password", "user", to.ID, "link", link)
		}
		return false, nil
	}
	// The seal is bound to the delivery's id, so a link in the queue cannot be put into another's mail.
	id, expires := n.NewID(), n.Now().Add(linkLife)
	sealed := &sealedLink{purpose, n.Keys.Seal(linkSeal, id, []byte(link)), expires}
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		return n.enqueueMail(tx, id, to.ID, mail{Link: sealed}, expires)
	})
	if err != nil {
		return false, fmt.Errorf("notify: send link: %w", err)
	}
	hint(n.due)
	return true, nil
}
