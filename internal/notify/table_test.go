package notify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestRecipients tells a story in which everything happens that somebody is told of, and holds who is told: by
// each row of the table, and by what is in no row.
func TestRecipients(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, nil)
		told := func(what string, want ...string) {
			t.Helper()
			must(t, w.Follow(t.Context()))
			if diff := cmp.Diff(want, w.told(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		told("what happened before anybody could be told")

		id := w.engine.State().NextChangeRequestID()
		w.say(t, ada, id, production, changerequest.Created{Agreements: []changerequest.Agreement{{Place: production}}},
			changerequest.Described{Title: new("Summer")}, changerequest.ChangeAdded{Change: w.aChange()},
			changerequest.ReviewersUpdated{Reviewers: []int64{bo}}, changerequest.Commented{Text: "@cy, have a look"})
		told("a draft")
		w.say(t, ada, id, production, changerequest.ReviewersUpdated{Reviewers: []int64{bo, robot}, ReviewerGroups: []int64{team}},
			changerequest.Commented{Text: "please, @cy"}, changerequest.SentToReview{Agreements: []changerequest.Agreement{{Place: production}}})
		told("sent to review with a comment", "bo review-requested", "cy mentioned", "dee review-requested", "eve review-requested")
		w.say(t, ada, id, production, changerequest.ReviewersUpdated{Reviewers: []int64{bo, cy, ada}})
		told("other reviewers", "cy review-requested")
		w.say(t, ada, id, production, changerequest.ReviewersUpdated{Reviewers: []int64{bo}})
		w.say(t, ada, id, production, changerequest.ReviewersUpdated{Reviewers: []int64{bo}, ReviewerGroups: []int64{team}})
		told("asked again")

		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		told("approved", "ada approved")
		w.say(t, cy, id, production, changerequest.Commented{Text: "wait"}, changerequest.ApprovalAdded{Vote: w.vote(cy, id)})
		told("one more approval, with a comment", "ada commented", "bo commented", "dee commented", "eve commented")
		w.say(t, cy, id, production, changerequest.ApprovalWithdrawn{})
		told("an approval withdrawn that is not needed")
		w.say(t, ada, id, production, changerequest.ChangeAdded{Change: w.aChange()}, changerequest.ChangeAdded{Change: w.aChange()})
		told("edited after an approval", "bo changed")
		r := w.engine.State().ChangeRequest(id)
		w.say(t, ada, id, production, changerequest.ChangeDiscarded{ID: r.Changes[0].ID})
		told("edited again")
		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		w.say(t, bo, id, production, changerequest.ApprovalWithdrawn{Reopened: true})
		told("approved, and not any more", "ada approved", "ada approved")

		w.say(t, fay, id, production, changerequest.Commented{Text: "I mean @Bo@Example.com, `@cy`, @nobody and @fay."})
		told("a comment with mentions", "ada commented", "bo mentioned", "cy commented", "dee commented", "eve commented")
		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		w.apply(t, root, id)
		told("approved and applied", "ada applied", "ada approved", "bo applied", "cy applied", "dee applied", "eve applied", "fay applied")
		w.say(t, ada, id, production, changerequest.Commented{Text: "thanks"})
		told("a comment on a closed request", "bo commented", "cy commented", "dee commented", "eve commented", "fay commented")

		id = w.submit(t, production, "Autumn", changerequest.ReviewersUpdated{Reviewers: []int64{dee}})
		w.say(t, cy, id, production, changerequest.ApprovalAdded{Vote: w.vote(cy, id)})
		w.say(t, bo, id, production, changerequest.Commented{Text: "no"}, changerequest.RejectedEvent{Vote: w.vote(bo, id)})
		told("rejected", "ada rejected", "cy rejected", "dee rejected", "dee review-requested")
		id = w.submit(t, production, "Winter", changerequest.ReviewersUpdated{Reviewers: []int64{dee}})
		w.say(t, ada, id, production, changerequest.CancelledEvent{})
		told("cancelled", "dee closed", "dee review-requested")
		id = w.submit(t, production, "Spring")
		w.say(t, 0, id, production, changerequest.CancelledEvent{Reason: "It expired."})
		told("expired", "ada closed")

		// Scheduled by root; suspended by ada, who is told of that, and by the timer.
		id = w.submit(t, production, "Easter")
		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		w.say(t, root, id, production, changerequest.ScheduledEvent{At: noon.Add(time.Hour)})
		told("scheduled", "ada approved", "ada scheduled", "bo scheduled")
		w.say(t, ada, id, production, changerequest.ScheduleSuspended{Reason: "The flag is archived."})
		told("suspended", "ada suspended", "bo suspended", "root suspended")
		if items, _, _, err := w.Inbox(t.Context(), ada, 0, 1); err != nil || items[0].Due == nil || !items[0].Due.Equal(noon.Add(time.Hour)) {
			t.Errorf("got %+v, %v, want it to say when the request was to be applied", items, err)
		}
		w.say(t, bo, id, production, changerequest.ScheduledEvent{At: noon.Add(time.Hour)})
		told("scheduled again", "ada scheduled", "root scheduled")
		w.say(t, bo, id, production, changerequest.ScheduleFailed{Reason: "No."})
		told("failed", "ada failed", "bo failed")
		w.say(t, root, id, production, changerequest.ScheduledEvent{At: noon.Add(time.Hour)})
		w.say(t, bo, id, production, changerequest.RejectedEvent{Vote: w.vote(bo, id)})
		told("scheduled and rejected", "ada rejected", "ada scheduled", "bo scheduled", "root rejected")
		id = w.submit(t, production, "Whitsun")
		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		w.say(t, root, id, production, changerequest.ScheduledEvent{At: noon.Add(time.Hour)})
		w.apply(t, root, id, changerequest.ScheduleSucceeded{})
		told("applied by the timer", "ada applied", "ada approved", "ada scheduled", "bo applied", "bo scheduled", "root applied")

		id = w.submit(t, production, "Advent")
		w.say(t, bo, id, production, changerequest.ApprovedEvent{Vote: w.vote(bo, id)})
		w.say(t, root, id, production, changerequest.ScheduledEvent{At: noon.Add(time.Hour)})
		w.say(t, cy, id, production, changerequest.CancelledEvent{Reason: "The flag is deleted."})
		told("scheduled, and cancelled because of a flag", "ada approved", "ada closed", "ada scheduled", "bo closed", "bo scheduled", "root closed")

		id = w.submit(t, hush, "Secret", changerequest.ReviewersUpdated{Reviewers: []int64{bo, cy}})
		w.say(t, ada, id, hush, changerequest.Commented{Text: "@cy @fay @root"})
		told("in a private project", "bo commented", "bo review-requested", "root mentioned")

		w.happen(t, user(root), state.Event{Scope: state.Scope{Project: "shop", Environment: "production"}, Payload: state.ChangeRequestsBypassed{
			Environments: []flags.EnvironmentName{"production"}, Reason: "fire",
		}})
		told("a bypass", "bo bypassed", "cy bypassed")
		w.happen(t, user(root), state.Event{Scope: state.Scope{Project: "shop", Environment: "production"}, Payload: state.ChangeRequestsBypassed{
			Environments: []flags.EnvironmentName{"production"}, Closed: []flags.EnvironmentName{"production"}, Reason: "fire",
		}})
		told("a bypass of a freeze", "bo bypassed", "cy bypassed")
		if items, _, _, err := w.Inbox(t.Context(), bo, 0, 2); err != nil || !items[0].Closed || items[1].Closed {
			t.Errorf("got %+v, %v, want the newer one to tell of a freeze, and not the other", items, err)
		}
		w.happen(t, user(ada), state.Event{Payload: state.SettingUpdated{ID: state.ChangeRequestsSetting, After: `{"disabled":true}`}})
		told("the switch", "root switched")
		w.happen(t, user(ada), state.Event{Payload: state.SettingUpdated{ID: state.ChangeRequestsSetting, Before: `{"disabled":true}`, After: `{"disabled":true}`}},
			state.Event{Payload: state.SettingUpdated{ID: "cors", After: `[]`}})
		told("settings that turn nothing")

		// Whoever has lost a project is told nothing of it, and what they were told does not say any more what it was.
		w.happen(t, access.SystemRef, state.Event{Scope: state.Scope{Project: "hush"}, Payload: state.ProjectAccessUserRolesDeleted{Account: bo, Before: []access.RoleID{access.RoleMember}}})
		w.say(t, ada, id, hush, changerequest.Commented{Text: "@bo"})
		told("a project lost")
		items, _, _, err := w.Inbox(t.Context(), bo, 0, 1000)
		must(t, err)
		for _, item := range items {
			if strings.Contains(item.Message+item.Title+item.Link(), "hush") || strings.Contains(item.Message+item.Title, "Secret") {
				t.Errorf("got %+v, want nothing about the project", item)
			}
		}
	})
}

// TestRemind holds that people are reminded once of a round, when a day or half of the time is left.
func TestRemind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, nil)
		rule := func(hours int) changerequest.SentToReview {
			return changerequest.SentToReview{Agreements: []changerequest.Agreement{{Place: production, Rule: changerequest.Rule{RequiredApprovals: 1, ExpiresAfterHours: hours}}}}
		}
		draft := func(by int64, facts ...changerequest.Event) changerequest.ID {
			id := w.engine.State().NextChangeRequestID()
			w.say(t, by, id, production, append([]changerequest.Event{changerequest.Created{}, changerequest.ChangeAdded{Change: w.aChange()}}, facts...)...)
			return id
		}
		w.now = time.Now()
		long := draft(ada, changerequest.ReviewersUpdated{Reviewers: []int64{bo, dee}}, rule(72))
		draft(bo, rule(10)) // nobody is asked: who may approve
		draft(fay, rule(0)) // never expires
		must(t, w.Follow(t.Context()))
		w.told(t)
		told := func(want ...string) {
			t.Helper()
			must(t, w.Remind(t.Context()))
			must(t, w.Remind(t.Context()))
			if diff := cmp.Diff(want, w.told(t)); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", time.Until(w.clock()), diff)
			}
		}
		told()
		w.pass(5*time.Hour - 10*time.Minute)
		told()
		w.pass(20 * time.Minute)
		told("bo reminder", "cy reminder", "root reminder")
		w.pass(43*time.Hour - 20*time.Minute)
		told()
		w.say(t, dee, long, production, changerequest.ApprovalAdded{Vote: w.vote(dee, long)})
		w.pass(20 * time.Minute)
		told("ada reminder", "bo reminder")
		r := w.engine.State().ChangeRequest(long)
		w.say(t, ada, long, production, changerequest.ChangeAdded{Change: w.aChange(), Refrozen: changerequest.Refrozen{Agreements: r.Agreements}})
		told("ada reminder", "bo reminder", "dee reminder") // a new round, since the ledger's clock has not moved
		w.pass(24 * time.Hour)
		told() // it has expired
	})
}

// TestMentions holds which parts of a text are names.
func TestMentions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"@ada":                                {"ada"},
		"thanks, @ada! And (@bo), @ada.":      {"ada", "bo"},
		"@ada.lovelace@example.com, please":   {"ada.lovelace@example.com"},
		"write to ada@example.com":            nil,
		"`@ada` and ```\n@bo\n``` and @cy-d.": {"cy-d"},
		"@@ada @ @. x@y":                      nil,
	} {
		if diff := cmp.Diff(want, notify.Mentions(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if got := len(notify.Mentions(strings.Repeat("@a @b ", 1000))); got != 2 {
		t.Errorf("got %d names, want 2", got)
	}
}

// TestPage holds the table in the documentation to the one that is followed.
func TestPage(t *testing.T) {
	t.Parallel()
	const (
		begin = "<!-- table: written by go test ./internal/notify -update -->\n"
		end   = "<!-- table: end -->\n"
	)
	file := filepath.Join("..", "..", "docs", "notifications.md")
	page, err := os.ReadFile(file)
	must(t, err)
	before, rest, opened := strings.Cut(string(page), begin)
	got, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("%s lacks the markers %q and %q", file, begin, end)
	}
	want := notify.Table()
	if *update {
		must(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o600))
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s; run make generate (-want +got):\n%s", file, diff)
	}
}
