package scim

import (
	"strings"
	"testing"
)

// TestSorted sorts as RFC 7644, section 3.4.2.3, says.
func TestSorted(t *testing.T) {
	t.Parallel()
	const people = `{"all":[
		{"id":"1","userName":"bob","active":true,"name":{"familyName":"Zed"},"emails":[{"value":"z@example.com"},{"value":"a@example.com","primary":true}]},
		{"id":"2","userName":"Ann","active":false,"externalId":"b","emails":[]},
		{"id":"3","userName":"cid","active":true,"externalId":"B","name":{"familyName":"abe"},"emails":[{"value":"m@example.com"},{"value":"b@example.com"}]}]}`
	for _, c := range []struct{ by, order, want string }{
		{"", "", "1 2 3"},
		{"userName", "", "2 1 3"},
		{"USERNAME", "Descending", "3 1 2"},
		{"urn:ietf:params:scim:schemas:core:2.0:User:userName", "ascending", "2 1 3"},
		{"name.familyName", "ascending", "3 1 2"},
		{"name.familyName", "descending", "2 1 3"},
		{"emails", "ascending", "1 3 2"},
		{"emails.value", "descending", "2 3 1"},
		{"externalId", "ascending", "3 2 1"},
		{"active", "ascending", "2 1 3"},
		{"nothing", "ascending", "1 2 3"},
		{"name", "ascending", "1 2 3"},
	} {
		list, _ := mustObject(t, people)["all"].([]any)
		var all []object
		for _, each := range list {
			o, _ := each.(object)
			all = append(all, o)
		}
		if err := sorted(all, c.by, c.order); err != nil {
			t.Errorf("%s %s: %v", c.by, c.order, err)
		}
		var got []string
		for _, o := range all {
			got = append(got, text(o, "id"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: got %v, want %s", c.by, c.order, got, c.want)
		}
	}
	for _, c := range [][2]string{{"a b", ""}, {".", ""}, {"", "upwards"}} {
		if err := sorted(nil, c[0], c[1]); err == nil {
			t.Errorf("%v is no order", c)
		}
	}
}
