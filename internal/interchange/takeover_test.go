package interchange_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/interchange"
)

// recorded answers as a server does, from what it is known to answer, and keeps what it is asked to write.
type recorded struct {
	answers map[string]string // by method and path
	written []string
}

func (r *recorded) Call(_ context.Context, method string, path []string, _ url.Values, body any) (json.RawMessage, error) {
	what := method + " " + strings.Join(path, "/")
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r.written = append(r.written, what+" "+string(data))
	}
	answer, known := r.answers[what]
	switch {
	case !known && method == "GET":
		return nil, fault.New(fault.NotFound, "The path you were looking for (/api/admin/%s) is not available.", strings.Join(path, "/"))
	case answer == "refused":
		return nil, fault.New(fault.Permission, "No.")
	}
	return json.RawMessage(answer), nil
}

// unleash is an open-source server with a flag. Its answers have the properties that Unleash's document names.
func unleash() *recorded {
	return &recorded{answers: map[string]string{
		"GET environments": `{"version":1,"environments":[{"name":"development","type":"development","sortOrder":2,"enabled":true,"protected":false,"requiredApprovals":null},{"name":"production","type":"production","sortOrder":3,"enabled":false,"protected":true}]}`,
		"GET tag-types":    `{"version":1,"tagTypes":[{"name":"simple","description":"x","icon":"#","color":null},{"name":"team","description":"Who","icon":null}]}`,
		"GET context":      `[{"name":"plan","description":null,"stickiness":true,"sortOrder":10,"legalValues":[{"value":"gold"},{"value":"free","description":"Nothing"}],"createdAt":"2026-01-01T00:00:00.000Z","usedInProjects":0,"usedInFeatures":0}]`,
		"GET strategies":   `{"version":1,"strategies":[{"displayName":"Ring","name":"ring","editable":true,"description":null,"parameters":[{"name":"ring","type":"number","description":"","required":true}],"deprecated":false,"title":null}]}`,
		"GET projects":     `{"version":1,"projects":[{"name":"Default","id":"default","description":null,"archivedAt":null,"mode":"open"},{"name":"Old","id":"old","archivedAt":"2026-01-01T00:00:00.000Z"}]}`,
		"GET projects/default/overview": `{"version":1,"name":"Default","description":null,"mode":"open","featureLimit":5,"featureNaming":{"pattern":null,"example":null,"description":null},"linkTemplates":[],"defaultStickiness":"userId","health":100,
			"environments":[{"environment":"development"}],"onboardingStatus":{"status":"onboarded"}}`,
		"GET segments":                     `{"segments":[{"id":9,"name":"payers","description":null,"project":null,"constraints":[{"values":["gold"],"inverted":false,"operator":"IN","contextName":"plan","caseInsensitive":false}],"createdBy":"x","createdAt":"2026-01-01T00:00:00.000Z","usedInProjects":1,"usedInFeatures":1}]}`,
		"GET projects/default/features":    `{"version":2,"features":[{"name":"checkout","type":"release","environments":[]}]}`,
		"POST features-batch/export":       `{"features":[{"name":"checkout","type":"release","project":"default","stale":false,"impressionData":false,"archived":false,"description":null}],"featureStrategies":[{"name":"ring","id":"1","featureName":"checkout","parameters":{"ring":"3"},"segments":[9],"title":null}],"featureEnvironments":[{"name":"checkout","featureName":"checkout","environment":"development","enabled":true,"variants":[]}],"contextFields":[],"featureTags":[],"segments":[{"id":9,"name":"payers"}],"tagTypes":[],"dependencies":[],"links":[]}`,
		"GET environments/project/default": `{"version":1,"environments":[{"name":"development","type":"development","enabled":true,"protected":false,"sortOrder":1,"defaultStrategy":{"name":"flexibleRollout","title":"","disabled":false,"parameters":{"rollout":"10"},"segments":[9]}}]}`,
		"GET api-tokens": `{"tokens":[{"secret":"default:development.abc","tokenName":"sdk","type":"client","project":"default","projects":["default"],"environment":"development","expiresAt":null,"createdAt":"2026-01-01T00:00:00.000Z","alias":null,"seenAt":null},
			{"secret":null,"tokenName":"hidden","type":"frontend","projects":["*"],"environment":"development","createdAt":"2026-01-01T00:00:00.000Z"},{"secret":"*:*.x","tokenName":"root","type":"admin","projects":["*"],"environment":"*","createdAt":"2026-01-01T00:00:00.000Z"}]}`,
	}}
}

// quorate is a server that has little.
func quorate() *recorded {
	return &recorded{answers: map[string]string{
		"GET environments":                 `{"environments":[{"name":"development"}]}`,
		"GET tag-types":                    `{"tagTypes":[{"name":"simple"}]}`,
		"GET context":                      `[{"name":"plan","legalValues":[{"value":"gold"}]}]`,
		"GET strategies":                   `{"strategies":[]}`,
		"GET projects":                     `{"projects":[]}`,
		"GET projects/default/overview":    `{"name":"Default","mode":"open","featureLimit":null,"featureNaming":{"pattern":null},"linkTemplates":[],"defaultStickiness":"userId","environments":[{"environment":"development"}]}`,
		"GET segments":                     `{"segments":[]}`,
		"POST segments":                    `{"id":4,"name":"payers"}`,
		"GET environments/project/default": `{"environments":[{"name":"development"}]}`,
		"GET api-tokens":                   `{"tokens":[]}`,
		"POST environments":                "refused",
	}}
}

func TestTakeover(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	taken, err := interchange.Takeover(t.Context(), from, to)
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
		{Kind: "flag limit", Name: "default", Outcome: interchange.Updated},
		{Kind: "default strategy", Name: "default, development", Outcome: interchange.Updated},
		{Kind: "roles", Name: "all", Outcome: interchange.Left, Why: "that server has none but the built-in ones"},
		{Kind: "groups", Name: "all", Outcome: interchange.Left, Why: "that server has none"},
		{Kind: "API token", Name: "sdk", Outcome: interchange.Created},
		{Kind: "API token", Name: "hidden", Outcome: interchange.Left, Why: "that server does not tell its secret any more: its SDKs need a new token"},
		{Kind: "API token", Name: "root", Outcome: interchange.Left, Why: "admin tokens are not taken over: give scripts tokens of service accounts"},
	}
	if diff := cmp.Diff(want, taken); diff != "" {
		t.Errorf("what became of each thing (-want +got):\n%s", diff)
	}
	writes := strings.Join(to.written, "\n")
	for _, part := range []string{
		`PUT context/plan {"name":"plan"`, `{"value":"free","description":"Nothing"}`,
		`POST projects {"defaultStickiness":"userId","description":null,"environments":["development"],"id":"default","mode":"open","name":"Default"}`,
		`POST segments {"name":"payers","description":null,"constraints":[{"contextName":"plan","operator":"IN","values":["gold"]`,
		`POST features-batch/import {"data":{"features":[{"name":"checkout"`, `"segments":[{"id":9,"name":"payers"}]`,
		`POST projects/default/environments/development/default-strategy`, `"segments":[4]`,
		`POST api-tokens {"secret":"default:development.abc","tokenName":"sdk","type":"client","environment":"development","projects":["default"]}`,
	} {
		if !strings.Contains(writes, part) {
			t.Errorf("got the writes\n%s\nwant that they contain %s", writes, part)
		}
	}
	if len(from.written) != 1 || !strings.HasPrefix(from.written[0], "POST features-batch/export ") {
		t.Errorf("the other server was sent %v, want an export alone", from.written)
	}
}

// TestTakeoverStops holds that what cannot be read ends the takeover, with what was done until then.
func TestTakeoverStops(t *testing.T) {
	t.Parallel()
	from, to := unleash(), quorate()
	delete(from.answers, "GET strategies")
	taken, err := interchange.Takeover(t.Context(), from, to)
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want that the path is not there", err)
	}
	if len(taken) != 5 {
		t.Errorf("got %v, want the environments, tag types and the context field", taken)
	}
}
