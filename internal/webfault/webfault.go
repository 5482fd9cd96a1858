// Package webfault turns a failure into an HTTP answer, in the form that Unleash's
// clients read.
//
// It holds the one table from a fault's kind to a status, and the one place where
// an internal error is logged: with the id that its reader is given, so that the
// two can be brought together, and nowhere else.
//
// Which failures there are belongs in fault; what a sentence says belongs to whoever
// refuses. OFREP has error codes of its own, which belong in ofrep.
package webfault

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/fault"
)

// statuses says which status each kind is answered with. A test holds
// docs/errors.md to it.
var statuses = map[fault.Kind]int{
	fault.BadData:             http.StatusBadRequest,
	fault.Pattern:             http.StatusBadRequest,
	fault.ArchivedFeature:     http.StatusBadRequest,
	fault.ExceedsLimit:        http.StatusBadRequest,
	fault.RoleInUse:           http.StatusBadRequest,
	fault.UnsupportedFormat:   http.StatusBadRequest,
	fault.Unauthenticated:     http.StatusUnauthorized,
	fault.Unauthorized:        http.StatusUnauthorized,
	fault.Permission:          http.StatusForbidden,
	fault.Forbidden:           http.StatusForbidden,
	fault.InvalidOperation:    http.StatusForbidden,
	fault.OperationDenied:     http.StatusForbidden,
	fault.NotFound:            http.StatusNotFound,
	fault.NotImplemented:      http.StatusMethodNotAllowed,
	fault.NameExists:          http.StatusConflict,
	fault.FeatureHasTag:       http.StatusConflict,
	fault.Conflict:            http.StatusConflict,
	fault.ProjectWithoutOwner: http.StatusConflict,
	fault.TooLarge:            http.StatusRequestEntityTooLarge,
	fault.ContentType:         http.StatusUnsupportedMediaType,
	fault.RateLimit:           http.StatusTooManyRequests,
	fault.Unavailable:         http.StatusServiceUnavailable,
	fault.WeakPassword:        http.StatusBadRequest,
	fault.PreviousPassword:    http.StatusBadRequest,
	fault.PasswordMismatch:    http.StatusUnauthorized,
	fault.InvalidToken:        http.StatusUnauthorized,
	fault.UsedToken:           http.StatusForbidden,
	fault.Disabled:            http.StatusUnprocessableEntity,
}

// Status returns the HTTP status of a kind, 500 for one that has none.
func Status(kind fault.Kind) int {
	if status, ok := statuses[kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// internalError is the name of an answer whose reason is in the log only.
const internalError fault.Kind = "InternalError"

// Body is the body of a refusal.
type Body struct {
	// ID is the request's; it stands in the log beside the request, and beside the
	// error if it was internal.
	ID          string         `json:"id" format:"uuid" doc:"The id of the request, which the server's log has too."`
	Name        fault.Kind     `json:"name" doc:"The kind of failure."`
	Message     string         `json:"message" doc:"What went wrong, in a sentence."`
	Details     []fault.Detail `json:"details" doc:"Each problem of the request; at least one."`
	Permissions []string       `json:"permissions,omitempty" doc:"The permissions of which any one would have been enough."`
	DriftID     string         `json:"driftId,omitempty" doc:"Identifies what has moved under a change request, for applying it all the same."`
	*SignIn
}

// SignIn tells somebody who is not signed in how to.
type SignIn struct {
	Type          string `json:"type" doc:"How to sign in: password."`
	Path          string `json:"path" doc:"Where to sign in."`
	DefaultHidden bool   `json:"defaultHidden" doc:"Whether to offer other ways only."`
	// Options are ways by identity providers.
	Options []SignInOption `json:"options,omitempty" doc:"Ways by identity providers."`
}

// SignInOption is a way to sign in by an identity provider.
type SignInOption struct {
	Type    string `json:"type" doc:"oidc or saml."`
	Message string `json:"message" doc:"What to write on a button."`
	Path    string `json:"path" doc:"Where a browser begins."`
}

type requestKey struct{}

type request struct {
	id  string
	log *slog.Logger
}

// WithRequest returns a context that carries a request's id and logger for Write.
func WithRequest(ctx context.Context, id string, log *slog.Logger) context.Context {
	return context.WithValue(ctx, requestKey{}, request{id, log})
}

// of returns the id and logger that the context carries, or a fresh id and the
// default logger.
func of(ctx context.Context) request {
	if r, ok := ctx.Value(requestKey{}).(request); ok {
		return r
	}
	return request{uuid.NewString(), slog.Default()}
}

// Answer returns the status, the headers and the body that answer a failure. An error
// that is no fault is logged here, and answered with 500 and the id alone.
func Answer(r *http.Request, err error) (int, http.Header, Body) {
	f, id := expected(r, err)
	body := Body{ID: id, Name: f.Kind, Message: f.Message, Details: f.Details, Permissions: f.Permissions, DriftID: f.DriftID}
	if f.SignIn != nil {
		body.SignIn = &SignIn{Type: f.SignIn.Type, Path: f.SignIn.Path, DefaultHidden: f.SignIn.Hidden}
		for _, other := range f.SignIn.Others {
			body.Options = append(body.Options, SignInOption(other))
		}
	}
	if len(body.Details) == 0 {
		body.Details = []fault.Detail{{Message: f.Message}}
	}
	return Status(f.Kind), headers(f), body
}

// Write answers with a failure: {id, name, message, details, permissions?}.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	status, header, body := Answer(r, err)
	write(w, status, header, body)
}

// Log logs an error after the answer has begun, when it is too late to tell it.
func Log(r *http.Request, err error) {
	if r.Context().Err() == nil { // else whoever asked has gone
		_, _ = expected(r, err)
	}
}

// WriteMessage answers with {message} alone, as SDKs expect about their tokens.
func WriteMessage(w http.ResponseWriter, r *http.Request, err error) {
	f, _ := expected(r, err)
	write(w, Status(f.Kind), headers(f), struct {
		Message string `json:"message"`
	}{f.Message})
}

// expected returns the fault to answer with, and the request's id. It is here that
// an internal error ends.
func expected(r *http.Request, err error) (*fault.Error, string) {
	req := of(r.Context())
	if f := fault.As(err); f != nil {
		return f, req.id
	}
	req.log.ErrorContext(r.Context(), "request failed",
		"request", req.id, "method", r.Method, "path", r.URL.Path, "error", err)
	return fault.New(internalError, "Something went wrong on the server. Its log says more, under the id %s.", req.id), req.id
}

func headers(f *fault.Error) http.Header {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	return h
}

func write(w http.ResponseWriter, status int, header http.Header, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts only; it cannot fail
	}
	maps.Copy(w.Header(), header)
	w.WriteHeader(status)
	w.Write(data)
}
