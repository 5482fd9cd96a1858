// Package ofrep is the HTTP that OpenFeature's providers speak: the OpenFeature Remote
// Evaluation Protocol, version 1 (docs/ofrep.md).
//
// A flag's answer, and what an OpenFeature provider makes of it, belongs in payload; here
// requests are read and failures answered with the protocol's own codes. Unleash's SDKs
// belong in sdkapi.
package ofrep

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/usage"
	"github.com/quorate/quorate/internal/webfault"
)

// Options are what an API needs; all but PerMinute are required.
type Options struct {
	Tokens  sdkhttp.Tokens
	Payload *payload.Payload
	Usage   *usage.Usage
	// Setting returns the JSON of a setting as it is now, or "".
	Setting func(id string) string
	Now     func() time.Time
	// PerMinute bounds the requests from one address. 0 means 20,000, a negative number none.
	PerMinute int
}

// API answers OpenFeature providers.
type API struct {
	Options
	cors  *sdkhttp.CORS
	limit *sdkhttp.Limiter
}

// New returns an API.
func New(o Options) *API {
	if o.PerMinute == 0 {
		o.PerMinute = 20_000
	}
	return &API{Options: o, cors: sdkhttp.NewCORS(o.Setting), limit: sdkhttp.NewLimiter(o.PerMinute, o.Now)}
}

// Mount adds all paths to a router.
func (a *API) Mount(r chi.Router) {
	r.Route("/ofrep/v1", func(r chi.Router) {
		r.Use(a.cors.Handler)
		r.Post("/evaluate/flags", a.evaluateAll)
		r.Post("/evaluate/flags/{key}", a.evaluateOne)
	})
}

// evaluateOne answers for a single flag: server-side providers ask once per evaluation.
func (a *API) evaluateOne(w http.ResponseWriter, r *http.Request) {
	token := a.caller(w, r)
	if token == nil {
		return
	}
	key, err := url.PathUnescape(chi.URLParam(r, "key"))
	if err != nil {
		key = chi.URLParam(r, "key")
	}
	ctx, err := a.context(w, r, token)
	if err != nil {
		refuse(w, r, key, err)
		return
	}
	query := payload.NewQuery(token)
	answer, found := a.Payload.Set(query.Environment).Resolve(flag.Name(key), query, ctx)
	switch {
	case !found:
		send(w, http.StatusNotFound, failure{key, flagNotFound, "There is no flag " + strconv.Quote(key) + " that this token sees."})
	case answer.KeyMissing:
		sendText(w, http.StatusBadRequest, answer.Body)
	default:
		a.count(key, token, ctx, answer.Result)
		sendText(w, http.StatusOK, answer.Body)
	}
}

// count notes that a flag was evaluated, as an SDK that evaluates by itself would report.
func (a *API) count(key string, token *access.APIToken, ctx *evaluation.Context, result evaluation.Result) {
	application := ctx.AppName
	if application == "" {
		application = token.Name
	}
	c := usage.Counts{No: 1}
	if result.Enabled {
		c = usage.Counts{Yes: 1}
	}
	if result.Variant != nil {
		c.Variants = map[string]int64{result.Variant.Name: 1}
	}
	a.Usage.Count(usage.Report{
		Application: application, Environment: string(token.Environment), At: a.Now(), Features: map[string]usage.Counts{key: c},
	})
}

// buffers are for the answers about all flags, which are made anew for each request.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxBuffer bounds the buffers that are used again, in bytes.
const maxBuffer = 1 << 20

// evaluateAll answers for all flags that the token sees: providers in browsers and on
// phones ask for all at once and keep them. What they then use is not known here, so it
// is not counted.
func (a *API) evaluateAll(w http.ResponseWriter, r *http.Request) {
	token := a.caller(w, r)
	if token == nil {
		return
	}
	ctx, err := a.context(w, r, token)
	if err != nil {
		refuse(w, r, "", err)
		return
	}
	buffer := buffers.Get().(*[]byte) //nolint:forcetypeassert // New makes nothing else
	defer func() {
		if cap(*buffer) <= maxBuffer {
			buffers.Put(buffer)
		}
	}()
	query := payload.NewQuery(token)
	var sum uint64
	*buffer, sum = a.Payload.Set(query.Environment).AppendResolutions((*buffer)[:0], query, ctx)

	etag := `W/"` + strconv.FormatUint(sum, 16) + `"`
	w.Header()["Etag"] = []string{etag}
	if sdkhttp.Matches(r.Header["If-None-Match"], etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	sendText(w, http.StatusOK, *buffer)
}

// caller returns the token of a request, or nil once it has answered that it cannot be
// served.
func (a *API) caller(w http.ResponseWriter, r *http.Request) *access.APIToken {
	if err := a.limit.AllowAndTell(w, r); err != nil {
		refuse(w, r, "", err)
		return nil
	}
	secret := sdkhttp.Secret(r)
	if secret == "" {
		secret = r.Header.Get("X-API-Key")
	}
	return sdkhttp.Caller(w, r, a.Tokens, secret, func(t access.TokenType) bool {
		return t.Backend() || t == access.TokenFrontend
	})
}

// maxBody is how large a request may be, in bytes.
const maxBody = 1 << 20

// context returns the context in a request's body. Errors are failures of the protocol, or
// faults.
func (a *API) context(w http.ResponseWriter, r *http.Request, token *access.APIToken) (*evaluation.Context, error) {
	value, err := sdkhttp.ReadJSON(w, r, maxBody)
	if err != nil {
		if fault.Is(err, fault.BadData) {
			return nil, &failure{Code: parseError, Details: err.Error()}
		}
		return nil, err
	}
	if value == nil {
		value = map[string]any{}
	}
	body, ok := value.(map[string]any)
	if !ok {
		return nil, &failure{Code: parseError, Details: "The body must be a JSON object."}
	}
	fields, ok := body["context"].(map[string]any)
	if body["context"] != nil && !ok {
		return nil, &failure{Code: invalidContext, Details: "The context must be a JSON object."}
	}
	key, present := fields["targetingKey"]
	if _, isText := key.(string); present && key != nil && !isText {
		return nil, &failure{Code: invalidContext, Details: "The targetingKey must be a string."}
	}
	ctx := sdkhttp.NewContext(fields, token, a.Now())
	// Unleash's own name for it is the more exact one, if somebody sends both.
	if text, _ := key.(string); ctx.UserID == "" {
		ctx.UserID = text
	}
	// A frontend's caller is the visitor; a server's is the server.
	if address := sdkhttp.Address(r); ctx.RemoteAddress == "" && token.Type == access.TokenFrontend && address.IsValid() {
		ctx.RemoteAddress = address.String()
	}
	return ctx, nil
}

// code is a code of the protocol for what went wrong.
type code string

const (
	parseError     code = "PARSE_ERROR"
	invalidContext code = "INVALID_CONTEXT"
	flagNotFound   code = "FLAG_NOT_FOUND"
	general        code = "GENERAL"
)

// failure is the protocol's answer to a request that cannot be met.
type failure struct {
	Key     string `json:"key,omitempty"` // of the flag, if it is about one
	Code    code   `json:"errorCode"`
	Details string `json:"errorDetails,omitempty"`
}

// Error returns the details.
func (f *failure) Error() string { return f.Details }

// refuse answers with a failure about a flag, or about all if the key is empty.
func refuse(w http.ResponseWriter, r *http.Request, key string, err error) {
	if f, ok := errors.AsType[*failure](err); ok {
		send(w, http.StatusBadRequest, failure{key, f.Code, f.Details})
		return
	}
	refused := fault.As(err)
	if refused == nil {
		webfault.Write(w, r, err)
		return
	}
	if refused.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refused.RetryAfter.Seconds()))))
	}
	send(w, webfault.Status(refused.Kind), failure{key, general, refused.Message})
}

func send(w http.ResponseWriter, status int, f failure) {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts only; it cannot fail
	}
	sendText(w, status, text)
}

func sendText(w http.ResponseWriter, status int, text []byte) {
	w.Header()["Content-Type"] = sdkhttp.JSONType
	w.WriteHeader(status)
	w.Write(text)
}
