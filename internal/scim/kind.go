package scim

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// kind is a sort of resources, and what can be done with them. There are two, made by API.users and API.groups. What
// differs between them is in these functions; all else is in the methods.
type kind struct {
	// state returns the newest state that this node knows.
	state func() *state.State
	// all returns all resources, by id.
	all func(context.Context) ([]object, error)
	// one returns a resource as it is in a state, or a NotFound fault.
	one func(ctx context.Context, s *state.State, id int64) (object, error)
	// put makes a resource what edit makes of it; nothing: it stays. id 0 is a new one. It returns the id.
	put func(ctx context.Context, c app.Caller, id int64, edit edit) (int64, error)
	// settle gives a patched resource what follows from the attributes that were patched.
	settle func(before, after object)
	// drop removes a resource, unless check refuses.
	drop func(ctx context.Context, c app.Caller, id int64, check check) error
}

// edit returns what is to become of a resource, which is nothing for a new one, and check whether it may be removed. Both
// are asked on the state on which is decided, so that nothing comes between their answer and the write, on no node. They
// may be asked several times, if somebody writes in between, and only the last answer counts. So they must not change what
// they are given, nor anything else.
type (
	edit  func(before object) (after object, err error)
	check func(before object) error
)

// reader reads the resource that is to be written, as it is in a state; nothing for a new one.
type reader func(*state.State) (object, error)

// reading returns the reader of the resource with an id. A resource is made of the state and of rows beside it (names, ids
// of the client); these change only together with an event, so reading them on a state again is enough to notice.
func reading(ctx context.Context, one func(context.Context, *state.State, int64) (object, error), id int64) reader {
	return func(s *state.State) (object, error) {
		if id == 0 {
			return nil, nil
		}
		return one(ctx, s, id)
	}
}

// decided returns what app asks in an edit's place: of describes to it what came of the edit. nil from it means that
// everything stays as it is, and nothing is written.
func decided[T any](of func(object) (T, error), before reader, edit edit) func(*state.State) (*T, error) {
	return func(s *state.State) (*T, error) {
		o, err := before(s)
		if err != nil {
			return nil, err
		}
		after, err := edit(o)
		if after == nil || err != nil {
			return nil, err
		}
		in, err := of(after)
		return &in, err
	}
}

// checked returns what app asks in a check's place.
func checked(before reader, check check) func(*state.State) error {
	return func(s *state.State) error {
		o, err := before(s)
		if err != nil {
			return err
		}
		return check(o)
	}
}

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// query is what a list is asked for. Texts are as the client sent them, empty where it said nothing; start counts from 1.
type query struct {
	filter            string
	start, count      int
	sortBy, sortOrder string
	wanted, notWanted string // attributes, parted by commas
}

// list answers with a page of the resources that a filter in the address chooses (RFC 7644, section 3.4.2).
func (k kind) list(r request) (answer, error) {
	values := r.URL.Query()
	q := query{
		filter: values.Get("filter"), start: 1, count: defaultPage, wanted: values.Get("attributes"), notWanted: values.Get("excludedAttributes"),
		sortBy: values.Get("sortBy"), sortOrder: values.Get("sortOrder"),
	}
	for name, into := range map[string]*int{"startIndex": &q.start, "count": &q.count} {
		if given := values.Get(name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil {
				return answer{}, badRequest("invalidValue", "The parameter %s is a whole number, not %q.", name, given)
			}
			*into = n
		}
	}
	return k.page(r.Context(), q)
}

// search is list with its parameters in the body (RFC 7644, section 3.4.3).
func (k kind) search(r request) (answer, error) {
	body, err := read(r.Request)
	if err != nil {
		return answer{}, err
	}
	q := query{
		filter: text(body, "filter"), start: 1, count: defaultPage, wanted: names(body, "attributes"), notWanted: names(body, "excludedAttributes"),
		sortBy: text(body, "sortBy"), sortOrder: text(body, "sortOrder"),
	}
	for name, into := range map[string]*int{"startIndex": &q.start, "count": &q.count} {
		if given, _ := field(body, name); given != nil {
			n, ok := given.(float64)
			if !ok {
				return answer{}, badRequest("invalidValue", "The attribute %s is a whole number.", name)
			}
			*into = int(n)
		}
	}
	return k.page(r.Context(), q)
}

// names returns a list of texts with commas between.
func names(o object, name string) string {
	value, _ := field(o, name)
	list, _ := value.([]any)
	var all []string
	for _, each := range list {
		if s, ok := each.(string); ok {
			all = append(all, s)
		}
	}
	return strings.Join(all, ",")
}

// page answers with a page of a list. All resources are read, filtered and sorted in memory, which takes milliseconds for
// thousands (docs/adr/0022); so filters and orders may be about anything that a resource shows.
//
// A start below 1 means 1 and a count below 0 means 0, as RFC 7644 has it (section 3.4.2.4). A count of 0 asks for no more
// than totalResults, which is how many resources the filter chooses, whatever the page.
func (k kind) page(ctx context.Context, q query) (answer, error) {
	chosen := filter(func(object) bool { return true })
	if q.filter != "" {
		var err error
		if chosen, err = parseFilter(q.filter); err != nil {
			return answer{}, err
		}
	}
	all, err := k.all(ctx)
	if err != nil {
		return answer{}, err
	}
	q.start, q.count = max(q.start, 1), min(max(q.count, 0), maxPage)
	all = slices.DeleteFunc(all, func(o object) bool { return !chosen(o) })
	if err := sorted(all, q.sortBy, q.sortOrder); err != nil {
		return answer{}, err
	}
	resources := []any{}
	for _, o := range all[min(q.start-1, len(all)):] {
		if len(resources) == q.count {
			break
		}
		resources = append(resources, project(o, q.wanted, q.notWanted))
	}
	return answer{body: object{
		"schemas": []any{listSchema}, "totalResults": len(all), "startIndex": q.start, "itemsPerPage": len(resources), "Resources": resources,
	}}, nil
}

// project returns a resource with the attributes that are wanted (RFC 7644, section 3.9). The names are parted by commas,
// and may have the schema before them. Only whole attributes are chosen: name.givenName asks for all of name. id and
// schemas are always there, since the RFC has them as returned "always".
func project(o object, wanted, notWanted string) object {
	listed := func(list, name string) bool {
		for each := range strings.SplitSeq(list, ",") {
			top, _, _ := strings.Cut(withoutSchema(strings.TrimSpace(each)), ".")
			if strings.EqualFold(top, name) {
				return true
			}
		}
		return false
	}
	shown := object{}
	for name, value := range o {
		always := name == "id" || name == "schemas"
		if always || (wanted == "" || listed(wanted, name)) && !listed(notWanted, name) {
			shown[name] = value
		}
	}
	return shown
}

// get answers with a resource, or with 304 and no body to whoever has it as it is. It reads the newest state of this node.
func (k kind) get(r request) (answer, error) {
	o, err := k.one(r.Context(), k.state(), idOf(chi.URLParam(r.Request, "id")))
	if err != nil {
		return answer{}, err
	}
	found := answer{location: located(o), version: versionOf(o)}
	if given := r.Header.Get("If-None-Match"); given != "" && matches(given, found.version) {
		found.status = http.StatusNotModified
		return found, nil
	}
	values := r.URL.Query()
	found.body = project(o, values.Get("attributes"), values.Get("excludedAttributes"))
	return found, nil
}

// located returns where a resource is. It is empty for what has no meta.
func located(o object) string {
	meta, _ := o["meta"].(object)
	return text(meta, "location")
}

// write is a client's wish to change something.
type write struct {
	caller app.Caller
	id     int64
	body   object // nil: none
	// match and noneMatch are what the resource's version must be one of, and must not be; empty: anything.
	match, noneMatch string
	// wanted and notWanted are the attributes that the answer is to show, and not, parted by commas.
	wanted, notWanted string
}

// writing makes an endpoint of a function that changes something. A body is read for everything but DELETE. The id is noID
// for what is being created, and not looked at then.
func (a *API) writing(do func(context.Context, write) (answer, error)) func(request) (answer, error) {
	return func(r request) (answer, error) {
		values := r.URL.Query()
		w := write{
			caller: r.caller, id: idOf(chi.URLParam(r.Request, "id")), match: r.Header.Get("If-Match"), noneMatch: r.Header.Get("If-None-Match"),
			wanted: values.Get("attributes"), notWanted: values.Get("excludedAttributes"),
		}
		if r.Method != http.MethodDelete {
			var err error
			if w.body, err = read(r.Request); err != nil {
				return answer{}, err
			}
		}
		return do(r.Context(), w)
	}
}

// create makes a resource of the body, and answers with it as it is kept: attributes that are not kept are missing from it.
func (k kind) create(ctx context.Context, w write) (answer, error) {
	id, err := k.put(ctx, w.caller, 0, func(object) (object, error) { return w.body, nil })
	if err != nil {
		return answer{}, err
	}
	return k.shown(ctx, w, id, http.StatusCreated)
}

// shown answers a write with what became of the resource.
func (k kind) shown(ctx context.Context, w write, id int64, status int) (answer, error) {
	o, err := k.one(ctx, k.state(), id)
	if err != nil {
		return answer{}, err
	}
	return answer{status: status, body: project(o, w.wanted, w.notWanted), location: located(o), version: versionOf(o)}, nil
}

// replace makes a resource what the body says (RFC 7644, section 3.5.1): an attribute that is not in it is gone, or has its
// default.
func (k kind) replace(ctx context.Context, w write) (answer, error) {
	return k.change(ctx, w, func(object) (object, error) { return w.body, nil })
}

// A patch that changes nothing writes nothing: directories send the same ones again and again, and each would be an event.
// What it answers is then the resource as it is.
func (k kind) patch(ctx context.Context, w write) (answer, error) {
	return k.change(ctx, w, func(o object) (object, error) {
		after, err := patched(o, w.body)
		if err != nil || reflect.DeepEqual(o, after) {
			return nil, err
		}
		k.settle(o, after)
		return after, nil
	})
}

// change makes a resource what edit makes of it, if it is as the client thinks. What it answers is read after the write, so
// that it shows what others have done meanwhile, too, with the version of that.
func (k kind) change(ctx context.Context, w write, edit edit) (answer, error) {
	_, err := k.put(ctx, w.caller, w.id, func(before object) (object, error) {
		if err := w.fits(before); err != nil {
			return nil, err
		}
		return edit(before)
	})
	if err != nil {
		return answer{}, err
	}
	return k.shown(ctx, w, w.id, http.StatusOK)
}

// fits refuses a write to a resource that is not as the client thinks. It is asked on the state on which is decided, inside
// the edit or the check. So of two writers with the same version, on whichever nodes, the second is refused (412).
func (w write) fits(before object) error {
	if version := versionOf(before); w.match != "" && !matches(w.match, version) || w.noneMatch != "" && matches(w.noneMatch, version) {
		return refusal{status: http.StatusPreconditionFailed, detail: "The resource has another version meanwhile. Read it again."}
	}
	return nil
}

// remove answers a deletion with 204.
func (k kind) remove(ctx context.Context, w write) (answer, error) {
	return answer{}, k.drop(ctx, w.caller, w.id, w.fits)
}

// notFound returns the fault for a resource that is not there, or not of that kind.
func notFound(what string) error {
	return fault.New(fault.NotFound, "There is no %s with this id.", what)
}

// meta is what is said about a resource itself. path is the endpoint without its slash, as Users. The version is added by
// versioned, and times by who knows them.
func (a *API) meta(kind, path string, id int64) object {
	return object{"resourceType": kind, "location": fmt.Sprintf("%s%s/%s/%d", a.URL, root, path, id)}
}
