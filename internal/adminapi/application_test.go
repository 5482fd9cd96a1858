package adminapi_test

import (
	"net/http"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func applicationScenarios() []scenario {
	const app = "/metrics/applications/"
	outdated := `{"sdks":[{"sdkVersion":"unleash-node-sdk:3.11.0","applications":["shop"]}]}`
	return []scenario{
		{
			name: "applications", method: "GET", path: "/metrics/applications", status: 200,
			want: `{"total":2,"applications":[{"appName":"app","usage":[{"project":"*","environments":["development"]}]},
				{"appName":"shop","strategies":["default","byWeather"],"usage":[{"project":"default","environments":["development","production"]}]}]}`,
		},
		{name: "search applications", method: "GET", path: "/metrics/applications?query=SHO", status: 200, want: `{"total":1,"applications":[{"appName":"shop"}]}`},
		{name: "a page of applications", method: "GET", path: "/metrics/applications?offset=1&limit=1&sortOrder=desc", status: 200, want: `{"total":2,"applications":[{"appName":"app"}]}`},
		{name: "the newest applications", method: "GET", path: "/metrics/applications?sortBy=createdAt&sortOrder=desc", status: 200, want: `{"applications":[{},{}]}`},
		{
			name: "an application", as: "nothing", method: "GET", path: app + "shop", status: 200,
			want: `{"appName":"shop","strategies":["default","byWeather"],"seenToggles":[{"name":"plain","project":"default","notFound":"(absent)"},{"name":"unheard-of","notFound":true}],
				"instances":[{"instanceId":"1","sdkVersion":"unleash-node-sdk:3.11.0","sdkType":"backend","clientIp":"192.0.2.9","environment":"development"},{"environment":"production"}]}`,
		},
		{name: "no application", method: "GET", path: app + "none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "an application's overview", as: "nothing", method: "GET", path: app + "shop/overview", status: 200,
			want: `{"projects":["default"],"featureCount":1,"issues":{"missingStrategies":["byWeather"]},"environments":[
				{"name":"development","instanceCount":1,"sdks":["unleash-node-sdk:3.11.0"],"backendSdks":["unleash-node-sdk:3.11.0"],"frontendSdks":[],"lastSeen":"(present)",
					"issues":{"missingFeatures":["unheard-of"],"outdatedSdks":["unleash-node-sdk:3.11.0"]}},
				{"name":"production","instanceCount":1,"sdks":[],"issues":{"missingFeatures":[],"outdatedSdks":[]}}]}`,
		},
		{name: "the overview of no application", method: "GET", path: app + "none/overview", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "an application's instances", as: "nothing", method: "GET", path: "/metrics/instances/shop/environment/development", status: 200,
			want: `{"instances":[{"instanceId":"1","sdkVersion":"unleash-node-sdk:3.11.0","clientIp":"192.0.2.9","lastSeen":"(present)"}]}`,
		},
		{name: "an application's instances where it does not run", method: "GET", path: "/metrics/instances/shop/environment/moon", status: 200, want: `{"instances":[]}`},
		{name: "the instances of no application", method: "GET", path: "/metrics/instances/none/environment/development", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "outdated SDKs", as: "nothing", method: "GET", path: "/metrics/sdks/outdated", status: 200, want: outdated},
		{name: "a project's outdated SDKs", as: "nothing", method: "GET", path: "/projects/default/sdks/outdated", status: 200, want: outdated},
		{name: "another project's outdated SDKs", method: "GET", path: "/projects/other/sdks/outdated", status: 200, want: `{"sdks":[]}`},
		{name: "the outdated SDKs of no project", method: "GET", path: "/projects/none/sdks/outdated", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "a project's applications", as: "nothing", method: "GET", path: "/projects/default/applications", status: 200,
			want: `{"total":2,"applications":[{"name":"app","environments":["development"],"sdks":[{"name":"unleash-client-js","versions":["5.0.0"]}]},
				{"name":"shop","environments":["development","production"],"instances":["1"],"sdks":[{"name":"unleash-node-sdk","versions":["3.11.0"]}]}]}`,
		},
		{name: "a page of another project's applications", method: "GET", path: "/projects/other/applications?query=a&limit=1&sortOrder=desc", status: 200, want: `{"total":1,"applications":[{"name":"app"}]}`},
		{name: "the applications of no project", method: "GET", path: "/projects/none/applications", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "describe an application with what is no text", method: "POST", path: app + "shop", body: `{"url":[]}`, status: 400, want: `{"details":[{"path":"/body/url"}]}`},
		{name: "describe an application that will come", method: "POST", path: app + "planned", body: `{"icon":"cart"}`, status: 202},
		{name: "forget an application", method: "DELETE", path: app + "planned", status: 200},
		{name: "forget no application", method: "DELETE", path: app + "none", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

// TestDescribeApplication says what an application is, and forgets it.
func TestDescribeApplication(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(as, method, path, body string, status int, want string) {
			t.Helper()
			got := w.call(t, as, method, "/metrics/applications/"+path, body, nil)
			if got.status != status {
				t.Fatalf("%s %s as %s: got %d %s, want %d", method, path, as, got.status, got.body, status)
			}
			if want != "" {
				mustContain(t, got.body, want)
			}
		}
		must("nothing", http.MethodPost, "shop", `{}`, 403, `{"name":"PermissionError","permissions":["UPDATE_APPLICATION"]}`)
		must("nothing", http.MethodDelete, "shop", "", 403, `{"name":"PermissionError"}`)
		must("admin", http.MethodPost, "shop", `{"url":"https://shop.example","icon":"cart"}`, 202, "")
		must("admin", http.MethodPost, "shop", `{"color":"#ff0000"}`, 202, "")
		must("nothing", http.MethodGet, "shop", "", 200, `{"url":"https://shop.example","icon":"cart","color":"#ff0000","strategies":["default","byWeather"]}`)
		must("admin", http.MethodPost, "planned", `{"strategies":["default"]}`, 202, "")
		must("nothing", http.MethodGet, "planned", "", 200, `{"appName":"planned","strategies":["default"],"instances":[],"seenToggles":[]}`)
		must("admin", http.MethodDelete, "shop", "", 200, "")
		must("admin", http.MethodGet, "shop", "", 404, `{"name":"NotFoundError"}`)
	})
}
