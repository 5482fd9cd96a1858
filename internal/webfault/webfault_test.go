package webfault_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/webfault"
)

const id = "0199c8a2-0000-7000-8000-000000000000"

// answer writes err as the answer to a request with the id above, and returns the
// answer and what was logged.
func answer(t *testing.T, write func(http.ResponseWriter, *http.Request, error), err error) (*http.Response, string, string) {
	t.Helper()
	var log bytes.Buffer
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/admin/x", nil)
	r = r.WithContext(webfault.WithRequest(r.Context(), id, slog.New(slog.NewTextHandler(&log, nil))))
	w := httptest.NewRecorder()
	write(w, r, err)
	return w.Result(), w.Body.String(), log.String()
}

func TestWrite(t *testing.T) {
	t.Parallel()
	denied := fault.New(fault.Permission, "You may not.")
	denied.Permissions = []string{"A", "B"}
	away := fault.New(fault.Unavailable, "The database is away.")
	away.RetryAfter = 1500 * time.Millisecond

	for _, test := range []struct {
		name       string
		err        error
		status     int
		body       string
		retryAfter string
	}{
		{
			"a fault without details", fault.New(fault.NotFound, "No %s found", "project"), http.StatusNotFound,
			`{"id":"` + id + `","name":"NotFoundError","message":"No project found","details":[{"message":"No project found"}]}`, "",
		},
		{
			"a wrapped fault with details", fmt.Errorf("app: %w", fault.Field("/body/name", "Say <what>.")), http.StatusBadRequest,
			`{"id":"` + id + `","name":"BadDataError","message":"` + fault.InvalidRequest + `","details":[{"path":"/body/name","message":"Say \u003cwhat\u003e."}]}`, "",
		},
		{
			"a missing permission", denied, http.StatusForbidden,
			`{"id":"` + id + `","name":"PermissionError","message":"You may not.","details":[{"message":"You may not."}],"permissions":["A","B"]}`, "",
		},
		{
			"worth trying again", away, http.StatusServiceUnavailable,
			`{"id":"` + id + `","name":"ServiceUnavailableError","message":"The database is away.","details":[{"message":"The database is away."}]}`, "2",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			response, body, log := answer(t, webfault.Write, test.err)
			if response.StatusCode != test.status {
				t.Errorf("got status %d, want %d", response.StatusCode, test.status)
			}
			if diff := cmp.Diff(test.body, body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if got, want := response.Header.Get("Content-Type"), "application/json; charset=utf-8"; got != want {
				t.Errorf("got content type %q, want %q", got, want)
			}
			if got := response.Header.Get("Retry-After"); got != test.retryAfter {
				t.Errorf("got Retry-After %q, want %q", got, test.retryAfter)
			}
			if log != "" {
				t.Errorf("got %q logged, want nothing: a fault is an answer", log)
			}
		})
	}
}

func TestWriteInternalError(t *testing.T) {
	t.Parallel()
	response, body, log := answer(t, webfault.Write, errors.New("store: the password is x"))
	if response.StatusCode != http.StatusInternalServerError {
		t.Errorf("got status %d, want 500", response.StatusCode)
	}
	var got webfault.Body
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != id || got.Name != "InternalError" || !strings.Contains(got.Message, id) {
		t.Errorf("got %+v, want an InternalError that names the id", got)
	}
	if strings.Contains(body, "password") {
		t.Errorf("got the error's text in %s, want it in the log only", body)
	}
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, id) || !strings.Contains(log, "the password is x") {
		t.Errorf("got the log %q, want one line with the id and the text", log)
	}
}

func TestWriteMessage(t *testing.T) {
	t.Parallel()
	response, body, _ := answer(t, webfault.WriteMessage, fault.New(fault.Forbidden, "invalid token"))
	if response.StatusCode != http.StatusForbidden || body != `{"message":"invalid token"}` {
		t.Errorf("got %d %s, want 403 with the message alone", response.StatusCode, body)
	}
}

func TestWriteWithoutRequest(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	webfault.Write(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), fault.New(fault.NotFound, "gone"))
	var got webfault.Body
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.ID) != len(id) {
		t.Errorf("got %+v and %v, want an id", got, err)
	}
}

// TestStatusPage holds the documentation's table to the one in the code.
func TestStatusPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| \w+ \| (\w+) \| (\d+) \|$`).FindAllStringSubmatch(string(page), -1)
	if len(rows) == 0 {
		t.Fatal("got no row in docs/errors.md")
	}
	for _, row := range rows {
		if got := fmt.Sprint(webfault.Status(fault.Kind(row[1]))); got != row[2] {
			t.Errorf("%s: got status %s, docs/errors.md says %s", row[1], got, row[2])
		}
	}
	if got := webfault.Status("Unheard"); got != http.StatusInternalServerError {
		t.Errorf("an unknown kind: got status %d, want 500", got)
	}
}
