package adminapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/webfault"
)

// permissionsExtension lists, on every operation of the document, the permissions of
// which any one is enough; an empty list means that everyone may who is signed in.
const permissionsExtension = "x-quorate-permissions"

// about stands at the head of the document, in Markdown: what holds for all operations.
const about = `Quorate's admin API. Paths, shapes and status codes are those of Unleash, so that its clients work unchanged.

Unknown properties of a body are ignored, and scalars are coerced: ` + "`1`" + ` is as good as ` + "`\"1\"`" + `. Every answer says in
` + "`Quorate-Revision`" + ` which revision of the ledger it was made from; whoever sends that header back reads at least that revision,
on any node. ` + "`Quorate-Reason`" + ` says why a change bypasses the approval that it would need.`

// config is how huma is set up: no paths and no fields of its own, schemas under Unleash's names. Unknown
// properties are allowed in the document, since they are ignored; by itself huma would forbid them.
func config() huma.Config {
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Quorate admin API",
				Version:     "1",
				Description: about,
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {
						Type: "apiKey", In: "header", Name: "Authorization",
						Description: "An admin token, as it is or behind `Bearer `.",
					},
				},
			},
			Security: []map[string][]string{{"token": {}}},
		},
	}
	c.AllowAdditionalPropertiesByDefault = true
	return c
}

// No list of this API is ever null, neither in answers nor in bodies.
func init() { huma.DefaultArrayNullable = false }

// schemaName gives a type the name that Unleash gives such a schema: createFeature becomes createFeatureSchema.
// The hint is what huma suggests for a type that has no name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if name == "" {
		return "" // a list of scalars, which has no name
	}
	return strings.ToLower(name[:1]) + name[1:] + "Schema"
}

// failure is the body of every refusal. It is a type of its own for the sake of its name in the document.
type failure webfault.Body

// responses returns the answers of an operation but for the body of the good one. All are told of each
// operation, whether or not it can come to that: clients shall be ready for them. What differs is whether
// something is written, and whether secrets can be guessed.
func responses(op operation) map[string]*huma.Response {
	statuses := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError, http.StatusServiceUnavailable}
	headers := map[string]*huma.Param{
		revisionHeader: {Description: "The revision of the state that was answered from.", Schema: &huma.Schema{Type: huma.TypeInteger}},
	}
	if op.Method != http.MethodGet {
		// A write can break change requests that others have agreed on. Whoever makes it is told at once.
		headers[suspendedHeader] = &huma.Param{
			Description: "The ids of the scheduled change requests that were suspended by this, such as 38, 41; there is a Link to each. Absent: none.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		}
		headers[cancelledHeader] = &huma.Param{
			Description: "The ids of the open change requests that were cancelled by this, because what they are about is gone; there is a Link to each. Absent: none.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		}
		statuses = append(statuses, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.Guessed {
		statuses = append(statuses, http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	}
	responses := map[string]*huma.Response{
		strconv.Itoa(op.Status): {
			Description: http.StatusText(op.Status),
			Headers:     headers,
		},
	}
	for _, status := range statuses {
		responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + strconv.Itoa(status)}
	}
	return responses
}

// reasons says what each failing status means. They hold for all operations, so each refers to them (responses)
// and says nothing of its own. Keys are all statuses that responses may name.
var reasons = map[int]string{
	http.StatusBadRequest:            "The request is not in order; `details` says where.",
	http.StatusUnauthorized:          "Nobody is signed in, or the token is unknown. For a bad token, the body has the message alone.",
	http.StatusForbidden:             "The caller lacks a permission, which `permissions` names, or the operation is not allowed here and now.",
	http.StatusNotFound:              "There is no such thing.",
	http.StatusConflict:              "The name is taken, or the thing is in use.",
	http.StatusRequestEntityTooLarge: "The body is too large.",
	http.StatusUnsupportedMediaType:  "The body is not JSON.",
	http.StatusUnprocessableEntity:   "This is disabled.",
	http.StatusTooManyRequests:       "Too many attempts failed. `Retry-After` says when to try again.",
	http.StatusInternalServerError:   "Something went wrong on the server; its log says more under the `id`.",
	http.StatusServiceUnavailable:    "The server cannot do this now. `Retry-After` says when to try again.",
}

// complete adds to huma's document what operations refer to, and takes out what huma promises for its own
// checks. It is called once, when all operations are registered.
func complete(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	body := schemas.Schema(reflect.TypeFor[failure](), true, "")
	schemas.SchemaFromRef(body.Ref).Required = []string{"message"} // some refusals are that alone
	doc.Components.Responses = map[string]*huma.Response{}
	for status, reason := range reasons {
		doc.Components.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: reason,
			Content: map[string]*huma.MediaType{
				"application/json": {Schema: body},
			},
		}
	}
	for _, schema := range schemas.Map() {
		if schema.AdditionalProperties == true {
			schema.AdditionalProperties = nil // what is unknown is ignored, not promised
		}
	}
}

// OpenAPI returns the document that describes the admin API: OpenAPI 3.1, indented JSON. It is
// openapi/openapi.json. The operations are registered for it on a router that serves nobody; their options are
// empty, since none is used before a request comes.
var OpenAPI = sync.OnceValue(func() []byte {
	a := newAPI(chi.NewRouter(), Options{})
	complete(a.huma.OpenAPI())
	compact, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic(err) // it is made of this package's own types
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		panic(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
})
