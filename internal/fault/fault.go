// Package fault holds the kinds of failure that Quorate expects, each with a
// sentence for the person who gets it.
//
// A fault is an answer, not an accident: bad input, a missing permission, a name
// that is taken, a database that is away. Whatever is not a fault is an internal
// error; its text goes to the log only.
//
// HTTP status codes do not belong here: the rooms that speak HTTP map a Kind to a
// status, once each.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind names a sort of failure. The value is the name that Unleash gives it in
// the "name" field of an error body, so that clients find what they know.
type Kind string

// The kinds that Quorate uses.
const (
	BadData           Kind = "BadDataError"
	Pattern           Kind = "PatternError"
	ArchivedFeature   Kind = "ArchivedFeatureError"
	ExceedsLimit      Kind = "ExceedsLimitError"
	RoleInUse         Kind = "RoleInUseError"
	Unauthenticated   Kind = "AuthenticationRequired"
	Unauthorized      Kind = "UnauthorizedError"
	Permission        Kind = "PermissionError"
	Forbidden         Kind = "ForbiddenError"
	InvalidOperation  Kind = "InvalidOperationError"
	OperationDenied   Kind = "OperationDeniedError"
	NotFound          Kind = "NotFoundError"
	NotImplemented    Kind = "NotImplementedError"
	NameExists        Kind = "NameExistsError"
	FeatureHasTag     Kind = "FeatureHasTagError"
	Conflict          Kind = "ConflictError"
	TooLarge          Kind = "PayloadTooLargeError"
	ContentType       Kind = "ContentTypeError"
	RateLimit         Kind = "RateLimitError"
	Unavailable       Kind = "ServiceUnavailableError"
	UnsupportedFormat Kind = "UnsupportedFormatError"

	ProjectWithoutOwner Kind = "ProjectWithoutOwnerError"

	WeakPassword     Kind = "OwaspValidationError"
	PreviousPassword Kind = "PasswordPreviouslyUsedError"
	PasswordMismatch Kind = "PasswordMismatch"
	InvalidToken     Kind = "InvalidTokenError"
	UsedToken        Kind = "UsedTokenError"
	Disabled         Kind = "DisabledError"
)

// Detail is one problem of a request. Path names the field ("/body/name"), and is
// empty when the problem has none.
type Detail struct {
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	// ValidationErrors are the rules that a password breaks; only with Kind WeakPassword.
	ValidationErrors []string `json:"validationErrors,omitempty"`
}

// Error is a failure with a sentence for its reader.
type Error struct {
	Kind    Kind
	Message string
	Details []Detail
	// Permissions are the permissions of which any one would have been enough;
	// only with Kind Permission.
	Permissions []string
	// RetryAfter says when it is worth trying again; only with Unavailable and RateLimit.
	RetryAfter time.Duration
	// SignIn says how to sign in; only with Kind Unauthenticated.
	SignIn *SignIn
	// DriftID identifies what has moved under a change request; whoever repeats it has seen
	// that. Only with Kind Conflict.
	DriftID string
}

// SignIn is a way to sign in.
type SignIn struct {
	Type string // "password"
	Path string // of the request that does it
	// Hidden says that only the other ways are to be offered.
	Hidden bool
	// Others are ways by identity providers.
	Others []SignInOption
}

// SignInOption is a way to sign in by an identity provider.
type SignInOption struct {
	Type    string // "oidc" or "saml"
	Message string // what to write on a button
	Path    string // where the way begins
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Message }

// New returns a fault of the given kind with a formatted sentence.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// InvalidRequest is the top sentence of every validation failure, on which tools match.
const InvalidRequest = "Request validation failed: your request body or params contain invalid data. Refer to the `details` list for more information."

// Invalid returns a BadData fault that lists what is wrong, or nil when nothing is.
func Invalid(details ...Detail) error {
	if len(details) == 0 {
		return nil
	}
	return &Error{Kind: BadData, Message: InvalidRequest, Details: details}
}

// Field returns a BadData fault about a single field.
func Field(path, format string, args ...any) error {
	return Invalid(Detail{Path: path, Message: fmt.Sprintf(format, args...)})
}

// As returns the fault in err's chain, or nil when err is an internal error.
func As(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return nil
}

// Is reports whether err is a fault of the given kind.
func Is(err error, kind Kind) bool {
	f := As(err)
	return f != nil && f.Kind == kind
}
