package sdkapi_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/quorate/quorate/internal/flag"
)

// TestFrontendCompression compresses what is long for who takes it, and nothing else.
func TestFrontendCompression(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func(method, accept string) *httptest.ResponseRecorder {
		c := call{method: method, path: "/api/frontend?userId=7", token: frontend}
		if accept != "" {
			c.headers = []string{"Accept-Encoding: " + accept}
		}
		return h.call(t, c)
	}
	if got := ask("GET", "gzip, zstd"); got.Header().Get("Content-Encoding") != "" || got.Header().Get("Vary") == "" {
		t.Errorf("a short answer: got the headers %v, want no encoding, and Vary", got.Header())
	}
	for i := range 50 {
		h.create(t, "inner", flag.Name(fmt.Sprint("flag-", i)), flag.FlagEnvironment{Enabled: true})
	}
	plain := ask("GET", "").Body.String()
	for _, method := range []string{"GET", "POST"} {
		for accept, want := range map[string]string{"": "", "br": "", "gzip": "gzip", "gzip;q=0": "", "gzip, zstd": "zstd"} {
			got := ask(method, accept)
			if encoding := got.Header().Get("Content-Encoding"); encoding != want {
				t.Errorf("%s, accepting %q: got %q, want %q", method, accept, encoding, want)
				continue
			}
			var reader io.Reader = got.Body
			switch want {
			case "gzip":
				reader, _ = gzip.NewReader(got.Body)
			case "zstd":
				reader, _ = zstd.NewReader(got.Body)
			}
			text, err := io.ReadAll(reader)
			if err != nil || string(text) != plain {
				t.Errorf("%s, accepting %q: got %s, %v", method, accept, text, err)
			}
			if want != "" && got.Header().Get("Etag") != ask("GET", "").Header().Get("Etag") {
				t.Errorf("accepting %q: the tag differs from that of the plain answer", accept)
			}
		}
	}
}
