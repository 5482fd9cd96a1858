package adminapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// conditional gives answers to GET a weak ETag, made of the body, and answers 304
// to whoever has that body already (reference/platform.md, section 5.4). HEAD is GET
// without the body.
func conditional(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		chi.RouteContext(r.Context()).RouteMethod = http.MethodGet
		kept := &keptAnswer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(kept, r)
		if kept.passing {
			return
		}
		if kept.status == http.StatusOK {
			sum := sha256.Sum256(kept.body.Bytes())
			tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
			w.Header().Set("ETag", tag)
			if has(r.Header.Values("If-None-Match"), tag) {
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

// has reports whether one of the tags in If-None-Match is the given one, weakly compared.
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

// pass lets the body through from now on.
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
