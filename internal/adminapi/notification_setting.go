package adminapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/notify"
)

// notificationSettings registers how people choose the way in which they are told.
//
// Settings are a person's own, in plain tables; nobody else reads or changes them
// (docs/notifications.md, "How one is told").
func (a *api) notificationSettings() {
	const path, subscription = "/user/notification-settings", "/email-subscription/{subscription}"
	register(a, operation{
		ID: "getNotificationSettings", Method: http.MethodGet, Path: path, Tag: tagNotifications,
		Summary: "How you are told, topic by topic", Description: "For people only.",
	}, a.getNotificationSettings)
	register(a, operation{
		ID: "updateNotificationSettings", Method: http.MethodPut, Path: path, Tag: tagNotifications,
		Summary: "Choose how you are told", Description: "What is left out stays as it is. The inbox has everything, whatever is chosen.",
	}, a.updateNotificationSettings)
	register(a, operation{
		ID: "subscribeEmailSubscription", Method: http.MethodPut, Path: subscription, Tag: tagNotifications,
		Summary: "Get mails about a topic at once", Description: "The subscriptions are the topics of the notification settings.", Status: http.StatusAccepted,
	}, a.subscribe)
	register(a, operation{
		ID: "unsubscribeEmailSubscription", Method: http.MethodDelete, Path: subscription, Tag: tagNotifications,
		Summary: "Get no mails about a topic", Description: "The inbox still has it.", Status: http.StatusAccepted,
	}, a.unsubscribe)
}

// notificationSettings is how somebody is told.
type notificationSettings struct {
	TimeZone string              `json:"timeZone" doc:"IANA's name of the zone in which mails say times, and whose eight o'clock the daily mail comes at."`
	Topics   []notificationTopic `json:"topics"`
}

// notificationTopic is how somebody is told about a topic.
//
// Meaning is for people who choose, and the same for everyone.
type notificationTopic struct {
	Topic   notify.Topic   `json:"topic"`
	Meaning string         `json:"meaning" doc:"When one is told: “you are told when …”."`
	Mail    notify.Channel `json:"mail" enum:"default,immediately,daily,inbox" doc:"default: at once about what concerns you, else in the inbox only."`
}

// viewSetting returns a setting with every topic that there is, also those about which nothing was
// chosen.
func viewSetting(s notify.Setting) notificationSettings {
	view := notificationSettings{TimeZone: s.Location().String(), Topics: []notificationTopic{}}
	for _, t := range notify.Topics() {
		channel := s.Topics[t.Topic]
		if channel == "" {
			channel = notify.ByDefault
		}
		view.Topics = append(view.Topics, notificationTopic{t.Topic, t.Meaning, channel})
	}
	return view
}

func (a *api) getNotificationSettings(ctx context.Context, r request, _ *struct{}) (notificationSettings, error) {
	account, err := readerOf(r)
	if err != nil {
		return notificationSettings{}, err
	}
	s, err := a.Notify.Setting(ctx, account)
	return viewSetting(s), err
}

// updateNotificationSettings is what to change of how somebody is told.
type updateNotificationSettings struct {
	TimeZone *string                   `json:"timeZone,omitempty" doc:"IANA's name, such as Europe/Berlin."`
	Topics   []updateNotificationTopic `json:"topics,omitempty"`
}

// updateNotificationTopic is how somebody wants to be told about a topic.
type updateNotificationTopic struct {
	Topic notify.Topic   `json:"topic"`
	Mail  notify.Channel `json:"mail"`
}

func (a *api) updateNotificationSettings(ctx context.Context, r request, in *struct{ Body updateNotificationSettings }) (notificationSettings, error) {
	account, err := readerOf(r)
	if err != nil {
		return notificationSettings{}, err
	}
	change := notify.SettingChange{Zone: in.Body.TimeZone, Topics: map[notify.Topic]notify.Channel{}}
	for _, t := range in.Body.Topics {
		change.Topics[t.Topic] = t.Mail
	}
	s, err := a.Notify.ChangeSetting(ctx, account, change)
	return viewSetting(s), err
}

// SubscriptionAt names a topic.
type SubscriptionAt struct {
	Subscription notify.Topic `path:"subscription"`
}

func (a *api) subscribe(ctx context.Context, r request, in *SubscriptionAt) (empty, error) {
	return empty{}, a.choose(ctx, r, in.Subscription, notify.Immediately)
}

func (a *api) unsubscribe(ctx context.Context, r request, in *SubscriptionAt) (empty, error) {
	return empty{}, a.choose(ctx, r, in.Subscription, notify.InboxOnly)
}

// choose sets one topic and leaves the others. A topic that does not exist is refused, since nothing
// would come of it.
func (a *api) choose(ctx context.Context, r request, topic notify.Topic, channel notify.Channel) error {
	account, err := readerOf(r)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(notify.Topics(), func(t notify.TopicInfo) bool { return t.Topic == topic }) {
		return fault.New(fault.NotFound, "There is no subscription %q. The topics of /api/admin/user/notification-settings are subscriptions.", topic)
	}
	_, err = a.Notify.ChangeSetting(ctx, account, notify.SettingChange{Topics: map[notify.Topic]notify.Channel{topic: channel}})
	return err
}
