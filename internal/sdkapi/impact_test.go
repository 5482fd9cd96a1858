package sdkapi_test

import (
	"strings"
	"testing"
)

// TestImpactMetrics hands on what SDKs measure, and passes over what makes no sense.
func TestImpactMetrics(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	report := func(path, token, more string, status int) {
		t.Helper()
		body := `{"appName":"shop"` + more + `,"impactMetrics":[
			{"name":"my_c","help":"h","type":"counter","samples":[{"value":1,"labels":{"foo":"bar","n":2}},{"value":-1},{"value":"x"},7]},
			{"name":"g","type":"gauge","samples":[{"value":-4.5}]},
			{"name":"h","type":"histogram","samples":[{"count":2,"sum":3.5,"buckets":[{"le":1,"count":1},{"le":"+Inf","count":2}]},{"count":1}]},
			{"name":7}, "x", {"name":"o","type":"odd","samples":[{"value":1}]}]}`
		if got := h.call(t, call{method: "POST", path: path, token: token, body: body}); got.Code != status {
			t.Fatalf("%s: got %d %s, want %d", path, got.Code, got.Body, status)
		}
	}
	report("/api/client/metrics", backend, "", 202)
	report("/api/client/metrics/bulk", backend, `,"applications":[],"metrics":[]`, 202)
	report("/api/frontend/client/metrics", frontend, "", 200)
	got := h.call(t, call{path: "/internal-backstage/impact/metrics"})
	for _, want := range []string{
		"# TYPE my_c counter\n" + `my_c{origin="sdk",metric_type="counter",foo="bar",n="2"} 3` + "\n",
		`g{origin="sdk",metric_type="gauge"} -4.5` + "\n",
		`h_bucket{origin="sdk",metric_type="histogram",le="+Inf"} 6` + "\n",
		`h_sum{origin="sdk",metric_type="histogram"} 10.5` + "\n",
	} {
		if got.Code != 200 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("got %d %s, want it to contain %s", got.Code, got.Body, want)
		}
	}
	if strings.Contains(got.Body.String(), "odd") || strings.Count(got.Body.String(), "my_c{") != 1 {
		t.Errorf("got %s, want nothing that makes no sense", got.Body)
	}
}
