package adminapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// conditional gives answers to GET a weak ETag, made of the body, and answers 304 to whoever has that body
// already (RFC 9110, sections 8.8.3 and 13.1.2). HEAD is GET without the body.
//
// The operation has run all the same: this spares the network and the reader's parsing, as Unleash does, and
// not the server. The body is kept back until its tag is known, but for those that are streamed, which have no
// tag.
func conditional(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		// Operations are registered for GET; the router knows none for HEAD.
		chi.RouteContext(r.Context()).RouteMethod = http.MethodGet
		kept := &keptAnswer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(kept, r)
		if kept.passing {
			return
		}
		if kept.status == http.StatusOK {
			sum := sha256.Sum256(kept.body.Bytes())
			// 18 bytes are 24 characters without padding, and 144 bits: no two bodies have the same by chance.
			tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
			w.Header().Set("ETag", tag)
			if has(r.Header.Values("If-None-Match"), tag) {
				// There is no body that has a type.
				w.Header().Del("Content-Type")
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.WriteHeader(kept.status)
		if r.Method == http.MethodGet {
			w.Write(kept.body.Bytes())
		}
	})
}

// has reports whether one of the tags in If-None-Match is the given one. The mark W/ makes no difference to
// that (RFC 9110, section 8.8.3.2); a star is any body.
func has(header []string, tag string) bool {
	for _, line := range header {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}

// keptAnswer keeps a body back until it is known whether it is wanted.
type keptAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	// passing means that nothing is kept back: the answer is too long for that.
	passing bool
}

// pass lets the body through from now on. The headers must be set: they go out with the status. Whoever streams
// calls it first (api.answer).
func (k *keptAnswer) pass() {
	k.passing = true
	k.ResponseWriter.WriteHeader(k.status)
}

// WriteHeader keeps the status.
func (k *keptAnswer) WriteHeader(status int) { k.status = status }

// Write keeps a part of the body, or lets it through.
func (k *keptAnswer) Write(p []byte) (int, error) {
	if k.passing {
		return k.ResponseWriter.Write(p)
	}
	return k.body.Write(p)
}
