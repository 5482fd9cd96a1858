package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// An item whose reader wants it once a day has the time of the next daily mail on it (InboxItem.DigestAt); a job takes all that
// are due, and makes one mail of them. So a change of the time zone or of the channel counts for what is told from then on.

// digestHour is when the daily mail is sent, on the clock of whoever gets it.
const digestHour = 8

// nextDigest returns when the next daily mail is sent to a time zone, after now.
// It is computed by the calendar, not by adding 24 hours, so it stays at that hour when clocks change. The result is in UTC.
func nextDigest(now time.Time, zone *time.Location) time.Time {
	today := now.In(zone)
	at := time.Date(today.Year(), today.Month(), today.Day(), digestHour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(today.Year(), today.Month(), today.Day()+1, digestHour, 0, 0, 0, zone)
	}
	return at.UTC()
}

// Digest makes the daily mails that are due: one for each person, of all that they were told
// since the last one.
//
// Taking the items and queueing the mail is one transaction, so of two nodes one makes the mail, and none is lost. People whose
// mail fails do not hold up others; they come again with the next turn.
func (n *Notify) Digest(ctx context.Context) error {
	if !n.Mails() {
		return nil
	}
	due, err := n.DB.DigestsDue(ctx, n.Now())
	if err != nil {
		return fmt.Errorf("notify: digest: %w", err)
	}
	var failed error
	for _, account := range due {
		err := n.DB.Update(ctx, func(tx *store.Tx) error {
			items, err := tx.TakeDigest(account, n.Now())
			// Another node was first.
			if err != nil || len(items) == 0 {
				return err
			}
			told := make([]Notification, len(items))
			for i, item := range items {
				if err := json.Unmarshal(item.Body, &told[i]); err != nil {
					return fmt.Errorf("inbox item %d: %w", item.ID, err)
				}
			}
			return n.mail(tx, account, mail{Digest: told})
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("notify: digest: %w", err))
		}
	}
	hint(n.due)
	return failed
}
