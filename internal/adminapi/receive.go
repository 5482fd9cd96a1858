package adminapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/webfault"
)

// A request goes through receive, and the order there is deliberate. Who calls comes first, so that
// nobody who is not known can make the server read a body or wait; the turn of heavy work comes after
// the body, so that a slow sender does not hold it; and the input is checked last, inside of the turn,
// for a document of 50 MB takes memory as it is decoded. What refuses here is answered in the form that
// clients of Unleash expect for it.

// The headers of Quorate's own.
const (
	revisionHeader = "Quorate-Revision"
	reasonHeader   = "Quorate-Reason"
	proposeHeader  = "Quorate-Change-Request"
)

// awaitRevision is how long a request waits for the revision that it asks for.
//
// Nodes hear of each other's writes within milliseconds, and within a second at worst
// (docs/architecture.md, "How nodes stay in step"); who waits longer is told 503 and tries again.
const awaitRevision = 2 * time.Second

// requestKey is under what a request travels through huma's context, from receive to the operation.
type requestKey struct{}

// requestOf returns the request that receive has put into a context. It panics for any other: no
// operation runs without receive.
func requestOf(ctx context.Context) request { return ctx.Value(requestKey{}).(request) }

// receive is what every request goes through before its operation: who calls, does this
// node know what the caller has seen, is the input in order?
func (a *api) receive(ctx huma.Context, next func(huma.Context)) {
	r, w := humachi.Unwrap(ctx)
	op := ctx.Operation().Metadata[operationKey].(operation)
	if op.NoStore {
		w.Header().Set("Cache-Control", "no-store")
	}
	actor, err := a.caller(r, op)
	if err != nil {
		refuseCaller(w, r, err)
		return
	}
	if err := a.await(r); err != nil {
		webfault.Write(w, r, err)
		return
	}
	// Read once, and after the wait: everything that this request reads is of this revision, which the
	// header names.
	newest := a.App.State()
	w.Header().Set(revisionHeader, strconv.FormatInt(newest.Revision(), 10))

	raw, err := readBody(r, w, ctx.Operation(), op)
	if err == nil && op.Heavy {
		var leave func()
		if leave, err = a.heavy.enter(r.Context()); err == nil {
			defer leave()
		}
	}
	if err != nil {
		webfault.Write(w, r, err)
		return
	}
	body, err := a.input(ctx, raw)
	if err != nil {
		// What is no JSON at all gets the bare message: there is no field yet to name.
		if errors.As(err, new(*json.SyntaxError)) || errors.Is(err, io.ErrUnexpectedEOF) {
			webfault.WriteMessage(w, r, fault.New(fault.BadData, "%s", err))
			return
		}
		webfault.Write(w, r, err)
		return
	}
	propose, err := proposal(r)
	if err != nil {
		webfault.Write(w, r, err)
		return
	}
	next(huma.WithValue(ctx, requestKey{}, request{
		State: newest,
		Caller: app.Caller{
			Actor:   actor,
			Origin:  app.Origin{IP: address(r), UserAgent: r.UserAgent()},
			Reason:  strings.TrimSpace(r.Header.Get(reasonHeader)),
			Propose: propose,

			// Filled by a write, and told in the headers of the answer (tellBroken).
			Broken: new(app.Broken),
		},
		http:   r,
		header: w.Header(),
		body:   body,
	}))
}

// caller returns who calls: nobody, if it does not matter. Then too, a page of another
// site must not act in the name of who looks at it.
//
// Who signs in, or comes by a secret link, is not known yet; the operation finds out. An Origin of
// elsewhere is refused for writes only (docs/security.md, "Browsers").
func (a *api) caller(r *http.Request, op operation) (access.Actor, error) {
	if op.Open {
		return access.Actor{}, identity.SameOrigin(r)
	}
	return a.Authenticator.Authenticate(r)
}

// proposal returns whether the caller wants a write proposed instead of made.
//
// An unknown word is refused and not taken for a direct write: a caller who meant to propose must not
// write by a mistake in spelling.
func proposal(r *http.Request) (app.Proposal, error) {
	switch p := app.Proposal(r.Header.Get(proposeHeader)); p {
	case app.WriteDirectly, app.IntoDraft, app.IntoReview:
		return p, nil
	default:
		return "", fault.Field("/headers/"+proposeHeader, "The header %s must be %q or %q. You sent %q.", proposeHeader, app.IntoDraft, app.IntoReview, p)
	}
}

// refuseCaller answers somebody who may not call. A bad API token gets the bare message that tools
// expect, as on SDK paths; people and their personal tokens get the whole body, which says how to sign
// in.
func refuseCaller(w http.ResponseWriter, r *http.Request, err error) {
	secret := identity.Secret(r.Header.Get("Authorization"))
	if secret != "" && !identity.IsPersonal(secret) && (fault.Is(err, fault.Unauthorized) || fault.Is(err, fault.Forbidden)) {
		webfault.WriteMessage(w, r, err)
		return
	}
	webfault.Write(w, r, err)
}

// await waits for the revision that the request names, if it does.
//
// No header: whatever this node knows is new enough. A revision that does not exist yet is waited for
// as well, for it may be on its way; nobody gains by inventing one but two seconds of waiting.
func (a *api) await(r *http.Request) error {
	header := r.Header.Get(revisionHeader)
	if header == "" {
		return nil
	}
	revision, err := strconv.ParseInt(header, 10, 64)
	if err != nil || revision < 0 {
		return fault.Field("/headers/"+revisionHeader, "The header %s must be a revision, a whole number. You sent %q.", revisionHeader, header)
	}
	ctx, cancel := context.WithTimeout(r.Context(), awaitRevision)
	defer cancel()
	return a.App.Await(ctx, revision)
}

// readBody returns the bytes of the body, if the operation has one.
//
// The limit holds for the bytes that come, whatever Content-Length says; behind it the connection is
// closed. A body that no operation asks for is not read.
func readBody(r *http.Request, w http.ResponseWriter, described *huma.Operation, op operation) ([]byte, error) {
	if described.RequestBody == nil {
		return nil, nil
	}
	limit := op.MaxBody
	if limit == 0 {
		limit = maxBody
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, fault.New(fault.TooLarge, "request entity too large")
	}
	if err != nil {
		return nil, fault.New(fault.BadData, "The request's body could not be read: the connection was lost.")
	}
	return raw, nil
}

// input checks the parameters and the body, and returns the body coerced to its schema and without what
// the schema does not know. All that is wrong is told at once, parameters before the body. A body that
// is left out counts as {}, so that required properties are asked for by name.
func (a *api) input(ctx huma.Context, raw []byte) (any, error) {
	r, _ := humachi.Unwrap(ctx)
	op := ctx.Operation()
	shapes := shapes{a.huma.OpenAPI().Components.Schemas}
	details := append(shapes.path(op, ctx.Param), shapes.query(op, r.URL.Query())...)
	if op.RequestBody == nil {
		return nil, fault.Invalid(details...)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		raw = []byte("{}")
	} else if err := readable(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	value, err := decode(raw)
	if err != nil {
		return nil, err
	}
	value, problems := shapes.check("/body", op.RequestBody.Content["application/json"].Schema, value)
	return value, fault.Invalid(append(details, problems...)...)
}

// readable returns a fault if a body of this type is not JSON. No type is fine.
//
// Media types of other syntaxes that are JSON, such as application/merge-patch+json, are read as JSON,
// too.
func readable(contentType string) error {
	if contentType == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && (media == "application/json" || strings.HasSuffix(media, "+json")) {
		return nil
	}
	return fault.New(fault.ContentType, "We do not accept the content-type you provided (%s). Please use one of the content-types we know: application/json.", contentType)
}

// escape is an escaped character of JSON: a surrogate pair, half of one, or another.
var escape = regexp.MustCompile(`\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|u[dD][89a-fA-F]..|.)`)

// decode reads one JSON value, with numbers as they are written. What stands for no character, half of a
// surrogate pair or what is no UTF-8, becomes U+0000, which shapes refuse by the name of its field;
// encoding/json would quietly put another character in its place.
func decode(raw []byte) (any, error) {
	const none = `\u0000`
	if !utf8.Valid(raw) { // an import of 50 MB is not copied for nothing
		raw = bytes.ToValidUTF8(raw, []byte(none))
	}
	if bytes.Contains(raw, []byte(`\ud`)) || bytes.Contains(raw, []byte(`\uD`)) {
		raw = escape.ReplaceAllFunc(raw, func(e []byte) []byte {
			// A pair has twelve characters, any other escape two; what is six long is half of a pair,
			// standing alone.
			if len(e) == len(none) {
				return []byte(none)
			}
			return e
		})
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	// Where a text is asked for, a number becomes the text that was written: 1.10 stays 1.10.
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, json.Unmarshal(raw, &value) // says where the value ends
	}
	return value, nil
}

// address returns the caller's IP address. Behind a proxy that the settings trust, the server has put
// the client's address there before (docs/operations.md, "Behind a proxy").
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
