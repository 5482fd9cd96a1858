package adminapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

const (
	askPath      = "/playground"
	askOftenPath = "/playground/advanced"
	previewPath  = "/playground/change-request/"
)

func playgroundScenarios() []scenario {
	const (
		off      = `"isEnabled":false,"isEnabledInCurrentEnvironment":false,"variant":{"name":"disabled","enabled":false,"feature_enabled":false,"payload":"(absent)"}`
		inEurope = `{"name":"checkout","projectId":"default",` + off + `,"hasUnsatisfiedDependency":false,"variants":[],"strategies":{"result":%[1]t,"data":[{"id":"` + europeans + `","name":"flexibleRollout",
			"disabled":false,"parameters":{"rollout":"100"},"constraints":[],"result":{"evaluationStatus":"complete","enabled":%[1]t},
			"segments":[{"id":1,"name":"europe","result":%[1]t,"constraints":[{"contextName":"country","operator":"IN","values":["DE"],"inverted":false,"caseInsensitive":false,"result":%[1]t}]}],
			"links":{"edit":"/projects/default/features/checkout/strategies/edit?environmentId=production&strategyId=` + europeans + `"}}]}}`
		anything = `{}`
	)
	ask := func(name, path, body string, status int, want string) scenario {
		return scenario{name: name, as: "nothing", method: "POST", path: path, body: body, status: status, want: want}
	}
	bad := func(path string) string { return `{"details":[{"path":"` + path + `"}]}` }
	return []scenario{
		ask(
			"ask the flags of a project", askPath, `{"environment":"development","projects":["default"],"context":{"appName":"shop","userId":7}}`, 200,
			`{"input":{"environment":"development","projects":["default"],"context":{"appName":"shop","userId":"7"}},"features":[
				{"name":"checkout","projectId":"default","isEnabled":true,"isEnabledInCurrentEnvironment":true,"hasUnsatisfiedDependency":false,
					"variant":{"name":"disabled","enabled":false,"feature_enabled":true},"variants":[],
					"strategies":{"result":true,"data":[
						{"id":"`+everyone+`","disabled":false,"result":{"evaluationStatus":"complete","enabled":true,"variant":"(absent)","variants":"(absent)"}},
						{"id":"`+sleeping+`","disabled":true,"result":{"evaluationStatus":"unevaluated","enabled":"unknown"}}]}},
				{"name":"child","hasUnsatisfiedDependency":true,`+off+`},
				{"name":"dormant","strategies":{"result":true,"data":[{"disabled":true}]},`+off+`},
				{"name":"legacy","variants":[{"name":"blue","weight":1000}],`+off+`},{"name":"parent"},{"name":"plain","strategies":{"result":true,"data":[]}}]}`,
		),
		ask("ask at no time", askPath, `{"environment":"development","context":{"appName":"shop","currentTime":"tomorrow"}}`, 400, bad("/body/context/currentTime")),
		ask("ask often at no time", askOftenPath, `{"environments":["development"],"context":{"appName":"shop","currentTime":"2026-02-30T00:00:00Z"}}`, 400, bad("/body/context/currentTime")),
		ask("ask at a time", askPath, `{"environment":"development","projects":["none"],"context":{"appName":"shop","currentTime":"2026-02-28T00:00:00+01:00"}}`, 200, `{"input":{"context":{"currentTime":"2026-02-28T00:00:00+01:00"}},"features":[]}`),
		ask(
			"ask with a property", askPath, `{"environment":"production","projects":["default","none"],"context":{"appName":"shop","properties":{"country":"DE"}}}`, 200,
			`{"features":[`+fmt.Sprintf(inEurope, true)+`,{"name":"child"},{"name":"dormant"},{"name":"legacy"},{"name":"parent"},{"name":"plain"}]}`,
		),
		ask(
			"a field beside the properties hides one of them", askPath, `{"environment":"production","projects":["default"],"context":{"appName":"shop","country":"NO","properties":{"country":"DE"}}}`, 200,
			`{"features":[`+fmt.Sprintf(inEurope, false)+`,{},{},{},{},{}]}`,
		),
		ask(
			"commas are no lists when there is one context", askPath, `{"environment":"production","projects":["default"],"context":{"appName":"shop","country":"DE,NO"}}`, 200,
			`{"features":[`+fmt.Sprintf(inEurope, false)+`,{},{},{},{},{}]}`,
		),
		ask(
			"ask all flags where there is no environment", askPath, `{"environment":"none","projects":"*","context":{"appName":"shop"}}`, 200,
			`{"input":{"projects":"*"},"features":[{"name":"checkout",`+off+`,"strategies":{"result":true,"data":[]}},{"name":"child"},{"name":"dormant"},{"name":"foreign"},{"name":"legacy"},
				{"name":"only"},{"name":"parent"},{"name":"plain"},{"name":"vault"}]}`,
		),
		ask("ask nothing", askPath, anything, 400, `{"details":[{"path":"/body/environment"},{"path":"/body/context"}]}`),
		ask("ask without an application", askPath, `{"environment":"development","context":{"appName":null}}`, 400, bad("/body/context/appName")),
		ask("ask for an application without a name", askPath, `{"environment":"development","context":{"appName":""}}`, 400, bad("/body/context/appName")),
		ask("ask for an odd user", askPath, `{"environment":"development","context":{"appName":"a","userId":{}}}`, 400, bad("/body/context/userId")),
		ask("ask with an odd property", askPath, `{"environment":"development","context":{"appName":"a","properties":{"x":[]}}}`, 400, bad("/body/context/properties/x")),
		ask("ask odd projects", askPath, `{"environment":"development","projects":{"a":1},"context":{"appName":"a"}}`, 400, bad("/body/projects")),
		ask("ask a project that is a name", askPath, `{"environment":"development","projects":"default","context":{"appName":"a"}}`, 400, bad("/body/projects")),

		ask(
			"ask every combination", askOftenPath,
			`{"environments":["production","development"],"projects":["default"],"context":{"appName":"shop","userId":"7, 8","bag":{"x":1},"age":5,"none":null,"properties":{"country":"DE,NO"}}}`, 200,
			`{"input":{"environments":["production","development"],"context":{"userId":"7, 8","age":5,"none":"(absent)"}},"warnings":{"invalidContextProperties":["age","bag"]},"features":[
				{"name":"checkout","projectId":"default","environments":{
					"production":[
						{"environment":"production","context":{"appName":"shop","country":"DE","userId":"7","age":"(absent)","properties":"(absent)"},"strategies":{"result":true}},
						{"context":{"country":"DE","userId":"8"},"strategies":{"result":true}},{"context":{"country":"NO","userId":"7"},"strategies":{"result":false}},
						{"context":{"country":"NO","userId":"8"},"strategies":{"result":false},`+off+`}],
					"development":[{"environment":"development","isEnabled":true},{"isEnabled":true},{"isEnabled":true},{"isEnabled":true}]}},
				{"name":"child"},{"name":"dormant"},{"name":"legacy"},{"name":"parent"},{"name":"plain"}]}`,
		),
		ask("ask no project", askOftenPath, `{"environments":["development"],"projects":[],"context":{"appName":"shop"}}`, 200, `{"features":[],"warnings":{"invalidContextProperties":[]}}`),
		ask("ask nowhere", askOftenPath, `{"environments":[],"context":{"appName":"a"}}`, 400, bad("/body/environments")),
		ask("ask everywhere", askOftenPath, `{"context":{"appName":"a"}}`, 400, bad("/body/environments")),
		ask("ask often without a context", askOftenPath, `{"environments":["development"]}`, 400, bad("/body/context")),
		ask("ask odd projects often", askOftenPath, `{"environments":["development"],"projects":7,"context":{"appName":"a"}}`, 400, bad("/body/projects")),
		ask(
			"ask as often as one may", askOftenPath, `{"environments":["development"],"projects":["full"],"context":{"appName":"a","x":"`+values(150)+`","y":"`+values(100)+`"}}`, 200,
			`{"features":[{"name":"only"}]}`,
		),
		ask(
			"ask too often", askOftenPath, `{"environments":["development","production"],"projects":["full"],"context":{"appName":"a","x":"`+values(150)+`","y":"`+values(100)+`"}}`, 400,
			`{"name":"BadDataError","message":"These would be more than 15000 answers: environments × flags × combinations of the context's values. With 2 environments and 1 flags, there can be 7500 combinations. Choose fewer environments, projects or values."}`,
		),
		ask(
			"ask far too often", askOftenPath, `{"environments":["development"],"projects":[],"context":{"appName":"`+strings.Repeat(",", 99_999)+`","a":"`+strings.Repeat(",", 99_999)+`","b":"`+strings.Repeat(",", 99_999)+`","c":"`+strings.Repeat(",", 99_999)+`"}}`, 400,
			`{"name":"BadDataError"}`,
		),
	}
}

// values returns so many values, separated by commas.
func values(n int) string { return strings.Repeat(",", n-1) }

// previewScenarios play after mustPropose.
func previewScenarios() []scenario {
	const someone = `{"context":{"appName":"shop","userId":"7,8"}}`
	preview := func(name, as, id, body string, status int, want string) scenario {
		return scenario{name: name, as: as, method: "POST", path: previewPath + id, body: body, status: status, want: want}
	}
	const (
		refused = `{"name":"BadDataError","message":"The change request is \"%s\", so it cannot be tried: that can be done while it is in review, and when it is approved or scheduled."}`
		missing = `{"name":"NotFoundError","message":"Could not find change request with id %s"}`
	)
	return []scenario{
		preview(
			"try a request in review", "nothing", "4", someone, 200,
			`{"input":{"environments":["production"],"projects":["guarded"],"context":{"appName":"shop","userId":"7,8"}},"warnings":{"invalidContextProperties":[]},"differs":[],
				"features":[{"name":"vault","projectId":"guarded","environments":{"production":[
					{"isEnabled":false,"context":{"userId":"7"},"strategies":{"result":true,"data":[{"title":"Everyone"},{"title":"Insiders","result":{"evaluationStatus":"complete","enabled":true}}]}},{"context":{"userId":"8"}}]}}],
				"before":[{"name":"vault","environments":{"production":[{"isEnabled":false,"strategies":{"data":[{"title":"Everyone"}]}},{}]}}]}`,
		),
		preview(
			"try an approved request", "member", "3", someone, 200,
			`{"features":[{"environments":{"production":[{"variants":[{"name":"blue"}]},{}]}}],"before":[{"environments":{"production":[{"variants":[]},{}]}}],"differs":[]}`,
		),
		preview("try one's draft", "admin", "6", someone, 400, fmt.Sprintf(refused, "Draft")),
		preview("try another's draft", "admin", "5", someone, 404, fmt.Sprintf(missing, "5")),
		preview("try an applied request", "nothing", "1", someone, 400, fmt.Sprintf(refused, "Applied")),
		preview("try a rejected request", "nothing", "2", someone, 400, fmt.Sprintf(refused, "Rejected")),
		preview("try no request", "nothing", "99", someone, 404, fmt.Sprintf(missing, "99")),
		preview("try a request that is no number", "nothing", "x", someone, 400, `{"details":[{"path":"/params/id"}]}`),
		preview("try a request without a context", "nothing", "4", `{}`, 400, `{"details":[{"path":"/body/context"}]}`),
		preview("try a request too often", "nothing", "4", `{"context":{"appName":"`+values(15_001)+`"}}`, 400, `{"name":"BadDataError"}`),
	}
}

// TestPreview tries a request that changes much, and applies it: the flags then answer as the preview showed,
// and trying has changed nothing.
func TestPreview(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(as, method, path, body string) []byte {
			t.Helper()
			got := w.call(t, as, method, path, body, nil)
			if got.status >= 300 {
				t.Fatalf("%s %s: got %d %s", method, path, got.status, got.body)
			}
			return got.body
		}
		for _, name := range []string{"bystander", "leaving", "steady"} {
			must("admin", "POST", "/projects/guarded/features", `{"name":"`+name+`"}`)
			must("admin", "POST", "/projects/guarded/features/"+name+"/environments/production/on", "")
		}
		const germans = `[{"contextName":"country","operator":"IN","values":["DE"]}]`
		must("nothing", "POST", proposalsPath, `[
			{"feature":"vault","action":"updateEnabled","payload":{"enabled":true}},
			{"feature":"vault","action":"addStrategy","payload":{"name":"default","title":"Germans","constraints":`+germans+`,"variants":[{"name":"blue","weight":1000,"payload":{"type":"string","value":"x"}}]}},
			{"feature":"bystander","action":"addDependency","payload":{"feature":"vault"}},
			{"feature":"steady","action":"addStrategy","payload":{"name":"default"}},
			{"feature":"leaving","action":"archiveFeature","payload":{}}]`)
		must("nothing", "PUT", requestsPath+"/1/state", `{"state":"In review"}`)

		before := w.mustDigest(t)
		const who = `{"appName":"shop","country":"DE,NO","userId":"7,8"}`
		preview := must("nothing", "POST", previewPath+"1", `{"context":`+who+`}`)
		const (
			off = `{"isEnabled":false,"variant":{"name":"disabled","feature_enabled":false}}`
			on  = `{"isEnabled":true}`
		)
		mustContain(t, preview, `{"differs":["bystander","leaving","vault"],
			"features":[{"name":"bystander","environments":{"production":[`+on+`,`+on+`,{"isEnabled":false,"hasUnsatisfiedDependency":true},`+off+`]}},
				{"name":"steady"},
				{"name":"vault","environments":{"production":[
					{"isEnabled":true,"variant":{"name":"blue","enabled":true,"payload":{"type":"string","value":"x"},"feature_enabled":true},"variants":[{"name":"blue"}],
						"strategies":{"data":[{"title":"Germans","constraints":[{"contextName":"country","result":true}],"result":{"variant":{"name":"blue","enabled":true},"variants":[{"name":"blue","weight":1000}]}}]}},
					`+on+`,{"isEnabled":false,"strategies":{"result":false,"data":[{"constraints":[{"result":false}],"result":{"enabled":false,"variant":"(absent)"}}]}},`+off+`]}}],
			"before":[{"name":"bystander"},{"name":"leaving"},{"name":"steady"},{"name":"vault","environments":{"production":[`+off+`,`+off+`,`+off+`,`+off+`]}}]}`)
		if w.mustDigest(t) != before {
			t.Error("trying a request has changed the state")
		}
		ask := func() any {
			t.Helper()
			return features(t, must("nothing", "POST", askOftenPath, `{"environments":["production"],"projects":["guarded"],"context":`+who+`}`), "features")
		}
		if diff := cmp.Diff(features(t, preview, "before"), ask()); diff != "" {
			t.Errorf("the preview shows what is otherwise than it is (-preview +now):\n%s", diff)
		}
		must("root", "PUT", requestsPath+"/1/state", `{"state":"Approved"}`)
		must("root", "PUT", requestsPath+"/1/state", `{"state":"Applied"}`)
		if diff := cmp.Diff(features(t, preview, "features"), ask()); diff != "" {
			t.Errorf("applied, the request is not what the preview showed (-preview +now):\n%s", diff)
		}
	})
}

// features returns a list of an answer.
func features(t testing.TB, body []byte, name string) any {
	t.Helper()
	return mustDecode(t, body).(map[string]any)[name]
}

// TestPreviewByChance tries a request that has nothing to do with a flag that chance decides: it answers as before
// to the same asker.
func TestPreviewByChance(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	half := flag.Strategy{
		ID: "0195a000-0000-7000-8000-0000000000cc", Name: "flexibleRollout", Parameters: map[string]string{"rollout": "50", "stickiness": "random"},
		Variants: []flag.Variant{{Name: "a", Weight: 500, Stickiness: "random"}, {Name: "b", Weight: 500, Stickiness: "random"}},
	}
	w.mustHappen(t, state.Event{Scope: state.Scope{Project: "guarded", Feature: "dice"}, Payload: state.FeatureCreated{Flag: flag.Flag{
		Name: "dice", Project: "guarded", Type: "release", Environments: []flag.FlagEnvironment{{Environment: "development"}, {Environment: "production", Enabled: true, Strategies: []flag.Strategy{half}}},
	}}})
	w.call(t, "nothing", "POST", proposalsPath, `{"feature":"vault","action":"updateEnabled","payload":{"enabled":true}}`, nil)
	w.call(t, "nothing", "PUT", requestsPath+"/1/state", `{"state":"In review"}`, nil)
	got := w.call(t, "nothing", "POST", previewPath+"1", `{"context":{"appName":"`+values(200)+`"}}`, nil)
	var answer struct {
		Differs  []string
		Features []struct {
			Name         string
			Environments map[string][]struct{ IsEnabled bool }
		}
	}
	if err := json.Unmarshal(got.body, &answer); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"vault"}, answer.Differs); diff != "" {
		t.Errorf("differing (-want +got):\n%s", diff)
	}
	on := 0
	for _, one := range answer.Features[0].Environments["production"] {
		if one.IsEnabled {
			on++
		}
	}
	if on == 0 || on == 200 {
		t.Errorf("got %s on for %d of 200, want that chance decides for each", answer.Features[0].Name, on)
	}
}

// TestPrivateProjectInPlayground holds that flags of a private project, and requests in it, are asked by those who
// may know of them.
func TestPrivateProjectInPlayground(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		w.mustHappen(t,
			state.Event{Scope: state.Scope{Project: "hush", Environment: "production"}, Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}}},
			state.Event{Scope: state.Scope{Project: "guarded", Environment: "production", Feature: "vault"}, Payload: state.FeatureStrategyAdded{
				Strategy: flag.Strategy{ID: "0195a000-0000-7000-8000-0000000000dd", Name: "default", Segments: []flag.SegmentID{1}},
			}},
		)
		must := func(as, method, path, body string) {
			t.Helper()
			if got := w.call(t, as, method, path, body, nil); got.status >= 300 {
				t.Fatalf("%s %s: got %d %s", method, path, got.status, got.body)
			}
		}
		// The first is closed, the second is in review, the third changes a segment that flags of both projects use.
		for id, state := range []string{"Cancelled", "In review"} {
			must("admin", "POST", "/projects/hush/environments/production/change-requests", `{"feature":"hush-flag","action":"updateEnabled","payload":{"enabled":true}}`)
			must("admin", "PUT", fmt.Sprintf("/projects/hush/change-requests/%d/state", id+1), `{"state":"In review"}`)
			if state != "In review" {
				must("admin", "PUT", fmt.Sprintf("/projects/hush/change-requests/%d/state", id+1), `{"state":"`+state+`"}`)
			}
		}
		must("admin", "POST", proposalsPath, `{"action":"updateSegment","payload":{"id":1,"name":"europe","constraints":[]}}`)
		must("admin", "PUT", requestsPath+"/3/state", `{"state":"In review"}`)

		for as, sees := range map[string]bool{"admin": true, "root": true, "editor": true, "mark": true, "nothing": false} {
			for _, projects := range []string{"", `"projects":"*",`, `"projects":["hush","default"],`} {
				for path, body := range map[string]string{
					askPath:      `{"environment":"development",` + projects + `"context":{"appName":"shop"}}`,
					askOftenPath: `{"environments":["development"],` + projects + `"context":{"appName":"shop"}}`,
				} {
					got := w.call(t, as, http.MethodPost, path, body, nil)
					told := bytes.Contains(got.body, []byte(`"hush-flag"`))
					if got.status != http.StatusOK || told != sees || !bytes.Contains(got.body, []byte(`"checkout"`)) {
						t.Errorf("%s %s as %s: got %d %s, want that it tells of the private project: %t", path, body, as, got.status, got.body, sees)
					}
				}
			}
			for id, status := range map[string]int{"1": http.StatusBadRequest, "2": http.StatusOK} {
				got := w.call(t, as, http.MethodPost, previewPath+id, `{"context":{"appName":"shop"}}`, nil)
				if !sees {
					status = http.StatusNotFound
				}
				if got.status != status {
					t.Errorf("request %s as %s: got %d %s, want %d", id, as, got.status, got.body, status)
				}
			}
			got := w.call(t, as, http.MethodGet, requestsPath+"/3", "", nil)
			impact, err := json.Marshal(features(t, got.body, "impact"))
			if err != nil {
				t.Fatal(err)
			}
			if told := bytes.Contains(impact, []byte("hush")); told != sees || !bytes.Contains(impact, []byte("checkout")) {
				t.Errorf("as %s: got the impact %s, want that it tells of the private project: %t", as, impact, sees)
			}
		}
	})
}

// TestImpact reads what requests do to who gets flags, open and closed.
func TestImpact(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	w.mustPropose(t)
	for path, want := range map[string]string{
		appliedRequest: `{"impact":"(absent)"}`,
		reviewedRequest: `{"impact":[{"feature":"vault","environment":"production","enabledBefore":false,"enabledAfter":false,"strategies":[
			{"id":"(present)","name":"default","title":"Everyone","shareBefore":0,"shareAfter":0,"narrowedBy":[],"how":"same"},
			{"id":"(present)","name":"default","title":"Insiders","shareBefore":null,"shareAfter":0,"narrowedBy":[],"how":"added"}]}]}`,
	} {
		mustContain(t, w.call(t, "admin", http.MethodGet, path, "", nil).body, want)
	}
	mine := `{"impact":[{"feature":"vault","enabledBefore":false,"enabledAfter":true,"strategies":[{"title":"Everyone","shareBefore":0,"shareAfter":100,"how":"changed"}]}]}`
	mustContain(t, w.call(t, "member", http.MethodGet, otherDraft, "", nil).body, mine)
}
