package adminapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/webfault"
)

// matrixFile says who may do what. It is written by go test ./internal/adminapi -update.
const matrixFile = "testdata/matrix.golden"

// everywhere are operations whose permissions have to be held in every project, as by a root role, and why.
var everywhere = map[string]string{
	"deleteTag": "the tag is taken from the flags of all projects",
}

// byContent are operations that name no permission in the document and yet refuse a Viewer, and why.
var byContent = map[string]string{
	"importToggles": "what it takes depends on what is imported",
}

// TestMatrix asks for every operation in the name of everyone: nobody, holders of each built-in role, and holders of
// each single permission. It holds what they are answered to what the document says, and to a file that shows it.
//
// Nothing that is allowed is written, so all are asked about the same state.
func TestMatrix(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	w := newWorld(t, db)
	for _, story := range stories {
		story(w, t)
	}
	roles := []string{"Viewer", "Member", "Owner", "Editor", "Admin"}
	for _, role := range access.BuiltInRoles() {
		w.callers[role.Name] = w.holding(&role)
	}
	for _, entry := range access.Catalogue() {
		role := access.Role{Type: access.CustomProjectRole, Permissions: []access.RolePermission{{Permission: entry.Permission}}}
		if entry.Scope == access.ScopeRoot {
			role.Type = access.CustomRootRole
		}
		w.callers[string(entry.Permission)] = w.holding(&role)
	}
	storetest.Exec(t, storetest.URL(t, db), `create trigger nothing_is_written before insert on events begin insert into nowhere values (1); end`)

	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	operations := map[string]*openapi3.Operation{}
	requests := map[string][]scenario{}
	for _, path := range doc.Paths.InMatchingOrder() {
		for method, op := range doc.Paths.Value(path).Operations() {
			operations[op.OperationID] = op
			if r, ok := peopleOperations()[op.OperationID]; ok {
				requests[op.OperationID] = []scenario{{method: method, path: r.path, body: r.body}}
			}
		}
	}
	for _, table := range scenarios() {
		for _, s := range table {
			if s.status < 300 {
				id := s.operation(t).OperationID
				requests[id] = append(requests[id], s)
			}
		}
	}

	var matrix bytes.Buffer
	fmt.Fprintf(&matrix, "# Who may do what: x may, 401 and 403 are refused. Then, for which permissions alone one may.\n")
	fmt.Fprintf(&matrix, "%-40s nobody %s\n", "", strings.Join(roles, " "))
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		op := operations[id]
		asked := requests[id]
		if len(asked) == 0 {
			t.Errorf("%s: there is no request for it", id)
			continue
		}
		open := op.Security != nil && len(*op.Security) == 0
		fmt.Fprintf(&matrix, "%-40s %-6s", id, w.may(t, "", asked))
		if got := w.may(t, "", asked); open == (got == "401") {
			t.Errorf("%s: nobody is answered %s", id, got)
		}
		for _, role := range roles {
			fmt.Fprintf(&matrix, " %-*s", len(role), w.may(t, role, asked))
		}
		var declared, enough []string
		for _, p := range op.Extensions["x-quorate-permissions"].([]any) {
			declared = append(declared, p.(string))
		}
		if len(declared) > 0 {
			for _, entry := range access.Catalogue() {
				if w.may(t, string(entry.Permission), asked) == "x" {
					enough = append(enough, string(entry.Permission))
				}
			}
			if !slices.Contains(declared, string(access.Admin)) {
				declared = append(declared, string(access.Admin)) // admins may do everything
			}
			slices.Sort(declared)
			slices.Sort(enough)
			if diff := cmp.Diff(declared, enough); diff != "" && everywhere[id] == "" {
				t.Errorf("%s: the permissions that are enough are not those that the document names (-document +enough):\n%s", id, diff)
			}
		} else if !open && byContent[id] == "" && w.may(t, "Viewer", asked) != "x" {
			t.Errorf("%s: the document names no permission, and a Viewer is refused", id)
		}
		fmt.Fprintf(&matrix, " %s\n", strings.Join(enough, " "))
	}
	lines := bytes.Split(matrix.Bytes(), []byte("\n"))
	for i := range lines {
		lines[i] = bytes.TrimRight(lines[i], " ")
	}
	got := bytes.Join(lines, []byte("\n"))
	if *update {
		if err := os.WriteFile(matrixFile, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-file +now):\n%s", matrixFile, diff)
	}
}

// holding returns a Viewer who has a role as well: in the instance or, if it is for projects, in each of them.
func (w *world) holding(role *access.Role) access.Actor {
	actor := access.Actor{Ref: access.NewRef(access.KindUser, lastOfThem)}
	if role.Type.Root() {
		actor.Give(role, "")
		return actor
	}
	for p := range w.engine.State().Projects() {
		actor.Give(role, p.ID)
	}
	return actor
}

// may says what a caller is answered: 401, 403 if a permission is missing for each of the requests, else x.
func (w *world) may(t testing.TB, as string, asked []scenario) string {
	t.Helper()
	for _, s := range asked {
		path := s.path
		if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/auth/simple/login") && !strings.HasPrefix(path, "/auth/reset/") && !strings.HasPrefix(path, "/invite/") && path != "/logout" {
			path = "/api/admin" + path
		}
		ctx, cancel := context.WithCancel(t.Context())
		ctx = webfault.WithRequest(ctx, "", slog.New(slog.DiscardHandler)) // nothing can be written, which is an error
		r := httptest.NewRequestWithContext(ctx, s.method, path, strings.NewReader(s.body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", as)
		for name, value := range s.header {
			r.Header.Set(name, value)
		}
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, r)
		cancel()
		var body struct{ Name fault.Kind }
		_ = json.Unmarshal(recorder.Body.Bytes(), &body) // there may be none
		switch {
		case recorder.Code == http.StatusUnauthorized && body.Name == fault.Unauthenticated:
			return "401"
		case body.Name != fault.Permission:
			return "x"
		}
	}
	return "403"
}
