package notify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/notify"
)

const houseURL = "https://flags.example.com/here"

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	must(t, err)
	return zone
}

// example is a notification about a topic, with what is dangerous in each of its texts.
func example(topic notify.Topic) *notify.Notification {
	n := &notify.Notification{
		Topic: topic, Request: 41, Project: "shop", Environment: "production", Title: "Summer <sale> & \"more\"\r\nBcc: eve@example.com",
		Actor: "user:3", At: noon, Revision: 1234, Hash: ledger.Hash{0xab, 0xcd},
	}
	deadline := noon.AddDate(0, 0, 40) // in another offset
	switch topic {
	case notify.Reminder:
		n.Actor, n.Deadline = access.SystemRef, &deadline
	case notify.Scheduled:
		n.Due = &deadline
	case notify.Failed, notify.Applied:
		n.Actor = access.SystemRef
		if topic == notify.Failed {
			n.Due = &deadline
		}
	case notify.Rejected, notify.Suspended, notify.Commented:
		if topic == notify.Suspended {
			n.Due = &deadline
		}
		n.Text = "**No**, see [the wiki](https://evil.example.com) <script>alert(1)</script>\n\n* `x < y`\n* ![a picture](https://evil.example.com/x.png) <https://evil.example.com/auto>"
	case notify.Bypassed:
		n.Request, n.Title, n.Environment, n.More, n.Text = 0, "", "", []flags.EnvironmentName{"production", "staging"}, "the shop is down"
	case notify.Switched:
		n.Request, n.Title, n.Project, n.Environment, n.Off = 0, "", "", "", true
	default:
	}
	return n
}

// mustBeGolden holds a mail to a file, and to what every mail keeps: nothing but the link leads anywhere, nothing is
// HTML that was not meant so, and the subject is one line.
func mustBeGolden(t *testing.T, name, subject, text, html string, links int, err error) {
	t.Helper()
	must(t, err)
	if strings.ContainsAny(subject, "\r\n") {
		t.Errorf("%s: got the subject %q, want one line", name, subject)
	}
	if got := strings.Count(html, "<a "); got != links {
		t.Errorf("%s: got %d links in HTML, want %d", name, got, links)
	}
	if got := strings.Count(text, "https://flags.example.com"); got != links {
		t.Errorf("%s: got %d links in the text, want %d", name, got, links)
	}
	for _, bad := range []string{"<script", "<sale>", "<img", "href=\"https://evil"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s: got %q in HTML", name, bad)
		}
	}
	file := filepath.Join("testdata", "mails", name+".golden")
	got := fmt.Sprintf("Subject: %s\n\n%s\n--- HTML ---\n%s", subject, text, html)
	if *update {
		must(t, os.MkdirAll(filepath.Dir(file), 0o750))
		must(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-file +now):\n%s", file, diff)
	}
}

// TestNamesThatAreMarkup holds that names stay names in mails: the one link leads here, and there is no image.
func TestNamesThatAreMarkup(t *testing.T) {
	t.Parallel()
	const evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <a href=//evil.example>"
	for _, topic := range notify.Topics() {
		n := example(topic.Topic)
		n.Title = evil
		subject, _, html, err := notify.WriteOne(n, evil, houseURL, time.UTC)
		must(t, err)
		if strings.Count(html, "<a ") != 1 || strings.Contains(html, "<img") || strings.Contains(html, `"javascript:`) || strings.ContainsAny(subject, "\r\n") {
			t.Errorf("%s: %s\n%s", topic.Topic, subject, html)
		}
		if !strings.Contains(html, "&lt;img src=x") {
			t.Errorf("%s: nobody is named: %s", topic.Topic, html)
		}
	}
}

// TestMails holds what each mail says, to a reader in New York, where the clocks change on the way.
func TestMails(t *testing.T) {
	t.Parallel()
	zone := mustZone(t, "America/New_York")
	var all []notify.Notification
	var names []string
	for _, topic := range notify.Topics() {
		n := example(topic.Topic)
		subject, text, html, err := notify.WriteOne(n, "Bo <bo>", houseURL, zone)
		mustBeGolden(t, string(topic.Topic), subject, text, html, 1, err)
		all, names = append(all, *n), append(names, "Bo <bo>")
	}
	closed := example(notify.Bypassed)
	closed.Closed = true
	subject, text, html, err := notify.WriteOne(closed, "Bo", houseURL, time.UTC)
	mustBeGolden(t, "bypassed-closed", subject, text, html, 1, err)
	withdrawn := example(notify.Approved)
	withdrawn.Off = true
	subject, text, html, err = notify.WriteOne(withdrawn, "Bo", houseURL, time.UTC)
	mustBeGolden(t, "approval-withdrawn", subject, text, html, 1, err)

	subject, text, html, err = notify.WriteDigest(all, names, houseURL, zone)
	mustBeGolden(t, "daily", subject, text, html, len(all), err)
	for _, purpose := range []notify.Purpose{notify.ToReset, notify.ToInvite} {
		subject, text, html, err = notify.WriteLink(purpose, noon, houseURL+"/new-user?token=abc", zone)
		mustBeGolden(t, string(purpose), subject, text, html, 1, err)
	}
}

// TestNextDigest holds that it is eight o'clock where the reader is, whatever the clocks do.
func TestNextDigest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, now, want string }{
		{"UTC", "2026-03-02T07:59:59Z", "2026-03-02T08:00:00Z"},
		{"UTC", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"},
		{"Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z"}, // summer time begins
		{"Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T07:00:00Z"}, // and ends
		{"Asia/Kolkata", "2026-03-02T02:29:00Z", "2026-03-02T02:30:00Z"},
		{"Pacific/Auckland", "2026-12-31T20:00:00Z", "2027-01-01T19:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		must(t, err)
		if got := notify.NextDigest(now, mustZone(t, c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s after %s: got %s, want %s", c.zone, c.now, got, c.want)
		}
	}
}

// FuzzMarkdown holds that no comment leads anywhere or runs anything.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"[a](javascript:x)", "<b onclick=x>", "![x](y)", "<http://x>", "[a]: http://x\n[a]", "```\n<a href=x>\n```", "\\<a>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		html, err := notify.HTMLOf(text)
		must(t, err)
		for _, tag := range []string{"<a ", "<a>", "<img", "<script", "<iframe", "<b "} {
			if strings.Contains(string(html), tag) {
				t.Errorf("%q: got %s", text, html)
			}
		}
	})
}
