package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/cli"
	"github.com/quorate/quorate/internal/fault"
)

// api answers with what is written down for a method and a path, and keeps what it was asked.
type api struct {
	url     string
	answers map[string]answer
	asked   []string // METHOD path?query body
}

// answer is a status, 0 for 200, and a body.
type answer struct {
	status int
	body   string
}

func newAPI(t *testing.T, answers map[string]answer) *api {
	t.Helper()
	a := &api{answers: answers}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.asked = append(a.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		found, ok := a.answers[r.Method+" "+r.URL.EscapedPath()]
		if !ok || r.Header.Get("Authorization") != "user:secret" || (len(body) > 0 && r.Header.Get("Content-Type") != "application/json") {
			found = answer{http.StatusTeapot, "<html>"}
		}
		if found.status != 0 {
			w.WriteHeader(found.status)
		}
		w.Write([]byte(found.body))
	}))
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// run runs `quorate cr` against the API.
func (a *api) run(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = cli.Main(append(append([]string{"cr"}, args...), "--url", a.url, "--token", "user:secret"), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestChangeRequestTexts holds what people read to golden files, and --json to the answer of the API.
func TestChangeRequestTexts(t *testing.T) {
	t.Parallel()
	request, closed, list := mustRead(t, "change-request.json"), mustRead(t, "closed-request.json"), mustRead(t, "change-requests.json")
	scheduled := mustRead(t, "scheduled-request.json")
	a := newAPI(t, map[string]answer{
		"GET /api/admin/projects/shop/change-requests/41": {body: request},
		"GET /api/admin/projects/shop/change-requests/40": {body: closed},
		"GET /api/admin/projects/shop/change-requests/39": {body: scheduled},
		"GET /api/admin/search/change-requests":           {body: list},
	})
	for _, tt := range []struct {
		args   []string
		golden string
		json   string
	}{
		{[]string{"show", "shop/41"}, "show.golden", request},
		{[]string{"diff", "shop/41"}, "diff.golden", request},
		{[]string{"show", "shop/40"}, "show-closed.golden", closed},
		{[]string{"show", "shop/39"}, "show-scheduled.golden", scheduled},
		{[]string{"list"}, "list.golden", list},
	} {
		code, out, errs := a.run(tt.args...)
		if code != 0 || errs != "" {
			t.Errorf("%v: got exit code %d and %q, want 0 and no complaint", tt.args, code, errs)
		}
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", tt.golden), []byte(out), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(mustRead(t, tt.golden), out); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.args, diff)
		}
		if _, out, _ := a.run(append(tt.args, "--json")...); out != tt.json+"\n" {
			t.Errorf("%v --json: got %q, want what the API answered", tt.args, out)
		}
	}
}

// TestChangeRequestCommands holds what each subcommand asks the API for.
func TestChangeRequestCommands(t *testing.T) {
	t.Parallel()
	const (
		state = "PUT /api/admin/projects/shop/change-requests/41/state "
		is    = "shop/41 is In review: Everything that a request \uFFFD[2Jcan change\uFFFD\n1 approval is missing.\n"
	)
	request := mustRead(t, "change-request.json")
	changes := filepath.Join(t.TempDir(), "changes.json")
	if err := os.WriteFile(changes, []byte(`{"feature": "checkout", "action": "archiveFeature"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	reviewers := `{"reviewers": [{"id": 2, "username": "bo", "email": ""}, {"id": 3, "username": null, "email": "cy@example.com"}]}`
	const (
		propose   = `POST /api/admin/projects/shop/environments/on%20air/change-requests {"feature":"checkout","action":"archiveFeature"}`
		available = "GET /api/admin/projects/shop/change-requests/available-reviewers/on%20air"
	)
	for _, tt := range []struct {
		args  []string
		asked []string
		out   string
	}{
		{[]string{"list"}, []string{"GET /api/admin/search/change-requests?limit=50"}, ""},
		{
			[]string{"list", "--project", "a,b", "--state", "In review,Approved", "--mine", "--for-me", "--text", "x", "--limit", "3"},
			[]string{"GET /api/admin/search/change-requests?createdBy=IS%3Ame&limit=3&project=IS_ANY_OF%3Aa%2Cb&query=x&requestedApproverId=IS%3Ame&state=IS_ANY_OF%3AIn+review%2CApproved"},
			"",
		},
		{[]string{"approve", "shop/41", "--content-id", "c0ffee", "--comment", "Yes"}, []string{state + `{"state":"Approved","comment":"Yes","contentId":"c0ffee"}`}, is},
		{[]string{"approve", "shop/41", "--json"}, []string{state + `{"state":"Approved"}`}, request + "\n"},
		{[]string{"reject", "shop/41", "--comment", "No"}, []string{state + `{"state":"Rejected","comment":"No"}`}, is},
		{[]string{"cancel", "shop/41"}, []string{state + `{"state":"Cancelled"}`}, is},
		{[]string{"apply", "shop/41", "--overwrite", "d1f7", "--comment", "Go"}, []string{state + `{"state":"Applied","comment":"Go","overwrite":"d1f7"}`}, is},
		{
			[]string{"schedule", "shop/41", "--at", "2026-12-01T09:00", "--zone", "Europe/Oslo", "--comment", "At nine"},
			[]string{state + `{"state":"Scheduled","comment":"At nine","scheduledAt":"2026-12-01T08:00:00Z","scheduledZone":"Europe/Oslo"}`},
			is,
		},
		{
			[]string{"schedule", "shop/41", "--at", "2026-07-01T09:00:30+02:00", "--overwrite", "d1f7"},
			[]string{state + `{"state":"Scheduled","overwrite":"d1f7","scheduledAt":"2026-07-01T07:00:30Z"}`},
			is,
		},
		{
			[]string{"schedule", "shop/41", "--at", "2026-10-25 03:00", "--zone", "Europe/Oslo"}, // an hour after the clocks are put back
			[]string{state + `{"state":"Scheduled","scheduledAt":"2026-10-25T02:00:00Z","scheduledZone":"Europe/Oslo"}`}, is,
		},
		{
			[]string{"schedule", "shop/41", "--at", "2026-10-25T01:59", "--zone", "Europe/Oslo"},
			[]string{state + `{"state":"Scheduled","scheduledAt":"2026-10-24T23:59:00Z","scheduledZone":"Europe/Oslo"}`},
			is,
		},
		{[]string{"open", "shop", "on air", changes}, []string{propose, "GET /api/admin/projects/shop/change-requests/41"}, is},
		{
			[]string{"open", "shop", "on air", changes, "--title", "Go", "--description", "Now", "--reviewer", "BO,CY@example.com,2", "--submit"},
			[]string{
				available, propose,
				`PUT /api/admin/projects/shop/change-requests/41/title {"description":"Now","title":"Go"}`,
				`PUT /api/admin/projects/shop/change-requests/41/approvers {"reviewers":[2,3,2]}`,
				state + `{"state":"In review"}`,
				"GET /api/admin/projects/shop/change-requests/41",
			},
			is,
		},
	} {
		a := newAPI(t, map[string]answer{
			"GET /api/admin/search/change-requests":                                     {body: mustRead(t, "change-requests.json")},
			"GET /api/admin/projects/shop/change-requests/available-reviewers/on%20air": {body: reviewers},
			"POST /api/admin/projects/shop/environments/on%20air/change-requests":       {body: strings.Replace(request, "In review", "Draft", 1)},
			"GET /api/admin/projects/shop/change-requests/41":                           {body: request},
			"PUT /api/admin/projects/shop/change-requests/41/state":                     {body: request},
			"PUT /api/admin/projects/shop/change-requests/41/title":                     {status: http.StatusNoContent},
			"PUT /api/admin/projects/shop/change-requests/41/approvers":                 {status: http.StatusNoContent},
		})
		code, out, errs := a.run(tt.args...)
		if code != 0 || errs != "" || (tt.out != "" && out != tt.out) {
			t.Errorf("%v: got exit code %d, %q and %q, want 0, %q and no complaint", tt.args, code, out, errs, tt.out)
		}
		if diff := cmp.Diff(tt.asked, a.asked); diff != "" {
			t.Errorf("%v asks (-want +got):\n%s", tt.args, diff)
		}
	}
}

// TestChangeRequestRefusals holds that the reader of a refusal gets the server's sentences, and
// that one who is not answered learns why.
func TestChangeRequestRefusals(t *testing.T) {
	t.Parallel()
	refused := func(status int, body any) answer {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return answer{status, string(data)}
	}
	detail := func(texts ...string) []map[string]string {
		var details []map[string]string
		for _, text := range texts {
			details = append(details, map[string]string{"message": text})
		}
		return details
	}
	changes := filepath.Join(t.TempDir(), "changes.json")
	if err := os.WriteFile(changes, []byte(`[]`), 0o600); err != nil {
		t.Fatal(err)
	}
	request := mustRead(t, "change-request.json")
	a := newAPI(t, map[string]answer{
		"PUT /api/admin/projects/shop/change-requests/1/state": refused(403, map[string]any{
			"name": "ForbiddenError", "message": "The author cannot.", "details": detail("The author cannot."),
		}),
		"PUT /api/admin/projects/shop/change-requests/2/state": refused(409, map[string]any{
			"name": "ConflictError", "message": "It has moved.", "details": detail("rollout was 25."), "driftId": "d1f7",
		}),
		"GET /api/admin/projects/shop/change-requests/8": refused(400, map[string]any{
			"name": "BadDataError", "message": fault.InvalidRequest, "details": detail("The id is too large.", "So is the project."),
		}),
		"PUT /api/admin/projects/shop/change-requests/3/state":                        {502, "<html>Bad gateway"},
		"GET /api/admin/projects/shop/change-requests/4":                              {200, "<html>Welcome"},
		"GET /api/admin/projects/shop/change-requests/5":                              {200, "[]"},
		"GET /api/admin/projects/shop/change-requests/6":                              refused(404, map[string]any{"message": "None \x1b[31mthere."}),
		"GET /api/admin/projects/shop/change-requests/available-reviewers/production": {200, `{"reviewers": [{"id": 2, "username": "bo"}]}`},
		"GET /api/admin/projects/shop/change-requests/available-reviewers/empty":      {200, `{"reviewers": []}`},
		"POST /api/admin/projects/shop/environments/production/change-requests":       {200, request},
		"PUT /api/admin/projects/shop/change-requests/41/title":                       refused(400, map[string]any{"message": "Too long.", "details": detail("500 at most.")}),
	})
	a.answers["GET /api/admin/projects/shop/change-requests/7"] = refused(http.StatusUnauthorized, map[string]any{
		"name": "AuthenticationRequired", "message": "You must log in.", "details": detail("You must log in."),
	})
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"show", "shop/7"}, 1, "quorate: You must log in.\n  The server does not know the token in QUORATE_TOKEN, or it has expired.\n"},
		{[]string{"approve", "shop/1"}, 1, "quorate: The author cannot.\n"},
		{[]string{"apply", "shop/2"}, 1, "quorate: It has moved.\n  rollout was 25.\n  To apply it all the same: quorate cr apply shop/2 --overwrite d1f7\n"},
		{[]string{"show", "shop/8"}, 1, "quorate: This cannot be done as it was asked for:\n  The id is too large.\n  So is the project.\n"},
		{[]string{"cancel", "shop/3"}, 1, "is not Quorate: it said 502 Bad Gateway\n"},
		{[]string{"show", "shop/4"}, 1, "is not Quorate: it sent something else than JSON\n"},
		{[]string{"show", "shop/5"}, 1, "the server sent something unexpected"},
		{[]string{"show", "shop/6"}, 1, "quorate: None \uFFFD[31mthere.\n"},
		{[]string{"open", "shop", "production", changes, "--reviewer", "zoe"}, 1, `quorate: zoe cannot be asked for a review in the environment "production". These can: bo.` + "\n"},
		{[]string{"open", "shop", "empty", changes, "--reviewer", "zoe"}, 1, "These can: nobody."},
		{[]string{"open", "shop", "production", changes, "--title", "x"}, 1, "quorate: the changes are in shop/41, but not all that you asked for was done.\n  Too long.\n  500 at most.\n"},
		{[]string{"open", "shop", "production", filepath.Join(t.TempDir(), "none.json")}, 1, "the changes cannot be read"},
		{[]string{"open", "shop", "production", "testdata/show.golden"}, 1, "the changes are not JSON"},
		{[]string{"schedule", "shop/2", "--at", "2026-12-01T08:00:00Z"}, 1, "To schedule it all the same: quorate cr schedule shop/2 --at 2026-12-01T08:00:00Z --overwrite d1f7\n"},
		{[]string{"schedule", "shop/1", "--at", "tomorrow"}, 1, `"tomorrow" is no time`},
		{[]string{"schedule", "shop/1", "--at", "2026-12-01T09:00"}, 1, "say in which time zone with --zone"},
		{[]string{"schedule", "shop/1", "--at", "2026-12-01T09:00", "--zone", "Europe/Atlantis"}, 1, `there is no time zone "Europe/Atlantis"`},
		{[]string{"schedule", "shop/1", "--at", "2026-03-29T02:30", "--zone", "Europe/Oslo"}, 1, "never show 2026-03-29T02:30"},
		{[]string{"schedule", "shop/1", "--at", "2026-10-25T02:30", "--zone", "Europe/Oslo"}, 1, "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"},
		{[]string{"schedule", "shop/1", "--at", "2026-10-04T02:15", "--zone", "Australia/Lord_Howe"}, 1, "never show"}, // they are put forward by half an hour
		{[]string{"schedule", "shop/1"}, 2, "--at"},
		{[]string{"show", "shop"}, 2, "a change request is written PROJECT/ID"},
		{[]string{"show", "/7"}, 2, "a change request is written PROJECT/ID"},
		{[]string{"list", "--state", "lost"}, 2, `"In review"`},
		{[]string{"list", "--url", "localhost:4242"}, 2, "is no address of a server"},
		{[]string{"list", "--url", "http://127.0.0.1:1"}, 1, "quorate: There is no answer from http://127.0.0.1:1: dial tcp 127.0.0.1:1"},
	} {
		var stdout, stderr bytes.Buffer
		args := append([]string{"cr", tt.args[0], "--url", a.url, "--token", "user:secret"}, tt.args[1:]...)
		code := cli.Main(args, &stdout, &stderr)
		if code != tt.code || stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.says) {
			t.Errorf("%v: got exit code %d, %q and %q, want %d, nothing and %q", tt.args, code, stdout.String(), stderr.String(), tt.code, tt.says)
		}
	}
	var stderr bytes.Buffer
	if code := cli.Main([]string{"cr", "list", "--token", ""}, io.Discard, &stderr); code != 1 || !strings.Contains(stderr.String(), "QUORATE_TOKEN") {
		t.Errorf("without a token: got exit code %d and %q, want 1 and the name of the variable", code, stderr.String())
	}
	for _, asked := range a.asked {
		if strings.HasPrefix(asked, "POST") && strings.Contains(asked, "empty") {
			t.Errorf("got %q after a reviewer was not found, want nothing to be stored", asked)
		}
	}
}

// TestUpcoming holds what is asked for, and what people read.
func TestUpcoming(t *testing.T) {
	t.Parallel()
	a := newAPI(t, map[string]answer{"GET /api/admin/upcoming": {body: mustRead(t, "upcoming.json")}})
	var out, errs bytes.Buffer
	code := cli.Main([]string{"upcoming", "--project", "shop,warehouse", "--environment", "live", "--limit", "2", "--url", a.url, "--token", "user:secret"}, &out, &errs)
	want := `TIME                  REQUEST      SCHEDULE   ENVIRONMENT  FOR  TITLE
2026-12-01 09:00 CET  shop/39      suspended  production   cy   Winter sale
2026-12-02 08:00 UTC  warehouse/7  pending    live         bo   changes forklift, night-shift
These are 2 of 5; --limit shows more.

FROM                  TO                    WINDOW       STATE  ENVIRONMENT  PROJECTS         NAME
2026-11-30 21:00 UTC  2026-12-01 01:00 UTC  maintenance  now    live         shop, warehouse  Nights
2026-12-19 23:00 UTC  2027-01-02 23:00 UTC  freeze       ahead  production   all              Christmas
`
	if diff := cmp.Diff(want, out.String()); diff != "" || code != 0 {
		t.Errorf("got exit code %d and %q (-want +got):\n%s", code, errs.String(), diff)
	}
	if diff := cmp.Diff([]string{"GET /api/admin/upcoming?environment=live&limit=2&project=shop&project=warehouse"}, a.asked); diff != "" {
		t.Errorf("asks (-want +got):\n%s", diff)
	}
}
