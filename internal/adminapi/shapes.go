package adminapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/fault"
)

// shapes checks input against the schemas of the document, as Unleash's validator does: scalars are
// coerced to the type that is asked for, what a schema does not know is left out, and each problem is
// told in Unleash's words with its path. Clients rely on all three, and huma answers otherwise
// (docs/adr/0004-huma-and-chi.md).
//
// It checks all that a value has wrong, and stops at nothing, so that the answer lists every problem.
// Paths are JSON pointers behind /body, /query or /params.
type shapes struct {
	registry huma.Registry
}

// query checks the parameters of a query.
//
// A parameter that is sent empty is as good as left out. What was coerced is dropped here: input.read
// coerces once more.
func (s shapes) query(op *huma.Operation, given url.Values) []fault.Detail {
	var details []fault.Detail
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		at, schema := "/query/"+p.Name, p.Schema
		switch values := given[p.Name]; {
		case schema.Type == huma.TypeArray:
			schema = schema.Items
		case len(values) > 1:
			details = append(details, unlike(at, values, "be sent once")...)
			continue
		}
		if given.Get(p.Name) == "" {
			continue // as good as left out
		}
		for _, value := range given[p.Name] {
			_, problems := s.check(at, schema, value)
			details = append(details, problems...)
		}
	}
	return details
}

// path checks the parameters in a path.
//
// They are never missing, since the router has matched them.
func (s shapes) path(op *huma.Operation, given func(name string) string) []fault.Detail {
	var details []fault.Detail
	for _, p := range op.Parameters {
		if p.In == "path" {
			_, problems := s.check("/params/"+p.Name, p.Schema, given(p.Name))
			details = append(details, problems...)
		}
	}
	return details
}

// check returns the value in the form that the schema asks for, and what is wrong with it.
//
// A value that has something wrong is returned as far as it was read, and must not be used.
func (s shapes) check(at string, schema *huma.Schema, value any) (any, []fault.Detail) {
	for schema.Ref != "" {
		schema = s.registry.SchemaFromRef(schema.Ref)
	}
	// A schema without a type takes any value (RawMessage, or one of several types): the type's
	// UnmarshalJSON says more.
	if schema.Type == "" || (value == nil && schema.Nullable) {
		return value, checkAny(at, value)
	}
	coerced, ok := coerce(schema.Type, value)
	if !ok {
		return value, unlike(at, value, "be "+schema.Type)
	}
	switch v := coerced.(type) {
	case string:
		return v, checkString(at, schema, v)
	case json.Number:
		return v, checkNumber(at, schema, v)
	case []any:
		return s.checkArray(at, schema, v)
	case map[string]any:
		return s.checkObject(at, schema, v)
	default:
		return v, nil
	}
}

// checkArray checks the items of a list. What a list may have at least and at most is told beside what
// is wrong with its items.
func (s shapes) checkArray(at string, schema *huma.Schema, array []any) (any, []fault.Detail) {
	var details []fault.Detail
	if n := schema.MinItems; n != nil && len(array) < *n {
		details = append(details, unlike(at, array, fmt.Sprintf("NOT have fewer than %d items", *n))...)
	}
	if n := schema.MaxItems; n != nil && len(array) > *n {
		details = append(details, fault.Detail{Path: at, Message: fmt.Sprintf("The `%s` property must NOT have more than %d items. You sent %d.", at, *n, len(array))})
	}
	checked := make([]any, len(array))
	for i, item := range array {
		var problems []fault.Detail
		checked[i], problems = s.check(fmt.Sprintf("%s/%d", at, i), schema.Items, item)
		details = append(details, problems...)
	}
	return checked, details
}

// checkObject checks the properties of an object. Those that the schema does not name are left out,
// unless it says of what type others are (AdditionalProperties), as for parameters of strategies. Names
// are gone through in order, so that the same mistakes give the same answer.
func (s shapes) checkObject(at string, schema *huma.Schema, object map[string]any) (any, []fault.Detail) {
	var details []fault.Detail
	checked := map[string]any{}
	keep := func(name string, schema *huma.Schema) {
		value, sent := object[name]
		if !sent || (value == nil && !s.nullable(schema)) {
			return // null stands for nothing where nothing else can be meant
		}
		var problems []fault.Detail
		checked[name], problems = s.check(at+"/"+name, schema, value)
		details = append(details, problems...)
	}
	if values, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		// The limit of the body is the limit then; a list of a hundred thousand ids in one parameter is
		// nothing unusual.
		if values.Type == huma.TypeString { // a parameter of a strategy can be a long list
			long := *values
			long.MaxLength = new(maxBulkBody)
			values = &long
		}
		for _, name := range sortedKeys(object) {
			switch {
			case schema.Properties[name] != nil: // below
			case !storable(name):
				details = append(details, unstorable(at, name)...)
			default:
				keep(name, values)
			}
		}
	}
	for _, name := range sortedKeys(schema.Properties) {
		keep(name, schema.Properties[name])
	}
	// Asked of what was kept and not of what was sent: null where null says nothing counts as left out.
	for _, name := range schema.Required {
		if _, ok := checked[name]; !ok {
			path := at + "/" + name
			details = append(details, fault.Detail{Path: path, Message: fmt.Sprintf("The `%s` property is required. It was not present on the data you sent.", path)})
		}
	}
	return checked, details
}

// nullable reports whether null is a value of the schema.
func (s shapes) nullable(schema *huma.Schema) bool {
	for schema.Ref != "" {
		schema = s.registry.SchemaFromRef(schema.Ref)
	}
	return schema.Nullable || schema.Type == ""
}

// coerce returns a value as the type that a schema asks for, and whether it can be one.
// Only scalars are turned into one another.
//
// An empty text is no number and no boolean. A list or an object is taken for nothing else, and nothing
// for them.
func coerce(to string, value any) (any, bool) {
	switch v := value.(type) {
	case string:
		switch to {
		case huma.TypeString:
			return v, true
		case huma.TypeBoolean:
			return v == "true" || v == "1", slices.Contains([]string{"true", "false", "1", "0"}, v)
		case huma.TypeInteger, huma.TypeNumber:
			return coerceNumber(to, v)
		}
	case json.Number:
		switch to {
		case huma.TypeString:
			return v.String(), true
		case huma.TypeBoolean:
			return v == "1", v == "1" || v == "0"
		case huma.TypeInteger, huma.TypeNumber:
			return coerceNumber(to, v.String())
		}
	case bool:
		switch to {
		case huma.TypeBoolean:
			return v, true
		case huma.TypeString:
			return strconv.FormatBool(v), true
		case huma.TypeInteger, huma.TypeNumber:
			return map[bool]json.Number{true: "1", false: "0"}[v], true
		}
	case []any:
		return v, to == huma.TypeArray
	case map[string]any:
		return v, to == huma.TypeObject
	}
	return nil, false
}

// coerceNumber reads a finite number; one without fraction is written as an integer,
// so that 5.0 and 5e0 are as good as 5.
//
// Beyond 2^53 a float64 does not tell all integers apart, so such a number is none: nobody should get
// another id than the one that was sent.
func coerceNumber(to, text string) (any, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return nil, false
	}
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return json.Number(strconv.FormatInt(int64(n), 10)), true
	}
	return json.Number(strconv.FormatFloat(n, 'g', -1, 64)), to == huma.TypeNumber
}

// maxText is how long a text can be, in characters, of which the schema does not say it. Names are shorter, as flag
// and access say.
//
// Without one, a single text could fill what a body may have, in every event and state from then on
// (docs/admin-api.md, "Where it differs from Unleash").
const maxText = 10_000

// checkString returns what is wrong with a text, one thing at most. Lengths are in characters and not
// in bytes, as in JSON Schema; where the database wants fewer bytes, the domain says so (flag, access).
func checkString(at string, schema *huma.Schema, text string) []fault.Detail {
	n, longest := utf8.RuneCountInString(text), maxText
	if schema.MaxLength != nil {
		longest = *schema.MaxLength
	}
	switch {
	case !storable(text):
		return unstorable(at, text)
	case len(schema.Enum) > 0 && !slices.Contains(schema.Enum, any(text)):
		return notAllowed(at, schema.Enum, text)
	case schema.MinLength != nil && n < *schema.MinLength:
		return unlike(at, text, fmt.Sprintf("NOT have fewer than %d characters", *schema.MinLength))
	case n > longest:
		return unlike(at, text, fmt.Sprintf("NOT have more than %d characters", longest))
	// Compiled anew for each value: few parameters have a pattern, and each is short.
	case schema.Pattern != "" && !regexp.MustCompile(schema.Pattern).MatchString(text):
		return unlike(at, text, `match pattern "`+schema.Pattern+`"`)
	case schema.Format == "date-time" && !isTime(text):
		return unlike(at, text, `match format "date-time"`)
	default:
		return nil
	}
}

// storable reports whether a text can be kept: PostgreSQL takes no other, so that neither database does.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// checkAny checks a value of any type: the texts in it.
func checkAny(at string, value any) []fault.Detail {
	var details []fault.Detail
	switch v := value.(type) {
	case string:
		if !storable(v) {
			return unstorable(at, v)
		}
	case []any:
		for i, item := range v {
			details = append(details, checkAny(fmt.Sprintf("%s/%d", at, i), item)...)
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			if !storable(name) {
				details = append(details, unstorable(at, name)...)
			}
			details = append(details, checkAny(at+"/"+name, v[name])...)
		}
	}
	return details
}

// unstorable says that a text cannot be kept. What is shown of it has the replacement character where
// it is no UTF-8.
func unstorable(at, text string) []fault.Detail {
	return unlike(at, strings.ToValidUTF8(text, "\uFFFD"), "be UTF-8 without the character U+0000")
}

// checkNumber returns what is wrong with a number, which coerceNumber has written.
func checkNumber(at string, schema *huma.Schema, number json.Number) []fault.Detail {
	n, err := number.Float64()
	switch {
	case err != nil:
		return unlike(at, number, "be "+schema.Type)
	case schema.Minimum != nil && n < *schema.Minimum:
		return unlike(at, number, fmt.Sprintf("be >= %v", *schema.Minimum))
	case schema.Maximum != nil && n > *schema.Maximum:
		return unlike(at, number, fmt.Sprintf("be <= %v", int64(*schema.Maximum)))
	default:
		return nil
	}
}

// unlike says that a property is not what it must be.
//
// What was sent is repeated, so that somebody who reads a log sees the mistake, but only its first 200
// bytes.
func unlike(at string, value any, must string) []fault.Detail {
	sent, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was JSON when it came
	}
	if len(sent) > 200 {
		sent = append(sent[:200:200], "…"...)
	}
	return []fault.Detail{{Path: at, Message: fmt.Sprintf("The `%s` property must %s. You sent %s.", at, must, sent)}}
}

// notAllowed says that a property is none of a few values. Unleash names the property
// without its path here.
//
// The two full stops at its end are Unleash's as well.
func notAllowed(at string, allowed []any, value string) []fault.Detail {
	name := at[strings.LastIndexByte(at, '/')+1:]
	quoted := make([]string, len(allowed))
	for i, v := range allowed {
		quoted[i] = fmt.Sprintf("%q", v)
	}
	return []fault.Detail{{Path: name, Message: fmt.Sprintf(
		"The `%s` property must be equal to one of the allowed values: %s. You provided %q, which is not valid. Please use one of the allowed values instead..",
		name, strings.Join(quoted, ", "), value)}}
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
