package adminapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The tests of this file are the mistakes that others have made with approvals, and that docs/change-requests.md
// rules out.

// contentOf returns the content id of a request.
func (c *crew) contentOf(t testing.TB, id int) string {
	t.Helper()
	return c.see(t, "viv", id)["contentId"].(string)
}

// decide votes on a content.
func (c *crew) decide(t testing.TB, as string, id int, vote, content string, status int, want ...string) {
	t.Helper()
	c.must(t, as, "PUT", fmt.Sprintf("%s/%d/state", crPath, id), fmt.Sprintf(`{"state":%q,"contentId":%q}`, vote, content), status, want...)
}

// TestApprovalDoesNotOutliveAnEdit edits something else than what reviewers were looking at.
func TestApprovalDoesNotOutliveAnEdit(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, rolledOut("web", webFirst, "50"), addition("cart", "x"))
		seen := c.contentOf(t, id)
		edit := func(title string) {
			last := c.see(t, "ada", id)["features"].([]any)[1].(map[string]any)["changes"].([]any)[0].(map[string]any)["id"]
			c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/changes/%v", crPath, id, last), addition("cart", title), 200)
		}
		edit("y")
		c.see(t, "viv", id, `{"state":"In review","round":2,"approvals":[],"standing":[{"required":1,"given":0}]}`)
		c.move(t, "di", id, "Applied", 400)
		// Going back to what was approved brings no vote back.
		edit("x")
		if got := c.contentOf(t, id); got != seen {
			t.Errorf("got the content %s, want %s again", got, seen)
		}
		c.see(t, "viv", id, `{"state":"In review","round":3,"approvals":[]}`)
		c.move(t, "di", id, "Applied", 400)
		c.move(t, "bo", id, "Approved", 200, `{"state":"Approved"}`)
		// A title, a description, other reviewers and comments change nothing of what is agreed to.
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/title", crPath, id), `{"title":"T","description":"D"}`, 204)
		c.must(t, "viv", "POST", fmt.Sprintf("%s/%d/comments", crPath, id), `{"text":"C"}`, 204)
		c.see(t, "viv", id, `{"state":"Approved","round":3,"approvals":[{}]}`)
		c.move(t, "di", id, "Applied", 200)
	})
}

// TestOldVerdict votes on what is no longer proposed.
func TestOldVerdict(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"), addition("cart", "x"))
		first := c.contentOf(t, id)
		c.must(t, "ada", "POST", prodPath, rolledOut("web", webFirst, "99"), 200)
		c.must(t, "ada", "DELETE", fmt.Sprintf("%s/%d/changes/2", crPath, id), "", 200)
		for _, vote := range []string{"Approved", "Rejected"} {
			c.decide(t, "bo", id, vote, first, 409, `{"name":"ConflictError","details":[{"message":"A change was added: updateStrategy of the flag \"web\"."},{"message":"A change was discarded: addStrategy of the flag \"cart\"."}]}`)
		}
		c.decide(t, "bo", id, "Approved", c.contentOf(t, id), 200, `{"state":"Approved"}`)

		// Withdrawn, it counts no longer; and it can be given again.
		c.must(t, "cy", "DELETE", fmt.Sprintf("%s/%d/approval", crPath, id), "", 400)
		c.must(t, "bo", "DELETE", fmt.Sprintf("%s/%d/approval", crPath, id), "", 200, `{"state":"In review","approvals":[]}`)
		c.move(t, "di", id, "Applied", 400)
		c.move(t, "bo", id, "Approved", 200)
		c.move(t, "ada", id, "Cancelled", 200)

		// The same content in another request is another request.
		again := c.submitted(t, "ada", addition("web", "x"), rolledOut("web", webFirst, "99"))
		c.see(t, "viv", again, `{"state":"In review","approvals":[]}`)
	})
}

// TestLoweredNumber asks for less while requests wait: they keep the rule under which they were submitted.
func TestLoweredNumber(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "bo", id, "Approved", 200, `{"state":"In review"}`)
		c.protect(t, "production", `{"changeRequestsEnabled":true,"requiredApprovals":1}`)
		c.see(t, "viv", id, `{"state":"In review","minApprovals":2,"standing":[{"required":2,"given":1}]}`)
		c.move(t, "di", id, "Applied", 400)
		// Not even where nothing is protected any more.
		c.protect(t, "production", `{"changeRequestsEnabled":false}`)
		c.see(t, "viv", id, `{"state":"In review","minApprovals":2}`)
		c.move(t, "di", id, "Applied", 400)
		c.move(t, "cy", id, "Approved", 200, `{"state":"Approved"}`)
		c.move(t, "di", id, "Applied", 200)
	})
}

// TestStricterRule asks for more after a request was submitted, and after it was approved.
func TestStricterRule(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
		c.protect(t, "production", `{"changeRequestsEnabled":true,"requiredApprovals":2}`)
		c.see(t, "di", id, `{"state":"Approved","minApprovals":2,"standing":[{"required":2,"given":1}],"missing":"1 approval is missing in the environment \"production\" of project \"shop\" from people who have the permission APPROVE_CHANGE_REQUEST there."}`)
		c.move(t, "di", id, "Applied", 409, `{"name":"ConflictError"}`)
		if c.allowed(t, "di", id)["apply"] {
			t.Error("got that it may be applied, want that it may not")
		}
		c.move(t, "cy", id, "Approved", 200, `{"state":"Approved","approvals":[{},{}]}`) // restores what is missing
		// Whoever approved may not apply any more.
		c.must(t, "root", "POST", shopPath+"/access", `{"roles":[8],"users":[4],"groups":[]}`, 200)
		c.protect(t, "production", `{"changeRequestsEnabled":true,"separateApplier":true}`)
		c.move(t, "cy", id, "Applied", 403, `{"name":"ForbiddenError"}`)
		c.move(t, "di", id, "Applied", 200)

		// An environment that is protected only now has a say in what acts there as well.
		c.protect(t, "production", `{"changeRequestsEnabled":true,"requiredApprovals":1,"separateApplier":false}`)
		wide := c.approved(t, "ada", []string{"bo"}, archived("legacy"))
		c.protect(t, "staging", `{"changeRequestsEnabled":true}`)
		c.move(t, "di", wide, "Applied", 409)
		c.see(t, "viv", wide, `{"standing":[{"environment":"production","given":1},{"environment":"staging","required":1,"given":0}]}`)
		c.move(t, "stan", wide, "Approved", 200)
		c.move(t, "di", wide, "Applied", 200)
	})
}

// TestEveryEnvironmentAgrees archives a flag in two protected environments.
func TestEveryEnvironmentAgrees(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		c.protect(t, "staging", `{"changeRequestsEnabled":true,"requiredApprovals":1}`)
		id := c.submitted(t, "ada", archived("legacy"))
		c.see(t, "viv", id, `{"minApprovals":2,"standing":[{"environment":"production","required":2},{"environment":"staging","required":1}]}`)
		c.move(t, "bo", id, "Approved", 200)
		c.move(t, "cy", id, "Approved", 200, `{"state":"In review"}`)
		for as, n := range map[string]int{"stan": 1, "bo": 0, "viv": 0} { // he can move it on, from another environment
			c.must(t, as, "GET", crPath+"/actionable", "", 200, fmt.Sprintf(`{"total":%d}`, n))
		}
		c.move(t, "stan", id, "Approved", 200, `{"state":"Approved"}`)
		c.move(t, "di", id, "Applied", 200)
	})
}

// TestVoterWhoMayNoLonger takes roles and people away between approval and application.
func TestVoterWhoMayNoLonger(t *testing.T) {
	t.Parallel()
	eachCrew(t, 2, func(t *testing.T, c *crew) {
		id := c.approved(t, "ada", []string{"bo", "cy"}, addition("web", "x"))
		c.must(t, "root", "DELETE", shopPath+"/users/3/roles", "", 200)
		c.see(t, "viv", id, `{"state":"Approved","standing":[{"given":1,"counted":[4]}]}`)
		c.move(t, "di", id, "Applied", 409, `{"message":"The change request is no longer agreed to: 1 approval is missing in the environment \"production\" of project \"shop\" from people who have the permission APPROVE_CHANGE_REQUEST there. An approval counts only while whoever gave it may approve."}`)
		c.must(t, "root", "PUT", shopPath+"/users/3/roles", `{"roles":[7]}`, 200) // by somebody else than the author
		c.see(t, "viv", id, `{"standing":[{"given":2}]}`)
		c.must(t, "root", "DELETE", "/user-admin/4", "", 200)
		c.move(t, "di", id, "Applied", 409)
		c.move(t, "root", id, "Approved", 200)
		c.move(t, "di", id, "Applied", 200, `{"state":"Applied","approvals":[{"createdBy":{"username":"bo"}},{"createdBy":{"username":"root"}}]}`)
	})
}

// TestMovedMeanwhile gives what a request changes to another project between approval and application.
func TestMovedMeanwhile(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		flagged := c.approved(t, "ada", []string{"bo"}, addition("cart", "x"))
		c.must(t, "root", "POST", shopPath+"/features/cart/changeProject", `{"newProjectId":"other"}`, 200)
		c.see(t, "viv", flagged, `{"features":[{"name":"cart","conflict":"Feature has been moved to another project"}]}`)
		c.move(t, "di", flagged, "Applied", 409)
		c.move(t, "ada", flagged, "Cancelled", 200)

		owned := c.approved(t, "ada", []string{"bo"}, segmentOf(2, "vips", "shop", "8"))
		c.must(t, "root", "PUT", "/segments/2", `{"name":"vips","project":"other","constraints":[]}`, 204)
		before := c.mustDigest(t)
		c.move(t, "di", owned, "Applied", 409, `{"details":[{"message":"Segment belongs to another project."}]}`)
		if c.mustDigest(t) != before {
			t.Error("a request of one project has changed the segment of another")
		}
	})
}

// TestForeignSegment proposes in a project what another project owns, or nobody there uses: its people would
// decide about what is not theirs.
func TestForeignSegment(t *testing.T) {
	t.Parallel()
	remove := func(id int) string {
		return fmt.Sprintf(`{"feature":null,"action":"deleteSegment","payload":{"id":%d}}`, id)
	}
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.protect(t, "staging", `{"changeRequestsEnabled":true}`)
		staging := shopPath + "/environments/staging/change-requests"
		c.must(t, "ada", "POST", prodPath, segmentOf(3, "theirs", "other", "8"), 400, `{"name":"BadDataError"}`)
		c.must(t, "ada", "POST", prodPath, segmentOf(3, "theirs", "shop", "8"), 400)
		c.must(t, "ada", "POST", prodPath, remove(3), 400)
		c.must(t, "ada", "POST", prodPath, segmentOf(2, "vips", "other", "8"), 400) // given away
		c.must(t, "ada", "POST", prodPath, segmentOf(99, "none", "shop", "8"), 404)
		// A global one may be proposed where it is used.
		c.must(t, "ada", "POST", staging, segmentOf(1, "eu", "null", "8"), 400)
		id := c.approved(t, "ada", []string{"bo"}, segmentOf(1, "eu", "null", "8"))
		c.move(t, "di", id, "Applied", 200)
		c.must(t, "viv", "GET", "/segments/1", "", 200, `{"constraints":[{"values":["8"]}]}`)
		// Of a project that somebody may not know, they learn nothing.
		c.must(t, "root", "PUT", "/projects/other/settings", `{"mode":"private","defaultStickiness":"default"}`, 200)
		c.must(t, "ada", "POST", prodPath, remove(3), 404, `{"message":"No segment exists with ID \"3\""}`)
	})
}

// TestBypass is about who may go round a protection.
func TestBypass(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		on := webPath + "/off"
		// Bound to the environment, the permission is not enough for what acts in all of them.
		c.must(t, "ed", "DELETE", shopPath+"/features/legacy", "", 403, needsSkip)
		c.must(t, "fay", "DELETE", shopPath+"/features/legacy", "", 202)
		c.protect(t, "staging", `{"changeRequestsEnabled":true}`)
		c.must(t, "ed", "POST", shopPath+"/features/web/environments/staging/on", "", 403, needsSkip)
		c.must(t, "fay", "POST", shopPath+"/features/web/environments/staging/on", "", 200)
		// It gives nothing else.
		id := c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
		for _, as := range []string{"ed", "fay"} {
			c.move(t, as, id, "Approved", 403)
			c.move(t, as, id, "Applied", 403)
			c.move(t, as, id, "Rejected", 403)
			c.move(t, as, id, "Cancelled", 403)
		}
		c.propose(t, "fay", addition("web", "x")) // who may bypass may also propose

		c.protect(t, "production", `{"changeRequestsEnabled":true,"reasonRequired":true}`)
		c.must(t, "ed", "POST", on, "", 400, `{"details":[{"path":"/headers/Quorate-Reason"}]}`)
		c.mustWith(t, map[string]string{"Quorate-Reason": "The shop is down."}, "ed", "POST", on, "", 200)
		c.must(t, "viv", "GET", "/search/events?type=IS:change-requests-bypassed&limit=1", "", 200, `{"events":[{"data":{"reason":"The shop is down."},"createdByUserId":6}]}`)

		c.protect(t, "production", `{"changeRequestsEnabled":true,"reasonRequired":false,"adminsMayNotBypass":true}`)
		for _, as := range []string{"root", "admin"} {
			c.must(t, as, "POST", webPath+"/on", "", 403, needsSkip)
		}
		c.must(t, "fay", "POST", webPath+"/on", "", 200)
	})
}

// TestOnlyPeopleCount has a service account and a token review.
func TestOnlyPeopleCount(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"))
		for _, as := range []string{"bot", "admin"} {
			c.move(t, as, id, "Approved", 403, `{"message":"Only people's approvals count in the environment \"production\". A service account or an API token can propose, but not approve."}`)
		}
		c.see(t, "viv", id, `{"state":"In review","approvals":[]}`)
		c.protect(t, "production", `{"changeRequestsEnabled":true,"anyoneCounts":true}`)
		c.move(t, "bot", id, "Approved", 403) // the rule is that of the day on which it was submitted
		c.move(t, "ada", id, "Cancelled", 200)
		for _, as := range []string{"bot", "admin"} {
			id = c.submitted(t, "ada", addition("web", "x"))
			c.move(t, as, id, "Approved", 200, `{"state":"Approved"}`)
			c.move(t, "ada", id, "Cancelled", 200)
		}
		// A token proposes like anybody, and does not approve its own.
		c.protect(t, "production", `{"changeRequestsEnabled":true,"anyoneCounts":false}`)
		own := c.submitted(t, "admin", addition("web", "x"))
		c.move(t, "admin", own, "Approved", 403)
	})
}

// TestEditorsDoNotApprove holds that no built-in role but Admin approves or applies, and that nobody's root
// role makes them a reviewer.
func TestEditorsDoNotApprove(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.submitted(t, "ada", addition("web", "x"))
		for _, as := range []string{"ed", "olu", "viv", "di"} {
			for _, to := range []string{"Approved", "Rejected"} {
				c.move(t, as, id, to, 403, `{"permissions":["APPROVE_CHANGE_REQUEST"]}`)
			}
		}
		c.move(t, "bo", id, "Approved", 200)
		for _, as := range []string{"ed", "olu", "viv", "bo", "ada"} {
			c.move(t, as, id, "Applied", 403, `{"permissions":["APPLY_CHANGE_REQUEST"]}`)
		}
		// Who edits content and approves it: the author, who cannot, whatever else they may.
		c.must(t, "root", "POST", shopPath+"/access", `{"roles":[7],"users":[2],"groups":[]}`, 200)
		c.must(t, "ada", "POST", prodPath, addition("web", "y"), 200)
		c.move(t, "ada", id, "Approved", 403, `{"name":"ForbiddenError"}`)
		c.protect(t, "production", `{"changeRequestsEnabled":true,"authorCounts":true}`)
		c.move(t, "ada", id, "Approved", 403) // frozen
		c.move(t, "ada", id, "Cancelled", 200)
		id = c.submitted(t, "ada", addition("web", "x"))
		c.move(t, "ada", id, "Approved", 200, `{"state":"Approved"}`)
		c.move(t, "ada", id, "Cancelled", 200)
		// An admin approves their own, unless the rule binds admins.
		c.protect(t, "production", `{"changeRequestsEnabled":true,"authorCounts":false,"adminsBound":true}`)
		own := c.submitted(t, "root", addition("web", "x"))
		c.move(t, "root", own, "Approved", 403)
		c.move(t, "rut", own, "Approved", 200)
		c.move(t, "root", own, "Applied", 403)
		c.move(t, "rut", own, "Applied", 200)
	})
}

// TestOnlyTheirs has others delete what is not theirs.
func TestOnlyTheirs(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		draft := c.propose(t, "ada", addition("web", "x"), addition("web", "y"))
		one := fmt.Sprintf("%s/%d", crPath, draft)
		others := []string{"viv", "bo", "olu", "root", "admin", "bot"}
		for _, as := range others {
			for _, path := range []string{one, one + "/changes/1"} {
				c.must(t, as, "DELETE", path, "", 404)
			}
			c.must(t, as, "PUT", one+"/title", `{"title":"x"}`, 404)
			c.must(t, as, "POST", one+"/comments", `{"text":"x"}`, 404)
		}
		c.move(t, "ada", draft, "In review", 200)
		for _, as := range others {
			c.must(t, as, "DELETE", one+"/changes/1", "", 403)
			if as != "root" && as != "admin" { // to whom it is not a draft, but theirs to cancel
				c.must(t, as, "DELETE", one, "", 403)
				c.must(t, as, "PUT", one+"/title", `{"title":"x"}`, 403)
				c.move(t, as, draft, "Cancelled", 403)
			}
		}
		// Through the path of another project there is nothing at all.
		c.must(t, "ada", "GET", fmt.Sprintf("/projects/other/change-requests/%d", draft), "", 404)
		c.must(t, "ada", "PUT", fmt.Sprintf("/projects/other/change-requests/%d/state", draft), `{"state":"Cancelled"}`, 404)
		c.must(t, "ada", "DELETE", fmt.Sprintf("/projects/other/change-requests/%d/changes/1", draft), "", 404)
		c.must(t, "ada", "POST", fmt.Sprintf("/projects/other/change-requests/%d/comments", draft), `{"text":"x"}`, 404)
		c.see(t, "viv", draft, `{"state":"In review","comments":[],"features":[{"changes":[{},{}]}]}`)
	})
}

// TestDraftStaysPrivate holds that what was never submitted is never shown to others, cancelled or discarded.
func TestDraftStaysPrivate(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.propose(t, "ada", addition("web", "secret"))
		c.move(t, "ada", id, "Cancelled", 200)
		c.see(t, "ada", id, `{"state":"Cancelled"}`)
		for _, as := range []string{"viv", "root"} {
			c.must(t, as, "GET", fmt.Sprintf("%s/%d", crPath, id), "", 404)
			for _, path := range []string{crPath, searchPath, "/search/events?project=IS:shop"} {
				if got := c.must(t, as, "GET", path, "", 200); strings.Contains(string(got.body), "secret") || strings.Contains(string(got.body), `"state":"Cancelled"`) {
					t.Errorf("%s as %s: got %s, want nothing of the draft", path, as, got.body)
				}
			}
			c.must(t, as, "GET", crPath+"/count", "", 200, `{"total":0}`)
		}
	})
}

// TestConcurrentDrafts proposes over every way at the same time: there is one draft.
func TestConcurrentDrafts(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.arrive()
		header := map[string]string{"Quorate-Change-Request": "draft"}
		var calling sync.WaitGroup
		for i := range 8 {
			calling.Go(func() {
				if got := c.call(t, "ada", "POST", prodPath, addition("web", fmt.Sprint(i)), nil); got.status != 200 {
					t.Errorf("got %d %s, want 200", got.status, got.body)
				}
			})
			calling.Go(func() {
				if got := c.call(t, "ada", "POST", webPath+"/strategies", `{"name":"default"}`, header); got.status != 202 {
					t.Errorf("got %d %s, want 202", got.status, got.body)
				}
			})
		}
		calling.Wait()
		list := mustDecode(t, c.must(t, "ada", "GET", crPath+"/pending", "", 200).body).([]any)
		if len(list) != 1 || len(list[0].(map[string]any)["features"].([]any)[0].(map[string]any)["changes"].([]any)) != 16 {
			t.Errorf("got the drafts %v, want one with 16 changes", list)
		}
	})
}

// TestGrantedByTheAuthor lets people approve after submitting, by whatever way.
func TestGrantedByTheAuthor(t *testing.T) {
	t.Parallel()
	for name, grant := range map[string]func(t *testing.T, c *crew, by string){
		"a role in the project": func(t *testing.T, c *crew, by string) {
			c.must(t, by, "POST", shopPath+"/access", `{"roles":[7],"users":[13],"groups":[]}`, 200)
		},
		"roles of an account": func(t *testing.T, c *crew, by string) {
			c.must(t, by, "PUT", shopPath+"/users/13/roles", `{"roles":[7]}`, 200)
		},
		"a role of a group": func(t *testing.T, c *crew, by string) {
			c.must(t, by, "PUT", shopPath+"/groups/1/roles", `{"roles":[7]}`, 200)
		},
		"a group": func(t *testing.T, c *crew, by string) {
			c.must(t, "rut", "POST", "/groups", `{"name":"Approvers","users":[]}`, 201)
			c.must(t, "rut", "PUT", shopPath+"/groups/2/roles", `{"roles":[7]}`, 200)
			c.must(t, by, "PUT", "/groups/2", `{"name":"Approvers","users":[{"user":{"id":13}}]}`, 200)
		},
		"a permission of a role": func(t *testing.T, c *crew, by string) {
			c.must(t, "rut", "POST", "/roles", `{"name":"Helper","type":"custom","permissions":[]}`, 200)
			c.must(t, "rut", "POST", shopPath+"/access", `{"roles":[12],"users":[13],"groups":[]}`, 200)
			c.must(t, by, "PUT", "/roles/12", `{"name":"Helper","permissions":[{"name":"APPROVE_CHANGE_REQUEST","environment":"production"}]}`, 200)
		},
		"a root role": func(t *testing.T, c *crew, by string) {
			c.must(t, by, "PUT", "/user-admin/13", `{"rootRole":1}`, 200)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCrew(t, 1, func(t *testing.T, c *crew) {
				id := c.submitted(t, "root", addition("web", "x"))
				bystander := c.submitted(t, "ada", addition("web", "y"))
				grant(t, c, "root")
				c.move(t, "mia", id, "Approved", 403, `{"name":"ForbiddenError","message":"Your permission to approve was given by the author of this change request after it was submitted, so your approval does not count. Somebody else who has the permission APPROVE_CHANGE_REQUEST can approve."}`)
				if c.allowed(t, "mia", id)["approve"] {
					t.Error("got that mia may approve, want that she may not")
				}
				c.move(t, "mia", bystander, "Approved", 200) // it is another's
				c.move(t, "bo", id, "Approved", 200, `{"state":"Approved"}`)
			})
			eachCrew(t, 1, func(t *testing.T, c *crew) {
				id := c.submitted(t, "root", addition("web", "x"))
				grant(t, c, "rut") // somebody else
				c.move(t, "mia", id, "Approved", 200, `{"state":"Approved"}`)
			})
		})
	}
}

// TestGrantedServiceAccount is TestGrantedByTheAuthor where approvals of service accounts count.
func TestGrantedServiceAccount(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.protect(t, "production", `{"changeRequestsEnabled":true,"anyoneCounts":true}`)
		c.must(t, "root", "DELETE", shopPath+"/users/9/roles", "", 200)
		id := c.submitted(t, "root", addition("web", "x"))
		c.must(t, "root", "PUT", shopPath+"/users/9/roles", `{"roles":[7]}`, 200)
		c.move(t, "bot", id, "Approved", 403, `{"name":"ForbiddenError"}`)
	})
}

// TestMasterSwitch turns change requests off in the instance, and on again.
func TestMasterSwitch(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		open := c.approved(t, "ada", []string{"bo"}, addition("web", "x"))
		closed := c.submitted(t, "viv", addition("web", "y"))
		c.move(t, "viv", closed, "Cancelled", 200)
		before := c.see(t, "viv", open)
		c.must(t, "olu", "PUT", "/change-requests/settings", `{"enabled":false}`, 403)
		c.must(t, "root", "PUT", "/change-requests/settings", `{"enabled":false}`, 200)

		for _, id := range []int{open, closed} {
			one := fmt.Sprintf("%s/%d", crPath, id)
			for _, call := range [][3]string{
				{"GET", one, ""},
				{"DELETE", one, ""},
				{"PUT", one + "/changes/1", addition("web", "z")},
				{"DELETE", one + "/changes/1", ""},
				{"PUT", one + "/state", `{"state":"Applied"}`},
				{"DELETE", one + "/approval", ""},
				{"PUT", one + "/title", `{"title":"x"}`},
				{"PUT", one + "/approvers", `{"reviewers":[]}`},
				{"GET", one + "/approvers", ""},
				{"POST", one + "/comments", `{"text":"x"}`},
				{"POST", one + "/undo", ""},
			} {
				for _, as := range []string{"ada", "root"} {
					c.must(t, as, call[0], call[1], call[2], 404, `{"name":"NotFoundError"}`)
				}
			}
		}
		for _, path := range []string{crPath, crPath + "/pending", crPath + "/pending/web", crPath + "/count", crPath + "/actionable", crPath + "/available-reviewers/production", searchPath} {
			c.must(t, "root", "GET", path, "", 404, `{"name":"NotFoundError"}`)
		}
		c.must(t, "ada", "POST", prodPath, addition("web", "z"), 404)
		c.must(t, "root", "PUT", prodPath+"/config", `{"changeRequestsEnabled":true}`, 404)
		c.must(t, "viv", "GET", crPath+"/config", "", 200, `[{},{},{"environment":"production","changeRequestEnabled":false,"requiredApprovals":null}]`)
		c.must(t, "viv", "GET", "/search/features?query=web", "", 200, `{"features":[{"environments":[{"changeRequestIds":[]},{"changeRequestIds":[]},{"changeRequestIds":[]}]}]}`)

		c.written = nil
		c.must(t, "ada", "POST", webPath+"/off", "", 200) // nothing is gated
		c.mustWith(t, map[string]string{"Quorate-Change-Request": "draft"}, "ada", "POST", webPath+"/on", "", 200)
		if want := []string{"feature-environment-disabled shop/production/web", "feature-environment-enabled shop/production/web"}; !slices.Equal(c.written, want) {
			t.Errorf("got the events %v, want %v", c.written, want)
		}

		c.must(t, "root", "PUT", "/change-requests/settings", `{"enabled":true}`, 200)
		c.must(t, "ada", "POST", webPath+"/off", "", 403, needsSkip)
		c.must(t, "viv", "GET", crPath+"/config", "", 200, `[{},{},{"changeRequestEnabled":true,"requiredApprovals":1}]`)
		after := c.see(t, "viv", open, `{"state":"Approved"}`)
		if before["contentId"] != after["contentId"] || before["round"] != after["round"] {
			t.Errorf("got the content %v in round %v, want %v in %v", after["contentId"], after["round"], before["contentId"], before["round"])
		}
		c.see(t, "viv", closed, `{"state":"Cancelled"}`)
		c.move(t, "di", open, "Applied", 200)
	})
}

// TestPredefined is about what an environment asks of all projects.
func TestPredefined(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		staging := shopPath + "/environments/staging/change-requests/config"
		config := func(want string) {
			t.Helper()
			c.must(t, "viv", "GET", crPath+"/config", "", 200, `[{},`+want+`,{}]`)
		}
		c.must(t, "root", "PUT", "/environments/update/staging", `{"requiredApprovals":3}`, 200)
		config(`{"changeRequestEnabled":true,"requiredApprovals":3,"predefined":true,"enforced":false}`) // old projects, too
		c.must(t, "ada", "POST", shopPath+"/features/web/environments/staging/on", "", 403, needsSkip)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true,"requiredApprovals":1}`, 204) // a default, not a duty
		config(`{"requiredApprovals":1,"predefined":false}`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":false}`, 204)
		config(`{"changeRequestEnabled":false,"requiredApprovals":null}`)

		c.must(t, "root", "PUT", "/environments/update/staging", `{"approvalsEnforced":true}`, 200, `{"requiredApprovals":3,"approvalsEnforced":true}`)
		config(`{"changeRequestEnabled":true,"requiredApprovals":3,"enforced":true}`)
		for _, less := range []string{`{"changeRequestsEnabled":false}`, `{"changeRequestsEnabled":true,"requiredApprovals":2}`, `{"changeRequestsEnabled":true,"requiredApprovals":3,"authorCounts":true}`} {
			c.must(t, "olu", "PUT", staging, less, 403, `{"name":"ForbiddenError"}`)
		}
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true,"requiredApprovals":4,"separateApplier":true}`, 204)
		config(`{"requiredApprovals":4,"separateApplier":true}`)
		// An admin can make an exception, which nobody else can widen, and which ends with the next stricter rule.
		c.must(t, "root", "PUT", staging, `{"changeRequestsEnabled":true,"requiredApprovals":1,"separateApplier":false}`, 204)
		config(`{"changeRequestEnabled":true,"requiredApprovals":1,"separateApplier":false}`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":false}`, 403)
		c.must(t, "root", "PUT", staging, `{"changeRequestsEnabled":false}`, 204)
		config(`{"changeRequestEnabled":false}`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":true,"requiredApprovals":3}`, 204)
		config(`{"requiredApprovals":3}`)
		c.must(t, "olu", "PUT", staging, `{"changeRequestsEnabled":false}`, 403)
		c.must(t, "root", "PUT", "/environments/update/staging", `{"requiredApprovals":5}`, 200)
		config(`{"requiredApprovals":5}`)
	})
}

// TestWhatBecomesImpossible deletes what requests are about: they are cancelled, with the reason.
func TestWhatBecomesImpossible(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]struct {
		change string
		calls  [][3]string
		reason string
	}{
		"a flag": {
			archived("cart"),
			[][3]string{{"DELETE", shopPath + "/features/cart", ""}, {"POST", shopPath + "/delete", `{"features":["cart"]}`}},
			`The flag \"cart\" was deleted.`,
		},
		"an environment of the project": {addition("cart", "x"), [][3]string{{"DELETE", shopPath + "/environments/production", ""}}, `The environment \"production\" was removed from the project.`},
		"the environment": {
			addition("cart", "x"), [][3]string{{"DELETE", "/environments/production", ""}}, `The environment \"production\" was removed from the project.`,
		},
		"the project": {
			addition("cart", "x"),
			[][3]string{{"POST", shopPath + "/archive", `{"features":["web","sole","cart","legacy"]}`}, {"POST", "/projects/archive/shop", ""}},
			`The project \"shop\" was archived or deleted.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCrew(t, 1, func(t *testing.T, c *crew) {
				reviewed := c.submitted(t, "ada", end.change)
				approved := c.approved(t, "viv", []string{"bo"}, end.change)
				draft := c.propose(t, "olu", end.change)
				var told http.Header
				for _, call := range end.calls {
					c.arrive()
					got := c.call(t, "root", call[0], call[1], call[2], nil)
					if got.status >= 300 {
						t.Fatalf("%s %s: got %d %s", call[0], call[1], got.status, got.body)
					}
					told = got.header
				}
				// Of somebody else's draft the answer does not tell.
				if got, want := told.Get("Quorate-Cancelled"), fmt.Sprintf("%d, %d", reviewed, approved); got != want || len(told.Values("Link")) != 2 {
					t.Errorf("got the header Quorate-Cancelled: %q and the links %q, want %q", got, told.Values("Link"), want)
				}
				for as, id := range map[string]int{"bo": reviewed, "cy": approved, "olu": draft} {
					c.see(t, as, id, `{"state":"Cancelled","closedReason":"`+end.reason+`","closedBy":{"id":1},"features":[{"name":"cart","changes":[{}]}]}`)
				}
				if n := len(slices.Collect(c.engine.State().OpenRequests())); n != 0 {
					t.Errorf("got %d open requests, want none", n)
				}
			})
		})
	}
}

// TestClosedRequestRemembers deletes all that a closed request was about.
func TestClosedRequestRemembers(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		c.must(t, "root", "PUT", webPath+"/strategies/"+webSecond, `{`+strings.Replace(rolloutOf(webSecond, "25"), `"segments":[1]`, `"segments":[]`, 1)+`}`, 200)
		id := c.submitted(t, "ada", rolledOut("web", webFirst, "50"), deletion("web", webSecond), segmentOf(2, "stars", "shop", "8"), variantsOf("legacy", "new"))
		c.must(t, "ada", "POST", fmt.Sprintf("%s/%d/comments", crPath, id), `{"text":"Why not?"}`, 204)
		c.move(t, "bo", id, "Approved", 200)
		c.move(t, "di", id, "Applied", 200)
		shown := func() map[string]any {
			r := c.see(t, "viv", id)
			delete(r, "createdBy")
			return r
		}
		before := shown()
		for _, call := range [][3]string{
			{"DELETE", webPath + "/strategies/" + webFirst, ""},
			{"POST", shopPath + "/archive", `{"features":["web","legacy"]}`},
			{"POST", shopPath + "/delete", `{"features":["web","legacy"]}`},
			{"DELETE", "/segments/2", ""},
			{"PUT", "/user-admin/2", `{"name":"Ada L."}`},
		} {
			c.arrive()
			if got := c.call(t, "root", call[0], call[1], call[2], nil); got.status >= 300 {
				t.Fatalf("%s %s: got %d %s", call[0], call[1], got.status, got.body)
			}
		}
		for _, part := range []string{"approvals", "comments", "standing", "contentId", "stateTimestamps", "title"} {
			if got, want := fmt.Sprint(shown()[part]), fmt.Sprint(before[part]); part != "comments" && got != want {
				t.Errorf("%s: got %s, want %s as before", part, got, want)
			}
		}
		old := `"snapshot":{"id":"` + webFirst + `","parameters":{"rollout":"25"}}`
		c.see(t, "viv", id, `{"state":"Applied","conflicts":[],"drift":[],
			"features":[{"name":"web","conflict":"(absent)","changes":[{"action":"updateStrategy","payload":{"parameters":{"rollout":"50"},`+old+`}},{"action":"deleteStrategy","payload":{"name":"flexibleRollout","snapshot":{"title":"2"}}}]},
				{"name":"legacy","changes":[{"payload":{"variants":[{"name":"new"}],"snapshot":[{"name":"old"}]}}]}],
			"segments":[{"action":"updateSegment","name":"vips","payload":{"name":"stars","snapshot":{"name":"vips","constraints":[{"values":["7"]}]}}}]}`)

		for _, id := range []int{2, 3} { // the author and who approved
			c.must(t, "root", "DELETE", fmt.Sprintf("/user-admin/%d", id), "", 200)
		}
		c.see(t, "viv", id, `{"state":"Applied","createdBy":{"id":2,"username":null,"imageUrl":null},"approvals":[{"createdBy":{"id":3,"username":null}}],"comments":[{"text":"Why not?","createdBy":{"id":2}}],"features":[{},{}]}`)
		c.must(t, "viv", "GET", searchPath+"?state=IS:closed&createdBy=IS:2", "", 200, `{"total":1,"changeRequests":[{"features":["web","legacy"],"segments":["vips"]}]}`)
	})
}

// TestOneRequestBuildsOnItself adds a strategy and changes it in the same request.
func TestOneRequestBuildsOnItself(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		id := c.propose(t, "ada", addition("cart", "x"))
		minted := c.see(t, "ada", id)["features"].([]any)[0].(map[string]any)["changes"].([]any)[0].(map[string]any)["payload"].(map[string]any)["id"].(string)
		c.propose(t, "ada", fmt.Sprintf(`{"feature":"cart","action":"updateStrategy","payload":{"id":%q,"name":"default","title":"y"}}`, minted))
		c.propose(t, "ada", fmt.Sprintf(`{"feature":"cart","action":"reorderStrategy","payload":[{"id":%q,"sortOrder":7}]}`, minted), switched("cart", true))
		c.see(t, "ada", id, `{"conflicts":[],"drift":[]}`)
		c.move(t, "ada", id, "In review", 200)
		c.move(t, "bo", id, "Approved", 200, `{"state":"Approved","conflicts":[]}`)
		c.move(t, "di", id, "Applied", 200)
		c.must(t, "viv", "GET", shopPath+"/features/cart/environments/production", "", 200, fmt.Sprintf(`{"enabled":true,"strategies":[{"id":%q,"title":"y","sortOrder":7}]}`, minted))
	})
}

// TestProposingHeader puts direct writes into requests instead.
func TestProposingHeader(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		draft, submit := map[string]string{"Quorate-Change-Request": "draft"}, map[string]string{"Quorate-Change-Request": "submit", "Quorate-Reason": "As agreed."}
		c.mustWith(t, draft, "viv", "POST", webPath+"/off", "", 202, `{"state":"Draft","features":[{"name":"web","changes":[{"action":"updateEnabled","payload":{"enabled":false}}]}]}`)
		c.mustWith(t, draft, "viv", "DELETE", shopPath+"/features/cart", "", 202, `{"features":[{},{"name":"cart","changes":[{"action":"archiveFeature"}]}]}`)
		c.mustWith(t, submit, "viv", "PUT", webPath+"/strategies/"+webFirst, `{`+rolloutOf(webFirst, "75")+`}`, 202, `{"state":"In review","description":"As agreed.","features":[{"changes":[{},{"action":"updateStrategy","payload":{"parameters":{"rollout":"75"}}}]},{}]}`)
		c.must(t, "viv", "GET", webPath, "", 200, `{"enabled":true,"strategies":[{"parameters":{"rollout":"25"}},{}]}`)
		// Beside the protected environment, and for who has the permission, it is written.
		c.mustWith(t, draft, "viv", "POST", shopPath+"/features/web/environments/development/off", "", 403, `{"permissions":["UPDATE_FEATURE_ENVIRONMENT"]}`)
		c.mustWith(t, draft, "ada", "POST", shopPath+"/features/web/environments/development/off", "", 200)
		c.mustWith(t, map[string]string{"Quorate-Change-Request": "perhaps"}, "ada", "POST", webPath+"/off", "", 400, `{"details":[{"path":"/headers/Quorate-Change-Request"}]}`)
		c.mustWith(t, draft, "root", "POST", webPath+"/off", "", 202) // who may bypass may ask for it, too
	})
}
