package sdkapi_test

import (
	"net/http"
	"testing"
)

// FuzzBodies sends any bytes as the bodies of SDKs, Edge and frontends: they are refused or understood, and nothing breaks.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		"", "null", "[]", `{"appName":"shop","interval":15,"started":"2026-01-01T00:00:00Z","strategies":["default"],"instanceId":null}`,
		`{"appName":"shop","bucket":{"start":"2026-01-01T00:00:00Z","stop":1767225660000,"toggles":{"on":{"yes":1,"no":"2","variants":{"a":1e3}}}}}`,
		`{"appName":"shop","bucket":null,"impactMetrics":[{"name":"x","help":"","type":"counter","samples":[{"value":1e400}]}]}`,
		`{"applications":[{"appName":"shop"}],"metrics":[{"featureName":"on","appName":"shop","environment":"development","timestamp":"2026-01-01","yes":-1,"no":9e99}]}`,
		`{"metrics":[{"name":"a","value":1,"labels":{"b":"c"}}]}`,
		`{"context":{"userId":7,"properties":{"a":[1,null,{}],"b":1e999},"currentTime":"x","remoteAddress":"::"},"toggles":[{"name":"on"}]}`, `{"context":[],"userId":{}}`, `{"tokens":["*:*.x"]}`,
	} {
		f.Add(seed)
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, body string) {
		for path, token := range map[string]string{
			"/api/client/register": backend, "/api/client/metrics": backend, "/api/client/metrics/bulk": backend, "/api/client/metrics/custom": backend, "/api/client/metrics/edge": backend,
			"/api/client/edge-licensing/heartbeat": backend, "/edge/validate": "", "/edge/issue-token": "",
			"/api/frontend": frontend, "/api/frontend/all": frontend, "/api/frontend/client/metrics": frontend, "/api/frontend/client/register": frontend,
		} {
			got := h.call(t, call{method: http.MethodPost, path: path, token: token, body: body, headers: []string{"Content-Type: application/json"}})
			if got.Code >= http.StatusInternalServerError {
				t.Errorf("%s with %q: got %d %s", path, body, got.Code, got.Body)
			}
		}
	})
}
