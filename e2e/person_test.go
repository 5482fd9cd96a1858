package e2e_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// signIn signs somebody in, makes a personal token, and sets a variable of the script to it.
func signIn(ts *testscript.TestScript, args []string) {
	name, username, password := args[0], args[1], args[2]
	session := post(ts, "/auth/simple/login", map[string]string{"username": username, "password": password}, nil)
	defer session.Body.Close()
	made := post(ts, "/api/admin/user/tokens", map[string]string{"description": name, "expiresAt": "2999-01-01T00:00:00Z"}, session.Cookies())
	defer made.Body.Close()
	var token struct {
		Secret string `json:"secret"`
	}
	ts.Check(json.NewDecoder(made.Body).Decode(&token))
	if token.Secret == "" {
		ts.Fatalf("%s got no token: %s", username, made.Status)
	}
	ts.Setenv(name, token.Secret)
}

func post(ts *testscript.TestScript, path string, body map[string]string, cookies []*http.Cookie) *http.Response {
	data, err := json.Marshal(body)
	ts.Check(err)
	r, err := http.NewRequest(http.MethodPost, ts.Getenv("URL")+path, strings.NewReader(string(data)))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	response, err := http.DefaultClient.Do(r)
	ts.Check(err)
	return response
}

// capture sets a variable of the script to what the first group of a regular expression matches
// in the last output.
func capture(ts *testscript.TestScript, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("no match for %q", args[1])
	}
	ts.Setenv(args[0], found[1])
}
