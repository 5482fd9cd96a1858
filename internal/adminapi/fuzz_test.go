package adminapi_test

import (
	"net/url"
	"testing"
)

// FuzzQuery asks with any query: it is refused or answered, and nothing breaks.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "query=check&project=IS:default&state=IS_ANY_OF:active,stale&type=IS:release&tag=INCLUDE:simple:a&segment=INCLUDE_ALL_OF:x&createdAt=IS_BEFORE:2026-01-01&sortBy=lastSeenAt&sortOrder=desc&offset=1&limit=2",
		"lastSeenAt=IS_ON_OR_AFTER:9999-99-99&lifecycle=IS:live&favoritesFirst=yes&archived=IS:maybe&status[]=production:enabled&createdBy=IS:-1", "limit=-1&offset=9223372036854775808",
		"from=2026-01-01&to=2025-01-01&type=IS:feature-created&feature=IS_NOT:checkout&environment=IS:development&groupId=a&id=7&query=%00", "at=2026-01-01T00:00:00Z&from=1&to=-1&include=x",
		"hoursBack=1e9&format=csv&kind=freeze&q=%ff&state=Draft,Applied&requestedApproverId=x&project=default&project=IS:other", "sortBy=%27&query=%5C%25_&limit=1001",
	} {
		f.Add(seed)
	}
	w := newSQLiteWorld(f)
	f.Fuzz(func(t *testing.T, text string) {
		query, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		for _, path := range []string{
			"/search/features", "/search/events", "/events", "/projects", "/projects/default/change-requests", "/search/change-requests", "/upcoming", "/inbox", "/projects/default/features",
			"/client-metrics/features/checkout/raw", "/metrics/unknown-flags", "/deliveries", "/user-admin/search",
		} {
			if got := w.call(t, "admin", "GET", path+"?"+query.Encode(), "", nil); got.status >= 500 {
				t.Errorf("%s with %q: got %d %s", path, text, got.status, got.body)
			}
		}
	})
}

// FuzzSettings sends any bytes as what instances and projects are made of, and as change requests.
func FuzzSettings(f *testing.F) {
	for _, seed := range []string{
		`{"name":"europe","project":"default","constraints":[{"contextName":"a","operator":"REGEX","value":"(a+)+$"}]}`, `{"name":"plan","legalValues":[{"value":"a"},{"value":null}],"stickiness":"yes","sortOrder":1e99}`,
		`{"provider":"webhook","enabled":true,"events":["feature-created"],"parameters":{"url":"https://example.com","bodyTemplate":"{{#a}}","customHeaders":"{\"a\":1}"},"projects":["*"],"environments":[null]}`,
		`{"name":"Christmas","kind":"freeze","start":"2026-12-24T00:00","durationMinutes":600,"zone":"Europe/Oslo","recurrence":{"frequency":"yearly","until":"9999-99-99"},"environment":"development"}`,
		`[{"feature":"checkout","action":"updateEnabled","payload":{"enabled":true}},{"action":"updateSegment","payload":{"id":1,"name":"\u0000"}}]`, `{"feature":"checkout","action":"patchVariant","payload":{"variants":[{}]}}`,
		`{"state":"Scheduled","scheduledAt":"2026-13-01","comment":null}`, `{"name":"custom","parameters":[{"name":"a","type":"percentage","required":1}]}`, `{"id":"shop","name":"","mode":"hidden","defaultStickiness":7,"environments":[]}`, `null`, `[[]]`, `{"name":"\ud800"}`,
	} {
		f.Add(seed)
	}
	w := newSQLiteWorld(f)
	f.Fuzz(func(t *testing.T, body string) {
		for _, request := range [][2]string{
			{"POST", "/segments"},
			{"POST", "/context"},
			{"POST", "/addons"},
			{"POST", "/environments/development/windows"},
			{"POST", "/strategies"},
			{"POST", "/projects"},
			{"POST", "/tag-types"},
			{"POST", "/projects/default/environments/development/change-requests"},
			{"PUT", "/projects/default/change-requests/1/state"},
			{"POST", "/playground/advanced"},
			{"POST", "/api-tokens"},
			{"POST", "/roles"},
			{"POST", "/groups"},
		} {
			if got := w.call(t, "admin", request[0], request[1], body, nil); got.status >= 500 {
				t.Errorf("%s %s with %q: got %d %s", request[0], request[1], body, got.status, got.body)
			}
		}
	})
}
