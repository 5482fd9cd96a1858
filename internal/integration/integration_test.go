package integration_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// typesOf returns the types of the events that were received, as "type project".
func typesOf(t testing.TB, got []received) []string {
	t.Helper()
	types := []string{}
	for _, r := range got {
		var event struct{ Type, Project string }
		must(t, json.Unmarshal(r.body, &event))
		types = append(types, strings.TrimSpace(event.Type+" "+event.Project))
	}
	return types
}

// TestFilter holds that an integration is sent what it asks for, and what who set it up may read.
func TestFilter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		all := []string{"feature-created", "feature-environment-enabled", "tag-type-created"}
		tests := []struct {
			name string
			by   int64
			in   integration.Settings
			want []string
		}{
			{"everything", root, integration.Settings{Events: all}, []string{"feature-created hush", "feature-created shop", "feature-environment-enabled shop", "tag-type-created"}},
			{"one type", root, integration.Settings{Events: all[1:2]}, []string{"feature-environment-enabled shop"}},
			{"a type that is not", root, integration.Settings{Events: []string{"feature-variants-updated"}}, []string{}},
			{"one project, and none", root, integration.Settings{Events: all, Projects: []flags.ProjectID{"shop"}}, []string{"feature-created shop", "feature-environment-enabled shop", "tag-type-created"}},
			{"any project", root, integration.Settings{Events: all, Projects: []flags.ProjectID{"*"}, Environments: []flags.EnvironmentName{"*"}}, []string{"feature-created hush", "feature-created shop", "feature-environment-enabled shop", "tag-type-created"}},
			{"another environment", root, integration.Settings{Events: all, Environments: []flags.EnvironmentName{"development"}}, []string{"feature-created hush", "feature-created shop", "tag-type-created"}},
			{"set up by an editor", ada, integration.Settings{Events: all}, []string{"feature-created hush", "feature-created shop", "feature-environment-enabled shop"}},
		}
		receivers := make([]*receiver, len(tests))
		for i, test := range tests {
			receivers[i] = newReceiver(t, nil)
			test.in.Provider, test.in.Enabled, test.in.Parameters = "webhook", true, map[string]any{"url": receivers[i].URL}
			_, _, err := w.Create(t.Context(), w.caller(test.by), test.in)
			must(t, err)
		}
		off := newReceiver(t, nil)
		w.webhook(t, off.URL, func(s *integration.Settings) { s.Enabled = false })
		w.happen(t, user(ada), aFlag("checkout", "shop"), aFlag("secret", "hush"), ofFlag("production", state.FeatureEnvironmentEnabled{}), of("", state.TagTypeCreated{TagType: flags.TagType{Name: "x"}}))
		w.work(t)
		for i, test := range tests {
			got := typesOf(t, receivers[i].take())
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
		if got := off.take(); len(got) > 0 {
			t.Errorf("got %d requests to a disabled integration, want none", len(got))
		}
	})
}

// TestChangeRequests holds that every event of a submitted request is sent, with what the request is,
// and nothing of a draft until it is submitted.
func TestChangeRequests(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		to := newReceiver(t, nil)
		w.happen(t, user(ada), aFlag("checkout", "shop"))
		w.work(t)
		w.webhook(t, to.URL, func(s *integration.Settings) { s.Events = integration.EventTypes() })
		id := w.draft(t, "Open the shop")
		w.say(t, ada, id, changerequest.Commented{Text: "a secret thought"})
		w.work(t)
		if got := typesOf(t, to.take()); !cmp.Equal(got, []string{"addon-config-created"}) {
			t.Errorf("got %q of a draft, want nothing but the integration itself", got)
		}
		w.say(t, ada, id, changerequest.Commented{Text: "please"}, changerequest.SentToReview{Agreements: agreements()})
		w.say(t, bo, id, changerequest.Commented{Text: "Fine!"})
		w.work(t)
		got := to.take()
		if diff := cmp.Diff([]string{
			"change-request-created shop", "change-request-described shop", "change-added shop", "change-request-commented shop",
			"change-request-commented shop", "change-request-sent-to-review shop", "change-request-commented shop",
		}, typesOf(t, got)); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if body := string(got[0].body); !strings.Contains(body, `"state":"Draft"`) || !strings.Contains(body, `"author":"Ada`) {
			t.Errorf("got %s of the creation, want the draft that it was", body)
		}
		got = got[len(got)-2:]
		var told struct {
			CreatedBy     string
			Environment   string
			Link          string
			LedgerHead    string
			Data          struct{ Comment string }
			ChangeRequest struct {
				ID                              int
				Title, Author, State, ContentID string
			}
		}
		must(t, json.Unmarshal(got[1].body, &told))
		r := w.engine.State().ChangeRequest(id)
		head := w.engine.State().Head()
		want := fmt.Sprintf("bo production https://flags.example.com/projects/shop/change-requests/%d Fine! %d Open the shop by Ada <Lovelace> In review %s", id, id, r.ContentID())
		have := fmt.Sprintf("%s %s %s %s %d %s by %s %s %s", told.CreatedBy, told.Environment, told.Link, told.Data.Comment, told.ChangeRequest.ID, told.ChangeRequest.Title, told.ChangeRequest.Author, told.ChangeRequest.State, told.ChangeRequest.ContentID)
		if have != want {
			t.Errorf("got  %s\nwant %s", have, want)
		}
		if want := fmt.Sprintf("%d:%s", head.Revision, head.Hash); told.LedgerHead != want {
			t.Errorf("got the head %s, want %s", told.LedgerHead, want)
		}
		w.say(t, ada, id, changerequest.ChangeDiscarded{ID: r.Changes[0].ID})
		w.work(t)
		if got := typesOf(t, to.take()); !cmp.Equal(got, []string{"change-discarded shop"}) {
			t.Errorf("got %q of what was submitted before, want nothing twice", got)
		}
		w.happen(t, user(root), of("", state.ChangeRequestsBypassed{Environments: []flags.EnvironmentName{"production"}, Reason: "fire"}))
		w.work(t)
		if got := typesOf(t, to.take()); !cmp.Equal(got, []string{"change-requests-bypassed"}) {
			t.Errorf("got %q, want the bypass", got)
		}
	})
}

// TestScheduled holds that a message says for when a request is scheduled, in the zone in which that was entered as well.
func TestScheduled(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	w := newWorld(t, db)
	to := newReceiver(t, nil)
	_, _, err := w.Create(t.Context(), w.caller(root), integration.Settings{
		Provider: "slack", Enabled: true, Events: []string{"change-request-scheduled"}, Parameters: map[string]any{"url": to.URL, "defaultChannel": "ops"},
	})
	must(t, err)
	w.happen(t, user(ada), aFlag("checkout", "shop"))
	id := w.draft(t, "Open the shop")
	w.say(t, ada, id, changerequest.SentToReview{Agreements: agreements()})
	w.say(t, bo, id, changerequest.ApprovedEvent{Vote: changerequest.Vote{By: user(bo), At: noon, ContentID: w.engine.State().ChangeRequest(id).ContentID()}})
	w.say(t, bo, id, changerequest.ScheduledEvent{At: noon.Add(48 * time.Hour), Zone: "Asia/Kolkata"})
	w.say(t, bo, id, changerequest.ScheduledEvent{At: noon.Add(49 * time.Hour)})
	w.work(t)
	got := to.take()
	if len(got) != 2 {
		t.Fatalf("got %d messages, want 2", len(got))
	}
	const form = "2006-01-02 15:04"
	at := noon.Add(48 * time.Hour).UTC()
	for i, want := range []string{
		fmt.Sprintf("It is applied at %s UTC (%s in Asia/Kolkata).", at.Format(form), at.Add(330*time.Minute).Format(form)),
		fmt.Sprintf("It is applied at %s UTC.", at.Add(time.Hour).Format(form)),
	} {
		if body := string(got[i].body); !strings.Contains(body, want) {
			t.Errorf("got %s, want %s", body, want)
		}
	}
}

// TestSignature holds that requests are verified by somebody else's code, and that a repetition has
// the same id.
func TestSignature(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.pass(time.Since(w.clock())) // the verifier looks at the clock
		to := newReceiver(t, func(n int, w http.ResponseWriter) {
			if n == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		made, minted, err := w.Create(t.Context(), w.caller(root), integration.Settings{
			Provider: "webhook", Enabled: true, Events: []string{"feature-created"}, Parameters: map[string]any{"url": to.URL},
		})
		must(t, err)
		w.happen(t, user(ada), aFlag("checkout", "shop"))
		w.work(t)
		if got := w.mustAttempts(t, made.ID); !cmp.Equal(got, []string{"failed: Status code 503. It will be tried again."}) {
			t.Errorf("got %q", got)
		}
		w.pass(time.Minute)
		w.work(t)
		got := to.take()
		if len(got) != 2 {
			t.Fatalf("got %d requests, want 2", len(got))
		}
		verifier, err := standard.NewWebhook(minted)
		must(t, err)
		for i, r := range got {
			must(t, verifier.Verify(r.body, r.header))
			if id := r.header.Get("webhook-id"); id == "" || id != got[0].header.Get("webhook-id") {
				t.Errorf("attempt %d: got the id %q, want that of the first", i+1, id)
			}
		}
		if err := verifier.Verify(append(got[0].body, ' '), got[0].header); err == nil {
			t.Error("another body is verified, too")
		}
		if string(got[0].body) != string(got[1].body) {
			t.Errorf("got another body the second time: %s, then %s", got[0].body, got[1].body)
		}
		if got, want := w.mustAttempts(t, made.ID), []string{"success: Sent.", "failed: Status code 503. It will be tried again."}; !cmp.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		w.pass(time.Hour)
		w.work(t)
		if again := to.take(); len(again) > 0 {
			t.Error("it was sent once more")
		}
	})
}

// mustAttempts returns the log of an integration, the newest first.
func (w *world) mustAttempts(t testing.TB, id int64) []string {
	t.Helper()
	list, err := w.Attempts(t.Context(), id, 0, 100)
	must(t, err)
	said := make([]string, len(list))
	for i, a := range list {
		said[i] = a.State + ": " + a.Said
	}
	return said
}

// TestRestart holds that another process goes on where one was killed, with the same id.
func TestRestart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		to := newReceiver(t, func(n int, w http.ResponseWriter) {
			if n == 1 {
				w.WriteHeader(http.StatusBadGateway)
			}
		})
		w.webhook(t, to.URL)
		w.happen(t, user(ada), aFlag("checkout", "shop"), ofFlag("production", state.FeatureEnvironmentEnabled{}))
		must(t, w.notify.Follow(t.Context())) // and dies before it delivers
		w = openWorld(t, db, true)
		w.work(t)
		w = openWorld(t, db, true)
		w.pass(time.Minute)
		w.work(t)
		got := to.take()
		if diff := cmp.Diff([]string{"feature-created shop", "feature-environment-enabled shop", "feature-created shop"}, typesOf(t, got)); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if first, again := got[0].header.Get("webhook-id"), got[2].header.Get("webhook-id"); first != again || first == got[1].header.Get("webhook-id") {
			t.Errorf("got the ids %q, %q and %q, want the first and the last to be the same", first, got[1].header.Get("webhook-id"), again)
		}
	})
}

// TestNodes holds that two nodes send everything once.
func TestNodes(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		to := newReceiver(t, nil)
		w := newWorld(t, nodes[0])
		w.webhook(t, to.URL)
		const count = 40
		for i := range count {
			w.happen(t, user(ada), aFlag(flags.Name(fmt.Sprintf("flag-%d", i)), "shop"))
		}
		var work sync.WaitGroup
		for _, db := range nodes {
			node := openWorld(t, db, true)
			work.Go(func() {
				for range 3 {
					if err := node.notify.Follow(t.Context()); err != nil {
						t.Error(err)
					}
					if err := node.notify.Deliver(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		work.Wait()
		ids := map[string]bool{}
		got := to.take()
		for _, r := range got {
			ids[r.header.Get("webhook-id")] = true
		}
		if len(got) != count || len(ids) != count {
			t.Errorf("got %d requests with %d ids, want %d", len(got), len(ids), count)
		}
	})
}

// TestGivenUp holds that the log says of the last attempt that it was the last, and that nothing comes after it.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
	to := newReceiver(t, status(http.StatusServiceUnavailable))
	made := w.webhook(t, to.URL)
	w.happen(t, user(ada), aFlag("checkout", "shop"))
	if got, err := w.notify.Backlogs(t.Context()); err != nil || got["integration"] != (store.Backlog{}) {
		t.Errorf("got the backlogs %v and %v, want nothing before the ledger is followed", got, err)
	}
	const most = 100 // attempts in three days are fewer
	for range most {
		w.work(t)
		w.pass(2 * time.Hour)
	}
	sent, log := len(to.take()), w.mustAttempts(t, made.ID)
	if want := fmt.Sprintf("failed: Status code 503. It was given up after %d attempts.", sent); log[0] != want {
		t.Errorf("got %q of the last attempt, want %q", log[0], want)
	}
	for i, said := range log[1:] {
		if want := "failed: Status code 503. It will be tried again."; said != want {
			t.Errorf("got %q of attempt %d of %d, want %q", said, len(log)-1-i, len(log), want)
		}
	}
	if want := map[integration.Result]int{{State: "failed", Provider: "webhook"}: sent}; !cmp.Equal(w.Handled(), want) {
		t.Errorf("got the counts %v, want %v", w.Handled(), want)
	}
	if got, err := w.notify.Backlogs(t.Context()); err != nil || got["integration"] != (store.Backlog{Dead: 1}) {
		t.Errorf("got the backlogs %v and %v, want one that was given up", got, err)
	}
	if len(log) != sent || sent < 3 {
		t.Errorf("the log has %d attempts, want those that were made, %d, and some", len(log), sent)
	}
}

// TestLasting holds that what fails for good is not tried again, and that a target which says when
// is left alone until then.
func TestLasting(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t, nil)
	tests := []struct {
		name   string
		answer func(int, http.ResponseWriter)
		after  time.Duration // when it is looked again
		want   int           // requests in all
		said   string
	}{
		{"gone", status(http.StatusGone), 3 * time.Hour, 1, "failed: Status code 410."},
		{"no such path", status(http.StatusNotFound), 3 * time.Hour, 1, "failed: Status code 404."},
		{"a redirect", func(_ int, w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, 3 * time.Hour, 1, "failed: Status code 307: redirects are not followed. Configure the address that it leads to."},
		{"too many, for an hour", func(n int, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 59 * time.Minute, 1, "failed: Status code 429. It will be tried again."},
		{"too many, and the hour is over", func(n int, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 61 * time.Minute, 2, "failed: Status code 429. It will be tried again."},
		{"an error", status(http.StatusInternalServerError), time.Minute, 2, "failed: Status code 500. It will be tried again."},
		{"an endless answer", func(_ int, w http.ResponseWriter) {
			chunk := make([]byte, 1<<20)
			for range 64 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, time.Minute, 1, "success: Sent."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
			to := newReceiver(t, test.answer)
			made := w.webhook(t, to.URL)
			w.happen(t, user(ada), aFlag("checkout", "shop"))
			w.work(t)
			w.pass(test.after)
			w.work(t)
			if got := len(to.take()); got != test.want {
				t.Errorf("got %d requests, want %d", got, test.want)
			}
			if got := w.mustAttempts(t, made.ID); got[0] != test.said {
				t.Errorf("got %q, want %q", got[0], test.said)
			}
		})
	}
	t.Cleanup(func() {
		if got := elsewhere.take(); len(got) > 0 {
			t.Errorf("the redirect was followed: %q", got)
		}
	})
}

// TestPrivate holds that private addresses are out of reach unless they are allowed, whatever leads
// there.
func TestPrivate(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	w := newWorld(t, db)
	to := newReceiver(t, nil)
	made := w.webhook(t, strings.Replace(to.URL, "127.0.0.1", "localhost", 1))
	w = openWorld(t, db, false)
	w.happen(t, user(ada), aFlag("checkout", "shop"))
	w.work(t)
	if got := to.take(); len(got) > 0 {
		t.Errorf("got %d requests at a private address, want none", len(got))
	}
	if got := w.mustAttempts(t, made.ID); len(got) != 1 || !strings.Contains(got[0], "is a private address") {
		t.Errorf("got %q, want that the address is private", got)
	}
	for _, address := range []string{
		"http://localhost/x", "http://127.0.0.1", "http://[::1]:80", "https://10.0.0.7", "http://169.254.169.254/latest", "http://[::ffff:192.168.0.1]",
		"http://100.64.0.1", "http://[fe80::1]", "http://[fd00::1]", "http://0.0.0.0", "http://[64:ff9b::7f00:1]", "http://[::7f00:1]", "http://[2001:0:7f00:1::]",
		"ftp://example.com", "example.com", "https://",
	} {
		_, _, err := w.Create(t.Context(), w.caller(root), integration.Settings{Provider: "webhook", Parameters: map[string]any{"url": address}})
		if f := fault.As(err); f == nil || f.Kind != fault.BadData || len(f.Details) != 1 || f.Details[0].Path != "/body/parameters/url" {
			t.Errorf("%s: got %v, want a fault about the url", address, err)
		}
	}
}

// TestSecrets holds that secrets are in no answer, no log and not in the ledger, and stay with the
// server that they were given for.
func TestSecrets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		to := newReceiver(t, status(http.StatusTeapot))
		hushed := map[string]any{"url": to.URL + "/hushed-path", "authorization": "hushed-bearer", "customHeaders": `{"X-Key":"hushed-header"}`, "signingSecret": secret}
		made := w.webhook(t, to.URL, func(s *integration.Settings) { s.Parameters = hushed })
		lost := w.webhook(t, "http://127.0.0.1:1/hushed-too")
		w.happen(t, user(ada), aFlag("checkout", "shop"))
		w.work(t)
		got := to.take()
		if len(got) != 1 || got[0].path != "/hushed-path" || got[0].header.Get("Authorization") != "hushed-bearer" || got[0].header.Get("X-Key") != "hushed-header" {
			t.Fatalf("got %+v, want one request with the secrets", got)
		}
		kept := hushed
		kept["authorization"], kept["customHeaders"], kept["signingSecret"] = integration.Masked, integration.Masked, integration.Masked
		kept["url"] = integration.Masked
		in := integration.Settings{Provider: "webhook", Enabled: true, Events: []string{"feature-created"}, Parameters: kept}
		_, minted, err := w.Update(t.Context(), w.caller(root), made.ID, in)
		must(t, err)
		if minted != "" {
			t.Error("the secret was made anew")
		}
		w.happen(t, user(ada), aFlag("another", "shop"))
		w.work(t)
		if got := to.take(); len(got) != 1 || got[0].header.Get("Authorization") != "hushed-bearer" || got[0].header.Get("X-Key") != "hushed-header" {
			t.Errorf("got %+v, want one request with the kept secrets", got)
		}

		kept["url"] = "https://elsewhere.example.com/"
		_, _, err = w.Update(t.Context(), w.caller(ada), made.ID, in)
		var paths []string
		if f := fault.As(err); f != nil {
			for _, d := range f.Details {
				paths = append(paths, d.Path)
			}
		}
		if want := []string{"/body/parameters/authorization", "/body/parameters/customHeaders"}; !cmp.Equal(paths, want) {
			t.Errorf("got %v about %q, want a fault about %q: secrets went to another server", err, paths, want)
		}

		var visible strings.Builder
		visible.WriteString(w.logged.String())
		shown, err := w.Parameters(t.Context())
		must(t, err)
		fmt.Fprint(&visible, shown, w.mustAttempts(t, made.ID), w.mustAttempts(t, lost.ID))
		events, err := db.Events(t.Context(), store.EventFilter{})
		must(t, err)
		for _, e := range events {
			visible.Write(e.Payload)
		}
		rows, _, err := db.Deliveries(t.Context(), store.DeliveryFilter{Limit: 100})
		must(t, err)
		for _, d := range rows {
			fmt.Fprintf(&visible, "%s %s", d.Payload, d.LastError)
		}
		boxes, err := db.Sealed(t.Context(), store.IntegrationParameters)
		must(t, err)
		for _, box := range boxes {
			visible.Write(box)
		}
		if at := strings.Index(visible.String(), "hushed"); at >= 0 || strings.Contains(visible.String(), "whsec") {
			t.Errorf("a secret can be read: %s", visible.String()[max(0, at-100):])
		}
		if diff := cmp.Diff(map[string]string{"url": "*****", "authorization": "*****", "customHeaders": "*****", "signingSecret": "*****"}, shown[made.ID]); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}

		must(t, w.App.DeleteIntegration(t.Context(), w.caller(root), made.ID))
		if boxes, err = db.Sealed(t.Context(), store.IntegrationParameters); err != nil || len(boxes) != 1 {
			t.Errorf("got %d boxes (%v) after deleting one of two integrations, want 1", len(boxes), err)
		}
	})
}

// TestBadSettings holds that each bad parameter is named, and nothing is stored.
func TestBadSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
	url := map[string]any{"url": "https://example.com"}
	with := func(name string, value any) map[string]any {
		return map[string]any{"url": "https://example.com", name: value}
	}
	tests := []struct {
		in   integration.Settings
		want string
	}{
		{integration.Settings{Provider: "pigeon"}, "/body/provider"},
		{integration.Settings{Provider: "webhook"}, "/body/parameters/url"},
		{integration.Settings{Provider: "slack-app"}, "/body/parameters/accessToken"},
		{integration.Settings{Provider: "datadog"}, "/body/parameters/apiKey"},
		{integration.Settings{Provider: "new-relic", Parameters: url}, "/body/parameters/licenseKey"},
		{integration.Settings{Provider: "new-relic", Parameters: with("licenseKey", "a\nb")}, "/body/parameters/licenseKey"},
		{integration.Settings{Provider: "webhook", Parameters: with("x", "y")}, "/body/parameters/x"},
		{integration.Settings{Provider: "webhook", Parameters: with("contentType", 7)}, "/body/parameters/contentType"},
		{integration.Settings{Provider: "webhook", Parameters: with("contentType", "a\nb")}, "/body/parameters/contentType"},
		{integration.Settings{Provider: "webhook", Parameters: with("customHeaders", "{")}, "/body/parameters/customHeaders"},
		{integration.Settings{Provider: "webhook", Parameters: with("customHeaders", `{"Webhook-Id":"1"}`)}, "/body/parameters/customHeaders"},
		{integration.Settings{Provider: "webhook", Parameters: with("customHeaders", `{"a b":"1"}`)}, "/body/parameters/customHeaders"},
		{integration.Settings{Provider: "webhook", Parameters: with("bodyTemplate", "{{#a}}")}, "/body/parameters/bodyTemplate"},
		{integration.Settings{Provider: "webhook", Parameters: with("bodyTemplate", "{{> /etc/passwd}}")}, "/body/parameters/bodyTemplate"},
		{integration.Settings{Provider: "webhook", Parameters: with("bodyTemplate", strings.Repeat("{{#a}}", 7)+strings.Repeat("{{/a}}", 7))}, "/body/parameters/bodyTemplate"},
		{integration.Settings{Provider: "webhook", Parameters: with("bodyTemplate", strings.Repeat("x", 10<<10+1))}, "/body/parameters/bodyTemplate"},
		{integration.Settings{Provider: "webhook", Parameters: with("format", "xml")}, "/body/parameters/format"},
		{integration.Settings{Provider: "webhook", Parameters: with("signingSecret", "whsec_short")}, "/body/parameters/signingSecret"},
		{integration.Settings{Provider: "webhook", Parameters: url, Events: []string{"No Type"}}, "/body/events/0"},
		{integration.Settings{Provider: "webhook", Parameters: url, Projects: []flags.ProjectID{"nowhere"}}, "/body/projects/0"},
		{integration.Settings{Provider: "webhook", Parameters: url, Environments: []flags.EnvironmentName{"mars"}}, "/body/environments/0"},
	}
	for _, test := range tests {
		_, _, err := w.Create(t.Context(), w.caller(root), test.in)
		if f := fault.As(err); f == nil || f.Kind != fault.BadData || len(f.Details) != 1 || f.Details[0].Path != test.want {
			t.Errorf("%s %v: got %v, want a fault about %s", test.in.Provider, test.in.Parameters, err, test.want)
		}
	}
	if n := w.engine.State().IntegrationCount(); n > 0 {
		t.Errorf("got %d integrations, want none", n)
	}
}

// TestSlowTarget holds that a target which does not answer holds up none but its own deliveries.
func TestSlowTarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
	release := make(chan struct{})
	var free sync.Once
	slow := newReceiver(t, func(int, http.ResponseWriter) { <-release })
	t.Cleanup(func() { free.Do(func() { close(release) }) }) // before the receiver is closed
	arrived := make(chan struct{}, 100)
	fast := newReceiver(t, func(int, http.ResponseWriter) { arrived <- struct{}{} })
	w.webhook(t, slow.URL)
	w.webhook(t, fast.URL)
	for i := range 10 {
		w.happen(t, user(ada), aFlag(flags.Name(fmt.Sprintf("flag-%d", i)), "shop"))
	}
	must(t, w.notify.Follow(t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.notify.Deliver(t.Context()) }()
	for range 10 {
		<-arrived
	}
	if got := len(slow.take()); got > 1 {
		t.Errorf("got %d requests at once at the slow target, want 1", got)
	}
	free.Do(func() { close(release) })
	must(t, <-done)
	if got := typesOf(t, fast.take()); len(got) != 10 {
		t.Errorf("got %d requests, want 10", len(got))
	}
}

// TestAnswerBreaksOff holds that what was taken is not sent again, although the rest of the answer never came.
func TestAnswerBreaksOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		to := newReceiver(t, func(_ int, r http.ResponseWriter) {
			r.Header().Set("Content-Length", "1000")
			r.WriteHeader(http.StatusOK)
			must(t, http.NewResponseController(r).Flush())
			panic(http.ErrAbortHandler)
		})
		made := w.webhook(t, to.URL)
		w.happen(t, user(ada), aFlag("checkout", "shop"))
		w.work(t)
		w.pass(time.Hour)
		w.work(t)
		if got := to.take(); len(got) != 1 {
			t.Errorf("got %d requests, want 1", len(got))
		}
		if diff := cmp.Diff([]string{"success: Sent."}, w.mustAttempts(t, made.ID)); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}

// TestTest holds that a test is sent, to enabled integrations, for who may change them.
func TestTest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		to := newReceiver(t, nil)
		made := w.webhook(t, to.URL)
		id, err := w.Test(t.Context(), w.caller(ada), made.ID)
		must(t, err)
		w.work(t)
		got := to.take()
		if len(got) != 1 || got[0].header.Get("webhook-id") != id || typesOf(t, got)[0] != "addon-test" {
			t.Errorf("got %v, want a test with the id %s", got, id)
		}
		list, err := w.Attempts(t.Context(), made.ID, 0, 1)
		must(t, err)
		if len(list) != 1 || list[0].Details["deliveryId"] != id || list[0].Event.Type != "addon-test" {
			t.Errorf("got %+v, want the test", list)
		}
		off := w.webhook(t, to.URL, func(s *integration.Settings) { s.Enabled = false })
		if _, err := w.Test(t.Context(), w.caller(ada), off.ID); !fault.Is(err, fault.BadData) {
			t.Errorf("got %v, want BadData for a disabled integration", err)
		}
		viewer := w.caller(ada)
		viewer.Actor = access.Actor{Ref: user(77)}
		if _, err := w.Test(t.Context(), viewer, made.ID); !fault.Is(err, fault.Permission) {
			t.Errorf("got %v, want Permission for somebody without it", err)
		}
	})
}
