package sdkapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/webfault"
)

// Bodies of SDKs. SDKs in a dozen languages send what their JSON libraries make of numbers, times and booleans, and Unleash takes it;
// so bodies are read field by field here instead of into structs, which would refuse a number in quotes. All problems of a body are
// collected, for the answer to name each by its path.

// How large bodies may be, in bytes. Edge speaks for many SDKs at once.
const (
	maxBody     = 1 << 20
	maxEdgeBody = 16 << 20
)

// object is a JSON object of a request. Reading its fields notes what is wrong with them;
// scalars of another type are taken for what they mean, as Unleash does.
// Methods on an object that was not there (fields is nil) find every field missing; problems is shared by all objects of a body.
type object struct {
	path     string // "/body/bucket"
	fields   map[string]any
	problems *[]fault.Detail
}

// readObject returns the body of a request as an object, or answers that it is none.
// No body at all is an object without fields.
func readObject(w http.ResponseWriter, r *http.Request, limit int64) (object, bool) {
	value, err := sdkhttp.ReadJSON(w, r, limit)
	if err != nil {
		webfault.WriteMessage(w, r, err)
		return object{}, false
	}
	body := object{path: "/body", problems: new([]fault.Detail)}
	if value == nil {
		return body, true
	}
	fields, ok := value.(map[string]any)
	if !ok {
		fail(w, r, fault.Field("/body", "The body must be a JSON object."))
	}
	body.fields = fields
	return body, ok
}

// accepted reports whether nothing was wrong, or answers with what was.
func (o object) accepted(w http.ResponseWriter, r *http.Request) bool {
	if err := fault.Invalid(*o.problems...); err != nil {
		fail(w, r, err)
		return false
	}
	return true
}

// complain notes what is wrong with a field, in the words that Unleash's clients know.
func (o object) complain(name, format string, args ...any) {
	path := o.path + "/" + name
	message := "The `" + path + "` property " + fmt.Sprintf(format, args...)
	*o.problems = append(*o.problems, fault.Detail{Path: path, Message: message})
}

// require notes fields that are missing, or null, which is the same.
func (o object) require(names ...string) {
	for _, name := range names {
		if o.fields[name] == nil {
			o.complain(name, "is required. It was not present on the data you sent.")
		}
	}
}

// text returns a field as text, "" if it is missing.
// A boolean or a number is taken as it is written.
func (o object) text(name string) string {
	value := o.fields[name]
	switch value.(type) {
	case nil:
		return ""
	case string, bool, json.Number:
		text, _ := sdkhttp.Text(value)
		return text
	default:
		o.complain(name, "must be string. You sent %s.", shown(value))
		return ""
	}
}

// name returns a field that must be there and not empty.
// If it is not there, that is noted, and "" returned.
func (o object) name(name string) string {
	o.require(name)
	text := o.text(name)
	if o.fields[name] == "" {
		o.complain(name, "must NOT have fewer than 1 characters. You sent \"\".")
	}
	return text
}

// count returns a field as a number of 0 or more, 0 if it is missing or empty.
// A fraction is cut off. Up to 2^53, floats are exact; more cannot be meant.
func (o object) count(name string) int64 {
	value := o.fields[name]
	text, ok := sdkhttp.Text(value)
	if value == nil || text == "" && ok {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if _, isList := value.([]any); err != nil || !ok || isList || !(n >= 0 && n <= 1<<53) {
		o.complain(name, "must be a number of 0 or more. You sent %s.", shown(value))
		return 0
	}
	return int64(n)
}

// texts returns a field as a list of texts, nil if it is missing.
// An element that is no text is noted, and is "" in the list.
func (o object) texts(name string) []string {
	var texts []string
	for i, value := range o.list(name) {
		text, ok := sdkhttp.Text(value)
		if !ok {
			o.complain(fmt.Sprintf("%s/%d", name, i), "must be string. You sent %s.", shown(value))
		}
		texts = append(texts, text)
	}
	return texts
}

// objects returns a field as a list of objects.
// Elements that are none are noted and left out.
func (o object) objects(name string) []object {
	var objects []object
	for i, value := range o.list(name) {
		path := fmt.Sprintf("%s/%d", name, i)
		fields, ok := value.(map[string]any)
		if !ok {
			o.complain(path, "must be object. You sent %s.", shown(value))
			continue
		}
		objects = append(objects, object{o.path + "/" + path, fields, o.problems})
	}
	return objects
}

// list returns a field as a list, nil if it is missing or none, which is noted.
func (o object) list(name string) []any {
	value := o.fields[name]
	list, ok := value.([]any)
	if value != nil && !ok {
		o.complain(name, "must be array. You sent %s.", shown(value))
	}
	return list
}

// object returns a field as an object, and whether it is there.
func (o object) object(name string) (object, bool) {
	value := o.fields[name]
	fields, ok := value.(map[string]any)
	if value != nil && !ok {
		o.complain(name, "must be object. You sent %s.", shown(value))
	}
	return object{o.path + "/" + name, fields, o.problems}, ok
}

// timeLayouts are the forms in which SDKs write times; without a zone, it is UTC.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", time.DateOnly,
}

// time returns a field as a time, the zero time if it is missing. Numbers are
// milliseconds since 1970, or seconds if they are so few that no SDK can mean the former.
// A text that is none is noted.
func (o object) time(name string) time.Time {
	text := o.text(name)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || !(n >= 0 && n < 1e15):
		o.complain(name, "must match format \"date-time\". You sent %s.", shown(text))
		return time.Time{}
	// As milliseconds that would be a day before 1973-03-03; as seconds it reaches to the year 5138.
	case n < 1e11:
		return time.UnixMilli(int64(n * 1000))
	default:
		return time.UnixMilli(int64(n))
	}
}

// shown returns a value as a message repeats it.
// It is cut, since a body may be large.
func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "something else"
	}
	const most = 100
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
