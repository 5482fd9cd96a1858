package ofrep_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

// FuzzBodies sends anything as the body of a provider: it is refused or understood, with JSON, and the same body gets the same answer.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		"", "null", "[]", "{", `{"context":null}`, `{"context":{"targetingKey":"ann","plan":7}}`, `{"context":{"targetingKey":{"a":[1]},"userId":null,"properties":{"a":[1,null,{}],"b":1e999}}}`,
		`{"context":{"targetingKey":"x","remoteAddress":"::ffff:192.0.2.1","currentTime":"2026-02-30T25:00:00Z","sessionId":1e400,"environment":["x"]}}`, `{"context":{"userId":"\u0000\ud800"}}`,
	} {
		f.Add(seed)
	}
	h := newHouse(f, -1)
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"", "/by-user", "/by-plan", "/nothing"} {
			got := h.post(t, path, body, "Authorization: backend", "Content-Type: application/json")
			if got.Code >= http.StatusInternalServerError || !json.Valid(got.Body.Bytes()) {
				t.Fatalf("%q with %q: got %d %s", path, body, got.Code, got.Body)
			}
			again := h.post(t, path, body, "Authorization: backend", "Content-Type: application/json", "If-None-Match: "+got.Header().Get("ETag"))
			want := got.Code
			if got.Header().Get("ETag") != "" {
				want = http.StatusNotModified
			}
			if again.Code != want {
				t.Errorf("%q with %q: got %d, and then %d, want %d", path, body, got.Code, again.Code, want)
			}
		}
	})
}
