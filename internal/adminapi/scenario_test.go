package adminapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// scenario is a request to the story's world, and what comes of it.
type scenario struct {
	name         string
	as           string // see actors; empty: admin
	method, path string // relative to /api/admin
	body         string
	header       map[string]string

	status int
	// want is JSON that the answer contains: objects may have more properties than told,
	// lists may not have more elements. Empty: the answer must have no body.
	want string
	// wantText is what the answer begins with that is no JSON.
	wantText string
	// events are what was written, as "type project/environment/feature".
	events []string
	// then are requests by admin, with JSON that their answers contain.
	then map[string]string
}

// scenarios returns all tables, one for each noun.
func scenarios() map[string][]scenario {
	return map[string][]scenario{
		"features":             featureScenarios(),
		"feature environments": featureEnvironmentScenarios(),
		"strategies":           strategyScenarios(),
		"variants":             variantScenarios(),
		"dependencies":         dependencyScenarios(),
		"archive":              archiveScenarios(),
		"links":                linkScenarios(),
		"feature types":        featureTypeScenarios(),
		"search":               searchScenarios(),
		"lifecycle":            lifecycleScenarios(),
		"favourites":           favouriteScenarios(),
		"shown":                shownScenarios(),
		"insights":             insightScenarios(),
		"logins":               loginScenarios(),
		"applications":         applicationScenarios(),
		"instance":             instanceScenarios(),
		"projects":             projectScenarios(),
		"project environments": projectEnvironmentScenarios(),
		"environments":         environmentScenarios(),
		"windows":              windowScenarios(),
		"segments":             segmentScenarios(),
		"constraints":          constraintScenarios(),
		"context fields":       contextFieldScenarios(),
		"tags":                 tagScenarios(),
		"tag types":            tagTypeScenarios(),
		"strategy types":       strategyTypeScenarios(),
		"API tokens":           apiTokenScenarios(),
		"events":               eventScenarios(),
		"interchange":          interchangeScenarios(),
		"history":              historyScenarios(),
		"metrics":              metricScenarios(),
		"settings":             settingScenarios(),
		"signing in":           signOnScenarios(),
		"user":                 userScenarios(),
		"roles":                roleScenarios(),
		"groups":               groupScenarios(),
		"project access":       projectAccessScenarios(),
		"UI configuration":     uiConfigScenarios(),
		"change requests":      slices.Concat(changeRequestScenarios(), previewScenarios()),
		"protection":           protectionScenarios(),
		"playground":           playgroundScenarios(),
		"notifications":        notificationScenarios(),
		"integrations":         addonScenarios(),
	}
}

// stories are what happens before the tables that need more than the story.
var stories = map[string]func(*world, testing.TB){
	"archive":         (*world).mustReplace,
	"change requests": (*world).mustPropose,
	"windows":         (*world).mustClose,
	"integrations":    (*world).mustIntegrate,
}

// newWorldFor returns a world with all that a table's scenarios need.
func newWorldFor(t testing.TB, noun string, db *store.DB) *world {
	t.Helper()
	w := newWorld(t, db)
	if story := stories[noun]; story != nil {
		story(w, t)
	}
	return w
}

// TestScenarios plays every scenario on both databases. What reads or is refused shares a world, and must
// leave it as it is; what writes has a world of its own.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for noun, table := range scenarios() {
		t.Run(noun, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				shared := newWorldFor(t, noun, db)
				for _, s := range table {
					if len(s.events) == 0 {
						t.Run(s.name, func(t *testing.T) { s.play(t, shared) })
					}
				}
			})
			for _, s := range table {
				if len(s.events) > 0 {
					t.Run(s.name, func(t *testing.T) {
						t.Parallel()
						storetest.Each(t, func(t *testing.T, db *store.DB) { s.play(t, newWorldFor(t, noun, db)) })
					})
				}
			}
		})
	}
}

// play sends the request and checks all that came of it.
func (s scenario) play(t *testing.T, w *world) {
	t.Helper()
	as := s.as
	if as == "" {
		as = "admin"
	}
	if s.status < 300 {
		s.refuseOthers(t, w)
	}
	before := w.mustDigest(t)
	w.written = nil
	got := w.call(t, as, s.method, s.path, s.body, s.header)
	if got.status != s.status {
		t.Fatalf("%s %s: got %d %s, want %d", s.method, s.path, got.status, got.body, s.status)
	}
	if !strings.HasPrefix(string(got.body), s.wantText) {
		t.Errorf("got %s, want it to begin with %s", got.body, s.wantText)
	}
	if s.want == "" && s.wantText == "" && len(got.body) > 0 {
		t.Errorf("got the body %s, want none", got.body)
	}
	if s.want != "" {
		mustContain(t, got.body, s.want)
		if got.status < 300 {
			mustHaveShape(t, s.operation(t).OperationID, got.body)
		}
	}
	if diff := cmp.Diff(s.events, w.written); diff != "" {
		t.Errorf("events written (-want +got):\n%s", diff)
	}
	if after := w.mustDigest(t); (after != before) != (len(s.events) > 0) {
		t.Errorf("got a state that differs %v, want it to differ %v", after != before, len(s.events) > 0)
	}
	if want := fmt.Sprint(w.engine.State().Revision()); got.header.Get("Quorate-Revision") != want {
		t.Errorf("got Quorate-Revision %q, want %q", got.header.Get("Quorate-Revision"), want)
	}
	for path, want := range s.then {
		mustContain(t, w.call(t, "admin", http.MethodGet, path, "", nil).body, want)
	}
}

// refuseOthers sends the request without a token, with a bad one, with that of another API, and as
// somebody with no permission.
func (s scenario) refuseOthers(t *testing.T, w *world) {
	t.Helper()
	before := w.mustDigest(t)
	for as, want := range map[string]struct {
		status int
		body   string
	}{
		"":         {http.StatusUnauthorized, `{"name":"AuthenticationRequired","details":[{"message":"You must log in to use Quorate."}]}`},
		"unheard":  {http.StatusUnauthorized, `{"message":"This endpoint requires an API token. Please add an authorization header to your request with a valid token"}`},
		"frontend": {http.StatusForbidden, `{"message":"invalid token: expected a different token type for this endpoint"}`},
	} {
		got := w.call(t, as, s.method, s.path, s.body, s.header)
		if got.status != want.status {
			t.Errorf("with the token %q: got %d %s, want %d", as, got.status, got.body, want.status)
			continue
		}
		mustContain(t, got.body, want.body)
	}
	if permissions := s.permissions(t); len(permissions) > 0 {
		got := w.call(t, "nothing", s.method, s.path, s.body, s.header)
		if got.status != http.StatusForbidden {
			t.Errorf("without a permission: got %d %s, want 403", got.status, got.body)
		} else {
			mustContain(t, got.body, fmt.Sprintf(`{"name":"PermissionError","permissions":["%s"]}`, strings.Join(permissions, `","`)))
		}
	}
	if after := w.mustDigest(t); after != before {
		t.Error("a refused request has changed the state")
	}
}

// operation returns what the document says about the scenario's request.
func (s scenario) operation(t testing.TB) *openapi3.Operation {
	t.Helper()
	route, _ := operationOf(t, httptest.NewRequestWithContext(t.Context(), s.method, "/api/admin"+s.path, nil))
	if route == nil {
		t.Fatalf("%s: the document knows no operation %s %s", s.name, s.method, s.path)
	}
	return route.Operation
}

// permissions returns those that the document names for the scenario's operation.
func (s scenario) permissions(t *testing.T) []string {
	t.Helper()
	var permissions []string
	for _, p := range s.operation(t).Extensions["x-quorate-permissions"].([]any) {
		permissions = append(permissions, p.(string))
	}
	return permissions
}

// TestEveryOperation holds the tables to the document: each operation is carried out by a scenario, refused
// for bad input by another if it has a body, and finds nothing by another if it names something.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	played := map[string]map[int]bool{}
	for _, table := range scenarios() {
		for _, s := range table {
			id := s.operation(t).OperationID
			if played[id] == nil {
				played[id] = map[int]bool{}
			}
			played[id][s.status] = true
		}
	}
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		for method, op := range doc.Paths.Value(path).Operations() {
			if _, ok := peopleOperations()[op.OperationID]; ok {
				continue // people_test.go carries it out
			}
			statuses := slices.Collect(maps.Keys(played[op.OperationID]))
			good := slices.ContainsFunc(statuses, func(s int) bool { return s < 300 })
			if !good {
				t.Errorf("%s: no scenario carries it out", op.OperationID)
			}
			if method != http.MethodGet && op.RequestBody != nil && !slices.Contains(statuses, http.StatusBadRequest) {
				t.Errorf("%s: no scenario has bad input", op.OperationID)
			}
		}
	}
}

// mustContain fails the test unless a body contains what is wanted.
func mustContain(t testing.TB, body []byte, want string) {
	t.Helper()
	if problem := lacks(mustDecode(t, body), mustDecode(t, []byte(want)), "$"); problem != "" {
		t.Errorf("%s\ngot  %s\nwant %s", problem, body, want)
	}
}

// lacks says where a JSON value does not contain another; empty if it does.
func lacks(got, want any, at string) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: got %v, want an object", at, got)
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if want[name] == "(absent)" {
				if _, ok := object[name]; ok {
					return fmt.Sprintf("%s.%s: got %v, want it absent", at, name, object[name])
				}
				continue
			}
			value, ok := object[name]
			if !ok {
				return fmt.Sprintf("%s: got no %s", at, name)
			}
			if want[name] == "(present)" && value != nil {
				continue
			}
			if problem := lacks(value, want[name], at+"."+name); problem != "" {
				return problem
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%s: got %v, want %d elements", at, got, len(want))
		}
		for i := range want {
			if problem := lacks(list[i], want[i], fmt.Sprintf("%s[%d]", at, i)); problem != "" {
				return problem
			}
		}
		return ""
	default:
		if !cmp.Equal(got, want) {
			return fmt.Sprintf("%s: got %v, want %v", at, got, want)
		}
		return ""
	}
}
