package adminapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// repeat returns n copies of a JSON value, with commas between them.
func repeat(value string, n int) string {
	return strings.TrimSuffix(strings.Repeat(value+",", n), ",")
}

func variantScenarios() []scenario {
	const (
		legacy = "/projects/default/features/legacy/environments/development/variants"
		plain  = "/projects/default/features/plain"
	)
	return []scenario{
		{name: "list variants", method: "GET", path: legacy, status: 200, want: `{"version":1,"variants":[{"name":"blue","weight":1000}]}`},
		{name: "list no variants", method: "GET", path: plain + "/environments/development/variants", status: 200, want: `{"version":1,"variants":[]}`},
		{name: "list the variants of no flag", method: "GET", path: "/projects/default/features/none/environments/development/variants", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "replace variants", method: "PUT", path: legacy, body: `[{"name":"b","weight":1,"overrides":[{"contextName":"userId","values":["7"]}]},{"name":"a","weight":1,"payload":{"type":"string","value":5}}]`,
			status: 200, want: `{"version":1,"variants":[{"name":"a","weight":500,"weightType":"variable","stickiness":"default","payload":{"type":"string","value":"5"}},{"name":"b","weight":500,"overrides":[{"contextName":"userId","values":["7"]}]}]}`,
			events: []string{"feature-environment-variants-updated default/development/legacy"},
		},
		{name: "replace variants by the same", method: "PUT", path: legacy, body: `[{"name":"blue","weight":7}]`, status: 200, want: `{"variants":[{"weight":1000}]}`},
		{
			name: "replace the variants of a flag that has none", method: "PUT", path: plain + "/environments/development/variants", body: `[]`,
			status: 403, want: `{"name":"InvalidOperationError","message":"Environment variants deprecated for feature: plain. Use strategy variants instead."}`,
		},
		{name: "replace variants by bad ones", method: "PUT", path: legacy, body: `[{"name":"a","weight":1,"weightType":"fix"}]`, status: 400, want: `{"details":[{"path":"/body"}]}`},
		{name: "replace variants by no list", method: "PUT", path: legacy, body: `{}`, status: 400, want: `{"details":[{"path":"/body"}]}`},
		{name: "replace the variants of no flag", method: "PUT", path: "/projects/default/features/none/environments/development/variants", body: `[]`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "patch variants", method: "PATCH", path: legacy, body: `[{"op":"add","path":"/1","value":{"name":"green","weight":250,"weightType":"fix"}},{"op":"replace","path":"/0/stickiness","value":"userId"}]`,
			status: 200, want: `{"version":1,"variants":[{"name":"blue","weight":750,"stickiness":"userId"},{"name":"green","weight":250}]}`,
			events: []string{"feature-environment-variants-updated default/development/legacy"},
		},
		{
			name: "patch a variant as a whole", method: "PATCH", path: legacy, body: `[{"op":"replace","path":"/0","value":{"name":"amber","weight":1000}}]`,
			status: 200, want: `{"variants":[{"name":"amber","weight":1000}]}`, events: []string{"feature-environment-variants-updated default/development/legacy"},
		},
		{name: "patch the variants of a flag that has none", method: "PATCH", path: plain + "/environments/development/variants", body: `[]`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "patch variants to what they cannot be", method: "PATCH", path: legacy, body: `[{"op":"replace","path":"/0/weight","value":-1}]`, status: 400, want: `{"details":[{"path":"/body/0/weight"}]}`},
		{name: "patch the variants of no flag", method: "PATCH", path: "/projects/default/features/none/environments/development/variants", body: `[]`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "push variants to environments", method: "PUT", path: plain + "/variants-batch", body: `{"environments":["development","production"],"variants":[{"name":"a","weight":1}]}`,
			status: 200, want: `{"version":1,"variants":[{"name":"a","weight":1000}]}`,
			events: []string{"feature-environment-variants-updated default/development/plain", "feature-environment-variants-updated default/production/plain"},
		},
		{name: "push variants to no environment", method: "PUT", path: plain + "/variants-batch", body: `{"environments":["development","none"],"variants":[{"name":"a","weight":1}]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "push bad variants", method: "PUT", path: plain + "/variants-batch", body: `{"environments":["development"],"variants":[{"name":"a b","weight":1}]}`, status: 400, want: `{"details":[{"path":"/body/variants/0/name"}]}`},
	}
}

func dependencyScenarios() []scenario {
	const project = "/projects/default"
	at := func(child string) string { return project + "/features/" + child + "/dependencies" }
	return []scenario{
		{name: "are there dependencies", method: "GET", path: project + "/dependencies", status: 200, want: `true`},
		{
			name: "add a dependency", method: "POST", path: at("plain"), body: `{"feature":"parent"}`, status: 200,
			events: []string{"feature-dependency-added default//plain"},
			then:   map[string]string{project + "/features/plain": `{"dependencies":[{"feature":"parent","enabled":true,"variants":"(absent)"}]}`},
		},
		{
			name: "change a dependency", method: "POST", path: at("child"), body: `{"feature":"parent","enabled":true,"variants":["a","b"]}`, status: 200,
			events: []string{"feature-dependency-added default//child"},
			then:   map[string]string{project + "/features/child": `{"dependencies":[{"feature":"parent","variants":["a","b"]}]}`},
		},
		{
			name: "depend on a parent being off", method: "POST", path: at("child"), body: `{"feature":"parent","enabled":false,"variants":["a"]}`, status: 200,
			events: []string{"feature-dependency-added default//child"},
			then:   map[string]string{project + "/features/child": `{"dependencies":[{"enabled":false,"variants":"(absent)"}]}`},
		},
		{name: "add a dependency that is there", method: "POST", path: at("child"), body: `{"feature":"parent"}`, status: 200},
		{name: "depend on oneself", method: "POST", path: at("plain"), body: `{"feature":"plain"}`, status: 403, want: `{"name":"InvalidOperationError","message":"A feature flag cannot depend on itself."}`},
		{name: "depend on no flag", method: "POST", path: at("plain"), body: `{"feature":"none"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "depend on an archived flag", method: "POST", path: at("plain"), body: `{"feature":"old"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "depend on another project", method: "POST", path: at("plain"), body: `{"feature":"foreign"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "depend on a child", method: "POST", path: at("plain"), body: `{"feature":"child"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "make a parent depend on another flag", method: "POST", path: at("parent"), body: `{"feature":"plain"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "make an archived flag depend", method: "POST", path: at("old"), body: `{"feature":"parent"}`, status: 400, want: `{"name":"ArchivedFeatureError"}`},
		{name: "make no flag depend", method: "POST", path: at("none"), body: `{"feature":"parent"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "depend on nothing", method: "POST", path: at("plain"), body: `{"enabled":true}`, status: 400, want: `{"details":[{"path":"/body/feature"}]}`},
		{name: "remove a dependency", method: "DELETE", path: at("child") + "/parent", status: 200, events: []string{"feature-dependency-removed default//child"}},
		{name: "remove a dependency that is not there", method: "DELETE", path: at("child") + "/plain", status: 404, want: `{"name":"NotFoundError","message":"The flag \"child\" does not depend on \"plain\"."}`},
		{name: "remove a dependency of no flag", method: "DELETE", path: at("none") + "/plain", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "remove all dependencies", method: "DELETE", path: at("child"), status: 200, events: []string{"feature-dependencies-removed default//child"}},
		{name: "remove all dependencies of which there are none", method: "DELETE", path: at("plain"), status: 200},
		{name: "remove all dependencies of no flag", method: "DELETE", path: at("none"), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list possible parents", method: "GET", path: project + "/features/plain/parents", status: 200, want: `["checkout","dormant","legacy","parent"]`},
		{name: "list possible parents of no flag", method: "GET", path: project + "/features/none/parents", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list the variants of a parent", method: "GET", path: project + "/features/legacy/parent-variants", status: 200, want: `["blue"]`},
		{name: "list no variants of a parent", method: "GET", path: project + "/features/parent/parent-variants", status: 200, want: `[]`},
		{name: "list the variants of no parent", method: "GET", path: project + "/features/none/parent-variants", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

// mustReplace archives the one flag of the full project, and puts another in its place.
func (w *world) mustReplace(t testing.TB) {
	t.Helper()
	const features = "/projects/full/features"
	if got := w.call(t, "admin", http.MethodDelete, features+"/only", "", map[string]string{"Quorate-Reason": "another story may have closed it"}); got.status != http.StatusAccepted {
		t.Fatalf("archive: got %d %s", got.status, got.body)
	}
	if got := w.call(t, "admin", http.MethodPost, features, `{"name":"next"}`, nil); got.status != http.StatusCreated {
		t.Fatalf("create: got %d %s", got.status, got.body)
	}
}

func archiveScenarios() []scenario {
	const project = "/projects/default"
	return []scenario{
		{
			name: "archive a flag", method: "DELETE", path: project + "/features/checkout", status: 202,
			events: []string{"feature-archived default//checkout"},
			then:   map[string]string{project + "/features/checkout": `{"archived":true}`},
		},
		{name: "archive a child", method: "DELETE", path: project + "/features/child", status: 202, events: []string{"feature-dependencies-removed default//child", "feature-archived default//child"}},
		{name: "archive an archived flag", method: "DELETE", path: project + "/features/old", status: 202},
		{name: "archive a parent", method: "DELETE", path: project + "/features/parent", status: 403, want: `{"name":"InvalidOperationError","message":"You can not archive/delete this feature since other features depend on it."}`},
		{name: "archive no flag", method: "DELETE", path: project + "/features/none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "archive a flag that acts in a protected environment", as: "member", method: "DELETE", path: "/projects/guarded/features/vault",
			status: 403, want: `{"permissions":["SKIP_CHANGE_REQUEST"]}`,
		},
		{
			name: "archive a parent with its child", method: "POST", path: project + "/archive", body: `{"features":["parent","child","old"]}`, status: 202,
			events: []string{"feature-archived default//parent", "feature-dependencies-removed default//child", "feature-archived default//child"},
		},
		{name: "archive flags of which one does not exist", method: "POST", path: project + "/archive", body: `{"features":["plain","none"]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "archive a parent among others", method: "POST", path: project + "/archive", body: `{"features":["plain","parent"]}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "archive flags without a list", method: "POST", path: project + "/archive", body: `{}`, status: 400, want: `{"details":[{"path":"/body/features"}]}`},
		{
			name: "ask what archiving means", method: "POST", path: project + "/archive/validate", body: `{"features":["parent","plain"]}`,
			status: 200, want: `{"parentsWithChildFeatures":["parent"],"hasDeletedDependencies":false}`,
		},
		{
			name: "ask what archiving all of a family means", method: "POST", path: project + "/archive/validate", body: `{"features":["parent","child"]}`,
			status: 200, want: `{"parentsWithChildFeatures":[],"hasDeletedDependencies":true}`,
		},
		{name: "ask what archiving nothing means", method: "POST", path: project + "/archive/validate", body: `{"features":[{}]}`, status: 400, want: `{"details":[{"path":"/body/features/0"}]}`},

		{
			name: "revive flags", method: "POST", path: project + "/revive", body: `{"features":["old","checkout","none","foreign"]}`, status: 200,
			events: []string{"feature-revived default//old"},
			then:   map[string]string{project + "/features/old": `{"archived":false,"archivedAt":"(absent)"}`},
		},
		{name: "revive flags that are active", method: "POST", path: project + "/revive", body: `{"features":["checkout"]}`, status: 200},
		{name: "revive flags without a list", method: "POST", path: project + "/revive", body: `{"features":null}`, status: 400, want: `{"details":[{"path":"/body/features"}]}`},
		{name: "revive flags of no project", method: "POST", path: "/projects/none/revive", body: `{"features":["old"]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "revive a flag", method: "POST", path: "/archive/revive/old", status: 200, events: []string{"feature-revived default//old"}},
		{name: "revive an active flag", method: "POST", path: "/archive/revive/checkout", status: 200},
		{name: "revive flags in a full project", method: "POST", path: "/projects/full/revive", body: `{"features":["only"]}`, status: 403, want: `{"name":"InvalidOperationError","message":"You have reached the maximum number of feature flags for this project."}`},
		{name: "revive a flag in a full project", method: "POST", path: "/archive/revive/only", status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "revive no flag", method: "POST", path: "/archive/revive/none", status: 404, want: `{"name":"NotFoundError","message":"Could not find feature flag with name none"}`},

		{
			name: "delete flags", method: "POST", path: project + "/delete", body: `{"features":["old","checkout","none"]}`, status: 200,
			events: []string{"feature-deleted default//old"},
			then:   map[string]string{project + "/features/old": `{"name":"NotFoundError"}`},
		},
		{name: "delete flags without a list", method: "POST", path: project + "/delete", body: `{"features":7}`, status: 400, want: `{"details":[{"path":"/body/features"}]}`},
		{name: "delete a flag", method: "DELETE", path: "/archive/old", status: 200, events: []string{"feature-deleted default//old"}},
		{name: "delete an active flag", method: "DELETE", path: "/archive/checkout", status: 200},
		{name: "delete no flag", method: "DELETE", path: "/archive/none", status: 200},
	}
}

func linkScenarios() []scenario {
	const (
		plain    = "/projects/default/features/plain"
		checkout = "/projects/default/features/checkout"
	)
	return []scenario{
		{
			name: "add a link", method: "POST", path: plain + "/link", body: `{"url":"example.com/a","title":"A"}`, status: 204,
			events: []string{"feature-link-added default//plain"},
			then:   map[string]string{plain: `{"links":[{"url":"https://example.com/a","title":"A"}]}`},
		},
		{name: "add a link to nowhere", method: "POST", path: plain + "/link", body: `{"url":"javascript:alert(1)"}`, status: 400, want: `{"details":[{"path":"/body/url"}]}`},
		{name: "add no link", method: "POST", path: plain + "/link", body: `{"title":"A"}`, status: 400, want: `{"details":[{"path":"/body/url"}]}`},
		{name: "add a link to no flag", method: "POST", path: "/projects/default/features/none/link", body: `{"url":"https://example.com"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "change a link", method: "PUT", path: checkout + "/link/" + linkID, body: `{"url":"https://example.com/b","title":null}`, status: 204,
			events: []string{"feature-link-updated default//checkout"},
			then:   map[string]string{checkout: `{"links":[{"id":"` + linkID + `","url":"https://example.com/b"}]}`},
		},
		{name: "change a link to what it is", method: "PUT", path: checkout + "/link/" + linkID, body: `{"url":"https://wiki.example.com/checkout"}`, status: 204},
		{name: "change a link to nowhere", method: "PUT", path: checkout + "/link/" + linkID, body: `{"url":"ftp://example.com"}`, status: 400, want: `{"details":[{"path":"/body/url"}]}`},
		{name: "change no link", method: "PUT", path: checkout + "/link/none", body: `{"url":"https://example.com"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "remove a link", method: "DELETE", path: checkout + "/link/" + linkID, status: 204, events: []string{"feature-link-removed default//checkout"}},
		{name: "remove no link", method: "DELETE", path: checkout + "/link/none", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func featureTypeScenarios() []scenario {
	return []scenario{
		{
			name: "list types", method: "GET", path: "/feature-types", status: 200,
			want: `{"version":1,"types":[{"id":"release","lifetimeDays":40},{"id":"experiment","lifetimeDays":40},{"id":"operational","lifetimeDays":7},{"id":"kill-switch","lifetimeDays":null},{"id":"permission","lifetimeDays":null},{"id":"sunset","lifetimeDays":90}]}`,
		},
		{name: "set a lifetime", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":"14"}`, status: 200, want: `{"id":"release","lifetimeDays":14}`, events: []string{"feature-type-updated"}},
		{name: "set no lifetime", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":null}`, status: 200, want: `{"lifetimeDays":null}`, events: []string{"feature-type-updated"}},
		{name: "set a lifetime of no days", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":0}`, status: 200, want: `{"lifetimeDays":null}`, events: []string{"feature-type-updated"}},
		{name: "set a lifetime to what it is", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":40}`, status: 200, want: `{"lifetimeDays":40}`},
		{name: "set a negative lifetime", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":-1}`, status: 400, want: `{"details":[{"path":"/body/lifetimeDays","message":"The ` + "`/body/lifetimeDays`" + ` property must be >= 0. You sent -1."}]}`},
		{name: "set a lifetime that is too long", method: "PUT", path: "/feature-types/release/lifetime", body: `{"lifetimeDays":2147483648}`, status: 400, want: `{"details":[{"path":"/body/lifetimeDays","message":"The ` + "`/body/lifetimeDays`" + ` property must be <= 2147483647. You sent 2147483648."}]}`},
		{name: "set a lifetime without saying which", method: "PUT", path: "/feature-types/release/lifetime", body: `{}`, status: 400, want: `{"details":[{"path":"/body/lifetimeDays"}]}`},
		{name: "set the lifetime of no type", method: "PUT", path: "/feature-types/none/lifetime", body: `{"lifetimeDays":1}`, status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func userScenarios() []scenario {
	return []scenario{
		{
			name: "who am I", method: "GET", path: "/user", status: 200,
			want: `{"user":{"id":-42,"username":"terraform","permissions":["ADMIN"],"type":"admin","environment":"*","projects":["*"],"internalAdminTokenUserId":-42,"secret":"(absent)"},"permissions":[{"permission":"ADMIN","project":"(absent)"}],"feedback":[],"splash":{}}`,
		},
	}
}
