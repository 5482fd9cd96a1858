package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestVersions answers and refuses by the version that a client knows (RFC 7644, section 3.14).
func TestVersions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func(method, path, body string, want int, header ...string) (http.Header, string) {
		t.Helper()
		got, text := h.with(t, method, path, body, header...)
		if got.StatusCode != want {
			t.Fatalf("%s %s %v: got %d %s, want %d", method, path, header, got.StatusCode, text, want)
		}
		return got.Header, text
	}
	made, text := ask("POST", "/Users", `{"userName":"ann@example.com"}`, 201)
	first := made.Get("ETag")
	if !strings.HasPrefix(first, `W/"`) || !strings.Contains(text, strings.ReplaceAll(first, `"`, `\"`)) {
		t.Fatalf("got the version %q in the header, and %s", first, text)
	}
	if header, text := ask("GET", "/Users/2", "", 304, "If-None-Match", `"x", `+first); text != "" || header.Get("ETag") != first {
		t.Errorf("got %q %v, want nothing but the version", text, header)
	}
	ask("GET", "/Users/2", "", 200, "If-None-Match", `"x"`)
	changed, _ := ask("PATCH", "/Users/2", `{"Operations":[{"op":"replace","path":"displayName","value":"Ann"}]}`, 200, "If-Match", first)
	second := changed.Get("ETag")
	if second == first {
		t.Error("another resource has the same version")
	}
	for _, refused := range [][]string{{"If-Match", first}, {"If-None-Match", second}, {"If-None-Match", "*"}} {
		ask("PUT", "/Users/2", `{"userName":"eve@example.com"}`, 412, refused...)
		ask("PATCH", "/Users/2", `{"Operations":[{"op":"replace","path":"displayName","value":"Eve"}]}`, 412, refused...)
		ask("DELETE", "/Users/2", "", 412, refused...)
	}
	if header, text := ask("GET", "/Users/2", "", 200, "If-None-Match", first); header.Get("ETag") != second || !strings.Contains(text, "ann@example.com") {
		t.Errorf("got %s %s, want what it was", header.Get("ETag"), text)
	}
	// A group that she joins is part of what is shown of her.
	group, _ := ask("POST", "/Groups", `{"displayName":"Shop","members":[{"value":"2"}]}`, 201)
	ask("PATCH", "/Users/2", `{"Operations":[{"op":"replace","path":"displayName","value":"Eve"}]}`, 412, "If-Match", second)
	ask("DELETE", "/Users/2", "", 204, "If-Match", "*")
	if group.Get("ETag") == "" {
		t.Error("a group has no version")
	}
	ask("DELETE", "/Groups/1", "", 412, "If-Match", group.Get("ETag"))
}

// TestBulkLimits holds what the configuration promises.
func TestBulkLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	operations := func(n int) string {
		return `{"Operations":[` + strings.TrimSuffix(strings.Repeat(`{"method":"DELETE","path":"/Users/99"},`, n), ",") + `]}`
	}
	config := h.scim(t, "GET", "/ServiceProviderConfig", "", 200)
	const maxOperations, maxPayload = 500, 4 << 20
	if want := fmt.Sprintf(`"bulk":{"maxOperations":%d,"maxPayloadSize":%d,"supported":true}`, maxOperations, maxPayload); !strings.Contains(config, want) {
		t.Errorf("got %s, want %s", config, want)
	}
	h.scim(t, "POST", "/Bulk", operations(maxOperations+1), 413)
	h.scim(t, "POST", "/Bulk", `{"x":"`+strings.Repeat("x", maxPayload)+`"}`, 413)
	if text := h.scim(t, "POST", "/Bulk", operations(maxOperations), 200); strings.Count(text, `"404"`) != 2*maxOperations { // of the operation, and in its response
		t.Errorf("not all was done: %d", strings.Count(text, `"404"`))
	}
	for range 5 { // some have come back meanwhile
		if got, _ := h.with(t, "POST", "/Bulk", operations(maxOperations)); got.StatusCode == 429 && got.Header.Get("Retry-After") == "10" {
			return
		}
	}
	t.Error("operations do not count like requests")
}

// TestBulkChain has as many operations as there may be, each of which refers to what the next one makes: they are done from the last to
// the first.
func TestBulkChain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const length = 500
	filler := strings.TrimSuffix(strings.Repeat(`"x",`, 1500), ",")
	var operations []string
	for i := range length {
		next := ""
		if i < length-1 {
			next = fmt.Sprintf(`"externalId":"bulkId:%d",`, i+1)
		}
		operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"%d","data":{%s"userName":"u%d","filler":[%s]}}`, i, next, i, filler))
	}
	began := time.Now()
	text := h.scim(t, "POST", "/Bulk", `{"Operations":[`+strings.Join(operations, ",")+`]}`, 200)
	t.Logf("%d operations took %s", length, time.Since(began))
	var told struct {
		Operations []struct{ BulkID, Status string }
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil || len(told.Operations) != length {
		t.Fatalf("got %d answers (%v), want %d", len(told.Operations), err, length)
	}
	for i, o := range told.Operations {
		if want := fmt.Sprint(length - 1 - i); o.BulkID != want || o.Status != "201" {
			t.Fatalf("answer %d is %s for %s, want 201 for %s", i, o.Status, o.BulkID, want)
		}
	}
	if text := h.scim(t, "GET", `/Users?filter=userName%20eq%20%22u498%22`, "", 200); !strings.Contains(text, `"externalId":"2"`) {
		t.Errorf("got %s, want that it refers to the one that was made first", text)
	}
}
