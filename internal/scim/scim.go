// Package scim is SCIM 2.0 (RFC 7643 and 7644): the protocol by which a company's directory keeps
// people and groups here as they are there.
//
// A resource is a JSON object on the way in and out. What a request makes of it (a filter, a
// patch) is computed on that object, by pure functions; app is handed what came of it.
//
// How a request travels: serve asks for the token and the rate, a kind (users or groups) reads what is there, an edit or a
// check says what is to become of it, and app decides and writes, asking that again on the state on which it decides. A
// bulk request is a loop over the same functions.
//
//	scim.go       routes, answers, refusals, bodies
//	kind.go       what can be done with resources of either kind; lists and pages
//	user.go       a person as a resource, and back
//	group.go      a group as a resource, and back
//	filter.go     which resources a filter means
//	patch.go      what a patch makes of a resource
//	sort.go       in which order a list has resources
//	version.go    entity tags
//	bulk.go       several operations in a request
//	discovery.go  what clients can find out about all this
//
// What is kept of a resource, and what clients may ask, is told in docs/scim.md; why it is done by hand, in docs/adr/0022.
// What provisioning means for accounts belongs in app; whether a client may call, in identity. How people
// sign in has nothing to do with this room.
package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"golang.org/x/time/rate"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/webfault"
)

// Options are what SCIM works with; all of them are required.
type Options struct {
	App    *app.App
	People *identity.Identity
	Log    *slog.Logger
	// URL is where clients reach the server, with the base path and without a slash at its end.
	URL string
}

// API is SCIM over HTTP. Its methods may be called from several goroutines at once.
type API struct {
	Options
	limit *rate.Limiter
}

// How much clients may ask for.
const (
	// A body may have 4 MiB, which ServiceProviderConfig announces (maxPayloadSize). A longer one is refused with 413.
	maxBody = 4 << 20
	// The rate is that of all clients of this node together: there is one token, and as a rule one directory behind it. A
	// first synchronisation comes in a burst, so many requests may come at once.
	perSecond = 50
	atOnce    = 1000
	// How many resources a page of a list has when the client does not say, and at most, whatever it says.
	defaultPage = 100
	maxPage     = 1000
)

// New returns SCIM.
func New(o Options) *API { return &API{Options: o, limit: rate.NewLimiter(perSecond, atOnce)} }

// The prefixes under which SCIM is served: Unleash's, and what many clients put behind it.
const (
	root   = "/scim"
	rootV2 = root + "/v2"
)

// Mount serves SCIM. The addresses in answers (meta.location, $ref) always have the short prefix, whichever was asked.
func (a *API) Mount(r chi.Router) {
	for _, prefix := range []string{root, rootV2} {
		r.Handle(prefix+"/*", http.StripPrefix(prefix, a.router()))
	}
}

func (a *API) router() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	// These two also ask for the token, and answer in SCIM's form: who has none learns nothing of which endpoints there
	// are.
	r.NotFound(a.serve(func(request) (answer, error) {
		return answer{}, fault.New(fault.NotFound, "There is no such resource or endpoint.")
	}))
	unknownMethod := a.serve(func(request) (answer, error) {
		return answer{}, refusal{status: http.StatusMethodNotAllowed, detail: "The endpoint does not know this method."}
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, asked *http.Request) {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			// An answer 405 names the methods that there are (RFC 9110, section 15.5.6).
			if r.Match(chi.NewRouteContext(), method, asked.URL.Path) {
				w.Header().Add("Allow", method)
			}
		}
		unknownMethod(w, asked)
	})
	r.Get("/ServiceProviderConfig", a.serve(serviceProviderConfig))
	r.Get("/ResourceTypes", a.serve(a.resourceTypes))
	r.Get("/ResourceTypes/{id}", a.serve(a.resourceType))
	r.Get("/Schemas", a.serve(a.schemas))
	r.Get("/Schemas/{id}", a.serve(a.schema))
	// Bulk requests name resources by the same paths, so they are given the same kinds.
	kinds := map[string]kind{"/Users": a.users(), "/Groups": a.groups()}
	for path, kind := range kinds {
		r.Get(path, a.serve(kind.list))
		r.Post(path, a.serve(a.writing(kind.create)))
		r.Post(path+"/.search", a.serve(kind.search))
		r.Get(path+"/{id}", a.serve(kind.get))
		r.Put(path+"/{id}", a.serve(a.writing(kind.replace)))
		r.Patch(path+"/{id}", a.serve(a.writing(kind.patch)))
		r.Delete(path+"/{id}", a.serve(a.writing(kind.remove)))
	}
	r.Post("/Bulk", a.serve(func(r request) (answer, error) { return a.bulk(r, kinds) }))
	return r
}

// object is a resource, or another JSON object. Values in it are of the types that encoding/json decodes to (string, bool,
// float64, []any, object, nil), also in resources that are made here: filters, patches and comparisons know no others. So a
// list of objects is an []any, never an []object.
type object = map[string]any

// answer is what an endpoint answers; no body at all without one.
type answer struct {
	status   int // 0: 200, or 204 without a body
	body     object
	location string // of the resource, for the header of that name; empty: none
	version  string // of the resource, as an entity tag
}

// statusOf returns the status of an answer.
func statusOf(got answer) int {
	switch {
	case got.status != 0:
		return got.status
	case got.body == nil:
		return http.StatusNoContent
	default:
		return http.StatusOK
	}
}

// refusal is an answer for which there is no fault: SCIM has types of its own (RFC 7644, section 3.12). The detail is for
// people; scimType is for programs, one of those in table 9 there, and empty where none fits.
type refusal struct {
	status   int
	scimType string
	detail   string
}

// Error returns the sentence.
func (r refusal) Error() string { return r.detail }

// badRequest returns a refusal with the status 400. The format makes the detail, a full sentence.
func badRequest(scimType, format string, args ...any) error {
	return refusal{http.StatusBadRequest, scimType, fmt.Sprintf(format, args...)}
}

// request is a client's request, and as whom it is done. A SCIM client is no account. It acts as Quorate itself, which may
// do everything, and the log names Quorate for what it does: whether it may call at all is all that is asked, once, by
// serve.
type request struct {
	*http.Request
	caller app.Caller
}

// serve answers a client that may call. The token comes before the rate, so that strangers use up nothing of what the
// directory may ask; how often they may try is bounded by identity.
func (a *API) serve(endpoint func(request) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		var got answer
		broken := new(app.Broken)
		err := a.People.Provisioning(r, address(r))
		if err == nil && !a.limit.Allow() {
			f := fault.New(fault.RateLimit, "Too many requests, please try again later.")
			f.RetryAfter = time.Second
			err = f
		}
		if err == nil {
			got, err = endpoint(request{r, app.Caller{Actor: access.System(), Origin: origin(r), Broken: broken}})
		}
		if err != nil {
			got = a.refused(w.Header(), r, err)
		}
		a.tellBroken(w.Header(), broken)
		if got.version != "" {
			w.Header().Set("ETag", got.version)
		}
		if got.location != "" {
			w.Header().Set("Location", got.location)
		}
		if got.body == nil {
			w.WriteHeader(statusOf(got))
			return
		}
		body, err := json.Marshal(got.body)
		if err != nil {
			a.Log.ErrorContext(r.Context(), "a SCIM answer cannot be encoded", "error", err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json; charset=utf-8")
		w.WriteHeader(statusOf(got))
		_, _ = w.Write(body) // whoever has gone gets no answer
	}
}

// tellBroken names in the headers of an answer the change requests that were suspended or cancelled, since somebody who
// mattered to them is gone, in the form of the admin API. One that is not in the state any more, as a cancelled one, is
// named by its number, without a link.
func (a *API) tellBroken(into http.Header, broken *app.Broken) {
	tell := func(header, title string, requests []changerequest.ID) {
		var ids []string
		for _, id := range requests {
			ids = append(ids, strconv.FormatInt(int64(id), 10))
			if cr := a.App.State().ChangeRequest(id); cr != nil {
				into.Add("Link", fmt.Sprintf(`<%s/projects/%s/change-requests/%d>; rel="related"; title=%q`, a.URL, cr.Project, id, title))
			}
		}
		if ids != nil {
			into.Set(header, strings.Join(ids, ", "))
		}
	}
	tell("Quorate-Suspended", "suspended", broken.Suspended)
	tell("Quorate-Cancelled", "cancelled", broken.Cancelled)
}

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// refused returns the answer for a failure, in SCIM's form, and sets the headers that belong to it. A fault keeps the
// status that it has in the admin API, but for those kinds for which RFC 7644 has another, and a scimType.
func (a *API) refused(into http.Header, r *http.Request, err error) answer {
	said, ok := errors.AsType[refusal](err)
	if !ok {
		status, header, body := webfault.Answer(r, err) // logs what is nobody's mistake out there
		maps.Copy(into, header)
		said = refusal{status: status, detail: body.Message}
		switch f := fault.As(err); {
		case f == nil:
		case f.Kind == fault.NameExists:
			said.status, said.scimType = http.StatusConflict, "uniqueness"
		case f.Kind == fault.BadData:
			said.status, said.scimType = http.StatusBadRequest, "invalidValue"
			if len(f.Details) > 0 { // the message only points at them
				var problems []string
				for _, detail := range f.Details {
					problems = append(problems, detail.Message)
				}
				said.detail = strings.Join(problems, " ")
			}
		// Such as suspending the last administrator who has a password: 403 would say that the token may not do it.
		case f.Kind == fault.InvalidOperation:
			said.status, said.scimType = http.StatusBadRequest, "mutability"
		case f.Kind == fault.Unauthorized:
			into.Set("WWW-Authenticate", "Bearer")
		}
	}
	body := object{"schemas": []any{errorSchema}, "status": strconv.Itoa(said.status), "detail": said.detail}
	if said.scimType != "" {
		body["scimType"] = said.scimType
	}
	return answer{status: said.status, body: body}
}

// read reads a request's body, a JSON object. A request without a content type is taken for SCIM, since some clients send
// none. Unknown attributes are no mistake: what is not kept here is left out later (docs/scim.md).
func read(r *http.Request) (object, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		media, _, err := mime.ParseMediaType(given)
		if err != nil || media != "application/json" && media != "application/scim+json" {
			return nil, refusal{status: http.StatusUnsupportedMediaType, detail: "The content type must be application/scim+json."}
		}
	}
	raw, err := io.ReadAll(r.Body)
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, refusal{status: http.StatusRequestEntityTooLarge, detail: "The body is too large."}
	}
	if err != nil {
		return nil, badRequest("invalidSyntax", "The body could not be read.")
	}
	var body object
	if err := json.Unmarshal(raw, &body); err != nil || body == nil {
		return nil, badRequest("invalidSyntax", "The body is not a JSON object.")
	}
	if holdsNull(body) {
		return nil, badRequest("invalidValue", "A text in the body has the character U+0000, which cannot be kept.")
	}
	return body, nil
}

// holdsNull reports whether a text in a JSON value has the character U+0000, which PostgreSQL does not take. Such a text is
// refused as the client's mistake before anything is decided; else the write would fail as ours.
func holdsNull(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		return slices.ContainsFunc(v, holdsNull)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), holdsNull)
	default:
		return false
	}
}

// noID is an id that nothing can have.
const noID = -1

// idOf returns the id in a path. It returns noID for anything but an id as it is written here, +7 and 007 among it, so that
// a resource has one address. The answer is then that there is no such resource.
func idOf(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != text {
		return noID
	}
	return id
}

// origin returns where a request comes from.
func origin(r *http.Request) app.Origin {
	return app.Origin{IP: address(r), UserAgent: r.UserAgent()}
}

// address returns the caller's IP address.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// instant is a time as SCIM writes it (RFC 7643, section 2.3.5). Milliseconds are always there, so that such texts sort as
// the times do.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// field returns the value of an attribute, whatever the case of its name's letters (RFC 7643,
// section 2.1), and the name as it is there. An attribute that is not there is nil, under the name that was asked for:
// whoever writes under that name then adds it, and else replaces the one that is there, instead of putting a second one
// beside it in other letters.
func field(o object, name string) (value any, as string) {
	if value, there := o[name]; there {
		return value, name
	}
	for key, value := range o {
		if strings.EqualFold(key, name) {
			return value, key
		}
	}
	return nil, name
}

// text returns the value of an attribute that is a text, else nothing.
func text(o object, name string) string {
	value, _ := field(o, name)
	s, _ := value.(string)
	return s
}
