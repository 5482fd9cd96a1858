package sdkhttp

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/quorate/quorate/internal/state"
)

// CORS lets web pages of other origins call the paths that it is put before.
type CORS struct {
	setting func(id string) string
	last    atomic.Pointer[origins]
}

// origins is the setting, parsed.
// It is made anew only when the text of the setting is another: requests share it without a lock.
type origins struct {
	text string
	any  bool
	list []string
}

// NewCORS returns a CORS that reads its setting for every request.
func NewCORS(setting func(id string) string) *CORS { return &CORS{setting: setting} }

// origins returns what is allowed as the setting is now. Without a setting, or with an empty list, all origins are: what a frontend token
// opens is meant for browsers.
func (c *CORS) origins() *origins {
	text := c.setting(state.FrontendOriginsSetting)
	if last := c.last.Load(); last != nil && last.text == text {
		return last
	}
	parsed := &origins{text: text}
	if text != "" {
		// What was written is a list; if it is not, no origin is allowed rather than all.
		err := json.Unmarshal([]byte(text), &parsed.list)
		parsed.any = err == nil && len(parsed.list) == 0
	} else {
		parsed.any = true
	}
	parsed.any = parsed.any || slices.Contains(parsed.list, "*")
	c.last.Store(parsed)
	return parsed
}

// Handler puts the headers on every answer of next, and answers preflights, which need
// no token.
// An origin that is not allowed gets an answer without the header, which its browser keeps from the page; other clients know no origins.
func (c *CORS) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Vary"] = varyOrigin
		switch o, origin := c.origins(), first(r.Header["Origin"]); {
		case o.any:
			h["Access-Control-Allow-Origin"] = anyOrigin
		case slices.Contains(o.list, origin):
			h["Access-Control-Allow-Origin"] = []string{origin}
		}
		h["Access-Control-Allow-Credentials"] = allowed
		h["Access-Control-Expose-Headers"] = exposed
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		// A preflight (Fetch standard, "CORS protocol"). Any header that is asked for is allowed, as SDKs let people add their own.
		h.Add("Vary", "Access-Control-Request-Headers")
		h.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
		if asked := first(r.Header["Access-Control-Request-Headers"]); asked != "" {
			h.Set("Access-Control-Allow-Headers", asked)
		}
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	})
}

// The values of headers that are the same on every answer.
var (
	varyOrigin = []string{"Origin"}
	anyOrigin  = []string{"*"}
	allowed    = []string{"true"}
	exposed    = []string{"ETag"}
)
