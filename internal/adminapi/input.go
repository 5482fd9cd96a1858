package adminapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/fault"
)

// Binding by reflection, in the place of huma.Register (docs/adr/0015-reflection-below-register.md). A
// type is read once, when its operation is registered; what it cannot express stops the program then,
// and not at a request.

// input is what an operation's type says of its input: fields with the tag path or query
// are parameters, the field Body is the body, and embedded structs lend their fields.
type input struct {
	of         reflect.Type
	parameters []parameter
	body       []int // the index of its field; nil: there is none
}

// parameter is one of the document, with the index of the field that it is read into.
type parameter struct {
	*huma.Param
	field []int
}

// inputOf reads a type, and adds to the operation's description what it takes.
//
// It panics for a field that is neither a parameter nor the body: that is a mistake in the program, and
// every start finds it.
func inputOf(t reflect.Type, schemas huma.Registry, described *huma.Operation) *input {
	in := &input{of: t}
	for _, f := range reflect.VisibleFields(t) {
		path, query := f.Tag.Get("path"), f.Tag.Get("query")
		switch {
		case f.Anonymous: // its fields follow
		case path != "":
			in.parameters = append(in.parameters, parameter{&huma.Param{Name: path, In: "path", Required: true}, f.Index})
		case query != "":
			name, option, _ := strings.Cut(query, ",")
			explode := option == "explode" // a list, one parameter for each item
			in.parameters = append(in.parameters, parameter{&huma.Param{Name: name, In: "query", Explode: &explode}, f.Index})
		case f.Name == "Body":
			in.body = f.Index
			described.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				"application/json": {Schema: huma.SchemaFromField(schemas, f, described.OperationID+"Request")},
			}}
		default:
			panic(fmt.Sprintf("adminapi: %s: the input's field %s is neither Body nor has it the tag path or query", described.OperationID, f.Name))
		}
	}
	for _, p := range in.parameters {
		p.Schema = huma.SchemaFromField(schemas, t.FieldByIndex(p.field), "")
		p.Description = p.Schema.Description
		described.Parameters = append(described.Parameters, p.Param)
	}
	return in
}

// read returns a pointer to the input of a request. Its parameters and its body have
// been checked by receive; here they only take the form of their types.
func (in *input) read(ctx huma.Context, body any) (any, error) {
	read := reflect.New(in.of)
	field := func(index []int) any { return read.Elem().FieldByIndex(index).Addr().Interface() }
	url := ctx.URL()
	query := url.Query()
	for _, p := range in.parameters {
		var value any
		at := "/query/" + p.Name
		switch {
		case p.In == "path":
			at = "/params/" + p.Name
			value, _ = coerce(p.Schema.Type, ctx.Param(p.Name))
		case query.Get(p.Name) == "":
			continue // as good as left out
		case *p.Explode:
			items := make([]any, len(query[p.Name]))
			for i, text := range query[p.Name] {
				items[i], _ = coerce(p.Schema.Items.Type, text)
			}
			value = items
		default:
			// What coerce says about a value is not asked again: receive has refused what does not fit.
			value, _ = coerce(p.Schema.Type, query.Get(p.Name))
		}
		if err := convert(at, value, field(p.field)); err != nil {
			return nil, err
		}
	}
	if in.body != nil {
		if err := convert("/body", body, field(in.body)); err != nil {
			return nil, err
		}
	}
	return read.Interface(), nil
}

// convert stores a JSON value where the pointer points to. It refuses what the type does
// not take though its schema does: types can have an UnmarshalJSON of their own.
//
// The way through JSON is longer than setting fields by reflection, and it is the same for parameters
// and bodies: what a type accepts is said by its UnmarshalJSON alone.
func convert(at string, value, to any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, to); err != nil {
		return fault.Field(at, "The `%s` property cannot be read: %s.", at, err)
	}
	return nil
}
