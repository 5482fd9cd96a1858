package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestDraftsAreHiddenEverywhere holds that nobody but its author, and no administrator either, learns from any list, log, file,
// state of the past or figure what is in a draft, or that a flag is in one; also when it was discarded (docs/change-requests.md).
func TestDraftsAreHiddenEverywhere(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		const (
			secret = "secret-plan"
			period = "from=2000-01-01&to=2999-01-01"
		)
		id := c.propose(t, "ada", `{"feature":"cart","action":"addStrategy","payload":{"name":"default","title":"`+secret+`"}}`)
		c.must(t, "ada", http.MethodPut, fmt.Sprintf("%s/%d/title", crPath, id), `{"title":"`+secret+`"}`, 204)
		revision := c.engine.State().Revision()
		// What is told of the flag has the type of the event by which it is in the draft.
		ofFlag := []string{
			"/search/events?feature=IS:cart&limit=1000", "/search/events?feature=IS_ANY_OF:web,cart&limit=1", "/search/events?feature=IS:cart&query=" + secret, "/events/cart",
			"/events/export?format=csv&feature=IS:cart&" + period, "/events/export?format=json&feature=IS:cart&" + period,
			shopPath + "/features/cart", "/search/features?query=IS:cart",
		}
		paths := append([]string{
			"/search/events?limit=1000", "/search/events?query=" + secret, "/search/events?project=IS:shop&limit=1000", "/search/events?type=IS:change-added", fmt.Sprintf("/search/events?groupId=IS:%d", id),
			"/events", "/events/export?format=csv&" + period, "/events/export?format=json&" + period, "/events/export?query=" + secret + "&" + period,
			"/history/state", "/history/state?project=shop", "/history/state?feature=cart", fmt.Sprintf("/history/diff?from=1&to=%d", revision), fmt.Sprintf("/history/diff?from=1&to=%d&feature=cart", revision),
			"/insights/change-requests", "/insights/change-requests?project=shop", "/upcoming", "/calendar.ics", "/search/change-requests", crPath, crPath + "/pending", crPath + "/pending/cart",
			fmt.Sprintf("%s/%d", crPath, id), crPath + "/count", crPath + "/actionable", shopPath + "/overview", shopPath + "/features", "/notifications",
		}, ofFlag...)
		nobodyElse := func(when string) {
			t.Helper()
			c.arrive()
			for _, as := range []string{"bo", "viv", "root", "admin"} {
				for _, path := range paths {
					got := c.call(t, as, http.MethodGet, path, "", nil)
					if strings.Contains(strings.ReplaceAll(string(got.body), "query="+secret, ""), secret) && got.status < 300 {
						t.Errorf("%s: %s reads of the draft at %s: %s", when, as, path, got.body)
					}
				}
				for _, path := range ofFlag {
					got := string(c.call(t, as, http.MethodGet, path, "", nil).body)
					if strings.Contains(got, "change-added") || strings.Contains(got, fmt.Sprintf(`"changeRequestIds":[%d]`, id)) || strings.Contains(got, `"name":"ada"`) {
						t.Errorf("%s: %s reads at %s that the flag is in a draft: %s", when, as, path, got)
					}
				}
			}
		}
		nobodyElse("a draft")
		for _, path := range []string{"/search/events?feature=IS:cart", "/search/events?query=" + secret, "/events/cart", "/events/export?format=csv&feature=IS:cart&" + period, crPath + "/pending/cart"} {
			if got := c.must(t, "ada", http.MethodGet, path, "", 200); !strings.Contains(string(got.body), secret) {
				t.Errorf("the author reads %s at %s, want the own draft", got.body, path)
			}
		}
		c.must(t, "ada", http.MethodDelete, fmt.Sprintf("%s/%d", crPath, id), "", 200)
		nobodyElse("discarded")

		// Once it is sent to review, it is there for everybody who sees the project.
		again := c.submitted(t, "ada", `{"feature":"cart","action":"addStrategy","payload":{"name":"default","title":"`+secret+`"}}`)
		c.must(t, "viv", http.MethodGet, "/search/events?feature=IS:cart&type=IS:change-added", "", 200, fmt.Sprintf(`{"total":1,"events":[{"featureName":"cart","data":{"changeRequestId":%d,"payload":{"title":"%s"}}}]}`, again, secret))
	})
}
