package integration_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// house is where the server of every world is.
const house = "https://flags.example.com"

// evil is a name that would be more than a name where nobody is careful.
const evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <!channel> @channel <https://evil.example|y> ](https://evil.example) ![p](https://evil.example/p) **b"

// TestNamesThatAreMarkup holds that names stay names in what integrations send: nothing leads anywhere but to this server,
// nothing calls people, and nothing is HTML.
func TestNamesThatAreMarkup(t *testing.T) {
	t.Parallel()
	to := newReceiver(t, func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"ok":true}`) })
	db := storetest.Open(t, storetest.SQLite(t))
	w := newWorld(t, db)
	const eve int64 = 4
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddPerson(store.Person{ID: eve, Kind: string(access.KindUser), Name: evil, Username: evil, CreatedAt: noon})
	}))
	w.happen(t, access.SystemRef, state.Event{Payload: state.UserCreated{ID: eve, RootRole: access.RoleAdmin}}, aFlag("checkout", "shop"))
	must(t, w.notify.Follow(t.Context()))
	for _, provider := range []string{"slack", "teams", "teamsworkflow"} {
		parameters := map[string]any{"url": to.URL + "/" + provider}
		if provider == "slack" {
			parameters["defaultChannel"] = "#flags"
		}
		_, _, err := w.Create(t.Context(), w.caller(root), integration.Settings{
			Provider: provider, Enabled: true, Events: []string{"segment-created", "project-created", "change-request-commented", "feature-environment-enabled"}, Parameters: parameters,
		})
		must(t, err)
	}
	w.happen(t, user(eve), of("", state.SegmentCreated{Segment: flags.Segment{ID: 1, Name: evil, CreatedAt: noon}}))
	w.happen(t, user(eve), of("x", state.ProjectCreated{Project: flags.Project{ID: "x", Name: evil, Mode: flags.ModeOpen, CreatedAt: noon, UpdatedAt: noon}}))
	id := w.draft(t, evil)
	w.say(t, ada, id, changerequest.SentToReview{Agreements: agreements()})
	w.say(t, ada, id, changerequest.Commented{Text: evil})
	w.happen(t, user(eve), ofFlag("production", state.FeatureEnvironmentEnabled{}))
	w.work(t)

	escaped := regexp.MustCompile(`\\.`)
	leads := map[string]*regexp.Regexp{
		"/slack":         regexp.MustCompile(`<([^|>]*)`),
		"/teams":         regexp.MustCompile(`(?:\]\(|<)([^)]*)`),
		"/teamsworkflow": regexp.MustCompile(`$^`), // its texts are plain
	}
	seen, named := 0, 0
	for _, r := range to.take() {
		seen++
		eachString(t, r.body, func(field, text string, beside map[string]any) {
			if field == "type" {
				return
			}
			if field == "url" || field == "uri" {
				if !strings.HasPrefix(text, house) {
					t.Errorf("%s: leads to %s", r.path, text)
				}
				return
			}
			if strings.Contains(text, "alert(1)") {
				named++
			}
			if beside["type"] == "plain_text" || field == "summary" { // shown as it is
				return
			}
			if beside["type"] == "mrkdwn" && beside["verbatim"] != true {
				t.Errorf("%s: Slack would look for people and links in %s", r.path, text)
			}
			if r.path == "/teams" {
				text = escaped.ReplaceAllString(text, "")
			}
			for _, link := range leads[r.path].FindAllStringSubmatch(text, -1) {
				if !strings.HasPrefix(link[1], house) {
					t.Errorf("%s: %s leads to %s in %s", r.path, field, link[1], text)
				}
			}
		})
	}
	if seen != 12 || named < 18 {
		t.Errorf("got %d messages, and the name %d times", seen, named)
	}
}

// eachString hands over every text of a JSON value with the name of its field and what is beside it.
func eachString(t *testing.T, body []byte, look func(field, text string, beside map[string]any)) {
	t.Helper()
	var walk func(field string, value any, beside map[string]any)
	walk = func(field string, value any, beside map[string]any) {
		switch v := value.(type) {
		case string:
			look(field, v, beside)
		case []any:
			for _, item := range v {
				walk(field, item, beside)
			}
		case map[string]any:
			for name, item := range v {
				walk(name, item, v)
			}
		}
	}
	var value any
	must(t, json.Unmarshal(body, &value))
	walk("", value, nil)
}
