package scim_test

import (
	"encoding/json"
	"net/url"
	"testing"
)

// FuzzBodies sends anything as a directory's requests, and as its filters: they are refused or understood, and nothing breaks.
func FuzzBodies(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen","name":{"formatted":"B"},"emails":[{"value":"b@example.com","primary":true}],"active":"False"}`, `userName eq "bjensen"`},
		{`{"displayName":"crew","members":[{"value":"1"},{"value":null},{"value":"-1"}],"externalId":7}`, `members[value eq "1"] and not (displayName pr)`},
		{`{"Operations":[{"op":"replace","path":"members[value eq \"1\"].value","value":[{}]},{"op":"add","value":{"active":[]}}]}`, `((`},
		{`{"failOnErrors":1,"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"x"}},{"method":"DELETE","path":"/Groups/bulkId:a"}]}`, `a eq "\ud800"`},
		{`{"userName":"\u0000"}`, `id gt null`},
		{`[]`, ``},
		{`null`, `x`},
		{`{"userName":{"a":1},"emails":{}}`, `emails.value co "@"`},
	} {
		f.Add(seed[0], seed[1])
	}
	h := newHouse(f)
	made := map[string]string{}
	for kind, body := range map[string]string{"/Users": `{"userName":"ann"}`, "/Groups": `{"displayName":"crew"}`} {
		var resource struct{ ID string }
		if err := json.Unmarshal([]byte(h.scim(f, "POST", kind, body, 201)), &resource); err != nil {
			f.Fatal(err)
		}
		made[kind] = kind + "/" + resource.ID
	}
	f.Fuzz(func(t *testing.T, body, filter string) {
		for _, request := range [][2]string{
			{"POST", "/Users"},
			{"PUT", made["/Users"]},
			{"PATCH", made["/Users"]},
			{"POST", "/Groups"},
			{"PUT", made["/Groups"]},
			{"PATCH", made["/Groups"]},
			{"POST", "/Bulk"},
			{"GET", "/Users?filter=" + url.QueryEscape(filter)},
			{"GET", "/Groups?sortBy=" + url.QueryEscape(filter)},
			{"POST", "/Users/.search"},
		} {
			got, text := h.with(t, request[0], request[1], body, "Content-Type", "application/scim+json")
			if got.StatusCode >= 500 && got.StatusCode != 501 {
				t.Errorf("%s %s with %q: got %d %s", request[0], request[1], body, got.StatusCode, text)
			}
		}
	})
}
