package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// Item is something in a person's inbox.
type Item struct {
	ID     int64
	ReadAt *time.Time
	Notification
	Message string // a sentence
}

// hidden stands in the place of what was told about a project that the person may not see any more.
const hidden = "This was about a project that you may no longer see."

// Inbox returns a page of what a person was told, the newest first, how many there are in all,
// and how many are unread.
// What is counted and what is read may differ by what comes between the two queries: the next look sets it right.
func (n *Notify) Inbox(ctx context.Context, account int64, offset, limit int) (items []Item, total, unread int, err error) {
	if total, unread, err = n.DB.CountInboxItems(ctx, account); err != nil {
		return nil, 0, 0, err
	}
	rows, err := n.DB.InboxItems(ctx, account, offset, limit)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, row := range rows {
		i := Item{ID: row.ID, ReadAt: row.ReadAt}
		if err := json.Unmarshal(row.Body, &i.Notification); err != nil {
			return nil, 0, 0, fmt.Errorf("notify: inbox item %d: %w", row.ID, err)
		}
		if mayBeTold(n.State(), account, i.Project) {
			by, err := n.nameOf(ctx, i.Actor)
			if err != nil {
				return nil, 0, 0, err
			}
			i.Message = i.Sentence(by)
		} else {
			// The item stays, so that pages and counts fit, and says nothing that may not be read.
			i.Notification, i.Message = Notification{Topic: i.Topic, At: i.At}, hidden
		}
		items = append(items, i)
	}
	return items, total, unread, nil
}

// MarkRead notes that a person has read items of theirs; nil: all of them. Others' are left alone.
func (n *Notify) MarkRead(ctx context.Context, account int64, ids []int64) error {
	return n.DB.Update(ctx, func(tx *store.Tx) error { return tx.ReadInboxItems(account, ids, n.Now()) })
}
