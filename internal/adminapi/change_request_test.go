package adminapi_test

import (
	"net/http"
	"testing"
	"time"
)

const (
	requestsPath  = "/projects/guarded/change-requests"
	proposalsPath = "/projects/guarded/environments/production/change-requests"
	configPath    = proposalsPath + "/config"
)

// The requests of mustPropose.
const (
	appliedRequest  = requestsPath + "/1"
	rejectedRequest = requestsPath + "/2"
	approvedRequest = requestsPath + "/3" // of creator: the variants of the vault
	reviewedRequest = requestsPath + "/4" // of owner: a strategy for the vault
	otherDraft      = requestsPath + "/5" // of member: the vault is switched on
	ownDraft        = requestsPath + "/6" // of admin: two strategies for the vault
)

// mustPropose makes a change request in each state, all of them about the vault.
func (w *world) mustPropose(t testing.TB) {
	t.Helper()
	must := func(as, method, path, body string) {
		t.Helper()
		if got := w.call(t, as, method, path, body, nil); got.status >= 300 {
			t.Fatalf("%s %s as %s: got %d %s", method, path, as, got.status, got.body)
		}
	}
	propose := func(as, changes string) { t.Helper(); must(as, http.MethodPost, proposalsPath, changes) }
	move := func(as, path, to string) { t.Helper(); must(as, http.MethodPut, path+"/state", `{"state":"`+to+`"}`) }
	strategy := func(title string) string {
		return `{"feature":"vault","action":"addStrategy","payload":{"name":"default","title":"` + title + `"}}`
	}
	propose("nothing", strategy("Everyone"))
	move("nothing", appliedRequest, "In review")
	move("root", appliedRequest, "Approved")
	move("root", appliedRequest, "Applied")
	propose("toggler", `{"feature":"vault","action":"updateEnabled","payload":{"enabled":true}}`)
	move("toggler", rejectedRequest, "In review")
	move("root", rejectedRequest, "Rejected")
	propose("creator", `{"feature":"vault","action":"patchVariant","payload":{"variants":[{"name":"blue","weight":1000}]}}`)
	move("creator", approvedRequest, "In review")
	move("root", approvedRequest, "Approved")
	propose("owner", strategy("Insiders"))
	move("owner", reviewedRequest, "In review")
	must("owner", http.MethodPut, reviewedRequest+"/title", `{"title":"Let insiders in"}`)
	propose("member", `{"feature":"vault","action":"updateEnabled","payload":{"enabled":true}}`)
	propose("admin", `[`+strategy("First")+`,`+strategy("Second")+`]`)
}

func changeRequestScenarios() []scenario {
	const (
		off     = `{"feature":"vault","action":"updateEnabled","payload":{"enabled":true,"shouldActivateDisabledStrategies":true}}`
		badData = `{"name":"BadDataError"}`
		missing = `{"name":"NotFoundError"}`
		written = "guarded/production"
	)
	tomorrow := time.Now().Add(24 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
	return []scenario{
		{
			name: "propose a change", as: "auditor", method: "POST", path: proposalsPath, body: off, status: 200,
			want: `{"id":7,"title":"Change request #7","state":"Draft","project":"guarded","environment":"production","minApprovals":1,"round":0,
				"createdBy":{"id":6,"username":"person-6"},"features":[{"name":"vault","changes":[{"id":8,"action":"updateEnabled","payload":{"enabled":true}}]}],"segments":[],
				"approvals":[],"rejections":[],"comments":[],"stateTimestamps":{"Draft":"(present)","In review":"(absent)"}}`,
			events: []string{"change-request-created " + written, "change-added " + written + "/vault"},
			then:   map[string]string{requestsPath + "/7": missing, "/projects/guarded/features/vault/environments/production": `{"enabled":false}`},
		},
		{
			name: "propose several changes", method: "POST", path: proposalsPath, body: `[` + off + `,{"feature":"vault","action":"patchVariant","payload":{"variants":[{"name":"a","weight":1}]}}]`, status: 200,
			want:   `{"id":6,"features":[{"name":"vault","changes":[{"id":6},{"id":7},{"id":8},{"id":9,"payload":{"variants":[{"name":"a","weight":1000}],"snapshot":[]}}]}]}`,
			events: []string{"change-added " + written + "/vault", "change-added " + written + "/vault"},
		},
		{
			name: "propose another segment and leave its description out", method: "POST", path: proposalsPath, body: `{"action":"updateSegment","payload":{"id":4,"name":"few","project":"guarded","constraints":[]}}`, status: 200,
			want: `{"segments":[{"payload":{"name":"few","description":"The few"}}]}`, events: []string{"change-added " + written},
		},
		{
			name: "propose to take the description from a segment", method: "POST", path: proposalsPath, body: `{"action":"updateSegment","payload":{"id":4,"name":"vips","description":null,"project":"guarded","constraints":[]}}`, status: 200,
			want: `{"segments":[{"payload":{"name":"vips","description":null}}]}`, events: []string{"change-added " + written},
		},
		{name: "propose nothing", method: "POST", path: proposalsPath, body: `[]`, status: 400, want: badData},
		{name: "propose no action", method: "POST", path: proposalsPath, body: `{"feature":"vault"}`, status: 400, want: badData},
		{name: "propose an unknown action", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"fly"}`, status: 400, want: `{"details":[{"path":"/body/action"}]}`},
		{name: "propose a bad one among good ones", method: "POST", path: proposalsPath, body: `[` + off + `,{"feature":"vault","action":"fly"}]`, status: 400, want: `{"details":[{"path":"/body/1/action"}]}`},
		{name: "propose what is about release plans", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"startMilestone","payload":{}}`, status: 400, want: `{"details":[{"path":"/body/action"}]}`},
		{name: "propose without a payload", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"updateEnabled"}`, status: 400, want: `{"details":[{"path":"/body/payload"}]}`},
		{name: "propose a bad payload", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"updateEnabled","payload":{"enabled":{}}}`, status: 400, want: `{"details":[{"path":"/body/payload/enabled"}]}`},
		{name: "propose what no strategy can be", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"addStrategy","payload":{"name":"none"}}`, status: 400, want: `{"details":[{"path":"/body/payload/name"}]}`},
		{
			name: "propose what no variant can be, among others", method: "POST", path: proposalsPath, body: `[` + off + `,{"feature":"vault","action":"patchVariant","payload":{"variants":[{"name":"a b","weight":1}]}}]`,
			status: 400, want: `{"details":[{"path":"/body/1/payload/variants/0/name"}]}`,
		},
		{name: "propose without a flag", method: "POST", path: proposalsPath, body: `{"action":"archiveFeature"}`, status: 400, want: `{"details":[{"path":"/body/feature"}]}`},
		{name: "propose what is so already", as: "auditor", method: "POST", path: proposalsPath, body: `{"feature":"vault","action":"updateEnabled","payload":{"enabled":false}}`, status: 400, want: badData},
		{name: "propose for no flag", method: "POST", path: proposalsPath, body: `{"feature":"none","action":"archiveFeature"}`, status: 404, want: missing},
		{name: "propose where nothing is protected", method: "POST", path: "/projects/guarded/environments/development/change-requests", body: off, status: 400, want: badData},
		{name: "propose in no environment", method: "POST", path: "/projects/guarded/environments/none/change-requests", body: off, status: 404, want: missing},
		{name: "propose in no project", method: "POST", path: "/projects/none/environments/production/change-requests", body: off, status: 404, want: missing},

		{
			name: "list the requests of a project", method: "GET", path: requestsPath, status: 200,
			want: `[{"id":6,"state":"Draft"},{"id":4,"title":"Let insiders in","state":"In review","createdBy":{"id":11},"features":[{"name":"vault","changes":[]}],"segments":[]},{"id":3,"state":"Approved"},
				{"id":2,"state":"Rejected","title":"Change request #2"},{"id":1,"state":"Applied"}]`,
		},
		{name: "list the requests of no project", method: "GET", path: "/projects/none/change-requests", status: 404, want: missing},
		{name: "list one's pending requests", as: "creator", method: "GET", path: requestsPath + "/pending", status: 200, want: `[{"id":3,"features":[{"name":"vault","changes":[{"id":3,"action":"patchVariant"}]}]}]`},
		{name: "list one's pending requests when there is none", as: "nothing", method: "GET", path: requestsPath + "/pending", status: 200, want: `[]`},
		{name: "who may approve in no environment", method: "GET", path: requestsPath + "/available-reviewers/none", status: 404, want: missing},
		{name: "list one's pending requests of no project", method: "GET", path: "/projects/none/change-requests/pending", status: 404, want: missing},
		{name: "list the open requests of a flag", as: "member", method: "GET", path: requestsPath + "/pending/vault", status: 200, want: `[{"id":3},{"id":4},{"id":5}]`},
		{name: "list the open requests of no flag", method: "GET", path: requestsPath + "/pending/none", status: 404, want: missing},
		{name: "count the requests of a project", as: "member", method: "GET", path: requestsPath + "/count", status: 200, want: `{"total":5,"applied":1,"rejected":1,"reviewRequired":1,"approved":1,"scheduled":0}`},
		{name: "count the requests of no project", method: "GET", path: "/projects/none/change-requests/count", status: 404, want: missing},
		{name: "count what waits for one", as: "root", method: "GET", path: requestsPath + "/actionable", status: 200, want: `{"total":2}`},
		{name: "count what waits for somebody who may do nothing", as: "nothing", method: "GET", path: requestsPath + "/actionable", status: 200, want: `{"total":0}`},
		{name: "count what waits in no project", method: "GET", path: "/projects/none/change-requests/actionable", status: 404, want: missing},
		{
			name: "who may approve", method: "GET", path: requestsPath + "/available-reviewers/production", status: 200,
			want: `{"reviewers":[{"id":1,"email":"","username":"person-1","name":null,"imageUrl":"(present)"}],"reviewerGroups":[]}`,
		},
		{name: "who may approve but oneself", as: "root", method: "GET", path: requestsPath + "/available-reviewers/production", status: 200, want: `{"reviewers":[]}`},
		{name: "who may approve in no project", method: "GET", path: "/projects/none/change-requests/available-reviewers/production", status: 404, want: missing},

		{
			name: "get a request", as: "nothing", method: "GET", path: reviewedRequest, status: 200,
			want: `{"id":4,"title":"Let insiders in","state":"In review","round":1,"contentId":"(present)","missing":"(present)",
				"standing":[{"project":"guarded","environment":"production","required":1,"given":0,"counted":[]}],"conflicts":[],"drift":[],"overlaps":[{"id":3,"state":"Approved"}],
				"features":[{"name":"vault","changes":[{"id":4,"action":"addStrategy","payload":{"name":"default","title":"Insiders","snapshot":"(absent)"},"createdBy":{"id":11}}]}],
				"allowedActions":[{"action":"edit","allowed":false,"reason":"Only its author can edit a change request."},{"action":"describe","allowed":false},{"action":"askReviewers","allowed":false},{"action":"submit","allowed":false},
				{"action":"approve","allowed":false},{"action":"withdraw","allowed":false},{"action":"reject","allowed":false},{"action":"apply","allowed":false},{"action":"schedule","allowed":false},{"action":"cancel","allowed":false},{"action":"discard","allowed":false}]}`,
		},
		{name: "get a request that is closed", method: "GET", path: appliedRequest, status: 200, want: `{"state":"Applied","closedBy":{"id":1},"approvals":[{"createdBy":{"id":1}}],"allowedActions":[{"action":"undo","allowed":false,"reason":"(present)"}],"stateTimestamps":{"Draft":"(present)","In review":"(present)","Approved":"(present)","Applied":"(present)"}}`},
		{name: "get one's draft", method: "GET", path: ownDraft, status: 200, want: `{"state":"Draft"}`},
		{name: "get another's draft", method: "GET", path: otherDraft, status: 404, want: missing},
		{name: "get a request of another project", method: "GET", path: "/projects/default/change-requests/4", status: 404, want: missing},
		{name: "get no request", method: "GET", path: requestsPath + "/99", status: 404, want: missing},
		{name: "get what is no request", method: "GET", path: requestsPath + "/x", status: 400, want: `{"details":[{"path":"/params/id"}]}`},

		{name: "discard a draft", method: "DELETE", path: ownDraft, status: 200, events: []string{"change-request-discarded " + written}, then: map[string]string{ownDraft: missing}},
		{name: "discard what was submitted", as: "owner", method: "DELETE", path: reviewedRequest, status: 400, want: badData},
		{name: "discard another's request", as: "member", method: "DELETE", path: reviewedRequest, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "discard another's draft", method: "DELETE", path: otherDraft, status: 404, want: missing},
		{name: "discard what is closed", as: "nothing", method: "DELETE", path: appliedRequest, status: 400, want: badData},

		{
			name: "edit a change", as: "owner", method: "PUT", path: reviewedRequest + "/changes/4", body: `{"feature":"vault","action":"addStrategy","payload":{"name":"default","title":"Staff"}}`, status: 200,
			want: `{"state":"In review","round":2,"features":[{"changes":[{"id":8,"payload":{"title":"Staff"}}]}]}`, events: []string{"change-edited " + written + "/vault"},
		},
		{name: "edit a change badly", as: "owner", method: "PUT", path: reviewedRequest + "/changes/4", body: `{"feature":"vault","action":"addStrategy","payload":{"name":"none"}}`, status: 400, want: `{"details":[{"path":"/body/payload/name"}]}`},
		{name: "edit another's change", as: "member", method: "PUT", path: reviewedRequest + "/changes/4", body: off, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "edit no change", as: "owner", method: "PUT", path: reviewedRequest + "/changes/99", body: off, status: 404, want: missing},
		{name: "edit a change of another's draft", method: "PUT", path: otherDraft + "/changes/5", body: off, status: 404, want: missing},
		{name: "edit a change of a closed request", as: "nothing", method: "PUT", path: appliedRequest + "/changes/1", body: off, status: 400, want: badData},
		{name: "discard a change", method: "DELETE", path: ownDraft + "/changes/6", status: 200, events: []string{"change-discarded " + written}, then: map[string]string{ownDraft: `{"features":[{"changes":[{"id":7}]}]}`}},
		{name: "discard the last change of a draft", as: "member", method: "DELETE", path: otherDraft + "/changes/5", status: 200, events: []string{"change-request-discarded " + written}},
		{name: "discard the last change", as: "owner", method: "DELETE", path: reviewedRequest + "/changes/4", status: 400, want: badData},
		{name: "discard another's change", as: "member", method: "DELETE", path: reviewedRequest + "/changes/4", status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "discard no change", method: "DELETE", path: ownDraft + "/changes/99", status: 404, want: missing},

		{
			name: "submit a draft", method: "PUT", path: ownDraft + "/state", body: `{"state":"In review","comment":"Please **look**.","reviewers":[1]}`, status: 200,
			want:   `{"state":"In review","round":1,"comments":[{"id":1,"text":"Please **look**."}],"reviewers":[{"id":1}]}`,
			events: []string{"change-request-requested-approvers-updated " + written, "change-request-commented " + written, "change-request-sent-to-review " + written},
		},
		{name: "submit another's request", as: "member", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"In review"}`, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "submit what is in review", as: "owner", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"In review"}`, status: 400, want: badData},
		{
			name: "approve", as: "root", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Approved"}`, status: 200,
			want: `{"state":"Approved","approvals":[{"createdBy":{"id":1,"username":"person-1"},"createdAt":"(present)"}]}`, events: []string{"change-request-approved " + written},
		},
		{name: "approve what one has not seen", as: "root", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Approved","contentId":"x"}`, status: 409, want: `{"name":"ConflictError"}`},
		{name: "approve twice", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Approved"}`, status: 400, want: badData},
		{name: "approve without the permission", as: "member", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Approved"}`, status: 403, want: `{"name":"PermissionError","permissions":["APPROVE_CHANGE_REQUEST"]}`},
		{name: "reject", as: "root", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Rejected"}`, status: 200, want: `{"state":"Rejected","rejections":[{"createdBy":{"id":1}}]}`, events: []string{"change-request-rejected " + written}},
		{
			name: "apply", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Applied"}`, status: 200, want: `{"state":"Applied","closedBy":{"id":1}}`,
			events: []string{"feature-environment-variants-updated " + written + "/vault", "change-request-applied " + written},
			then:   map[string]string{"/projects/guarded/features/vault/environments/production/variants": `{"variants":[{"name":"blue"}]}`},
		},
		{name: "apply without the permission", as: "creator", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Applied"}`, status: 403, want: `{"name":"PermissionError","permissions":["APPLY_CHANGE_REQUEST"]}`},
		{name: "apply what is not approved", as: "root", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Applied"}`, status: 400, want: badData},
		{
			name: "schedule", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"` + tomorrow + `","scheduledZone":"Europe/Oslo"}`, status: 200,
			want: `{"state":"Scheduled","schedule":{"status":"pending","scheduledAt":"` + tomorrow + `","reason":"(absent)","failureReason":"(absent)"},
				"scheduleDetails":{"scheduledBy":{"id":1},"zone":"Europe/Oslo","cause":"(absent)","clashes":[],"remedy":"(absent)"}}`,
			events: []string{"change-request-scheduled " + written},
			then: map[string]string{
				requestsPath: `[{},{},{"id":3,"schedule":{"status":"pending"}},{},{}]`, requestsPath + "/count": `{"approved":0,"scheduled":1}`,
				requestsPath + "/scheduled?variantForFlag=vault": `[{"id":3,"environment":"production","title":"(absent)"}]`,
				"/upcoming": `{"upcoming":[{"id":3,"schedule":{"status":"pending","scheduledAt":"` + tomorrow + `"},"zone":"Europe/Oslo","scheduledBy":{"id":1}}],"total":1}`,
				"/search/change-requests?state=IS:Scheduled":                        `{"changeRequests":[{"id":3,"schedule":{"status":"pending"}}]}`,
				"/search/change-requests?state=IS:open&createdBy=IS:9":              `{"changeRequests":[{"id":3}]}`,
				"/upcoming?project=guarded&environment=development":                 `{"upcoming":[],"total":0}`,
				"/upcoming?project=guarded&environment=production&limit=1&offset=1": `{"upcoming":[],"total":1}`,
			},
		},
		{name: "schedule for a time that is past", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"2026-01-01T00:00:00Z"}`, status: 400, want: `{"details":[{"path":"/body/scheduledAt"}]}`},
		{name: "schedule for the year after next", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"2199-01-01T00:00:00Z"}`, status: 400, want: `{"details":[{"path":"/body/scheduledAt"}]}`},
		{name: "schedule for no time", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled"}`, status: 400, want: `{"details":[{"path":"/body/scheduledAt"}]}`},
		{name: "schedule for what is no time", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"tomorrow"}`, status: 400, want: `{"details":[{"path":"/body/scheduledAt"}]}`},
		{name: "schedule by a clock that hangs nowhere", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"2027-03-28T02:30:00","scheduledZone":"Europe/Oslo"}`, status: 400, want: `{"details":[{"path":"/body/scheduledAt"}]}`},
		{name: "schedule in no time zone", as: "root", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"` + tomorrow + `","scheduledZone":"Europe/Atlantis"}`, status: 400, want: `{"details":[{"path":"/body/scheduledZone"}]}`},
		{name: "schedule without the permission", as: "creator", method: "PUT", path: approvedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"` + tomorrow + `"}`, status: 403, want: `{"name":"PermissionError","permissions":["APPLY_CHANGE_REQUEST"]}`},
		{name: "schedule what is not approved", as: "root", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Scheduled","scheduledAt":"` + tomorrow + `"}`, status: 400, want: badData},
		{name: "what is scheduled for a flag", as: "nothing", method: "GET", path: requestsPath + "/scheduled?feature=vault", status: 200, want: `[]`},
		{name: "what is scheduled in no project", method: "GET", path: "/projects/none/change-requests/scheduled?feature=vault", status: 404, want: missing},
		{name: "what will happen", as: "nothing", method: "GET", path: "/upcoming", status: 200, want: `{"upcoming":[],"total":0}`},
		{name: "cancel", as: "owner", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Cancelled"}`, status: 200, want: `{"state":"Cancelled","closedBy":{"id":11}}`, events: []string{"change-request-cancelled " + written}},
		{name: "make a draft of a request", as: "owner", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Draft"}`, status: 400, want: `{"details":[{"path":"/body/state"}]}`},
		{name: "bring a request into no state", as: "owner", method: "PUT", path: reviewedRequest + "/state", body: `{"state":"Open"}`, status: 400, want: `{"details":[{"path":"state"}]}`},
		{name: "move what is closed", as: "root", method: "PUT", path: rejectedRequest + "/state", body: `{"state":"Approved"}`, status: 400, want: badData},
		{name: "move no request", method: "PUT", path: requestsPath + "/99/state", body: `{"state":"Approved"}`, status: 404, want: missing},
		{
			name: "withdraw an approval", as: "root", method: "DELETE", path: approvedRequest + "/approval", status: 200, want: `{"state":"In review","approvals":[]}`,
			events: []string{"change-request-approval-withdrawn " + written},
		},
		{name: "withdraw what was not given", as: "root", method: "DELETE", path: reviewedRequest + "/approval", status: 400, want: badData},
		{name: "withdraw from no request", method: "DELETE", path: requestsPath + "/99/approval", status: 404, want: missing},

		{
			name: "undo", method: "POST", path: appliedRequest + "/undo", as: "auditor", status: 201,
			want:   `{"id":7,"state":"Draft","title":"Undo: Change request #1","createdBy":{"id":6},"features":[{"changes":[{"action":"deleteStrategy"}]}]}`,
			events: []string{"change-request-created " + written, "change-added " + written + "/vault", "change-request-described " + written},
		},
		{name: "undo what was not applied", as: "auditor", method: "POST", path: rejectedRequest + "/undo", status: 400, want: badData},
		{name: "undo beside a draft", method: "POST", path: appliedRequest + "/undo", status: 409, want: `{"name":"ConflictError"}`},
		{name: "undo no request", method: "POST", path: requestsPath + "/99/undo", status: 404, want: missing},

		{
			name: "give a title", method: "PUT", path: ownDraft + "/title", body: `{"title":" Two ","description":"Why not?"}`, status: 204, events: []string{"change-request-described " + written},
			then: map[string]string{ownDraft: `{"title":"Two","description":"Why not?"}`},
		},
		{name: "give the title that it has", as: "owner", method: "PUT", path: reviewedRequest + "/title", body: `{"title":"Let insiders in"}`, status: 204},
		{name: "give no title", method: "PUT", path: ownDraft + "/title", body: `{}`, status: 400, want: `{"details":[{"path":"/body/title"}]}`},
		{name: "give another's request a title", as: "member", method: "PUT", path: reviewedRequest + "/title", body: `{"title":"Mine"}`, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "give a closed request a title", as: "nothing", method: "PUT", path: appliedRequest + "/title", body: `{"title":"Done"}`, status: 400, want: badData},
		{
			name: "ask for reviews", as: "owner", method: "PUT", path: reviewedRequest + "/approvers", body: `{"reviewers":[3,2,3],"reviewerGroups":[1]}`, status: 204,
			events: []string{"change-request-requested-approvers-updated " + written},
			then: map[string]string{
				reviewedRequest + "/approvers": `{"reviewers":[{"id":2,"email":"olga@example.com","name":"Olga"},{"id":3}],"reviewerGroups":[{"id":1,"name":"On call"}]}`,
				reviewedRequest:                `{"reviewers":[{"id":2,"name":"Olga"},{"id":3}],"reviewerGroups":[{"id":1}]}`,
			},
		},
		{name: "ask nobody", as: "owner", method: "PUT", path: reviewedRequest + "/approvers", body: `{"reviewers":[99]}`, status: 400, want: `{"details":[{"path":"/body/reviewers"}]}`},
		{name: "ask a service account", as: "owner", method: "PUT", path: reviewedRequest + "/approvers", body: `{"reviewers":[4]}`, status: 400, want: `{"details":[{"path":"/body/reviewers"}]}`},
		{name: "ask no group", as: "owner", method: "PUT", path: reviewedRequest + "/approvers", body: `{"reviewers":[],"reviewerGroups":[99]}`, status: 400, want: `{"details":[{"path":"/body/reviewerGroups"}]}`},
		{name: "ask without saying whom", as: "owner", method: "PUT", path: reviewedRequest + "/approvers", body: `{}`, status: 400, want: `{"details":[{"path":"/body/reviewers"}]}`},
		{name: "ask for reviews of another's request", as: "member", method: "PUT", path: reviewedRequest + "/approvers", body: `{"reviewers":[2]}`, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "ask for reviews of what is approved", as: "creator", method: "PUT", path: approvedRequest + "/approvers", body: `{"reviewers":[2]}`, status: 400, want: badData},
		{name: "who was asked", as: "nothing", method: "GET", path: reviewedRequest + "/approvers", status: 200, want: `{"reviewers":[],"reviewerGroups":[]}`},
		{name: "who was asked about another's draft", method: "GET", path: otherDraft + "/approvers", status: 404, want: missing},

		{
			name: "comment", as: "nothing", method: "POST", path: reviewedRequest + "/comments", body: `{"text":" Is this **safe**? "}`, status: 204, events: []string{"change-request-commented " + written},
			then: map[string]string{reviewedRequest: `{"comments":[{"id":1,"text":"Is this **safe**?","createdBy":{"id":7},"createdAt":"(present)"}]}`},
		},
		{
			name: "comment on a closed request", as: "nothing", method: "POST", path: rejectedRequest + "/comments", body: `{"text":"Why?"}`, status: 204, events: []string{"change-request-commented " + written},
			then: map[string]string{rejectedRequest: `{"comments":[{"id":1,"text":"Why?"}]}`},
		},
		{name: "comment with nothing", method: "POST", path: reviewedRequest + "/comments", body: `{"text":" "}`, status: 400, want: `{"details":[{"path":"/body/text"}]}`},
		{name: "comment on another's draft", method: "POST", path: otherDraft + "/comments", body: `{"text":"Boo"}`, status: 404, want: missing},

		{
			name: "search", method: "GET", path: "/search/change-requests", status: 200,
			want: `{"total":5,"changeRequests":[{"id":6,"title":"(absent)","state":"Draft","createdBy":{"id":-42}},{"id":4,"title":"Let insiders in","project":"guarded","environment":"production","features":["vault"],"segments":[]},{"id":3},{"id":2},{"id":1}]}`,
		},
		{
			name: "insight", method: "GET", path: "/insights/change-requests", status: 200,
			want: `{"total":{"submitted":4,"open":2,"applied":1,"rejected":1,"bypasses":0,"review":{"count":3}},"places":[{"project":"guarded","environment":"production","submitted":4}],
				"requests":[{"id":1,"state":"Applied","createdBy":{"id":7},"closedAt":"(present)"},{"id":2,"state":"Rejected","approvedAt":"(absent)"},{"id":3,"state":"Approved"},{"id":4,"state":"In review"}],
				"bypasses":[],"waiting":[],"waitingForAnyone":1,"waitingToApply":1}`,
		},
		{
			name: "insight into one place since ever", method: "GET", path: "/insights/change-requests?project=guarded&environment=production&from=2025-12-01&to=2026-06-01", status: 200,
			want: `{"from":"2025-12-01T00:00:00.000Z"}`,
		},
		{name: "insight into no project", method: "GET", path: "/insights/change-requests?project=nope", status: 404, want: missing},
		{name: "insight from no day", method: "GET", path: "/insights/change-requests?from=monday", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "insight backwards", method: "GET", path: "/insights/change-requests?from=2026-02-01&to=2026-01-01", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "search for several flags at once", method: "GET", path: "/search/change-requests?feature=IS_ANY_OF:web,other", status: 400, want: `{"details":[{"path":"/query/feature"}]}`},
		{name: "search for who is nobody", method: "GET", path: "/search/change-requests?createdBy=IS:x", status: 400, want: `{"details":[{"path":"/query/createdBy"}]}`},
	}
}

func protectionScenarios() []scenario {
	config := func(body string) scenario {
		return scenario{as: "owner", method: "PUT", path: configPath, body: body, status: 204, events: []string{"change-request-configuration-updated guarded/production"}}
	}
	named := func(name string, s scenario, then string) scenario {
		s.name = name
		if then != "" {
			s.then = map[string]string{requestsPath + "/config": then}
		}
		return s
	}
	same := config(`{"changeRequestsEnabled":true,"requiredApprovals":-1}`)
	same.events = nil
	return []scenario{
		{
			name: "what is protected", as: "nothing", method: "GET", path: requestsPath + "/config", status: 200,
			want: `[{"environment":"development","type":"development","changeRequestEnabled":false,"requiredApprovals":null},
				{"environment":"production","type":"production","changeRequestEnabled":true,"requiredApprovals":1,"predefined":false,"enforced":false,"authorCounts":false}]`,
		},
		{name: "what is protected in no project", method: "GET", path: "/projects/none/change-requests/config", status: 404, want: `{"name":"NotFoundError"}`},
		named("ask for more approvals", config(`{"changeRequestsEnabled":true,"requiredApprovals":3,"separateApplier":true}`), `[{},{"requiredApprovals":3,"separateApplier":true}]`),
		named("ask for too many approvals", config(`{"changeRequestsEnabled":true,"requiredApprovals":11}`), `[{},{"requiredApprovals":10}]`),
		named("ask for what is asked for", same, ""),
		named("protect no longer", config(`{"changeRequestsEnabled":false}`), `[{},{"changeRequestEnabled":false,"requiredApprovals":null}]`),
		{name: "protect without saying whether", as: "owner", method: "PUT", path: configPath, body: `{}`, status: 400, want: `{"details":[{"path":"/body/changeRequestsEnabled"}]}`},
		{name: "let requests expire before they begin", as: "owner", method: "PUT", path: configPath, body: `{"changeRequestsEnabled":true,"expiresAfterHours":-1}`, status: 400, want: `{"details":[{"path":"/body/expiresAfterHours"}]}`},
		{name: "protect without the permission", as: "member", method: "PUT", path: configPath, body: `{"changeRequestsEnabled":false}`, status: 403, want: `{"permissions":["UPDATE_PROJECT","PROJECT_CHANGE_REQUEST_WRITE"]}`},
		{name: "protect no environment", method: "PUT", path: "/projects/guarded/environments/none/change-requests/config", body: `{"changeRequestsEnabled":true}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "protect no project", method: "PUT", path: "/projects/none/environments/production/change-requests/config", body: `{"changeRequestsEnabled":true}`, status: 404, want: `{"name":"NotFoundError"}`},

		{name: "are change requests on", as: "nothing", method: "GET", path: "/change-requests/settings", status: 200, want: `{"enabled":true}`},
		{
			name: "turn change requests off", method: "PUT", path: "/change-requests/settings", body: `{"enabled":false}`, status: 200, want: `{"enabled":false}`, events: []string{"setting-updated"},
			then: map[string]string{"/change-requests/settings": `{"enabled":false}`, requestsPath: `{"name":"NotFoundError"}`, requestsPath + "/config": `[{},{"changeRequestEnabled":false,"requiredApprovals":null}]`},
		},
		{name: "turn change requests on that are on", method: "PUT", path: "/change-requests/settings", body: `{"enabled":true}`, status: 200, want: `{"enabled":true}`},
		{name: "turn change requests neither on nor off", method: "PUT", path: "/change-requests/settings", body: `{}`, status: 400, want: `{"details":[{"path":"/body/enabled"}]}`},
	}
}
