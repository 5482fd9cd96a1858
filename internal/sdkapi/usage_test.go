package sdkapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/usage"
)

const (
	required = "is required. It was not present on the data you sent."
	shop     = `"appName":"shop"`
)

// TestRegisterBodies says which registrations are taken.
func TestRegisterBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const good = `"interval":15,"started":"2026-03-01T10:00:00.123Z","strategies":["default"]`
	for name, c := range map[string]struct {
		body    string
		status  int
		problem string
	}{
		"complete":                {`{` + shop + `,` + good + `}`, 202, ""},
		"with all that SDKs send": {`{` + shop + `,` + good + `,"instanceId":"i","sdkVersion":"a:1","platformName":"node","yggdrasilVersion":null,"specVersion":"5.2.0","sdkFlavor":null,"more":{}}`, 202, ""},
		"nothing known yet":       {`{` + shop + `,"interval":0,"started":1772359200000,"strategies":[]}`, 202, ""},
		"scalars are coerced":     {`{"appName":7,"interval":"15","started":"1772359200","strategies":[1]}`, 202, ""},
		"without a name":          {`{` + good + `}`, 400, "The `/body/appName` property " + required},
		"with an empty name":      {`{"appName":"",` + good + `}`, 400, "The `/body/appName` property must NOT have fewer than 1 characters."},
		"with null for a name":    {`{"appName":null,` + good + `}`, 400, "The `/body/appName` property " + required},
		"without interval":        {`{` + shop + `,"started":1,"strategies":[]}`, 400, "The `/body/interval` property " + required},
		"with interval -1":        {`{` + shop + `,"interval":-1,"started":1,"strategies":[]}`, 400, "The `/body/interval` property must be a number of 0 or more. You sent -1."},
		"without started":         {`{` + shop + `,"interval":1,"strategies":[]}`, 400, "The `/body/started` property " + required},
		"started at lunch":        {`{` + shop + `,"interval":1,"started":"lunch","strategies":[]}`, 400, `The ` + "`/body/started`" + ` property must match format \"date-time\".`},
		"without strategies":      {`{` + shop + `,"interval":1,"started":1}`, 400, "The `/body/strategies` property " + required},
		"strategies no list":      {`{` + shop + `,"interval":1,"started":1,"strategies":"x"}`, 400, "The `/body/strategies` property must be array. You sent"},
		"an object as name":       {`{"appName":{},` + good + `}`, 400, "The `/body/appName` property must be string. You sent {}."},
		"nothing at all":          {``, 400, "The `/body/appName` property " + required},
		"a list":                  {`[]`, 400, "The body must be a JSON object."},
		"broken":                  {`{"appName":`, 400, "The body of the request is not valid JSON"},
		"too large":               {`{` + shop + `,"x":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "request entity too large"},
	} {
		for path, taken := range map[string]int{"/api/client/register": 202, "/api/frontend/client/register": 200} {
			token := backend
			if taken == 200 {
				token = frontend
			}
			got := h.call(t, call{method: "POST", path: path, token: token, body: c.body})
			want := c.status
			if want == 202 {
				want = taken
			}
			if got.Code != want || !strings.Contains(got.Body.String(), c.problem) {
				t.Errorf("%s %s: got status %d, want %d with %s: %s", path, name, got.Code, want, c.problem, got.Body)
			}
			if got.Code == 202 && got.Header().Get("X-Unleash-Version") != "1.2.3" {
				t.Errorf("%s %s: got headers %v, want the version", path, name, got.Header())
			}
		}
	}
}

// TestMetricsBodies says which reports are taken.
func TestMetricsBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		body    string
		status  int
		problem string
	}{
		"no bucket":                  {`{` + shop + `}`, 202, ""},
		"null for a bucket":          {`{` + shop + `,"bucket":null,"impactMetrics":[{"nonsense":true}]}`, 202, ""},
		"impact metrics of any kind": {`{` + shop + `,"impactMetrics":"nonsense"}`, 202, ""},
		"an empty bucket":            {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{}}}`, 202, ""},
		"empty texts are 0":          {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":{"yes":"","no":"3","variants":null}}}}`, 202, ""},
		"times of SDKs":              {`{` + shop + `,"bucket":{"start":"2026-03-01T10:00:00.123456","stop":"2026-03-01 10:00:00+01:00","toggles":{}}}`, 202, ""},
		"no name":                    {`{"bucket":null}`, 400, "The `/body/appName` property " + required},
		"no stop":                    {`{` + shop + `,"bucket":{"start":1,"toggles":{}}}`, 400, "The `/body/bucket/stop` property " + required},
		"a bucket that is none":      {`{` + shop + `,"bucket":7}`, 400, "The `/body/bucket` property must be object. You sent 7."},
		"less than nothing":          {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":{"yes":-1}}}}`, 400, "The `/body/bucket/toggles/on/yes` property must be a number of 0 or more. You sent -1."},
		"no number":                  {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":{"yes":[1]}}}}`, 400, "must be a number"},
		"more than any number":       {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":{"yes":1e300}}}}`, 400, "must be a number"},
		"a toggle that is none":      {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":1}}}`, 400, "must be object"},
		"a variant of -1":            {`{` + shop + `,"bucket":{"start":1,"stop":2,"toggles":{"on":{"variants":{"a":-1}}}}}`, 400, "/variants/a` property must be a number"},
		"broken":                     {`}`, 400, "The body of the request is not valid JSON"},
	} {
		for path, taken := range map[string]int{"/api/client/metrics": 202, "/api/frontend/client/metrics": 200} {
			token := backend
			if taken == 200 {
				token = frontend
			}
			got := h.call(t, call{method: "POST", path: path, token: token, body: c.body})
			want := c.status
			if want == 202 {
				want = taken
			}
			if got.Code != want || !strings.Contains(got.Body.String(), c.problem) {
				t.Errorf("%s %s: got status %d, want %d with %s: %s", path, name, got.Code, want, c.problem, got.Body)
			}
			if got.Code == 202 && (len(got.Header()) != 0 || got.Body.Len() != 0) {
				t.Errorf("%s %s: got headers %v and body %q, want neither", path, name, got.Header(), got.Body)
			}
			if got.Code == 200 && got.Body.String() != "OK" {
				t.Errorf("%s %s: got %q, want OK", path, name, got.Body)
			}
		}
	}
}

// counted returns what was counted of a flag, without the hours.
func (h *house) counted(t *testing.T, feature string) []store.UsageCount {
	t.Helper()
	if err := h.usage.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts, err := h.usage.Hours(t.Context(), feature, 48)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

var withoutTimes = cmp.Options{
	cmpopts.IgnoreFields(store.UsageCount{}, "Hour"),
	cmpopts.IgnoreFields(store.Instance{}, "CreatedAt", "SeenAt"),
	cmpopts.IgnoreFields(store.ApplicationProject{}, "SeenAt"),
	cmpopts.IgnoreFields(store.UnknownFlag{}, "At"),
}

func TestMetricsAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stop := time.Now().UTC().Format(time.RFC3339)
	bucket := `"bucket":{"start":"` + stop + `","stop":"` + stop + `","toggles":{
		"on":{"yes":3,"no":1,"variants":{"blue":2}},"off":{"yes":0,"no":0},"typo":{"yes":1,"no":0}}}`
	for _, c := range []call{
		{path: "/api/client/metrics", token: backend, body: `{` + shop + `,"instanceId":"one","environment":"production",` + bucket + `}`},
		{path: "/api/client/metrics", token: inner, body: `{` + shop + `,` + bucket + `}`},
		{path: "/api/frontend/client/metrics", token: frontend, body: `{"appName":"web",` + bucket + `}`},
	} {
		c.method = "POST"
		if got := h.call(t, c); got.Code/100 != 2 {
			t.Fatalf("got status %d: %s", got.Code, got.Body)
		}
	}
	want := []store.UsageCount{
		{Feature: "on", Environment: "development", Application: "shop", Yes: 6, No: 2, Variants: map[string]int64{"blue": 4}},
		{Feature: "on", Environment: "development", Application: "web", Yes: 3, No: 1, Variants: map[string]int64{"blue": 2}},
	}
	if diff := cmp.Diff(want, h.counted(t, "on"), withoutTimes); diff != "" {
		t.Errorf("the counts differ (-want +got):\n%s", diff)
	}
	if got := h.counted(t, "off"); len(got) != 0 {
		t.Errorf("got %v for a flag that was neither on nor off, want nothing", got)
	}
	unknown, err := h.usage.UnknownFlags(t.Context())
	wantUnknown := []store.UnknownFlag{
		{Name: "typo", Environment: "development", Application: "shop"},
		{Name: "typo", Environment: "development", Application: "web"},
	}
	if diff := cmp.Diff(wantUnknown, unknown, withoutTimes); err != nil || diff != "" {
		t.Errorf("the unknown flags differ (%v, -want +got):\n%s", err, diff)
	}
	instances, err := h.usage.Instances(t.Context(), "shop")
	wantInstances := []store.Instance{
		{Application: "shop", Environment: "development", Instance: "default", SDKType: "backend", ClientIP: "192.0.2.1"},
		{Application: "shop", Environment: "development", Instance: "one", SDKType: "backend", ClientIP: "192.0.2.1"},
	}
	if diff := cmp.Diff(wantInstances, instances, withoutTimes); err != nil || diff != "" {
		t.Errorf("the instances differ (%v, -want +got):\n%s", err, diff)
	}
}

func TestFrontendSDKIsNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.call(t, call{
		method: "POST", path: "/api/frontend/client/metrics", token: frontend,
		body: `{"appName":"web","instanceId":"browser"}`, headers: []string{"Unleash-Sdk: unleash-js-sdk:3.8.2"},
	})
	h.counted(t, "on")
	got, err := h.usage.Instances(t.Context(), "web")
	want := []store.Instance{{Application: "web", Environment: "development", Instance: "browser", SDK: "unleash-js-sdk:3.8.2", SDKType: "frontend"}}
	if diff := cmp.Diff(want, got, withoutTimes); err != nil || diff != "" {
		t.Errorf("the instances differ (%v, -want +got):\n%s", err, diff)
	}
}

func TestRegisteredApplication(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.call(t, call{method: "POST", path: "/api/client/register", token: inner, body: `{"appName":"shop","instanceId":"one",
		"sdkVersion":"unleash-client-go:4.1.0","interval":15,"started":"2026-01-01T00:00:00Z","strategies":["default","x"],"environment":"ignored"}`})
	h.counted(t, "on")
	got, err := h.usage.Application(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"default", "x"}, got.Strategies); diff != "" {
		t.Errorf("the strategies differ (-want +got):\n%s", diff)
	}
	want := []store.ApplicationProject{{Application: "shop", Project: "inner", Environment: "development"}}
	if diff := cmp.Diff(want, got.Projects, withoutTimes); diff != "" {
		t.Errorf("the projects differ (-want +got):\n%s", diff)
	}
}

func TestBulkMetrics(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := func(body string) int {
		return h.call(t, call{method: "POST", path: "/api/client/metrics/bulk", token: backend, body: body}).Code
	}
	const application = `"appName":"shop","environment":"production","instanceId":"edge-1"`
	if got := post(`{"applications":[{` + application + `,"interval":15,"started":"2026-01-01T00:00:00Z","strategies":["default"],"projects":["inner"],"sdkVersion":"a:1","connectVia":[{"appName":"edge","instanceId":"e"}]},
		{"appName":"web","environment":"development","instanceId":"b","sdkType":"frontend","sdkVersion":"js:1"}],
		"metrics":[{"featureName":"on","appName":"shop","environment":"development","yes":2,"no":1,"variants":{"blue":1}},
		{"featureName":"on","appName":"shop","environment":"development","timestamp":"` + time.Now().UTC().Format(time.RFC3339) + `","yes":1},
		{"featureName":"on","appName":"shop","environment":"production","yes":100}],
		"impactMetrics":[],"seenTokens":["` + inner + `","unknown"]}`); got != http.StatusAccepted {
		t.Fatalf("got status %d, want 202", got)
	}
	want := []store.UsageCount{{Feature: "on", Environment: "development", Application: "shop", Yes: 3, No: 1, Variants: map[string]int64{"blue": 1}}}
	if diff := cmp.Diff(want, h.counted(t, "on"), withoutTimes); diff != "" {
		t.Errorf("the counts differ (-want +got):\n%s", diff)
	}
	instances, err := h.usage.Instances(t.Context(), "")
	wantInstances := []store.Instance{
		{Application: "shop", Environment: "production", Instance: "edge-1", SDK: "a:1", SDKType: string(usage.Backend)},
		{Application: "web", Environment: "development", Instance: "b", SDK: "js:1", SDKType: string(usage.Frontend)},
	}
	if diff := cmp.Diff(wantInstances, instances, withoutTimes); err != nil || diff != "" {
		t.Errorf("the instances differ (%v, -want +got):\n%s", err, diff)
	}

	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"nothing":                     {`{}`, 202},
		"an incomplete application":   {`{"applications":[{` + application + `}]}`, 400},
		"applications no list":        {`{"applications":{}}`, 400},
		"an application that is none": {`{"applications":[1]}`, 400},
		"a count without flag":        {`{"metrics":[{"appName":"shop","environment":"development"}]}`, 400},
	} {
		if got := post(c.body); got != c.status {
			t.Errorf("%s: got status %d, want %d", name, got, c.status)
		}
	}
	if got := h.call(t, call{method: "POST", path: "/api/client/metrics/bulk", token: backend, body: `{"applications":[{` + application + `}]}`}); got.Body.Len() != 0 {
		t.Errorf("got the body %s for an incomplete application, want none", got.Body)
	}
}

func TestEdge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		call   call
		status int
		want   string
	}{
		"validate": {
			call{path: "/edge/validate", body: `{"tokens":["` + inner + `","nonsense","` + frontend + `","` + expired + `","` + admin + `"]}`},
			200,
			`{"tokens":[{"token":"inner:development.backend","type":"backend","projects":["inner"],"environment":"development"},` +
				`{"token":"*:development.frontend","type":"frontend","projects":["*"],"environment":"development"},` +
				`{"token":"*:*.admin","type":"admin","projects":["*"],"environment":"*"}]}`,
		},
		"validate nothing":  {call{path: "/edge/validate", body: `{"tokens":[]}`}, 200, `{"tokens":[]}`},
		"validate what":     {call{path: "/edge/validate", body: `{}`}, 400, "The `/body/tokens` property " + required},
		"validate too many": {call{path: "/edge/validate", body: `{"tokens":["x"` + strings.Repeat(`,"x"`, 1000) + `]}`}, 400, "must NOT have more than 1000 items"},
		"issue":             {call{path: "/edge/issue-token", body: `{}`}, 403, `"name":"InvalidOperationError"`},
		"observe":           {call{path: "/api/client/metrics/edge", token: backend, body: `{"identifier":"x","appName":"edge","traffic":{}}`}, 202, ""},
		"observe nobody":    {call{path: "/api/client/metrics/edge", token: backend, body: `{}`}, 400, "appName"},
		"license":           {call{path: "/api/client/edge-licensing/heartbeat", token: backend, body: `{}`}, 202, `{"edgeLicenseState":"Valid"}`},
		"custom metrics":    {call{path: "/api/client/metrics/custom", token: backend, body: `{"metrics":[{"name":"a","value":1}]}`}, 202, ""},
		"custom, broken":    {call{path: "/api/client/metrics/custom", token: backend, body: `{"metrics":[{"value":1}]}`}, 400, "The `/body/metrics/0/name` property " + required},
	} {
		c.call.method = "POST"
		got := h.call(t, c.call)
		if got.Code != c.status || !strings.Contains(got.Body.String(), c.want) {
			t.Errorf("%s: got status %d, want %d with %s: %s", name, got.Code, c.status, c.want, got.Body)
		}
	}
}
