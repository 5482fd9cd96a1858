package adminapi_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// The tests of this file are the points in which Unleash's change requests can be seen from outside, each under a
// number of its own. Where Quorate decides otherwise (docs/change-requests.md), that is what is held, and said.

const needsSkip = `{"name":"PermissionError","permissions":["SKIP_CHANGE_REQUEST"]}`

// TestConformance01 is the configuration.
func TestConformance01(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		const config = crPath + "/config"
		c.must(t, "viv", "GET", config, "", 200, `[{"environment":"development","type":"development","changeRequestEnabled":false,"requiredApprovals":null},
			{"environment":"staging","type":"preproduction","changeRequestEnabled":false,"requiredApprovals":null},
			{"environment":"production","type":"production","changeRequestEnabled":true,"requiredApprovals":2}]`)
		staging := shopPath + "/environments/staging/change-requests/config"
		for asked, got := range map[string]string{`,"requiredApprovals":0`: "1", `,"requiredApprovals":11`: "10", `,"requiredApprovals":4`: "4", "": "4"} {
			if asked == "" {
				continue
			}
			c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true`+asked+`}`, 204)
			c.must(t, "viv", "GET", config, "", 200, `[{},{"changeRequestEnabled":true,"requiredApprovals":`+got+`},{}]`)
		}
		c.must(t, "viv", "PUT", staging, `{"changeRequestsEnabled":false}`, 403, `{"name":"PermissionError"}`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true,"requiredApprovals":4}`, 204)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true}`, 204)
		c.must(t, "viv", "GET", config, "", 200, `[{},{"requiredApprovals":4},{}]`) // left out: it stays
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":false}`, 204)
		c.must(t, "viv", "GET", config, "", 200, `[{},{"changeRequestEnabled":false,"requiredApprovals":null},{}]`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true}`, 204)
		c.must(t, "viv", "GET", config, "", 200, `[{},{"requiredApprovals":1},{}]`)
	})
}

// TestConformance02 writes to a protected environment and beside it.
func TestConformance02(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		type write struct{ method, path, body string }
		writes := func(env, strategy string) []write {
			at := shopPath + "/features/web/environments/" + env
			legacy := shopPath + "/features/legacy/environments/" + env
			bulk := shopPath + "/bulk_features/environments/" + env
			return []write{
				{"POST", at + "/strategies", `{"name":"default"}`},
				{"PUT", at + "/strategies/" + strategy, `{` + rolloutOf(strategy, "40") + `}`},
				{"PATCH", at + "/strategies/" + strategy, `[{"op":"replace","path":"/title","value":"patched"}]`},
				{"POST", at + "/strategies/set-sort-order", `[{"id":"` + strategy + `","sortOrder":9}]`},
				{"DELETE", at + "/strategies/" + strategy, ""},
				{"POST", at + "/off", ""},
				{"POST", at + "/on", ""},
				{"POST", bulk + "/off", `{"features":["web"]}`},
				{"POST", bulk + "/on", `{"features":["web"]}`},
				{"PUT", legacy + "/variants", `[{"name":"a","weight":1000,"weightType":"variable","stickiness":"default"}]`},
				{"PATCH", legacy + "/variants", `[{"op":"replace","path":"/0/name","value":"` + strategy[35:] + `"}]`},
			}
		}
		bypasses := func() int {
			n := 0
			for _, event := range c.written {
				if strings.HasPrefix(event, "change-requests-bypassed shop/production") {
					n++
				}
			}
			return n
		}
		for as, strategy := range map[string]string{"ed": webFirst, "admin": webSecond} {
			for _, w := range writes("production", strategy) {
				c.written = nil
				c.must(t, "ada", w.method, w.path, w.body, 403, needsSkip)
				if len(c.written) > 0 {
					t.Errorf("%s %s as ada: got the events %v, want none", w.method, w.path, c.written)
				}
				if c.must(t, as, w.method, w.path, w.body, 200); bypasses() != 1 {
					t.Errorf("%s %s as %s: got the events %v, want one bypass", w.method, w.path, as, c.written)
				}
			}
		}
		c.written = nil
		for _, w := range writes("development", webDev) {
			c.must(t, "ada", w.method, w.path, w.body, 200)
		}
		if n := bypasses(); n != 0 {
			t.Errorf("beside the protected environment: got %d bypasses, want none", n)
		}
		// Several environments at once are refused because of one of them.
		c.must(t, "ada", "PUT", shopPath+"/features/legacy/variants-batch", `{"environments":["development","production"],"variants":[]}`, 403, needsSkip)
	})
}

// TestConformance03 writes what acts in the whole project.
func TestConformance03(t *testing.T) {
	t.Parallel()
	segment := `{"name":"vips","project":"shop","constraints":[]}`
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		for _, w := range []struct {
			method, path, body string
			status             int
		}{
			{"POST", shopPath + "/features/web/dependencies", `{"feature":"cart"}`, 200},
			{"DELETE", shopPath + "/features/web/dependencies/cart", "", 200},
			{"POST", shopPath + "/features/web/dependencies", `{"feature":"legacy"}`, 200},
			{"DELETE", shopPath + "/features/web/dependencies", "", 200},
			{"PUT", "/segments/2", segment, 204},
			{"PUT", "/segments/2", `{"name":"vips","project":null,"constraints":[]}`, 204}, // the stored project counts, too
			{"DELETE", "/segments/4", "", 204},
			{"DELETE", shopPath + "/features/web", "", 202},
			{"POST", shopPath + "/archive", `{"features":["sole"]}`, 202},
		} {
			c.must(t, "ed", w.method, w.path, w.body, 403, needsSkip) // bypasses in the environment alone
			c.must(t, "root", w.method, w.path, w.body, w.status)
		}
	})
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "root", "DELETE", shopPath+"/environments/production", "", 200)
		c.must(t, "ada", "DELETE", shopPath+"/features/legacy", "", 202)
		c.must(t, "viv", "GET", crPath+"/config", "", 200, `[{"environment":"development"},{"environment":"staging"}]`)
	})
}

// TestConformance04 clones a flag and moves one into the project. Here it is a bypass, for those who may
// bypass in the whole project; Unleash refuses it to everyone.
func TestConformance04(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		clone := shopPath + "/features/web/clone"
		c.must(t, "ed", "POST", clone, `{"name":"web-2"}`, 403, needsSkip)
		c.must(t, "ed", "POST", "/projects/other/features/foreign/changeProject", `{"newProjectId":"shop"}`, 403, needsSkip)
		for _, how := range []string{"draft", "submit"} { // no action expresses it
			c.mustWith(t, map[string]string{"Quorate-Change-Request": how}, "ed", "POST", clone, `{"name":"web-2"}`, 403, `{"name":"InvalidOperationError"}`)
		}
		c.written = nil
		c.must(t, "root", "POST", clone, `{"name":"web-2"}`, 201)
		c.must(t, "root", "POST", "/projects/other/features/foreign/changeProject", `{"newProjectId":"shop"}`, 200)
		if n := len(slices.DeleteFunc(c.written, func(e string) bool { return !strings.HasPrefix(e, "change-requests-bypassed") })); n != 2 {
			t.Errorf("got %d bypasses, want 2", n)
		}
	})
}

// TestConformance05 proposes in one place and in others.
func TestConformance05(t *testing.T) {
	t.Parallel()
	eachCrew(t, 3, func(t *testing.T, c *crew) {
		c.protect(t, "staging", `{"changeRequestsEnabled":true}`)
		first := c.must(t, "ada", "POST", prodPath, switched("cart", true), 200, `{"state":"Draft","minApprovals":3,"stateTimestamps":{"Draft":"(present)"}}`)
		c.must(t, "root", "PUT", prodPath+"/config", `{"changeRequestsEnabled":true,"requiredApprovals":1}`, 204)
		second := c.must(t, "ada", "POST", prodPath, addition("web", "x"), 200, `{"minApprovals":3,"features":[{"name":"cart"},{"name":"web"}]}`)
		staging := c.must(t, "ada", "POST", shopPath+"/environments/staging/change-requests", switched("cart", true), 200)
		other := c.must(t, "viv", "POST", prodPath, switched("cart", true), 200, `{"minApprovals":1}`)
		if idOf(t, first) != idOf(t, second) {
			t.Errorf("got the ids %d and %d, want one", idOf(t, first), idOf(t, second))
		}
		if ids := []int{idOf(t, first), idOf(t, staging), idOf(t, other)}; len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 3 {
			t.Errorf("got the ids %v, want three", ids)
		}
	})
}

// TestConformance06 adds several changes, or none.
func TestConformance06(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		before := c.mustDigest(t)
		c.must(t, "ada", "POST", prodPath, `[`+switched("cart", true)+`,`+deletion("web", "none")+`]`, 404)
		c.must(t, "ada", "POST", prodPath, `[`+switched("cart", true)+`,{"feature":"web","action":"addStrategy","payload":{"name":7}}]`, 400)
		if c.mustDigest(t) != before {
			t.Error("a list with a bad change has left something behind")
		}
		c.must(t, "ada", "POST", prodPath, `[`+switched("cart", true)+`,`+addition("cart", "x")+`,`+deletion("web", webFirst)+`]`, 200,
			`{"features":[{"name":"cart","changes":[{"action":"updateEnabled"},{"action":"addStrategy"}]},{"name":"web","changes":[{"action":"deleteStrategy"}]}]}`)
	})
}

// TestConformance07 has one person propose 20 changes at the same time.
func TestConformance07(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.arrive()
		var posting sync.WaitGroup
		for i := range 20 {
			posting.Go(func() {
				if got := c.call(t, "ada", "POST", prodPath, addition("web", fmt.Sprint(i)), nil); got.status != 200 {
					t.Errorf("got %d %s, want 200", got.status, got.body)
				}
			})
		}
		posting.Wait()
		list := mustDecode(t, c.must(t, "ada", "GET", crPath+"/pending", "", 200).body).([]any)
		if len(list) != 1 {
			t.Fatalf("got %d pending requests, want 1", len(list))
		}
		features := list[0].(map[string]any)["features"].([]any)
		if got := len(features[0].(map[string]any)["changes"].([]any)); len(features) != 1 || got != 20 {
			t.Errorf("got %d flags and %d changes, want 1 and 20", len(features), got)
		}
		if n := len(slices.Collect(c.engine.State().OpenRequests())); n != 1 {
			t.Errorf("got %d open requests, want 1", n)
		}
	})
}

// TestConformance08 proposes as somebody who has no role in the project.
func TestConformance08(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		mode := func(m string) {
			c.must(t, "root", "PUT", "/projects/shop/settings", `{"mode":"`+m+`","defaultStickiness":"default"}`, 200)
		}
		id := c.propose(t, "viv", switched("cart", true))
		mode("protected")
		c.must(t, "viv", "POST", prodPath, addition("web", "x"), 403, `{"name":"ForbiddenError"}`)
		c.propose(t, "ada", addition("web", "x"))
		c.propose(t, "root", addition("web", "x"))
		// What outsiders have proposed stays; they can withdraw it, not update it.
		c.must(t, "viv", "PUT", fmt.Sprintf("%s/%d/state", crPath, id), `{"state":"In review"}`, 403, `{"name":"ForbiddenError"}`)
		c.move(t, "viv", id, "Cancelled", 200)
		mode("private")
		c.must(t, "viv", "POST", prodPath, addition("web", "x"), 404, `{"name":"NotFoundError"}`)
		c.must(t, "viv", "GET", fmt.Sprintf("%s/%d", crPath, id), "", 404)
		c.propose(t, "ada", addition("web", "y"))
	})
}

// TestConformance09 sets the same thing twice. Progressions and safeguards are not built.
func TestConformance09(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		changes := func() string {
			var list []string
			for _, f := range c.see(t, "ada", 1)["features"].([]any) {
				for _, e := range f.(map[string]any)["changes"].([]any) {
					list = append(list, e.(map[string]any)["action"].(string))
				}
			}
			return strings.Join(list, " ")
		}
		for _, step := range []struct{ propose, want string }{
			{rolledOut("web", webFirst, "50"), "updateStrategy"},
			{rolledOut("web", webFirst, "60"), "updateStrategy"},
			{rolledOut("web", webSecond, "60"), "updateStrategy updateStrategy"},
			{deletion("web", webFirst), "deleteStrategy updateStrategy"},
			{addition("web", "a"), "deleteStrategy updateStrategy addStrategy"},
			{addition("web", "a"), "deleteStrategy updateStrategy addStrategy addStrategy"},
			{variantsOf("web", "blue"), "deleteStrategy updateStrategy addStrategy addStrategy patchVariant"},
			{variantsOf("web", "red"), "deleteStrategy updateStrategy addStrategy addStrategy patchVariant"},
			{switched("web", false), "deleteStrategy updateStrategy addStrategy addStrategy patchVariant updateEnabled"},
			// Back to how it is: the change is taken back, which Unleash does not do.
			{switched("web", true), "deleteStrategy updateStrategy addStrategy addStrategy patchVariant"},
			{rolledOut("web", webSecond, "25"), "deleteStrategy addStrategy addStrategy patchVariant"},
		} {
			c.must(t, "ada", "POST", prodPath, step.propose, 200)
			if got := changes(); got != step.want {
				t.Errorf("after %s: got %s, want %s", step.propose, got, step.want)
			}
		}
		c.must(t, "ada", "POST", prodPath, rolledOut("web", webSecond, "25"), 400, `{"name":"BadDataError"}`)
	})
}

// TestConformance10 edits and discards changes.
func TestConformance10(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		at := func(id, change int) string { return fmt.Sprintf("%s/%d/changes/%d", crPath, id, change) }
		id := c.propose(t, "ada", addition("web", "a"), addition("web", "b"))
		c.must(t, "ada", "PUT", at(id, 1), addition("web", "c"), 200, `{"features":[{"changes":[{"id":3,"payload":{"title":"c"}},{"id":2,"payload":{"title":"b"}}]}]}`)
		c.must(t, "ada", "PUT", at(id, 1), addition("web", "c"), 404)
		c.must(t, "ada", "PUT", at(99, 1), addition("web", "c"), 404)
		c.must(t, "ada", "DELETE", at(id, 2), "", 200)
		c.move(t, "ada", id, "In review", 200)
		for _, as := range []string{"viv", "bo", "root", "admin"} { // nobody but the author, not even an admin
			c.must(t, as, "PUT", at(id, 3), addition("web", "d"), 403, `{"name":"ForbiddenError"}`)
			c.must(t, as, "DELETE", at(id, 3), "", 403, `{"name":"ForbiddenError"}`)
		}
		c.must(t, "ada", "DELETE", at(id, 3), "", 400) // the last one of what was submitted
		c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d", crPath, id), "", 400)
		c.move(t, "ada", id, "Cancelled", 200)
		id = c.propose(t, "ada", addition("web", "a"))
		c.must(t, "ada", "DELETE", at(id, 4), "", 200) // the draft goes with it
		c.must(t, "ada", "GET", fmt.Sprintf("%s/%d", crPath, id), "", 404)
		id = c.propose(t, "ada", addition("web", "a"))
		c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d", crPath, id), "", 200)
		c.must(t, "ada", "GET", crPath+"/pending", "", 200, `[]`)
	})
}

// TestConformance11 shows what happens besides.
func TestConformance11(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "ada", "POST", prodPath, switched("cart", true), 200,
			`{"features":[{"name":"cart","defaultChange":{"action":"addStrategy","payload":{"name":"flexibleRollout","disabled":false,"constraints":[],"parameters":{"rollout":"100","stickiness":"default","groupId":"cart"}}}}]}`)
		c.must(t, "ada", "POST", prodPath, addition("cart", "x"), 200, `{"features":[{"name":"cart","defaultChange":"(absent)"}]}`)
		c.must(t, "ada", "POST", prodPath, deletion("sole", soleOne), 200, `{"features":[{},{"name":"sole","defaultChange":{"action":"updateEnabled","payload":{"enabled":false}}}]}`)
		c.must(t, "viv", "POST", prodPath, `[`+switched("sole", false)+`,`+deletion("sole", soleOne)+`]`, 200, `{"features":[{"name":"sole","defaultChange":"(absent)"}]}`)
		c.must(t, "ada", "POST", prodPath, deletion("web", webFirst), 200, `{"features":[{},{},{"name":"web","defaultChange":"(absent)"}]}`)
		c.must(t, "ada", "POST", prodPath, `{"feature":"web","action":"updateStrategy","payload":{"id":"`+webSecond+`","name":"flexibleRollout","disabled":true}}`, 200,
			`{"features":[{},{},{"name":"web","defaultChange":{"action":"updateEnabled","payload":{"enabled":false}}}]}`)
	})
}

// TestConformance12 shows what changes replace. A snapshot that is sent is not heard.
func TestConformance12(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		live := `"snapshot":{"id":"` + webFirst + `","name":"flexibleRollout","title":"1","disabled":false,"sortOrder":0,"segments":[],"constraints":[],"parameters":{"rollout":"25"}}`
		lie := strings.Replace(rolledOut("web", webFirst, "50"), `"payload":{`, `"payload":{"snapshot":{"id":"x","title":"a lie"},`, 1)
		c.must(t, "ada", "POST", prodPath, lie, 200, `{"features":[{"changes":[{"payload":{"id":"`+webFirst+`","parameters":{"rollout":"50"},`+live+`}}]}]}`)
		c.must(t, "ada", "POST", prodPath, deletion("web", webFirst), 200, `{"features":[{"changes":[{"payload":{"id":"`+webFirst+`","name":"flexibleRollout","title":"1",`+live+`}}]}]}`)
		c.must(t, "ada", "POST", prodPath, variantsOf("web", "blue"), 200, `{"features":[{"changes":[{},{"payload":{"variants":[{"name":"blue"}],"snapshot":[]}}]}]}`)
		c.must(t, "ada", "POST", prodPath, segmentOf(2, "stars", "shop", "8"), 200,
			`{"segments":[{"action":"updateSegment","name":"vips","payload":{"id":2,"name":"stars","project":"shop","snapshot":{"id":2,"name":"vips","constraints":[{"values":["7"]}]}}}]}`)
		c.must(t, "ada", "POST", prodPath, `{"feature":null,"action":"deleteSegment","payload":{"id":4}}`, 200,
			`{"segments":[{},{"action":"deleteSegment","name":"spare","payload":{"id":4,"name":"spare","snapshot":{"id":4,"name":"spare"}}}]}`)
		c.must(t, "ada", "POST", prodPath, addition("web", "x"), 200, `{"features":[{"changes":[{},{},{"payload":{"snapshot":"(absent)"}}]}]}`)
	})
}

// TestConformance13 submits a draft.
func TestConformance13(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.propose(t, "ada", addition("web", "x"))
		one := fmt.Sprintf("%s/%d", crPath, id)
		for _, as := range []string{"viv", "bo", "root", "admin"} {
			c.must(t, as, "GET", one, "", 404, `{"name":"NotFoundError"}`)
			c.must(t, as, "GET", crPath, "", 200, `[]`)
			c.must(t, as, "GET", crPath+"/pending/web", "", 200, `[]`)
			c.must(t, as, "GET", searchPath, "", 200, `{"total":0}`)
			c.move(t, as, id, "Cancelled", 404)
		}
		c.must(t, "ada", "PUT", one+"/state", `{"state":"In review","comment":" "}`, 200, `{"comments":[],"stateTimestamps":{"Draft":"(present)","In review":"(present)"}}`)
		c.move(t, "ada", id, "Cancelled", 200)
		id = c.propose(t, "ada", addition("web", "x"))
		one = fmt.Sprintf("%s/%d", crPath, id)
		c.must(t, "ada", "PUT", one+"/state", `{"state":"In review","comment":"Look."}`, 200, `{"comments":[{"text":"Look.","createdBy":{"username":"ada"}}]}`)
		c.see(t, "viv", id, `{"state":"In review","createdBy":{"id":2,"username":"ada","imageUrl":"(present)"}}`)
	})
}

// TestConformance14 approves.
func TestConformance14(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "viv", id, "Approved", 403, `{"permissions":["APPROVE_CHANGE_REQUEST"]}`)
		c.move(t, "ada", id, "Approved", 403)
		c.move(t, "stan", id, "Approved", 403, `{"permissions":["APPROVE_CHANGE_REQUEST"]}`) // in another environment
		c.written = nil
		c.move(t, "bo", id, "Approved", 200, `{"state":"In review","approvals":[{"createdBy":{"id":3,"username":"bo"}}]}`)
		c.move(t, "bo", id, "Approved", 400)
		c.move(t, "cy", id, "Approved", 200, `{"state":"Approved","approvals":[{"createdBy":{"username":"bo"}},{"createdBy":{"username":"cy"}}],"stateTimestamps":{"Approved":"(present)"}}`)
		if want := []string{"change-request-approval-added shop/production", "change-request-approved shop/production"}; !slices.Equal(c.written, want) {
			t.Errorf("got the events %v, want %v", c.written, want)
		}
		mine := c.submitted(t, "bo", addition("web", "y"))
		c.move(t, "bo", mine, "Approved", 403, `{"name":"ForbiddenError"}`) // the author, who may approve others'
		own := c.submitted(t, "root", addition("web", "z"))
		c.move(t, "root", own, "Approved", 200, `{"approvals":[{"createdBy":{"username":"root"}}]}`)
	})
}

// TestConformance15 edits what is approved.
func TestConformance15(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, addition("web", "x"), addition("web", "y"))
		stamp := func() (string, string) {
			stamps := c.see(t, "viv", id)["stateTimestamps"].(map[string]any)
			return stamps["In review"].(string), stamps["Approved"].(string)
		}
		for _, edit := range []struct{ method, path, body string }{
			{"POST", prodPath, addition("web", "z")},
			{"PUT", fmt.Sprintf("%s/%d/changes/1", crPath, id), addition("web", "X")},
			{"DELETE", fmt.Sprintf("%s/%d/changes/2", crPath, id), ""},
		} {
			inReview, approved := stamp()
			c.must(t, "ada", edit.method, edit.path, edit.body, 200)
			c.see(t, "viv", id, `{"state":"In review","approvals":[]}`)
			if i, a := stamp(); i <= inReview || a != approved {
				t.Errorf("%s: got In review at %s after %s and Approved at %s, want a later one and %s", edit.method, i, inReview, a, approved)
			}
			c.move(t, "bo", id, "Approved", 200, `{"state":"Approved"}`)
		}
	})
}

// TestConformance16 rejects.
func TestConformance16(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "cy", id, "Approved", 200)
		c.move(t, "viv", id, "Rejected", 403, `{"permissions":["APPROVE_CHANGE_REQUEST"]}`)
		c.move(t, "ada", id, "Rejected", 403, `{"name":"ForbiddenError"}`)
		c.must(t, "bo", "PUT", fmt.Sprintf("%s/%d/state", crPath, id), `{"state":"Rejected","comment":"Not before the audit."}`, 200,
			`{"state":"Rejected","approvals":[{"createdBy":{"username":"cy"}}],"rejections":[{"createdBy":{"username":"bo"}}],"comments":[{"text":"Not before the audit."}],"stateTimestamps":{"Rejected":"(present)"}}`)
		one := fmt.Sprintf("%s/%d", crPath, id)
		for _, to := range []string{"In review", "Approved", "Applied", "Cancelled", "Rejected"} {
			for _, as := range []string{"ada", "bo", "root"} {
				c.move(t, as, id, to, 400, `{"name":"BadDataError"}`)
			}
		}
		c.must(t, "ada", "PUT", one+"/changes/1", addition("web", "y"), 400)
		c.must(t, "ada", "DELETE", one+"/changes/1", "", 400)
		c.must(t, "ada", "DELETE", one, "", 400)
		c.must(t, "ada", "PUT", one+"/title", `{"title":"x"}`, 400)
		c.must(t, "ada", "PUT", one+"/approvers", `{"reviewers":[3]}`, 400)
		c.must(t, "cy", "DELETE", one+"/approval", "", 400)
		c.must(t, "viv", "POST", one+"/comments", `{"text":"A pity."}`, 204) // comments stay possible
		c.see(t, "viv", id, `{"state":"Rejected","comments":[{},{"text":"A pity."}]}`)
	})
}

// TestConformance17 cancels.
func TestConformance17(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		for _, as := range []string{"ada", "root"} {
			id := c.submitted(t, "ada", addition("web", "x"))
			for _, stranger := range []string{"viv", "bo", "olu"} {
				c.move(t, stranger, id, "Cancelled", 403, `{"name":"ForbiddenError"}`)
			}
			c.move(t, as, id, "Cancelled", 200, `{"state":"Cancelled","rejections":[]}`)
			id = c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
			c.move(t, "bo", id, "Cancelled", 403)
			c.move(t, as, id, "Cancelled", 200)
			c.move(t, "ada", id, "In review", 400)
		}
		id := c.propose(t, "ada", addition("web", "x"))
		c.move(t, "ada", id, "Cancelled", 200, `{"state":"Cancelled"}`) // a draft, too
	})
}

// TestConformance18 asks people for a review. Mails are held by notify.
func TestConformance18(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.propose(t, "ada", addition("web", "x"))
		approvers := fmt.Sprintf("%s/%d/approvers", crPath, id)
		c.must(t, "ada", "PUT", approvers, `{"reviewers":[3,5]}`, 204)
		c.must(t, "ada", "PUT", approvers, `{"reviewers":[4,3,3]}`, 204)
		c.must(t, "ada", "GET", approvers, "", 200, `{"reviewers":[{"id":3,"email":"bo@example.com","username":"bo","name":null,"imageUrl":"(present)"},{"id":4}]}`)
		c.must(t, "ada", "PUT", approvers, `{"reviewers":[1,2,3,4,5,6,7,8,10,11,12]}`, 400, `{"details":[{"path":"/body/reviewers"}]}`)
		c.must(t, "ada", "PUT", approvers, `{"reviewers":[1,2,3,4,5,6,7,8,10,11]}`, 204)
		c.move(t, "ada", id, "In review", 200)
		c.must(t, "viv", "PUT", approvers, `{"reviewers":[3]}`, 403)
		c.must(t, "bo", "PUT", approvers, `{"reviewers":[3]}`, 204) // may approve
		c.must(t, "ada", "PUT", approvers, `{"reviewers":[]}`, 204)
		// Whoever may approves, asked or not.
		c.move(t, "cy", id, "Approved", 200, `{"state":"Approved"}`)
		available := func(as, env, want string) {
			t.Helper()
			c.must(t, as, "GET", crPath+"/available-reviewers/"+env, "", 200, `{"reviewers":[`+want+`]}`)
		}
		// Not who lacks the permission there, no service account, not oneself.
		available("ada", "production", `{"username":"root"},{"username":"bo"},{"username":"cy"},{"username":"rut"}`)
		available("bo", "production", `{"username":"root"},{"username":"cy"},{"username":"rut"}`)
		available("ada", "staging", `{"username":"root"},{"username":"rut"},{"username":"stan"}`)
	})
}

// TestConformance19 applies several changes.
func TestConformance19(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "root", "POST", shopPath+"/access", `{"roles":[8],"users":[2],"groups":[]}`, 200) // ada may apply, her own, too
		id := c.approved(t, "ada", []string{"bo"}, switched("cart", true), rolledOut("web", webFirst, "50"), deletion("web", webSecond), variantsOf("web", "blue"), archived("legacy"), segmentOf(2, "vips", "shop", "8"))
		c.move(t, "bo", id, "Applied", 403, `{"permissions":["APPLY_CHANGE_REQUEST"]}`)
		c.written, c.served = nil, 0
		before := c.engine.State().Revision()
		c.move(t, "ada", id, "Applied", 200, `{"state":"Applied","closedBy":{"username":"ada"},"stateTimestamps":{"Applied":"(present)"},"schedule":"(absent)"}`)
		if c.served != 1 {
			t.Errorf("what production is served changed %d times, want once", c.served)
		}
		want := []string{
			"segment-updated shop", "feature-strategy-update shop/production/web", "feature-environment-variants-updated shop/production/web", "feature-strategy-remove shop/production/web",
			"feature-strategy-add shop/production/cart", "feature-environment-enabled shop/production/cart", "feature-archived shop//legacy", "change-request-applied shop/production",
		}
		if !slices.Equal(c.written, want) {
			t.Errorf("got the events %v, want %v", c.written, want)
		}
		events := mustEvents(t, c.db)[before:]
		for _, e := range events {
			if e.Group.Kind != "change-request" || e.Group.ID != int64(id) || e.Batch != events[0].Batch || e.Actor != "user:2" {
				t.Errorf("%s: got the group %v, the batch %v and the actor %s, want those of the request, one batch, and who applied it", e.Type, e.Group, e.Batch, e.Actor)
			}
		}
		group := c.must(t, "root", "GET", fmt.Sprintf("/search/events?groupId=IS:%d&limit=100", id), "", 200)
		for _, e := range mustDecode(t, group.body).(map[string]any)["events"].([]any) {
			mustContain(t, []byte(fmt.Sprintf(`%q`, e.(map[string]any)["groupType"])), `"change-request"`)
		}
		c.must(t, "viv", "GET", webPath, "", 200, `{"enabled":true,"strategies":[{"id":"`+webFirst+`","parameters":{"rollout":"50"}}]}`)
		c.must(t, "viv", "GET", shopPath+"/features/legacy", "", 200, `{"archived":true}`)
		c.must(t, "viv", "GET", "/segments/2", "", 200, `{"constraints":[{"values":["8"]}]}`)
		// What is said about requests moves nothing that is served.
		c.served = 0
		c.submitted(t, "viv", addition("web", "y"))
		if c.served != 0 {
			t.Error("a request that is not applied has changed what is served")
		}
	})
}

// TestConformance20 meets conflicts.
func TestConformance20(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, switched("legacy", true), rolledOut("web", webFirst, "50"), addition("cart", "x"))
		c.must(t, "root", "DELETE", shopPath+"/features/legacy", "", 202)
		c.must(t, "root", "DELETE", webPath+"/strategies/"+webFirst, "", 200)
		c.see(t, "viv", id, `{"features":[{"name":"legacy","conflict":"Feature has been archived","changes":[{"conflict":"(absent)"}]},
			{"name":"web","conflict":"(absent)","changes":[{"conflict":"Strategy has been deleted"}]},{"name":"cart","conflict":"(absent)","changes":[{"conflict":"(absent)"}]}],
			"conflicts":["Feature has been archived","Strategy has been deleted"]}`)
		before := c.mustDigest(t)
		c.move(t, "di", id, "Applied", 409, `{"name":"ConflictError","details":[{"message":"Feature has been archived."},{"message":"Strategy has been deleted."}]}`)
		if c.mustDigest(t) != before {
			t.Error("a request with conflicts has changed something")
		}
		// Without what is in the way, and agreed to again, it goes.
		c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d/changes/1", crPath, id), "", 200)
		c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d/changes/2", crPath, id), "", 200)
		c.move(t, "bo", id, "Approved", 200, `{"state":"Approved","conflicts":[]}`)
		c.move(t, "di", id, "Applied", 200)
	})
}

// TestConformance21 applies a request whose target has moved. Here: only once the drift was seen.
func TestConformance21(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, rolledOut("web", webFirst, "50"))
		edit := func(rollout string) {
			c.must(t, "ed", "PUT", webPath+"/strategies/"+webFirst, `{`+rolloutOf(webFirst, rollout)+`}`, 200)
		}
		drift := func(rollout string) string {
			t.Helper()
			return field(t, c.move(t, "di", id, "Applied", 409, `{"name":"ConflictError","driftId":"(present)","details":[{"path":"parameters","message":"flag \"web\": parameters was {\"groupId\":\"web\",\"rollout\":\"25\",\"stickiness\":\"default\"}, and is {\"groupId\":\"web\",\"rollout\":\"`+rollout+`\",\"stickiness\":\"default\"} now."}]}`), "driftId")
		}
		edit("30")
		first := drift("30")
		c.see(t, "di", id, `{"driftId":"`+first+`","drift":[{"changeId":1,"feature":"web","field":"parameters","before":{"rollout":"25"},"now":{"rollout":"30"},"wanted":{"rollout":"50"}}],
			"features":[{"changes":[{"payload":{"snapshot":{"parameters":{"rollout":"25"}}}}]}]}`)
		overwrite := func(driftID string, status int) {
			t.Helper()
			c.must(t, "di", "PUT", fmt.Sprintf("%s/%d/state", crPath, id), `{"state":"Applied","overwrite":"`+driftID+`"}`, status)
		}
		overwrite("x", 409)
		edit("31")
		overwrite(first, 409) // what was seen is not what there is
		overwrite(drift("31"), 200)
		c.must(t, "viv", "GET", webPath+"/strategies/"+webFirst, "", 200, `{"parameters":{"rollout":"50"}}`)
		edit("99")
		c.see(t, "viv", id, `{"state":"Applied","drift":[],"features":[{"changes":[{"payload":{"parameters":{"rollout":"50"},"snapshot":{"parameters":{"rollout":"31"}}}}]}]}`)

		// What has moved to what is wanted anyway has not moved.
		id = c.approved(t, "ada", []string{"bo"}, rolledOut("web", webFirst, "60"))
		edit("60")
		c.see(t, "di", id, `{"drift":[],"driftId":"(absent)"}`)
		c.move(t, "di", id, "Applied", 200)
	})
}

// TestConformance22 applies without the permission for what the changes do.
func TestConformance22(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "di", "POST", webPath+"/strategies", `{"name":"default"}`, 403, `{"permissions":["CREATE_FEATURE_STRATEGY"]}`)
		id := c.approved(t, "viv", []string{"bo"}, addition("web", "x"), archived("legacy"))
		c.move(t, "di", id, "Applied", 200, `{"state":"Applied"}`)
		c.must(t, "viv", "GET", webPath, "", 200, `{"strategies":[{},{},{"title":"x"}]}`)
	})
}

// TestConformance31 lists requests.
func TestConformance31(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		applied := c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
		c.move(t, "di", applied, "Applied", 200)
		rejected := c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "bo", rejected, "Rejected", 200)
		cancelled := c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "ada", cancelled, "Cancelled", 200)
		approved := c.approved(t, "ada", []string{"bo"}, addition("web", "x"), segmentOf(2, "vips", "shop", "8"))
		reviewed := c.submitted(t, "viv", switched("cart", true))
		draft := c.propose(t, "olu", addition("sole", "x"))
		mine := c.submitted(t, "bo", addition("web", "z"))
		c.must(t, "olu", "GET", crPath, "", 200, fmt.Sprintf(`[{"id":%d},{"id":%d,"state":"Draft"},{"id":%d,"state":"In review"},
			{"id":%d,"state":"Approved","title":"Change request #4","features":[{"name":"web","changes":[]}],"segments":[{"name":"vips"}],"stateTimestamps":"(absent)"},
			{"id":%d,"state":"Cancelled"},{"id":%d,"state":"Rejected"},{"id":%d,"state":"Applied"}]`, mine, draft, reviewed, approved, cancelled, rejected, applied))
		c.must(t, "viv", "GET", crPath+"/count", "", 200, `{"total":6,"applied":1,"rejected":1,"reviewRequired":2,"approved":1,"scheduled":0}`)
		c.must(t, "olu", "GET", crPath+"/count", "", 200, `{"total":7}`)
		for as, n := range map[string]int{
			"bo":   1, // to approve viv's; not his own, and what he has approved he may not apply
			"cy":   2, // viv's and bo's
			"di":   1, // to apply ada's
			"root": 3,
			"viv":  0, "ada": 0, "stan": 0,
			"bot": 0, // only people's approvals count
		} {
			c.must(t, as, "GET", crPath+"/actionable", "", 200, fmt.Sprintf(`{"total":%d}`, n))
		}
		c.must(t, "ada", "GET", crPath+"/pending", "", 200, fmt.Sprintf(`[{"id":%d,"features":[{"changes":[{"action":"addStrategy"}]}]}]`, approved))
		c.must(t, "di", "GET", crPath+"/pending", "", 200, `[]`)
		c.must(t, "di", "GET", crPath+"/pending/web", "", 200, fmt.Sprintf(`[{"id":%d},{"id":%d}]`, approved, mine))
		c.must(t, "di", "GET", crPath+"/pending/sole", "", 200, `[]`)
		c.must(t, "olu", "GET", crPath+"/pending/sole", "", 200, fmt.Sprintf(`[{"id":%d}]`, draft))

		if err := c.db.Update(t.Context(), func(tx *store.Tx) error {
			for id := range int64(300) {
				if err := tx.PutClosedRequest(store.ClosedRequest{
					ID: 1000 + id, Project: "shop", Environment: "production", State: "Applied", Author: "user:2", CreatedAt: began, ClosedAt: began,
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		list := mustDecode(t, c.must(t, "viv", "GET", crPath, "", 200).body).([]any)
		if newest := list[0].(map[string]any)["id"].(float64); len(list) != 300 || newest != 1299 {
			t.Errorf("got %d requests, the newest of them %v, want 300 from 1299 on", len(list), newest)
		}
	})
}

// TestConformance32 searches.
func TestConformance32(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "root", "PUT", "/projects/other/environments/production/change-requests/config", `{"changeRequestsEnabled":true}`, 204)
		c.must(t, "root", "PUT", "/projects/other/settings", `{"mode":"private","defaultStickiness":"default"}`, 200)
		closed := c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
		c.move(t, "di", closed, "Applied", 200)
		open := c.submitted(t, "ada", addition("cart", "x"), segmentOf(2, "vips", "shop", "8"))
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/title", crPath, open), `{"title":"Friday rollout"}`, 204)
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/approvers", crPath, open), `{"reviewers":[3],"reviewerGroups":[1]}`, 204)
		c.propose(t, "viv", addition("sole", "x"))
		hidden := idOf(t, c.must(t, "root", "POST", "/projects/other/environments/production/change-requests", addition("foreign", "x"), 200))
		c.must(t, "root", "PUT", fmt.Sprintf("/projects/other/change-requests/%d/state", hidden), `{"state":"In review"}`, 200)

		item := `{"id":2,"title":"Friday rollout","environment":"production","project":"shop","createdBy":{"id":2,"username":"ada","imageUrl":"(present)"},"createdAt":"(present)",
			"features":["cart"],"segments":["vips"],"state":"In review","schedule":"(absent)","stateTimestamps":"(absent)"}`
		for _, search := range []struct {
			as, query string
			ids       []int
		}{
			{"viv", "", []int{3, 2, 1}},
			{"ada", "", []int{2, 1}},
			{"root", "", []int{4, 2, 1}},
			{"ada", "state=IS:open", []int{2}},
			{"ada", "state=IS:closed", []int{1}},
			{"viv", "createdBy=IS:2", []int{2, 1}},
			{"viv", "createdBy=IS:me", []int{3}},
			{"root", "createdBy=IS_ANY_OF:1,2&state=IS:open", []int{4, 2}},
			{"ada", "requestedApproverId=IS:3", []int{2}},
			{"ada", "requestedApproverId=IS:13", []int{2}}, // by the group that mia is in
			{"ada", "requestedApproverId=IS:4", nil},
			{"ada", "requestedApproverId=IS:3&state=IS:closed", nil},
			{"viv", "project=IS:shop&environment=IS:production&feature=IS:web", []int{1}},
			{"viv", "query=FRIDAY", []int{2}},
			{"viv", "query=vip", []int{2}},
			{"viv", "state=IS_ANY_OF:In review,Draft", []int{3, 2}},
			{"viv", "state=IS:Applied", []int{1}},
			{"ada", "project=IS:other", nil},
			{"root", "project=IS:other", []int{4}},
			{"viv", "sortBy=createdAt&sortOrder=asc", []int{1, 2, 3}},
			{"viv", "nonsense=IS:x&sortBy=nonsense", []int{3, 2, 1}},
			{"viv", "from=2999-01-01", nil},
			{"viv", "to=2999-01-01T00:00:00Z", []int{3, 2, 1}},
		} {
			var want []string
			for _, id := range search.ids {
				want = append(want, fmt.Sprintf(`{"id":%d}`, id))
			}
			query := strings.ReplaceAll(search.query, " ", "%20")
			c.must(t, search.as, "GET", searchPath+"?"+query, "", 200, fmt.Sprintf(`{"total":%d,"changeRequests":[%s]}`, len(search.ids), strings.Join(want, ",")))
			for offset := range len(search.ids) + 1 { // page by page
				page := want[offset:min(offset+1, len(want))]
				c.must(t, search.as, "GET", fmt.Sprintf("%s?%s&limit=1&offset=%d", searchPath, query, offset), "", 200, fmt.Sprintf(`{"total":%d,"changeRequests":[%s]}`, len(search.ids), strings.Join(page, ",")))
			}
		}
		c.must(t, "viv", "GET", searchPath+"?query=friday", "", 200, `{"changeRequests":[`+item+`]}`)
		c.must(t, "viv", "GET", searchPath+"?state=IS:closed", "", 200, `{"changeRequests":[{"title":"(absent)"}]}`)
		c.must(t, "viv", "GET", searchPath+"?createdBy=IS:ada", "", 400)
		c.must(t, "viv", "GET", searchPath+"?from=soon", "", 400)
	})
}

// TestConformance34 looks at what segments and flags know of requests. Section 9: drafts of others are hidden.
func TestConformance34(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		using := func(feature string, segment int) string {
			return fmt.Sprintf(`{"feature":%q,"action":"addStrategy","payload":{"name":"default","segments":[%d]}}`, feature, segment)
		}
		id := c.propose(t, "ada", using("cart", 4))
		c.must(t, "viv", "GET", "/segments/4/strategies", "", 200, `{"strategies":[],"changeRequestStrategies":[]}`)
		c.must(t, "viv", "GET", "/search/features?query=cart", "", 200, `{"features":[{"environments":[{},{},{"changeRequestIds":[]}]}]}`)
		use := fmt.Sprintf(`{"strategies":[],"changeRequestStrategies":[{"id":"(absent)","projectId":"shop","featureName":"cart","strategyName":"default","environment":"production","changeRequest":{"id":%d,"title":null}}]}`, id)
		c.must(t, "ada", "GET", "/segments/4/strategies", "", 200, use)
		c.move(t, "ada", id, "In review", 200)
		c.must(t, "viv", "GET", "/segments/4/strategies", "", 200, use)
		c.must(t, "viv", "GET", "/segments", "", 200, `{"segments":[{"usedInFeatures":2},{},{},{"id":4,"usedInFeatures":1,"usedInProjects":1}]}`)
		c.must(t, "viv", "GET", "/search/features?query=cart", "", 200, fmt.Sprintf(`{"features":[{"environments":[{"name":"development","changeRequestIds":[]},{},{"name":"production","changeRequestIds":[%d]}]}]}`, id))
		c.must(t, "root", "DELETE", "/segments/4", "", 409, `{"name":"ConflictError"}`)
		c.must(t, "root", "PUT", "/segments/4", `{"name":"spare","project":"other","constraints":[]}`, 400, `{"details":[{"path":"/body/project"}]}`)
		c.must(t, "root", "PUT", "/segments/4", `{"name":"spare","project":null,"constraints":[]}`, 204)

		second := c.submitted(t, "viv", strings.Replace(rolledOut("web", webFirst, "50"), `"segments":[]`, `"segments":[4]`, 1))
		c.must(t, "viv", "GET", "/segments/4/strategies", "", 200, fmt.Sprintf(`{"changeRequestStrategies":[{"featureName":"cart"},{"id":%q,"featureName":"web","changeRequest":{"id":%d}}]}`, webFirst, second))
		c.move(t, "viv", second, "Cancelled", 200)
		c.move(t, "ada", id, "Cancelled", 200)
		c.must(t, "viv", "GET", "/segments/4/strategies", "", 200, `{"changeRequestStrategies":[]}`)
		c.must(t, "root", "DELETE", "/segments/4", "", 204)
	})
}

// TestConformance35 creates projects where an environment is predefined.
func TestConformance35(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "root", "POST", "/environments", `{"name":"guarded","type":"production","requiredApprovals":3}`, 201, `{"requiredApprovals":3}`)
		c.must(t, "root", "PUT", "/environments/update/staging", `{"requiredApprovals":2}`, 200, `{"requiredApprovals":2}`)
		c.must(t, "viv", "GET", "/environments/guarded", "", 200, `{"requiredApprovals":3}`)
		c.must(t, "viv", "GET", "/environments", "", 200, `{"environments":[{"name":"development","requiredApprovals":null},{"name":"staging","requiredApprovals":2},{"name":"production","requiredApprovals":null},{"name":"guarded","requiredApprovals":3}]}`)
		c.must(t, "viv", "GET", "/environments/project/shop", "", 200,
			`{"environments":[{"visible":true,"requiredApprovals":null},{"visible":true,"requiredApprovals":2},{"visible":true,"requiredApprovals":null},{"visible":false,"requiredApprovals":3}]}`)
		before := c.mustDigest(t)
		c.must(t, "root", "POST", "/projects", `{"name":"New","id":"new","changeRequestEnvironments":[{"name":"production"},{"name":"none"}]}`, 400, `{"name":"BadDataError"}`)
		if c.mustDigest(t) != before {
			t.Error("a project that was refused has left something behind")
		}
		c.must(t, "root", "POST", "/projects", `{"name":"New","id":"new","environments":["development","staging","production","guarded"],"changeRequestEnvironments":[{"name":"production","requiredApprovals":99},{"name":"guarded","requiredApprovals":1},{"name":"development"}]}`, 201,
			`{"changeRequestEnvironments":[{"name":"development","requiredApprovals":1},{"name":"guarded","requiredApprovals":3},{"name":"production","requiredApprovals":10},{"name":"staging","requiredApprovals":2}]}`)
		// Without being told anything, too: Unleash forgets it then.
		c.must(t, "root", "POST", "/projects", `{"name":"Plain","id":"plain","environments":["production","guarded"]}`, 201, `{"changeRequestEnvironments":[{"name":"guarded","requiredApprovals":3}]}`)
		c.must(t, "viv", "GET", "/projects/plain/change-requests/config", "", 200, `[{"environment":"production","changeRequestEnabled":false},{"environment":"guarded","changeRequestEnabled":true,"requiredApprovals":3}]`)
		c.must(t, "root", "POST", "/projects/plain/environments", `{"environment":"development","changeRequestsEnabled":true}`, 200)
		c.must(t, "viv", "GET", "/projects/plain/change-requests/config", "", 200, `[{"environment":"development","changeRequestEnabled":true,"requiredApprovals":1},{},{}]`)
	})
}

// TestConformance33 tries requests in the playground: three states can be tried, by everyone, and nothing comes of it.
func TestConformance33(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		try := func(as string, id, status int) {
			t.Helper()
			digest, served := c.mustDigest(t), c.served
			c.must(t, as, "POST", fmt.Sprintf("/playground/change-request/%d", id), `{"context":{"appName":"x"}}`, status)
			if c.mustDigest(t) != digest || c.served != served {
				t.Errorf("trying request %d has changed something", id)
			}
		}
		id := c.propose(t, "ada", addition("web", "x"))
		try("ada", id, 400)
		try("viv", id, 404) // another's draft
		c.move(t, "ada", id, "In review", 200)
		try("viv", id, 200)
		c.move(t, "bo", id, "Approved", 200)
		try("viv", id, 200)
		at := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		c.must(t, "di", "PUT", fmt.Sprintf("%s/%d/state", crPath, id), `{"state":"Scheduled","scheduledAt":"`+at+`"}`, 200, `{"state":"Scheduled"}`)
		try("viv", id, 200)
		c.move(t, "di", id, "Applied", 200)
		try("viv", id, 400)

		cancelled := c.submitted(t, "ada", addition("sole", "x"))
		c.move(t, "ada", cancelled, "Cancelled", 200)
		try("viv", cancelled, 400)
		rejected := c.submitted(t, "ada", addition("sole", "x"))
		c.move(t, "bo", rejected, "Rejected", 200)
		try("viv", rejected, 400)
	})
}

// Instants are in UTC, to the millisecond.
func TestInstantsOfRequests(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		created := c.see(t, "ada", c.propose(t, "ada", addition("web", "x")))["createdAt"].(string)
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", created); err != nil {
			t.Error(err)
		}
	})
}
