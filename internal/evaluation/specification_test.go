package evaluation_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/flag"
)

// TestSpecification runs every case of Unleash's client specification.
func TestSpecification(t *testing.T) {
	t.Parallel()
	const folder = "testdata/client-specification/specifications"
	var files []string
	mustReadJSON(t, filepath.Join(folder, "index.json"), &files)
	var enabledCases, variantCases int
	for _, file := range files {
		var spec specification
		mustReadJSON(t, filepath.Join(folder, file), &spec)
		set := spec.State.flags(t)
		for _, c := range spec.Tests {
			enabledCases++
			t.Run(spec.Name+"/"+c.Description, func(t *testing.T) {
				t.Parallel()
				var want bool
				mustUnmarshal(t, c.ExpectedResult, &want)
				if got := set.evaluate(c.ToggleName, c.Context.context()).Enabled; got != want {
					t.Errorf("got enabled %t, want %t", got, want)
				}
			})
		}
		for _, c := range spec.VariantTests {
			variantCases++
			t.Run(spec.Name+"/"+c.Description, func(t *testing.T) {
				t.Parallel()
				var want wireVariant
				mustUnmarshal(t, c.ExpectedResult, &want)
				got := newWireVariant(set.evaluate(c.ToggleName, c.Context.context()))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the variant differs (-want +got):\n%s", diff)
				}
			})
		}
	}
	if len(files) != 22 || enabledCases != 227 || variantCases != 52 {
		t.Errorf("got %d files with %d and %d cases, want all 22 with 227 and 52", len(files), enabledCases, variantCases)
	}
}

// specification is a file of the client specification.
type specification struct {
	Name         string
	State        specificationState
	Tests        []specificationCase
	VariantTests []specificationCase
}

// specificationCase asks one flag. The expected result is a bool or a wireVariant.
type specificationCase struct {
	Description    string
	Context        wireContext
	ToggleName     flag.Name
	ExpectedResult json.RawMessage
}

// specificationState is what the SDK under test has been sent: either everything at
// once or events.
type specificationState struct {
	Features []wireFlag
	Segments []flag.Segment
	Events   []struct {
		Type        string
		Features    []wireFlag
		Segments    []flag.Segment
		Feature     wireFlag
		FeatureName flag.Name
		Segment     flag.Segment
		SegmentID   flag.SegmentID
	}
}

// flags applies the events to the flags and segments and compiles the outcome.
func (s *specificationState) flags(t *testing.T) flagSet {
	t.Helper()
	flags := map[flag.Name]wireFlag{}
	segments := map[flag.SegmentID]flag.Segment{}
	hydrate := func(allFlags []wireFlag, allSegments []flag.Segment) {
		clear(flags)
		clear(segments)
		for _, f := range allFlags {
			flags[f.Name] = f
		}
		for _, segment := range allSegments {
			segments[segment.ID] = segment
		}
	}
	hydrate(s.Features, s.Segments)
	for _, e := range s.Events {
		switch e.Type {
		case "hydration":
			hydrate(e.Features, e.Segments)
		case "feature-updated":
			flags[e.Feature.Name] = e.Feature
		case "feature-removed":
			delete(flags, e.FeatureName)
		case "segment-updated":
			segments[e.Segment.ID] = e.Segment
		case "segment-removed":
			delete(segments, e.SegmentID)
		default:
			t.Fatalf("the event type %q is unknown", e.Type)
		}
	}
	return compile(flags, segments)
}

func mustReadJSON(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	mustUnmarshal(t, text, into)
}

func mustUnmarshal(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
