package scim

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

const (
	// maxBulk is how many operations a request may have. Each counts like a request of its own.
	maxBulk            = 500
	bulkResponseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	// reference is what stands before the name of a resource that another operation makes, instead of its id. It stands in
	// paths and in any text of the data (RFC 7644, section 3.7.2).
	reference = "bulkId:"
)

// bulk does several operations one after the other (RFC 7644, section 3.7). Those that refer to what others make wait for
// it. It is no transaction: each is written and answered by itself, and what was done stays when a later one fails. The
// answer is 200 whatever became of them; only what cannot be read as a bulk request is refused as a whole, before anything
// is done.
func (a *API) bulk(r request, kinds map[string]kind) (answer, error) {
	body, err := read(r.Request)
	if err != nil {
		return answer{}, err
	}
	waiting, failOnErrors, err := operationsOf(body)
	if err != nil {
		return answer{}, err
	}
	if !a.limit.AllowN(time.Now(), len(waiting)) {
		f := fault.New(fault.RateLimit, "Too many operations, please try again later.")
		f.RetryAfter = time.Duration(len(waiting)) * time.Second / perSecond
		return answer{}, f
	}
	referring := map[string][]*operation{} // to what an operation makes, by its bulkId
	for _, o := range waiting {
		for name := range o.unmade {
			referring[name] = append(referring[name], o)
		}
	}
	made, done, failed := map[string]string{}, []any{}, 0
	for len(waiting) > 0 && (failOnErrors == 0 || failed < failOnErrors) {
		// The first that waits for nothing. If all wait (for each other, or for what has failed), none ever will be ready,
		// and the first in the row is refused by run.
		next := max(0, slices.IndexFunc(waiting, func(o *operation) bool { return len(o.unmade) == 0 }))
		o := waiting[next]
		waiting = slices.Delete(waiting, next, next+1)
		got, err := o.run(r.Context(), kinds, write{caller: r.caller, match: o.version}, made)
		if err != nil {
			failed++
			got = a.refused(http.Header{}, r.Request, err)
		} else if o.method == http.MethodPost {
			made[o.bulkID] = text(got.body, "id")
			for _, other := range referring[o.bulkID] {
				delete(other.unmade, o.bulkID)
			}
		}
		if o.method != http.MethodPost && got.location == "" { // it is told of what is there, whatever became of it
			got.location = a.URL + root + o.path
		}
		done = append(done, o.told(got, err != nil))
	}
	return answer{body: object{"schemas": []any{bulkResponseSchema}, "Operations": done}}, nil
}

// operation is one of several in a request. path is as the client wrote it, /Users/7 or /Users/bulkId:x; version is what
// the resource must be at, empty: anything.
type operation struct {
	method, bulkID, path, version string
	data                          object // nil: none
	// unmade are the bulkIds that the operation refers to, as far as nothing has been made under them.
	unmade map[string]bool
}

// operationsOf reads the operations of a request, and after how many errors no more are done; 0: all are. All are looked at
// before the first is done: a mistake in the last one refuses the request, and not half of it.
func operationsOf(body object) (all []*operation, failOnErrors int, err error) {
	if given, _ := field(body, "failOnErrors"); given != nil {
		n, ok := given.(float64)
		if !ok || n < 1 || n != float64(int(n)) {
			return nil, 0, badRequest("invalidValue", "The attribute failOnErrors is a whole number above 0.")
		}
		failOnErrors = int(n)
	}
	value, _ := field(body, "Operations")
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, 0, badRequest("invalidSyntax", "The attribute Operations is a list of operations.")
	}
	if len(list) > maxBulk {
		return nil, 0, refusal{status: http.StatusRequestEntityTooLarge, detail: fmt.Sprintf("There are %d operations, and %d are allowed.", len(list), maxBulk)}
	}
	names := map[string]bool{}
	for i, each := range list {
		given, _ := each.(object)
		o := &operation{method: strings.ToUpper(text(given, "method")), bulkID: text(given, "bulkId"), path: text(given, "path"), version: text(given, "version")}
		data, _ := field(given, "data")
		o.data, _ = data.(object)
		switch {
		case !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, o.method):
			return nil, 0, badRequest("invalidSyntax", "The method of operation %d is not POST, PUT, PATCH or DELETE.", i+1)
		case o.method == http.MethodPost && o.bulkID == "":
			return nil, 0, badRequest("invalidSyntax", "Operation %d makes something and so needs a bulkId.", i+1)
		case o.bulkID != "" && names[o.bulkID]:
			return nil, 0, badRequest("invalidSyntax", "The bulkId %q is there twice.", o.bulkID)
		case o.method != http.MethodDelete && o.data == nil:
			return nil, 0, badRequest("invalidSyntax", "Operation %d has no data.", i+1)
		}
		names[o.bulkID] = true
		o.unmade = references(o)
		all = append(all, o)
	}
	return all, failOnErrors, nil
}

// references returns the bulkIds that an operation refers to. They are looked for where run puts ids in their places:
// behind the endpoint in the path, and in texts of the data.
func references(o *operation) map[string]bool {
	names := map[string]bool{}
	look := func(text string) string {
		if name, found := strings.CutPrefix(text, reference); found {
			names[name] = true
		}
		return text
	}
	_, id, _ := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
	look(id)
	eachText(o.data, look)
	return names
}

// run does an operation, if all that it refers to has been made. made has the ids of what was made, by bulkId. Only POST
// has no id in its path; the endpoints are those of the kinds alone.
func (o *operation) run(ctx context.Context, kinds map[string]kind, w write, made map[string]string) (answer, error) {
	if len(o.unmade) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(o.unmade)), ", ")
		return answer{}, refusal{status: http.StatusConflict, detail: fmt.Sprintf("It refers to %s, which no operation has made.", names)}
	}
	resolve := func(text string) string {
		if name, found := strings.CutPrefix(text, reference); found {
			return made[name]
		}
		return text
	}
	path, id, hasID := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
	k, known := kinds["/"+path]
	if !known || hasID == (o.method == http.MethodPost) {
		return answer{}, fault.New(fault.NotFound, "There is no such resource or endpoint.")
	}
	w.id = idOf(resolve(id))
	w.body, _ = eachText(o.data, resolve).(object)
	switch o.method {
	case http.MethodPost:
		return k.create(ctx, w)
	case http.MethodPut:
		return k.replace(ctx, w)
	case http.MethodPatch:
		return k.patch(ctx, w)
	default:
		return k.remove(ctx, w)
	}
}

// told returns what is said of an operation that was done. The form is that of RFC 7644, section 3.7.3: the status is a
// text, and there is a response only where it failed. A resource is not repeated, but for where it is and its version.
func (o *operation) told(got answer, failed bool) object {
	said := object{"method": o.method, "status": strconv.Itoa(statusOf(got))}
	if o.bulkID != "" {
		said["bulkId"] = o.bulkID
	}
	if failed {
		said["response"] = got.body
	}
	if got.location != "" {
		said["location"] = got.location
	}
	if got.version != "" {
		said["version"] = got.version
	}
	return said
}

// eachText returns a JSON value with each text in it as change makes it. The value itself stays as it is. Names of fields
// are not changed.
func eachText(value any, change func(string) string) any {
	switch v := value.(type) {
	case string:
		return change(v)
	case []any:
		all := make([]any, len(v))
		for i, each := range v {
			all[i] = eachText(each, change)
		}
		return all
	case object:
		o := make(object, len(v))
		for name, each := range v {
			o[name] = eachText(each, change)
		}
		return o
	default:
		return v
	}
}
