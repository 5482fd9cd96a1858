package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/window"
)

// What people are told about and how they choose. A topic is what somebody can switch, so it is coarser than an event and finer than
// an audience; it is stored in settings and inbox items, and must not change.

// Topic is what a notification is about; everybody chooses for each how they are told.
type Topic string

// The topics.
const (
	ReviewRequested Topic = "review-requested"
	Reminder        Topic = "reminder"
	Approved        Topic = "approved"
	Rejected        Topic = "rejected"
	Changed         Topic = "changed"
	Applied         Topic = "applied"
	Closed          Topic = "closed"
	Commented       Topic = "commented"
	Mentioned       Topic = "mentioned"
	Scheduled       Topic = "scheduled"
	Suspended       Topic = "suspended"
	Failed          Topic = "failed"
	Bypassed        Topic = "bypassed"
	Switched        Topic = "switched"
)

// TopicInfo says what a topic is about.
type TopicInfo struct {
	Topic   Topic
	Meaning string // after "you are told when"
}

// Topics returns all topics, in the order in which they are offered.
func Topics() []TopicInfo {
	return []TopicInfo{
		{ReviewRequested, "you are asked for a review"},
		{Reminder, "a request that waits for you, or is yours, is about to expire"},
		{Approved, "your request has all its approvals, or has lost one"},
		{Rejected, "your request is rejected"},
		{Changed, "a request that you approved was edited, so that your approval no longer counts"},
		{Applied, "your request, or one that you approved, is applied"},
		{Closed, "a request is cancelled or has expired"},
		{Commented, "somebody comments on a request"},
		{Mentioned, "somebody mentions you in a comment"},
		{Scheduled, "a request is scheduled"},
		{Suspended, "a scheduled request is suspended"},
		{Failed, "a scheduled request could not be applied"},
		{Bypassed, "somebody changes an environment that you approve for without a change request"},
		{Switched, "change requests are turned off or on for the whole instance"},
	}
}

// Channel is how somebody is told of a topic. The inbox has everything, whatever the channel.
type Channel string

// The channels.
const (
	// ByDefault is what the table says: a mail at once about what concerns the person, else
	// the inbox only.
	ByDefault   Channel = "default"
	Immediately Channel = "immediately" // a mail at once
	Daily       Channel = "daily"       // in one mail a day
	InboxOnly   Channel = "inbox"
)

// channels are all channels.
func channels() []Channel { return []Channel{ByDefault, Immediately, Daily, InboxOnly} }

// Setting is how a person wants to be told.
// The zero value is that of somebody who has chosen nothing.
type Setting struct {
	// Zone is the IANA name of the time zone in which the person is told times; empty: UTC.
	Zone   string
	Topics map[Topic]Channel // what is missing: ByDefault
}

// Location returns the time zone.
func (s Setting) Location() *time.Location {
	if location, err := window.LoadZone(s.Zone); err == nil {
		return location
	}
	return time.UTC // the zone was known when it was chosen, and may have been given up since
}

// Setting returns how a person wants to be told.
// Whether the account is that of a person is not asked.
func (n *Notify) Setting(ctx context.Context, account int64) (Setting, error) {
	stored, err := n.DB.NotificationSetting(ctx, account)
	if errors.Is(err, store.ErrNotFound) {
		return Setting{}, nil
	}
	if err != nil {
		return Setting{}, err
	}
	return settingOf(account, stored)
}

// settingOf reads a stored setting, of which it names the account if it cannot be read.
func settingOf(account int64, stored store.NotificationSetting) (Setting, error) {
	s := Setting{Zone: stored.Zone}
	if err := json.Unmarshal(stored.Topics, &s.Topics); err != nil {
		return Setting{}, fmt.Errorf("notify: setting of %d: %w", account, err)
	}
	return s, nil
}

// SettingChange is what to change of how a person wants to be told.
type SettingChange struct {
	Zone   *string           // nil: it stays
	Topics map[Topic]Channel // what is missing stays
}

// ChangeSetting changes how a person wants to be told, and returns it. Of two changes at the same time, neither
// takes back what the other one does not.
//
// Faults: BadData, which names the field.
func (n *Notify) ChangeSetting(ctx context.Context, account int64, c SettingChange) (Setting, error) {
	if err := c.check(); err != nil {
		return Setting{}, err
	}
	var changed Setting
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		// A change says only what changes, so it is made on what is there, and the row is locked from reading to writing.
		stored, err := tx.LockNotificationSetting(account)
		if err != nil {
			return err
		}
		before, err := settingOf(account, stored)
		if err != nil {
			return err
		}
		changed = c.over(before)
		topics, err := json.Marshal(changed.Topics)
		if err != nil {
			return fmt.Errorf("notify: encode setting: %w", err)
		}
		return tx.PutNotificationSetting(account, store.NotificationSetting{Zone: changed.Zone, Topics: topics})
	})
	return changed, err
}

// check returns what is wrong with a change.
func (c SettingChange) check() error {
	if c.Zone != nil && *c.Zone != "" {
		if _, err := window.LoadZone(*c.Zone); err != nil {
			return fault.Field("/body/timeZone", "There is no time zone %q. Zones have IANA's names, such as Europe/Berlin.", *c.Zone)
		}
	}
	for topic, channel := range c.Topics {
		if !slices.ContainsFunc(Topics(), func(i TopicInfo) bool { return i.Topic == topic }) {
			return fault.Field("/body/topics", "There is no topic %q. There are: %s.", topic, joined(Topics(), func(i TopicInfo) string { return string(i.Topic) }))
		}
		if !slices.Contains(channels(), channel) {
			return fault.Field("/body/topics/"+string(topic), "Nobody can be told %q. There are: %s.", channel, joined(channels(), func(c Channel) string { return string(c) }))
		}
	}
	return nil
}

// over returns a setting with the change made.
// ByDefault is kept as nothing, so that a later default reaches whoever has not chosen.
func (c SettingChange) over(s Setting) Setting {
	if c.Zone != nil {
		s.Zone = *c.Zone
	}
	topics := map[Topic]Channel{}
	maps.Copy(topics, s.Topics)
	maps.Copy(topics, c.Topics)
	maps.DeleteFunc(topics, func(_ Topic, chosen Channel) bool { return chosen == ByDefault })
	s.Topics = topics
	return s
}

// joined returns texts as a list in a sentence.
func joined[T any](list []T, text func(T) string) string {
	texts := make([]string, len(list))
	for i, value := range list {
		texts[i] = text(value)
	}
	return strings.Join(texts, ", ")
}
