package sdkapi

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkhttp"
)

// Paths of frontend SDKs. Each request has a context of its own, so answers are made for it and kept by nobody; buffers are used again,
// since this is what a server with many visitors does most.

// listed says which flags a frontend SDK is told of.
type listed bool

const (
	onlyEnabled listed = false
	everyFlag   listed = true
)

// buffers are for the answers to frontend SDKs, which are made anew for each request.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxBuffer bounds the buffers that are used again, in bytes.
const maxBuffer = 1 << 20

// toggles answers /api/frontend: the flags that are on for a context. The context is in
// the query of a GET and in the body of a POST.
// A context that is missing is an empty one. Bad fields of a query are left out; bad ones of a body are refused.
func (a *API) toggles(which listed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := a.frontend(w, r)
		if token == nil {
			return
		}
		var fields map[string]any
		if r.Method == http.MethodPost {
			body, ok := readObject(w, r, maxBody)
			if !ok {
				return
			}
			context, _ := body.object("context")
			if !body.accepted(w, r) {
				return
			}
			fields = context.fields
		} else {
			fields = contextIn(r.URL.RawQuery)
		}
		a.sendToggles(w, r, token, a.visitor(fields, token, r), which)
	}
}

// visitor returns the context of a request, with what a frontend SDK leaves out.
// Without a session, each request is a visitor of its own: a gradual rollout by session then differs from answer to answer.
func (a *API) visitor(fields map[string]any, token *access.APIToken, r *http.Request) *evaluation.Context {
	ctx := sdkhttp.NewContext(fields, token, a.Now())
	if address := sdkhttp.Address(r); ctx.RemoteAddress == "" && address.IsValid() {
		ctx.RemoteAddress = address.String()
	}
	if ctx.SessionID == "" {
		ctx.SessionID = randomSession()
	}
	return ctx
}

// randomSession returns a session that nobody else has. It is no secret.
func randomSession() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(rand.Uint32()) //nolint:gosec // it decides about rollouts, nothing else
	}
	return id.String()
}

// sendToggles evaluates, and sends what the flags answer, or 304 if the client has just that.
func (a *API) sendToggles(w http.ResponseWriter, r *http.Request, token *access.APIToken, ctx *evaluation.Context, which listed) {
	buffer := buffers.Get().(*[]byte) //nolint:forcetypeassert // New makes nothing else
	defer func() {
		// One very large answer would else stay in memory for ever.
		if cap(*buffer) <= maxBuffer {
			buffers.Put(buffer)
		}
	}()
	query := payload.NewQuery(token)
	var sum uint64
	// The buffer may have grown into another array, so it is taken back.
	*buffer, sum = a.Payload.Set(query.Environment).AppendToggles((*buffer)[:0], query, ctx, bool(which))

	etag := `W/"` + strconv.FormatUint(sum, 16) + `"`
	h := w.Header()
	h["Etag"] = []string{etag}
	// It depends on the context, so it may be kept, but must be asked for each time.
	h["Cache-Control"] = noCache
	h.Add("Vary", "Accept-Encoding")
	if sdkhttp.Matches(r.Header["If-None-Match"], etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	sendCompressed(w, r, *buffer)
}

// worthCompressing is from how many bytes on an answer is compressed that is made for one
// visitor: less fits into one packet as it is.
const worthCompressing = 1400

// sendCompressed answers with JSON text, compressed if that is worth it and the client takes it.
func sendCompressed(w http.ResponseWriter, r *http.Request, text []byte) {
	encoding := payload.Identity
	if accepted := r.Header["Accept-Encoding"]; len(accepted) > 0 && len(text) >= worthCompressing {
		encoding = chooseEncoding(accepted[0])
	}
	if encoding == payload.Identity {
		sendJSON(w, text)
		return
	}
	buffer := buffers.Get().(*[]byte) //nolint:forcetypeassert // New makes nothing else
	defer buffers.Put(buffer)
	*buffer = payload.Compressed((*buffer)[:0], text, encoding)
	w.Header()["Content-Encoding"] = encodingNames[encoding]
	sendJSON(w, *buffer)
}

var noCache = []string{"no-cache"}

// contextIn returns the context in a query, as the JavaScript library qs reads it:
// properties[plan]=pro is a field of an object, a[]=1&a[]=2 and a=1&a=2 are lists.
// A pair that cannot be unescaped, or that has an object where a text is wanted, is left out.
func contextIn(query string) map[string]any {
	fields, properties := map[string]any{}, map[string]any{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil || name == "" {
			continue
		}
		// Only properties are one level deep.
		into := fields
		if inner, ok := strings.CutPrefix(name, "properties["); ok {
			into = properties
			name = strings.Replace(inner, "]", "", 1)
		}
		name, index, nested := strings.Cut(name, "[")
		if _, err := strconv.Atoi(strings.TrimSuffix(index, "]")); nested && index != "]" && err != nil {
			continue // an object where a text is wanted
		}
		add(into, name, value, nested)
	}
	if len(properties) > 0 {
		fields["properties"] = properties
	}
	return fields
}

// add puts a value under a name; several values under one name are a list.
func add(fields map[string]any, name, value string, list bool) {
	switch have := fields[name].(type) {
	case nil:
		if list {
			fields[name] = []any{value}
		} else {
			fields[name] = value
		}
	case []any:
		fields[name] = append(have, value)
	default:
		fields[name] = []any{have, value}
	}
}

// notForFrontends answers the paths that only server-side SDKs ask for.
func notForFrontends(w http.ResponseWriter, r *http.Request) {
	fail(w, r, fault.New(fault.NotImplemented, "The frontend API does not support this endpoint."))
}
