package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const productionWindows = "/environments/production/windows"

// mustFreeze gives production a freeze, far ahead, that counts in one project.
func (w *world) mustFreeze(t testing.TB) {
	t.Helper()
	w.mustWindow(t, christmas("Christmas", `,"projects":["other"]`))
}

// mustClose does that as well, and gives production a maintenance window in another project, which it closes until then.
func (w *world) mustClose(t testing.TB) {
	t.Helper()
	w.mustFreeze(t)
	w.mustWindow(t, `{"name":"Release","kind":"maintenance","projects":["full"],"start":"2900-01-07T09:00","durationMinutes":60,"zone":"UTC"}`)
}

func (w *world) mustWindow(t testing.TB, body string) {
	t.Helper()
	if got := w.call(t, "admin", http.MethodPost, productionWindows, body, nil); got.status != http.StatusCreated {
		t.Fatalf("got %d %s", got.status, got.body)
	}
}

// christmas is a freeze of the year 2900, with more members.
func christmas(name, more string) string {
	return fmt.Sprintf(`{"name":%q,"kind":"freeze","start":"2900-12-20T00:00","durationMinutes":20160,"zone":"Europe/Oslo"%s}`, name, more)
}

func windowScenarios() []scenario {
	const (
		next  = `"next":{"from":"2900-12-19T23:00:00.000Z","to":"2901-01-02T23:00:00.000Z"}`
		first = `{"id":1,"environment":"production","name":"Christmas","kind":"freeze","projects":["other"],"start":"2900-12-20T00:00","durationMinutes":20160,"zone":"Europe/Oslo","recurrence":"(absent)",` + next + `}`
	)
	wrong := func(name, body, field string) scenario {
		return scenario{name: name, method: "POST", path: productionWindows, body: body, status: 400, want: `{"details":[{"path":"` + field + `","message":"(present)"}]}`}
	}
	weekly := func(more string) string {
		return `{"name":"Nights","kind":"maintenance","start":"2900-06-01T22:00","durationMinutes":240,"zone":"Europe/Oslo","recurrence":{"frequency":"weekly"` + more + `}}`
	}
	return []scenario{
		{name: "list the windows", method: "GET", path: productionWindows, status: 200, want: `{"windows":[` + first + `,{"id":2,"name":"Release","kind":"maintenance"}]}`},
		{name: "list no windows", method: "GET", path: "/environments/development/windows", status: 200, want: `{"windows":[]}`},
		{name: "list the windows of no environment", method: "GET", path: "/environments/none/windows", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "create a window", method: "POST", path: productionWindows, body: weekly(`,"weekdays":["tuesday","friday"],"until":"2900-12-31"`), status: 201,
			want:   `{"id":3,"environment":"production","projects":"(absent)","recurrence":{"frequency":"weekly","weekdays":["tuesday","friday"],"until":"2900-12-31"},"next":{"from":"2900-06-01T20:00:00.000Z","to":"2900-06-02T00:00:00.000Z"}}`,
			events: []string{"environment-window-created production"}, then: map[string]string{productionWindows: `{"windows":[{},{},{"id":3}]}`},
		},
		{
			name: "create a window for projects", method: "POST", path: productionWindows, body: christmas("Yule", `,"projects":["full","default","full"]`), status: 201,
			want: `{"id":3,"name":"Yule","projects":["default","full"]}`, events: []string{"environment-window-created production"},
		},
		wrong("create a window of no kind", strings.Replace(christmas("Yule", ""), "freeze", "pause", 1), "kind"),
		wrong("create a window without a name", christmas(" ", ""), "/body/name"),
		wrong("create a window that exists", christmas("christmas", `,"projects":["default"]`), "/body/name"),
		wrong("create a window like another", christmas("Yule", ""), "/body/start"),
		wrong("create a window in no project", christmas("Yule", `,"projects":["default","none"]`), "/body/projects/1"),
		wrong("create a window in no zone", strings.Replace(christmas("Yule", ""), "Oslo", "Atlantis", 1), "/body/zone"),
		wrong("create a window without time", strings.Replace(christmas("Yule", ""), "20160", "0", 1), "/body/durationMinutes"),
		wrong("create a window that is too long", strings.Replace(christmas("Yule", ""), "20160", "600000", 1), "/body/durationMinutes"),
		wrong("create a window with an offset", strings.Replace(christmas("Yule", ""), "T00:00", "T00:00Z", 1), "/body/start"),
		wrong("create a window that is over", strings.Replace(christmas("Yule", ""), "2900", "2020", 1), "/body/start"),
		wrong("create a window on no day", weekly(""), "/body/recurrence/weekdays"),
		wrong("create a window that ends before it begins", weekly(`,"weekdays":["friday"],"until":"2900-06-01"`), "/body/recurrence"),
		wrong("create a maintenance window in a freeze", `{"name":"Eve","kind":"maintenance","projects":["other"],"start":"2900-12-24T08:00","durationMinutes":60,"zone":"UTC"}`, "/body/start"),
		wrong("create a freeze over a maintenance window", `{"name":"Year","kind":"freeze","start":"2900-01-01T00:00","durationMinutes":527040,"zone":"UTC"}`, "/body/start"),
		{name: "create a window of no environment", method: "POST", path: "/environments/none/windows", body: christmas("Yule", ""), status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "change a window", method: "PUT", path: productionWindows + "/1", body: christmas("Christmas", `,"recurrence":{"frequency":"yearly"}`), status: 200,
			want: `{"id":1,"projects":"(absent)","recurrence":{"frequency":"yearly"},` + next + `}`, events: []string{"environment-window-updated production"},
		},
		{name: "change a window to what it is", method: "PUT", path: productionWindows + "/1", body: christmas("Christmas", `,"projects":["other"]`), status: 200, want: first},
		{name: "change a window to what cannot be", method: "PUT", path: productionWindows + "/1", body: christmas("Release", ""), status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "change no window", method: "PUT", path: productionWindows + "/9", body: christmas("Christmas", ""), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "change a window of another environment", method: "PUT", path: "/environments/development/windows/1", body: christmas("Christmas", ""), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete a window", method: "DELETE", path: productionWindows + "/1", status: 204, events: []string{"environment-window-deleted production"}, then: map[string]string{productionWindows: `{"windows":[{"id":2}]}`}},
		{name: "delete no window", method: "DELETE", path: productionWindows + "/9", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "list when windows happen", method: "GET", path: "/upcoming?from=2900-01-01T00:00:00Z&to=2901-01-01T00:00:00Z", status: 200,
			want: `{"windows":[{"id":2,"name":"Release","state":"ahead","from":"2900-01-07T09:00:00.000Z","to":"2900-01-07T10:00:00.000Z"},{"id":1,"environment":"production","kind":"freeze","projects":["other"],"from":"2900-12-19T23:00:00.000Z"}]}`,
		},
		{name: "list when windows of a project happen", method: "GET", path: "/upcoming?project=full&environment=production&from=2900-01-01T00:00:00Z&to=2901-01-01T00:00:00Z", status: 200, want: `{"windows":[{"id":2}]}`},
		{name: "read the calendar", method: "GET", path: "/calendar.ics", status: 200, wantText: "BEGIN:VCALENDAR"},
		{name: "list when windows happen soon", method: "GET", path: "/upcoming", status: 200, want: `{"windows":[]}`},
		{name: "list when windows happen in all time", method: "GET", path: "/upcoming?from=2900-01-01T00:00:00Z&to=2903-01-01T00:00:00Z", status: 400, want: `{"details":[{"path":"/query/to"}]}`},
		{name: "list when windows happen from whenever", method: "GET", path: "/upcoming?from=today", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
	}
}

// freeze closes production in a while, for some time, and returns the window's path.
func (c *crew) freeze(t testing.TB, name string, in, length time.Duration, more string) string {
	t.Helper()
	return c.window(t, name, "freeze", in, length, more)
}

func (c *crew) window(t testing.TB, name, kind string, in, length time.Duration, more string) string {
	t.Helper()
	body := fmt.Sprintf(`{"name":%q,"kind":%q,"start":%q,"durationMinutes":%d,"zone":"UTC"%s}`,
		name, kind, c.now().UTC().Add(in).Format("2006-01-02T15:04"), int(length.Minutes()), more)
	got := mustDecode(t, c.must(t, "root", "POST", productionWindows, body, 201).body).(map[string]any)
	return fmt.Sprintf("%s/%v", productionWindows, got["id"])
}

// TestFreeze holds that in a freeze nothing is applied, whichever way it comes, but by a bypass that says why; that people
// go on agreeing; and that all is as before when the freeze is over.
func TestFreeze(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, rolledOut("web", webFirst, "50"))
		action := func(as string, allowed bool) string {
			t.Helper()
			for _, a := range c.see(t, as, id)["allowedActions"].([]any) {
				a := a.(map[string]any)
				if a["action"] == "apply" {
					if a["allowed"] != allowed {
						t.Errorf("as %s: got %v, want it allowed: %v", as, a, allowed)
					}
					reason, _ := a["reason"].(string)
					return reason
				}
			}
			return ""
		}
		if reason := action("di", true); reason != "" {
			t.Errorf("got the reason %q, want none", reason)
		}
		served, production := c.served, webPath
		c.freeze(t, "Christmas", -time.Hour, 2*time.Hour, "")

		refused := c.move(t, "di", id, "Applied", 409, `{"name":"ConflictError"}`)
		for _, says := range []string{`frozen by the window \"Christmas\" until `, " UTC", "SKIP_CHANGE_REQUEST", "Quorate-Reason"} {
			if !strings.Contains(string(refused.body), says) {
				t.Errorf("got %s, want it to say %s", refused.body, says)
			}
		}
		if reason := action("di", false); !strings.Contains(reason, "Christmas") {
			t.Errorf("got the reason %q, want it to name the window", reason)
		}
		if reason := action("root", true); !strings.Contains(reason, "Quorate-Reason") {
			t.Errorf("got the reason %q, want it to name the header", reason)
		}
		c.move(t, "root", id, "Applied", 409)
		// Who may bypass the protection writes nothing without a reason, and be it to switch a flag off.
		c.must(t, "root", "POST", production+"/off", "", 409, `{"name":"ConflictError"}`)
		if c.served != served {
			t.Errorf("got %d changes of what production is served, want none", c.served-served)
		}
		c.must(t, "root", "POST", strings.Replace(production, "production", "development", 1)+"/on", "", 200)

		// People go on.
		other := c.approved(t, "olu", []string{"bo"}, variantsOf("legacy", "new"))
		c.schedule(t, "di", other, 30*time.Minute, 400, `{"details":[{"path":"/body/scheduledAt","message":"(present)"}]}`)
		c.schedule(t, "di", other, 2*time.Hour, 200, `{"schedule":{"status":"pending"}}`)
		c.move(t, "di", other, "Rejected", 200)

		c.written = nil
		why := map[string]string{"Quorate-Reason": "The shop is on fire"}
		c.mustWith(t, why, "root", "PUT", fmt.Sprintf("%s/%d/state", crPath, id), `{"state":"Applied"}`, 200, `{"state":"Applied"}`)
		if got := strings.Join(c.written, " "); !strings.Contains(got, "change-requests-bypassed shop/production") {
			t.Errorf("got the events %s, want a bypass among them", got)
		}
		c.must(t, "viv", "GET", "/search/events?type=IS:change-requests-bypassed", "", 200, `{"events":[{"data":{"environments":["production"],"closed":["production"],"reason":"The shop is on fire"}}]}`)
		last := c.approved(t, "ada", []string{"bo"}, variantsOf("legacy", "new"))
		c.pass(t, time.Hour+time.Minute)
		c.move(t, "di", last, "Applied", 200)
	})
}

// TestScheduleMeetsWindows suspends what a window closes, in the batch of the window, and never applies in a freeze.
func TestScheduleMeetsWindows(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		harmless := c.freeze(t, "Later", 3*time.Hour, time.Hour, "")
		elsewhere := c.freeze(t, "Elsewhere", 30*time.Minute, time.Hour, `,"projects":["other"]`)
		c.see(t, "viv", id, `{"schedule":{"status":"pending"}}`)
		c.written = nil
		moved := c.must(t, "root", "PUT", harmless, fmt.Sprintf(`{"name":"Now","kind":"freeze","start":%q,"durationMinutes":61,"zone":"UTC"}`, c.now().UTC().Add(30*time.Minute).Format("2006-01-02T15:04")), 200)
		if got, want := strings.Join(c.written, " "), "environment-window-updated production change-request-schedule-suspended shop/production"; got != want {
			t.Errorf("got the events %s, want %s", got, want)
		}
		if header := moved.header.Get("Quorate-Suspended"); header != fmt.Sprint(id) {
			t.Errorf("got the header Quorate-Suspended: %q, want %d", header, id)
		}
		suspended := `{"state":"Scheduled","schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"environment-closed","by":{"name":"root"}},"remedy":"(present)"}}`
		c.see(t, "viv", id, suspended)
		c.must(t, "root", "DELETE", harmless, "", 204)
		c.see(t, "viv", id, suspended) // nothing un-suspends by itself
		c.schedule(t, "di", id, time.Hour, 200, `{"schedule":{"status":"pending"}}`)
		c.must(t, "root", "DELETE", elsewhere, "", 204)

		// A maintenance window closes all other times.
		c.window(t, "Release", "maintenance", 2*time.Hour, time.Hour, "")
		c.see(t, "viv", id, suspended)
		c.schedule(t, "di", id, time.Hour, 400, `{"details":[{"path":"/body/scheduledAt"}]}`)
		c.schedule(t, "di", id, 150*time.Minute, 200)
		c.pass(t, 151*time.Minute)
		c.see(t, "viv", id, `{"state":"Applied"}`)
	})
}

// TestRunMeetsFreeze never applies a request that no node could run in time, and whose environment is closed by then.
func TestRunMeetsFreeze(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.freeze(t, "Afterwards", time.Hour+time.Minute, time.Hour, "")
		served := c.served
		c.pass(t, time.Hour+5*time.Minute) // nobody was there in the minutes before
		reason := c.see(t, "viv", id, `{"state":"Scheduled","schedule":{"status":"failed"}}`)["schedule"].(map[string]any)["reason"].(string)
		if !strings.Contains(reason, `frozen by the window "Afterwards"`) || c.served != served {
			t.Errorf("got %s, and %d changes of what is served; want the window named, and none", reason, c.served-served)
		}
	})
}
