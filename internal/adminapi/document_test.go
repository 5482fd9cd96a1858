package adminapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/adminapi"
)

var update = flag.Bool("update", false, "write openapi/openapi.json and the golden files anew")

const documentFile = "../../openapi/openapi.json"

// TestDocument holds the committed document to the code.
func TestDocument(t *testing.T) {
	t.Parallel()
	got := adminapi.OpenAPI()
	if *update {
		if err := os.WriteFile(documentFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	// An embedded type that is not exported would leave its fields out.
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Type                             any
				Properties, AdditionalProperties any
			}
		}
	}
	if err := json.Unmarshal(got, &document); err != nil {
		t.Fatal(err)
	}
	for name, schema := range document.Components.Schemas {
		if schema.Type == "object" && schema.Properties == nil && schema.AdditionalProperties == nil {
			t.Errorf("%s names no field", name)
		}
	}
	want, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("openapi/openapi.json is not what the code says; run make generate (-want +got):\n%s", cmp.Diff(string(want), string(got)))
	}
}
