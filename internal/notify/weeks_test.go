package notify_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestWeeksOfMail lets three weeks go by in which the clocks in Oslo are put forward. Who reads there and wants a daily mail gets it at
// eight, with what was told since the last one; and is reminded a day before a request expires, which is after as many
// hours as its rule says, whatever the clocks show.
func TestWeeksOfMail(t *testing.T) {
	t.Parallel()
	oslo := mustZone(t, "Europe/Oslo")
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, storetest.Open(t, storetest.SQLite(t)), smtp(1))
		zone := "Europe/Oslo"
		_, err := w.ChangeSetting(t.Context(), bo, notify.SettingChange{Zone: &zone, Topics: map[notify.Topic]notify.Channel{
			notify.ReviewRequested: notify.Daily, notify.Closed: notify.InboxOnly, notify.Reminder: notify.Immediately,
		}})
		must(t, err)
		const days, expires = 21, 9 // the tenth is open while the clocks are put forward, on the last Sunday of March
		begin := time.Date(2000, time.March, 16, 0, 0, 0, 0, oslo)
		time.Sleep(time.Until(begin)) // bubbles begin in 2000
		var due, reminded time.Time
		var open changerequest.ID
		known, submitted, daily := 0, 0, 0
		for time.Now().Before(begin.AddDate(0, 0, days)) {
			now := time.Now().In(oslo)
			w.pass(now.Sub(w.clock()))
			if now.Hour() == 15 && !now.Before(due) { // each afternoon, another request takes the place of the last
				if open != 0 {
					w.say(t, ada, open, production, changerequest.CancelledEvent{})
				}
				rule := changerequest.Rule{RequiredApprovals: 1}
				if submitted == expires {
					rule.ExpiresAfterHours, due = 72, now.Add(72*time.Hour)
				}
				open = w.engine.State().NextChangeRequestID()
				agreements := []changerequest.Agreement{{Place: production, Rule: rule}}
				w.say(t, ada, open, production, changerequest.Created{Agreements: agreements}, changerequest.ChangeAdded{Change: w.aChange()})
				w.say(t, ada, open, production, changerequest.ReviewersUpdated{Reviewers: []int64{bo}}, changerequest.SentToReview{Agreements: agreements})
				submitted++
			}
			must(t, w.Follow(t.Context()))
			must(t, w.Remind(t.Context()))
			must(t, w.Digest(t.Context()))
			all := w.mails(t, "")
			for _, d := range all[:len(all)-known] { // the newest first
				if d.Account != bo {
					continue
				}
				var mail struct {
					Digest       []notify.Notification
					Notification *notify.Notification
				}
				must(t, json.Unmarshal(d.Payload, &mail))
				switch {
				case len(mail.Digest) == 1 && now.Hour() == 8:
					daily++
				case mail.Notification != nil && mail.Notification.Topic == notify.Reminder && reminded.IsZero():
					reminded = now
					if want := due.Add(-24 * time.Hour); !now.Equal(want) {
						t.Errorf("reminded at %s, want %s", now, want)
					}
				default:
					t.Errorf("at %s: got the mail %s, want one at eight of what was told since, and one reminder", now, d.Payload)
				}
			}
			known = len(all)
			time.Sleep(time.Hour)
		}
		_, winter := begin.Zone()
		if _, summer := due.Zone(); winter == summer || reminded.IsZero() || daily != submitted-1 {
			t.Errorf("%d daily mails of %d requests, reminded at %s of %s; want one of each but the last, and to be reminded in summer time", daily, submitted, reminded, due)
		}
	})
}
