package adminapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The points of the conformance test (see conformance_test.go) that are about schedules, each under its number.

// schedule has a request applied in a while.
func (c *crew) schedule(t testing.TB, as string, id int, in time.Duration, status int, want ...string) answer {
	t.Helper()
	body := fmt.Sprintf(`{"state":"Scheduled","scheduledAt":%q}`, c.now().Add(in).Format(time.RFC3339Nano))
	return c.must(t, as, http.MethodPut, fmt.Sprintf("%s/%d/state", crPath, id), body, status, want...)
}

// scheduled makes a request of ada's that di has applied in an hour.
func (c *crew) scheduled(t testing.TB, changes ...string) int {
	t.Helper()
	id := c.approved(t, "ada", []string{"bo"}, changes...)
	c.schedule(t, "di", id, time.Hour, 200, `{"state":"Scheduled","schedule":{"status":"pending"}}`)
	return id
}

// pass lets time pass, and the timer do what is due.
func (c *crew) pass(t testing.TB, d time.Duration) {
	t.Helper()
	c.ahead.Add(int64(d))
	if err := c.app.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestConformance23 schedules, and looks for what is scheduled.
func TestConformance23(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, rolledOut("web", webFirst, "50"), variantsOf("legacy", "new"), segmentOf(2, "stars", "shop", "8"))
		c.schedule(t, "di", id, -time.Second, 400, `{"details":[{"path":"/body/scheduledAt"}]}`)
		c.schedule(t, "di", id, time.Hour, 200, `{"state":"Scheduled","schedule":{"status":"pending","scheduledAt":"(present)"},"stateTimestamps":{"Scheduled":"(present)"}}`)
		found := fmt.Sprintf(`[{"id":%d,"environment":"production","title":"(absent)"}]`, id)
		for query, want := range map[string]string{
			"?feature=web":                     found,
			"?feature=legacy":                  found,
			"?feature=cart&feature=web":        found,
			"?feature=cart":                    `[]`,
			"?strategyId=" + webFirst:          found,
			"?strategyId=" + webSecond:         `[]`,
			"?variantForFlag=legacy":           found,
			"?variantForFlag=web":              `[]`,
			"?variantForFlag=web&feature=web":  found,
			"?segmentId=2":                     found,
			"?segmentId=1":                     `[]`,
			"":                                 `[]`,
			"?strategyId=none&feature=nothing": `[]`,
		} {
			c.must(t, "viv", "GET", crPath+"/scheduled"+query, "", 200, want)
		}
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/title", crPath, id), `{"title":"Friday"}`, 204)
		c.must(t, "viv", "GET", crPath+"/scheduled?feature=web", "", 200, `[{"title":"Friday"}]`)
		c.must(t, "viv", "GET", "/projects/none/change-requests/scheduled?feature=web", "", 404)
		c.must(t, "root", "PUT", "/change-requests/settings", `{"enabled":false}`, 200)
		c.must(t, "viv", "GET", crPath+"/scheduled?feature=web", "", 200, `[{"title":"Friday"}]`)
		c.must(t, "viv", "GET", "/upcoming", "", 200, `{"upcoming":[{"title":"Friday"}],"total":1}`)
	})
}

// TestConformance24 runs a request at its time.
func TestConformance24(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.pass(t, 59*time.Minute)
		c.see(t, "viv", id, `{"state":"Scheduled"}`)
		served := c.served
		c.written = nil
		c.pass(t, time.Minute)
		c.pass(t, time.Minute)
		c.see(t, "viv", id, `{"state":"Applied","closedBy":{"id":5,"name":"di"},"schedule":"(absent)","scheduleDetails":"(absent)","approvals":[{"createdBy":{"id":3}}]}`)
		want := []string{
			"feature-strategy-update shop/production/web",
			"change-request-scheduled-application-success shop/production", "change-request-applied shop/production",
		}
		slices.Sort(c.written)
		slices.Sort(want)
		if !slices.Equal(c.written, want) || c.served != served+1 {
			t.Errorf("got the events %v, and what is served changed %d times; want %v, and once", c.written, c.served-served, want)
		}
		c.must(t, "viv", "GET", webPath+"/strategies/"+webFirst, "", 200, `{"parameters":{"rollout":"50"}}`)
		c.must(t, "viv", "GET", "/search/events?type=IS:feature-strategy-update", "", 200, fmt.Sprintf(`{"events":[{"createdByUserId":5,"groupType":"change-request","groupId":"%d"}]}`, id))
	})
}

// TestConformance25 updates what a scheduled request changes.
func TestConformance25(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		direct := func(method, path, body string, status int, id int) {
			t.Helper()
			got := c.must(t, "root", method, path, body, status)
			if header := got.header.Get("Quorate-Suspended"); header != fmt.Sprint(id) {
				t.Errorf("%s %s: got the header Quorate-Suspended: %q, want %d", method, path, header, id)
			}
			link := fmt.Sprintf(`<https://flags.example.com/here/projects/shop/change-requests/%d>; rel="related"; title="suspended"`, id)
			if header := got.header.Get("Link"); header != link {
				t.Errorf("%s %s: got the header Link: %q, want %q", method, path, header, link)
			}
		}
		suspended := func(kind, of, reason string) string {
			return fmt.Sprintf(`{"state":"Scheduled","schedule":{"status":"suspended","reason":%q,"failureReason":"(absent)","scheduledAt":"(present)"},
				"scheduleDetails":{"cause":{"kind":%q,%s,"by":{"id":1,"name":"root"},"changeRequest":"(absent)"},"remedy":"(present)"}}`, reason, kind, of)
		}

		strategy := c.scheduled(t, rolledOut("web", webFirst, "50"))
		direct("PUT", webPath+"/strategies/"+webFirst, "{"+rolloutOf(webFirst, "75")+"}", 200, strategy)
		c.see(t, "viv", strategy, suspended("strategy-updated", `"feature":"web","strategyId":"`+webFirst+`"`, `The strategy "1" of the flag "web" was updated.`),
			`{"scheduleDetails":{"clashes":[{"feature":"web","field":"parameters","contested":true}]}}`)
		c.pass(t, 2*time.Hour) // nothing un-suspends by itself
		c.see(t, "viv", strategy, `{"schedule":{"status":"suspended"}}`)
		c.schedule(t, "di", strategy, time.Hour, 200, `{"schedule":{"status":"pending"},"drift":[]}`)
		direct("PUT", webPath+"/strategies/"+webFirst, "{"+strings.Replace(rolloutOf(webFirst, "75"), `"title":"1"`, `"title":"first"`, 1)+"}", 200, strategy)
		// The title was not for the request to change: it would only put it back.
		c.see(t, "viv", strategy, `{"schedule":{"status":"suspended"},"scheduleDetails":{"clashes":[{"field":"title","before":"1","now":"first","wanted":"1","contested":false}]}}`)
		refused := c.move(t, "di", strategy, "Applied", 409)
		drift := mustDecode(t, refused.body).(map[string]any)["driftId"].(string)
		c.must(t, "di", "PUT", fmt.Sprintf("%s/%d/state", crPath, strategy), fmt.Sprintf(`{"state":"Applied","overwrite":%q}`, drift), 200, `{"state":"Applied","schedule":"(absent)"}`)

		segment := c.scheduled(t, segmentOf(2, "vips", "shop", "9"))
		direct("PUT", "/segments/2", `{"name":"vips","project":"shop","constraints":[]}`, 204, segment)
		c.see(t, "viv", segment, suspended("segment-updated", `"segmentId":2`, `The segment "vips" (2) was updated.`))
		c.move(t, "di", segment, "Rejected", 200)

		variants := c.scheduled(t, variantsOf("legacy", "new"))
		direct("PUT", shopPath+"/features/legacy/environments/production/variants", `[]`, 200, variants)
		c.see(t, "viv", variants, suspended("variants-updated", `"feature":"legacy"`, `The variants of the flag "legacy" in the environment were updated.`))
		c.schedule(t, "di", variants, time.Hour, 200, `{"schedule":{"status":"pending"}}`)
		c.pass(t, time.Hour)
		c.see(t, "viv", variants, `{"state":"Applied"}`)

		// Another request is the cause.
		first := c.scheduled(t, rolledOut("web", webSecond, "10"))
		second := c.approved(t, "ada", []string{"bo"}, rolledOut("web", webSecond, "20"))
		c.see(t, "viv", second, fmt.Sprintf(`{"overlaps":[{"id":%d,"state":"Scheduled"}],"features":[{"changes":[{"scheduleConflicts":{"changeRequests":[{"id":%d,"title":"(absent)"}]}}]}]}`, first, first))
		if header := c.move(t, "di", second, "Applied", 200).header.Get("Quorate-Suspended"); header != fmt.Sprint(first) {
			t.Errorf("got the header Quorate-Suspended: %q, want %d", header, first)
		}
		c.see(t, "viv", first, fmt.Sprintf(`{"schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"strategy-updated","by":{"name":"di"},"changeRequest":%d}}}`, second))
		// What has nothing to do with it suspends nothing.
		c.schedule(t, "di", first, time.Hour, 200)
		if got := c.must(t, "root", "POST", shopPath+"/features/sole/environments/production/off", "", 200); got.header.Get("Quorate-Suspended") != "" {
			t.Errorf("got the header Quorate-Suspended: %q for another flag, want none", got.header.Get("Quorate-Suspended"))
		}
		c.see(t, "viv", first, `{"schedule":{"status":"pending"}}`)
	})
}

// TestConformance26 takes away what a scheduled request changes.
func TestConformance26(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		gone := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "root", "DELETE", webPath+"/strategies/"+webFirst, "", 200)
		c.see(t, "viv", gone, `{"schedule":{"status":"suspended","reason":"The strategy \"1\" of the flag \"web\" was deleted."},"scheduleDetails":{"cause":{"kind":"strategy-deleted"}},"conflicts":["Strategy has been deleted"]}`)
		c.move(t, "di", gone, "Applied", 409)
		c.schedule(t, "di", gone, time.Hour, 409)
		c.move(t, "ada", gone, "Rejected", 200, `{"state":"Rejected","schedule":"(absent)"}`)

		archived := c.scheduled(t, switched("cart", true))
		c.must(t, "root", "DELETE", shopPath+"/features/cart", "", 202)
		c.see(t, "viv", archived, `{"schedule":{"status":"suspended","reason":"The flag \"cart\" was archived."},"scheduleDetails":{"cause":{"kind":"flag-archived","feature":"cart"}},"features":[{"conflict":"Feature has been archived"}]}`)
		c.move(t, "di", archived, "Applied", 409)
		c.schedule(t, "di", archived, time.Hour, 409)
		c.must(t, "root", "POST", "/archive/revive/cart", "", 200)
		c.see(t, "viv", archived, `{"schedule":{"status":"suspended"}}`)
		c.schedule(t, "di", archived, time.Hour, 200, `{"schedule":{"status":"pending"}}`)
		c.pass(t, time.Hour)
		c.see(t, "viv", archived, `{"state":"Applied"}`)
	})
}

// TestConformance27 deletes who scheduled, and takes from them what it needs.
func TestConformance27(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "root", "DELETE", "/user-admin/5", "", 200)
		c.see(t, "viv", id, `{"schedule":{"status":"suspended","reason":"Whoever scheduled it was deleted, or may not sign in any more."},"scheduleDetails":{"cause":{"kind":"scheduler-deleted","by":{"id":1}}}}`)
		c.schedule(t, "root", id, time.Hour, 200, `{"schedule":{"status":"pending"},"scheduleDetails":{"scheduledBy":{"id":1}}}`)
	})
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "root", "DELETE", shopPath+"/users/5/roles", "", 200)
		c.see(t, "viv", id, `{"schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"scheduler-not-permitted"}}}`)
	})
	eachCrew(t, 1, func(t *testing.T, c *crew) { // who approved may approve no longer
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "root", "DELETE", shopPath+"/users/3/roles", "", 200)
		c.see(t, "viv", id, `{"state":"Scheduled","schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"approvals-missing"}},"missing":"(present)"}`)
		c.schedule(t, "di", id, time.Hour, 409)
		c.move(t, "cy", id, "Approved", 200, `{"state":"Scheduled","schedule":{"status":"suspended"}}`)
		c.schedule(t, "di", id, time.Hour, 200)
		c.must(t, "cy", "DELETE", fmt.Sprintf("%s/%d/approval", crPath, id), "", 200, `{"state":"Scheduled","schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"approvals-missing","by":{"name":"cy"}}}}`)
		c.move(t, "cy", id, "Approved", 200)
		c.move(t, "di", id, "Applied", 200)
	})
	eachCrew(t, 1, func(t *testing.T, c *crew) { // the rule asks for more
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.protect(t, "production", `{"changeRequestsEnabled":true,"requiredApprovals":2}`)
		c.see(t, "viv", id, `{"schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"approvals-missing"}}}`)
	})
}

// TestConformance28 turns change requests off after something was scheduled.
func TestConformance28(t *testing.T) {
	t.Parallel()
	for _, off := range []struct {
		path, body string
		status     int
	}{
		{shopPath + "/environments/production/change-requests/config", `{"changeRequestsEnabled":false}`, 204},
		{"/change-requests/settings", `{"enabled":false}`, 200},
	} {
		eachCrew(t, 1, func(t *testing.T, c *crew) {
			c.scheduled(t, rolledOut("web", webFirst, "50"))
			c.must(t, "root", "PUT", off.path, off.body, off.status)
			c.pass(t, time.Hour)
			c.must(t, "viv", "GET", webPath+"/strategies/"+webFirst, "", 200, `{"parameters":{"rollout":"50"}}`)
		})
	}
}

// TestConformance29 does with a scheduled request what cannot be done, and rejects it.
func TestConformance29(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		for _, as := range []string{"ada", "bo", "di", "root"} {
			id := c.scheduled(t, rolledOut("web", webFirst, "50"))
			at := fmt.Sprintf("%s/%d", crPath, id)
			change := c.see(t, "ada", id)["features"].([]any)[0].(map[string]any)["changes"].([]any)[0].(map[string]any)["id"].(float64)
			c.must(t, "ada", "PUT", fmt.Sprintf("%s/changes/%v", at, change), rolledOut("web", webFirst, "60"), 400)
			c.must(t, "ada", "DELETE", fmt.Sprintf("%s/changes/%v", at, change), "", 400)
			c.must(t, "ada", "DELETE", at, "", 400)
			c.must(t, "ada", "PUT", at+"/approvers", `{"reviewers":[4]}`, 400)
			for _, state := range []string{"Cancelled", "In review", "Draft"} {
				c.move(t, "ada", id, state, 400)
			}
			c.move(t, "viv", id, "Rejected", 403)
			if allowed := c.allowed(t, "ada", id); allowed["edit"] || allowed["cancel"] || allowed["schedule"] || !allowed["reject"] || !allowed["describe"] {
				t.Errorf("the author may %v", allowed)
			}
			if allowed := c.allowed(t, "di", id); !allowed["schedule"] || !allowed["apply"] || !allowed["reject"] {
				t.Errorf("who may apply may %v", allowed)
			}
			c.must(t, "viv", "POST", fmt.Sprintf("/playground/change-request/%d", id), `{"context":{"appName":"x"}}`, 200)
			// It is not what the author has pending: that is another request.
			if other := c.propose(t, "ada", addition("sole", "x")); other == id {
				t.Errorf("a change was added to the scheduled request %d", id)
			} else {
				c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d", crPath, other), "", 200)
			}
			c.move(t, as, id, "Rejected", 200, `{"state":"Rejected"}`)
			c.pass(t, 2*time.Hour)
			c.see(t, "viv", id, `{"state":"Rejected"}`)
		}
	})
}

// TestConformance30 looks ahead: what a change would suspend is said with it, to who may know.
func TestConformance30(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		strategy := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/title", crPath, strategy), `{"title":"Friday"}`, 204)
		variants := c.scheduled(t, variantsOf("legacy", "new"))
		breaks := func(id int, more string) string {
			return fmt.Sprintf(`"scheduleConflicts":{"changeRequests":[{"id":%d%s}]}`, id, more)
		}
		draft := c.propose(t, "viv", rolledOut("web", webFirst, "60"), rolledOut("web", webSecond, "60"), variantsOf("legacy", "newer"), archived("cart"))
		c.see(t, "viv", draft, fmt.Sprintf(`{"features":[{"changes":[{%s},{"scheduleConflicts":"(absent)"}]},{"changes":[{%s}]},{"changes":[{"scheduleConflicts":"(absent)"}]}]}`,
			breaks(strategy, `,"title":"Friday"`), breaks(variants, `,"title":"(absent)"`)))
		archiving := c.propose(t, "cy", archived("web"))
		c.see(t, "cy", archiving, fmt.Sprintf(`{"overlaps":[{"id":%d,"title":"Friday","state":"Scheduled"}],"features":[{"changes":[{%s}]}]}`, strategy, breaks(strategy, "")))
		c.see(t, "viv", strategy, fmt.Sprintf(`{"overlaps":[{"id":%d,"state":"Draft"}],"features":[{"changes":[{"scheduleConflicts":"(absent)"}]}]}`, draft))
		// Once it is suspended, it cannot be broken any more.
		c.must(t, "root", "DELETE", webPath+"/strategies/"+webFirst, "", 200)
		c.see(t, "cy", archiving, `{"features":[{"changes":[{"scheduleConflicts":"(absent)"}]}]}`)
	})
}

// TestUpcoming lists what will happen when, to those who may know.
func TestUpcoming(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		later := c.approved(t, "ada", []string{"bo"}, addition("cart", "x"))
		c.schedule(t, "di", later, 2*time.Hour, 200)
		sooner := c.scheduled(t, rolledOut("web", webFirst, "50"), segmentOf(2, "vips", "shop", "9"))
		c.must(t, "root", "PUT", "/projects/other/environments/production/change-requests/config", `{"changeRequestsEnabled":true}`, 204)
		foreign := idOf(t, c.must(t, "viv", "POST", "/projects/other/environments/production/change-requests", switched("foreign", false), 200))
		at := fmt.Sprintf("/projects/other/change-requests/%d/state", foreign)
		c.must(t, "viv", "PUT", at, `{"state":"In review"}`, 200)
		c.must(t, "root", "PUT", at, `{"state":"Approved"}`, 200)
		c.must(t, "root", "PUT", at, fmt.Sprintf(`{"state":"Scheduled","scheduledAt":%q}`, c.now().Add(90*time.Minute).Format(time.RFC3339)), 200)
		first := fmt.Sprintf(`{"id":%d,"title":"(absent)","project":"shop","environment":"production","features":["web"],"segments":["vips"],"state":"Scheduled","schedule":{"status":"pending","scheduledAt":"(present)"},"scheduledBy":{"name":"di"}}`, sooner)
		c.must(t, "viv", "GET", "/upcoming", "", 200, fmt.Sprintf(`{"upcoming":[%s,{"id":%d},{"id":%d}],"total":3}`, first, foreign, later))
		c.must(t, "viv", "GET", "/upcoming?project=shop", "", 200, fmt.Sprintf(`{"upcoming":[{"id":%d},{"id":%d}],"total":2}`, sooner, later))
		c.must(t, "viv", "GET", "/upcoming?limit=1&offset=1", "", 200, fmt.Sprintf(`{"upcoming":[{"id":%d}],"total":3}`, foreign))
		c.must(t, "root", "PUT", "/projects/other/settings", `{"mode":"private","defaultStickiness":"default"}`, 200)
		c.must(t, "viv", "GET", "/upcoming", "", 200, fmt.Sprintf(`{"upcoming":[{"id":%d},{"id":%d}],"total":2}`, sooner, later))
		c.must(t, "root", "GET", "/upcoming", "", 200, `{"total":3}`)
		// Windows stand beside them, as far as one may know, with what they are now.
		c.freeze(t, "Night", -30*time.Minute, time.Hour, "")
		c.freeze(t, "Theirs", 24*time.Hour, time.Hour, `,"projects":["other"]`)
		c.freeze(t, "Both", 48*time.Hour, time.Hour, `,"projects":["other","shop"]`)
		c.must(t, "viv", "GET", "/upcoming?limit=1", "", 200, `{"total":2,"windows":[{"name":"Night","state":"now","projects":"(absent)"},{"name":"Both","state":"ahead","projects":["shop"]}]}`)
		c.must(t, "root", "GET", "/upcoming", "", 200, `{"windows":[{"name":"Night"},{"name":"Theirs"},{"name":"Both"}]}`)
		c.must(t, "root", "GET", "/upcoming?environment=staging", "", 200, `{"windows":[]}`)
		past := "from=" + c.now().UTC().Add(-time.Hour).Format(time.RFC3339) + "&to=" + c.now().UTC().Add(time.Hour).Format(time.RFC3339)
		c.pass(t, 40*time.Minute)
		c.must(t, "root", "GET", "/upcoming?"+past, "", 200, `{"windows":[{"name":"Night","state":"over"}]}`)
		// A failed one is listed by the time of its attempt, a suspended one by the time that it had.
		c.must(t, "root", "DELETE", webPath+"/strategies/"+webFirst, "", 200)
		c.must(t, "viv", "GET", "/upcoming", "", 200, `{"upcoming":[{"schedule":{"status":"suspended","reason":"(present)"}},{"schedule":{"status":"pending"}}],"total":2}`)
	})
}

// TestTooLate lets nobody be there when the time comes.
func TestTooLate(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		late := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.pass(t, 2*time.Hour) // the grace is one
		c.pass(t, 0)
		c.see(t, "viv", late, `{"schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"too-late","by":{"name":"unleash_system_user"}},"clashes":[]}}`)
		c.move(t, "di", late, "Applied", 200)
	})
}

// TestOverlapInSegment lets two requests meet in a segment, which one changes and the other gives to a strategy: each names the other, and not a third.
func TestOverlapInSegment(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		given := func(feature string) string {
			return fmt.Sprintf(`{"feature":%q,"action":"addStrategy","payload":{"name":"default","segments":[2]}}`, feature)
		}
		changes, gives, other := c.submitted(t, "ada", segmentOf(2, "vips", "shop", "9")), c.submitted(t, "viv", given("web")), c.submitted(t, "cy", given("cart"))
		c.see(t, "viv", changes, fmt.Sprintf(`{"overlaps":[{"id":%d},{"id":%d}]}`, gives, other))
		for _, id := range []int{gives, other} {
			c.see(t, "viv", id, fmt.Sprintf(`{"overlaps":[{"id":%d,"project":"shop"}]}`, changes))
		}
	})
}

// TestHiddenSchedules suspends, and would suspend, a schedule of a project of which not everyone may know.
func TestHiddenSchedules(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		const other = "/projects/other"
		c.must(t, "root", "PUT", other+"/environments/production/change-requests/config", `{"changeRequestsEnabled":true}`, 204)
		hidden := idOf(t, c.must(t, "viv", "POST", other+"/environments/production/change-requests", segmentOf(1, "eu", "null", "8"), 200))
		at := fmt.Sprintf("%s/change-requests/%d/state", other, hidden)
		c.must(t, "viv", "PUT", at, `{"state":"In review"}`, 200)
		c.must(t, "root", "PUT", at, `{"state":"Approved"}`, 200)
		c.must(t, "root", "PUT", at, fmt.Sprintf(`{"state":"Scheduled","scheduledAt":%q}`, c.now().Add(time.Hour).Format(time.RFC3339)), 200)
		c.must(t, "root", "PUT", other+"/settings", `{"mode":"private","defaultStickiness":"default"}`, 200)

		page := fmt.Sprintf("https://flags.example.com/here/projects/other/change-requests/%d", hidden)
		id := c.submitted(t, "ada", segmentOf(1, "eu", "null", "9"))
		c.see(t, "ada", id, `{"overlaps":[],"segments":[{"scheduleConflicts":"(absent)"}]}`)
		c.see(t, "root", id, fmt.Sprintf(`{"overlaps":[{"id":%d,"state":"Scheduled","project":"other","link":%q}],"segments":[{"scheduleConflicts":{"changeRequests":[{"id":%d,"project":"other","link":%q}]}}]}`,
			hidden, page, hidden, page))
		// The other project's production has to agree as well, in which only admins may approve.
		c.move(t, "bo", id, "Approved", 200)
		c.move(t, "root", id, "Approved", 200, `{"state":"Approved"}`)
		if got := c.move(t, "di", id, "Applied", 200); got.header.Get("Quorate-Suspended") != "" || got.header.Get("Link") != "" {
			t.Errorf("got the headers %v, which tell of a request that is hidden", got.header)
		}
		c.must(t, "root", "GET", fmt.Sprintf("%s/change-requests/%d", other, hidden), "", 200, fmt.Sprintf(`{"schedule":{"status":"suspended"},"scheduleDetails":{"cause":{"kind":"segment-updated","changeRequest":%d}}}`, id))
	})
}
