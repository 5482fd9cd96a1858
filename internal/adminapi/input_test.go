package adminapi_test

import "testing"

// TestInputs sends parameters in unusual forms; answers show how they were read.
func TestInputs(t *testing.T) {
	t.Parallel()
	w := newSQLiteWorld(t)
	for _, test := range []struct {
		name, path string
		status     int
		want       string
	}{
		{"a number in a path, written differently", "/segments/2.0", 200, `{"id":2}`},
		{"a path that is escaped", "/segments/%32", 200, `{"id":2}`},
		{"a boolean as a number", "/projects?archived=1", 200, `{"projects":[{"id":"shelved"}]}`},
		{"a parameter without a value", "/search/features?query=vault&sortOrder=", 200, `{"features":[{"name":"vault"}]}`},
		{"several items of a list", "/search/features?query=checkout&status=development:disabled&status=development:enabled", 200, `{"features":[{"name":"checkout"}]}`},
		{"one item of a list is wrong", "/search/features?status=development:enabled&status=x", 400, `{"details":[{"path":"/query/status"}]}`},
		{"bytes that are no text", "/projects/default/features/%FF", 404, `{"name":"NotFoundError"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := w.call(t, "admin", "GET", test.path, "", nil)
			if got.status != test.status {
				t.Fatalf("got %d %s, want %d", got.status, got.body, test.status)
			}
			if kind := got.header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
				t.Errorf("got the content type %q, want JSON", kind)
			}
			mustContain(t, got.body, test.want)
		})
	}
}
