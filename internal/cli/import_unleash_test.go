package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/cli"
	"github.com/quorate/quorate/internal/server/servertest"
)

// instance is a server that runs.
type instance struct{ url string }

func newInstance(t *testing.T) instance {
	return instance{servertest.Start(t, servertest.Settings(t)).URL()}
}

// must asks the admin API for something, and fails unless it is done.
func (i instance) must(t *testing.T, method, path, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, i.url+"/api/admin"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", servertest.Admin)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: got %d %s and %v", method, path, response.StatusCode, answer, err)
	}
	return answer
}

// TestTakeover takes over from another Quorate, which answers as an Enterprise server does, what an Unleash without that has
// not got: people, groups, roles, access and protections; and again, when nothing is left to do.
func TestTakeover(t *testing.T) {
	t.Parallel()
	from, to := newInstance(t), newInstance(t)
	for _, write := range [][3]string{
		{"POST", "/roles", `{"name":"Deployer","type":"custom","permissions":[{"name":"CREATE_FEATURE"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"development"}]}`},
		{"POST", "/roles", `{"name":"Auditor","type":"root-custom","permissions":[{"name":"READ_ROLE"}]}`},
		{"POST", "/user-admin", `{"email":"ada@example.com","name":"Ada","rootRole":"Auditor","sendEmail":false}`},
		{"POST", "/user-admin", `{"username":"bo","rootRole":3,"sendEmail":false}`},
		{"POST", "/service-account", `{"username":"ci","name":"CI","rootRole":3}`},
		{"POST", "/groups", `{"name":"payments","description":"Pay","mappingsSSO":["pay"],"rootRole":8,"users":[{"user":{"id":2}},{"user":{"id":4}}]}`},
		{"POST", "/projects", `{"id":"shop","name":"Shop","environments":["development","production"]}`},
		{"PUT", "/projects/shop/access", `{"roles":[{"id":4,"users":[2]},{"id":5,"groups":[1]},{"id":7,"users":[3,4]}]}`},
		{"PUT", "/projects/shop/environments/production/change-requests/config", `{"changeRequestsEnabled":true,"requiredApprovals":2}`},
		{"POST", "/projects/shop/features", `{"name":"cart"}`},
	} {
		from.must(t, write[0], write[1], write[2])
	}
	// Bo is here already, as somebody else who may do more; and so the ids differ.
	to.must(t, "POST", "/user-admin", `{"username":"first","rootRole":3,"sendEmail":false}`)
	to.must(t, "POST", "/user-admin", `{"username":"BO","rootRole":2,"sendEmail":false}`)

	take := func(args ...string) map[string]string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"import", "unleash", "--json", "--url", from.url, "--token", servertest.Admin, "--to", to.url, "--to-token", servertest.Admin}, args...)
		if code := cli.Main(args, &out, &errs); code != 0 {
			t.Fatalf("got exit code %d: %s%s", code, errs.String(), out.String())
		}
		var taken []struct{ Kind, Name, Outcome string }
		if err := json.Unmarshal(out.Bytes(), &taken); err != nil {
			t.Fatal(err)
		}
		became := map[string]string{}
		for _, one := range taken {
			switch one.Kind {
			case "role", "user", "service account", "group", "project access", "protection":
				became[one.Kind+" "+one.Name] = one.Outcome
			}
		}
		return became
	}
	revision := func() string {
		var found struct{ Events []struct{ ID json.Number } }
		if err := json.Unmarshal(to.must(t, "GET", "/search/events?limit=1", ""), &found); err != nil {
			t.Fatal(err)
		}
		return found.Events[0].ID.String()
	}
	first := map[string]string{
		"role Deployer": "created", "role Auditor": "created", "user ada@example.com": "created", "user admin": "unchanged", "user bo": "unchanged", "service account ci": "created",
		"group payments": "created", "project access default": "unchanged", "project access shop": "updated", "protection shop, production": "created",
	}
	before := revision()
	if diff := cmp.Diff(first, take("--check")); diff != "" {
		t.Errorf("a check (-want +got):\n%s", diff)
	}
	if got := revision(); got != before {
		t.Errorf("a check went from revision %s to %s, want no write", before, got)
	}
	if diff := cmp.Diff(first, take()); diff != "" {
		t.Errorf("the takeover (-want +got):\n%s", diff)
	}

	var access struct {
		Users []struct {
			Username, Email string
			Roles           []int
		}
		Groups []struct {
			Name  string
			Roles []int
			Users []struct {
				User struct{ Username, Email string }
			}
		}
	}
	if err := json.Unmarshal(to.must(t, "GET", "/projects/shop/access", ""), &access); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(access)
	want := `{"Users":[{"Username":"BO","Email":"","Roles":[7]},{"Username":"","Email":"ada@example.com","Roles":[4]},{"Username":"ci","Email":"","Roles":[7]}],` +
		`"Groups":[{"Name":"payments","Roles":[5],"Users":[{"User":{"Username":"","Email":"ada@example.com"}},{"User":{"Username":"ci","Email":""}}]}]}`
	if string(got) != want {
		t.Errorf("got the access\n%s, want\n%s", got, want)
	}
	var rules []struct {
		Environment          string
		ChangeRequestEnabled bool
		RequiredApprovals    int
	}
	if err := json.Unmarshal(to.must(t, "GET", "/projects/shop/change-requests/config", ""), &rules); err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(rules); !strings.Contains(string(got), `{"Environment":"production","ChangeRequestEnabled":true,"RequiredApprovals":2}`) {
		t.Errorf("got the protections %s, want production with two approvals", got)
	}

	before = revision()
	again := map[string]string{}
	for what := range first {
		again[what] = "unchanged"
	}
	if diff := cmp.Diff(again, take()); diff != "" {
		t.Errorf("the second time (-want +got):\n%s", diff)
	}
	if got := revision(); got != before {
		t.Errorf("the second time went from revision %s to %s, want no write", before, got)
	}
}
