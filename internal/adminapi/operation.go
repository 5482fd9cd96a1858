package adminapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/webfault"
)

// operation describes one thing that the API can do. Paths are relative to /api/admin,
// unless it is outside.
//
// described makes the document of it; receive and visible look at it before the operation is called,
// and register when it answers. It is registered once, when the server starts, and never changes.
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
	Guessed     bool // who is wrong too often has to wait: for the document; identity counts
	NoStore     bool // the answer must not be kept by anyone
	// Files are the media types of an answer that is streamed, of which it has one.
	Files []string
	Heavy bool // it takes much memory or time: one at a time of all that do
	// Proposable tells that where an environment is protected, the operation can be put into a
	// change request instead: then it is answered 202, with the request.
	Proposable bool
}

// The sizes of bodies. Unleash allows 100 kB.
//
// maxBody is what people and scripts send; maxBulkBody is for operations that name thousands of flags
// at once. Imports have a limit of their own, interchange.MaxDocument (docs/admin-api.md, "Where it
// differs from Unleash").
const (
	maxBody     = 1 << 20
	maxBulkBody = 10 << 20
)

// request is what an operation knows besides its input.
//
// It is made anew for each request and not kept, so that an operation sees one state from its beginning
// to its end, however many are published meanwhile. After a write, what is shown is read from
// a.App.State() instead.
type request struct {
	// State is the newest state when the request came in.
	State  *state.State
	Caller app.Caller

	http   *http.Request
	header http.Header // of the answer
	body   any         // JSON, coerced and checked
}

// empty is the answer of operations that have none: no body at all.
//
// It is a type and not nil, so that the signature says that nothing is answered, and the document, too.
type empty struct{}

// streamed is the answer of operations that write a file while they read what is in it.
//
// The status and the headers are sent before the first byte is read, so nothing that fails later can
// change them: see answer.
type streamed struct {
	file interface {
		contentType() string
		stream(ctx context.Context, to io.Writer) error
	}
}

// tabular is an answer that is a table for who prefers one: they accept text/csv.
type tabular interface{ table() table }

// located is an answer that says where what was created can be read.
type located interface{ location() string }

// register makes an operation part of the API and of its document. It is generic for the
// sake of its callers and does nothing but forget the types: what is generic is compiled
// anew for each operation (docs/adr/0015-reflection-below-register.md).
func register[I, O any](a *api, op operation, fn func(context.Context, request, *I) (O, error)) {
	a.register(op, reflect.TypeFor[I](), reflect.TypeFor[O](), func(ctx context.Context, r request, in any) (any, error) {
		return fn(ctx, r, in.(*I))
	})
}

// register does for functions of any types what huma.Register does for those of known
// ones. The function is given a pointer to an input, and returns an answer.
func (a *api) register(op operation, in, answer reflect.Type, fn func(ctx context.Context, r request, in any) (any, error)) {
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	document := a.huma.OpenAPI()
	described := op.described()
	input := inputOf(in, document.Components.Schemas, described)
	switch answer {
	case reflect.TypeFor[empty]():
	case reflect.TypeFor[streamed]():
		described.Responses[strconv.Itoa(op.Status)].Content = files(op.Files)
	default:
		described.Responses[strconv.Itoa(op.Status)].Content = map[string]*huma.MediaType{
			"application/json": {Schema: document.Components.Schemas.Schema(answer, true, op.ID+"Response")},
		}
		if answer.Implements(reflect.TypeFor[tabular]()) {
			described.Responses[strconv.Itoa(op.Status)].Content[csvType] = &huma.MediaType{}
		}
	}
	if op.Proposable {
		a.describeProposing(described)
	}
	// The handler below is what runs for each request, behind receive and visible. It does no more than
	// bind, call and answer; a refusal takes the same way out wherever it comes from.
	document.AddOperation(described)
	a.huma.Adapter().Handle(described, a.huma.Middlewares().Handler(func(ctx huma.Context) {
		r := requestOf(ctx.Context())
		op := op
		in, err := input.read(ctx, r.body)
		var out any
		if err == nil {
			out, err = fn(ctx.Context(), r, in)
		}
		// To have been proposed is an error to the use case, since nothing was written, and an answer
		// to the caller.
		if proposed, ok := errors.AsType[*app.Proposed](err); ok {
			op, out, err = op.accepted(), a.viewChangeRequest(ctx.Context(), r, proposed.Request), nil
		}
		if err == nil {
			err = a.answer(ctx, op, r, out)
		}
		if err != nil {
			_, w := humachi.Unwrap(ctx)
			// Reads return the store's bare error when the database is away; writes have made a fault
			// of it already.
			webfault.Write(w, r.http, app.Away(err))
		}
	}))
}

// describeProposing says in the document that an operation can be put into a change request.
//
// Some operations answer 202 already when they are done, without a body. Then both meanings share the
// status, and a client tells them apart by the body.
func (a *api) describeProposing(op *huma.Operation) {
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: proposeHeader, In: "header",
		Description: "Where an environment is protected: draft puts the operation into your change request instead, submit sends that to review as well.",
		Schema:      &huma.Schema{Type: huma.TypeString, Enum: []any{string(app.IntoDraft), string(app.IntoReview)}},
	})
	accepted := &huma.Response{Description: "It was put into a change request, which is in the body.", Content: map[string]*huma.MediaType{
		"application/json": {Schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[changeRequest](), true, "")},
	}}
	if own := op.Responses[strconv.Itoa(http.StatusAccepted)]; own != nil {
		accepted.Description = "Done, without a body; or it was put into a change request, which is in the body."
		accepted.Headers = own.Headers
	}
	op.Responses[strconv.Itoa(http.StatusAccepted)] = accepted
}

// accepted returns the operation as it answers when it was not done but put into a change
// request.
func (op operation) accepted() operation {
	op.Status = http.StatusAccepted
	return op
}

// files describes an answer that is a file.
func files(types []string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, name := range types {
		content[name] = &huma.MediaType{}
	}
	return content
}

// answer writes what an operation returned. If it fails, nothing has been written, or, of a file,
// the connection is broken off, so that nobody takes a part for all.
func (a *api) answer(ctx huma.Context, op operation, r request, out any) error {
	if t, ok := out.(tabular); ok {
		r.header.Add("Vary", "Accept")
		if strings.Contains(r.http.Header.Get("Accept"), csvType) {
			out = streamed{t.table()}
		}
	}
	if s, ok := out.(streamed); ok {
		r.header.Set("Content-Type", s.file.contentType())
		ctx.SetStatus(op.Status)
		_, w := humachi.Unwrap(ctx)
		// A file is too long to be kept back for its ETag (etag.go).
		if kept, ok := w.(*keptAnswer); ok {
			kept.pass()
		}
		if r.http.Method == http.MethodHead {
			return nil
		}
		if err := s.file.stream(ctx.Context(), w); err != nil {
			webfault.Log(r.http, err)
			// The status has gone out, and the only way to say that it was wrong is to break the
			// connection off. net/http takes this value for that and logs no stack.
			panic(http.ErrAbortHandler)
		}
		return nil
	}
	var body bytes.Buffer
	if out != (empty{}) {
		// Encoded whole before anything is written: what cannot be encoded is a 500, and not half an
		// answer with 200.
		encoder := json.NewEncoder(&body)
		// Unleash sends < and & as they are, and constraints often have them.
		encoder.SetEscapeHTML(false)
		if r.header.Get("Content-Disposition") != "" { // a file, which people read
			encoder.SetIndent("", "  ")
		}
		if err := encoder.Encode(out); err != nil {
			return fmt.Errorf("adminapi: encode the answer of %s: %w", op.ID, err)
		}
		r.header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if r.http.Method != http.MethodGet { // the state is another one now
		// Until here the header named the revision that was read; who sends it back must see the own
		// write.
		r.header.Set(revisionHeader, strconv.FormatInt(a.App.State().Revision(), 10))
		a.tellBroken(r)
	}
	if l, ok := out.(located); ok {
		r.header.Set("Location", l.location())
	}
	ctx.SetStatus(op.Status)
	_, _ = ctx.BodyWriter().Write(body.Bytes()) // whoever has gone gets no answer
	return nil
}

// described returns the operation as the document has it, but for its input and answer.
func (op operation) described() *huma.Operation {
	path, security := "/api/admin"+op.Path, []map[string][]string(nil)
	if op.Outside {
		path = op.Path
	}
	// No requirement at all is something else than none of one's own: the document's own, a token or a
	// session, is for everything that does not say otherwise.
	if op.Open {
		security = []map[string][]string{}
	}
	permissions := make([]string, len(op.Permissions))
	for i, p := range op.Permissions {
		permissions[i] = string(p)
	}
	return &huma.Operation{
		OperationID: op.ID,
		Method:      op.Method,
		Path:        path,
		Security:    security,
		Tags:        []string{op.Tag},
		Summary:     op.Summary,
		Description: op.Description,
		Deprecated:  op.Deprecated,
		Responses:   responses(op),
		Extensions:  map[string]any{permissionsExtension: permissions},
		Metadata:    map[string]any{operationKey: op},
	}
}

// operationKey is where an operation is kept in huma's.
const operationKey = "operation"
