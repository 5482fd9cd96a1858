package adminapi

import (
	"encoding/json"
	"reflect"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/quorate/quorate/internal/fault"
)

// patch is one operation of a JSON Patch (RFC 6902).
//
// Value is nil if it was left out, and the text null if null was sent, which add and replace tell
// apart.
type patch struct {
	Op    string          `json:"op" enum:"add,remove,replace,copy,move,test"`
	Path  string          `json:"path" doc:"A JSON pointer."`
	From  string          `json:"from,omitempty" doc:"A JSON pointer; for copy and move."`
	Value json.RawMessage `json:"value,omitempty"`
}

// patched applies patches to what an answer shows of a thing, and reads the result like a
// body that replaces the thing. As in Unleash, it is no mistake to replace or remove what
// is not there, and what cannot be changed stays.
//
// The result goes through the same check as a body of PUT, so a patch can do nothing that PUT cannot.
// It is given what the caller was shown, not what is stored: paths are those of answers.
//
// Faults: BadData for a patch that cannot be read or applied, a test that fails among them, and for a
// result that is no body.
func patched[Body any](a *api, shown any, patches []patch) (Body, error) {
	var body Body
	document, err := json.Marshal(shown)
	if err != nil {
		return body, err
	}
	list := document[0] == '[' // to add to a list is to insert
	for i := range patches {
		// The library refuses to replace what is not there (RFC 6902, section 4.3). Unleash's does not,
		// for properties of the thing itself; deeper down the object that is pointed into has to be
		// there in any case.
		if patches[i].Op == "replace" && !list && strings.Count(patches[i].Path, "/") == 1 {
			patches[i].Op = "add" // which replaces, too
		}
	}
	operations, err := json.Marshal(patches)
	if err != nil {
		return body, err
	}
	decoded, err := jsonpatch.DecodePatch(operations)
	if err != nil {
		return body, fault.Field("/body", "The patch cannot be read: %s.", err)
	}
	options := jsonpatch.NewApplyOptions()
	options.AllowMissingPathOnRemove = true
	options.AccumulatedCopySizeLimit = maxBody // otherwise each operation could double the document
	document, err = decoded.ApplyWithOptions(document, options)
	if err != nil {
		return body, fault.Field("/body", "The patch does not apply: %s.", err)
	}
	value, err := decode(document)
	if err != nil {
		return body, err
	}
	schemas := a.huma.OpenAPI().Components.Schemas
	value, details := shapes{schemas}.check("/body", schemas.Schema(reflect.TypeFor[Body](), true, ""), value)
	if err := fault.Invalid(details...); err != nil {
		return body, err
	}
	document, err = json.Marshal(value)
	if err != nil {
		return body, err
	}
	return body, json.Unmarshal(document, &body)
}
