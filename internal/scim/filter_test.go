package scim

import (
	"encoding/json"
	"strings"
	"testing"
)

// bjensen is the user of the examples of RFC 7643, section 8.2, in part.
const bjensen = `{"id":"2819c223","userName":"bjensen@example.com","name":{"familyName":"O'Malley","givenName":"Barbara"},"title":"Tour Guide","active":true,
	"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],
	"meta":{"lastModified":"2011-05-13T04:42:34Z"},"userType":"Employee","externalId":"Bj","none":null,"empty":""}`

func mustObject(t testing.TB, text string) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestFilter has the examples of RFC 7644, section 3.4.2.2, and others.
func TestFilter(t *testing.T) {
	t.Parallel()
	o := mustObject(t, bjensen)
	for text, want := range map[string]bool{
		`userName Eq "BJENSEN@example.com"`:                          true,
		`name.familyName co "O'Malley"`:                              true,
		`userName sw "J"`:                                            false,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "b"`: true,
		`title pr`:            true,
		`nothing pr`:          false,
		`none pr or empty pr`: false,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`:                                               false,
		`meta.lastModified ge "2011-05-13T04:42:34Z"`:                                               true,
		`meta.lastModified lt "2011-05-13T04:42:34Z"`:                                               false,
		`meta.lastModified le "2011-05-13T04:42:34Z"`:                                               true,
		`title pr and userType eq "Employee"`:                                                       true,
		`title pr or userType eq "Intern"`:                                                          true,
		`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`:     true,
		`userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")`: false,
		`userType eq "Employee" and (emails.type eq "work")`:                                        true,
		`userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`:             true,
		`emails[type eq "home" and value co "@example.com"]`:                                        false,
		`emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]`:                 true,
		`meta.lastModified gt "2011-05-13T04:42:33.999Z"`:                                           true,
		`meta.lastModified ge "2011-05-13T06:42:34.000+02:00"`:                                      true,
		`meta.lastModified lt "2011-05-13T04:42:34.001Z"`:                                           true,
		`emails[type eq "work"].value eq "BJENSEN@example.com"`:                                     true,
		`emails[type eq "home"].value eq "bjensen@example.com"`:                                     false,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr`:                  false,
		`active eq true`:                         true,
		`active eq "true"`:                       false,
		`active ne false`:                        true,
		`externalId eq "bj"`:                     false,
		`externalId eq "Bj"`:                     true,
		`title eq null`:                          false,
		`not (title pr) or title ew "GUIDE"`:     true,
		`title pr or title pr and nothing pr`:    true,
		`(title pr or title pr) and nothing pr`:  false,
		`userName eq "\u0062jensen@example.com"`: true,
	} {
		f, err := parseFilter(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := f(o); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
	for _, text := range []string{
		"", " ", "userName", "userName eq", `userName is "x"`, `userName eq "x`, `userName eq x`, `"userName" eq "x"`, `userName "eq" "x"`, `userName eq "x" and`,
		`(userName pr`, `userName pr)`, `not userName pr`, `emails[type eq "work"`, `emails[]`, `emails[type eq "work"].`, `emails[type eq "work"].value`, `emails[type eq "work"]value pr`, `emails[type eq "work"]".value" pr`, `user name eq "x"`, `.x pr`, `x. pr`, `1x pr`, `userName eq "\x"`,
		strings.Repeat("(", 30) + "a pr" + strings.Repeat(")", 30), "userName eq \"\xff\"",
	} {
		if _, err := parseFilter(text); err == nil {
			t.Errorf("%q: is taken for a filter", text)
		}
	}
}

// FuzzFilter reads anything, and asks what can be read about a resource.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "bjensen"`, `a.b pr and not (c ne 1 or d[e co "f"])`, `urn:ietf:params:scim:schemas:core:2.0:User:x gt "y"`, `a eq "\"" or b le null`, `((((a pr))))`,
	} {
		f.Add(seed)
	}
	o := mustObject(f, bjensen)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseFilter(text)
		if err != nil {
			return
		}
		// A filter and its opposite never agree.
		other, err := parseFilter("not (" + text + ")")
		if err != nil {
			if strings.Count(text, "(")+strings.Count(text, "[") < maxDepth {
				t.Fatalf("%q can be read, and not its opposite: %v", text, err)
			}
			return
		}
		if first(o) == other(o) {
			t.Errorf("%q and its opposite agree", text)
		}
	})
}

// FuzzPatch patches a resource with anything, which must not touch the resource itself.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"Operations":[{"op":"add","path":"emails[type eq \"work\"].value","value":"x"},{"op":"remove","path":"name.givenName"}]}`,
		`{"Operations":[{"op":"Replace","value":{"name.givenName":"x","active":"False"}}]}`,
		`{"Operations":[{"op":"remove","path":"emails","value":[{"value":"babs@jensen.org"}]},{"op":"add","path":"name","value":[1]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var request object
		if json.Unmarshal([]byte(text), &request) != nil {
			return
		}
		o := mustObject(t, bjensen)
		after, err := patched(o, request)
		before, _ := json.Marshal(o)
		again, _ := json.Marshal(mustObject(t, bjensen))
		if string(before) != string(again) {
			t.Fatalf("the resource itself has changed: %s", before)
		}
		if err == nil && after["id"] != "2819c223" {
			t.Errorf("the id has changed: %v", after["id"])
		}
	})
}
