package adminapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/webfault"
)

// operation describes one thing that the API can do. Paths are relative to /api/admin,
// unless it is outside.
type operation struct {
	ID      string // Unleash's operationId
	Method  string
	Path    string
	Tag     string
	Summary string
	// Description says what the summary leaves out, in Markdown.
	Description string
	// Permissions are those of which any one is enough, for the document; the use case
	// asks for them. None: everyone who is signed in.
	Permissions []access.Permission
	Status      int // of success; 0: 200
	MaxBody     int // in bytes; 0: maxBody
	Deprecated  bool
	Outside     bool // the path is relative to the server's root
	Open        bool // anybody may; nobody has to be signed in
	Guessed     bool // who is wrong too often has to wait
	NoStore     bool // the answer must not be kept by anyone
}

// The sizes of bodies. Unleash allows 100 kB.
const (
	maxBody     = 1 << 20
	maxBulkBody = 10 << 20
)

// request is what an operation knows besides its input.
type request struct {
	// State is the newest state when the request came in.
	State  *state.State
	Caller app.Caller

	http   *http.Request
	header http.Header // of the answer
}

// empty is the answer of operations that have none: no body at all.
type empty struct{}

// located is an answer that says where what was created can be read.
type located interface{ location() string }

// register makes an operation part of the API and of its document.
func register[I, O any](a *api, op operation, fn func(context.Context, request, *I) (O, error)) {
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	handle := func(ctx context.Context, in *I) (O, error) {
		r := requestOf(ctx)
		out, err := fn(ctx, r, in)
		if err != nil {
			return out, refuse(r.http, err)
		}
		if r.http.Method != http.MethodGet { // the state is another one now
			r.header.Set(revisionHeader, strconv.FormatInt(a.App.State().Revision(), 10))
		}
		if l, ok := any(out).(located); ok {
			r.header.Set("Location", l.location())
		}
		return out, nil
	}
	var none O
	if _, ok := any(none).(empty); ok {
		huma.Register(a.huma, op.described(), func(ctx context.Context, in *I) (*struct{}, error) {
			_, err := handle(ctx, in)
			return &struct{}{}, err
		})
		return
	}
	type answer struct{ Body O }
	huma.Register(a.huma, op.described(), func(ctx context.Context, in *I) (*answer, error) {
		out, err := handle(ctx, in)
		return &answer{out}, err
	})
}

// described returns the operation as huma registers it. Checking the input is receive's
// work, so it is switched off there.
func (op operation) described() huma.Operation {
	path, security := "/api/admin"+op.Path, []map[string][]string(nil)
	if op.Outside {
		path = op.Path
	}
	if op.Open {
		security = []map[string][]string{}
	}
	permissions := make([]string, len(op.Permissions))
	for i, p := range op.Permissions {
		permissions[i] = string(p)
	}
	return huma.Operation{
		OperationID:        op.ID,
		Method:             op.Method,
		Path:               path,
		Security:           security,
		Tags:               []string{op.Tag},
		Summary:            op.Summary,
		Description:        op.Description,
		DefaultStatus:      op.Status,
		Deprecated:         op.Deprecated,
		Responses:          responses(op),
		Extensions:         map[string]any{permissionsExtension: permissions},
		Metadata:           map[string]any{operationKey: op},
		SkipValidateBody:   true,
		SkipValidateParams: true,
		MaxBodyBytes:       -1,
	}
}

// operationKey is where an operation is kept in huma's.
const operationKey = "operation"

// refusal is a failure as huma writes it.
type refusal struct {
	webfault.Body
	status int
	header http.Header
}

func refuse(r *http.Request, err error) *refusal {
	status, header, body := webfault.Answer(r, err)
	header.Del("Content-Type") // huma sets it
	return &refusal{body, status, header}
}

// Error returns the sentence.
func (r *refusal) Error() string { return r.Message }

// GetStatus returns the HTTP status.
func (r *refusal) GetStatus() int { return r.status }

// GetHeaders returns the headers.
func (r *refusal) GetHeaders() http.Header { return r.header }
