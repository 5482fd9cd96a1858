package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/changerequest"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
)

// Ids, hashes and the addresses of receivers are others each time.
var (
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	hashes = regexp.MustCompile(`[0-9a-f]{64}`)
)

// shownHeaders are the headers that a golden file shows.
var shownHeaders = []string{"Authorization", "Content-Type", "Dd-Api-Key", "Api-Key", "User-Agent", "Webhook-Id", "Webhook-Timestamp", "X-Team"}

// written returns a request as a golden file shows it.
func written(t testing.TB, r received) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", r.path)
	for _, name := range shownHeaders {
		if value := r.header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	b.WriteByte('\n')
	var pretty bytes.Buffer
	if json.Indent(&pretty, r.body, "", "  ") != nil {
		pretty.Reset()
		pretty.Write(r.body)
	}
	return hashes.ReplaceAllString(uuids.ReplaceAllString(b.String()+pretty.String(), "(id)"), "(hash)") + "\n"
}

// TestBodies holds what each provider is sent to golden files: a flag that is switched on, and a comment on a change
// request whose title and text try to be more than text.
func TestBodies(t *testing.T) {
	t.Parallel()
	to := newReceiver(t, func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"ok":true}`) })
	db := storetest.Open(t, storetest.SQLite(t))
	newWorld(t, db)
	w := openWorldWith(t, db, true, to.URL+"/slack")
	with := func(more ...any) map[string]any {
		parameters := map[string]any{"url": to.URL + "/to"}
		for i := 0; i < len(more); i += 2 {
			parameters[more[i].(string)] = more[i+1]
		}
		return parameters
	}
	tests := []struct {
		name, provider string
		parameters     map[string]any
	}{
		{"webhook", "webhook", with("authorization", "Bearer x", "customHeaders", `{"X-Team":"payments"}`, "signingSecret", secret)},
		{"webhook-cloudevents", "webhook", with("format", "cloudevents")},
		{"webhook-template", "webhook", with("bodyTemplate", `{"type": "{{event.type}}", "by": "{{event.createdBy}}", "said": "{{event.data.comment}}", "none": "{{event.nothing}}",
 "title": "{{changeRequest.title}}", "text": "{{eventMarkdown}}", "link": "{{{link}}}", "json": {{{eventJson}}}, "id": {{event.id}}}`)},
		{"webhook-template-html", "webhook", with("contentType", "text/html", "bodyTemplate", `<p>{{event.data.comment}}</p>{{#event.tags}}never{{/event.tags}}{{^event.tags}}no tags{{/event.tags}}`)},
		{"slack", "slack", with("username", "Flags", "emojiIcon", ":flag:", "defaultChannel", "#flags")},
		{"slack-app", "slack-app", map[string]any{"accessToken": "xoxb-1", "defaultChannels": "#releases, flags,releases"}},
		{"teamsworkflow", "teamsworkflow", with()},
		{"teams", "teams", with()},
		{"datadog", "datadog", with("apiKey", "dd-1", "sourceTypeName", "quorate")},
		{"datadog-template", "datadog", with("apiKey", "dd-1", "bodyTemplate", "{{event.type}} by {{{event.createdBy}}}")},
		{"new-relic", "new-relic", with("licenseKey", "nr-1")},
		{"new-relic-template", "new-relic", with("licenseKey", "nr-1", "bodyTemplate", "{{event.type}} by {{{event.createdBy}}}")},
	}
	w.happen(t, user(ada), aFlag("checkout", "shop"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			made, _, err := w.Create(t.Context(), w.caller(root), integration.Settings{
				Provider: test.provider, Enabled: true, Events: []string{"feature-environment-enabled", "change-request-commented"}, Parameters: test.parameters,
			})
			must(t, err)
			id := w.draft(t, "Open *the* <shop> & [run](https://evil.example)")
			w.say(t, ada, id, changerequest.SentToReview{Agreements: agreements()})
			w.say(t, ada, id, changerequest.Commented{Text: "<!channel> look: \"quoted\" & *bold*\nand <b>more</b>"})
			w.happen(t, user(ada), ofFlag("production", state.FeatureEnvironmentEnabled{}))
			w.work(t)
			var got strings.Builder
			for _, r := range to.take() {
				got.WriteString(written(t, r) + "\n")
			}
			w.say(t, ada, id, changerequest.CancelledEvent{})
			must(t, w.App.DeleteIntegration(t.Context(), w.caller(root), made.ID))
			// Which request and event it is depends on the tests before.
			text := strings.NewReplacer(fmt.Sprintf("change-requests/%d", id), "change-requests/(n)").Replace(got.String())
			text = regexp.MustCompile(`(event |"id": "?|"groupId": "|request #|change request |hangeRequestId": |event_id": |\\"id\\":|groupId\\":\\"|hangeRequestId\\":|Head": "|head": ")\d+`).ReplaceAllString(text, "${1}(n)")
			text = strings.ReplaceAll(text, to.URL, "(receiver)")
			golden := filepath.Join("testdata", test.name+".golden")
			if *update {
				must(t, os.WriteFile(golden, []byte(text), 0o600))
			}
			want, err := os.ReadFile(golden)
			must(t, err)
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("%s (-file +now):\n%s", golden, diff)
			}
		})
	}
}

// TestSlackApp holds which channels are posted to, and what happens if some cannot be.
func TestSlackApp(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	newWorld(t, db)
	fails := map[string]string{"lost": "channel_not_found"}
	to := newReceiver(t, nil)
	to.answer = func(n int, w http.ResponseWriter) {
		to.mu.Lock()
		defer to.mu.Unlock()
		var m struct{ Channel string }
		_ = json.Unmarshal(to.got[n-1].body, &m)
		fmt.Fprintf(w, `{"ok":%v,"error":%q}`, fails[m.Channel] == "", fails[m.Channel])
	}
	w := openWorldWith(t, db, true, to.URL)
	made, _, err := w.Create(t.Context(), w.caller(root), integration.Settings{
		Provider: "slack-app", Enabled: true, Events: []string{"feature-environment-enabled", "feature-environment-disabled"},
		Parameters: map[string]any{"accessToken": "xoxb-1", "defaultChannels": "default"},
	})
	must(t, err)
	channels := func() []string {
		var all []string
		for _, r := range to.take() {
			var m struct{ Channel string }
			must(t, json.Unmarshal(r.body, &m))
			all = append(all, m.Channel)
		}
		slices.Sort(all)
		return all
	}
	tag := func(name string) state.Event {
		return ofFlag("", state.FeatureTagged{Tag: flags.Tag{Type: "slack", Value: name}})
	}
	for _, name := range []string{"one", "two", "lost"} {
		w.happen(t, user(root), of("", state.TagCreated{Tag: flags.Tag{Type: "slack", Value: name}}))
	}
	for i, step := range []struct {
		events []state.Event
		want   []string
		said   string
	}{
		{[]state.Event{aFlag("checkout", "shop"), ofFlag("production", state.FeatureEnvironmentEnabled{})}, []string{"default"}, "success: Sent."},
		{[]state.Event{tag("one"), tag("two"), ofFlag("production", state.FeatureEnvironmentDisabled{})}, []string{"one", "two"}, "success: Sent."},
		{[]state.Event{tag("lost"), ofFlag("production", state.FeatureEnvironmentEnabled{})}, []string{"lost", "one", "two"}, `successWithErrors: Sent, but not to all channels. lost: Slack says "channel_not_found".`},
	} {
		w.happen(t, user(ada), step.events...)
		w.work(t)
		if got := channels(); !cmp.Equal(got, step.want) {
			t.Errorf("step %d: got the channels %q, want %q", i+1, got, step.want)
		}
		if got := w.mustAttempts(t, made.ID)[0]; got != step.said {
			t.Errorf("step %d: got %q, want %q", i+1, got, step.said)
		}
	}
	to.mu.Lock()
	fails["one"], fails["two"] = "internal_error", "internal_error"
	to.mu.Unlock()
	w.happen(t, user(ada), ofFlag("production", state.FeatureEnvironmentDisabled{}))
	w.work(t)
	if got, want := w.mustAttempts(t, made.ID)[0], `failed: Slack says "internal_error". It will be tried again.`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTemplateBounds holds that no template makes more than it may.
func TestTemplateBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
	to := newReceiver(t, nil)
	made := w.webhook(t, to.URL, func(s *integration.Settings) {
		s.Events = []string{"addon-config-created"}
		loop := "{{#event.data.events}}" + strings.Repeat("x", 1000)
		s.Parameters["bodyTemplate"] = strings.Repeat(loop, 3) + strings.Repeat("{{/event.data.events}}", 3)
	})
	many := make([]string, 400)
	for i := range many {
		many[i] = fmt.Sprintf("event-%d", i)
	}
	w.work(t)
	to.take()
	w.webhook(t, to.URL, func(s *integration.Settings) { s.Events, s.Enabled = many, false })
	w.work(t)
	if got := to.take(); len(got) != 0 {
		t.Errorf("got %d requests, want none", len(got))
	}
	if got, want := w.mustAttempts(t, made.ID)[0], "failed: The body could not be made: the template would take too many steps for this event"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
