package interchange_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/interchange"
)

// recorded answers as a server does, from what it is known to answer, and keeps what it is asked to write.
type recorded struct {
	answers map[string]string // by method and path
	// archived are answers, by path, to what names the archived flag gone.
	archived map[string]string
	// bad is what no import may contain; empty for anything.
	bad      string
	written  []string
	pageless bool // whether it answers with the same page, wherever that begins
}

func (r *recorded) Call(_ context.Context, method string, path []string, query url.Values, body any) (json.RawMessage, error) {
	what := method + " " + strings.Join(path, "/")
	if path[0] == "search" { // by project and whether they are archived, on one page
		what += "?" + query.Get("project") + "&" + query.Get("archived")
		if query.Get("offset") != "0" && !r.pageless {
			return json.RawMessage(`{"features":[]}`), nil
		}
	}
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r.written = append(r.written, what+" "+string(data))
	}
	answer, known := r.answers[what]
	if archived, asked := r.archived[strings.Join(path, "/")]; asked && strings.Contains(r.written[len(r.written)-1], "gone") {
		answer = archived
	}
	switch {
	case !known && method == "GET":
		return nil, fault.New(fault.NotFound, "The path you were looking for (/api/admin/%s) is not available.", strings.Join(path, "/"))
	case answer == "refused":
		return nil, fault.New(fault.Permission, "No.")
	case r.bad != "" && what == "POST features-batch/import" && strings.Contains(r.written[len(r.written)-1], r.bad):
		return nil, fault.New(fault.BadData, "Bad.")
	}
	return json.RawMessage(answer), nil
}

// unleash is an open-source server with a flag. Its answers have the properties that Unleash's document names.
func unleash() *recorded {
	archived := map[string]string{"features-batch/export": `{"features":[{"name":"gone","type":"release","project":"default","stale":false,"impressionData":false,"archived":true,"description":null}],"featureStrategies":[{"name":"ring","id":"2","featureName":"gone","parameters":{"ring":"3"},"segments":[],"title":null}],"featureEnvironments":[{"name":"gone","featureName":"gone","environment":"development","enabled":true,"variants":[]}],"contextFields":[],"featureTags":[],"segments":[],"tagTypes":[],"dependencies":[],"links":[]}`}
	return &recorded{archived: archived, answers: map[string]string{
		"GET environments": `{"version":1,"environments":[{"name":"development","type":"development","sortOrder":2,"enabled":true,"protected":false,"requiredApprovals":null},{"name":"production","type":"production","sortOrder":3,"enabled":false,"protected":true}]}`,
		"GET tag-types":    `{"version":1,"tagTypes":[{"name":"simple","description":"x","icon":"#","color":null},{"name":"team","description":"Who","icon":null}]}`,
		"GET context":      `[{"name":"plan","description":null,"stickiness":true,"sortOrder":10,"legalValues":[{"value":"gold"},{"value":"free","description":"Nothing"}],"createdAt":"2026-01-01T00:00:00.000Z","usedInProjects":0,"usedInFeatures":0}]`,
		"GET strategies":   `{"version":1,"strategies":[{"displayName":"Ring","name":"ring","editable":true,"description":null,"parameters":[{"name":"ring","type":"number","description":"","required":true}],"deprecated":false,"title":null}]}`,
		"GET projects":     `{"version":1,"projects":[{"name":"Default","id":"default","description":null,"archivedAt":null,"mode":"open"},{"name":"Old","id":"old","archivedAt":"2026-01-01T00:00:00.000Z"}]}`,
		"GET projects/default/overview": `{"version":1,"name":"Default","description":null,"mode":"open","featureLimit":5,"featureNaming":{"pattern":null,"example":null,"description":null},"linkTemplates":[],"defaultStickiness":"userId","health":100,
			"environments":[{"environment":"development"}],"onboardingStatus":{"status":"onboarded"}}`,
		"GET segments":                           `{"segments":[{"id":9,"name":"payers","description":null,"project":null,"constraints":[{"values":["gold"],"inverted":false,"operator":"IN","contextName":"plan","caseInsensitive":false}],"createdBy":"x","createdAt":"2026-01-01T00:00:00.000Z","usedInProjects":1,"usedInFeatures":1}]}`,
		"GET projects/default/features":          `{"version":2,"features":[{"name":"checkout","type":"release","environments":[]}]}`,
		"POST features-batch/export":             `{"features":[{"name":"checkout","type":"release","project":"default","stale":false,"impressionData":false,"archived":false,"description":null}],"featureStrategies":[{"name":"ring","id":"1","featureName":"checkout","parameters":{"ring":"3"},"segments":[9],"title":null}],"featureEnvironments":[{"name":"checkout","featureName":"checkout","environment":"development","enabled":true,"variants":[]}],"contextFields":[],"featureTags":[],"segments":[{"id":9,"name":"payers"}],"tagTypes":[],"dependencies":[],"links":[]}`,
		"GET search/features?IS:default&IS:true": `{"total":3,"features":[{"name":"gone","archivedAt":"2026-01-01T00:00:00.000Z"},{"name":"known"},{"name":"retired"}]}`,
		"GET user-admin": `{"users":[{"accountType":"User","id":1,"username":"admin","rootRole":1,"inviteLink":""},{"accountType":"User","id":2,"name":"Ada","email":"Ada@example.com","rootRole":2},{"accountType":"User","id":3,"username":"eve","rootRole":77}],
			"rootRoles":[{"id":1,"name":"Admin","type":"root"},{"id":2,"name":"Editor","type":"root"}]}`,
		"GET environments/project/default": `{"version":1,"environments":[{"name":"development","type":"development","enabled":true,"protected":false,"sortOrder":1,"defaultStrategy":{"name":"flexibleRollout","title":"","disabled":false,"parameters":{"rollout":"10"},"segments":[9]}}]}`,
		"GET api-tokens": `{"tokens":[{"secret":"default:development.abc","tokenName":"sdk","type":"client","project":"default","projects":["default"],"environment":"development","expiresAt":null,"createdAt":"2026-01-01T00:00:00.000Z","alias":null,"seenAt":null},
			{"secret":null,"tokenName":"hidden","type":"frontend","projects":["*"],"environment":"development","createdAt":"2026-01-01T00:00:00.000Z"},{"secret":"*:*.x","tokenName":"root","type":"admin","projects":["*"],"environment":"*","createdAt":"2026-01-01T00:00:00.000Z"}]}`,
	}}
}

// quorate is a server that has little.
func quorate() *recorded {
	return &recorded{answers: map[string]string{
		"GET environments":                            `{"environments":[{"name":"development"}]}`,
		"GET tag-types":                               `{"tagTypes":[{"name":"simple"}]}`,
		"GET context":                                 `[{"name":"plan","legalValues":[{"value":"gold"}]}]`,
		"GET strategies":                              `{"strategies":[]}`,
		"GET projects":                                `{"projects":[]}`,
		"GET projects/default/overview":               `{"name":"Default","mode":"open","featureLimit":null,"featureNaming":{"pattern":null},"linkTemplates":[],"defaultStickiness":"userId","environments":[{"environment":"development"}]}`,
		"GET segments":                                `{"segments":[]}`,
		"POST segments":                               `{"id":4,"name":"payers"}`,
		"GET environments/project/default":            `{"environments":[{"name":"development"}]}`,
		"GET api-tokens":                              `{"tokens":[]}`,
		"POST environments":                           "refused",
		"GET search/features?IS:default&IS:true":      `{"features":[{"name":"known"}]}`,
		"GET search/features?IS:default&IS:false":     `{"features":[{"name":"retired"}]}`,
		"GET projects/default/change-requests/config": `[{"environment":"development","type":"development","changeRequestEnabled":false,"requiredApprovals":null}]`,
		"GET user-admin":                              `{"users":[{"id":1,"username":"root","rootRole":11}],"rootRoles":[{"id":11,"name":"Admin"},{"id":12,"name":"Editor"}]}`,
		"POST user-admin":                             `{"id":40}`,
	}}
}

func TestTakeover(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	taken, err := interchange.Takeover(t.Context(), from, to, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []interchange.Taken{
		{Kind: "environment", Name: "development", Outcome: interchange.Unchanged},
		{Kind: "environment", Name: "production", Outcome: interchange.Failed, Why: "No."},
		{Kind: "tag type", Name: "simple", Outcome: interchange.Unchanged},
		{Kind: "tag type", Name: "team", Outcome: interchange.Created},
		{Kind: "context field", Name: "plan", Outcome: interchange.Updated},
		{Kind: "strategy type", Name: "ring", Outcome: interchange.Created},
		{Kind: "project", Name: "default", Outcome: interchange.Created},
		{Kind: "project", Name: "old", Outcome: interchange.Left, Why: "it is archived"},
		{Kind: "segment", Name: "payers", Outcome: interchange.Created},
		{Kind: "flags of an environment", Name: "1 in default, development", Outcome: interchange.Updated},
		{Kind: "archived flag", Name: "known", Outcome: interchange.Unchanged},
		{Kind: "archived flags of an environment", Name: "1 in default, development", Outcome: interchange.Updated},
		{Kind: "archived flag", Name: "retired", Outcome: interchange.Updated},
		{Kind: "archived flag", Name: "gone", Outcome: interchange.Created},
		{Kind: "flag limit", Name: "default", Outcome: interchange.Updated},
		{Kind: "default strategy", Name: "default, development", Outcome: interchange.Updated},
		{Kind: "roles", Name: "all", Outcome: interchange.Left, Why: "that server has none but the built-in ones"},
		{Kind: "user", Name: "admin", Outcome: interchange.Created},
		{Kind: "user", Name: "Ada@example.com", Outcome: interchange.Created},
		{Kind: "user", Name: "eve", Outcome: interchange.Failed, Why: "the role in the instance was not taken over"},
		{Kind: "passwords of users", Name: "all", Outcome: interchange.Left, Why: "people sign in by single sign-on, or choose a password by a link: " +
			`they ask for one themselves ("Forgot your password?") if there is a mail server, and an admin makes one for them under /admin/users`},
		{Kind: "service accounts", Name: "all", Outcome: interchange.Left, Why: "that server has none"},
		{Kind: "groups", Name: "all", Outcome: interchange.Left, Why: "that server has none"},
		{Kind: "project access", Name: "all", Outcome: interchange.Left, Why: "that server has none"},
		{Kind: "API token", Name: "sdk", Outcome: interchange.Created},
		{Kind: "API token", Name: "hidden", Outcome: interchange.Left, Why: "that server does not tell its secret any more: its SDKs need a new token"},
		{Kind: "API token", Name: "root", Outcome: interchange.Left, Why: "admin tokens are not taken over: give scripts tokens of service accounts"},
		{Kind: "protections", Name: "all", Outcome: interchange.Left, Why: "that server has no change requests"},
	}
	if diff := cmp.Diff(want, taken); diff != "" {
		t.Errorf("what became of each thing (-want +got):\n%s", diff)
	}
	writes := strings.Join(to.written, "\n")
	for _, part := range []string{
		`PUT context/plan {"name":"plan"`, `{"value":"free","description":"Nothing"}`,
		`POST projects {"defaultStickiness":"userId","description":null,"environments":["development"],"id":"default","mode":"open","name":"Default"}`,
		`POST segments {"name":"payers","description":null,"constraints":[{"contextName":"plan","operator":"IN","values":["gold"]`,
		`POST features-batch/import {"project":"default","environment":"development","data":{"features":[{"name":"checkout"`, `"segments":[{"id":9,"name":"payers"}]`,
		`POST projects/default/environments/development/default-strategy`, `"segments":[4]`,
		`POST user-admin {"name":"Ada","email":"Ada@example.com","rootRole":12,"sendEmail":false}`,
		`POST projects/default/archive {"features":["retired","gone"]}`,
		`POST api-tokens {"secret":"default:development.abc","tokenName":"sdk","type":"client","environment":"development","projects":["default"]}`,
	} {
		if !strings.Contains(writes, part) {
			t.Errorf("got the writes\n%s\nwant that they contain %s", writes, part)
		}
	}
	for _, write := range to.written {
		if strings.Contains(write, `"name":"gone"`) && (strings.Contains(write, `"archived":true`) || strings.Contains(write, `"enabled":true`) || !strings.Contains(write, `"enabled":false`)) {
			t.Errorf("got the write\n%s\nwant that flags that are about to be archived are created switched off", write)
		}
	}
	if len(from.written) != 2 || !strings.HasPrefix(from.written[0], "POST features-batch/export ") {
		t.Errorf("the other server was sent %v, want exports alone", from.written)
	}
}

// TestTakeoverFromAServerWithoutPages holds that a server which names the same flags on every page is told from one
// that has no more.
func TestTakeoverFromAServerWithoutPages(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	from.pageless = true
	if _, err := interchange.Takeover(t.Context(), from, to, true); err != nil {
		t.Errorf("all flags on the one page: %v", err)
	}
	from.answers["GET search/features?IS:default&IS:true"] = `{"total":4,"features":[{"name":"gone"},{"name":"known"},{"name":"retired"}]}`
	if _, err := interchange.Takeover(t.Context(), from, to, true); err == nil || !strings.Contains(err.Error(), "the same 3 on every page") {
		t.Errorf("got %v, want an error", err)
	}
}

// TestTakeoverChecks holds that a check writes nothing, and says what it could not see.
func TestTakeoverChecks(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	taken, err := interchange.Takeover(t.Context(), from, to, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(to.written) > 0 {
		t.Errorf("got the writes %q, want none", to.written)
	}
	want := interchange.Taken{
		Kind: "flags of an environment", Name: "1 in default, development", Outcome: interchange.Updated,
		Why: "what they need is not here yet: they are checked when they are taken over",
	}
	if !slices.Contains(taken, want) {
		t.Errorf("got %v, want %v among them", taken, want)
	}

	// Where everything else is here, the server says what it would say to the flags.
	from, to = bare(unleash()), quorate()
	to.answers["GET projects"] = `{"projects":[{"id":"default"}]}`
	to.answers["POST features-batch/validate"] = `{"errors":[{"message":"These flags are of other projects:","affectedItems":["checkout"]}],"warnings":[],"permissions":[]}`
	if taken, err = interchange.Takeover(t.Context(), from, to, true); err != nil {
		t.Fatal(err)
	}
	want.Outcome, want.Why = interchange.Failed, "The import would be refused. These flags are of other projects: checkout"
	if !slices.Contains(taken, want) {
		t.Errorf("got %v, want %v among them", taken, want)
	}
	for _, write := range to.written {
		if !strings.HasPrefix(write, "POST features-batch/validate ") {
			t.Errorf("got the write %s, want validations alone", write)
		}
	}
}

// bare is a server without anything that flags need.
func bare(server *recorded) *recorded {
	server.answers["GET environments"] = `{"environments":[{"name":"development"}]}`
	server.answers["GET tag-types"] = `{"tagTypes":[]}`
	server.answers["GET context"] = `[]`
	server.answers["GET strategies"] = `{"strategies":[]}`
	server.answers["GET segments"] = `{"segments":[]}`
	return server
}

// family is an export of flags of which two depend on another, and that flag has two strategies, told in another order
// than they have.
const family = `{"features":[{"name":"child"},{"name":"faulty"},{"name":"orphan"},{"name":"parent"}],
	"featureStrategies":[{"id":"second","name":"default","featureName":"parent"},{"id":"first","name":"default","featureName":"parent"},{"id":"only","name":"faulty-type","featureName":"faulty"}],
	"featureEnvironments":[],"segments":[],"tagTypes":[],"dependencies":[{"feature":"child","dependencies":[{"feature":"parent"}]},{"feature":"orphan","dependencies":[{"feature":"faulty"}]}]}`

// withFamily gives a server the flags of family.
func withFamily(server *recorded) *recorded {
	server.answers["GET projects/default/features"] = `{"features":[{"name":"child"},{"name":"faulty"},{"name":"orphan"},{"name":"parent"}]}`
	server.answers["POST features-batch/export"] = family
	server.answers["GET projects/default/features/parent/environments/development/strategies"] = `[{"id":"first"},{"id":"second"}]`
	return server
}

// TestTakeoverOrdersStrategies holds that strategies come in the order that they have, not in that of an export.
func TestTakeoverOrdersStrategies(t *testing.T) {
	t.Parallel()
	from, to := withFamily(unleash()), quorate()
	if _, err := interchange.Takeover(t.Context(), from, to, false); err != nil {
		t.Fatal(err)
	}
	places := map[string]int{}
	for _, write := range to.written {
		body, found := strings.CutPrefix(write, "POST features-batch/import ")
		if !found || !strings.Contains(body, `"name":"parent"`) {
			continue
		}
		var in struct{ Data interchange.ExportResult }
		if err := json.Unmarshal([]byte(body), &in); err != nil {
			t.Fatal(err)
		}
		for _, s := range in.Data.FeatureStrategies {
			places[string(s.ID)] = s.SortOrder
		}
	}
	if diff := cmp.Diff(map[string]int{"first": 0, "second": 1, "only": 0}, places); diff != "" {
		t.Errorf("places of the strategies (-want +got):\n%s", diff)
	}
}

// TestTakeoverLeavesOutWhatIsNotInOrder holds that a flag that is refused keeps no other one out, and that flags come after
// those on which they depend.
func TestTakeoverLeavesOutWhatIsNotInOrder(t *testing.T) {
	t.Parallel()
	from, to := withFamily(unleash()), quorate()
	to.bad = "faulty"
	taken, err := interchange.Takeover(t.Context(), from, to, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []interchange.Taken
	for _, what := range taken {
		if what.Kind == "flag" || what.Kind == "flags of an environment" {
			got = append(got, what)
		}
	}
	want := []interchange.Taken{
		{Kind: "flag", Name: "faulty in default, development", Outcome: interchange.Failed, Why: "Bad."},
		{Kind: "flag", Name: "orphan in default, development", Outcome: interchange.Failed, Why: "Bad."},
		{Kind: "flags of an environment", Name: "2 in default, development", Outcome: interchange.Updated},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what became of the flags (-want +got):\n%s", diff)
	}
	var imports []string
	for _, write := range to.written {
		if body, found := strings.CutPrefix(write, "POST features-batch/import "); found && !strings.Contains(body, "faulty") && !strings.Contains(body, "gone") {
			imports = append(imports, body)
		}
	}
	if len(imports) != 2 || !strings.Contains(imports[0], `"features":[{"name":"parent"`) || !strings.Contains(imports[1], `"features":[{"name":"child"`) {
		t.Errorf("got the imports\n%s\nwant the parent, then the child", strings.Join(imports, "\n"))
	}

	// What a change request is to hold stays one piece.
	from, to = withFamily(unleash()), quorate()
	to.bad = "faulty"
	to.answers["GET projects/default/change-requests/config"] = `[{"environment":"development","changeRequestEnabled":true,"requiredApprovals":1}]`
	if taken, err = interchange.Takeover(t.Context(), from, to, false); err != nil {
		t.Fatal(err)
	}
	if whole := (interchange.Taken{Kind: "flags of an environment", Name: "4 in default, development", Outcome: interchange.Failed, Why: "Bad."}); !slices.Contains(taken, whole) {
		t.Errorf("got %v, want %v among them", taken, whole)
	}
}

// TestTakeoverOfArchivedFlagsOfProtectedEnvironments holds that no change request is made about flags that are archived
// at once.
func TestTakeoverOfArchivedFlagsOfProtectedEnvironments(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	to.answers["GET projects/default/change-requests/config"] = `[{"environment":"development","changeRequestEnabled":true,"requiredApprovals":1}]`
	if _, err := interchange.Takeover(t.Context(), from, to, false); err != nil {
		t.Fatal(err)
	}
	imports := 0
	for _, write := range to.written {
		if strings.HasPrefix(write, "POST features-batch/import ") && strings.Contains(write, `"name":"gone"`) {
			imports++
			if !strings.Contains(write, `"featureStrategies":[]`) || strings.Contains(write, "featureEnvironments") {
				t.Errorf("got the write %s, want that it configures nothing", write)
			}
		}
	}
	if imports != 1 {
		t.Errorf("got %d imports of archived flags, want 1", imports)
	}
}

// TestTakeoverStops holds that what cannot be read ends the takeover, with what was done until then.
func TestTakeoverStops(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	delete(from.answers, "GET strategies")
	taken, err := interchange.Takeover(t.Context(), from, to, false)
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want that the path is not there", err)
	}
	if len(taken) != 5 {
		t.Errorf("got %v, want the environments, tag types and the context field", taken)
	}
}
