package scim

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// maxOperations bounds the operations of one patch. Directories send a few; long lists of members are values of one
// operation.
const maxOperations = 1000

// patched returns what a patch (RFC 7644, section 3.5.2) makes of a resource, which stays as it
// is. Clients take liberties, and what they mean is done: Entra writes Add for add, and
// "name.givenName" as the name of an attribute; Okta leaves the path out. The operations are done one after the other, each
// on what the one before has made. If one is refused, all are: nothing is kept of a patch that cannot be done as a whole.
func patched(resource, request object) (object, error) {
	given, _ := field(request, "Operations")
	operations, ok := given.([]any)
	if !ok || len(operations) == 0 || len(operations) > maxOperations {
		return nil, badRequest("invalidSyntax", "A patch has a list of Operations, at least one and at most %d.", maxOperations)
	}
	o := clone(resource).(object)
	for _, each := range operations {
		operation, ok := each.(object)
		if !ok {
			return nil, badRequest("invalidSyntax", "An operation is an object.")
		}
		value, _ := field(operation, "value")
		if err := operate(o, strings.ToLower(text(operation, "op")), text(operation, "path"), value); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// operate does one operation on an object, in place. op is in small letters. Without a path, each field of the value is an
// operation of its own, by the order of their names, so that what comes of it does not depend on the order of a map.
func operate(o object, op, path string, value any) error {
	if op != "add" && op != "replace" && op != "remove" {
		return badRequest("invalidSyntax", "An operation's op is add, replace or remove, not %q.", op)
	}
	if path == "" {
		fields, ok := value.(object)
		if op == "remove" || !ok {
			return badRequest("noTarget", "An operation without a path must add or replace, and its value must be an object.")
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if err := operate(o, op, name, fields[name]); err != nil {
				return err
			}
		}
		return nil
	}
	t, err := parseTarget(path)
	if err != nil || t.foreign {
		return err
	}
	return t.apply(o, op, value)
}

// target is what a path points at: an attribute, maybe those of its values that a filter chooses, and maybe
// an attribute of those.
//
//	name              the attribute
//	name.sub          an attribute of its value, or of the first of its values
//	name[filter]      those of its values that the filter chooses
//	name[filter].sub  an attribute of those
type target struct {
	name   string
	filter filter
	eq     object // what new values have, since the filter asks for it
	sub    string
	// foreign attributes are those of schemas that are not kept here.
	foreign bool
}

// parseTarget reads a path (RFC 7644, section 3.5.2), with or without the schema before it. A filter may hold brackets in a
// text, so it ends at the last one.
func parseTarget(path string) (target, error) {
	if isForeign(path) {
		return target{foreign: true}, nil
	}
	path = withoutSchema(path)
	var t target
	rest := ""
	if open := strings.IndexByte(path, '['); open >= 0 {
		closing := strings.LastIndexByte(path, ']')
		if closing < open {
			return t, badRequest("invalidPath", "The path %q cannot be read.", path)
		}
		f, err := parseFilter(path[open+1 : closing])
		if err != nil {
			return t, badRequest("invalidPath", "The path %q cannot be read. %s", path, err)
		}
		t.name, t.filter, t.eq, rest = path[:open], f, equalities(path[open+1:closing]), path[closing+1:]
		if rest != "" && !strings.HasPrefix(rest, ".") {
			return t, badRequest("invalidPath", "The path %q cannot be read.", path)
		}
		t.sub = strings.TrimPrefix(rest, ".")
	} else {
		t.name, t.sub, _ = strings.Cut(path, ".")
	}
	if !isName(t.name) || (t.sub != "" || strings.HasSuffix(path, ".")) && !isName(t.sub) {
		return t, badRequest("invalidPath", "The path %q cannot be read.", path)
	}
	return t, nil
}

// equalities returns what a filter asks for that is one comparison with eq. From such a filter follows what a value must be
// like that it would choose; from others it does not. A filter that does not say so returns nil.
func equalities(filter string) object {
	tokens, err := scan(filter)
	if err != nil || len(tokens) != 3 || !strings.EqualFold(tokens[1].text, "eq") || !tokens[2].quote {
		return nil
	}
	return object{tokens[0].text: tokens[2].text}
}

// apply does one operation on a resource. The object is changed in place. add makes lists longer and gives objects fields;
// replace sets, but gives an object fields as well; remove takes the attribute away, or those of its values that are named.
func (t target) apply(o object, op string, value any) error {
	old, name := field(o, t.name)
	switch {
	case isReadOnly(name):
		return nil // clients send the id along, and mean nothing by it
	case t.filter != nil:
		return t.applyToChosen(o, name, op, value)
	case t.sub != "":
		inner, ok := old.(object)
		if list, isList := old.([]any); isList && len(list) > 0 {
			inner, ok = list[0].(object)
		} else if !ok {
			inner, ok = object{}, true
			o[name] = inner
		}
		if ok {
			assign(inner, t.sub, op, value)
		}
		return nil
	case op == "remove" && value != nil: // Entra names the members to remove
		o[name] = without(old, value)
		return nil
	case op == "add":
		o[name] = joined(old, value)
		return nil
	case op == "replace" && isObject(old) && isObject(value): // what it does not name, stays
		merge(old.(object), value.(object))
		return nil
	default:
		assign(o, name, op, value)
		return nil
	}
}

// isReadOnly reports whether an attribute is said by Quorate alone. groups of a user are changed by the members of groups.
func isReadOnly(name string) bool {
	return slices.ContainsFunc([]string{"id", "meta", "schemas", "groups"}, func(fixed string) bool { return strings.EqualFold(name, fixed) })
}

// assign sets an attribute of an object, or takes it away, under the name that it has there already.
func assign(o object, name, op string, value any) {
	if _, as := field(o, name); op == "remove" {
		delete(o, as)
	} else {
		o[as] = value
	}
}

func isObject(value any) bool {
	_, is := value.(object)
	return is
}

// merge gives an object the fields of another, whatever the case of their names' letters.
func merge(into, from object) {
	for name, value := range from {
		assign(into, name, "replace", value)
	}
}

// applyToChosen does an operation on those values of an attribute that the filter chooses. If it chooses none, remove has
// nothing to do. What is to be set is then added as a new value, which has what the filter asks for: so Entra gives
// somebody a first address by replacing emails[type eq "work"].value. Where a filter does not say what that would be, there
// is no target.
func (t target) applyToChosen(o object, name, op string, value any) error {
	list, _ := o[name].([]any)
	kept, found := []any{}, false
	for _, each := range list {
		element, ok := each.(object)
		if !ok || !t.filter(element) {
			kept = append(kept, each)
			continue
		}
		found = true
		switch {
		case t.sub != "":
			assign(element, t.sub, op, value)
			kept = append(kept, element)
		case op == "remove":
		case op == "replace":
			kept = append(kept, value)
		default:
			if fields, ok := value.(object); ok {
				merge(element, fields)
			}
			kept = append(kept, element)
		}
	}
	if !found && op != "remove" {
		if t.eq == nil {
			return badRequest("noTarget", "The attribute %s has no value that the filter chooses.", name)
		}
		fresh := maps.Clone(t.eq)
		if fields, ok := value.(object); ok && t.sub == "" {
			merge(fresh, fields)
		} else if t.sub != "" {
			fresh[t.sub] = value
		}
		kept = append(kept, fresh)
	}
	o[name] = kept
	return nil
}

// joined returns what adding a value to an attribute makes of it: lists get longer, but not by what is in
// them, objects get fields, and anything else becomes the value.
func joined(old, value any) any {
	switch was := old.(type) {
	case []any:
		more, ok := value.([]any)
		if !ok {
			more = []any{value}
		}
		for _, each := range more {
			if !slices.ContainsFunc(was, func(have any) bool { return reflect.DeepEqual(key(have), key(each)) }) {
				was = append(was, each)
			}
		}
		return was
	case object:
		if fields, ok := value.(object); ok {
			merge(was, fields)
			return was
		}
	}
	return value
}

// without returns a list without the values that are named. What is no list is named as a whole, and nothing is left of it.
func without(old, value any) any {
	list, ok := old.([]any)
	if !ok {
		return nil
	}
	gone, ok := value.([]any)
	if !ok {
		gone = []any{value}
	}
	return slices.DeleteFunc(list, func(have any) bool {
		return slices.ContainsFunc(gone, func(each any) bool { return reflect.DeepEqual(key(have), key(each)) })
	})
}

// key returns what tells the values of an attribute apart: an object's value, if it has one. Members are the same by their
// ids, whatever else a client says of them.
func key(value any) any {
	if o, ok := value.(object); ok {
		if inner, _ := field(o, "value"); inner != nil {
			return inner
		}
	}
	return value
}

// clone returns a copy that shares nothing. An edit must not change what it is given (see edit).
func clone(value any) any {
	switch v := value.(type) {
	case object:
		copied := make(object, len(v))
		for name, inner := range v {
			copied[name] = clone(inner)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, inner := range v {
			copied[i] = clone(inner)
		}
		return copied
	default:
		return v
	}
}
