package sdkapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/webfault"
)

// fail answers with a failure.
func fail(w http.ResponseWriter, r *http.Request, err error) { webfault.Write(w, r, err) }

// notModified answers that the client has everything: 304 without a header, as Unleash does.
// Headers that were set before, such as those of limits, go too.
func notModified(w http.ResponseWriter) {
	clear(w.Header())
	w.WriteHeader(http.StatusNotModified)
}

// sendKept answers with what payload keeps, or that the client has it. This is the hot
// path: all values of headers are made already.
// Its Content-Length is set, so that the body is not sent in chunks.
func sendKept(w http.ResponseWriter, r *http.Request, answer *payload.Answer) {
	if sdkhttp.Matches(r.Header["If-None-Match"], answer.ETag()) {
		notModified(w)
		return
	}
	encoding := payload.Identity
	if accepted := r.Header["Accept-Encoding"]; len(accepted) > 0 {
		encoding = chooseEncoding(accepted[0])
	}
	body := answer.Body(encoding)
	h := w.Header()
	h["Content-Type"] = sdkhttp.JSONType
	h["Content-Length"] = body.Length()
	h["Etag"] = answer.ETagHeader()
	h["Vary"] = varyEncoding
	if name := encodingNames[encoding]; name != nil {
		h["Content-Encoding"] = name
	}
	w.Write(body.Bytes) //nolint:gosec // it is JSON, and says so
}

var (
	varyEncoding = []string{"Accept-Encoding"}
	// Identity has no name here: it is not said.
	encodingNames = map[payload.Encoding][]string{payload.Gzip: {"gzip"}, payload.Zstd: {"zstd"}}
)

// chooseEncoding returns the best encoding of those that an Accept-Encoding header
// allows: zstd, then gzip, whatever it likes more.
// Only the first line of the header is looked at by callers: clients send one.
func chooseEncoding(header string) payload.Encoding {
	best := payload.Identity
	for item := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(item, ";")
		if refused(weight) {
			continue
		}
		switch strings.TrimSpace(name) {
		case "zstd":
			return payload.Zstd
		case "gzip":
			best = payload.Gzip
		}
	}
	return best
}

// refused reports whether the weight of an encoding says that it must not be used.
// Of weights, only q=0 counts (RFC 9110, section 12.4.2); one that cannot be read refuses nothing.
func refused(weight string) bool {
	_, q, ok := strings.Cut(weight, "q=")
	if !ok {
		return false
	}
	value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
	return err == nil && value == 0
}

// sendJSON answers with JSON text.
func sendJSON(w http.ResponseWriter, text []byte) {
	w.Header()["Content-Type"] = sdkhttp.JSONType
	w.Write(text) //nolint:gosec // it is JSON, and says so
}
