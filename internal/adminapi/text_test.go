package adminapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
)

// theText is what a text of a body is replaced by, before what is tried.
const theText = "the text"

// altered is a body in which one text is theText, and where: as in /body/tags/0/value.
type altered struct {
	at   string
	body any
}

// alter returns a value with each of its texts replaced in turn, and with each text that the schema
// allows it beside. Without a schema, it is any value.
func alter(at string, schema *openapi3.Schema, value any) []altered {
	var all []altered
	switch v := value.(type) {
	case string:
		return []altered{{at, theText}}
	case []any:
		var items *openapi3.Schema
		if schema != nil && schema.Items != nil {
			items = schema.Items.Value
		}
		for i, item := range v {
			for _, a := range alter(fmt.Sprintf("%s/%d", at, i), items, item) {
				list := slices.Clone(v)
				list[i] = a.body
				all = append(all, altered{a.at, list})
			}
		}
	case map[string]any:
		values, known := maps.Clone(v), map[string]*openapi3.SchemaRef{}
		open := schema == nil || schema.Properties == nil
		if !open {
			known, open = schema.Properties, schema.AdditionalProperties.Schema != nil
			for name, property := range known {
				if _, sent := v[name]; !sent && property.Value.Type.Includes("string") {
					values[name] = ""
				}
			}
		}
		for name, value := range values {
			if known[name] == nil && !open {
				continue // nobody reads it
			}
			var property *openapi3.Schema
			if known[name] != nil {
				property = known[name].Value
			}
			for _, a := range alter(at+"/"+name, property, value) {
				object := maps.Clone(v)
				object[name] = a.body
				all = append(all, altered{a.at, object})
			}
		}
	}
	return all
}

// eachText asks, in the name of an administrator, for every operation that has a body, with each text of the body
// replaced in turn by what stands in JSON between quotation marks. It hands the answers on, and whether something was to be stored.
func eachText(t *testing.T, text string, look func(operation, at string, a *httptest.ResponseRecorder, written bool)) {
	t.Helper()
	fixture := newProtectedWorld(t)
	w := fixture.open(t)
	written := false
	w.store = func(engine.Change) error {
		written = true
		return fault.New(fault.Disabled, "Nothing is stored here.")
	}
	for id, requests := range fixture.requests(t) {
		for _, s := range requests {
			s.path = fixture.own("Admin", s.path)
			route, _ := operationOf(t, httptest.NewRequestWithContext(t.Context(), s.method, pathOf(s.path), nil))
			if s.body == "" || route.Operation.RequestBody == nil {
				continue
			}
			var body any
			if err := json.Unmarshal([]byte(fixture.own("Admin", s.body)), &body); err != nil {
				t.Fatalf("%s: %s: %v", id, s.body, err)
			}
			for _, a := range alter("/body", route.Operation.RequestBody.Value.Content["application/json"].Schema.Value, body) {
				data, err := json.Marshal(a.body)
				if err != nil {
					t.Fatal(err)
				}
				written = false
				s.body = strings.ReplaceAll(string(data), theText, text)
				look(id, a.at, w.answer(t, "Admin", s), written)
			}
		}
	}
}

// TestLongTexts holds that no operation keeps a text however long it is, but for parameters of strategies: some are
// lists of people.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	eachText(t, strings.Repeat("x", 100_001), func(operation, at string, a *httptest.ResponseRecorder, written bool) {
		parameter := strings.Contains(at, "/parameters/") || operation == "patchFeatureStrategy" && strings.HasSuffix(at, "/value")
		kept := written || a.Code == http.StatusCreated || a.Code == http.StatusAccepted
		if kept && !parameter || a.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s: got %d %.300s, want 4xx", operation, at, a.Code, a.Body)
		}
	})
}

// TestTextsOfNoCharacters holds that no operation takes a text that PostgreSQL cannot keep, or that would be
// kept as another one: each names the field.
func TestTextsOfNoCharacters(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"U+0000": `a\u0000b`, "half a surrogate pair": `\ud83d\ude00\\\ud83db`, "no UTF-8": "a\xffb"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachText(t, text, func(operation, at string, a *httptest.ResponseRecorder, written bool) {
				var refused struct{ Details []struct{ Path string } }
				_ = json.Unmarshal(a.Body.Bytes(), &refused)
				named := false
				for _, d := range refused.Details {
					named = named || d.Path == at
				}
				if a.Code != http.StatusBadRequest || written || !named {
					t.Errorf("%s %s: got %d %s, want 400 that names the field", operation, at, a.Code, a.Body)
				}
			})
		})
	}
}
