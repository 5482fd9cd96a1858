package sdkapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/sdkhttp"
)

// Paths of server-side SDKs that are read (Unleash's API document, getAllClientFeatures and getClientFeature). The answer for all flags
// lies ready in payload, one for each query; that for a single flag is made when it is asked for, which is seldom.

// features answers GET /api/client/features.
// It is most of what a server is asked, so nothing here may grow with the number of flags.
func (a *API) features(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil {
		return
	}
	query, inline, err := a.query(r, token)
	if err != nil {
		fail(w, r, err)
		return
	}
	sendKept(w, r, a.Payload.Set(query.Environment).Features(query, inline))
}

// query returns what a server-side SDK asks for, and whether it wants segments inlined.
// Faults: BadData for a header or parameter that makes no sense.
func (a *API) query(r *http.Request, token *access.APIToken) (payload.Query, bool, error) {
	segments, err := a.specs.knowSegments(header(r, "Unleash-Client-Spec"))
	if err != nil {
		return payload.Query{}, false, err
	}
	query := payload.NewQuery(token)
	if r.URL.RawQuery != "" {
		query, err = narrowed(query, r.URL.Query())
	}
	return query, !segments, err
}

// header returns the first value of a header, whose name is in canonical form.
// Unlike http.Header.Get it does not put the name into that form first.
func header(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

var (
	// Both are Unleash's. The second is not anchored there either, so it takes more than it says.
	urlFriendly = regexp.MustCompile(`^[A-Za-z0-9_~.-]+$`)
	tagPattern  = regexp.MustCompile(`\w+:.+`)
)

// narrowed returns the query narrowed by the parameters of a URL.
// Parameters may be repeated, as project=a&project=b or project[]=a. They narrow what the token sees and never widen it.
func narrowed(query payload.Query, parameters url.Values) (payload.Query, error) {
	var problems []fault.Detail
	check := func(name string, pattern *regexp.Regexp, problem string) []string {
		values := append(parameters[name], parameters[name+"[]"]...)
		for i, value := range values {
			if !pattern.MatchString(value) {
				problems = append(problems, fault.Detail{Message: fmt.Sprintf(problem, i, value)})
			}
		}
		return values
	}
	projects := check("project", urlFriendly, `"project[%d]" must be URL friendly. You provided %q.`)
	tags := check("tag", tagPattern, `"tag[%d]" must be written type:value. You provided %q.`)
	if err := fault.Invalid(problems...); err != nil {
		return query, err
	}
	return query.In(projects).NamedLike(parameters.Get("namePrefix")).Tagged(tags), nil
}

// feature answers GET /api/client/features/{name}.
func (a *API) feature(w http.ResponseWriter, r *http.Request) {
	token := a.backend(w, r)
	if token == nil {
		return
	}
	query, inline, err := a.query(r, token)
	if err != nil {
		fail(w, r, err)
		return
	}
	// A name that cannot be unescaped is nobody's.
	name, err := url.PathUnescape(chi.URLParam(r, "name"))
	found := a.Payload.Set(query.Environment).Find(flag.Name(name), query)
	if err != nil || found == nil {
		fail(w, r, fault.New(fault.NotFound, "Could not find feature flag %s", name))
		return
	}
	text := found.JSON(inline)
	// Its tag is over the answer itself, since payload keeps none for single flags; weak, as the proxy before may compress it.
	sum := sha256.Sum256(text)
	etag := `W/"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("Etag", etag)
	if sdkhttp.Matches(r.Header["If-None-Match"], etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	sendJSON(w, text)
}
