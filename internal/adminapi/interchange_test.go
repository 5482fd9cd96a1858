package adminapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/interchange"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// document is an export with a part of everything.
const document = `{
	"features":[{"name":"fresh","type":"experiment","description":"New","project":"elsewhere","stale":true,"impressionData":true,"archived":false,"createdAt":null},{"name":"gone","archived":true}],
	"featureStrategies":[
		{"id":"x","featureName":"fresh","name":"flexibleRollout","title":"Half","sortOrder":1,"parameters":{"rollout":50},"segments":[77],"variants":[{"name":"a","weight":1000,"weightType":"variable","stickiness":"default"}]},
		{"featureName":"fresh","name":"default","sortOrder":0,"title":null,"constraints":[{"contextName":"level","operator":"IN","values":["gold"]}]},
		{"featureName":"not-here","name":"default"}],
	"featureEnvironments":[{"name":"fresh","featureName":"fresh","environment":"live","enabled":true,"variants":[{"name":"blue","weight":1000,"weightType":"variable","stickiness":"default","overrides":[{"contextName":"userId","values":["1"]}]}]}],
	"contextFields":[{"name":"level","description":"What they pay","stickiness":true,"sortOrder":5,"legalValues":[{"value":"gold"}]},{"name":"country","legalValues":[{"value":"DE"}]}],
	"featureTags":[{"featureName":"fresh","tagType":"team","tagValue":"aa"}],
	"segments":[{"id":77,"name":"europe"}],
	"tagTypes":[{"name":"team","description":"Who","icon":null}],
	"dependencies":[{"feature":"fresh","dependencies":[{"feature":"parent"}]}],
	"links":[{"feature":"fresh","links":[{"id":"y","url":"https://example.com/fresh","title":"Page"}]}],
	"unknown":1
}`

func importBody(project, env, data string) string {
	return fmt.Sprintf(`{"project":%q,"environment":%q,"data":%s}`, project, env, data)
}

func interchangeScenarios() []scenario {
	const (
		into   = "/features-batch/import"
		check  = "/features-batch/validate"
		export = "/features-batch/export"
		fresh  = "/projects/default/features/fresh"
		bare   = `{"features":[{"name":"fresh"}],"featureStrategies":[],"tagTypes":[]}`
		again  = `{"features":[{"name":"checkout","description":"Other"}],"featureStrategies":[],"tagTypes":[]}`
	)
	with := func(features, strategies, more string) string {
		return importBody("default", "development", fmt.Sprintf(`{"features":[%s],"featureStrategies":[%s],"tagTypes":[]%s}`, features, strategies, more))
	}
	on := `{"environment":"development","features":["checkout"]}`
	return []scenario{
		{
			name: "export flags by name", method: "POST", path: export, body: on, status: 200,
			want: `{"features":[{"name":"checkout","description":"The new checkout","type":"release","project":"default","stale":false,"impressionData":false,"archived":false}],
				"featureStrategies":[{"id":"` + everyone + `","name":"flexibleRollout","featureName":"checkout","title":null,"disabled":false,"sortOrder":0,"constraints":[],"variants":[],"segments":[]},{"id":"` + sleeping + `"}],
				"featureEnvironments":[{"name":"checkout","featureName":"checkout","environment":"development","enabled":true,"variants":[]}],
				"contextFields":[],"featureTags":[{"featureName":"checkout","tagType":"simple","tagValue":"shop"}],"segments":[],"tagTypes":[{"name":"simple","icon":null,"color":"#FFFFFF"}],
				"dependencies":[],"links":[{"feature":"checkout","links":[{"id":"` + linkID + `","url":"https://wiki.example.com/checkout","title":null}]}]}`,
		},
		{name: "export another environment", method: "POST", path: export, body: `{"environment":"production","features":["checkout"],"downloadFile":true}`, status: 200, want: `{"featureStrategies":[{"segments":[1]}],"segments":[{"id":1,"name":"europe"}]}`},
		{name: "export flags by tag", method: "POST", path: export, body: `{"environment":"development","tag":"shop"}`, status: 200, want: `{"features":[{"name":"checkout"}]}`},
		{name: "export a project", method: "POST", path: export, body: `{"environment":"development","project":"other"}`, status: 200, want: `{"features":[{"name":"foreign"}]}`},
		{name: "export what depends", method: "POST", path: export, body: `{"environment":"development","features":["child"]}`, status: 200, want: `{"dependencies":[{"feature":"child","dependencies":[{"feature":"parent","enabled":true}]}]}`},
		{name: "export archived flags", method: "POST", path: export, body: `{"environment":"development","features":["old"]}`, status: 200, want: `{"features":[]}`},
		{name: "export no environment", method: "POST", path: export, body: `{"environment":"none"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "export no project", method: "POST", path: export, body: `{"environment":"development","project":"none"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "export without an environment", method: "POST", path: export, body: `{}`, status: 400, want: `{"details":[{"path":"/body/environment"}]}`},

		{
			name: "check an import", method: "POST", path: check, body: importBody("default", "development", document), status: 200,
			want: `{"errors":[],"permissions":[],"warnings":[
				{"message":"These flags do not exist yet and will be created:","affectedItems":["fresh"]},
				{"message":"These context fields do not exist yet and will be created:","affectedItems":["level"]},
				{"message":"These tag types do not exist yet and will be created:","affectedItems":["team"]}]}`,
		},
		{name: "check an import without permissions", as: "nothing", method: "POST", path: check, body: importBody("default", "development", bare), status: 200, want: `{"errors":[],"permissions":[{"affectedItems":["CREATE_FEATURE"]}]}`},
		{name: "check an import into no project", method: "POST", path: check, body: importBody("none", "development", bare), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "check an import of nothing", method: "POST", path: check, body: `{"project":"default","environment":"development"}`, status: 400, want: `{"details":[{"path":"/body/data"}]}`},
		{
			name: "check an import in which much is wrong", method: "POST", path: check, status: 200,
			body: with(
				`{"name":"a"},{"name":"a"},{"name":"foreign"},{"name":"b b"},{"name":"old"},{"name":"plain"},{"name":"c","type":"strange"},{"name":"d"},{"name":"e"},{"name":"f"}`,
				`{"featureName":"a","name":"absent"},{"featureName":"d","name":"flexibleRollout","parameters":{"rollout":"200"}},{"featureName":"e","name":"default","segments":[5,6,7]},{"featureName":"f","name":"default","disabled":true}`,
				`,"segments":[{"id":5,"name":"others"},{"id":6,"name":"insiders"}],"contextFields":[{"name":"country","legalValues":[{"value":"XX"}]},{"name":"a/b"}],
				"featureTags":[{"featureName":"a","tagType":"none","tagValue":"v"}],"links":[{"feature":"a","links":[{"url":"javascript:alert(1)"}]}],
				"dependencies":[{"feature":"a","dependencies":[{"feature":"child"}]}],
				"featureEnvironments":[{"featureName":"f","enabled":true,"variants":[{"name":"","weight":1}]}]`),
			want: `{"permissions":[],"errors":[
				{"message":"These flags are in the import more than once:","affectedItems":["a"]},
				{"affectedItems":["foreign (in project other)"]},
				{"message":"These flags cannot have the names that they have:"},
				{"affectedItems":["c (strange)"]},
				{"affectedItems":["others"]},
				{"affectedItems":["absent"]},
				{"message":"These strategies are not in order:"},
				{"message":"The variants of these flags are not in order:"},
				{"message":"These tags are not in order:"},
				{"message":"These links are not in order:"},
				{"message":"These flags cannot depend on what they depend on in the import:"},
				{"message":"These context fields are not in order:"},
				{"affectedItems":["country"]}],
				"warnings":[{"affectedItems":["a","d","e","f"]},{"message":"These flags exist and will be overwritten:","affectedItems":["plain"]},{"affectedItems":["old"]},{"affectedItems":["f"]}]}`,
		},
		{name: "check an import for which there is no room", method: "POST", path: check, body: importBody("full", "development", bare), status: 200, want: `{"errors":[{"affectedItems":["fresh"]}]}`},
		{name: "check an import against the pattern of names", method: "POST", path: check, body: importBody("named", "development", bare), status: 200, want: `{"errors":[{"message":"These flags cannot have the names that they have:"}]}`},

		{name: "import nothing", method: "POST", path: into, body: importBody("default", "development", `{"features":[],"featureStrategies":[],"tagTypes":[]}`), status: 200},
		{name: "import without data", method: "POST", path: into, body: `{"project":"default","environment":"development"}`, status: 400, want: `{"details":[{"path":"/body/data"}]}`},
		{name: "import into no project", method: "POST", path: into, body: importBody("none", "development", bare), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "import into no environment", method: "POST", path: into, body: importBody("small", "production", bare), status: 404, want: `{"name":"NotFoundError"}`},
		{name: "import what is not in order", method: "POST", path: into, body: with(`{"name":"plain"},{"name":"foreign"}`, `{"featureName":"plain","name":"flexibleRollout","parameters":{"rollout":"200"}}`, ``), status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/data/features"},{"path":"/body/data/featureStrategies"}]}`},
		{name: "import nothing without permissions", as: "nothing", method: "POST", path: into, body: importBody("default", "development", `{"features":[],"featureStrategies":[],"tagTypes":[]}`), status: 403, want: `{"name":"PermissionError","permissions":["UPDATE_FEATURE"]}`},
		{name: "check an import of nothing without permissions", as: "nothing", method: "POST", path: check, body: importBody("default", "development", `{"features":[],"featureStrategies":[],"tagTypes":[]}`), status: 200, want: `{"errors":[],"permissions":[{"affectedItems":["UPDATE_FEATURE"]}]}`},
		{name: "import without permissions", as: "nothing", method: "POST", path: into, body: importBody("default", "development", document), status: 403, want: `{"name":"PermissionError","permissions":["CREATE_CONTEXT_FIELD","CREATE_FEATURE","CREATE_FEATURE_STRATEGY","CREATE_TAG_TYPE","UPDATE_FEATURE_DEPENDENCY","UPDATE_FEATURE_ENVIRONMENT","UPDATE_FEATURE_ENVIRONMENT_VARIANTS"]}`},
		{
			name: "import a flag", method: "POST", path: into, body: importBody("default", "development", document), status: 200,
			events: []string{
				"features-imported default/development", "context-field-created", "tag-type-created", "feature-created default//fresh", "feature-stale-on default//fresh", "tag-created", "feature-tagged default//fresh",
				"feature-link-added default//fresh", "feature-strategy-add default/development/fresh", "feature-strategy-add default/development/fresh",
				"feature-environment-variants-updated default/development/fresh", "feature-environment-enabled default/development/fresh", "feature-dependency-added default//fresh",
			},
			then: map[string]string{
				fresh + "?variantEnvironments=true": `{"type":"experiment","description":"New","stale":true,"impressionData":true,"dependencies":[{"feature":"parent","enabled":true}],"links":[{"url":"https://example.com/fresh","title":"Page"}]}`,
				fresh + "/environments/development": `{"enabled":true,"strategies":[{"name":"default","constraints":[{"contextName":"level"}]},{"name":"flexibleRollout","title":"Half","parameters":{"rollout":"50","stickiness":"default","groupId":"fresh"},"segments":[1]}]}`,
				fresh + "/environments/production":  `{"enabled":false,"strategies":[]}`,
				"/context/level":                    `{"description":"What they pay","stickiness":true,"legalValues":[{"value":"gold"}]}`,
			},
		},
		{name: "import over a flag", method: "POST", path: into, body: importBody("default", "development", again), status: 200, events: []string{"features-imported default/development", "feature-metadata-updated default//checkout"}, then: map[string]string{checkoutPath: `{"description":"Other","links":[{"id":"` + linkID + `"}]}`}},
		{
			name: "import over a flag that has other strategies", method: "POST", path: into, status: 200,
			body: with(`{"name":"checkout","description":"The new checkout"}`, `{"featureName":"checkout","name":"default"}`, `,"featureTags":[],"links":[],"featureEnvironments":[{"featureName":"checkout","enabled":true}]`),
			events: []string{
				"features-imported default/development", "feature-untagged default//checkout", "feature-link-removed default//checkout", "feature-strategy-add default/development/checkout",
				"feature-strategy-remove default/development/checkout", "feature-strategy-remove default/development/checkout",
			},
			then: map[string]string{checkoutPath + "/environments/development": `{"enabled":true,"strategies":[{"name":"default"}]}`},
		},
		{
			name: "import a flag that is on without a strategy", method: "POST", path: into, status: 200,
			body:   with(`{"name":"fresh"}`, ``, `,"featureEnvironments":[{"name":"fresh","enabled":true}]`),
			events: []string{"features-imported default/development", "feature-created default//fresh", "feature-strategy-add default/development/fresh", "feature-environment-enabled default/development/fresh"},
		},
	}
}

// TestImportAgain exports all flags of a project, and imports them where they are, which changes nothing, and
// into another instance, which then exports the same.
func TestImportAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		export := func(w *world, env string) string {
			got := w.call(t, "admin", "POST", "/features-batch/export", fmt.Sprintf(`{"environment":%q,"project":"default"}`, env), nil)
			if got.status != 200 {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			return string(got.body)
		}
		other := newSQLiteWorld(t)
		if got := other.call(t, "admin", "POST", "/projects/default/archive", `{"features":["checkout","plain","dormant","child","parent","legacy"]}`, nil); got.status != 202 {
			t.Fatalf("archive: got %d %s", got.status, got.body)
		}
		if got := other.call(t, "admin", "POST", "/projects/default/delete", `{"features":["checkout","plain","dormant","child","parent","legacy"]}`, nil); got.status != 200 {
			t.Fatalf("delete: got %d %s", got.status, got.body)
		}
		for _, env := range []string{"development", "production"} {
			exported := export(w, env)
			for name, into := range map[string]*world{"itself": w, "another instance": other} {
				before := into.mustDigest(t)
				got := into.call(t, "admin", "POST", "/features-batch/import", importBody("default", env, exported), nil)
				if got.status != 200 {
					t.Fatalf("import into %s: got %d %s", name, got.status, got.body)
				}
				if same := into.mustDigest(t) == before; same != (into == w) {
					t.Errorf("import into %s: got that nothing has changed: %t; events %v", name, same, into.written)
				}
			}
			if diff := cmp.Diff(withoutIDs(t, exported), withoutIDs(t, export(other, env))); diff != "" {
				t.Errorf("the other instance exports %s differently (-exported +there):\n%s", env, diff)
			}
		}
	})
}

// withoutIDs returns an export without the ids that each instance gives by itself.
func withoutIDs(t *testing.T, body string) map[string]any {
	t.Helper()
	doc := mustDecode(t, []byte(body)).(map[string]any)
	for _, s := range doc["featureStrategies"].([]any) {
		delete(s.(map[string]any), "id")
	}
	for _, l := range doc["links"].([]any) {
		for _, link := range l.(map[string]any)["links"].([]any) {
			delete(link.(map[string]any), "id")
		}
	}
	return doc
}

// TestImportOfTheLongest holds that whatever can be written can be exported and imported again, also where it is as long as it may be.
func TestImportOfTheLongest(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	long := func(n int) string { return strings.Repeat("ø", n) }
	const (
		flags       = "/projects/default/features"
		development = "/environments/development"
	)
	constraint := fmt.Sprintf(`{"contextName":%q,"operator":"IN","values":[%q]}`, long(255), long(100))
	for _, one := range []struct{ path, body string }{
		{"/context", fmt.Sprintf(`{"name":"plan","description":%q,"legalValues":[{"value":%q,"description":%q}]}`, long(250), long(100), long(100))},
		{"/segments", fmt.Sprintf(`{"name":%q,"constraints":[%s]}`, long(255), constraint)},
		{"/tag-types", fmt.Sprintf(`{"name":"owner","description":%q}`, long(10_000))},
		{flags, fmt.Sprintf(`{"name":"longest","description":%q,"tags":[{"type":"owner","value":%q}]}`, long(10_000), long(50))},
		{flags + "/longest" + development + "/strategies", fmt.Sprintf(`{"name":"default","title":%q,"segments":[5],"constraints":[%s,{"contextName":"plan","operator":"IN","values":[%q]}]}`,
			long(10_000), constraint, long(100))},
		{flags + "/longest" + development + "/strategies", fmt.Sprintf(`{"name":"flexibleRollout","parameters":{"rollout":"50","stickiness":"userId","groupId":%q},"variants":[{"name":%q,"weight":1000,"weightType":"variable","stickiness":"userId","payload":{"type":"string","value":%q}}]}`,
			long(200_000), strings.Repeat("v", 100), long(100_000))},
		{flags + "/longest/link", fmt.Sprintf(`{"url":"https://example.com/%s","title":%q}`, strings.Repeat("u", 9_000), long(10_000))},
	} {
		if got := w.call(t, "admin", "POST", one.path, one.body, nil); got.status >= 300 {
			t.Fatalf("%s: got %d %.500s", one.path, got.status, got.body)
		}
	}
	exported := w.call(t, "admin", "POST", "/features-batch/export", `{"environment":"development","features":["longest"]}`, nil)
	again := strings.ReplaceAll(string(exported.body), `"longest"`, `"again"`)
	if got := w.call(t, "admin", "POST", "/features-batch/import", importBody("default", "development", again), nil); got.status != 200 {
		t.Fatalf("got %d %.500s", got.status, got.body)
	}
	copied := w.call(t, "admin", "POST", "/features-batch/export", `{"environment":"development","features":["again"]}`, nil)
	if got, want := len(copied.body), len(again); got < want-200 || got > want+200 {
		t.Errorf("got an export of %d bytes, want about %d", got, want)
	}
}

// TestConformance36 imports into a protected environment: flags are created, and what acts there is put into a
// draft of the caller, whatever they may (docs/import-export.md).
func TestConformance36(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		body := importBody("shop", "production", `{"features":[{"name":"fresh"},{"name":"web","description":"changed"}],
			"featureStrategies":[{"featureName":"fresh","name":"default"},{"featureName":"web","name":"default"}],"tagTypes":[],
			"featureEnvironments":[{"featureName":"fresh","enabled":true},{"featureName":"web","enabled":true}]}`)
		const into = "/features-batch/import"
		before := c.served
		found := c.must(t, "ada", "POST", "/features-batch/validate", body, 200, `{"errors":[],"permissions":[]}`)
		if !strings.Contains(string(found.body), "as your draft") {
			t.Errorf("got %s, want a warning about a draft", found.body)
		}
		drafted := c.must(t, "ada", "POST", into, body, 202, `{"state":"Draft","project":"shop","environment":"production"}`)
		if c.served > before+1 {
			t.Errorf("production has moved %d times, want once: by the flag that is off", c.served-before)
		}
		c.must(t, "ada", "GET", shopPath+"/features/fresh/environments/production", "", 200, `{"enabled":false,"strategies":[]}`)
		c.must(t, "ada", "GET", shopPath+"/features/web", "", 200, `{"description":"changed"}`)

		request := crPath + "/" + fmt.Sprint(idOf(t, drafted))
		refused := c.must(t, "ada", "POST", into, body, 400, `{"details":[{"path":"/body/environment"}]}`)
		if !strings.Contains(string(refused.body), fmt.Sprintf("change request %d", idOf(t, drafted))) {
			t.Errorf("got %s, want that it names the pending request", refused.body)
		}
		c.must(t, "ada", "PUT", request+"/state", `{"state":"In review"}`, 200)
		c.must(t, "bo", "PUT", request+"/state", `{"state":"Approved"}`, 200)
		c.must(t, "di", "PUT", request+"/state", `{"state":"Applied"}`, 200)
		for _, name := range []string{"fresh", "web"} {
			c.must(t, "ada", "GET", shopPath+"/features/"+name+"/environments/production", "", 200, `{"enabled":true,"strategies":[{"name":"default"}]}`)
		}
		c.must(t, "ada", "POST", into, body, 200) // it is as in the import now

		others := strings.ReplaceAll(body, `"default"`, `"flexibleRollout"`)
		c.must(t, "viv", "POST", into, others, 202, `{"state":"Draft"}`) // everyone may propose in an open project
		c.must(t, "root", "POST", into, others, 202, `{"state":"Draft"}`)
		c.mustWith(t, map[string]string{"Quorate-Change-Request": "submit"}, "olu", "POST", into, others, 202, `{"state":"In review"}`)

		// Only the first one wrote anything but a request, and the event log says that it was an import, with what it did.
		c.must(t, "ada", "GET", "/search/events?type=IS:features-imported", "", 200, `{"total":1,"events":[{"project":"shop","environment":"production","data":{"features":["fresh","web"]}}]}`)
	})
}

// TestInterchangeHidesProjects holds that neither an export nor an import tells of a private project.
func TestInterchangeHidesProjects(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	w.mustHide(t)
	for _, test := range []struct{ path, body, want string }{
		{"export", `{"environment":"development","project":"hush"}`, `{"name":"NotFoundError","message":"Could not find project with id=hush"}`},
		{"export", `{"environment":"development","features":["hush-flag"]}`, `{"features":[]}`},
		{"validate", importBody("hush", "development", `{"features":[],"featureStrategies":[],"tagTypes":[]}`), `{"name":"NotFoundError","message":"Could not find project with id=hush"}`},
		{"import", importBody("hush", "development", `{"features":[],"featureStrategies":[],"tagTypes":[]}`), `{"name":"NotFoundError","message":"Could not find project with id=hush"}`},
		{"validate", importBody("default", "development", `{"features":[{"name":"hush-flag"}],"featureStrategies":[],"tagTypes":[]}`), `{"errors":[{"affectedItems":["hush-flag"]}]}`},
	} {
		mustContain(t, w.call(t, "nothing", "POST", "/features-batch/"+test.path, test.body, nil).body, test.want)
	}
}

// FuzzImport imports anything. Nothing breaks, and what the check calls good is what can be imported.
func FuzzImport(f *testing.F) {
	f.Add(document)
	f.Add(`{"features":[{"name":"a"},{"name":"a"}],"featureStrategies":[{"featureName":"a","name":"default","segments":[1]}],"tagTypes":[]}`)
	f.Add(`{"features":[{"name":"plain"}],"featureStrategies":null,"tagTypes":[{"name":""}],"dependencies":[{"feature":"plain","dependencies":[{"feature":"plain"}]}]}`)
	w := newWorld(f, storetest.Open(f, storetest.SQLite(f)))
	w.store = func(engine.Change) error { return fault.New(fault.Conflict, "Nothing is stored here.") }
	f.Fuzz(func(t *testing.T, data string) {
		if !json.Valid([]byte(data)) {
			t.Skip()
		}
		if doc, err := interchange.Parse([]byte(data)); err == nil {
			interchange.Read(doc, "default", "development")
		}
		body := `{"project":"default","environment":"development","data":` + data + `}`
		checked := w.call(t, "admin", "POST", "/features-batch/validate", body, nil)
		if checked.status != 200 && checked.status != 400 {
			t.Fatalf("check: got %d %s", checked.status, checked.body)
		}
		good := checked.status == 200 && bytes.Contains(checked.body, []byte(`"errors":[],`))
		imported := w.call(t, "admin", "POST", "/features-batch/import", body, nil)
		if took := imported.status == 200 || imported.status == 409; took != good {
			t.Errorf("the check says that it can be imported: %t (%s); got %d %s", good, checked.body, imported.status, imported.body)
		}
	})
}
