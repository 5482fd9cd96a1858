package adminapi_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// The stories of this file are what the Terraform provider Unleash/unleash, release 3, sends for
// each of its resources, in its order: create, read, change, read, delete, read. They are told
// after its source; it was not run. It fails on any other status than the one it knows, and on
// answers that its client cannot decode. It shows drift when what it reads is not what was
// configured, so the texts wanted here are what it keeps of an answer. What it dereferences
// without asking has to be a value or absent, not null.

// terraformAnswers knows what the provider's client can decode.
var terraformAnswers = sync.OnceValues(func() (routers.Router, error) {
	data, err := os.ReadFile("testdata/unleash-terraform.json")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// terraform is the provider, with an admin token.
type terraform struct{ *browser }

// must sends what the provider sends. The answer must have the status that it wants, a body that
// its client decodes, and in it what is wanted; no body if nothing is.
func (tf terraform) must(t testing.TB, method, path, body string, status int, want string) answer {
	t.Helper()
	path = "/api/admin" + path
	got := tf.browser.must(t, method, path, body, status, want)
	if status >= 300 || want == "" {
		return got
	}
	router, err := terraformAnswers()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	route, parameters, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s %s: the provider does not call this: %v", method, path, err)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 status,
		Header:                 got.header,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s %s: the provider cannot read %s: %v", method, path, got.body, err)
	}
	return got
}

// id returns the number under which an answer's object is found again.
func (terraform) id(t testing.TB, a answer) string {
	t.Helper()
	var made struct{ ID json.Number }
	if err := json.Unmarshal(a.body, &made); err != nil || made.ID == "" {
		t.Fatalf("got %s without an id: %v", a.body, err)
	}
	return made.ID.String()
}

// one fails the test unless a list in an answer has exactly one object whose key is a value, and
// that object contains what is wanted; none if nothing is.
func (terraform) one(t testing.TB, a answer, list, key, value, want string) {
	t.Helper()
	var found []any
	for _, item := range mustDecode(t, a.body).(map[string]any)[list].([]any) {
		if fmt.Sprint(item.(map[string]any)[key]) == value {
			found = append(found, item)
		}
	}
	wanted := []any{}
	if want != "" {
		wanted = append(wanted, mustDecode(t, []byte(want)))
	}
	if problem := lacks(found, wanted, list); problem != "" && len(found)+len(wanted) > 0 {
		t.Errorf("%s\ngot  %v\nwant %s", problem, found, want)
	}
}

// eachTerraform tells a story on each database, in a new instance.
func eachTerraform(t *testing.T, story func(t *testing.T, tf terraform)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		tf := terraform{newHouse(t, db).browser()}
		tf.token = "*:*.admin"
		tf.header = http.Header{
			"Accept":            {"application/json"},
			"User-Agent":        {"Terraform-Provider-Unleash/3.0.0"},
			"X-Unleash-Appname": {"terraform-provider-unleash"},
		}
		story(t, tf)
	})
}

func TestTerraformUser(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		made := tf.must(t, "POST", "/user-admin", `{"name":"Ann","email":"ann@example.com","password":"you-will-never-guess","rootRole":2,"sendEmail":false}`, 201,
			`{"name":"Ann","email":"ann@example.com","username":"(absent)","rootRole":2}`)
		at := "/user-admin/" + tf.id(t, made)
		tf.must(t, "GET", at, "", 200, `{"name":"Ann","email":"ann@example.com","username":"(absent)","rootRole":2}`)
		tf.must(t, "PUT", at, `{"name":"Anna","email":"anna@example.com","rootRole":3}`, 200, `{"name":"Anna","email":"anna@example.com","username":"(absent)","rootRole":3}`)
		tf.must(t, "GET", at, "", 200, `{"name":"Anna","email":"anna@example.com","username":"(absent)","rootRole":3}`)
		tf.must(t, "DELETE", at, "", 200, "")
		tf.must(t, "GET", at, "", 404, `{"name":"NotFoundError"}`)

		// With nothing but a username, what it was made of is all that there is.
		made = tf.must(t, "POST", "/user-admin", `{"username":"ben","rootRole":3,"sendEmail":false}`, 201, `{"username":"ben","name":"(absent)","email":"(absent)","rootRole":3}`)
		at = "/user-admin/" + tf.id(t, made)
		tf.must(t, "GET", at, "", 200, `{"username":"ben","name":"(absent)","email":"(absent)","rootRole":3}`)
		tf.must(t, "PUT", at, `{"rootRole":2}`, 200, `{"username":"ben","name":"(absent)","email":"(absent)","rootRole":2}`)
	})
}

func TestTerraformGroup(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		var people []string
		for _, name := range []string{"ann", "ben", "cem"} {
			people = append(people, tf.id(t, tf.must(t, "POST", "/user-admin", `{"username":"`+name+`","rootRole":3}`, 201, `{}`)))
		}
		member := func(ids ...string) string {
			list := make([]string, len(ids))
			for i, id := range ids {
				list[i] = `{"user":{"id":` + id + `}}`
			}
			return `"users":[` + strings.Join(list, ",") + `]`
		}
		// Lists keep their order: the provider compares them as they are.
		made := tf.must(t, "POST", "/groups", `{"name":"team","description":"The team","mappingsSSO":["z","a"],"rootRole":2,`+member(people[2], people[0])+`}`, 201, `{"name":"team"}`)
		at := "/groups/" + tf.id(t, made)
		tf.must(t, "GET", at, "", 200, `{"name":"team","description":"The team","mappingsSSO":["z","a"],"rootRole":2,`+member(people[2], people[0])+`}`)
		tf.must(t, "PUT", at, `{"name":"crew","description":"The crew","mappingsSSO":["b"],"rootRole":3,`+member(people[1], people[2], people[0])+`}`, 200, `{"id":`+tf.id(t, made)+`}`)
		tf.must(t, "GET", at, "", 200, `{"name":"crew","description":"The crew","mappingsSSO":["b"],"rootRole":3,`+member(people[1], people[2], people[0])+`}`)
		got := tf.must(t, "GET", "/groups", "", 200, `{"groups":[{}]}`)
		tf.one(t, got, "groups", "name", "crew", `{"id":`+tf.id(t, made)+`}`)
		// What is taken out of the configuration is sent as nothing.
		tf.must(t, "PUT", at, `{"name":"crew","description":null,"mappingsSSO":[],"rootRole":null,"users":[]}`, 200, `{"name":"crew"}`)
		tf.must(t, "GET", at, "", 200, `{"name":"crew","description":null,"mappingsSSO":[],"rootRole":null,"users":[]}`)
		tf.must(t, "DELETE", at, "", 200, "")
		tf.must(t, "GET", at, "", 404, `{"name":"NotFoundError"}`)
	})
}

func TestTerraformRole(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		for kind, permissions := range map[string][2]string{
			"root-custom": {
				`[{"name":"CREATE_PROJECT"},{"name":"UPDATE_PROJECT"}]`,
				`[{"name":"CREATE_SEGMENT"},{"name":"UPDATE_SEGMENT"}]`,
			},
			"custom": {
				`[{"name":"CREATE_FEATURE"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"development"}]`,
				`[{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"production"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"development"},{"name":"DELETE_FEATURE"}]`,
			},
		} {
			role := func(name, permissions string) string {
				return `{"name":"` + name + `","type":"` + kind + `","description":"Made here","permissions":` + permissions + `}`
			}
			made := tf.must(t, "POST", "/roles", role("mine", permissions[0]), 200, `{"roles":{"name":"mine","type":"`+kind+`","description":"Made here"}}`)
			var answer struct{ Roles json.RawMessage }
			if err := json.Unmarshal(made.body, &answer); err != nil {
				t.Fatal(err)
			}
			made.body = answer.Roles
			at := "/roles/" + tf.id(t, made)
			tf.sees(t, at, role("mine", permissions[0]))
			tf.must(t, "PUT", at, role("yours", permissions[1]), 200, `{"roles":{"id":`+tf.id(t, made)+`,"name":"yours","type":"`+kind+`","description":"Made here"}}`)
			tf.sees(t, at, role("yours", permissions[1]))
			got := tf.must(t, "GET", "/roles", "", 200, `{}`)
			tf.one(t, got, "roles", "name", "yours", `{"id":`+tf.id(t, made)+`,"type":"`+kind+`","description":"Made here"}`)
			tf.must(t, "DELETE", at, "", 200, "")
			tf.must(t, "GET", at, "", 404, `{"name":"NotFoundError"}`)
		}
	})
}

// sees reads a role, whose permissions are a set, of names and environments.
func (tf terraform) sees(t testing.TB, at, role string) {
	t.Helper()
	got := tf.must(t, "GET", at, "", 200, `{}`)
	type permission struct {
		Name        string
		Environment *string
	}
	var seen, wanted struct {
		Name, Type, Description string
		Permissions             []permission
	}
	for from, to := range map[string]any{string(got.body): &seen, role: &wanted} {
		if err := json.Unmarshal([]byte(from), to); err != nil {
			t.Fatal(err)
		}
	}
	set := func(list []permission) map[string]int {
		all := map[string]int{}
		for _, p := range list {
			environment := "(null)"
			if p.Environment != nil {
				environment = *p.Environment
			}
			all[p.Name+" "+environment]++
		}
		return all
	}
	if seen.Name != wanted.Name || seen.Type != wanted.Type || seen.Description != wanted.Description || fmt.Sprint(set(seen.Permissions)) != fmt.Sprint(set(wanted.Permissions)) {
		t.Errorf("got the role %s, want %s", got.body, role)
	}
}

func TestTerraformPermission(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		got := tf.must(t, "GET", "/permissions", "", 200, `{"version":1}`)
		var all struct {
			Permissions struct {
				Root, Project json.RawMessage
				Environments  []struct {
					Name        string
					Permissions json.RawMessage
				}
			}
		}
		if err := json.Unmarshal(got.body, &all); err != nil {
			t.Fatal(err)
		}
		among := func(list json.RawMessage, name, want string) {
			t.Helper()
			tf.one(t, answer{body: []byte(`{"list":` + string(list) + `}`)}, "list", "name", name, want)
		}
		among(all.Permissions.Root, "CREATE_SEGMENT", `{"id":"(present)","type":"root","displayName":"(present)","environment":"(absent)"}`)
		among(all.Permissions.Project, "CREATE_FEATURE", `{"id":"(present)","type":"project","displayName":"(present)","environment":"(absent)"}`)
		for _, env := range all.Permissions.Environments {
			among(env.Permissions, "UPDATE_FEATURE_ENVIRONMENT", `{"id":"(present)","type":"environment","displayName":"(present)","environment":"`+env.Name+`"}`)
		}
	})
}

func TestTerraformProject(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		read := func(want string) {
			t.Helper()
			tf.one(t, tf.must(t, "GET", "/projects", "", 200, `{}`), "projects", "id", "shop", want)
		}
		const defaults = `"mode":"open","defaultStickiness":"default","environments":[]`
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","description":"Sells",`+defaults+`}`, 201, `{"id":"shop","name":"Shop","description":"Sells"}`)
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"protected"}`, 200, "")
		read(`{"name":"Shop","description":"Sells","mode":"protected"}`)
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"private"}`, 200, "")
		tf.must(t, "PUT", "/projects/shop", `{"name":"Store","description":"Sells more"}`, 200, "")
		read(`{"name":"Store","description":"Sells more","mode":"private"}`)
		tf.must(t, "DELETE", "/projects/shop", "", 200, "")
		read("")

		// Without a description there is none: the provider takes a null for a text.
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop",`+defaults+`}`, 201, `{"id":"shop","name":"Shop","description":"(absent)"}`)
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"open"}`, 200, "")
		tf.must(t, "PUT", "/projects/shop", `{"name":"Store"}`, 200, "")
		read(`{"name":"Store","description":"(absent)","mode":"open"}`)

		// What new flags are called, and the links that they get, is sent with the mode, as null what is left out of it. It is not read, and
		// no longer sent once it is taken out of the configuration, and so stays. A description too.
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"open","featureNaming":{"pattern":"^[a-z]+$","example":null,"description":null},"linkTemplates":[{"title":null,"urlTemplate":"https://example.com/{{project}}/{{feature}}"}]}`, 200, "")
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"open","featureNaming":{"pattern":"^s-[a-z]+$","example":"s-till","description":"One letter, a dash"},"linkTemplates":[]}`, 200, "")
		tf.must(t, "PUT", "/projects/shop/settings", `{"mode":"open"}`, 200, "")
		tf.browser.must(t, "GET", "/api/admin/projects/shop/overview", "", 200, `{"featureNaming":{"pattern":"^s-[a-z]+$","example":"s-till","description":"One letter, a dash"},"linkTemplates":[]}`)
		tf.must(t, "PUT", "/projects/shop", `{"name":"Store","description":"Sells"}`, 200, "")
		tf.must(t, "PUT", "/projects/shop", `{"name":"Store"}`, 200, "")
		read(`{"description":"Sells"}`)
	})
}

func TestTerraformProjectAccess(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		ann := tf.id(t, tf.must(t, "POST", "/user-admin", `{"username":"ann","rootRole":3}`, 201, `{}`))
		group := tf.id(t, tf.must(t, "POST", "/groups", `{"name":"team","users":[{"user":{"id":`+ann+`}}]}`, 201, `{}`))
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","environments":[]}`, 201, `{}`)
		tf.must(t, "GET", "/projects/shop/access", "", 200, `{"users":[],"groups":[]}`)
		tf.must(t, "PUT", "/projects/shop/access", `{"roles":[{"id":4,"users":[1]},{"id":5,"users":[`+ann+`,1],"groups":[`+group+`]}]}`, 200, "")
		tf.must(t, "GET", "/projects/shop/access", "", 200,
			`{"users":[{"id":1,"roles":[4,5]},{"id":`+ann+`,"roles":[5]}],"groups":[{"id":`+group+`,"roles":[5]}]}`)
		tf.must(t, "PUT", "/projects/shop/access", `{"roles":[{"id":4,"users":[`+ann+`]}]}`, 200, "")
		got := tf.must(t, "GET", "/projects/shop/access", "", 200, `{"users":[{"id":`+ann+`,"roles":[4]}],"groups":[]}`)
		tf.one(t, got, "roles", "id", "4", `{"name":"Owner"}`)
	})
}

func TestTerraformProjectEnvironment(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","environments":[]}`, 201, `{}`)
		tf.must(t, "POST", "/environments", `{"name":"space","type":"vacuum"}`, 201, `{}`)
		const (
			all     = "/projects/shop/environments"
			protect = all + "/space/change-requests/config"
		)
		read := func(want string) {
			t.Helper()
			tf.one(t, tf.must(t, "GET", "/environments/project/shop", "", 200, `{"version":1}`), "environments", "name", "space", `{"visible":true}`)
			got := tf.must(t, "GET", "/projects/shop/change-requests/config", "", 200, `[{}]`)
			mustContain(t, got.body, `[`+want+`]`)
		}
		tf.must(t, "POST", all, `{"environment":"space"}`, 200, "")
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":true,"requiredApprovals":2}`, 204, "")
		read(`{"environment":"space","changeRequestEnabled":true,"requiredApprovals":2}`)
		// It adds again at every change.
		tf.must(t, "POST", all, `{"environment":"space"}`, 409, `{"name":"NameExistsError"}`)
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":true,"requiredApprovals":10}`, 204, "")
		read(`{"environment":"space","changeRequestEnabled":true,"requiredApprovals":10}`)
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":false}`, 204, "")
		read(`{"environment":"space","changeRequestEnabled":false,"requiredApprovals":null}`)
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":true}`, 204, "")
		read(`{"environment":"space","changeRequestEnabled":true,"requiredApprovals":1}`)
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":false,"requiredApprovals":0}`, 204, "")
		tf.must(t, "DELETE", all+"/space", "", 200, "")
		tf.must(t, "GET", "/projects/shop/change-requests/config", "", 200, `[]`)
		tf.must(t, "DELETE", "/projects/shop", "", 200, "")
		tf.must(t, "GET", "/environments/project/none", "", 404, `{"name":"NotFoundError"}`)

		// Without a word about change requests it leaves their settings alone, and deletes the environment as it is.
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","environments":[]}`, 201, `{}`)
		tf.must(t, "POST", all, `{"environment":"space"}`, 200, "")
		tf.browser.must(t, "PUT", "/api/admin"+protect, `{"changeRequestsEnabled":true,"requiredApprovals":1}`, 204, "")
		tf.must(t, "DELETE", all+"/space", "", 200, "")
	})
}

// TestTerraformWithoutBypass shows what the provider is told, with the token of an Editor, of an
// environment that takes changes by change requests alone: statuses that it takes for errors, and
// who can do what it asked for. Configured to protect nothing, it takes the protection away first.
func TestTerraformWithoutBypass(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		const (
			environment = "/projects/shop/environments/production"
			protect     = environment + "/change-requests/config"
			refused     = `{"name":"PermissionError","message":"You don't have the required permissions to perform this operation. To perform this action, you need the \"SKIP_CHANGE_REQUEST\" permission in the \"production\" environment."}`
		)
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","environments":["production"]}`, 201, `{}`)
		const flags = "/api/admin/projects/shop/features"
		tf.browser.must(t, "POST", flags, `{"name":"till"}`, 201, `{}`)
		tf.browser.must(t, "POST", flags+"/till/environments/production/strategies", `{"name":"default"}`, 200, `{}`)
		tf.browser.must(t, "POST", flags+"/till/environments/production/on", "", 200, "")
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":true,"requiredApprovals":1}`, 204, "")

		account := tf.id(t, tf.must(t, "POST", "/service-account", `{"username":"ci","name":"CI","rootRole":2}`, 201, `{}`))
		tf.token = field(t, tf.must(t, "POST", "/service-account/"+account+"/token", `{"description":"Terraform","expiresAt":"2099-01-01T00:00:00Z"}`, 201, `{}`), "secret")
		tf.must(t, "POST", "/projects/shop/environments", `{"environment":"production"}`, 409, `{"name":"NameExistsError"}`)
		tf.must(t, "DELETE", environment, "", 403, refused)
		tf.must(t, "PUT", protect, `{"changeRequestsEnabled":false,"requiredApprovals":0}`, 204, "")
		tf.must(t, "DELETE", environment, "", 200, "")
	})
}

func TestTerraformEnvironment(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		tf.must(t, "POST", "/environments", `{"name":"space","type":"vacuum"}`, 201, `{"name":"space","type":"vacuum","requiredApprovals":null}`)
		tf.must(t, "GET", "/environments/space", "", 200, `{"name":"space","type":"vacuum","requiredApprovals":null}`)
		tf.must(t, "PUT", "/environments/update/space", `{"type":"production","requiredApprovals":3}`, 200, `{"name":"space","type":"production","requiredApprovals":3}`)
		tf.must(t, "PUT", "/environments/update/space", `{"type":"test"}`, 200, `{"name":"space","type":"test","requiredApprovals":3}`)
		tf.must(t, "GET", "/environments/space", "", 200, `{"name":"space","type":"test","requiredApprovals":3}`)
		tf.must(t, "PUT", "/environments/update/space", `{"type":"test","requiredApprovals":null}`, 200, `{"requiredApprovals":null}`)
		tf.must(t, "DELETE", "/environments/space", "", 200, "")
		tf.must(t, "GET", "/environments/space", "", 404, `{"name":"NotFoundError"}`)
		tf.must(t, "POST", "/environments", `{"name":"station","type":"production","requiredApprovals":2}`, 201, `{"requiredApprovals":2}`)
	})
}

func TestTerraformAPIToken(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		for _, kind := range []string{"client", "frontend"} {
			for asked, want := range map[string]string{
				`"projects":["default"]`: `"project":"default","projects":["default"]`,
				`"project":"default"`:    `"project":"default","projects":["default"]`,
				`"projects":["*"]`:       `"project":"*","projects":["*"]`,
				`"project":"*"`:          `"project":"*","projects":["*"]`,
			} {
				made := tf.must(t, "POST", "/api-tokens", `{"tokenName":"mine","type":"`+kind+`","environment":"development",`+asked+`,"expiresAt":"2099-01-01T00:00:00Z"}`, 201,
					`{"tokenName":"mine","type":"`+kind+`","environment":"development",`+want+`,"expiresAt":"2099-01-01T00:00:00.000Z"}`)
				secret := field(t, made, "secret")
				read := func(want string) {
					t.Helper()
					tf.one(t, tf.must(t, "GET", "/api-tokens", "", 200, `{}`), "tokens", "secret", secret, want)
				}
				read(`{"tokenName":"mine","type":"` + kind + `","environment":"development",` + want + `,"expiresAt":"2099-01-01T00:00:00.000Z"}`)
				// Its client escapes the asterisk and the brackets of a secret.
				at := "/api-tokens/" + url.PathEscape(secret)
				tf.must(t, "PUT", at, `{"expiresAt":"2098-01-01T00:00:00Z"}`, 200, "")
				read(`{"tokenName":"mine","expiresAt":"2098-01-01T00:00:00.000Z"}`)
				tf.must(t, "DELETE", at, "", 200, "")
				read("")
			}
		}
	})
}

func TestTerraformAPITokenOfSeveralProjects(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		tf.must(t, "POST", "/projects", `{"id":"shop","name":"Shop","environments":[]}`, 201, `{}`)
		for _, kind := range []string{"client", "backend", "frontend"} {
			// The environment is read back, if none was asked for. The projects are a set.
			const want = `"environment":"development","projects":["default","shop"],"expiresAt":null`
			made := tf.must(t, "POST", "/api-tokens", `{"tokenName":"mine","type":"`+kind+`","projects":["shop","default"]}`, 201, `{"type":"`+kind+`",`+want+`}`)
			tf.one(t, tf.must(t, "GET", "/api-tokens", "", 200, `{}`), "tokens", "secret", field(t, made, "secret"), `{"type":"`+kind+`",`+want+`}`)
		}
	})
}

func TestTerraformContextField(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		const at = "/context/tier"
		tf.must(t, "POST", "/context", `{"name":"tier","description":"Paid","stickiness":true,"legalValues":[{"value":"gold","description":"A lot"},{"value":"bronze"}]}`, 201,
			`{"name":"tier","description":"Paid","stickiness":true,"legalValues":[{"value":"gold","description":"A lot"},{"value":"bronze","description":"(absent)"}]}`)
		tf.must(t, "GET", at, "", 200, `{"description":"Paid","stickiness":true,"legalValues":[{"value":"gold","description":"A lot"},{"value":"bronze","description":"(absent)"}]}`)
		tf.must(t, "PUT", at, `{"description":"Paid","stickiness":false,"legalValues":[{"value":"silver"},{"value":"gold"}]}`, 200, "")
		tf.must(t, "GET", at, "", 200, `{"description":"Paid","stickiness":false,"legalValues":[{"value":"silver"},{"value":"gold"}]}`)
		tf.must(t, "DELETE", at, "", 200, "")
		tf.must(t, "GET", at, "", 404, `{"name":"NotFoundError"}`)
		tf.must(t, "POST", "/context", `{"name":"tier","stickiness":false,"legalValues":[]}`, 201, `{"description":"(absent)","stickiness":false,"legalValues":[]}`)
		tf.must(t, "GET", at, "", 200, `{"description":"(absent)","stickiness":false,"legalValues":[]}`)
	})
}

func TestTerraformServiceAccount(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		made := tf.must(t, "POST", "/service-account", `{"username":"ci","name":"CI","rootRole":2}`, 201, `{"username":"ci","name":"CI","rootRole":2}`)
		id := tf.id(t, made)
		at := "/service-account/" + id
		read := func(want string) {
			t.Helper()
			tf.one(t, tf.must(t, "GET", "/service-account", "", 200, `{}`), "serviceAccounts", "id", id, want)
		}
		read(`{"username":"ci","name":"CI","rootRole":2}`)
		tf.must(t, "PUT", at, `{"name":"Builds","rootRole":1}`, 200, `{"username":"ci","name":"Builds","rootRole":1}`)
		read(`{"username":"ci","name":"Builds","rootRole":1}`)

		token := tf.must(t, "POST", at+"/token", `{"description":"Jenkins","expiresAt":"2099-01-01T00:00:00Z"}`, 201,
			`{"description":"Jenkins","secret":"(present)","expiresAt":"2099-01-01T00:00:00.000Z"}`)
		readTokens := func(want string) {
			t.Helper()
			tf.one(t, tf.must(t, "GET", at+"/token", "", 200, `{}`), "pats", "id", tf.id(t, token), want)
		}
		readTokens(`{"description":"Jenkins","expiresAt":"2099-01-01T00:00:00.000Z"}`)
		tf.must(t, "DELETE", at+"/token/"+tf.id(t, token), "", 200, "")
		readTokens("")
		tf.must(t, "DELETE", at, "", 200, "")
		read("")
	})
}

func TestTerraformSAML(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		const at = "/auth/saml/settings"
		first, second := newCertificate(t), newCertificate(t)
		tf.must(t, "GET", at, "", 200, `{"enabled":false}`)
		// Whatever it writes, it reads before, and afterwards.
		tf.must(t, "POST", at, `{"enabled":true,"certificate":`+first+`,"entityId":"https://id.example.com","signOnUrl":"https://id.example.com/sso","autoCreate":false,"defaultRootRoleId":0}`, 200, `{"enabled":true}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":true,"certificate":`+first+`,"entityId":"https://id.example.com","signOnUrl":"https://id.example.com/sso","defaultRootRoleId":"(absent)","spCertificate":"(present)"}`)
		for _, changed := range []string{
			`"certificate":` + second + `,"entityId":"https://id.example.com","signOnUrl":"https://id.example.com/sso","autoCreate":true,"defaultRootRoleId":2`,
			`"certificate":` + second + `,"entityId":"https://login.example.com","signOnUrl":"https://login.example.com/sso","autoCreate":true,"defaultRootRoleId":3`,
		} {
			tf.must(t, "GET", at, "", 200, `{"enabled":true}`)
			tf.must(t, "POST", at, `{"enabled":true,`+changed+`}`, 200, `{"enabled":true}`)
			tf.must(t, "GET", at, "", 200, `{"enabled":true,`+changed+`}`)
		}
		// Deleting it sends nothing, in the source that was read; it is turned off by a change, and then read as gone. What cannot be empty in
		// Unleash is cleared by a space, as for OpenID Connect.
		tf.must(t, "POST", at, `{"enabled":false,"certificate":`+second+`,"entityId":"https://login.example.com","signOnUrl":"https://login.example.com/sso","autoCreate":true,"defaultRootRoleId":3}`, 200, `{"enabled":false}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":false}`)
		tf.must(t, "POST", at, `{"enabled":false,"certificate":" ","entityId":" ","signOnUrl":" "}`, 200, `{"enabled":false}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":false}`)
	})
}

// newCertificate returns a certificate, as PEM in a JSON text.
func newCertificate(t *testing.T) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTerraformOIDC(t *testing.T) {
	eachTerraform(t, func(t *testing.T, tf terraform) {
		const at = "/auth/oidc/settings"
		tf.must(t, "GET", at, "", 200, `{"enabled":false}`)
		// What is not configured is sent as nothing, too.
		tf.must(t, "POST", at, `{"enabled":true,"discoverUrl":"https://id.example.com/.well-known/openid-configuration","clientId":"quorate","secret":"s3cret","autoCreate":false,"defaultRootRoleId":0}`, 200, `{"enabled":true}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":true,"discoverUrl":"https://id.example.com/.well-known/openid-configuration","clientId":"quorate","secret":"s3cret","defaultRootRoleId":"(absent)"}`)
		tf.must(t, "POST", at, `{"enabled":true,"discoverUrl":"https://login.example.com","clientId":"flags","secret":"other","autoCreate":true,"defaultRootRoleId":2}`, 200, `{"enabled":true}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":true,"discoverUrl":"https://login.example.com","clientId":"flags","secret":"other","autoCreate":true,"defaultRootRoleId":2}`)
		// So it deletes what it cannot delete.
		tf.must(t, "POST", at, `{"enabled":false,"clientId":" ","secret":" "}`, 200, `{"enabled":false}`)
		tf.must(t, "GET", at, "", 200, `{"enabled":false}`)
	})
}
