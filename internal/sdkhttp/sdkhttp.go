// Package sdkhttp is what the HTTP of all SDKs has in common, whether they speak
// Unleash's protocol or OpenFeature's: tokens, limits, cross-origin requests, reading
// bodies, and the context that an evaluation needs.
//
// Paths and what they answer belong in sdkapi and ofrep; finding out whose a token is
// belongs in identity.
package sdkhttp

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/webfault"
)

// Tokens finds the API token with a secret. Errors are faults.
type Tokens interface {
	Token(secret string) (*access.APIToken, error)
}

// Caller returns the token with a secret, or nil once it has answered that there is none or
// that it is of a type that does not open this path.
// Personal tokens begin with user: and are for the admin API. They are refused here without being looked up, with the words for a token of
// the wrong type.
func Caller(w http.ResponseWriter, r *http.Request, tokens Tokens, secret string, opens func(access.TokenType) bool) *access.APIToken {
	if strings.HasPrefix(secret, "user:") {
		webfault.WriteMessage(w, r, identity.WrongType())
		return nil
	}
	token, err := tokens.Token(secret)
	if err == nil && !opens(token.Type) {
		err = identity.WrongType()
	}
	if err != nil {
		webfault.WriteMessage(w, r, err)
		return nil
	}
	return token
}

// Secret returns the secret that a request was sent with, or "".
// The header may have the scheme Bearer, as OpenFeature's providers send it, or the secret alone, as Unleash's SDKs do.
func Secret(r *http.Request) string { return identity.Secret(first(r.Header["Authorization"])) }

// first returns the first value of a header, "" if there is none.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// Address returns the address of a request's client, or the zero Addr if it has none.
// It is RemoteAddr, which server has made the client's own behind trusted proxies. IPv4 addresses are such, also on an IPv6 socket.
func Address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}

// ReadJSON returns the body of a request as JSON, with numbers as json.Number; nil if there
// is none. The error is a fault whose sentence alone is the answer: BadData for what is not
// JSON, TooLarge for more than limit bytes.
func ReadJSON(w http.ResponseWriter, r *http.Request, limit int64) (any, error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err == nil {
		// The decoder stops at the end of the first value, and has not seen what follows, nor that it is too much.
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is something after the end of the JSON value")
			if tooLarge := new(http.MaxBytesError); errors.As(more, &tooLarge) {
				err = tooLarge
			}
		}
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, fault.New(fault.TooLarge, "request entity too large")
	}
	if err != nil {
		return nil, fault.New(fault.BadData, "The body of the request is not valid JSON: %v.", err)
	}
	return value, nil
}

// Matches reports whether an If-None-Match header names an entity tag, be it in a list
// or as a weak one.
// Tags are compared weakly (RFC 9110, section 13.1.2). A header that is just the tag, as most polls have it, is found without parsing.
func Matches(header []string, etag string) bool {
	if len(header) == 0 {
		return false
	}
	if header[0] == etag {
		return true
	}
	strong := strings.TrimPrefix(etag, "W/")
	for _, line := range header {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strong {
				return true
			}
		}
	}
	return false
}

// JSONType is the content type of every answer, as the value of a header.
var JSONType = []string{"application/json; charset=utf-8"}
