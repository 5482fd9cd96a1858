package sdkapi

import (
	"net/http"
	"strconv"
	"strings"
)

// delta answers GET /api/client/delta: what has changed since the revision in
// If-None-Match, or everything.
// Why the revision alone is enough is told in docs/sdk-api.md, "Delta". The header Unleash-Client-Spec is checked and does not count:
// whoever knows deltas knows segments.
func (a *API) delta(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil {
		return
	}
	query, _, err := a.query(r, token)
	if err != nil {
		fail(w, r, err)
		return
	}
	set := a.Payload.Set(query.Environment)
	revision, ok := parseRevision(header(r, "If-None-Match"))
	if !ok {
		sendKept(w, r, set.Hydration(query))
		return
	}
	delta, remembered := set.Since(revision, query)
	switch {
	case !remembered:
		sendKept(w, r, set.Hydration(query))
	// Nothing that the token sees has changed since.
	case delta.Body == nil:
		notModified(w)
	default:
		w.Header()["Etag"] = []string{`"` + strconv.FormatInt(delta.Revision, 10) + `"`}
		sendJSON(w, delta.Body)
	}
}

// parseRevision reads a revision as clients send it back: with or without quotes, and
// perhaps as a weak entity tag.
func parseRevision(text string) (int64, bool) {
	revision, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	return revision, err == nil && revision >= 0
}
