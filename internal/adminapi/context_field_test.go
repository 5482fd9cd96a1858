package adminapi_test

import (
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func contextFieldScenarios() []scenario {
	const (
		global  = "/context"
		country = global + "/country"
		own     = "/projects/guarded/context"
		tier    = own + "/tier"
	)
	return []scenario{
		{
			name: "list the context fields", method: "GET", path: global, status: 200,
			want: `[{"name":"country","description":"(absent)","stickiness":false,"sortOrder":0,"legalValues":[{"value":"DE","description":"(absent)"},{"value":"FR"}],"createdAt":"2026-03-01T12:00:00.000Z","usedInProjects":0,"usedInFeatures":0,"project":"(absent)"}]`,
		},
		{name: "list all context fields", method: "GET", path: global + "?include=project", status: 200, want: `[{"name":"country"},{"name":"tier","project":"guarded"}]`},
		{name: "list the context fields of a project", method: "GET", path: own, status: 200, want: `[{"name":"tier","project":"guarded"}]`},
		{name: "list all context fields that a project has", method: "GET", path: own + "?include=root", status: 200, want: `[{"name":"country"},{"name":"tier"}]`},
		{name: "list the context fields of no project", method: "GET", path: "/projects/none/context", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list context fields of nobody", method: "GET", path: global + "?include=moon", status: 400, want: `{"details":[{"path":"include"}]}`},
		{name: "get a context field", method: "GET", path: country, status: 200, want: `{"name":"country","usedInFeatures":0}`},
		{name: "get no context field", method: "GET", path: global + "/none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get a project's context field as a global one", method: "GET", path: global + "/tier", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get a context field of a project", method: "GET", path: tier, status: 200, want: `{"name":"tier","project":"guarded"}`},
		{name: "get a global context field as a project's", method: "GET", path: own + "/country", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list the strategies of a context field", method: "GET", path: country + "/strategies", status: 200, want: `{"strategies":[]}`},
		{name: "list the strategies of no context field", method: "GET", path: global + "/none/strategies", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list the strategies of a context field of a project", method: "GET", path: tier + "/strategies", status: 200, want: `{"strategies":[]}`},

		{
			name: "create a context field", method: "POST", path: global, body: `{"name":"fresh","description":"d","stickiness":true,"sortOrder":7,"legalValues":[{"value":"a","description":"A"}]}`, status: 201,
			want: `{"name":"fresh","description":"d","stickiness":true,"sortOrder":7,"legalValues":[{"value":"a","description":"A"}],"project":"(absent)"}`, events: []string{"context-field-created"},
		},
		{name: "create a context field of a project", as: "owner", method: "POST", path: own, body: `{"name":"fresh"}`, status: 201, want: `{"name":"fresh","project":"guarded","legalValues":[]}`, events: []string{"context-field-created guarded"}},
		{name: "create a context field of a project at the root: it is global", method: "POST", path: global, body: `{"name":"fresh","project":"default"}`, status: 201, want: `{"project":"(absent)"}`, events: []string{"context-field-created"}},
		{name: "create a context field of no project", method: "POST", path: "/projects/none/context", body: `{"name":"fresh"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "create a bad context field", method: "POST", path: global, body: `{"name":"a b","legalValues":[{"value":""},{"value":"a"},{"value":"a"}]}`, status: 400, want: `{"details":[{"path":"/body/name"},{"path":"/body/legalValues/0/value"},{"path":"/body/legalValues/2/value"}]}`},
		{name: "create a bad context field of a project", method: "POST", path: own, body: `{}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "create a context field that exists elsewhere", method: "POST", path: global, body: `{"name":"tier"}`, status: 409, want: `{"name":"NameExistsError","message":"A context field with that name already exist"}`},
		{name: "check the name of a context field", method: "POST", path: global + "/validate", body: `{"name":"fresh"}`, status: 200},
		{name: "check a bad name of a context field", method: "POST", path: global + "/validate", body: `{"name":"ä"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "check the name of a context field that exists", method: "POST", path: global + "/validate", body: `{"name":"country"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "check the name of a context field of a project", method: "POST", path: own + "/validate", body: `{"name":"fresh"}`, status: 200},
		{name: "check a bad name of a context field of a project", method: "POST", path: own + "/validate", body: `{"name":""}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},

		{
			name: "replace a context field", method: "PUT", path: country, body: `{"description":"Where"}`, status: 200,
			events: []string{"context-field-updated"}, then: map[string]string{country: `{"description":"Where","legalValues":[]}`},
		},
		{name: "replace a context field with what it is", method: "PUT", path: country, body: `{"legalValues":[{"value":"DE"},{"value":"FR"}]}`, status: 200},
		{name: "replace a context field with a bad one", method: "PUT", path: country, body: `{"sortOrder":"x"}`, status: 400, want: `{"details":[{"path":"/body/sortOrder"}]}`},
		{name: "replace no context field", method: "PUT", path: global + "/none", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "replace a context field of a project", as: "owner", method: "PUT", path: tier, body: `{"stickiness":true}`, status: 200, events: []string{"context-field-updated guarded"}, then: map[string]string{tier: `{"description":"What they pay","stickiness":true}`}},
		{name: "take the description from a context field", method: "PUT", path: tier, body: `{"description":null}`, status: 200, events: []string{"context-field-updated guarded"}, then: map[string]string{tier: `{"description":"(absent)"}`}},
		{name: "replace a context field of a project with a bad one", method: "PUT", path: tier, body: `{"legalValues":[{}]}`, status: 400, want: `{"details":[{"path":"/body/legalValues/0/value"}]}`},
		{
			name: "add a legal value", method: "POST", path: country + "/legal-values", body: `{"value":"IT"}`, status: 200,
			events: []string{"context-field-updated"}, then: map[string]string{country: `{"legalValues":[{"value":"DE"},{"value":"FR"},{"value":"IT"}]}`},
		},
		{
			name: "describe a legal value", method: "POST", path: country + "/legal-values", body: `{"value":"DE","description":"Germany"}`, status: 200,
			events: []string{"context-field-updated"}, then: map[string]string{country: `{"legalValues":[{"value":"DE","description":"Germany"},{"value":"FR"}]}`},
		},
		{name: "add a legal value that is none", method: "POST", path: country + "/legal-values", body: `{"value":" "}`, status: 400, want: `{"details":[{"path":"/body/value"}]}`},
		{name: "add a legal value to no context field", method: "POST", path: global + "/none/legal-values", body: `{"value":"IT"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "add a legal value of a project", as: "owner", method: "POST", path: tier + "/legal-values", body: `{"value":"gold"}`, status: 200, events: []string{"context-field-updated guarded"}},
		{name: "add a legal value of a project that is none", method: "POST", path: tier + "/legal-values", body: `{}`, status: 400, want: `{"details":[{"path":"/body/value"}]}`},
		{name: "remove a legal value", method: "DELETE", path: country + "/legal-values/DE", status: 200, events: []string{"context-field-updated"}, then: map[string]string{country: `{"legalValues":[{"value":"FR"}]}`}},
		{name: "remove no legal value", method: "DELETE", path: country + "/legal-values/XX", status: 200},
		{name: "remove a legal value of no context field", method: "DELETE", path: global + "/none/legal-values/DE", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "remove a legal value of a project", method: "DELETE", path: tier + "/legal-values/gold", status: 200},
		{name: "delete a context field", method: "DELETE", path: country, status: 200, events: []string{"context-field-deleted"}},
		{name: "delete no context field", method: "DELETE", path: global + "/tier", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete a context field of a project", as: "owner", method: "DELETE", path: tier, status: 200, events: []string{"context-field-deleted guarded"}},
	}
}

// TestContextFieldInUse holds that a context field stays while a flag in use names it in a constraint, also where
// who deletes it does not see the flag.
func TestContextFieldInUse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		const conflict = `{"name":"ConflictError","message":"This context field is in use by existing flags. To delete it, first remove its usage from all flags."}`
		for _, step := range []scenario{
			{name: "in use", method: "DELETE", path: "/context/country", status: 409, want: conflict},
			{name: "archive its user", method: "DELETE", path: "/projects/hush/features/hush-flag", status: 202},
			{name: "in use no more", method: "DELETE", path: "/context/country", status: 200},
		} {
			got := w.call(t, "admin", step.method, step.path, "", nil)
			if got.status != step.status {
				t.Errorf("%s: got %d %s, want %d", step.name, got.status, got.body, step.status)
			}
			if step.want != "" {
				mustContain(t, got.body, step.want)
			}
		}
	})
}
